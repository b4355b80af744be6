"""Emotion buttons with their number keys, in a grid three wide."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_cap import draw_key
from fairemo_gui.gui.controls.painting import LEFT, draw_focus_ring, draw_text, pen
from fairemo_gui.gui.controls.tip import tip

_COLUMNS, _KEYS = 3, 9
_HIGH, _LOW = 26, 20


class AnswerButton(QAbstractButton):
    """One emotion. No colour of its own: colours prime."""

    def __init__(self, emotion: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.emotion, self._key, self._height = emotion, key, _HIGH
        self.setText(emotion)
        self.setCheckable(True)
        self.setObjectName(f"answer_{emotion}")
        self.setAccessibleName(f"Rate {emotion}" + (f", key {key}" if key else ""))
        self.setToolTip(tip(f"Rate {emotion}" + (f" ({key})" if key else "") + "; with Shift: one of several"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def key(self) -> str:
        """The number key; empty = none."""
        return self._key

    def set_height(self, height: int) -> None:
        """Be so high."""
        self._height = height
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as every button."""
        return QSize(80, self._height)

    minimumSizeHint = sizeHint

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's own hook
        """Leave the state to whoever stores the answer: a button that is on is a rating that is saved."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Key cap and word."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        painter.setPen(pen(tokens.accent if on else tokens.cline))
        hover = self.underMouse() and self.isEnabled()
        painter.setBrush(QColor(tokens.sel if on else tokens.ctlhi if hover else tokens.ctl))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        colour = tokens.text if self.isEnabled() else tokens.text3
        if self._key:
            quiet = tokens.text2 if self.isEnabled() else tokens.text3
            draw_key(painter, QRectF(8, self.height() / 2 - 8, 16, 16), self._key, quiet, tokens.cline)
        left = 32 if self._key else 10
        word = QRectF(left, 0, self.width() - left - 4, self.height())
        draw_text(painter, word, self.text(), colour, theme.font(theme.BODY, 500 if on else 400), LEFT)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), tokens.accent)


class AnswerGrid(QWidget):
    """The classes of a scheme to choose from.

    Signals:
        chosen(str, bool): An emotion; True = together with those already chosen.
    """

    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._buttons: dict[str, AnswerButton] = {}
        self._height = _HIGH

    def set_compact(self, compact: bool) -> None:
        """Take less height, where the window is low."""
        self._height = _LOW if compact else _HIGH
        self._grid.setSpacing(2 if compact else 4)
        for button in self._buttons.values():
            button.set_height(self._height)
        self.updateGeometry()

    def set_classes(self, classes: tuple[str, ...]) -> bool:
        """Offer these emotions, in this order; whether that made new buttons."""
        if classes == tuple(self._buttons):
            return False
        for button in self._buttons.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for k, emotion in enumerate(classes):
            button = AnswerButton(emotion, str(k + 1) if k < _KEYS else "", self)
            button.set_height(self._height)
            button.clicked.connect(lambda _=False, emotion=emotion: self._on_clicked(emotion))
            self._grid.addWidget(button, k // _COLUMNS, k % _COLUMNS)
            self._buttons[emotion] = button
            # A layout leaves out what it has yet to show, and heights are asked for at once.
            button.show()
        self.updateGeometry()
        return True

    def set_chosen(self, votes: tuple[str, ...]) -> None:
        """Show what is saved."""
        for emotion, button in self._buttons.items():
            button.setChecked(emotion in votes)

    def buttons(self) -> list[AnswerButton]:
        """Every button, in order."""
        return list(self._buttons.values())

    def button(self, emotion: str) -> AnswerButton:
        """The button of an emotion."""
        return self._buttons[emotion]

    def emotion(self, number: int) -> str | None:
        """The emotion of a number key, counted from 1."""
        classes = list(self._buttons)
        return classes[number - 1] if 1 <= number <= min(len(classes), _KEYS) else None

    def _on_clicked(self, emotion: str) -> None:
        shift = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.chosen.emit(emotion, shift)
