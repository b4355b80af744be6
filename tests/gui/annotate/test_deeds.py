"""What a rater can do besides answering: take back, skip, flag, pause; and every kind of answer a plan may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from fairemo_gui.core.rating_plan import Answers, ClipRules, Items, Known, RatingPlan, Scale, SittingRules
from fairemo_gui.core.records import Changes, Condition, Role
from fairemo_gui.core.trials import RATE, Answer, EventKind
from fairemo_gui.gui.key_sheet import KeySheet
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.services.annotation.sitting import Stage
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.bundles import read_bundle
from fairemo_gui.store import notes, sessions, trials
from tests.gui.annotate.rig import LATE, LENGTH, SECRET, Desk, SimulatedClock

LENGTH_MS = round(LENGTH * 1000)

PLAN = RatingPlan(
    "short",
    "1",
    items=Items(conditions=((Condition.FACE, 1),)),
    sitting=SittingRules(items=4),
    clip=ClipRules(replays=1),
)


def kinds(desk: Desk) -> list[tuple[EventKind, str | None]]:
    """Events of every sitting."""
    assert desk.feed.corpus is not None
    return [(event.kind, event.text) for event in sessions.events(desk.workspace, desk.feed.corpus.id)]


def rate(desk: Desk, clock: SimulatedClock, key: Qt.Key = Qt.Key.Key_3) -> None:
    """Answer a trial of a plan that asks for an emotion alone."""
    desk.play_out(clock)
    desk.go_on(key, Qt.Key.Key_Return)


def test_answers_open_when_the_clip_has_ended(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    view = desk.window.trial
    desk.wait(PlayerState.PLAYING)
    assert view.tiles is not None
    assert not view.tiles.isEnabled()
    assert view.clip.answers.text() == "Answers open when the clip has ended"
    desk.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    desk.play_out(simulated)
    assert view.tiles.isEnabled()
    assert view.clip.answers.text() == "Answers are open"
    assert not view.submit.isEnabled()
    assert view.hint.text() == "Choose an emotion"
    assert desk.stored() == []


def test_an_answer_before_the_end_is_timed_by_it(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(answer_before_end=True)))
    desk.wait(PlayerState.PLAYING)
    simulated.pass_by(150)
    desk.press(Qt.Key.Key_2)
    desk.go_on(Qt.Key.Key_Return)
    rating = desk.stored()[0]
    assert rating.response_ms == 150 - round(LENGTH * 1000)
    assert rating.played_ms == 150


def test_backspace_takes_back_across_submits_and_restarts(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    assert not desk.window.trial.undo.isEnabled()
    first = desk.step.trial
    rate(desk, simulated, Qt.Key.Key_3)
    desk.annotating.leave()
    desk.sit_down(PLAN)
    desk.go_on(Qt.Key.Key_Backspace)
    assert desk.step.trial == first
    desk.play_out(simulated)
    assert desk.window.trial.tiles is not None
    assert desk.window.trial.tiles.tiles["fear"].isChecked()
    desk.go_on(Qt.Key.Key_4, Qt.Key.Key_Return)
    given, taken, again = desk.stored()
    assert given.votes == ("fear",)
    assert taken.undoes == given.uuid
    assert again.votes == ("happy",)
    assert again.first_answer == "fear"
    assert again.changes == 1


def test_what_was_taken_back_or_ends_after_leaving_is_told(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk, told = make_desk(simulated), list[Changes]()
    desk.feed.store_changed.connect(lambda changes, _: told.append(changes))
    desk.sit_down(PLAN)
    first = desk.step.trial
    assert first is not None
    rate(desk, simulated)
    desk.annotating.leave()
    desk.sit_down(PLAN)
    desk.go_on(Qt.Key.Key_Backspace)
    desk.annotating.leave()
    assert [each.utterances for each in told] == [(first.utterance,)] * 2
    desk.sit_down(PLAN)
    desk.play_out(simulated)
    desk.press(Qt.Key.Key_3, Qt.Key.Key_Return)
    desk.annotating.leave()
    desk.annotating.open()
    desk.annotating.leave()
    desk.bot.waitUntil(lambda: len(told) == 3)
    assert len(desk.stored()) == 3


def test_skip_with_a_reason_and_flag_with_a_note(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    trial = desk.step.trial
    assert trial is not None
    desk.press(Qt.Key.Key_F)
    assert desk.window.foot._said == [("Enter", "save"), ("Esc", "back")]
    QTest.keyClicks(desk.window.trial.prompt.line, "sf 3? b")
    desk.press(Qt.Key.Key_Return)
    desk.bot.waitUntil(lambda: not desk.conductor.busy)
    assert notes.flagged(desk.workspace) == {trial.utterance}
    assert (EventKind.FLAGGED, "sf 3? b") in kinds(desk)
    desk.press(Qt.Key.Key_S, Qt.Key.Key_Escape, Qt.Key.Key_S)
    desk.go_on(Qt.Key.Key_2)
    assert (EventKind.SKIPPED, "The sound or picture is faulty") in kinds(desk)
    assert desk.step.trial != trial
    desk.go_on(Qt.Key.Key_Backspace)
    assert desk.step.trial == trial
    assert desk.stored() == []


def test_esc_pauses_then_leaves_and_the_same_clip_waits(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    told: list[Changes] = []
    desk.feed.store_changed.connect(lambda changes, _: told.append(changes))
    desk.sit_down(PLAN)
    rated = desk.step.trial
    assert rated is not None
    rate(desk, simulated)
    trial = desk.step.trial
    desk.wait(PlayerState.PLAYING)
    simulated.pass_by(100)
    desk.press(Qt.Key.Key_Escape)
    desk.wait_for_words("Paused")
    assert "Nothing is lost" in desk.window.words.words.text()
    desk.go_on(Qt.Key.Key_Return)
    assert desk.step.trial == trial
    desk.play_out(simulated)
    assert desk.window.trial.clip.replay.isEnabled()
    desk.press(Qt.Key.Key_Escape)
    desk.wait_for_words("Paused")
    assert told == []
    desk.press(Qt.Key.Key_Escape)
    assert not desk.annotating.active
    assert [set(changes.utterances) for changes in told] == [{rated.utterance}]
    desk.sit_down(PLAN)
    if desk.step.stage is Stage.BREAK:
        desk.go_on(Qt.Key.Key_Return)
    assert desk.step.trial == trial


@pytest.mark.parametrize("key", [Qt.Key.Key_S, Qt.Key.Key_Escape])
def test_an_interrupted_clip_goes_on_where_it_stopped(
    make_desk: Callable[..., Desk], simulated: SimulatedClock, key: Qt.Key
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(replays=0)))
    desk.wait(PlayerState.PLAYING)
    desk.bot.waitUntil(lambda: not desk.engine._playhead.audible)
    simulated.pass_by(LENGTH_MS - 20)
    desk.press(key)
    if key is Qt.Key.Key_Escape:
        desk.wait_for_words("Paused")
        simulated.pass_by(60_000)
        desk.go_on(Qt.Key.Key_Return)
    else:
        desk.press(Qt.Key.Key_Escape)
        assert desk.window.trial.clip.replay.text() == "Play on"
        desk.press(Qt.Key.Key_Space)
    desk.wait(PlayerState.PLAYING)
    assert desk.window.trial.tiles is not None
    assert not desk.window.trial.tiles.isEnabled()
    simulated.pass_by(20 + LATE)
    desk.wait(PlayerState.ENDED)
    assert not desk.window.trial.clip.replay.isEnabled()
    simulated.pass_by(700)
    desk.go_on(Qt.Key.Key_3, Qt.Key.Key_Return)
    (rating,) = desk.stored()
    assert (rating.replays, rating.played_ms, rating.response_ms) == (0, LENGTH_MS, 700 + LATE)


def test_a_break_after_the_clip_brings_no_play_and_takes_no_time(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(replays=0), answers=Answers(intensity=True)))
    desk.play_out(simulated)
    simulated.pass_by(300)
    desk.press(Qt.Key.Key_Right, Qt.Key.Key_Escape)
    desk.wait_for_words("Paused")
    simulated.pass_by(60_000)
    desk.go_on(Qt.Key.Key_Return)
    desk.wait(PlayerState.PAUSED)
    view = desk.window.trial
    assert view.tiles is not None
    assert view.tiles.isEnabled()
    assert not view.clip.replay.isEnabled()
    assert view.clip.state.text() == "Clip has ended"
    simulated.pass_by(200)
    desk.go_on(Qt.Key.Key_3, Qt.Key.Key_Return)
    (rating,) = desk.stored()
    assert (rating.replays, rating.played_ms, rating.response_ms) == (0, LENGTH_MS, 500 + LATE)
    assert rating.intensity == 50


def test_a_break_is_due_and_the_last_answer_can_still_be_taken_back(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, sitting=SittingRules(items=4, break_every=2)))
    assert "break after 2 more" in desk.window.head.ahead.text()
    rate(desk, simulated)
    second = desk.step.trial
    rate(desk, simulated)
    assert desk.window.words.title.text() == "Time for a break"
    desk.go_on(Qt.Key.Key_Backspace)
    assert desk.step.trial == second


def test_consent_is_asked_and_may_be_refused(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    plan = replace(PLAN, sitting=SittingRules(items=2, consent="You may stop at any time."))
    desk.sit_down(plan)
    assert (EventKind.CONSENT, None) in kinds(desk)
    desk.annotating.leave()
    desk.annotating.open()
    desk.bot.waitUntil(lambda: desk.window.isActiveWindow())
    QTest.keyClicks(desk.window.start.code, "R08")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for_words("Before you begin")
    assert desk.window.words.words.text() == "You may stop at any time."
    desk.press(Qt.Key.Key_Escape)
    desk.bot.waitUntil(lambda: not desk.annotating.active)
    assert (EventKind.REFUSED, None) in kinds(desk)


def test_practice_says_what_was_right_and_attention_checks_do_not(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    plan = replace(
        PLAN,
        practice=(Known(f"{SECRET}-090", Condition.FACE, ("fear",)), Known(f"{SECRET}-091", Condition.FACE, ("sad",))),
        attention=(Known(f"{SECRET}-092", Condition.FACE, ("anger",)),),
    )
    desk.sit_down(plan)
    view, said = desk.window.trial, []
    while desk.step.stage is Stage.TRIAL:
        trial = desk.step.trial
        assert trial is not None
        assert (view.how_many.text() == "practice: does not count") is (trial.role is Role.PRACTICE)
        desk.play_out(simulated)
        desk.press(Qt.Key.Key_3)
        before = len(desk.stored())
        desk.press(Qt.Key.Key_Return)
        desk.bot.waitUntil(lambda before=before: len(desk.stored()) > before and not desk.conductor.busy)  # type: ignore[misc]
        said.append(view.feedback.words.text() if view.feedback.isVisible() else "")
        if said[-1]:
            assert view.tiles is not None
            assert not any(part.isEnabled() for part in (view.tiles, view.skip, view.flag))
            desk.go_on(Qt.Key.Key_Return)
    assert said[:2] == ["Right: fear.", "The answer to this one is sad."]
    assert set(said[2:]) == {""}
    roles = [rating.role for rating in desk.stored()]
    assert sorted(roles) == sorted([Role.PRACTICE] * 2 + [Role.ATTENTION] + [Role.MAIN] * 4)


def test_the_longest_questions_fit_the_smallest_screen(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    dimensions = ("activation", "valence", "dominance")
    desk.sit_down(replace(PLAN, trace="valence", answers=Answers(False, dimensions=dimensions, free_text=True)))
    desk.window.resize(1280, 720)
    desk.play_out(simulated)
    submit, foot = desk.window.trial.submit, desk.window.foot
    assert desk.window.height() == 720
    desk.bot.waitUntil(lambda: submit.mapTo(desk.window, submit.rect().bottomLeft()).y() < foot.y())


def test_a_time_out_skips(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(time_out=5.0)))
    desk.play_out(simulated)
    simulated.pass_by(2000)
    desk.bot.waitUntil(lambda: desk.window.trial.clip.answers.text() == "Answer within 3 s")
    step = desk.step
    simulated.pass_by(3000)
    desk.bot.waitUntil(lambda: desk.step is not step)
    assert (EventKind.SKIPPED, "time-out") in kinds(desk)


def test_several_answers(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, answers=Answers(several=True, free_text=True)))
    desk.play_out(simulated)
    desk.press(Qt.Key.Key_6, Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_T)
    QTest.keyClicks(desk.window.focusWidget(), "1 s f a")
    desk.go_on(Qt.Key.Key_Return)
    rating = desk.stored()[0]
    assert rating.votes == ("fear", "sad")
    assert rating.first_answer == "sad"
    assert rating.changes == 1
    assert rating.comment == "1 s f a"


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("emotions", [True, False])
def test_dimensions_by_keys(
    make_desk: Callable[..., Desk], simulated: SimulatedClock, scale: Scale, emotions: bool
) -> None:
    desk = make_desk(simulated)
    asked = Answers(emotions=emotions, dimensions=("activation", "valence", "dominance"), scale=scale, points=7)
    desk.sit_down(replace(PLAN, answers=asked))
    desk.play_out(simulated)
    if emotions:
        desk.press(Qt.Key.Key_A, Qt.Key.Key_7, Qt.Key.Key_V, Qt.Key.Key_2, Qt.Key.Key_D, Qt.Key.Key_4, Qt.Key.Key_5)
    else:
        desk.press(Qt.Key.Key_7, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_V)
        simulated.pass_by(700)
        desk.press(Qt.Key.Key_2)
    desk.go_on(Qt.Key.Key_Return)
    rating = desk.stored()[0]
    assert (rating.activation, rating.valence, rating.dominance) == (7.0, 2.0, 4.0)
    assert rating.votes == (("neutral",) if emotions else ())
    assert rating.response_ms == (5 if emotions else 705)


def test_a_dimension_is_followed_25_times_a_second(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, trace="valence"))
    desk.wait(PlayerState.PLAYING)
    scale, extent = desk.window.trial.trace, desk.engine.extent
    assert scale is not None
    assert extent is not None
    steps = [-1 + 0.2 * k for k in range(round(LENGTH * RATE))]
    for k, value in enumerate(steps, start=1):
        QTest.mouseMove(scale, QPoint(round(10 + (scale.width() - 20) * (value + 1) / 2), 20))
        simulated.pass_by(40)
        due = extent.start + k / RATE - 1e-3
        desk.bot.waitUntil(lambda due=due: desk.engine.position > due)  # type: ignore[misc]
    simulated.pass_by(5)
    desk.wait(PlayerState.ENDED)
    desk.go_on(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert desk.feed.corpus is not None
    ((_, trace),) = trials.traces(desk.workspace, desk.feed.corpus.id)
    assert trace.dimension == "valence"
    assert len(trace.samples) == len(steps)
    assert np.allclose(trace.samples, steps, atol=0.01)


def test_arrows_follow_too(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, trace="activation", answers=Answers(intensity=True)))
    desk.wait(PlayerState.PLAYING)
    desk.press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left)
    desk.play_out(simulated)
    desk.press(Qt.Key.Key_Right, Qt.Key.Key_1)
    desk.go_on(Qt.Key.Key_Return)
    assert desk.feed.corpus is not None
    ((_, trace),) = trials.traces(desk.workspace, desk.feed.corpus.id)
    assert np.allclose(trace.samples, 0.08, atol=1e-6)
    assert desk.stored()[0].intensity == 50


def test_the_end_tells_how_to_hand_over(
    make_desk: Callable[..., Desk], simulated: SimulatedClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, sitting=SittingRules(items=2)), "../R07")
    for _ in range(2):
        rate(desk, simulated)
    assert desk.step.stage is Stage.DONE
    file, offered = tmp_path / "R07.jsonl", list[Path]()

    def choose(parent: object, title: str, place: str, kinds: str) -> tuple[str, str]:
        offered.append(Path(place))
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    desk.press(Qt.Key.Key_B)
    desk.bot.waitUntil(lambda: desk.window.foot.saved.words() == "Saved: R07.jsonl")
    assert [each.name for each in offered] == ["_R07.jsonl"]
    assert SECRET not in str(offered[0])
    assert len(read_bundle(file).ratings) == 2
    assert ("Esc", "leave") in desk.window.foot._said
    desk.press(Qt.Key.Key_Escape)
    assert not desk.annotating.active


def test_a_code_is_needed_and_a_bad_plan_says_why(make_desk: Callable[..., Desk], silent: None) -> None:
    desk = make_desk()
    bad = desk.folder.parent / "bad.toml"
    bad.write_text('name = "x"\n', encoding="utf-8")
    desk.settings.setValue("annotate/plan", str(bad))
    desk.annotating.open()
    start = desk.window.start
    assert "bad.toml" in start.problem.text()
    assert not start.buttons["start"].isEnabled()
    start.plans.set_value("demo")
    start.plan_chosen.emit()
    desk.bot.waitUntil(lambda: desk.window.isActiveWindow())
    desk.press(Qt.Key.Key_Return)
    assert start.problem.text() == "Enter your code first."
    desk.press(Qt.Key.Key_Escape)
    assert not desk.annotating.active


def test_what_cannot_be_stored_is_said_and_the_answer_stays(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    desk.play_out(simulated)
    desk.workspace.read_only = True
    desk.press(Qt.Key.Key_3, Qt.Key.Key_Return)
    desk.bot.waitUntil(lambda: desk.window.foot.saved.words().startswith("Not saved"))
    assert desk.window.trial.submit.isEnabled()
    desk.workspace.read_only = False
    desk.go_on(Qt.Key.Key_Return)
    assert [rating.votes for rating in desk.stored()] == [("fear",)]


def test_what_another_window_answered_is_not_asked_here(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    desk.play_out(simulated)
    assert desk.feed.corpus is not None
    start(desk.workspace, desk.feed.corpus, PLAN, "R07").submit(Answer(("sad",)))
    desk.go_on(Qt.Key.Key_3, Qt.Key.Key_Return)
    assert desk.window.foot.saved.words().startswith("Not saved")
    rate(desk, simulated)
    assert [(rating.position, rating.votes) for rating in desk.stored()] == [(0, ("sad",)), (1, ("fear",))]


def test_the_key_sheet_lists_the_keys(make_desk: Callable[..., Desk], silent: None) -> None:
    desk = make_desk()
    desk.sit_down(PLAN)
    desk.window.keys.actions["keys"][0].trigger()
    sheet = next(each for each in QApplication.topLevelWidgets() if isinstance(each, KeySheet) and each.isVisible())
    assert sheet.parentWidget() is desk.window
    sheet.close()


def test_a_rater_may_end_a_sitting_before_its_time(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    rate(desk, simulated)
    desk.press(Qt.Key.Key_E)
    assert desk.step.trial is not None
    desk.press(Qt.Key.Key_Escape)
    desk.wait_for_words("Paused")
    desk.press(Qt.Key.Key_E)
    desk.wait_for_words("Thank you")
    assert desk.step.stage is Stage.DONE
    assert desk.window.words.words.text().startswith("You ended the sitting: 1 of ")
    assert len(desk.stored()) == 1
    desk.press(Qt.Key.Key_Return)
    assert not desk.annotating.active
