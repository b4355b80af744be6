"""The window beside bare Qt, and its charts beside scikit-learn and fairlearn.

`start`: from the start of the process until a workspace of 1,440 utterances is open, listed and charted; the peer is a
bare PySide6 window with a media player and nothing in it, so its ratio is below one by nature.
`refresh p95 N`: every figure of every group and class computed anew from the arrays, and all three charts painted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from fairemo_gui.core.emotions import RAVDESS
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, Speaker, Utterance, VoteCounts
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.gui import theme
from fairemo_gui.gui.app import make_application
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.bench.bench_evaluation import PEER, corpus, fresh, peer_refresh, seconds

_RUNS = 5
_OURS = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from fairemo_gui.gui.app import make_application
from fairemo_gui.gui.main_window import MainWindow
application = make_application()
window = MainWindow(QSettings(sys.argv[2], QSettings.Format.IniFormat))
window.show()
window.open(Path(sys.argv[1]))
watch = QTimer(interval=5)
watch.timeout.connect(lambda: window.settled and window.charts.shown and application.exit())
watch.start()
application.exec()
sys.stdout.write("ready\\n"); sys.stdout.flush()
window.close()
"""
_BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtMultimedia import QMediaPlayer
from PySide6.QtMultimediaWidgets import QVideoWidget
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window, player, picture = QMainWindow(), QMediaPlayer(), QVideoWidget()
player.setVideoOutput(picture)
window.setCentralWidget(picture)
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, application.exit)
application.exec()
sys.stdout.write("ready\\n"); sys.stdout.flush()
"""


def rows() -> list[dict[str, Any]]:
    """The benchmark's rows."""
    return [start(), refresh(10_000, 6), refresh(250_000, 8)]


def start() -> dict[str, Any]:
    """Seconds until the window can be used, median of some starts, the two programs in turn."""
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(scratch) / "w.fairemo"
        with Workspace(workspace, create=True) as opened:
            corpora.add_bundle(opened, _bundle())
        arguments = [str(workspace), str(Path(scratch) / "settings.ini")]
        pairs = [(_until_ready(_OURS, arguments), _until_ready(_BARE, [])) for _ in range(_RUNS)]
    ours, peer = (float(np.median(column)) for column in zip(*pairs, strict=True))
    name = "bare PySide6 window with a media player"
    return {
        "name": "start",
        "ours": ours,
        "peer": peer,
        "peer_name": name,
        "ratio": peer / ours,
        "unit": "s",
        "n": _RUNS,
    }


def _until_ready(program: str, arguments: list[str]) -> float:
    began = time.perf_counter()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        return time.perf_counter() - began


def _bundle() -> CorpusBundle:
    """1,440 utterances of 24 speakers without media, rated by voice and by both."""
    rng = np.random.default_rng(0)
    speakers = tuple(Speaker(f"{k:02}", (Gender.MALE, Gender.FEMALE)[k % 2]) for k in range(24))
    utterances = tuple(
        Utterance(f"u{k:04}", f"{k % 24:02}", transcript="Ten o'clock.", intended=k % 8, media_state=MediaState.MISSING)
        for k in range(1440)
    )
    votes = tuple(
        VoteCounts(u.code, condition, tuple(rng.multinomial(9, np.full(8, 1 / 8)).tolist()), "made")
        for u in utterances
        for condition in (Condition.VOICE, Condition.AV)
    )
    return CorpusBundle("made", "/none", "bench 1", RAVDESS, speakers, utterances, vote_counts=votes)


def refresh(n: int, classes: int) -> dict[str, Any]:
    """Milliseconds of a whole refresh, p95 of some runs; the peer computes what it has of the same figures once."""
    application = make_application()
    theme.apply(application, theme.DARK)
    area = ChartArea()
    area.resize(1031, 374)
    area.show()
    sample = corpus(n, classes, {"group": 2})
    taken = []
    for _ in range(20 if n <= 10_000 else 6):
        begun = time.perf_counter()
        _draw(application, area, fresh(sample))
        taken.append(1000 * (time.perf_counter() - begun))
    area.close()
    ours = float(np.percentile(taken, 95))
    peer = 1000 * seconds(lambda: peer_refresh(fresh(sample)), 1)
    facts = {"peer_name": PEER, "ratio": peer / ours, "unit": "ms", "n": len(taken)}
    return {"name": f"refresh p95 {n:,}", "ours": ours, "peer": peer, **facts}


def _draw(application: QApplication, area: ChartArea, sample: Any) -> None:
    evaluation = evaluate(sample, ("group",))
    setting = adapt.Setting(by="group", truth="AV", predictor="net 1", by_votes=False)
    area.confusion.set_model(adapt.confusion_model(evaluation, setting))
    area.calibration.set_model(adapt.reliability_model(evaluation, setting))
    area.fairness.set_model(adapt.fairness_model(evaluation, setting))
    for chart in (area.confusion, area.calibration, area.fairness):
        chart.repaint()
    application.processEvents()
