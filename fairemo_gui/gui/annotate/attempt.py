"""One rater at one trial: what was played, what was chosen when, measured by a clock that tests can set."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.trials import RATE, Answer, Trace

Clock = Callable[[], float]
"""Seconds that only go forward."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where the clip was when it was last looked at: moment on the clock, media time."""

    moment: float
    position: float


@dataclass
class Attempt:
    """Everything about one trial that is stored, as it comes to be.

    Attributes:
        plan: What is asked, and how often the clip may be played.
        clock: Tells the time, seconds.
        classes: The answers, in order.
        barred: The clip cannot be perceived as the condition wants it: nothing may be answered or played.
        resumes_at: Media time at which an interrupted clip goes on, seconds; None = it begins anew.
    """

    plan: RatingPlan
    clock: Clock
    classes: tuple[str, ...]
    votes: tuple[str, ...] = ()
    intensity: int | None = None
    confidence: int | None = None
    comment: str = ""
    dimensions: dict[str, int] = field(default_factory=dict)
    first: str | None = None
    changes: int = 0
    plays: int = 0
    ended_at: float | None = None
    barred: bool = False
    resumes_at: float | None = None
    _before: tuple[int, float, float | None] = (0, 0.0, None)
    _left: float = 0.0
    _played: float = 0.0
    _reached: float = 0.0
    _seen: _Seen | None = None
    _range: tuple[float, float] = (0.0, 0.0)
    _response: float | None = None
    _hand: float = np.nan
    _trace: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def playing(self) -> bool:
        """Whether the clip is being played."""
        return self._seen is not None

    @property
    def open(self) -> bool:
        """Whether an answer may be given."""
        heard = self.ended_at is not None or (self.plan.clip.answer_before_end and self.plays > 0)
        return heard and not self.barred

    @property
    def replays_left(self) -> int | None:
        """How often the clip may still be played; None = as often as wanted."""
        most = self.plan.clip.replays
        return None if most is None else most - max(self.plays - 1, 0)

    @property
    def may_play(self) -> bool:
        """Whether the clip may be begun now, or go on."""
        begins = not self.plays or self.resumes_at is not None
        return not self.playing and not self.barred and (begins or self.replays_left is None or self.replays_left > 0)

    @property
    def hand(self) -> float:
        """Where the hand is that follows the clip, −1 to 1; NaN where it has not moved."""
        return self._hand

    def start(self, start: float, end: float) -> None:
        """The clip begins: its first media time and its end, seconds; one that was interrupted goes on."""
        if self.resumes_at is not None:
            self._seen, self.resumes_at = _Seen(self.clock(), self.resumes_at), None
            return
        self._before = self.plays, self._played, self.ended_at
        self.plays += 1
        self._range, self._reached = (start, end), start
        self._seen = _Seen(self.clock(), start)
        if self.plan.trace is not None:
            self._trace = np.full(_samples(end - start), np.nan, np.float32)

    def move(self, position: float) -> None:
        """The clip has come to a media time."""
        if self._seen is None:
            return
        end = self._range[1]
        # A clip may step back a little, as when a sound device opens late: that much is not played twice.
        self._played += max(position - self._reached, 0.0)
        self._reached = max(position, self._reached)
        self._follow(self._seen.position, position)
        if position < end:
            self._seen = _Seen(self.clock(), position)
            return
        # The end is noticed a little late; when it was follows from where the clip was when last looked at.
        self.ended_at = min(self.clock(), self._seen.moment + end - self._seen.position)
        self._seen = None

    def bar(self) -> None:
        """Close the trial: the clip cannot be perceived. A play under way counts for nothing."""
        self.barred = True
        if self._seen is not None:
            self._seen = None
            self.plays, self._played, self.ended_at = self._before

    def interrupt(self) -> None:
        """The clip is stopped for something else: it goes on from there, so that nothing is heard or seen twice."""
        if self._seen is not None:
            self.resumes_at, self._seen = self._seen.position, None

    def leave(self) -> None:
        """A break begins."""
        self._left = self.clock()

    def come_back(self) -> None:
        """The break is over: it is no part of the time since the clip's end."""
        if self.ended_at is not None:
            self.ended_at += self.clock() - self._left

    def stop(self) -> None:
        """The clip is stopped because the answer is given."""
        self._seen = None

    def choose(self, answer: str) -> None:
        """Choose an answer; where several are allowed, add it or take it out again."""
        former = self.votes
        if not self.plan.answers.several:
            self.votes = (answer,)
        elif answer in former:
            self.votes = tuple(vote for vote in former if vote != answer)
        else:
            self.votes = tuple(vote for vote in self.classes if vote in former or vote == answer)
        if former and not set(former) <= set(self.votes):
            self.changes += 1
        self.first = self.first or answer
        if self.votes != former:
            self._response = self._since_end()

    def place(self, dimension: str, point: int) -> None:
        """Answer a dimension."""
        self.dimensions[dimension] = point
        if not self.plan.answers.emotions:
            self._response = self._since_end()

    def guide(self, value: float) -> None:
        """The hand that follows the clip moves, −1 to 1."""
        self._hand = min(max(value, -1.0), 1.0)

    def restore(self, former: Answer) -> None:
        """Show again what was answered before it was taken back."""
        self.votes, self.intensity, self.confidence = former.votes, former.intensity, former.confidence
        self.comment, self.first = former.comment or "", former.first_answer
        self._response = None if former.response_ms is None else former.response_ms / 1000
        for dimension in self.plan.answers.dimensions:
            value = getattr(former, dimension)
            if value is not None:
                self.dimensions[dimension] = round(value)

    def answer(self) -> Answer:
        """What is stored."""
        return Answer(
            votes=self.votes,
            intensity=self.intensity,
            activation=self._point("activation"),
            valence=self._point("valence"),
            dominance=self._point("dominance"),
            confidence=self.confidence,
            comment=self.comment.strip() or None,
            first_answer=self.first,
            response_ms=None if self._response is None else round(self._response * 1000),
            plays=self.plays,
            played_ms=round(self._played * 1000),
            changes=self.changes,
            trace=None if self.plan.trace is None else Trace(self.plan.trace, self._trace.copy()),
        )

    def _point(self, dimension: str) -> float | None:
        point = self.dimensions.get(dimension)
        return None if point is None else float(point)

    def _since_end(self) -> float:
        """Seconds since the clip's last end; before the first end, until it (negative)."""
        now = self.clock()
        if self.ended_at is not None:
            return now - self.ended_at
        if self.resumes_at is not None:
            return self.resumes_at - self._range[1]
        return -(self._range[1] - self._seen.position - (now - self._seen.moment)) if self._seen is not None else 0.0

    def _follow(self, former: float, position: float) -> None:
        """Write where the hand is into the samples whose moments have passed."""
        if self.plan.trace is not None:
            self._trace[_samples(former - self._range[0]) : _samples(position - self._range[0])] = self._hand


def _samples(seconds: float) -> int:
    """How many samples lie before a time from the clip's start."""
    return math.ceil(seconds * RATE - 1e-6)
