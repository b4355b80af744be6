"""Cells of CSV tables that a spreadsheet would run as formulas, made harmless in a way that reading undoes exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Full-width signs are formulas to some spreadsheets too. Line ends and tabs are skipped before a sign is looked for.
_SIGNS = "=+-@\t\r\n＝＋－＠"
_RUNS = re.compile(rf"'*[{re.escape(_SIGNS)}]")
_FIRST = frozenset(f"'{_SIGNS}")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


def neutralised(text: str) -> str:
    """A text as it can stand in a CSV cell: one apostrophe before what a spreadsheet would run.

    Plain numbers such as `-1.5` stay as they are, for no spreadsheet runs them.
    """
    if text[:1] not in _FIRST or not _RUNS.match(text) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def neutralised_row(cells: Iterable[object]) -> list[object]:
    """The cells of a row of a CSV table, its texts `neutralised`."""
    return [neutralised(cell) if isinstance(cell, str) else cell for cell in cells]


def restored(cell: str) -> str:
    """What a cell said before `neutralised`: `restored(neutralised(text)) == text` for every text."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
