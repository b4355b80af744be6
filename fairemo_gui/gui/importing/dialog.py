"""The import dialog: choose or drop, look at what was found, give it a name, import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fairemo_gui.corpora.importer import IMPORTERS, Match
from fairemo_gui.corpora.report import BadRowsError
from fairemo_gui.errors import UserError
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.importing.preview import ReportView
from fairemo_gui.gui.importing.tasks import Imported, Read, detect_task, read_task, save_report, store_task
from fairemo_gui.gui.jobs import Job, JobRunner, Lane
from fairemo_gui.jobs.task import Outcome, OutcomeKind, Task
from fairemo_gui.store.workspace import SUFFIX

_REPORTS = "Everything (*.json);;Table (*.csv)"
_INVITATION = "Choose a corpus's folder or a table of utterances, or drop it here."


class ImportDialog(QDialog):
    """Imports one corpus; nothing is stored before the button is pressed.

    Args:
        runner: Runs the reading and the storing.
        folder: The open workspace; None = a new one is asked for.

    Signals:
        imported(Imported): A corpus was stored.
    """

    imported = Signal(object)

    def __init__(self, runner: JobRunner, folder: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder = folder
        self._job: Job | None = None
        self._read: Read | None = None
        self.setWindowTitle("Import a corpus")
        self.setObjectName("import_dialog")
        self.setAcceptDrops(True)
        self.resize(860, 680)
        self.path = QLineEdit()
        self.kind = Combo("Kind of corpus", longest=360)
        self.why = QLabel("")
        self.skip_bad = QCheckBox("Leave bad rows out and list them")
        self.report = ReportView()
        self.name = QLineEdit()
        self.workspace = QLineEdit()
        self.status = QLabel(_INVITATION)
        self.progress = QProgressBar()
        self.save = QPushButton("Save report…")
        self.stop = QPushButton("Stop")
        self.go = QPushButton("Import")
        self._lay_out()
        self._connect_signals()
        self._update()

    def choose(self, path: Path) -> None:
        """Look at a folder or a table."""
        self.path.setText(str(path))
        self._read = None
        self.report.show_nothing()
        self._start("Looking at the files", detect_task(path), self._on_detected)

    def busy(self) -> bool:
        """Whether something is being read or stored."""
        return self._job is not None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file or folder may be dropped."""
        if dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        path = dropped_path(event)
        if path is not None:
            self.choose(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop reading."""
        self._on_stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Stop reading."""
        self._on_stop()
        super().reject()

    def _lay_out(self) -> None:
        self.folder_button, self.table_button = QPushButton("Folder…"), QPushButton("Table…")
        where = _row(self.path, self.folder_button, self.table_button)
        self.path.setReadOnly(True)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow("Corpus", where)
        form.addRow("Kind", _row(self.kind, self.why, stretch=1))
        form.addRow("", self.skip_bad)
        form.addRow("Name", self.name)
        if self._folder is None:
            self.workspace_button = QPushButton("Choose…")
            self.workspace_button.clicked.connect(self._on_choose_workspace)
            form.addRow("Workspace", _row(self.workspace, self.workspace_button))
        self.progress.setTextVisible(False)
        foot = _row(self.status, self.save, self.stop, self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.report, 1)
        column.addWidget(self.progress)
        column.addWidget(foot)
        self._dress()

    def _dress(self) -> None:
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        self.status.setWordWrap(True)
        self.why.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        names = (
            (self.path, "import_path", "Folder or table"), (self.name, "import_name", "Name of the corpus"),
            (self.workspace, "import_workspace", "Folder of the new workspace"), (self.kind, "import_kind", ""),
            (self.go, "import_go", ""), (self.skip_bad, "import_skip_bad", ""), (self.stop, "import_stop", ""),
            (self.folder_button, "import_folder", ""), (self.table_button, "import_table", ""),
            (self.save, "import_save_report", ""),
        )  # fmt: skip
        for widget, name, words in names:
            widget.setObjectName(name)
            if words:
                widget.setAccessibleName(words)
        self.kind.set_options([Option(each.name, each.title) for each in IMPORTERS.values()])

    def _connect_signals(self) -> None:
        self.folder_button.clicked.connect(self._on_choose_folder)
        self.table_button.clicked.connect(self._on_choose_table)
        self.kind.activated.connect(lambda _: self._read_corpus())
        self.skip_bad.toggled.connect(lambda _: self._read_corpus())
        self.name.textChanged.connect(lambda _: self._update())
        self.workspace.textChanged.connect(lambda _: self._update())
        self.go.clicked.connect(self._on_go)
        self.save.clicked.connect(self._on_save)
        self.stop.clicked.connect(self._on_stop)
        self._runner.progressed.connect(self._on_progress)

    def _start(self, words: str, task: Task[Any], then: Callable[[Any], None], lane: Lane = Lane.POOL) -> None:
        self._on_stop()
        self.status.setText(words)
        self._job = job = self._runner.submit(words, task, lane)
        # A former job that was stopped may still be ending: only this one's end counts.
        job.on_end = lambda outcome: self._ended(outcome, then) if self._job is job else None
        self._update()

    def _ended(self, outcome: Outcome[Any], then: Callable[[Any], None]) -> None:
        self._job = None
        if outcome.kind is OutcomeKind.SUCCEEDED:
            then(outcome.value)
        elif outcome.kind is OutcomeKind.FAILED:
            self._show_failure(outcome.error)
        else:
            self.status.setText("Stopped; nothing was stored.")
        self._update()

    def _show_failure(self, error: BaseException | None) -> None:
        problems = error.problems if isinstance(error, UserError) else ()
        tick = f", or tick “{self.skip_bad.text()}”."
        self.status.setText("Nothing was stored.")
        self.report.show_refusal(error.correction + tick if isinstance(error, BadRowsError) else str(error), problems)

    def _on_detected(self, matches: list[Match]) -> None:
        if not matches:
            self.why.setText("no importer recognises it; choose one to try")
            self.report.show_refusal(f"No importer knows {self.path.text()}: choose the kind yourself.", ())
            self.status.setText("Choose the kind of corpus.")
            return
        self.kind.set_value(matches[0].importer)
        self.why.setText(matches[0].why)
        self._read_corpus()

    def _read_corpus(self) -> None:
        if not self.path.text():
            return
        self._read = None
        task = read_task(self.kind.value(), Path(self.path.text()), self.skip_bad.isChecked())
        self._start("Reading and checking", task, self._on_read)

    def _on_read(self, read: Read) -> None:
        self._read = read
        self.report.show_report(read.bundle, read.report)
        self.name.setText(read.bundle.name)
        if self._folder is None and not self.workspace.text():
            self.workspace.setText(str(Path.home() / f"{read.bundle.name}{SUFFIX}"))
        self.status.setText("Read and checked; nothing is stored yet.")

    def _on_go(self) -> None:
        if self._read is None:
            return
        folder = self._folder or Path(self.workspace.text())
        if folder.suffix != SUFFIX:
            folder = folder.with_name(folder.name + SUFFIX)
        task = store_task(self._read, folder, self.name.text().strip())
        self._start(f"Importing {self.name.text().strip()}", task, self._on_stored, Lane.STORE)

    def _on_stored(self, done: Imported) -> None:
        self.status.setText("Imported.")
        self.imported.emit(done)
        self.accept()

    def _on_save(self) -> None:
        if self._read is None:
            return
        chosen, kind = QFileDialog.getSaveFileName(self, "Save the report", "import-report.json", _REPORTS)
        if not chosen:
            return
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(".csv" if "csv" in kind else ".json")
        try:
            save_report(self._read.report, path)
        except OSError as error:
            self.status.setText(f"{path} cannot be written ({error.strerror}); choose another place.")
        else:
            self.status.setText(f"Written: {path}.")

    def _on_stop(self) -> None:
        if self._job is not None:
            self._runner.cancel(self._job)

    def _on_progress(self, job: Job) -> None:
        if job is not self._job or job.progress is None:
            return
        self.status.setText(job.progress.text)
        self.progress.setRange(0, job.progress.total or 1)
        self.progress.setValue(job.progress.done if job.progress.total else 0)

    def _on_choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "The corpus's folder")
        if chosen:
            self.choose(Path(chosen))

    def _on_choose_table(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "A table of utterances", filter="Tables (*.csv *.tsv *.txt)")
        if chosen:
            self.choose(Path(chosen))

    def _on_choose_workspace(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Folder of the new workspace", self.workspace.text())
        if chosen:
            self.workspace.setText(chosen)

    def _update(self) -> None:
        busy, named = self.busy(), bool(self.name.text().strip())
        placed = self._folder is not None or bool(self.workspace.text().strip())
        self.go.setEnabled(self._read is not None and named and placed and not busy)
        self.save.setEnabled(self._read is not None and not busy)
        self.stop.setVisible(busy)
        self.progress.setVisible(busy)
        for part in (self.kind, self.skip_bad, self.folder_button, self.table_button):
            part.setEnabled(not busy)


def dropped_path(event: QDropEvent) -> Path | None:
    """The one local file or folder that is being dropped; None where it is something else, or several."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def _row(*parts: QWidget, stretch: int = 0) -> QWidget:
    """Widgets side by side; the one at `stretch` takes the room."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for k, part in enumerate(parts):
        row.addWidget(part, 1 if k == stretch else 0)
    return holder
