"""The answers: large buttons with key caps, three wide, in an order that stays the same for a whole sitting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_cap import draw_key
from fairemo_gui.gui.controls.painting import LEFT, draw_focus_ring, draw_text, pen

COLUMNS, KEYS = 3, 9
_HEIGHT, _GAP = 56, 12
_CAP, _TICK = 20, 16


class AnswerTile(QAbstractButton):
    """One answer. It has no colour of its own: colours prime.

    Args:
        answer: What is stored, and shown.
        key: Its number key; empty where the keys have run out.
    """

    def __init__(self, answer: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer, self._key = answer, key
        self.setText(answer)
        self.setCheckable(True)
        self.setObjectName(f"tile_{answer}")
        self.setAccessibleName(f"{answer}, key {key}" if key else answer)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Large enough to hit without aiming."""
        return QSize(120, _HEIGHT)

    minimumSizeHint = sizeHint

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's own hook
        """Leave the state to whoever keeps the answers."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Key cap, word, and a tick where it is chosen."""
        tokens, open_ = theme.current(), self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        painter.setPen(pen(tokens.accent if on else tokens.cline if open_ else tokens.line, 2 if on else 1))
        hover = self.underMouse() and open_
        painter.setBrush(QColor(tokens.sel if on else tokens.ctlhi if hover else tokens.ctl if open_ else tokens.alt))
        edge = 1.0 if on else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 4, 4)
        left, middle = 16.0, self.height() / 2
        if self._key:
            cap = QRectF(left, middle - _CAP / 2, _CAP, _CAP)
            draw_key(painter, cap, self._key, tokens.text2 if open_ else tokens.text3, tokens.cline)
            left += _CAP + 13
        right = self.width() - 16.0
        if on:
            right -= _TICK
            tick = theme.icon("check", tokens, tokens.accent)
            tick.paint(painter, int(right), int(middle - _TICK / 2), _TICK, _TICK)
        font = theme.font(theme.TITLE, 600 if on else 400)
        colour = tokens.text if open_ else tokens.text3
        draw_text(painter, QRectF(left, 0, right - left - 4, self.height()), self.text(), colour, font, LEFT)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(3, 3, -3, -3), tokens.accent, 2)


class AnswerTiles(QWidget):
    """Every answer of a plan.

    Signals:
        pressed(str): An answer was pressed.
    """

    pressed = Signal(str)

    def __init__(self, answers: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP)
        self.tiles: dict[str, AnswerTile] = {}
        for place, answer in enumerate(answers):
            tile = AnswerTile(answer, str(place + 1) if place < KEYS else "", self)
            tile.clicked.connect(lambda _=False, answer=answer: self.pressed.emit(answer))
            grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
            self.tiles[answer] = tile
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)

    def press(self, number: int) -> None:
        """Press the answer of a number key, counted from 1; nothing where there is none."""
        answers = list(self.tiles)
        if 1 <= number <= min(len(answers), KEYS):
            self.tiles[answers[number - 1]].click()

    def set_chosen(self, answers: Sequence[str]) -> None:
        """Show which answers are chosen."""
        for answer, tile in self.tiles.items():
            tile.setChecked(answer in answers)
