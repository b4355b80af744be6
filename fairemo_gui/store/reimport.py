"""A corpus that is imported again: brought up to date in one transaction, never thinned out, nothing doubled."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from fairemo_gui.core.records import Changes, CorpusBundle, Rating, Utterance, Word
from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

_NAMESPACE = uuid.UUID("0f3a6a0e-2f0b-5d53-8f6b-6a3a1c0b7e54")


@dataclass(frozen=True, slots=True)
class Update:
    """What importing a corpus again did.

    Attributes:
        added: Number of utterances that are new.
        updated: Number of utterances of which something is otherwise now.
        unchanged: Number of the others the corpus still has.
        absent: Codes of utterances the corpus no longer has; they were kept, with all that was made of them.
        ratings_added: Number of ratings of the corpus that are new.
        ratings_changed: Number of ratings of the corpus that are otherwise now; the former ones stay in the log.
        ratings_absent: Number of ratings the corpus no longer has; they stay in the log, but no longer count.
    """

    added: int
    updated: int
    unchanged: int
    absent: tuple[str, ...]
    ratings_added: int
    ratings_changed: int
    ratings_absent: int

    def to_json(self) -> dict[str, object]:
        """The numbers as plain JSON values."""
        return asdict(self)


def update_bundle(workspace: Workspace, bundle: CorpusBundle) -> tuple[Update, Changes]:
    """Bring a corpus that is there up to date with what an importer read now, all or nothing.

    Ratings made here, notes, predictions and faces are left as they are.

    Raises:
        UserError: The corpus of this name came by another importer, or with other emotions.
    """
    with workspace.transaction():
        former = corpora.corpus(workspace, bundle.name)
        _check_same(workspace, former, bundle)
        before = dict(_utterances(workspace, former))
        _update_corpus(workspace, former, bundle)
        speakers = _update_speakers(workspace, former, bundle)
        new = tuple(u for u in bundle.utterances if u.code not in before)
        ids = corpora.insert_utterances(workspace, former.id, new, speakers)
        changed = [u for u in bundle.utterances if u.code in before and _content(u) != before[u.code]]
        _update_utterances(workspace, changed, ids, speakers)
        _replace_labels(workspace, former, bundle, ids)
        added, otherwise, gone = _reconcile(workspace, former, bundle, ids)
    absent = tuple(sorted(before.keys() - {u.code for u in bundle.utterances}))
    update = Update(
        len(new), len(changed), len(bundle.utterances) - len(new) - len(changed), absent, added, otherwise, gone
    )
    return update, Changes(frozenset({"corpora", "labels", "ratings"}))


def _check_same(workspace: Workspace, former: CorpusRow, bundle: CorpusBundle) -> None:
    advice = "import it under another name (--name) or into another workspace"
    importers = [importer.split()[0] for importer in (former.importer, bundle.importer)]
    if importers[0] != importers[1]:
        raise UserError(
            f"{bundle.name} is already in {workspace.folder.name}, read by the importer {importers[0]} and not by "
            f"{importers[1]}; {advice}."
        )
    if former.scheme.classes != bundle.scheme.classes:
        raise UserError(
            f"{bundle.name} is already in {workspace.folder.name} with other emotions: "
            f"{', '.join(former.scheme.classes)} there, {', '.join(bundle.scheme.classes)} here; {advice}."
        )


def _update_corpus(workspace: Workspace, former: CorpusRow, bundle: CorpusBundle) -> None:
    workspace.db.table("corpus").update(
        former.id,
        {
            "root": bundle.root,
            "importer": bundle.importer,
            "licence": bundle.licence,
            "facts": json.dumps(bundle.facts),
            "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def _update_speakers(workspace: Workspace, former: CorpusRow, bundle: CorpusBundle) -> dict[str, int]:
    workspace.db.conn.executemany(
        "INSERT INTO speaker (corpus_id, code, gender, age, race, ethnicity) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (corpus_id, code) DO UPDATE SET gender = excluded.gender, age = excluded.age, "
        "race = excluded.race, ethnicity = excluded.ethnicity",
        [(former.id, s.code, s.gender and s.gender.value, s.age, s.race, s.ethnicity) for s in bundle.speakers],
    )
    return dict(workspace.db.execute("SELECT code, id FROM speaker WHERE corpus_id = ?", [former.id]).fetchall())


def _content(utterance: Utterance) -> tuple[object, ...]:
    """All that an importer says of an utterance, as it is stored."""
    u = utterance
    return (
        u.speaker, u.dialogue, u.turn, u.start, u.end, u.audio, u.video, u.face_region.value, u.transcript, u.split,
        u.fold, u.media_state.value, u.defect, u.intended, u.words,
    )  # fmt: skip


def _utterances(workspace: Workspace, corpus: CorpusRow) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Code and content of every utterance."""
    words: dict[int, list[Word]] = {}
    for utterance, *word in workspace.db.execute(
        "SELECT utterance_id, text, word.start, word.end FROM word JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? ORDER BY utterance_id, position",
        [corpus.id],
    ):
        words.setdefault(utterance, []).append(Word(*word))
    intended = labels.intended(workspace, corpus.id)
    for place, code, *said in workspace.db.execute(
        "SELECT utterance.id, utterance.code, speaker.code, dialogue, turn, start, end, audio, video, face_region, "
        "transcript, split, fold, media_state, defect FROM utterance JOIN speaker ON speaker.id = speaker_id "
        "WHERE utterance.corpus_id = ?",
        [corpus.id],
    ).fetchall():
        yield code, (*said, intended.get(place), tuple(words.get(place, ())))


