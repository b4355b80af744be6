"""How long each sound device takes until a sample is heard: the one figure no computer can find out by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSettings

from fairemo_gui.gui import settings as remembered

DEFAULT = 0.012
"""Seconds, where nobody has calibrated the device."""
LEAST, MOST = -0.1, 0.2
"""Seconds one can set."""
_FEWEST_TAPS = 4
_OUTLIER = 3.0


class Latencies:
    """Seconds between a device taking a sample and its being heard, by the device's description.

    Args:
        settings: Where they are remembered; None = only as long as this lives.
    """

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings
        self._seconds = {} if settings is None else remembered.latencies(settings)

    def of(self, device: str) -> float:
        """The figure of a device."""
        return min(max(self._seconds.get(device, DEFAULT), LEAST), MOST)

    def is_calibrated(self, device: str) -> bool:
        """Whether somebody has set the figure of a device."""
        return device in self._seconds

    def set(self, device: str, seconds: float | None) -> None:
        """Remember a device's figure; None = the default again."""
        self._seconds.pop(device, None)
        if seconds is not None:
            self._seconds[device] = seconds
        if self._settings is not None:
            remembered.set_latencies(self._settings, self._seconds)


def from_taps(lags: Sequence[float]) -> float | None:
    """The latency that taps in time with a click speak for: their mean without outliers; None while they are too few.

    Args:
        lags: Per tap, seconds from the device taking the click to the tap.
    """
    if len(lags) < _FEWEST_TAPS:
        return None
    values = np.asarray(lags, np.float64)
    distance = np.abs(values - np.median(values))
    kept = values[distance <= _OUTLIER * max(float(np.median(distance)) * 1.4826, 0.005)]
    return float(np.clip(kept.mean(), LEAST, MOST))
