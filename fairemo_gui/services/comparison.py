"""Two nets on the same utterances, and what happened to the labels between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import labels as rules
from fairemo_gui.core.numbers import counted
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
        moved: Utterances whose most-voted emotion is another one now, by what a net learns from: blind ratings.
    """

    condition: Condition
    ratings: int
    women: int
    blind: int
    moved: int


@dataclass(frozen=True)
class NewRatings:
    """The ratings that came after a net learnt, by what a net on `labels` makes of them.

    Attributes:
        learnt: It learns from them: of its labels, given without sight of a prediction.
        in_sight: Of its labels, but given with the prediction in sight.
        elsewhere: Of other labels than it learns from.
    """

    labels: Truth
    learnt: int
    in_sight: int
    elsewhere: int

    @property
    def given(self) -> int:
        """All of them."""
        return self.learnt + self.in_sight + self.elsewhere

    @property
    def why_not(self) -> str:
        """Why it does not learn from the rest, with their numbers, in a few words; empty where there is none."""
        reasons = {"given with the prediction in sight": self.in_sight, f"not {self._spelt} labels": self.elsewhere}
        return ", ".join(f"{n:,} {why}" for why, n in reasons.items() if n)

    @property
    def _spelt(self) -> str:
        return "AV" if self.labels is Truth.AV else self.labels.value

    def sentence(self) -> str:
        """Which of them it learns from, and how to give such ones; for whoever is about to train on unmoved labels."""
        if not self.given:
            return "No rating came since."
        if self.learnt == self.given:
            return "The new ratings leave every label as it was."
        remedy = (
            "hide predictions while you rate (P, or B until you have rated)" if self.in_sight else
            "it learns what was acted, whatever is rated" if self.labels is Truth.INTENDED else
            f"rate under {self._spelt}, or train on other labels"
        )  # fmt: skip
        which = "none" if not self.learnt else f"{self.learnt:,}"
        return f"It learns from {which} of {counted(self.given, 'new rating')} ({self.why_not}): {remedy}."


def new_ratings(changes: Iterable[LabelChange], labels: Truth) -> NewRatings:
    """What a net on these labels makes of the ratings behind the changes."""
    mine = learnt = others = 0
    for change in changes:
        if change.condition.value == labels.value:
            mine, learnt = change.ratings, change.blind
        else:
            others += change.ratings
    return NewRatings(labels, learnt, mine - learnt, others)


@dataclass(frozen=True)
class ComparisonView:
    """A comparison with the nets, the utterances and the labels behind it.

    Attributes:
        ids: Utterance id per row of the comparison, int64, shape (n,).
        codes: Utterance code per row.
        label_changes: Per condition, ratings that came after the old net learnt and before the new one did.
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

    @property
    def new_ratings(self) -> NewRatings:
        """What the new net makes of the ratings that came between the two."""
        return new_ratings(self.label_changes, Truth(self.new.labels))

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
            "new_ratings_learnt": self.new_ratings.learnt,
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
        label_changes=label_changes(workspace, corpus, before, after),
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


def label_changes(
    workspace: Workspace, corpus: CorpusRow, old: NetRow, new: NetRow | None = None
) -> tuple[LabelChange, ...]:
    """What ratings did to the labels per condition, from when one net learnt to when another did; None = until now."""
    table = corpora.table(workspace, corpus.id)
    start = _learnt_until(workspace, old)
    end = ratings.last(workspace) if new is None else _learnt_until(workspace, new)
    women = set(table.ids[table.attribute("gender") == Gender.FEMALE.value].tolist())
    came = ratings.between(workspace, corpus.id, start, end)
    result = []
    for condition in Condition:
        here = [(utterance, in_sight) for utterance, which, in_sight in came if which is condition]
        touched = sorted({utterance for utterance, _ in here})
        result.append(
            LabelChange(
                condition=condition,
                ratings=len(here),
                women=sum(utterance in women for utterance, _ in here),
                blind=sum(not in_sight for _, in_sight in here),
                moved=_moved(workspace, corpus, np.array(touched, dtype=np.int64), condition, (start, end)),
            )
        )
    return tuple(result)


def _moved(
    workspace: Workspace,
    corpus: CorpusRow,
    touched: npt.NDArray[np.int64],
    condition: Condition,
    ends: tuple[int, int],
) -> int:
    now = labels.counts(workspace, touched, Truth(condition.value), len(corpus.scheme), blind_only=True)
    newest = ratings.last(workspace)
    before, after = now.copy(), now.copy()
    for row, utterance in enumerate(touched.tolist()):
        today, *then = (
            ratings.votes_at(workspace, utterance, condition, corpus.scheme, end, blind_only=True)
            for end in (newest, *ends)
        )
        before[row] += then[0] - today
        after[row] += then[1] - today
    return int((rules.plurality(before) != rules.plurality(after)).sum())
