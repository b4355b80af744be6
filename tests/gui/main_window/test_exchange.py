"""What goes out of the workspace by the window, and what comes in from other annotators."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.dialogs.export import ExportDialog
from fairemo_gui.gui.dialogs.gold import AdjudicateDialog
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.services import rating
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace
from tests.gui.main_window.conftest import rated_bundle, settle, store
from tests.unwritable import unwritable


def _export(
    qtbot: QtBot, window: MainWindow, to: Path, monkeypatch: pytest.MonkeyPatch, form: str, filtered: bool
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(to), ""))
    window.actions_.export_corpus.trigger()
    dialog = window.exchange.dialog
    assert isinstance(dialog, ExportDialog)
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


def _said(qtbot: QtBot, window: MainWindow) -> str:
    """What the last job said, once everything has settled."""
    qtbot.waitUntil(lambda: not window.runner.busy, timeout=20_000)
    settle(qtbot, window)
    return window.messages.log()[-1].sentence


def test_ratings_of_another_laptop_are_merged_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, bundle = tmp_path / "other.fairemo", tmp_path / "anna.jsonl"
    with Workspace(other, create=True) as laptop:
        corpora.add_bundle(laptop, rated_bundle())
        corpus = corpora.corpus(laptop)
        utterance = corpora.utterance_ids(laptop, corpus.id)["u000"]
        rating.rate(laptop, corpus, utterance, "anna", Condition.AV, ["anger"])
    with qtbot.waitSignal(window.feed.corpus_changed, timeout=10_000):
        window.open(other)
    settle(qtbot, window)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(bundle), ""))
    window.actions_.export_ratings.trigger()
    assert "1,801 ratings to anna.jsonl" in _said(qtbot, window)
    home = tmp_path / "home.fairemo"
    with Workspace(home, create=True) as opened:
        corpora.add_bundle(opened, rated_bundle())
    with qtbot.waitSignal(window.feed.corpus_changed, timeout=10_000):
        window.open(home)
    settle(qtbot, window)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([str(bundle)], ""))
    window.actions_.merge_ratings.trigger()
    assert _said(qtbot, window) == "Merged 1,801 ratings: 1 are new."
    assert ratings.count(store(window), "anna") == 1
    window.actions_.merge_ratings.trigger()
    assert _said(qtbot, window) == "Merged 1,801 ratings: 0 are new."


def test_votes_are_settled_by_rule_and_a_person_has_the_last_word(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_.adjudicate.trigger()
    dialog = window.exchange.dialog
    assert isinstance(dialog, AdjudicateDialog)
    dialog.rule.set_value("2/3")
    dialog.accept()
    first = _said(qtbot, window)
    assert first.startswith("gold: ")
    assert "120 labels changed" in first
    window.actions_.decide.trigger()
    settle(qtbot, window)
    window.organise.queue.decide("no_agreement")
    settle(qtbot, window)
    window.actions_.adjudicate.trigger()
    again = window.exchange.dialog
    assert isinstance(again, AdjudicateDialog)
    again.accept()
    assert _said(qtbot, window).endswith("1 decided by a person stay.")


def test_moved_media_are_located_at_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    window.actions_.locate.trigger()
    assert "None of the 120 media files" in _said(qtbot, window)
    for number in range(100):
        (tmp_path / f"u{number:03d}.mp4").touch()
    window.actions_.locate.trigger()
    assert "100 media files" in _said(qtbot, window)
    assert "20 are not there" in window.messages.log()[-1].sentence
    assert corpora.corpora(store(window))[0].root == tmp_path


def test_a_damaged_workspace_is_rescued_and_opened(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, saved = tmp_path / "broken.fairemo", tmp_path / "saved.fairemo"
    with Workspace(broken, create=True) as opened:
        corpora.add_bundle(opened, rated_bundle())
    with (broken / "workspace.sqlite").open("r+b") as file:
        file.seek(0, 2)
        size = file.tell()
        file.truncate(size - 4096 * 3)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(broken))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved), ""))
    window.actions_.rescue.trigger()
    assert "rows of broken.fairemo" in _said(qtbot, window)
    assert store(window).folder == saved
    assert ratings.count(store(window), "r0") > 0


@pytest.fixture
def second(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Iterator[MainWindow]:
    """Another window on the same workspace."""
    other = MainWindow(QSettings(str(tmp_path / "second.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(other)
    other.open(store(window).folder)
    settle(qtbot, other)
    yield other
    other.close()


def test_a_second_window_reads_only_and_says_who_holds_the_workspace(
    qtbot: QtBot, window: MainWindow, second: MainWindow
) -> None:
    assert store(second).read_only
    assert "open for reading only" in second.messages.log()[-1].sentence
    assert second.status.held.words() == "read only"
    assert window.status.held.words() == ""
    actions = second.actions_
    assert not any(action.isEnabled() for action in (actions.import_corpus, actions.train, actions.flag, actions.undo))
    assert actions.export_corpus.isEnabled()
    assert second.charts.shown is not None
    folder = store(window).folder
    window.close()
    second.open(folder)
    settle(qtbot, second)
    assert not store(second).read_only
    assert second.status.held.words() == ""


@pytest.mark.parametrize("part", ["", "workspace.sqlite"])
def test_a_workspace_that_cannot_be_written_is_shown_for_reading_only(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, part: str
) -> None:
    folder = tmp_path / "kept.fairemo"
    with Workspace(folder, create=True) as opened:
        corpora.add_bundle(opened, rated_bundle())
    with unwritable(folder / part):
        window.open(folder)
        settle(qtbot, window)
        assert store(window).read_only
        assert "cannot be written" in window.messages.log()[-1].sentence
        assert window.status.held.words() == "read only"
        assert not window.actions_.train.isEnabled()
