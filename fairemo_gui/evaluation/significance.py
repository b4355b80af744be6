"""Tests and corrections for several of them: McNemar's exact test, Holm's step-down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Float


@dataclass(frozen=True)
class McNemar:
    """Utterances one of two nets gets right, and how surprising so uneven a split is.

    Attributes:
        only_old: Right with the old net only.
        only_new: Right with the new net only.
        p: Exact two-sided binomial probability; 1 where the nets never disagree.
    """

    both_right: int
    both_wrong: int
    only_old: int
    only_new: int
    p: float


def mcnemar(old: Bool, new: Bool) -> McNemar:
    """McNemar's exact test on correctness per utterance, shapes (n,).

    Source: McNemar 1947, Psychometrika 12; exact form: Fagerland, Lydersen & Laake 2013, BMC Med. Res. Methodol. 13.
    """
    only_old, only_new = int((old & ~new).sum()), int((new & ~old).sum())
    p = min(1.0, 2 * _fair_coin(min(only_old, only_new), only_old + only_new))
    return McNemar(int((old & new).sum()), int((~old & ~new).sum()), only_old, only_new, p)


def _fair_coin(heads: int, throws: int) -> float:
    """Probability of at most so many heads. Summed in logarithms: neither large binomials nor tiny powers overflow."""
    i = np.arange(1, heads + 1)
    logarithms = np.append(0.0, np.cumsum(np.log((throws - i + 1) / i))) - throws * np.log(2)
    top = logarithms.max()
    return float(np.exp(top) * np.exp(logarithms - top).sum())


def holm(p: Float) -> Float:
    """Holm-adjusted p-values, shape (m,); NaN entries are no comparison and stay NaN.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Statist. 6.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p[order]), 1.0)
    return adjusted
