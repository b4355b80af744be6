"""Numbers of one kind, where they stand in the result, and what they can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairemo_gui.evaluation.arrays import Float, Int

Path = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Block:
    """Numbers of one kind under R weightings.

    Attributes:
        paths: Where each of the J numbers stands in the result.
        value: Shape (R, J).
        variance: Shape (R, J); None where it was not asked for.
        low: Least possible value.
        high: Greatest possible value.
        edge: The numbers cannot fall below 0 by construction (gaps, magnitudes, calibration errors).
        freedom: Degrees of freedom of each number's standard error, shape (J,); None = those of all units.
    """

    paths: Sequence[Path]
    value: Float
    variance: Float | None
    low: float = 0.0
    high: float = 1.0
    edge: bool = False
    freedom: Int | None = None
