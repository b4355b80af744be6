"""The frame for fairness tools: fairlearn computes on it what this program computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, demographic_parity_difference, selection_rate
from sklearn.metrics import accuracy_score, f1_score

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.exports.plan import Format
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, with_net, workspace

EMOTIONS = ["anger", "disgust", "fear", "happy", "neutral", "sad"]


@pytest.fixture(scope="module")
def frame(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """CREMA-D's ratings with a net beside them, and the frame made of it."""
    folder = tmp_path_factory.mktemp("fairness")
    import_corpus(TaskContext(), folder / "w.fairemo", "crema-d", shared_data / "cremad")
    with Workspace(folder / "w.fairemo") as opened:
        with_net(opened)
        export(opened, folder / "out", Format.FAIRNESS)
    return folder, pd.read_csv(folder / "out/frame.csv", dtype={"speaker": str})


def evaluated(folder: Path, predictor: Predictor, truth: Truth) -> Any:
    with Workspace(folder / "w.fairemo") as opened:
        return evaluate_predictor(opened, corpora.corpus(opened), truth, predictor, ("gender", "age", "race")).to_json()


def test_one_row_per_utterance_and_predictor(frame: tuple[Path, pd.DataFrame]) -> None:
    counts = frame[1].groupby(["predictor", "truth", "mode"]).size().to_dict()
    assert counts == {
        ("voice raters", "av", "multi"): 7442, ("face raters", "av", "multi"): 7442,
        ("AV raters", "intended", "single"): 7442, ("net 1", "av", "multi"): counts["net 1", "av", "multi"],
    }  # fmt: skip
    assert not frame[1].duplicated(["entity_id", "predictor"]).any()
    assert frame[1]["speaker"].nunique() == 91


def test_fairlearn_agrees_on_one_label_per_utterance(frame: tuple[Path, pd.DataFrame]) -> None:
    every = frame[1][frame[1]["predictor"] == "AV raters"]
    ours = evaluated(frame[0], HumanPredictor(Condition.AV), Truth.INTENDED)
    assert accuracy_score(every["y_true"], every["y_pred"]) == pytest.approx(ours["metrics"]["accuracy"], abs=1e-12)
    for attribute in ("gender", "age", "race"):
        rows = every.dropna(subset=attribute)
        theirs = MetricFrame(
            metrics=accuracy_score, y_true=rows["y_true"], y_pred=rows["y_pred"], sensitive_features=rows[attribute]
        )
        found = {g["value"]: g["metrics"]["accuracy"] for g in ours["groups"] if g["by"] == attribute}
        groups = {value: accuracy for value, accuracy in found.items() if value is not None}
        assert theirs.by_group.to_dict() == pytest.approx(groups, abs=1e-12)


def test_fairlearn_agrees_on_several_labels_per_utterance(frame: tuple[Path, pd.DataFrame]) -> None:
    rows = frame[1][frame[1]["predictor"] == "voice raters"].reset_index(drop=True)
    ours = evaluated(frame[0], HumanPredictor(Condition.VOICE), Truth.AV)
    for emotion in EMOTIONS:
        true, predicted = rows[f"true_{emotion}"], rows[f"pred_{emotion}"]
        theirs = demographic_parity_difference(true, predicted, sensitive_features=rows["gender"])
        assert theirs == pytest.approx(ours["fairness"]["gender"]["dpd"]["per_class"][emotion], abs=1e-12)
    hot = {what: rows[[f"{what}_{emotion}" for emotion in EMOTIONS]].to_numpy() for what in ("true", "pred")}
    assert f1_score(hot["true"], hot["pred"], average="macro") == pytest.approx(ours["metrics"]["macro_f1"], abs=1e-12)
    shares = rows[[f"score_{emotion}" for emotion in EMOTIONS]].to_numpy()
    assert np.allclose(shares.sum(axis=1), 1)


def test_a_net_with_merged_classes(frame: tuple[Path, pd.DataFrame]) -> None:
    rows = frame[1][frame[1]["predictor"] == "net 1"].reset_index(drop=True)
    ours = evaluated(frame[0], NetPredictor(1), Truth.AV)
    classes = ["anger", "neutral+sad", "happy"]
    assert set(rows["y_pred"]) == set(classes)
    assert rows[["true_disgust", "pred_fear", "score_sad"]].isna().all().all()
    theirs = MetricFrame(
        metrics=selection_rate,
        y_true=rows["true_neutral+sad"].astype(int),
        y_pred=rows["pred_neutral+sad"].astype(int),
        sensitive_features=rows["gender"],
    )
    mine = ours["fairness"]["gender"]["dpd"]["per_class"]["neutral+sad"]
    assert theirs.difference() == pytest.approx(mine, abs=1e-12)
    assert len(rows) == ours["n"]


def test_aequitas_gets_its_columns_and_nothing_else(frame: tuple[Path, pd.DataFrame]) -> None:
    table = pd.read_csv(frame[0] / "out/aequitas_fear.csv")
    known = ["entity_id", "model_id", "score", "label_value"]
    assert list(table.columns) == [*known, "gender", "age", "race", "ethnicity"]
    assert set(table["score"]) == set(table["label_value"]) == {0, 1}
    assert set(table["model_id"]) == {"voice raters", "face raters", "AV raters"}
    merged = pd.read_csv(frame[0] / "out/aequitas_neutral+sad.csv")
    assert set(merged["model_id"]) == {"net 1"}


def test_unknown_is_empty_and_no_group(tmp_path: Path) -> None:
    opened = workspace(tmp_path / "w.fairemo", bundle(tmp_path))
    report = export(opened, tmp_path / "out", Format.FAIRNESS, truth=Truth.VOICE)
    rows = pd.read_csv(tmp_path / "out/frame.csv").set_index("predictor")
    assert set(rows.index) == {"AV raters"}
    assert rows.loc["AV raters", "entity_id"] == "d1_000"
    assert report.left_out["AV raters: utterances with no voice label"] == 3
    assert any("face raters: Nothing to evaluate" in reason for reason in report.left_out)


def test_without_predictors_there_is_a_sentence(tmp_path: Path) -> None:
    corpus = replace(bundle(tmp_path), ratings=(), vote_counts=(), raters=())
    with pytest.raises(UserError, match="predicts what has a label"):
        export(workspace(tmp_path / "w.fairemo", corpus), tmp_path / "out", Format.FAIRNESS)
