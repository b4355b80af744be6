"""What the embedding chart draws: frozen records, made by `adapt.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fairemo_gui.gui.controls.card import Card

Ints = npt.NDArray[np.int64]


class Colouring(StrEnum):
    """What the points' colours mean."""

    TRUTH = "truth"
    PREDICTION = "prediction"
    GROUP = "group"
    ERROR = "error"


@dataclass(frozen=True)
class EmbeddingLook:
    """How a person wants utterances to be placed and coloured.

    Attributes:
        source: Words of what represents them; empty = the best there is.
    """

    source: str = ""
    colouring: Colouring = Colouring.TRUTH


@dataclass(frozen=True)
class Entry:
    """A colour or a marker of the legend.

    Attributes:
        query: In the filter language; empty = it cannot be filtered by.
        value: What colour and marker are looked up by: an emotion, a group's value, `right` or `wrong`.
    """

    word: str
    n: int
    query: str
    value: str | None


@dataclass(frozen=True, eq=False)
class EmbeddingModel:
    """Everything the chart shows.

    Attributes:
        ids: Utterance ids, ascending, shape (n,).
        points: First and second component, shape (n, 2).
        kinds: What the colours stand for; index −1 of `kind` = none of them.
        kind: Index into `kinds` per point, shape (n,).
        groups: What the markers stand for; index −1 of `group` = unknown.
        group: Index into `groups` per point, shape (n,).
        explained: Share of the variance along both axes.
        source: What represents the utterances, as `mfcc, mean over time`.
        about: Card of the axes.
        fitted: Utterances the axes were computed from.
        card: Card of a point by its row.
        row_words: What a screen reader says of a point.
    """

    ids: Ints
    points: npt.NDArray[np.float32]
    colouring: Colouring
    kinds: tuple[Entry, ...]
    kind: Ints
    groups: tuple[Entry, ...]
    group: Ints
    explained: tuple[float, float]
    source: str
    about: Card
    fitted: int
    card: Callable[[int], Card]
    row_words: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.ids)
