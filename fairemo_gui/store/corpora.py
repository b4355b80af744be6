"""Corpora, speakers, utterances and words: one import is one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import (
    Changes,
    Clip,
    CorpusBundle,
    FaceRegion,
    Gender,
    MediaState,
    Speaker,
    Utterance,
    Word,
)
from fairemo_gui.errors import UserError
from fairemo_gui.store import bulk, labels, ratings
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """A corpus of the workspace."""

    id: int
    name: str
    root: Path
    importer: str
    scheme: EmotionScheme
    licence: str | None
    synthetic: bool
    facts: dict[str, object]
    imported_at: str


@dataclass(frozen=True)
class UtteranceTable:
    """The utterances of a corpus as columns, in order of code.

    Attributes:
        ids: Row ids, int64, shape (n,).
        speaker_index: Position in `speakers`, int64, shape (n,).
        states: Media state per utterance.
    """

    ids: npt.NDArray[np.int64]
    codes: tuple[str, ...]
    speaker_index: npt.NDArray[np.int64]
    speakers: tuple[Speaker, ...]
    dialogues: tuple[str | None, ...]
    splits: tuple[str | None, ...]
    folds: npt.NDArray[np.int64]
    states: tuple[str, ...]
    transcripts: tuple[str | None, ...]
    durations: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    def attribute(self, name: str) -> npt.NDArray[np.object_]:
        """Values of a speaker attribute per utterance, None where unknown; shape (n,).

        `age` is given in the bands under 30, 30–49, 50 and over (a choice of this program).

        Raises:
            UserError: No such attribute.
        """
        if name not in ATTRIBUTES:
            raise UserError(f"“{name}” is not an attribute of speakers; there are {', '.join(ATTRIBUTES)}.")
        values = [age_band(s.age) if name == "age" else getattr(s, name) for s in self.speakers]
        per_speaker = np.array([None if v is None else str(v) for v in values] or [None], dtype=object)
        return per_speaker[self.speaker_index]


ATTRIBUTES = ("gender", "age", "race", "ethnicity")


def age_band(age: int | None) -> str | None:
    """The band an age belongs to, None where unknown."""
    if age is None:
        return None
    return "under 30" if age < 30 else "30–49" if age < 50 else "50 and over"


def add_bundle(workspace: Workspace, bundle: CorpusBundle) -> Changes:
    """Store everything an importer read, all or nothing.

    Raises:
        UserError: A corpus of this name is already there.
    """
    with workspace.transaction() as db:
        if db.table("corpus").count_where("name = ?", [bundle.name]):
            raise UserError(
                f"{bundle.name} is already in {workspace.folder.name}; import it under another name (--name) "
                "or into another workspace."
            )
        corpus = _insert_corpus(workspace, bundle)
        speakers = _insert_speakers(workspace, corpus, bundle)
        ids = insert_utterances(workspace, corpus, bundle.utterances, speakers)
        insert_labels(workspace, bundle, ids)
        ratings.insert_all(workspace, bundle.raters, bundle.ratings, ids, bundle.scheme)
    return Changes(frozenset({"corpora", "labels", "ratings"}))


def _insert_corpus(workspace: Workspace, bundle: CorpusBundle) -> int:
    row = {
        "name": bundle.name,
        "root": bundle.root,
        "importer": bundle.importer,
        "licence": bundle.licence,
        "scheme": bundle.scheme.name,
        "classes": json.dumps(bundle.scheme.classes),
        "synthetic": int(bundle.synthetic),
        "facts": json.dumps(bundle.facts),
        "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return _last_id(workspace, "corpus", row)


def _last_id(workspace: Workspace, table: str, row: Mapping[str, object]) -> int:
    inserted = workspace.db.table(table).insert(dict(row))
    assert inserted.last_pk is not None
    return int(inserted.last_pk)


def _insert_speakers(workspace: Workspace, corpus: int, bundle: CorpusBundle) -> dict[str, int]:
    rows = [(corpus, s.code, s.gender, s.age, s.race, s.ethnicity) for s in bundle.speakers]
    workspace.db.conn.executemany(
        "INSERT INTO speaker (corpus_id, code, gender, age, race, ethnicity) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    return dict(workspace.db.execute("SELECT code, id FROM speaker WHERE corpus_id = ?", [corpus]).fetchall())


def insert_utterances(
    workspace: Workspace, corpus: int, utterances: Sequence[Utterance], speakers: Mapping[str, int]
) -> dict[str, int]:
    """Store utterances with their words; inside a transaction of the caller. Returns the row id per code, of all."""
    columns = (
        "corpus_id", "code", "speaker_id", "dialogue", "turn", "start", "end", "audio", "video", "face_region",
        "transcript", "split", "fold", "media_state", "defect",
    )  # fmt: skip
    rows = (
        (corpus, u.code, speakers[u.speaker], u.dialogue, u.turn, u.start, u.end, u.audio, u.video,
         u.face_region.value, u.transcript, u.split, u.fold, u.media_state.value, u.defect)
        for u in utterances
    )  # fmt: skip
    with bulk.texts_last(workspace.db):
        bulk.insert(workspace.db, "utterance", columns, rows)
    ids = utterance_ids(workspace, corpus)
    insert_words(workspace, utterances, ids)
    return ids


def insert_words(workspace: Workspace, utterances: Sequence[Utterance], ids: Mapping[str, int]) -> None:
    """Store the words of utterances that have none yet; inside a transaction of the caller."""
    rows = (
        (ids[u.code], position, word.text, word.start, word.end)
        for u in utterances
        for position, word in enumerate(u.words)
    )
    workspace.db.conn.executemany(
        "INSERT INTO word (utterance_id, position, text, start, end) VALUES (?, ?, ?, ?, ?)", rows
    )


def insert_labels(workspace: Workspace, bundle: CorpusBundle, ids: Mapping[str, int]) -> None:
    """Store what a corpus itself says, single ratings aside; inside a transaction of the caller."""
    intended = [(ids[u.code], u.intended) for u in bundle.utterances if u.intended is not None]
    labels.insert_intended(workspace, intended, len(bundle.scheme), bundle.importer)
    labels.insert_counts(workspace, ((ids[v.utterance], v) for v in bundle.vote_counts))
    labels.insert_consensus(workspace, ((ids[c.utterance], c) for c in bundle.consensus))


def utterance_ids(workspace: Workspace, corpus: int) -> dict[str, int]:
    """Row id per utterance code of a corpus."""
    return dict(workspace.db.execute("SELECT code, id FROM utterance WHERE corpus_id = ?", [corpus]).fetchall())


def corpora(workspace: Workspace) -> list[CorpusRow]:
    """Every corpus, oldest import first."""
    return [
        CorpusRow(
            row["id"], row["name"], Path(row["root"]), row["importer"],
            EmotionScheme(row["scheme"], tuple(json.loads(row["classes"]))), row["licence"], bool(row["synthetic"]),
            json.loads(row["facts"] or "{}"), row["imported_at"],
        )
        for row in workspace.db.table("corpus").rows_where(order_by="id")
    ]  # fmt: skip


def corpus(workspace: Workspace, name: str | None = None) -> CorpusRow:
    """One corpus by name, or the only one.

    Raises:
        UserError: No such corpus, or several and no name.
    """
    found = corpora(workspace)
    names = ", ".join(c.name for c in found)
    if name is not None:
        matching = [c for c in found if c.name == name]
        if not matching:
            raise UserError(f"{workspace.folder.name} has no corpus “{name}”; it has {names or 'none'}.")
        return matching[0]
    if not found:
        raise UserError(f"{workspace.folder.name} has no corpus yet: run `fairemo import` first.")
    if len(found) > 1:
        raise UserError(f"{workspace.folder.name} has several corpora ({names}); say which with --corpus.")
    return found[0]


def table(workspace: Workspace, corpus_id: int) -> UtteranceTable:
    """The utterances of a corpus as columns."""
    people = workspace.db.execute(
        "SELECT id, code, gender, age, race, ethnicity FROM speaker WHERE corpus_id = ? ORDER BY code", [corpus_id]
    ).fetchall()
    position = {row[0]: k for k, row in enumerate(people)}
    rows = workspace.db.execute(
        "SELECT id, code, speaker_id, dialogue, split, fold, media_state, transcript, end - start FROM utterance "
        "WHERE corpus_id = ? ORDER BY code",
        [corpus_id],
    ).fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    return UtteranceTable(
        ids=np.array(columns[0], dtype=np.int64),
        codes=columns[1],
        speaker_index=np.array([position[s] for s in columns[2]], dtype=np.int64),
        speakers=tuple(_speaker(row[1:]) for row in people),
        dialogues=columns[3],
        splits=columns[4],
        folds=np.array([-1 if fold is None else fold for fold in columns[5]], dtype=np.int64),
        states=columns[6],
        transcripts=columns[7],
        durations=np.array([np.nan if d is None else d for d in columns[8]], dtype=np.float64),
    )


def ids(workspace: Workspace, corpus_id: int) -> npt.NDArray[np.int64]:
    """Ids of a corpus's utterances, ascending: in the order they were imported."""
    rows = workspace.db.execute("SELECT id FROM utterance WHERE corpus_id = ? ORDER BY id", [corpus_id])
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _speaker(row: Sequence[object]) -> Speaker:
    code, gender, age, race, ethnicity = row
    known = None if gender is None else Gender(str(gender))
    return Speaker(str(code), known, age, race, ethnicity)  # type: ignore[arg-type]


