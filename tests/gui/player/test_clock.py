"""Clocks: steady while a device stutters, still while it stalls, right across loops and speeds."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.gui.player.clock import DeviceClock, Score, Segment, SilentClock


def test_a_device_that_reports_in_steps_gives_a_smooth_clock() -> None:
    clock, told = DeviceClock(), []
    for tick in range(400):
        now = 10.0 + tick * 0.005
        clock.report(int((now - 10.0) / 0.02) * 0.02, now)
        told.append(clock.played(now) - (now - 10.0))
    settled = np.array(told[60:])
    assert np.abs(settled).max() < 0.002


def test_a_device_that_drifts_is_followed_without_jumps() -> None:
    clock, told = DeviceClock(), []
    for tick in range(4000):
        now = tick * 0.005
        clock.report(now * 1.001, now)
        told.append(clock.played(now))
    assert told[-1] == pytest.approx(3999 * 0.005 * 1.001, abs=0.002)
    assert np.diff(told[1:]).max() < 0.0053


def test_time_stands_still_while_the_device_does() -> None:
    clock = DeviceClock()
    for tick in range(100):
        clock.report(tick * 0.005, tick * 0.005)
    for tick in range(100, 300):
        clock.report(0.495, tick * 0.005)
    assert clock.played(1.5) == 0.495


@pytest.mark.parametrize("dropout", [0.03, 0.2])
def test_after_a_dropout_time_is_soon_right_again(dropout: float) -> None:
    clock = DeviceClock()
    for k in range(200):
        clock.report(0.1 + k * 0.005, 10.0 + k * 0.005)
    for k in range(60):
        now = 11.0 + dropout + k * 0.005
        clock.report(1.1 + k * 0.005, now)
        if now > 11.0 + dropout + 0.26:
            assert clock.played(now) == pytest.approx(1.1 + k * 0.005, abs=0.001)


def test_nothing_played_is_no_time() -> None:
    clock = DeviceClock()
    clock.report(0.0, 5.0)
    assert clock.played(9.0) == 0.0


def test_score_follows_a_loop_and_a_change_of_speed() -> None:
    score = Score()
    score.add(Segment(0.0, 101.0, 1.0))
    score.add(Segment(1.0, 100.0, 1.0))
    score.add(Segment(2.5, 101.5, 2.0))
    assert score.media_time(0.5) == (101.5, False)
    assert score.media_time(1.25) == (100.25, False)
    assert score.media_time(3.0) == (102.5, False)
    score.finish(3.25, 103.0)
    assert score.media_time(3.2)[1] is False
    assert score.media_time(3.25) == (103.0, True)


def test_silent_clock_ends_or_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("fairemo_gui.gui.player.clock.time.monotonic", lambda: now[0])
    clock = SilentClock(2.0, 5.0, 4.0, 2.0, loop=False)
    now[0] += 0.25
    assert clock.position() == (4.5, False)
    clock.set_speed(1.0)
    now[0] += 0.4
    assert clock.position()[0] == pytest.approx(4.9)
    now[0] += 1.1
    assert clock.position() == (5.0, True)
    clock.loop = True
    assert clock.position()[0] == pytest.approx(3.0)
