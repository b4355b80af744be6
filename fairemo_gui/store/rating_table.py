"""The single ratings that count as votes in a corpus, as columns."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Condition, Rater, Role
from fairemo_gui.store import raters, tally
from fairemo_gui.store.workspace import Workspace

SCALES = ("intensity", "activation", "valence", "dominance")
_ORDER = tuple(Condition)


@dataclass(frozen=True, eq=False)
class RatingTable:
    """Ratings in the order they were given; the same rater may have rated the same thing twice.

    Attributes:
        people: Every rater of the workspace.
        utterance: Utterance id per rating, int64, shape (m,).
        rater: Position in `people`, int64, shape (m,).
        condition: Position in `Condition`, int64, shape (m,).
        blind: Given without sight of a prediction, shape (m,).
        votes: Emotions named, one or several, shape (m, C); none where a rating is on scales alone.
        scales: Values per scale that has any, shape (m,); NaN where there is none.
    """

    people: tuple[Rater, ...]
    utterance: npt.NDArray[np.int64]
    rater: npt.NDArray[np.int64]
    condition: npt.NDArray[np.int64]
    blind: npt.NDArray[np.bool_]
    votes: npt.NDArray[np.bool_]
    scales: dict[str, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.utterance)

    def of(self, condition: Condition) -> npt.NDArray[np.bool_]:
        """Which ratings were given in a condition, shape (m,)."""
        return np.asarray(self.condition == _ORDER.index(condition))

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> RatingTable:
        """Some of the ratings, by mask or index."""
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in ("people", "scales")}
        return RatingTable(self.people, **columns, scales={name: values[rows] for name, values in self.scales.items()})


def rating_table(workspace: Workspace, corpus_id: int, scheme: EmotionScheme, *, smart: bool = False) -> RatingTable:
    """Every rating of a corpus that stands and is a vote or on scales; with `smart`, of smart queues too."""
    role = "" if smart else f"AND rating.role = '{Role.MAIN}'"
    rows = workspace.db.execute(
        "SELECT utterance_id, rater.code, condition, prediction_visible, votes, intensity, activation, valence, "  # noqa: S608
        "dominance FROM rating JOIN utterance ON utterance.id = utterance_id JOIN rater ON rater.id = rater_id "
        f"WHERE corpus_id = ? AND {tally.ON_SCALES_TOO} {role} ORDER BY rating.created_at, rating.id",
        [corpus_id],
    ).fetchall()
    utterance, code, condition, in_sight, votes, *scales = zip(*rows, strict=True) if rows else ((),) * 9
    people = tuple(raters.every(workspace))
    place = {rater.code: k for k, rater in enumerate(people)}
    order = {known.value: k for k, known in enumerate(_ORDER)}
    named = {words: _one_hot(json.loads(words), scheme) for words in set(votes)}
    values = {
        name: np.array([np.nan if v is None else v for v in column], dtype=np.float64)
        for name, column in zip(SCALES, scales, strict=True)
    }
    return RatingTable(
        people,
        np.array(utterance, dtype=np.int64),
        np.array([place[one] for one in code], dtype=np.int64),
        np.array([order[one] for one in condition], dtype=np.int64),
        np.array([not seen for seen in in_sight], dtype=bool),
        np.array([named[words] for words in votes], dtype=bool).reshape(-1, len(scheme)),
        {name: column for name, column in values.items() if not np.isnan(column).all()},
    )


def _one_hot(emotions: list[str], scheme: EmotionScheme) -> list[bool]:
    return [name in emotions for name in scheme.classes]
