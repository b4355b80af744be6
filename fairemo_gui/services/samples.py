"""From the workspace to arrays for the evaluation: which truth, which predictor, which utterances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.store import corpora, details, labels, nets
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class HumanPredictor:
    """The raters of a condition, taken as if they were a net."""

    condition: Condition

    @property
    def name(self) -> str:
        """As shown: `voice raters`."""
        return {"voice": "voice raters", "face": "face raters", "av": "AV raters"}[self.condition]


@dataclass(frozen=True)
class NetPredictor:
    """A net of the workspace, on what it had not learnt from (or on everything)."""

    net_id: int
    held_out: bool = True

    @property
    def name(self) -> str:
        """As shown: `net 12`."""
        return f"net {self.net_id}"


Predictor = HumanPredictor | NetPredictor


@dataclass(frozen=True)
class Samples:
    """A sample with the utterances its rows stand for.

    Attributes:
        sample: What the evaluation takes.
        ids: Utterance id per row, int64, shape (n,).
        dropped: Number of utterances left out, by reason.
    """

    sample: Sample
    ids: npt.NDArray[np.int64]
    dropped: dict[str, int]


def mode_of(truth: Truth) -> Mode:
    """Votes are multi-label truth; one class per utterance is single-label truth."""
    return Mode.SINGLE if truth is Truth.INTENDED else Mode.MULTI


@dataclass(frozen=True)
class Rows:
    """Truth and answers of the utterances asked for, those that lack one of them included.

    Attributes:
        ids: Utterance ids, int64, shape (n,).
        classes: The classes both are compared in.
        votes: Votes for the truth in the corpus's own classes, int64, shape (n, C).
        truth: The same in `classes`, int64, shape (n, K).
        answers: Votes of people (int64), or a net's probabilities, NaN where it said nothing; shape (n, K).
        reasons: Why rows are left out, in the words of a message: no truth, truth in other classes, no answer.
    """

    corpus: str
    ids: npt.NDArray[np.int64]
    classes: ClassSelection
    votes: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    answers: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    humans: bool
    mode: Mode
    speakers: npt.NDArray[np.int64]
    groups: Mapping[str, npt.NDArray[np.object_]]
    reasons: tuple[str, str, str]

    def answered(self) -> npt.NDArray[np.bool_]:
        """Rows with an answer; shape (n,)."""
        if self.humans:
            return np.asarray(self.answers.sum(axis=1) > 0)
        return np.asarray(~np.isnan(self.answers).any(axis=1))

    def usable(self) -> npt.NDArray[np.bool_]:
        """Rows with truth and an answer; shape (n,)."""
        return np.asarray((self.truth.sum(axis=1) > 0) & self.answered())

    def samples(self) -> Samples:
        """The rows that have both.

        Raises:
            UserError: There is none; the message says why.
        """
        keep, dropped = np.ones(len(self.ids), dtype=bool), dict[str, int]()
        lacking = (self.votes.sum(axis=1) == 0, self.truth.sum(axis=1) == 0, ~self.answered())
        for reason, out in zip(self.reasons, lacking, strict=True):
            if n := int((keep & out).sum()):
                dropped[reason] = n
            keep &= ~out
        if not keep.any():
            why = "; ".join(f"{n} utterances have {reason}" for reason, n in dropped.items()) or "it is empty"
            raise UserError(f"Nothing to evaluate in {self.corpus}: {why}.")
        answers = self.answers[keep]
        sample = Sample(
            classes=self.classes.names,
            truth=self.truth[keep],
            mode=self.mode,
            speakers=self.speakers[keep],
            groups={name: values[keep] for name, values in self.groups.items()},
            probabilities=None if self.humans else np.asarray(answers, dtype=np.float64),
            votes=np.asarray(answers, dtype=np.int64) if self.humans else None,
        )
        return Samples(sample, self.ids[keep], dropped)


def read_rows(
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    predictor: Predictor,
    by: Sequence[str] = ("gender",),
    *,
    mode: Mode | None = None,
    ids: npt.NDArray[np.int64] | None = None,
    table: UtteranceTable | None = None,
    gold: str | None = None,
) -> Rows:
    """Read truth and answers.

    Args:
        workspace: Open workspace.
        corpus: Which corpus.
        truth: Which labels count as true.
        predictor: Whose predictions.
        by: Attributes of speakers to group by.
        mode: Overrides how truth is read.
        ids: Only these utterances; None = all.
        table: The corpus's table where the caller has it already.
        gold: Name of adjudicated labels that count as true in place of the votes of `truth`'s condition.

    Raises:
        UserError: The predictor's answers cannot be used.
    """
    table = table or corpora.table(workspace, corpus.id)
    chosen = np.arange(len(table)) if ids is None else np.flatnonzero(np.isin(table.ids, ids))
    wanted = table.ids[chosen]
    classes, answers = _answers(workspace, corpus, table, predictor, wanted)
    if gold is None:
        votes = labels.counts(workspace, wanted, truth, len(corpus.scheme))
    else:
        votes = labels.gold_counts(workspace, wanted, truth, corpus.scheme, gold)
    humans = isinstance(predictor, HumanPredictor)
    return Rows(
        corpus.name, wanted, classes, votes, classes.merge_counts(votes), answers, humans,
        mode or (mode_of(truth) if gold is None else Mode.SINGLE), table.speaker_index[chosen],
        {name: table.attribute(name)[chosen] for name in by},
        (
            f"no {truth} label" + (f" called {gold}" if gold else ""), "label outside the net's classes",
            f"no answer of {predictor.name}" if humans else f"no held-out prediction of {predictor.name}",
        ),
    )  # fmt: skip


def read_labels_again(
    workspace: Workspace, rows: Rows, at: npt.NDArray[np.int64], truth: Truth, predictor: Predictor
) -> Rows:
    """The rows with the votes on some of them, by position, as they are now; arrays that are held stay as they were.

    Not for adjudicated labels, which change many at a time.
    """
    size, none = rows.votes.shape[1], np.zeros(rows.votes.shape[1], dtype=np.int64)
    found = [details.votes_of(workspace, utterance, size) for utterance in rows.ids[at].tolist()]
    votes = np.array([each.get(truth, none) for each in found]).reshape(-1, size)
    rows = replace(
        rows,
        votes=with_rows(rows.votes, at, votes),
        truth=with_rows(rows.truth, at, rows.classes.merge_counts(votes)),
    )
    if not isinstance(predictor, HumanPredictor):
        return rows
    condition = Truth(predictor.condition.value)
    answers = np.array([each.get(condition, none) for each in found]).reshape(-1, size)
    return replace(rows, answers=with_rows(rows.answers, at, answers))


def read_answers_again(workspace: Workspace, rows: Rows, at: npt.NDArray[np.int64], predictor: NetPredictor) -> Rows:
    """The rows with a net's answers to some of them, by position, as they are now."""
    found = aligned(rows.ids[at], _predictions(workspace, predictor, rows.ids[at]))
    return replace(rows, answers=with_rows(rows.answers, at, found))


