"""A sitting by keys alone: what is stored is what was done, to the millisecond; a kill in between loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt

from fairemo_gui.core.rating_plan import Answers, ClipRules, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition, Rating, Role
from fairemo_gui.services.annotation.sitting import Stage
from tests.gui.annotate.rig import LATE, LENGTH, Desk, SimulatedClock

_NUMBERS = [Qt.Key(Qt.Key.Key_1 + k) for k in range(9)]
_CLASSES = ("anger", "disgust", "fear", "happy", "neutral", "sad")
PLAN = RatingPlan(
    "sixty", "1",
    answers=Answers(intensity=True, confidence=True),
    clip=ClipRules(replays=2),
    items=Items(one_condition=True),
    sitting=SittingRules(items=60, break_every=25, consent="Do you agree?"),
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a rater did at one trial, as it has to be found in the log."""

    condition: Condition
    votes: tuple[str, ...]
    first_answer: str
    response_ms: int
    replays: int
    played_ms: int
    changes: int
    intensity: int
    confidence: int
    position: int


def answer(desk: Desk, clock: SimulatedClock, k: int) -> Done:
    """Answer the k-th trial in a way of its own, by keys."""
    trial = desk.step.trial
    assert trial is not None
    desk.play_out(clock)
    replays, changes, response = k % 3, int(k % 4 == 1), 300 + 7 * k
    for _ in range(replays):
        clock.pass_by(150)
        desk.press(Qt.Key.Key_Space)
        desk.play_out(clock)
    first, last = k % 6, (k + changes) % 6
    clock.pass_by(response)
    desk.press(_NUMBERS[first])
    if changes:
        clock.pass_by(11)
        desk.press(_NUMBERS[last])
        response += 11
    clock.pass_by(40)
    desk.press(*[Qt.Key.Key_Right] * (1 + k % 5))
    desk.press(_NUMBERS[k % 5], shift=True)
    return Done(
        trial.condition, (_CLASSES[last],), _CLASSES[first], LATE + response, replays,
        (1 + replays) * round(LENGTH * 1000), changes, 50 + 5 * (k % 5), 1 + k % 5, trial.position,
    )  # fmt: skip


def as_done(rating: Rating) -> Done:
    """A row of the log."""
    assert rating.first_answer is not None
    given = (rating.response_ms, rating.played_ms, rating.changes, rating.intensity, rating.confidence, rating.position)
    response, played, changes, intensity, confidence, position = (-1 if each is None else each for each in given)
    return Done(
        rating.condition, rating.votes, rating.first_answer, response, rating.replays, played, changes, intensity,
        confidence, position,
    )  # fmt: skip


def test_sixty_clips_by_keys_alone(make_desk: Callable[..., Desk], simulated: SimulatedClock) -> None:
    desk = make_desk(simulated)
    desk.sit_down(PLAN)
    done: list[Done] = []
    while desk.step.stage is not Stage.DONE:
        if desk.step.stage is Stage.TRIAL:
            done.append(answer(desk, simulated, len(done)))
        desk.go_on(Qt.Key.Key_Return)
    stored = desk.stored()
    assert [as_done(rating) for rating in stored] == done
    assert len(done) == 60
    assert {condition: sum(each.condition is condition for each in done) for condition in Condition} == dict.fromkeys(
        Condition, 20
    )
    assert {rating.role for rating in stored} == {Role.MAIN}
    assert not any(rating.prediction_visible or rating.supersedes or rating.undoes for rating in stored)
    assert len({rating.session for rating in stored}) == 1
    assert len({rating.uuid for rating in stored}) == 60
    assert all(rating.software for rating in stored)
    assert "Thank you" in desk.window.words.title.text()
    desk.press(Qt.Key.Key_Return)
    assert not desk.annotating.active
    assert desk.main.isVisible()


def test_after_a_kill_the_same_clip_comes_and_nothing_is_lost_or_doubled(
    make_desk: Callable[..., Desk], simulated: SimulatedClock
) -> None:
    plan = replace(PLAN, sitting=SittingRules(items=9))
    desk = make_desk(simulated)
    desk.sit_down(plan)
    done: list[Done] = []
    for k in range(9):
        done.append(answer(desk, simulated, k))
        desk.go_on(Qt.Key.Key_Return)
        if k in {0, 3, 7}:
            # Whoever is killed leaves an answer behind that was not submitted, and closes nothing.
            before = desk.step.trial
            desk.play_out(simulated)
            desk.press(Qt.Key.Key_1)
            desk.conductor.close()
            desk.window.hide()
            desk = make_desk(simulated)
            desk.sit_down(plan)
            assert desk.step.trial == before
            assert desk.window.head.trial.text() == f"Trial {k + 2} of 9"
    assert desk.step.stage is Stage.DONE
    assert [as_done(rating) for rating in desk.stored()] == done


@pytest.mark.parametrize("replays", [0, 2, None])
def test_a_clip_plays_as_often_as_the_plan_allows(
    make_desk: Callable[..., Desk], simulated: SimulatedClock, replays: int | None
) -> None:
    desk = make_desk(simulated)
    desk.sit_down(replace(PLAN, clip=ClipRules(replays=replays), answers=Answers(), sitting=SittingRules(items=3)))
    for _ in range(4):
        desk.play_out(simulated)
        desk.press(Qt.Key.Key_Space)
        if desk.engine.state.value == "ended":
            break
    desk.play_out() if desk.engine.state.value == "ended" else desk.play_out(simulated)
    desk.go_on(Qt.Key.Key_6, Qt.Key.Key_Return)
    assert desk.stored()[0].replays == (4 if replays is None else replays)
