"""What cannot be heard or seen cannot be rated: answers stay closed, plays do not count, the remedy is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fairemo_gui.core.rating_plan import ClipRules, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition
from fairemo_gui.core.trials import EventKind
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.store import sessions
from tests.gui.annotate.rig import LENGTH, Desk, make_workspace
from tests.gui.player.conftest import FakeDevice
from tests.unit.media.films import chirps, write_film, write_sound

HEARD = RatingPlan("heard", "1", items=Items(conditions=((Condition.VOICE, 1),)), sitting=SittingRules(items=3))


def state(desk: Desk) -> str:
    """What the page says of the clip."""
    return desk.window.trial.clip.state.text()


def wait_for(desk: Desk, words: str) -> None:
    """Wait until the page says it of the clip, and check that nothing can be answered."""
    desk.bot.waitUntil(lambda: state(desk) == words)
    tiles = desk.window.trial.tiles
    assert tiles is not None
    assert not tiles.isEnabled()
    desk.press(Qt.Key.Key_1, Qt.Key.Key_Return, Qt.Key.Key_Space)
    assert state(desk) == words
    assert not tiles.isEnabled()
    assert desk.stored() == []


def rate(desk: Desk) -> None:
    """Hear the clip to its end, and answer."""
    desk.wait(PlayerState.ENDED)
    desk.go_on(Qt.Key.Key_1, Qt.Key.Key_Return)


@pytest.mark.parametrize("condition", [Condition.VOICE, Condition.AV])
@pytest.mark.parametrize("early", [False, True])
def test_without_a_sound_device_nothing_heard_can_be_rated(
    make_desk: Callable[..., Desk], device: FakeDevice, condition: Condition, early: bool
) -> None:
    device.is_there = False
    desk = make_desk()
    plan = replace(HEARD, items=Items(conditions=((condition, 1),)), clip=ClipRules(answer_before_end=early))
    desk.sit_down(plan)
    wait_for(desk, "Nothing can be heard")
    assert desk.window.trial.clip.remedy.text().startswith("No sound device: connect one, and the clip plays by itself")
    assert device.sinks == []
    device.is_there = True
    rate(desk)
    (rating,) = desk.stored()
    assert rating.replays == 0
    assert rating.played_ms == pytest.approx(LENGTH * 1000, abs=30)
    assert len(device.sinks) >= 1


def test_a_clip_that_cannot_be_heard_can_be_skipped(make_desk: Callable[..., Desk], silent: None) -> None:
    desk = make_desk()
    desk.sit_down(HEARD)
    wait_for(desk, "Nothing can be heard")
    desk.press(Qt.Key.Key_S)
    desk.go_on(Qt.Key.Key_5)
    assert desk.feed.corpus is not None
    skipped = [e.text for e in sessions.events(desk.workspace, desk.feed.corpus.id) if e.kind is EventKind.SKIPPED]
    assert skipped == ["I cannot hear or see it on this computer"]
    wait_for(desk, "Nothing can be heard")


def test_a_device_that_goes_while_a_clip_plays(make_desk: Callable[..., Desk], device: FakeDevice) -> None:
    desk = make_desk()
    desk.sit_down(HEARD)
    desk.bot.waitUntil(lambda: bool(device.sinks) and desk.engine.position > LENGTH / 4)
    device.is_there = False
    desk.engine._playhead.output.lost.emit("The sound device stopped")
    wait_for(desk, "Nothing can be heard")
    device.is_there = True
    rate(desk)
    assert [(each.replays, each.position) for each in desk.stored()] == [(0, 0)]


def test_what_was_heard_before_the_device_went_is_open_again(
    make_desk: Callable[..., Desk], device: FakeDevice
) -> None:
    desk = make_desk()
    desk.sit_down(replace(HEARD, clip=ClipRules(replays=1)))
    desk.wait(PlayerState.ENDED)
    device.is_there = False
    desk.press(Qt.Key.Key_Space)
    wait_for(desk, "Nothing can be heard")
    sinks = len(device.sinks)
    device.is_there = True
    desk.bot.waitUntil(lambda: state(desk) != "Nothing can be heard")
    assert len(device.sinks) == sinks
    assert desk.window.trial.clip.replay.isEnabled()
    desk.go_on(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert desk.stored()[0].replays == 0


@pytest.mark.parametrize("played", [False, True])
def test_sound_that_comes_back_in_a_break_opens_the_clip(
    make_desk: Callable[..., Desk], device: FakeDevice, played: bool
) -> None:
    desk = make_desk()
    desk.settings.setValue("player/volume", 100 if played else 0)
    desk.sit_down(HEARD)
    if played:
        desk.bot.waitUntil(lambda: bool(device.sinks) and desk.engine.position > LENGTH / 4)
    for _ in range(20 if played else 0):
        QTest.keyClick(desk.window, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    wait_for(desk, "Nothing can be heard")
    desk.press(Qt.Key.Key_Escape)
    desk.wait_for_words("Paused")
    QTest.keyClick(desk.window, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    desk.go_on(Qt.Key.Key_Return)
    rate(desk)
    assert [each.replays for each in desk.stored()] == [0]


def test_with_the_sound_off_nothing_heard_can_be_rated(make_desk: Callable[..., Desk], device: FakeDevice) -> None:
    desk = make_desk()
    desk.settings.setValue("player/volume", 0)
    desk.sit_down(HEARD)
    wait_for(desk, "Nothing can be heard")
    assert "Ctrl+Up" in desk.window.trial.clip.remedy.text()
    QTest.keyClick(desk.window, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    rate(desk)
    assert desk.stored()[0].replays == 0


@pytest.mark.parametrize(
    ("condition", "words"), [(Condition.FACE, "This clip has no picture"), (Condition.VOICE, "This clip has no sound")]
)
def test_a_file_without_what_is_asked_about(
    tmp_path: Path, make_desk: Callable[..., Desk], device: FakeDevice, condition: Condition, words: str
) -> None:
    desk = make_desk()
    (tmp_path / "other").mkdir()
    film = (
        write_sound(tmp_path / "other" / "film.wav", chirps(4.0))
        if condition is Condition.FACE
        else write_film(tmp_path / "other" / "film.mp4", 4.0, 25, (160, 90))
    )
    other = Desk(desk.bot, make_workspace(tmp_path / "other", film, clips=8))
    try:
        other.sit_down(replace(HEARD, items=Items(conditions=((condition, 1),))))
        wait_for(other, words)
        assert other.window.trial.clip.answers.text() == "Skip it, or flag it with a note"
    finally:
        other.close()
