"""How commands end: one sentence first whatever happened, the right exit code, text that stays as it is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from fairemo_gui.cli.output import guarded, print_json, say
from tests.unit.cli.test_real_corpora import run


def _locked() -> None:
    with sqlite3.connect(":memory:") as one:
        one.execute("PRAGMA query_only = 1")
        one.execute("CREATE TABLE t (x)")


def _wrong_statement() -> None:
    sqlite3.connect(":memory:").execute("SELECT 1 FROM nowhere")


def _no_folder() -> None:
    Path("/nowhere/at/all").write_text("x", "utf-8")


def _ours() -> None:
    raise ZeroDivisionError("one by none")


@pytest.mark.parametrize(
    ("fault", "code", "start"),
    [
        (_locked, 2, "The workspace cannot be used (attempt to write a readonly database)"),
        (_no_folder, 2, "/nowhere/at/all: No such file or directory"),
        (_wrong_statement, 1, "A fault of this program: OperationalError: no such table: nowhere"),
        (_ours, 1, "A fault of this program: ZeroDivisionError: one by none"),
    ],
)
def test_the_first_line_is_one_sentence(
    fault: object, code: int, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @guarded
    def command(*, as_json: bool) -> None:
        assert callable(fault)
        fault()

    with pytest.raises(typer.Exit) as ended:
        command(as_json=True)
    told = capsys.readouterr()
    assert ended.value.exit_code == code
    assert told.err.startswith(start)
    assert json.loads(told.out)["error"].startswith(start)
    assert ("Traceback" in told.err) == (code == 1)


def test_brackets_in_names_are_text_and_lines_stay_whole(capsys: pytest.CaptureFixture[str]) -> None:
    line = f"Wrote /tmp/[b]x[/b]/{'long' * 60}.html"
    say(line)
    assert capsys.readouterr().out == line + "\n"


def test_numbers_json_does_not_know_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": float("nan"), "b": [float("inf"), 1.5]})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5]}


def test_a_workspace_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    table = tmp_path / "m.csv"
    table.write_text("utterance_id,media\nu1,a.wav\n", "utf-8")
    result = run("import", "manifest", table, "-w", table / "w.fairemo")
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(str(table / "w.fairemo"))


def test_raters_held_against_their_own_votes_are_called_out(tmp_path: Path) -> None:
    table, ratings = tmp_path / "m.csv", tmp_path / "r.csv"
    table.write_text("utterance_id,media,emotion\nu1,a.wav,sad\nu2,b.wav,happy\n", "utf-8")
    ratings.write_text("utterance_id,condition,rater,emotion\nu1,av,r1,sad\nu2,av,r1,sad\n", "utf-8")
    workspace = tmp_path / "w.fairemo"
    assert run("import", "manifest", table, "-w", workspace).exit_code == 0
    assert run("ratings", "import", ratings, "-w", workspace).exit_code == 0
    own = json.loads(run("evaluate", "--human", "av", "--labels", "av", "--json", "-w", workspace).stdout)
    assert "truth itself" in own["caveats"][0]
    assert "n = 2: so few utterances that these figures say nothing." in own["caveats"]
    assert any(caveat.startswith("Macro-F1 compares label sets") for caveat in own["caveats"])
    other = json.loads(run("evaluate", "--human", "av", "--json", "-w", workspace).stdout)
    assert (other["truth"], other["metrics"]["accuracy"]) == ("intended", 0.5)
    assert not any("truth itself" in caveat for caveat in other["caveats"])
    assert not any("label sets" in caveat for caveat in other["caveats"])


def test_doctor_says_the_rest_where_the_compute_process_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairemo_gui.cli import doctor
    from fairemo_gui.errors import UserError

    def run_nothing(*_: object) -> None:
        raise UserError("The compute process ended with code 1.")

    monkeypatch.setattr(doctor, "ComputeProcess", lambda: SimpleNamespace(run=run_nothing, close=lambda: None))
    result = run("doctor", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["device"]["error"] == "The compute process ended with code 1."


def test_doctor_names_what_is_lacking_and_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairemo_gui.cli import doctor

    monkeypatch.setattr(doctor, "_device", lambda: {"name": "cpu", "threads": 2, "memory_gb": None})
    monkeypatch.setattr(doctor, "has_screen", lambda: False)
    monkeypatch.setattr(doctor, "_has_sound", lambda: False)
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torchaudio" else "1.0")
    said = run("doctor").stdout
    assert "Nets compute on the processor" in said
    assert "_gb" not in said
    lacking = said[said.index("Lacking:") :].splitlines()[1:]
    assert [line.split(":")[0] for line in lacking] == ["• GPU", "• Screen", "• Sound device", "• Packages"]
    assert "torchaudio; run `make setup` again" in lacking[-1]
    monkeypatch.setattr(doctor, "_device", lambda: {"name": "NVIDIA X", "threads": 2, "memory_gb": 80.0})
    monkeypatch.setattr(doctor, "has_screen", lambda: True)
    monkeypatch.setattr(doctor, "_has_sound", lambda: True)
    monkeypatch.setattr(doctor, "_version", lambda _: "1.0")
    said = run("doctor").stdout
    assert "Nets compute on NVIDIA X (80.0 GB)" in said
    assert said.endswith("Nothing is lacking.\n")
    assert json.loads(run("doctor", "--json").stdout)["lacks"] == []


def test_a_folder_nobody_knows_has_a_remedy(tmp_path: Path) -> None:
    result = run("detect", tmp_path)
    assert result.exit_code == 2
    assert "fairemo import manifest TABLE.csv" in result.stderr


@pytest.mark.parametrize("command", ["evaluate", "agreement", "progress", "slices", "compare"])
def test_fewer_than_no_replicates_are_refused(command: str, tmp_path: Path) -> None:
    result = run(command, *(("1", "2") if command == "compare" else ()), "--ci", "-5", "-w", tmp_path / "w.fairemo")
    assert result.exit_code == 2
    assert "--ci" in result.stderr


def test_a_report_needs_the_name_of_a_file(tmp_path: Path) -> None:
    table = tmp_path / "m.csv"
    table.write_text("utterance_id,media\nu1,a.wav\n", "utf-8")
    assert run("import", "manifest", table, "-w", tmp_path / "w.fairemo").exit_code == 0
    for to in (".", tmp_path):
        result = run("report", "--human", "voice", "--out", to, "-w", tmp_path / "w.fairemo")
        assert result.exit_code == 2
        assert "is a folder" in result.stderr.splitlines()[0]
