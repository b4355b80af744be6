"""Do intervals cover the truth as often as they say? Simulated corpora with known truth."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from fairemo_gui.evaluation.bootstrap import intervals_for
from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit
from fairemo_gui.evaluation.measure import Measured, blocks_of, measure
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.sheet import Path
from fairemo_gui.evaluation.tally import tally
from tests.unit.evaluation.simulate import World


def measured(sample: Sample, by_row: bool = False) -> list[Measured]:
    cells = sort_into_cells(sample, ("gender",), by_row)
    return measure(cells, tally(sample.decisions, cells.row, len(cells.unit)), None, 1)


def numbers(sample: Sample) -> dict[Path, float]:
    found: dict[Path, float] = {}
    for part in measured(sample):
        blocks, _ = blocks_of(part, sample.classes, dict.fromkeys(range(len(part.groups))), errors=False)
        for place, block in blocks:
            found |= {place.of(path): float(v) for path, v in zip(block.paths, block.value[0], strict=True)}
    return found


def kind(path: Path) -> str | None:
    """What a number is, for the coverage table; None where it is not in it."""
    if path[0] == "fairness":
        rest = path[2:]
        if rest[0] != "signed":
            return f"gap: {rest[0]}" + (f" {rest[1]}" if len(rest) > 1 else "")
        if rest[-1] in ("abs_mean", "signed_mean", "worst"):
            return None
        return {"sp": "signed SP", "eo": "signed EO", "f1": "signed F1", "confusion": "signed cell"}.get(str(rest[1]))
    where = "group" if "groups" in path else "all"
    per_class = {"recall": "rate", "selection_rate": "rate", "fpr": "rate", "f1": "F1"}
    if "per_class" in path:
        name = per_class.get(str(path[path.index("per_class") + 1]))
        return None if name is None else f"{where}: {name} per class"
    return f"{where}: {path[-1]}" if path[-1] in ("macro_f1", "accuracy", "brier") else None


def coverage(sizes: tuple[int, int], corpora: int, world: World, plan: IntervalPlan) -> dict[str, float]:
    """Share of intervals that cover the truth, by kind of number."""
    truth = numbers(world.corpus(np.random.default_rng(99), 4000, 4000))
    hits: dict[str, list[bool]] = defaultdict(list)
    for corpus in range(corpora):
        sample = world.corpus(np.random.default_rng([7, corpus]), *sizes)
        drawn = IntervalPlan(plan.replicates, corpus, plan.unit, plan.form)
        found = intervals_for(measured(sample, plan.unit is Unit.UTTERANCE), sample.classes, drawn).found
        for path, interval in found.items():
            name = kind(path)
            if name is not None and interval is not None:
                hits[name].append(interval.low <= truth[path] <= interval.high)
    return {name: float(np.mean(values)) for name, values in hits.items()}


RATES = ("group: rate per class", "group: macro_f1", "group: accuracy", "all: rate per class", "signed SP", "signed EO")


@pytest.mark.parametrize("sizes", [(5, 5), (12, 12)])
def test_speaker_intervals_cover(sizes: tuple[int, int]) -> None:
    found = coverage(sizes, 60, World(), IntervalPlan(299))
    for name in RATES:
        assert 0.90 <= found[name] <= 0.995, (name, found[name])


def test_percentile_and_utterance_intervals_cover_too_little() -> None:
    percentile = coverage((5, 5), 60, World(), IntervalPlan(299, form=Form.PERCENTILE))
    assert percentile["group: rate per class"] < 0.90
    by_row = coverage((5, 5), 25, World(), IntervalPlan(199, unit=Unit.UTTERANCE))
    assert by_row["signed SP"] < 0.85


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sizes", [(5, 5), (12, 12), (43, 48)])
def test_coverage_over_a_thousand_corpora(sizes: tuple[int, int]) -> None:
    found = coverage(sizes, 1000, World(), IntervalPlan(999))
    for name, share in found.items():
        if not name.startswith("gap"):
            assert 0.93 <= share <= 0.975, (name, share)
