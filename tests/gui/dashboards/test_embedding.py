from __future__ import annotations

import time
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.embedding.chart import EmbeddingChart
from fairemo_gui.gui.dashboards.embedding.lasso import rows_inside
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingModel, Entry
from fairemo_gui.gui.dashboards.embedding.raster import draw_points, stamp
from tests.gui.drive import hover, press


def _card(row: int) -> Card:
    return Card(f"u{row}")


def made_up(n: int = 300, seed: int = 0) -> EmbeddingModel:
    rng = np.random.default_rng(seed)
    kind, group = rng.integers(-1, 3, n), rng.integers(0, 2, n)
    kinds = tuple(Entry(w, int((kind == k).sum()), f"true:{w}", w) for k, w in enumerate(("anger", "happy", "neutral")))
    groups = tuple(Entry(w, int((group == k).sum()), f"gender:{w[0]}", w) for k, w in enumerate(("female", "male")))
    points = rng.normal(size=(n, 2)).astype(np.float32) * (3, 1)
    return EmbeddingModel(
        np.arange(1, n + 1), points.astype(np.float32), Colouring.TRUTH, kinds, kind, groups, group, (0.4, 0.1),
        "mfcc, mean over time", Card("Principal components"), n, _card, partial("utterance {}".format),
    )  # fmt: skip


@pytest.fixture
def chart(qtbot: QtBot) -> EmbeddingChart:
    made = EmbeddingChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.set_model(made_up())
    made.show()
    qtbot.waitExposed(made)
    return made


def test_points_lie_where_they_are_drawn(chart: EmbeddingChart) -> None:
    drawing = chart._drawing
    image = drawing._layer("all", 1.0)
    x, y = (drawing._pixels[7] - (drawing._plot.left(), drawing._plot.top())).astype(int)
    assert image.pixelColor(int(x), int(y)).alphaF() > 0.5
    assert drawing._plot.adjusted(0, 0, 1, 1).contains(QPointF(*drawing._pixels.max(axis=0).tolist()))


