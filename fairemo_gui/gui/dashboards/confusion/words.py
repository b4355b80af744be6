"""What a confusion chart says in words: headers, sizes, cards, and the sentences of a screen reader."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import ConfusionModel, DifferenceMatrix, GroupMatrix
from fairemo_gui.gui.dashboards.words import minimum_words, provisional_words, size_of

EVERYONE = "Everyone"


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
    f1 = f"macro-F1 {numbers.rate(matrix.f1.value)} {numbers.interval(matrix.f1.low, matrix.f1.high)}".rstrip()
    return f"{title_words(matrix)}, {size_words(matrix, model)}, {f1}"


def header_card(matrix: GroupMatrix, model: ConfusionModel) -> Card:
    """The definition of the F1 above a matrix."""
    known = model.f1_card or Card("Macro-F1")
    ends = numbers.interval(matrix.f1.low, matrix.f1.high) or matrix.f1.reason
    lines = (size_words(matrix, model), *known.lines)
    title = f"{title_words(matrix)}: macro-F1 {numbers.rate(matrix.f1.value)} {ends}".rstrip()
    return Card(title, known.definition, known.formula, known.source, lines, known.interval or model.interval_form)


def cell_words(matrix: GroupMatrix, model: ConfusionModel, truth: int, predicted: int) -> str:
    """A cell as a sentence."""
    row, count = int(matrix.counts[truth].sum()), int(matrix.counts[truth, predicted])
    pair = f"{model.classes[truth]} → {model.classes[predicted]}"
    if row == 0:
        return f"{title_words(matrix)}, {pair}: no utterances"
    return f"{title_words(matrix)}, {pair}: {100 * count / row:.1f} %, {numbers.count(count)} of {numbers.count(row)}"


def cell_card(matrix: GroupMatrix, model: ConfusionModel, truth: int, predicted: int) -> Card:
    """What a cell's number means."""
    return Card(
        cell_words(matrix, model, truth, predicted),
        f"Of the utterances whose {model.truth} is {model.classes[truth]}, the share that the predictor "
        f"({model.predictor}) takes for {model.classes[predicted]}. One class each: plurality, first on ties.",
        "count(truth, predicted) / count(truth)",
    )


def difference_words(model: ConfusionModel, difference: DifferenceMatrix, truth: int, predicted: int) -> str:
    """A cell of the difference matrix as a sentence."""
    pair = f"{model.classes[truth]} → {model.classes[predicted]}"
    value = float(difference.values[truth, predicted])
    if math.isnan(value):
        return f"{difference.title}, {pair}: one of the groups has no such utterances"
    evidence = "interval excludes 0" if difference.evidence[truth, predicted] else "no evidence"
    return f"{difference.title}, {pair}: {numbers.percentage_points(value, 1)} percentage points, {evidence}"


def difference_card(model: ConfusionModel, difference: DifferenceMatrix, truth: int, predicted: int) -> Card:
    """What a difference means, with its interval."""
    lines: tuple[str, ...] = ()
    if difference.low is not None and difference.high is not None:
        ends = (float(ends[truth, predicted]) for ends in (difference.low, difference.high))
        low, high = (numbers.percentage_points(end, 1) for end in ends)
        lines = (f"interval [{low}, {high}] percentage points",)
    return Card(
        difference_words(model, difference, truth, predicted),
        f"Row share of {difference.second.word.lower()} less that of {difference.first.word.lower()}. "
        "Many cells are looked at once: single marks are expected by chance.",
        lines=(
            *lines,
            *(minimum_words(g) or size_of(g.n, g.speakers, g.word) for g in (difference.first, difference.second)),
        ),
        interval=model.interval_form,
    )
