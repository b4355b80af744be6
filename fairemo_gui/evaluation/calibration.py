"""Calibration of one group: Murphy's parts of the Brier score, expected calibration error, reliability bins.

Murphy 1973, A New Vector Partition of the Probability Score: Brier = reliability − resolution + uncertainty, exact
where all forecasts of a bin are equal; the rest lies within the bins (Stephenson, Coelho & Jolliffe 2008) and is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float, ratio
from fairemo_gui.evaluation.ranks import BINS, WIDTH_BINS, Ranks
from fairemo_gui.evaluation.ratios import SCALARS
from fairemo_gui.evaluation.resample import Quantity, Ratios, Term, column

PARTS = ("reliability", "resolution", "uncertainty", "within_bin", "ece", "ece_width")
NEVER_NEGATIVE = ("reliability", "resolution", "ece", "ece_width")


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


def bins_of(sums: Float) -> Bins:
    """Bins from n, Σp and Σt, shape (10, 3)."""
    filled = np.flatnonzero(sums[:, 0] > 0)
    n, p, on = (sums[filled, x] for x in range(3))
    return Bins(tuple(filled.tolist()), n, p / n, on / n)


def reliability_bins(ranks: Ranks, classes: tuple[str, ...]) -> tuple[Bins, dict[str, Bins]]:
    """Bins over all (utterance, class) cells together, and those of each class."""
    per_class = ranks.bins.sum(axis=0)
    return bins_of(ranks.pooled.sum(axis=0)), {name: bins_of(per_class[k]) for k, name in enumerate(classes)}


def quantities(
    ratios: dict[str, Ratios], classes: tuple[str, ...], index: int
) -> dict[tuple[str | int, ...], Quantity]:
    """Murphy's parts and both calibration errors: per class, and their means over classes."""
    found: dict[tuple[str | int, ...], Quantity] = {}
    brier = ratios["class_brier"]
    for k, name in enumerate(classes):
        chosen = slice(k, k + 1), slice(k * BINS, (k + 1) * BINS), slice(k * WIDTH_BINS, (k + 1) * WIDTH_BINS)
        own = {family: ratios[family].columns(chosen[1]) for family in ("bin_gap", "bin_share", "bin_on")}
        parts = _parts(brier.columns(chosen[0]), own, ratios["width_gap"].columns(chosen[2]), 1)
        found["calibration", "per_class", name, "brier"] = column(brier, k, index)
        found |= {("calibration", "per_class", name, part): _quantity(*parts[part], index) for part in PARTS}
    whole = _parts(brier, ratios, ratios["width_gap"], len(classes))
    found |= {("calibration", part): _quantity(*whole[part], index) for part in PARTS}
    found["calibration", "brier"] = column(ratios["scalars"], SCALARS.index("brier"), index)
    found["metrics", "ece"] = found["calibration", "ece"]
    found["metrics", "ece_width"] = found["calibration", "ece_width"]
    return found


def _quantity(value: Float, terms: tuple[Term, ...], index: int) -> Quantity:
    return Quantity(value, ((index, terms),))


def _parts(
    brier: Ratios, bins: dict[str, Ratios], width: Ratios, classes: int
) -> dict[str, tuple[Float, tuple[Term, ...]]]:
    """Value and derivatives of each part, as the mean over the classes whose columns are given."""
    gap, share, on = bins["bin_gap"], bins["bin_share"], bins["bin_on"]
    of_class = on.value.reshape(len(on.value), classes, -1)
    base = np.repeat(of_class.sum(axis=2), of_class.shape[2], axis=1)
    bias, rate = ratio(gap.value, share.value, 0.0), ratio(on.value, share.value, 0.0)
    reliability = (bias * gap.value).sum(axis=1), ((gap, 2 * bias), (share, -(bias**2)))
    resolution = (((rate - base) ** 2) * share.value).sum(axis=1), ((on, 2 * (rate - base)), (share, base**2 - rate**2))
    uncertainty = (on.value * (1 - base)).sum(axis=1), ((on, 1 - 2 * base),)
    ece = np.abs(gap.value).sum(axis=1), ((gap, np.sign(gap.value)),)
    wide = np.abs(width.value).sum(axis=1), ((width, np.sign(width.value)),)
    rest_value = brier.value.sum(axis=1) - reliability[0] + resolution[0] - uncertainty[0]
    rest_slopes = (gap, -2 * bias), (share, bias**2 + base**2 - rate**2), (on, 2 * rate - 1)
    rest = rest_value, ((brier, np.ones_like(brier.value)), *rest_slopes)
    parts: tuple[tuple[Float, tuple[Term, ...]], ...] = (reliability, resolution, uncertainty, rest, ece, wide)
    if classes == 1:
        return dict(zip(PARTS, parts, strict=True))
    return {name: _divided(*part, classes) for name, part in zip(PARTS, parts, strict=True)}


def _divided(value: Float, terms: tuple[Term, ...], by: int) -> tuple[Float, tuple[Term, ...]]:
    return value / by, tuple((ratios, slope / by) for ratios, slope in terms)
