"""Trying out other thresholds: what accuracy and the gaps between groups would be, without changing any figure."""

from __future__ import annotations

from dataclasses import dataclass

from fairemo_gui.core.records import Truth
from fairemo_gui.evaluation.thresholds import Rates, Sweep, sweep
from fairemo_gui.services.samples import Predictor, read_rows
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Every threshold tried on one predictor.

    Attributes:
        by: The attribute whose groups are compared.
        one_label: Figures take the argmax: thresholds are tried against one class per utterance.
    """

    sweep: Sweep
    truth: Truth
    predictor: str
    by: str
    one_label: bool

    @property
    def in_force(self) -> tuple[str, Rates]:
        """The rule figures use, and what it comes to."""
        if self.one_label:
            return "argmax", self.sweep.top.at(0)
        return f"1/{self.sweep.classes}", self.sweep.curve.at(self.sweep.even)

    def to_json(self) -> dict[str, object]:
        """As plain JSON values: the rule in force, every threshold, and the k most probable classes."""
        rule, rates = self.in_force
        return {
            "truth": self.truth.value,
            "predictor": self.predictor,
            "by": self.by,
            "n": int(self.sweep.n.sum()),
            "in_force": {"rule": rule, **self._rates(rates)},
            "thresholds": {"t": self.sweep.thresholds, **self._rates(self.sweep.curve)},
            "top": {"k": list(range(1, self.sweep.classes + 1)), **self._rates(self.sweep.top)},
        }

    def _rates(self, rates: Rates) -> dict[str, object]:
        names = ["unknown" if value is None else value for value in self.sweep.groups]
        return {
            "macro_f1": rates.macro_f1,
            "groups": {name: rates.by_group[..., k] for k, name in enumerate(names)},
            "dpd": rates.dpd,
            "eod": rates.eod,
            "labels_per_utterance": rates.selected,
        }


def try_thresholds(
    workspace: Workspace, corpus: CorpusRow, truth: Truth, predictor: Predictor, by: str = "gender", minimum_n: int = 20
) -> Thresholds:
    """Try every threshold on the utterances that have both a label and a prediction.

    Raises:
        UserError: There are none.
    """
    sample = read_rows(workspace, corpus, truth, predictor, (by,)).samples().sample
    found = sweep(sample.decisions, sample.groups[by], minimum_n)
    return Thresholds(found, truth, predictor.name, by, sample.mode.one_label)
