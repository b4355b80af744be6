"""How often intervals cover the truth: simulated corpora, the program's own intervals, shares per kind of number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from fairemo_gui.evaluation.bootstrap import intervals_for
from fairemo_gui.evaluation.intervals import IntervalPlan, Intervals, Unit
from fairemo_gui.evaluation.measure import Measured, blocks_of, measure
from fairemo_gui.evaluation.order import order_rows
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.sheet import Path
from fairemo_gui.evaluation.tally import tally
from tests.unit.evaluation.simulate import World

# So many speakers that the truth is known far better than any corpus tells it.
POPULATION = 20_000

PER_CLASS = {"recall": "TPR", "selection_rate": "selection rate", "fpr": "FPR", "f1": "F1", "roc_auc": "ROC-AUC"}
SCORES = {
    "macro_f1": "macro-F1",
    "uar": "UAR",
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "brier": "Brier",
    "roc_auc": "macro ROC-AUC",
    "ece": "ECE",
    "ece_width": "ECE, equal width",
}
PARTS = ("reliability", "resolution", "uncertainty", "within_bin")
SIGNED = {"sp": "SP", "eo": "EO", "f1": "F1 difference", "confusion": "matrix cell difference"}
SIGNED |= {"macro_f1": "macro-F1 difference", "brier": "Brier difference", "accuracy": "accuracy difference"}
GAPS = {"dpd": "DPD", "eod": "EOD", "delta_eo": "ΔEO", "macro_f1_gap": "macro-F1 gap", "bias": "Bias"}


@dataclass(frozen=True)
class Corpora:
    """What is simulated again and again: a world, and how many women and men with how many utterances each."""

    women: int
    men: int
    world: World = field(default_factory=World)
    utterances: tuple[int, int] = (20, 60)

    def draw(self, number: int) -> Sample:
        """The corpus of a number, always the same."""
        return self.world.corpus(np.random.default_rng([7, number]), self.women, self.men, self.utterances)


@dataclass(frozen=True)
class Share:
    """Share of intervals that cover the truth.

    Attributes:
        mean: Over all numbers of a kind.
        least: Of the number covered least.
        most: Of the number covered most.
        absent: Share of numbers without an interval.
        width: Median width.
    """

    mean: float
    least: float
    most: float
    absent: float
    width: float


def measured(sample: Sample, by_row: bool = False, ranks: bool = True) -> list[Measured]:
    cells = sort_into_cells(sample, ("gender",), by_row)
    ranking = Ranking(order_rows(sample.decisions), cells) if ranks else None
    return measure(cells, tally(sample.decisions, cells.row, len(cells.unit)), ranking, 1, by_unit=True)


@lru_cache(maxsize=32)
def population(world: World, share: float = 0.5, ranks: bool = True) -> Mapping[Path, float]:
    """Every number of a corpus so large that it can be taken for the truth; `share` of its speakers are women."""
    women = round(share * POPULATION)
    sample = world.corpus(np.random.default_rng(99), women, POPULATION - women)
    found: dict[Path, float] = {}
    for part in measured(sample, ranks=ranks):
        blocks, _ = blocks_of(part, sample.classes, dict.fromkeys(range(len(part.groups))), errors=False)
        for place, block in blocks:
            found |= {place.of(path): float(v) for path, v in zip(block.paths, block.value[0], strict=True)}
    return found | {path: 0.0 for path in found if _known_to_be_zero(path, world)}


def _known_to_be_zero(path: Path, world: World) -> bool:
    """Differences where groups are alike, and errors of a net that is calibrated without fault."""
    if path[0] == "fairness":
        return world.gap == 0
    return world.sharpness == 1 and path[-1] in ("ece", "ece_width", "reliability")


def kind(path: Path) -> str | None:
    """What a number is, for the table; None where it is not in it."""
    last = str(path[-1])
    if path[0] == "fairness":
        return _gap_kind(path[2:])
    where = "of a group" if "groups" in path else "of everyone"
    if path[0] == "confusion":
        return f"matrix cell {where}"
    if path[0] == "calibration":
        return f"{last} {where}" if last in PARTS and "per_class" not in path else None
    if "per_class" in path:
        name = PER_CLASS.get(str(path[path.index("per_class") + 1]))
        return None if name is None else f"{name} {where}"
    return f"{SCORES[last]} {where}" if last in SCORES and "micro" not in path else None


def _gap_kind(rest: Path) -> str | None:
    if rest[0] == "signed":
        aggregate = rest[-1] in ("abs_mean", "signed_mean", "worst")
        return None if aggregate else SIGNED.get(str(rest[1]))
    name = GAPS.get(str(rest[0]))
    return name if name is None or len(rest) == 1 else f"{name} {str(rest[1]).replace('_', ' ')}"


def coverage(corpora: Corpora, count: int, plan: IntervalPlan, ranks: bool = True) -> dict[str, Share]:
    """Shares of intervals that cover the truth, by kind of number.

    Args:
        corpora: What is simulated.
        count: Number of corpora.
        plan: How intervals are made; the seed is the corpus's number.
        ranks: Whether ROC-AUC and calibration are measured too.
    """
    truth = population(corpora.world, corpora.women / (corpora.women + corpora.men), ranks)
    low: dict[Path, list[float]] = defaultdict(list)
    high: dict[Path, list[float]] = defaultdict(list)
    for number in range(count):
        found = _intervals(corpora.draw(number), IntervalPlan(plan.replicates, number, plan.unit, plan.form), ranks)
        for path, interval in found.found.items():
            low[path].append(np.nan if interval is None else interval.low)
            high[path].append(np.nan if interval is None else interval.high)
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in low:
        if (name := kind(path)) is not None:
            kinds[name].append(path)
    return {
        name: _share([(np.array(low[p]), np.array(high[p]), truth[p]) for p in paths]) for name, paths in kinds.items()
    }


def _intervals(sample: Sample, plan: IntervalPlan, ranks: bool) -> Intervals:
    return intervals_for(measured(sample, plan.unit is Unit.UTTERANCE, ranks), sample.classes, plan)


def _share(numbers: list[tuple[np.ndarray, np.ndarray, float]]) -> Share:
    """Shares over numbers given by their ends (NaN where there is none) and their truth."""
    covered = []
    for low, high, truth in numbers:
        there = ~np.isnan(low)
        if there.any():
            covered.append(float(((low <= truth) & (truth <= high))[there].mean()))
    lows, highs = (np.concatenate([ends[side] for ends in numbers]) for side in (0, 1))
    absent, widths = np.isnan(lows), highs - lows
    width = float(np.median(widths[~absent])) if not absent.all() else np.nan
    if not covered:
        return Share(np.nan, np.nan, np.nan, 1.0, np.nan)
    return Share(float(np.mean(covered)), min(covered), max(covered), float(absent.mean()), width)
