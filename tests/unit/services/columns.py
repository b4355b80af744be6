"""Plausible columns of any length, without a workspace."""

from __future__ import annotations

import numpy as np

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import Truth
from fairemo_gui.services.filter_columns import Categories, FilterColumns, Ints, TextColumn

_SENTENCES = ("That is exactly what happened.", "It's eleven o'clock.")


def columns_of(n: int, seed: int = 7) -> FilterColumns:
    """Columns of `n` utterances in CREMA-D's classes; the same for the same seed."""
    draw = np.random.default_rng(seed)
    size = len(CREMA_D)
    votes: dict[Truth, Ints] = {truth: draw.multinomial(8, np.full(size, 1 / size), n) for truth in Truth}
    labelled: dict[Truth, Ints] = {truth: counts.argmax(axis=1) for truth, counts in votes.items()}
    probabilities = draw.dirichlet(np.ones(size), n)

    def among(*values: str, unknown: bool = False) -> Categories:
        return Categories(draw.integers(-1 if unknown else 0, len(values), n).astype(np.int32), values)

    return FilterColumns(
        scheme=CREMA_D,
        classes=ClassSelection.all_of(CREMA_D),
        ids=np.arange(10, n + 10),
        codes=TextColumn([f"{1000 + k % 91}_{'IEO' if k % 3 else 'TIE'}_{k}" for k in range(n)]),
        transcripts=TextColumn([_SENTENCES[k % 2] for k in range(n)]),
        speakers=among("1001", "1002", "1003"),
        genders=among("female", "male", unknown=True),
        ages=np.where(draw.random(n) < 0.1, np.nan, draw.integers(20, 75, n)),
        races=among("African American", "Caucasian"),
        ethnicities=Categories(np.full(n, -1, np.int32), ()),
        dialogues=among("d1", "d2"),
        splits=among("test", "train"),
        folds=draw.integers(0, 5, n),
        states=among("missing", "ok"),
        durations=draw.random(n) * 10,
        votes=votes,
        labelled=labelled,
        truth=Truth.AV,
        true_class=labelled[Truth.AV],
        predicted=probabilities.argmax(axis=1),
        probabilities=probabilities,
        flagged=draw.random(n) < 0.05,
        rated=draw.random(n) < 0.05,
    )
