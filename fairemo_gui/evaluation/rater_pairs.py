"""Cohen's kappa of every two raters that share enough utterances, and its mean over the pairs (Light's kappa)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairemo_gui.evaluation.agreement import Agreement, cohen
from fairemo_gui.evaluation.arrays import Float, Int, distinct
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan, Unit
from fairemo_gui.evaluation.records import plain
from fairemo_gui.evaluation.statistic import MeanOf, Statistic, Term, interval_of

NAME = "mean_cohen"


@dataclass(frozen=True)
class PairOfRaters:
    """Two raters, by index, and their kappa on the utterances both rated."""

    first: int
    second: int
    kappa: Agreement


@dataclass(frozen=True)
class PairsOfRaters:
    """Every pair of raters that shares at least `minimum` utterances.

    Attributes:
        mean: Plain mean over the pairs; its sizes count what the pairs rest on, each utterance once.
        low: Least kappa of a pair, NaN where there is none.
        high: Greatest.
        raters: Raters who are in a pair.
        minimum: Utterances a pair had to share.
        pairs: In order of the raters.
    """

    mean: Agreement
    low: float
    high: float
    raters: int
    minimum: int
    pairs: tuple[PairOfRaters, ...]

    def to_json(self, codes: tuple[str, ...]) -> dict[str, Any]:
        """One object; raters by their codes."""
        pairs = [{"raters": [codes[p.first], codes[p.second]], **p.kappa.to_json()} for p in self.pairs]
        sizes = {"raters": self.raters, "minimum": self.minimum, "n_pairs": len(pairs)}
        return {**sizes, "mean": self.mean.to_json(), "range": [plain(self.low), plain(self.high)], "pairs": pairs}


def pairs_of_raters(
    utterance: Int,
    rater: Int,
    chosen: Int,
    speakers: Int,
    classes: int,
    minimum: int = 20,
    plan: IntervalPlan | None = None,
    check: Check = no_check,
) -> PairsOfRaters:
    """Compare every two raters.

    Args:
        utterance: Utterance of each rating, shape (m,); a rater rates it once at most.
        rater: Who gave it, shape (m,).
        chosen: Class index of each rating, shape (m,).
        speakers: Speaker of each rating's utterance, shape (m,).
        classes: Number of classes.
        minimum: Utterances that a pair has to share.
        plan: How intervals are made; pairs are kept, speakers are drawn. None = no intervals.
        check: Called between blocks of work; raises to cancel.

    Source: Light 1971, Psychological Bulletin 76, for the mean over pairs.
    """
    shared = _shared(utterance, rater, minimum)
    kappas = [cohen(chosen[a], chosen[b], classes, speakers[a]) for a, b in shared]
    found = tuple(
        PairOfRaters(int(rater[a[0]]), int(rater[b[0]]), kappa.estimate(plan, check))
        for (a, b), kappa in zip(shared, kappas, strict=True)
    )
    used = np.unique(np.concatenate([rows.ravel() for rows in shared])) if shared else np.zeros(0, dtype=np.int64)
    values = np.array([pair.kappa.value for pair in found])
    known = values[~np.isnan(values)]
    sizes = len(np.unique(utterance[used])), len(used), len(np.unique(speakers[used]))
    if plan is None or not shared:
        interval: tuple[Interval | None, str | None] = (
            None,
            None if plan is None else "no two raters share enough utterances",
        )
    else:
        unit = utterance if plan.unit is Unit.UTTERANCE else speakers
        term = Term(1.0, _mean_of([kappa.over for kappa in kappas], [unit[a] for a, _ in shared]))
        interval = interval_of(NAME, [term], plan, check, (-1.0, 1.0))
    return PairsOfRaters(
        Agreement(NAME, _or_nan(known, np.mean), *sizes, *interval),
        _or_nan(known, np.min),
        _or_nan(known, np.max),
        len(np.unique(rater[used])),
        minimum,
        found,
    )


def _or_nan(values: Float, of: Callable[[Float], np.floating[Any]]) -> float:
    return float(of(values)) if len(values) else float("nan")


def _mean_of(kappas: Sequence[Callable[[Int], Statistic]], units: Sequence[Int]) -> MeanOf:
    """The mean of the pairs' kappas; `units` are those of each pair's utterances, by any number."""
    names, unit = distinct(np.concatenate(units))
    each = np.split(unit, np.cumsum([len(own) for own in units])[:-1])
    return MeanOf(
        [(kappa(distinct(own)[1]), np.unique(own)) for kappa, own in zip(kappas, each, strict=True)], len(names)
    )


def _shared(utterance: Int, rater: Int, minimum: int) -> list[Int]:
    """Per pair of raters the places of both one's ratings of the utterances they share, shape (2, shared)."""
    order = np.lexsort((rater, utterance))
    first, second = order[_met_twice(utterance[order])]
    _, pair = np.unique(rater[first] * (int(rater.max(initial=0)) + 1) + rater[second], return_inverse=True)
    number = np.bincount(pair)
    enough = np.flatnonzero(number[pair] >= minimum)
    enough = enough[np.argsort(pair[enough], kind="stable")]
    cuts = np.cumsum(number[number >= minimum])
    return [np.stack([first[rows], second[rows]]) for rows in np.split(enough, cuts)[:-1]]


def _met_twice(utterance: Int) -> Int:
    """Places of every two ratings of one utterance, the earlier one first, shape (2, …); `utterance` is sorted."""
    found = [np.zeros((2, 0), dtype=np.int64)]
    longest = int(np.bincount(distinct(utterance)[1]).max(initial=0))
    for apart in range(1, longest):
        at = np.flatnonzero(utterance[apart:] == utterance[:-apart])
        found.append(np.stack([at, at + apart]))
    return np.concatenate(found, axis=1)
