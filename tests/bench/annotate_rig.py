"""How long a rater waits: from the key that submits to the next clip's first picture or first sound."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPaintEvent
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
from PySide6.QtWidgets import QApplication

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.rating_plan import Answers, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition, CorpusBundle, Speaker, Utterance
from fairemo_gui.gui import theme
from fairemo_gui.gui.app import make_application
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.picture import PictureView
from fairemo_gui.services.annotation.sitting import Stage
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.bench.player_rig import Recorder, sound_server
from tests.gui.annotate.rig import Desk, Waiter
from tests.unit.media.films import chirps, write_film

CLIPS, LENGTH, THOUGHT = 45, 1.2, 1.0
PEER, PEERS = "QMediaPlayer: setSource to first frame, nothing stored", 15
_SIZE, _FPS = (480, 360), 30


def next_clip() -> dict[str, Any]:
    """Milliseconds from submitting to the next clip's first picture painted (voice: to its first sound sent)."""
    application = make_application()
    theme.apply(application, theme.DARK)
    with tempfile.TemporaryDirectory() as scratch, sound_server(), Recorder():
        films = [
            write_film(Path(scratch) / f"{k}.mp4", LENGTH, _FPS, _SIZE, sound=chirps(LENGTH)) for k in range(CLIPS)
        ]
        taken = waits(films)
        peers = [peer(film) for film in films[:PEERS]]
    ours, theirs = (float(np.percentile(each, 95)) for each in (taken, peers))
    facts = {"peer": theirs, "peer_name": PEER, "ratio": theirs / ours, "unit": "ms", "n": len(taken)}
    return {"name": "next clip p95", "ours": ours, **facts}


def waits(films: list[Path]) -> list[float]:
    """Rate every clip in one of the three conditions; milliseconds from each submission to what comes next."""
    plan = RatingPlan(
        "bench", "1", answers=Answers(), items=Items(one_condition=True), sitting=SittingRules(items=len(films))
    )
    desk, taken = Desk(Waiter(), workspace(films)), list[float]()
    with mock.patch.object(PictureView, "paintEvent", Painted.paint):
        desk.sit_down(plan)
        desk.conductor.shown.connect(Painted.forget)
        while desk.step.stage is not Stage.DONE:
            desk.wait(PlayerState.ENDED)
            thought = time.monotonic() + THOUGHT
            desk.bot.waitUntil(lambda thought=thought: time.monotonic() > thought)  # type: ignore[misc]
            desk.press(Qt.Key.Key_3)
            step, begun = desk.step, time.perf_counter()
            desk.press(Qt.Key.Key_Return)
            desk.bot.waitUntil(lambda step=step: desk.conductor.step is not step)  # type: ignore[misc]
            if desk.step.trial is not None:
                taken.append(1000 * (begun_at(desk, desk.step.trial.condition) - begun))
        desk.close()
    return taken


class Painted:
    """When the first picture of the newest clip was painted."""

    at = 0.0
    _paint = PictureView.paintEvent

    @staticmethod
    def paint(view: PictureView, event: QPaintEvent) -> None:
        """Paint, and note the time."""
        Painted._paint(view, event)
        if view.has_picture:
            Painted.at = Painted.at or time.perf_counter()

    @staticmethod
    def forget() -> None:
        """Another clip comes."""
        Painted.at = 0.0


def begun_at(desk: Desk, condition: Condition) -> float:
    """When the clip that was just given was first seen, or heard."""
    if condition is Condition.VOICE:
        desk.bot.waitUntil(lambda: sounding(desk))
        return time.perf_counter()
    desk.bot.waitUntil(lambda: Painted.at > 0)
    return Painted.at


def sounding(desk: Desk) -> bool:
    """Whether the first samples are with the device."""
    session = desk.engine._playhead.output._session
    return session is not None and session.begun


def workspace(films: list[Path]) -> Path:
    """A workspace of one clip per film, nobody's twice."""
    speakers = tuple(Speaker(f"s{k}") for k in range(len(films)))
    utterances = tuple(
        Utterance(film.stem, f"s{k}", film.name, film.name, intended=k % 6) for k, film in enumerate(films)
    )
    folder = films[0].parent / "w.fairemo"
    with Workspace(folder, create=True) as opened:
        corpora.add_bundle(
            opened, CorpusBundle("bench", str(films[0].parent), "bench 1", CREMA_D, speakers, utterances)
        )
    return folder


def peer(film: Path) -> float:
    """Milliseconds until QMediaPlayer has a film's first frame."""
    player, sink = QMediaPlayer(), QVideoSink()
    frames: list[float] = []
    sink.videoFrameChanged.connect(lambda frame: frames.append(time.perf_counter()) if frame.isValid() else None)
    player.setVideoSink(sink)
    begun = time.perf_counter()
    player.setSource(QUrl.fromLocalFile(str(film)))
    player.play()
    Waiter().waitUntil(lambda: bool(frames))
    player.stop()
    player.setSource(QUrl())
    QApplication.processEvents()
    return 1000 * (frames[0] - begun)
