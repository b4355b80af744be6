"""Databases in audformat, audEERING's format: a header in YAML and tables by file or segment."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import EmotionScheme, canonical_emotion, scheme_of
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    CorpusBundle,
    Problem,
    Rater,
    RaterKind,
    Rating,
    Truth,
    Utterance,
    VoteCounts,
)
from fairemo_gui.corpora.audformat_files import Header, find_header, header_in, read_rows
from fairemo_gui.corpora.audformat_tables import (
    DIMENSIONS,
    EMOTION,
    VOTES,
    Gathered,
    Place,
    Words,
    gather,
    people_in,
    role_of,
)
from fairemo_gui.corpora.companions import rater_of, rows_of
from fairemo_gui.corpora.folder import corpus_folder, safe_relative
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.people import People, speaker_code
from fairemo_gui.corpora.ratings import RatingsFile, ratings_in
from fairemo_gui.corpora.report import ImportReport, condensed, listed, quoted, refuse, report_on
from fairemo_gui.corpora.table import Row, Table, text_of
from fairemo_gui.corpora.values import CellError, Cells
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import VIDEO_SUFFIXES

NO_AGREEMENT: Final = "no_agreement"
"""A label that is no class: the raters did not agree."""
RATINGS: Final = "ratings"
"""Miscellaneous table of single ratings, as this program exports them."""
RATERS: Final = "rater"
"""Likewise of who gave them."""
_RATINGS_COLUMNS = ("utterance_id", "rater", "emotion")
_RATERS_COLUMNS = ("rater", "kind")
_MACHINE = "machine"
_HIGHEST = 1e6
_NAMESPACE = uuid.UUID("3f5f0d0b-0b0f-57a1-8f6b-7b8d7a8a5f57")


@dataclass(slots=True)
class _Reading:
    """What one import gathers on its way."""

    root: Path
    header: Header
    found: Gathered
    scheme: EmotionScheme
    codes: dict[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class AudformatDatabase:
    """Importer of audformat databases with tables in CSV or Parquet. Pickles are never opened.

    A column is understood by the name of its scheme, or else by its own: `emotion` (needed), `activation`, `valence`,
    `dominance`, `speaker`, `gender`, `age`, `transcription`, and a few more. A judgement in a column with a human or
    machine rater is that rater's rating; one in another column is the utterance's single label. Ratings are ratings by
    voice, or of picture and sound together where the file is a video, unless the table's name says `voice`, `face` or
    `av` between its dots. Places in a table of emotions are the utterances; what is said of a whole file holds for its
    segments.
    """

    name: Final = "audformat"
    title: Final = "audformat database (audEERING)"
    version: Final = 2

    def recognises(self, path: Path) -> str | None:
        """A header such as `db.yaml`."""
        header = find_header(path) if path.is_dir() else None
        return f"the header {header.name} of a database" if header else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read header, tables and media; see `Importer.read`."""
        root = corpus_folder(root)
        path = find_header(root)
        if path is None:
            raise UserError(f"{root.name} holds no header of an audformat database: give the folder with db.yaml.")
        ctx.report(0, None, f"Reading {path.name}")
        header = header_in(text_of(path), path.name)
        reading = _opened(ctx, root, header)
        persons = people_in(root, header, reading.problems, ctx.check)
        people = People(Table(path.name, ("speaker", "gender"), ()))
        utterances = list(_utterances(reading, persons, people))
        raters = _people_rating(ctx, reading)
        singles = _singles(ctx, reading, [rater.code for rater in raters if rater.kind is RaterKind.ADJUDICATED])
        ratings = (*_ratings(reading), *singles.ratings)
        consensus, counts = tuple(_consensus(reading)), _counts(reading, ratings)
        refuse(reading.problems, skip_bad)
        if not utterances:
            raise UserError(
                f"{header.file}.yaml: no table has an utterance that can be used.", map(str, reading.problems)
            )
        marked = mark_media(ctx, root, utterances)
        spoken = {utterance.speaker for utterance in utterances}
        bundle = CorpusBundle(
            name=header.name,
            root=str(root),
            importer=f"{self.name} {self.version}",
            scheme=reading.scheme,
            speakers=tuple(speaker for speaker in people.speakers() if speaker.code in spoken),
            utterances=marked.utterances,
            licence=header.licence,
            raters=tuple({rater.code: rater for rater in (*_raters(reading), *singles.raters, *raters)}.values()),
            ratings=ratings,
            vote_counts=counts,
            consensus=consensus,
        )
        warnings = [*reading.warnings, *people.warnings(), *_warnings(reading)]
        return bundle, report_on(bundle, condensed([*reading.problems, *marked.problems]), warnings)


