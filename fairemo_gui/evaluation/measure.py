"""From cells to groups: each group's sufficient statistics, and which groups are compared with one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct
from fairemo_gui.evaluation.fairness import fairness_blocks
from fairemo_gui.evaluation.partition import EVERYONE, Cells, Partition
from fairemo_gui.evaluation.ranks import Ordered, rank_group
from fairemo_gui.evaluation.sheet import Block, GroupSheet, GroupStatistics, Path, group_sheet
from fairemo_gui.evaluation.tally import Tally


@dataclass(frozen=True, eq=False)
class Place:
    """Where a block of numbers stands in the result.

    Attributes:
        by: Attribute, intersection, or `EVERYONE`.
        group: The group's place among the result's groups; None = fairness of the whole attribute, or everyone.
    """

    by: str
    group: int | None = None

    def of(self, path: Path) -> Path:
        """The full path of a number in this place."""
        if self.group is None and self.by != EVERYONE:
            return ("fairness", self.by, *path)
        if self.group is None:
            return ("calibration", "overall", *path[1:]) if path[0] == "calibration" else path
        if path[0] == "metrics":
            return ("groups", self.group, *path)
        return (path[0], "groups", self.group, *path[1:])


@dataclass(frozen=True, eq=False)
class Measured:
    """The groups of one attribute, measured.

    Attributes:
        first: Place of its first group among all groups of the result.
        compared: Places (in `groups`) of the groups that enter differences.
        left_out: Groups that do not, each with the reason.
    """

    by: str
    first: int
    groups: tuple[GroupStatistics, ...]
    compared: tuple[int, ...]
    left_out: Mapping[str, str]

    def place(self, group: int) -> Place:
        """Where a group's numbers stand."""
        return Place(self.by) if self.by == EVERYONE else Place(self.by, self.first + group)

    @property
    def gaps_defined(self) -> bool:
        """Whether there are groups to compare."""
        return self.by != EVERYONE and len(self.compared) >= 2


def measure(cells: Cells, tally: Tally, ordered: list[Ordered] | None, minimum_n: int) -> list[Measured]:
    """Statistics of every group of every partition. Without `ordered`, nothing that needs ranks."""
    found, first = [], 0
    for partition in cells.partitions:
        within = cells.partitions[1].group if partition.by == EVERYONE and len(cells.partitions) > 1 else None
        groups = tuple(_groups(partition, cells, tally, ordered, within))
        known = [k for k, group in enumerate(groups) if group.value is not None]
        compared = tuple(k for k in known if groups[k].n >= minimum_n)
        left_out = {str(groups[k].value): f"fewer than {minimum_n} utterances" for k in known if k not in compared}
        found.append(Measured(partition.by, first, groups, compared, left_out))
        first += len(groups) if partition.by != EVERYONE else 0
    return found


def _groups(
    partition: Partition, cells: Cells, tally: Tally, ordered: list[Ordered] | None, within: Int | None
) -> Iterator[GroupStatistics]:
    for g, value in enumerate(partition.values):
        chosen = np.flatnonzero((partition.group == g) & (tally.rows > 0))
        if len(chosen) == 0:
            continue
        names, inverse = distinct(cells.unit[chosen])
        ranks = None if ordered is None else rank_group(ordered, chosen, len(cells.unit))
        own, units, strata = tally.take(chosen), len(names), None
        if within is not None:
            inverse, strata = _by_stratum(within[chosen], inverse, units)
        if within is not None or units < len(chosen):
            own = own.merge(inverse, units)
            ranks = None if ranks is None else ranks.merge(inverse, units)
        speakers = len(np.unique(cells.speaker[chosen]))
        yield GroupStatistics(partition.by, value, speakers, own, ranks, strata)


def _by_stratum(group: Int, inverse: Int, units: int) -> tuple[Int, Int]:
    """Units in order of their stratum (the group by the first attribute; lone units join the largest).

    Returns:
        Unit of each cell in the new order, and the stratum of each unit, ascending.
    """
    strata = np.zeros(units, dtype=np.int64)
    strata[inverse] = group
    sizes = np.bincount(strata)
    _, strata = distinct(np.where(sizes[strata] < 2, sizes.argmax(), strata))
    order = np.argsort(strata, kind="stable")
    place = np.empty(units, dtype=np.int64)
    place[order] = np.arange(units)
    return place[inverse], strata[order]


def blocks_of(
    measured: Measured, classes: tuple[str, ...], weights: Mapping[int, Float | None], errors: bool
) -> tuple[list[tuple[Place, Block]], dict[int, GroupSheet]]:
    """Every number of the given groups, and of their differences where all compared groups are given.

    Args:
        measured: The groups of one attribute.
        classes: Class names.
        weights: Per group (place in `groups`) its weights, shape (R, units); None = as observed.
        errors: Compute variances too.
    """
    position = {k: index for index, k in enumerate(measured.compared)}
    sheets = {
        k: group_sheet(measured.groups[k], classes, drawn, errors, position.get(k, 0)) for k, drawn in weights.items()
    }
    blocks = [(measured.place(k), block) for k, sheet in sheets.items() for block in sheet.blocks]
    if measured.gaps_defined and all(k in sheets for k in measured.compared):
        gaps = fairness_blocks([sheets[k] for k in measured.compared], classes, errors)
        blocks += [(Place(measured.by), block) for block in gaps]
    return blocks, sheets
