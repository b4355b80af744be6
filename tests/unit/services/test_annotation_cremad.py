"""CREMA-D simulated: its own votes, given one by one through the rating service, come out as its own tables."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pytest

from fairemo_gui.core.emotions import canonical_emotion
from fairemo_gui.core.records import Condition, Rater, RaterKind
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.export import export_corpus
from fairemo_gui.services.exports.plan import ExportPlan, Format
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora, raters
from fairemo_gui.store.workspace import Workspace

LISTS = ("SentenceFilenames.csv", "VideoDemographics.csv")
WAYS = {"1": Condition.VOICE, "2": Condition.FACE, "3": Condition.AV}
COUNTS = ("", *"ADFHNS", "fileName", "numResponses", "agreement", "emoVote")
VOTES = ("", "FileName", "VoiceVote", "FaceVote", "MultiModalVote")
RATERS = 2443
"""So many people rated CREMA-D."""


def cells(file: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Rows of a table, some columns, as they are written."""
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    places = [header.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in rows]


def simulate(published: Path, place: Path, every: int) -> int:
    """Give the votes of every so-manieth clip in an order by chance, each by another rater; the number of votes."""
    place.mkdir()
    for name in LISTS:
        shutil.copyfile(published / name, place / name)
    import_corpus(TaskContext(), place / "w.fairemo", "crema-d", place)
    votes = []
    for row in cells(published / "tabulatedVotes.csv", COUNTS):
        clip = int(row[0][1:])
        if clip % every == 0:
            named = [letter for letter, n in zip("ADFHNS", row[1:7], strict=True) for _ in range(int(n))]
            first = clip * 37 + int(row[0][0]) * 811
            votes += [(row[7], WAYS[row[0][0]], letter, (first + k) % RATERS) for k, letter in enumerate(named)]
    random.Random(1).shuffle(votes)
    with Workspace(place / "w.fairemo") as workspace:
        corpus = corpora.corpus(workspace)
        ids = corpora.utterance_ids(workspace, corpus.id)
        with workspace.transaction():
            # Those who rated had the clips.
            workspace.db.execute("UPDATE utterance SET media_state = 'ok'")
            raters.merge(workspace, [Rater(f"sim{k:04}", RaterKind.SIMULATED) for k in range(RATERS)])
        for code, condition, letter, rater in votes:
            rate(workspace, corpus, ids[code], f"sim{rater:04}", condition, [str(canonical_emotion(letter))])
        kinds = workspace.db.execute("SELECT DISTINCT kind FROM rater JOIN rating ON rater_id = rater.id").fetchall()
        assert kinds == [("simulated",)]
        export_corpus(TaskContext(), workspace, corpus, ExportPlan(Format.CREMA_D), place / "out")
    return len(votes)


def compare(published: Path, place: Path, every: int) -> None:
    """Cell for cell, of the clips that were rated."""
    for name, columns in (("tabulatedVotes.csv", COUNTS), ("summaryTable.csv", VOTES)):
        theirs = [row for row in cells(published / name, columns) if int(row[0][-5:]) % every == 0]
        assert cells(place / "out" / name, columns) == theirs
        assert theirs


def test_simulated_raters_give_the_published_tables_in_part(shared_data: Path, tmp_path: Path) -> None:
    assert simulate(shared_data / "cremad", tmp_path / "part", 97) > 2000
    compare(shared_data / "cremad", tmp_path / "part", 97)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_simulated_raters_give_the_published_tables_whole(shared_data: Path, tmp_path: Path) -> None:
    assert simulate(shared_data / "cremad", tmp_path / "whole", 1) == 212_000
    compare(shared_data / "cremad", tmp_path / "whole", 1)
