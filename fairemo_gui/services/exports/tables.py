"""The detailed tables of an export: utterances, words, raters, ratings, and labels that came without ratings.

They bear the names and columns under which `fairemo import manifest` reads them back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from fairemo_gui.core.records import Consensus, Rater, Rating, Speaker, Truth, Word
from fairemo_gui.services.exports.consensus import DIMENSIONS, consensus_table, intended
from fairemo_gui.services.exports.material import Entry, Material
from fairemo_gui.services.exports.table import SPEAKER, UTTERANCE, ExportTable, Field, Kind, table_of
from fairemo_gui.store.labels import BLIND, IN_SIGHT

_TEXT, _WHOLE, _NUMBER, _FLAG = Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.FLAG
_RATING = (
    ("uuid", _TEXT),
    ("condition", _TEXT),
    ("rater", _TEXT),
    ("intensity", _WHOLE),
    *((name, _NUMBER) for name in DIMENSIONS),
    ("confidence", _WHOLE),
    ("first_answer", _TEXT),
    ("response_ms", _WHOLE),
    ("replays", _WHOLE),
    ("session", _WHOLE),
    ("prediction_visible", _FLAG),
    ("supersedes", _TEXT),
    ("undoes", _TEXT),
    ("created_at", _TEXT),
    ("comment", _TEXT),
    ("role", _TEXT),
    ("position", _WHOLE),
    ("played_ms", _WHOLE),
    ("changes", _WHOLE),
    ("software", _TEXT),
)


def tables(material: Material) -> Iterator[ExportTable]:
    """Every table a plan asks for."""
    if material.plan.level.ratings:
        yield manifest_table(material)
        yield words_table(material)
        yield raters_table(material)
        yield ratings_table(material)
        yield labels_table(material)
    if material.plan.level.consensus:
        yield consensus_table(material)


def manifest_table(material: Material) -> ExportTable:
    """One row per utterance."""
    fields: list[Field[Entry]] = [
        Field("utterance_id", _TEXT, attrgetter("utterance.code")),
        Field("media", _TEXT, lambda entry: entry.utterance.video or entry.utterance.audio),
        *(Field(name, kind, attrgetter(f"utterance.{name}")) for name, kind in UTTERANCE),
        Field("emotion", _TEXT, lambda entry: intended(entry, material.scheme)),
        *(Field(name, kind, attrgetter(f"speaker.{name}")) for name, kind in SPEAKER),
        Field("flagged", _FLAG, attrgetter("flagged")),
    ]
    return table_of("manifest", fields, material.entries)


def words_table(material: Material) -> ExportTable:
    """One row per word."""
    fields: list[Field[tuple[Entry, int, Word]]] = [
        Field("utterance_id", _TEXT, lambda row: row[0].utterance.code),
        Field("position", _WHOLE, itemgetter(1)),
        Field("text", _TEXT, lambda row: row[2].text),
        Field("start", _NUMBER, lambda row: row[2].start),
        Field("end", _NUMBER, lambda row: row[2].end),
    ]
    rows = ((e, k, word) for e in material.entries for k, word in enumerate(material.words.get(e.id, ())))
    return table_of("words", fields, rows)


def raters_table(material: Material) -> ExportTable:
    """One row per rater."""
    kinds = (("kind", _TEXT), ("gender", _TEXT), ("age", _WHOLE))
    fields: list[Field[Rater]] = [
        Field("rater", _TEXT, attrgetter("code")),
        *(Field(name, kind, attrgetter(name)) for name, kind in kinds),
    ]
    return table_of("raters", fields, material.raters)


def ratings_table(material: Material) -> ExportTable:
    """One row per rating, in the order of the log."""
    fields: list[Field[tuple[int, bool, Rating]]] = [
        Field("utterance_id", _TEXT, lambda row: row[2].utterance),
        Field("emotion", _TEXT, _emotions),
        Field("secondary", _TEXT, _secondary),
        *(_rating_field(name, kind) for name, kind in _RATING),
        *(_plan_field(name, material) for name in ("plan", "plan_version", "plan_sha256")),
        Field("stands", _FLAG, itemgetter(1)),
    ]
    return table_of("ratings", fields, material.log())


def _emotions(row: tuple[int, bool, Rating]) -> str | None:
    """`happy+sad`; a JSON list where an emotion's own name holds a plus sign."""
    votes = row[2].votes
    return _listing(votes) if any("+" in vote for vote in votes) else "+".join(votes) or None


def _secondary(row: tuple[int, bool, Rating]) -> str | None:
    """A JSON list: what raters wrote may hold any sign that could stand between two."""
    return _listing(row[2].secondary) if row[2].secondary else None


def _listing(words: tuple[str, ...]) -> str:
    return json.dumps(words, ensure_ascii=False)


def _rating_field(name: str, kind: Kind) -> Field[tuple[int, bool, Rating]]:
    return Field(name, kind, lambda row: getattr(row[2], name))


def _plan_field(name: str, material: Material) -> Field[tuple[int, bool, Rating]]:
    """What the session of a rating says of its plan."""
    return Field(name, _TEXT, lambda row: getattr(material.sessions.get(row[2].session or 0), name, None))


@dataclass(frozen=True, slots=True)
class _Shipped:
    """What a source other than single ratings says of an utterance in a condition: votes, or means, or both."""

    entry: Entry
    condition: str
    source: str
    counts: tuple[int, ...] | None
    whole: Consensus | None


def labels_table(material: Material) -> ExportTable:
    """One row per utterance, condition and source, for labels that no single rating explains."""
    fields: list[Field[_Shipped]] = [
        Field("utterance_id", _TEXT, attrgetter("entry.utterance.code")),
        Field("condition", _TEXT, attrgetter("condition")),
        Field("source", _TEXT, attrgetter("source")),
        *(_votes_field(name, k) for k, name in enumerate(material.scheme.classes)),
        *(Field(name, _NUMBER, _of_whole(name)) for name in DIMENSIONS),
        Field("no_agreement", _FLAG, _of_whole("no_agreement")),
    ]
    return table_of("labels", fields, _shipped(material))


def _shipped(material: Material) -> Iterator[_Shipped]:
    """Votes and means of the same source in one row, in order of utterance, condition and source."""
    counts = {
        (row.utterance, row.condition, row.source): row.counts
        for row in material.label_rows
        if row.source not in (BLIND, IN_SIGHT) and row.condition != Truth.INTENDED
    }
    whole = {(key[0], key[1], each.source): each for key, several in material.shipped.items() for each in several}
    for key in sorted(counts.keys() | whole.keys()):
        yield _Shipped(material.by_id[key[0]], key[1], key[2], counts.get(key), whole.get(key))


def _votes_field(name: str, k: int) -> Field[_Shipped]:
    return Field(f"votes_{name}", _WHOLE, lambda row: None if row.counts is None else row.counts[k])


def _of_whole(name: str) -> Callable[[_Shipped], object]:
    return lambda row: getattr(row.whole, name, None)


def speakers_table(material: Material) -> ExportTable:
    """One row per speaker of the utterances."""
    people = {entry.speaker.code: entry.speaker for entry in material.entries}
    fields: list[Field[Speaker]] = [
        Field("speaker", _TEXT, attrgetter("code")),
        *(Field(name, kind, attrgetter(name)) for name, kind in SPEAKER),
    ]
    return table_of("speakers", fields, [people[code] for code in sorted(people)])
