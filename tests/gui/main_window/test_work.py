"""Long jobs in the window. The services are replaced by quick ones that write to the same store and say the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Changes, Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui.controllers.comparing import model_of
from fairemo_gui.gui.dialogs.work import ExtractDialog, PredictDialog, TrainDialog
from fairemo_gui.gui.job_view import job_words
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.toolbar import ANALYSE, COMPARE
from fairemo_gui.gui.training_page import TrainingPage
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services import extraction, prediction, training
from fairemo_gui.services.comparison import ComparisonView, LabelChange, compare_nets
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.prediction import Predicting
from fairemo_gui.store import nets, ratings
from fairemo_gui.store.nets import NetRow
from tests.gui.main_window.conftest import add_net, settle, store


class Gate:
    """Lets a job go on when the test says so."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def wait(self, ctx: TaskContext) -> None:
        while not self._open.wait(0.01):
            ctx.check()

    def open(self) -> None:
        self._open.set()


def _train(gate: Gate, seed: int) -> Callable[..., NetRow]:
    def train(ctx: TaskContext, lab: Lab, *_: object) -> NetRow:
        for epoch in range(1, 6):
            ctx.emit({"epoch": float(epoch), "train_loss": 1 / epoch, "validation_loss": 1.5 / epoch, "member": 0})
            ctx.report(epoch, 1000, f"Epoch {epoch}")
        gate.wait(ctx)
        number = add_net(lab.workspace, seed, skill=4.0)
        ctx.emit(Changes(frozenset({"nets", "predictions"})))
        return nets.net(lab.workspace, number)

    return train


def _retrain(gate: Gate) -> Callable[..., ComparisonView]:
    def retrain(ctx: TaskContext, lab: Lab, old: int) -> ComparisonView:
        new = _train(gate, 9)(ctx, lab)
        return compare_nets(lab.workspace, lab.corpus, old, new.id, check=ctx.check)

    return retrain


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    lesson = training.lesson_of
    monkeypatch.setattr(training, "train", _train(gate, 7))
    monkeypatch.setattr(training, "retrain", _retrain(gate))
    monkeypatch.setattr(training, "_encoders", lambda lab, plan: {"audio": "mfcc"})
    monkeypatch.setattr(training, "plan_of", lambda net: training.TrainPlan(labels=net.labels, parent=net.id))
    monkeypatch.setattr(extraction, "modalities", lambda lab: ("audio",))
    monkeypatch.setattr("fairemo_gui.gui.controllers.questions.modalities", lambda lab: ("audio",))
    assert lesson is training.lesson_of
    return gate


def test_the_first_time_retrain_asks_what_to_train(qtbot: QtBot, window: MainWindow, quick: Gate) -> None:
    window.actions_.retrain.trigger()
    dialog = window.questions.dialog
    assert isinstance(dialog, TrainDialog)
    assert dialog.plan().labels == "av"
    assert dialog.plan().settings == {"modalities": "audio"}
    dialog.accept()
    qtbot.waitUntil(lambda: window.training.epochs() == 5)
    assert not window.actions_.retrain.isEnabled()
    assert window.toolbar.job.name.text() == "Train schmitz2022"
    qtbot.waitUntil(lambda: window.toolbar.job.words() == "Epoch 5")
    assert window.toolbar.job.state.text() == "Epoch 5"
    quick.open()
    qtbot.waitUntil(lambda: not window.work.is_training)
    settle(qtbot, window)
    assert window.context.choice.predictor == "net:1"
    assert window.charts.shown is not None
    assert window.charts.shown.view.predictor.name == "net 1"
    assert window.actions_.retrain.isEnabled()


def test_retrain_goes_from_one_click_to_a_comparison_and_keeping(
    qtbot: QtBot, window_with_net: MainWindow, quick: Gate
) -> None:
    window = window_with_net
    window.actions_.retrain.trigger()
    assert window.mode() == COMPARE
    assert window.pages.currentWidget() is window.training
    qtbot.waitUntil(lambda: window.training.epochs() == 5)
    assert window.training.facts.text() == (
        "schmitz2022 · AV labels of 120 utterances · mfcc · 8 speakers in one split, none in two parts · seed 0"
    )
    quick.open()
    qtbot.waitUntil(lambda: window.comparing.view is not None, timeout=20_000)
    assert window.pages.currentWidget() is window.compare
    model = window.compare.model()
    assert model is not None
    assert (model.old_name, model.new_name) == ("net 1", "net 2")
    assert model.summary.endswith("same recipe, seed 9")
    assert len(model.flips) > 0
    window.compare.keep_requested.emit()
    qtbot.waitUntil(lambda: nets.net(store(window), 2).status == "kept")
    settle(qtbot, window)
    assert window.context.choice.predictor == "net:2"


