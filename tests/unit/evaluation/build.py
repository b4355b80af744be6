"""Small random samples, and METRICS.md's definitions once more in plain loops to check against."""

from __future__ import annotations

import math

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Float
from fairemo_gui.evaluation.sample import Mode, Sample

NAMES = ("anger", "disgust", "fear", "happy", "neutral", "sad")
GROUPS = ("female", "male", "other")


def random_sample(
    seed: int,
    n: int = 60,
    classes: int = 4,
    mode: Mode = Mode.MULTI,
    speakers: int = 6,
    groups: int = 2,
    unknown: float = 0.0,
    humans: bool = False,
) -> Sample:
    """A sample whose speakers have one gender each and a second attribute of their own."""
    rng = np.random.default_rng(seed)
    who = rng.integers(speakers, size=n)
    gender = np.array(GROUPS[:groups], dtype=object)[rng.integers(groups, size=speakers)]
    gender[rng.random(speakers) < unknown] = None
    age = np.array(["old", "young"], dtype=object)[rng.integers(2, size=speakers)]
    truth = rng.integers(0, 4, size=(n, classes))
    truth[np.arange(n), rng.integers(classes, size=n)] += 1
    if mode is Mode.SINGLE:
        truth = np.eye(classes, dtype=np.int64)[truth.argmax(axis=1)]
    votes = rng.integers(0, 4, size=(n, classes)) + (truth > 1)
    votes[votes.sum(axis=1) == 0, 0] = 1
    # Two decimals, so that probabilities tie now and then.
    probabilities = np.round(rng.dirichlet(np.ones(classes), size=n) * 0.7 + 0.3 * (truth / truth.sum(1)[:, None]), 2)
    predictor: dict[str, object] = {"votes": votes} if humans else {"probabilities": probabilities}
    return Sample(NAMES[:classes], truth, mode, who, {"gender": gender[who], "age": age[who]}, **predictor)  # type: ignore[arg-type]


def rates(on: Bool, predicted: Bool) -> tuple[Float, Float, Float]:
    """Selection rate, TPR and FPR per class; NaN where a denominator is 0."""
    found = [
        [_share(p), _share(p[t]), _share(p[~t])] for t, p in ((on[:, k], predicted[:, k]) for k in range(on.shape[1]))
    ]
    selection, tpr, fpr = np.array(found).T
    return selection, tpr, fpr


def _share(flags: Bool) -> float:
    return float(flags.mean()) if len(flags) else math.nan


def spread(values: list[float]) -> float:
    """Greatest − least of the defined values; NaN where fewer than two are."""
    known = [v for v in values if not math.isnan(v)]
    return max(known) - min(known) if len(known) > 1 else math.nan


def f1(on: Bool, predicted: Bool) -> Float:
    """F1 per class, 0 where undefined."""
    found = []
    for k in range(on.shape[1]):
        tp = int((on[:, k] & predicted[:, k]).sum())
        wrong = int((on[:, k] != predicted[:, k]).sum())
        found.append(2 * tp / (2 * tp + wrong) if tp + wrong else 0.0)
    return np.array(found)
