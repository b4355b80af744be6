"""Files of an audformat database: the header in YAML, tables in CSV or Parquet. Nothing in them is ever run.

The package's own `Database.load` is not used: it builds any Python object a header names, and prefers pickles, which
can run any program. The header is read with the safe loader first and only then handed to the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairemo_gui.corpora.folder import is_file, is_plain, safe_relative
from fairemo_gui.corpora.report import quoted
from fairemo_gui.corpora.table import Row, Table, read_table
from fairemo_gui.errors import UserError

_DEEPEST = 50
# Values of a header once each reference in it is followed; one of every speaker of a large corpus has a tenth.
_MOST_VALUES = 2_000_000
_LARGEST = 64 * 1024 * 1024
# Ten columns of ten million rows.
_MOST_CELLS = 100_000_000
_MOST_BYTES = 2 * 1024**3
_PICKLE = "pkl"
FILE, START, END = "file", "start", "end"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Values a column may have.

    Attributes:
        labels: Allowed values and what is said of each; empty = any value.
        table: The table of such values where one holds them.
    """

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        scheme: Id of its scheme, where it has one.
        rater: Id of its rater, likewise.
    """

    scheme: str | None = None
    rater: str | None = None


@dataclass(frozen=True, slots=True)
class TableHead:
    """What the header says of a table.

    Attributes:
        levels: Columns of the index: `file`, or `file, start, end`, or others for a miscellaneous table.
        split: Type of its split: `train`, `dev`, `test`.
    """

    levels: tuple[str, ...]
    columns: dict[str, Column]
    split: str | None = None

    @property
    def known(self) -> tuple[str, ...]:
        """Every column of the file."""
        return (*self.levels, *self.columns)


@dataclass(frozen=True, slots=True)
class Header:
    """What `db.yaml` says.

    Attributes:
        file: Name of the header without its ending, with which the tables' names begin.
        raters: Type per rater.
        tables: Tables by file or segment.
        misc: The others.
    """

    file: str
    name: str
    licence: str | None
    schemes: dict[str, Scheme]
    raters: dict[str, str]
    tables: dict[str, TableHead]
    misc: dict[str, TableHead]


def find_header(root: Path) -> Path | None:
    """The header of the database in a folder: `db.yaml`, or the only other one."""
    there = (path for path in sorted(root.glob("*.yaml")) if is_file(path) and is_plain(path.name))
    found = [path for path in there if _looks_like_header(path)]
    usual = [path for path in found if path.stem == "db"]
    return usual[0] if usual else found[0] if len(found) == 1 else None


def _looks_like_header(path: Path) -> bool:
    """Whether a file begins as every header does."""
    try:
        with path.open("rb") as file:
            start = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    except OSError:
        return False
    return all(any(line.startswith(key) for line in start.splitlines()) for key in (b"name:", b"source:", b"usage:"))


def header_in(text: str, source: str) -> Header:
    """What the text of a header says.

    Args:
        text: YAML; tags that name Python objects are refused.
        source: File name.

    Raises:
        UserError: It is no header of an audformat database.
    """
    import audformat

    plain = _safe_yaml(text, source)
    if not isinstance(plain, dict):
        raise UserError(f"{source} is no header of an audformat database: give the folder with db.yaml.")
    try:
        database = audformat.Database.load_header_from_yaml(plain)
        return _header(database, source)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        what = quoted(str(error) or type(error).__name__, 200)
        raise UserError(f"{source} is no header audformat understands ({what}): save the database again.") from error


def _safe_yaml(text: str, source: str) -> object:
    """Plain values only, of a depth and size that are looked at first."""
    import yaml  # type: ignore[import-untyped]

    if len(text) > _LARGEST:
        raise UserError(f"{source} is larger than {_LARGEST >> 20} MB: that is no header of a database.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_extent(yaml.parse(text, Loader=loader), source)
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise UserError(f"{source} cannot be read as plain YAML ({quoted(str(error), 200)}): correct it.") from error


def _check_extent(events: Iterable[Any], source: str) -> None:
    """Make sure that a text is neither too deep, for the loader is written in C and falls over, nor a bomb.

    References to references (and what merges them) make a small text huge.
    """
    import yaml

    # Names and sizes of the open collections, the text as a whole first; sizes of what was named and is closed.
    held: list[tuple[str | None, int]] = [(None, 0)]
    named: dict[str | None, int] = {}
    for event in events:
        name, size = getattr(event, "anchor", None), 0
        if isinstance(event, yaml.CollectionStartEvent):
            held.append((name, 1))
        elif isinstance(event, yaml.AliasEvent):
            size = named.get(name, _MOST_VALUES)
        elif isinstance(event, yaml.CollectionEndEvent):
            name, size = held.pop()
            named[name] = size
        elif isinstance(event, yaml.ScalarEvent):
            size = named[name] = 1
        held[-1] = (held[-1][0], held[-1][1] + size)
        if len(held) > _DEEPEST:
            raise UserError(f"{source} is nested deeper than any header: give the database's own file.")
        if held[-1][1] > _MOST_VALUES:
            raise UserError(f"{source} refers to itself or is larger than any header: give the database's own file.")


def _header(database: Any, source: str) -> Header:
    """The package's objects as our own."""
    splits = {name: str(split.type) for name, split in database.splits.items()}
    return Header(
        file=source.rsplit(".", 1)[0],
        name=str(database.name),
        licence=str(database.license) if database.license else None,
        schemes={str(name): _scheme(scheme) for name, scheme in database.schemes.items()},
        raters={str(name): str(rater.type) for name, rater in database.raters.items()},
        tables={
            str(name): TableHead(
                (FILE, START, END) if table.is_segmented else (FILE,), _columns(table), splits.get(table.split_id)
            )
            for name, table in database.tables.items()
        },
        misc={
            str(name): TableHead(tuple(map(str, table.levels or ())), _columns(table))
            for name, table in database.misc_tables.items()
        },
    )


