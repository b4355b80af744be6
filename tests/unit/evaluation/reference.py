"""Every number once more, from rows: by scikit-learn and fairlearn, and by METRICS' rules where they have none."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn import metrics as sk

from fairemo_gui.evaluation.arrays import Bool, Float, Int
from fairemo_gui.evaluation.sample import Decisions, Mode, Sample
from tests.unit.evaluation.build import f1, random_sample, rates, spread

FLAVOURS = ("plain", "plain", "plain", "lonely", "tied", "one class", "one group", "one speaker", "constant", "perfect")


def case(seed: int) -> Sample:
    """A small random sample; one in two has something missing, alone, tied or constant."""
    rng = np.random.default_rng([31, seed])
    flavour = FLAVOURS[int(rng.integers(len(FLAVOURS)))]
    mode = list(Mode)[int(rng.integers(4))]
    sample = random_sample(
        seed,
        n=int(rng.integers(1 if flavour != "plain" else 20, 61)),
        classes=int(rng.integers(2, 6)),
        mode=mode,
        speakers=1 if flavour == "one speaker" else int(rng.integers(2, 10)),
        groups=1 if flavour == "one group" else int(rng.integers(2, 4)),
        unknown=float(rng.choice([0.0, 0.0, 0.3])),
        humans=bool(rng.integers(2)),
    )
    return _spoilt(sample, flavour)


def _spoilt(sample: Sample, flavour: str) -> Sample:
    truth, n, classes = sample.truth.copy(), len(sample), len(sample.classes)
    p, votes = sample.probabilities, sample.votes
    groups = {name: np.asarray(values, dtype=object).copy() for name, values in sample.groups.items()}
    if flavour == "lonely":
        groups["gender"][0] = "only one"
    if flavour == "tied":
        truth[:] = truth[:] if sample.mode is Mode.SINGLE else 1
        p, votes = (None, np.ones_like(truth)) if p is None else (np.full((n, classes), 1 / classes), None)
    if flavour == "one class":
        truth[:] = np.eye(classes, dtype=np.int64)[classes - 1]
    if flavour == "constant":
        last = np.eye(classes, dtype=np.int64)[0]
        p, votes = (None, np.tile(last, (n, 1))) if p is None else (np.tile(last.astype(np.float64), (n, 1)), None)
    if flavour == "perfect":
        p, votes = (None, truth.copy()) if p is None else (truth / truth.sum(axis=1, keepdims=True), None)
    return Sample(sample.classes, truth, sample.mode, sample.speakers, groups, p, votes)


def labels_on(votes: Int) -> Bool:
    """Labels above 1/C, from Python's whole numbers."""
    return np.array([[votes.shape[1] * int(v) > int(row.sum()) for v in row] for row in votes], dtype=bool)


def scores(decided: Decisions, truth: Int) -> dict[str, float]:
    """Headline scores by scikit-learn's names for them."""
    on, said, p = decided.truth_on, decided.predicted_on, decided.probabilities
    plurality = np.eye(on.shape[1])[truth.argmax(axis=1)]
    shares = truth / truth.sum(axis=1, keepdims=True)
    present = np.unique(decided.truth_class)
    common = {"average": "macro", "zero_division": 0}
    return {
        "macro_f1": sk.f1_score(on, said, **common),
        "weighted_f1": sk.f1_score(on, said, average="weighted", zero_division=0),
        "exact_match": sk.accuracy_score(on, said),
        "accuracy": sk.accuracy_score(decided.truth_class, decided.predicted_class),
        "uar": sk.recall_score(decided.truth_class, decided.predicted_class, labels=present, **common),
        "brier": sk.mean_squared_error(decided.target, p),
        "brier_soft": sk.mean_squared_error(shares, p),
        "brier_plurality": sk.mean_squared_error(plurality, p),
        "brier_sum": p.shape[1] * sk.mean_squared_error(decided.target, p),
    }


def per_class(decided: Decisions) -> dict[str, list[float]]:
    """Per metric its value for every class; NaN where it is undefined."""
    on, said, p = decided.truth_on, decided.predicted_on, decided.probabilities
    truth, guess = decided.truth_class, decided.predicted_class
    tables = sk.multilabel_confusion_matrix(on, said).reshape(-1, 4).tolist()
    separate = {"average": None}
    squared = sk.mean_squared_error(decided.target, p, multioutput="raw_values")
    return {
        "f1": sk.f1_score(on, said, zero_division=0, **separate).tolist(),
        "precision": sk.precision_score(on, said, zero_division=0, **separate).tolist(),
        "recall": sk.recall_score(on, said, zero_division=np.nan, **separate).tolist(),
        "fpr": [fp / (fp + tn) if fp + tn else math.nan for tn, fp, _, _ in tables],
        "selection_rate": said.mean(axis=0).tolist(),
        "brier": squared.tolist(),
        "class_recall": [
            float((guess[truth == k] == k).mean()) if (truth == k).any() else math.nan for k in _classes(decided)
        ],
        "roc_auc": [
            sk.roc_auc_score(t, q) if 0 < t.sum() < len(t) else math.nan for t, q in zip(on.T, p.T, strict=True)
        ],
    }


