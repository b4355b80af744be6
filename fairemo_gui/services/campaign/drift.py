"""How a number moves over a sitting: by quarter of the way, and as a straight line with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.intervals import Interval
from fairemo_gui.evaluation.records import plain
from fairemo_gui.evaluation.significance import holm

QUARTERS = 4
_FEWEST = 8
_LEVEL = 0.95

DRIFT_DEFINITION = Definition(
    "Drift",
    "How far a number moves from the first to the last answer of a sitting, by the straight line that fits best within "
    "conditions, so that a condition that comes later is not taken for a drift; answers count alike, and several "
    "sittings are laid over one another. A change is told only where p ≤ .05 after Holm's correction for looking at "
    "all raters with enough answers.",
    "slope of least squares on the place 0…1, both less their condition's mean, ± t(n − C − 1) · HC1 standard error; "
    "p of answers shuffled within conditions, by their exact mean and variance",
    "MacKinnon & White 1985, Journal of Econometrics 29; Strasser & Weber 1999, Math. Methods of Statistics 8",
)


@dataclass(frozen=True)
class Drift:
    """A number over the sittings of one rater.

    Attributes:
        quarters: Its mean (agreement) or median (times) in each quarter of a sitting, differences between conditions
            taken out; NaN where nothing is known.
        sizes: Answers per quarter.
        change: From the first to the last answer, by the line that fits best; NaN with fewer than eight answers.
        interval: 95 %; None where there is none.
        p: Of answers shuffled within conditions moving as far; NaN where there is no interval.
        p_holm: Corrected for looking at several raters, see `corrected`; NaN = no test.
    """

    quarters: tuple[float, ...]
    sizes: tuple[int, ...]
    change: float
    interval: Interval | None
    p: float
    p_holm: float = float("nan")

    @property
    def n(self) -> int:
        """Answers it rests on."""
        return sum(self.sizes)

    @property
    def evident(self) -> bool:
        """Whether it moves, for all that several raters were looked at."""
        there = self.interval is not None and not self.interval.low <= 0 <= self.interval.high
        return there and self.p_holm <= 1 - _LEVEL

    def to_json(self) -> dict[str, Any]:
        """One object."""
        ends = None if self.interval is None else self.interval.to_json()
        quarters = [plain(value) for value in self.quarters]
        sizes = {"quarters": quarters, "n": list(self.sizes), "change": plain(self.change), "interval": ends}
        return {**sizes, "p": plain(self.p), "p_holm": plain(self.p_holm)}


def places(sitting: Int, order: Float) -> Float:
    """How far along its sitting each answer was given: 0 = the first one, 1 = the last; a lone answer is at 0.

    Args:
        sitting: Sitting of each answer, any numbers, shape (m,).
        order: When each was given, shape (m,).
    """
    found = np.zeros(len(sitting))
    if not len(sitting):
        return found
    by_time = np.lexsort((order, sitting))
    names = sitting[by_time]
    begins = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    sizes = np.diff(np.r_[begins, len(names)])
    within = np.arange(len(names)) - np.repeat(begins, sizes)
    found[by_time] = ratio(within, np.repeat(sizes - 1, sizes), 0.0)
    return found


def drift(place: Float, value: Float, condition: Int, *, medians: bool = False) -> Drift:
    """How a number moves within conditions.

    Args:
        place: 0–1 per answer, see `places`, shape (m,).
        value: The number, shape (m,); NaN where it says nothing.
        condition: In which each answer was given, any numbers, shape (m,).
        medians: Quarters show medians, not means: times have long tails.
    """
    known = ~np.isnan(value)
    x, y = place[known], value[known]
    _, group = distinct(condition[known])
    level = _less_mean(y, group) + (y.mean() if len(y) else 0.0)
    quarter = np.minimum((x * QUARTERS).astype(np.int64), QUARTERS - 1)
    parts = [level[quarter == k] for k in range(QUARTERS)]
    middle = np.median if medians else np.mean
    shown = tuple(float(middle(part)) if len(part) else float("nan") for part in parts)
    return Drift(shown, tuple(len(part) for part in parts), *_line(x, y, group))


def corrected(found: Sequence[Drift], minimum_n: int) -> list[Drift]:
    """The same with p-values corrected for looking at all of them; fewer answers than the minimum are no test."""
    p = np.array([drift.p if drift.n >= minimum_n else np.nan for drift in found])
    return [replace(drift, p_holm=float(adjusted)) for drift, adjusted in zip(found, holm(p), strict=True)]


def _line(x: Float, y: Float, group: Int) -> tuple[float, Interval | None, float]:
    """Slope of least squares within groups, its interval with errors that may differ between answers (HC1), and p."""
    apart = _less_mean(x, group)
    spread, freedom = float((apart**2).sum()), len(x) - int(group.max(initial=-1)) - 2
    if len(x) < _FEWEST or spread == 0 or freedom < 1:
        return float("nan"), None, float("nan")
    from scipy.special import stdtrit

    slope = float((apart * y).sum() / spread)
    left = _less_mean(y, group) - slope * apart
    error = float(np.sqrt(len(x) / freedom * ((apart * left) ** 2).sum()) / spread)
    reach = float(stdtrit(freedom, (1 + _LEVEL) / 2)) * error
    return slope, Interval(slope - reach, slope + reach), _shuffled(apart, _less_mean(y, group), group)


def _shuffled(x: Float, y: Float, group: Int) -> float:
    """Chance of a sum of products as far from zero when values are shuffled within groups.

    HC1's own p is far too small in its tail, where a correction over many raters looks. Both less their group's mean.
    """
    squares = np.bincount(group, x**2) * np.bincount(group, y**2)
    variance = float(ratio(squares, np.bincount(group) - 1, 0.0).sum())
    return math.erfc(abs(float((x * y).sum())) / math.sqrt(2 * variance)) if variance > 0 else 1.0


def _less_mean(values: Float, group: Int) -> Float:
    """Values less the mean of their group."""
    return values - ratio(np.bincount(group, values), np.bincount(group))[group] if len(values) else values
