from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui import theme
from fairemo_gui.gui.controllers.agreement import AgreementController
from fairemo_gui.gui.dashboards.agreement.chart import AgreementChart, Target
from fairemo_gui.gui.dashboards.agreement.matrix import quantities_of
from fairemo_gui.gui.dashboards.agreement.rows import NOMINAL, AgreementModel, between, measures_of, within
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.services.agreement import AgreementView, measure_agreement
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.gui.drive import click, press
from tests.gui.main_window.conftest import folder, make_window, settle
from tests.unit.services.test_agreement import bundle, on_scales_alone

__all__ = ["folder", "make_window"]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgreementView]:
    """Single ratings by voice, counted votes by face, no votes on both."""
    with Workspace(tmp_path_factory.mktemp("agreement") / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, bundle())
        yield measure_agreement(
            workspace, corpora.corpus(workspace), ("gender",), intervals=IntervalPlan(60), minimum_n=5, single=False
        )


@pytest.fixture
def chart(qtbot: QtBot, view: AgreementView) -> AgreementChart:
    made = AgreementChart()
    qtbot.addWidget(made)
    made.resize(664, 420)
    made.set_model(AgreementModel(view, "gender"))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_blocks_hold_everyone_then_groups_and_their_difference(view: AgreementView) -> None:
    model = AgreementModel(view, "gender")
    voice, face = within(model, theme.DARK)
    assert (voice.word, face.word) == ("Voice", "Face")
    assert [line.label for line in voice.lines] == ["All", "Women", "Men", "Unknown"]
    assert voice.lines[0].style is None and voice.lines[1].style is not None
    assert voice.apart is not None and voice.apart.value == pytest.approx(
        voice.lines[2].found.value - voice.lines[1].found.value
    )
    (both,) = between(model, theme.DARK)
    assert both.word == "Voice–Face"
    assert all(line.found.name == "cohen" for line in both.lines)


def test_what_can_be_chosen_is_what_there_is(view: AgreementView) -> None:
    assert list(measures_of(view))[:2] == [NOMINAL, "fleiss"]
    assert measures_of(view)["intensity_alpha_ordinal"] == "Intensity: α, ordinal"
    words = quantities_of(view)
    assert next(iter(words)) == "agreement:others" and words["rate:anger"] == "Names anger"


def test_raters_by_speakers_stand_with_their_numbers(chart: AgreementChart) -> None:
    cells = [p for p in chart.canvas.places() if "rating" in p.words.split(":")[0]]
    assert {p.words.split(":")[0] for p in cells} == {
        f"Voice, {raters} rating {speakers}" for raters in ("women", "men", "unknown") for speakers in ("women", "men")
    }
    assert all(p.words.endswith("ratings") for p in cells)
    own = next(p for p in chart.canvas.places() if p.words.startswith("own gender"))
    assert own.card is not None and "Difference of differences" in own.card().definition


def test_another_measure_and_quantity(chart: AgreementChart) -> None:
    before = [p.words for p in chart.canvas.places()]
    chart.strip.measure.set_value("fleiss")
    chart.strip.quantity.set_value("scale:intensity")
    chart.strip.changed.emit()
    after = [p.words for p in chart.canvas.places()]
    assert before != after
    assert not any("Dashed" in words for words in after)
    assert any("Dashed" in words for words in before)


def test_reference_lines_have_a_source(chart: AgreementChart) -> None:
    place = next(p for p in chart.canvas.places() if p.words.startswith("Dashed"))
    assert place.card is not None
    assert "Krippendorff 2004" in place.card().source


def test_points_stand_in_the_rows_of_their_words(chart: AgreementChart, view: AgreementView) -> None:
    pane = chart._drawing._panes[0]
    everyone = next(row for row in view.rows if row.by == "" and row.conditions == (Condition.VOICE,))
    value = everyone.coefficients[NOMINAL].value
    point = next(mark for mark in pane.marks if mark.x == pytest.approx(value))
    top = pane.at(point.x, point.y).y() + pane.y()
    place = next(p for p in chart.canvas.places() if p.words.startswith("Voice, All"))
    assert top == pytest.approx(place.rect.center().y(), abs=2)


def test_a_click_says_condition_and_group(chart: AgreementChart, qtbot: QtBot) -> None:
    place = next(p for p in chart.canvas.places() if p.words.startswith("Voice, Women"))
    with qtbot.waitSignal(chart.target_activated) as caught:
        click(chart.canvas, place.rect.center().toPoint())
    assert caught.args == [Target((Condition.VOICE,), "gender", "female")]


def test_keyboard_reaches_a_point_and_its_card(chart: AgreementChart) -> None:
    chart.canvas.setFocus()
    index = next(k for k, p in enumerate(chart.canvas.places()) if p.words.startswith("Voice, Men"))
    chart.canvas.focus_place(index)
    press(chart.canvas, Qt.Key.Key_F1)
    card = chart.canvas.hover.popup().text()
    assert "1 − D_o / D_e" in card and "Men − women" in card and "6 raters" in card
    press(chart.canvas, Qt.Key.Key_Escape, Qt.Key.Key_Up)
    assert chart.canvas.accessibleDescription().startswith("Voice, Women")


