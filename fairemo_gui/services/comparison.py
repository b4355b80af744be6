"""Two nets on the same utterances, and what happened to the labels between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import labels as rules
from fairemo_gui.core.records import Condition, Gender, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.compare import compare
from fairemo_gui.evaluation.comparison import Comparison
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.samples import NetPredictor, build_sample
from fairemo_gui.store import corpora, labels, nets, ratings
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class LabelChange:
    """What new ratings did to the labels of one condition.

    Attributes:
        ratings: Standing ratings that came since, imported ones included.
        women: Those of women's utterances.
        blind: Those given without sight of a prediction.
        moved: Utterances whose most-voted emotion is another one now.
    """

    condition: Condition
    ratings: int
    women: int
    blind: int
    moved: int


@dataclass(frozen=True)
class ComparisonView:
    """A comparison with the nets, the utterances and the labels behind it.

    Attributes:
        ids: Utterance id per row of the comparison, int64, shape (n,).
        label_changes: Per condition, ratings that the old net did not learn from yet.
    """

    comparison: Comparison
    old: NetRow
    new: NetRow
    truth: Truth
    ids: npt.NDArray[np.int64]
    label_changes: tuple[LabelChange, ...]

    def to_json(self) -> dict[str, object]:
        """The object `fairemo compare --json` prints."""
        found = self.comparison.to_json()
        changes = [
            {"condition": c.condition.value, "ratings": c.ratings, "women": c.women, "blind": c.blind, "moved": c.moved}
            for c in self.label_changes
        ]
        return {"old": self.old.id, "new": self.new.id, "truth": self.truth.value, "label_changes": changes, **found}


def compare_nets(
    workspace: Workspace,
    corpus: CorpusRow,
    old: int | str,
    new: int | str,
    truth: Truth | None = None,
    by: str = "gender",
    plan: IntervalPlan | None = None,
    check: Callable[[], None] = lambda: None,
) -> ComparisonView:
    """Compare on the utterances both nets predicted without having learnt from them.

    Args:
        workspace: Open workspace.
        corpus: The nets' corpus.
        old: Id of a net.
        new: Id of a net, or `latest`.
        truth: Which labels count; those the new net learnt from unless said otherwise.
        by: Attribute to group by.
        plan: How intervals are made.
        check: Called between blocks; raises to cancel.

    Raises:
        UserError: The nets tell different classes apart, or share no utterance.
    """
    before, after = (nets.trained_net(workspace, which, corpus.id) for which in (old, new))
    if before.classes != after.classes:
        raise UserError(
            f"Net {before.id} tells {', '.join(before.classes.names)} apart and net {after.id} "
            f"{', '.join(after.classes.names)}: train one of them with the other's --classes to compare them."
        )
    chosen = truth or Truth(after.labels)
    table = corpora.table(workspace, corpus.id)
    first = build_sample(workspace, corpus, chosen, NetPredictor(before.id), (by,), table=table)
    second = build_sample(workspace, corpus, chosen, NetPredictor(after.id), (by,), table=table, ids=first.ids)
    both = np.isin(first.ids, second.ids)
    old_p, new_p = first.sample.take(both).probabilities, second.sample.probabilities
    assert old_p is not None and new_p is not None
    found = compare(
        second.sample.classes, second.sample.truth, second.sample.mode, second.sample.speakers, second.sample.groups,
        old_p, new_p, by, plan, check=check,
    )  # fmt: skip
    changes = label_changes(workspace, corpus, table, _learnt_until(workspace, before))
    return ComparisonView(found, before, after, chosen, second.ids, changes)


def _learnt_until(workspace: Workspace, net: NetRow) -> int:
    """Where the rating log ended when a net's labels were read."""
    plan: dict[str, Any] = dict(net.config).get("plan") or {}  # type: ignore[assignment]
    return int(plan.get("ratings", ratings.last(workspace)))


def label_changes(workspace: Workspace, corpus: CorpusRow, table: UtteranceTable, end: int) -> tuple[LabelChange, ...]:
    """What ratings that came after the log's former `end` did to the labels, per condition."""
    women = set(table.ids[table.attribute("gender") == Gender.FEMALE.value].tolist())
    since = ratings.since(workspace, corpus.id, end)
    result = []
    for condition in Condition:
        here = [(utterance, in_sight) for utterance, which, in_sight in since if which is condition]
        touched = np.array(sorted({utterance for utterance, _ in here}), dtype=np.int64)
        result.append(
            LabelChange(
                condition=condition,
                ratings=len(here),
                women=sum(utterance in women for utterance, _ in here),
                blind=sum(not in_sight for _, in_sight in here),
                moved=_moved(workspace, corpus, touched, condition, end),
            )
        )
    return tuple(result)


def _moved(
    workspace: Workspace, corpus: CorpusRow, touched: npt.NDArray[np.int64], condition: Condition, end: int
) -> int:
    now = labels.counts(workspace, touched, Truth(condition.value), len(corpus.scheme))
    then, newest = now.copy(), ratings.last(workspace)
    for row, utterance in enumerate(touched.tolist()):
        then[row] += ratings.votes_at(workspace, utterance, condition, corpus.scheme, end)
        then[row] -= ratings.votes_at(workspace, utterance, condition, corpus.scheme, newest)
    return int((rules.plurality(now) != rules.plurality(then)).sum())
