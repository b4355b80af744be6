"""What stands in the rows of the slices chart, in which order, and in which words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from fairemo_gui.evaluation.looks import EVIDENCE, LEAST_SPEAKERS, LEVEL
from fairemo_gui.evaluation.slices import Figure
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Provisional
from fairemo_gui.gui.dashboards.words import size_of
from fairemo_gui.services.slices import SliceRow, SlicesView, Verdict, verdict_of

ATTRIBUTE_WORDS = {
    "gender": "Gender",
    "age": "Age",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "true": "True emotion",
    "length": "Length",
    "dialogue": "Dialogue",
    "split": "Split",
    "fold": "Fold",
    "state": "Media",
    "speaker": "Speaker",
}
_SHORT = {"accuracy": "Accuracy", "ece_width": "ECE", "recall": "TPR", "brier": "Brier"}


class Sort(StrEnum):
    """Orders of the rows; slices under the minimum n come after the others, unknown last."""

    WORST = "worst"
    EVIDENCE = "evidence"
    SIZE = "size"
    NAME = "name"
    WIDTH = "width"


@dataclass(frozen=True, eq=False)
class SlicesModel:
    """Everything the slices chart shows.

    Attributes:
        about: As `voice raters against AV label`.
        provisional: How far a net is that is answering.
    """

    view: SlicesView
    classes: tuple[str, ...]
    about: str
    provisional: Provisional | None = None


@dataclass(frozen=True)
class Line:
    """A row of the chart.

    Attributes:
        place: Of its slice in the view.
    """

    place: int
    name: str
    row: SliceRow
    verdict: Verdict


def lines_of(model: SlicesModel, sort: Sort) -> list[Line]:
    """The rows, top to bottom."""
    figure = model.view.figure
    found = [Line(k, slice_name(row), row, verdict_of(row, figure)) for k, row in enumerate(model.view.rows)]
    searched = not model.view.by
    return sorted(
        found, key=lambda line: (line.row.values is None, line.row.small, *_rank(line, sort, figure, searched))
    )


def _rank(line: Line, sort: Sort, figure: Figure, searched: bool) -> tuple[float | str, ...]:
    row, good = line.row, -1 if figure.less_is_better else 1
    last = math.inf
    if sort is Sort.NAME:
        return (line.name.lower(),)
    if sort is Sort.SIZE:
        return (-row.n, line.name)
    if sort is Sort.WIDTH:
        return (row.interval.low - row.interval.high if row.interval else last, line.name)
    if sort is Sort.EVIDENCE:
        worse = row.difference * good < 0
        # Where a search gives several the same probability, the better of its evidence comes first.
        tie = line.place if searched else row.value * good
        return (row.p if worse else last if math.isnan(row.p) else 2 - row.p, tie)
    return (last if math.isnan(row.value) else row.value * good, line.name)


def slice_name(row: SliceRow) -> str:
    """As `Women · under 30`."""
    if row.values is None:
        return "Unknown"
    words = (f"fold {v}" if name == "fold" else theme.group_word(v) for name, v in zip(row.by, row.values, strict=True))
    return " · ".join(words)


def figure_word(figure: Figure, classes: tuple[str, ...]) -> str:
    """As `Macro-F1` or `TPR anger`."""
    word = _SHORT.get(figure.name, figure.definition.title)
    return word if figure.emotion is None else f"{word} {classes[figure.emotion]}"


def title_of(model: SlicesModel) -> str:
    """As `Macro-F1 by gender × race`."""
    view = model.view
    how = " × ".join(ATTRIBUTE_WORDS[name].lower() for name in view.by)
    return f"{figure_word(view.figure, model.classes)} {f'by {how}' if how else 'in every slice, worst first'}"


def counted_looks(model: SlicesModel) -> str:
    """How often was looked, and what came of it."""
    view = model.view
    if view.plan is None:
        return f"{numbers.counted(view.found, 'slice', 'slices')}; computing intervals and evidence"
    if not view.looks:
        which = f"None of these {numbers.count(view.found)} slices can be" if view.found > 1 else "This slice cannot be"
        needs = f"{LEAST_SPEAKERS} speakers and {view.minimum_n} clips, inside and outside it"
        return f"{which} tested: {'each' if view.found > 1 else 'it'} needs {needs}"
    looks = f"{numbers.counted(view.looks, 'slice', 'slices')} of {numbers.count(view.found)} tested"
    said = [verdict_of(row, view.figure) for row in view.rows]
    worse, better = said.count(Verdict.WORSE), said.count(Verdict.BETTER)
    found = f"{worse} worse, {better} better than the rest" if view.by else f"{worse} of these worse than the rest"
    return f"{looks}, {found} (corrected for every look, {LEVEL * 100:g} %)"


def looks_card(model: SlicesModel) -> Card:
    """How the evidence is corrected."""
    words = counted_looks(model)
    return Card(words, EVIDENCE.definition, EVIDENCE.formula, EVIDENCE.source)


def row_words(line: Line, model: SlicesModel) -> str:
    """A row as a sentence."""
    row = line.row
    ends = f" {numbers.interval(row.interval.low, row.interval.high)}" if row.interval else ""
    value = f"{line.name}: {numbers.rate(row.value)}{ends}, {size_of(row.n, row.speakers)}"
    return f"{value}, {evidence_words(line, model.view)}"


def evidence_words(line: Line, view: SlicesView) -> str:
    """What the evidence says of a row, with its probability or the reason why there is none."""
    row = line.row
    if row.small:
        return f"n = {numbers.count(row.n)}, under {view.minimum_n}"
    if view.plan is None:
        return "evidence is being computed"
    if row.values is None:
        return "not tested: unknown"
    if line.verdict is Verdict.UNTESTED:
        return f"not tested: fewer than {LEAST_SPEAKERS} speakers in it or beside it"
    said = "no evidence" if line.verdict is Verdict.NONE else f"evidence of being served {line.verdict}"
    p = numbers.probability(row.p)
    return f"{said}, p {p if p.startswith('<') else f'= {p}'} over {numbers.counted(view.looks, 'look', 'looks')}"


def row_card(line: Line, model: SlicesModel, selected: int) -> Card:
    """Definition, n, the rest, and the evidence."""
    row, view = line.row, model.view
    definition = view.figure.definition
    ends = f" {numbers.interval(row.interval.low, row.interval.high)}" if row.interval else ""
    lines = [size_of(row.n, row.speakers)]
    if not math.isnan(row.difference):
        lines.append(f"All others {numbers.rate(row.rest)}, difference {numbers.signed(row.difference)}")
    lines.append(evidence_words(line, view))
    if selected:
        lines.append(f"{numbers.counted(selected, 'selected clip', 'selected clips')} in it")
    form = f"No interval: {row.reason}." if row.reason else _form(view, row)
    title = f"{line.name}: {numbers.rate(row.value)}{ends}"
    return Card(title, definition.definition, definition.formula, definition.source, tuple(lines), form)


def head_card(sort: Sort, model: SlicesModel) -> Card:
    """What a column is, and that a click sorts by it."""
    definition = model.view.figure.definition
    known = {
        Sort.NAME: Card("Slice", "Utterances with these values of the attributes; unknown as soon as one of them is."),
        Sort.SIZE: Card("n", "Utterances of the slice, and their speakers."),
        Sort.WIDTH: Card("Interval", "Speakers are drawn with replacement. The line is the figure of all utterances."),
        Sort.WORST: Card(definition.title, definition.definition, definition.formula, definition.source),
        Sort.EVIDENCE: Card(EVIDENCE.title, EVIDENCE.definition, EVIDENCE.formula, EVIDENCE.source),
    }[sort]
    order = {Sort.NAME: "by name", Sort.SIZE: "largest first", Sort.WIDTH: "widest first"}.get(sort, "worst first")
    return Card(known.title, known.definition, known.formula, known.source, (f"Click to sort: {order}.",))


def _form(view: SlicesView, row: SliceRow) -> str:
    if view.plan is None or row.interval is None:
        return ""
    speakers = numbers.counted(row.speakers, "speaker", "speakers")
    return f"{view.plan.level * 100:g} %, {speakers}, {view.plan.chosen_form}"
