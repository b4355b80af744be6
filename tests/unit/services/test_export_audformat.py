"""audformat loads what was written, and finds what was said."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import audformat
import pandas as pd
import pytest

from fairemo_gui.core.records import Condition, Utterance
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.plan import Format, Level
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.store import corpora, raters
from fairemo_gui.store import export as stored
from fairemo_gui.store.labels import NO_AGREEMENT
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, media, name, rated, workspace


@pytest.fixture
def database(tmp_path: Path) -> Any:
    export(workspace(tmp_path / "w.fairemo", bundle(tmp_path)), tmp_path / "out", Format.AUDFORMAT)
    assert not list((tmp_path / "out").rglob("*.pkl"))
    return audformat.Database.load(str(tmp_path / "out"))


def at(table: Any, file: str, start: float = 0.0, end: float | None = None) -> Any:
    """The row of a segment."""
    return table.df.loc[file, pd.Timedelta(start, "s"), pd.NaT if end is None else pd.Timedelta(end, "s")]


def test_the_header_says_who_and_what(database: Any) -> None:
    assert database.name == "every_thing"
    assert database.license == "CC0"
    assert set(database.raters) == {"plurality", "zoe", "-1", "=bob", "chief"}
    assert {name: split.type for name, split in database.splits.items()} == {
        "train": "train", "test": "test", "Development": "dev",
    }  # fmt: skip
    assert database.schemes["emotion"].labels == [*bundle(Path()).scheme.classes, "no_agreement"]
    assert (database.schemes["valence"].minimum, database.schemes["valence"].maximum) == (-5, 5)
    assert database.is_portable


def test_utterances_are_segments_with_speakers(database: Any) -> None:
    table = database["utterances"]
    assert len(table) == 6
    row = at(table, "d1/d1.wav", 2.5, 4.25)
    assert (row["utterance_id"], row["speaker"], row["transcript"], row["turn"]) == ("d1_001", "=bob", "=SUM(A1:A2)", 1)
    assert at(table, "clip.wav")["defect"] == "no sound, they say"
    assert database["speaker"].df.loc["ann"].to_dict() == {
        "gender": "female", "age": 31, "race": "Caucasian", "ethnicity": "Not Hispanic",
    }  # fmt: skip
    genders = table["speaker"].get(map="gender")
    assert genders.loc["d1/d1.wav"].tolist() == ["female", "male", "female"]


def test_votes_gold_standard_and_what_was_desired(database: Any) -> None:
    votes = at(database["emotion.voice.votes"], "d1/d1.wav", 1.0, 3.0)
    assert (votes["anger"], votes["sad"], votes["fear"], votes["in_sight"]) == (1, 1, 0, 0)
    tied = at(database["emotion.voice.gold_standard"], "d1/d1.wav", 1.0, 3.0)
    assert (tied["emotion"], tied["plurality"], tied["agreement"], tied["intensity"]) == (
        "no_agreement", "anger:sad", 0.5, 65.0,
    )  # fmt: skip
    settled = at(database["emotion.voice.gold_standard"], "d1/d1.wav", 2.5, 4.25)
    assert (settled["emotion"], settled["gold"]) == ("fear", "sad")
    assert at(database["emotion.av.gold_standard"], "gone.wav")["emotion"] == "no_agreement"
    desired = database["emotion.desired"]
    assert (len(desired), at(desired, "+clip2.wav")["emotion"]) == (5, "disgust")
    assert at(desired, "gone.wav")["dominance"] == 3.0
    assert database["emotion.voice.gold_standard"]["emotion"].rater.type == "vote"


def test_every_rating_and_word_is_there(database: Any) -> None:
    ratings = database["ratings"].df
    assert len(ratings) == 12
    row = ratings.loc[name("r2")]
    assert (row["utterance_id"], row["rater"], row["emotion"]) == ("d1_000", "zoe", "happy+sad")
    assert row["comment"] == '=1+1 "quoted"'
    assert ratings.loc[name("r3"), "supersedes"] == name("r2")
    assert database["rater"].df.loc["chief", "kind"] == "adjudicated"
    assert database["words"].df.loc[("d1_000", 1)].to_dict() == {"text": "=yes", "start": 1.25, "end": 3.0}


def test_whole_files_make_a_table_of_files(tmp_path: Path) -> None:
    corpus = bundle(tmp_path)
    whole = tuple(u for u in corpus.utterances if u.start is None)
    codes = {u.code for u in whole}
    corpus = replace(
        corpus, utterances=whole, consensus=(), ratings=tuple(r for r in corpus.ratings if r.utterance in codes),
        vote_counts=tuple(v for v in corpus.vote_counts if v.utterance in codes),
    )  # fmt: skip
    export(workspace(tmp_path / "w.fairemo", corpus), tmp_path / "out", Format.AUDFORMAT)
    loaded = audformat.Database.load(str(tmp_path / "out"))
    assert loaded["utterances"].is_filewise
    assert loaded["emotion.voice.votes"].df.loc["clip.wav", "happy"] == 1
    assert "words" not in loaded


def test_two_utterances_at_one_place_are_named(tmp_path: Path) -> None:
    corpus = bundle(tmp_path)
    twin = replace(corpus.utterances[3], code="twin")
    nowhere = Utterance("nowhere", "ann")
    corpus = replace(corpus, utterances=(*corpus.utterances, twin, nowhere))
    report = export(workspace(tmp_path / "w.fairemo", corpus), tmp_path / "out", Format.AUDFORMAT)
    assert report.left_out == {
        "utterances without a media file (their ratings are there)": 1,
        "utterances at the very place of another (their ratings are there)": 1,
    }
    assert len(audformat.Database.load(str(tmp_path / "out"))["utterances"]) == 6


def test_a_rater_of_the_name_stays_a_rater(tmp_path: Path) -> None:
    corpus = bundle(tmp_path)
    named = tuple(replace(r, rater="plurality") if r.rater == "zoe" else r for r in corpus.ratings)
    export(workspace(tmp_path / "w.fairemo", replace(corpus, ratings=named)), tmp_path / "out", Format.AUDFORMAT)
    loaded = audformat.Database.load(str(tmp_path / "out"))
    assert (loaded.raters["plurality"].type, loaded.raters["plurality 2"].type) == ("human", "vote")
    assert loaded["emotion.voice.gold_standard"]["emotion"].rater_id == "plurality 2"


def test_nothing_with_media_is_refused(tmp_path: Path) -> None:
    corpus = bundle(tmp_path)
    bare = tuple(replace(u, audio=None) for u in corpus.utterances)
    with pytest.raises(UserError, match="names a media file"):
        export(workspace(tmp_path / "w.fairemo", replace(corpus, utterances=bare)), tmp_path / "out", Format.AUDFORMAT)


def test_levels_choose_tables(tmp_path: Path) -> None:
    opened = workspace(tmp_path / "w.fairemo", bundle(tmp_path))
    export(opened, tmp_path / "d", Format.AUDFORMAT, level=Level.DETAILED)
    export(opened, tmp_path / "c", Format.AUDFORMAT, level=Level.CONSENSUS)
    detailed, consensus = (audformat.Database.load(str(tmp_path / level)) for level in "dc")
    assert set(detailed) == {"utterances", "speaker", "rater", "ratings", "words"}
    assert "ratings" not in consensus
    assert "emotion.face.votes" in consensus


def test_what_was_exported_comes_in_again(tmp_path: Path) -> None:
    """Utterances, speakers, votes, ratings and who gave them; words are no matter of the importer."""
    corpus = bundle(media(tmp_path / "corpus"))
    torn = rated("r12", "clip", "chief", Condition.AV, NO_AGREEMENT)
    with workspace(tmp_path / "w.fairemo", replace(corpus, ratings=(*corpus.ratings, torn))) as opened:
        export(opened, tmp_path / "out", Format.AUDFORMAT)
        before = (corpora.corpus(opened), stored.utterances(opened, corpora.corpus(opened)))
        log = {rating for _, _, rating in stored.log(opened, before[0])}
        counts = _votes(opened)
    shutil.copytree(tmp_path / "corpus", tmp_path / "out", dirs_exist_ok=True)
    import_corpus(TaskContext(), tmp_path / "again.fairemo", "audformat", tmp_path / "out")
    with Workspace(tmp_path / "again.fairemo") as again:
        found = corpora.corpus(again)
        after = stored.utterances(again, found)
        assert {rating for _, _, rating in stored.log(again, found)} == log
        assert _votes(again) == counts
        assert set(raters.every(again)) == set(corpus.raters)
        assert set(corpora.table(again, found.id).speakers) == set(corpus.speakers)
    names = ("code", "speaker", "audio", "start", "end", "transcript", "dialogue", "turn", "split", "fold", "defect")
    for (_, ours), (_, theirs) in zip(before[1], after, strict=True):
        assert [getattr(theirs, each) for each in names] == [getattr(ours, each) for each in names]


def _votes(opened: Workspace) -> dict[tuple[str, str, str], int]:
    """Votes by utterance, condition and emotion."""
    corpus = corpora.corpus(opened)
    codes = {utterance: record.code for utterance, record in stored.utterances(opened, corpus)}
    found: Counter[tuple[str, str, str]] = Counter()
    for row in stored.label_rows(opened, corpus):
        for emotion, n in zip(corpus.scheme.classes, row.counts, strict=True):
            found[codes[row.utterance], row.condition, emotion] += n
    return {key: n for key, n in found.items() if n}
