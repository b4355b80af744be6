"""What stands in each column of the utterance table, read from arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.services.filter_columns import Categories, FilterColumns, Ints


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        title: In the header; empty for the flag.
        name: In the column chooser.
        width: Logical px at 100 %.
        shown: Without a person's choice.
        short: Emotions are cut to three letters, because the column is narrow.
    """

    key: str
    title: str
    name: str
    width: int
    right: bool = False
    shown: bool = False
    short: bool = False


COLUMNS = (
    Column("flag", "", "Flag", 22, shown=True),
    Column("code", "Utterance", "Utterance", 130, shown=True),
    Column("speaker", "Speaker", "Speaker and gender", 76),
    Column("age", "Age", "Age", 44, right=True),
    Column("race", "Race", "Race", 110),
    Column("dialogue", "Dialogue", "Dialogue", 96),
    Column("split", "Split", "Split", 62),
    Column("transcript", "Transcript", "Transcript", 96, shown=True),
    Column("duration", "s", "Duration", 48, right=True),
    Column("av", "AV", "AV label", 52, shown=True, short=True),
    Column("voice", "Voice", "Voice label", 54, shown=True, short=True),
    Column("face", "Face", "Face label", 54, short=True),
    Column("intended", "Intended", "Intended emotion", 64, short=True),
    Column("predicted", "Predicted", "Predicted emotion", 66, short=True),
    Column("p", "p(true)", "Probability of the true emotion", 50, right=True, shown=True),
    Column("state", "Media", "State of the media", 70),
)
POSITION = {column.key: k for k, column in enumerate(COLUMNS)}
_LABELS = {truth.value: truth for truth in Truth}
TELLING = {"code", "predicted", "p", *_LABELS}
"""Columns that say what an utterance is, or what somebody took it for."""
HIDDEN = "Hidden until you have rated it."


class Cells:
    """Words, marks and sorting of the rows of one set of columns."""

    def __init__(self, columns: FilterColumns) -> None:
        self.columns = columns
        c = columns
        self._words: dict[str, Callable[[int], str]] = {
            "flag": lambda row: "",
            "code": c.name,
            "speaker": lambda row: _value(c.speakers, row),
            "age": lambda row: "" if np.isnan(c.ages[row]) else str(int(c.ages[row])),
            "race": lambda row: _value(c.races, row),
            "dialogue": lambda row: _value(c.dialogues, row),
            "split": lambda row: _value(c.splits, row),
            "transcript": lambda row: c.transcripts[row],
            "duration": lambda row: numbers.rate(c.durations[row], 2),
            "p": lambda row: _p(c, row),
            "state": lambda row: _value(c.states, row),
        }

    def word(self, key: str, row: int) -> str:
        """The whole text of a cell."""
        emotion = self.emotion(key, row)
        if emotion is not None:
            return emotion
        return self._words[key](row) if key in self._words else ""

    def emotion(self, key: str, row: int) -> str | None:
        """The emotion a cell shows; None in other columns and where there is none."""
        if key in _LABELS:
            index = int(self.columns.labelled[_LABELS[key]][row])
            return None if index < 0 else self.columns.scheme.classes[index]
        if key == "predicted":
            index = int(self.columns.predicted[row])
            return None if index < 0 else self.columns.classes.names[index]
        return None

    def swatch(self, key: str, row: int) -> str | None:
        """Colour of the emotion's square."""
        emotion = self.emotion(key, row)
        if emotion is None:
            return None
        return theme.emotion_colour(theme.current(), emotion, self.columns.scheme.classes)

    def marker(self, key: str, row: int) -> theme.GroupStyle | None:
        """The group's marker beside a speaker."""
        if key != "speaker":
            return None
        return theme.group_style(theme.current(), _value(self.columns.genders, row) or None)

    def hint(self, key: str, row: int) -> str:
        """The tooltip: the full text, or the votes behind a label."""
        c = self.columns
        if key in TELLING and c.is_hidden(row):
            return HIDDEN
        if key in _LABELS:
            votes = c.votes[_LABELS[key]][row]
            given = [f"{name} {n}" for name, n in zip(c.scheme.classes, votes, strict=True) if n]
            return f"{', '.join(given)} of {votes.sum()}" if given and key != "intended" else self.word(key, row)
        if key == "speaker":
            return ", ".join(part for part in (self.word(key, row), _value(c.genders, row) or "unknown gender") if part)
        if key == "flag":
            return "Flagged (F)" if c.flagged[row] else "Flag (F)"
        if key in {"p", "predicted"} and c.predicted[row] < 0:
            return "No prediction on it, or the net has learnt from it."
        return self.word(key, row)

    def order(self, key: str, rows: Ints, descending: bool) -> Ints:
        """Rows sorted by a column, unknown values last; equal ones keep the order of their codes."""
        values = self._sortable(key)[rows]
        unknown = np.isnan(values)
        ranked = np.argsort(-values if descending else values, kind="stable")
        ranked = np.concatenate([ranked[~unknown[ranked]], ranked[unknown[ranked]]])
        return np.asarray(rows[ranked])

    def _sortable(self, key: str) -> npt.NDArray[np.float64]:
        c = self.columns
        if key in _LABELS:
            return _floats(c.labelled[_LABELS[key]])
        sortable: dict[str, Callable[[], npt.NDArray[np.float64]]] = {
            "flag": lambda: np.where(c.flagged, 0.0, np.nan),
            "code": lambda: np.arange(len(c), dtype=np.float64),
            "speaker": lambda: _floats(c.speakers.codes),
            "age": lambda: c.ages,
            "race": lambda: _floats(c.races.codes),
            "dialogue": lambda: _floats(c.dialogues.codes),
            "split": lambda: _floats(c.splits.codes),
            "transcript": lambda: c.transcripts.ranks,
            "duration": lambda: c.durations,
            "predicted": lambda: _floats(c.predicted),
            "p": lambda: c.p_truth,
            "state": lambda: _floats(c.states.codes),
        }
        return sortable[key]()


def _p(columns: FilterColumns, row: int) -> str:
    """Probability of the true class, of the row alone: while a net answers there are other columns all the time."""
    true = columns.true_class[row]
    p = np.nan if true < 0 else columns.probabilities[row, true]
    return "" if np.isnan(p) else f"{p:.2f}"


def _value(categories: Categories, row: int) -> str:
    code = int(categories.codes[row])
    return "" if code < 0 else categories.values[code]


def _floats(codes: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    values = codes.astype(np.float64)
    values[codes < 0] = np.nan
    return values
