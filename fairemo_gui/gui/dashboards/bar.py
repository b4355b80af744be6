"""The chart bar: which truth, which predictor, which groups, all or the selection, and how the intervals are made."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from fairemo_gui.core.records import Truth
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card, CardHover
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.painting import draw_focus_ring, draw_text, pen, width_of
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch

ALL, SELECTION = "all", "selection"
HARD, SOFT, GOLD = "hard", "soft", "gold"
_TRUTHS = ((Truth.INTENDED, "Intended"), (Truth.VOICE, "Voice"), (Truth.FACE, "Face"), (Truth.AV, "AV"))
_GOLD = "What an adjudicator settled on, where this was done"
_NOT_SOFT = "An intended emotion is one class: it has no votes to be soft about."


class IntervalInfo(QWidget):
    """How intervals are made, elided where there is no room; the card says it in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._card = Card("Intervals")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)
        self.hover = CardHover(self, lambda _: self._found(), self._found)

    def say(self, text: str, card: Card | None) -> None:
        """As `95 %, 91 speakers, studentised`."""
        self._text = text
        self._card = card or Card(text)
        self.setAccessibleName(text)
        self.update()

    def text(self) -> str:
        """What it says in full."""
        return self._text

    def sizeHint(self) -> QSize:
        """Icon and words."""
        return QSize(math.ceil(width_of(self._text, theme.font(theme.SMALL))) + 23, 24)

    def minimumSizeHint(self) -> QSize:
        """The icon alone."""
        return QSize(20, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon and words, at the right."""
        if not self._text:
            return
        tokens, small = theme.current(), theme.font(theme.SMALL)
        painter = QPainter(self)
        words = _shortened(self._text, small, self.width() - 23.0)
        wide = width_of(words, small) + 1
        left = self.width() - (wide if words else 0) - 19
        icon = theme.icon("info", tokens)
        icon.paint(painter, int(left), 5, 14, 14, Qt.AlignmentFlag.AlignCenter)
        if words:
            draw_text(painter, QRectF(left + 19, 0, wide, 24), words, tokens.text2, small)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(left - 3, 0, self.width() - left + 3, 24), tokens.accent)

    def _found(self) -> tuple[QRectF, Card] | None:
        return (QRectF(self.rect()), self._card) if self._text else None


def _shortened(text: str, font: QFont, room: float) -> str:
    """As many of the parts between commas as there is room for; nothing where there is none for the first."""
    parts = text.split(", ")
    shorter = (f"{', '.join(parts[:k])} …" for k in range(len(parts) - 1, 0, -1))
    return next((words for words in (text, *shorter) if width_of(words, font) <= room), "")


class ChartBar(QFrame):
    """36 px above the charts.

    Signals:
        truth_changed(key): One of `intended`, `voice`, `face`, `av`.
        softness_changed(soft): Votes as a distribution, or decided.
        gold_chosen(): Labels that were settled by adjudication.
        predictor_changed(key): As given to `set_predictors`.
        group_changed(key): As given to `set_groups`.
        scope_changed(key): `all` or `selection`.
    """

    truth_changed = Signal(str)
    softness_changed = Signal(bool)
    gold_chosen = Signal()
    predictor_changed = Signal(str)
    group_changed = Signal(str)
    scope_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.CHART_BAR)
        self.truth = SegmentedSwitch([Option(key, word) for key, word in _TRUTHS], "Truth", self)
        readings = [Option(HARD, "Hard"), Option(SOFT, "Soft"), Option(GOLD, "Gold", hint=_GOLD)]
        self.softness = SegmentedSwitch(readings, "Labels", self)
        self.softness.segment(GOLD).hide()
        self.predictor = Combo("Predictor", self)
        self.group = Combo("Group", self)
        self.scope = SegmentedSwitch([Option(ALL, "All"), Option(SELECTION, "Selection")], "Utterances", self)
        self.info = IntervalInfo(self)
        self._words = [QLabel(word, self) for word in ("Truth", "Predictor", "Group")]
        self._assemble()
        self._connect_signals()
        self.set_truth(Truth.AV)
        self.softness.set_value(HARD)
        self.set_scope(ALL)
        self.set_counts(0, 0)

    def set_truth(self, key: str) -> None:
        """Show which truth is in force, without a signal."""
        self.truth.set_value(key)
        self._settle_softness()

    def set_softness(self, soft: bool) -> None:
        """Show whether votes count as a distribution, without a signal."""
        self.softness.set_value(SOFT if soft else HARD)
        self._settle_softness()

    def set_gold(self, offered: bool, chosen: bool) -> None:
        """Whether the truth has adjudicated labels, and whether these are in force; without a signal."""
        self.softness.segment(GOLD).setVisible(offered)
        if chosen:
            self.softness.set_value(GOLD)
        self._settle_width()

    def set_scope(self, key: str) -> None:
        """Show whether all utterances count or the selection, without a signal."""
        self.scope.set_value(key)

    def set_truth_reasons(self, reasons: dict[str, str]) -> None:
        """Switch truths off, each with the reason its tooltip gives; those not named are on."""
        for key, word in _TRUTHS:
            self.truth.set_option(Option(key, word, reasons.get(key, "")))

    def set_predictors(self, options: Sequence[Option], chosen: str = "") -> None:
        """Offer predictors: human raters per condition, nets."""
        self.predictor.set_options(options)
        self.predictor.set_value(chosen)
        self._settle_width()

    def set_groups(self, options: Sequence[Option], chosen: str = "") -> None:
        """Offer attributes to group speakers by."""
        self.group.set_options(options)
        self.group.set_value(chosen)
        self._settle_width()

    def set_counts(self, total: int, selected: int) -> None:
        """How many utterances there are, and how many the table's filter or selection leaves."""
        reason = "" if selected else "Nothing is filtered or selected in the table."
        self.scope.set_option(Option(ALL, f"All {numbers.count(total)}"))
        self.scope.set_option(Option(SELECTION, f"Selection {numbers.count(selected)}", reason))
        self._settle_width()

    def set_interval_info(self, text: str, card: Card | None = None) -> None:
        """Say how the intervals are made."""
        self.info.say(text, card)
        self._settle_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the words before the controls where it is narrow."""
        super().resizeEvent(event)
        self._settle_width()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chrome with a hairline below, and one between what is true and who predicts."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.chrome))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        x = self.softness.geometry().right() + 11.5
        painter.drawLine(QPointF(x, 8), QPointF(x, self.height() - 9))

    def _assemble(self) -> None:
        truth, predictor, group = self._words
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 10, 1)
        row.setSpacing(8)
        before: tuple[QWidget, ...] = (truth, self.truth, self.softness)
        for part in before:
            row.addWidget(part)
        row.addSpacing(8)
        after: tuple[QWidget, ...] = (predictor, self.predictor, group, self.group, self.scope)
        for part in after:
            row.addWidget(part)
        row.addWidget(self.info, 1)
        for word in self._words:
            word.setFont(theme.font())
            word.setForegroundRole(self.foregroundRole())

    def _connect_signals(self) -> None:
        self.truth.changed.connect(self._on_truth)
        self.softness.changed.connect(self._on_reading)
        self.predictor.activated.connect(lambda _: self.predictor_changed.emit(self.predictor.value()))
        self.group.activated.connect(lambda _: self.group_changed.emit(self.group.value()))
        self.scope.changed.connect(self.scope_changed)

    def _on_reading(self, key: str) -> None:
        if key == GOLD:
            self.gold_chosen.emit()
        else:
            self.softness_changed.emit(key == SOFT)

    def _on_truth(self, key: str) -> None:
        self._settle_softness()
        self.truth_changed.emit(key)

    def _settle_softness(self) -> None:
        """Soft labels need votes; the choice comes back when they are there again."""
        reason = _NOT_SOFT if self.truth.value() == Truth.INTENDED else ""
        self.softness.set_option(Option(SOFT, "Soft", reason))

    def _settle_width(self) -> None:
        controls = (self.truth, self.softness, self.predictor, self.group, self.scope)
        needed = sum(control.sizeHint().width() + 8 for control in controls) + self.info.sizeHint().width() + 40
        truth, predictor, group = self._words
        for word in (truth, group, predictor):
            needed += word.sizeHint().width() + 8
            word.setVisible(needed <= self.width())
