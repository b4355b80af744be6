"""Where one more rating says most. Ratings a smart queue asked for are labelled, and kept out of estimates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.rating_plan import SmartRule
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.annotation.plans import Prepared
from fairemo_gui.services.samples import aligned
from fairemo_gui.store import labels, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

Floats = npt.NDArray[np.float64]


def gains(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Floats:
    """What a rating of each item would say in each condition, shape (n, 3); zeros where the plan is not smart.

    Raises:
        UserError: The rule needs nets, and there are fewer than two with predictions.
    """
    n = (len(prepared.items), len(Condition))
    if prepared.plan.smart is None:
        return np.zeros(n)
    rules: dict[SmartRule, Callable[[Workspace, CorpusRow, Prepared], Floats]] = {
        SmartRule.NETS: _nets_disagree, SmartRule.CONDITIONS: _conditions_disagree, SmartRule.GROUPS: _widest_group,
    }  # fmt: skip
    return np.broadcast_to(rules[prepared.plan.smart.rule](workspace, corpus, prepared), n)


def _nets_disagree(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Floats:
    """Mean total variation distance between any two nets' probabilities, shape (n, 1); 0 where fewer than two spoke.

    A net's answers count only where it had not learnt from the item, as in the charts.
    """
    ids = prepared.table.ids[prepared.items]
    every = nets.nets(workspace, corpus.id)
    known = [(net.classes.names, aligned(ids, nets.predictions(workspace, net).held_out())) for net in every]
    spoke = [(names, p) for names, p in known if not np.isnan(p).all()]
    alike = [p for names, p in spoke if names == spoke[0][0]]
    if len(alike) < 2:
        raise UserError(
            f"A smart queue by nets needs the predictions of two nets with the same classes; {corpus.name} has "
            f"{len(alike)}: predict with another, or choose another rule."
        )
    return np.nan_to_num(_mean_distance(alike))[:, None]


def _mean_distance(several: list[Floats]) -> Floats:
    """Mean over pairs of half the summed absolute difference, NaN pairs aside; shape (n,)."""
    pairs = [np.abs(a - b).sum(axis=1) / 2 for k, a in enumerate(several) for b in several[:k]]
    known = ~np.isnan(pairs)
    return np.asarray(np.nansum(pairs, axis=0) / np.maximum(known.sum(axis=0), 1))


def _conditions_disagree(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Floats:
    """Total variation distance between what was said of the voice and of both together, shape (n, 1)."""
    shares = [_shares(_counts(workspace, corpus, prepared, c)) for c in (Condition.VOICE, Condition.AV)]
    return np.nan_to_num(_mean_distance(shares))[:, None]


def _widest_group(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> Floats:
    """How much one more rating narrows the interval of a group's votes, of the widest group alone; shape (n, 3).

    A group's shares of votes are means over its m items. Raters of item i who name class c with probability p_ic give
    them the variance sum over i and c of p_ic (1 − p_ic) / (n_i m²); one more rating takes 1 / (n_i (n_i + 1)) of
    sum over c of p_ic (1 − p_ic) away from it. p is estimated with one vote added, spread over the classes; an item
    nobody has rated counts as rated once.
    """
    assert prepared.plan.smart is not None
    groups = prepared.table.attribute(prepared.plan.smart.by)[prepared.items]
    gain = np.zeros((len(prepared.items), len(Condition)))
    for k, condition in enumerate(Condition):
        if condition not in prepared.plan.conditions:
            continue
        counts = _counts(workspace, corpus, prepared, condition).astype(np.float64)
        n = np.maximum(counts.sum(axis=1), 1)
        p = (counts + 1 / counts.shape[1]) / (counts.sum(axis=1, keepdims=True) + 1)
        spread = (p * (1 - p)).sum(axis=1)
        members = [groups == name for name in {each for each in groups if each is not None}]
        if members:
            widest = max(members, key=lambda rows: float((spread / n)[rows].sum()) / int(rows.sum()) ** 2)
            gain[:, k] = np.where(widest, spread / (n * (n + 1)), 0.0)
    return gain


def _counts(workspace: Workspace, corpus: CorpusRow, prepared: Prepared, condition: Condition) -> npt.NDArray[np.int64]:
    ids = prepared.table.ids[prepared.items]
    return labels.counts(workspace, ids, Truth(condition.value), len(corpus.scheme), blind_only=True, smart=True)


def _shares(counts: npt.NDArray[np.int64]) -> Floats:
    """Shares of the votes, NaN where there are none."""
    total = counts.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    return shares
