from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.compare import compare
from fairemo_gui.evaluation.comparison import FlipResult, Verdict
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.adapt import Circumstances, compare_model
from fairemo_gui.gui.compare.flips import CODE, PLAY, Filter
from fairemo_gui.gui.compare.forest import row_words, span_of
from fairemo_gui.gui.compare.model import CompareModel, LabelRow, LearningCurve, LearningLine
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.controls.cells import GLYPH, MARKER, SWATCH
from fairemo_gui.gui.dashboards.model import Estimate
from tests.gui.drive import click, press

CLASSES = ("anger", "happy", "neutral")


def make_model(by: str = "gender", seed: int = 0, mode: Mode = Mode.SINGLE) -> CompareModel:
    """A new net that is better for men's anger, once taken for neutral; women gain four clips and lose four."""
    rng = np.random.default_rng(seed)
    n = 720
    truth_class = rng.integers(3, size=n)
    truth = np.eye(3, dtype=np.int64)[truth_class] * 8
    speakers = np.arange(n) % 24
    gender = np.where(speakers % 2 == 0, "female", "male").astype(object)
    new = np.eye(3)[truth_class] * 0.5 + rng.uniform(0.0, 0.3, size=(n, 3))
    old = new.copy()
    missed = (gender == "male") & (truth_class == 0) & (rng.uniform(size=n) < 0.6)
    old[missed] = old[missed][:, [2, 1, 0]]
    women_happy = np.flatnonzero((gender == "female") & (truth_class == 1))
    new[women_happy[:4]] = new[women_happy[:4]][:, [1, 0, 2]]
    old[women_happy[4:8]] = old[women_happy[4:8]][:, [1, 0, 2]]
    old, new = (p / p.sum(axis=1, keepdims=True) for p in (old, new))
    plan = IntervalPlan(replicates=1000)
    found = compare(Sample(CLASSES, truth, Mode.SINGLE, speakers, {by: list(gender)}, old), new, by=by, plan=plan)
    curves = (
        LearningCurve("Loss", (LearningLine("train", (0.9, 0.5, 0.4)), LearningLine("validation", (0.9, 0.6, 0.6)))),
    )
    about = Circumstances(
        "net 12",
        "net 13",
        [(1000 + k, f"clip_{k:03d}") for k in range(n)],
        summary="retrained on 412 new ratings",
        checks=("Recipe: schmitz2022",),
        curves=curves,
        kept_epoch=2,
        label_groups=("women",),
        labels=(LabelRow("Voice", 156, (74,), 150, 41), LabelRow("Face", 121, (60,), 0, 22)),
        labels_note="Given without sight of a prediction: 277 of 277.",
    )
    return compare_model(replace(found, mode=mode), about)


@pytest.fixture(scope="module")
def model() -> CompareModel:
    return make_model()


@pytest.fixture
def page(qtbot: QtBot, model: CompareModel) -> ComparePage:
    made = ComparePage()
    qtbot.addWidget(made)
    made.resize(1440, 810)
    made.set_model(model)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_headline_says_who_gained_and_where_there_is_no_evidence(model: CompareModel) -> None:
    women, men, gap = model.findings
    assert (men.words, men.verdict) == ("Men better", Verdict.BETTER)
    assert women.words == "Women: no evidence"
    assert gap.words.startswith("Gap")
    assert "macro-F1 +" in men.numbers


def test_verdict_of_a_gap_is_better_when_it_shrinks(model: CompareModel) -> None:
    gap = next(row for row in model.changes if row.label == "Macro-F1 gap")
    assert gap.section == "Gap between groups"
    assert gap.delta.value < 0
    assert gap.verdict is not Verdict.WORSE


def test_check_line_names_speakers_and_form(model: CompareModel) -> None:
    assert model.checks[0] == "No speaker in two splits"
    assert model.checks[1] == "Test: 720 utterances, 12 women (360) and 12 men (360)"
    assert model.interval == "Paired bootstrap over 24 speakers, 1,000, studentised"


