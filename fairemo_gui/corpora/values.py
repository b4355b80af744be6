"""Reading the cells of a table: numbers, genders, emotions. Each says what is wrong instead of guessing."""

from __future__ import annotations

import math
from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar

from fairemo_gui.core.emotions import EmotionScheme, canonical_emotion
from fairemo_gui.core.records import Condition, Gender
from fairemo_gui.corpora.report import quoted
from fairemo_gui.corpora.table import Row

Value = TypeVar("Value")

_GENDERS = {
    **dict.fromkeys(("f", "female", "w", "woman", "weiblich"), Gender.FEMALE),
    **dict.fromkeys(("m", "male", "man", "männlich"), Gender.MALE),
}
_CONDITIONS = {
    **dict.fromkeys(("voice", "audio", "audio-only", "1"), Condition.VOICE),
    **dict.fromkeys(("face", "video", "video-only", "2"), Condition.FACE),
    **dict.fromkeys(("av", "audio-visual", "audiovisual", "both", "3"), Condition.AV),
}
# A float in full has 24 signs.
_LONGEST_NUMBER = 60
_TRUTHS = dict.fromkeys(("", "0", "no", "false"), False) | dict.fromkeys(("1", "yes", "true"), True)


class CellError(ValueError):
    """A cell that cannot be understood; the message says why, ready to stand after file and line."""


def gender_of(text: str) -> Gender | None:
    """The gender in the program's two values; None for an empty cell and for every other word."""
    return _GENDERS.get(text.strip().casefold())


def condition_of(text: str) -> Condition:
    """The rating condition, in CREMA-D's numbers too.

    Raises:
        CellError: It is none.
    """
    found = _CONDITIONS.get(text.casefold())
    if found is None:
        raise CellError(f"{quoted(text)} is no condition; write voice, face or av")
    return found


def truth_of(text: str) -> bool:
    """Yes or no; an empty cell is no.

    Raises:
        CellError: It is neither.
    """
    if text.casefold() not in _TRUTHS:
        raise CellError(f"{quoted(text)} is neither yes nor no; write 1 or 0")
    return _TRUTHS[text.casefold()]


def emotion_of(text: str, scheme: EmotionScheme) -> str:
    """The canonical name of an emotion of the scheme.

    Raises:
        CellError: The cell is empty, or its emotion is unknown or not in the scheme.
    """
    if not text:
        raise CellError("the emotion is empty; an empty cell is not neutral")
    name = canonical_emotion(text) or text.casefold()
    if name in scheme.classes:
        return name
    close = get_close_matches(name, scheme.classes, n=1)
    hint = f"did you mean {close[0]}?" if close else f"{scheme.name} has {', '.join(scheme.classes)}"
    raise CellError(f"{quoted(text)} is no emotion of this corpus; {hint}")


def number_of(text: str, what: str, low: float, high: float, decimal_comma: bool = False) -> float | None:
    """A finite number in a range; None for an empty cell.

    Raises:
        CellError: It is no number, not finite, or out of range.
    """
    if not text:
        return None
    try:
        value = float(text.replace(",", ".") if decimal_comma else text) if len(text) <= _LONGEST_NUMBER else None
    except ValueError:
        value = None
    if value is None:
        raise CellError(f"{what} is {quoted(text)}, which is no number")
    if not math.isfinite(value):
        raise CellError(f"{what} is {quoted(text)}, which is no finite number")
    if not low <= value <= high:
        raise CellError(f"{what} is {text}, which is outside {low:g} to {high:g}")
    return value


def whole_number_of(text: str, what: str, low: int, high: int) -> int | None:
    """A whole number in a range, exactly; None for an empty cell. `10.0`, as some programs write it, is 10.

    Raises:
        CellError: It is no whole number or out of range.
    """
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 16:
        value = float(text)
    else:
        found = number_of(text, what, -1e15, 1e15)
        value = found if found is not None else math.nan
    if not value.is_integer():
        raise CellError(f"{what} is {quoted(text)}, which is no whole number")
    if not low <= value <= high:
        raise CellError(f"{what} is {text}, which is outside {low} to {high}")
    return int(value)


class Cells:
    """Reads the cells of one row and remembers everything that is wrong with them.

    Args:
        row: The row.
        decimal_comma: Whether numbers may be written `0,5`.

    Attributes:
        wrong: What is wrong so far.
    """

    def __init__(self, row: Row, decimal_comma: bool = False) -> None:
        self._cells = row.cells
        self._decimal_comma = decimal_comma
        self.wrong: list[str] = []

    def text(self, column: str) -> str:
        """A cell as it stands; empty where the table has no such column."""
        return self._cells.get(column, "")

    def read(self, read: Callable[[str], Value], column: str, otherwise: Value) -> Value:
        """A cell through a reader; `otherwise` where the reader refuses it."""
        try:
            return read(self._cells.get(column, ""))
        except CellError as error:
            self.wrong.append(str(error))
            return otherwise

    def number(self, column: str, low: float, high: float) -> float | None:
        """A finite number in a range; None where the cell is empty or wrong."""
        if not self.text(column):
            return None
        return self.read(lambda text: number_of(text, column, low, high, self._decimal_comma), column, None)

    def whole(self, column: str, low: int, high: int) -> int | None:
        """A whole number in a range; None where the cell is empty or wrong."""
        if not self.text(column):
            return None
        return self.read(lambda text: whole_number_of(text, column, low, high), column, None)

    def finish(self) -> None:
        """Refuse the row if anything was wrong.

        Raises:
            CellError: All that was wrong, in one sentence.
        """
        if self.wrong:
            raise CellError("; ".join(self.wrong))
