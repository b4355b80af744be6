"""What utterances can be sliced by: attributes of speakers, of recordings and of labels, each with its filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from fairemo_gui.core.records import Speaker
from fairemo_gui.evaluation.arrays import Float, Int, distinct, factorise
from fairemo_gui.services.filter_words import group_term
from fairemo_gui.services.samples import Samples
from fairemo_gui.store.corpora import ATTRIBUTES, UtteranceTable, age_band

TRUE_EMOTION, LENGTH, SPEAKER = "true", "length", "speaker"
NAMES = (*ATTRIBUTES, TRUE_EMOTION, LENGTH, "dialogue", "split", "fold", "state", SPEAKER)


@dataclass(frozen=True, eq=False)
class Attribute:
    """What utterances can be sliced by.

    Attributes:
        name: `gender`, `age`, `race`, `ethnicity`, `true`, `length`, `dialogue`, `split`, `fold`, `state`, `speaker`.
        values: In the order of their codes.
        codes: Value of each row of the sample, −1 = unknown, shape (n,).
        terms: The filter of each value; the last is that of unknown.
    """

    name: str
    values: tuple[str, ...]
    codes: Int
    terms: tuple[str, ...]


def read_attribute(name: str, samples: Samples, table: UtteranceTable, at: Int) -> Attribute:
    """An attribute of the rows of a sample.

    Args:
        name: One of `NAMES`.
        samples: The sample.
        table: The corpus's utterances.
        at: Row of the table of each row of the sample, shape (n,).
    """
    if name in ATTRIBUTES or name == SPEAKER:
        values, codes = factorise(_of_speakers(table, name))
        return _attribute(name, values, codes[table.speaker_index[at]])
    if name == TRUE_EMOTION:
        return _attribute(name, samples.sample.classes, samples.sample.decisions.truth_class)
    if name == LENGTH:
        return _length(table.durations[at])
    if name == "fold":
        return _folds(table.folds[at])
    values, codes = factorise({"dialogue": table.dialogues, "split": table.splits, "state": table.states}[name])
    return _attribute(name, values, codes[at])


def _of_speakers(table: UtteranceTable, name: str) -> list[str | None]:
    read: Callable[[Speaker], object] = attrgetter("code" if name == SPEAKER else name)
    if name == "age":
        return [age_band(speaker.age) for speaker in table.speakers]
    return [None if (value := read(speaker)) is None else str(value) for speaker in table.speakers]


def _folds(folds: Int) -> Attribute:
    present, place = distinct(np.maximum(folds, -1) + 1)
    codes = place - int(0 in present)
    return _attribute("fold", [str(fold - 1) for fold in present.tolist() if fold], codes)


def _attribute(name: str, values: Sequence[str], codes: Int) -> Attribute:
    """An attribute of the values that occur, with their filters."""
    present = np.bincount(codes[codes >= 0], minlength=len(values)) > 0
    place = np.append(np.where(present, np.cumsum(present) - 1, -1), -1)
    kept = tuple(value for value, here in zip(values, present.tolist(), strict=True) if here)
    terms = (*(group_term(name, value) for value in kept), group_term(name, None))
    return Attribute(name, kept, place[codes], terms)


def _length(seconds: Float) -> Attribute:
    """Thirds of the durations, their edges rounded to a tenth of a second."""
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return Attribute(LENGTH, (), np.full(len(seconds), -1, dtype=np.int64), ("",))
    low, high = (round(float(edge), 1) for edge in np.quantile(known, (1 / 3, 2 / 3)))
    if low == high:
        return Attribute(LENGTH, (), np.full(len(seconds), -1, dtype=np.int64), ("",))
    codes = np.where(np.isnan(seconds), -1, (seconds >= low).astype(np.int64) + (seconds >= high))
    values = (f"under {low:g} s", f"{low:g} to {high:g} s", f"{high:g} s and over")
    terms = (f"duration<{low:g}", f"duration>={low:g} duration<{high:g}", f"duration>={high:g}", "not duration>=0")
    return Attribute(LENGTH, values, codes, terms)