def test_a_discarded_net_comes_back_with_undo(qtbot: QtBot, window_with_net: MainWindow, quick: Gate) -> None:
    window = window_with_net
    quick.open()
    window.actions_.retrain.trigger()
    qtbot.waitUntil(lambda: window.comparing.view is not None, timeout=20_000)
    window.compare.discard_requested.emit()
    qtbot.waitUntil(lambda: nets.net(store(window), 2).status == "discarded")
    qtbot.waitUntil(lambda: window.comparing.view is None)
    settle(qtbot, window)
    assert window.context.choice.predictor == "net:1"
    message = window.messages.log()[-1]
    assert message.action == "Undo"
    window.messages.acted.emit(message.key)
    qtbot.waitUntil(lambda: nets.net(store(window), 2).status == "kept")


def test_a_flip_is_one_click_from_the_player(qtbot: QtBot, window_with_net: MainWindow, quick: Gate) -> None:
    window = window_with_net
    quick.open()
    window.actions_.retrain.trigger()
    qtbot.waitUntil(lambda: window.comparing.view is not None, timeout=20_000)
    model = window.compare.model()
    assert model is not None
    window.filters.set_query("flagged")
    window.compare.play_requested.emit(model.flips[0].utterance)
    assert window.mode() == ANALYSE
    assert window.selection.current == model.flips[0].utterance


def test_training_stops_within_a_second_and_the_window_goes_on(
    qtbot: QtBot, window_with_net: MainWindow, quick: Gate
) -> None:
    window = window_with_net
    window.actions_.retrain.trigger()
    qtbot.waitUntil(lambda: window.training.epochs() == 5)
    asked = time.monotonic()
    window.training.stop.click()
    qtbot.waitUntil(lambda: not window.work.is_training, timeout=2000)
    assert time.monotonic() - asked < 1
    assert window.mode() == ANALYSE
    assert window.messages.log()[-1].sentence == "Retrain net 1 was stopped."
    assert [net.id for net in nets.nets(store(window))] == [1]


