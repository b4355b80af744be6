"""The player beside QMediaPlayer in one run, heard through the monitor of a sound device that nobody hears.

Times of sound are those at which the monitor gave it to the recorder; of pictures, those at which the player showed
them. `offset p95 SPEED` is over all four kinds of file, `offset mean SPEED` the largest mean of any of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.view import PlayerView
from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.recipes.compute import train_task
from tests.bench.player_rig import RATE, Recorder, sound_server
from tests.bench.players import FPS, LOOP, Ours, Peer, Row, clip, film_sound, offset_of, p95, row, seams, spin, wait
from tests.unit.media.films import lengthened, write_film
from tests.unit.recipes.lessons import corpus

SPEEDS = (0.5, 0.75, 1.0, 1.5, 2.0)
MP3_DELAY = 1105 / RATE
FORMATS = {
    "MP4": ("libx264", "aac", "mp4", 0.0),
    "AVI, PCM": ("mpeg4", "pcm_s16le", "avi", 0.0),
    "AVI, MP3": ("mpeg4", "libmp3lame", "avi", MP3_DELAY),
    "FLV": ("flv1", "libmp3lame", "flv", MP3_DELAY),
}
"""Codecs, ending, and seconds that the encoder puts before the sound."""
IN_THREAD = "training in a thread of the window"
TRAINING_SECONDS = 10.0


def rows() -> list[Row]:
    """All measurements; about seven minutes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with sound_server(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        application = QApplication.instance() or QApplication([])
        assert application is not None
        part = write_film(folder / "part.mp4", 25, FPS, (720, 480), keyframes=250)
        long = lengthened(folder / "long.mp4", part, 12, film_sound(300))
        films = {
            kind: write_film(folder / f"{k}.{ending}", 40, FPS, (640, 480), codec=codec, sound=film_sound(40),
                             sound_codec=sound_codec)
            for k, (kind, (codec, sound_codec, ending, _)) in enumerate(FORMATS.items())
        }  # fmt: skip
        ours, peer = Ours(), Peer()
        try:
            measured = [
                *_choices(ours, peer, long), *_seeks(ours, peer, long), *_offsets(ours, peer, films),
                *_loops(ours, peer, films["AVI, PCM"]),
            ]  # fmt: skip
        finally:
            ours.close()
            peer.close()
        return [*measured, *_loads(long), *_beside_training(folder, long)]


def _choices(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    """First picture and first sound after choosing an utterance in a file of five minutes."""
    starts = np.random.default_rng(7).uniform(10, 290, 20).tolist()
    made = []
    with Recorder() as recorder:
        for player in (ours, peer):
            _choice(player, path, 1.0, recorder)
        cold = [_choice(ours, path, at, recorder) for at in starts]
        other = [_choice(peer, path, at, recorder) for at in starts]
        warm = []
        for at in starts:
            ours.fetch(path, at - 4)
            warm.append(_choice(ours, path, at - 4, recorder))
    for name, mine in (("", cold), (", prefetched", warm)):
        for column, what in enumerate(("picture", "sound")):
            own, others = (p95(np.array(each)[:, column]) for each in (mine, other))
            made.append(row(f"first {what} p95{name}", own, others, "ms", len(starts)))
    return made


def _choice(player: Ours | Peer, path: Path, at: float, recorder: Recorder) -> tuple[float, float]:
    """Milliseconds to the first picture and to the first sound."""
    before = time.monotonic()
    pictured = player.choose(path, at)
    wait(0.5)
    heard = recorder.recording().sound_after(before)
    player.rest()
    wait(0.5)
    return pictured, (heard - before) * 1000


def _seeks(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    """Seeks inside an utterance that is open, each aimed at the middle of a picture."""
    made = []
    for length in (4, 34):
        start = 120.0
        aims = start + (np.random.default_rng(3).integers(1, length * FPS - 1, 40) + 0.5) / FPS
        figures = []
        for player in (ours, peer):
            player.open(path, start, start + length)
            figures.append(p95(np.array([player.seek(float(aim)) for aim in aims])))
        made.append(row(f"seek p95 in {length} s", figures[0], figures[1], "ms", len(aims)))
    return made


def _offsets(ours: Ours, peer: Peer, films: dict[str, Path]) -> list[Row]:
    made = []
    for speed in SPEEDS:
        seconds = 8.0 if speed < 1 else 5.0
        found = {
            kind: [offset_of(player, path, speed, seconds, FORMATS[kind][3]) for player in (ours, peer)]
            for kind, path in films.items()
        }
        both = [np.concatenate([each[k] for each in found.values()]) for k in range(2)]
        made.append(row(f"offset p95 {speed:g}", p95(both[0]), p95(both[1]), "ms", len(both[0])))
        means = [max(abs(float(each[k].mean())) for each in found.values()) for k in range(2)]
        made.append(row(f"offset mean {speed:g}", means[0], means[1], "ms", len(both[0])))
        for kind, each in found.items():
            made.append(row(f"offset p95 {speed:g}, {kind}", p95(each[0]), p95(each[1]), "ms", len(each[0])))
    return made


def _loops(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    """What a loop adds to the length of a turn, how long it is silent, and what is heard from beside the range."""
    made = []
    for name, speed in (("", 1.0), (", selection at 0.5", 0.5)):
        figures = []
        for player in (ours, peer):
            with Recorder() as recorder:
                if name:
                    player.play_selection(path, (LOOP[0] - 5, LOOP[1] + 5), LOOP, speed, 8.3 / speed)
                else:
                    player.play(path, LOOP, speed, 8.3, loop=True)
                recording = recorder.recording()
            figures.append(seams(recording.samples, speed))
        turns = 8
        for k, (what, unit) in enumerate((("loop gap", "ms"), ("loop silence", "ms"), ("samples outside", "samples"))):
            made.append(row(f"{what}{name}", figures[0][k], figures[1][k], unit, turns))
    return made


def _loads(path: Path) -> list[Row]:
    """CPU and memory of an utterance of 34 s, each player with its window in a process of its own."""
    found = [_load(which, path) for which in ("ours", "peer")]
    return [
        row(f"{what}, 34 s", found[0][what], found[1][what], unit, 1)
        for what, unit in (("CPU while playing", "% of a core"), ("memory", "MiB"), ("memory while playing", "MiB"))
    ]


def _load(which: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.player_load", which, str(path)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    found: dict[str, float] = json.loads(said)
    return found


class Painted(QObject):
    """Notes which picture is on the screen each time the player's picture has been painted."""

    def __init__(self, view: PlayerView) -> None:
        super().__init__(view)
        self._view = view
        self.numbers: set[int] = set()
        view.picture.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let everything pass."""
        frame = self._view.engine.frame
        if event.type() == QEvent.Type.Paint and frame is not None:
            self.numbers.add(round(frame.pts * FPS))
        return False


def _beside_training(folder: Path, path: Path) -> list[Row]:
    """Pictures that were never painted while a net trains, in the compute process and in this one."""
    lesson = corpus(folder / "features", each=60)
    arguments: dict[str, Any] = {
        "recipe": "schmitz2022", "config": {"max_epochs": 100_000, "patience": 100_000}, "features": lesson.features,
        "utterances": lesson.utterances, "targets": lesson.targets, "seed": 1, "out": str(folder / "net.safetensors"),
        "split": lesson.split,
    }  # fmt: skip
    compute = ComputeProcess()
    trainings: tuple[Callable[[TaskContext], object], ...] = (
        lambda ctx: compute.run("fairemo_gui.recipes.compute:train_task", arguments, ctx),
        lambda ctx: train_task(ctx, **arguments),
    )
    view = PlayerView()
    view.resize(690, 420)
    view.show()
    with Recorder():
        lost = [_lost_beside(view, path, training) for training in trainings]
    view.shutdown()
    compute.close()
    return [row("frames lost while training", lost[0], lost[1], "frames", round(TRAINING_SECONDS * FPS), IN_THREAD)]


def _lost_beside(view: PlayerView, path: Path, training: Callable[[TaskContext], object]) -> float:
    """Pictures of ten seconds that were not painted while a training runs in another thread."""
    started = threading.Event()
    ctx = TaskContext(on_part=lambda _: started.set())

    def train() -> None:
        with contextlib.suppress(CancelledError):
            training(ctx)

    thread = threading.Thread(target=train)
    thread.start()
    view.show_item(PlayerItem(clip(path, 60.0, 60.0 + TRAINING_SECONDS), "film"))
    spin(started.is_set, 60.0)
    spin(lambda: view.is_ready and view.engine.state is PlayerState.PAUSED)
    painted = Painted(view)
    view.picture.update()
    view.play()
    spin(lambda: view.engine.state is PlayerState.ENDED, TRAINING_SECONDS + 10)
    ctx.cancel()
    thread.join()
    view.picture.removeEventFilter(painted)
    wanted = set(range(round(60 * FPS), round((60 + TRAINING_SECONDS) * FPS)))
    return float(len(wanted - painted.numbers))
