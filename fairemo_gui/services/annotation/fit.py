"""What a corpus leaves of a rating plan: conditions, clips, and labels nobody could answer with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairemo_gui.core.plan_file import read_plan
from fairemo_gui.core.records import Condition, Role, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.annotation.plans import Prepared, prepare
from fairemo_gui.services.annotation.queue import CONDITIONS, Pool, draw, shared_out
from fairemo_gui.services.annotation.smart import gains
from fairemo_gui.store import labels, sessions
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

USUAL = "demo"
"""The shipped plan that asks least of a corpus."""
_PLANNED = (Role.MAIN, Role.SMART)


@dataclass(frozen=True)
class Fit:
    """A plan on a corpus, for a rater who has met none of its clips.

    Attributes:
        clips: Clips the filter leaves, practice and checks aside.
        asked: Clips of a sitting, by condition, as the plan wants them.
        available: Clips of the corpus that can be given, by condition of the plan.
        given: Clips of a sitting, by condition, as the corpus allows.
        trials: Of a first sitting: clips, repeats, checks and practice.
        practice: Of these, practice.
        not_offered: Emotions that clips are labelled with and raters cannot choose, with the number of clips.
    """

    clips: int
    asked: dict[Condition, int]
    available: dict[Condition, int]
    given: dict[Condition, int]
    trials: int
    practice: int
    not_offered: dict[str, int]

    @property
    def dropped(self) -> tuple[Condition, ...]:
        """Conditions of the plan in which no clip can be given."""
        return tuple(condition for condition, n in self.available.items() if not n)

    @property
    def lacking(self) -> int:
        """Clips of a sitting that cannot be given in the condition the plan asks for."""
        return sum(max(n - self.given[condition], 0) for condition, n in self.asked.items())


def fit(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Fit:
    """What the corpus leaves of a plan.

    Raises:
        UserError: A smart queue lacks what it goes by.
    """
    plan = prepared.plan
    trials = draw(plan, _untouched(workspace, corpus, prepared), 0, prepared.practice, prepared.checks)
    given = Counter(trial.condition for trial in trials if trial.role in _PLANNED)
    columns = {condition: k for k, condition in enumerate(Condition) if condition in plan.conditions}
    return Fit(
        clips=len(prepared.items),
        asked={CONDITIONS[k]: n for k, n in sorted(shared_out(plan, plan.sitting.items).items())},
        available={condition: int(prepared.playable[:, k].sum()) for condition, k in columns.items()},
        given={condition: given[condition] for condition in columns},
        trials=len(trials),
        practice=len(prepared.practice),
        not_offered=_not_offered(workspace, corpus, prepared),
    )


def fits(workspace: Workspace, corpus: CorpusRow, files: Mapping[str, Path]) -> dict[str, Fit | None]:
    """What a corpus leaves of each plan, by key; None where a plan cannot be read or carried out at all."""
    found: dict[str, Fit | None] = {}
    for key, file in files.items():
        try:
            found[key] = fit(workspace, corpus, prepare(workspace, corpus, read_plan(file)))
        except UserError:
            found[key] = None
    return found


def suggested(workspace: Workspace, corpus: CorpusRow, found: Mapping[str, Fit | None], last: str) -> str:
    """Which shipped plan to begin with: the last one where it was followed here, else one of which nothing is lacking.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are rated.
        found: Shipped plans, by name.
        last: The plan chosen last, perhaps for another corpus.
    """
    if last in found and last in {session.plan for session in sessions.every(workspace, corpus.id).values()}:
        return last
    order = [last, *found] if last in found else list(found)
    whole = (name for name in order if (each := found[name]) and not each.lacking and not each.not_offered)
    return next(whole, USUAL)


def _untouched(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Pool:
    """Everything there is to draw from, as if nothing had been rated."""
    shape = prepared.playable.shape
    none, zero = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
    items = prepared.items
    return Pool(
        prepared.table.ids[items], prepared.table.speaker_index[items], prepared.playable, none, none, zero,
        gains(workspace, corpus, prepared),
    )  # fmt: skip


def _not_offered(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> dict[str, int]:
    """Of the first kind of label the corpus has; what most votes name is a clip's label."""
    if not prepared.plan.answers.emotions:
        return {}
    there = labels.conditions(workspace, corpus.id)
    truth = next((kind for kind in (Truth.INTENDED, Truth.AV, *Truth) if kind in there), Truth.INTENDED)
    counts = labels.counts(workspace, prepared.table.ids[prepared.items], truth, len(corpus.scheme))
    named = Counter(corpus.scheme.classes[k] for k in counts[counts.any(axis=1)].argmax(axis=1).tolist())
    return {name: named[name] for name in corpus.scheme.classes if named[name] and name not in prepared.classes}
