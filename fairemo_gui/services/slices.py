"""Slices of an evaluated corpus: any intersection of attributes, one figure, and which slices differ from the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, distinct, no_check
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan
from fairemo_gui.evaluation.looks import LEVEL, Contrasts, adjusted, contrasts, joined, multipliers
from fairemo_gui.evaluation.partition import CROSS
from fairemo_gui.evaluation.slices import Figure, Parts, Slices, crossed, interval_of_slice, parts_of, slices_of
from fairemo_gui.services.samples import Samples
from fairemo_gui.services.slice_attributes import NAMES, SPEAKER, TRUE_EMOTION, Attribute, read_attribute
from fairemo_gui.store.corpora import UtteranceTable

_MOST_SEARCHED = 24
"""Attributes of more values are not searched: their slices are too small to say anything."""


class Verdict(StrEnum):
    """What the evidence says of a slice."""

    WORSE = "worse"
    BETTER = "better"
    NONE = "no evidence"
    UNTESTED = "not tested"


@dataclass(frozen=True)
class SliceRow:
    """One slice.

    Attributes:
        by: Its attributes.
        values: Their values; None = one of them is unknown.
        interval: None where there is none.
        reason: Why there is none.
        rest: The figure of all other utterances; NaN before evidence was asked for.
        difference: Value − rest.
        p: Adjusted for every look; NaN where the slice was not tested.
        small: Under the set minimum n: grey, not tested.
        query: The filter that shows its utterances.
    """

    by: tuple[str, ...]
    values: tuple[str, ...] | None
    n: int
    speakers: int
    value: float
    small: bool
    query: str
    interval: Interval | None = None
    reason: str = ""
    rest: float = float("nan")
    difference: float = float("nan")
    p: float = float("nan")


@dataclass(frozen=True)
class SlicesView:
    """Slices by one figure.

    Attributes:
        by: The attributes that were crossed; empty = all intersections were searched.
        overall: The figure of all utterances.
        looks: Slices that were tested; 0 before evidence was asked for.
        found: Slices there are, tested or not.
        plan: How intervals were made; None = there are none.
    """

    figure: Figure
    by: tuple[str, ...]
    rows: tuple[SliceRow, ...]
    overall: float
    n: int
    speakers: int
    looks: int
    found: int
    minimum_n: int
    plan: IntervalPlan | None


@dataclass(frozen=True, eq=False)
class _Grain:
    """Rows added up: one per speaker and combination of values.

    Attributes:
        codes: Per attribute.
        n: Utterances of each.
    """

    codes: Mapping[str, Int]
    speaker: Int
    n: Int
    parts: Parts


class Slicer:
    """An evaluated sample, ready to be sliced.

    Args:
        samples: The rows that are sliced.
        table: The corpus's utterances.
    """

    def __init__(self, samples: Samples, table: UtteranceTable) -> None:
        self._samples, self._sample, self._table = samples, samples.sample, table
        self._known: dict[str, Attribute] = {}
        self._parts: dict[Figure, Parts] = {}
        self._speaker = distinct(self._sample.speakers)[1]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names."""
        return self._sample.classes

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Attributes with at least two values here."""
        return tuple(name for name in NAMES if len(self.attribute(name).values) > 1)

    @cached_property
    def _at(self) -> Int:
        """Row of the table of each row of the sample."""
        order = np.argsort(self._table.ids)
        return np.asarray(order[np.searchsorted(self._table.ids, self._samples.ids, sorter=order)], dtype=np.int64)

    def attribute(self, name: str) -> Attribute:
        """An attribute by name."""
        if name not in self._known:
            self._known[name] = read_attribute(name, self._samples, self._table, self._at)
        return self._known[name]

    def slices(
        self,
        by: Sequence[str],
        figure: Figure,
        plan: IntervalPlan | None = None,
        minimum_n: int = 20,
        check: Check = no_check,
    ) -> SlicesView:
        """Every slice of an intersection.

        Args:
            by: Attributes, crossed.
            figure: What is compared.
            plan: How intervals are made, and the seed of the evidence; None = the figures alone, at once.
            minimum_n: Slices of fewer utterances are small.
            check: Called between blocks of work; raises to cancel.

        Raises:
            CancelledError: `check` raised it.
        """
        by = tuple(dict.fromkeys(by))
        attributes = [self.attribute(name) for name in by]
        codes, values = crossed([a.codes for a in attributes], [len(a.values) for a in attributes])
        once = np.ones(len(codes), dtype=np.int64)
        slices = slices_of(np.where(codes < 0, len(values), codes), self._speaker, once, self._parts_of(figure))
        rows = [self._row(by, values, slices, k, minimum_n) for k in range(len(slices.bounds) - 1)]
        rows = _with_values(rows, slices.totals().values())
        looks = 0
        if plan is not None:
            rows = [_with_interval(row, slices, k, figure, plan, check) for k, row in enumerate(rows)]
            tested = np.array([not row.small and row.values is not None for row in rows], dtype=bool)
            everyone, drawn = self._everyone(slices), multipliers(self._speakers, plan.seed)
            rows, looks = _with_evidence(rows, slices, tested, contrasts(slices.some(tested), everyone, drawn, check))
        return self._view(figure, by, rows, slices.parts, looks, len(rows), minimum_n, plan)

    def worst(
        self,
        figure: Figure,
        plan: IntervalPlan,
        minimum_n: int = 20,
        depth: int = 3,
        most: int = 20,
        check: Check = no_check,
    ) -> SlicesView:
        """The slices with most evidence of being served worse than the rest, of all intersections up to a depth.

        Single speakers are not searched. A longer intersection counts only where it does not hold the same utterances
        as a shorter one, and is given only where it is worse than the interval of every one before it that holds it.

        Args:
            figure: What is compared.
            plan: How intervals are made, and the seed of the evidence.
            minimum_n: Smaller slices are left out.
            depth: Attributes crossed at most.
            most: Slices given at most.
            check: Called between intersections; raises to cancel.

        Raises:
            CancelledError: `check` raised it.
        """
        grain = self._grain(self._searched(figure), figure)
        everyone, drawn = self._everyone(grain), multipliers(self._speakers, plan.seed)
        found: list[tuple[tuple[str, ...], Int, Slices]] = []
        evidence = []
        for by, values, slices in self._intersections(grain, depth, minimum_n):
            check()
            found.append((by, values, slices))
            evidence.append(contrasts(slices, everyone, drawn, check))
        if not evidence:
            return self._view(figure, (), [], grain.parts, 0, 0, minimum_n, plan)
        every = joined(evidence)
        p = adjusted(every.z, every.drawn)
        worse = every.z * (1 if figure.less_is_better else -1)
        place = [(i, k) for i, (_, _, slices) in enumerate(found) for k in range(len(slices.bounds) - 1)]
        rows: list[SliceRow] = []
        for at in np.argsort(-np.nan_to_num(worse, nan=-np.inf), kind="stable").tolist():
            if not worse[at] > 0 or len(rows) == most:
                break
            by, values, slices = found[place[at][0]]
            rest, apart = float(every.rest[at]), float(every.difference[at])
            row = self._row(by, values, slices, place[at][1], minimum_n)
            row = replace(row, value=rest + apart, rest=rest, difference=apart, p=float(p[at]))
            if not any(_says_more(other, row, figure) for other in rows):
                rows.append(_with_interval(row, slices, place[at][1], figure, plan, check))
        looks = int(np.isfinite(every.z).sum())
        return self._view(figure, (), rows, grain.parts, looks, len(every.z), minimum_n, plan)

    def members(self, rows: Sequence[SliceRow], ids: npt.NDArray[np.int64]) -> list[int]:
        """How many of some utterances lie in each slice."""
        at = np.flatnonzero(np.isin(self._samples.ids, ids))
        if not len(at):
            return [0] * len(rows)
        counted = {by: self._counted(by, at) for by in dict.fromkeys(row.by for row in rows)}
        return [counted[row.by].get(row.values, 0) for row in rows]

    def _counted(self, by: tuple[str, ...], at: Int) -> dict[tuple[str, ...] | None, int]:
        """Utterances per slice of an intersection; None = unknown."""
        attributes = [self.attribute(name) for name in by]
        codes, values = crossed([a.codes[at] for a in attributes], [len(a.values) for a in attributes])
        sizes = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
        named = [tuple(a.values[code] for a, code in zip(attributes, each, strict=True)) for each in values.tolist()]
        return {**dict(zip(named, sizes, strict=True)), None: int((codes < 0).sum())}

    @property
    def _speakers(self) -> int:
        return int(self._speaker.max(initial=-1)) + 1

    def _everyone(self, added: _Grain | Slices) -> Parts:
        return added.parts.summed(added.speaker, self._speakers)

    def _parts_of(self, figure: Figure) -> Parts:
        if figure not in self._parts:
            self._parts = {figure: parts_of(self._sample.decisions, figure)}
        return self._parts[figure]

    def _searched(self, figure: Figure) -> tuple[str, ...]:
        return tuple(
            name
            for name in self.attributes
            if name != SPEAKER
            and len(self.attribute(name).values) <= _MOST_SEARCHED
            and not (name == TRUE_EMOTION and figure.needs_classes)
        )

    def _grain(self, by: Sequence[str], figure: Figure) -> _Grain:
        """The sample, added up to speakers and combinations of values."""
        keys = self._speaker
        for name in by:
            attribute = self.attribute(name)
            keys = distinct(keys * (len(attribute.values) + 1) + attribute.codes + 1)[1]
        cells = int(keys.max(initial=-1)) + 1
        first = np.zeros(cells, dtype=np.int64)
        first[keys] = np.arange(len(keys))
        codes = {name: self.attribute(name).codes[first] for name in by}
        number = np.bincount(keys, minlength=cells)
        return _Grain(codes, self._speaker[first], number, self._parts_of(figure).summed(keys, cells))

    def _intersections(
        self, grain: _Grain, depth: int, minimum_n: int
    ) -> Iterator[tuple[tuple[str, ...], Int, Slices]]:
        """Every intersection's slices that are large enough and no shorter one's: attributes, value codes, slices."""
        codes: dict[tuple[str, ...], Int] = {}
        sizes: dict[tuple[str, ...], Int] = {}
        for length in range(1, depth + 1):
            for by in combinations(grain.codes, length):
                codes[by], values = _crossed([self.attribute(name) for name in by], grain)
                sizes[by] = np.bincount(codes[by][codes[by] >= 0], grain.n[codes[by] >= 0], len(values)).astype(
                    np.int64
                )
                kept = (sizes[by] >= minimum_n) & (sizes[by] < grain.n.sum())
                first = np.zeros(len(values), dtype=np.int64)
                first[codes[by][::-1]] = np.arange(len(codes[by]))[::-1]
                for shorter in combinations(by, length - 1) if length > 1 else ():
                    parent = codes[shorter][first]
                    kept &= sizes[by] < sizes[shorter][parent]
                if kept.any():
                    place = np.where(kept, np.cumsum(kept) - 1, -1)
                    renamed = np.where(codes[by] >= 0, place[codes[by]], -1)
                    yield by, values[kept], slices_of(renamed, grain.speaker, grain.n, grain.parts)

    def _row(self, by: tuple[str, ...], values: Int, slices: Slices, k: int, minimum_n: int) -> SliceRow:
        chosen = [self.attribute(name) for name in by]
        entries = slice(*slices.bounds[k : k + 2].tolist())
        n = int(slices.n[entries].sum())
        if k == len(values):
            missing = " or ".join(attribute.terms[-1] for attribute in chosen)
            query = f"({missing})" if len(chosen) > 1 else missing
            named = None
        else:
            picked = list(zip(chosen, values[k].tolist(), strict=True))
            named = tuple(attribute.values[code] for attribute, code in picked)
            query = " ".join(attribute.terms[code] for attribute, code in picked)
        if self._samples.dropped:
            query = f"{query} predicted not true:unknown"
        speakers = entries.stop - entries.start
        return SliceRow(by, named, n, speakers, float("nan"), named is not None and n < minimum_n, query)

    def _view(
        self,
        figure: Figure,
        by: tuple[str, ...],
        rows: Sequence[SliceRow],
        parts: Parts,
        looks: int,
        found: int,
        minimum_n: int,
        plan: IntervalPlan | None,
    ) -> SlicesView:
        whole = parts.summed(np.zeros(len(parts.numerator), dtype=np.int64), 1).values()
        n = len(self._sample)
        return SlicesView(figure, by, tuple(rows), float(whole[0]), n, self._speakers, looks, found, minimum_n, plan)


def figures_of(classes: Sequence[str]) -> tuple[Figure, ...]:
    """What slices can be compared by."""
    every = ("macro_f1", "uar", "accuracy", "error_rate", "brier", "ece_width")
    of_one = (Figure(name, k) for name in ("f1", "recall") for k in range(len(classes)))
    return (*(Figure(name) for name in every), *of_one)


def verdict_of(row: SliceRow, figure: Figure) -> Verdict:
    """What the evidence says, corrected for every look."""
    if math.isnan(row.p):
        return Verdict.UNTESTED
    if row.p > LEVEL:
        return Verdict.NONE
    return Verdict.WORSE if (row.difference > 0) == figure.less_is_better else Verdict.BETTER


def _crossed(attributes: Sequence[Attribute], grain: _Grain) -> tuple[Int, Int]:
    return crossed([grain.codes[a.name] for a in attributes], [len(a.values) for a in attributes])


def _says_more(shorter: SliceRow, longer: SliceRow, figure: Figure) -> bool:
    """Whether a slice holds another that lies within its interval or above: then the other says nothing new."""
    assert shorter.values is not None
    assert longer.values is not None
    holds = set(zip(shorter.by, shorter.values, strict=True)) <= set(zip(longer.by, longer.values, strict=True))
    ends = (shorter.value, shorter.value) if shorter.interval is None else (shorter.interval.low, shorter.interval.high)
    return holds and (longer.value <= ends[1] if figure.less_is_better else longer.value >= ends[0])


def _with_values(rows: Sequence[SliceRow], values: Float) -> list[SliceRow]:
    return [replace(row, value=value) for row, value in zip(rows, values.tolist(), strict=True)]


def _with_interval(row: SliceRow, slices: Slices, k: int, figure: Figure, plan: IntervalPlan, check: Check) -> SliceRow:
    entries = slice(*slices.bounds[k : k + 2].tolist())
    value = None if row.values is None else CROSS.join(row.values)
    name = f"{CROSS.join(row.by)}={value}"
    interval, reason = interval_of_slice(name, slices.parts.rows(entries), figure, plan, check)
    return replace(row, interval=interval, reason=reason)


def _with_evidence(
    rows: Sequence[SliceRow], slices: Slices, tested: Bool, found: Contrasts
) -> tuple[list[SliceRow], int]:
    p, whole = np.full(len(rows), np.nan), slices.parts.summed(np.zeros_like(slices.of), 1)
    p[tested] = adjusted(found.z, found.drawn)
    columns = zip(rows, whole.less(slices.totals()).values().tolist(), p.tolist(), strict=True)
    held = [replace(row, rest=rest, difference=row.value - rest, p=each) for row, rest, each in columns]
    return held, int(np.isfinite(found.z).sum())
