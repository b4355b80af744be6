"""Every number of one group, under any number of weightings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from fairemo_gui.evaluation import auc, calibration
from fairemo_gui.evaluation.arrays import Float, Int, nan_mean, shares_of_mean
from fairemo_gui.evaluation.block import Block
from fairemo_gui.evaluation.block import Path as Path
from fairemo_gui.evaluation.ranks import BINS, Ranks
from fairemo_gui.evaluation.ratios import MICRO, SCALARS, Family, rank_families, tally_families
from fairemo_gui.evaluation.resample import Quantity, Ratios, Resampled, Summed, Terms, column, quantity_variance
from fairemo_gui.evaluation.tally import Tally

MACRO_F1: Path = ("metrics", "macro_f1")

# The ratios that are compared between groups.
COMPARED = ("f1", "selection_rate", "recall", "fpr", "micro", "scalars", "confusion")

PER_CLASS = {
    "f1": "f1",
    "precision": "precision",
    "recall": "recall",
    "fpr": "fpr",
    "selection_rate": "selection_rate",
    "brier": "class_brier",
    "class_recall": "class_recall",
}


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """What one group's numbers follow from; the first axis of every array is the unit that is resampled.

    Attributes:
        by: Attribute or intersection.
        value: The group's name; None = unknown.
        speakers: Number of speakers.
        totals: The group as one unit; None where rows were not ranked: no ROC-AUC, no calibration.
        ranks: Per unit; None where no interval is asked for, or rows were not ranked.
        strata: Stratum of each unit, shape (units,): speakers are drawn within groups; None = one stratum.
    """

    by: str
    value: str | None
    speakers: int
    tally: Tally
    totals: Ranks | None = None
    ranks: Ranks | None = None
    strata: Int | None = None

    @property
    def drawn_within(self) -> Int:
        """Stratum of each unit, shape (units,)."""
        return np.zeros(self.units, dtype=np.int64) if self.strata is None else self.strata

    @cached_property
    def total(self) -> Tally:
        """Its counts as one unit."""
        return self.tally.total()

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.tally.rows)

    @property
    def effective_speakers(self) -> float:
        """How many speakers of equally many utterances would say as much: (Σ n)² / Σ n² (Kish 1965, §8.2)."""
        rows = self.tally.rows.astype(np.float64)
        return float(rows.sum() ** 2 / (rows**2).sum())

    @cached_property
    def n(self) -> int:
        """Number of utterances."""
        return int(self.total.rows[0])


@dataclass(frozen=True, eq=False)
class GroupSheet:
    """One group's ratios and numbers under R weightings, or those of R groups as observed.

    Attributes:
        resampled: The units, or sums of them.
        ratios: By family name.
        quantities: Numbers made of several ratios, by path.
        blocks: Every number shown.
    """

    resampled: Resampled
    ratios: dict[str, Ratios]
    quantities: dict[Path, Quantity]
    blocks: tuple[Block, ...]

    def row(self, k: int) -> GroupSheet:
        """The k-th of several groups alone, with what differences between groups are made of."""
        ratios = {name: self.ratios[name].rows(slice(k, k + 1)) for name in COMPARED}
        return GroupSheet(self.resampled, ratios, {MACRO_F1: mean_of(ratios["f1"], 0)}, ())

    def undefined(self) -> list[dict[str, int]]:
        """Per group how many classes have no value (or a 0 by definition) in the observed data, per metric."""
        empty = {name: self.ratios[name].total == 0 for name in ("f1", "precision", "recall", "fpr")}
        if "auc_positives" in self.ratios:
            empty["roc_auc"] = self.ratios["auc_positives"].total * self.ratios["auc_negatives"].total == 0
        counts = {name: found.sum(axis=1).tolist() for name, found in empty.items()}
        return [dict(zip(counts, of_group, strict=True)) for of_group in zip(*counts.values(), strict=True)]


def group_sheet(
    group: GroupStatistics, classes: tuple[str, ...], weights: Float | None, errors: bool, index: int = 0
) -> GroupSheet:
    """Compute one group's numbers.

    Args:
        group: The group's sufficient statistics per unit.
        classes: Class names.
        weights: Shape (R, units); None = as observed.
        errors: Compute the variance of every number too.
        index: The group's place among the groups of its attribute.
    """
    resampled = Resampled(group.units, weights, group.strata)
    observed = None if group.ranks is None else auc.observed(group.ranks)
    return _sheet(resampled, _families(group.tally, group.ranks), classes, observed, index, errors)


def summed_sheet(
    tally: Tally, ranks: Ranks | None, classes: tuple[str, ...], roc_auc: Float | None = None, index: int = 0
) -> GroupSheet:
    """Numbers from sums: each row of the statistics is one group as observed, or one draw of a group's utterances.

    Args:
        tally: Shape (R, …).
        ranks: Shape (R, …).
        classes: Class names.
        roc_auc: ROC-AUC of each class as observed, where rows are draws, shape (C,).
        index: The group's place among the groups of its attribute.
    """
    return _sheet(Summed(), _families(tally, ranks), classes, roc_auc, index, False)


def _families(tally: Tally, ranks: Ranks | None) -> dict[str, Family]:
    return tally_families(tally) if ranks is None else tally_families(tally) | rank_families(ranks, tally.rows)


def _sheet(
    resampled: Resampled,
    families: dict[str, Family],
    classes: tuple[str, ...],
    roc_auc: Float | None,
    index: int,
    errors: bool,
) -> GroupSheet:
    ratios = {name: resampled.ratios(family) for name, family in families.items()}
    quantities = _metric_quantities(ratios, classes, index)
    blocks = [_ratio_block(resampled, ratios[name], paths, errors) for name, paths in _paths(classes) if name in ratios]
    blocks += _own_blocks(quantities, resampled, errors, len(classes))
    if "auc_positives" in ratios:
        blocks += auc.blocks(ratios, classes, roc_auc, resampled, errors)
        blocks += calibration.blocks(ratios, classes, resampled, errors)
    return GroupSheet(resampled, ratios, quantities, tuple(blocks))


@lru_cache(maxsize=64)
def _paths(classes: tuple[str, ...]) -> tuple[tuple[str, tuple[Path, ...]], ...]:
    """Family name and the path of each of its ratios, for every family whose ratios are shown as they are."""
    many = range(len(classes))
    per_class = [
        (family, tuple(("metrics", "per_class", name, c) for c in classes)) for name, family in PER_CLASS.items()
    ]
    return (
        *per_class,
        ("scalars", tuple(("metrics", name) for name in SCALARS)),
        ("micro", tuple(("metrics", "micro", name) for name in MICRO)),
        ("confusion", tuple(("confusion", "rates", i, j) for i in many for j in many)),
        ("pooled_rate", tuple(("calibration", "bins", b, "observed") for b in range(BINS))),
        (
            "bin_rate",
            tuple(("calibration", "per_class", c, "bins", b, "observed") for c in classes for b in range(BINS)),
        ),
    )


def _ratio_block(resampled: Resampled, ratios: Ratios, paths: Sequence[Path], errors: bool) -> Block:
    if not errors:
        return Block(paths, ratios.value, None)
    return Block(paths, ratios.value, resampled.variance(ratios), freedom=resampled.freedom(ratios))


def _own_blocks(quantities: dict[Path, Quantity], resampled: Resampled, errors: bool, classes: int) -> list[Block]:
    """A group's own quantities: its terms all refer to itself, whatever its place among the groups."""
    own = {path: quantity.alone() for path, quantity in quantities.items()}
    wide: dict[Path, Quantity] = {("metrics", "brier_sum"): own.pop(("metrics", "brier_sum"))}
    return [
        quantity_block(own, [resampled], errors),
        quantity_block(wide, [resampled], errors, high=float(classes)),
    ]


