"""Tables at 80 columns: every row keeps its name, and no number is lost or cut."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rich.table import Table

from fairemo_gui.cli.output import out
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core.records import Condition
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.cli.test_real_corpora import run
from tests.unit.store.builders import small_bundle


def printed(capsys: pytest.CaptureFixture[str], columns: int, name: str = "agrees: intended") -> list[str]:
    table = Table(title="T", box=None)
    for k in range(columns + 1):
        table.add_column(f"by unknown\nof {k}" if k else "", justify="right" if k else "left")
    table.add_row(name, *(f"{k}.123\n[−.123, +.{k}00]" for k in range(1, columns + 1)))
    print_table(table)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= out.width
    return lines


@pytest.mark.parametrize("columns", [3, 4, 7, 12])
def test_names_stand_before_every_number(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "_width", 80)
    lines = printed(capsys, columns)
    named = [line for line in lines if "agrees: intended" in line]
    for k in range(1, columns + 1):
        assert sum(f"{k}.123" in line.split() for line in named) == 1
        assert sum(f"[−.123, +.{k}00]" in line for line in lines) == 1


def test_a_long_name_is_folded_not_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_width", 80)
    name = "gender×race female×African American"
    lines = printed(capsys, 4, name)
    assert " ".join(" ".join(line[:17] for line in lines).split()).replace("T ", "").startswith(name)


def test_a_rater_of_unknown_gender_takes_no_names_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_width", 80)
    folder = tmp_path / "w.fairemo"
    with Workspace(folder, create=True) as opened:
        corpora.add_bundle(opened, small_bundle())
        corpus = corpora.corpus(opened)
        for name, emotion in (("ann", "sad"), ("ben", "happy"), ("cid", "sad")):
            for utterance in (1, 2):
                rate(opened, corpus, utterance, name, Condition.AV, [emotion])
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as database, database:
        database.execute("UPDATE rater SET gender = 'female' WHERE code = 'ann'")
        database.execute("UPDATE rater SET gender = 'male' WHERE code = 'ben'")
    told = run("agreement", "--by", "condition", "--ci", 20, "-w", folder)
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert "by unknown" in told.stdout
    assert sum(line.startswith(" happy ") for line in lines) >= 2
    assert any("agrees: others" in line for line in lines)
