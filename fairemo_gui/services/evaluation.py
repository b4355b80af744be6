"""Evaluating a net, or the raters of one condition, against the labels of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.services.samples import HumanPredictor, Predictor, Rows, Samples, read_rows
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

FEW = 20
"""Fewer utterances say nothing."""
_LABEL_SETS = (
    "Macro-F1 compares label sets: every class above 1/C, in truth and prediction. UAR, accuracy and the matrices "
    "compare one label with one: the most probable with the most voted."
)


@dataclass(frozen=True)
class EvaluationView:
    """An evaluation with what it was computed on.

    Attributes:
        evaluation: The figures.
        rows: Those asked for, among them the rows behind the figures.
        truth: Which labels counted as true.
        predictor: Whose predictions.
        gold: Name of the adjudicated labels that counted as true, if it was those.
    """

    evaluation: Evaluation
    rows: Rows
    truth: Truth
    predictor: Predictor
    gold: str | None = None

    @cached_property
    def samples(self) -> Samples:
        """The rows behind the figures: a cell of a matrix leads back to utterances through `samples.ids`."""
        return self.rows.samples()

    @property
    def truth_words(self) -> str:
        """As `av labels`, or `av labels called gold`."""
        return f"{self.truth} labels" + (f" called {self.gold}" if self.gold else "")

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures."""
        own = isinstance(self.predictor, HumanPredictor) and self.predictor.condition.value == self.truth.value
        what = "the truth itself" if self.gold is None else "what the truth was settled from"
        circular = (f"The {self.predictor.name}' votes are {what}: these figures say nothing.",) if own else ()
        found = self.evaluation
        few = (f"n = {found.n}: so few utterances that these figures say nothing.",) if found.n < FEW else ()
        sets = (_LABEL_SETS,) if found.mode == "multi" else ()
        return (*circular, *few, *sets, *found.caveats)

    def to_json(self) -> dict[str, object]:
        """The object `fairemo evaluate --json` prints."""
        return {
            "truth": self.truth.value,
            "gold": self.gold,
            "predictor": self.predictor.name,
            "dropped": self.samples.dropped,
            **self.evaluation.to_json(),
            "caveats": list(self.caveats),
        }

    def cell(self, truth_class: int, predicted_class: int, by: str | None, group: str | None) -> npt.NDArray[np.int64]:
        """Ids of the utterances in one cell of a group's confusion matrix; None = all groups."""
        decided = self.samples.sample.decisions
        inside = (decided.truth_class == truth_class) & (decided.predicted_class == predicted_class)
        if by is not None and group is not None:
            inside &= np.asarray(self.samples.sample.groups[by], dtype=object) == group
        return np.asarray(self.samples.ids[inside], dtype=np.int64)


def evaluate_predictor(
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    predictor: Predictor,
    by: Sequence[str] = ("gender",),
    *,
    mode: Mode | None = None,
    ids: npt.NDArray[np.int64] | None = None,
    intervals: IntervalPlan | None = None,
    minimum_n: int = 20,
    table: UtteranceTable | None = None,
    gold: str | None = None,
    check: Callable[[], None] = lambda: None,
) -> EvaluationView:
    """Evaluate on the utterances that have both a label and a prediction.

    Raises:
        UserError: Nothing to evaluate.
        CancelledError: `check` raised it.
    """
    rows = read_rows(workspace, corpus, truth, predictor, by, mode=mode, ids=ids, table=table, gold=gold)
    figures = evaluate(rows.samples().sample, by, intervals, minimum_n, check=check)
    return EvaluationView(figures, rows, truth, predictor, gold)
