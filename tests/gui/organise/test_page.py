"""The organiser's page over a campaign rated through real sittings."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition, VoteCounts
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui import theme
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.organise.items_view import Lacking
from fairemo_gui.gui.organise.page import ITEMS, OrganisePage
from fairemo_gui.gui.organise.raters_table import CHECKS, DONE, DRIFT, LEFT, VOICE, WHO
from fairemo_gui.services import rating
from fairemo_gui.store import corpora, labels, notes, ratings
from fairemo_gui.store.corpora import CorpusRow
from tests.gui.main_window.conftest import make_window, settle, store
from tests.unit.services.campaign.builders import Clock, answer_all, campaign, intended, sit

__all__ = ["make_window"]


def _say(trial: Trial, k: int, corpus: CorpusRow, codes: dict[int, str]) -> Answer:
    """What the k-th rater answers."""
    votes = ("sad",) if trial.position % 4 == k else (intended(corpus, trial, codes),)
    return Answer(votes, first_answer="sad", response_ms=1000 + 100 * k)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], tmp_path: Path) -> MainWindow:
    """A window over three raters, one of whom stopped in the middle; the page is shown."""
    workspace, corpus = campaign(tmp_path / "c.fairemo")
    codes = {i: code for code, i in corpora.utterance_ids(workspace, corpus.id).items()}
    for k, rater in enumerate(("R01", "R02", "R03")):
        clock = Clock()
        answer_all(
            sit(workspace, corpus, rater, clock), clock,
            partial(_say, k=k, corpus=corpus, codes=codes),
            most=10 if k == 2 else 100,
        )  # fmt: skip
    workspace.close()
    opened = make_window(tmp_path / "c.fairemo")
    opened.organising.plan = IntervalPlan(replicates=40)
    opened.actions_.organise.trigger()
    settle(qtbot, opened)
    return opened


def _cell(page: OrganisePage, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return page.model.index(row, column).data(role)


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        ((("small", "1"),), "plan small 1"),
        ((("faces", "2"), ("small", "1"), ("small", "2")), "plan faces 2; small, 2 versions"),
        (tuple((name, "1") for name in "abcd"), "4 plans"),
        ((), "no rating plan"),
    ],
)
def test_plans_are_named_as_long_as_they_are_few(
    window: MainWindow, plans: tuple[tuple[str, str], ...], said: str
) -> None:
    view = window.organise.view()
    assert view is not None
    window.organise.set_view(replace(view, plans=plans))
    assert [label.text() for label in window.organise.findChildren(QLabel) if label.text().endswith(f" · {said}")]


def test_every_rater_has_a_row_with_words_for_its_marks(window: MainWindow) -> None:
    page = window.organise
    assert [_cell(page, k, WHO) for k in range(3)] == ["R01", "R02", "R03"]
    assert _cell(page, 0, DONE) == "20"
    assert int(str(_cell(page, 2, LEFT))) > 5
    assert _cell(page, 0, CHECKS) in {"1/2", "2/2", "0/2"}
    assert 0 < float(str(_cell(page, 0, VOICE)).partition(",")[0]) <= 1
    for column in range(page.model.columnCount()):
        assert str(_cell(page, 0, column, Qt.ItemDataRole.AccessibleTextRole)).startswith("R01")


def test_nobody_is_judged_by_a_handful_of_answers(window: MainWindow) -> None:
    page = window.organise
    quiet = QColor(theme.current().text3)
    for k in range(3):
        figures = page.model.rows()[k]
        n = figures.agreement[Condition.VOICE].ratings
        assert n < 20
        assert str(_cell(page, k, VOICE)).endswith(f", n = {n}")
        assert _cell(page, k, VOICE, Qt.ItemDataRole.ForegroundRole) == quiet
        assert str(_cell(page, k, DRIFT)) == f"too few, n = {figures.drifts['agreement'].n}"
        assert _cell(page, k, DRIFT, Qt.ItemDataRole.ForegroundRole) == quiet
    said = [place.words for place in page.rater.canvas.places()]
    assert any(words.startswith("Agrees with the others over the sitting: too few answers to say") for words in said)
    assert "grey with fewer than 20 answers" in page.titles["raters"].detail()


def test_the_rater_of_the_current_row_is_shown_with_intervals(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    page = window.organise
    page.raters.setFocus()
    QTest.keyClick(page.raters, Qt.Key.Key_Down)
    settle(qtbot, window)
    figures = page.rater.rater()
    assert figures is not None
    assert figures.code == "R02"
    assert figures.agreement[Condition.VOICE].interval is not None
    said = [place.words for place in page.rater.canvas.places()]
    assert any(words.startswith("κ with the others, Voice: ") for words in said)
    assert any(words.startswith("Time to answer: 1.1 s") for words in said)
    assert all(place.card is not None for place in page.rater.canvas.places())
    page.rater.export(tmp_path / "rater.csv")
    with (tmp_path / "rater.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["number"], row["condition"]): row for row in csv.DictReader(file)}
    assert float(rows["kappa with the others", "voice"]["value"]) == figures.agreement[Condition.VOICE].value
    page.totals.export(tmp_path / "campaign.png")
    assert (tmp_path / "campaign.png").stat().st_size > 1000


def test_a_digit_rates_nothing_that_is_out_of_sight(qtbot: QtBot, window: MainWindow) -> None:
    mine = window.analyse.labels.rate.rater
    window.organise.raters.setFocus()
    for key in "1f ":
        QTest.keyClicks(window.organise.raters, key)
    settle(qtbot, window)
    assert ratings.count(store(window), mine) == 0
    assert not notes.flagged(store(window))


def test_the_queue_begins_with_a_condition_that_was_rated(window: MainWindow) -> None:
    assert {dispute.condition for dispute in window.organise.queue.model.rows()} == {Condition.VOICE}


def test_items_under_target_are_listed_and_lead_to_the_player(qtbot: QtBot, window: MainWindow) -> None:
    page = window.organise
    page.show_part(ITEMS)
    page.items.chips[Lacking.UNDER].click()
    view = page.view()
    assert view is not None
    assert page.items.model.rowCount() == int(view.items.under(Condition.VOICE).sum()) > 0
    utterance = page.items.model.utterance(0)
    QTest.keyClick(page.items.table, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert (window.mode(), window.selection.current) == ("analyse", utterance)


def test_a_rating_given_elsewhere_is_counted_when_the_page_is_seen_again(qtbot: QtBot, window: MainWindow) -> None:
    assert window.feed.corpus is not None
    window.actions_.analyse.trigger()
    utterance = int(window.analyse.utterances.shown_ids()[0])
    _, changes = rating.rate(store(window), window.feed.corpus, utterance, "late", Condition.AV, ["sad"])
    window.feed.broadcast(changes)
    settle(qtbot, window)
    window.actions_.organise.trigger()
    settle(qtbot, window)
    assert window.organise.model.place("late") is not None


def test_columns_give_way_before_the_name_does(qtbot: QtBot, window: MainWindow) -> None:
    table = window.organise.raters
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not table.isColumnHidden(CHECKS))
    window.resize(1100, 720)
    qtbot.waitUntil(lambda: table.isColumnHidden(CHECKS))
    assert table.columnWidth(WHO) >= 80
    assert not table.isColumnHidden(VOICE)


def test_counted_votes_have_no_raters_and_the_page_says_so(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], tmp_path: Path
) -> None:
    workspace, corpus = campaign(tmp_path / "n.fairemo")
    places = corpora.utterance_ids(workspace, corpus.id)
    votes = [(place, VoteCounts(code, Condition.AV, (3, 4, 0, 0, 0, 0), "counts")) for code, place in places.items()]
    with workspace.transaction():
        labels.insert_counts(workspace, votes)
    workspace.close()
    opened = make_window(tmp_path / "n.fairemo")
    opened.actions_.organise.trigger()
    settle(qtbot, opened)
    page = opened.organise
    assert not page.raters.isVisible()
    assert "came counted" in page.counted().sentence()
    assert page.counted().isVisible()
    assert page.rater.empty_state().sentence() == "No single raters: votes came counted."
