"""Statistics over time: a sequence of any length becomes one vector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError

Array = npt.NDArray[np.float32]

_Statistic = Callable[[Array], Array]


def changes(frames: Array) -> Array:
    """Slope over five frames (regression deltas), the edges repeated: shape (T, D) → (T, D)."""
    padded = np.pad(frames, ((2, 2), (0, 0)), mode="edge")
    return np.asarray((2 * (padded[4:] - padded[:-4]) + (padded[3:-1] - padded[1:-3])) / 10, dtype=np.float32)


_STATISTICS: dict[str, _Statistic] = {
    "mean": lambda frames: frames.mean(axis=0),
    "median": lambda frames: np.asarray(np.median(frames, axis=0)),
    "deviation": lambda frames: frames.std(axis=0),
    "low": lambda frames: np.asarray(np.percentile(frames, 10, axis=0)),
    "high": lambda frames: np.asarray(np.percentile(frames, 90, axis=0)),
    "change": lambda frames: changes(frames).std(axis=0),
}


def read_statistics(text: str) -> tuple[str, ...]:
    """Names of statistics from `mean,deviation`.

    Raises:
        UserError: One is unknown, or there is none.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in _STATISTICS]
    if unknown or not names:
        wrong = f"“{unknown[0]}”" if unknown else "none"
        raise UserError(f"Statistics to pool by must be some of {', '.join(_STATISTICS)}, not {wrong}.")
    return names


def pool(frames: Array, statistics: Sequence[str]) -> Array:
    """Statistics of each feature over time, one after the other.

    Args:
        frames: Shape (T, D), T ≥ 1.
        statistics: Any of `mean`, `median`, `deviation`, `low` and `high` (10th and 90th percentile), `change`
            (deviation of the slope over five frames).

    Returns:
        Shape (D · len(statistics),), float32.
    """
    return np.concatenate([_STATISTICS[name](frames) for name in statistics]).astype(np.float32)
