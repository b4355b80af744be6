"""What if a net could not hear, or not see: its probabilities before and after, who is near, and what raters said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import LEFT, RIGHT, draw_swatch, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.labels.modalities import ModalityStrip
from fairemo_gui.services.what_if import WhatIf

_SIDE, _GAP, _BESIDE = 10.0, 22.0, 560.0
_NAMES, _NUMBERS, _LINE, _HEAD, _BAR = 58.0, 122.0, 18.0, 38.0, 10.0
_NARROWEST, _LEAST_BAR, _MUCH = 300, 60.0, 0.05
_ZEROS = (
    "A modality that is off puts zeros into the net's fusion, its branch's bias included, as the net was taught for "
    "utterances that lack it."
)


@dataclass(frozen=True, eq=False)
class NetLine:
    """A net in the chart.

    Attributes:
        title: As `Net 2`.
        about: As `schmitz2022, AV labels`.
        answer: What it says; None = see `instead`.
        instead: Why there is no answer: it knows one modality only, or is still being asked.
        problems: What else is to be known of it, on its card.
    """

    title: str
    about: str
    answer: WhatIf | None = None
    instead: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Near:
    """A neighbour."""

    utterance: int
    code: str
    label: str
    distance: float


@dataclass(frozen=True)
class Said:
    """What was said in one condition, or by one rater.

    Attributes:
        who: As `Voice, 10 votes`, or `R12 · voice`.
        what: As `disgust 6, anger 4`.
        summary: Votes of a whole condition.
    """

    who: str
    what: str
    summary: bool = False


@dataclass(frozen=True, eq=False)
class WhatIfModel:
    """Everything the chart shows of one utterance.

    Attributes:
        scheme: Classes of the corpus, which give emotions their colours.
        near_words: What the neighbours are near by, or why there are none.
    """

    code: str
    scheme: tuple[str, ...]
    nets: tuple[NetLine, ...] = ()
    near: tuple[Near, ...] = ()
    near_words: str = ""
    said: tuple[Said, ...] = ()
    said_words: str = ""
    off: frozenset[str] = field(default_factory=frozenset)


class WhatIfCanvas(Canvas):
    """Bars before and after per net; neighbours and raters beside or below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What if", parent)
        self._model: WhatIfModel | None = None
        self._nets: list[QRectF] = []
        self._near, self._said = QRectF(), QRectF()

    def set_model(self, model: WhatIfModel) -> None:
        """Show another utterance, or other modalities."""
        self._model = model
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """Nets at the left; the lists at the right, or below where it is narrow."""
        model = self._model
        if model is None:
            return []
        beside = self.width() >= _BESIDE
        wide = (self.width() - 2 * _SIDE - _GAP) * 0.58 if beside else self.width() - 2 * _SIDE
        y = 4.0
        self._nets = []
        for line in model.nets:
            self._nets.append(QRectF(_SIDE, y, wide, _height(line)))
            y = self._nets[-1].bottom() + 8
        left = _SIDE + wide + _GAP if beside else _SIDE
        room = self.width() - left - _SIDE
        # Where no net has bars to show, the neighbours take their place.
        bars = any(line.answer is not None for line in model.nets)
        below = QRectF(_SIDE, y + 4, wide, 0)
        aside = QRectF(left, 4, room, 0)
        self._near = aside if beside and bars else below
        self._near.setHeight(_HEAD + _LINE * len(model.near))
        self._said = QRectF(aside) if beside and not bars else self._near.translated(0, self._near.height() + 8)
        self._said.setHeight(_HEAD - 16 + _LINE * max(len(model.said), 1))
        y = max(y, self._near.bottom() + 6)
        self.setMinimumSize(_NARROWEST, math.ceil(max(y, self._said.bottom() + 6)))
        return [*self._net_places(model), *self._near_places(model), *self._said_places(model)]

    def draw(self, painter: QPainter) -> None:
        """Everything."""
        model = self._model
        if model is None:
            return
        for box, line in zip(self._nets, model.nets, strict=True):
            _draw_net(painter, box, line, model)
        _draw_head(painter, self._near, "Nearest", model.near_words)
        for k, near in enumerate(model.near):
            _draw_near(painter, _line(self._near, _HEAD, k), near, model.scheme)
        _draw_head(painter, self._said, "Raters", "" if model.said else model.said_words)
        for k, said in enumerate(model.said):
            _draw_said(painter, _line(self._said, _HEAD - 16, k), said)

    def _net_places(self, model: WhatIfModel) -> Iterable[Place]:
        for box, line in zip(self._nets, model.nets, strict=True):
            head = QRectF(box.left(), box.top(), box.width(), _HEAD - 4)
            yield Place(head, partial(_net_words, line, model.off), None, partial(_net_card, line, model.off))
            for k in range(0 if line.answer is None else len(line.answer.classes)):
                words = partial(_class_words, line, k, model.off)
                yield Place(_line(box, _HEAD, k), words, None, partial(_class_card, line, k, model.off))

    def _near_places(self, model: WhatIfModel) -> Iterable[Place]:
        for k, near in enumerate(model.near):
            words = f"{near.code}, {near.label}, distance {near.distance:.2f}"
            card = partial(
                Card, words, f"Euclidean distance by {model.near_words}. Enter goes there.", "√Σ (a_i − b_i)²"
            )
            yield Place(_line(self._near, _HEAD, k), words, near.utterance, card)

    def _said_places(self, model: WhatIfModel) -> Iterable[Place]:
        for k, said in enumerate(model.said):
            words = f"{said.who}: {said.what}"
            yield Place(_line(self._said, _HEAD - 16, k), words, None, partial(Card, words))


