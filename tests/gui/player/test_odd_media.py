"""Odd files: turned, squeezed, uneven, late, mute, blind. Each plays by its own times, and says what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player.engine import PlayerEngine
from fairemo_gui.gui.player.picture import PictureView
from tests.gui.player.conftest import load, shown_number
from tests.unit.media.films import RATE, numbered, write_film

SECONDS = 2.0
EVEN = [k / 25 for k in range(50)]


def write_at(path: Path, times: Sequence[float], sound_at: float, form: str | None = None) -> Path:
    """Numbered frames at given times, and two seconds of a tone from a time on."""
    with av.open(str(path), "w", format=form) as out:
        video = out.add_stream("libx264", rate=25)
        audio = out.add_stream("pcm_s16le" if form is None else "mp2", rate=RATE, layout="mono")
        assert isinstance(video, av.VideoStream)
        assert isinstance(audio, av.AudioStream)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered(number, 320, 180), format="rgb24")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        tone = (0.5 * 32767 * np.sin(2 * np.pi * 440 * np.arange(round(SECONDS * RATE)) / RATE)).astype(np.int16)
        for first in range(0, len(tone), 4800):
            block = av.AudioFrame.from_ndarray(tone[None, first : first + 4800], format="s16", layout="mono")
            block.rate, block.pts, block.time_base = RATE, first + round(sound_at * RATE), Fraction(1, RATE)
            out.mux(audio.encode(block))
        out.mux(audio.encode(None))
    return path


def loaded(qtbot: QtBot, engine: PlayerEngine, path: Path) -> list[str]:
    notes: list[str] = []
    engine.noted.connect(notes.append)
    load(qtbot, engine, Clip(1, str(path), str(path)))
    return notes


def aspect(engine: PlayerEngine) -> float:
    view = PictureView(lambda: pytest.fail("nothing is painted"))
    view.set_frame(engine.frame)
    assert view.aspect is not None
    return view.aspect


def test_uneven_frames_are_shown_at_their_own_times(qtbot: QtBot, engine: PlayerEngine, tmp_path: Path) -> None:
    times = np.cumsum(np.random.default_rng(1).choice([0.02, 0.04, 0.2], 40)) - 0.02
    notes = loaded(qtbot, engine, write_at(tmp_path / "f.mkv", times.tolist(), 0.0))
    for number in (3, 11, 27, 38):
        engine.seek(float(times[number]) + 0.005)
        assert shown_number(engine.frame) == number
    rate, uneven = engine.screen.pace or (0.0, False)
    assert uneven
    assert rate == pytest.approx(39 / (times[-1] - times[0]), rel=0.02)
    assert not [note for note in notes if "begins" in note]


def test_even_frames_are_even(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    loaded(qtbot, engine, film)
    rate, uneven = engine.screen.pace or (0.0, True)
    assert rate == pytest.approx(25.0)
    assert not uneven


def test_a_picture_that_begins_late_is_said(qtbot: QtBot, engine: PlayerEngine, tmp_path: Path) -> None:
    notes = loaded(qtbot, engine, write_at(tmp_path / "f.mkv", [1.0 + time for time in EVEN], 0.0))
    assert engine.extent is not None
    assert engine.extent.end == pytest.approx(3.0, abs=0.05)
    assert "the picture begins 1.00 s in" in notes
    engine.seek(1.5)
    assert shown_number(engine.frame) == 12


def test_a_sound_that_begins_late_is_said_and_keeps_its_place(
    qtbot: QtBot, engine: PlayerEngine, tmp_path: Path
) -> None:
    notes = loaded(qtbot, engine, write_at(tmp_path / "f.mkv", EVEN, 1.0))
    assert "the sound begins 1.00 s in" in notes
    assert engine._cue.reel is not None
    take = engine._cue.reel.take(1.0)
    assert take is not None
    assert not take.samples[: round(0.99 * 48000)].any()
    assert take.samples[round(1.01 * 48000) : round(1.1 * 48000)].any()


def test_times_that_start_late_are_kept(qtbot: QtBot, engine: PlayerEngine, tmp_path: Path) -> None:
    notes = loaded(qtbot, engine, write_at(tmp_path / "f.ts", [10.0 + time for time in EVEN], 10.0, "mpegts"))
    assert engine.extent is not None
    assert engine.extent.start > 9.0
    assert engine.extent.duration == pytest.approx(SECONDS, abs=0.1)
    assert not notes
    engine.seek(engine.extent.end)
    assert shown_number(engine.frame) == 49


@pytest.mark.parametrize("ratio", [Fraction(2, 1), Fraction(1, 2), Fraction(16, 15)])
def test_pixels_that_are_not_square(qtbot: QtBot, engine: PlayerEngine, tmp_path: Path, ratio: Fraction) -> None:
    loaded(qtbot, engine, write_film(tmp_path / "f.mp4", 0.4, pixel_aspect=ratio))
    assert aspect(engine) == pytest.approx(320 / 180 * float(ratio), rel=0.02)


def test_a_turned_picture_stands_upright(qtbot: QtBot, engine: PlayerEngine, shared_data: Path) -> None:
    loaded(qtbot, engine, shared_data / "faces/single_face.mp4")
    upright = aspect(engine)
    loaded(qtbot, engine, shared_data / "malformed/rotated_90.mp4")
    assert engine.frame is not None
    assert engine.frame.rotation == 90
    assert aspect(engine) == pytest.approx(upright, rel=0.02)


def test_real_sound_that_begins_late_is_said_but_not_where_it_may_not_be_heard(
    qtbot: QtBot, engine: PlayerEngine, shared_data: Path
) -> None:
    assert loaded(qtbot, engine, shared_data / "faces/face_noface.mov") == ["the sound begins 2.43 s in"]
    engine.set_condition(Condition.FACE)
    assert loaded(qtbot, engine, shared_data / "faces/face_noface.mov") == []
