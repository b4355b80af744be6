"""Compare two nets on the same utterances: paired bootstrap of every difference, McNemar's test, the flips."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.comparison import Change, Comparison, Flip, FlipResult, RightInOne, Verdict
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.measure import Measured, measure
from fairemo_gui.evaluation.paired import GAPS, SIGNED, Combined, Number, combine
from fairemo_gui.evaluation.partition import EVERYONE, sort_into_cells
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.significance import holm, mcnemar
from fairemo_gui.evaluation.tally import tally

LOWER_IS_BETTER = GAPS | {"brier"}
HEADLINE, FURTHER = "headline", "further"
_HEADLINE = ("macro_f1", "uar", "brier")
_NEW_MINUS_OLD = (-1.0, 1.0)


def compare(
    old: Sample,
    new: npt.NDArray[np.floating],
    by: str = "gender",
    plan: IntervalPlan | None = None,
    minimum_n: int = 20,
    check: Check = no_check,
) -> Comparison:
    """Old against new net, paired by utterance.

    Args:
        old: What both are held against, with the old net's probabilities.
        new: The new net's probabilities of the same rows, shape (n, C).
        by: The attribute groups are formed by.
        plan: How intervals are made; None = the default plan.
        minimum_n: Smaller groups are left out.
        check: Called between blocks of work; raises to cancel.

    Raises:
        UserError: There are no rows, or what `Sample` refuses.
    """
    plan = plan or IntervalPlan()
    samples, classes = [old, replace(old, probabilities=new)], old.classes
    if len(old) == 0:
        raise UserError("There is nothing to compare: the two nets share no labelled utterance.")
    cells = sort_into_cells(old, (by,), by_row=plan.unit is Unit.UTTERANCE)
    parts = [measure(cells, tally(s.decisions, cells.row, len(cells.unit)), None, minimum_n) for s in samples]
    rows = [row for pair in zip(*parts, strict=True) for row in combine(pair, _NEW_MINUS_OLD, classes, plan, check)]
    # With one label per utterance an exact match is nothing but a right class.
    left_out = SIGNED | ({"exact_match"} if old.mode.one_label else set())
    changes = _changes((row for row in rows if row.number.key not in left_out), plan)
    by_group = parts[0][1]
    return Comparison(
        n=len(old),
        mode=old.mode.reported,
        by=by,
        classes=classes,
        sizes={str(by_group.groups[k].value): _size(by_group, k) for k in by_group.compared},
        plan=plan,
        changes=tuple(sorted((c for c in changes if c.family == HEADLINE), key=lambda change: change.gap)),
        further=tuple(c for c in changes if c.family == FURTHER),
        per_class=tuple(c for c in changes if c.label is not None),
        tests=_tests(samples, by, by_group, plan),
        flips=_flips(samples, by),
        caveats=tuple(_caveats(changes, by_group, plan)),
        definitions=DEFINITIONS,
    )


def _size(part: Measured, k: int) -> tuple[int, int]:
    return part.groups[k].n, part.groups[k].speakers


def _family(number: Number) -> str:
    if number.label is not None:
        return f"{number.key} per class" + (" and group" if number.group else "")
    wanted = number.between or number.key == "macro_f1" or (number.by == EVERYONE and number.key in _HEADLINE)
    return HEADLINE if wanted else FURTHER


def _changes(rows: Iterable[Combined], plan: IntervalPlan) -> list[Change]:
    """Rows with verdicts, each family corrected on its own."""
    families: dict[str, list[Combined]] = defaultdict(list)
    for row in rows:
        families[_family(row.number)].append(row)
    changes = []
    for family, members in families.items():
        corrected = holm(np.array([row.p for row in members])).tolist()
        changes += [_change(row, family, p_holm, plan) for row, p_holm in zip(members, corrected, strict=True)]
    return changes


def _change(row: Combined, family: str, p_holm: float, plan: IntervalPlan) -> Change:
    number, (old, new) = row.number, row.values
    up, outside = number.key not in LOWER_IS_BETTER, row.low > 0 or row.high < 0
    return Change(
        key=number.key, label=number.label, group=number.group, gap=number.between, family=family, higher_is_better=up,
        old=old, new=new, delta=row.value, low=row.low, high=row.high, p=row.p, p_holm=p_holm,
        verdict=_verdict(row.value, p_holm, up, plan) if outside else Verdict.NO_EVIDENCE, reason=row.reason,
    )  # fmt: skip


def _verdict(delta: float, p_holm: float, higher_is_better: bool, plan: IntervalPlan) -> Verdict:
    if not p_holm <= 1 - plan.level or delta == 0:
        return Verdict.NO_EVIDENCE
    return Verdict.BETTER if (delta > 0) == higher_is_better else Verdict.WORSE


def _caveats(changes: Sequence[Change], part: Measured, plan: IntervalPlan) -> Iterator[str]:
    alone = [str(part.groups[k].value) for k in part.compared if part.groups[k].speakers == 1]
    if alone:
        yield f"{part.by}: {', '.join(alone)} is one speaker each; group and person cannot be told apart."
    for value, why in part.left_out.items():
        yield f"{part.by}: {value} is left out of the comparison: {why}."
    largest = max(Counter(change.family for change in changes if not np.isnan(change.p)).values(), default=0)
    # The smallest p that so many draws can show is 2 / (B + 1); Holm multiplies it by the family's size.
    needed = int(np.ceil(2 * largest / (1 - plan.level)))
    if plan.replicates + 1 < needed:
        yield (
            f"{largest} changes are looked at together: with {plan.replicates:,} replicates none of them could be "
            f"evidence; ask for {needed:,}."
        )


def _tests(samples: list[Sample], by: str, part: Measured, plan: IntervalPlan) -> tuple[RightInOne, ...]:
    """McNemar's test for everyone and each compared group, in order."""
    right = [sample.decisions.correct for sample in samples]
    values = np.asarray(samples[0].groups[by], dtype=object)
    names: list[str | None] = [None, *(part.groups[k].value for k in part.compared)]
    masks = [np.ones(len(values), dtype=bool), *(np.asarray(values == name) for name in names[1:])]
    counts = [mcnemar(right[0][mask], right[1][mask]) for mask in masks]
    corrected = holm(np.array([c.p for c in counts])).tolist()
    return tuple(
        RightInOne(name, c, p, _verdict(c.only_new - c.only_old, p, True, plan))
        for name, c, p in zip(names, counts, corrected, strict=True)
    )


def _flips(samples: list[Sample], by: str) -> tuple[Flip, ...]:
    """Utterances whose predicted labels changed, the largest change of p(truth) first."""
    old, new = (sample.decisions for sample in samples)
    rows = np.flatnonzero((old.predicted_on != new.predicted_on).any(axis=1))
    truth = old.truth_class[rows]
    delta = new.probabilities[rows, truth] - old.probabilities[rows, truth]
    values = np.asarray(samples[0].groups[by], dtype=object)
    was_right, is_right = old.correct, new.correct
    flips = []
    for j in np.lexsort((rows, -np.abs(delta))):
        row = int(rows[j])
        result = FlipResult.BROKEN if was_right[row] else FlipResult.FIXED if is_right[row] else FlipResult.STILL_WRONG
        before, after = (tuple(np.flatnonzero(d.predicted_on[row]).tolist()) for d in (old, new))
        flips.append(Flip(row, values[row], int(truth[j]), before, after, result, float(delta[j])))
    return tuple(flips)
