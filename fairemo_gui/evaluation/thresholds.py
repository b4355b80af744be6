"""Every threshold at once: macro-F1 per group and the gaps between groups, read from cumulative counts.

A net says a label is on where its probability lies above a threshold. Counting once how many probabilities lie above
each threshold of a fine grid, per group, class and truth, makes any further threshold, also one per class, a look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Float, Int, Objects, factorise, nan_mean, ratio
from fairemo_gui.evaluation.sample import Decisions

_STEPS = 400
_GRID = np.arange(_STEPS + 1) / _STEPS
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Rates:
    """What a rule comes to; the first axes are those of the rule's own choices (none, or one per threshold).

    Attributes:
        macro_f1: Of everyone, shape (…).
        by_group: Macro-F1 per group, shape (…, G).
        dpd: Demographic parity difference, macro mean over classes, shape (…); NaN without two groups to compare.
        eod: Equalized odds difference, likewise.
        selected: Mean number of labels that are on per utterance, shape (…).
    """

    macro_f1: Float
    by_group: Float
    dpd: Float
    eod: Float
    selected: Float

    def at(self, index: int) -> Rates:
        """One of the thresholds."""
        return Rates(*(np.asarray(each[index]) for each in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Sweep:
    """Counts from which every rule is read.

    Attributes:
        thresholds: Ascending, shape (T,); 1/C is among them.
        even: Place of 1/C.
        groups: Values of the attribute, sorted; None last, where some are unknown.
        compared: Groups that enter the gaps: known, and large enough, shape (G,).
        n: Utterances per group, shape (G,).
        true: Utterances per group, class and truth (off, on), shape (G, C, 2).
        above: Of these, those whose probability lies above each threshold, shape (G, C, 2, T).
        among: Of these, those whose class is among the k most probable, k = 1 … C, shape (G, C, 2, C).
    """

    thresholds: Float
    even: int
    groups: tuple[str | None, ...]
    compared: Bool
    n: Int
    true: Int
    above: Int
    among: Int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.true.shape[1])

    def nearest(self, threshold: float) -> int:
        """Place of the threshold of the grid that is closest to a number."""
        return int(np.abs(self.thresholds - threshold).argmin())

    @cached_property
    def curve(self) -> Rates:
        """One threshold for all classes: the rates at every threshold, shape (T, …)."""
        return self._rates(np.moveaxis(self.above, 3, 0))

    def curve_of(self, chosen: Sequence[int], moving: int) -> Rates:
        """A threshold per class, of which one class's takes every value while the others stay; shape (T, …)."""
        on = np.repeat(self._each(chosen)[None], len(self.thresholds), axis=0)
        on[:, :, moving] = np.moveaxis(self.above[:, moving], 2, 0)
        return self._rates(on)

    def each(self, chosen: Sequence[int]) -> Rates:
        """A threshold per class, given by their places."""
        return self._rates(self._each(chosen))

    @cached_property
    def top(self) -> Rates:
        """The k most probable classes, k = 1 … C; k = 1 is the argmax; shape (C, …)."""
        return self._rates(np.moveaxis(self.among, 3, 0))

    def _each(self, chosen: Sequence[int]) -> Int:
        return np.stack([self.above[:, k, :, place] for k, place in enumerate(chosen)], axis=1)

    def _rates(self, on: Int) -> Rates:
        """Rates of counts of labels that are on, shape (…, G, C, 2)."""
        whole, true = on.sum(axis=-3), self.true.sum(axis=0)
        compared = on[..., self.compared, :, :]
        of = self.true[self.compared]
        shares = ratio(compared, of)
        selection = ratio(compared.sum(axis=-1), of.sum(axis=-1))
        return Rates(
            macro_f1=_macro_f1(whole, true),
            by_group=_macro_f1(on, self.true),
            dpd=nan_mean(_spread(selection)),
            eod=nan_mean(np.fmax(_spread(shares[..., 0]), _spread(shares[..., 1]))),
            selected=np.asarray(whole.sum(axis=(-1, -2)) / max(int(self.n.sum()), 1)),
        )


