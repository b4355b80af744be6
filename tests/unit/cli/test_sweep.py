"""A sweep on recordings, and what `evaluate`, `compare` and `report` say of its nets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import CancelledError, Progress, TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.sweep import SweepPlan, sweep
from fairemo_gui.services.training import TrainPlan
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.workspace import Workspace
from tests.unit.cli.test_real_corpora import run, run_json

SWEEP = (
    "sweep", "--classes", "angry,neutral,sad", "--folds", 3, "--set", "max_epochs=3", "--set", "modalities=audio",
    "--ci", 50,
)  # fmt: skip


@pytest.fixture(scope="module")
def workspace(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips of each of three emotions by six speakers of EmoDB, in a workspace."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "emodb").mkdir()
    clips = sorted((shared_data / "emodb").glob("*.flac"))
    for speaker in ("03", "08", "09", "10", "11", "13"):
        for letter in "WNT":
            for path in [clip for clip in clips if clip.stem[:2] == speaker and clip.stem[5] == letter][:3]:
                shutil.copyfile(path, folder / "emodb" / path.name)
    run_json("import", "emodb", folder / "emodb", "-w", folder / "w.fairemo")
    return folder / "w.fairemo"


@pytest.fixture(scope="module")
def swept(workspace: Path) -> dict[str, object]:
    found = run_json(*SWEEP, "--seeds", 2, "--grid", "fusion_dropout=0.1,0.5", "-w", workspace)
    assert [point["settings"] for point in found["points"]] == [{"fusion_dropout": 0.1}, {"fusion_dropout": 0.5}]
    return found


def test_every_point_is_trained_with_every_seed_on_one_division(workspace: Path, swept: dict[str, object]) -> None:
    assert swept["seeds"] == [0, 1]
    with Workspace(workspace) as opened:
        found = nets.nets(opened, 1)
        assert sorted((net.seed, net.config["settings"]["fusion_dropout"]) for net in found) == [  # type: ignore[index]
            (0, 0.1), (0, 0.5), (1, 0.1), (1, 0.5)
        ]  # fmt: skip
        assert len({net.data_hash for net in found}) == 1
        assert len({net.sha256 for net in found}) == 4


def test_only_nets_that_are_the_same_are_not_trained_again(workspace: Path, swept: dict[str, object]) -> None:
    """One trained by hand has seed 2's own division of speakers: it learnt from others."""
    by_hand = run_json("train", *SWEEP[1:-2], "--set", "fusion_dropout=0.5", "--seed", 2, "-w", workspace)["net"]
    told = run(*SWEEP, "--seeds", 3, "--grid", "fusion_dropout=0.5", "-w", workspace)
    assert told.exit_code == 0, told.output
    old = [net["net"] for net in swept["points"][1]["nets"]]  # type: ignore[index]
    assert f"there already: nets {', '.join(map(str, old))}." in told.stdout
    assert f"nets {', '.join(map(str, [*old, by_hand + 1]))} against intended labels" in told.stdout
    assert max(len(line) for line in told.stdout.splitlines() if not line.startswith("•")) <= 80


