"""The timeline: what is in view, what is selected, words guessed or given, curves with their axes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Word
from fairemo_gui.gui import theme
from fairemo_gui.gui.player.lanes import Scale, ticks
from fairemo_gui.gui.player.reel import Analysis
from fairemo_gui.gui.player.span import Span
from fairemo_gui.gui.player.timeline import Timeline
from fairemo_gui.gui.player.words import estimated_words, snapped
from fairemo_gui.media.pitch import track_pitch
from fairemo_gui.media.spectrogram import spectrogram
from fairemo_gui.media.waveform import outline

RATE = 16000
WORDS = (Word("good", 10.5, 10.9), Word("morning", 11.0, 11.6))
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def analysis(start: float = 10.0, end: float = 12.0) -> Analysis:
    time = np.arange(round((end - start) * RATE)) / RATE
    sound = sum((np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 12)), np.zeros(len(time)))
    samples = (0.2 * sound * (time > 0.4)).astype(np.float32)
    made = spectrogram(samples, RATE, start, end)
    return Analysis(outline(samples, start, end), made, track_pitch(samples, RATE, start))


@pytest.fixture
def line(qtbot: QtBot, qapp: QApplication) -> Iterator[Timeline]:
    theme.apply(qapp, theme.DARK)
    made = Timeline(theme.current)
    qtbot.addWidget(made)
    made.resize(660, 167)
    made.show()
    made.set_range(10.0, 12.0)
    made.set_words(WORDS, "good morning")
    made.set_analysis(analysis())
    yield made


def at(line: Timeline, time: float, lane: str = "waveform") -> QPoint:
    return QPoint(round(line.scale().x(time)), round(getattr(line.places(), lane).center().y()))


def drag(line: Timeline, begin: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mousePress(line, LEFT, modifier, begin)
    for share in (0.3, 0.7, 1.0):
        move(line, begin + (end - begin) * share, modifier)
    QTest.mouseRelease(line, LEFT, modifier, end)


def move(line: Timeline, place: QPoint, modifier: Qt.KeyboardModifier) -> None:
    """A move with the button down; QTest's own says nothing of buttons and modifiers."""
    spot = QPointF(place)
    QApplication.sendEvent(line, QMouseEvent(QEvent.Type.MouseMove, spot, spot, LEFT, LEFT, modifier))


