"""How numbers are written: a real minus, signs on differences, and enough decimals that none contradicts itself."""

from __future__ import annotations

import math

MINUS = "−"
ABSENT = "–"
_MOST_DIGITS = 6


def rate(value: float | None, digits: int = 3) -> str:
    """A rate or score: `0.651`; a dash where there is none."""
    if value is None or math.isnan(value):
        return ABSENT
    if round(value, digits) == 0:
        return f"{0:.{digits}f}"
    return f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float | None, digits: int = 3) -> str:
    """A difference: `+0.013`, `−0.033`, and `0.000` without a sign where it rounds to zero."""
    text = rate(value, digits)
    return f"+{text}" if value is not None and value > 0 and round(value, digits) else text


def short(text: str) -> str:
    """A number as written, without the zero before its point: `.712`, `−.021`, `1.000`."""
    sign = text[:1] if text[:1] in {"+", MINUS} else ""
    rest = text[len(sign) :]
    return sign + (rest[1:] if rest.startswith("0.") else rest)


def interval(low: float | None, high: float | None, digits: int = 3, sign: bool = False) -> str:
    """An interval: `[.022, .053]`, with signs `[−.13, +.03]`; empty where there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    write = signed if sign else rate
    return f"[{short(write(low, digits))}, {short(write(high, digits))}]"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 rating`, `1,200 ratings`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def digits_of(difference: float, low: float | None, high: float | None, digits: int = 3) -> int:
    """The decimals a difference is written with: more where it would read as 0 although its interval excludes 0.

    Args:
        difference: The difference.
        low: Lower end of its interval; None or NaN = there is none.
        high: Upper end.
        digits: The usual number of decimals.
    """
    if low is None or high is None or not (low > 0 or high < 0):
        return digits
    while digits < _MOST_DIGITS and round(difference, digits) == 0:
        digits += 1
    return digits
