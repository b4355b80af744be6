"""Who speaks, gathered from the rows of a table: one value per person and attribute, every disagreement said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from fairemo_gui.core.records import Speaker
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import Table
from fairemo_gui.corpora.values import Cells, gender_of

_ATTRIBUTES = ("gender", "age", "race", "ethnicity")
_NOBODY = "unknown"


class People:
    """The speakers of a table of utterances.

    A speaker whose rows disagree about an attribute, or of whose rows only some give it, has it unknown: a guess would
    move figures between groups. Words that are neither female nor male form no group; they are kept as written.

    Args:
        table: The table the rows come from.
    """

    def __init__(self, table: Table) -> None:
        self._table = table.name
        self._has_gender = "gender" in table.columns
        # Per speaker and attribute: the value as written, and the line on which it is first met.
        self._met: dict[str, dict[str, dict[str, int]]] = {}
        self._rows_per_gender: Counter[str] = Counter()
        self._nameless = 0

    def add(self, cells: Cells, line: int) -> None:
        """Take note of a row's speaker."""
        code, gender = speaker_code(cells), cells.text("gender")
        self._nameless += not cells.text("speaker")
        met = self._met.setdefault(code, defaultdict(dict))
        for attribute in _ATTRIBUTES:
            met[attribute].setdefault(_plain(attribute, cells.text(attribute)), line)
        self._rows_per_gender[gender_of(gender) or gender] += 1

    def speakers(self) -> tuple[Speaker, ...]:
        """Everybody, in the order of the table."""
        return tuple(self._speaker(code) for code in self._met)

    def genders_as_written(self) -> dict[str, str]:
        """Per speaker the word for gender that is neither female nor male."""
        written = {code: self._value(code, "gender") for code in self._met}
        return {code: word for code, word in written.items() if word and gender_of(word) is None}

    def warnings(self) -> Iterator[str]:
        """What is worth knowing about the speakers."""
        if self._nameless:
            yield f"{self._table}: rows that name no speaker ({self._nameless}) are kept together as if it were one."
        if not self._has_gender:
            yield f"{self._table}: there is no column “gender”; nothing can be said by gender."
        elif self._unclear():
            counts = ", ".join(f"{quoted(word) if word else 'empty'} {n}" for word, n in self._rows_per_gender.items())
            yield (
                f"{self._table}: gender by rows: {counts}; only female and male form groups, "
                "the others are counted as unknown."
            )
        for attribute in _ATTRIBUTES:
            yield from self._disagreements(attribute)

    def _unclear(self) -> bool:
        return any(gender_of(word) is None for word in self._rows_per_gender)

    def _disagreements(self, attribute: str) -> Iterator[str]:
        """Speakers of whom the rows say different things."""
        several = {code: met[attribute] for code, met in self._met.items() if len(met[attribute]) > 1}
        named = {code: values for code, values in several.items() if code.split()[0] != _NOBODY}
        said = (f"{quoted(code)} ({_sayings(values)})" for code, values in named.items())
        if named:
            yield (
                f"{self._table}: the rows disagree about the {attribute} of {listed(said)}; "
                "it is counted as unknown until they agree."
            )

    def _speaker(self, code: str) -> Speaker:
        age = self._value(code, "age")
        return Speaker(
            code,
            gender_of(self._value(code, "gender")),
            int(float(age)) if age else None,
            self._value(code, "race") or None,
            self._value(code, "ethnicity") or None,
        )

    def _value(self, code: str, attribute: str) -> str:
        """The one value of an attribute; empty where there is none or more than one."""
        values = list(self._met[code][attribute])
        return values[0] if len(values) == 1 else ""


def speaker_code(cells: Cells) -> str:
    """Code of a row's speaker.

    Rows that name nobody are kept together (by gender, if they give one), so that no split can part what may be one
    person.
    """
    named, gender = cells.text("speaker"), gender_of(cells.text("gender"))
    return named or (f"{_NOBODY} {gender}" if gender else _NOBODY)


def _sayings(values: dict[str, int]) -> str:
    """Values with the line on which each is first met."""
    return ", ".join(f"{quoted(value) if value else 'nothing'} on line {line}" for value, line in values.items())


def _plain(attribute: str, text: str) -> str:
    """A value such that two spellings of the same are the same."""
    return (gender_of(text) or text.casefold()) if attribute == "gender" else text
