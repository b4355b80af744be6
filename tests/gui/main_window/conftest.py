"""A window over a workspace of its own, with nothing of the user's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import (
    Condition,
    CorpusBundle,
    Gender,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    Utterance,
)
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui import theme
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

SPEAKERS, TAKES = 8, 15
NO_PREDICTION = 3
"""Utterances of the corpus that the net has not answered for."""


def rated_bundle(name: str = "rated", seed: int = 3) -> CorpusBundle:
    """Eight speakers of both genders, 120 utterances whose media are gone, five raters per condition."""
    draw = np.random.default_rng(seed)
    speakers = tuple(
        Speaker(f"s{k}", Gender.FEMALE if k % 2 else Gender.MALE, 25 + 5 * k, "Caucasian") for k in range(SPEAKERS)
    )
    utterances: list[Utterance] = []
    ratings: list[Rating] = []
    for number in range(SPEAKERS * TAKES):
        code, intended = f"u{number:03d}", number % 6
        utterances.append(
            Utterance(
                code=code, speaker=f"s{number % SPEAKERS}", audio=f"{code}.mp4", video=f"{code}.mp4",
                transcript=f"Sentence {number % 5}.", dialogue=f"d{number // 4}", turn=number % 4, intended=intended,
            )
        )  # fmt: skip
        for condition in Condition:
            for rater in range(5):
                vote = intended if draw.random() < 0.6 else int(draw.integers(6))
                ratings.append(_rating(code, f"r{rater}", condition, CREMA_D.classes[vote], len(ratings)))
    return CorpusBundle(
        name=name, root="/corpora/rated", importer="test 1", scheme=CREMA_D, speakers=speakers,
        utterances=tuple(utterances), ratings=tuple(ratings),
        raters=tuple(Rater(f"r{k}", RaterKind.SIMULATED) for k in range(5)),
    )  # fmt: skip


def _rating(code: str, rater: str, condition: Condition, vote: str, number: int) -> Rating:
    moment = f"2020-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.000+00:00"
    return Rating(f"x{number}", code, rater, condition, (vote,), created_at=moment)


def add_net(workspace: Workspace, seed: int = 1, skill: float = 3.0) -> int:
    """A net that answers by the intended emotion, more or less."""
    corpus = corpora.corpora(workspace)[0]
    draw = np.random.default_rng(seed)
    row = NetRow(
        corpus.id, "schmitz2022", "av", ClassSelection.all_of(corpus.scheme), {"plan": {"parts": {"s0": "test"}}},
        seed, 1, "hash", "0", f"nets/{seed}", "sha", status="trained",
        history=[[{"epoch": float(k), "train_loss": 1 / k, "validation_loss": 1.5 / k} for k in range(1, 6)]],
    )  # fmt: skip
    number, _ = nets.add_net(workspace, row)
    table = corpora.table(workspace, corpus.id)
    logits = draw.normal(size=(len(table), 6))
    logits[np.arange(len(table)), np.arange(len(table)) % 6] += skill * draw.random(len(table))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    asked = slice(0, len(table) - NO_PREDICTION)
    nets.add_predictions(workspace, number, table.ids[asked], p[asked], ["test"] * (len(table) - NO_PREDICTION))
    return number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one rated corpus."""
    place = tmp_path / "w.fairemo"
    with Workspace(place, create=True) as workspace:
        corpora.add_bundle(workspace, rated_bundle())
    return place


@pytest.fixture
def folder_with_net(folder: Path) -> Path:
    """The same with a net."""
    with Workspace(folder) as workspace:
        add_net(workspace)
    return folder


@pytest.fixture
def make_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path | None], MainWindow]]:
    """Opens windows and closes them again, and sees to it that no thread is left."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    theme.apply(qapp, theme.DARK)
    before = set(threading.enumerate())
    made: list[MainWindow] = []

    def make(folder: Path | None) -> MainWindow:
        window = MainWindow(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
        window.charts.plan = IntervalPlan(replicates=40)
        made.append(window)
        window.show()
        qtbot.waitExposed(window)
        if folder is not None:
            assert window.open(folder)
            settle(qtbot, window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    left = [t.name for t in set(threading.enumerate()) - before if not t.name.startswith("Dummy")]
    assert left == []


@pytest.fixture
def window(make_window: Callable[[Path | None], MainWindow], folder: Path) -> MainWindow:
    """A window over the rated corpus, with every figure drawn."""
    return make_window(folder)


@pytest.fixture
def window_with_net(make_window: Callable[[Path | None], MainWindow], folder_with_net: Path) -> MainWindow:
    """A window over the rated corpus with a net."""
    return make_window(folder_with_net)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until everything asked for is on the screen."""
    qtbot.waitUntil(lambda: window.settled and (window.charts.complete or window.charts.shown is None), timeout=20_000)


def store(window: MainWindow) -> Workspace:
    """The open workspace."""
    return opened(window.feed)


def opened(feed: WorkspaceFeed) -> Workspace:
    """The open workspace of a feed."""
    assert feed.workspace is not None
    return feed.workspace