def calibration(p: Float, target: Float) -> dict[str, float]:
    """Murphy's parts and both calibration errors of one class, in loops over rows' bins."""
    counted = np.searchsorted(np.quantile(p, np.arange(1, 10) / 10), p, side="left")
    even = np.searchsorted(np.linspace(0, 1, 16)[1:-1], p, side="left")
    n, base = len(p), target.mean()
    members = [counted == b for b in np.unique(counted)]
    parts = {
        "brier": float(((p - target) ** 2).mean()),
        "reliability": sum(m.sum() / n * (p[m].mean() - target[m].mean()) ** 2 for m in members),
        "resolution": sum(m.sum() / n * (target[m].mean() - base) ** 2 for m in members),
        "uncertainty": float(base * (1 - base)),
        "ece": sum(m.sum() / n * abs(p[m].mean() - target[m].mean()) for m in members),
        "ece_width": sum(abs((p - target)[even == b].sum()) / n for b in np.unique(even)),
    }
    # Within bins: variance of forecasts less twice their covariance with what happened (Stephenson et al. 2008).
    within = sum(
        m.sum() / n * (p[m].var() - 2 * ((p[m] - p[m].mean()) * (target[m] - target[m].mean())).mean()) for m in members
    )
    # Soft truth is not 0 or 1: t² falls short of t, and the remainder takes that in.
    return {**parts, "within_bin": float(within + (target**2 - target).mean())}


def known_groups(sample: Sample, by: tuple[str, ...]) -> dict[str, Bool]:
    """Rows of every known group of an attribute or intersection, by its name."""
    columns = [np.asarray(sample.groups[name], dtype=object) for name in by]
    names = [None if None in row else "×".join(row) for row in zip(*columns, strict=True)]
    return {name: np.array([n == name for n in names]) for name in sorted({n for n in names if n is not None})}


def gaps(decided: Decisions, groups: dict[str, Bool]) -> dict[str, list[float]]:
    """DPD, EOD and ΔEO per class by METRICS' rules: an empty cell is left out."""
    found = [rates(decided.truth_on[rows], decided.predicted_on[rows]) for rows in groups.values()]
    many = range(decided.truth_on.shape[1])
    selection, tpr, fpr = ([spread([float(g[x][k]) for g in found]) for k in many] for x in range(3))
    eod = [max((v for v in pair if not math.isnan(v)), default=math.nan) for pair in zip(tpr, fpr, strict=True)]
    return {"dpd": selection, "eod": eod, "delta_eo": [(a + b) / 2 for a, b in zip(tpr, fpr, strict=True)]}


def fairlearn_gaps(decided: Decisions, groups: dict[str, Bool]) -> dict[str, list[float]]:
    """DPD and EOD per class, micro last, from fairlearn; NaN where it would count an empty cell as 0."""
    names: npt.NDArray[np.object_] = np.empty(len(decided.truth_on), dtype=object)
    for name, mine in groups.items():
        names[mine] = name
    rows: Bool = np.any(list(groups.values()), axis=0)
    on, said, names = decided.truth_on[rows], decided.predicted_on[rows], names[rows]
    columns = [(on[:, k], said[:, k], names) for k in _classes(decided)]
    columns.append((on.ravel(), said.ravel(), np.repeat(names, on.shape[1])))
    return {
        "dpd": [demographic_parity_difference(t, y, sensitive_features=g) for t, y, g in columns],
        "eod": [
            equalized_odds_difference(t, y, sensitive_features=g) if _full(t, g) else math.nan for t, y, g in columns
        ],
    }


def _full(truth: Bool, groups: npt.NDArray[np.object_]) -> bool:
    """Whether every group has rows with and without the label."""
    return all(0 < truth[groups == g].sum() < (groups == g).sum() for g in set(groups))


def _classes(decided: Decisions) -> range:
    return range(decided.truth_on.shape[1])


def macro_f1s(decided: Decisions, groups: dict[str, Bool]) -> list[float]:
    """Macro-F1 per group."""
    return [float(f1(decided.truth_on[rows], decided.predicted_on[rows]).mean()) for rows in groups.values()]


def bias(scores: list[float]) -> float:
    """Paper 2's Bias of the groups' macro-F1."""
    return 100 * float(np.mean([abs(a - b) for a, b in combinations(scores, 2)]))


def mean_of_known(values: list[float]) -> float:
    """Plain mean of the defined values; NaN where none is."""
    known = [v for v in values if not math.isnan(v)]
    return sum(known) / len(known) if known else math.nan
