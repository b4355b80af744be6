"""The window's own process stays light: opening a workspace loads no torch and nothing that brings it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.importing import import_corpus

OPEN = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from fairemo_gui.gui.app import make_application
from fairemo_gui.gui.main_window import MainWindow

application = make_application()
window = MainWindow(QSettings(sys.argv[2], QSettings.Format.IniFormat))
rows = window.analyse.utterances.table.model().rowCount
window.show()
window.open(Path(sys.argv[1]))
watch = QTimer(interval=20)
watch.timeout.connect(lambda: rows() and window.settled and application.exit())
watch.start()
QTimer.singleShot(60_000, lambda: application.exit(3))
status = application.exec()
print(rows(), *sorted(set(sys.argv[3:]) & set(sys.modules)))
window.close()
sys.exit(status)
"""

HEAVY = ("torch", "torchaudio", "torchvision", "transformers", "facenet_pytorch", "matplotlib")


def test_a_window_with_a_corpus_in_it_has_loaded_no_torch(shared_data: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "w.fairemo"
    import_corpus(TaskContext(), workspace, "ravdess", shared_data / "ravdess")
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(workspace), str(tmp_path / "settings.ini"), *HEAVY],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["720"]
