from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Problem
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.gui.importing.dialog import ImportDialog
from fairemo_gui.gui.importing.tasks import Imported, save_report
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace

HEADER = "utterance_id,media,speaker,gender,emotion\n"


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + "a,a.wav,ann,f,happy\nb,b.wav,bob,m,sad\n", encoding="utf-8")
    return path


def _dialog(qtbot: QtBot, runner: JobRunner, folder: Path | None) -> ImportDialog:
    dialog = ImportDialog(runner, folder)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _settled(qtbot: QtBot, dialog: ImportDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.busy(), timeout=10_000)


def test_a_table_is_recognised_previewed_and_imported_into_a_new_workspace(
    qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path
) -> None:
    dialog = _dialog(qtbot, runner, None)
    assert not dialog.go.isEnabled()
    dialog.choose(table)
    _settled(qtbot, dialog)
    assert dialog.kind.value() == "manifest"
    assert dialog.report.value("Utterances") == "2"
    assert dialog.report.value("Gender") == "female 1, male 1"
    assert dialog.report.value("Emotion") == "happy 1, sad 1"
    assert not (tmp_path / "w.fairemo").exists()
    dialog.workspace.setText(str(tmp_path / "w"))
    dialog.name.setText("mine")
    with qtbot.waitSignal(dialog.imported, timeout=10_000) as imported:
        dialog.go.click()
    done = imported.args[0]
    assert isinstance(done, Imported)
    assert done.folder == tmp_path / "w.fairemo"
    with Workspace(done.folder) as workspace:
        assert [corpus.name for corpus in corpora.corpora(workspace)] == ["mine"]


def test_bad_rows_refuse_the_import_until_they_are_left_out(qtbot: QtBot, runner: JobRunner, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(HEADER + "a,a.wav,ann,f,happy\na,b.wav,bob,m,sad\n", encoding="utf-8")
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    dialog.choose(path)
    _settled(qtbot, dialog)
    assert not dialog.go.isEnabled()
    assert dialog.report.problems.count() >= 1
    assert "line 3" in dialog.report.problems.item(0).text()
    assert dialog.report.heading().endswith(": correct it, or tick “Leave bad rows out and list them”.")
    dialog.skip_bad.setChecked(True)
    _settled(qtbot, dialog)
    assert dialog.go.isEnabled()
    assert dialog.report.heading().startswith("1 row left out")


def test_an_unknown_folder_asks_for_the_kind(qtbot: QtBot, runner: JobRunner, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    dialog.choose(tmp_path / "empty")
    _settled(qtbot, dialog)
    assert "choose the kind yourself" in dialog.report.heading()
    assert not dialog.go.isEnabled()


def test_a_dropped_folder_is_looked_at(qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path) -> None:
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(table))])
    dialog.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    _settled(qtbot, dialog)
    assert dialog.go.isEnabled()


def test_the_same_corpus_twice_is_brought_up_to_date(
    qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path
) -> None:
    said = []
    for line in ("", "c,c.wav,ann,f,sad\n"):
        with table.open("a", encoding="utf-8") as file:
            file.write(line)
        dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
        dialog.imported.connect(lambda done: said.append(done.sentence))
        dialog.choose(table)
        _settled(qtbot, dialog)
        dialog.go.click()
        _settled(qtbot, dialog)
    assert said[0] == "mine: 2 utterances imported."
    assert "1 utterances are new" in said[1]
    assert "2 are as they were" in said[1]
    with Workspace(tmp_path / "w.fairemo") as workspace:
        assert len(corpora.table(workspace, 1)) == 3


def test_closing_stops_the_reading(qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path) -> None:
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    dialog.choose(table)
    dialog.close()
    qtbot.waitUntil(lambda: not runner.busy, timeout=5000)
    assert not (tmp_path / "w.fairemo").exists()


def test_crema_d_of_the_pack_is_previewed(qtbot: QtBot, runner: JobRunner, shared_data: Path, tmp_path: Path) -> None:
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    dialog.choose(shared_data / "cremad")
    qtbot.waitUntil(lambda: not dialog.busy(), timeout=60_000)
    assert dialog.kind.value() == "crema-d"
    assert dialog.report.value("Utterances") == "7,442"
    assert dialog.report.value("Speakers") == "female 43, male 48"


def test_the_first_utterances_are_shown_before_anything_is_stored(
    qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path
) -> None:
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    dialog.choose(table)
    _settled(qtbot, dialog)
    rows = dialog.report.rows
    shown = [[rows.item(row, column).text() for column in range(4)] for row in range(rows.rowCount())]  # type: ignore[union-attr]
    assert shown == [["a", "ann", "Women", "happy"], ["b", "bob", "Men", "sad"]]


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_the_report_can_be_saved(
    qtbot: QtBot, runner: JobRunner, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    dialog = _dialog(qtbot, runner, tmp_path / "w.fairemo")
    assert not dialog.save.isEnabled()
    dialog.choose(table)
    _settled(qtbot, dialog)
    to = tmp_path / f"report{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(to), ""))
    dialog.save.click()
    text = to.read_text(encoding="utf-8")
    if suffix == ".json":
        assert json.loads(text)["by_gender"] == {"female": 1, "male": 1}
    else:
        rows = list(csv.reader(text.splitlines()))
        assert rows[0] == ["kind", "name", "line", "value"]
        assert ["by_gender", "female", "", "1"] in rows
        assert any(kind == "remark" and "a.wav" in name for kind, name, _, _ in rows)


def test_no_name_of_a_file_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    bad = Problem("=HYPERLINK(0)", 3, "+1 is no emotion", fatal=True)
    report = ImportReport("emodb 1", "/corpus", 0, {}, {}, {}, 0, 0, {}, (bad,))
    save_report(report, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[-1] == ["left out", "'=HYPERLINK(0)", "3", "'+1 is no emotion"]
