"""Nets that predict a number (activation, valence, dominance): concordance, and how it differs between two groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.agreement import Coefficient, of_sums
from fairemo_gui.evaluation.arrays import Bool, Float, Int, ratio


def concordance(first: Float, second: Float, speakers: Int) -> Coefficient:
    """The same between two numbers per utterance (two conditions' mean ratings), with all it takes for an interval.

    Args:
        first: Shape (n,); NaN where there is none.
        second: Likewise.
        speakers: Speaker of each utterance, shape (n,).
    """
    both = ~(np.isnan(first) | np.isnan(second))
    x, y = first[both], second[both]
    middle = x.mean() if len(x) else 0.0
    x, y = x - middle, y - middle

    def of(sums: Float) -> Float:
        n, sum_x, sum_y, xx, yy, xy = np.moveaxis(sums, -1, 0)
        # Times n², which cancels: covariance, both variances, and the squared difference of the means.
        spread = n * (xx + yy) - 2 * sum_x * sum_y
        return ratio(2 * (n * xy - sum_x * sum_y), spread, 0.0)

    sums = np.stack([np.ones(len(x)), x, y, x**2, y**2, x * y], axis=1)
    return of_sums("ccc", sums, of, np.asarray(speakers)[both], 2 * len(x))


def ccc(truth: Float, predicted: Float) -> float:
    """Lin's concordance correlation coefficient with population statistics; 0 where both are one constant.

    2 cov / (var + var + (mean difference)²). Source: Lin 1989, Biometrics 45; Gorrostieta et al. 2019, eq. 9 with the
    plus sign its print lacks.

    Args:
        truth: Shape (n,).
        predicted: Shape (n,).
    """
    if len(truth) == 0:
        return float("nan")
    covariance = float(np.mean((truth - truth.mean()) * (predicted - predicted.mean())))
    spread = float(truth.var() + predicted.var() + (truth.mean() - predicted.mean()) ** 2)
    return 0.0 if spread == 0 else 2 * covariance / spread


@dataclass(frozen=True)
class DimensionalDifferences:
    """Female − male; negative = worse for women. NaN where a group has nothing to recall.

    Source: Gorrostieta et al. 2019, Interspeech, §4.
    """

    ccc: float
    ccc_diff: float
    tpr_low_diff: float
    tpr_high_diff: float

    @property
    def tpr_diff(self) -> float:
        """The sum of both differences in recall, signs kept."""
        return self.tpr_low_diff + self.tpr_high_diff


def dimensional_differences(
    truth: Float, predicted: Float, female: Bool, male: Bool, theta: float
) -> DimensionalDifferences:
    """Concordance and recall of low (≤ θ) and high (> θ) values, women against men.

    Args:
        truth: Mean rating per utterance, shape (n,).
        predicted: Shape (n,).
        female: Utterances of women, shape (n,).
        male: Utterances of men, shape (n,); unknown speakers are in neither.
        theta: The scale's cut between low and high.
    """
    high, said_high = truth > theta, predicted > theta

    def recall(rows: Bool, of_high: bool) -> float:
        wanted = rows & (high == of_high)
        return float(ratio((wanted & (said_high == of_high)).sum(), wanted.sum()))

    return DimensionalDifferences(
        ccc(truth, predicted),
        ccc(truth[female], predicted[female]) - ccc(truth[male], predicted[male]),
        recall(female, False) - recall(male, False),
        recall(female, True) - recall(male, True),
    )