def test_charts_say_provisional_while_a_net_answers(
    qtbot: QtBot, window_with_net: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, gate = window_with_net, Gate()

    def predict(ctx: TaskContext, lab: Lab, which: int) -> Predicting:
        shown = window.feed.table
        assert shown is not None
        ctx.report(60, 120, "Predicting")
        p = np.full((len(shown), 6), 1 / 6)
        ctx.emit(nets.add_predictions(lab.workspace, which, shown.ids, p, ["test"] * len(shown)))
        gate.wait(ctx)
        return Predicting(which, 120, ("u007: no sound",))

    monkeypatch.setattr(prediction, "predict", predict)
    window.actions_.predict.trigger()
    dialog = window.questions.dialog
    assert isinstance(dialog, PredictDialog)
    dialog.accept()
    qtbot.waitUntil(lambda: _provisional(window) == (60, 120), timeout=5000)
    qtbot.waitUntil(lambda: window.charts.shown is not None and window.charts.shown.view.evaluation.n == 120)
    job = window.toolbar.job.shown()
    assert job is not None
    assert job_words(job).startswith("60 / 120")
    qtbot.waitUntil(lambda: window.status.work.text() == "predict, net 1")
    gate.open()
    settle(qtbot, window)
    assert _provisional(window) is None
    assert [message.sentence for message in window.messages.log()][-2:] == [
        "Net 1 predicted 120 utterances, 1 left out.",
        "1 utterances were left out.",
    ]


def test_a_job_that_fails_says_why_and_leaves_the_window_alone(
    qtbot: QtBot, window_with_net: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_with_net

    def crash(ctx: TaskContext, lab: Lab, which: int) -> Predicting:
        raise UserError("The compute process was ended by SIGKILL.", ["last words"])

    monkeypatch.setattr(prediction, "predict", crash)
    window.work.predict(1)
    qtbot.waitUntil(lambda: bool(window.messages.log()))
    message = window.messages.log()[-1]
    assert message.sentence == "The compute process was ended by SIGKILL."
    assert "last words" in window.messages.details(message)
    window.analyse.labels.rate.set_condition(Condition.AV)
    with qtbot.waitSignal(window.rating.stored, timeout=5000):
        window.analyse.labels.rate.rate("sad")


def test_extract_offers_what_the_corpus_has(qtbot: QtBot, window: MainWindow, quick: Gate) -> None:
    window.actions_.extract.trigger()
    dialog = window.questions.dialog
    assert isinstance(dialog, ExtractDialog)
    assert dialog.chosen() == ["mfcc"]
    dialog.reject()


def test_table_chart_and_report_are_written(
    qtbot: QtBot, window_with_net: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_with_net
    targets = iter(
        [(tmp_path / "rows.csv", "Table (*.csv)"), (tmp_path / "c", "Picture (*.png)"), (tmp_path / "r.html", "")]
    )
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: tuple(str(part) for part in next(targets)))
    window.actions_.export_table.trigger()
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8").count("\n") == 121
    window.actions_.export_chart.trigger()
    assert (tmp_path / "c.png").is_file()
    window.actions_.report.trigger()
    qtbot.waitUntil((tmp_path / "r.html").is_file, timeout=60_000)
    settle(qtbot, window)
    assert window.messages.log()[-1].action == "Open"
    assert "net 1" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_table_of_ratings_is_added(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "more.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(table), ""))
    for text, said in (
        ("utterance_id,condition,rater,emotion\nu000,av,ann,sad\nnobody,av,ann,sad\n", "nobody"),
        (
            "utterance_id,condition,rater,emotion\nu000,av,ann,sad\nu001,voice,ann,happy\n",
            "2 rows of ratings imported.",
        ),
    ):
        table.write_text(text, encoding="utf-8")
        before = len(window.messages.log())
        window.actions_.import_ratings.trigger()
        qtbot.waitUntil(lambda before=before: len(window.messages.log()) > before)  # type: ignore[misc]
        assert said in window.messages.log()[-1].sentence
    settle(qtbot, window)
    assert len(ratings.history(store(window), 1, "ann")) == 1


def _provisional(window: MainWindow) -> tuple[int, int] | None:
    found = window.charts.provisional
    return None if found is None else (found.done, found.total)


def test_retraining_to_the_same_net_is_asked_about_first(
    qtbot: QtBot, window_with_net: MainWindow, quick: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_with_net
    monkeypatch.setattr(training, "unchanged", lambda lab, old: f"No label changed since net {old.id}.")
    window.actions_.retrain.trigger()
    qtbot.waitUntil(lambda: isinstance(window.questions.dialog, QMessageBox))
    box = window.questions.dialog
    assert isinstance(box, QMessageBox)
    assert box.text() == "No label changed since net 1."
    assert not window.work.is_training
    assert [net.id for net in nets.nets(store(window))] == [1]
    quick.open()
    box.buttons()[0].click()
    qtbot.waitUntil(lambda: window.comparing.view is not None, timeout=20_000)
    assert [net.id for net in nets.nets(store(window))] == [2, 1]


def test_curves_are_promised_while_there_are_none(qtbot: QtBot) -> None:
    page = TrainingPage()
    qtbot.addWidget(page)
    page.begin("Retrain net 1")
    assert page.curves.is_empty()
    assert page.curves.empty_state().sentence() == "Curves appear with the first epoch."
    page.add_epoch({"epoch": 1.0, "train_loss": 1.0, "validation_loss": 1.5})
    assert not page.curves.is_empty()


def test_the_header_counts_only_ratings_the_net_learns_from(
    qtbot: QtBot, window_with_net: MainWindow, quick: Gate
) -> None:
    window = window_with_net
    seen = LabelChange(Condition.AV, 12, 6, 0, 0)
    window.compare.set_model(model_of(store(window), _with_changes(window, seen)))
    model = window.compare.model()
    assert model is not None
    assert "on none of 12 new ratings (12 given with the prediction in sight), same" in model.summary
    assert (model.labels[0].ratings, model.labels[0].learnt) == (12, 0)
    assert model.labels_note == "Net 1 learns from 0 of 12. Not learnt: 12 given with the prediction in sight."
    face = LabelChange(Condition.FACE, 1, 0, 1, 1)
    assert "on none of 1 new rating (1 not AV labels)" in model_of(store(window), _with_changes(window, face)).summary
    both = LabelChange(Condition.AV, 12, 6, 12, 3)
    assert "retrained on 12 new ratings, same" in model_of(store(window), _with_changes(window, both)).summary


def _with_changes(window: MainWindow, *changes: LabelChange) -> ComparisonView:
    """Net 1 beside itself as if retrained, with made-up changes of the labels."""
    corpus = window.feed.corpus
    assert corpus is not None
    view = compare_nets(store(window), corpus, 1, 1, Truth.AV, plan=IntervalPlan(replicates=40))
    return replace(view, new=replace(view.new, parent_id=view.old.id), label_changes=changes)
