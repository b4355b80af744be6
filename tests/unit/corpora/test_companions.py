"""What lies beside a table of utterances: read where it is sound, named where it is not, never trusted."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import Condition, Consensus, Rater, RaterKind, Truth, VoteCounts, Word
from fairemo_gui.corpora.companions import About, about_beside, companions_beside
from fairemo_gui.corpora.manifest import Manifest
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from tests.unit.corpora.builders import table

CODES = ("u1", "u2")


def test_words_raters_and_labels(tmp_path: Path) -> None:
    table(tmp_path / "words.csv", "utterance_id,position,text,start,end\nu1,1,there,0.5,1\nu1,0,Hello,0,0.5")
    table(tmp_path / "raters.csv", "rater,kind,gender,age\nzoe,human,f,40\nchief,adjudicated,,")
    table(
        tmp_path / "labels.csv",
        """utterance_id,condition,source,votes_anger,votes_sad,activation,valence,dominance,no_agreement
        u1,voice,v.csv,3,,,,,
        u2,intended,m.csv,,,1.5,-2,,1
        u2,av,both.csv,0,2,,4,,0""",
    )
    found = companions_beside(tmp_path / "manifest.csv", CODES, CREMA_D)
    assert found.problems == ()
    assert found.words == {"u1": (Word("Hello", 0.0, 0.5), Word("there", 0.5, 1.0))}
    assert found.raters == (
        Rater("zoe", RaterKind.HUMAN, found.raters[0].gender, 40), Rater("chief", RaterKind.ADJUDICATED),
    )  # fmt: skip
    assert found.vote_counts == (
        VoteCounts("u1", Condition.VOICE, (3, 0, 0, 0, 0, 0), "v.csv"),
        VoteCounts("u2", Condition.AV, (0, 0, 0, 0, 0, 2), "both.csv"),
    )
    assert found.consensus == (
        Consensus("u2", Truth.INTENDED, "m.csv", 1.5, -2.0, None, True),
        Consensus("u2", Truth.AV, "both.csv", None, 4.0, None, False),
    )


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("words.csv", "utterance_id,position,text,start,end\nu9,0,a,0,1", "there is no utterance “u9”"),
        ("words.csv", "utterance_id,position,text,start,end\nu1,0,a,,1", "its position, start and end"),
        ("words.csv", "utterance_id,position,text,start,end\nu1,-1,a,0,1", "position is -1"),
        ("raters.csv", "rater,kind\nzoe,boss", "“boss” is no kind of rater"),
        ("raters.csv", "rater,kind\n,human", "names no rater"),
        ("labels.csv", "utterance_id,condition,source,votes_sad\nu1,smell,v.csv,1", "“smell” is no condition"),
        ("labels.csv", "utterance_id,condition,source,votes_sad\nu1,voice,v.csv,-1", "votes_sad is -1"),
        ("labels.csv", "utterance_id,condition,source,votes_sad\nu1,voice,gold/me,1", "the source is “gold/me”"),
        ("labels.csv", "utterance_id,condition,source,votes_sad\nu1,intended,v.csv,1", "no matter of votes"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, file: str, text: str, problem: str) -> None:
    table(tmp_path / file, text)
    found = companions_beside(tmp_path / "manifest.csv", CODES, CREMA_D)
    assert [(p.file, p.row, p.fatal) for p in found.problems] == [(file, 2, True)]
    assert problem in found.problems[0].what
    assert not (found.words or found.raters or found.vote_counts or found.consensus)


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("words.csv", "utterance_id,position,text,start,end\nu1,0,a,0,1\nu1,0,b,1,2", "u1 0 stands already on line 2"),
        ("raters.csv", "rater,kind\nzoe,human\nzoe,model", "zoe stands already on line 2"),
        (
            "labels.csv",
            "utterance_id,condition,source,votes_sad\nu1,voice,v.csv,3\nu1,voice,v.csv,4",
            "u1 voice v.csv stands already on line 2",
        ),
    ],
)
def test_nothing_is_said_twice(tmp_path: Path, file: str, text: str, problem: str) -> None:
    """The second row would otherwise take the place of the first without a word."""
    table(tmp_path / file, text)
    found = companions_beside(tmp_path / "manifest.csv", CODES, CREMA_D)
    assert [(p.file, p.row, p.fatal, p.what) for p in found.problems] == [(file, 3, True, problem)]


def test_a_bad_word_stops_the_whole_import(tmp_path: Path) -> None:
    table(tmp_path / "manifest.csv", "utterance_id,media\nu1,a.wav")
    table(tmp_path / "words.csv", "utterance_id,position,text,start,end\nu1,0,a,0,1\nu2,0,b,0,1")
    with pytest.raises(UserError, match=r"words.csv, line 3: there is no utterance “u2”.*--skip-bad"):
        Manifest().read(TaskContext(), tmp_path / "manifest.csv")
    bundle, report = Manifest().read(TaskContext(), tmp_path / "manifest.csv", skip_bad=True)
    assert bundle.utterances[0].words == (Word("a", 0.0, 1.0),)
    assert len(report.left_out) == 1


def test_nothing_beside_is_nothing(tmp_path: Path) -> None:
    found = companions_beside(tmp_path / "manifest.csv", CODES, CREMA_D)
    assert (found.words, found.raters, found.problems) == ({}, (), ())
    assert about_beside(tmp_path / "manifest.csv") == About()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
keys = st.sampled_from(["name", "licence", "synthetic", "scheme", "classes", "facts"])


@given(st.dictionaries(keys, json_values))
def test_only_what_has_the_right_type_is_taken(corpus: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "about.json").write_text(json.dumps({"program": "fairemo", "corpus": corpus}))
        about = about_beside(Path(folder).resolve() / "manifest.csv")
    assert about.name is None or isinstance(about.name, str)
    assert about.licence is None or isinstance(about.licence, str)
    assert isinstance(about.facts, dict)
    if about.scheme is not None:
        assert all(isinstance(name, str) for name in about.scheme.classes)
        assert len(set(about.scheme.classes)) == len(about.scheme.classes) > 0


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "[" * 100_000, '{"program": "other", "corpus": {"name": "x"}}', "5",
        '{"program": "fairemo", "corpus": {"name": "\\ud800"}}',
        '{"program": "fairemo", "corpus": {"facts": {"scale": [1e999]}}}',
    ],
)  # fmt: skip
def test_another_about_json_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "about.json").write_text(text)
    assert about_beside(tmp_path / "manifest.csv") == About()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "about.json").write_text('{"program": "fairemo", "corpus": {"name": "secret"}}')
    table(tmp_path / "words.csv", "utterance_id,position,text,start,end\nu1,0,a,0,1")
    for name in ("about.json", "words.csv"):
        (inside / name).symlink_to(tmp_path / name)
    assert about_beside(inside / "manifest.csv") == About()
    assert companions_beside(inside / "manifest.csv", CODES, CREMA_D).words == {}


def test_an_emotion_the_export_did_not_know_makes_a_scheme_of_its_own(tmp_path: Path) -> None:
    """Somebody went on working with the exported table."""
    corpus = {"classes": ["sad", "anger"], "scheme": "mine", "name": "mine", "licence": "CC0"}
    (tmp_path / "about.json").write_text(json.dumps({"program": "fairemo", "corpus": corpus}))
    table(tmp_path / "manifest.csv", "utterance_id,media,emotion\nu1,a.wav,sad")
    bundle, _ = Manifest().read(TaskContext(), tmp_path / "manifest.csv")
    assert (bundle.name, bundle.licence, bundle.scheme.classes) == ("mine", "CC0", ("sad", "anger"))
    table(tmp_path / "manifest.csv", "utterance_id,media,emotion\nu1,a.wav,sad\nu2,b.wav,happy")
    assert set(Manifest().read(TaskContext(), tmp_path / "manifest.csv")[0].scheme.classes) == {"happy", "sad"}
