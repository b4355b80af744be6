"""Everything the utterance table shows and filters by, as arrays read in one go."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection, EmotionScheme
from fairemo_gui.core.labels import plurality
from fairemo_gui.core.records import Truth
from fairemo_gui.services.filter_sources import NetAnswers, Raters
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor, aligned, with_rows
from fairemo_gui.store import details, labels, nets, notes, search
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Categories:
    """A column of few values: a code per row and the values they stand for.

    Attributes:
        codes: Position in `values`, int32, shape (n,); −1 = unknown.
        values: Distinct values, sorted.
    """

    codes: npt.NDArray[np.int32]
    values: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[object]) -> Categories:
        """From one value per row, None where unknown."""
        rows = [None if value is None else str(value) for value in values]
        distinct = sorted({value for value in rows if value is not None})
        place: dict[str | None, int] = {value: k for k, value in enumerate(distinct)} | {None: -1}
        return cls(np.array([place[value] for value in rows], dtype=np.int32), tuple(distinct))

    def spread(self, index: Ints) -> Categories:
        """From one value per speaker to one per utterance."""
        return Categories(self.codes[index] if len(self.codes) else self.codes, self.values)

    def rows_of(self, wanted: Sequence[bool], unknown: bool = False) -> Mask:
        """Rows whose value is wanted; shape (n,)."""
        return np.array([*wanted, unknown], dtype=bool)[self.codes]


class TextColumn:
    """A column of free text.

    Args:
        texts: One per row.
        index: Rows that hold a text, whatever its case; None where looking at every text is quicker.
    """

    def __init__(self, texts: Sequence[str | None], index: Callable[[str], Ints | None] = lambda text: None) -> None:
        self._texts = texts
        self._lowered = [(text or "").lower() for text in texts]
        self._index = index

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, row: int) -> str:
        return self._texts[row] or ""

    def rows_with(self, text: str) -> Mask:
        """Rows that contain a text, whatever its case; shape (n,)."""
        wanted, rows = text.lower(), self._index(text)
        if rows is None:
            return np.fromiter((wanted in each for each in self._lowered), bool, len(self))
        found = np.zeros(len(self), dtype=bool)
        found[rows] = True
        return found

    @cached_property
    def ranks(self) -> npt.NDArray[np.float64]:
        """Place of each row in the order of the texts, NaN where there is none; shape (n,)."""
        place = {text: float(k) for k, text in enumerate(sorted(set(self._lowered)))} | {"": np.nan}
        return np.array([place[text] for text in self._lowered], dtype=np.float64)


@dataclass(frozen=True)
class FilterColumns:
    """One row per utterance of a corpus.

    Attributes:
        scheme: The corpus's classes.
        classes: The classes truth and prediction are compared in.
        ids: Utterance ids, int64, shape (n,).
        ages: Years, NaN where unknown.
        votes: Vote counts per kind of truth, int64, shape (n, C).
        labelled: Plurality per kind of truth, index into `scheme`, −1 where nobody voted.
        truth: Which labels count as true.
        true_class: Plurality of the truth, index into `classes`; −1 = none.
        predicted: Most probable class of the predictor, index into `classes`; −1 = no prediction.
        probabilities: Shares of the predictor's votes or its probabilities, shape (n, K); NaN where there are none.
        flagged: The newest note is a flag.
        rated: This rater's ratings stand for it.
        nets: What each net says; None where nobody asks.
        raters: Who rated what; None where nobody asks.
        hidden: Rows that nothing may be told about; None = there are none.
        settled: Adjudicated labels as one vote each, shape (n, C), where these count as true in place of the votes.
    """

    scheme: EmotionScheme
    classes: ClassSelection
    ids: Ints
    codes: TextColumn
    transcripts: TextColumn
    speakers: Categories
    genders: Categories
    ages: npt.NDArray[np.float64]
    races: Categories
    ethnicities: Categories
    dialogues: Categories
    splits: Categories
    folds: Ints
    states: Categories
    durations: npt.NDArray[np.float64]
    votes: Mapping[Truth, Ints]
    labelled: Mapping[Truth, Ints]
    truth: Truth
    true_class: Ints
    predicted: Ints
    probabilities: npt.NDArray[np.float64]
    flagged: Mask
    rated: Mask
    nets: NetAnswers | None = None
    raters: Raters | None = None
    hidden: Mask | None = None
    settled: Ints | None = None

    @property
    def true_votes(self) -> Ints:
        """The votes that count as true, shape (n, C)."""
        return self.votes[self.truth] if self.settled is None else self.settled

    def __len__(self) -> int:
        return len(self.ids)

    def is_hidden(self, row: int) -> bool:
        """Whether nothing may be told about an utterance: who rates it has not seen what others said."""
        return self.hidden is not None and bool(self.hidden[row])

    def name(self, row: int) -> str:
        """The code of an utterance; many corpora write the emotion into it, so not where nothing may be told."""
        return f"clip {row + 1}" if self.is_hidden(row) else self.codes[row]

    @cached_property
    def p_truth(self) -> npt.NDArray[np.float64]:
        """Probability of the true class; NaN where there is no truth or no prediction; shape (n,)."""
        known = self.true_class >= 0
        picked = np.take_along_axis(self.probabilities, np.maximum(self.true_class, 0)[:, None], axis=1)[:, 0]
        return np.where(known, picked, np.nan)

    @cached_property
    def wrong(self) -> Mask:
        """The predicted class is not the true one, where both are known; shape (n,)."""
        both = (self.predicted >= 0) & (self.true_class >= 0)
        return np.asarray(both & (self.predicted != self.true_class))

    @cached_property
    def position(self) -> dict[int, int]:
        """Row per utterance id."""
        return {utterance: row for row, utterance in enumerate(self.ids.tolist())}


def load_columns(
    workspace: Workspace,
    corpus: CorpusRow,
    table: UtteranceTable,
    truth: Truth,
    predictor: Predictor | None,
    rater: str,
    gold: str | None = None,
) -> FilterColumns:
    """Read the columns of a corpus. Takes a second or two at 250,000 utterances: not for the window's own thread."""
    people, index = table.speakers, table.speaker_index
    votes = {kind: labels.counts(workspace, table.ids, kind, len(corpus.scheme)) for kind in Truth}
    ages = np.array([np.nan if s.age is None else s.age for s in people] or [np.nan], dtype=np.float64)
    every = ClassSelection.all_of(corpus.scheme)
    nothing = np.full((len(table), len(every.names)), np.nan)
    flagged, rated = list(notes.flagged(workspace)), details.rated_by(workspace, rater)
    columns = FilterColumns(
        scheme=corpus.scheme, classes=every, ids=table.ids,
        codes=TextColumn(table.codes, _index(workspace, table.ids, "code")),
        transcripts=TextColumn(table.transcripts, _index(workspace, table.ids, "transcript")),
        speakers=Categories.of(s.code for s in people).spread(index),
        genders=Categories.of(s.gender for s in people).spread(index),
        ages=ages[index],
        races=Categories.of(s.race for s in people).spread(index),
        ethnicities=Categories.of(s.ethnicity for s in people).spread(index),
        dialogues=Categories.of(table.dialogues), splits=Categories.of(table.splits), folds=table.folds,
        states=Categories.of(table.states), durations=table.durations, votes=votes,
        labelled={kind: plurality(counts) for kind, counts in votes.items()}, truth=truth,
        true_class=plurality(votes[truth]), predicted=np.full(len(table), -1, dtype=np.int64), probabilities=nothing,
        flagged=np.isin(table.ids, flagged), rated=np.isin(table.ids, rated),
        nets=NetAnswers(workspace, corpus, table.ids), raters=Raters(workspace, corpus, table.ids),
    )  # fmt: skip
    return with_answers(workspace, columns, truth, predictor, gold)


