"""From a comparison of two nets to the Compare page; keeping, discarding and exporting the new one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes
from fairemo_gui.errors import UserError
from fairemo_gui.gui.compare.adapt import Circumstances, compare_model
from fairemo_gui.gui.compare.model import CompareModel, LabelRow
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import NET, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.training_page import learning_curves
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.comparison import ComparisonView
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

RESTORE = "restore_net:"
_CONDITIONS = {"voice": "Voice", "face": "Face", "av": "AV"}
_TRUTHS = {"voice": "voice", "face": "face", "av": "AV", "intended": "intended"}


class Comparing(QObject):
    """Shows a comparison and does what its buttons say.

    Signals:
        shown(): A comparison stands on the page.
        decided(): The new net was kept or discarded.
    """

    shown = Signal()
    decided = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        page: ComparePage,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._page = feed, context, page
        self._runner, self._messages = runner, messages
        self._view: ComparisonView | None = None
        page.keep_requested.connect(lambda: self._decide("kept"))
        page.discard_requested.connect(lambda: self._decide("discarded"))
        messages.acted.connect(self._on_acted)
        feed.opened.connect(self.clear)

    @property
    def view(self) -> ComparisonView | None:
        """The comparison on the page."""
        return self._view

    def show(self, view: ComparisonView) -> None:
        """Put a comparison on the page, and tell."""
        self.put(view)
        if self._view is not None:
            self.shown.emit()

    def put(self, view: ComparisonView) -> None:
        """Put a comparison on the page."""
        workspace = self._feed.workspace
        if workspace is not None:
            self._view = view
            self._page.set_model(model_of(workspace, view))

    def clear(self) -> None:
        """Nothing to compare."""
        self._view = None
        self._page.show_empty()

    def export(self, path: Path) -> None:
        """Write the whole comparison as JSON.

        Raises:
            UserError: There is none, or the file cannot be written.
        """
        if self._view is None:
            raise UserError("There is no comparison to export yet.")
        try:
            path.write_text(json.dumps(self._view.to_json(), indent=2, default=float), encoding="utf-8")
        except OSError as error:
            raise UserError(f"{path}: could not be written ({error.strerror}): choose another folder.") from error

    def _decide(self, status: str) -> None:
        if self._view is not None:
            self._set_status(self._view.new.id, status)

    def _set_status(self, net: int, status: str) -> None:
        workspace = self._feed.workspace
        if workspace is None:
            return

        def write(ctx: TaskContext) -> Changes:
            return nets.set_status(workspace, net, status)

        self._runner.submit(
            f"Net {net}", write, Lane.STORE, quiet=True, vital=True,
            on_end=lambda outcome: self._on_decided(net, status, outcome),
        )  # fmt: skip

    def _on_decided(self, net: int, status: str, outcome: Outcome[Changes]) -> None:
        if outcome.kind is not OutcomeKind.SUCCEEDED or outcome.value is None:
            self._messages.failed(f"Net {net}", outcome.error)
            return
        self._feed.broadcast(outcome.value, self)
        if status == "discarded":
            self._messages.inform(f"Net {net} is discarded.", "Undo", f"{RESTORE}{net}")
            self.clear()
        else:
            self._context.set_predictor(f"{NET}{net}")
            self._messages.inform(f"Net {net} is kept.")
        self.decided.emit()

    def _on_acted(self, key: str) -> None:
        if key.startswith(RESTORE):
            self._set_status(int(key.removeprefix(RESTORE)), "kept")


def model_of(workspace: Workspace, view: ComparisonView) -> CompareModel:
    """What the page shows of a comparison."""
    codes = {i: code for code, i in corpora.utterance_ids(workspace, view.new.corpus_id).items()}
    history = _first_member(view.new)
    return compare_model(
        view.comparison,
        Circumstances(
            old_name=f"net {view.old.id}",
            new_name=f"net {view.new.id}",
            utterances=[(int(i), codes[int(i)]) for i in view.ids],
            truth=_TRUTHS[view.truth.value] + (f", {view.gold} (adjudicated)" if view.gold else ""),
            summary=_summary(view),
            checks=(f"Recipe: {view.new.recipe}", _effort(view.new, history)),
            speakers_apart=_apart(view.new),
            curves=learning_curves(history),
            kept_epoch=_kept(history),
            label_groups=("women",),
            labels=tuple(
                LabelRow(
                    _CONDITIONS[c.condition],
                    c.ratings,
                    (c.women,),
                    c.blind if c.condition.value == view.new.labels else 0,
                    c.moved,
                )
                for c in view.label_changes
            ),
            labels_note=_labels_note(view),
        ),
    )


def _summary(view: ComparisonView) -> str:
    came = view.new_ratings
    ratings = numbers.counted(came.learnt, "new rating", "new ratings")
    if came.given > came.learnt:
        all_of_them = numbers.counted(came.given, "new rating", "new ratings")
        ratings = f"{numbers.count(came.learnt) if came.learnt else 'none'} of {all_of_them} ({came.why_not})"
    same = ["same recipe" if view.old.recipe == view.new.recipe else f"recipe {view.new.recipe}"]
    same.append("same seed" if view.old.seed == view.new.seed else f"seed {view.new.seed}")
    verb = "retrained on" if view.new.parent_id == view.old.id else "trained apart;"
    return f"{verb} {ratings}, {', '.join(same)}"


def _labels_note(view: ComparisonView) -> str:
    came = view.new_ratings
    rest = f" Not learnt: {came.why_not}." if came.why_not else ""
    return f"Net {view.new.id} learns from {numbers.count(came.learnt)} of {numbers.count(came.given)}.{rest}"


def _effort(net: NetRow, history: Sequence[Mapping[str, float]]) -> str:
    minutes, seconds = divmod(round(net.seconds), 60)
    took = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return f"{took}, {len(history)} epochs, seed {net.seed}"


def _first_member(net: NetRow) -> list[dict[str, float]]:
    return cast(list[dict[str, float]], net.history[0]) if net.history else []


def _kept(history: Sequence[Mapping[str, float]]) -> int | None:
    losses = [figures["validation_loss"] for figures in history]
    return losses.index(min(losses)) + 1 if losses else None


def _apart(net: NetRow) -> bool:
    """Each speaker was put into one part; training refuses anything else, and the division is kept with the net."""
    config = cast(dict[str, Any], net.config)
    return bool(config.get("plan", {}).get("parts"))
