"""What goes out of the workspace by the window, and what comes in from other annotators."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.main_window import MainWindow
from tests.gui.main_window.conftest import settle


def _export(
    qtbot: QtBot, window: MainWindow, to: Path, monkeypatch: pytest.MonkeyPatch, form: str, filtered: bool
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(to), ""))
    window.actions_.export_corpus.trigger()
    dialog = window.exchange.dialog
    assert dialog is not None
    dialog.format.set_value(form)
    dialog.filtered.setChecked(filtered)
    dialog.accept()
    qtbot.waitUntil(lambda: not window.runner.busy, timeout=20_000)


def test_a_corpus_is_exported_as_the_filter_leaves_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.filters.set_query("gender:f")
    settle(qtbot, window)
    _export(qtbot, window, tmp_path / "out", monkeypatch, "csv", filtered=True)
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert {row["gender"] for row in rows} == {"female"}
    assert "Left out: 60 utterances the filter holds back" in window.messages.log()[-1].sentence


def test_a_folder_that_is_not_empty_is_never_written_over(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    _export(qtbot, window, tmp_path, monkeypatch, "csv", filtered=False)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "manifest.csv").exists()
    assert str(tmp_path) in window.messages.log()[-1].sentence
