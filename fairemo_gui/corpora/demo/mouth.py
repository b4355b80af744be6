"""The outlines of a mouth in a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.corpora.demo.pose import Pose
from fairemo_gui.corpora.demo.sheet import Points, moved

_X = np.linspace(-1, 1, 25)
_ARCH = 1 - _X**2
_BOW = 0.030 * np.exp(-((np.abs(_X) - 0.24) ** 2) / 0.02) - 0.012 * np.exp(-(_X**2) / 0.006)


@dataclass(frozen=True, slots=True)
class Lips:
    """Outlines and points of a mouth, head units.

    Attributes:
        gap: Height of the opening.
        below: Middle of the shadow under the lower lip.
        shine: Where the lower lip reflects the light.
    """

    gap: float
    outer: Points
    lower_lip: Points
    inner: Points
    inner_upper: Points
    seam: Points
    upper_teeth: Points
    lower_teeth: Points | None
    tongue: Points
    corners: tuple[Points, Points]
    below: Points
    shine: Points


def mouth_shape(pose: Pose, fullness: float, woman: bool, centre: Points) -> Lips:
    """Outlines around `centre`. `fullness` is relative to average lips."""
    half = (0.335 if woman else 0.35) * (1 + pose.wide) * (1 - 0.34 * pose.round)
    thin = 1 - 0.6 * pose.press
    opening = max(0.0, pose.open)
    lift = -0.13 * pose.smile * np.abs(_X) ** 1.7 + 0.03 * pose.smile
    top = lift - (0.30 * opening + 0.065 * pose.lip_up) * _ARCH
    upper = 0.062 * fullness * thin * (1 + 0.3 * pose.round) * _ARCH**0.8 + (_BOW * thin + 0.015 * pose.lip_up) * _ARCH
    bottom = lift + (0.70 * opening + 0.05 * pose.lip_down) * _ARCH**0.75
    lower = 0.098 * fullness * thin * (1 + 0.2 * pose.round) * _ARCH**0.7
    edge = np.minimum(top + 0.085 * _ARCH**0.4, bottom)
    floor = np.maximum(bottom - 0.06 * _ARCH**0.5, edge + 0.012)

    def line(y: Points) -> Points:
        return np.stack([_X * half, y], axis=1) + centre

    def ring(above: Points, under: Points) -> Points:
        return np.concatenate([line(above), line(under)[::-1]])

    sides = tuple(moved(centre, x * half + x * 0.035, lift[0] + 0.005) for x in (-1, 1))
    return Lips(
        gap=float(bottom[12] - top[12]),
        outer=ring(top - upper, bottom + lower),
        lower_lip=ring(bottom, bottom + lower),
        inner=ring(top, bottom),
        inner_upper=line(top),
        seam=line((top + bottom) / 2),
        upper_teeth=ring(top - 0.02, edge),
        lower_teeth=ring(floor, bottom + 0.01) if pose.lip_down > 0.3 else None,
        tongue=moved(centre, 0, bottom[12] + 0.05),
        corners=(sides[0], sides[1]),
        below=moved(centre, 0, (bottom + lower)[12] + 0.075),
        shine=moved(centre, -0.05, bottom[12] + 0.45 * lower[12]),
    )
