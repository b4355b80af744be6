"""Every run of a corpus beside every other: nets, nets that differ only in their seed taken together, human raters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.samples import Predictor
from fairemo_gui.services.seeds import differences, evaluate_seeds
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

ACCURACIES = ("macro_f1", "uar", "accuracy")
GAPS = ("macro_f1_gap", "dpd", "eod")
"""Figures runs are placed by; keys of the definitions. DPD and EOD are the means over classes."""


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval.

    Attributes:
        low: Lower end; NaN where there is none.
        spread: Standard deviation over seeds (n − 1); NaN for a single run.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    spread: float = math.nan


@dataclass(frozen=True)
class Standing:
    """How well somebody does, and how evenly.

    Attributes:
        figures: By key of `ACCURACIES` and `GAPS`; what is undefined is left out.
        n: Utterances behind them.
        speakers: Speakers behind them.
        intervals: Whether intervals were asked for.
        reason: Why there are no figures, where there are none.
        per_seed: Of nets that differ only in their seed: the values of each net, in their order.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    n: int = 0
    speakers: int = 0
    intervals: bool = False
    reason: str = ""
    per_seed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What all runs are asked alike.

    Attributes:
        by: Attribute of speakers whose groups are compared.
        mode: How truth is read; None = as its kind suggests.
        ids: Only these utterances; None = all.
        plan: How intervals are made; None = none.
        gold: Name of adjudicated labels that count as true.
    """

    workspace: Workspace
    corpus: CorpusRow
    truth: Truth
    by: str = "gender"
    mode: Mode | None = None
    ids: npt.NDArray[np.int64] | None = None
    plan: IntervalPlan | None = None
    table: UtteranceTable | None = None
    gold: str | None = None


def seed_clouds(nets: Sequence[NetRow]) -> list[tuple[NetRow, ...]]:
    """Nets that differ only in their seed, together by seed; nets without such siblings are not among them."""
    clouds: list[list[NetRow]] = []
    for net in sorted(nets, key=lambda net: (net.seed, -net.id)):
        if not net.sha256:
            continue
        cloud = next((c for c in clouds if not differences(c[0], net)), None)
        if cloud is None:
            clouds.append([net])
        elif all(other.seed != net.seed for other in cloud):
            cloud.append(net)
    return [tuple(cloud) for cloud in clouds if len(cloud) > 1]


def standing_of(question: Question, predictor: Predictor, check: Callable[[], None] = lambda: None) -> Standing:
    """How a net (on what it held out) or the raters of a condition do; a reason instead where that cannot be said.

    Raises:
        CancelledError: `check` raised it.
    """
    q = question
    try:
        view = evaluate_predictor(
            q.workspace, q.corpus, q.truth, predictor, (q.by,),
            mode=q.mode, ids=q.ids, intervals=q.plan, table=q.table, gold=q.gold, check=check,
        )  # fmt: skip
    except UserError as error:
        return Standing(reason=str(error), intervals=q.plan is not None)
    found = view.evaluation
    figures = {key: _figure(found, found.metrics.scores[key], "metrics", key) for key in ACCURACIES}
    fairness = found.fairness.get(q.by)
    if fairness is not None:
        figures["macro_f1_gap"] = _figure(found, fairness.macro_f1_gap, "fairness", q.by, "macro_f1_gap")
        figures["dpd"] = _figure(found, fairness.dpd.macro, "fairness", q.by, "dpd", "macro")
        figures["eod"] = _figure(found, fairness.eod.macro, "fairness", q.by, "eod", "macro")
    return Standing(_known(figures), found.n, found.speakers, q.plan is not None)


def standing_over_seeds(
    question: Question, cloud: Sequence[NetRow], check: Callable[[], None] = lambda: None
) -> Standing:
    """How nets that differ only in their seed do on average, and each of them.

    Raises:
        CancelledError: `check` raised it.
    """
    q = question
    try:
        runs = evaluate_seeds(
            q.workspace, q.corpus, q.truth, cloud, (q.by,),
            mode=q.mode, ids=q.ids, intervals=q.plan, gold=q.gold, check=check,
        ).runs  # fmt: skip
    except UserError as error:
        return Standing(reason=str(error), intervals=q.plan is not None)
    figures: dict[str, Figure] = {}
    per_seed: dict[str, tuple[float, ...]] = {}
    for key in (*ACCURACIES, *GAPS):
        row = runs.at(key, "" if key in ACCURACIES else q.by)
        if row is not None and not math.isnan(row.over_seeds.mean):
            figures[key] = Figure(row.over_seeds.mean, row.low, row.high, row.over_seeds.sd)
            per_seed[key] = row.over_seeds.values
    return Standing(figures, runs.n, runs.speakers, q.plan is not None, per_seed=per_seed)


def front(points: Iterable[tuple[float, float]]) -> list[int]:
    """Places of the points no other point beats in both: a smaller gap and a higher score; by growing gap.

    Args:
        points: Gap and score each.
    """
    ordered = sorted(enumerate(points), key=lambda item: (item[1][0], -item[1][1]))
    best, kept = -math.inf, []
    for place, (_, score) in ordered:
        if score > best:
            best = score
            kept.append(place)
    return kept


def _figure(evaluation: Evaluation, value: float, *path: str) -> Figure:
    found = None if evaluation.intervals is None else evaluation.intervals.at(*path)
    return Figure(value) if found is None else Figure(value, found.low, found.high)


def _known(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    return {key: figure for key, figure in figures.items() if not math.isnan(figure.value)}
