"""What filters ask of a workspace when a term first needs it: what each net answers, and who rated what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition
from fairemo_gui.services.samples import aligned
from fairemo_gui.store import details, nets, raters
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace


class NetAnswers:
    """What each net of a corpus says, read when first asked for; for the window's thread alone.

    Args:
        ids: Utterance ids, in the order answers are given in.
    """

    def __init__(self, workspace: Workspace, corpus: CorpusRow, ids: npt.NDArray[np.int64]) -> None:
        self._workspace, self._corpus, self._ids = workspace, corpus, ids
        self._predicted: dict[int, npt.NDArray[np.int64]] = {}
        self._known: tuple[int, ...] | None = None

    def known(self) -> tuple[int, ...]:
        """Numbers of the nets there are, newest first."""
        if self._known is None:
            self._known = tuple(net.id for net in nets.nets(self._workspace, self._corpus.id))
        return self._known

    def predicted(self, net_id: int) -> npt.NDArray[np.int64]:
        """Most probable class on what the net had not learnt from; shape (n,).

        Given by the position of the class's first member in the corpus's scheme; −1 = no answer.
        """
        if net_id not in self._predicted:
            net = nets.net(self._workspace, net_id)
            p = aligned(self._ids, nets.predictions(self._workspace, net).held_out())
            first = np.array([group[0] for group in net.classes.members])
            answered = ~np.isnan(p).any(axis=1)
            self._predicted[net_id] = np.where(answered, first[np.nan_to_num(p).argmax(axis=1)], -1)
        return self._predicted[net_id]

    def forget(self) -> None:
        """There are other nets, or other answers."""
        self._known = None
        self._predicted.clear()


class Raters:
    """Who rated what, read when first asked for; for the window's thread alone.

    Args:
        ids: Utterance ids, in the order masks are given in.
    """

    def __init__(self, workspace: Workspace, corpus: CorpusRow, ids: npt.NDArray[np.int64]) -> None:
        self._workspace, self._corpus, self._ids = workspace, corpus, ids
        self._rated: dict[tuple[str, Condition | None], npt.NDArray[np.bool_]] = {}
        self._known: tuple[str, ...] | None = None

    def known(self) -> tuple[str, ...]:
        """Codes of those who rated in the corpus, in order."""
        if self._known is None:
            self._known = tuple(rater.code for rater in raters.every(self._workspace, self._corpus.id))
        return self._known

    def rated(self, code: str, condition: Condition | None = None) -> npt.NDArray[np.bool_]:
        """Rows a rater's ratings stand for, in one condition or in any; shape (n,)."""
        if (code, condition) not in self._rated:
            ids = details.rated_by(self._workspace, code, condition)
            self._rated[code, condition] = np.isin(self._ids, ids)
        return self._rated[code, condition]

    def forget(self) -> None:
        """There are other ratings."""
        self._known = None
        self._rated.clear()
