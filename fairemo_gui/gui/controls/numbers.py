"""How numbers are written: real minus, signs on differences, intervals without the leading zero, grouped thousands."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QLocale

MINUS = "−"
ABSENT = "–"


def rate(value: float | None, digits: int = 3) -> str:
    """A rate or score: `0.651`; a dash where there is none."""
    if value is None or math.isnan(value):
        return ABSENT
    return f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float | None, digits: int = 3) -> str:
    """A difference: `+0.013`, `−0.033`, and `0.000` without a sign where it rounds to zero."""
    if value is None or math.isnan(value):
        return ABSENT
    if round(value, digits) == 0:
        return f"{0:.{digits}f}"
    return f"{value:+.{digits}f}".replace("-", MINUS)


def interval(low: float | None, high: float | None, digits: int = 3, sign: bool = False) -> str:
    """An interval: `[.022, .053]`, with signs `[−.13, +.03]`; empty where there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    write = signed if sign else rate
    return f"[{_short(write(low, digits))}, {_short(write(high, digits))}]"


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


def _short(text: str) -> str:
    lead = text[: -len(text.lstrip("+" + MINUS))] if text[:1] in {"+", MINUS} else ""
    rest = text[len(lead) :]
    return lead + (rest[1:] if rest.startswith("0.") else rest)


def _locale() -> QLocale:
    return _grouping(QLocale().name())


@lru_cache(maxsize=4)
def _grouping(name: str) -> QLocale:
    """The locale of a name; the C locale, which groups nothing, gives way to English."""
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates) if name == "C" else QLocale(name)
