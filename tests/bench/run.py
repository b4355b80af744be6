"""Runs the benchmarks and writes bench/NAME.json: `python -m tests.bench.run [NAME]`."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "bench"
ALONE = ("drift",)
"""Benchmarks that take ten minutes and more: measured only when named."""
FIELDS = ("name", "ours", "peer", "peer_name", "ratio", "unit", "n")

Row = dict[str, Any]


def names() -> list[str]:
    """Every benchmark there is."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu[0].partition(":")[2].strip() if cpu else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages / 2**30, 1),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in ("fairemo-gui", "PySide6", "numpy", "torch")},
        "load_before": round(os.getloadavg()[0], 2),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def checked(row: Row) -> Row:
    """`row` with its fields in order; one that lacks a field or measured nothing must not pass for a result."""
    if set(row) != set(FIELDS):
        raise ValueError(f"row {row.get('name')!r} has the fields {sorted(row)}, not {sorted(FIELDS)}")
    if not math.isfinite(row["ours"]):
        raise ValueError(f"row {row['name']!r} measured nothing: {row['ours']}")
    return {field: row[field] for field in FIELDS}


def show(name: str, rows: list[Row], console: Console) -> None:
    """Prints the rows as a table."""
    table = Table(title=name, title_justify="left")
    table.add_column("what")
    for heading in ("ours", "peer", "times better"):
        table.add_column(heading, justify="right")
    for heading in ("unit", "peer is"):
        table.add_column(heading)
    table.add_column("n", justify="right")
    for row in rows:
        numbers = ["–" if row[field] is None else f"{row[field]:,.4g}" for field in ("ours", "peer", "ratio")]
        table.add_row(row["name"], *numbers, row["unit"], row["peer_name"] or "–", f"{row['n']:,}")
    console.print(table)


def measure(name: str, console: Console) -> None:
    """Runs one benchmark in this process, prints it and writes it down."""
    about = machine()
    rows = [checked(row) for row in importlib.import_module(f"tests.bench.bench_{name}").rows()]
    OUT.mkdir(exist_ok=True)
    text = json.dumps({"machine": about, "rows": rows}, indent=2, allow_nan=False)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    show(name, rows, console)


def main(arguments: list[str] | None = None) -> int:
    """Measures the named benchmark, or each one but `ALONE` in a process of its own; the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("name", nargs="?", help=f"one of: {', '.join(names())}")
    name = parser.parse_args(arguments).name
    if name is None:
        commands = [[sys.executable, "-m", "tests.bench.run", one] for one in names() if one not in ALONE]
        failed = [command[-1] for command in commands if subprocess.run(command, check=False).returncode]
        if failed:
            Console(stderr=True).print(f"failed: {', '.join(failed)}")
        return int(bool(failed))
    if name not in names():
        parser.error(f"there is no benchmark {name!r}; there are: {', '.join(names())}")
    measure(name, Console() if sys.stdout.isatty() else Console(width=140))
    return 0


if __name__ == "__main__":
    sys.exit(main())