def test_a_row_activated_asks_for_its_utterance(page: ComparePage, qtbot: QtBot, model: CompareModel) -> None:
    table = page.flips.table
    table.setCurrentIndex(page.flips.table_model.index(2, CODE))
    with qtbot.waitSignal(page.play_requested) as caught:
        press(table, Qt.Key.Key_Return)
    assert caught.args == [model.flips[2].utterance]
    rect = table.visualRect(page.flips.table_model.index(1, PLAY))
    with qtbot.waitSignal(page.play_requested) as caught:
        click(table.viewport(), rect.center())
    assert caught.args == [model.flips[1].utterance]


def test_chips_filter_and_count(page: ComparePage, model: CompareModel) -> None:
    fixed = sum(flip.result is FlipResult.FIXED for flip in model.flips)
    broken = sum(flip.result is FlipResult.BROKEN for flip in model.flips)
    assert page.flips.chips[Filter.FIXED].text() == f"Fixed {fixed}"
    click(page.flips.chips[Filter.BROKEN], QPoint(20, 11))
    assert page.flips.table_model.rowCount() == broken == 4
    assert page.flips.table_model.rows()[0].result is FlipResult.BROKEN
    assert page.titles["flips"].detail() == f"{broken} of 720"
    assert not page.flips.chips[Filter.ALL].isChecked()


def test_flips_carry_word_marker_and_glyph(page: ComparePage, model: CompareModel) -> None:
    table = page.flips.table_model
    flip = model.flips[0]
    index = table.index(0, 0)
    assert table.data(index.siblingAtColumn(3), SWATCH) == theme.DARK.emotions[CLASSES[flip.truth]]
    assert table.data(index.siblingAtColumn(2), MARKER) == theme.group_style(theme.DARK, flip.group)
    glyph = table.data(index.siblingAtColumn(6), GLYPH)
    assert isinstance(glyph, tuple) and glyph[0] in "▲▼◆"
    assert table.data(index.siblingAtColumn(6)) == str(flip.result)


def test_buttons_and_key_ask_and_decide_nothing(page: ComparePage, qtbot: QtBot) -> None:
    for button, signal in (
        (page.header.export, page.export_requested),
        (page.header.discard, page.discard_requested),
        (page.header.keep, page.keep_requested),
    ):
        with qtbot.waitSignal(signal):
            click(button)
    assert page.header.discard.text() == "Discard net 13"
    assert page.header.keep.key() == "Ctrl+Enter"


def test_forest_draws_evidence_filled_and_no_evidence_hollow(page: ComparePage, model: CompareModel) -> None:
    for mark, row in zip(page.forest._drawing._pane.marks, model.changes, strict=True):
        assert mark.filled == (row.verdict is not Verdict.NO_EVIDENCE), row.label
        assert mark.x == pytest.approx(row.delta.value)


def test_a_small_change_with_evidence_does_not_read_as_none(model: CompareModel) -> None:
    small = replace(model.changes[0], old=0.0936, new=0.0932, delta=Estimate(-0.0004, -0.0007, -0.0001))
    words = row_words(small, model)
    assert "net 12 0.0936, net 13 0.0932, difference −0.0004 [−.0007, −.0001]" in words
    none = replace(small, delta=Estimate(-0.0004, -0.0007, 0.0002))
    assert "net 12 0.094, net 13 0.093, difference 0.000 [−.001, .000]" in row_words(none, model)


def test_one_wild_interval_does_not_flatten_the_others(model: CompareModel) -> None:
    calm = [replace(row, delta=Estimate(0.02, 0.01, 0.03)) for row in model.changes]
    wild = [*calm[1:], replace(calm[0], delta=Estimate(0.02, -0.5, 0.9))]
    low, high = span_of(wild)
    assert high < 0.2
    assert low < 0 < high


