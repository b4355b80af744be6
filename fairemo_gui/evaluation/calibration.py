"""Calibration of one group: Murphy's parts of the Brier score, expected calibration error, reliability bins.

Murphy 1973, A New Vector Partition of the Probability Score: Brier = reliability − resolution + uncertainty, exact
where all forecasts of a bin are equal; the rest lies within the bins (Stephenson, Coelho & Jolliffe 2008) and is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, ratio
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.ratios import SCALARS
from fairemo_gui.evaluation.resample import Ratios, Resampled, Term

# What each part can be.
_BOUNDS: Mapping[str, dict[str, Any]] = {
    "reliability": {"edge": True},
    "resolution": {"edge": True},
    "uncertainty": {"high": 0.25},
    "within_bin": {"low": -1.0},
    "ece": {"edge": True},
    "ece_width": {"edge": True},
}
# Shown among the metrics too.
_METRICS = ("ece", "ece_width")


@dataclass(frozen=True, eq=False)
class Bins:
    """Reliability bins, empty ones left out: size, mean probability and observed rate, each of shape (≤ 10,)."""

    places: tuple[int, ...]
    n: Float
    mean_p: Float
    observed: Float

    def to_json(self) -> list[dict[str, float]]:
        """One object per bin."""
        columns = zip(self.n.tolist(), self.mean_p.tolist(), self.observed.tolist(), strict=True)
        return [{"n": int(n), "mean_p": p, "observed": rate} for n, p, rate in columns]


def bins_of(sums: Float) -> list[Bins]:
    """Bins from n, Σp and Σt, shape (m, 10, 3): one entry for each of the m."""
    n, mean_p, observed = sums[..., 0], ratio(sums[..., 1], sums[..., 0]), ratio(sums[..., 2], sums[..., 0])
    every, found = tuple(range(n.shape[1])), []
    for k, full in enumerate(np.all(n > 0, axis=1).tolist()):
        at = every if full else tuple(np.flatnonzero(n[k]).tolist())
        chosen = slice(None) if full else list(at)
        found.append(Bins(at, n[k, chosen], mean_p[k, chosen], observed[k, chosen]))
    return found


def blocks(ratios: dict[str, Ratios], classes: tuple[str, ...], resampled: Resampled, errors: bool) -> list[Block]:
    """Murphy's parts and both calibration errors: per class, and their means over classes."""
    forecast = _forecast(ratios, len(classes))
    variances = _variances(ratios, forecast, resampled) if errors else {}
    found = _brier(ratios, classes, resampled, errors)
    for part, values in _values(ratios, forecast).items():
        paths: list[Path] = [("calibration", "per_class", name, part) for name in classes]
        paths += [("calibration", part), *([("metrics", part)] if part in _METRICS else [])]
        # The mean stands last, once for each place it is shown at.
        columns = [*range(len(classes)), *[len(classes)] * (len(paths) - len(classes))]
        value = np.column_stack([values, values.mean(axis=1)])[:, columns]
        found.append(Block(paths, value, variances[part][:, columns] if errors else None, **_BOUNDS[part]))
    return found


def _brier(ratios: dict[str, Ratios], classes: tuple[str, ...], resampled: Resampled, errors: bool) -> list[Block]:
    """The whole that the parts add up to."""
    place = SCALARS.index("brier")
    whole: list[tuple[Ratios, list[Path]]] = [
        (ratios["class_brier"], [("calibration", "per_class", name, "brier") for name in classes]),
        (ratios["scalars"].columns(slice(place, place + 1)), [("calibration", "brier")]),
    ]
    return [Block(paths, found.value, resampled.variance(found) if errors else None) for found, paths in whole]


def _by_class(values: Float, classes: int) -> Float:
    """Columns that lie class after class, shape (R, C, columns of one class)."""
    return values.reshape(len(values), classes, -1)


@dataclass(frozen=True, eq=False)
class _Forecast:
    """Per class and bin how far the forecast is off and the observed rate, shape (R, C, 10); the class's own rate."""

    bias: Float
    rate: Float
    base: Float


def _forecast(ratios: dict[str, Ratios], classes: int) -> _Forecast:
    gap, share, on = (_by_class(ratios[name].value, classes) for name in ("bin_gap", "bin_share", "bin_on"))
    return _Forecast(ratio(gap, share, 0.0), ratio(on, share, 0.0), on.sum(axis=2, keepdims=True))


def _values(ratios: dict[str, Ratios], of: _Forecast) -> dict[str, Float]:
    """Each part of each class, shape (R, C)."""
    classes = of.bias.shape[1]
    gap, share, on = (_by_class(ratios[name].value, classes) for name in ("bin_gap", "bin_share", "bin_on"))
    reliability = (of.bias * gap).sum(axis=2)
    resolution = ((of.rate - of.base) ** 2 * share).sum(axis=2)
    uncertainty = (on * (1 - of.base)).sum(axis=2)
    return {
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within_bin": ratios["class_brier"].value - reliability + resolution - uncertainty,
        "ece": np.abs(gap).sum(axis=2),
        "ece_width": np.abs(_by_class(ratios["width_gap"].value, classes)).sum(axis=2),
    }


def _variances(ratios: dict[str, Ratios], of: _Forecast, resampled: Resampled) -> dict[str, Float]:
    """Variance of each part of each class, and of its mean over classes, shape (R, C + 1)."""
    classes = of.bias.shape[1]
    columns: dict[str, list[Float]] = {part: [] for part in _BOUNDS}
    sums: dict[str, Float] = {}
    for k in range(classes):
        for part, pull in _pulls(ratios, of, k, resampled).items():
            columns[part].append(resampled.variance_of(pull))
            sums[part] = sums[part] + pull if k else pull
    return {
        part: np.column_stack([*found, resampled.variance_of(sums[part] / classes)]) for part, found in columns.items()
    }


def _pulls(ratios: dict[str, Ratios], of: _Forecast, k: int, resampled: Resampled) -> dict[str, Float]:
    """How hard each unit pulls on each part of one class, shape (R, S)."""
    many = of.bias.shape[1]
    gap, share, on, width, brier = (
        ratios[name].columns(slice(k * wide, (k + 1) * wide))
        for name in ("bin_gap", "bin_share", "bin_on", "width_gap", "class_brier")
        for wide in (ratios[name].value.shape[1] // many,)
    )
    bias, rate, base = of.bias[:, k], of.rate[:, k], of.base[:, k]
    terms: dict[str, tuple[Term, ...]] = {
        "reliability": ((gap, 2 * bias), (share, -(bias**2))),
        "resolution": ((on, 2 * (rate - base)), (share, base**2 - rate**2)),
        "uncertainty": ((on, np.broadcast_to(1 - 2 * base, rate.shape)),),
        "ece": ((gap, np.sign(gap.value)),),
        "ece_width": ((width, np.sign(width.value)),),
    }
    pulls = {part: resampled.influence(each) for part, each in terms.items()}
    whole = resampled.influence(((brier, np.ones_like(brier.value)),))
    pulls["within_bin"] = whole - pulls["reliability"] + pulls["resolution"] - pulls["uncertainty"]
    return pulls
