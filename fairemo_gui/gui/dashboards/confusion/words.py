"""What a confusion chart says in words: headers, sizes, cards, and the sentences of a screen reader."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fairemo_gui.evaluation.matrix_intervals import Ends
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.confusion.look import Look, Share, View
from fairemo_gui.gui.dashboards.model import ConfusionModel, DifferenceMatrix, GroupMatrix
from fairemo_gui.gui.dashboards.words import minimum_words, provisional_words, size_of

EVERYONE = "Everyone"
_AS_EVER = Look()
PER_CENT, POINTS = "%", "percentage points"
_SAME = "Share of utterances that both take for the same class: the matrix's diagonal."
_SEVERAL = "A label is on above 1/C; several can be on at once, so a row need not add up to 100 %."


def column_words(classes: Sequence[str]) -> list[str]:
    """Three letters per class, which is what a column has room for."""
    return [name[:3] for name in classes]


def title_words(matrix: GroupMatrix) -> str:
    """Whose matrix it is."""
    return EVERYONE if matrix.group is None else matrix.group.word


def size_words(matrix: GroupMatrix, model: ConfusionModel) -> str:
    """The n of a matrix, or how far the job is that fills it."""
    if model.provisional is not None:
        return provisional_words(model.provisional)
    return size_of(matrix.n, matrix.group.speakers if matrix.group is not None else None)


def header_words(matrix: GroupMatrix, model: ConfusionModel) -> str:
    """A matrix's header as a sentence."""
    score = f"{_score(matrix)} {numbers.rate(matrix.f1.value)} {numbers.interval(matrix.f1.low, matrix.f1.high)}"
    return f"{title_words(matrix)}, {size_words(matrix, model)}, {score.rstrip()}"


def header_card(matrix: GroupMatrix, model: ConfusionModel) -> Card:
    """The definition of the number above a matrix."""
    known = Card("same", _SAME, "trace / n") if model.crossed else model.f1_card or Card("Macro-F1")
    ends = numbers.interval(matrix.f1.low, matrix.f1.high) or matrix.f1.reason
    lines = (size_words(matrix, model), *known.lines)
    title = f"{title_words(matrix)}: {_score(matrix)} {numbers.rate(matrix.f1.value)} {ends}".rstrip()
    return Card(title, known.definition, known.formula, known.source, lines, known.interval or model.interval_form)


def cell_words(matrix: GroupMatrix, model: ConfusionModel, truth: int, predicted: int, look: Look = _AS_EVER) -> str:
    """A cell as a sentence."""
    base, count = int(matrix.bases[truth, predicted]), int(matrix.counts[truth, predicted])
    sign = "with" if look.view is View.TOGETHER else "→"
    pair = f"{model.classes[truth]} {sign} {model.classes[predicted]}"
    if base == 0:
        return f"{title_words(matrix)}, {pair}: no utterances"
    share = {Share.ROW: "", Share.COLUMN: " of the column", Share.ALL: " of all"}[look.share]
    counted = f"{numbers.count(count)} of {numbers.count(base)}"
    return f"{title_words(matrix)}, {pair}: {100 * count / base:.1f} %{share}, {counted}"


def cell_card(matrix: GroupMatrix, model: ConfusionModel, truth: int, predicted: int, look: Look = _AS_EVER) -> Card:
    """What a cell's number means."""
    row, column = _row_words(model, truth, look), _column_words(model, predicted, look)
    whole, part = {
        Share.ROW: (f"Of the utterances {row}", f"the share {column}"),
        Share.COLUMN: (f"Of the utterances {column}", f"the share {row}"),
        Share.ALL: ("Of all utterances of the group", f"the share {row} and {column}"),
    }[look.share]
    below = {Share.ROW: "count(row)", Share.COLUMN: "count(column)", Share.ALL: "n"}[look.share]
    rule = _SEVERAL if look.view is View.TOGETHER else "One class each: plurality, first on ties."
    words = cell_words(matrix, model, truth, predicted, look)
    lines = ends_words(matrix.ends, (truth, predicted))
    form = model.interval_form if lines else ""
    return Card(words, f"{whole}, {part}. {rule}", f"count(row, column) / {below}", lines=lines, interval=form)


def ends_words(ends: Ends | None, cell: tuple[int, ...], unit: str = PER_CENT) -> tuple[str, ...]:
    """A line about the interval of a cell's share; none without one."""
    if ends is None or math.isnan(ends.low[cell]):
        return ()
    if unit == PER_CENT:
        return (f"interval [{100 * ends.low[cell]:.1f}, {100 * ends.high[cell]:.1f}] %",)
    low, high = (numbers.percentage_points(float(end[cell]), 1) for end in ends)
    return (f"interval [{low}, {high}] {unit}",)


def _row_words(model: ConfusionModel, truth: int, look: Look) -> str:
    name = model.classes[truth]
    if look.view is View.TOGETHER:
        return f"with {name} on in {model.truth}"
    return f"that {model.truth} takes for {name}" if model.crossed else f"whose {model.truth} is {name}"


def _column_words(model: ConfusionModel, predicted: int, look: Look) -> str:
    name = model.classes[predicted]
    if look.view is View.TOGETHER:
        return f"with {name} on by {model.predictor}"
    return f"that the predictor ({model.predictor}) takes for {name}"


def _score(matrix: GroupMatrix) -> str:
    return "macro-F1" if matrix.score == "F1" else "same class"


def difference_words(model: ConfusionModel, difference: DifferenceMatrix, truth: int, predicted: int) -> str:
    """A cell of the difference matrix as a sentence."""
    pair = f"{model.classes[truth]} → {model.classes[predicted]}"
    value = float(difference.values[truth, predicted])
    if math.isnan(value):
        return f"{difference.title}, {pair}: one of the groups has no such utterances"
    if difference.low is None:
        return f"{difference.title}, {pair}: {numbers.percentage_points(value, 1)} percentage points"
    evidence = "interval excludes 0" if difference.evidence[truth, predicted] else "no evidence"
    return f"{difference.title}, {pair}: {numbers.percentage_points(value, 1)} percentage points, {evidence}"


def difference_card(model: ConfusionModel, difference: DifferenceMatrix, truth: int, predicted: int) -> Card:
    """What a difference means, with its interval."""
    lines = ends_words(difference.ends, (truth, predicted), POINTS)
    return Card(
        difference_words(model, difference, truth, predicted),
        f"Share of {_lower(difference.second.word)} less that of {_lower(difference.first.word)}. "
        "Many cells are looked at once: single marks are expected by chance.",
        lines=(
            *lines,
            *(minimum_words(g) or size_of(g.n, g.speakers, g.word) for g in (difference.first, difference.second)),
        ),
        interval=model.interval_form,
    )


def _lower(word: str) -> str:
    return word[:1].lower() + word[1:]