def test_recall_is_coloured_only_where_the_interval_excludes_zero(page: ComparePage, model: CompareModel) -> None:
    men = next(column for column in model.recalls if column.group.value == "male")
    assert men.pairs[0].delta.excludes_zero and men.pairs[0].delta.value > 0
    pane = page.recall._drawing._panes[model.recalls.index(men)]
    colours = [mark.colour for mark in pane.marks]
    assert colours[:2] == [theme.DARK.better] * 2
    quiet = [k for k, pair in enumerate(men.pairs) if not pair.delta.excludes_zero]
    assert all(colours[2 * k] == theme.DARK.zero for k in quiet)


def test_small_tables_total_and_test(page: ComparePage, model: CompareModel) -> None:
    rows = [place.words for place in page.labels.canvas.places()]
    assert rows[-1] == "Total: new ratings 277, women 134, learnt 150, moved 63"
    tests = [place.words for place in page.tests.canvas.places()]
    assert tests[0].startswith("All: only 12 4, only 13 ")
    assert len(tests) == 3


def test_every_chart_exports(page: ComparePage, tmp_path: Path) -> None:
    for name, chart in page.charts().items():
        for suffix in ("png", "svg", "csv"):
            chart.export(tmp_path / f"{name}.{suffix}")
            assert (tmp_path / f"{name}.{suffix}").stat().st_size > 50
        assert "<image" not in (tmp_path / f"{name}.svg").read_text(encoding="utf-8")


def test_export_icons_name_their_chart(page: ComparePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.chart_export_requested) as caught:
        click(page.titles["recall"].findChildren(type(page.titles["recall"].add_button("x", "x")))[0])
    assert caught.args == [page.recall, "recall"]


def test_an_empty_page_offers_to_retrain(qtbot: QtBot) -> None:
    page = ComparePage()
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(page.retrain_requested):
        click(page._empty.button())
    assert page.model() is None


def test_curves_fill_in_epoch_by_epoch(page: ComparePage, qapp: QApplication) -> None:
    for epochs in (1, 2, 9):
        line = LearningLine("train", tuple(1 / (k + 1) for k in range(epochs)))
        page.set_curves((LearningCurve("Loss", (line,)),))
        qapp.processEvents()
    drawn = [item.getData()[1] for item in page.curves._drawing._plots[0].getPlotItem().listDataItems()]
    assert [list(y) for y in drawn if y is not None and len(y) == 9] == [[1 / (k + 1) for k in range(9)]]


@pytest.mark.parametrize("size", [(1440, 810), (1280, 630)])
@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_page_fits_and_follows_the_theme(
    page: ComparePage, qapp: QApplication, size: tuple[int, int], tokens: theme.Tokens
) -> None:
    theme.apply(qapp, tokens)
    page.resize(*size)
    qapp.processEvents()
    image = page.grab().toImage()
    assert page.width() == size[0]
    assert image.pixelColor(4, 4).name() == tokens.panel
    qapp.processEvents()
    assert page.forest.canvas.width() <= page.forest.width()
    for table in (page.tests, page.labels):
        assert table.canvas.height() >= table._drawing.full_height(table.width())


def test_speakers_in_two_splits_are_said_aloud(model: CompareModel, qtbot: QtBot) -> None:
    page = ComparePage()
    qtbot.addWidget(page)
    page.set_model(replace(model, speakers_apart=False, checks=("A speaker is in two splits", *model.checks[1:])))
    assert page.checks.accessibleName().startswith("A speaker is in two splits")


def test_the_empty_page_names_both_ways_to_a_comparison(page: ComparePage) -> None:
    page.show_empty()
    sentence = page._empty.sentence()
    assert "Retrain" in sentence
    assert "Runs" in sentence and "Shift+Enter" in sentence


def test_mcnemar_says_what_right_means(model: CompareModel) -> None:
    assert "An utterance counts as right where the emotion is (AV)." in model.tests_note
    several = make_model(mode=Mode.MULTI).tests_note
    assert "An utterance counts as right only where all its labels are (AV)." in several
