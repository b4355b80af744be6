"""`fairemo plan`: one clear sentence for every plan that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from fairemo_gui.core.plan_file import parse_plan, read_plan
from fairemo_gui.services.annotation.plans import shipped_plans
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import clips


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_shipped_plans_are_whole() -> None:
    assert set(shipped_plans()) == {"crema-d", "demo", "dimensional"}
    for name, file in shipped_plans().items():
        assert read_plan(file).name == name


def test_a_plan_is_begun_changed_checked_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "faces.toml"
    assert run("plan", "new", "--out", file, "--like", "crema-d").exit_code == 0
    assert run("plan", "new", "--out", file).exit_code == 2
    file.write_text(file.read_text("utf-8").replace('name = "crema-d"', 'name = "faces"'), "utf-8")
    checked = json.loads(run("plan", "check", file, "--json").stdout)
    shown = json.loads(run("plan", "show", file, "--json").stdout)
    assert checked["sha256"] == shown["sha256"] == parse_plan(shown["plan"]).sha256
    assert parse_plan(run("plan", "show", file).stdout) == read_plan(file)


def test_a_plan_is_held_against_a_corpus(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, clips())
    found = json.loads(run("plan", "check", "demo", "-w", tmp_path / "w.fairemo", "--json").stdout)
    assert (found["corpus"], found["items"], found["missing"]) == ("clips", 12, {})
    (tmp_path / "p.toml").write_text('name = "p"\nversion = "1"\n[items]\nfilter = "moody:f"\n')
    result = run("plan", "check", tmp_path / "p.toml", "-w", tmp_path / "w.fairemo")
    assert (result.exit_code, "moody" in result.stderr.splitlines()[0]) == (2, True)


@pytest.mark.parametrize("command", [("check", "nowhere.toml"), ("show", "nowhere.toml")])
def test_a_plan_that_is_not_there_is_said(command: tuple[str, str]) -> None:
    result = run("plan", *command)
    assert result.exit_code == 2
    assert "nowhere.toml" in result.stderr.splitlines()[0]


def test_every_problem_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('name = "bad"\n[clip]\nreplay = 1\ntime_out = "soon"\n')
    result = run("plan", "check", file)
    first, *others = result.stderr.splitlines()
    assert (result.exit_code, len(others)) == (2, 3)
    assert "clip.replay" in first and "bad.toml" in first
    assert all(str(file) in line for line in others)
