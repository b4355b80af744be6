"""A replicate's numbers are those of the corpus in which each drawn speaker's rows stand as often as drawn."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Draws
from fairemo_gui.evaluation.measure import blocks_of
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.sheet import Path
from tests.unit.evaluation.build import random_sample
from tests.unit.evaluation.coverage import measured
from tests.unit.evaluation.test_interval_sense import number_at

REPLICATES = 12
# Kept at first order, or on the bins of the whole corpus, while speakers are drawn.
_NOT_RECOUNTED = {"roc_auc", "ece", "ece_width", "calibration"}


def copied(sample: Sample, weights: dict[str, tuple[Int, Float]], replicate: int) -> Sample:
    """Rows as often as their speaker was drawn, by group: speakers and their weights, shape (R, speakers)."""
    gender = np.asarray(sample.groups["gender"], dtype=object)
    rows = []
    for group, (speakers, drawn) in weights.items():
        for speaker, times in zip(speakers, drawn[replicate], strict=True):
            mine = np.flatnonzero((gender == group) & (sample.speakers == speaker))
            rows.append(np.tile(mine, int(times)))
    return sample.take(np.concatenate(rows).astype(np.int64))


@pytest.mark.parametrize("mode", list(Mode))
def test_replicates_equal_copied_rows(mode: Mode) -> None:
    sample = random_sample(12, n=300, speakers=14, mode=mode)
    part = next(p for p in measured(sample) if p.by == "gender")
    gender = np.asarray(sample.groups["gender"], dtype=object)
    by_group, drawn = {}, {}
    for k, group in enumerate(part.groups):
        drawn[k] = Draws(3, f"gender={group.value}", group.drawn_within).weights(REPLICATES)
        by_group[str(group.value)] = np.unique(sample.speakers[gender == group.value]), drawn[k]
    blocks, _ = blocks_of(part, sample.classes, drawn, errors=False)
    documents = [evaluate(copied(sample, by_group, r), minimum_n=1).to_json() for r in range(REPLICATES)]
    compared = 0
    for place, block in blocks:
        for path, values in zip(block.paths, block.value.T, strict=True):
            full: Path = place.of(path)
            if _NOT_RECOUNTED.isdisjoint(full):
                expected = [number_at(document, full) for document in documents]
                assert values.tolist() == pytest.approx(expected, abs=1e-9, nan_ok=True), full
                compared += 1
    assert compared > 150