def utterance(workspace: Workspace, utterance_id: int) -> tuple[Utterance, Speaker]:
    """One utterance with its words, and who speaks.

    Raises:
        UserError: No such utterance.
    """
    row = next(iter(workspace.db.table("utterance").rows_where("id = ?", [utterance_id])), None)
    if row is None:
        raise UserError(f"There is no utterance number {utterance_id} in {workspace.folder.name}.")
    who = next(iter(workspace.db.table("speaker").rows_where("id = ?", [row["speaker_id"]])))
    words = workspace.db.execute(
        "SELECT text, start, end FROM word WHERE utterance_id = ? ORDER BY position", [utterance_id]
    ).fetchall()
    speaker = _speaker([who[key] for key in ("code", "gender", "age", "race", "ethnicity")])
    found = Utterance(
        code=row["code"], speaker=speaker.code, audio=row["audio"], video=row["video"], start=row["start"],
        end=row["end"], face_region=FaceRegion(row["face_region"]), transcript=row["transcript"],
        dialogue=row["dialogue"], turn=row["turn"], split=row["split"], fold=row["fold"],
        media_state=MediaState(row["media_state"]), words=tuple(Word(*word) for word in words), defect=row["defect"],
    )  # fmt: skip
    return found, speaker


def neighbours(workspace: Workspace, utterance_id: int, limit: int = 200) -> list[int]:
    """Ids of the utterances of the same dialogue, in order of turn; empty where the corpus has no dialogues."""
    rows = workspace.db.execute(
        "SELECT other.id FROM utterance AS one JOIN utterance AS other "
        "ON other.corpus_id = one.corpus_id AND other.dialogue = one.dialogue "
        "WHERE one.id = ? ORDER BY other.turn, other.start LIMIT ?",
        [utterance_id, limit],
    ).fetchall()
    return [row[0] for row in rows]


