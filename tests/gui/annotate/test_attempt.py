"""What is taken down of one attempt, by a clock of the test."""

from __future__ import annotations

from fairemo_gui.core.rating_plan import ClipRules, RatingPlan
from fairemo_gui.gui.annotate.attempt import Attempt


def test_a_clip_that_steps_back_while_it_plays_was_not_played_twice() -> None:
    attempt = Attempt(RatingPlan("p", "1"), lambda: 0.0, ("happy", "sad"))
    attempt.start(2.0, 2.4)
    for position in (2.14, 2.0, 2.2, 2.4):
        attempt.move(position)
    assert (attempt.plays, attempt.answer().played_ms) == (1, 400)
    attempt.start(2.0, 2.4)
    attempt.move(2.1)
    assert attempt.answer().played_ms == 500


def test_an_interrupted_clip_goes_on_from_there() -> None:
    attempt = Attempt(RatingPlan("p", "1"), lambda: 0.0, ("happy", "sad"))
    attempt.start(2.0, 2.4)
    attempt.move(2.3)
    attempt.interrupt()
    attempt.start(2.0, 2.4)
    attempt.move(2.4)
    assert (attempt.plays, attempt.answer().played_ms, attempt.ended_at) == (1, 400, 0.0)


def test_an_answer_to_an_interrupted_clip_is_timed_by_where_it_stands() -> None:
    attempt = Attempt(RatingPlan("p", "1", clip=ClipRules(answer_before_end=True)), lambda: 0.0, ("happy", "sad"))
    attempt.start(2.0, 2.4)
    attempt.move(2.3)
    attempt.interrupt()
    assert attempt.open
    attempt.choose("sad")
    assert attempt.answer().response_ms == -100