def wheel(line: Timeline, place: QPoint, notches: float, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    delta = QPoint(0, round(120 * notches))
    QApplication.sendEvent(
        line,
        QWheelEvent(
            QPointF(place), QPointF(place), QPoint(), delta, Qt.MouseButton.NoButton, modifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def picture(line: Timeline) -> npt.NDArray[np.int64]:
    image = line.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.int64)


def rgb(colour: str) -> npt.NDArray[np.int64]:
    made = QColor(colour)
    return np.array([made.red(), made.green(), made.blue()])


def test_a_drag_on_the_sound_selects(qtbot: QtBot, line: Timeline) -> None:
    for lane in ("waveform", "spectrogram"):
        with qtbot.waitSignal(line.selection_requested) as caught:
            drag(line, at(line, 11.4, lane), at(line, 10.7, lane))
        assert caught.args == [pytest.approx((10.7, 11.4), abs=0.004)]


def test_with_shift_whole_words_are_selected(qtbot: QtBot, line: Timeline) -> None:
    with qtbot.waitSignal(line.selection_requested) as caught:
        drag(line, at(line, 10.8), at(line, 11.1), SHIFT)
    assert caught.args == [(10.5, 11.6)]


def test_a_double_click_selects_the_word_under_it(qtbot: QtBot, line: Timeline) -> None:
    for lane in ("words", "spectrogram"):
        with qtbot.waitSignal(line.selection_requested) as caught:
            QTest.mouseDClick(line, LEFT, PLAIN, at(line, 11.3, lane))
        assert caught.args == [(11.0, 11.6)]


def test_a_click_seeks_and_selects_nothing(qtbot: QtBot, line: Timeline) -> None:
    selected: list[object] = []
    line.selection_requested.connect(selected.append)
    for lane in ("waveform", "axis"):
        with qtbot.waitSignal(line.seek_requested) as caught:
            QTest.mouseClick(line, LEFT, PLAIN, at(line, 11.7, lane))
        assert caught.args == [pytest.approx(11.7, abs=0.004)]
    assert not selected


def test_an_edge_of_the_selection_can_be_moved(qtbot: QtBot, line: Timeline) -> None:
    line.set_selection((10.6, 11.2))
    with qtbot.waitSignal(line.selection_requested) as caught:
        drag(line, at(line, 11.2), at(line, 11.5))
    assert caught.args == [pytest.approx((10.6, 11.5), abs=0.004)]


def test_a_drag_along_the_words_scrubs(line: Timeline) -> None:
    sought: list[float] = []
    line.seek_requested.connect(sought.append)
    drag(line, at(line, 11.7, "words"), at(line, 11.95, "words"))
    assert sought[0] == pytest.approx(11.7, abs=0.004)
    assert sought[-1] == pytest.approx(11.95, abs=0.004)


def test_the_selection_says_how_long_it_is_and_the_rest_pales(line: Timeline) -> None:
    before = picture(line)
    line.set_selection((10.9, 11.5))
    after = picture(line)
    assert line.accessibleDescription() == "selected 0.600 s"
    row = round(line.places().spectrogram.center().y())
    inside, outside = (slice(at(line, a).x() + 3, at(line, b).x() - 3) for a, b in ((10.9, 11.5), (11.5, 11.9)))
    np.testing.assert_array_equal(before[row, inside], after[row, inside])
    panel = rgb(theme.current().panel)
    assert np.abs(after[row, outside] - panel).mean() < 0.6 * np.abs(before[row, outside] - panel).mean()


def test_the_wheel_zooms_around_the_pointer(line: Timeline) -> None:
    place = at(line, 11.5)
    time = line.scale().time(place.x())
    wheel(line, place, 3)
    assert line.span.length == pytest.approx(2.0 / 1.25**3)
    assert line.scale().time(place.x()) == pytest.approx(time)
    wheel(line, place, -20)
    assert (line.span.start, line.span.end) == (10.0, 12.0)


def test_shift_and_wheel_and_the_ruler_pan(line: Timeline) -> None:
    line.zoom(4.0, 11.0)
    start = line.span.start
    wheel(line, at(line, 11.0), -1, SHIFT)
    assert line.span.start == pytest.approx(start + 0.05)
    drag(line, QPoint(300, line.height() - 10), QPoint(400, line.height() - 10))
    assert line.span.start == pytest.approx(start + 0.05 - 100 / line.scale().width * 0.5, abs=1e-6)
    line.pan(-100.0)
    assert (line.span.start, line.span.end) == (10.0, 10.5)


def test_the_playhead_is_followed_page_by_page_until_someone_looks_elsewhere(line: Timeline) -> None:
    line.zoom(4.0, 10.0)
    for position in np.arange(10.0, 11.5, 0.02):
        line.set_position(float(position))
        assert line.span.holds(float(position))
    line.pan(-100.0)
    line.set_position(11.52)
    assert line.span.start == 10.0
    line.follow()
    line.set_position(11.54)
    assert line.span.holds(11.54)


def test_a_part_in_view_is_asked_for_in_as_many_columns_as_it_has_pixels(qtbot: QtBot, line: Timeline) -> None:
    with qtbot.waitSignal(line.detail_requested, timeout=2000) as caught:
        line.zoom(10.0, 11.0)
    assert caught.args is not None
    start, end, columns = caught.args
    assert start == pytest.approx(line.span.start - 0.2)
    assert end == pytest.approx(line.span.end + 0.2)
    assert columns == pytest.approx(3 * line.scale().width, abs=2)
    assert not line.sharp
    whole = line._sound.analysis
    assert whole is not None
    part = Analysis(
        outline(np.zeros(4000, np.float32), start, end, columns),
        spectrogram(np.zeros(16000, np.float32), RATE, start, end),
        whole=whole.waveform,
    )
    line.set_detail(part)
    assert line._sound._best(line.scale()) is part
    line.set_detail(Analysis(part.waveform, part.spectrogram, whole=part.waveform))
    assert line._sound._best(line.scale()) is part


def test_words_without_times_are_guessed_only_when_asked_and_said_to_be(line: Timeline) -> None:
    line.set_words((), "a morning in spring")
    assert not line.words
    assert not line.words_are_estimated
    line.set_estimating(True)
    assert [word.text for word in line.words] == ["a", "morning", "in", "spring"]
    assert line.words_are_estimated
    spot = at(line, 10.5, "words")
    assert line._told_at(spot.x(), spot.y()) == "morning (estimated time)"
    line.set_words(WORDS, "good morning")
    assert line.words == WORDS
    assert not line.words_are_estimated


def test_hidden_words_are_hidden_estimated_or_not(line: Timeline) -> None:
    line.set_estimating(True)
    line.set_words((), "a morning in spring", hidden=True)
    assert not line.words
    spot = at(line, 10.5, "words")
    assert line._told_at(spot.x(), spot.y()) == ""


def test_curves_have_axes_and_a_reading(line: Timeline) -> None:
    before = line.scale().width
    plain = picture(line)
    line.set_curves_shown(True)
    assert line.scale().width < before - 60
    drawn = picture(line)
    lane = line.places().spectrogram
    octave = lane.bottom() - 6 - (lane.height() - 12) / 3
    column = at(line, 11.5).x()
    ink = rgb(theme.current().text)
    rows = np.flatnonzero(np.abs(drawn[:, column] - ink).sum(axis=1) < 40)
    assert np.abs(rows - octave).min() <= 1.5, "a voice of 150 Hz lies on the axis's 150"
    assert (drawn[:, line.width() - 90 :] != plain[:, line.width() - 90 :]).any()
    spot = at(line, 11.5, "spectrogram")
    assert line._told_at(spot.x(), spot.y()).startswith("1.50")
    assert "F0 150 Hz" in line._told_at(spot.x(), spot.y())
    line.set_tall(False, compact=True)
    assert line.places().spectrogram == line.places().waveform


def test_nothing_of_the_sound_is_told_where_it_may_not_be_heard(line: Timeline) -> None:
    line.set_curves_shown(True)
    line.set_analysis(None, "Face only: no sound in this condition")
    spot = at(line, 11.5, "spectrogram")
    assert line._told_at(spot.x(), spot.y()) == ""
    assert line.scale().width > 580


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (10.0, 12.0, ["0.0 s", "0.5", "1.0", "1.5", "2.0"]),
        (10.52, 10.55, ["0.520 s", "0.525", "0.530", "0.535", "0.540", "0.545", "0.550"]),
        (70.0, 70.4, ["1:00.0 s", "1:00.1", "1:00.2", "1:00.3", "1:00.4"]),
    ],
)
def test_labels_count_from_the_utterance_and_tell_apart(start: float, end: float, expected: list[str]) -> None:
    assert [label for _, label in ticks(Scale(start, end, 0.0, 600.0, 10.0))] == expected


