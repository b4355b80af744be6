"""The demo workspace: the synthetic corpus, and a first net on it."""

from __future__ import annotations

from pathlib import Path

from fairemo_gui.core.records import Changes
from fairemo_gui.corpora.demo import make_demo
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.training import TrainPlan
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace

FIRST_NET = TrainPlan(labels="av", folds=4)
"""Four folds, so that every utterance is predicted by a net that has not heard its speaker."""


def has_demo(workspace_folder: Path) -> bool:
    """Whether the demo was made there already."""
    if not (workspace_folder / "workspace.sqlite").is_file():
        return False
    with Workspace(workspace_folder) as workspace:
        return any(corpus.synthetic for corpus in corpora.corpora(workspace))


def make_workspace(ctx: TaskContext, workspace_folder: Path, seed: int = 0) -> Changes:
    """Make the synthetic corpus beside the workspace and store it; a cancel leaves no workspace behind.

    Raises:
        UserError: The folder cannot be written.
    """
    bundle = make_demo(ctx, workspace_folder.parent / "demo-corpus", seed)
    with Workspace(workspace_folder, create=True) as workspace:
        return corpora.add_bundle(workspace, bundle)
