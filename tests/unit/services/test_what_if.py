from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fairemo_gui.cli.app import app
from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import CacheInfo, create_cache
from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.compute import train_task
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.what_if import WhatIf, modalities_of, one_modality, what_if
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import SCHEME, many_speakers


def add_trained(workspace: Workspace, modalities: str) -> NetRow:
    """A net of one member per fold, trained for two epochs on made-up features of every utterance."""
    table, rng = corpora.table(workspace, 1), np.random.default_rng(3)
    features = {}
    for name in modalities.split("+"):
        cache = create_cache(workspace.folder / "features", CacheInfo(f"fake-{name}", name, "1", {}, 6, "k"))
        if not (workspace.folder / "features" / f"fake-{name}@k" / "media.json").is_file():
            cache.write([(int(i), "made", rng.normal(size=(4, 6)).astype(np.float32)) for i in table.ids])
        features[name] = str(cache.folder)
    folds = (table.speaker_index % 3).astype(np.int64)
    weights = f"nets/{modalities}.safetensors"
    done = train_task(
        TaskContext(), "schmitz2022", {"max_epochs": 2, "modalities": modalities}, features, table.ids,
        np.eye(3)[np.arange(len(table)) % 3], 1, str(workspace.folder / weights), folds=folds,
    )  # fmt: skip
    parts = {speaker.code: k % 3 for k, speaker in enumerate(table.speakers)}
    config = {**done["config"], "plan": {"parts": parts}}
    net = NetRow(
        1, "schmitz2022", "intended", ClassSelection.all_of(SCHEME), config, 1, 3, "h", "1", weights, done["sha256"]
    )
    return nets.net(workspace, nets.add_net(workspace, net)[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = many_speakers(tmp_path_factory.mktemp("what_if"), speakers=6, each=4)
    with workspace:
        add_trained(workspace, "audio+text")
        add_trained(workspace, "audio")
        return workspace.folder


def test_the_member_that_had_not_learnt_from_the_speaker_answers(folder: Path) -> None:
    compute = ComputeProcess()
    try:
        with Workspace(folder) as workspace:
            lab = Lab(workspace, corpora.corpus(workspace, None), compute)
            net, table = nets.net(workspace, 1), corpora.table(workspace, 1)
            found = what_if(TaskContext(), lab, net, int(table.ids[5]))
            assert found.utterance == table.codes[5]
            assert found.modalities == ("audio", "text")
            assert found.before.sum() == pytest.approx(1, abs=1e-5)
            without = found.without({"audio"})
            assert without is not None
            assert np.abs(without - found.before).max() > 1e-5
            assert found.without({"audio", "text"}) is None
            with pytest.raises(UserError, match="Net 2 knows audio only"):
                what_if(TaskContext(), lab, nets.net(workspace, 2), int(table.ids[5]))
    finally:
        compute.close()


def test_one_modality_is_said(folder: Path) -> None:
    with Workspace(folder) as workspace:
        assert modalities_of(nets.net(workspace, 1)) == ("audio", "text")
        assert one_modality(nets.net(workspace, 1)) == ""
        assert one_modality(nets.net(workspace, 2)) == "knows audio only"


def test_json_holds_before_and_after() -> None:
    answers = {frozenset({"audio", "text"}): np.array([0.7, 0.3]), frozenset({"text"}): np.array([0.2, 0.8])}
    found = WhatIf(4, "u1", ("anger", "happy"), ("audio", "text"), answers)
    said = found.to_json({"audio"})
    assert said["without"] == ["audio"]
    assert said["probabilities"] == {"anger": {"before": 0.7, "after": 0.2}, "happy": {"before": 0.3, "after": 0.8}}


def test_the_command(folder: Path) -> None:
    asked = ["what-if", "--net", "1", "--utterance", "s01_02", "-w", str(folder)]
    done = CliRunner().invoke(app, [*asked, "--without", "audio", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["net"] == 1
    assert set(said["probabilities"]) == {"anger", "happy", "neutral"}
    plain = CliRunner().invoke(app, [*asked, "--without", "text"])
    assert "without text" in plain.stdout


def test_a_workspace_that_may_not_be_written_is_asked_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "writable", False)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    asked = ["what-if", "--net", "1", "--utterance", "s01_02", "-w", str(folder)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "s01_02, with everything on (" in done.stdout
    assert "-0.000" not in done.stdout
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--net", "2", "--utterance", "s01_02"], "knows audio only"),
        (["--net", "1", "--utterance", "nope"], "no utterance nope"),
        (["--net", "1", "--utterance", "s01_02", "--without", "video"], "has no video"),
        (["--net", "1", "--utterance", "s01_02", "--without", "audio,text"], "left with nothing"),
        (["--net", "1", "--utterance", "s01_02", "--without", "smell"], "smell is unknown"),
    ],
)
def test_mistakes_end_in_one_sentence(folder: Path, options: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, ["what-if", *options, "-w", str(folder)])
    assert done.exit_code == 2
    assert sentence in done.stderr.splitlines()[0]