def sweep(decisions: Decisions, values: Sequence[str | None] | Objects, minimum_n: int = 20) -> Sweep:
    """Count how many probabilities lie above every threshold.

    Args:
        decisions: Truth and probabilities of n rows, C classes.
        values: The attribute of every row; None = unknown.
        minimum_n: Smaller groups are left out of the gaps.

    Returns:
        Thresholds 0, 0.0025, … 1 and 1/C. A label is on strictly above; a float32 net's 1/C counts as equal to it.
    """
    names, codes = factorise(values)
    groups: tuple[str | None, ...] = (*names, None) if (codes < 0).any() else names
    group = np.where(codes < 0, len(names), codes)
    n = np.bincount(group, minlength=len(groups))
    even = 1 / decisions.probabilities.shape[1]
    thresholds = np.union1d(_GRID, [even])
    above, among = _count(decisions, group, len(groups), even)
    true = among[..., -1]
    known = np.array([name is not None for name in groups], dtype=bool)
    place = int(np.searchsorted(thresholds, even))
    return Sweep(thresholds, place, groups, known & (n >= minimum_n), n, true, above, among)


def _count(decisions: Decisions, group: Int, groups: int, even: float) -> tuple[Int, Int]:
    """Probabilities above each threshold, and among the k highest, by group, class and truth."""
    p, on = decisions.probabilities, decisions.truth_on
    classes, bins = p.shape[1], len(np.union1d(_GRID, [even])) + 1
    above = np.zeros((classes, groups * 2 * bins), dtype=np.int64)
    among = np.zeros((classes, groups * 2 * classes), dtype=np.int64)
    for start in range(0, len(group), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        for k, rank in enumerate(_ranks(p[rows])):
            cell = 2 * group[rows] + on[rows, k]
            above[k] += np.bincount(cell * bins + _below(p[rows, k], even), minlength=above.shape[1])
            among[k] += np.bincount(cell * classes + rank, minlength=among.shape[1])
    by_place = above.reshape(classes, groups, 2, bins).swapaxes(0, 1)
    by_rank = among.reshape(classes, groups, 2, classes).swapaxes(0, 1)
    # A probability with j thresholds below it lies above the first j of them.
    return np.ascontiguousarray(by_place[..., ::-1].cumsum(axis=3)[..., -2::-1]), by_rank.cumsum(axis=3)


def _below(p: Float, even: float) -> Int:
    """How many thresholds lie strictly below each probability: read off the even grid, then put right."""
    # A float32 net without preference says 1/C rounded up: equal, not above.
    p = np.where(p == float(np.float32(even)), even, p)
    place = np.ceil(p * _STEPS).clip(0, _STEPS).astype(np.int64)
    np.maximum(place - (_GRID[np.maximum(place - 1, 0)] >= p), 0, out=place)
    place += _GRID[place] < p
    return place if even in _GRID else place + (p > even)


def _ranks(p: Float) -> list[Int]:
    """Per class how many others are more probable in each row; the first of equals counts as more probable."""
    columns = list(np.asfortranarray(p).T)
    ranks = []
    for k, own in enumerate(columns):
        rank = np.zeros(len(own), dtype=np.int8)
        for j, other in enumerate(columns):
            if j != k:
                rank += (other >= own) if j < k else (other > own)
        ranks.append(rank.astype(np.int64))
    return ranks


def _spread(rates: Float) -> Float:
    """Highest less lowest over the groups that have a rate, shape (…, G, C) → (…, C); NaN under two of them."""
    defined = np.isfinite(rates)
    high = np.where(defined, rates, -np.inf).max(axis=-2, initial=-np.inf)
    low = np.where(defined, rates, np.inf).min(axis=-2, initial=np.inf)
    return np.asarray(np.where(defined.sum(axis=-2) > 1, high - low, np.nan))


def _macro_f1(on: Int, true: Int) -> Float:
    """Mean over classes of 2TP / (2TP + FP + FN), 0 where undefined; shape (…, C, 2) → (…)."""
    hits = on[..., 1]
    return np.asarray(ratio(2 * hits, on.sum(axis=-1) + true[..., 1], 0.0).mean(axis=-1))