def test_existing_nets_give_the_distribution_of_the_sweep(workspace: Path, swept: dict[str, object]) -> None:
    point = swept["points"][0]  # type: ignore[index]
    ids = [net["net"] for net in point["nets"]]
    by_id = run_json("evaluate", "--net", ",".join(map(str, reversed(ids))), "--ci", 50, "-w", workspace)
    by_runs = run_json("evaluate", "--runs", ids[1], "--ci", 50, "-w", workspace)
    assert by_id["nets"] == by_runs["nets"] == point["nets"]
    assert by_id["numbers"] == by_runs["numbers"] == point["numbers"]
    each = [run_json("evaluate", "--net", net, "--ci", 0, "-w", workspace) for net in ids]
    women = next(row for row in by_id["numbers"] if (row["key"], row["group"], row["label"]) == ("uar", "female", None))
    expected = [group["metrics"]["uar"] for found in each for group in found["groups"] if group["value"] == "female"]
    assert women["values"] == expected
    assert women["sd"] == pytest.approx(np.std(expected, ddof=1))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sweep", "--seeds", "0"), "--seeds 0"),
        (("sweep", "--grid", "dropout"), "--grid dropout"),
        (("sweep", "--grid", "a=1,1"), "twice"),
        (("sweep", "--set", "max_epochs=1", "--folds", "3", "--grid", "fusion_dropout=0.1,7"), "fusion_dropout"),
        (("evaluate", "--runs", "latest", "--net", "1"), "--runs names the nets"),
        (("evaluate", "--runs", "99"), "no net 99"),
    ],
)
def test_impossible_sweeps_exit_2_with_one_sentence(
    workspace: Path, swept: dict[str, object], arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(*arguments, "-w", workspace)
    assert result.exit_code == 2, result.output
    assert sentence in result.stderr.splitlines()[0]


def test_a_cancelled_sweep_keeps_what_was_finished(workspace: Path) -> None:
    """Cancelled in the second training: one net more, which the next sweep finds."""
    plan = SweepPlan(
        TrainPlan(settings={"modalities": "audio", "max_epochs": 2, "slope": 0.2}, seed=40, folds=3), {}, 3
    )
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.text.startswith("Net 2 of 3: Fold"):
            ctx.cancel()

    compute = ComputeProcess()
    try:
        with Workspace(workspace) as opened:
            lab = Lab(opened, corpora.corpus(opened), compute)
            before = len(nets.nets(opened, 1))
            ctx = TaskContext(watch)
            with pytest.raises(CancelledError):
                sweep(ctx, lab, plan)
            assert len(nets.nets(opened, 1)) == before + 1
            done = [progress.done for progress in seen]
            assert done == sorted(done)
            assert {progress.total for progress in seen} == {3000}
            assert sweep(TaskContext(), lab, plan).points[0].reused == (nets.nets(opened, 1)[2].id,)
    finally:
        compute.close()


def test_the_comparison_fits_a_terminal(workspace: Path, swept: dict[str, object]) -> None:
    old, new = (net["net"] for net in swept["points"][0]["nets"])  # type: ignore[index]
    told = run("compare", old, new, "--ci", 50, "-w", workspace)
    assert told.exit_code == 0, told.output
    assert max(len(line) for line in told.stdout.splitlines() if not line.startswith("•")) <= 80
    whole = run_json("compare", old, new, "--ci", 50, "-w", workspace)
    listed = run("compare", old, new, "--ci", 50, "--flips", "-w", workspace).stdout
    assert whole["flips"]
    assert all(flip["utterance"] in listed for flip in whole["flips"])
    assert {change["family"] for change in whole["per_class"]} >= {"recall per class", "f1 per class and group"}
    nobody = run("compare", old, new, "--gold", "nobody", "-w", workspace)
    assert (nobody.exit_code, "nobody" in nobody.stderr) == (2, True)


def test_the_report_of_a_swept_net_has_card_and_seeds(
    workspace: Path, swept: dict[str, object], tmp_path: Path
) -> None:
    net = swept["points"][0]["nets"][0]["net"]  # type: ignore[index]
    assert run("report", "--net", net, "--out", tmp_path / "r.html", "-w", workspace).exit_code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    with Workspace(workspace) as opened:
        row = nets.net(opened, net)
    for text in (
        row.sha256,
        row.data_hash,
        "Schmitz, Ahmed &amp; Cao 2022",
        "Mel-frequency cepstral",
        "fusion_dropout = 0.1",
    ):
        assert text in page, text
    assert re.search(r"<h2 id=\"seeds\">Over 2 seeds</h2>", page)
    assert json.loads(json.dumps(row.config))["plan"]["labelled"] == {"0": 18, "1": 18, "2": 18}
