"""Reading CSV tables that people made: every bad line named, nothing guessed in silence."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fairemo_gui.core.records import Problem
from fairemo_gui.core.spreadsheet import restored
from fairemo_gui.corpora.plain_text import AS_WINDOWS, as_windows
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.errors import UserError

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LONGEST_CELL = 1_000_000
# A table of a quarter of a million utterances is about 40 MB; ten times that is no table of ours.
_LARGEST = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        line: Line in the file on which the row begins; the header is line 1.
        cells: Cell per column, stripped of spaces around it; what stands there to keep spreadsheets from running a
            formula is taken away.
    """

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """A cell, empty where the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read.

    Attributes:
        name: File name, for messages.
        columns: Names of the columns; a known one is spelled as the program spells it.
        rows: The rows that could be read.
        problems: The lines that could not.
        warnings: Oddities that were recognised, such as semicolons.
        decimal_comma: Whether numbers may be written `0,5`: so where semicolons stand between the columns.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    decimal_comma: bool = False

    def need(self, columns: Sequence[str], hint: str = "") -> None:
        """Refuse a table that lacks columns, naming all of them.

        Raises:
            UserError: Columns are missing.
        """
        missing = [name for name in columns if name not in self.columns]
        if not missing:
            return
        what = "column" if len(missing) == 1 else "columns"
        names = " and ".join(f"“{name}”" for name in missing)
        it = "it" if len(missing) == 1 else "them"
        raise UserError(
            f"{self.name}, line 1: the {what} {names} {'is' if len(missing) == 1 else 'are'} missing: add {it}.{hint}",
            [f"{self.name}, line 1: no column “{name}”" for name in missing],
        )


def read_table(
    path: Path, known: Sequence[str], check: Callable[[], None] = lambda: None, windows: bool = False
) -> Table:
    """Read a UTF-8 table with a header, commas, semicolons or tabs between the columns, and any line ends.

    Lines with bytes that are no UTF-8 and lines with too many or too few cells are problems, not guesses.

    Args:
        path: The table.
        known: Columns the caller understands; they are found whatever their letter case.
        check: Called at every row; may raise to stop.
        windows: The corpus is known to hold bytes of Windows-1252: they are read as such, with a warning.

    Raises:
        UserError: The file is missing, too large, empty, no table at all, or names a column twice.
    """
    text = text_of(path)
    text, foreign = as_windows(text) if windows else (text, False)
    table = table_in(text, path.name, known, check)
    return replace(table, warnings=(*table.warnings, f"{path.name} {AS_WINDOWS}.")) if foreign else table


def table_in(text: str, name: str, known: Sequence[str], check: Callable[[], None] = lambda: None) -> Table:
    """The table in a text; see `read_table`.

    Raises:
        UserError: The text is empty, no table at all, or names a column twice.
    """
    delimiter = _delimiter_of(text, known)
    lines = _lines(text, delimiter, name)
    first = next(lines, None)
    if first is None:
        raise UserError(f"{name} is empty: give a table with a header and at least one row.")
    return _table(name, _header(first, known, name), lines, delimiter, check)


def peek_columns(path: Path, known: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table from its first kilobytes; empty where it is none."""
    try:
        if not path.is_file():
            return ()
        with path.open("rb") as file:
            start = file.read(8192).decode("utf-8-sig", errors="replace")
        first = next((line for line in start.splitlines() if line.strip()), "")
        cells = next(csv.reader([first], delimiter=_delimiter_of(first, known)), [])
        return _header((1, cells), known, path.name)
    except (OSError, csv.Error, UserError):
        return ()


def text_of(path: Path) -> str:
    """The text of a file, bytes that are no UTF-8 kept as lone surrogates so that their lines can be named.

    Raises:
        UserError: The file is missing, too large, or no text.
    """
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path.name} is no plain file: put the table itself in its place.")
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path.name} is larger than {_LARGEST >> 20} MB: give a table of ratings or utterances.")
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read ({error.strerror}): check the path and its permissions."
        ) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{path.name} is saved as UTF-16: save it again as UTF-8.")
    if b"\0" in raw:
        raise UserError(f"{path.name} is no text: save the table as CSV in UTF-8.")
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def _delimiter_of(text: str, known: Sequence[str]) -> str:
    """What stands between the columns: that which finds most known names in the header, a comma where none does."""
    header = next((line for line in text[:_LONGEST_CELL].splitlines() if line.strip()), "")
    names = {name.casefold() for name in known if name}

    def hits(delimiter: str) -> int:
        return sum(cell.strip().strip('"').casefold() in names for cell in header.split(delimiter))

    best = max(_DELIMITERS, key=hits)
    if hits(best) > 0:
        return best
    return max(_DELIMITERS, key=header.count)


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line number on which a row begins, and its cells; blank lines are passed over."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        what = f"{name}, line {before + 1}: cannot be read as a table row ({error}): check its quotation marks."
        raise UserError(what) from error


def _header(first: tuple[int, list[str]], known: Sequence[str], name: str) -> tuple[str, ...]:
    """Column names, known ones in the program's spelling; empty ones at the end are dropped."""
    spelling = {column.casefold(): column for column in known}
    columns = [spelling.get(cell.strip().casefold(), cell.strip()) for cell in first[1]]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted(column for column, n in Counter(columns).items() if n > 1)
    if twice:
        raise UserError(f"{name}, line {first[0]}: the column {quoted(twice[0])} stands there twice: rename one.")
    return tuple(columns)


def _table(
    name: str,
    columns: tuple[str, ...],
    lines: Iterator[tuple[int, list[str]]],
    delimiter: str,
    check: Callable[[], None],
) -> Table:
    """Rows and problems below a header."""
    rows, problems = [], []
    width = len(columns)
    for line, cells in lines:
        check()
        wrong = _wrong_with(cells, width)
        if wrong:
            problems.append(Problem(name, line, wrong, fatal=True))
        else:
            rows.append(Row(line, dict(zip(columns, (restored(cell.strip()) for cell in cells), strict=False))))
    warnings = () if delimiter == "," else (f"{name}: {_DELIMITERS[delimiter]} between the columns were recognised.",)
    return Table(name, columns, tuple(rows), tuple(problems), warnings, decimal_comma=delimiter == ";")


def _wrong_with(cells: list[str], width: int) -> str:
    """What is wrong with a row before its meaning is looked at; empty where nothing is."""
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return f"has {len(cells)} cells where the header has {width}"
    foreign = [cell for cell in cells if not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell)]
    if not foreign:
        return ""
    latin = foreign[0].encode("utf-8", errors="surrogateescape").decode("latin-1")
    return f"is not UTF-8 (in Latin-1 it would read {quoted(latin)}); save the table as UTF-8"


def unused_columns(table: Table, known: Sequence[str]) -> tuple[str, ...]:
    """A warning about columns nobody understands: a misspelt name is otherwise lost in silence."""
    unknown = [column for column in table.columns if column not in known]
    if not unknown:
        return ()
    return (f"{table.name}: columns that are not used: {listed(map(quoted, unknown))}.",)
