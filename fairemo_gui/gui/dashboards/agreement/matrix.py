"""Who rates whom: one small matrix per condition, raters' gender by speakers' gender, with n."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from fairemo_gui.evaluation.rater_effects import GENDERS, Cell, Effect, Estimate
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_marker, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.agreement.rows import CONDITION_WORDS, AgreementModel
from fairemo_gui.services.agreement import AgreementView
from fairemo_gui.services.rater_effects import RatersView

CELL = 29.0
_HEAD, _FOOT, _LABEL, _MARKER, _WORDS_FROM = 32.0, 34.0, 58.0, 18.0, 170.0
_WIDEST = 72.0


@dataclass(frozen=True)
class Matrix:
    """One condition's matrix, laid out.

    Attributes:
        box: All of it.
        label: Room left of the cells; only for markers where it is narrow.
        cells: Rectangle of each cell, by gender of raters (None = unknown) and of speakers.
    """

    raters: RatersView
    effect: Effect
    box: QRectF
    label: float
    cells: tuple[tuple[Cell, QRectF], ...]


def quantity_key(effect: Effect) -> str:
    """As `agreement:others`."""
    return f"{effect.kind}:{effect.name}"


def quantities_of(view: AgreementView) -> dict[str, str]:
    """What can be shown by rater and speaker gender, with its words; agreement with the others first."""
    effects = [effect for raters in view.raters for effect in raters.effects]
    known = {quantity_key(effect): quantity_word(effect.kind, effect.name) for effect in effects}
    return dict(sorted(known.items(), key=lambda item: ("others" not in item[0], "intended" not in item[0])))


def quantity_word(kind: str, name: str) -> str:
    """As `Agrees with the others`."""
    if kind == "agreement":
        return "Agrees with the others" if name == "others" else "Agrees with the intended"
    return f"Names {name}" if kind == "rate" else f"Mean {name}"


def place_matrices(model: AgreementModel, area: QRectF) -> list[Matrix]:
    """Matrices side by side within an area; its height is theirs to say."""
    shown = [(r, e) for r in model.view.raters for e in r.effects if quantity_key(e) == model.quantity and e.cells]
    wide = area.width() / max(len(shown), 1)
    label = _LABEL if wide >= _WORDS_FROM else _MARKER
    each = min((wide - label - 12) / len(GENDERS), _WIDEST)
    found = []
    for k, (raters, effect) in enumerate(shown):
        left = area.left() + k * wide
        order = list(dict.fromkeys(cell.raters for cell in effect.cells))
        cells = tuple((cell, _cell_box(cell, order, left + label, area.top() + _HEAD, each)) for cell in effect.cells)
        height = _HEAD + len(order) * CELL + _FOOT
        found.append(Matrix(raters, effect, QRectF(left, area.top(), wide - 12, height), label, cells))
    return found


def _cell_box(cell: Cell, order: Sequence[str | None], left: float, top: float, wide: float) -> QRectF:
    return QRectF(left + GENDERS.index(cell.speakers) * wide, top + order.index(cell.raters) * CELL, wide - 1, CELL - 1)


def draw_matrices(painter: QPainter, matrices: Iterable[Matrix]) -> None:
    """Cells on one ramp, the same for all matrices; the value with its n, and the effect of own gender below."""
    every = list(matrices)
    span = _span([cell for matrix in every for cell, _ in matrix.cells], every)
    for matrix in every:
        _draw_heads(painter, matrix)
        for cell, box in matrix.cells:
            _draw_cell(painter, cell, box, span)
        _draw_foot(painter, matrix)


def cell_words(matrix: Matrix, cell: Cell) -> str:
    """As `Voice, women rating men: 0.632 [.55, .71], 285 ratings`."""
    ends = ends_of(cell.mean)
    who = f"{theme.group_word(cell.raters).lower()} rating {theme.group_word(cell.speakers).lower()}"
    value = f"{numbers.rate(cell.mean.value)}{ends}"
    counted = numbers.counted(cell.n, "rating", "ratings")
    return f"{CONDITION_WORDS[matrix.raters.condition]}, {who}: {value}, {counted}"


def cell_card(matrix: Matrix, cell: Cell) -> Card:
    """What is shared, of how many ratings."""
    effect = matrix.effect
    definition = AGREEMENT_DEFINITIONS.get("rate" if effect.kind == "rate" else effect.name)
    people = ", ".join(f"{n} {theme.group_word(g).lower()}" for g, n in matrix.raters.genders.items())
    lines = [f"Raters: {people}"]
    if effect.name == "others" and matrix.raters.no_reference:
        lines.append(f"{numbers.count(matrix.raters.no_reference)} ratings without a plurality of the others")
    form = AGREEMENT_DEFINITIONS["rater_interval"].definition if cell.mean.interval else ""
    what = quantity_word(effect.kind, effect.name)
    said = definition.definition if definition else f"{what} of the ratings, by gender of the rater and of the speaker."
    return Card(cell_words(matrix, cell), f"{what}. {said}" if definition else said, lines=tuple(lines), interval=form)


def own_gender_words(matrix: Matrix) -> str:
    """As `own gender +0.057 [−.045, +.163]`."""
    found = matrix.effect.interaction
    if math.isnan(found.value):
        return f"own gender: {found.reason or 'undefined'}"
    return f"own gender {numbers.signed(found.value)}{ends_of(found, sign=True)}"


def own_gender_card(matrix: Matrix) -> Card:
    """The difference of differences."""
    definition = AGREEMENT_DEFINITIONS["interaction"]
    title = f"{CONDITION_WORDS[matrix.raters.condition]}: {own_gender_words(matrix)}"
    said = "Evidence of an effect, uncorrected." if _evident(matrix.effect.interaction) else "No evidence."
    form = AGREEMENT_DEFINITIONS["rater_interval"]
    return Card(title, definition.definition, definition.formula, form.source, (said,), form.definition)


def pairs_words(matrix: Matrix, view: AgreementView) -> str:
    """As `120 pairs of raters: mean κ 0.310`, or why there is none."""
    pairs = view.pairs.get(matrix.raters.condition)
    if pairs is None:
        return ""
    if not pairs.pairs:
        return f"no two raters share {pairs.minimum} clips"
    return f"{numbers.counted(len(pairs.pairs), 'pair', 'pairs')} of raters: mean κ {numbers.rate(pairs.mean.value)}"


def pairs_card(matrix: Matrix, view: AgreementView) -> Card:
    """Cohen's kappa of every two raters, in the mean."""
    definition, pairs = AGREEMENT_DEFINITIONS["mean_cohen"], view.pairs[matrix.raters.condition]
    lines: tuple[str, ...] = (f"A pair shares at least {pairs.minimum} clips.",)
    if pairs.pairs:
        lines += (f"From {numbers.rate(pairs.low)} to {numbers.rate(pairs.high)}, {pairs.raters} raters",)
    title = f"{CONDITION_WORDS[matrix.raters.condition]}: {pairs_words(matrix, view)}"
    return Card(title, definition.definition, definition.formula, definition.source, lines)


