"""What a rating plan will ask of raters: clips, trials and minutes of a sitting, and how many sittings it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.records import Condition
from fairemo_gui.services.annotation.fit import fit
from fairemo_gui.services.annotation.plans import prepare
from fairemo_gui.store import campaign
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

_USUAL_ANSWER = 3.0
_USUAL_CLIP = 3.0
_PER_QUESTION = 2.0


@dataclass(frozen=True)
class PlanPreview:
    """A plan on a corpus.

    Attributes:
        clips: Clips the filter leaves that can be given.
        trials: Trials of a first sitting, as they are drawn: items, repeats and attention checks.
        practice: Trials that come first in a rater's first sitting.
        clip: Median length of a clip, seconds.
        answer: Time one answer takes, seconds.
        measured: `answer` was measured in this corpus, not assumed.
        sittings: Sittings until every clip has the ratings wanted in every condition, if none is skipped.
        missing: Clips that cannot be given in a condition.
    """

    clips: int
    trials: int
    practice: int
    clip: float
    answer: float
    measured: bool
    sittings: int
    missing: dict[Condition, int]

    @property
    def minutes(self) -> float:
        """Of a sitting, without its breaks."""
        return self.trials * (self.clip + self.answer) / 60


def preview_plan(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan) -> PlanPreview:
    """Count what a plan comes to on a corpus.

    Raises:
        UserError: It does not fit the corpus.
    """
    prepared = prepare(workspace, corpus, plan)
    lengths = prepared.table.durations[prepared.items]
    known = lengths[lengths > 0]
    drawn = fit(workspace, corpus, prepared)
    given = [k for k, condition in enumerate(Condition) if condition in plan.conditions]
    wanted = int(prepared.playable[:, given].sum()) * plan.target.ratings
    answer, measured = _answer_time(workspace, corpus, plan)
    return PlanPreview(
        clips=int(prepared.playable[:, given].any(axis=1).sum()),
        trials=drawn.trials - drawn.practice,
        practice=drawn.practice,
        clip=float(np.median(known)) if len(known) else _USUAL_CLIP,
        answer=answer,
        measured=measured,
        sittings=math.ceil(wanted / max(sum(drawn.given.values()), 1)),
        missing=prepared.missing,
    )


def _answer_time(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan) -> tuple[float, bool]:
    """Seconds one answer takes, and whether that was measured; without answers here 3 s, and 2 s per question more."""
    response = campaign.log(workspace, corpus.id).response
    response = response[response > 0]
    if len(response):
        return float(np.median(response)), True
    asked = plan.answers
    more = asked.intensity + asked.confidence + asked.free_text + len(asked.dimensions)
    return _USUAL_ANSWER + _PER_QUESTION * more, False