class WhatIfChart(Chart):
    """One utterance, every net, any choice of modalities.

    Signals:
        jump_requested(int): A neighbour was clicked or entered: its id.
        off_changed(): Other modalities are off.
        predictions_requested(): What is hidden is to be shown.
    """

    jump_requested = Signal(int)
    off_changed = Signal()
    predictions_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing, self.strip = WhatIfCanvas(), ModalityStrip()
        super().__init__(self._drawing, parent, self.strip)
        self._model: WhatIfModel | None = None
        self._off: frozenset[str] = frozenset()
        self.strip.hide()
        self.strip.toggled.connect(self._on_toggled)
        # The button shows what is hidden; it asks for nothing that other charts lack.
        self.empty_state().fixed.disconnect(self.fix_requested)
        self.empty_state().fixed.connect(self.predictions_requested)
        self._drawing.activated.connect(self._on_activated)

    @property
    def off(self) -> frozenset[str]:
        """Modalities that are turned off."""
        return self._off

    def set_model(self, model: WhatIfModel) -> None:
        """Show an utterance; what was off stays off."""
        self._model = WhatIfModel(**{**vars(model), "off": self._off})
        known = frozenset(name for line in model.nets if line.answer for name in line.answer.modalities)
        self.strip.show_state(model.code, self._off, known)
        self.strip.show()
        self._drawing.set_model(self._model)
        self.show_canvas()

    def show_empty(self, sentence: str, button: str = "") -> None:
        """Say why there is nothing, without switches for it."""
        self._model = None
        self.strip.hide()
        super().show_empty(sentence, button)

    def rows(self) -> Iterable[Row]:
        """Per net and class the probability before and after; neighbours; what raters said."""
        model = self._model
        if model is None:
            return
        yield ("utterance", "net", "without", "class", "before", "after")
        for line in model.nets:
            after = None if line.answer is None else line.answer.without(model.off)
            if line.answer is not None and after is not None:
                triples = zip(line.answer.classes, line.answer.before.tolist(), after.tolist(), strict=True)
                off = "+".join(sorted(model.off & set(line.answer.modalities)))
                yield from ((model.code, line.title, off, *triple) for triple in triples)
        yield ("utterance", "neighbour", "label", "distance")
        yield from ((model.code, near.code, near.label, near.distance) for near in model.near)

    def _on_toggled(self, name: str, on: bool) -> None:
        self._off = self._off - {name} if on else self._off | {name}
        if self._model is not None:
            self.set_model(self._model)
        self.off_changed.emit()

    def _on_activated(self, payload: object) -> None:
        assert isinstance(payload, int)
        self.jump_requested.emit(payload)


def _height(line: NetLine) -> float:
    return _HEAD + (_LINE * len(line.answer.classes) if line.answer is not None else 0)


def _line(box: QRectF, head: float, k: int) -> QRectF:
    return QRectF(box.left(), box.top() + head + k * _LINE, box.width(), _LINE)


def _draw_head(painter: QPainter, box: QRectF, title: str, below: str) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    bold = theme.font(theme.BODY, 600)
    draw_text(painter, QRectF(box.left(), box.top(), box.width(), 18), title, tokens.text, bold)
    draw_text(painter, QRectF(box.left(), box.top() + 17, box.width(), 16), below, tokens.text2, small)


def _draw_net(painter: QPainter, box: QRectF, line: NetLine, model: WhatIfModel) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    _draw_head(painter, box, line.title, _net_words(line, model.off).partition(": ")[2])
    about = QRectF(box.left() + width_of(line.title, theme.font(theme.BODY, 600)) + 8, box.top(), box.width(), 18)
    about.setRight(box.right())
    draw_text(painter, about, line.about, tokens.text3, small)
    answer = line.answer
    if answer is None:
        return
    after = answer.without(model.off)
    changed = after is not None and bool(model.off & set(answer.modalities))
    for k, name in enumerate(answer.classes):
        now = None if after is None else float(after[k])
        _draw_class(painter, _line(box, _HEAD, k), name, float(answer.before[k]), now, model.scheme)
        if changed and now is not None:
            _draw_change(painter, _line(box, _HEAD, k), float(answer.before[k]), now)
        else:
            value = _line(box, _HEAD, k).adjusted(box.width() - _NUMBERS + 8, 0, 0, 0)
            draw_text(painter, value, _short(float(answer.before[k])), tokens.text2, small, LEFT)


