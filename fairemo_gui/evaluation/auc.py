"""ROC-AUC of one group: of each class against the rest, and their mean over classes that occur.

Under weights it moves by the sum of what its two sides move, the share of negatives a positive beats and the share of
positives that beat a negative (first order): Obuchowski 1997, Biometrics 53.
"""

from __future__ import annotations

import numpy as np

from fairemo_gui.evaluation.arrays import Float, nan_mean, ratio, shares_of_mean
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.ranks import Ranks
from fairemo_gui.evaluation.resample import Ratios, Resampled


def observed(ranks: Ranks) -> Float:
    """ROC-AUC of each class as observed, shape (C,)."""
    return ratio(ranks.placements[..., 0].sum(axis=0), ranks.members[..., 0].sum(axis=0))


def blocks(
    ratios: dict[str, Ratios], classes: tuple[str, ...], roc_auc: Float | None, resampled: Resampled, errors: bool
) -> list[Block]:
    """Each class and their mean. `roc_auc`: as observed, shape (C,); None where the ratios are as observed."""
    sides = ratios["auc_positives"], ratios["auc_negatives"]
    # As observed both sides are the same, and both must be there.
    value = sides[0].value + sides[1].value - (sides[0].value if roc_auc is None else roc_auc)
    paths: list[Path] = [*(("metrics", "per_class", "roc_auc", name) for name in classes), ("metrics", "roc_auc")]
    both = np.column_stack([value, nan_mean(value)])
    if not errors:
        return [Block(paths, both, None)]
    rarer = np.minimum(*(resampled.freedom(side) for side in sides))
    freedom = np.append(rarer, resampled.degrees)
    return [Block(paths, both, _variance(sides, value, resampled), freedom=freedom)]


def _variance(sides: tuple[Ratios, Ratios], value: Float, resampled: Resampled) -> Float:
    """Variance of each class and of their mean, shape (R, C + 1)."""
    columns, shares = [], shares_of_mean(value)
    together = np.zeros((len(value), resampled.units))
    for k in range(value.shape[1]):
        one = slice(k, k + 1)
        pull = resampled.influence((side.columns(one), np.ones_like(value[:, one])) for side in sides)
        columns.append(resampled.variance_of(pull))
        together += shares[:, one] * pull
    return np.column_stack([*columns, resampled.variance_of(together)])
