"""Rows in order of their probability, class by class: what ROC-AUC and equal-count bins are read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, no_check
from fairemo_gui.evaluation.partition import Cells
from fairemo_gui.evaluation.sample import Decisions

_LIMB = 1 << 31
WHOLE = np.array([_LIMB, 0])
"""A target of 1 as whole numbers (see `exact`)."""
# Every so many rows one is looked at to find where a place among several ordered arrays lies.
_STRIDE = 256


@dataclass(frozen=True, eq=False)
class Ordered:
    """Rows of one class in ascending order of their probability.

    Attributes:
        probability: Shape (n,).
        on: Whether the class is true, shape (n,).
        target: What calibration compares with, as whole numbers (see `exact`), shape (n, 2); None where it is `on`.
        row: Which row each is, shape (n,).
    """

    probability: Float
    on: Bool
    target: Int | None
    row: npt.NDArray[np.signedinteger]

    def take(self, rows: Int | Bool | slice) -> Ordered:
        """Some rows, which must be in ascending order too."""
        target = None if self.target is None else self.target[rows]
        return Ordered(self.probability[rows], self.on[rows], target, self.row[rows])

    def merge(self, new: Ordered) -> Ordered:
        """These rows and new ones, in order."""
        at = self.probability.searchsorted(new.probability)
        target = None
        if self.target is not None and new.target is not None:
            target = np.insert(self.target, at, new.target, axis=0)
        probability, on = np.insert(self.probability, at, new.probability), np.insert(self.on, at, new.on)
        return Ordered(probability, on, target, np.insert(self.row, at, new.row))


def exact(shares: Float) -> Int:
    """Numbers from 0 to 1 as two whole numbers each, a / 2³¹ + b / 2⁶²: their sums do not depend on any order."""
    high = np.floor(shares * _LIMB)
    return np.stack([high, np.rint((shares * _LIMB - high) * _LIMB)], axis=-1).astype(np.int64)


def inexact(sums: Int | Float) -> Float:
    """What such sums, shape (…, 2), come to, shape (…)."""
    return np.asarray(sums[..., 0] / _LIMB + sums[..., 1] / (_LIMB * _LIMB))


def order_rows(decisions: Decisions, check: Check = no_check) -> list[Ordered]:
    """Each class's rows in order of probability; sorted once, shared by all partitions."""
    ordered = []
    for k in range(decisions.probabilities.shape[1]):
        check()
        p = decisions.probabilities[:, k]
        order = np.argsort(p)
        target = exact(decisions.truth_shares[:, k][order]) if decisions.soft else None
        ordered.append(Ordered(p[order], decisions.truth_on[:, k][order], target, order))
    return ordered


def groups_of_rows(cells: Cells, partition: int) -> npt.NDArray[np.unsignedinteger]:
    """Group of each row in one partition, in as short numbers as will do; shape (n,)."""
    of = cells.partitions[partition]
    return np.asarray(of.group.astype(np.min_scalar_type(len(of.values)))[cells.row])


def split(
    ordered: list[Ordered], group_of_row: npt.NDArray[np.unsignedinteger], groups: int, check: Check = no_check
) -> list[list[Ordered]]:
    """Per group its rows, class by class in order.

    Args:
        ordered: Rows, class by class in order.
        group_of_row: See `groups_of_rows`.
        groups: Number of groups.
        check: Called between classes; raises to cancel.
    """
    if groups == 1:
        return [ordered]
    parts: list[list[Ordered]] = [[] for _ in range(groups)]
    for rows in ordered:
        check()
        group = group_of_row[rows.row]
        # A stable sort of such short numbers takes linear time and leaves each group's rows in order.
        by_group = rows.take(np.argsort(group, kind="stable"))
        ends = np.cumsum(np.bincount(group, minlength=groups)).tolist()
        for part, start, end in zip(parts, [0, *ends], ends, strict=False):
            part.append(by_group.take(slice(start, end)))
    return parts


def at_places(parts: list[Float], places: Int) -> Float:
    """The values that stand at these places when several ascending arrays are put in order together."""
    samples = np.sort(np.concatenate([part[::_STRIDE] for part in parts]))
    fences = np.concatenate([[-np.inf], samples, [np.inf]])
    # Below the c-th sample lie at most c · stride rows, and at least (c − parts) · stride.
    low = fences[places // _STRIDE]
    high = fences[np.minimum(-(-places // _STRIDE) + len(parts) + 1, len(fences) - 1)]
    starts = np.array([part.searchsorted(low, side="right") for part in parts])
    ends = np.maximum([part.searchsorted(high) for part in parts], starts)
    values, columns = np.empty(len(places)), zip(starts.T.tolist(), ends.T.tolist(), strict=True)
    for k, (place, column) in enumerate(zip((places - starts.sum(axis=0)).tolist(), columns, strict=True)):
        between = np.concatenate([part[a:b] for part, a, b in zip(parts, *column, strict=True)])
        inside = 0 <= place < len(between)
        values[k] = np.partition(between, place)[place] if inside else low[k] if place < 0 else high[k]
    return values
