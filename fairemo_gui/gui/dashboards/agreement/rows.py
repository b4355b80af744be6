"""What stands in the rows of the agreement chart, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairemo_gui.core.records import Condition
from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.words import size_of
from fairemo_gui.gui.theme import GroupStyle, Tokens
from fairemo_gui.services.agreement import AgreementDifference, AgreementRow, AgreementView

CONDITION_WORDS = {Condition.VOICE: "Voice", Condition.FACE: "Face", Condition.AV: "AV"}
NOMINAL, COHEN, CCC = "alpha_nominal", "cohen", "ccc"
REFERENCES = (0.667, 0.8)
REFERENCE_WORDS = "Dashed: α of 0.667 and 0.800, Krippendorff 2004, Content Analysis, p. 241."
REFERENCE_CARD = Card(
    "Reference lines",
    "Krippendorff relies on codings with α of at least 0.800 and draws tentative conclusions from 0.667 on. The bounds "
    "were made for the coding of texts; what people hear and see in a voice or face is no coding to a rule.",
    source="Krippendorff 2004, Content Analysis, 2nd ed., p. 241",
)


@dataclass(frozen=True, eq=False)
class AgreementModel:
    """Everything the agreement chart shows.

    Attributes:
        by: Attribute of speakers the groups are of; empty = none.
        measure: Name of the coefficient within a condition, as in `AgreementRow.coefficients`.
        quantity: What is shown by rater and speaker gender, as `agreement:others`; see `quantity_key`.
        minimum_n: Smaller groups are grey.
    """

    view: AgreementView
    by: str
    measure: str = NOMINAL
    quantity: str = ""
    minimum_n: int = 20


@dataclass(frozen=True)
class Line:
    """One group in one condition, or between two.

    Attributes:
        found: Its coefficient.
        style: Marker of the group; None = everyone.
    """

    label: str
    row: AgreementRow
    found: Agreement
    style: GroupStyle | None


@dataclass(frozen=True)
class Block:
    """The lines of one condition, or of two, and the difference of its two groups where there are two."""

    word: str
    lines: tuple[Line, ...]
    difference: AgreementDifference | None
    measure: str

    @property
    def apart(self) -> Agreement | None:
        """The groups' difference by the measure shown."""
        return None if self.difference is None else self.difference.coefficients.get(self.measure)


def within(model: AgreementModel, tokens: Tokens) -> list[Block]:
    """Blocks of single conditions."""
    return _blocks(model, model.view.rows, model.measure, tokens)


def between(model: AgreementModel, tokens: Tokens) -> list[Block]:
    """Blocks between the pluralities, or where a scale is looked at the mean ratings, of two conditions."""
    scale, on_scale, _ = model.measure.partition("_alpha_")
    measure = f"{scale}_{CCC}" if on_scale else COHEN
    return _blocks(model, model.view.between, measure, tokens)


def _blocks(model: AgreementModel, rows: Sequence[AgreementRow], measure: str, tokens: Tokens) -> list[Block]:
    found = []
    for conditions in dict.fromkeys(row.conditions for row in rows):
        chosen = [row for row in rows if row.conditions == conditions and row.by in {EVERYONE, model.by}]
        groups = [row for row in chosen if row.by != EVERYONE]
        named = sum(row.value is not None for row in groups)
        lines = [
            Line(_label(row), row, row.coefficients[measure], _style(row, groups, named, tokens))
            for row in chosen
            if measure in row.coefficients
        ]
        apart = next((d for d in model.view.differences if d.conditions == conditions and d.by == model.by), None)
        word = "–".join(CONDITION_WORDS[condition] for condition in conditions)
        if lines:
            found.append(Block(word, tuple(lines), apart, measure))
    return found


def _label(row: AgreementRow) -> str:
    return "All" if row.by == EVERYONE else theme.group_word(row.value)


def _style(row: AgreementRow, groups: Sequence[AgreementRow], named: int, tokens: Tokens) -> GroupStyle | None:
    return None if row.by == EVERYONE else theme.group_style(tokens, row.value, groups.index(row), named)


def measures_of(view: AgreementView) -> dict[str, str]:
    """What agreement within a condition can be measured by, with its words."""
    known = dict.fromkeys(name for row in view.rows for name in row.coefficients)
    return {name: measure_word(name) for name in known}


def measure_word(name: str) -> str:
    """As `Krippendorff's α`, or `Intensity: α, ordinal`."""
    if name in AGREEMENT_DEFINITIONS:
        return definition_of(name).title
    return f"{name.partition('_')[0].capitalize()}: {definition_of(name).title}"


def definition_of(name: str) -> Definition:
    """The definition of a coefficient, whatever its scale."""
    _, _, kind = name.partition("_")
    return AGREEMENT_DEFINITIONS[name if name in AGREEMENT_DEFINITIONS else kind]


def line_words(line: Line, block: Block) -> str:
    """A line as a sentence."""
    found, ends = line.found, ""
    if found.interval is not None:
        ends = f" {numbers.interval(found.interval.low, found.interval.high)}"
    words = f"{block.word}, {line.label}: {numbers.rate(found.value)}{ends}"
    return f"{words}, {size_of(line.row.utterances, line.row.speakers)}"


def line_card(line: Line, block: Block, model: AgreementModel) -> Card:
    """Definition, sizes, the difference of the groups, and the form of the interval."""
    row, found, definition = line.row, line.found, definition_of(block.measure)
    raters = "" if row.raters is None else f" of {numbers.counted(row.raters, 'rater', 'raters')}"
    lines = [size_of(row.utterances, row.speakers), f"{numbers.counted(row.ratings, 'vote', 'votes')}{raters}"]
    if row.ties and block.measure == COHEN:
        lines.append(f"{numbers.count(row.ties)} ties went to the first class")
    if row.small:
        lines.append(f"n = {numbers.count(row.utterances)}, under {model.minimum_n}: left out of differences")
    if row.by != EVERYONE and block.apart is not None:
        lines.append(difference_words(block))
    form = f"No interval: {found.reason}." if found.reason else _form(model, found.speakers)
    title = line_words(line, block).rsplit(", ", 1)[0]
    return Card(title, definition.definition, definition.formula, definition.source, tuple(lines), form)


def difference_words(block: Block) -> str:
    """As `Men − women −0.046 [−.076, −.016]: evidence of a difference, uncorrected`."""
    found, apart = block.apart, block.difference
    if found is None or apart is None:
        return ""
    plus, minus = theme.group_word(apart.plus), theme.group_word(apart.minus)
    ends = "" if found.interval is None else f" {numbers.interval(found.interval.low, found.interval.high, sign=True)}"
    said = "" if found.interval is None else ": no evidence"
    if evident(found):
        said = ": evidence of a difference, uncorrected"
    return f"{plus} − {minus.lower()} {numbers.signed(found.value)}{ends}{said}"


def difference_card(block: Block, model: AgreementModel) -> Card:
    """The difference of the two groups, whose speakers are drawn apart."""
    definition = definition_of(block.measure)
    found = block.apart
    form = "" if found is None else _form(model, found.speakers)
    title = f"{block.word}: {difference_words(block)}"
    return Card(title, definition.definition, definition.formula, definition.source, (), form)


def evident(found: Agreement | None) -> bool:
    """Whether the interval excludes zero."""
    return found is not None and found.interval is not None and (found.interval.low > 0 or found.interval.high < 0)


def _form(model: AgreementModel, speakers: int) -> str:
    plan = model.view.plan
    if plan is None:
        return ""
    return f"{plan.level * 100:g} %, {numbers.counted(speakers, 'speaker', 'speakers')}, {plan.form_words(speakers)}"
