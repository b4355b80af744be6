"""Every number of one group, under any number of weightings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fairemo_gui.evaluation import calibration
from fairemo_gui.evaluation.arrays import Float, Int, nan_mean, ratio
from fairemo_gui.evaluation.ranks import BINS, Ranks
from fairemo_gui.evaluation.ratios import MICRO, SCALARS, rank_families, tally_families
from fairemo_gui.evaluation.resample import Quantity, Ratios, Resampled, quantity_variance
from fairemo_gui.evaluation.tally import Tally

Path = tuple[str | int, ...]

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
        ranks: None where rows were not ranked (live figures): no ROC-AUC, no calibration.
        strata: Stratum of each unit, shape (units,): speakers are drawn within groups; None = one stratum.
    """

    by: str
    value: str | None
    speakers: int
    tally: Tally
    ranks: Ranks | None
    strata: Int | None = None

    @property
    def drawn_within(self) -> Int:
        """Stratum of each unit, shape (units,)."""
        return np.zeros(self.units, dtype=np.int64) if self.strata is None else self.strata

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.tally.rows)

    @property
    def n(self) -> int:
        """Number of utterances."""
        return int(self.tally.rows.sum())


@dataclass(frozen=True, eq=False)
class Block:
    """Numbers of one kind under R weightings.

    Attributes:
        paths: Where each of the J numbers stands in the result.
        value: Shape (R, J).
        variance: Shape (R, J); None where it was not asked for.
        low: Least possible value.
        high: Greatest possible value.
        edge: The numbers cannot fall below 0 by construction (gaps, magnitudes, calibration errors).
    """

    paths: Sequence[Path]
    value: Float
    variance: Float | None
    low: float = 0.0
    high: float = 1.0
    edge: bool = False


@dataclass(frozen=True, eq=False)
class GroupSheet:
    """One group's ratios and numbers under R weightings.

    Attributes:
        ratios: By family name.
        quantities: Numbers made of several ratios, by path.
        blocks: Every number shown.
    """

    resampled: Resampled
    ratios: dict[str, Ratios]
    quantities: dict[Path, Quantity]
    blocks: tuple[Block, ...]

    def undefined(self) -> dict[str, int]:
        """How many classes have no value (or a 0 by definition) in the observed data, per metric."""
        counts = {name: int((self.ratios[name].total[0] == 0).sum()) for name in ("f1", "precision", "recall", "fpr")}
        if "auc_positives" in self.ratios:
            sides = self.ratios["auc_positives"].total[0] * self.ratios["auc_negatives"].total[0]
            counts["roc_auc"] = int((sides == 0).sum())
        return counts


def group_sheet(
    group: GroupStatistics, classes: tuple[str, ...], weights: Float | None, errors: bool, index: int = 0
) -> GroupSheet:
    """Compute one group's numbers.

    Args:
        group: The group's sufficient statistics.
        classes: Class names.
        weights: Shape (R, units); None = as observed.
        errors: Compute the variance of every number too.
        index: The group's place among the groups of its attribute.
    """
    resampled = Resampled(group.units, weights, group.strata)
    families = tally_families(group.tally)
    if group.ranks is not None:
        families |= rank_families(group.ranks, group.tally.rows)
    ratios = {name: resampled.ratios(family) for name, family in families.items()}
    quantities = _metric_quantities(ratios, classes, index)
    if group.ranks is not None:
        quantities |= _auc_quantities(ratios, classes, index)
        quantities |= calibration.quantities(ratios, classes, index)
    blocks = [_ratio_block(resampled, ratios[name], paths, errors) for name, paths in _paths(classes) if name in ratios]
    blocks.extend(_own_blocks(quantities, resampled, errors, len(classes)))
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
    return Block(paths, ratios.value, resampled.variance(ratios) if errors else None)