def _scheme(scheme: Any) -> Scheme:
    labels = scheme.labels
    if isinstance(labels, str):
        return Scheme(table=labels)
    if isinstance(labels, dict):
        return Scheme({str(label): _attributes(said) for label, said in labels.items()})
    return Scheme({str(label): {} for label in labels or ()})


def _attributes(said: object) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    return {str(name): "" if value is None else str(value) for name, value in said.items()}


def _columns(table: Any) -> dict[str, Column]:
    return {str(name): Column(column.scheme_id, column.rater_id) for name, column in table.columns.items()}


def read_rows(root: Path, header: Header, name: str, check: Callable[[], None] = lambda: None) -> Table:
    """One table, its cells as text; a cache of pickles beside it is passed over.

    Raises:
        UserError: It is missing, stored as a pickle alone, or cannot be read.
    """
    head = header.tables.get(name) or header.misc[name]
    place = f"{header.file}.{name}"
    if safe_relative(f"{place}.csv", root) is None or "/" in name or "\\" in name:
        raise UserError(f"{header.file}.yaml: the table {quoted(name)} would lie outside {root.name}: rename it.")
    parquet, plain = root / f"{place}.parquet", root / f"{place}.csv"
    if is_file(parquet):
        table = Table(parquet.name, *_parquet(parquet, check))
    elif is_file(plain):
        table = read_table(plain, head.known, check)
    elif is_file(root / f"{place}.{_PICKLE}"):
        raise UserError(
            f"{place}.{_PICKLE} is a pickle, which could run any program, and is not opened: save the database again "
            "with storage_format='csv' or 'parquet'."
        )
    else:
        raise UserError(f"{place}.csv is not there, nor is {place}.parquet: copy the database again from its source.")
    table.need(head.known)
    return table


def _parquet(path: Path, check: Callable[[], None]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Columns and rows of a Parquet file; the first row is line 2, as it would be in CSV."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        size, schema = parquet.read_metadata(path), parquet.read_schema(path)
        unpacked = sum(size.row_group(k).total_byte_size for k in range(size.num_row_groups))
        if size.num_rows * max(size.num_columns, 10) > _MOST_CELLS or unpacked > _MOST_BYTES:
            raise UserError(f"{path.name} holds {size.num_rows} rows, more than any corpus has: give another table.")
        # A text that stands in every row is stored once, and is to be held once; lists and bytes are no cells.
        plain = [each.name for each in schema if not (pa.types.is_nested(each.type) or _is_bytes(each.type))]
        texts = [each.name for each in schema if pa.types.is_string(each.type) or pa.types.is_large_string(each.type)]
        table = parquet.read_table(path, columns=plain, read_dictionary=texts)
        names = tuple(map(str, table.column_names))
        columns = [list(_texts(column)) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise UserError(
            f"{path.name} cannot be read as Parquet ({quoted(str(error), 120)}): copy it again from its source."
        ) from error
    rows = []
    for line, cells in enumerate(zip(*columns, strict=True), start=2):
        check()
        rows.append(Row(line, dict(zip(names, cells, strict=True))))
    return names, tuple(rows)


def _texts(column: Any) -> Iterator[str]:
    """The cells of a column as text; durations in seconds."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return (word for chunk in column.chunks for word in _repeated(chunk))
    if pa.types.is_duration(column.type):
        nanoseconds = column.cast(pa.duration("ns")).cast(pa.int64()).to_pylist()
        return ("" if value is None else f"{value / 1e9!r}s" for value in nanoseconds)
    return ("" if value is None or value != value else str(value).strip() for value in column.to_pylist())


def _repeated(chunk: Any) -> Iterator[str]:
    """The cells of a column that holds each of its words once."""
    words = ["" if word is None else str(word).strip() for word in chunk.dictionary.to_pylist()]
    return ("" if place is None else words[place] for place in chunk.indices.to_pylist())


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
