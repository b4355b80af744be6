"""What the Compare page shows: frozen records, made from a comparison by `adapt.py`."""

from __future__ import annotations

from dataclasses import dataclass

from fairemo_gui.evaluation.comparison import FlipResult, Verdict
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Estimate, Group


@dataclass(frozen=True)
class Finding:
    """A sentence of the headline: `Men better`, `macro-F1 +0.027 [+0.011, +0.045]`."""

    words: str
    numbers: str
    verdict: Verdict


@dataclass(frozen=True)
class ChangeRow:
    """A row of the forest table.

    Attributes:
        section: Heading it stands under.
        delta: New − old, with its interval.
    """

    section: str
    label: str
    old: float
    new: float
    delta: Estimate
    verdict: Verdict
    card: Card

    @property
    def digits(self) -> int:
        """Decimals this row is written with."""
        return numbers.digits_of(self.delta.value, self.delta.low, self.delta.high)


@dataclass(frozen=True)
class RecallPair:
    """Recall of one emotion in one group, old and new."""

    old: float
    new: float
    delta: Estimate


@dataclass(frozen=True)
class RecallColumn:
    """One group's recalls, one per class."""

    group: Group
    pairs: tuple[RecallPair, ...]


@dataclass(frozen=True)
class LearningLine:
    """A line of a learning curve, one value per epoch from the first on; NaN where there is none.

    Attributes:
        group: Whose; None = everyone's.
    """

    name: str
    values: tuple[float, ...]
    group: Group | None = None


@dataclass(frozen=True)
class LearningCurve:
    """Two lines at most over the same epochs."""

    title: str
    lines: tuple[LearningLine, ...]


@dataclass(frozen=True)
class DiscordantRow:
    """Discordant counts with McNemar's exact test."""

    label: str
    only_old: int
    only_new: int
    p: float
    p_holm: float
    verdict: Verdict


@dataclass(frozen=True)
class LabelRow:
    """What the new ratings of one condition changed.

    Attributes:
        per_group: New ratings of utterances of each group shown.
        learnt: New ratings that the new net learns from.
        moved: Utterances whose labels, as a net learns them, are others now.
    """

    condition: str
    ratings: int
    per_group: tuple[int, ...]
    learnt: int
    moved: int


@dataclass(frozen=True)
class FlipRow:
    """An utterance whose prediction changed; classes are indices."""

    utterance: int
    code: str
    group: str | None
    truth: int
    old: tuple[int, ...]
    new: tuple[int, ...]
    delta_p: float
    result: FlipResult


@dataclass(frozen=True)
class CompareModel:
    """Everything the page shows.

    Attributes:
        old_name: As `net 12`.
        new_name: As `net 13`.
        summary: As `retrained on 412 new ratings, same recipe, same seed`.
        checks: Line of facts under the headline; the first one is the check that no speaker is in two splits.
        speakers_apart: Whether that check holds.
        interval: How the intervals are made.
        correction: As `Holm`.
        tests_note: One sentence on the utterances both nets have right or wrong.
        kept_epoch: Epoch whose weights were kept, counted from 1; None = not known.
        label_groups: Groups whose new ratings are counted, in order.
        labels_note: One sentence on how the ratings were given.
        test_size: Utterances compared.
    """

    old_name: str
    new_name: str
    summary: str
    findings: tuple[Finding, ...]
    checks: tuple[str, ...]
    speakers_apart: bool
    interval: str
    correction: str
    classes: tuple[str, ...]
    changes: tuple[ChangeRow, ...]
    recalls: tuple[RecallColumn, ...]
    curves: tuple[LearningCurve, ...]
    kept_epoch: int | None
    tests: tuple[DiscordantRow, ...]
    tests_note: str
    label_groups: tuple[str, ...]
    labels: tuple[LabelRow, ...]
    labels_note: str
    flips: tuple[FlipRow, ...]
    test_size: int
