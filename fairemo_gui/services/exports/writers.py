"""The same tables as CSV, Parquet and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairemo_gui.core.spreadsheet import neutralised
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.material import Material
from fairemo_gui.services.exports.plan import Format, Tally
from fairemo_gui.services.exports.table import Batch, ExportTable, Kind
from fairemo_gui.services.exports.tables import tables


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes tables into a folder, counting and reporting rows as they pass."""

    ctx: TaskContext
    folder: Path
    tally: Tally

    def csv(self, table: ExportTable) -> None:
        """RFC 4180 in UTF-8; what a spreadsheet would run as a formula is made harmless."""
        with self._file(table, "csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([name for name, _ in table.columns])
            for batch in self._batches(table, "csv"):
                cells = [_CELLS[kind](values) for (_, kind), values in zip(table.columns, batch, strict=True)]
                writer.writerows(zip(*cells, strict=True))

    def parquet(self, table: ExportTable) -> None:
        """Typed columns; every one may hold nulls."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {Kind.TEXT: pa.string(), Kind.WHOLE: pa.int64(), Kind.NUMBER: pa.float64(), Kind.FLAG: pa.bool_()}
        schema = pa.schema([(name, types[kind]) for name, kind in table.columns])
        with pq.ParquetWriter(self._file(table, "parquet"), schema) as writer:
            for batch in self._batches(table, "parquet"):
                arrays = [pa.array(values, column.type) for values, column in zip(batch, schema, strict=True)]
                writer.write_batch(pa.record_batch(arrays, schema=schema))

    def json(self, table: ExportTable) -> None:
        """One array of objects, a row on each line."""
        names = [name for name, _ in table.columns]
        with self._file(table, "json").open("w", encoding="utf-8", newline="\n") as stream:
            between = "[\n"
            for batch in self._batches(table, "json"):
                for row in zip(*batch, strict=True):
                    stream.write(between + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
                    between = ",\n"
            stream.write("\n]\n" if between == ",\n" else "[]\n")

    def _file(self, table: ExportTable, suffix: str) -> Path:
        name = f"{table.name}.{suffix}"
        self.tally.files[name] = 0
        return self.folder / name

    def _batches(self, table: ExportTable, suffix: str) -> Iterator[Batch]:
        name = f"{table.name}.{suffix}"
        for batch in table.batches:
            yield batch
            self.tally.files[name] += len(batch[0])
            self.ctx.report(self.tally.files[name], None, f"Writing {name}")


def write_tables(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write every table of a plan in the plan's format."""
    writing = Writing(ctx, folder, tally)
    write = {Format.CSV: writing.csv, Format.PARQUET: writing.parquet, Format.JSON: writing.json}[material.plan.format]
    for table in tables(material):
        write(table)


def _texts(values: list[Any]) -> list[Any]:
    return [value and neutralised(value) for value in values]


def _flags(values: list[Any]) -> list[Any]:
    return [None if value is None else int(value) for value in values]


def _as_they_are(values: list[Any]) -> list[Any]:
    return values


_CELLS = {Kind.TEXT: _texts, Kind.FLAG: _flags, Kind.WHOLE: _as_they_are, Kind.NUMBER: _as_they_are}
