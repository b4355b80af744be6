"""Tables of an export: typed fields, and rows that come in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Generic, TypeVar

Row = TypeVar("Row")
Batch = list[list[object]]

_ROWS_PER_BATCH = 20_000


class Kind(Enum):
    """What the cells of a column are; each may also be missing."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"


# What a table says of an utterance and of its speaker, by the names of the records.
UTTERANCE = (
    ("speaker", Kind.TEXT),
    ("dialogue", Kind.TEXT),
    ("turn", Kind.WHOLE),
    ("start", Kind.NUMBER),
    ("end", Kind.NUMBER),
    ("audio", Kind.TEXT),
    ("video", Kind.TEXT),
    ("face_region", Kind.TEXT),
    ("transcript", Kind.TEXT),
    ("split", Kind.TEXT),
    ("fold", Kind.WHOLE),
    ("media_state", Kind.TEXT),
    ("defect", Kind.TEXT),
)
SPEAKER = (("gender", Kind.TEXT), ("age", Kind.WHOLE), ("race", Kind.TEXT), ("ethnicity", Kind.TEXT))


@dataclass(frozen=True, slots=True)
class Field(Generic[Row]):
    """A column: its name, its type, and its value in a row."""

    name: str
    kind: Kind
    value: Callable[[Row], object]


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table on its way out.

    Attributes:
        name: Name of its file, without suffix.
        columns: Name and type per column.
        batches: Values per column, a batch of rows at a time.
    """

    name: str
    columns: tuple[tuple[str, Kind], ...]
    batches: Iterable[Batch]


def table_of(name: str, fields: Sequence[Field[Row]], rows: Iterable[Row]) -> ExportTable:
    """A table of a stream of rows."""
    return ExportTable(name, tuple((each.name, each.kind) for each in fields), _batches(fields, rows))


def _batches(fields: Sequence[Field[Row]], rows: Iterable[Row]) -> Iterator[Batch]:
    stream = iter(rows)
    while batch := list(islice(stream, _ROWS_PER_BATCH)):
        yield [[each.value(row) for row in batch] for each in fields]
