"""From cells to groups: each group's sufficient statistics, and which groups are compared with one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Check, Float, Int, distinct, no_check
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.fairness import fairness_blocks
from fairemo_gui.evaluation.partition import EVERYONE, Cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.sheet import GroupSheet, GroupStatistics, group_sheet
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


def measure(
    cells: Cells,
    tally: Tally,
    ranking: Ranking | None,
    minimum_n: int,
    by_unit: bool = False,
    known: dict[tuple[int, int], GroupStatistics] | None = None,
) -> list[Measured]:
    """Statistics of every group of every partition.

    Args:
        cells: The cells of all rows.
        tally: Their counts.
        ranking: Their rows in order; None = nothing that needs ranks.
        minimum_n: Smaller groups are left out of differences.
        by_unit: Rank per resampled unit too, as intervals need it.
        known: Groups measured earlier, by their places in `cells.partitions`; missing ones are put there.
    """
    found, first = [], 0
    for at, partition in enumerate(cells.partitions):
        groups = tuple(_groups(at, cells, tally, ranking, by_unit, {} if known is None else known))
        named = [k for k, group in enumerate(groups) if group.value is not None]
        compared = tuple(k for k in named if groups[k].n >= minimum_n)
        left_out = {str(groups[k].value): f"fewer than {minimum_n} utterances" for k in named if k not in compared}
        found.append(Measured(partition.by, first, groups, compared, left_out))
        first += len(groups) if partition.by != EVERYONE else 0
    return found


def _groups(
    at: int,
    cells: Cells,
    tally: Tally,
    ranking: Ranking | None,
    by_unit: bool,
    known: dict[tuple[int, int], GroupStatistics],
) -> Iterator[GroupStatistics]:
    for g in range(len(cells.partitions[at].values)):
        if (at, g) not in known:
            chosen = np.flatnonzero((cells.partitions[at].group == g) & (tally.rows > 0))
            if len(chosen) == 0:
                continue
            known[at, g] = _statistics(at, g, chosen, cells, tally, ranking, by_unit)
        yield known[at, g]


def _statistics(
    at: int, g: int, chosen: Int, cells: Cells, tally: Tally, ranking: Ranking | None, by_unit: bool
) -> GroupStatistics:
    """One group's statistics, from its cells."""
    partition = cells.partitions[at]
    names, inverse = distinct(cells.unit[chosen])
    own, units, strata, ranks = tally.take(chosen), len(names), None, None
    stratified = partition.by == EVERYONE and len(cells.partitions) > 1
    if stratified:
        inverse, strata = by_stratum(cells.partitions[1].group[chosen], inverse, units)
    if stratified or units < len(chosen):
        own = own.merge(inverse, units)
    if ranking is not None and by_unit:
        unit = np.zeros(len(cells.unit), dtype=np.int64)
        unit[chosen] = inverse
        ranks = ranking.by_unit(at, g, unit, units)
    totals = None if ranking is None else ranking.totals(at, g)
    speakers = units if cells.unit is cells.speaker else len(distinct(cells.speaker[chosen])[0])
    return GroupStatistics(partition.by, partition.values[g], speakers, own, totals, ranks, strata)


def strata_of(group: Int) -> Int:
    """Stratum of each unit: its group by the first attribute; lone units join the largest."""
    sizes = np.bincount(group)
    return distinct(np.where(sizes[group] < 2, sizes.argmax(), group))[1]


def by_stratum(group: Int, inverse: Int, units: int) -> tuple[Int, Int]:
    """Units in order of their stratum.

    Args:
        group: Group by the first attribute of each cell (or row); a unit of several is put into that of its last.
        inverse: Unit of each.
        units: Number of units.

    Returns:
        Unit of each cell in the new order, and the stratum of each unit, ascending.
    """
    first = np.zeros(units, dtype=np.int64)
    first[inverse] = group
    strata = strata_of(first)
    order = np.argsort(strata, kind="stable")
    place = np.empty(units, dtype=np.int64)
    place[order] = np.arange(units)
    return place[inverse], strata[order]


def blocks_of(
    measured: Measured,
    classes: tuple[str, ...],
    weights: Mapping[int, Float | None],
    errors: bool,
    check: Check = no_check,
) -> tuple[list[tuple[Place, Block]], dict[int, GroupSheet]]:
    """Every number of the given groups, and of their differences where all compared groups are given.

    Args:
        measured: The groups of one attribute.
        classes: Class names.
        weights: Per group (place in `groups`) its weights, shape (R, units); None = as observed.
        errors: Compute variances too.
        check: Called between groups; raises to cancel.
    """
    position, sheets = {k: index for index, k in enumerate(measured.compared)}, {}
    for k, drawn in weights.items():
        check()
        sheets[k] = group_sheet(measured.groups[k], classes, drawn, errors, position.get(k, 0))
    return blocks_of_sheets(measured, classes, sheets, errors), sheets


def blocks_of_sheets(
    measured: Measured, classes: tuple[str, ...], sheets: Mapping[int, GroupSheet], errors: bool
) -> list[tuple[Place, Block]]:
    """The same from the groups' sheets."""
    blocks = [(measured.place(k), block) for k, sheet in sheets.items() for block in sheet.blocks]
    if measured.gaps_defined and all(k in sheets for k in measured.compared):
        gaps = fairness_blocks([sheets[k] for k in measured.compared], classes, errors)
        blocks += [(Place(measured.by), block) for block in gaps]
    return blocks
