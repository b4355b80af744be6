"""What the page says: where a sitting goes on, how far it is, and only the keys that do something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fairemo_gui.core.rating_plan import Answers, ClipRules, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition
from fairemo_gui.core.trials import Answer
from fairemo_gui.gui.annotate.bars import KeyHint
from fairemo_gui.gui.annotate.pages import sheet_of
from fairemo_gui.services.annotation.sitting import Stage
from fairemo_gui.services.annotation.start import start
from tests.gui.annotate.rig import CLIPS, SECRET, Desk, SimulatedClock

PLAN = RatingPlan(
    "short", "1", items=Items(conditions=((Condition.FACE, 1),)), sitting=SittingRules(items=4, break_every=2)
)


def come_back(desk: Desk) -> None:
    """Log in again, and no further."""
    desk.annotating.leave()
    desk.annotating.open()
    desk.bot.waitUntil(lambda: desk.window.isActiveWindow() and desk.window.start.code.hasFocus())
    QTest.keyClicks(desk.window.start.code, "R07")
    desk.press(Qt.Key.Key_Return)


def hints(desk: Desk) -> list[str]:
    """What the keys below are said to do."""
    return [
        label.text()
        for hint in desk.window.foot.findChildren(KeyHint)
        for label in hint.findChildren(QLabel)
        if label.text() not in {"+", "–"}
    ]


def test_who_comes_back_is_told_where_he_stands(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    for leave in ("window", "pause"):
        desk.play_out(simulated)
        desk.go_on(Qt.Key.Key_1, Qt.Key.Key_Return)
        if leave == "pause":
            desk.go_on(Qt.Key.Key_Return) if desk.window.words.isVisible() else None
            desk.press(Qt.Key.Key_Escape)
            desk.wait_for_words("Paused")
        done = desk.step.progress.done
        come_back(desk)
        desk.wait_for_words("Welcome back")
        assert f"{done} of 4 trials are done" in desk.window.words.words.text()
        assert f"trial {done + 1}" in desk.window.words.words.text()
        assert desk.window.head.trial.text() == f"{done} of 4 done"
        desk.go_on(Qt.Key.Key_Return)
        assert desk.window.head.trial.text() == f"Trial {done + 1} of 4"


def test_who_has_rated_everything_reads_so_and_no_name(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    plan = replace(PLAN, sitting=SittingRules(items=CLIPS))
    desk.sit_down(plan)
    corpus = desk.feed.corpus
    assert corpus is not None
    sitting = start(desk.workspace, corpus, plan, "R07")
    while sitting.stage is Stage.TRIAL:
        sitting.submit(Answer(("sad",)))
    come_back(desk)
    said = desk.window.start.problem
    desk.bot.waitUntil(lambda: "nothing left for R07" in said.text())
    assert "choose another plan" in said.text()
    assert SECRET not in said.text()


def test_only_keys_that_do_something_are_shown(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(replays=1)))
    desk.play_out(simulated)
    assert "replay" in hints(desk)
    desk.press(Qt.Key.Key_Space)
    desk.play_out(simulated)
    desk.bot.waitUntil(lambda: "replay" not in hints(desk))
    assert "submit" in hints(desk)


def test_the_key_sheet_is_the_plans() -> None:
    def keys(plan: RatingPlan) -> dict[str, str]:
        return dict(sheet_of(plan, 6))

    assert not {"A", "V", "D", "T", "Left", "Shift+1"} & keys(PLAN).keys()
    assert keys(PLAN)["1"] == "Answer, 1 to 6"
    asked = Answers(emotions=False, dimensions=("valence",), points=5, confidence=True, free_text=True)
    found = keys(replace(PLAN, answers=asked, trace="valence"))
    assert {"V", "T", "Left", "Shift+1"} <= found.keys()
    assert not {"A", "D"} & found.keys()
    assert (found["1"], found["Right"]) == ("Answer, 1 to 5", "More valence, while it plays")


def test_the_start_page_promises_what_the_corpus_can_do(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    with desk.workspace.transaction() as db:
        db.execute("UPDATE utterance SET video = NULL")
    desk.settings.setValue("annotate/plan", "crema-d")
    desk.annotating.open()
    start = desk.window.start
    desk.bot.waitUntil(lambda: "trials" in start.summary.text())
    assert start.plans.value() == "demo"
    assert "26 trials · voice only · one emotion" in start.summary.text()
    assert "no clip for face only and voice and face: left out." in start.summary.text()
    assert "Clips that can be given: voice only 96." in start.summary.text()
    start.plans.set_value("crema-d")
    start.plan_chosen.emit()
    assert "95 trials · voice only" in start.summary.text()
    desk.bot.waitUntil(lambda: desk.window.isActiveWindow())
    QTest.keyClicks(start.code, "R07")
    desk.go_on(Qt.Key.Key_Return)
    desk.go_on(Qt.Key.Key_Return)
    assert desk.window.head.trial.text() == "Trial 1 of 95"
