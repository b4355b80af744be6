"""The engine: exact ranges, seeks and loops; conditions that leak nothing; failures in words; no thread left."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player import reel as reel_module
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.pictures import Frame, PictureStore
from fairemo_gui.gui.player.stretch import Samples, render
from tests.gui.player.conftest import FPS, FakeDevice, clip_of, load, shown_number


class Watch:
    """Everything an engine shows."""

    def __init__(self, engine: PlayerEngine) -> None:
        self.frames: list[Frame | None] = []
        self.positions: list[float] = []
        self.failures: list[str] = []
        engine.frame_changed.connect(self.frames.append)
        engine.position_changed.connect(self.positions.append)
        engine.failed.connect(self.failures.append)

    @property
    def numbers(self) -> list[int]:
        return [shown_number(frame) for frame in self.frames if frame is not None]


def test_plays_its_range_and_no_frame_outside(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    watch = Watch(engine)
    load(qtbot, engine, clip_of(film, 2.0, 2.6))
    with qtbot.waitSignal(engine.ended, timeout=5000):
        engine.play()
    assert watch.numbers[0] == 50
    assert watch.numbers[-1] == 64
    assert set(watch.numbers) <= set(range(50, 65))
    assert watch.numbers == sorted(watch.numbers)
    assert engine.state is PlayerState.ENDED
    assert engine.position == 2.6


def test_each_frame_is_shown_when_it_is_due(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 2.0, 2.8))
    late: list[float] = []
    engine.frame_changed.connect(lambda frame: late.append(engine.position - frame.pts))
    with qtbot.waitSignal(engine.ended, timeout=5000):
        engine.play()
    assert len(late) > 10
    assert min(late) >= -1e-5
    assert sorted(late)[len(late) // 2] < 1 / FPS


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_speed_changes_how_long_it_takes(qtbot: QtBot, engine: PlayerEngine, film: Path, speed: float) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 1.6))
    engine.set_speed(speed)
    with qtbot.waitSignal(engine.ended, timeout=5000, raising=True):
        engine.play()
    assert engine.position == 1.6


def test_loop_goes_on_without_ending(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 3.0, 3.2))
    watch = Watch(engine)
    engine.set_loop(True)
    engine.play()
    qtbot.waitUntil(lambda: watch.numbers.count(75) >= 3, timeout=5000)
    assert set(watch.numbers) <= set(range(75, 80))
    engine.set_loop(False)
    with qtbot.waitSignal(engine.ended, timeout=5000):
        pass


def test_seek_shows_the_frame_of_that_moment_at_once(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 5.0))
    for moment in (3.3, 1.0, 4.999, 2.04, 2.0399):
        engine.seek(moment)
        assert shown_number(engine.frame) == int(moment * FPS + 1e-6)
    engine.seek(99.0)
    assert engine.position == 5.0
    engine.seek(-5.0)
    assert engine.position == 1.0


def test_step_goes_one_frame_and_stops_at_the_edges(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 1.2))
    seen = []
    for frames in (1, 1, -1, 1, 1, 1, 1, -1, -3, -1):
        engine.step(frames)
        seen.append(shown_number(engine.frame))
    assert seen == [26, 27, 26, 27, 28, 29, 29, 28, 25, 25]


def test_a_selection_shows_its_frames_alone_and_goes_with_its_utterance(
    qtbot: QtBot, engine: PlayerEngine, film: Path
) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 5.0))
    engine.seek(4.0)
    engine.select((2.0, 2.4))
    watch = Watch(engine)
    engine.set_loop(True)
    engine.play()
    qtbot.waitUntil(lambda: watch.numbers.count(50) >= 3, timeout=5000)
    engine.set_loop(False)
    qtbot.waitUntil(lambda: engine.state is PlayerState.ENDED, timeout=5000)
    assert set(watch.numbers) <= set(range(50, 60))
    engine.seek(4.5)
    assert shown_number(engine.frame) == 112
    engine.replay()
    assert engine.position < 2.1
    load(qtbot, engine, clip_of(film, 1.0, 4.0))
    assert engine.selection is None


def test_a_selection_lies_in_its_range_and_has_a_length(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    told: list[object] = []
    engine.selection_changed.connect(told.append)
    load(qtbot, engine, clip_of(film, 1.0, 2.0))
    engine.select((0.5, 1.5))
    engine.select((1.7, 1.71))
    engine.select((3.0, 4.0))
    engine.select(None)
    assert told == [(1.0, 1.5), None]


def test_a_part_can_be_had_sharper(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 5.0))
    with qtbot.waitSignal(engine.detailed, timeout=5000) as caught:
        engine.ask_detail(2.0, 2.1, 800)
    assert caught.args is not None
    part = caught.args[0]
    assert (part.waveform.start, part.waveform.end, len(part.waveform.low)) == (2.0, 2.1, 800)
    assert part.spectrogram.levels.shape[1] == 800
    assert engine._cue.reel is not None
    assert engine._cue.reel.analysis is not None
    assert part.whole is engine._cue.reel.analysis.waveform
    assert engine._cue.reel.analysis.pitch is not None


def test_pause_and_play_go_on_from_there(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 4.0))
    engine.play()
    qtbot.waitUntil(lambda: engine.position > 1.2, timeout=3000)
    engine.pause()
    paused = engine.position
    assert engine.state is PlayerState.PAUSED
    engine.play()
    qtbot.waitUntil(lambda: engine.position > paused + 0.1, timeout=3000)
    engine.replay()
    assert engine.position < 1.2


def test_play_before_it_is_loaded_plays_once_it_is(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    engine.load(clip_of(film, 4.0, 4.2))
    engine.play()
    assert engine.state is PlayerState.LOADING
    with qtbot.waitSignal(engine.ended, timeout=8000):
        pass


def test_voice_has_no_picture_anywhere(
    qtbot: QtBot, engine: PlayerEngine, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PictureStore, "fill", lambda *_: pytest.fail("pictures were decoded"))
    watch = Watch(engine)
    engine.set_condition(Condition.VOICE)
    load(qtbot, engine, clip_of(film, 2.0, 2.3))
    with qtbot.waitSignal(engine.ended, timeout=5000):
        engine.play()
    assert watch.numbers == []
    assert engine.frame is None
    assert engine.extent is not None
    assert not engine.extent.has_picture


def test_changing_to_voice_takes_the_picture_away_at_once(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 2.0, 2.3))
    assert engine.frame is not None
    engine.set_condition(Condition.VOICE)
    assert engine.frame is None
    qtbot.waitUntil(lambda: engine.state is PlayerState.PAUSED, timeout=5000)
    assert engine.frame is None


def test_face_opens_no_output_and_decodes_no_sound(
    qtbot: QtBot, device: FakeDevice, heard_engine: PlayerEngine, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reel_module, "read_sound", lambda *_: pytest.fail("sound was decoded"))
    engine = heard_engine
    watch = Watch(engine)
    engine.set_condition(Condition.FACE)
    load(qtbot, engine, clip_of(film, 2.0, 2.3))
    with qtbot.waitSignal(engine.ended, timeout=5000):
        engine.play()
    assert watch.numbers[0] == 50
    assert device.sinks == []


def test_changing_to_face_closes_the_output(
    qtbot: QtBot, device: FakeDevice, heard_engine: PlayerEngine, film: Path
) -> None:
    engine = heard_engine
    load(qtbot, engine, clip_of(film, 1.0, 5.0))
    engine.play()
    qtbot.waitUntil(lambda: engine.position > 1.1, timeout=3000)
    engine.set_condition(Condition.FACE)
    assert [sink.stopped for sink in device.sinks] == [True]
    qtbot.waitUntil(lambda: engine.settled, timeout=5000)
    engine.play()
    qtbot.waitUntil(lambda: engine.position > 1.1, timeout=3000)
    assert len(device.sinks) == 1


@pytest.mark.parametrize("name", ["zero_byte.wav", "text_renamed.mp4", "truncated_video.mp4", "gone.mp4"])
def test_what_cannot_be_played_is_named(qtbot: QtBot, engine: PlayerEngine, shared_data: Path, name: str) -> None:
    path = str(shared_data / "malformed" / name)
    with qtbot.waitSignal(engine.failed, timeout=5000) as caught:
        engine.load(Clip(1, path, path))
    assert caught.args is not None
    assert caught.args[0].startswith(name)
    assert engine.state is PlayerState.FAILED


def test_a_range_outside_the_file_is_said(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    for start, end, said in ((50.0, 60.0, "ends at 6"), (3.0, 3.0, "no length"), (4.0, 3.0, "no length")):
        told: list[str] = []
        with qtbot.waitSignal(engine.failed, timeout=5000):
            engine.failed.connect(told.append)
            engine.load(clip_of(film, start, end))
        qtbot.waitUntil(lambda: engine.settled)
        engine.failed.disconnect(told.append)
        assert len(told) == 1
        assert said in told[0]


def test_a_range_that_reaches_beyond_the_file_is_cut_and_said(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    notes: list[str] = []
    engine.noted.connect(notes.append)
    load(qtbot, engine, clip_of(film, 5.0, 1e12))
    assert engine.extent is not None
    assert engine.extent.end < 6.1
    assert any("before the utterance does" in note for note in notes)


def test_no_sound_track_and_no_picture(qtbot: QtBot, engine: PlayerEngine, shared_data: Path) -> None:
    mute = str(shared_data / "malformed/no_audio_stream.mp4")
    load(qtbot, engine, Clip(1, mute, mute))
    assert engine.extent is not None
    assert (engine.extent.has_picture, engine.extent.has_sound) == (True, False)
    load(qtbot, engine, Clip(1, str(shared_data / "malformed/all_silence.wav"), None))
    assert (engine.extent.has_picture, engine.extent.has_sound) == (False, True)
    assert engine.frame is None


def test_one_broken_file_of_two_is_said_and_the_other_plays(
    qtbot: QtBot, engine: PlayerEngine, shared_data: Path
) -> None:
    notes: list[str] = []
    engine.noted.connect(notes.append)
    folder = shared_data / "malformed"
    load(qtbot, engine, Clip(1, str(folder / "all_silence.wav"), str(folder / "truncated_video.mp4")))
    assert engine.state is PlayerState.PAUSED
    assert any(note.startswith("truncated_video.mp4") for note in notes)


def test_late_sound_keeps_its_place(qtbot: QtBot, engine: PlayerEngine, shared_data: Path) -> None:
    path = str(shared_data / "faces/face_noface.mov")
    load(qtbot, engine, Clip(1, path, path))
    assert engine._cue.reel is not None
    take = engine._cue.reel.take(1.0)
    assert take is not None
    assert not take.samples[: int(2.42 * 48000)].any()
    assert take.samples[int(2.44 * 48000) :].any()


def test_stale_results_are_dropped(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    watch = Watch(engine)
    for start in (0.0, 1.0, 2.0, 3.0, 4.0):
        engine.load(clip_of(film, start, start + 0.4))
    qtbot.waitUntil(lambda: engine.state is PlayerState.PAUSED and engine.settled, timeout=8000)
    assert watch.numbers == [100]
    assert engine.extent is not None
    assert engine.extent.start == 4.0


def test_prefetched_clip_is_there_at_once(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 1.5))
    engine.prefetch(clip_of(film, 3.0, 3.5))
    qtbot.waitUntil(lambda: engine.settled and not engine._cue.expects, timeout=5000)
    engine.load(clip_of(film, 3.0, 3.5))
    assert shown_number(engine.frame) == 75
    assert engine.state is PlayerState.PAUSED


def test_a_larger_screen_gets_sharper_pictures(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    engine.set_picture_size(160, 90)
    load(qtbot, engine, clip_of(film, 1.0, 1.5))
    assert engine.frame is not None
    assert engine.frame.picture.height == 90
    engine.seek(1.3)
    engine.set_picture_size(640, 360)
    qtbot.waitUntil(lambda: engine.frame is not None and engine.frame.picture.height == 180, timeout=5000)
    assert shown_number(engine.frame) == 32


def test_closing_while_decoding_leaves_no_thread(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    engine.load(clip_of(film))
    engine.play()
    engine.close()
    assert engine.state is PlayerState.EMPTY
    load(qtbot, engine, clip_of(film, 1.0, 1.2))
    assert shown_number(engine.frame) == 25


@pytest.mark.parametrize(("start", "end", "number"), [(5.999, 99.0, 149), (2.01, 2.0101, 50), (2.0, 2.001, 50)])
def test_a_range_of_hardly_any_length_is_played(
    qtbot: QtBot, heard_engine: PlayerEngine, film: Path, start: float, end: float, number: int
) -> None:
    load(qtbot, heard_engine, clip_of(film, start, end))
    assert shown_number(heard_engine.frame) == number
    with qtbot.waitSignal(heard_engine.ended, timeout=5000):
        heard_engine.play()


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are held around the playhead only."""
    monkeypatch.setattr(PictureStore.__init__, "__defaults__", (int(40 * 320 * 180 * 1.5),))


