"""Everything the Labels panel shows of one utterance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection, EmotionScheme
from fairemo_gui.core.records import Condition, Rating, Truth
from fairemo_gui.services.rating import refusals
from fairemo_gui.store import corpora, details, nets, ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

_LEARNT = {"train": "learnt from", "validation": "chosen by"}


@dataclass(frozen=True)
class NetAnswer:
    """What a net says.

    Attributes:
        probabilities: Shape (K,), in `classes`.
        part: How the net had met the utterance, as `test`.
    """

    net: int
    classes: ClassSelection
    probabilities: npt.NDArray[np.float64]
    part: str

    @property
    def caution(self) -> str:
        """As `learnt from`, where the answer is no fair test; else empty."""
        return _LEARNT.get(self.part, "")

    def spread(self, size: int) -> npt.NDArray[np.float64]:
        """Probabilities per class of the scheme, shape (size,); a merged class stands at its first, others are NaN."""
        values = np.full(size, np.nan)
        for p, group in zip(self.probabilities, self.classes.members, strict=True):
            values[group[0]] = p
        return values


@dataclass(frozen=True)
class UtteranceLabels:
    """Votes, answers and ratings of one utterance.

    Attributes:
        votes: Counts per kind of truth, shape (C,); only those there are.
        history: Newest first, superseded ones and withdrawals included.
        refused: Conditions it cannot be rated in, each with a sentence why.
    """

    utterance: int
    code: str
    scheme: EmotionScheme
    votes: dict[Truth, npt.NDArray[np.int64]]
    answer: NetAnswer | None
    history: tuple[Rating, ...]
    refused: Mapping[Condition, str] = field(default_factory=dict)

    @property
    def intended(self) -> str | None:
        """The emotion the actor was asked for."""
        votes = self.votes.get(Truth.INTENDED)
        return None if votes is None else self.scheme.classes[int(votes.argmax())]

    def mine(self, rater: str, condition: Condition) -> Rating | None:
        """The rater's standing rating in a condition, if there is one that was not taken back."""
        replaced = {rating.supersedes for rating in self.history}
        for rating in self.history:
            if rating.rater == rater and rating.condition is condition and rating.uuid not in replaced:
                return rating if rating.votes else None
        return None


def read_labels(workspace: Workspace, corpus: CorpusRow, utterance: int, net: nets.NetRow | None) -> UtteranceLabels:
    """Read everything of one utterance; a few indexed look-ups."""
    found, _ = corpora.utterance(workspace, utterance)
    answer = None
    if net is not None:
        prediction = details.prediction_of(workspace, net.id, utterance)
        answer = None if prediction is None else NetAnswer(net.id, net.classes, *prediction)
    return UtteranceLabels(
        utterance=utterance,
        code=found.code,
        scheme=corpus.scheme,
        votes=details.votes_of(workspace, utterance, len(corpus.scheme)),
        answer=answer,
        history=tuple(ratings.history(workspace, utterance)),
        refused=refusals(corpus, found),
    )
