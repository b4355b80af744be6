"""Rating plans: made or changed in a form, held against the corpus while they are, and kept in files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from fairemo_gui.core.plan_file import read_plan
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.errors import UserError
from fairemo_gui.gui.dialogs.plan.dialog import PlanDialog
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.campaign.preview import PlanPreview, preview_plan

_PLANS = "Rating plan (*.toml)"
_NEW = RatingPlan("campaign", "1")


class Planning(QObject):
    """Opens the form, reads and writes its files."""

    def __init__(self, window: QWidget, feed: WorkspaceFeed, runner: JobRunner, messages: Messages) -> None:
        super().__init__(window)
        self._window, self._feed, self._runner, self._messages = window, feed, runner, messages
        self._file: Path | None = None
        self._asked = 0
        self.dialog: PlanDialog | None = None

    def edit(self) -> None:
        """Open the form with the plan it had last, else a new one."""
        former = None if self.dialog is None else self.dialog.plan()
        self.dialog = dialog = PlanDialog(former or _NEW, self._window)
        dialog.plan_changed.connect(self._preview)
        dialog.open_requested.connect(self.open)
        dialog.save_requested.connect(self.save)
        dialog.open()
        if (plan := dialog.plan()) is not None:
            self._preview(plan)

    def open(self) -> None:
        """Ask for a plan and put it into the form."""
        chosen, _ = QFileDialog.getOpenFileName(self.dialog, "Open a rating plan", self._place(), _PLANS)
        if not chosen or self.dialog is None:
            return
        try:
            plan = read_plan(Path(chosen))
        except UserError as error:
            self.dialog.show_preview(None, str(error))
            return
        self._file = Path(chosen)
        self.dialog.set_plan(plan)

    def save(self, plan: RatingPlan) -> None:
        """Ask where, and write the plan."""
        chosen, _ = QFileDialog.getSaveFileName(self.dialog, "Save the rating plan", self._place(plan.name), _PLANS)
        if not chosen or self.dialog is None:
            return
        file = Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.toml")
        try:
            file.write_text(plan_text(plan), encoding="utf-8")
        except OSError as error:
            self.dialog.show_preview(None, f"{file}: could not be written ({error.strerror}): choose another folder.")
            return
        self._file = file
        self._messages.inform(f"Written: plan {plan.name} {plan.version} to {file.name}.")

    def _place(self, name: str = "") -> str:
        if self._file is not None:
            return str(self._file)
        folder = Path.home() if self._feed.workspace is None else self._feed.workspace.folder.parent
        return str(folder / f"{name}.toml") if name else str(folder)

    def _preview(self, plan: RatingPlan) -> None:
        """Count what the plan comes to, off the main thread; only the newest answer is shown."""
        workspace, corpus, dialog = self._feed.workspace, self._feed.corpus, self.dialog
        if workspace is None or corpus is None or dialog is None:
            return
        self._asked += 1
        number = self._asked

        def count(ctx: TaskContext) -> PlanPreview:
            return preview_plan(workspace, corpus, plan)

        def done(outcome: Outcome[PlanPreview]) -> None:
            if number != self._asked or dialog is not self.dialog:
                return
            problem = str(outcome.error) if isinstance(outcome.error, UserError) else ""
            dialog.show_preview(outcome.value, problem)
            if outcome.kind is OutcomeKind.FAILED and not problem:
                self._messages.failed("Rating plan", outcome.error)

        self._runner.submit("Rating plan", count, on_end=done, quiet=True)
