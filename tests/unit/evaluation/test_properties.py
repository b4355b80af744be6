"""Equal to scikit-learn and fairlearn wherever every cell is filled, to METRICS' rules elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from sklearn import metrics as sk

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Fairness, Gap, SignedGap
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation import reference

# Samples per check, the quick and the slow test; scikit-learn and fairlearn take the time.
COUNTS = {"decisions": (300, 5000), "scores": (100, 4000), "calibration": (150, 4000)}
COUNTS |= {"fairness": (40, 3000), "signed": (100, 3000)}


def close(found: object, expected: object, seed: int) -> None:
    assert found == pytest.approx(expected, abs=1e-9, rel=0, nan_ok=True), f"case {seed}"


def check_decisions(sample: Sample, seed: int) -> str:
    """Labels, ties and confusion, from the votes themselves."""
    found, decided = evaluate(sample, ()), sample.decisions
    if not sample.mode.one_label:
        assert (decided.truth_on == reference.labels_on(sample.truth)).all(), f"case {seed}"
        if sample.votes is not None:
            assert (decided.predicted_on == reference.labels_on(sample.votes)).all(), f"case {seed}"
    else:
        assert (decided.truth_on.sum(axis=1) == 1).all()
        assert (decided.predicted_on.sum(axis=1) == 1).all()
    many = list(range(len(sample.classes)))
    matrix = sk.confusion_matrix(decided.truth_class, decided.predicted_class, labels=many)
    assert (found.confusion.counts == matrix).all(), f"case {seed}"
    ties = [sum((row == row.max()).sum() > 1 for row in sample.truth)]
    predictor = sample.votes if sample.votes is not None else sample.probabilities
    ties.append(sum((row == row.max()).sum() > 1 for row in np.asarray(predictor)))
    assert list(found.metrics.ties.values()) == ties, f"case {seed}"
    assert found.mode == ("single" if sample.mode in (Mode.SINGLE, Mode.PLURALITY) else "multi")
    return "ties" if any(ties) else "no ties"


def check_scores(sample: Sample, seed: int) -> str:
    """Every score, per class and micro, and the counts of undefined cells."""
    found, decided = evaluate(sample, ()).metrics, sample.decisions
    per_class = reference.per_class(decided)
    expected = reference.scores(decided, sample.truth) | {"roc_auc": reference.mean_of_known(per_class["roc_auc"])}
    close({name: found.scores[name] for name in expected}, expected, seed)
    assert set(per_class) == set(found.per_class)
    for name, values in per_class.items():
        close(list(found.per_class[name].values()), values, seed)
    on, said = decided.truth_on, decided.predicted_on
    flat = {"recall": said[on], "fpr": said[~on], "selection_rate": said}
    close(dict(found.micro), {name: v.mean() if v.size else math.nan for name, v in flat.items()}, seed)
    assert list(found.support.values()) == on.sum(axis=0).tolist()
    undefined = {name: sum(map(math.isnan, per_class[name])) for name in ("recall", "fpr", "roc_auc")}
    undefined |= {"f1": int((~on & ~said).all(axis=0).sum()), "precision": int((~said).all(axis=0).sum())}
    assert found.undefined == undefined, f"case {seed}"
    return "undefined cells" if any(undefined.values()) else "all defined"


def check_calibration(sample: Sample, seed: int) -> str:
    """Murphy's parts add up and are those of loops over rows, for everyone and every group."""
    evaluation = evaluate(sample, ("gender",))
    values = np.asarray(sample.groups["gender"], dtype=object)
    parts = [(evaluation.calibration, np.ones(len(sample), dtype=bool))]
    parts += [(g.calibration, np.array([v == g.value for v in values])) for g in evaluation.groups]
    for found, rows in parts:
        assert found is not None
        own = sample.take(rows).decisions
        expected = [
            reference.calibration(own.probabilities[:, k], own.target[:, k]) for k in range(len(sample.classes))
        ]
        for name, per_class in zip(sample.classes, expected, strict=True):
            close(dict(found.per_class[name]), per_class, seed)
        close(dict(found.parts), {name: np.mean([e[name] for e in expected]) for name in expected[0]}, seed)
        whole = found.parts
        total = whole["reliability"] - whole["resolution"] + whole["uncertainty"] + whole["within_bin"]
        close(total, whole["brier"], seed)
    return f"{len(parts) - 1} groups"


def check_gap(found: Gap, expected: list[float], seed: int) -> None:
    close(list(found.per_class.values()), expected, seed)
    close(found.macro, reference.mean_of_known(expected), seed)
    close(found.worst, max((v for v in expected if not math.isnan(v)), default=math.nan), seed)


