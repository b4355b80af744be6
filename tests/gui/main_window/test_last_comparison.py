"""The comparison shown last, after a restart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui.controllers import last_comparison, runs
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.toolbar import COMPARE
from fairemo_gui.services.comparison import ComparisonView, compare_nets
from fairemo_gui.store import nets
from fairemo_gui.store.workspace import Workspace
from tests.gui.main_window.conftest import add_net, settle

Maker = Callable[[Path | None], MainWindow]


@pytest.fixture
def folder_with_nets(folder: Path) -> Path:
    with Workspace(folder) as workspace:
        for seed in (1, 2):
            add_net(workspace, seed, skill=float(seed + 1))
    return folder


@pytest.fixture
def compared(qtbot: QtBot, make_window: Maker, folder_with_nets: Path) -> Path:
    """A workspace whose window was closed on a comparison."""
    window = make_window(folder_with_nets)
    window.context.set_predictor("net:1")
    window.dashboards.runs.plan = IntervalPlan(replicates=40)
    with qtbot.waitSignal(window.comparing.shown, timeout=20_000):
        window.dashboards.runs._on_run("net:2", True)
    assert window.mode() == COMPARE
    window.close()
    return folder_with_nets


def restarted(make_window: Maker, folder: Path) -> MainWindow:
    window = make_window(folder)
    window.last_comparison.plan = IntervalPlan(replicates=40)
    return window


def test_it_stands_there_again_as_soon_as_the_page_is_seen(qtbot: QtBot, make_window: Maker, compared: Path) -> None:
    window = restarted(make_window, compared)
    assert window.mode() != COMPARE and window.comparing.view is None, "unseen it costs nothing"
    window.show_mode(COMPARE)
    settle(qtbot, window)
    view, model = window.comparing.view, window.compare.model()
    assert view is not None and model is not None
    assert (view.old.id, view.new.id, view.comparison.by) == (1, 2, "gender")
    assert (model.old_name, model.new_name) == ("net 1", "net 2")


def test_a_run_that_was_discarded_takes_it_along(qtbot: QtBot, make_window: Maker, compared: Path) -> None:
    with Workspace(compared) as workspace:
        nets.set_status(workspace, 2, "discarded")
    window = restarted(make_window, compared)
    window.show_mode(COMPARE)
    settle(qtbot, window)
    assert window.comparing.view is None and window.compare.model() is None


def test_another_workspace_has_none(qtbot: QtBot, make_window: Maker, compared: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.fairemo"
    compared.rename(other)
    window = restarted(make_window, other)
    window.show_mode(COMPARE)
    settle(qtbot, window)
    assert window.comparing.view is None


@pytest.mark.parametrize("asked", ["at the start", "of the runs"])
def test_what_ends_after_another_workspace_was_opened_is_not_shown_there(
    qtbot: QtBot,
    make_window: Maker,
    compared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    """Keep and discard would be written into the wrong workspace."""
    other, ended, go_on = tmp_path / "other.fairemo", Event(), Event()
    shutil.copytree(compared, other)

    def slow(*given: Any, **named: Any) -> ComparisonView:
        found = compare_nets(*given, **named)
        ended.set()
        go_on.wait(20)
        return found

    for module in (last_comparison, runs):
        monkeypatch.setattr(module, "compare_nets", slow)
    window = restarted(make_window, compared)
    if asked == "at the start":
        window.show_mode(COMPARE)
    else:
        window.context.set_predictor("net:1")
        window.dashboards.runs.plan = IntervalPlan(replicates=40)
        window.dashboards.runs._on_run("net:2", True)
    qtbot.waitUntil(ended.is_set, timeout=20_000)
    assert window.open(other)
    go_on.set()
    settle(qtbot, window)
    assert window.comparing.view is None and window.compare.model() is None


def test_what_was_written_by_hand_breaks_nothing(qtbot: QtBot, make_window: Maker, compared: Path) -> None:
    window = restarted(make_window, compared)
    window.settings.setValue("compare/last", '{"old": [], "weights": 3, "truth": "luck"}')
    window.session.show_corpus()
    settle(qtbot, window)
    window.show_mode(COMPARE)
    settle(qtbot, window)
    assert window.comparing.view is None
