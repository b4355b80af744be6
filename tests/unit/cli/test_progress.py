"""`fairemo progress`: words, numbers, and a sentence where there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairemo_gui.core.trials import Answer
from tests.unit.cli.test_ratings import run, run_json
from tests.unit.services.campaign.builders import Clock, answer_all, campaign, sit


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
            lambda trial, k=k: Answer(("sad" if trial.position % 3 == k else "anger",), response_ms=1000),
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
