"""`fairemo export`: one folder, one JSON object, one sentence per mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from tests.unit.services.export_builders import bundle, media, workspace


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace(tmp_path / "w.fairemo", bundle(media(tmp_path / "corpus"))).close()
    return tmp_path / "w.fairemo"


@pytest.mark.parametrize("form", ["csv", "parquet", "json", "audformat", "eaf", "textgrid", "crema-d", "fairness"])
def test_every_format(folder: Path, tmp_path: Path, form: str) -> None:
    result = run("export", "--format", form, "-w", folder, "--out", tmp_path / "out", "--labels", "voice", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    about = json.loads((tmp_path / "out/about.json").read_text("utf-8"))
    assert found == {"folder": str(tmp_path / "out"), **about}
    assert sum(found["files"].values()) > 0


@pytest.mark.parametrize(("program", "form"), [("elan", "eaf"), ("praat", "textgrid"), ("fairlearn", "fairness")])
def test_a_format_can_be_called_by_its_program(folder: Path, tmp_path: Path, program: str, form: str) -> None:
    asked = ("-w", folder, "--out", tmp_path / "out", "--labels", "voice")
    assert run("export", "--format", program, *asked).exit_code == 0
    assert json.loads((tmp_path / "out/about.json").read_text("utf-8"))["format"] == form


def test_people_are_told_what_was_written_and_left_out(folder: Path, tmp_path: Path) -> None:
    result = run("export", "-w", folder, "--out", tmp_path / "out", "--where", "gender:f", "--level", "consensus")
    assert result.exit_code == 0
    assert "consensus.csv" in result.stdout
    assert "Left out: 3 utterances the filter holds back." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--where", "gendr:f"), "did you mean “gender:”?"),
        (("--corpus", "other"), "no corpus “other”"),
        (("--format", "excel"), "--format excel is unknown; choose one of csv, parquet"),
        (("--format", "eaf", "--where", "code:lost"), "locate its media first"),
    ],
)
def test_mistakes_exit_2_with_one_sentence(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run("export", "-w", folder, "--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr.splitlines()[0]
    assert not (tmp_path / "out").exists()


def test_a_former_export_is_replaced_only_when_told_so(folder: Path, tmp_path: Path) -> None:
    assert run("export", "-w", folder, "--out", tmp_path / "out").exit_code == 0
    again = run("export", "-w", folder, "--out", tmp_path / "out")
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert run("export", "-w", folder, "--out", tmp_path / "out", "--force").exit_code == 0
