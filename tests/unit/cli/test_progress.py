"""`fairemo progress`: words, numbers, and a sentence where there is nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from rich.text import Text

from fairemo_gui.cli.progress import _drift, _kappa
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.evaluation.intervals import Interval
from fairemo_gui.services.campaign.drift import Drift
from tests.unit.cli.test_ratings import run, run_json
from tests.unit.services.campaign.builders import Clock, answer_all, campaign, sit


def _say(trial: Trial, k: int) -> Answer:
    """What the k-th rater answers."""
    return Answer(("sad" if trial.position % 3 == k else "anger",), response_ms=1000)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Three raters: two done, one in the middle."""
    folder = tmp_path / "c.fairemo"
    opened, corpus = campaign(folder)
    for k, rater in enumerate(("R01", "R02", "R03")):
        clock = Clock()
        answer_all(
            sit(opened, corpus, rater, clock),
            clock,
            partial(_say, k=k),
            most=9 if k == 2 else 100,
        )
    opened.close()
    return folder


def test_who_has_done_what(workspace: Path) -> None:
    found = run_json("progress", "-w", workspace)
    assert [rater["rater"] for rater in found["raters"]] == ["R01", "R02", "R03"]
    assert [rater["done"] for rater in found["raters"]][:2] == [20, 20]
    assert found["raters"][2]["left"] > 0
    assert found["raters"][0]["agreement"]["voice"]["interval"] is None
    assert found["plans"] == [{"name": "small", "version": "1"}]
    assert found["items"]["under_target"]["voice"] > 0
    assert {"rest", "drift", "consistency"} <= found["definitions"].keys()
    said = run("progress", "-w", workspace)
    assert said.exit_code == 0
    assert all(len(line) <= 80 for line in said.stdout.splitlines() if line.startswith("R0"))
    assert "R03" in said.stdout
    for word in ("κ:", "again:", "checks:", "time:", "drift:"):
        assert any(line.startswith(word) for line in said.stdout.splitlines())


def test_every_kappa_has_its_n_and_few_answers_are_grey(workspace: Path) -> None:
    found = run_json("progress", "-w", workspace)
    assert (found["minimum_n"], found["correction"]["method"]) == (20, "holm")
    n = found["raters"][2]["agreement"]["voice"]["ratings"]
    assert n < 20
    row = next(line for line in run("progress", "-w", workspace).stdout.splitlines() if line.startswith("R03"))
    assert row.split()[4] == str(n)
    assert _kappa(Agreement("cohen", -0.29, 3, 3, 2, None, None), 2) == Text("−.29  3", "dim")
    assert _kappa(Agreement("cohen", 0.61, 34, 34, 9, None, None), 2) == Text(" .61 34")
    assert _drift(Drift((0.9, 0.1), (2, 1), -0.8, Interval(-0.9, -0.7), 0.001)) == "–"


def test_a_look_at_one_rater_is_corrected_for_all(workspace: Path) -> None:
    every, one = run_json("progress", "-w", workspace), run_json("progress", "-w", workspace, "--rater", "R01")
    assert one["correction"] == every["correction"]
    assert one["raters"][0]["drift"] == every["raters"][0]["drift"]


def test_one_rater_with_intervals(workspace: Path) -> None:
    (rater,) = run_json("progress", "-w", workspace, "--rater", "R01", "--ci", 200)["raters"]
    low, high = rater["agreement"]["voice"]["interval"]
    assert low < rater["agreement"]["voice"]["value"] < high
    assert rater["speakers"]["voice"]["rater"] == "R01"
    assert "R01, voice: agrees with the others on" in run("progress", "-w", workspace, "--rater", "R01").stdout


def test_a_code_nobody_has(workspace: Path) -> None:
    found = run("progress", "-w", workspace, "--rater", "R99")
    assert found.exit_code == 2
    assert "Nobody called “R99”" in found.stderr


def test_nobody_has_rated(tmp_path: Path) -> None:
    opened, _ = campaign(tmp_path / "c.fairemo")
    opened.close()
    assert "Nobody has rated in small yet." in run("progress", "-w", tmp_path / "c.fairemo").stdout