def quantity_block(
    quantities: dict[Path, Quantity],
    groups: Sequence[Resampled],
    errors: bool,
    low: float = 0.0,
    high: float = 1.0,
    edge: bool = False,
) -> Block:
    """Numbers made of several ratios, with their variances over independent groups."""
    value = np.array([q.value for q in quantities.values()]).T
    variance = np.array([quantity_variance(q, groups) for q in quantities.values()]).T if errors else None
    return Block(list(quantities), value, variance, low, high, edge)


def mean_of(ratios: Ratios, index: int) -> Quantity:
    """Plain mean of the defined ratios."""
    return Quantity(nan_mean(ratios.value), lambda: ((index, ((ratios, shares_of_mean(ratios.value)),)),))


def _metric_quantities(ratios: dict[str, Ratios], classes: tuple[str, ...], index: int) -> dict[Path, Quantity]:
    f1, share, scalars = ratios["f1"], ratios["support_share"], ratios["scalars"]
    support, many, at = np.nan_to_num(share.value), len(classes), SCALARS.index("brier")
    brier = column(scalars, at, index)
    return {
        MACRO_F1: mean_of(f1, index),
        ("metrics", "weighted_f1"): Quantity(
            (support * f1.value).sum(axis=1), lambda: ((index, ((f1, support), (share, f1.value))),)
        ),
        ("metrics", "uar"): mean_of(ratios["class_recall"], index),
        ("metrics", "brier_sum"): Quantity(many * brier.value, lambda: _scaled(brier.terms, many)),
    }


def _scaled(terms: Terms, by: float) -> Terms:
    return tuple((group, tuple((ratios, by * slope) for ratios, slope in inner)) for group, inner in terms)
