"""CREMA-D whose single ratings arrive after its tabulated votes: every vote still counts once."""

from __future__ import annotations

import shutil
from pathlib import Path

from fairemo_gui.core.records import Truth
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.store import corpora, labels
from fairemo_gui.store.workspace import Workspace
from tests.unit.corpora.crema_d_builders import crema_d

SINGLE = ("finishedResponses.csv", "finishedEmoResponses.csv")


def votes(folder: Path) -> list[list[int]]:
    """Number of votes per clip in each condition."""
    with Workspace(folder) as workspace:
        table = corpora.table(workspace, corpora.corpus(workspace).id)
        ways = (Truth.VOICE, Truth.FACE, Truth.AV)
        return [labels.counts(workspace, table.ids, truth, 6).sum(axis=1).tolist() for truth in ways]


def test_votes_count_once_before_and_after_their_single_ratings(tmp_path: Path) -> None:
    root, held, folder = crema_d(tmp_path / "crema-d"), tmp_path / "held", tmp_path / "w.fairemo"
    held.mkdir()
    for name in SINGLE:
        shutil.move(root / name, held / name)
    import_corpus(TaskContext(), folder, "crema-d", root)
    tabulated = votes(folder)
    for name in SINGLE:
        shutil.move(held / name, root / name)
    for _ in range(2):
        import_corpus(TaskContext(), folder, "crema-d", root)
        assert votes(folder) == tabulated == [[0, 2, 0], [2, 0, 0], [0, 2, 1]]
