"""What the charts draw: small frozen records, made from evaluations by `adapt.py`. Arrays never change once in here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.matrix_intervals import Ends
from fairemo_gui.gui.controls.card import Card

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        reason: Why there is no interval, where there is none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return not math.isnan(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known."""
        return self.low is not None and self.high is not None and not math.isnan(self.low + self.high)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies wholly on one side of zero: then, and only then, is there evidence."""
        if self.low is None or self.high is None or not self.has_interval:
            return False
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Group:
    """A group of speakers as charts show it.

    Attributes:
        value: The attribute's value as the corpus writes it; None = unknown.
        word: As people read it: `Women`.
        speakers: Number of speakers; None = not known.
        place: Position among the groups shown, which gives marker and colour.
        total: Number of groups shown.
        minimum: Groups of fewer utterances are grey and left out of headlines.
    """

    value: str | None
    word: str
    n: int
    speakers: int | None = None
    place: int = 0
    total: int = 2
    minimum: int = 20

    @property
    def small(self) -> bool:
        """Whether the group is under the minimum n."""
        return self.n < self.minimum


@dataclass(frozen=True)
class Provisional:
    """Charts that are still filling in."""

    done: int
    total: int


@dataclass(frozen=True, eq=False)
class GroupMatrix:
    """One confusion matrix.

    Attributes:
        group: Whose; None = everyone.
        f1: Macro-F1 with its interval, or what `score` says.
        counts: Utterances by true class and predicted class, shape (C, C).
        base: What each count is a share of, shape (C, C); None = the sum of its row.
        row_n: Utterances per row, shape (C,); None = the sum of the row.
        total: Utterances in the matrix; None = the sum of all counts.
        score: Name of the number above the matrix.
        ends: Ends of the shares' intervals, where there are any.
    """

    group: Group | None
    f1: Estimate
    counts: Counts
    base: Counts | None = None
    row_n: Counts | None = None
    total: int | None = None
    score: str = "F1"
    ends: Ends | None = None

    @property
    def n(self) -> int:
        """Utterances in the matrix."""
        return int(self.counts.sum()) if self.total is None else self.total

    @property
    def rows(self) -> Counts:
        """Utterances per row, shape (C,)."""
        return np.asarray(self.counts.sum(axis=1)) if self.row_n is None else self.row_n

    @property
    def bases(self) -> Counts:
        """What each count is a share of, shape (C, C)."""
        return np.broadcast_to(self.rows[:, None], self.counts.shape) if self.base is None else self.base

    def shares(self) -> Values:
        """Shares, shape (C, C); NaN where they would be of no utterances."""
        base = self.bases.astype(np.float64)
        base[base == 0] = np.nan
        return np.asarray(self.counts / base)


@dataclass(frozen=True, eq=False)
class DifferenceMatrix:
    """Row shares of the second group less those of the first.

    Attributes:
        values: Shape (C, C), shares (not percentage points); NaN where a group has no such utterances.
        evidence: Shape (C, C): the interval of the difference excludes 0.
        low: Lower ends, shape (C, C), where there are intervals.
        high: Upper ends.
    """

    first: Group
    second: Group
    values: Values
    evidence: Flags
    low: Values | None = None
    high: Values | None = None

    @property
    def ends(self) -> Ends | None:
        """Both ends."""
        return None if self.low is None or self.high is None else Ends(self.low, self.high)

    @property
    def title(self) -> str:
        """As `Men − women`."""
        return f"{self.second.word} − {self.first.word[:1].lower()}{self.first.word[1:]}"


@dataclass(frozen=True, eq=False)
class ConfusionModel:
    """Everything the confusion chart shows.

    Attributes:
        truth: What the rows are: `AV label`.
        predictor: What the columns are: `voice raters`.
        crossed: Rows are somebody's answers, too, not the truth.
        notes: At most two short lines under the second matrix.
        footnote: One sentence on evidence; starts after the corner mark.
    """

    classes: tuple[str, ...]
    matrices: tuple[GroupMatrix, ...]
    truth: str
    predictor: str
    difference: DifferenceMatrix | None = None
    notes: tuple[str, ...] = ()
    footnote: str = ""
    provisional: Provisional | None = None
    f1_card: Card | None = None
    interval_form: str = ""
    crossed: bool = False


@dataclass(frozen=True)
class Cell:
    """A place in a confusion chart: whose matrix, true class, predicted class."""

    group: str | None
    truth: int
    predicted: int


@dataclass(frozen=True)
class Bin:
    """A bin of predicted probabilities.

    Attributes:
        predicted: Mean predicted probability in the bin.
        observed: Share of true labels in the bin, with its interval.
        low: Lower edge of the bin.
        high: Upper edge of the bin.
    """

    predicted: float
    observed: Estimate
    n: int
    low: float
    high: float


@dataclass(frozen=True)
class BrierParts:
    """A Brier score and what it is made of: `brier = reliability − resolution + uncertainty + remainder`."""

    brier: Estimate
    reliability: float
    resolution: float
    uncertainty: float
    remainder: float
    ece: float = math.nan


@dataclass(frozen=True, eq=False)
class ReliabilityPanel:
    """Calibration of one group.

    Attributes:
        histogram: Predicted probabilities per equal-width bin of 0–1, any number of bins.
    """

    group: Group | None
    bins: tuple[Bin, ...]
    histogram: Counts
    parts: BrierParts


@dataclass(frozen=True, eq=False)
class ReliabilityModel:
    """Everything the calibration chart shows."""

    panels: tuple[ReliabilityPanel, ...]
    truth: str
    predictor: str
    footnote: str = ""
    provisional: Provisional | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    interval_form: str = ""


@dataclass(frozen=True)
class Headline:
    """A number of the headline row under the fairness chart."""

    name: str
    estimate: Estimate
    card: Card | None = None


@dataclass(frozen=True, eq=False)
class GroupRates:
    """Rates of one group per class, for charts of more than two groups."""

    group: Group
    selection: tuple[Estimate, ...]
    true_positive: tuple[Estimate, ...]


@dataclass(frozen=True, eq=False)
class FairnessModel:
    """Everything the fairness chart shows.

    With two groups `sp` and `eo` are signed differences, second less first. With more, `rates` hold each group's own.

    Attributes:
        groups: Every group with its n, unknown and small ones too.
        first: Favoured where a difference is negative; None without exactly two groups that count.
        second: Favoured where a difference is positive.
    """

    classes: tuple[str, ...]
    groups: tuple[Group, ...]
    first: Group | None = None
    second: Group | None = None
    sp: tuple[Estimate, ...] = ()
    eo: tuple[Estimate, ...] = ()
    rates: tuple[GroupRates, ...] = ()
    headline: tuple[Headline, ...] = ()
    provisional: Provisional | None = None
    sp_card: Card | None = None
    eo_card: Card | None = None
    interval_form: str = ""

    @property
    def signed(self) -> bool:
        """Whether differences of two groups are shown."""
        return self.first is not None and self.second is not None
