"""Evaluation beside scikit-learn and fairlearn on the same arrays, one process and thread, best of several runs."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from fairlearn import metrics as fl
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
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
STYLES = (("#0072B2", "-"), ("#0072B2", "--"), ("#D55E00", "-"), ("#D55E00", "--"))


GROWTH = (1_000, 10_000, 100_000, 250_000, 1_000_000)
PLAN = IntervalPlan(REPLICATES)
PICTURE = Path(__file__).resolve().parents[2] / "bench" / "growth.png"
# A machine that does other work at times shows what it can in the fastest of many runs.
RUNS = 7


def rows() -> list[dict[str, Any]]:
    """The benchmark's rows; each `ratio` says how many times faster we are."""
    found = [bootstrap(), full_refresh(10_000, 6), full_refresh(250_000, 8), *live(250_000), utterances(100_000, 6)]
    return found + growth()


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
    ours = seconds(lambda: evaluate(fresh(sample), by, PLAN), RUNS)
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
    """All groups and classes, from arrays to records, with 1,000-replicate intervals; the peers give none."""
    sample = corpus(n, classes, {"group": 4})
    ours = seconds(lambda: evaluate(fresh(sample), ("group",), PLAN), RUNS)
    peer = seconds(lambda: peer_refresh(fresh(sample)), 1 if n > 50_000 else 3)
    return row(f"full refresh {n:,}", ours, peer, f"{PEER}, without intervals", n)


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


def live(n: int) -> list[dict[str, Any]]:
    """A label becomes another, or a net predicts a batch; then every number of every group is up to date again."""
    sample = corpus(n, 8, {"group": 4})
    truth, probabilities = sample.truth, np.asarray(sample.probabilities)
    found = LiveEvaluation(sample.classes, truth, sample.mode, sample.speakers, sample.groups, ("group",))
    found.predict(np.arange(n), probabilities)
    found.evaluation()
    # The most-voted class changes places with the next one.
    rows, most = np.arange(n), truth.argmax(axis=1)
    other = truth.copy()
    other[rows, most], other[rows, (most + 1) % 8] = truth[rows, (most + 1) % 8], truth[rows, most]
    changed = iter(np.random.default_rng(2).permutation(n).tolist())

    def one_label() -> None:
        at = next(changed)
        found.relabel([at], other[at][None])
        found.evaluation()

    def new_predictions() -> None:
        at = [next(changed) for _ in range(64)]
        found.predict(at, probabilities[at, ::-1])
        found.evaluation()

    label, batch = seconds(one_label, 200), seconds(new_predictions, 20)
    anew = seconds(lambda: evaluate(fresh(sample), ("group",)), RUNS)
    peer = "the same numbers from scratch"
    return [row("changed label", label, anew, peer, n), row("64 new predictions", batch, anew, peer, n)]


def alone(name: str, ours: float, n: int, unit: str = "s") -> dict[str, Any]:
    """One row without a peer."""
    return {"name": name, "ours": ours, "peer": None, "peer_name": None, "ratio": None, "unit": unit, "n": n}


def utterances(n: int, classes: int) -> dict[str, Any]:
    """Intervals that draw single utterances, of every number."""
    sample = corpus(n, classes, {"gender": 2})
    plan = IntervalPlan(REPLICATES, unit=Unit.UTTERANCE)
    return alone("bootstrap of utterances", seconds(lambda: evaluate(fresh(sample), ("gender",), plan), 2), n)


def growth() -> list[dict[str, Any]]:
    """What a full refresh costs as a corpus grows, with and without intervals, and the memory it takes."""
    found, lines = [], {}
    settings = {"8 classes, 4 groups": (8, {"group": 4}), "6 classes, gender × race": (6, {"gender": 2, "race": 4})}
    for what, (classes, groups) in settings.items():
        for plan, how in ((PLAN, "with intervals"), (None, "without")):
            line = [refresh(corpus(n, classes, groups), tuple(groups), plan) for n in GROWTH]
            found += [alone(f"growth {n:,}, {what}, {how}", s, n) for n, s in zip(GROWTH, line, strict=True)]
            lines[f"{what}, {how}"] = line
    picture(lines)
    return found + [alone(f"memory {n:,}", peak_memory(n), n, "MiB") for n in GROWTH]


def refresh(sample: Sample, by: tuple[str, ...], plan: IntervalPlan | None) -> float:
    """Seconds one takes, from arrays to records."""
    return seconds(lambda: evaluate(fresh(sample), by, plan), 3 if len(sample) > 250_000 else RUNS)


def peak_memory(n: int) -> float:
    """Most memory a full refresh with intervals holds beside the corpus itself, in MiB."""
    sample = corpus(n, 8, {"group": 4})
    tracemalloc.start()
    evaluate(fresh(sample), ("group",), PLAN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def picture(lines: dict[str, list[float]]) -> None:
    """Draws what a full refresh costs by the number of utterances, both axes logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="utterances", ylabel="seconds")
    for (what, line), (colour, style) in zip(lines.items(), STYLES, strict=True):
        axes.plot(GROWTH, line, style, color=colour, marker="o", label=what)
    slope = lines["8 classes, 4 groups, without"][-1] / GROWTH[-1]
    axes.plot(GROWTH, [slope * n for n in GROWTH], ":", color="grey", label="in proportion to utterances")
    axes.grid(alpha=0.3)
    axes.legend(title="full refresh, 1,000 replicates")
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=150)