def clips(workspace: Workspace, corpus_id: int, ids: Sequence[int] | None = None) -> list[Clip]:
    """What has to be decoded per utterance (or per one of `ids`), with absolute paths, in order of id."""
    root = Path(workspace.db.table("corpus").get(corpus_id)["root"])
    rows = workspace.db.execute(
        "SELECT id, audio, video, start, end, face_region, transcript FROM utterance WHERE corpus_id = ? ORDER BY id",
        [corpus_id],
    ).fetchall()
    wanted = None if ids is None else set(ids)
    return [
        Clip(row[0], _under(root, row[1]), _under(root, row[2]), row[3], row[4], FaceRegion(row[5]), row[6])
        for row in rows
        if wanted is None or row[0] in wanted
    ]


def media(workspace: Workspace, corpus_id: int) -> list[str]:
    """Every media file of a corpus, relative to its root, in order."""
    rows = workspace.db.execute(
        "SELECT audio FROM utterance WHERE corpus_id = ?1 AND audio IS NOT NULL "
        "UNION SELECT video FROM utterance WHERE corpus_id = ?1 AND video IS NOT NULL ORDER BY 1",
        [corpus_id],
    ).fetchall()
    return [row[0] for row in rows]


def set_root(workspace: Workspace, corpus_id: int, root: Path) -> None:
    """Say where a corpus's media are now."""
    with workspace.transaction() as db:
        db.table("corpus").update(corpus_id, {"root": str(root)})


def _under(root: Path, relative: str | None) -> str | None:
    return None if relative is None else str(root / relative)
