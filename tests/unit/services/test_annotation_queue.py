"""Queues over simulated plans: the constraints hold in every one, and positions are balanced."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from fairemo_gui.core.rating_plan import Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition, Role
from fairemo_gui.core.trials import Trial
from fairemo_gui.services.annotation.queue import CONDITIONS, Pool, draw

AV = CONDITIONS.index(Condition.AV)
CHECKS = 1000


def a_plan(chance: random.Random) -> RatingPlan:
    shares = [chance.choice([0, 1, 1, 2, 5]) for _ in CONDITIONS]
    shares[chance.randrange(3)] = 1
    return RatingPlan(
        "simulated",
        "1",
        items=Items(conditions=tuple(zip(CONDITIONS, shares, strict=True)), one_condition=chance.random() < 0.5),
        sitting=SittingRules(items=chance.randint(2, 36), repeats=chance.choice([0, 0, 2, 0.1, 0.25])),
    )


def a_pool(chance: random.Random, items: int, speakers: int) -> Pool:
    shape = (items, len(CONDITIONS))
    rng = np.random.default_rng(chance.getrandbits(32))
    return Pool(
        utterances=np.arange(100, 100 + items),
        speakers=rng.integers(0, speakers, items),
        playable=rng.random(shape) < 0.95,
        met=np.zeros(shape, dtype=bool),
        enough=rng.random(shape) < chance.choice([0.0, 0.2]),
        ratings=rng.integers(0, 4, shape),
        gain=np.zeros(shape),
    )


def cells_of(trials: Sequence[Trial], *roles: Role) -> list[tuple[int, int]]:
    return [(t.utterance - 100, CONDITIONS.index(t.condition)) for t in trials if t.role in roles]


def check_sitting(plan: RatingPlan, pool: Pool, trials: Sequence[Trial]) -> None:
    """Everything that holds of a sitting, whatever the plan."""
    main = cells_of(trials, Role.MAIN)
    assert [t.position for t in trials] == list(range(len(trials)))
    assert len(set(main)) == len(main) <= plan.sitting.items
    for item, k in main:
        assert pool.playable[item, k] and not pool.met[item, k] and not pool.enough[item, k]
        assert CONDITIONS[k] in plan.conditions
    check_av(plan, pool, trials)
    check_neighbours(pool, trials)
    check_repeats(plan, trials)


def check_av(plan: RatingPlan, pool: Pool, trials: Sequence[Trial]) -> None:
    met = pool.met.copy()
    for item, k in cells_of(trials, Role.MAIN, Role.REPEAT):
        assert k == AV or not met[item, AV], "voice or face after av"
        if plan.items.one_condition:
            assert not met[item, [j for j in range(len(CONDITIONS)) if j != k]].any()
        elif k == AV:
            needed = [j for j, c in enumerate(CONDITIONS) if c in plan.conditions and j != AV]
            assert all(met[item, j] or pool.enough[item, j] or not pool.playable[item, j] for j in needed)
        met[item, k] = True


def check_neighbours(pool: Pool, trials: Sequence[Trial]) -> None:
    clips = [t.utterance for t in trials if t.role is not Role.PRACTICE]
    main = Counter(item for item, _ in cells_of(trials, Role.MAIN))
    if 2 * max(main.values()) <= main.total() + 1:
        assert all(a != b for a, b in pairwise(clips)), "the same clip twice in a row"


def check_repeats(plan: RatingPlan, trials: Sequence[Trial]) -> None:
    main, given = cells_of(trials, Role.MAIN), [t for t in trials if t.role is not Role.PRACTICE]
    place = {(t.utterance, t.condition): k for k, t in enumerate(given) if t.role is Role.MAIN}
    again = [(k, t) for k, t in enumerate(given) if t.role is Role.REPEAT]
    assert len({(t.utterance, t.condition) for _, t in again}) == len(again)
    for k, t in again:
        assert k - place[t.utterance, t.condition] >= max(2, len(main) // 3)
    wanted = plan.sitting.repeats
    assert len(again) <= (wanted if isinstance(wanted, int) else round(wanted * len(main)))


def same_speaker(pool: Pool, trials: Sequence[Trial]) -> tuple[int, int]:
    """How often a speaker follows himself, and how often he must."""
    speakers = [int(pool.speakers[item]) for item, _ in cells_of(trials, Role.MAIN)]
    most = max(Counter(speakers).values())
    return sum(a == b for a, b in pairwise(speakers)), max(0, 2 * most - len(speakers) - 1)


def simulate(plans: int, seed: int) -> tuple[int, int, int]:
    """Draw two sittings of one rater for each of so many plans; how many trials, and how often a speaker had no need
    to follow himself and did.
    """
    chance, drawn, needless, pairs = random.Random(seed), 0, 0, 0
    for number in range(plans):
        plan = a_plan(chance)
        pool = a_pool(chance, chance.randint(2, 40), chance.randint(1, 8))
        practice = [Trial(-1, 1, plan.conditions[0], Role.PRACTICE, ("sad",))] * chance.randint(0, 2)
        checks = [
            (Trial(-1, 2 + k, plan.conditions[0], Role.ATTENTION, ("sad",)), CHECKS + k) for k in range(number % 3)
        ]
        for sitting in range(2):
            trials = draw(plan, pool, number + sitting, () if sitting else practice, checks)
            if not trials:
                break
            assert draw(plan, pool, number + sitting, () if sitting else practice, checks) == trials
            assert [t.role for t in trials].count(Role.ATTENTION) == len(checks)
            assert all(t.role is Role.PRACTICE for t in trials[: 0 if sitting else len(practice)])
            check_sitting(plan, pool, trials)
            happened, forced = same_speaker(pool, trials)
            drawn, needless, pairs = drawn + len(trials), needless + max(0, happened - forced), pairs + happened
            met = pool.met.copy()
            for item, k in cells_of(trials, Role.MAIN, Role.REPEAT):
                met[item, k] = True
            pool = replace(pool, met=met)
    return drawn, needless, pairs


def balance(raters: int, seed: int) -> tuple[float, float]:
    """p of the hypotheses that every condition, and every clip, is as likely at every place; 30 clips, 5 speakers.

    Of n things permuted N times, Σ (O − E)² / E over things and places, times (n − 1) / n, is distributed as
    chi-square with (n − 1)² degrees of freedom.
    """
    n = 30
    shares = tuple((condition, 10) for condition in CONDITIONS)
    plan = RatingPlan("b", "1", items=Items(conditions=shares, one_condition=True), sitting=SittingRules(items=n))
    shape = (n, len(CONDITIONS))
    blank = np.zeros(shape, dtype=bool)
    pool = Pool(
        np.arange(100, 100 + n), np.arange(n) % 5, ~blank, blank, blank, np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
    )  # fmt: skip
    clips, conditions = np.zeros((n, n)), np.zeros((len(CONDITIONS), n))
    for rater in range(raters):
        for place, (item, k) in enumerate(cells_of(draw(plan, pool, seed * raters + rater), Role.MAIN)):
            clips[item, place] += 1
            conditions[k, place] += 1

    def p(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]], size: int, freedom: int) -> float:
        statistic = ((table - raters / size) ** 2 / (raters / size)).sum() * (size - 1) / size
        return float(stats.chi2.sf(statistic, freedom))

    return p(conditions, 3, 4 * n // 3), p(clips, n, (n - 1) ** 2)


def test_constraints_hold_over_300_simulated_plans() -> None:
    drawn, needless, _ = simulate(300, seed=1)
    assert drawn > 5000
    assert needless <= drawn / 1000


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_constraints_hold_over_10_000_simulated_plans() -> None:
    drawn, needless, _ = simulate(10_000, seed=2)
    assert drawn > 150_000
    assert needless <= drawn / 1000


def test_places_are_balanced() -> None:
    conditions, clips = balance(400, seed=3)
    assert conditions > 0.001
    assert clips > 0.001


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_places_are_balanced_over_10_000_raters() -> None:
    conditions, clips = balance(10_000, seed=4)
    assert conditions > 0.001
    assert clips > 0.001


def test_conditions_share_a_sitting_as_the_plan_says() -> None:
    chance = random.Random(5)
    pool = replace(
        a_pool(chance, 200, 20), playable=np.ones((200, 3), dtype=bool), enough=np.zeros((200, 3), dtype=bool)
    )
    shares = ((Condition.VOICE, 30), (Condition.FACE, 30), (Condition.AV, 30))
    for one_condition in (True, False):
        plan = RatingPlan(
            "s", "1", items=Items(conditions=shares, one_condition=one_condition), sitting=SittingRules(90)
        )
        assert Counter(k for _, k in cells_of(draw(plan, pool, 1), Role.MAIN)) == {0: 30, 1: 30, 2: 30}


def test_what_has_fewest_ratings_comes_first() -> None:
    pool = a_pool(random.Random(6), 50, 10)
    blank = np.zeros((50, 3), dtype=bool)
    ratings = np.ones((50, 3), dtype=np.int64)
    ratings[7:19] = 0
    pool = replace(pool, playable=~blank, enough=blank, ratings=ratings)
    plan = RatingPlan("f", "1", items=Items(one_condition=True), sitting=SittingRules(12))
    assert {item for item, _ in cells_of(draw(plan, pool, 1), Role.MAIN)} == set(range(7, 19))


def test_nothing_left_draws_nothing() -> None:
    pool = a_pool(random.Random(7), 5, 2)
    assert draw(RatingPlan("n", "1"), replace(pool, enough=np.ones((5, 3), dtype=bool)), 1) == ()
