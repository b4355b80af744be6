"""The window beside bare Qt, and its charts beside scikit-learn and fairlearn.

`start`: from the start of the process until a workspace of 1,440 utterances is open, listed and charted; the peer is a
bare PySide6 window with a media player and nothing in it, so its ratio is below one by nature.
`refresh p95 N`: 500 predictions were stored; they are read back, every figure of every group and class is brought up to
date, and all charts of the evaluation, in sight at once, are painted. The peer has no way to adjust: it computes anew.
`on a core` is the processor time of the same: what it takes where nothing else wants the core.
`first figures N`: the same figures computed anew from the arrays, and painted: another truth, net or group was chosen.
`filter N`: a filter goes into force until the table shows its rows; the slowest of some filters.
`first picture p95`: another utterance is chosen in the whole window until the picture of its beginning is painted, with
what else was painted in the same go; `prefetched`: the next one, by the arrow key, after a rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fairemo_gui.core.emotions import RAVDESS, ClassSelection
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, Speaker, Truth, Utterance, VoteCounts
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.gui import theme
from fairemo_gui.gui.app import make_application
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.services.filter_columns import FilterColumns, load_columns
from fairemo_gui.services.live_figures import Figuring, Histograms, LiveFigures
from fairemo_gui.services.samples import NetPredictor
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import UtteranceTable
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.bench.bench_evaluation import PEER, alone, fresh, peer_refresh, seconds
from tests.bench.players import FPS, film_sound, spin, wait
from tests.unit.media.films import write_film

_RUNS = 5
_WARM, _REPEATS, _FEW, _BATCH = 2, 20, 5, 500
_CLIPS, _CLIP, _REST = 60, 3.0, 0.5
_QUERIES = ("gender:f true:happy pred:neutral", "wrong p<0.1", '"sentence 4"', "bin:0.2-0.3", "u0001")
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
    return [start(), *first_pictures(), *refresh(10_000), *refresh(250_000)]


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


class _Window(MainWindow):
    """Knows when it last painted, with all that was due, while the player had a picture of the current utterance."""

    painted: tuple[int, float] | None = None

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            player, current = self.analyse.player, self.selection.current
            shown = player.item.clip.utterance if player.item is not None and player.picture.has_picture else None
            if shown is not None and shown == current and (self.painted is None or self.painted[0] != shown):
                self.painted = shown, time.perf_counter()
        return done


def first_pictures() -> list[dict[str, Any]]:
    """Milliseconds until the first picture of another utterance, cold and prefetched."""
    theme.apply(make_application(), theme.DARK)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_film(folder / "film.mp4", _CLIPS * _CLIP, FPS, (640, 480), sound=film_sound(_CLIPS * _CLIP))
        with Workspace(folder / "w.fairemo", create=True) as workspace:
            corpora.add_bundle(workspace, _filmed(folder))
        window = _Window(QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat))
        window.resize(1440, 900)
        window.show()
        window.open(folder / "w.fairemo")
        spin(lambda: window.settled and window.charts.complete, 60)
        table, ids = window.analyse.utterances.table, window.analyse.utterances.shown_ids()
        # No two in a row are neighbours, so that nothing of the next one is there already.
        apart = [int(ids[k * 23 % _CLIPS]) for k in range(1, _REPEATS + 1)]
        cold = [_chosen(window, partial(window.selection.set_current, each)) for each in apart]
        window.selection.set_current(int(ids[0]))
        warm = [_chosen(window, lambda: QTest.keyClick(table, Qt.Key.Key_Down)) for _ in range(_REPEATS)]
        window.close()
    return [
        alone(f"first picture p95{name}", float(np.percentile(found, 95)), len(found), "ms")
        for name, found in (("", cold), (", prefetched", warm))
    ]


def _chosen(window: _Window, choose: Callable[[], object]) -> float:
    spin(lambda: window.settled, 60)
    wait(_REST)
    former, begun = window.painted, time.perf_counter()
    choose()
    spin(lambda: window.painted != former, 60)
    assert window.painted is not None and window.painted != former
    return 1000 * (window.painted[1] - begun)


def _filmed(folder: Path) -> CorpusBundle:
    """Utterances one after the other in one film."""
    bundle = _bundle()
    cut = tuple(
        replace(u, media_state=MediaState.OK, audio="film.mp4", video="film.mp4", start=k * _CLIP, end=(k + 1) * _CLIP)
        for k, u in enumerate(bundle.utterances[:_CLIPS])
    )
    known = {u.code for u in cut}
    votes = tuple(vote for vote in bundle.vote_counts if vote.utterance in known)
    return replace(bundle, root=str(folder), utterances=cut, vote_counts=votes)


def refresh(n: int) -> list[dict[str, Any]]:
    """Milliseconds of what an analyst waits for; the peer computes what it has of the same figures once."""
    application = make_application()
    theme.apply(application, theme.DARK)
    area = ChartArea()
    area.resize(1031, 620)
    area.set_grid(True)
    area.show()
    with tempfile.TemporaryDirectory() as scratch, Workspace(Path(scratch) / "w.fairemo", create=True) as workspace:
        table = _fill(workspace, n)
        figures = LiveFigures(workspace, corpora.corpus(workspace), table, Figuring(Truth.AV, NetPredictor(1)))
        adjusted = [_adjusted(application, area, workspace, figures, table) for _ in range(_WARM + _REPEATS)]
        found = figures.figures()[0].samples.sample
        anew = [_anew(application, area, fresh(found)) for _ in range(_FEW)]
        filtered = _filtered(load_columns(workspace, corpora.corpus(workspace), table, Truth.AV, NetPredictor(1), "me"))
    area.close()
    wall, processor = np.percentile(adjusted[_WARM:], 95, axis=0).tolist()
    theirs = replace(found, groups={"group": found.groups["gender"]})
    peer = 1000 * seconds(lambda: peer_refresh(fresh(theirs)), 1)
    return [
        _row(f"refresh p95 {n:,}", wall, _REPEATS, peer),
        alone(f"refresh p95 {n:,}, on a core", processor, _REPEATS, "ms"),
        _row(f"first figures {n:,}", float(np.median(anew)), _FEW, peer),
        alone(f"filter {n:,}", filtered, _FEW, "ms"),
    ]


def _row(name: str, ours: float, runs: int, peer: float) -> dict[str, Any]:
    facts = {"peer": peer, "peer_name": PEER, "ratio": peer / ours}
    return {"name": name, "ours": ours, **facts, "unit": "ms", "n": runs}


def _fill(workspace: Workspace, n: int) -> UtteranceTable:
    """Rated utterances of 100 speakers, and a net that has answered for all of them."""
    rng = np.random.default_rng(0)
    speakers = tuple(Speaker(f"{k:03}", (Gender.MALE, Gender.FEMALE)[k % 2], 20 + k % 50) for k in range(100))
    utterances = tuple(
        Utterance(f"u{k:06}", f"{k % 100:03}", transcript=f"Sentence {k % 13} is here.", intended=k % 8,
                  media_state=MediaState.MISSING)
        for k in range(n)
    )  # fmt: skip
    p = rng.dirichlet(np.full(8, 0.5), n)
    counts = (rng.multinomial(9, row).tolist() for row in p)
    votes = tuple(
        VoteCounts(u.code, Condition.AV, tuple(given), "made") for u, given in zip(utterances, counts, strict=True)
    )
    corpora.add_bundle(
        workspace, CorpusBundle("made", "/none", "bench 1", RAVDESS, speakers, utterances, vote_counts=votes)
    )
    corpus, table = corpora.corpus(workspace), corpora.table(workspace, 1)
    classes = ClassSelection.all_of(corpus.scheme)
    nets.add_net(workspace, NetRow(corpus.id, "bench", "av", classes, {}, 1, 1, "", "0", "", "", status="trained"))
    nets.add_predictions(workspace, 1, table.ids, _said(rng, n), ["test"] * n)
    return table


def _said(rng: np.random.Generator, n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return rng.dirichlet(np.full(8, 0.5), n)


def _adjusted(
    application: QApplication, area: ChartArea, workspace: Workspace, figures: LiveFigures, table: UtteranceTable
) -> tuple[float, float]:
    rng = np.random.default_rng()
    some = np.sort(rng.choice(table.ids, min(_BATCH, len(table)), replace=False))
    figures.note(nets.add_predictions(workspace, 1, some, _said(rng, len(some)), ["test"] * len(some)))
    begun, worked = time.perf_counter(), time.thread_time()
    view, histograms = figures.figures()
    _draw(application, area, view.evaluation, histograms)
    return 1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - worked)


def _anew(application: QApplication, area: ChartArea, sample: Sample) -> float:
    begun = time.perf_counter()
    _draw(application, area, evaluate(sample, ("gender",)), {})
    return 1000 * (time.perf_counter() - begun)


def _filtered(columns: FilterColumns) -> float:
    """Milliseconds until the rows of a filter are shown, of the slowest of some."""
    with tempfile.TemporaryDirectory() as scratch:
        filters = FilterState()
        settings = QSettings(str(Path(scratch) / "s.ini"), QSettings.Format.IniFormat)
        view = UtterancesView(Selection(), filters, settings)
        view.resize(408, 780)
        view.show()
        view.show_columns(columns)
        return max(float(np.median([_applied(filters, view, query) for _ in range(_FEW)])) for query in _QUERIES)


def _applied(filters: FilterState, view: UtterancesView, query: str) -> float:
    filters.clear()
    begun = time.perf_counter()
    filters.set_query(query)
    view.table.repaint()
    return 1000 * (time.perf_counter() - begun)


def _draw(application: QApplication, area: ChartArea, evaluation: Evaluation, histograms: Histograms) -> None:
    setting = adapt.Setting(truth="AV", predictor="net 1", histograms=histograms)
    area.confusion.set_model(adapt.confusion_model(evaluation, setting))
    area.calibration.set_model(adapt.reliability_model(evaluation, setting))
    area.fairness.set_model(adapt.fairness_model(evaluation, setting))
    for chart in (area.confusion, area.calibration, area.fairness):
        chart.repaint()
    application.processEvents()
