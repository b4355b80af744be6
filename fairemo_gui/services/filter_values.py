"""Values in a filter: emotions apart, what a word stands for, and what is said where it stands for nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence

import numpy as np
from lark import Token

from fairemo_gui.errors import UserError
from fairemo_gui.services.filter_columns import Categories, Mask
from fairemo_gui.services.filter_grammar import FilterError

UNKNOWN = "unknown"
_AGES: tuple[tuple[str, Callable[..., tuple[float, float]]], ...] = (
    (r"(\d+)", lambda age: (age, age)),
    (r"(\d+)-(\d+)", lambda low, high: (low, high)),
    (r"<(\d+)", lambda high: (-np.inf, high - 1)),
    (r"(\d+)\+", lambda low: (low, np.inf)),
    (r">(\d+)", lambda low: (low + 1, np.inf)),
)


def bad(token: Token, sentence: str) -> FilterError:
    """What is wrong with a word of a filter."""
    start = token.start_pos or 0
    end = "" if sentence.endswith("?") else "."
    return FilterError(f"Position {start + 1}: {sentence}{end}", start, len(token))


def explained(token: Token, mask: Callable[[], Mask]) -> Mask:
    """A mask.

    Raises:
        FilterError: What is wrong with the word the mask was to be made from.
    """
    try:
        return mask()
    except UserError as error:
        raise bad(token, str(error)) from None


def plain(token: Token) -> str:
    """A word without the quotation marks it may stand in."""
    return token[1:-1].replace('""', '"') if token.type == "STRING" else str(token)


def number(token: Token, example: str) -> float:
    """A number.

    Raises:
        FilterError: It is none; `example` shows one.
    """
    try:
        return float(plain(token))
    except ValueError:
        raise bad(token, f"“{plain(token)}” is not a number: write for example {example}") from None


def among(column: Categories, value: Token, stands_for: str | None = None) -> Mask:
    """Rows of a column that hold a value, whatever its case; shape (n,).

    Raises:
        FilterError: The corpus does not have it.
    """
    text = stands_for or plain(value)
    if text.lower() == UNKNOWN and not (value.type == "STRING" and text in column.values):
        return column.rows_of([False] * len(column.values), unknown=True)
    # As it is written where two values differ in their case alone.
    wanted = [text == each for each in column.values]
    if not any(wanted):
        text = text.lower()
        wanted = [text == each.lower() for each in column.values]
    if not any(wanted) and not stands_for:
        raise unknown(value, text, column.values)
    return column.rows_of(wanted)


def unknown(token: Token, text: str, values: Sequence[str]) -> FilterError:
    """There is no such value: the nearest there is, or some of them."""
    near = difflib.get_close_matches(text.lower(), [each.lower() for each in values], 1)
    hint = f"did you mean “{near[0]}”?" if near else _listing(values)
    return bad(token, f"there is no “{text}” in this corpus: {hint}")


def _listing(values: Sequence[str], most: int = 6) -> str:
    if not values:
        return "it says nothing of this kind"
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return f"it has {', '.join(values[:most])}{more}"


def age_bounds(value: Token) -> tuple[float, float]:
    """The years that `31`, `30-49`, `<30`, `50+` or `>49` stand for.

    Raises:
        FilterError: It is no age.
    """
    text = plain(value).replace("–", "-")
    for pattern, bounds in _AGES:
        if match := re.fullmatch(pattern, text):
            return bounds(*(float(part) for part in match.groups()))
    raise bad(value, f"“{text}” is not an age: write 31, 30-49, <30, 50+ or unknown")


def bounds_of(value: Token, name: str) -> tuple[float, float]:
    """The two numbers of a range, as `0.2-0.4`.

    Raises:
        FilterError: It is no range.
    """
    match = re.fullmatch(r"([\d.]+)[-–]([\d.]+)", plain(value))
    if match is None:
        example = f"{name}:{'1.5-3' if name == 'duration' else '0.2-0.4'}"
        raise bad(value, f"“{plain(value)}” is not a range: write for example {example}")
    low, high = (number(Token("WORD", part, start_pos=value.start_pos), f"{name}:0.2-0.4") for part in match.groups())
    return low, high
