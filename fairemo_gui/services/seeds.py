"""Nets that differ only in their seed, taken as one predictor: which they are, and how their numbers spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.evaluation.seeds import SeedRuns, over_seeds
from fairemo_gui.services.samples import NetPredictor, read_rows
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

_DIVISION = "division of speakers"


@dataclass(frozen=True)
class SeedsView:
    """Nets that differ only in their seed, on the utterances all of them held out.

    Attributes:
        ids: Utterance id per row, int64, shape (n,).
        dropped: Number of utterances left out, by reason, as the first net sees it.
        caveats: What a reader must know before believing the numbers.
    """

    runs: SeedRuns
    nets: tuple[NetRow, ...]
    truth: Truth
    ids: npt.NDArray[np.int64]
    dropped: dict[str, int]
    caveats: tuple[str, ...]

    @property
    def name(self) -> str:
        """As shown: `nets 3, 4, 5`, or `net 3`."""
        return f"{'net' if len(self.nets) == 1 else 'nets'} {', '.join(str(net.id) for net in self.nets)}"

    def to_json(self) -> dict[str, object]:
        """The object `fairemo evaluate --net A,B,C --json` prints."""
        return {
            "truth": self.truth.value,
            "predictor": self.name,
            "nets": [{"net": net.id, "seed": net.seed} for net in self.nets],
            "dropped": self.dropped,
            **self.runs.to_json(),
            "caveats": list(self.caveats),
        }


def siblings(workspace: Workspace, net: NetRow) -> tuple[NetRow, ...]:
    """Nets that differ from a net only in their seed, itself among them, by seed; the newest of each seed."""
    alike = [other for other in nets.nets(workspace, net.corpus_id) if other.sha256 and not differences(net, other)]
    by_seed = {other.seed: other for other in reversed(alike)} | {net.seed: net}
    return tuple(by_seed[seed] for seed in sorted(by_seed))


def chosen_nets(workspace: Workspace, corpus_id: int, which: Sequence[str]) -> tuple[NetRow, ...]:
    """Nets by id, as one predictor.

    Raises:
        UserError: There is no such net, a seed comes twice, or they differ in more than seed and division of speakers.
    """
    found = [nets.trained_net(workspace, name, corpus_id) for name in which]
    seeds: dict[int, NetRow] = {}
    for net in found:
        if net.seed in seeds:
            raise UserError(f"Nets {seeds[net.seed].id} and {net.id} have the same seed {net.seed}: name one of them.")
        seeds[net.seed] = net
        more = [what for what in differences(found[0], net) if what != _DIVISION]
        if more:
            raise UserError(
                f"Nets {found[0].id} and {net.id} differ in more than their seed ({', '.join(more)}): their spread "
                f"would not be that of seeds; compare them with `fairemo compare {found[0].id} {net.id}`."
            )
    return tuple(seeds[seed] for seed in sorted(seeds))


def evaluate_seeds(
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    chosen: Sequence[NetRow],
    by: Sequence[str] = ("gender",),
    *,
    mode: Mode | None = None,
    ids: npt.NDArray[np.int64] | None = None,
    intervals: IntervalPlan | None = None,
    minimum_n: int = 20,
    gold: str | None = None,
    check: Callable[[], None] = lambda: None,
) -> SeedsView:
    """Evaluate nets that differ in their seed on the utterances all of them have a held-out prediction of.

    Raises:
        UserError: Nothing to evaluate.
        CancelledError: `check` raised it.
    """
    table = corpora.table(workspace, corpus.id)
    found = [
        read_rows(
            workspace, corpus, truth, NetPredictor(net.id), by, mode=mode, ids=ids, table=table, gold=gold
        ).samples()
        for net in chosen
    ]
    common = reduce(np.intersect1d, [each.ids for each in found])
    if not len(common):
        raise UserError(
            "These nets held out no utterance in common: train them on one division, as fairemo sweep does."
        )
    samples = [each.sample.take(np.isin(each.ids, common)) for each in found]
    runs = over_seeds(samples, by, intervals, minimum_n, check)
    caveats = (*_caveats(chosen), *evaluate(samples[0], by, None, minimum_n, check).caveats)
    shared = found[0].ids[np.isin(found[0].ids, common)]
    return SeedsView(runs, tuple(chosen), truth, shared, found[0].dropped, caveats)


def _caveats(chosen: Sequence[NetRow]) -> tuple[str, ...]:
    found = []
    if len(chosen) == 1:
        found.append("One seed is no distribution: train more with `fairemo sweep --seeds N`.")
    if any(_DIVISION in differences(chosen[0], net) for net in chosen):
        found.append("These nets also differ in their division of speakers: the spread over seeds holds that too.")
    return tuple(found)


def differences(a: NetRow, b: NetRow) -> list[str]:
    """What two nets differ in, the seed apart."""
    facts, others = _facts(a), _facts(b)
    found = [name for name in facts if facts[name] != others[name]]
    if a.data_hash != b.data_hash and _DIVISION not in found:
        found.append("labels or utterances")
    elif _DIVISION in found and a.labels != Truth.INTENDED.value and _learnt_until(a) != _learnt_until(b):
        # The hash covers the division too: whether the labels are the same can only be told from the rating log.
        found.append("ratings")
    return found


def _learnt_until(net: NetRow) -> object:
    return plan_kept(net).get("ratings")


def plan_kept(net: NetRow) -> dict[str, Any]:
    """What is kept with a net about how it came to be; empty for one whose training did not end."""
    plan: dict[str, Any] = dict(net.config).get("plan") or {}  # type: ignore[assignment]
    return plan


def _facts(net: NetRow) -> dict[str, object]:
    return {
        "corpus": net.corpus_id,
        "recipe": net.recipe,
        "settings": net.config.get("settings"),
        "features": net.config.get("encoders"),
        "label source": net.labels,
        "classes": net.classes,
        "folds": net.folds,
        "program version": net.code_version,
        _DIVISION: plan_kept(net).get("parts"),
    }
