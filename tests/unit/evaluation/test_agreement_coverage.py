"""Do the intervals of agreement cover the truth as often as they say? Simulated raters with known agreement."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fairemo_gui.evaluation.agreement import Coefficient, cohen, fleiss, nominal_alpha, ordinal_alpha
from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.intervals import Form, IntervalPlan


def leanings(rng: np.random.Generator, speakers: int) -> tuple[Float, Int]:
    """How strongly each of four classes is heard in every utterance; speakers differ in clarity and leaning."""
    who = np.repeat(np.arange(speakers), rng.integers(20, 60, size=speakers, endpoint=True))
    scores = rng.normal(0, 0.5, (speakers, 4))[who]
    clarity = 1.2 + rng.normal(0, 0.5, speakers)[who] + rng.normal(0, 0.7, len(who))
    scores[np.arange(len(who)), rng.integers(4, size=len(who))] += clarity
    return scores, who


def votes(rng: np.random.Generator, speakers: int) -> tuple[Int, Int]:
    scores, who = leanings(rng, speakers)
    shares = np.exp(scores)
    shares /= shares.sum(axis=1, keepdims=True)
    return rng.multinomial(rng.integers(3, 8, len(who)), shares), who


def by_alpha(rng: np.random.Generator, speakers: int) -> Coefficient:
    return nominal_alpha(*votes(rng, speakers))


def by_fleiss(rng: np.random.Generator, speakers: int) -> Coefficient:
    return fleiss(*votes(rng, speakers))


def by_cohen(rng: np.random.Generator, speakers: int) -> Coefficient:
    scores, who = leanings(rng, speakers)
    first, second = ((scores + rng.gumbel(0, 1, scores.shape)).argmax(axis=1) for _ in range(2))
    return cohen(first, second, 4, who)


def by_ordinal_alpha(rng: np.random.Generator, speakers: int) -> Coefficient:
    """Scales from 1 to 7; raters are surer of some speakers than of others."""
    who = np.repeat(np.arange(speakers), rng.integers(20, 60, size=speakers, endpoint=True))
    height = rng.normal(0, 0.6, speakers)[who] + rng.normal(0, 1, len(who))
    utterance = np.repeat(np.arange(len(who)), rng.integers(3, 8, len(who)))
    doubt = np.exp(rng.normal(0, 0.3, speakers))[who][utterance]
    value = np.clip(np.round(4 + 1.2 * (height[utterance] + doubt * rng.normal(0, 1, len(utterance)))), 1, 7)
    return ordinal_alpha(utterance, value, who[utterance])


Kind = Callable[[np.random.Generator, int], Coefficient]
KINDS: dict[str, Kind] = {"alpha": by_alpha, "fleiss": by_fleiss, "cohen": by_cohen, "ordinal": by_ordinal_alpha}


def coverage(kind: Kind, speakers: int, corpora: int, plan: IntervalPlan) -> float:
    """Share of intervals that cover the value of a corpus of 3,000 speakers."""
    truth = kind(np.random.default_rng(3), 3000).value
    hits = []
    for corpus in range(corpora):
        found = kind(np.random.default_rng([4, corpus]), speakers)
        interval = found.estimate(IntervalPlan(plan.replicates, corpus, form=plan.form)).interval
        assert interval is not None
        hits.append(interval.low <= truth <= interval.high)
    return float(np.mean(hits))


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_over_few_speakers_cover(kind: str) -> None:
    assert coverage(KINDS[kind], 8, 60, IntervalPlan(199)) >= 0.88


def test_percentiles_over_few_speakers_cover_too_little() -> None:
    assert coverage(by_alpha, 5, 60, IntervalPlan(199, form=Form.PERCENTILE)) < 0.9


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("speakers", [5, 12, 45])
def test_coverage_over_a_thousand_corpora(kind: str, speakers: int) -> None:
    assert 0.93 <= coverage(KINDS[kind], speakers, 1000, IntervalPlan(999)) <= 0.975
