"""What the adjudicator may decide: every emotion with its key and its votes, and “no agreement”."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import RIGHT, draw_text
from fairemo_gui.gui.labels.answers import AnswerButton
from fairemo_gui.store.labels import NO_AGREEMENT

_COLUMNS, _KEYS, _HEIGHT = 3, 9, 34
NO_AGREEMENT_KEY = "0"


class VerdictButton(AnswerButton):
    """An emotion with its votes: number at the right, share as a line below."""

    def __init__(self, verdict: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(verdict, key, parent)
        self.setText(verdict.replace("_", " "))
        self._votes = self._total = 0
        self._classes: tuple[str, ...] = ()
        self.setObjectName(f"verdict_{verdict}")
        self.set_votes(0, 0)

    def set_votes(self, votes: int, total: int, classes: tuple[str, ...] = ()) -> None:
        """Show how many of all votes named it; its colour depends on the other classes."""
        self._votes, self._total, self._classes = votes, total, classes
        said = f"Decide {self.text()}"
        self.setAccessibleName(f"{said}, {numbers.counted(votes, 'vote', 'votes')} of {total}" if total else said)
        self.setToolTip(f"{self.accessibleName()} ({self.key()})" if self.key() else self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Higher than an answer, for the line of votes."""
        return QSize(80, _HEIGHT)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The answer, then its votes."""
        super().paintEvent(event)
        if not self._total:
            return
        tokens, painter = theme.current(), QPainter(self)
        box = QRectF(0, 0, self.width() - 10, self.height())
        weight = 600 if self._votes else 400
        colour = tokens.text if self._votes else tokens.text3
        draw_text(painter, box, numbers.count(self._votes), colour, theme.font(theme.BODY, weight), RIGHT)
        wide = (self.width() - 8) * self._votes / self._total
        colour = theme.emotion_colour(tokens, self.emotion, self._classes)
        painter.fillRect(QRectF(4, self.height() - 6, wide, 3), QColor(colour))


class VerdictGrid(QWidget):
    """Every verdict.

    Signals:
        chosen(str): An emotion, or `no_agreement`.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 0, 12, 0)
        self._grid.setSpacing(4)
        self._buttons: dict[str, VerdictButton] = {}

    def set_classes(self, classes: tuple[str, ...]) -> None:
        """Offer these emotions, and no agreement."""
        if (*classes, NO_AGREEMENT) == tuple(self._buttons):
            return
        for button in self._buttons.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for k, verdict in enumerate((*classes, NO_AGREEMENT)):
            key = NO_AGREEMENT_KEY if verdict == NO_AGREEMENT else str(k + 1) if k < _KEYS else ""
            button = VerdictButton(verdict, key, self)
            button.clicked.connect(lambda _=False, verdict=verdict: self.chosen.emit(verdict))
            row, column = divmod(k, _COLUMNS)
            last = verdict == NO_AGREEMENT
            self._grid.addWidget(button, row, column, 1, _COLUMNS - column if last else 1)
            self._buttons[verdict] = button

    def show_votes(self, counts: Sequence[int], decision: str | None) -> None:
        """Show the votes of an utterance and what was decided."""
        classes = tuple(self._buttons)[:-1]
        for verdict, n in zip(classes, counts, strict=True):
            self._buttons[verdict].set_votes(n, sum(counts), classes)
        for verdict, button in self._buttons.items():
            button.setChecked(verdict == decision)

    def verdict(self, key: str) -> str | None:
        """What a key stands for."""
        return next((verdict for verdict, button in self._buttons.items() if key and button.key() == key), None)

    def button(self, verdict: str) -> VerdictButton:
        """The button of a verdict."""
        return self._buttons[verdict]
