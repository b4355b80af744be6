"""Simulated raters: each knows only what the condition shows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Gender, Rater, RaterKind, Rating
from fairemo_gui.corpora.demo.planted import PLANTED, read_chance
from fairemo_gui.corpora.demo.script import SCHEME, Turn

COUNT = 40
_VOTES = (6, 8)
_NAMESPACE = uuid.UUID("6d9b1f0e-6a57-4f0b-9a55-0d1c3b8a2f41")
_FIRST_DAY = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)
# What an unread emotion is taken for: rows intended, columns answered, in the order of the scheme.
_CONFUSIONS = np.array(
    [
        [0.08, 0.22, 0.10, 0.08, 0.46, 0.06],
        [0.20, 0.08, 0.10, 0.04, 0.42, 0.16],
        [0.08, 0.12, 0.08, 0.10, 0.40, 0.22],
        [0.10, 0.06, 0.12, 0.08, 0.58, 0.06],
        [0.14, 0.18, 0.10, 0.16, 0.22, 0.20],
        [0.04, 0.16, 0.16, 0.04, 0.52, 0.08],
    ]
)


@dataclass(frozen=True, slots=True)
class _Answer:
    turn: Turn
    rater: Rater
    condition: Condition
    vote: int
    intensity: int
    response_ms: int


def recruit() -> tuple[Rater, ...]:
    """The simulated raters, half of them women; who they are does not change how they answer."""
    rng = np.random.default_rng(COUNT)
    genders = [Gender.FEMALE, Gender.MALE] * (COUNT // 2)
    return tuple(
        Rater(f"sim{k + 1:02d}", RaterKind.SIMULATED, gender, int(rng.integers(19, 68)))
        for k, gender in enumerate(genders)
    )


def vote_chances(condition: Condition, gender: Gender, emotion: int, strength: float) -> npt.NDArray[np.float64]:
    """Chance of each answer of one rater, shape (C,): the intended emotion if it is read, else a likely confusion."""
    read = read_chance(PLANTED.clarity(condition, gender), strength)
    chances = (1 - read) * _CONFUSIONS[emotion]
    chances[emotion] += read
    return np.asarray(chances)


def rate(turns: Sequence[Turn], raters: Sequence[Rater], seed: int) -> tuple[Rating, ...]:
    """Six to eight ratings per turn and condition. A rater meets a turn in one condition only.

    The same ratings, ids and times for the same turns and seed. Ordered by rater, then time.
    """
    rng = np.random.default_rng([seed, 40])
    answers: list[_Answer] = []
    for turn in turns:
        counts = rng.integers(_VOTES[0], _VOTES[1] + 1, len(Condition))
        crowd = iter(rng.permutation(len(raters)))
        for condition, count in zip(Condition, counts, strict=True):
            answers += [_answer(rng, turn, raters[next(crowd)], condition) for _ in range(count)]
    order = rng.permutation(len(answers))
    return tuple(rating for rater in raters for rating in _diary(rater, [answers[k] for k in order], seed))


def _answer(rng: np.random.Generator, turn: Turn, rater: Rater, condition: Condition) -> _Answer:
    chances = vote_chances(condition, turn.person.gender, turn.emotion, turn.strength)
    vote = int(rng.choice(len(SCHEME), p=chances))
    sure = chances[vote]
    intensity = 18 + 62 * turn.strength * (0.45 + 0.55 * sure) + rng.normal(0, 11)
    response = np.exp(rng.normal(7.55 - 0.5 * sure, 0.32))
    return _Answer(turn, rater, condition, vote, int(np.clip(intensity, 2, 100)), int(np.clip(response, 350, 9500)))


def _diary(rater: Rater, answers: Sequence[_Answer], seed: int) -> list[Rating]:
    """One rater's ratings in the order they were given: voices first, then faces, then both."""
    now = _FIRST_DAY + timedelta(days=int(rater.code[3:]) - 1)
    ratings = []
    for condition in Condition:
        for answer in (a for a in answers if a.rater is rater and a.condition is condition):
            now += timedelta(milliseconds=3200 + answer.response_ms)
            ratings.append(_rating(answer, now, seed))
        now += timedelta(minutes=5)
    return ratings


def _rating(answer: _Answer, now: datetime, seed: int) -> Rating:
    name = f"{seed}/{answer.turn.code}/{answer.condition}/{answer.rater.code}"
    return Rating(
        uuid=str(uuid.uuid5(_NAMESPACE, name)),
        utterance=answer.turn.code,
        rater=answer.rater.code,
        condition=answer.condition,
        votes=(SCHEME.classes[answer.vote],),
        intensity=answer.intensity,
        response_ms=answer.response_ms,
        created_at=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )
