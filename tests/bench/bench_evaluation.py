"""Evaluation beside scikit-learn and fairlearn on the same arrays, one process and thread, best of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from fairlearn import metrics as fl
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.live import LiveEvaluation
from fairemo_gui.evaluation.sample import Mode, Sample

PEER = "scikit-learn + fairlearn"
RATES: dict[str, Callable[..., float]] = {
    "selection_rate": fl.selection_rate,
    "tpr": fl.true_positive_rate,
    "fpr": fl.false_positive_rate,
}
SCORES: dict[str, Callable[..., float]] = {
    "f1": sk.f1_score,
    "precision": sk.precision_score,
    "accuracy": sk.accuracy_score,
}
REPLICATES = 1000


def rows() -> list[dict[str, Any]]:
    """The benchmark's rows; each `ratio` says how many times faster we are."""
    return [bootstrap(), full_refresh(10_000, 6), full_refresh(250_000, 8), changed_label(250_000)]


def corpus(n: int, classes: int, groups: dict[str, int], speakers: int = 91) -> Sample:
    """Random votes, and probabilities that follow them loosely; each speaker has one value per attribute."""
    rng = np.random.default_rng(1)
    who = rng.integers(speakers, size=n)
    truth = rng.multinomial(10, np.ones(classes) / classes, size=n)
    truth[np.arange(n), rng.integers(classes, size=n)] += 4
    odds = np.log1p(truth) + rng.gumbel(0, 0.8, (n, classes))
    p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    values = {name: np.array([f"{name} {k}" for k in range(k)], dtype=object) for name, k in groups.items()}
    of_row = {name: v[np.arange(speakers) % len(v)][who] for name, v in values.items()}
    names = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "calm")[:classes]
    return Sample(names, truth, Mode.MULTI, who, of_row, p)


def fresh(sample: Sample) -> Sample:
    """The same arrays as a new sample, so that nothing decided earlier is reused."""
    given = (sample.classes, sample.truth, sample.mode, sample.speakers, sample.groups)
    return Sample(*given, probabilities=sample.probabilities)


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Wall time of the fastest run."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def row(name: str, ours: float, peer: float, peer_name: str, n: int) -> dict[str, Any]:
    """One row in seconds."""
    return {"name": name, "ours": ours, "peer": peer, "peer_name": peer_name, "ratio": peer / ours, "unit": "s", "n": n}


def bootstrap() -> dict[str, Any]:
    """Every number with 1,000 replicates; the peer has six metrics of them, measured on 2 and 6 draws and scaled."""
    n, by = 7442, ("gender", "race")
    sample = corpus(n, 6, {"gender": 2, "race": 4})
    ours = seconds(lambda: evaluate(fresh(sample), by, IntervalPlan(REPLICATES)))
    few, more = (seconds(lambda b=b: _metric_frames(sample, by, b), 1) for b in (2, 6))  # type: ignore[misc]
    return row("bootstrap", ours, few + (more - few) / 4 * (REPLICATES - 2), "fairlearn MetricFrame, scaled", n)


def _metric_frames(sample: Sample, by: tuple[str, ...], replicates: int | None) -> list[Any]:
    """One frame per class, groups by all attributes; with differences between groups."""
    decided = sample.decisions
    groups = {name: np.asarray(sample.groups[name]).astype(str) for name in by}
    settings = {} if replicates is None else {"n_boot": replicates, "ci_quantiles": [0.025, 0.975], "random_state": 0}
    frames = []
    for k in range(len(sample.classes)):
        on, predicted = decided.truth_on[:, k].astype(int), decided.predicted_on[:, k].astype(int)
        frame = fl.MetricFrame(
            metrics=RATES | SCORES, y_true=on, y_pred=predicted, sensitive_features=groups, **settings
        )
        frames.append((frame.overall, frame.by_group, frame.difference()))
    return frames


def full_refresh(n: int, classes: int) -> dict[str, Any]:
    """All groups and classes, from arrays to records, without intervals."""
    sample = corpus(n, classes, {"group": 4})
    ours = seconds(lambda: evaluate(fresh(sample), ("group",)), 5)
    peer = seconds(lambda: peer_refresh(fresh(sample)), 1 if n > 50_000 else 3)
    return row(f"full refresh {n:,}", ours, peer, PEER, n)


def peer_refresh(sample: Sample) -> None:
    """What scikit-learn and fairlearn have of the same numbers, for everyone and every group."""
    decided, groups = sample.decisions, np.asarray(sample.groups["group"]).astype(str)
    _metric_frames(sample, ("group",), None)
    for mask in [np.ones(len(groups), dtype=bool), *(groups == g for g in np.unique(groups))]:
        on, predicted, p = decided.truth_on[mask], decided.predicted_on[mask], decided.probabilities[mask]
        sk.f1_score(on, predicted, average="macro", zero_division=0)
        sk.f1_score(on, predicted, average="weighted", zero_division=0)
        sk.accuracy_score(on, predicted)
        sk.confusion_matrix(decided.truth_class[mask], decided.predicted_class[mask])
        sk.balanced_accuracy_score(decided.truth_class[mask], decided.predicted_class[mask])
        sk.roc_auc_score(on, p, average=None)
        for k in range(on.shape[1]):
            sk.brier_score_loss(on[:, k], p[:, k])
            calibration_curve(on[:, k], p[:, k], n_bins=10, strategy="quantile")
            calibration_curve(on[:, k], p[:, k], n_bins=15)


def changed_label(n: int) -> dict[str, Any]:
    """One rating changes a label; every count, rate, Brier score and gap of every group is up to date again."""
    sample = corpus(n, 8, {"group": 4})
    assert sample.probabilities is not None
    probabilities = np.asarray(sample.probabilities)
    live = LiveEvaluation(sample.classes, sample.truth, sample.mode, sample.speakers, sample.groups, ("group",))
    live.predict(np.arange(n), probabilities)
    changed = iter(np.random.default_rng(2).permutation(n)[:1000].tolist())

    def one_label() -> None:
        at = next(changed)
        live.relabel([at], sample.truth[at, ::-1][None])
        live.evaluation()

    def anew() -> None:
        again = LiveEvaluation(sample.classes, sample.truth, sample.mode, sample.speakers, sample.groups, ("group",))
        again.predict(np.arange(n), probabilities)
        again.evaluation()

    return row("changed label", seconds(one_label, 20), seconds(anew), "the same numbers counted anew", n)