def check_fairness(sample: Sample, seed: int) -> str:
    """Gaps of an attribute, another, or their intersection."""
    by = (("gender",), ("age",), ("gender", "age"))[seed % 3]
    found = evaluate(sample, by, minimum_n=1).fairness["×".join(by)]
    decided, groups = sample.decisions, reference.known_groups(sample, by)
    assert found.groups == tuple(groups), f"case {seed}"
    if len(groups) < 2:
        assert math.isnan(found.dpd.macro)
        assert math.isnan(found.bias)
        assert found.signed is None
        return "fewer than two groups"
    expected = reference.gaps(decided, groups)
    for name, gap in (("dpd", found.dpd), ("eod", found.eod), ("dpd", found.delta_sp), ("delta_eo", found.delta_eo)):
        check_gap(gap, expected[name], seed)
    scores = reference.macro_f1s(decided, groups)
    close((found.macro_f1_gap, found.bias), (max(scores) - min(scores), reference.bias(scores)), seed)
    beside = check_fairlearn(found, reference.fairlearn_gaps(decided, groups), seed)
    return "beside fairlearn, every cell filled" if beside else "beside fairlearn, EOD of some classes"


def check_fairlearn(found: Fairness, expected: dict[str, list[float]], seed: int) -> bool:
    """Equal wherever fairlearn counts no empty cell as 0; returns whether that is everywhere."""
    filled = [not math.isnan(v) for v in expected["eod"]]
    for gap, numbers in ((found.dpd, expected["dpd"]), (found.eod, expected["eod"])):
        ours = [*gap.per_class.values(), gap.micro]
        close([v for v, f in zip(ours, filled, strict=True) if f or gap is found.dpd], _defined(numbers), seed)
        if all(filled):
            close((gap.macro, gap.worst), (np.mean(numbers[:-1]), max(numbers[:-1])), seed)
    assert any(found.empty_cells.values()) != all(filled[:-1]), f"case {seed}"
    return all(filled)


def _defined(values: list[float]) -> list[float]:
    return [v for v in values if not math.isnan(v)]


def check_signed(sample: Sample, seed: int) -> str:
    """Two groups: second less first in the alphabet (male − female), for every signed number and aggregate."""
    evaluation, groups = evaluate(sample, ("gender",), minimum_n=1), reference.known_groups(sample, ("gender",))
    signed = evaluation.fairness["gender"].signed
    if len(groups) != 2:
        assert signed is None
        return "not two groups"
    assert signed is not None
    minus, plus = (sample.take(rows) for rows in groups.values())
    assert (signed.minus, signed.plus) == tuple(groups)
    first, second = (reference.per_class(s.decisions) for s in (minus, plus))
    for gap, name in ((signed.sp, "selection_rate"), (signed.eo, "recall"), (signed.f1, "f1")):
        check_signed_gap(gap, [b - a for a, b in zip(first[name], second[name], strict=True)], seed)
    totals = [reference.scores(s.decisions, s.truth) for s in (minus, plus)]
    close(dict(signed.scores), {name: totals[1][name] - totals[0][name] for name in signed.scores}, seed)
    cells = (
        evaluation.group("gender", signed.plus).confusion.rates
        - evaluation.group("gender", signed.minus).confusion.rates
    )
    close(signed.confusion.ravel().tolist(), cells.ravel().tolist(), seed)
    return "two groups"


def check_signed_gap(found: SignedGap, expected: list[float], seed: int) -> None:
    close(list(found.per_class.values()), expected, seed)
    sizes = [abs(v) for v in expected]
    worst = max((v for v in sizes if not math.isnan(v)), default=math.nan)
    aggregates = reference.mean_of_known(sizes), reference.mean_of_known(expected), worst
    close((found.abs_mean, found.signed_mean, found.worst), aggregates, seed)


CHECKS: Mapping[str, Callable[[Sample, int], str]] = {
    "decisions": check_decisions,
    "scores": check_scores,
    "calibration": check_calibration,
    "fairness": check_fairness,
    "signed": check_signed,
}


def outcomes(check: str, seeds: range) -> Counter[str]:
    return Counter(CHECKS[check](reference.case(seed), seed) for seed in seeds)


@pytest.mark.parametrize("check", CHECKS)
def test_some_hundred_samples(check: str) -> None:
    assert len(outcomes(check, range(COUNTS[check][0]))) > 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("check", CHECKS)
def test_thousands_of_samples(check: str) -> None:
    found = outcomes(check, range(10_000, 10_000 + COUNTS[check][1]))
    print(check, dict(found))
    assert len(found) > 1
