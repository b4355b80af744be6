"""A workspace to sit down at: twelve clips of four speakers, media named but never opened, and a clock of one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fairemo_gui.core.rating_plan import Answers, ClipRules, Items, Known, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, Speaker, Utterance
from fairemo_gui.core.trials import Answer
from fairemo_gui.services.annotation.sitting import Sitting, Stage
from tests.unit.store.builders import small_bundle

SPEAKERS = (Speaker("s0", Gender.FEMALE, 31), Speaker("s1", Gender.MALE), Speaker("s2", Gender.FEMALE), Speaker("s3"))


def clips(n: int = 12) -> CorpusBundle:
    """A corpus without ratings."""
    utterances = tuple(
        Utterance(f"c{k:02}", f"s{k % 4}", audio=f"{k}.wav", video=f"{k}.mp4", transcript="Eleven", intended=k % 6)
        for k in range(n)
    )
    return replace(
        small_bundle("clips"), speakers=SPEAKERS, utterances=utterances, ratings=(), consensus=(), vote_counts=()
    )


def a_plan(**changes: object) -> RatingPlan:
    """Six clips in one condition each, two practice items, one check, one repeat, a break after three."""
    plan = RatingPlan(
        "lab", "2",
        answers=Answers(intensity=True, confidence=True, free_text=True),
        clip=ClipRules(replays=2),
        items=Items(one_condition=True),
        sitting=SittingRules(items=6, break_every=3, repeats=1),
        practice=(Known("c00", Condition.VOICE, ("anger",)), Known("c01", Condition.AV, ("disgust",))),
        attention=(Known("c02", Condition.AV, ("fear",)),),
    )  # fmt: skip
    return replace(plan, **changes)  # type: ignore[arg-type]


def an_answer(vote: str = "sad", **changes: object) -> Answer:
    """An answer with everything the plan asks for."""
    given = Answer(
        (vote,), intensity=64, confidence=3, comment="soft", first_answer="happy", response_ms=1234, plays=2,
        played_ms=4321, changes=1,
    )  # fmt: skip
    return replace(given, **changes)  # type: ignore[arg-type]


class Clock:
    """A clock that goes on ten seconds each time it is read."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=10)
        return self.time


def sit_through(sitting: Sitting, vote: str = "sad") -> int:
    """Answer everything that is left, breaks taken; the number of answers."""
    given = 0
    while sitting.stage is not Stage.DONE:
        if sitting.stage is Stage.CONSENT:
            sitting.consent(given=True)
        elif sitting.stage is Stage.BREAK:
            sitting.proceed()
        else:
            sitting.submit(an_answer(vote))
            given += 1
    return given
