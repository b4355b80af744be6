"""Metrics as ratios of sums over speakers: one form that makes them and their standard errors array arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Float, Int, as_float
from fairemo_gui.evaluation.ranks import Ranks
from fairemo_gui.evaluation.tally import BRIER_FORMS, SQUARE_UNIT, Tally

SCALARS = ("exact_match", "accuracy", *BRIER_FORMS)
MICRO = ("selection_rate", "recall", "fpr")


@dataclass(frozen=True, eq=False)
class Family:
    """J ratios Σ numerator / Σ denominator over units.

    Attributes:
        numerator: Shape (S, J); whole numbers stay integers, so that the observed sums are exact.
        denominator: Shape (S, J), or (S, 1) where all share it.
        empty: The ratio's value where its denominator is 0.
    """

    numerator: npt.NDArray[np.generic]
    denominator: npt.NDArray[np.generic]
    empty: float = np.nan

    @cached_property
    def floats(self) -> tuple[Float, Float]:
        """Numerator and denominator in float64."""
        return as_float(self.numerator), as_float(self.denominator)

    @cached_property
    def units(self) -> Int:
        """How many units have anything in each ratio's denominator, shape (J,) or (1,)."""
        return np.asarray(np.count_nonzero(self.denominator, axis=0))

    def columns(self, chosen: slice) -> Family:
        """Some of the J ratios."""
        shared = self.denominator.shape[1] == 1
        return Family(
            self.numerator[:, chosen], self.denominator if shared else self.denominator[:, chosen], self.empty
        )


def tally_families(tally: Tally) -> dict[str, Family]:
    """The families that follow from counts. Rates are defined in `definitions`.

    F1 is itself a ratio of sums, 2TP / (2TP + FP + FN), and 0 where nothing was true or predicted.
    """
    tn, fp, fn, tp = (tally.outcomes[:, :, t, p] for t, p in ((0, 0), (0, 1), (1, 0), (1, 1)))
    rows, classes = tally.rows[:, None], tp.shape[1]
    row_sums = tally.confusion.sum(axis=2)
    diagonal = np.einsum("uii->ui", tally.confusion)
    rates = {"selection_rate": (tp + fp, tp + fp + fn + tn), "recall": (tp, tp + fn), "fpr": (fp, fp + tn)}
    exact = tally.exact[:, None], diagonal.sum(axis=1, keepdims=True)
    squared = tally.squares.sum(axis=2)
    return {
        "f1": Family(2 * tp, 2 * tp + fp + fn, 0.0),
        "precision": Family(tp, tp + fp, 0.0),
        **{name: Family(top, bottom) for name, (top, bottom) in rates.items()},
        "support_share": Family(tp + fn, (tp + fn).sum(axis=1, keepdims=True)),
        "class_recall": Family(diagonal, row_sums),
        "class_brier": Family(tally.squares[:, 0], rows * SQUARE_UNIT),
        "confusion": Family(tally.confusion.reshape(len(rows), -1), np.repeat(row_sums, classes, axis=1)),
        "scalars": Family(
            np.concatenate([*exact, squared], axis=1),
            np.concatenate([rows, rows, np.repeat(rows * (classes * SQUARE_UNIT), len(BRIER_FORMS), axis=1)], axis=1),
        ),
        "micro": Family(
            np.stack([rates[name][0].sum(axis=1) for name in MICRO], axis=1),
            np.stack([rates[name][1].sum(axis=1) for name in MICRO], axis=1),
        ),
    }


def rank_families(ranks: Ranks, rows: npt.NDArray[np.int64]) -> dict[str, Family]:
    """The families that need ranks: ROC-AUC from both sides, and calibration bins.

    Per bin and class: `bin_gap` Σ(t − p)/n, `bin_share` n_b/n, `bin_on` Σt/n; `bin_rate` is the observed rate Σt/n_b.
    """
    units = len(rows)
    n = rows[:, None].astype(np.float64)
    count, probability, target = (ranks.bins[..., x].reshape(units, -1) for x in range(3))
    return {
        "auc_positives": Family(ranks.placements[..., 0], ranks.members[..., 0]),
        "auc_negatives": Family(ranks.placements[..., 1], ranks.members[..., 1]),
        "bin_gap": Family(target - probability, n),
        "bin_share": Family(count, n),
        "bin_on": Family(target, n),
        "bin_rate": Family(target, count),
        "width_gap": Family(ranks.width_gaps.reshape(units, -1), n),
        "pooled_rate": Family(ranks.pooled[..., 2], ranks.pooled[..., 0]),
    }
