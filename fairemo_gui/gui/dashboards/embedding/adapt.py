"""From an embedding and the table's columns to what the chart draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingModel, Entry, Ints
from fairemo_gui.services.filter_columns import Categories, FilterColumns
from fairemo_gui.services.filter_words import group_term
from fairemo_gui.services.projection import Embedding, Kind
from fairemo_gui.store.corpora import UtteranceTable

_PCA = "Pearson 1901, Philosophical Magazine 2; Hotelling 1933, Journal of Educational Psychology 24"


@dataclass(frozen=True)
class Setting:
    """How the points are to be shown.

    Attributes:
        by: Attribute of speakers whose groups the markers (or colours) stand for.
        answers_shown: Whether what the predictor says may be told.
        votes_shown: Whether what is true may be told.
    """

    colouring: Colouring = Colouring.TRUTH
    by: str = "gender"
    truth: str = "AV label"
    predictor: str = ""
    answers_shown: bool = True
    votes_shown: bool = True


def embedding_model(
    embedding: Embedding, columns: FilterColumns, table: UtteranceTable, setting: Setting
) -> EmbeddingModel:
    """Points with the colours and markers asked for; utterances the table does not have are left out.

    Args:
        embedding: Where the points lie.
        columns: Rows in the order of `table`.
        table: Of the same corpus.
        setting: How to show them.
    """
    order = np.argsort(columns.ids)
    place = np.searchsorted(columns.ids[order], embedding.ids)
    inside = place < len(order)
    inside[inside] = columns.ids[order][place[inside]] == embedding.ids[inside]
    rows = order[place[inside]]
    # One look per speaker: there are far fewer of them.
    _, first, speaker = np.unique(table.speaker_index, return_index=True, return_inverse=True)
    groups = Categories.of(table.attribute(setting.by)[first]).spread(speaker)
    group = groups.codes[rows].astype(np.int64)
    kinds, kind = _kinds(columns, rows, groups, group, setting)

    def words(row: int) -> str:
        return _sentence(columns, int(rows[row]), groups.values[group[row]] if group[row] >= 0 else None, setting)

    return EmbeddingModel(
        ids=embedding.ids[inside],
        points=embedding.points[inside],
        colouring=setting.colouring,
        kinds=kinds,
        kind=kind,
        groups=_entries(groups.values, group, [group_term(setting.by, value) for value in groups.values]),
        group=group,
        explained=(float(embedding.explained[0]), float(embedding.explained[1])),
        source=embedding.representation.words,
        about=_about(embedding),
        fitted=embedding.fitted,
        card=lambda row: _point_card(columns, int(rows[row]), words(row)),
        row_words=words,
    )


def _kinds(
    columns: FilterColumns, rows: Ints, groups: Categories, group: Ints, setting: Setting
) -> tuple[tuple[Entry, ...], Ints]:
    names = columns.classes.names
    if setting.colouring is Colouring.GROUP:
        return _entries(groups.values, group, [group_term(setting.by, value) for value in groups.values]), group
    if setting.colouring is Colouring.ERROR:
        known = (columns.predicted[rows] >= 0) & (columns.true_class[rows] >= 0)
        wrong = np.where(known, columns.wrong[rows].astype(np.int64), -1)
        return _entries(("right", "wrong"), wrong, ["-wrong", "wrong"]), wrong
    predicted = setting.colouring is Colouring.PREDICTION
    kind = (columns.predicted if predicted else columns.true_class)[rows]
    key = "pred" if predicted else "true"
    return _entries(names, kind, [f"{key}:{name}" for name in names]), kind


def _entries(values: Sequence[str], index: Ints, queries: Sequence[str]) -> tuple[Entry, ...]:
    counts = np.bincount(index[index >= 0], minlength=len(values)).tolist()
    return tuple(
        Entry(theme.group_word(value), n, query, value) for value, n, query in zip(values, counts, queries, strict=True)
    )


def _sentence(columns: FilterColumns, row: int, group: str | None, setting: Setting) -> str:
    names = columns.classes.names
    true, said = int(columns.true_class[row]), int(columns.predicted[row])
    parts = []
    if setting.votes_shown:
        parts.append(f"{setting.truth} {names[true]}" if true >= 0 else f"no {setting.truth}")
    if said >= 0 and setting.answers_shown:
        p = float(columns.probabilities[row, said])
        parts.append(f"{setting.predictor} {names[said]} {numbers.rate(p, 2)}")
    parts.append(theme.group_word(group).lower())
    return f"{columns.name(row)}: {', '.join(parts)}"


def _point_card(columns: FilterColumns, row: int, words: str) -> Card:
    code, _, facts = words.partition(": ")
    said = columns.transcripts[row]
    lines = (*facts.split(", "), *((f"“{said}”",) if said else ()))
    return Card(code, lines=lines)


def _about(embedding: Embedding) -> Card:
    first, second = (float(share) for share in embedding.explained[:2])
    which = embedding.representation
    scaled = "every dimension divided by its standard deviation" if which.kind is Kind.FEATURES else "not rescaled"
    sampled = ""
    if embedding.fitted < len(embedding.ids):
        sampled = f"Axes from {numbers.count(embedding.fitted)} utterances drawn at random; all are shown."
    lines = (
        f"From {which.words}: {numbers.counted(embedding.dim, 'dimension', 'dimensions')}, {scaled}",
        numbers.counted(len(embedding.ids), "utterance", "utterances"),
        "The axes fill the picture: each has its own scale",
        f"PC 1 {percent(first)}, PC 2 {percent(second)} of the variance",
    )
    return Card(
        "Principal components",
        "The two directions in which the utterances differ most. Points far apart differ; points that lie together may "
        "still differ in what the two axes leave out.",
        "eigenvectors of the covariance matrix with the largest eigenvalues",
        _PCA,
        (*lines, *((sampled,) if sampled else ())),
    )


def percent(share: float) -> str:
    """As `35 %`, with a decimal below ten."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


def rows_of(model: EmbeddingModel, ids: npt.ArrayLike) -> Ints:
    """Rows of utterances in the model, ascending."""
    return np.flatnonzero(np.isin(model.ids, np.asarray(ids, dtype=np.int64)))