def _update_utterances(
    workspace: Workspace, changed: list[Utterance], ids: Mapping[str, int], speakers: Mapping[str, int]
) -> None:
    db = workspace.db.conn
    db.executemany(
        "UPDATE utterance SET speaker_id = ?, dialogue = ?, turn = ?, start = ?, end = ?, audio = ?, video = ?, "
        "face_region = ?, transcript = ?, split = ?, fold = ?, media_state = ?, defect = ? WHERE id = ?",
        [(speakers[u.speaker], *_content(u)[1:13], ids[u.code]) for u in changed],
    )
    db.executemany("DELETE FROM word WHERE utterance_id = ?", [(ids[u.code],) for u in changed])
    corpora.insert_words(workspace, changed, ids)


def _replace_labels(workspace: Workspace, former: CorpusRow, bundle: CorpusBundle, ids: Mapping[str, int]) -> None:
    """Labels the corpus ships: of the files it has now, and of the utterances it has now."""
    db = workspace.db.conn
    here = [(ids[u.code],) for u in bundle.utterances]
    db.executemany("DELETE FROM label WHERE utterance_id = ? AND condition = 'intended'", here)
    db.executemany("DELETE FROM consensus WHERE utterance_id = ? AND source NOT LIKE 'gold/%'", here)
    db.executemany(
        "DELETE FROM label WHERE source = ? AND utterance_id IN (SELECT id FROM utterance WHERE corpus_id = ?)",
        [(source, former.id) for source in {*bundle.checked, *(votes.source for votes in bundle.vote_counts)}],
    )
    corpora.insert_labels(workspace, bundle, ids)


def _reconcile(
    workspace: Workspace, former: CorpusRow, bundle: CorpusBundle, ids: Mapping[str, int]
) -> tuple[int, int, int]:
    """Append what makes the corpus's own ratings count as it gives them now; the numbers of new, changed, absent ones.

    Only ratings whose UUID is derived from the corpus (version 5) are the corpus's own, not those people gave here.
    """
    given = {rating.uuid: rating for rating in bundle.ratings}
    theirs = {rater.code for rater in bundle.raters} | {rating.rater for rating in bundle.ratings}
    missing, before, doubtful = set(given), dict[str, str](), list[Rating]()
    for rating, stands in ratings.log(workspace, former.id):
        missing.discard(rating.uuid)
        if rating.supersedes is not None:
            before[rating.uuid] = rating.supersedes
        as_given = rating.uuid in given and _said(given[rating.uuid]) == _said(rating)
        if stands and not as_given and rating.rater in theirs and _is_derived(rating.uuid):
            doubtful.append(rating)
    changed, gone = list[Rating](), list[Rating]()
    for rating in doubtful:
        wanted = given.get(_first(rating.uuid, before, given))
        nothing = Rating("", rating.utterance, rating.rater, rating.condition, (), created_at=rating.created_at)
        if _said(wanted or nothing) != _said(rating):
            name = str(uuid.uuid5(_NAMESPACE, f"{rating.uuid} {_said(wanted or nothing)}"))
            (gone if wanted is None else changed).append(replace(wanted or nothing, uuid=name, supersedes=rating.uuid))
    new = [given[name] for name in given if name in missing]
    for some in (new, changed, gone):
        ratings.insert_all(workspace, bundle.raters, some, ids, bundle.scheme)
    return len(new), len(changed), len(gone)


def _is_derived(name: str) -> bool:
    try:
        return uuid.UUID(name).version == 5
    except ValueError:
        return False


def _said(rating: Rating) -> Rating:
    """A rating without its place in the log."""
    return replace(rating, uuid="", supersedes=None, undoes=None)


def _first(name: str, before: Mapping[str, str], given: Mapping[str, Rating]) -> str:
    """The nearest of the ratings a rating came after that the corpus has; itself where it has none."""
    met = {name}
    while name not in given and name in before and before[name] not in met:
        name = before[name]
        met.add(name)
    return name