def test_a_span_stays_in_its_range() -> None:
    span = Span(5.0, 9.0)
    draw = np.random.default_rng(4)
    for _ in range(500):
        span.zoom(draw.uniform(0.3, 3.0), draw.uniform(4.0, 10.0))
        span.pan(draw.uniform(-2.0, 2.0))
        span.page_to(draw.uniform(4.0, 10.0))
        assert 5.0 <= span.start < span.end <= 9.0 + 1e-9
        assert span.length >= 0.02 - 1e-9
    span.show_all()
    assert not span.zoomed
    Span(1.0, 1.0).zoom(2.0, 1.0)


def test_estimated_words_fill_the_range_in_proportion() -> None:
    words = estimated_words("I am Methuselah", 2.0, 4.0)
    assert words[0].start == 2.0
    assert words[-1].end == pytest.approx(4.0)
    assert all(a.end == b.start for a, b in pairwise(words))
    lengths = [word.end - word.start for word in words]
    assert lengths[2] / lengths[0] == pytest.approx(11 / 2)
    assert estimated_words("  ", 0.0, 1.0) == ()


def test_snapping_takes_every_word_it_touches_and_leaves_silence_alone() -> None:
    assert snapped(WORDS, 10.6, 10.7) == (10.5, 10.9)
    assert snapped(WORDS, 10.85, 11.05) == (10.5, 11.6)
    assert snapped(WORDS, 10.91, 10.99) == (10.91, 10.99)
