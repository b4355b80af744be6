from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Changes, Condition
from fairemo_gui.gui.state.chart_context import ChartChoice, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState, FilterStep
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.store.workspace import Workspace

CELL = ChartFilter("true:happy pred:neutral gender:m", "Men, happy → neutral")
OTHER = ChartFilter("true:sad pred:fear", "Sad → fear")


def test_selection_speaks_only_of_changes(qtbot: QtBot) -> None:
    selection, heard = Selection(), list[object]()
    selection.current_changed.connect(heard.append)
    selection.set_current(3)
    selection.set_current(3)
    selection.clear()
    assert heard == [3, None]


def test_a_charts_filter_is_part_of_the_query_and_typed_words_stay(qtbot: QtBot) -> None:
    state = FilterState()
    state.set_query('"eleven"')
    state.set_chart(CELL)
    assert state.query == f'"eleven" {CELL.query}'
    state.set_chart(OTHER)
    assert state.query == f'"eleven" {OTHER.query}'
    state.set_chart(None)
    assert (state.query, state.chart) == ('"eleven"', None)


def test_an_edited_chart_filter_is_no_longer_the_charts(qtbot: QtBot) -> None:
    state = FilterState()
    state.set_chart(CELL)
    state.set_query(f"{CELL.query} flagged")
    assert state.chart == CELL
    state.set_query("true:happy")
    assert state.chart is None


def test_quick_filters_narrow_the_whole_query(qtbot: QtBot) -> None:
    state, heard = FilterState(), list[int]()
    state.changed.connect(lambda: heard.append(1))
    state.set_query("true:happy or true:sad")
    state.set_quick("flagged", True)
    state.set_quick("flagged", True)
    assert state.combined() == "(true:happy or true:sad) flagged"
    assert len(heard) == 2
    state.clear()
    assert state.empty
    assert state.combined() == ""


def test_the_way_back_and_forward_through_filters(qtbot: QtBot) -> None:
    state = FilterState()
    for text in ("t", "true", "true:happy"):
        state.set_query(text)
    state.set_chart(CELL)
    state.set_chart(OTHER)
    state.set_quick("flagged", True)
    seen = []
    while state.can_go_back:
        state.back()
        seen.append(state.combined())
    assert seen == [f"true:happy {OTHER.query}", f"true:happy {CELL.query}", "true:happy", ""]
    assert state.chart is None
    for _ in range(3):
        state.forward()
    assert state.chart == OTHER
    state.set_quick("wrong", True)
    assert not state.can_go_forward
    state.forget()
    assert not state.can_go_back


def test_charts_narrow_one_another_when_asked_to_and_go_one_by_one(qtbot: QtBot) -> None:
    state = FilterState()
    state.set_query("p<0.5")
    state.set_chart(CELL)
    state.set_chart(OTHER, narrow=True)
    assert state.query == f"p<0.5 {CELL.query} {OTHER.query}"
    assert state.now.charts == (CELL, OTHER)
    state.remove_chart(CELL)
    assert state.query == f"p<0.5 {OTHER.query}"
    state.remove_typed()
    assert (state.query, state.now.typed) == (OTHER.query, "")


def test_a_drawn_set_stands_for_its_utterances_until_another_corpus(qtbot: QtBot) -> None:
    state = FilterState()
    state.keep_set("a1", (3, 4))
    assert dict(state.sets) == {"a1": (3, 4)}
    assert state.keep_new_set("a", (5,)) == "a2"
    assert dict(state.sets) == {"a1": (3, 4), "a2": (5,)}
    state.forget()
    assert not state.sets


def test_a_charts_filter_is_found_word_for_word_only(qtbot: QtBot) -> None:
    state, one = FilterState(), ChartFilter("lasso:cell1", "Cell 1")
    state.set_chart(one)
    for query in ("lasso:cell10", "-lasso:cell1", "not lasso:cell1", '"a lasso:cell1 b"', "lasso:cell1,cell2"):
        state.set_chart(one)
        state.set_query(query)
        assert state.chart is None, query
    state.set_chart(one)
    state.set_query("lasso:cell10 (wrong  lasso:cell1) p(happy)<0.5")
    assert state.chart == one
    assert state.now.typed == "lasso:cell10 (wrong ) p(happy)<0.5"
    state.remove_chart(one)
    assert state.query == "lasso:cell10 (wrong ) p(happy)<0.5"


def test_a_filter_knows_its_sets_and_takes_other_names(qtbot: QtBot) -> None:
    step = FilterStep("lasso:a1,cell2 -lasso:a10", (ChartFilter("lasso:a1,cell2", "A"),), ("Lasso:b",))
    assert step.sets == ("a1", "cell2", "a10", "b")
    other = step.with_sets({"a1": "a7", "b": "c"})
    assert (other.query, other.charts[0].query, other.quick) == (
        "lasso:a7,cell2 -lasso:a10", "lasso:a7,cell2", ("Lasso:c",),
    )  # fmt: skip


def test_a_saved_set_keeps_its_name_where_that_is_free(qtbot: QtBot) -> None:
    state = FilterState()
    assert state.adopt_set("a1", (3, 4)) == "a1"
    assert state.adopt_set("a1", (3, 4)) == "a1"
    assert state.adopt_set("a1", (5,)) == "a2"
    assert state.adopt_set("a1", (5,)) == "a2", "once is enough"
    assert dict(state.sets) == {"a1": (3, 4), "a2": (5,)}


def test_chart_choice_names_its_predictor(qtbot: QtBot) -> None:
    assert ChartChoice(predictor="human:voice").human is Condition.VOICE
    assert ChartChoice(predictor="net:12").net == 12
    assert ChartChoice().net is None
    context, heard = ChartContext(), list[int]()
    context.changed.connect(lambda: heard.append(1))
    context.set_predictor("net:12")
    context.set_predictor("net:12")
    assert heard == [1]


def test_opening_another_workspace_closes_the_former(qtbot: QtBot, tmp_path: Path) -> None:
    feed = WorkspaceFeed()
    first = Workspace(tmp_path / "a.fairemo", create=True)
    feed.open(first)
    feed.open(Workspace(tmp_path / "b.fairemo", create=True))
    assert first._connections == []
    heard: list[object] = []
    feed.store_changed.connect(lambda changes, initiator: heard.append((changes, initiator)))
    changes = Changes(frozenset({"notes"}), (1,))
    feed.broadcast(changes, feed)
    assert heard == [(changes, feed)]
    feed.open(None)
