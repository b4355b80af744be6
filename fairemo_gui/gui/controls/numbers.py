"""How numbers are written: real minus, signs on differences, intervals without the leading zero, grouped thousands."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QLocale

from fairemo_gui.core.numbers import ABSENT, MINUS, digits_of, interval, rate, signed

__all__ = [
    "ABSENT", "MINUS", "count", "counted", "digits_of", "interval", "percentage_points", "probability", "rate",
    "signed",
]  # fmt: skip


def percentage_points(share: float, digits: int = 0) -> str:
    """A difference of shares in whole percentage points: `+20`, `−3`, `0`."""
    return signed(share * 100, digits)


def count(number: int) -> str:
    """A whole number with the locale's thousands separator."""
    return _locale().toString(number)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 speaker`, `43 speakers`."""
    return f"{count(number)} {one if number == 1 else many}"


def probability(p: float | None) -> str:
    """A p-value: `0.007`, `<.001`."""
    if p is None or math.isnan(p):
        return ABSENT
    return "<.001" if p < 0.001 else f"{p:.3f}"


def _locale() -> QLocale:
    return _grouping(QLocale().name())


@lru_cache(maxsize=4)
def _grouping(name: str) -> QLocale:
    """The locale of a name; the C locale, which groups nothing, gives way to English."""
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates) if name == "C" else QLocale(name)
