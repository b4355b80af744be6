"""Contrasts over raters and speakers: against plain sums, and whether their intervals cover."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest

from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.crossed import Crossed
from fairemo_gui.evaluation.intervals import Form, IntervalPlan

CONTRASTS = {
    "mean": np.array([[1.0, 0.0], [0.0, 0.0]]),
    "difference": np.array([[-1.0, 1.0], [0.0, 0.0]]),
    "interaction": np.array([[1.0, -1.0], [-1.0, 1.0]]),
}
STACKED = np.stack(list(CONTRASTS.values()))


@dataclass(frozen=True)
class Ratings:
    """Whether each rating names an emotion, by women and men, of women and men."""

    value: Float
    rater: Int
    speaker: Int
    rater_group: Int
    speaker_group: Int

    def crossed(self) -> Crossed:
        return Crossed(self.value, self.rater, self.speaker, self.rater_group, self.speaker_group, (2, 2))


@dataclass(frozen=True)
class Crowd:
    """How ratings come about.

    Attributes:
        people: Standard deviation of raters' and of speakers' leanings, in logits.
        slopes: Standard deviation of what a rater has for one gender of speakers, and a speaker for one of raters.
    """

    people: float = 0.5
    slopes: float = 0.3

    def draw(self, rng: np.random.Generator, raters: int, speakers: int, each: int) -> Ratings:
        """`raters` and `speakers` of each gender; every rater gives about `each` ratings, to speakers by chance."""
        women_r, women_s = np.arange(2 * raters) < raters, np.arange(2 * speakers) < speakers
        logit = 0.3 + 0.4 * (women_r[:, None] & women_s) - 0.3 * women_s + 0.2 * women_r[:, None]
        logit = logit + rng.normal(0, self.people, (2 * raters, 1)) + rng.normal(0, self.people, (1, 2 * speakers))
        logit += rng.normal(0, self.slopes, (2 * raters, 2))[:, women_s.astype(int)]
        logit += rng.normal(0, self.slopes, (2, 2 * speakers))[women_r.astype(int)]
        number = rng.poisson(each / (2 * speakers), logit.shape)
        rater, speaker = (np.repeat(index.ravel(), number.ravel()) for index in np.indices(logit.shape))
        value = rng.random(len(rater)) < 1 / (1 + np.exp(-logit[rater, speaker]))
        return Ratings(value.astype(float), rater, speaker, 1 - women_r[rater], 1 - women_s[speaker])


def plain_means(ratings: Ratings, raters: Float, speakers: Float) -> Float:
    """Weighted mean per pair of groups, rating by rating."""
    weight = raters[ratings.rater] * speakers[ratings.speaker]
    found = np.empty((2, 2))
    for g, h in np.ndindex(2, 2):
        rows = (ratings.rater_group == g) & (ratings.speaker_group == h)
        found[g, h] = (weight * ratings.value)[rows].sum() / weight[rows].sum()
    return found


def test_contrasts_are_those_of_weighted_ratings() -> None:
    ratings = Crowd().draw(np.random.default_rng(1), 6, 4, 60)
    rng = np.random.default_rng(2)
    raters, speakers = rng.integers(1, 4, (5, 12)).astype(float), rng.integers(1, 4, (5, 8)).astype(float)
    value, error = ratings.crossed().under(STACKED, raters, speakers)
    expected = [
        [(contrast * plain_means(ratings, r, s)).sum() for contrast in STACKED]
        for r, s in zip(raters, speakers, strict=True)
    ]
    assert value == pytest.approx(np.array(expected))
    assert (error > 0).all()
    mean, number = ratings.crossed().means()
    assert mean == pytest.approx(plain_means(ratings, np.ones(12), np.ones(8)))
    assert number.sum() == len(ratings.value)


def test_with_raters_alike_the_error_is_that_of_speakers() -> None:
    """Every rater says the same of a speaker, so only speakers differ: the usual error of a mean of clusters."""
    share = np.array([0.1, 0.5, 0.2, 0.9])
    rater, speaker = (index.ravel() for index in np.indices((6, 4)))
    crossed = Crossed(share[speaker], rater, speaker, rater // 3, speaker * 0, (2, 1))
    _, error = crossed.under(np.array([[[1.0], [0.0]]]), np.ones((1, 6)), np.ones((1, 4)))
    assert error[0, 0] == pytest.approx(share.std(ddof=1) / 2)


def test_intervals_have_reasons_where_there_are_none() -> None:
    ratings = Crowd().draw(np.random.default_rng(1), 3, 2, 80)
    plan = IntervalPlan(60)
    rows = (ratings.speaker != 3) & (ratings.rater_group == 0)
    alone = Crossed(*(part[rows] for part in vars(ratings).values()), (2, 2))  # type: ignore[call-arg]
    found = dict(zip(CONTRASTS, alone.intervals("x", STACKED, plan), strict=True))
    assert found["mean"][0] is not None
    assert found["difference"] == (None, "one rater or speaker in a group")
    assert found["interaction"] == (None, "undefined")
    same = Crossed(np.ones_like(ratings.value), *list(vars(ratings).values())[1:], (2, 2))  # type: ignore[call-arg]
    assert same.intervals("x", STACKED, plan)[0] == (None, "every rating is the same")
    none = np.zeros(0, dtype=int)
    assert Crossed(none.astype(float), none, none, none, none, (2, 2)).intervals("x", STACKED, plan)[0][0] is None


def test_the_same_seed_gives_the_same_intervals_at_any_batch_size() -> None:
    crossed = Crowd().draw(np.random.default_rng(4), 5, 4, 60).crossed()
    ends = [
        [
            interval.to_json()
            for interval, _ in crossed.intervals("x", STACKED, IntervalPlan(80, 3, batch=size))
            if interval
        ]
        for size in (None, 7)
    ]
    assert len(ends[0]) == 3
    assert np.array(ends[0]) == pytest.approx(np.array(ends[1]), abs=1e-9)


def coverage(crowd: Crowd, sizes: tuple[int, int, int], corpora: int, plan: IntervalPlan) -> dict[str, float]:
    """Share of intervals that cover the truth, per contrast."""
    large = [crowd.draw(np.random.default_rng([1, k]), 400, 400, 2000).crossed().means()[0] for k in range(3)]
    truth = [(contrast * np.mean(large, axis=0)).sum() for contrast in STACKED]
    hits: dict[str, list[bool]] = defaultdict(list)
    for corpus in range(corpora):
        crossed = crowd.draw(np.random.default_rng([5, corpus]), *sizes).crossed()
        drawn = IntervalPlan(plan.replicates, corpus, form=plan.form)
        for name, true, (interval, _) in zip(CONTRASTS, truth, crossed.intervals("x", STACKED, drawn), strict=True):
            assert interval is not None
            hits[name].append(interval.low <= true <= interval.high)
    return {name: float(np.mean(values)) for name, values in hits.items()}


# Raters and speakers of each gender, ratings per rater.
SIZES = ((10, 5, 60), (20, 8, 100), (20, 45, 90))


def test_intervals_over_raters_and_speakers_cover() -> None:
    for name, share in coverage(Crowd(), (20, 8, 100), 150, IntervalPlan(299)).items():
        assert 0.90 <= share <= 0.99, (name, share)


def test_plain_percentiles_cover_too_much_of_an_interaction() -> None:
    found = coverage(Crowd(slopes=0.0), (20, 8, 100), 100, IntervalPlan(299, form=Form.PERCENTILE))
    assert found["interaction"] >= 0.98


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sizes", SIZES)
def test_coverage_over_a_thousand_corpora(sizes: tuple[int, int, int]) -> None:
    for name, share in coverage(Crowd(), sizes, 1000, IntervalPlan(999)).items():
        assert 0.93 <= share <= 0.97, (name, share)
    without = coverage(Crowd(slopes=0.0), sizes, 1000, IntervalPlan(999))
    # Where nothing but chance is left in an interaction, both ways of hanging together are estimated in vain.
    assert 0.93 <= without["interaction"] <= 0.99, without
