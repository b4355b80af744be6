"""From the workspace to arrays for the evaluation: which truth, which predictor, which utterances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.store import corpora, labels, nets
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


def build_sample(
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
) -> Samples:
    """Collect truth, prediction, speakers and groups of the utterances that have both.

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
        UserError: Nothing is left to evaluate; the message says why.
    """
    table = table or corpora.table(workspace, corpus.id)
    keep = np.ones(len(table), dtype=bool) if ids is None else np.isin(table.ids, ids)
    classes, votes, probabilities = _predicted(workspace, corpus, table, predictor)
    if gold is None:
        true_votes = labels.counts(workspace, table.ids, truth, len(corpus.scheme))
    else:
        true_votes = labels.gold_counts(workspace, table.ids, truth, corpus.scheme, gold)
    merged = classes.merge_counts(true_votes)
    reasons = [
        (f"no {truth} label" + (f" called {gold}" if gold else ""), true_votes.sum(axis=1) == 0),
        ("label outside the net's classes", merged.sum(axis=1) == 0),
        (f"no answer of {predictor.name}", votes.sum(axis=1) == 0) if votes is not None else
        (f"no held-out prediction of {predictor.name}", np.isnan(probabilities).any(axis=1)),
    ]  # fmt: skip
    dropped: dict[str, int] = {}
    for reason, out in reasons:
        if (keep & out).any():
            dropped[reason] = int((keep & out).sum())
        keep &= ~out
    if not keep.any():
        why = "; ".join(f"{n} utterances have {reason}" for reason, n in dropped.items()) or "it is empty"
        raise UserError(f"Nothing to evaluate in {corpus.name}: {why}.")
    sample = Sample(
        classes=classes.names,
        truth=merged[keep],
        mode=mode or (mode_of(truth) if gold is None else Mode.SINGLE),
        speakers=table.speaker_index[keep],
        groups={name: table.attribute(name)[keep] for name in by},
        probabilities=None if votes is not None else probabilities[keep],
        votes=None if votes is None else votes[keep],
    )
    return Samples(sample, table.ids[keep], dropped)


def _predicted(
    workspace: Workspace, corpus: CorpusRow, table: UtteranceTable, predictor: Predictor
) -> tuple[ClassSelection, npt.NDArray[np.int64] | None, npt.NDArray[np.float64]]:
    """Classes, votes (people) or probabilities (a net; NaN where it said nothing), aligned with the table."""
    if isinstance(predictor, HumanPredictor):
        scheme = ClassSelection.all_of(corpus.scheme)
        votes = labels.counts(workspace, table.ids, Truth(predictor.condition.value), len(corpus.scheme))
        return scheme, votes, np.empty((0, 0))
    net = nets.net(workspace, predictor.net_id)
    found = nets.predictions(workspace, net)
    if predictor.held_out:
        found = found.held_out()
    _refuse_broken(table, net.id, found)
    return net.classes, None, aligned(table.ids, found)


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
