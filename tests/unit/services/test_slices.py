"""Slices of a corpus: attributes, filters that show exactly a slice, and the search for the worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Gender, Speaker, Truth
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.slices import Figure
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.services.filter_columns import FilterColumns, load_columns
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.services.samples import HumanPredictor, Samples, read_rows
from fairemo_gui.services.slices import Slicer, SlicesView
from fairemo_gui.store import corpora
from fairemo_gui.store.corpora import UtteranceTable
from fairemo_gui.store.workspace import Workspace

PLAN = IntervalPlan(40)
SPEAKERS = 24


def made(worse: bool = True, n: int = 1200) -> tuple[Samples, UtteranceTable]:
    """A corpus where men over 50 are heard worse, whatever their race; one speaker of unknown gender."""
    rng = np.random.default_rng(1)
    genders = (Gender.FEMALE, Gender.MALE)
    people = tuple(
        Speaker(f"s{k:02}", None if k == 23 else genders[k % 2], (25, 60)[k // 2 % 2], f"race {k % 3}")
        for k in range(SPEAKERS)
    )
    who, truth = rng.integers(SPEAKERS, size=n), rng.integers(3, size=n)
    hard = np.array([p.gender is Gender.MALE and p.age == 60 for p in people])[who] & worse
    said = np.where(rng.random(n) < np.where(hard, 0.45, 0.85), truth, rng.integers(3, size=n))
    p = np.eye(3)[said] * 0.7 + 0.1
    ids = np.arange(n, dtype=np.int64)[::-1] * 3 + 1
    table = UtteranceTable(
        ids, tuple(map(str, ids)), who, people, (None,) * n, tuple(("train", None)[k % 2] for k in range(n)),
        np.where(np.arange(n) % 3, rng.integers(1, 3, size=n), -1), ("ok",) * n, (None,) * n, rng.gamma(4, 0.8, n),
    )  # fmt: skip
    kept = np.sort(rng.choice(n, n - 60, replace=False))
    sample = Sample(
        ("anger", "happy", "sad"), np.eye(3, dtype=np.int64)[truth[kept]], Mode.SINGLE, who[kept], {}, p[kept]
    )
    return Samples(sample, ids[kept], {}), table


@pytest.fixture(scope="module")
def slicer() -> Slicer:
    return Slicer(*made())


def test_attributes_are_those_with_several_values(slicer: Slicer) -> None:
    assert slicer.attributes == ("gender", "age", "race", "true", "length", "fold", "speaker")
    assert slicer.attribute("fold").values == ("1", "2")
    assert (slicer.attribute("fold").codes < 0).any()


def test_figures_stand_at_once_and_intervals_and_evidence_follow(slicer: Slicer) -> None:
    quick, full = (slicer.slices(("gender", "age"), Figure("accuracy"), plan) for plan in (None, PLAN))
    assert [row.value for row in quick.rows] == [row.value for row in full.rows]
    assert quick.looks == 0 and all(row.interval is None and np.isnan(row.p) for row in quick.rows)
    assert full.looks == 4 and full.found == 5
    assert sum(row.n for row in full.rows) == full.n
    unknown = full.rows[-1]
    assert unknown.values is None and np.isnan(unknown.p) and unknown.query == "(gender:unknown or age:unknown)"
    worst = min(full.rows[:-1], key=lambda row: row.value)
    assert worst.values == ("male", "50 and over") and worst.p <= 0.05 and worst.difference < 0


def test_the_worst_slice_is_found_among_all_and_said_once(slicer: Slicer) -> None:
    found = slicer.worst(Figure("accuracy"), PLAN)
    assert found.by == () and found.looks > 40 and found.rows
    assert set(zip(found.rows[0].by, found.rows[0].values or (), strict=True)) >= {("gender", "male")}
    named = [set(zip(row.by, row.values or (), strict=True)) for row in found.rows]
    assert {("gender", "male"), ("age", "50 and over")} in named
    for k, one in enumerate(named):
        for earlier in range(k):
            assert not (named[earlier] <= one and found.rows[earlier].value <= found.rows[k].value)
    assert all(row.difference < 0 and row.n >= 20 for row in found.rows)
    # By macro-F1, slices of one true class cannot be compared.
    assert not any("true" in row.by for row in slicer.worst(Figure(), PLAN).rows)


def test_where_nobody_is_worse_nothing_is_marked() -> None:
    found = Slicer(*made(worse=False)).worst(Figure("error_rate"), PLAN)
    assert all(row.p > 0.05 for row in found.rows)


def test_a_longer_intersection_with_the_same_utterances_is_looked_at_once() -> None:
    samples, table = made()
    one_race = replace(table, speakers=tuple(replace(s, race=str(s.gender)) for s in table.speakers))
    found = Slicer(samples, one_race).worst(Figure("macro_f1"), PLAN, most=200)
    assert not any({"gender", "race"} <= set(row.by) for row in found.rows)


def test_small_slices_are_marked_and_not_tested(slicer: Slicer) -> None:
    view = slicer.slices(("speaker",), Figure("accuracy"), PLAN, minimum_n=50)
    small = [row for row in view.rows if row.small]
    assert small and len(small) < len(view.rows)
    assert view.looks == 0
    assert {row.reason for row in view.rows} == {"one speaker"}


def test_members_are_counted_per_slice(slicer: Slicer) -> None:
    view = slicer.slices(("gender", "fold"), Figure("accuracy"))
    samples, _ = made()
    assert slicer.members(view.rows, samples.ids) == [row.n for row in view.rows]
    assert sum(slicer.members(view.rows, samples.ids[:7])) == 7
    assert slicer.members(view.rows, samples.ids[:0]) == [0] * len(view.rows)


def test_stopping(slicer: Slicer) -> None:
    def stop() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        slicer.worst(Figure(), PLAN, check=stop)


@pytest.fixture(scope="module")
def crema_d(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Slicer, FilterColumns]]:
    folder = tmp_path_factory.mktemp("slices") / "c.fairemo"
    import_corpus(TaskContext(), folder, "crema-d", shared_data / "cremad", name="CREMA-D")
    with Workspace(folder) as workspace:
        corpus = corpora.corpus(workspace)
        table, predictor = corpora.table(workspace, corpus.id), HumanPredictor(Condition.VOICE)
        samples = read_rows(workspace, corpus, Truth.AV, predictor, (), table=table).samples()
        yield Slicer(samples, table), load_columns(workspace, corpus, table, Truth.AV, predictor, "me")


def shown_exactly(view: SlicesView, columns: FilterColumns) -> bool:
    return [int(compile_filter(row.query, columns).sum()) for row in view.rows] == [row.n for row in view.rows]


def test_on_crema_d_every_filter_shows_its_slice(crema_d: tuple[Slicer, FilterColumns]) -> None:
    slicer, columns = crema_d
    for by in (("gender",), ("age", "race"), ("gender", "ethnicity", "true"), ("speaker",)):
        assert shown_exactly(slicer.slices(by, Figure("accuracy")), columns)
    assert shown_exactly(slicer.worst(Figure(), PLAN), columns)


def test_on_crema_d_men_are_heard_worse(crema_d: tuple[Slicer, FilterColumns]) -> None:
    women, men = crema_d[0].slices(("gender",), Figure(), PLAN).rows
    assert women.value == pytest.approx(0.6505025601510362, abs=1e-12)
    assert men.value == pytest.approx(0.6218589587097371, abs=1e-12)
    assert men.difference == -women.difference and men.p <= 0.05
