"""Tables on the terminal: names of rows stay whole, and columns that find no room go below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Column, Table

from fairemo_gui.cli.output import out

_LEAST_WORDS, _LEAST_NAMES = 14, 16
"""Words are wrapped to these widths before a column goes below."""


def print_table(table: Table) -> None:
    """Print a table in the width there is; the first column, which names the rows, is repeated with what goes below.

    Columns at the right hold numbers, which are never wrapped; words are, names last.
    """
    names, *others = table.columns
    between = table.padding[1] + table.padding[3]
    left = out.width - between - sum(_least(column) + between for column in others)
    needed = _lines((names.header, *names.cells))
    first = min(needed, max(left, _LEAST_NAMES))
    for k, band in enumerate(_bands(others, out.width - first - between, between)):
        part = Table(title=table.title if k == 0 else None, title_justify="left", box=None, padding=table.padding)
        part.add_column(names.header, width=first, overflow="fold")
        for column in band:
            least = _least(column) if column.justify == "right" else None
            part.add_column(column.header, justify=column.justify, min_width=least, overflow="fold")
        for cells in zip(names.cells, *(column.cells for column in band), strict=True):
            part.add_row(*cells)
        out.print(part)


def _bands(columns: Sequence[Column], room: int, between: int) -> Iterator[list[Column]]:
    """Columns that stand beside each other, each band as many as there is room for."""
    band: list[Column] = []
    taken = 0
    for column in columns:
        wide = _least(column) + between
        if band and taken + wide > room:
            yield band
            band, taken = [], 0
        band.append(column)
        taken += wide
    yield band


def _least(column: Column) -> int:
    """The width a column needs: a number's is its own, words can be wrapped."""
    longest = max((cell_len(word) for word in str(column.header).split()), default=0)
    cells = _lines(column.cells)
    return max(longest, cells if column.justify == "right" else min(cells, _LEAST_WORDS))


def _lines(cells: Iterable[RenderableType]) -> int:
    return max((cell_len(line) for cell in cells for line in str(cell).splitlines()), default=0)
