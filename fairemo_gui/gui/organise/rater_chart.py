"""One rater, drawn: agreement with the others, women against men, the course of a sitting, and plain facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.evaluation.rater_effects import RaterRow
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_text, pen
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.organise.rater_words import (
    CONDITIONS,
    STUDENTISED,
    Fact,
    drift_card,
    drift_line,
    facts,
    headline,
    kappa_card,
)
from fairemo_gui.services.campaign.drift import QUARTERS, Drift
from fairemo_gui.services.campaign.records import RaterFigures, few

_SIDE, _ROW, _HEAD, _SCALED, _PANEL = 12.0, 22.0, 30.0, 46.0, 74.0
_NAME, _VALUE = 46.0, 118.0
_DRIFTS = (("agreement", "Agrees with the others"), ("response", "Time to answer"))
_CHOOSE = "Choose a rater to see agreement, consistency and drift."


class RaterCanvas(Canvas):
    """Draws one rater from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Rater", parent)
        self._rater: RaterFigures | None = None

    def set_rater(self, rater: RaterFigures) -> None:
        """Show another rater."""
        self._rater = rater
        self.setAccessibleName(f"Rater {rater.code}")
        self.setMinimumHeight(round(self._end()))
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """Every number is a place."""
        rater = self._rater
        if rater is None:
            return []
        places = [
            Place(box, f"κ with the others, {CONDITIONS[c]}: {_value(found)}", None, partial(kappa_card, c, found))
            for box, (c, found) in zip(self._rows(self._kappas()), rater.agreement.items(), strict=False)
        ]
        for box, (c, row) in zip(self._rows(self._genders()), rater.genders.items(), strict=False):
            words = f"Men minus women, {CONDITIONS[c]}: {_value(row.difference, signed=True)}"
            places.append(Place(box, words, None, partial(_gender_card, CONDITIONS[c], row)))
        for box, (name, words) in zip(self._panels(), _DRIFTS, strict=True):
            drift = rater.drifts[name]
            said = f"{words} over the sitting: {drift_line(name, drift)}"
            places.append(Place(box, said, None, partial(drift_card, words, drift)))
        for box, fact in zip(self._rows(self._facts()), facts(rater), strict=False):
            places.append(Place(box, f"{fact.name}: {fact.value}", None, partial(_card_of, fact)))
        return places

    def draw(self, painter: QPainter) -> None:
        """Headings and rows."""
        rater = self._rater
        if rater is None:
            return
        tokens = theme.current()
        wide = QRectF(_SIDE, 8, self.width() - 2 * _SIDE, 20)
        draw_text(painter, wide, rater.code, tokens.text, theme.font(theme.TITLE, 600))
        draw_text(painter, wide.translated(0, 20), headline(rater), tokens.text2, theme.font(theme.SMALL))
        _heading(painter, self._kappas() - _SCALED, "κ with the others", self.width())
        self._draw_scale(painter, self._kappas(), (-0.2, 1.0), ((0.0, "0"), (0.5, ".5"), (1.0, "1")))
        for box, (condition, found) in zip(self._rows(self._kappas()), rater.agreement.items(), strict=False):
            self._draw_estimate(painter, box, CONDITIONS[condition], found, (-0.2, 1.0))
        if not rater.agreement:
            why = "Nobody else has rated the same clips." if rater.given else "This rater has given no answers yet."
            _nothing(painter, self._rows(self._kappas())[0], why)
        _heading(painter, self._genders() - _SCALED, "Agrees more on", self.width())
        self._draw_scale(painter, self._genders(), (-0.5, 0.5), ((-0.24, "◂ women"), (0.24, "men ▸")))
        for box, (condition, row) in zip(self._rows(self._genders()), rater.genders.items(), strict=False):
            self._draw_estimate(painter, box, CONDITIONS[condition], row.difference, (-0.5, 0.5))
        if not rater.genders:
            _nothing(painter, self._rows(self._genders())[0], "Too little is known of women and men.")
        _heading(painter, self._course() - _HEAD, "Over the sitting, by quarter", self.width())
        for box, (name, words) in zip(self._panels(), _DRIFTS, strict=True):
            _draw_drift(painter, box, name, words, rater.drifts[name])
        _heading(painter, self._facts() - _HEAD, "Facts", self.width())
        for box, fact in zip(self._rows(self._facts()), facts(rater), strict=False):
            draw_text(painter, box, fact.name, tokens.text2, theme.font(theme.SMALL))
            colour = tokens.text3 if fact.few else tokens.text
            draw_text(painter, box, fact.value, colour, theme.font(theme.SMALL, 500), RIGHT)

    def _draw_scale(
        self, painter: QPainter, top: float, span: tuple[float, float], words: Sequence[tuple[float, str]]
    ) -> None:
        """What stands above the rows' common axis."""
        plot = self._plot(QRectF(_SIDE, top, self.width() - 2 * _SIDE, _ROW))
        for value, word in words:
            x = plot.left() + (value - span[0]) / (span[1] - span[0]) * plot.width()
            draw_text(
                painter, QRectF(x - 40, top - 19, 80, 18), word, theme.current().text3, theme.font(theme.TINY), CENTRE
            )

    @staticmethod
    def _plot(box: QRectF) -> QRectF:
        return QRectF(box.left() + _NAME, box.top(), box.width() - _NAME - _VALUE - 8, box.height())

    def _draw_estimate(
        self, painter: QPainter, box: QRectF, name: str, found: Agreement, span: tuple[float, float]
    ) -> None:
        """Name, point with interval, number; grey and hollow with few answers, filled where a difference is evident."""
        tokens = theme.current()
        plot = self._plot(box)
        difference = span[0] == -span[1]

        def pixel(value: float) -> float:
            return plot.left() + (min(max(value, span[0]), span[1]) - span[0]) / (span[1] - span[0]) * plot.width()

        draw_text(painter, box, name, tokens.text, theme.font(theme.SMALL))
        for tick in (span[0], 0.0, span[1]) if difference else (0.0, 0.5, 1.0):
            painter.setPen(pen(tokens.zero if tick == 0 else tokens.grid))
            painter.drawLine(QPointF(pixel(tick), plot.top()), QPointF(pixel(tick), plot.bottom()))
        ends, middle = found.interval, box.center().y()
        evident = ends is not None and not ends.low <= 0 <= ends.high
        colour = tokens.text3 if few(found.ratings) else tokens.text if not difference or evident else tokens.text2
        value = QRectF(box.right() - _VALUE, box.top(), _VALUE, box.height())
        words = _value(found, signed=difference)
        if few(found.ratings) or ends is None:
            number = numbers.signed(found.value, 2) if difference else numbers.rate(found.value, 2)
            words = f"{number}, n = {numbers.count(found.ratings)}"
        draw_text(painter, value, words, colour, theme.font(theme.SMALL, 500), RIGHT)
        if found.value != found.value:
            return
        if ends is not None:
            painter.setPen(pen(colour, 2))
            painter.drawLine(QPointF(pixel(ends.low), middle), QPointF(pixel(ends.high), middle))
        filled = not few(found.ratings) and (not difference or evident)
        _dot(painter, QPointF(pixel(found.value), middle), colour, filled=filled)

    def _kappas(self) -> float:
        return 54 + _SCALED

    def _genders(self) -> float:
        return self._kappas() + self._count(self._rater.agreement if self._rater else ()) * _ROW + _SCALED

    def _course(self) -> float:
        return self._genders() + self._count(self._rater.genders if self._rater else ()) * _ROW + _HEAD

    def _facts(self) -> float:
        return self._course() + 2 * _PANEL + _HEAD

    def _end(self) -> float:
        return self._facts() + (0 if self._rater is None else len(facts(self._rater))) * _ROW + 12

    @staticmethod
    def _count(found: Iterable[object]) -> int:
        return max(len(list(found)), 1)

    def _rows(self, top: float) -> list[QRectF]:
        return [QRectF(_SIDE, top + k * _ROW, self.width() - 2 * _SIDE, _ROW) for k in range(12)]

    def _panels(self) -> list[QRectF]:
        wide = self.width() - 2 * _SIDE
        return [QRectF(_SIDE, self._course() + k * _PANEL, wide, _PANEL - 6) for k in range(len(_DRIFTS))]