def foot_boxes(matrix: Matrix) -> tuple[QRectF, QRectF]:
    """Where the effect of own gender, and the pairs, are written."""
    top = matrix.box.bottom() - _FOOT + 3
    line = QRectF(matrix.box.left(), top, matrix.box.width() + 8, 15)
    return line, line.translated(0, 14)


def ends_of(found: Estimate, sign: bool = False) -> str:
    """An interval with a blank before it; empty where there is none."""
    if found.interval is None:
        return ""
    return f" {numbers.interval(found.interval.low, found.interval.high, sign=sign)}"


def _evident(found: Estimate) -> bool:
    return found.interval is not None and (found.interval.low > 0 or found.interval.high < 0)


def _span(cells: Sequence[Cell], matrices: Sequence[Matrix]) -> tuple[float, float]:
    """Rates begin at 0, scales at their lowest cell."""
    values = [cell.mean.value for cell in cells if not math.isnan(cell.mean.value)]
    low = min(values, default=0.0) if any(m.effect.kind == "scale" for m in matrices) else 0.0
    return low, max([*values, low + 1e-9])


def _draw_heads(painter: QPainter, matrix: Matrix) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    box = matrix.box
    word = CONDITION_WORDS[matrix.raters.condition]
    draw_text(painter, QRectF(box.left(), box.top(), box.width(), 16), word, tokens.text, theme.font(theme.SMALL, 600))
    wide = matrix.label == _LABEL
    for cell, at in matrix.cells:
        if cell.raters == matrix.cells[0][0].raters:
            _draw_group(painter, cell.speakers, QRectF(at.left(), box.top() + 16, at.width(), 14), wide, True)
        if cell.speakers == GENDERS[0]:
            _draw_group(painter, cell.raters, QRectF(box.left(), at.top(), matrix.label - 6, at.height()), wide, False)
    if wide:
        hint = QRectF(box.left(), box.top() + 16, matrix.label - 6, 14)
        draw_text(painter, hint, "rater \\ of", tokens.text3, small, RIGHT)


def _draw_group(painter: QPainter, gender: str | None, box: QRectF, words: bool, centred: bool) -> None:
    """A group's marker, with its word where there is room."""
    tokens, small = theme.current(), theme.font(theme.SMALL)
    word = theme.group_word(gender) if words else ""
    wide = 8 + (4 + width_of(word, small) if word else 0)
    left = box.center().x() - wide / 2 if centred else box.right() - wide
    draw_marker(painter, QPointF(left + 4, box.center().y()), theme.group_style(tokens, gender), 7)
    draw_text(painter, QRectF(left + 12, box.top(), wide, box.height()), word, tokens.text2, small)


def _draw_cell(painter: QPainter, cell: Cell, box: QRectF, span: tuple[float, float]) -> None:
    tokens = theme.current()
    if math.isnan(cell.mean.value):
        draw_text(painter, box, numbers.ABSENT, tokens.text3, theme.font(theme.SMALL), CENTRE)
        return
    share = (cell.mean.value - span[0]) / (span[1] - span[0])
    ground = theme.ramp_colour(theme.sequential_table(tokens), 0.85 * share)
    painter.fillRect(box, QColor(ground))
    painter.setPen(pen(tokens.line))
    painter.drawRect(box)
    ink = theme.ink_on(ground)
    value = numbers.rate(cell.mean.value, 3 if span[1] <= 1 else 1)
    top = QRectF(box.left(), box.top() + 1, box.width(), 15)
    draw_text(painter, top, value, ink, theme.font(theme.SMALL, 600), CENTRE)
    below = QRectF(box.left(), box.top() + 13, box.width(), 14)
    draw_text(painter, below, numbers.count(cell.n), ink, theme.font(theme.TINY), CENTRE)


def _draw_foot(painter: QPainter, matrix: Matrix) -> None:
    tokens = theme.current()
    strong = _evident(matrix.effect.interaction)
    colour, font = (tokens.text, theme.font(theme.SMALL, 600)) if strong else (tokens.text2, theme.font(theme.SMALL))
    draw_text(painter, foot_boxes(matrix)[0], own_gender_words(matrix), colour, font)