def with_rows(column: npt.NDArray[Any], at: npt.NDArray[np.int64], values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy in which some rows are others; the column itself where none is."""
    if np.array_equal(column[at], values, equal_nan=column.dtype.kind == "f"):
        return column
    changed = column.copy()
    changed[at] = values
    return changed


def _answers(
    workspace: Workspace, corpus: CorpusRow, table: UtteranceTable, predictor: Predictor, ids: npt.NDArray[np.int64]
) -> tuple[ClassSelection, npt.NDArray[np.int64] | npt.NDArray[np.float64]]:
    """Classes, and votes (people) or probabilities (a net; NaN where it said nothing) of utterances."""
    if isinstance(predictor, HumanPredictor):
        scheme = ClassSelection.all_of(corpus.scheme)
        return scheme, labels.counts(workspace, ids, Truth(predictor.condition.value), len(corpus.scheme))
    found = _predictions(workspace, predictor)
    _refuse_broken(table, predictor.net_id, found)
    return nets.net(workspace, predictor.net_id).classes, aligned(ids, found)


def _predictions(
    workspace: Workspace, predictor: NetPredictor, ids: npt.NDArray[np.int64] | None = None
) -> nets.PredictionTable:
    found = nets.predictions(workspace, nets.net(workspace, predictor.net_id), ids)
    return found.held_out() if predictor.held_out else found


def _refuse_broken(table: UtteranceTable, net: int, found: nets.PredictionTable) -> None:
    """Absent predictions may be left out; stored ones that are no probabilities may not be passed over in silence."""
    broken = np.flatnonzero(~np.isfinite(found.probabilities).all(axis=1))
    if len(broken):
        codes = dict(zip(table.ids.tolist(), table.codes, strict=True))
        names = [codes.get(int(i), f"utterance {i}") for i in found.utterances[broken]]
        said = ", ".join(f"{p:g}" for p in found.probabilities[broken[0]])
        raise UserError(
            f"Net {net}'s prediction of {names[0]} is not a row of probabilities ({said}): its training may have "
            f"diverged; run `fairemo predict --net {net}` again, or train another net.",
            problems=[f"{name}: not a row of probabilities" for name in names],
        )


def aligned(ids: npt.NDArray[np.int64], found: nets.PredictionTable) -> npt.NDArray[np.float64]:
    """Probabilities in the order of `ids`, NaN where there is no prediction; shape (len(ids), K)."""
    result = np.full((len(ids), found.probabilities.shape[1]), np.nan)
    if len(found.utterances) and len(ids):
        position = np.minimum(np.searchsorted(found.utterances, ids), len(found.utterances) - 1)
        known = found.utterances[position] == ids
        result[known] = found.probabilities[position[known]]
    return result
