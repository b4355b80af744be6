from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtWidgets import QApplication

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Form, IntervalPlan
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.gui import theme
from tests.gui.drive import delete_later_now


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, theme.DARK)
    yield
    delete_later_now()
    theme.apply(qapp, theme.DARK)


def made_up_sample(groups: tuple[str | None, ...] = ("female", "male"), n: int = 240, seed: int = 0) -> Sample:
    """Votes of raters who hear men's anger less well; speakers of each group in turn."""
    rng = np.random.default_rng(seed)
    classes = ("anger", "happy", "neutral")
    speakers = np.arange(n) % (4 * len(groups))
    values = [groups[s % len(groups)] for s in speakers]
    truth_class = rng.integers(3, size=n)
    truth = np.eye(3, dtype=np.int64)[truth_class] * 8 + rng.integers(0, 2, size=(n, 3))
    sure = np.where((np.array(values, dtype=object) == "male") & (truth_class == 0), 2, 7)
    votes = np.eye(3, dtype=np.int64)[truth_class] * sure[:, None] + rng.integers(0, 4, size=(n, 3)) + 1
    return Sample(classes, truth, Mode.MULTI, speakers, {"gender": values}, votes=votes)


@pytest.fixture(scope="session")
def evaluation() -> Evaluation:
    """Two groups, with intervals."""
    return evaluate(made_up_sample(), ("gender",), IntervalPlan(replicates=100))


@pytest.fixture(scope="session")
def crema_d(shared_data: Path) -> Evaluation:
    """CREMA-D: voice raters as predictor of the audio-visual labels."""
    folder = shared_data / "cremad"
    votes = pd.read_csv(folder / "tabulatedVotes.csv")
    people = pd.read_csv(folder / "VideoDemographics.csv")
    sex = dict(zip(people["ActorID"], people["Sex"], strict=True))
    way = votes.iloc[:, 0].astype(int) // 100_000
    by_way = {w: votes[way == w].sort_values("fileName") for w in (1, 3)}
    actors = by_way[3]["fileName"].str.slice(0, 4).to_numpy(dtype=np.int64)
    counts = {w: table[list("ADFHNS")].to_numpy(dtype=np.int64) for w, table in by_way.items()}
    gender = [str(sex[actor]).lower() for actor in actors]
    sample = Sample(CREMA_D.classes, counts[3], Mode.MULTI, actors, {"gender": gender}, votes=counts[1])
    return evaluate(sample, ("gender",), IntervalPlan(replicates=200, form=Form.PERCENTILE))
