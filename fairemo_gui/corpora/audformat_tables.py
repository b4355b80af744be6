"""What the tables of an audformat database say, place by place, still in the words they use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from fairemo_gui.core.records import Condition, Problem
from fairemo_gui.core.splits import TRAIN, VALIDATION
from fairemo_gui.corpora.audformat_files import END, FILE, START, Column, Header, TableHead, read_rows
from fairemo_gui.corpora.folder import safe_relative
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import Row, Table
from fairemo_gui.corpora.values import CellError, whole_number_of

EMOTION: Final = "emotion"
VOTES: Final = "votes"
"""Scheme of columns that count votes, one column per class."""
DIMENSIONS: Final = ("activation", "valence", "dominance")
PERSON: Final = ("gender", "age", "race", "ethnicity")
_ROLES: Final = {
    EMOTION: EMOTION,
    **{name: name for name in (*DIMENSIONS, "speaker", *PERSON)},
    "arousal": "activation",
    "sex": "gender",
    **dict.fromkeys(("transcript", "transcription", "text"), "transcript"),
    **{name: name for name in ("utterance_id", "dialogue", "turn", "split", "fold", "video", "defect")},
}
_JUDGED = (EMOTION, *DIMENSIONS)
_NAMING = (*_JUDGED, VOTES, "utterance_id")
_SPLITS = {"train": TRAIN, "dev": VALIDATION}
# A column whose rater is of another type (a vote, the truth) gives a label and no rating.
_RATED = ("human", "machine", "other")
_CLOCK = re.compile(r"(?:(\d{1,5}) days? )?(\d{1,2}):(\d\d):(\d\d(?:\.\d{1,9})?)", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,25})?(?:e-\d{1,2})?) ?s", re.ASCII)
_LONGEST = 7 * 24 * 3600.0
_MOST_VOTES = 1_000_000
# File, start and end in seconds; None = from its beginning, to its end.
Place: TypeAlias = tuple[str, float | None, float | None]
Words: TypeAlias = dict[str, str]


@dataclass(slots=True)
class Gathered:
    """What the tables say.

    Attributes:
        named: Places that are utterances, and the table and line that first name them.
        said: Per place what is said of it as a whole, by role; a file's own place speaks for its segments too.
        labels: Per place and condition (None = none is named) judgements that are no single rater's.
        answers: Per place, condition and rater the judgements of a single one.
        votes: Per place and condition votes already counted, by class.
        sources: Per condition the table its labels and votes were first met in.
        disagreements: Per role how often a table says otherwise than one before; the first is taken.
    """

    named: dict[Place, tuple[str, int]] = field(default_factory=dict)
    said: dict[Place, Words] = field(default_factory=lambda: defaultdict(dict))
    labels: dict[tuple[Place, Condition | None], Words] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[tuple[Place, Condition | None, str], Words] = field(default_factory=lambda: defaultdict(dict))
    votes: dict[tuple[Place, Condition | None], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sources: dict[Condition | None, str] = field(default_factory=dict)
    disagreements: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def say(self, where: Words, role: str, text: str) -> None:
        """Note a value; the first one stays where tables differ."""
        if where.setdefault(role, text) != text:
            self.disagreements[role] += 1


def gather(root: Path, header: Header, check: Callable[[], None]) -> Gathered:
    """Read every table that holds something this program knows.

    Raises:
        UserError: A table is missing, a pickle alone, or cannot be read.
    """
    found = Gathered()
    for name, head in header.tables.items():
        roles = {column: role for column, each in head.columns.items() if (role := role_of(column, each)) is not None}
        if roles or head.split:
            _TableReader(root, header, name, roles, found).read(check)
    return found


def role_of(name: str, column: Column) -> str | None:
    """What a column holds, by its scheme or else by its own name; None where this program has no place for it."""
    if column.scheme == VOTES:
        return VOTES
    return _ROLES.get((column.scheme or "").casefold()) or _ROLES.get(name.casefold())


def place_of(row: Row, levels: tuple[str, ...], root: Path) -> Place:
    """The place a row speaks of.

    Raises:
        CellError: The file leads out of the database, or the times are impossible.
    """
    file = safe_relative(row.get(FILE), root)
    if file is None:
        raise CellError(f"the file {quoted(row.get(FILE))} is empty or leads out of {root.name}; write it relative")
    if START not in levels:
        return file, None, None
    start, end = seconds_of(row.get(START)), seconds_of(row.get(END))
    if end is not None and end <= (start or 0.0):
        raise CellError(f"it ends at {end:g} s, which is not after its start at {start or 0.0:g} s")
    return file, (start if start or end is not None else None), end


def seconds_of(text: str) -> float | None:
    """A time as audformat writes it (`0 days 00:00:01.5`) or with its unit (`1.5s`); None where there is none.

    Raises:
        CellError: It is no time, negative, or longer than a week.
    """
    if text in ("", "NaT"):
        return None
    clock, plain = _CLOCK.fullmatch(text), _SECONDS.fullmatch(text)
    if clock is not None:
        days, hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        value = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    elif plain is not None:
        value = float(plain[1])
    else:
        raise CellError(f"{quoted(text)} is no time; write it as 0 days 00:00:01.5")
    if value > _LONGEST:
        raise CellError(f"the time {quoted(text)} is longer than a week")
    return value


def condition_in(name: str) -> Condition | None:
    """The condition the name of a table holds between its dots, as `emotion.voice.votes`."""
    parts = name.casefold().split(".")
    return next((condition for condition in Condition if condition.value in parts), None)


class _TableReader:
    """Reads one table into what was gathered."""

    def __init__(self, root: Path, header: Header, name: str, roles: dict[str, str], found: Gathered) -> None:
        self._root, self._header, self._name, self._roles, self._found = root, header, name, roles, found
        self._head: TableHead = header.tables[name]
        self._condition = condition_in(name)
        self._names = any(role in _NAMING for role in roles.values())
        self._lines: dict[Place, int] = {}

    def read(self, check: Callable[[], None]) -> None:
        table = read_rows(self._root, self._header, self._name, check)
        self._found.problems += table.problems
        beside = [name for name in table.columns if name not in self._head.known]
        if beside:
            what = f"has columns the header does not name, which are not used: {listed(map(quoted, beside))}"
            self._found.problems.append(Problem(table.name, 1, what))
        for row in table.rows:
            check()
            try:
                self._row(table, row)
            except CellError as error:
                self._found.problems.append(Problem(table.name, row.line, str(error), fatal=True))

    def _row(self, table: Table, row: Row) -> None:
        """One row; nothing of a bad one is taken."""
        place = place_of(row, self._head.levels, self._root)
        if place in self._lines:
            raise CellError(f"{place[0]} stands already on line {self._lines[place]}")
        self._lines[place] = row.line
        cells = [(column, role, row.get(column)) for column, role in self._roles.items() if row.get(column)]
        for column, role, text in cells:
            self._check(column, role, text)
        if self._names:
            self._found.named.setdefault(place, (table.name, row.line))
        if self._head.split:
            self._found.say(self._found.said[place], "split", _SPLITS.get(self._head.split, self._head.split))
        for column, role, text in cells:
            self._take(table.name, place, column, role, text)

    def _check(self, column: str, role: str, text: str) -> None:
        """A value must be one its scheme allows; the package itself would drop others without a word."""
        scheme = self._header.schemes.get(self._head.columns[column].scheme or "")
        if scheme is not None and scheme.labels and text not in scheme.labels:
            raise CellError(f"{quoted(text)} in “{column}” is none of the labels of its scheme; correct one of them")
        if role == VOTES:
            whole_number_of(text, f"the number of votes in “{column}”", 0, _MOST_VOTES)

    def _take(self, source: str, place: Place, column: str, role: str, text: str) -> None:
        found, rater = self._found, self._head.columns[column].rater
        if role == VOTES:
            found.sources.setdefault(self._condition, source)
            found.votes[place, self._condition][column] += int(float(text))
        elif role not in _JUDGED:
            found.say(found.said[place], role, text)
        elif rater is not None and self._header.raters.get(rater) in _RATED:
            found.say(found.answers[place, self._condition, rater], role, text)
        else:
            found.sources.setdefault(self._condition, source)
            found.say(found.labels[place, self._condition], role, text)


def people_in(root: Path, header: Header, problems: list[Problem], check: Callable[[], None]) -> dict[str, Words]:
    """Gender, age, race and ethnicity per speaker, from the labels of their scheme or the table it refers to."""
    schemes = {
        column.scheme
        for head in header.tables.values()
        for name, column in head.columns.items()
        if role_of(name, column) == "speaker" and column.scheme in header.schemes
    }
    people: dict[str, Words] = {}
    for name in sorted(filter(None, schemes)):
        scheme = header.schemes[name]
        people.update({label: _person(said) for label, said in scheme.labels.items()})
        if scheme.table in header.misc:
            table = read_rows(root, header, scheme.table, check)
            problems += table.problems
            level = header.misc[scheme.table].levels[0]
            people.update({row.get(level): _checked(_person(row.cells), table, row, problems) for row in table.rows})
    return people


def _person(said: Words) -> Words:
    """What is said of a speaker, by role."""
    roles = ((_ROLES.get(name.casefold()), text) for name, text in said.items())
    return {role: text for role, text in roles if role in PERSON and text}


def _checked(person: Words, table: Table, row: Row, problems: list[Problem]) -> Words:
    """The same, without an impossible age."""
    try:
        whole_number_of(person.get("age", ""), "age", 0, 120)
    except CellError as error:
        problems.append(Problem(table.name, row.line, str(error), fatal=True))
        return {role: text for role, text in person.items() if role != "age"}
    return person
