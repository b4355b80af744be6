"""What a corpus leaves of a plan is what a first sitting will be, and the plan to begin with follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fairemo_gui.core.rating_plan import Answers, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition, Role
from fairemo_gui.errors import UserError
from fairemo_gui.services.annotation.fit import fit, fits, suggested
from fairemo_gui.services.annotation.plans import prepare, shipped_plans
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.campaign.preview import preview_plan
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import a_plan, clips


def a_workspace(folder: Path, n: int = 100, *, seen: bool = True) -> Workspace:
    """Clips with sound, and with a picture or without."""
    bundle = clips(n)
    utterances = tuple(each if seen else replace(each, video=None) for each in bundle.utterances)
    workspace = Workspace(folder / "w.fairemo", create=True)
    corpora.add_bundle(workspace, replace(bundle, utterances=utterances))
    return workspace


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("n", [9, 100])
def test_what_is_foretold_is_what_is_drawn(tmp_path: Path, n: int, seen: bool) -> None:
    known = a_plan().practice[:1]
    plan = a_plan(sitting=SittingRules(items=20, repeats=0.12), practice=known, attention=())
    with a_workspace(tmp_path, n, seen=seen) as workspace:
        corpus = corpora.corpus(workspace)
        found = fit(workspace, corpus, prepare(workspace, corpus, plan))
        told = preview_plan(workspace, corpus, plan)
        sitting = start(workspace, corpus, plan, "R07")
        drawn = Counter(trial.condition for trial in sitting.trials if trial.role is Role.MAIN)
        assert found.trials == told.trials + told.practice == len(sitting.trials)
        assert {c: k for c, k in found.given.items() if k} == dict(drawn)
        assert sum(found.asked.values()) == 20
        assert found.dropped == (() if seen else (Condition.FACE, Condition.AV))
        assert (found.lacking == 0) is (seen and n == 100)


def test_labels_nobody_can_choose_are_counted(tmp_path: Path) -> None:
    plan = RatingPlan("few", "1", answers=Answers(classes=("anger", "sad")), items=Items(filter="intended:fear"))
    with a_workspace(tmp_path, 60) as workspace:
        corpus = corpora.corpus(workspace)
        assert fit(workspace, corpus, prepare(workspace, corpus, plan)).not_offered == {"fear": 10}
        asked = replace(plan, answers=Answers(emotions=False, dimensions=("valence",)))
        assert fit(workspace, corpus, prepare(workspace, corpus, asked)).not_offered == {}


def test_the_plan_to_begin_with_is_one_the_corpus_can_carry_out(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        corpus = corpora.corpus(workspace)
        found = fits(workspace, corpus, shipped_plans())
        assert suggested(workspace, corpus, found, "") == "crema-d"
        assert suggested(workspace, corpus, found, "dimensional") == "dimensional"
    (tmp_path / "heard").mkdir()
    with a_workspace(tmp_path / "heard", seen=False) as workspace:
        corpus = corpora.corpus(workspace)
        found = fits(workspace, corpus, {**shipped_plans(), "gone": tmp_path / "gone.toml"})
        assert found.pop("gone") is None
        assert suggested(workspace, corpus, found, "crema-d") == "demo"
        start(workspace, corpus, replace(a_plan(practice=(), attention=()), name="crema-d"), "R07")
        assert suggested(workspace, corpus, found, "crema-d") == "crema-d"


def test_a_plan_nothing_can_be_given_of_is_refused(tmp_path: Path) -> None:
    with a_workspace(tmp_path, seen=False) as workspace, pytest.raises(UserError, match="no clip"):
        prepare(
            workspace, corpora.corpus(workspace), RatingPlan("f", "1", items=Items(conditions=((Condition.FACE, 1),)))
        )
