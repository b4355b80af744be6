"""The three conditions' votes beside a net's probabilities, class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fairemo_gui.core.labels import multi_hot
from fairemo_gui.core.records import Truth
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, pen
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.labels.details import NetAnswer, UtteranceLabels

_TITLES = {Truth.VOICE: "Voice", Truth.FACE: "Face", Truth.AV: "AV"}
_NAMES, _GAP, _TOP = 56, 8, 6


@dataclass(frozen=True)
class _Sizes:
    """Heights, logical px."""

    head: int
    row: int
    foot: int
    bar: int


_ROOMY, _COMPACT = _Sizes(36, 20, 20, 13), _Sizes(32, 13, 1, 9)


@dataclass(frozen=True)
class VoteColumn:
    """One column of bars.

    Attributes:
        shares: Share or probability per class, shape (C,); NaN where there is none.
        words: What stands beside each bar.
        on: Whether the label is on, per class.
        top: The strongest class; −1 = none.
    """

    title: str
    subtitle: str
    shares: npt.NDArray[np.float64]
    words: tuple[str, ...]
    on: npt.NDArray[np.bool_]
    top: int

    def sentence(self, classes: tuple[str, ...]) -> str:
        """The column in words, for a screen reader."""
        said = [f"{name} {word}" for name, word in zip(classes, self.words, strict=True) if word]
        return f"{self.title}, {self.subtitle}: {', '.join(said)}"


def vote_columns(labels: UtteranceLabels, with_answer: bool) -> list[VoteColumn]:
    """Columns of an utterance; conditions nobody rated in are left out."""
    found = [_votes(_TITLES[truth], labels.votes[truth]) for truth in _TITLES if truth in labels.votes]
    if labels.answer is not None and with_answer:
        found.append(_answer(labels.answer, len(labels.scheme)))
    return found


def _votes(title: str, counts: npt.NDArray[np.int64]) -> VoteColumn:
    total = int(counts.sum())
    return VoteColumn(
        title=title,
        subtitle=numbers.counted(total, "vote", "votes"),
        shares=counts / total,
        words=tuple(numbers.count(int(n)) for n in counts),
        on=multi_hot(counts[None, :])[0],
        top=int(counts.argmax()),
    )


def _answer(answer: NetAnswer, size: int) -> VoteColumn:
    shares = answer.spread(size)
    threshold = 1 / len(answer.probabilities)
    with np.errstate(invalid="ignore"):
        on = shares > threshold
    words = tuple("" if np.isnan(p) else numbers.rate(float(p), 2).removeprefix("0") for p in shares)
    return VoteColumn(f"Net {answer.net}", answer.caution or "p", shares, words, on, int(np.nanargmax(shares)))


def _leading(columns: list[VoteColumn]) -> VoteColumn:
    """The column whose labels are set in bold: what raters saw and heard, else the last condition there is."""
    people = [column for column in columns if column.title in _TITLES.values()]
    return people[-1] if people else columns[-1]


class VoteBars(QWidget):
    """Paints the columns: bars on a track, a dashed tick at 1/C, the number at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._columns: list[VoteColumn] = []
        self._instead = ""
        self._sizes = _ROOMY
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setObjectName("votes")
        self.setAccessibleName("Votes")

    def show_columns(self, classes: tuple[str, ...], columns: list[VoteColumn]) -> None:
        """Show votes and answers."""
        self._classes, self._columns = classes, columns
        self._instead = "" if columns else "Nobody has rated this utterance yet."
        self._changed()

    def show_instead(self, classes: tuple[str, ...], sentence: str) -> None:
        """Show a sentence where the votes would be; the space stays the same."""
        self._classes, self._columns, self._instead = classes, [], sentence
        self._changed()

    def set_compact(self, compact: bool) -> None:
        """Take less height, where the window is low."""
        self._sizes = _COMPACT if compact else _ROOMY
        self._changed()

    def columns(self) -> list[VoteColumn]:
        """What is shown."""
        return self._columns

    def sizeHint(self) -> QSize:
        """One row per class."""
        return QSize(280, _TOP + self._sizes.head + self._sizes.row * max(len(self._classes), 4) + self._sizes.foot)

    minimumSizeHint = sizeHint

    def event(self, event: QEvent) -> bool:
        """Say the number under the pointer in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip(self._hint(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Header, rows, footnote."""
        tokens = theme.current()
        painter = QPainter(self)
        if self._instead:
            draw_text(painter, QRectF(self.rect()), self._instead, tokens.text2, theme.font(theme.SMALL), CENTRE)
            return
        leading = _leading(self._columns)
        for k, name in enumerate(self._classes):
            on = bool(leading.on[k])
            box = QRectF(4, self._y(k), _NAMES - 8, self._sizes.row)
            font = theme.font(theme.SMALL, 600 if on else 400)
            draw_text(painter, box, name, tokens.text if on else tokens.text2, font, RIGHT)
        for position, column in enumerate(self._columns):
            self._draw_column(painter, position, column)
        if self._sizes is _COMPACT:
            return
        note = f"Dashed: 1/{len(self._classes)}, a label is on above it."
        foot = QRectF(12, self.height() - self._sizes.foot, self.width() - 16, self._sizes.foot)
        draw_text(painter, foot, note, tokens.text3, theme.font(theme.SMALL))

    def _draw_column(self, painter: QPainter, position: int, column: VoteColumn) -> None:
        tokens = theme.current()
        x, width = self._x(position), self._width()
        head = QRectF(x, _TOP, width, 16)
        draw_text(painter, head, column.title, tokens.text, theme.font(theme.SMALL, 600), LEFT)
        draw_text(painter, head.translated(0, 15), column.subtitle, tokens.text2, theme.font(theme.SMALL), LEFT)
        if position:
            painter.setPen(pen(tokens.line))
            line = round(x - _GAP / 2)
            painter.drawLine(line, _TOP + 2, line, int(self._y(len(self._classes))))
        track = max(width - 26, 12)
        for k in range(len(self._classes)):
            top = self._y(k) + (self._sizes.row - self._sizes.bar) / 2
            self._draw_bar(painter, QRectF(x, top, track, self._sizes.bar), column, k)

    def _draw_bar(self, painter: QPainter, track: QRectF, column: VoteColumn, k: int) -> None:
        tokens = theme.current()
        painter.fillRect(track, QColor(tokens.alt))
        share = column.shares[k]
        if not np.isnan(share) and share > 0:
            colour = QColor(theme.emotion_colour(tokens, self._classes[k], self._classes))
            colour.setAlphaF(1.0 if column.on[k] else 0.5)
            painter.fillRect(QRectF(track.left(), track.top(), max(track.width() * share, 1), track.height()), colour)
        tick = round(track.left() + track.width() / len(self._classes)) + 0.5
        painter.setPen(pen(tokens.text2, 1, (2, 2)))
        painter.drawLine(QPointF(tick, track.top() - 2), QPointF(tick, track.bottom() + 3))
        top = k == column.top
        number = QRectF(track.right() + 2, track.center().y() - 10, 24, 20)
        font = theme.font(theme.SMALL, 600 if top else 400)
        draw_text(painter, number, column.words[k], tokens.text if top else tokens.text2, font, RIGHT)

    def _changed(self) -> None:
        said = [column.sentence(self._classes) for column in self._columns]
        self.setAccessibleDescription(". ".join(said) or self._instead)
        self.updateGeometry()
        self.update()

    def _hint(self, where: QPointF) -> str:
        k = int((where.y() - self._y(0)) // self._sizes.row)
        for position, column in enumerate(self._columns):
            x = self._x(position)
            if x <= where.x() < x + self._width() and 0 <= k < len(self._classes):
                share = column.shares[k]
                part = (
                    "no answer" if np.isnan(share) else f"{share * 100:.0f} %, label {'on' if column.on[k] else 'off'}"
                )
                return f"{column.title} ({column.subtitle}), {self._classes[k]}: {part}"
        return ""

    def _y(self, k: int) -> float:
        return _TOP + self._sizes.head + k * self._sizes.row

    def _width(self) -> float:
        return (self.width() - _NAMES - 14 - _GAP * 4) / 4

    def _x(self, position: int) -> float:
        return _NAMES + _GAP + position * (self._width() + _GAP)