def test_a_click_on_a_point_chooses_its_utterance(chart: EmbeddingChart, qtbot: QtBot) -> None:
    at = QPoint(*np.round(chart._drawing._pixels[42]).astype(int).tolist())
    row = chart._drawing._row_at(QPointF(at))
    with qtbot.waitSignal(chart.point_activated) as caught:
        QTest.mouseClick(chart.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert row is not None and caught.args == [row + 1]


def test_a_lasso_takes_exactly_what_it_surrounds(chart: EmbeddingChart, qtbot: QtBot) -> None:
    plot, canvas = chart._drawing._plot.toRect(), chart.canvas
    corners = [plot.topLeft(), plot.center() - QPoint(0, plot.height() // 2), plot.center() + QPoint(0, plot.height())]
    corners = [QPoint(p.x(), min(p.y(), plot.bottom())) for p in [*corners, plot.bottomLeft()]]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[0])
    for corner in corners[1:]:
        hover(canvas, corner)
    with qtbot.waitSignal(chart.circled) as caught:
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[-1])
    left = np.flatnonzero(chart._drawing._pixels[:, 0] < plot.center().x()) + 1
    assert len(set(caught.args[0]) ^ set(left.tolist())) <= 3


def test_a_ring_does_not_take_what_is_in_its_hole() -> None:
    path = QPainterPath()
    path.addRect(QRectF(0, 0, 30, 30))
    path.addRect(QRectF(10, 10, 10, 10))
    at = np.array([(5, 5), (15, 15), (25, 25), (31, 5), (29.4, 29.4)])
    assert rows_inside(path, at).tolist() == [0, 2, 4]


def test_keyboard_walks_boxes_and_asks_for_neighbours(chart: EmbeddingChart, qtbot: QtBot) -> None:
    canvas = chart.canvas
    canvas.setFocus()
    press(canvas, Qt.Key.Key_Right)
    first = canvas.accessibleDescription()
    before = chart._drawing._cursor
    press(canvas, Qt.Key.Key_Right)
    after = chart._drawing._cursor
    assert first.startswith("utterance ") and before is not None and after is not None and after != before
    assert chart._drawing._pixels[after, 0] > chart._drawing._pixels[before, 0]
    with qtbot.waitSignal(chart.neighbours_asked) as asked:
        press(canvas, Qt.Key.Key_N)
    assert asked.args == [after + 1]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(canvas, key, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.accessibleDescription().startswith("Box with ")
    with qtbot.waitSignal(chart.circled) as taken:
        press(canvas, Qt.Key.Key_Return)
    assert after + 1 in taken.args[0]
    with qtbot.waitSignal(chart.point_activated) as looked:
        press(canvas, Qt.Key.Key_Return)
    assert looked.args == [after + 1]


def test_escape_closes_the_box_first(chart: EmbeddingChart) -> None:
    chart.canvas.setFocus()
    QTest.keyClick(chart.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert chart._drawing._box is not None
    press(chart.canvas, Qt.Key.Key_Escape)
    assert chart._drawing._box is None


def test_the_legend_is_reached_with_end_and_filters(chart: EmbeddingChart, qtbot: QtBot) -> None:
    chart.canvas.setFocus()
    press(chart.canvas, Qt.Key.Key_End)
    with qtbot.waitSignal(chart.entry_activated) as caught:
        press(chart.canvas, Qt.Key.Key_Return)
    assert caught.args[0].query == "gender:m"


def test_a_card_says_which_point_it_is(chart: EmbeddingChart) -> None:
    found = chart._drawing._card_at(QPointF(*chart._drawing._pixels[3].tolist()))
    assert found is not None and found[1].title.startswith("u")
    nowhere = chart._drawing._card_at(chart._drawing._plot.topLeft() + QPointF(2, 2))
    assert nowhere is None


def test_marked_points_are_drawn_over_the_others_and_counted(chart: EmbeddingChart) -> None:
    chart.set_marked(np.array([1, 2, 3]))
    image = chart._drawing._layer("marked", 1.0)
    x, y = (chart._drawing._pixels[2] - (chart._drawing._plot.left(), chart._drawing._plot.top())).astype(int)
    assert image.pixelColor(int(x), int(y)).alphaF() > 0.9
    chart.set_marked(None)
    assert "marked" not in {which for which, _ in chart._drawing._layers}


def test_hidden_predictions_cannot_be_chosen_as_colours(chart: EmbeddingChart) -> None:
    chart.set_untold(dict.fromkeys((Colouring.PREDICTION, Colouring.ERROR), "They are hidden."))
    model = chart.colouring.model()
    off = [
        chart.colouring.itemData(k)
        for k in range(chart.colouring.count())
        if not model.flags(model.index(k, 0)) & Qt.ItemFlag.ItemIsEnabled
    ]
    assert off == [Colouring.PREDICTION, Colouring.ERROR]


def test_the_numbers_behind_it_are_exported(chart: EmbeddingChart) -> None:
    rows = list(chart.rows())
    assert rows[0][:3] == ("utterance_id", "pc1", "pc2") and len(rows) == 301
    assert rows[1][0] == 1


def test_no_class_hides_another_by_being_drawn_last(qtbot: QtBot) -> None:
    at = np.full((1000, 2), 20)
    kind = np.repeat([0, 1], 500)
    colours = (theme.DARK.emotions["anger"], theme.DARK.emotions["sad"])
    turned = draw_points(at, kind[::-1].copy(), np.zeros(1000, dtype=np.int64), colours, [stamp("●", 3)], (40, 40), 0.6)
    image = draw_points(at, kind, np.zeros(1000, dtype=np.int64), colours, [stamp("●", 3)], (40, 40), 0.6)
    assert image.pixelColor(20, 20).name() in colours
    assert {image.pixelColor(20, 20).name(), turned.pixelColor(20, 20).name()} == set(colours)


@pytest.mark.parametrize(("n", "most"), [(7_442, 0.1), (250_000, 0.5)])
def test_many_points_stay_fluid(qtbot: QtBot, n: int, most: float) -> None:
    chart = EmbeddingChart()
    qtbot.addWidget(chart)
    chart.resize(664, 310)
    model = made_up(n)
    chart.set_model(model)
    chart.show()
    qtbot.waitExposed(chart)
    chart.grab()
    times = []
    for k in range(5):
        began = time.perf_counter()
        chart.set_marked(np.arange(k * 50, k * 50 + 400))
        hover(chart.canvas, chart.canvas.rect().center() + QPoint(k, k))
        chart.grab()
        times.append(time.perf_counter() - began)
    assert min(times) < most
