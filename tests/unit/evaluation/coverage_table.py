"""The coverage tables of the documentation, made anew: `python -m tests.unit.evaluation.coverage_table`."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit
from tests.unit.evaluation.coverage import Corpora, Share, coverage, population
from tests.unit.evaluation.simulate import World

DOCUMENT = Path(__file__).resolve().parents[3] / "resources" / "docs" / "intervals.md"
DEFAULT = IntervalPlan(999)
PERCENTILE = IntervalPlan(999, form=Form.PERCENTILE)
BY_ROW = IntervalPlan(999, unit=Unit.UTTERANCE)

Shares = Mapping[str, Share]
Columns = Mapping[str, tuple[Shares, Shares | None]]

SIZES = {"5 + 5": (5, 5), "12 + 12": (12, 12), "43 + 48": (43, 48)}
MAIN = {"4 + 4": Corpora(4, 4), **{name: Corpora(*size) for name, size in SIZES.items()}}
HARDER = {
    "uneven": Corpora(12, 12, World(uneven=1.0)),
    "4–10 utterances": Corpora(12, 12, utterances=(4, 10)),
    "votes": Corpora(12, 12, World(raters=8)),
    "three groups": Corpora(12, 24, World(three=True)),
}
NO_GAP = {name: Corpora(*size, World(gap=0.0)) for name, size in SIZES.items()}
NO_GAP |= {"12 + 12 + 12": Corpora(12, 24, World(gap=0.0, three=True))}
CALIBRATED = {
    (name, power): Corpora(*SIZES[name], World(gap=0.0, sharpness=power))
    for power in (1.0, 0.8, 0.4)
    for name in ("12 + 12", "43 + 48")
}

RATES = ("TPR", "FPR", "selection rate", "accuracy", "F1", "macro-F1", "UAR", "Brier", "macro ROC-AUC", "matrix cell")
EVERYONE = ("TPR of everyone", "macro-F1 of everyone", "Brier of everyone")
SIGNED = ("SP", "EO", "F1 difference", "macro-F1 difference", "accuracy difference", "Brier difference")
SURE = (*(f"{name} of a group" for name in RATES), *EVERYONE, *SIGNED, "matrix cell difference")
GAPS = ("DPD macro", "DPD worst", "DPD micro", "EOD macro", "EOD worst", "EOD micro", "ΔEO macro", "macro-F1 gap")
PARTS = ("ECE", "ECE, equal width", "reliability", "resolution", "uncertainty", "within_bin")
WIDTHS = ("TPR of a group", "macro-F1 of a group", "SP", "EO", "macro-F1 difference", "DPD macro")


def by_speakers(count: int) -> dict[str, str]:
    found = _both_forms(MAIN, count)
    return {"speakers": _table((*SURE, *GAPS), found), "least": _least(found), "width": _widths(found)}


def fewer(count: int) -> int:
    """Corpora per column of the tables that only show where intervals fail."""
    return max(2 * count // 5, 1)


def harder(count: int) -> dict[str, str]:
    columns: Columns = {name: (coverage(corpora, fewer(count), DEFAULT), None) for name, corpora in HARDER.items()}
    return {"harder": _table((*SURE, *GAPS), columns)}


def no_gap(count: int) -> dict[str, str]:
    return {"gaps": _table(GAPS, _both_forms(NO_GAP, fewer(count), ranks=False))}


def calibrated(count: int) -> dict[str, str]:
    columns: dict[str, tuple[Shares, None]] = {}
    for (name, _), corpora in CALIBRATED.items():
        true = population(corpora.world)["calibration", "groups", 0, "ece"]
        columns[f"{name}, true ECE {true:.3f}"] = coverage(corpora, fewer(count), DEFAULT), None
    return {"calibration": _table([f"{name} of a group" for name in PARTS], columns)}


def by_utterance(count: int) -> dict[str, str]:
    columns: Columns = {name: (coverage(MAIN[name], fewer(count), BY_ROW, ranks=False), None) for name in SIZES}
    return {"utterances": _table(SURE, columns)}


TABLES: dict[str, Callable[[int], dict[str, str]]] = {
    "speakers": by_speakers,
    "harder": harder,
    "gaps": no_gap,
    "calibration": calibrated,
    "utterances": by_utterance,
}


def _both_forms(corpora: Mapping[str, Corpora], count: int, ranks: bool = True) -> Columns:
    """Per column the shares of the default form and of the percentile form."""
    return {
        name: (coverage(drawn, count, DEFAULT, ranks), coverage(drawn, count, PERCENTILE, ranks))
        for name, drawn in corpora.items()
    }


def _table(rows: Sequence[str], columns: Columns) -> str:
    lines = [["", *columns]]
    for row in rows:
        cells = [
            _cell(default.get(row), None if other is None else other.get(row)) for default, other in columns.values()
        ]
        if any(cells):
            lines.append([row.replace("within_bin", "within bins"), *(cell or "–" for cell in cells)])
    return _markdown(lines)


def _markdown(lines: list[list[str]]) -> str:
    ruled = [lines[0], ["---"] * len(lines[0]), *lines[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)


def _cell(share: Share | None, other: Share | None) -> str:
    if share is None or math.isnan(share.mean):
        return ""
    beside = f" ({100 * other.mean:.1f})" if other is not None and not math.isnan(other.mean) else ""
    return f"{100 * share.mean:.1f}{beside}"


def _least(columns: Columns) -> str:
    """The worst and the best covered single number among rates, scores and signed differences."""
    lines = [["", "least", "greatest"]]
    for name, (shares, _) in columns.items():
        rows = [row for row in SURE if row in shares]
        low, high = min(rows, key=lambda r: shares[r].least), max(rows, key=lambda r: shares[r].most)
        lines.append([name, f"{100 * shares[low].least:.1f} ({low})", f"{100 * shares[high].most:.1f} ({high})"])
    return _markdown(lines)


def _widths(columns: Columns) -> str:
    """Median widths: what an interval that covers costs."""
    lines = [["", *columns]]
    for row in WIDTHS:
        lines.append([row, *(f"{shares[row].width:.2f}" for shares, _ in columns.values())])
    return _markdown(lines)


def put(document: str, name: str, table: str) -> str:
    """The document with the table between its marks replaced.

    Raises:
        ValueError: The document has no such marks.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    changed, found = pattern.subn(lambda _: f"{start}\n\n{table}\n\n{end}", document)
    if found != 1:
        raise ValueError(f"the document has no place {start} … {end}")
    return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", help=f"{', '.join(TABLES)}; none = all of them")
    parser.add_argument("--corpora", type=int, default=1000, help="simulated corpora per column")
    chosen = parser.parse_args()
    for name in chosen.tables or TABLES:
        for place, table in TABLES[name](chosen.corpora).items():
            DOCUMENT.write_text(put(DOCUMENT.read_text(encoding="utf-8"), place, table), encoding="utf-8")
            print(f"{place}\n{table}\n", flush=True)


if __name__ == "__main__":
    main()