def test_a_file_that_goes_while_it_is_shown_is_told_of(
    qtbot: QtBot, engine: PlayerEngine, film: Path, tmp_path: Path, little_memory: None
) -> None:
    path = Path(shutil.copy(film, tmp_path / "leaves.mp4"))
    load(qtbot, engine, clip_of(path))
    path.unlink()
    with qtbot.waitSignal(engine.noted, timeout=5000) as caught:
        engine.seek(5.0)
    assert caught.args is not None
    assert caught.args[0].startswith("leaves.mp4 is not where the corpus says")
    with qtbot.waitSignal(engine.ended, timeout=5000):
        engine.play()


def test_what_is_chosen_does_not_wait_for_what_was_under_way(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 4.0, 4.4))
    reels = []
    for k in range(100):
        engine.load(clip_of(film, 0.03 * k, 3.0 + 0.03 * k))
        assert engine._cue.reel is not None
        reels.append(engine._cue.reel)
        QCoreApplication.processEvents()
    assert all(reel.cancelled or reel.whole for reel in reels[:-1])
    engine.load(clip_of(film, 4.0, 4.4))
    assert shown_number(engine.frame) == 100
    assert engine.state is PlayerState.PAUSED


def test_of_many_speeds_only_the_newest_is_rendered(
    qtbot: QtBot, heard_engine: PlayerEngine, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, go_on, made = heard_engine, threading.Event(), []
    load(qtbot, engine, clip_of(film, 1.0, 5.0))
    engine.set_loop(True)
    engine.play()

    def slowly(samples: Samples, rate: int, speed: float) -> Samples:
        go_on.wait(5)
        made.append(speed)
        return render(samples, rate, speed)

    monkeypatch.setattr(reel_module, "render", slowly)
    for speed in (0.5, 0.75, 1.25, 1.5, 0.25, 2.0):
        engine.set_speed(speed)
    go_on.set()
    qtbot.waitUntil(lambda: 2.0 in made and engine.settled, timeout=5000)
    assert made in ([2.0], [0.5, 2.0])
    assert engine.state is PlayerState.PLAYING


def test_a_replay_asked_for_while_something_is_made_begins_at_the_beginning(
    qtbot: QtBot, heard_engine: PlayerEngine, film: Path
) -> None:
    load(qtbot, heard_engine, clip_of(film, 1.0, 5.0))
    heard_engine.seek(4.0)
    heard_engine.set_speed(0.75)
    heard_engine.play()
    assert heard_engine.state is PlayerState.LOADING
    heard_engine.replay()
    qtbot.waitUntil(lambda: heard_engine.state is PlayerState.PLAYING, timeout=5000)
    assert heard_engine.position < 1.5


def test_a_clip_prefetched_for_a_small_window_is_sharp_in_a_large_one(
    qtbot: QtBot, engine: PlayerEngine, film: Path
) -> None:
    engine.set_picture_size(160, 90)
    load(qtbot, engine, clip_of(film, 1.0, 1.5))
    engine.prefetch(clip_of(film, 3.0, 3.5))
    qtbot.waitUntil(lambda: engine.settled and not engine._cue.expects, timeout=5000)
    engine.set_picture_size(640, 360)
    engine.load(clip_of(film, 3.0, 3.5))
    assert shown_number(engine.frame) == 75
    qtbot.waitUntil(lambda: engine.frame is not None and engine.frame.picture.height == 180, timeout=5000)


def test_pictures_become_sharper_while_a_long_range_goes_on(
    qtbot: QtBot, engine: PlayerEngine, film: Path, little_memory: None
) -> None:
    engine.set_picture_size(160, 90)
    load(qtbot, engine, clip_of(film))
    engine.play()
    engine.set_picture_size(640, 360)
    for _ in range(8):
        engine.seek(engine.position + 0.6)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: engine.frame is not None and engine.frame.picture.height == 180, timeout=5000)
    assert shown_number(engine.frame) == int(engine.position * FPS + 1e-6)


def test_nothing_is_selected_of_what_is_not_there_yet(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    engine.load(clip_of(film, 1.0, 2.0))
    engine.select((5.0, 6.0))
    assert engine.selection is None


def test_a_selection_shorter_than_a_picture_loops_in_it(qtbot: QtBot, engine: PlayerEngine, film: Path) -> None:
    load(qtbot, engine, clip_of(film, 1.0, 4.0))
    engine.select((2.005, 2.03))
    watch = Watch(engine)
    engine.set_loop(True)
    engine.play()
    for speed in (0.5, 2.0, 0.25, 1.0):
        engine.set_speed(speed)
        qtbot.wait(60)
        assert 2.005 <= engine.position < 2.03
    engine.pause()
    assert set(watch.numbers) == {50}
