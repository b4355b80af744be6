"""A net being trained: what it learns from, its curves as they grow, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.curves import CurvesChart
from fairemo_gui.gui.compare.model import LearningCurve, LearningLine
from fairemo_gui.gui.tone_label import ToneLabel

_NAN = float("nan")
_LINES = {
    "Loss": (("train_loss", "train"), ("validation_loss", "validation")),
    "Recall on validation speakers, mean of classes": (("validation_uar", "validation"),),
}


class TrainingPage(QWidget):
    """Shown while a net trains.

    Signals:
        stop_requested(): The training is to be stopped.
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self._epochs: list[dict[str, float]] = []
        self._member = 0
        self.title = QLabel()
        self.title.setFont(theme.font(theme.TITLE, 600))
        self.facts, self.state = ToneLabel(size=theme.BODY), ToneLabel(size=theme.BODY)
        self.curves = CurvesChart()
        self.stop = QPushButton("Stop")
        self.stop.setObjectName("training_stop")
        self.stop.clicked.connect(self.stop_requested)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(6)
        for label in (self.title, self.facts, self.state):
            words.addWidget(label)
        head.addLayout(words, 1)
        head.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 12)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.curves, 1)

    def begin(self, title: str) -> None:
        """Start over for another net."""
        self._epochs, self._member = [], 0
        self.title.setText(title)
        self.facts.setText("")
        self.state.setText("Reading features")
        self.curves.set_curves(())
        self.curves.show_empty("Curves appear with the first epoch.")

    def set_facts(self, facts: str) -> None:
        """Say what the net learns from."""
        self.facts.setText(facts)

    def say(self, words: str) -> None:
        """Say what is being done."""
        self.state.setText(words)

    def add_epoch(self, figures: dict[str, float]) -> None:
        """An epoch ended; another member's epochs start a new drawing."""
        member = int(figures.get("member", 0))
        if member != self._member:
            self._epochs, self._member = [], member
        self._epochs.append(figures)
        self.curves.set_curves(learning_curves(self._epochs), None)

    def epochs(self) -> int:
        """Epochs drawn."""
        return len(self._epochs)


def learning_curves(epochs: Sequence[dict[str, float]]) -> tuple[LearningCurve, ...]:
    """Loss and recall over the epochs of one member."""
    return tuple(
        LearningCurve(
            title,
            tuple(LearningLine(name, tuple(float(e.get(key, _NAN)) for e in epochs)) for key, name in lines),
        )
        for title, lines in _LINES.items()
    )
