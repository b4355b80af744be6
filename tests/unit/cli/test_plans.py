"""`fairemo plan`: one clear sentence for every plan that cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from fairemo_gui.core.plan_file import parse_plan, read_plan
from fairemo_gui.core.records import MediaState
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


def test_what_a_corpus_cannot_do_of_a_plan_is_said(tmp_path: Path) -> None:
    place = tmp_path / "w.fairemo"
    bundle = clips(120)
    heard = tuple(replace(each, video=None) for each in bundle.utterances)
    with Workspace(place, create=True) as workspace:
        corpora.add_bundle(workspace, replace(bundle, utterances=heard))
    file = tmp_path / "p.toml"
    file.write_text(
        'name = "p"\nversion = "1"\n[answers]\nclasses = ["anger", "disgust", "fear", "happy", "sad"]\n'
        "[items]\nconditions = { voice = 30, face = 30, av = 30 }\none_condition = true\n"
        "[sitting]\nitems = 90\nrepeats = 5\n"
    )
    found = json.loads(run("plan", "check", file, "-w", place, "--json").stdout)
    assert (found["verdict"], found["lacking"], found["dropped"]) == ("in part", 60, ["face", "av"])
    assert found["asked"] == {"voice": 30, "face": 30, "av": 30}
    assert found["available"] == {"voice": 120, "face": 0, "av": 0}
    assert (found["given"], found["trials"]) == ({"voice": 90, "face": 0, "av": 0}, 95)
    assert found["not_offered"] == {"neutral": 20}
    said = run("plan", "check", file, "-w", place).stdout
    assert "only in part" in said.splitlines()[0]
    assert "no clip can be given in face and av: 60 of a sitting's 90 clips are lacking" in said
    assert "20 clips are labelled “neutral”" in said
    silent = tuple(replace(each, media_state=MediaState.MISSING) for each in heard)
    with Workspace(tmp_path / "none.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, replace(bundle, utterances=silent))
    assert run("plan", "check", file, "-w", tmp_path / "none.fairemo").exit_code == 2