class RaterChart(Chart):
    """One rater, with export."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = RaterCanvas()
        super().__init__(self._drawing, parent)
        self._rater: RaterFigures | None = None
        self.show_empty(_CHOOSE)

    def rater(self) -> RaterFigures | None:
        """Who is shown."""
        return self._rater

    def set_rater(self, rater: RaterFigures | None) -> None:
        """Show a rater, or none."""
        self._rater = rater
        if rater is None:
            self.show_empty(_CHOOSE)
        else:
            self._drawing.set_rater(rater)
            self.show_canvas()

    def rows(self) -> Iterable[Row]:
        """Every number with its interval."""
        rater = self._rater
        if rater is None:
            return
        yield ("number", "condition", "value", "low", "high", "n")
        estimates = [("kappa with the others", c.value, found) for c, found in rater.agreement.items()]
        estimates += [("agreement, men - women", c.value, row.difference) for c, row in rater.genders.items()]
        for name, condition, found in (*estimates, ("same answer again", "", rater.consistency)):
            ends = found.interval
            low, high = (None, None) if ends is None else (ends.low, ends.high)
            yield (name, condition, found.value, low, high, found.ratings)
        for name, drift in rater.drifts.items():
            for k, (value, n) in enumerate(zip(drift.quarters, drift.sizes, strict=True), 1):
                yield (f"{name}, quarter {k}", "", value, None, None, n)
            ends = drift.interval
            low, high = (None, None) if ends is None else (ends.low, ends.high)
            yield (f"{name}, change", "", drift.change, low, high, sum(drift.sizes))


def _heading(painter: QPainter, top: float, words: str, width: float) -> None:
    tokens = theme.current()
    painter.setPen(pen(tokens.line))
    painter.drawLine(QPointF(_SIDE, top + 4), QPointF(width - _SIDE, top + 4))
    box = QRectF(_SIDE, top + 8, width - 2 * _SIDE, 18)
    draw_text(painter, box, words, tokens.text, theme.font(theme.SMALL, 600))


def _nothing(painter: QPainter, box: QRectF, words: str) -> None:
    draw_text(painter, box, words, theme.current().text2, theme.font(theme.SMALL))


def _draw_drift(painter: QPainter, box: QRectF, name: str, words: str, drift: Drift) -> None:
    """Four points on one scale with their words, and the line's change above them."""
    tokens, small = theme.current(), theme.font(theme.SMALL)
    head = QRectF(box.left(), box.top(), box.width(), 18)
    draw_text(painter, head, words, tokens.text, small)
    worse = name == "agreement" and drift.evident and drift.change < 0
    draw_text(painter, head, drift_line(name, drift), tokens.worse if worse else tokens.text2, small, RIGHT)
    values = [2**v if name == "response" else v for v in drift.quarters]
    known = [value for value in values if value == value]
    if not known:
        return
    low, high = (0.0, 1.0) if name == "agreement" else (0.0, max(known) * 1.15)
    plot = QRectF(box.left() + 18, box.top() + 22, box.width() - 36, box.height() - 42)
    painter.setPen(pen(tokens.grid))
    for y in (plot.top(), plot.bottom()):
        painter.drawLine(QPointF(plot.left() - 18, y), QPointF(plot.right() + 18, y))
    for k, value in enumerate(values):
        if value != value:
            continue
        at = QPointF(
            plot.left() + plot.width() * k / (QUARTERS - 1),
            plot.bottom() - (value - low) / max(high - low, 1e-9) * plot.height(),
        )
        colour = tokens.text3 if few(drift.n) else tokens.text
        _dot(painter, at, colour, filled=not few(drift.n))
        number = f"{value:.1f} s" if name == "response" else numbers.rate(value, 2)
        draw_text(painter, QRectF(at.x() - 30, plot.bottom() + 3, 60, 15), number, tokens.text2, small, CENTRE)


def _dot(painter: QPainter, at: QPointF, colour: str, *, filled: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(colour, 1.5))
    painter.setBrush(QColor(colour if filled else theme.current().panel))
    painter.drawEllipse(at, 3.5, 3.5)
    painter.restore()


def _value(found: Agreement, *, signed: bool = False) -> str:
    number = numbers.signed(found.value, 2) if signed else numbers.rate(found.value, 2)
    ends = "" if found.interval is None else numbers.interval(found.interval.low, found.interval.high, 2, sign=signed)
    return f"{number} {ends}".strip()


def _card_of(fact: Fact) -> Card:
    return fact.card


def _gender_card(condition: str, row: RaterRow) -> Card:
    lines = (
        f"women: {numbers.rate(row.female.value)}, n = {numbers.count(row.female.ratings)}",
        f"men: {numbers.rate(row.male.value)}, n = {numbers.count(row.male.ratings)}",
    )
    found = row.difference
    return Card(
        f"Men − women, {condition}  {numbers.signed(found.value)}",
        "Share of answers that name what most other raters named, on men minus on women.",
        lines=lines,
        interval=STUDENTISED if found.interval is not None else found.reason or "",
    )
