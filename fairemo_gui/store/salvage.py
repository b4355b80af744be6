"""Reading a damaged SQLite file: table by table, row by row, stepping over what cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

_FARTHEST = 1 << 40
Values: TypeAlias = tuple[Any, ...]


class Salvage:
    """A damaged database, opened for reading.

    Args:
        connection: An open connection to a copy of the file.

    Attributes:
        lost: Number of rows per table that could not be read; at least so many where the end of a table is gone.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute("PRAGMA writable_schema = ON")
        self._connection = connection
        self.lost: dict[str, int] = {}

    def columns(self, table: str) -> list[str]:
        """Names of a table's columns; empty where there is no such table, or nothing is known of it.

        Raises:
            sqlite3.DatabaseError: Not even the list of tables can be read.
        """
        return [row[1] for row in self._connection.execute(f"PRAGMA table_info([{table}])")]

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Values]:
        """Every row that can be read, in order of its number."""
        names = ", ".join(f"[{column}]" for column in columns)
        query = f"SELECT rowid, {names} FROM [{table}] NOT INDEXED WHERE rowid >= ? ORDER BY rowid"  # noqa: S608
        last: int | None = -_FARTHEST
        while last is not None:
            try:
                for number, *values in self._connection.execute(query, [last + 1]):
                    if number <= last:
                        raise sqlite3.DatabaseError("a damaged page leads back to former ones")
                    last = number
                    yield tuple(values)
                return
            except sqlite3.DatabaseError:
                # The row before the damaged one was read, but not handed out.
                row = self._one(query, last + 1)
                if row == ():
                    return
                if row is not None:
                    last = row[0]
                    yield row[1:]
                    continue
            former, last = max(last, 0), self._before_readable(query, max(last, 0))
            self.lost[table] = self.lost.get(table, 0) + (1 if last is None else max(last - former, 1))

    def _before_readable(self, query: str, last: int) -> int | None:
        """The greatest number after `last` that cannot be read, while the next one can; None where none can."""
        step = 1
        while self._one(query, last + step) is None:
            step *= 2
            if step > _FARTHEST:
                return None
        low, high = last + step // 2, last + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._one(query, middle) is None else (low, middle)
        return low

    def _one(self, query: str, start: int) -> Values | None:
        """The first row from a number on, empty where there is none; None where it cannot be read."""
        try:
            row: Values | None = self._connection.execute(f"{query} LIMIT 1", [start]).fetchone()
        except sqlite3.DatabaseError:
            return None
        if row is None:
            return ()
        return row if row[0] >= start else None


@contextmanager
def salvage(file: Path) -> Iterator[Salvage]:
    """Open a copy of a damaged file."""
    with closing(sqlite3.connect(file)) as connection:
        yield Salvage(connection)