def _draw_class(
    painter: QPainter, row: QRectF, name: str, before: float, after: float | None, scheme: tuple[str, ...]
) -> None:
    """The bar says what the net says now, the upright line what it said with everything."""
    tokens, small = theme.current(), theme.font(theme.SMALL)
    draw_text(painter, QRectF(row.left(), row.top(), _NAMES - 8, _LINE), name, tokens.text2, small, RIGHT)
    track = QRectF(row.left() + _NAMES, row.center().y() - _BAR / 2, 0, _BAR)
    track.setRight(max(row.right() - _NUMBERS, track.left() + _LEAST_BAR))
    painter.fillRect(track, QColor(tokens.alt))
    if after is not None:
        bar = QRectF(track.left(), track.top(), max(track.width() * after, 1), _BAR)
        painter.fillRect(bar, QColor(theme.emotion_colour(tokens, name, scheme)))
    mark = track.left() + track.width() * before
    painter.setPen(pen(tokens.text, 1.5))
    painter.drawLine(QPointF(mark, track.top() - 3), QPointF(mark, track.bottom() + 3))


def _draw_change(painter: QPainter, row: QRectF, before: float, after: float) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    value = QRectF(row.right() - _NUMBERS + 8, row.top(), 70, _LINE)
    draw_text(painter, value, f"{_short(before)} → {_short(after)}", tokens.text2, small, LEFT)
    strong = abs(after - before) >= _MUCH
    font, colour = theme.font(theme.SMALL, 600 if strong else 400), tokens.text if strong else tokens.text3
    change = numbers.signed(after - before, 2)
    draw_text(painter, QRectF(row.right() - 44, row.top(), 44, _LINE), change, colour, font, RIGHT)


def _draw_near(painter: QPainter, row: QRectF, near: Near, scheme: tuple[str, ...]) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    draw_text(painter, row.adjusted(0, 0, -124, 0), near.code, tokens.accent, small)
    if near.label in scheme:
        draw_swatch(painter, row.right() - 116, row.center().y(), theme.emotion_colour(tokens, near.label, scheme))
    label = QRectF(row.right() - 102, row.top(), 62, _LINE)
    draw_text(painter, label, near.label, tokens.text2, small)
    draw_text(painter, row, f"{near.distance:.2f}", tokens.text3, small, RIGHT)


def _draw_said(painter: QPainter, row: QRectF, said: Said) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    strong = theme.font(theme.SMALL, 600) if said.summary else small
    who = min(width_of(said.who, strong) + 8, row.width() * 0.5)
    draw_text(painter, QRectF(row.left(), row.top(), who - 8, _LINE), said.who, tokens.text, strong)
    draw_text(painter, row.adjusted(max(who, 92), 0, 0, 0), said.what, tokens.text2, small)


def _short(p: float) -> str:
    return numbers.rate(p, 2).removeprefix("0")


def _net_words(line: NetLine, off: frozenset[str]) -> str:
    """As `Net 2: without audio, disgust → sad`."""
    answer = line.answer
    if answer is None:
        return f"{line.title}: {line.instead}"
    gone = [name for name in answer.modalities if name in off]
    after = answer.without(off)
    top = answer.classes[int(np.argmax(answer.before))]
    if after is None:
        return f"{line.title}: nothing is left to answer by; it said {top}"
    now = answer.classes[int(np.argmax(after))]
    if not gone:
        return f"{line.title}: with {' + '.join(answer.modalities)}, {top}"
    return f"{line.title}: without {' + '.join(gone)}, {f'{top} → {now}' if now != top else f'still {top}'}"


def _net_card(line: NetLine, off: frozenset[str]) -> Card:
    return Card(_net_words(line, off), _ZEROS, "softmax(after(fusion with zeros))", lines=(line.about, *line.problems))


def _class_words(line: NetLine, k: int, off: frozenset[str]) -> str:
    answer = line.answer
    assert answer is not None
    after = answer.without(off)
    said = f"{line.title}, {answer.classes[k]}: {numbers.rate(float(answer.before[k]))}"
    if after is None:
        return said
    return f"{said} → {numbers.rate(float(after[k]))}, {numbers.signed(float(after[k] - answer.before[k]))}"


def _class_card(line: NetLine, k: int, off: frozenset[str]) -> Card:
    lines = () if line.answer is None else tuple(_alone(line.answer, k))
    return Card(
        _class_words(line, k, off), f"Upright line: with everything. Bar: with what is on. {_ZEROS}", lines=lines
    )


def _alone(answer: WhatIf, k: int) -> Iterable[str]:
    """What each modality says by itself."""
    for name in answer.modalities:
        said = answer.without(set(answer.modalities) - {name})
        if said is not None:
            yield f"{name} alone: {numbers.rate(float(said[k]))}"
