"""Pictures of a range: exactly its own, found by time, within a bound of memory however long the range."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.player import pictures
from fairemo_gui.gui.player.picture import PictureView
from fairemo_gui.gui.player.pictures import PictureStore
from tests.gui.player.conftest import FPS, rgb, shown_number
from tests.unit.media.films import write_film

SIZE = (320, 180)
FRAME_BYTES = 320 * 180 * 1.5


def filled(store: PictureStore, position: float | None = None) -> PictureStore:
    if position is not None:
        store.position = position
    store.fill(lambda: False, lambda: None)
    return store


def test_only_pictures_of_the_range_are_held(film: Path) -> None:
    store = filled(PictureStore(film, 2.0, 3.0, SIZE, FPS))
    assert store.bytes == 25 * FRAME_BYTES
    assert shown_number(store.at(0.0)) == 50
    assert shown_number(store.at(99.0)) == 74


@pytest.mark.parametrize("position", [2.0, 2.0399, 2.04, 2.5, 2.999])
def test_the_last_picture_due_is_shown(film: Path, position: float) -> None:
    store = filled(PictureStore(film, 2.0, 3.0, SIZE, FPS))
    frame = store.at(position)
    assert frame is not None
    assert shown_number(frame) == int(position * FPS + 1e-6)
    assert frame.index == shown_number(frame) - 50


def test_neighbours(film: Path) -> None:
    store = filled(PictureStore(film, 2.0, 3.0, SIZE, FPS))
    assert shown_number(store.after(2.5)) == 63
    assert shown_number(store.before(2.5)) == 61
    assert store.before(2.0) is None
    assert store.after(2.96) is None


def test_a_long_range_is_held_around_the_playhead_only(film: Path) -> None:
    memory = int(40 * FRAME_BYTES)
    store = PictureStore(film, 0.0, 6.0, SIZE, FPS, memory)
    for position in (0.0, 1.0, 3.0, 5.9, 0.5, 4.0):
        filled(store, position)
        assert store.bytes <= memory
        assert shown_number(store.at(position)) == int(position * FPS + 1e-6)
        assert store.covers(position)


def test_going_on_needs_no_second_look_at_the_file(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[float] = []
    read = pictures._read

    def counted(path: Path, start: float, *args: Any, **named: Any) -> Generator[av.VideoFrame, None, None]:
        opened.append(start)
        return read(path, start, *args, **named)

    monkeypatch.setattr(pictures, "_read", counted)
    store = PictureStore(film, 0.0, 6.0, SIZE, FPS, int(40 * FRAME_BYTES))
    seen = []
    for step in range(150):
        filled(store, step / FPS)
        seen.append(shown_number(store.at(step / FPS)))
    assert seen == list(range(150))
    assert opened == [0.0]
    store.close()


@pytest.mark.parametrize("position", np.arange(0.01, 5.99, 0.3).tolist())
def test_a_seek_has_its_picture_before_anything_else(film: Path, position: float) -> None:
    store = PictureStore(film, 0.0, 6.0, SIZE, FPS, int(40 * FRAME_BYTES))
    store.position = position
    held: list[int] = []

    def note() -> None:
        if not held and store.covers(position) and store.at(position) is not None:
            held.append(store.bytes)

    store.fill(lambda: False, note)
    assert shown_number(store.at(position)) == int(position * FPS + 1e-6)
    assert held[0] <= 4 * FRAME_BYTES


def test_the_number_of_a_picture_is_told_once_all_before_it_are_counted(film: Path) -> None:
    store = filled(PictureStore(film, 0.0, 6.0, SIZE, FPS, int(40 * FRAME_BYTES)), 4.0)
    frame = store.at(4.0)
    assert frame is not None
    assert frame.index is None
    for position in np.arange(0.0, 4.1, 0.5):
        filled(store, float(position))
    frame = store.at(4.0)
    assert frame is not None
    assert frame.index == 100


def test_cancelling_stops_and_forgets_the_half_filled(film: Path) -> None:
    store = PictureStore(film, 0.0, 6.0, SIZE, FPS)
    store.fill(lambda: True, lambda: None)
    assert store.bytes == 0
    assert not store.busy


def test_rotated_pictures_stand_upright_at_the_size_asked_for(shared_data: Path) -> None:
    store = filled(PictureStore(shared_data / "malformed/rotated_90.mp4", 0.0, 0.5, (160, 90), 30.0))
    frame = store.at(0.0)
    assert frame is not None
    assert (frame.rotation, frame.picture.width, frame.picture.height) == (90, 90, 160)


@pytest.mark.parametrize("width", [100, 180, 320, 322])
def test_a_picture_of_any_width_is_painted_to_its_last_column(qtbot: QtBot, tmp_path: Path, width: int) -> None:
    film = write_film(tmp_path / "film.mp4", 0.2, size=(width, 64))
    view = PictureView(lambda: pytest.fail("nothing is painted"))
    frame = filled(PictureStore(film, 0.0, 0.2, (width, 64), FPS)).at(0.0)
    for _ in range(50):  # converted by threads that must not write into each other's rows
        view.set_frame(frame)
        assert view._image is not None
        ground = rgb(view._image)[40:60].astype(int)
        assert np.abs(ground - 90).max() < 12


@pytest.mark.parametrize(("start", "end", "shown"), [(2.2, 2.8, [2]), (2.2, 4.5, [2, 3, 4]), (2.0, 3.5, [2, 3])])
def test_at_one_picture_a_second_the_one_that_stands_is_shown(
    tmp_path: Path, start: float, end: float, shown: list[int]
) -> None:
    film = write_film(tmp_path / "slow.mp4", 6.0, 1)
    store = filled(PictureStore(film, start, end, SIZE, 1.0))
    assert shown_number(store.at(start)) == shown[0]
    seen = [shown_number(store.at(time)) for time in np.arange(start, end, 0.1)]
    assert sorted(set(seen)) == shown
    assert seen == [int(time + 1e-6) for time in np.arange(start, end, 0.1)]


def test_nothing_stands_after_the_last_picture_has_gone(tmp_path: Path) -> None:
    film = write_film(tmp_path / "short.mp4", 1.0, FPS)
    assert filled(PictureStore(film, 2.0, 3.0, SIZE, FPS)).bytes == 0


def test_a_long_range_that_is_let_go_closes_its_file_at_once(film: Path) -> None:
    gc.disable()
    try:
        store = filled(PictureStore(film, 0.0, 6.0, SIZE, FPS, int(40 * FRAME_BYTES)))
        assert _open_files(film) == 1
        del store
        assert _open_files(film) == 0
    finally:
        gc.enable()


def _open_files(film: Path) -> int:
    return sum(link.samefile(film) for link in Path("/proc/self/fd").iterdir() if link.exists())


def test_what_is_said_of_a_place_holds_while_pictures_come_and_go(film: Path) -> None:
    store = PictureStore(film, 0.0, 6.0, SIZE, FPS, int(40 * FRAME_BYTES))
    stop = threading.Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                store.fill(stop.is_set, lambda: None)
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(2)]
    draw, checked = np.random.default_rng(5), 0
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    for worker in workers:
        worker.start()
    try:
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            store.position = float(draw.uniform(0, 5.9))
            for position in store.position + 0.004 * np.arange(25):
                covered, frame = store.covers(position), store.at(position)
                store.before(position), store.after(position), store.pace, store.bytes
                if covered and frame is not None:
                    assert shown_number(frame) == int(position * FPS + 1e-6)
                    checked += 1
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        for worker in workers:
            worker.join()
    assert not faults
    assert checked > 100


def test_a_screen_with_other_pixels_is_told_of(qtbot: QtBot) -> None:
    view = PictureView(lambda: pytest.fail("nothing is painted"))
    qtbot.addWidget(view)
    view.resize(200, 100)
    with qtbot.waitSignal(view.resized) as caught:
        QCoreApplication.sendEvent(view, QEvent(QEvent.Type.DevicePixelRatioChange))
    ratio = view.devicePixelRatioF()
    assert caught.args == [round(200 * ratio), round(100 * ratio)]
