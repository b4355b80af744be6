"""Which importers there are, which know a folder, and what they report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairemo_gui.core.records import Problem
from fairemo_gui.corpora.importer import IMPORTERS, detect, importer
from fairemo_gui.corpora.report import listed, quoted, refuse, report_on
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from tests.unit.corpora.builders import sounds


def test_importers_are_known_by_name() -> None:
    assert set(IMPORTERS) == {
        "iemocap",
        "crema-d",
        "msp-podcast",
        "biic-podcast",
        "msp-improv",
        "meld",
        "emodb",
        "ravdess",
        "audformat",
        "manifest",
    }
    assert all(importer(name).name == name for name in IMPORTERS)
    with pytest.raises(UserError, match="no importer called “iemocarp”; choose one of iemocap, crema-d, msp-podcast"):
        importer("iemocarp")


@pytest.mark.parametrize(
    ("folder", "name", "why"),
    [
        ("cremad", "crema-d", "its tables tabulatedVotes.csv, VideoDemographics.csv, SentenceFilenames.csv, no media"),
        ("emodb", "emodb", "535 files named like 03a01Fa"),
        ("ravdess", "ravdess", "720 files named like 03-01-06-01-02-01-12"),
        ("malformed/utterances_good.csv", "manifest", "utterances_good.csv with the columns utterance_id and media"),
    ],
)
def test_a_corpus_is_recognised_and_no_other(shared_data: Path, folder: str, name: str, why: str) -> None:
    (match,) = detect(shared_data / folder)
    assert (match.importer, match.why) == (name, why)
    assert match.to_json() == {"importer": name, "title": IMPORTERS[name].title, "why": why}


def test_nothing_known_is_no_match_and_nothing_there_is_an_error(shared_data: Path, tmp_path: Path) -> None:
    assert detect(tmp_path) == []
    assert detect(shared_data / "faces/single_face.mp4") == []
    with pytest.raises(UserError, match="There is nothing at"):
        detect(tmp_path / "gone")


def test_every_importer_refuses_a_file_that_is_no_corpus(shared_data: Path) -> None:
    for each in IMPORTERS.values():
        with pytest.raises(UserError, match=r"text_renamed\.mp4"):
            each.read(TaskContext(), shared_data / "malformed/text_renamed.mp4")


@pytest.mark.parametrize("name", ["crema-d", "emodb", "ravdess"])
def test_a_corpus_read_twice_is_the_same(shared_data: Path, name: str) -> None:
    folder = shared_data / name.replace("-", "")
    first, report = importer(name).read(TaskContext(), folder)
    second, _ = importer(name).read(TaskContext(), folder)
    assert first == second
    assert json.loads(json.dumps(report.to_json()))["utterances"] == len(first.utterances)
    assert len({utterance.code for utterance in first.utterances}) == len(first.utterances)
    assert {u.speaker for u in first.utterances} == {speaker.code for speaker in first.speakers}


def test_a_report_keeps_problems_as_data(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "99a01Fa.wav"])
    _, report = importer("emodb").read(TaskContext(), tmp_path, skip_bad=True)
    assert report.to_json()["problems"] == [
        {
            "file": "99a01Fa.wav",
            "row": None,
            "what": "names speaker 99, which EmoDB does not have; correct the name",
            "fatal": True,
            "text": "99a01Fa.wav: names speaker 99, which EmoDB does not have; correct the name",
        }
    ]


def test_marks_never_abort() -> None:
    refuse([Problem("a.wav", None, "is silent")], skip_bad=False)


def test_what_is_shown_of_a_cell_is_short_and_harmless() -> None:
    assert quoted("a\x1b[31m\nb") == "“a�[31m�b”"
    assert len(quoted("x" * 10_000)) < 70
    assert listed("abc") == "a, b, c"
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"


def test_a_warning_is_one_line_whatever_the_names_in_it(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav"])
    bundle, _ = importer("emodb").read(TaskContext(), tmp_path)
    assert report_on(bundle, (), ["a\nb\udcff"]).warnings == ("a�b�",)