def _index(workspace: Workspace, ids: Ints, column: Literal["code", "transcript"]) -> Callable[[str], Ints | None]:
    """The workspace's index of a column of texts, as rows of a table."""
    order = np.argsort(ids)
    ordered = ids[order]

    def rows_with(text: str) -> Ints | None:
        try:
            found = search.utterances_with(workspace.db, text, column)
        except sqlite3.Error:
            return None
        if found is None:
            return None
        place = np.searchsorted(ordered, found)
        ours = np.searchsorted(ordered, found, side="right") > place
        return np.asarray(order[place[ours]])

    return rows_with


def with_answers(
    workspace: Workspace,
    columns: FilterColumns,
    truth: Truth,
    predictor: Predictor | None,
    gold: str | None = None,
) -> FilterColumns:
    """The same rows against another truth, adjudicated or voted for, or with another predictor's answers.

    A net's answers are given only where it had not learnt from the utterance, as in the charts.
    """
    classes = ClassSelection.all_of(columns.scheme)
    probabilities = np.full((len(columns), len(classes.names)), np.nan)
    predicted = np.full(len(columns), -1, dtype=np.int64)
    if isinstance(predictor, HumanPredictor):
        counts = columns.votes[Truth(predictor.condition.value)]
        total = counts.sum(axis=1, keepdims=True)
        probabilities = np.divide(counts, total, out=probabilities, where=total > 0)
        predicted = plurality(counts)
    elif isinstance(predictor, NetPredictor):
        net = nets.net(workspace, predictor.net_id)
        found = nets.predictions(workspace, net)
        classes = net.classes
        probabilities = aligned(columns.ids, found.held_out() if predictor.held_out else found)
        answered = ~np.isnan(probabilities).any(axis=1)
        predicted = np.where(answered, np.nan_to_num(probabilities).argmax(axis=1), -1)
    settled = None if gold is None else labels.gold_counts(workspace, columns.ids, truth, columns.scheme, gold)
    columns = _changed(
        columns, classes=classes, truth=truth, settled=settled, predicted=predicted, probabilities=probabilities
    )
    return _changed(columns, true_class=plurality(classes.merge_counts(columns.true_votes)))