def _own_blocks(quantities: dict[Path, Quantity], resampled: Resampled, errors: bool, classes: int) -> list[Block]:
    """A group's own quantities: its terms all refer to itself, whatever its place among the groups."""
    own = {path: quantity.alone() for path, quantity in quantities.items()}
    wide: dict[Path, Quantity] = {("metrics", "brier_sum"): own.pop(("metrics", "brier_sum"))}
    signed = {path: own.pop(path) for path in list(own) if path[-1] == "within_bin"}
    variances = {path: own.pop(path) for path in list(own) if path[-1] == "uncertainty"}
    edge = {path: own.pop(path) for path in list(own) if path[-1] in calibration.NEVER_NEGATIVE}
    blocks = [quantity_block(own, [resampled], errors), quantity_block(wide, [resampled], errors, high=float(classes))]
    if signed:
        blocks.append(quantity_block(signed, [resampled], errors, low=-1.0))
        blocks.append(quantity_block(variances, [resampled], errors, high=0.25))
        blocks.append(quantity_block(edge, [resampled], errors, edge=True))
    return blocks


def quantity_block(
    quantities: dict[Path, Quantity],
    groups: list[Resampled],
    errors: bool,
    low: float = 0.0,
    high: float = 1.0,
    edge: bool = False,
) -> Block:
    """Numbers made of several ratios, with their variances over independent groups."""
    value = np.stack([q.value for q in quantities.values()], axis=1)
    variance = np.stack([quantity_variance(q, groups) for q in quantities.values()], axis=1) if errors else None
    return Block(list(quantities), value, variance, low, high, edge)


def mean_of(ratios: Ratios, index: int, weights: Float | None = None) -> Quantity:
    """Plain mean of the defined ratios."""
    defined = np.isfinite(ratios.value)
    slope = ratio(defined, defined.sum(axis=1, keepdims=True), 0.0)
    return Quantity(nan_mean(ratios.value), ((index, ((ratios, slope),)),))


def _metric_quantities(ratios: dict[str, Ratios], classes: tuple[str, ...], index: int) -> dict[Path, Quantity]:
    f1, share, scalars = ratios["f1"], ratios["support_share"], ratios["scalars"]
    support = np.nan_to_num(share.value)
    weighted = Quantity((support * f1.value).sum(axis=1), ((index, ((f1, support), (share, f1.value))),))
    brier = np.zeros_like(scalars.value)
    brier[:, SCALARS.index("brier")] = len(classes)
    total = Quantity(len(classes) * scalars.value[:, SCALARS.index("brier")], ((index, ((scalars, brier),)),))
    return {
        ("metrics", "macro_f1"): mean_of(f1, index),
        ("metrics", "weighted_f1"): weighted,
        ("metrics", "uar"): mean_of(ratios["class_recall"], index),
        ("metrics", "brier_sum"): total,
    }


def _auc_quantities(ratios: dict[str, Ratios], classes: tuple[str, ...], index: int) -> dict[Path, Quantity]:
    """ROC-AUC of each class, and their mean over classes that occur.

    Under weights it moves by the sum of what its two sides move (first order): Obuchowski 1997, Biometrics 53.
    """
    sides = ratios["auc_positives"], ratios["auc_negatives"]
    observed = ratio(sides[0].family.numerator.sum(axis=0), sides[0].family.denominator.sum(axis=0))
    value = sides[0].value + sides[1].value - observed
    found: dict[Path, Quantity] = {}
    for k, name in enumerate(classes):
        slope = np.zeros_like(value)
        slope[:, k] = 1.0
        terms = tuple((side, slope) for side in sides)
        found["metrics", "per_class", "roc_auc", name] = Quantity(value[:, k], ((index, terms),))
    defined = np.isfinite(value)
    slope = ratio(defined, defined.sum(axis=1, keepdims=True), 0.0)
    found["metrics", "roc_auc"] = Quantity(nan_mean(value), ((index, tuple((side, slope) for side in sides)),))
    return found
