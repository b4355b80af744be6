"""Figures of a campaign that was rated through real sittings, each held against what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from fairemo_gui.core.rating_plan import Answers, SittingRules
from fairemo_gui.core.records import Condition, Role
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.campaign.columns import read_campaign
from fairemo_gui.services.campaign.measure import measure_campaign
from fairemo_gui.services.campaign.records import CampaignView
from fairemo_gui.store import corpora
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.campaign.builders import PLAN, Clock, answer_all, campaign, intended, sit


@dataclass
class Played:
    """What was done, by rater: answers of the main trials by utterance, and of the repeats."""

    workspace: Workspace
    corpus: CorpusRow
    codes: dict[int, str]
    main: dict[str, dict[int, str]]
    repeats: dict[str, dict[int, str]]

    def view(self, **options: object) -> CampaignView:
        return measure_campaign(read_campaign(self.workspace, self.corpus), **options)  # type: ignore[arg-type]


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    """Anna and Bert answer as intended; Carl says neutral to every third, skips two, flags one, undoes one, stops."""
    workspace, corpus = campaign(tmp_path / "c.fairemo")
    codes = {i: code for code, i in corpora.utterance_ids(workspace, corpus.id).items()}
    done = Played(workspace, corpus, codes, {}, {})
    for rater in ("anna", "bert"):
        _sit(done, rater, Clock())
    _carl(done, Clock())
    yield done
    workspace.close()


def _note(done: Played, rater: str, trial: Trial, said: str) -> Answer:
    kept = {Role.MAIN: done.main, Role.REPEAT: done.repeats}.get(trial.role, {})
    kept.setdefault(rater, {})[trial.utterance] = said
    return Answer(votes=(said,), first_answer=said, response_ms=1500, plays=1, played_ms=2000)


def _sit(done: Played, rater: str, clock: Clock) -> None:
    sitting = sit(done.workspace, done.corpus, rater, clock)
    answer_all(sitting, clock, lambda trial: _note(done, rater, trial, intended(done.corpus, trial, done.codes)))


def _carl(done: Played, clock: Clock) -> None:
    sitting, met = sit(done.workspace, done.corpus, "carl", clock), 0

    def say(trial: Trial) -> Answer | None:
        nonlocal met
        met += 1
        if met in {4, 9} and trial.role is Role.MAIN:
            return None
        said = "neutral" if met % 3 == 0 else intended(done.corpus, trial, done.codes)
        answer = _note(done, "carl", trial, said)
        return Answer(votes=answer.votes, first_answer="sad", response_ms=500, plays=3, changes=int(said != "sad"))

    answer_all(sitting, clock, say, most=6, seconds=4)
    sitting.flag("noise")
    back = sitting.undo()
    assert back is not None
    answer_all(sitting, clock, say, most=13, seconds=4)


def test_done_and_left_by_plan_and_condition(played: Played) -> None:
    view = played.view()
    anna, carl = view.rater("anna"), view.rater("carl")
    assert anna is not None
    assert carl is not None
    assert view.plans == (("small", "1"),)
    assert [(s.plan, s.condition, s.done, s.left) for s in anna.shares] == [("small", Condition.VOICE, 20, 0)]
    assert carl.done == len(played.main["carl"])
    assert carl.skips + carl.done + carl.left == 20
    assert carl.skips == 1 + (len(played.main["carl"]) + carl.left == 18)
    assert carl.left > 0
    assert carl.flags == 1
    assert anna.to_json()["left"] == 0


def test_nothing_is_left_of_a_plan_that_was_changed(played: Played) -> None:
    clock, changed = Clock(), replace(PLAN, version="2", sitting=SittingRules(items=2))
    assert answer_all(sit(played.workspace, played.corpus, "anna", clock, changed), clock, lambda _: None) == 4
    view = played.view()
    anna, carl = view.rater("anna"), view.rater("carl")
    assert anna is not None
    assert carl is not None
    assert (anna.left, carl.left) == (0, 0)
    again = sit(played.workspace, played.corpus, "carl", clock, changed)
    found = played.view().rater("carl")
    assert found is not None
    assert found.left == sum(trial.role is Role.MAIN for trial in again.trials) == 2


def test_nothing_is_left_for_who_does_not_agree(played: Played) -> None:
    asked = replace(PLAN, name="asked", sitting=SittingRules(items=2, consent="You may stop at any time."))
    clock = Clock()
    sitting = sit(played.workspace, played.corpus, "dora", clock, asked)
    for given, left in ((False, 0), (True, 2)):
        clock.wait(60)
        sitting.consent(given)
        dora = played.view().rater("dora")
        assert dora is not None
        assert dora.left == left


def test_kappa_is_scikit_learns_against_the_plurality_of_the_rest(played: Played) -> None:
    view = played.view(intervals=IntervalPlan(200))
    carl = view.rater("carl")
    assert carl is not None
    others = {u: {played.main[r].get(u) for r in ("anna", "bert")} - {None} for u in played.main["carl"]}
    pairs = [(said, *others[u]) for u, said in played.main["carl"].items() if len(others[u]) == 1]
    found = carl.agreement[Condition.VOICE]
    assert found.ratings == len(pairs)
    assert found.value == pytest.approx(cohen_kappa_score([p[0] for p in pairs], [p[1] for p in pairs]), abs=1e-12)
    assert found.interval is not None
    assert found.interval.low < found.value < found.interval.high


def test_consistency_checks_times_and_changes(played: Played) -> None:
    view = played.view()
    anna, carl = view.rater("anna"), view.rater("carl")
    assert anna is not None
    assert carl is not None
    assert (anna.consistency.value, anna.consistency.ratings) == (1.0, 4)
    assert anna.checks == (2, 2)
    assert anna.response == 1.5
    assert anna.pace == pytest.approx(12)
    assert anna.plays == 1
    assert (anna.undone, anna.changed) == (0, 0)
    both = [u for u in played.repeats.get("carl", {}) if u in played.main["carl"]]
    same = [played.repeats["carl"][u] == played.main["carl"][u] for u in both]
    assert carl.consistency.ratings == len(both)
    assert np.isnan(carl.consistency.value) or carl.consistency.value == pytest.approx(np.mean(same))
    assert carl.undone == 1
    assert carl.given == carl.done + carl.undone + carl.checks[1] + len(played.repeats.get("carl", {}))
    assert carl.changed > 0
    assert carl.response == 0.5


def test_totals_and_items_under_target(played: Played) -> None:
    view = played.view(totals=IntervalPlan(200))
    (voice,) = view.conditions
    rated = [u for said in played.main.values() for u in said]
    numbers = np.unique(rated, return_counts=True)[1]
    assert (voice.ratings, voice.items, voice.full) == (len(rated), len(numbers), int((numbers >= 3).sum()))
    assert int(view.items.under(Condition.VOICE).sum()) == int((numbers < 3).sum())
    assert voice.alpha.interval is not None
    assert 0 < voice.alpha.value < 1


def test_one_rater_on_women_and_men_and_nothing_of_the_others(played: Played) -> None:
    view = played.view(only="carl", minimum_n=2, intervals=IntervalPlan(200))
    (carl,) = view.raters
    row = carl.genders[Condition.VOICE]
    assert row.female.ratings + row.male.ratings == carl.agreement[Condition.VOICE].ratings
    assert view.conditions == ()
    assert "anna" not in str(carl.to_json())


def test_nobody_has_rated(tmp_path: Path) -> None:
    workspace, corpus = campaign(tmp_path / "c.fairemo")
    view = measure_campaign(read_campaign(workspace, corpus))
    assert (view.raters, view.conditions) == ((), ())
    assert not view.items.votes.any()
    assert view.to_json()["raters"] == []
    workspace.close()


def test_a_plan_of_dimensions_alone_has_figures(tmp_path: Path) -> None:
    workspace, corpus = campaign(tmp_path / "d.fairemo")
    plan = replace(PLAN, answers=Answers(emotions=False, dimensions=("valence",)), attention=())
    rng = np.random.default_rng(1)
    for rater in ("anna", "bert", "carl"):
        clock = Clock()
        answer_all(
            sit(workspace, corpus, rater, clock, plan), clock,
            lambda trial: Answer(valence=float(1 + trial.utterance % 7 + rng.integers(2)), response_ms=900),
        )  # fmt: skip
    view = measure_campaign(read_campaign(workspace, corpus), totals=IntervalPlan(40), intervals=IntervalPlan(40))
    workspace.close()
    (voice,) = view.conditions
    assert set(voice.scales) == {"valence"}
    alpha = voice.scales["valence"]
    assert 0.7 < alpha.value < 1
    assert alpha.interval is not None
    assert np.isnan(voice.alpha.value)
    assert (voice.ratings, voice.items) == (int(view.items.votes.sum()), int((view.items.votes > 0).sum()))
    assert voice.ratings == sum(rater.done for rater in view.raters) == 60
    for found in view.raters:
        assert found.response == pytest.approx(0.9)
        assert found.pace == pytest.approx(12)
        assert not found.agreement
    assert view.to_json()["conditions"][0]["alpha_interval"]["valence"]["value"] == alpha.value
