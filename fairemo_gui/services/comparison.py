"""Two nets on the same utterances, and what happened to the labels between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import labels as rules
from fairemo_gui.core.records import Condition, Gender, Truth
from fairemo_gui.core.splits import TRAIN, VALIDATION
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.compare import compare
from fairemo_gui.evaluation.comparison import Comparison
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.samples import NetPredictor, read_rows
from fairemo_gui.services.seeds import differences, plan_kept
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
        codes: Utterance code per row.
        label_changes: Per condition, ratings that the old net did not learn from yet.
        caveats: What a reader must know before believing a verdict.
        gold: Name of the adjudicated labels that counted as true; empty = the votes did.
    """

    comparison: Comparison
    old: NetRow
    new: NetRow
    truth: Truth
    ids: npt.NDArray[np.int64]
    codes: tuple[str, ...]
    label_changes: tuple[LabelChange, ...]
    caveats: tuple[str, ...]
    gold: str = ""

    def to_json(self) -> dict[str, object]:
        """The object `fairemo compare --json` prints."""
        found = self.comparison.to_json()
        changes = [
            {"condition": c.condition.value, "ratings": c.ratings, "women": c.women, "blind": c.blind, "moved": c.moved}
            for c in self.label_changes
        ]
        flips = [{"utterance": self.codes[flip["row"]], **flip} for flip in found["flips"]]
        return {
            "old": self.old.id,
            "new": self.new.id,
            "truth": self.truth.value,
            "gold": self.gold,
            "label_changes": changes,
            **found,
            "flips": flips,
            "caveats": list(self.caveats),
        }


def compare_nets(
    workspace: Workspace,
    corpus: CorpusRow,
    old: int | str,
    new: int | str,
    truth: Truth | None = None,
    by: str = "gender",
    plan: IntervalPlan | None = None,
    check: Callable[[], None] = lambda: None,
    *,
    gold: str | None = None,
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
        gold: Name of adjudicated labels that count as true in place of the votes of `truth`'s condition.

    Raises:
        UserError: The nets tell different classes apart, or share no utterance.
    """
    before, after = pair = _pair(workspace, corpus, old, new)
    chosen = truth or Truth(after.labels)
    table = corpora.table(workspace, corpus.id)
    predictors = [NetPredictor(net.id) for net in pair]
    first = read_rows(workspace, corpus, chosen, predictors[0], (by,), table=table, gold=gold).samples()
    second = read_rows(workspace, corpus, chosen, predictors[1], (by,), table=table, ids=first.ids, gold=gold).samples()
    assert second.sample.probabilities is not None
    shared = first.sample.take(np.isin(first.ids, second.ids))
    found = compare(shared, second.sample.probabilities, by, plan, check=check)
    codes = dict(zip(table.ids.tolist(), table.codes, strict=True))
    return ComparisonView(
        comparison=found,
        old=before,
        new=after,
        truth=chosen,
        ids=second.ids,
        codes=tuple(codes[i] for i in second.ids.tolist()),
        label_changes=label_changes(workspace, corpus, table, _learnt_until(workspace, before)),
        caveats=(
            *_left_out(workspace, corpus, table, pair, chosen, gold),
            *_circular(workspace, corpus, pair, chosen, second.ids, gold),
            *found.caveats,
        ),
        gold=gold or "",
    )


def _pair(workspace: Workspace, corpus: CorpusRow, old: int | str, new: int | str) -> tuple[NetRow, NetRow]:
    """Both nets, which must tell the same classes apart."""
    before, after = (nets.trained_net(workspace, which, corpus.id) for which in (old, new))
    if before.classes != after.classes:
        raise UserError(
            f"Net {before.id} tells {', '.join(before.classes.names)} apart and net {after.id} "
            f"{', '.join(after.classes.names)}: train one of them with the other's --classes to compare them."
        )
    return before, after


def _circular(
    workspace: Workspace,
    corpus: CorpusRow,
    pair: tuple[NetRow, NetRow],
    truth: Truth,
    ids: npt.NDArray[np.int64],
    gold: str | None,
) -> Iterator[str]:
    """Where a net is held against itself, against labels only the other learnt from, or against its own echo."""
    old, new = pair
    if old.id == new.id:
        yield f"Net {old.id} is compared with itself."
    elif old.seed == new.seed and not differences(old, new):
        yield f"Nets {old.id} and {new.id} learnt from the same data with the same settings and seed: one net."
    favoured = [net.id for net in pair if net.labels == truth.value]
    if len(favoured) == 1:
        other = old if new.id in favoured else new
        yield (
            f"Held against {truth} labels, which net {favoured[0]} learnt from and net {other.id} did not "
            f"({other.labels} labels): the difference is partly one of labels."
        )
    if gold is not None:
        return
    size = len(corpus.scheme)
    everything = labels.counts(workspace, ids, truth, size)
    seen = int((everything != labels.counts(workspace, ids, truth, size, blind_only=True)).any(axis=1).sum())
    if seen:
        yield f"The labels of {seen:,} utterances hold ratings given in sight of a prediction: to that extent circular."


def _left_out(
    workspace: Workspace,
    corpus: CorpusRow,
    table: UtteranceTable,
    pair: tuple[NetRow, NetRow],
    truth: Truth,
    gold: str | None,
) -> Iterator[str]:
    """Labelled utterances of speakers one of the nets learnt from, or was stopped by; none where there are folds."""
    given = (
        labels.counts(workspace, table.ids, truth, len(corpus.scheme))
        if gold is None
        else labels.gold_counts(workspace, table.ids, truth, corpus.scheme, gold)
    )
    votes = pair[0].classes.merge_counts(given)
    divisions = [plan_kept(net).get("parts") or {} for net in pair if net.folds == 1]
    met = {code for division in divisions for code, part in division.items() if part in (TRAIN, VALIDATION)}
    theirs = np.array([speaker.code in met for speaker in table.speakers], dtype=bool)[table.speaker_index]
    if out := int((votes.any(axis=1) & theirs).sum()):
        old, new = (net.id for net in pair)
        yield f"{out:,} labelled utterances are left out: net {old} or net {new} learnt from their speakers."


def _learnt_until(workspace: Workspace, net: NetRow) -> int:
    """Where the rating log ended when a net's labels were read."""
    return int(plan_kept(net).get("ratings", ratings.last(workspace)))


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
