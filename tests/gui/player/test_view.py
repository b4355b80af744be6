"""The player's view in a real window: boxes on their frames, words, messages, keys, and blind conditions."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip, Condition, Word
from fairemo_gui.gui import theme
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.view import PlayerView
from fairemo_gui.gui.settings import open_settings
from tests.gui.player.conftest import FPS, clip_of, moving_track, rgb
from tests.unit.media.films import read_number

WORDS = (Word("good", 2.1, 2.4), Word("morning", 2.45, 2.9))


def show(qtbot: QtBot, view: PlayerView, item: PlayerItem) -> None:
    view.show_item(item)
    qtbot.waitUntil(lambda: view.is_ready and view.engine.state is not PlayerState.LOADING, timeout=10000)


def item_of(film: Path, start: float = 2.0, end: float = 3.0, **more: object) -> PlayerItem:
    return PlayerItem(clip_of(film, start, end), "f", words=WORDS, **more)  # type: ignore[arg-type]


def pixels(widget: QWidget) -> npt.NDArray[np.uint8]:
    return rgb(widget.grab().toImage())


def painted(view: PlayerView) -> tuple[int, float]:
    """Number of the frame on the screen, and left edge of the box on it, in pixels of the whole picture."""
    place = view.picture.picture_rect().toRect()
    shot = pixels(view.picture)[place.top() : place.bottom() + 1, place.left() : place.right() + 1]
    row = shot[int(shot.shape[0] * 110 / 180)].astype(int)
    colour = np.array([int(theme.FACE_BOX[k : k + 2], 16) for k in (1, 3, 5)])
    blue = np.flatnonzero(np.abs(row - colour).sum(axis=1) < 12)
    return read_number(shot), float(blue.min() + 1) / shot.shape[1] * 320


def click(widget: QWidget, place: QPoint) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def state_of(view: PlayerView) -> PlayerState:
    return view.engine.state


def test_a_face_that_is_not_found_is_said(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film, tracks=(moving_track(missing=range(60, 70)),)))
    view.seek(2.3)
    assert not view.picture.marks().missing
    view.seek(62 / FPS)
    assert view.picture.marks().missing
    with pytest.raises(ValueError, match="zero-size"):
        painted(view)


def test_voice_shows_no_picture_at_all(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    view.set_condition(Condition.VOICE)
    show(qtbot, view, item_of(film, tracks=(moving_track(),)))
    with qtbot.waitSignal(view.ended, timeout=8000):
        view.play()
    assert not view.picture.has_picture
    assert "no picture in this condition" in view.picture.message
    flat = pixels(view.picture)[::, 10:60]
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) == 1


def test_changing_to_voice_leaves_no_picture_behind(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    assert view.picture.has_picture
    view.set_condition(Condition.VOICE)
    assert not view.picture.has_picture


def test_face_shows_neither_words_nor_sound(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    view.set_condition(Condition.FACE)
    show(qtbot, view, item_of(film))
    assert view.picture.has_picture
    assert len(view.timeline.words) == 0
    assert not view.timeline.analysed
    view.set_condition(Condition.AV)
    qtbot.waitUntil(lambda: view.timeline.analysed, timeout=5000)
    assert list(view.timeline.words) == list(WORDS)


def test_the_spoken_word_is_lit(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    lit = []
    for moment in (2.0, 2.1, 2.39, 2.42, 2.45, 2.95):
        view.seek(moment)
        lit.append(view.timeline.lit)
    assert lit == [None, 0, 0, None, 1, None]


def test_a_click_on_a_word_goes_to_its_start(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    line = view.timeline
    place = next(x for x in range(line.width()) if line.word_at(x, 10) == WORDS[1])
    click(line, QPoint(place + 20, 10))
    assert view.engine.position == pytest.approx(2.45)


def test_a_click_on_the_waveform_goes_to_that_time(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    line = view.timeline
    left, right = 58, line.width() - 10
    click(line, QPoint((left + right) // 2, 60))
    assert view.engine.position == pytest.approx(2.5, abs=0.005)


def test_keys_do_what_the_sheet_says(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    view.activateWindow()
    view.transport.play.setFocus()
    qtbot.waitUntil(view.isActiveWindow, timeout=3000)
    press(view, Qt.Key.Key_Period)
    assert view.status.endswith("frame 1")
    press(view, Qt.Key.Key_Comma)
    assert view.status.endswith("frame 0")
    press(view, Qt.Key.Key_Right)
    assert view.engine.position == pytest.approx(2.5)
    press(view, Qt.Key.Key_BracketRight)
    assert view.engine.speed == 1.25
    assert view.transport.speed.text() == "1.25×"
    press(view, Qt.Key.Key_L)
    assert view.engine.looping
    assert view.transport.loop.isChecked()
    press(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state_of(view) is PlayerState.PLAYING, timeout=3000)
    press(view, Qt.Key.Key_Space)
    assert state_of(view) is PlayerState.PAUSED
    assert {action.shortcut().toString() for action in view.actions_for_keys()} - {""} == {
        "Space", "R", "L", ",", ".", "Left", "Right", "Shift+F", "[", "]", "M", "Ctrl+Up", "Ctrl+Down", "I", "O", "Esc",
        "+", "-", "0", "C", "W", "T",
    }  # fmt: skip


def test_state_is_kept_across_utterances(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    view.set_loop(True)
    view.set_speed(0.5)
    view.set_volume(0.3)
    show(qtbot, view, item_of(film))
    show(qtbot, view, item_of(film, 4.0, 4.5))
    assert view.engine.looping
    assert view.engine.speed == 0.5
    assert view.transport.volume.value() == 30
    assert view.transport.time.text() == "0:00.000 / 0:00.500"


def test_what_cannot_be_played_says_why(qtbot: QtBot, view: PlayerView, shared_data: Path) -> None:
    note = "clip.flv is not where the corpus says: locate the corpus again"
    view.show_item(PlayerItem(Clip(1, None, None), "c", note=note))
    assert view.picture.message == note
    broken = str(shared_data / "malformed/truncated_video.mp4")
    with qtbot.waitSignal(view.engine.failed, timeout=5000):
        view.show_item(PlayerItem(Clip(2, broken, broken), "b"))
    assert view.picture.message.startswith("truncated_video.mp4")
    view.show_item(None)
    assert view.picture.message == "Choose an utterance to play it."
    assert view.status == ""


def test_sound_only_says_so_and_gives_the_room_to_the_timeline(
    qtbot: QtBot, view: PlayerView, shared_data: Path
) -> None:
    show(qtbot, view, PlayerItem(Clip(1, str(shared_data / "malformed/all_silence.wav"), None), "s"))
    assert view.picture.message == "No picture: sound only"
    qtbot.waitUntil(lambda: view.timeline.height() > 250, timeout=2000)
    assert not view.transport.forward.isEnabled()


def test_no_device_is_said_at_the_loudness(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    qtbot.waitUntil(lambda: not view.transport.volume.isEnabled(), timeout=3000)
    assert "No sound device" in view.transport.mute.toolTip()


def test_side_widget_stands_beside_the_picture(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    side = QLabel("turns")
    view.set_side_widget(side)
    show(qtbot, view, item_of(film))
    assert side.isVisible()
    assert side.geometry().left() > view.picture.geometry().right()
    assert not side.geometry().intersects(view.picture.geometry())


def test_a_key_leads_to_what_stands_beside_the_picture(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    side = QListWidget()
    side.addItems(["turn 1", "turn 2"])
    view.set_side_widget(side)
    show(qtbot, view, item_of(film))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow, timeout=3000)
    view.transport.play.setFocus()
    press(view.transport.play, Qt.Key.Key_T)
    assert side.hasFocus()


@pytest.mark.parametrize("width", [480, 560, 690, 1200])
def test_nothing_is_cut_off_at_any_width(qtbot: QtBot, view: PlayerView, film: Path, width: int) -> None:
    show(qtbot, view, item_of(film))
    view.resize(width, 420)
    QApplication.sendPostedEvents()
    bar = view.transport
    shown = [child for child in bar.children() if isinstance(child, QWidget) and child.isVisible()]
    edges = sorted((child.geometry().left(), child.geometry().right()) for child in shown)
    assert edges[-1][1] <= bar.width()
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    words = [child for child in shown if isinstance(child, QLabel)] + [bar.loop]
    assert all(child.width() >= child.sizeHint().width() for child in words)
    assert bar.time.width() >= bar.time.sizeHint().width()


def test_both_themes_recolour_what_is_there(qtbot: QtBot, qapp: QApplication, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    qtbot.waitUntil(lambda: view.timeline.analysed, timeout=5000)
    dark = pixels(view.timeline)
    theme.apply(qapp, theme.LIGHT)
    view.retheme()
    light = pixels(view.timeline)
    theme.apply(qapp, theme.DARK)
    assert dark[5, 5].tolist() == [0x22, 0x25, 0x2A]
    assert light[5, 5].tolist() == [0xFF, 0xFF, 0xFF]


def test_another_face_can_be_chosen_by_click_or_key(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    track = moving_track()
    shifted = track.boxes + np.array([120, 0, 120, 0], np.float32)
    other = replace(track, boxes=shifted, number=1, speaker_by=None)
    show(qtbot, view, item_of(film, tracks=(track, other)))
    view.seek(62 / FPS)
    place = view.picture.picture_rect()
    left, top, right, bottom = view.picture.marks().others[1]
    at = QPoint(
        round(place.left() + (left + right) / 2 * place.width()),
        round(place.top() + (top + bottom) / 2 * place.height()),
    )
    with qtbot.waitSignal(view.speaker_chosen) as chosen:
        QTest.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [1]
    with qtbot.waitSignal(view.speaker_chosen) as chosen:
        view.choose_next_face()
    assert chosen.args == [1]


def test_a_selection_by_keys_begins_and_ends_at_the_playhead(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow, timeout=3000)
    view.seek(2.4)
    press(view, Qt.Key.Key_I)
    assert view.engine.selection == (2.4, 3.0)
    view.seek(2.6)
    press(view, Qt.Key.Key_O)
    assert view.engine.selection == (2.4, 2.6)
    assert view.timeline.selection == (2.4, 2.6)
    assert "selected 0.200 s" in view.status
    view.seek(2.8)
    press(view, Qt.Key.Key_I)
    assert view.engine.selection == (2.8, 3.0)
    press(view, Qt.Key.Key_Escape)
    assert view.engine.selection is None
    view.seek(2.3)
    press(view, Qt.Key.Key_O)
    assert view.engine.selection == (2.0, 2.3)
    show(qtbot, view, item_of(film, 4.0, 5.0))
    assert view.engine.selection is view.timeline.selection is None
    assert "selected" not in view.status


def test_loudness_by_keys(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow, timeout=3000)
    slider = view.transport.volume
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert slider.value() == 80
    press(view, Qt.Key.Key_M)
    assert slider.value() == 0
    press(view, Qt.Key.Key_M)
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert slider.value() == 90


def test_zoom_is_sharp_and_ends_with_the_utterance_while_curves_stay(
    qtbot: QtBot, view: PlayerView, film: Path
) -> None:
    show(qtbot, view, item_of(film, 1.0, 5.0))
    view.activateWindow()
    qtbot.waitUntil(lambda: view.isActiveWindow() and view.timeline.analysed, timeout=5000)
    press(view, Qt.Key.Key_C)
    view.seek(3.0)
    for _ in range(6):
        press(view, Qt.Key.Key_Plus)
    assert view.timeline.span.length == pytest.approx(4.0 / 1.5**6)
    assert view.timeline.span.holds(3.0)
    qtbot.waitUntil(lambda: view.timeline.sharp, timeout=5000)
    press(view, Qt.Key.Key_Minus)
    assert view.timeline.span.length == pytest.approx(4.0 / 1.5**5)
    press(view, Qt.Key.Key_0)
    assert not view.timeline.span.zoomed
    press(view, Qt.Key.Key_Plus)
    show(qtbot, view, item_of(film, 4.0, 5.0))
    assert not view.timeline.span.zoomed
    assert view._keys.curves.isChecked()
    assert view.timeline._sound.curves_shown


def test_what_somebody_set_is_there_the_next_time(qtbot: QtBot, tmp_path: Path, no_device: None) -> None:
    settings = open_settings(tmp_path)
    view = PlayerView(settings=settings)
    qtbot.addWidget(view)
    view.set_volume(0.4)
    view.transport.toggle_mute()
    view._keys.curves.toggle()
    view._keys.estimate.toggle()
    view.close()
    again = PlayerView(settings=settings)
    qtbot.addWidget(again)
    assert again.transport.volume.value() == 40
    assert again._keys.curves.isChecked()
    assert again._keys.estimate.isChecked()
    again.close()


def test_estimated_words_are_lit_and_lead_there(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    clip = replace(clip_of(film, 2.0, 3.0), transcript="good morning")
    show(qtbot, view, PlayerItem(clip, "f"))
    view.seek(2.1)
    assert view.timeline.lit is None
    view.set_words_estimated(True)
    assert view.timeline.lit == 0
    click(view.timeline, QPoint(round(view.timeline.scale().x(2.9)), 10))
    assert view.engine.position == pytest.approx(2.0 + 5 / 13)
    assert view.timeline.lit == 1


def test_a_device_that_comes_back_makes_the_loudness_work_again(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    show(qtbot, view, item_of(film))
    qtbot.waitUntil(lambda: not view.transport.volume.isEnabled(), timeout=3000)
    view.engine.silenced.emit("")
    assert view.transport.volume.isEnabled()
    assert view.transport.mute.toolTip() == "Sound off (M)"


def test_the_calibration_page_opens_silently_and_goes_with_the_player(
    qtbot: QtBot, view: PlayerView, film: Path
) -> None:
    show(qtbot, view, item_of(film))
    view.play()
    view.calibrate()
    assert state_of(view) is PlayerState.PAUSED
    page = view._calibration
    assert page is not None
    assert page.isVisible()
    view.shutdown()
    assert not page.isVisible()
