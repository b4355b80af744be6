"""CREMA-D's voice raters as predictors of the audio-visual labels: the published golden numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample

LETTERS = ("A", "D", "F", "H", "N", "S")
WAYS = {"voice": 1, "face": 2, "av": 3}


@pytest.fixture(scope="module")
def tables(shared_data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = shared_data / "cremad"
    votes = pd.read_csv(folder / "tabulatedVotes.csv", index_col=0)
    return votes, pd.read_csv(folder / "VideoDemographics.csv").set_index("ActorID")


def sample(tables: tuple[pd.DataFrame, pd.DataFrame], human: str, labels: str, mode: Mode = Mode.MULTI) -> Sample:
    votes, actors = tables
    by_way = {way: votes[votes.index // 100000 == number] for way, number in WAYS.items()}
    for way, number in WAYS.items():
        by_way[way].index -= 100000 * number
    rows = by_way[labels].sort_index()
    actor: npt.NDArray[np.int64] = np.array([int(name[:4]) for name in rows["fileName"]], dtype=np.int64)
    sex, race = actors.loc[actor, "Sex"].str.lower(), actors.loc[actor, "Race"]
    groups: dict[str, list[str | None]] = {
        "gender": [str(s) for s in sex],
        "race": [None if r == "Unknown" else r for r in race],
    }
    predictor = by_way[human].sort_index().loc[rows.index, list(LETTERS)].to_numpy()
    return Sample(LETTERS, rows[list(LETTERS)].to_numpy(), mode, actor, groups, votes=predictor)


def test_voice_raters_predict_audio_visual_labels(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = evaluate(sample(tables, "voice", "av"))
    expected = {
        "macro_f1": 0.6373170669549459,
        "weighted_f1": 0.64096855784852,
        "exact_match": 0.2545014780972857,
        "brier_soft": 0.05404891052921366,
        "brier": 0.15624553459766627,
    }
    assert {name: found.metrics.scores[name] for name in expected} == pytest.approx(expected, abs=1e-9)
    assert (found.n, found.mode, found.speakers) == (7442, "multi", 91)
    by_gender = {g.value: g.metrics.scores["macro_f1"] for g in found.groups}
    assert by_gender == pytest.approx({"female": 0.6505025601510362, "male": 0.6218589587097371}, abs=1e-9)
    dpd = found.fairness["gender"].dpd
    assert dpd.macro == pytest.approx(0.03632450766160273, abs=1e-9)
    per_class = [
        0.012692216290783487,
        0.013505132529980812,
        0.033145246830930786,
        0.029210210575735973,
        0.062491667970810405,
        0.06690257177137493,
    ]
    assert list(dpd.per_class.values()) == pytest.approx(per_class, abs=1e-9)


def test_clips_with_several_labels(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    several = [int((sample(tables, way, way).decisions.truth_on.sum(axis=1) > 1).sum()) for way in WAYS]
    assert several == [5197, 4264, 4083]


def test_plurality_kappa(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    counts = evaluate(sample(tables, "voice", "av", Mode.PLURALITY)).confusion.counts / 7442
    chance = float(counts.sum(axis=0) @ counts.sum(axis=1))
    assert (np.trace(counts) - chance) / (1 - chance) == pytest.approx(0.4461363507813034, abs=1e-9)


def test_the_intersection_and_its_intervals(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = evaluate(sample(tables, "voice", "av"), ("gender", "race"), IntervalPlan(199))
    crossed = [g for g in found.groups if g.by == "gender×race"]
    assert sum(g.n for g in crossed) == 7442
    assert crossed[-1].value is None
    assert {g.by for g in found.groups} == {"gender", "race", "gender×race"} == set(found.fairness)
    assert found.intervals is not None
    interval = found.intervals.at("fairness", "gender", "signed", "sp", "per_class", "S")
    assert interval is not None
    assert interval.high < 0