def with_answers_of(
    workspace: Workspace, columns: FilterColumns, predictor: NetPredictor, utterances: Iterable[int]
) -> FilterColumns:
    """The same rows after a net, the one whose answers they hold, has answered for some utterances."""
    rows = np.array([columns.position[u] for u in utterances if u in columns.position], dtype=np.int64)
    found = nets.predictions(workspace, nets.net(workspace, predictor.net_id), columns.ids[rows])
    p = aligned(columns.ids[rows], found.held_out() if predictor.held_out else found)
    answered = ~np.isnan(p).any(axis=1)
    predicted = np.where(answered, np.nan_to_num(p).argmax(axis=1), -1)
    return _changed(
        columns,
        probabilities=with_rows(columns.probabilities, rows, p),
        predicted=with_rows(columns.predicted, rows, predicted),
    )


def with_votes(
    columns: FilterColumns,
    utterance: int,
    votes: Mapping[Truth, Ints],
    rated: bool,
    predictor: Predictor | None = None,
) -> FilterColumns:
    """The same rows after one utterance was rated: its counts per kind of truth are given, shape (C,) each.

    Copies what changes, so that whoever still reads the former columns is not disturbed. Answers change where people
    of a condition are the predictor.
    """
    row = columns.position[utterance]
    counts, labelled = dict(columns.votes), dict(columns.labelled)
    for kind in Truth:
        now = votes.get(kind, np.zeros(len(columns.scheme), dtype=np.int64))
        if not np.array_equal(now, counts[kind][row]):
            counts[kind] = _with_row(counts[kind], row, now)
            labelled[kind] = _with_row(labelled[kind], row, plurality(now[None, :])[0])
    columns = _changed(columns, votes=counts, labelled=labelled, rated=_with_row(columns.rated, row, rated))
    true_class = plurality(columns.classes.merge_counts(columns.true_votes[row : row + 1]))[0]
    columns = _changed(columns, true_class=_with_row(columns.true_class, row, true_class))
    if not isinstance(predictor, HumanPredictor):
        return columns
    given = counts[Truth(predictor.condition.value)][row]
    p = given / given.sum() if given.sum() else np.full(len(given), np.nan)
    return _changed(
        columns,
        predicted=_with_row(columns.predicted, row, plurality(given[None, :])[0]),
        probabilities=_with_row(columns.probabilities, row, p),
    )


def with_flags(workspace: Workspace, columns: FilterColumns) -> FilterColumns:
    """The same rows with the flags as they are now."""
    return _changed(columns, flagged=np.isin(columns.ids, list(notes.flagged(workspace))))


def with_hidden(columns: FilterColumns, hidden: Mask) -> FilterColumns:
    """The same rows; of some of them, shape (n,), nothing is known that anybody said or was asked to say."""
    keep = ~hidden
    return _changed(
        columns,
        hidden=hidden,
        votes={kind: counts * keep[:, None] for kind, counts in columns.votes.items()},
        labelled={kind: np.where(keep, labelled, -1) for kind, labelled in columns.labelled.items()},
        settled=None if columns.settled is None else columns.settled * keep[:, None],
        true_class=np.where(keep, columns.true_class, -1),
        predicted=np.where(keep, columns.predicted, -1),
        probabilities=np.where(keep[:, None], columns.probabilities, np.nan),
    )


def _changed(columns: FilterColumns, **values: Any) -> FilterColumns:
    """The same utterances with other values: where each stands need not be found again."""
    changed = replace(columns, **values)
    changed.__dict__["position"] = columns.position
    return changed


def _with_row(column: npt.NDArray[Any], row: int, value: object) -> npt.NDArray[Any]:
    changed = column.copy()
    changed[row] = value
    return changed
