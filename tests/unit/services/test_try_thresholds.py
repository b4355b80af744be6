from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairemo_gui.cli.app import app
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.services.samples import HumanPredictor, NetPredictor
from fairemo_gui.services.thresholds import try_thresholds
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import add_net, many_speakers


def test_the_rule_in_force_comes_to_what_is_evaluated(tmp_path: Path) -> None:
    with many_speakers(tmp_path) as workspace:
        add_net(workspace, 1)
        corpus = corpora.corpus(workspace, None)
        found = try_thresholds(workspace, corpus, Truth.INTENDED, NetPredictor(1))
        view = evaluate_predictor(workspace, corpus, Truth.INTENDED, NetPredictor(1))
    rule, rates = found.in_force
    assert rule == "argmax"
    assert float(rates.macro_f1) == pytest.approx(view.evaluation.metrics.scores["macro_f1"])
    assert float(rates.eod) == pytest.approx(view.evaluation.fairness["gender"].eod.macro)


def test_the_command(tmp_path: Path) -> None:
    with many_speakers(tmp_path) as workspace:
        add_net(workspace, 1)
        folder = workspace.folder
    asked = ["thresholds", "--net", "latest", "-w", str(folder)]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["in_force"]["rule"] == "argmax"
    assert len(said["thresholds"]["t"]) == len(said["thresholds"]["groups"]["female"]) == len(said["thresholds"]["dpd"])
    assert said["top"]["k"] == [1, 2, 3]
    assert said["top"]["macro_f1"][0] == said["in_force"]["macro_f1"]
    plain = CliRunner().invoke(app, asked)
    assert "argmax (in force)" in plain.stdout
    assert "flatters" in plain.stdout
    unknown = CliRunner().invoke(app, [*asked, "--by", "ethnicity"])
    assert unknown.exit_code == 0
    assert "–" in unknown.stdout
    assert "nan" not in unknown.stdout


def test_people_of_crema_d(tmp_path: Path, shared_data: Path) -> None:
    """The voice raters against the audio-visual labels: the golden numbers of the definitions."""
    import_corpus(TaskContext(), tmp_path / "w.fairemo", "crema-d", shared_data / "cremad")
    with Workspace(tmp_path / "w.fairemo") as workspace:
        corpus = corpora.corpus(workspace, None)
        found = try_thresholds(workspace, corpus, Truth.AV, HumanPredictor(Condition.VOICE))
    rule, rates = found.in_force
    assert rule == "1/6"
    assert float(rates.macro_f1) == pytest.approx(0.6373170669549459, abs=1e-9)
    assert float(rates.dpd) == pytest.approx(0.03632450766160273, abs=1e-9)
    women, men = rates.by_group[found.sweep.groups.index("female")], rates.by_group[found.sweep.groups.index("male")]
    assert float(women) == pytest.approx(0.6505025601510362, abs=1e-9)
    assert float(men) == pytest.approx(0.6218589587097371, abs=1e-9)