def _opened(ctx: TaskContext, root: Path, header: Header) -> _Reading:
    """The tables, gathered; which of them holds emotions is decided by the scheme `emotion`."""
    found = gather(root, header, ctx.check)
    judged = (*found.labels.values(), *found.answers.values())
    heads = [role_of(name, column) for head in header.tables.values() for name, column in head.columns.items()]
    if not {EMOTION, VOTES} & set(heads) and RATINGS not in header.misc:
        raise UserError(
            f"{header.file}.yaml names no column with the scheme “{EMOTION}”: call the scheme of your emotions so."
        )
    scheme = header.schemes.get(EMOTION)
    labels = {*(scheme.labels if scheme else ()), *(words[EMOTION] for words in judged if EMOTION in words)}
    names = {_name_of(label) for label in labels} - {NO_AGREEMENT}
    reading = _Reading(root, header, found, scheme_of(header.name, names), problems=found.problems)
    for role, n in found.disagreements.items():
        reading.warnings.append(f"Tables disagree about the {role} of {n} places; the first table is taken.")
    return reading


def _name_of(label: str) -> str:
    """The canonical name of a known emotion, or the label in lower case."""
    return canonical_emotion(label) or label.casefold()


def _utterances(reading: _Reading, persons: dict[str, Words], people: People) -> Iterator[Utterance]:
    """One utterance per place that a table of emotions names; bad ones are problems."""
    taken: dict[str, int] = {}
    for place, (table, line) in reading.found.named.items():
        said = {**reading.found.said.get((place[0], None, None), {}), **reading.found.said.get(place, {})}
        cells = Cells(Row(line, {**persons.get(said.get("speaker", ""), {}), **said}))
        utterance = _utterance(reading, place, cells)
        cells.whole("age", 0, 120)
        if utterance.code in taken:
            cells.wrong.append(f"the id {quoted(utterance.code)} stands already on line {taken[utterance.code]}")
        if cells.wrong:
            reading.problems.append(Problem(table, line, "; ".join(cells.wrong), fatal=True))
            continue
        taken[utterance.code] = line
        reading.codes[place] = utterance.code
        people.add(cells, line)
        yield utterance


def _utterance(reading: _Reading, place: Place, cells: Cells) -> Utterance:
    file, start, end = place
    whole = start is None and end is None
    video = cells.read(lambda text: _video(text, reading.root), "video", None)
    if video is None and file.lower().endswith(VIDEO_SUFFIXES):
        video = file
    return Utterance(
        cells.text("utterance_id")
        or (file if whole else f"{file}#{start or 0.0:g}-{'' if end is None else f'{end:g}'}"),
        speaker_code(cells),
        audio=file,
        video=video,
        start=start,
        end=end,
        transcript=cells.text("transcript") or None,
        dialogue=cells.text("dialogue") or None,
        turn=cells.whole("turn", 0, 1_000_000),
        split=cells.text("split") or None,
        fold=cells.whole("fold", 0, 1000),
        intended=_intended(reading, place),
        defect=cells.text("defect") or None,
    )


def _video(text: str, root: Path) -> str | None:
    path = safe_relative(text, root) if text else None
    if text and path is None:
        raise CellError(f"the video {quoted(text)} leads out of {root.name}; write it relative")
    return path


def _single_label(reading: _Reading, place: Place) -> tuple[Condition | None, Words]:
    """What is said of a place by no single rater.

    Where a table names a condition and votes or ratings are there, it only repeats what they come to.
    """
    derived = bool(reading.found.votes) or RATINGS in reading.header.misc
    for condition in (None, *(() if derived else Condition)):
        words = reading.found.labels.get((place, condition))
        if words:
            return condition, words
    return None, {}


def _intended(reading: _Reading, place: Place) -> int | None:
    """The class of the single label; none where there is none or no agreement."""
    label = _single_label(reading, place)[1].get(EMOTION)
    name = _name_of(label) if label else NO_AGREEMENT
    return None if name == NO_AGREEMENT else reading.scheme.classes.index(name)


def _consensus(reading: _Reading) -> Iterator[Consensus]:
    """Means and disagreements, where the single labels have any."""
    for place, code in reading.codes.items():
        condition, words = _single_label(reading, place)
        means = _dimensions(reading, place, words)
        disagreed = words.get(EMOTION, "").casefold() == NO_AGREEMENT
        if disagreed or means != (None, None, None):
            truth = Truth.INTENDED if condition is None else Truth(condition)
            source = reading.found.sources[condition]
            yield Consensus(code, truth, source, *means, disagreed)


