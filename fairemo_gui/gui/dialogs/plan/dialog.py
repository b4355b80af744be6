"""The dialog of a rating plan: a form, and below it, live, what the plan comes to, in the plan reader's words."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fairemo_gui.core.plan_file import parse_plan
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.errors import UserError
from fairemo_gui.gui import theme
from fairemo_gui.gui.dialogs.plan.form import PlanForm
from fairemo_gui.gui.dialogs.plan.words import preview_words
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.services.campaign.preview import PlanPreview

_SETTLE_MS = 250
_HEIGHT = 620


class PlanDialog(QDialog):
    """A rating plan as a form.

    Signals:
        plan_changed(RatingPlan): What the form says now, and it can stand.
        open_requested(): Another plan is to be read.
        save_requested(RatingPlan): It is to be written.
    """

    plan_changed = Signal(object)
    open_requested = Signal()
    save_requested = Signal(object)

    def __init__(self, plan: RatingPlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Rating plan")
        self.setObjectName("dialog_rating_plan")
        self._plan: RatingPlan | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._check)
        self.form = PlanForm(plan)
        self.form.edited.connect(self._timer.start)
        self.problem, self.preview = ToneLabel("", "warn", theme.BODY), ToneLabel(size=theme.BODY)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.form, 1)
        column.addLayout(self._foot())
        self._check()
        self.resize(self.minimumSizeHint().width(), _HEIGHT)

    def plan(self) -> RatingPlan | None:
        """What the form says; None while it cannot stand."""
        return self._plan

    def set_plan(self, plan: RatingPlan) -> None:
        """Fill the form."""
        self.form.set_plan(plan)
        self._check()

    def show_preview(self, found: PlanPreview | None, problem: str = "") -> None:
        """Say what the plan comes to on the corpus, or why it does not fit."""
        self.preview.setText("" if found is None else preview_words(found))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _check(self) -> None:
        """Read what the form says as if it were a file: one reader, one set of sentences."""
        self._timer.stop()
        try:
            self._plan = parse_plan(plan_text(self.form.plan()))
        except UserError as error:
            self._plan = None
            self.show_preview(None, str(error))
        self.save.setEnabled(self._plan is not None)
        if self._plan is not None:
            self.plan_changed.emit(self._plan)

    def _foot(self) -> QVBoxLayout:
        self.problem.setWordWrap(True)
        self.problem.setObjectName("plan_problem")
        self.preview.setWordWrap(True)
        self.read = QPushButton("Open…")
        self.save = QPushButton("Save as…")
        close = QPushButton("Close")
        self.save.setProperty("role", "primary")
        self.read.clicked.connect(self.open_requested)
        self.save.clicked.connect(self._on_save)
        close.clicked.connect(self.reject)
        for button in (self.read, close):
            button.setAutoDefault(False)
        words, row, foot = QVBoxLayout(), QHBoxLayout(), QVBoxLayout()
        words.addWidget(self.problem)
        words.addWidget(self.preview)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in (self.read, close, self.save):
            row.addWidget(button)
        foot.setContentsMargins(16, 10, 16, 12)
        foot.addLayout(row)
        return foot

    def _on_save(self) -> None:
        self._check()
        if self._plan is not None:
            self.save_requested.emit(self._plan)
