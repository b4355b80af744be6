"""How a number moves over a sitting: by quarter of the way, and as a straight line with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.intervals import Interval
from fairemo_gui.evaluation.records import plain

QUARTERS = 4
_FEWEST = 8
_LEVEL = 0.95

DRIFT_DEFINITION = Definition(
    "Drift",
    "How far a number moves from the first to the last answer of a sitting, by the straight line that fits best within "
    "conditions, so that a condition that comes later is not taken for a drift; answers count alike, and several "
    "sittings are laid over one another.",
    "slope of least squares on the place 0…1, both less their condition's mean, ± t(n − C − 1) · HC1 standard error",
    "MacKinnon & White 1985, Journal of Econometrics 29",
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
    """

    quarters: tuple[float, ...]
    sizes: tuple[int, ...]
    change: float
    interval: Interval | None

    @property
    def evident(self) -> bool:
        """Whether the interval leaves no change out."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high

    def to_json(self) -> dict[str, Any]:
        """One object."""
        ends = None if self.interval is None else self.interval.to_json()
        quarters = [plain(value) for value in self.quarters]
        return {"quarters": quarters, "n": list(self.sizes), "change": plain(self.change), "interval": ends}


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


def _line(x: Float, y: Float, group: Int) -> tuple[float, Interval | None]:
    """Slope of least squares within groups, and its interval with errors that may differ between answers (HC1)."""
    apart = _less_mean(x, group)
    spread, freedom = float((apart**2).sum()), len(x) - int(group.max(initial=-1)) - 2
    if len(x) < _FEWEST or spread == 0 or freedom < 1:
        return float("nan"), None
    from scipy.special import stdtrit

    slope = float((apart * y).sum() / spread)
    left = _less_mean(y, group) - slope * apart
    error = float(np.sqrt(len(x) / freedom * ((apart * left) ** 2).sum()) / spread)
    reach = float(stdtrit(freedom, (1 + _LEVEL) / 2)) * error
    return slope, Interval(slope - reach, slope + reach)


def _less_mean(values: Float, group: Int) -> Float:
    """Values less the mean of their group."""
    return values - ratio(np.bincount(group, values), np.bincount(group))[group] if len(values) else values