def test_what_cannot_be_said_is_said_with_its_reason(qtbot: QtBot, view: AgreementView) -> None:
    chart = AgreementChart()
    qtbot.addWidget(chart)
    chart.resize(664, 310)
    counted = replace(view, raters=(), pairs={}, between=())
    chart.set_model(AgreementModel(counted, "gender"))
    chart.show()
    assert not chart.strip.quantity.isVisible()
    words = " ".join(chart._drawing._caveats)
    assert "came counted, without their raters" in words and "nothing to compare between conditions" in words


def test_the_table_behind_the_chart(chart: AgreementChart, tmp_path: Path) -> None:
    chart.export(tmp_path / "agreement.csv")
    rows = list(csv.DictReader((tmp_path / "agreement.csv").open(encoding="utf-8")))
    assert {"alpha_nominal", "cohen", "agreement:others"} <= {r["what"] for r in rows}
    assert any(r["group"] == "male - female" for r in rows)
    for suffix in ("png", "svg"):
        chart.export(tmp_path / f"agreement.{suffix}")
        assert (tmp_path / f"agreement.{suffix}").stat().st_size > 1000


@pytest.mark.parametrize(("width", "height"), [(364, 310), (664, 250), (700, 800), (1200, 600)])
def test_plots_stand_beside_each_other_where_they_would_not_fit_below(
    chart: AgreementChart, width: int, height: int
) -> None:
    chart.resize(width, height)
    assert chart.width() == width
    first, second = chart._drawing._panels
    assert (second.box.left() > first.box.right()) == (width >= 560 and height < 600)
    places = chart.canvas.places()
    assert max(p.rect.bottom() for p in places) <= chart.canvas.height()
    assert max(p.rect.right() for p in places) <= chart.canvas.width()


@pytest.fixture
def linked(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> tuple[MainWindow, AgreementChart, AgreementController]:
    """A chart of its own beside a real window."""
    window, chart = make_window(folder), AgreementChart()
    qtbot.addWidget(chart)
    chart.resize(664, 310)
    control = AgreementController(
        window.feed, window.context, window.selection, window.filters, window.links, chart,
        window.analyse.utterances, window.runner, window.messages,
    )  # fmt: skip
    control.plan = IntervalPlan(40)
    chart.show()
    qtbot.waitUntil(lambda: control.settled and control.complete, timeout=10_000)
    return window, chart, control


def test_points_filter_the_table_and_are_marked(
    linked: tuple[MainWindow, AgreementChart, AgreementController], qtbot: QtBot
) -> None:
    window, chart, _ = linked
    chart.target_activated.emit(Target((Condition.VOICE,), "gender", "female"))
    settle(qtbot, window)
    assert window.filters.query == "not voice:unknown gender:f"
    assert len(window.analyse.utterances.shown_ids()) == 60
    assert chart._drawing._selected == {"female"}
    chart.target_activated.emit(Target((Condition.VOICE, Condition.AV), "", ""))
    settle(qtbot, window)
    assert window.filters.query == "disagree:voice,av"
    assert 0 < len(window.analyse.utterances.shown_ids()) < 120


def test_the_selection_alone_can_be_measured(
    linked: tuple[MainWindow, AgreementChart, AgreementController], qtbot: QtBot
) -> None:
    window, _, control = linked
    assert control.shown is not None
    everyone = control.shown.rows[0].utterances
    window.filters.set_query("gender:f")
    settle(qtbot, window)
    window.context.set_choice(replace(window.context.choice, selection=True))
    qtbot.waitUntil(
        lambda: control.settled and control.complete and control.shown is not None
        and control.shown.rows[0].utterances < everyone, timeout=10_000,
    )  # fmt: skip
    assert control.shown.rows[0].utterances == 60


def test_dimensions_alone_have_alpha_and_concordance(qtbot: QtBot, tmp_path: Path) -> None:
    with Workspace(tmp_path / "d.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, on_scales_alone())
        plan = IntervalPlan(60)
        found = measure_agreement(workspace, corpora.corpus(workspace), ("gender",), intervals=plan, minimum_n=5)
    chart = AgreementChart()
    qtbot.addWidget(chart)
    chart.resize(664, 310)
    chart.set_model(AgreementModel(found, "gender"))
    words = [place.words for place in chart.canvas.places()]
    ccc = next(r for r in found.between if not r.by).coefficients["valence_ccc"]
    assert any(w.startswith(f"Voice–AV, All: {ccc.value:.3f}") for w in words), words
    cards = [place.card() for place in chart.canvas.places() if place.card is not None]
    assert {"Lin 1989, Biometrics 45", "Krippendorff 2011, Computing Krippendorff's Alpha-Reliability"} <= {
        card.source for card in cards
    }
