"""The small table of all raters together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from fairemo_gui.core.rating_plan import Answers
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui.organise.totals import totals_table
from fairemo_gui.services.campaign.columns import read_campaign
from fairemo_gui.services.campaign.measure import measure_campaign
from tests.unit.services.campaign.builders import PLAN, Clock, answer_all, campaign, sit


def _feels(shift: int, trial: Trial) -> Answer:
    return Answer(valence=float(1 + trial.utterance % 7 + shift))


def test_dimensions_have_their_alpha(tmp_path: Path) -> None:
    workspace, corpus = campaign(tmp_path / "d.fairemo")
    plan = replace(PLAN, answers=Answers(emotions=False, dimensions=("valence",)), attention=())
    for shift, rater in enumerate(("anna", "bert")):
        clock = Clock()
        sitting = sit(workspace, corpus, rater, clock, plan)
        answer_all(sitting, clock, partial(_feels, shift))
    view = measure_campaign(read_campaign(workspace, corpus), totals=IntervalPlan(40))
    workspace.close()
    table = totals_table(view)
    (row,) = table.rows
    (found,) = view.conditions
    alpha = found.scales["valence"]
    texts = dict(zip(table.header, (field.text for field in row), strict=True))
    assert texts["Krippendorff α"] == "–"
    assert texts["α, valence"].startswith(f"{alpha.value:.3f} [")
    head, numbers = table.numbers
    assert numbers[head.index("alpha valence")] == alpha.value
    assert len(head) == len(numbers)
