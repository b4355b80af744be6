"""Everything of a corpus, read in order from one state of the workspace: what exports are made of."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from fairemo_gui.core.records import (
    Condition,
    FaceRegion,
    Gender,
    MediaState,
    Rater,
    RaterKind,
    Rating,
    Role,
    Utterance,
    Word,
)
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.labels import SMART
from fairemo_gui.store.tally import SAYS, VOTERS
from fairemo_gui.store.workspace import Workspace

_FIELDS = (
    "uuid", "utterance", "rater", "condition", "votes", "intensity", "activation", "valence", "dominance", "confidence",
    "first_answer", "response_ms", "replays", "session", "prediction_visible", "supersedes", "undoes", "created_at",
    "secondary", "comment", "role", "position", "played_ms", "changes", "software",
)  # fmt: skip
_ELSEWHERE = {"utterance": "utterance.code", "rater": "rater.code", "session": "session_id"}
_COLUMNS = tuple(_ELSEWHERE.get(name, f"rating.{name}") for name in _FIELDS)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of labels: what a source says of an utterance in a condition.

    Attributes:
        utterance: Id.
        condition: `voice`, `face`, `av` or `intended`.
        counts: Votes per class of the corpus's scheme.
    """

    utterance: int
    condition: str
    source: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the ratings that stand for an utterance in a condition add up to, votes aside.

    Gold labels, what speakers say of themselves, practice, checks and smart queues are not among them.

    Attributes:
        ratings: How many there are.
        intensity: Mean over those that give one; so activation, valence and dominance.
    """

    utterance: int
    condition: str
    ratings: int
    intensity: float | None
    activation: float | None
    valence: float | None
    dominance: float | None


@contextmanager
def snapshot(workspace: Workspace) -> Iterator[None]:
    """Everything read in the block is of one moment, whatever others write meanwhile."""
    workspace.db.execute("BEGIN")
    try:
        yield
    finally:
        workspace.db.conn.rollback()


def utterances(workspace: Workspace, corpus: CorpusRow) -> list[tuple[int, Utterance]]:
    """Id and record of every utterance in order of code, words aside."""
    intended = {
        row.utterance: row.counts.index(max(row.counts))
        for row in label_rows(workspace, corpus)
        if row.condition == "intended"
    }
    rows = workspace.db.execute(
        "SELECT utterance.id, utterance.code, speaker.code, audio, video, start, end, face_region, transcript, "
        "dialogue, turn, split, fold, media_state, defect FROM utterance JOIN speaker ON speaker.id = speaker_id "
        "WHERE utterance.corpus_id = ? ORDER BY utterance.code",
        [corpus.id],
    )
    names = ("code", "speaker", "audio", "video", "start", "end", "face_region", "transcript", "dialogue", "turn",
             "split", "fold", "media_state", "defect")  # fmt: skip
    found = []
    for utterance, *values in rows:
        given = dict(zip(names, values, strict=True))
        given["face_region"], given["media_state"] = FaceRegion(given["face_region"]), MediaState(given["media_state"])
        found.append((utterance, Utterance(intended=intended.get(utterance), **given)))
    return found


def words(workspace: Workspace, corpus: CorpusRow) -> dict[int, tuple[Word, ...]]:
    """Words per utterance, in order; utterances without words are not in it."""
    found: dict[int, list[Word]] = {}
    rows = workspace.db.execute(
        "SELECT utterance_id, text, word.start, word.end FROM word JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? ORDER BY utterance_id, position",
        [corpus.id],
    )
    for utterance, *word in rows:
        found.setdefault(utterance, []).append(Word(*word))
    return {utterance: tuple(each) for utterance, each in found.items()}


def label_rows(workspace: Workspace, corpus: CorpusRow) -> Iterator[LabelRow]:
    """Every row of labels but those of smart queues, in order of utterance, condition and source."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, source, counts FROM label JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND source != ? ORDER BY utterance_id, condition, source",
        [corpus.id, SMART],
    )
    for utterance, condition, source, counts in rows:
        yield LabelRow(utterance, condition, source, struct.unpack(f"<{len(counts) // 4}i", counts))


def gold(workspace: Workspace, corpus: CorpusRow) -> dict[tuple[int, str], dict[str, str]]:
    """Verdict per adjudicator, by utterance's id and condition."""
    rows = workspace.db.execute(
        "SELECT utterance_id, consensus.condition, substr(source, 6), verdict FROM consensus "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ? AND source LIKE 'gold/%' "
        "ORDER BY utterance_id, source",
        [corpus.id],
    )
    found: dict[tuple[int, str], dict[str, str]] = {}
    for utterance, condition, adjudicator, verdict in rows:
        found.setdefault((utterance, condition), {})[adjudicator] = verdict
    return found


def summaries(workspace: Workspace, corpus: CorpusRow) -> Iterator[Summary]:
    """What standing ratings add up to, per utterance and condition."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, COUNT(*), AVG(intensity), AVG(activation), AVG(valence), AVG(dominance) "  # noqa: S608
        "FROM rating JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? AND {SAYS} AND role = 'main' AND rater_id IN {VOTERS} "
        "GROUP BY utterance_id, condition",
        [corpus.id],
    )
    return (Summary(*row) for row in rows)


def raters(workspace: Workspace, corpus: CorpusRow) -> list[Rater]:
    """Everybody who rated an utterance of the corpus, in order of code."""
    rows = workspace.db.execute(
        "SELECT code, kind, gender, age FROM rater WHERE id IN (SELECT rater_id FROM rating "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ?) ORDER BY code",
        [corpus.id],
    )
    return [Rater(code, RaterKind(kind), gender and Gender(gender), age) for code, kind, gender, age in rows]


def log(workspace: Workspace, corpus: CorpusRow, *, standing: bool = False) -> Iterator[tuple[int, bool, Rating]]:
    """The ratings of a corpus in the order they came in: utterance's id, whether it stands, and the rating.

    With `standing`, only those that stand.
    """
    rows = workspace.db.execute(
        f"SELECT utterance_id, {SAYS} AS stands, {', '.join(_COLUMNS)} FROM rating "  # noqa: S608 - constants
        "JOIN rater ON rater.id = rater_id JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? {'AND stands ' if standing else ''}ORDER BY rating.id",
        [corpus.id],
    )
    for utterance, stands, *values in rows:
        given = dict(zip(_FIELDS, values, strict=True))
        given["condition"] = Condition(given["condition"])
        given["votes"] = _listed(given["votes"])
        given["secondary"] = _listed(given["secondary"] or "[]")
        given["prediction_visible"] = bool(given["prediction_visible"])
        given["role"] = Role(given["role"])
        yield utterance, bool(stands), Rating(**given)


@lru_cache(maxsize=4096)
def _listed(words: str) -> tuple[str, ...]:
    return tuple(json.loads(words))
