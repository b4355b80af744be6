"""Ten minutes of looping at one and a half times the speed: does the sound move away from the picture?

Both players at once on one device, each with a pip of its own tone: ours loops a range of a film, QMediaPlayer loops
the whole of a short one, which is the loop it does best. FAIREMO_DRIFT_SECONDS sets another length.
"""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtMultimedia import QMediaPlayer
from PySide6.QtWidgets import QApplication
from scipy import stats

from tests.bench.player_rig import RATE, Recorder, Recording, bursts, sound_server
from tests.bench.players import BEAT, FPS, Ours, Peer, Row, Shown, film_sound, offsets, row
from tests.unit.media.films import write_film

SECONDS = float(os.environ.get("FAIREMO_DRIFT_SECONDS", "600"))
SPEED = 1.5
LOOP = (2.0, 12.0)
OUR_HZ, PEER_HZ = 2000.0, 3000.0
_PIECE, _MARGIN = 10.0, 0.2


def rows() -> list[Row]:
    """Slopes of the offset over time in ms per ten minutes, with their intervals, and the offsets themselves."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with sound_server(), tempfile.TemporaryDirectory() as folder:
        application = QApplication.instance() or QApplication([])
        assert application is not None
        films = [
            write_film(Path(folder) / f"{seconds}.mp4", seconds, FPS, (640, 480), sound=film_sound(seconds, hertz))
            for seconds, hertz in ((14, OUR_HZ), (10, PEER_HZ))
        ]
        ours, peer = Ours(), Peer()
        with Recorder() as recorder:
            _play(ours, peer, films)
            recording = recorder.recording()
        ours.close()
        peer.close()
    found = [_slope(player.shown, recording, hertz) for player, hertz in ((ours, OUR_HZ), (peer, PEER_HZ))]
    names = ("drift in 10 minutes", "drift, lower end of 95 %", "drift, upper end of 95 %", "offset mean", "offset p95")
    made = [row(name, found[0][k], found[1][k], "ms", int(found[0][-1])) for k, name in enumerate(names)]
    return [{**each, "ratio": None} if "95 %" in each["name"] else each for each in made]


def _play(ours: Ours, peer: Peer, films: list[Path]) -> None:
    """Both at once."""
    ours.open(films[0], *LOOP)
    peer.open(films[1], 0.0, LOOP[1])
    peer.player.setLoops(QMediaPlayer.Loops.Infinite)
    peer.player.setPlaybackRate(SPEED)
    peer.shown = []
    peer.player.play()
    ours.go_on(SPEED, SECONDS, loop=True)
    peer.player.pause()


def _slope(shown: Shown, recording: Recording, hertz: float) -> tuple[float, float, float, float, float, int]:
    """Slope in ms per ten minutes with its interval, mean and 95th percentile of the size of the offset, and n."""
    lag, when = offsets(shown[FPS:], _pips(recording, hertz), SPEED)
    if len(lag) < 10:
        return (math.nan,) * 5 + (len(lag),)
    fit = stats.linregress(when, lag)
    half = float(stats.t.ppf(0.975, len(lag) - 2)) * fit.stderr
    slopes = [float(each) * 600 for each in (fit.slope, fit.slope - half, fit.slope + half)]
    return slopes[0], slopes[1], slopes[2], float(lag.mean()), float(np.percentile(np.abs(lag), 95)), len(lag)


def _pips(recording: Recording, hertz: float) -> npt.NDArray[np.float64]:
    """Times of the pips, looked for in pieces: ten minutes at once would take gigabytes."""
    middles: list[float] = []
    margin, piece = round(_MARGIN * RATE), round(_PIECE * RATE)
    for start in range(0, len(recording.samples), piece):
        first = max(start - margin, 0)
        found = bursts(recording.samples[first : start + piece + margin], hertz, BEAT / SPEED)
        middles += [first + middle for middle in found if start <= first + middle < start + piece]
    return np.array([recording.time_of(middle) for middle in middles])