def _dimensions(reading: _Reading, place: Place, words: Words) -> tuple[float | None, float | None, float | None]:
    """Activation, valence and dominance; a value that is no number is a problem."""
    table, line = reading.found.named[place]
    cells = Cells(Row(line, words))
    activation, valence, dominance = (cells.number(name, -_HIGHEST, _HIGHEST) for name in DIMENSIONS)
    reading.problems += [Problem(table, line, wrong, fatal=True) for wrong in cells.wrong]
    return activation, valence, dominance


def _condition(place: Place, named: Condition | None) -> Condition:
    """What a rater of a place was given: what the table says, or what the file holds."""
    return named or (Condition.AV if place[0].lower().endswith(VIDEO_SUFFIXES) else Condition.VOICE)


def _rater_code(header: Header, rater: str) -> str:
    return rater if ":" in rater else f"{header.name}:{rater}"


def _raters(reading: _Reading) -> Iterator[Rater]:
    for rater in dict.fromkeys(rater for _, _, rater in reading.found.answers):
        machine = reading.header.raters[rater] == _MACHINE
        yield Rater(_rater_code(reading.header, rater), RaterKind.MODEL if machine else RaterKind.IMPORTED)


def _ratings(reading: _Reading) -> Iterator[Rating]:
    """One rating per place, condition and rater; one without an emotion has no place here, and that is said."""
    bare = 0
    for (place, named, rater), words in reading.found.answers.items():
        code, label = reading.codes.get(place), words.get(EMOTION)
        name = _name_of(label) if label else NO_AGREEMENT
        if name == NO_AGREEMENT:
            bare += 1
        elif code is not None:
            values, condition = _dimensions(reading, place, words), _condition(place, named)
            who = _rater_code(reading.header, rater)
            answer = "\x1f".join(map(str, (reading.header.name, code, who, condition, name, *values)))
            rating = Rating(str(uuid.uuid5(_NAMESPACE, answer)), code, who, condition, (name,))
            activation, valence, dominance = values
            yield replace(rating, activation=activation, valence=valence, dominance=dominance)
    if bare:
        reading.warnings.append(f"Answers without an emotion are not kept ({bare}): a rating is a vote.")


def _people_rating(ctx: TaskContext, reading: _Reading) -> list[Rater]:
    """The raters of the miscellaneous table that this program's own exports hold, with their kinds."""
    head = reading.header.misc.get(RATERS)
    if head is None or RATINGS not in reading.header.misc or not set(_RATERS_COLUMNS) <= set(head.known):
        return []
    table = read_rows(reading.root, reading.header, RATERS, ctx.check)
    raters, problems = rows_of(table, ctx.check, rater_of, _RATERS_COLUMNS[:1])
    reading.problems += problems
    return raters


def _singles(ctx: TaskContext, reading: _Reading, adjudicators: Collection[str]) -> RatingsFile:
    """The ratings of the miscellaneous table that this program's own exports hold."""
    head = reading.header.misc.get(RATINGS)
    if head is None or not set(_RATINGS_COLUMNS) <= set(head.known):
        return RatingsFile(RATINGS)
    table = read_rows(reading.root, reading.header, RATINGS, ctx.check)
    codes = frozenset(reading.codes.values())
    file = ratings_in(table, reading.scheme, codes, check=ctx.check, adjudicators=adjudicators)
    reading.problems += file.problems
    return file


def _counts(reading: _Reading, ratings: Iterable[Rating]) -> tuple[VoteCounts, ...]:
    """Votes already counted, where no single ratings stand for them."""
    rated = {(rating.utterance, rating.condition) for rating in ratings}
    counts = []
    for (place, named), votes in reading.found.votes.items():
        code, condition = reading.codes.get(place), _condition(place, named)
        row = [0] * len(reading.scheme.classes)
        for column, n in votes.items():
            if _name_of(column) in reading.scheme.classes:
                row[reading.scheme.classes.index(_name_of(column))] += n
        if code is not None and any(row) and (code, condition) not in rated:
            counts.append(VoteCounts(code, condition, tuple(row), reading.found.sources[named]))
    return tuple(counts)


def _warnings(reading: _Reading) -> Iterator[str]:
    """What is worth knowing about the tables."""
    unused = [name for name in reading.header.tables if not _is_used(reading.header, name)]
    if unused:
        yield f"Tables that hold nothing this program knows were passed over: {listed(unused)}."
    caches = [path.name for path in sorted(reading.root.glob(f"{reading.header.file}.*.pkl"))]
    if caches:
        yield f"Pickles were not opened ({listed(caches)}): the tables beside them were read."


def _is_used(header: Header, name: str) -> bool:
    head = header.tables[name]
    return head.split is not None or any(role_of(column, each) for column, each in head.columns.items())
