"""A corpus of one's own: a CSV table of utterances, and a table of ratings beside it if there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import CREMA_D, EMODB, RAVDESS, EmotionScheme, canonical_emotion, scheme_of
from fairemo_gui.core.records import CorpusBundle, FaceRegion, MediaState, Problem, RaterKind, Utterance
from fairemo_gui.corpora.companions import About, Companions, about_beside, companions_beside
from fairemo_gui.corpora.folder import check_root, glance, is_file, safe_relative, stays_inside
from fairemo_gui.corpora.marks import Marked, mark_media
from fairemo_gui.corpora.people import People, speaker_code
from fairemo_gui.corpora.ratings import RatingsFile, emotions_named, open_ratings, ratings_in
from fairemo_gui.corpora.report import ImportReport, listed, quoted, refuse, report_on
from fairemo_gui.corpora.table import Table, peek_columns, read_table, unused_columns
from fairemo_gui.corpora.values import CellError, Cells
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import VIDEO_SUFFIXES

NEEDED = ("utterance_id", "media")
COLUMNS = (
    *NEEDED,
    "speaker",
    "gender",
    "start",
    "end",
    "emotion",
    "transcript",
    "age",
    "race",
    "ethnicity",
    "dialogue",
    "turn",
    "split",
    "fold",
    "face_region",
    "audio",
    "video",
    "defect",
)
# What an export says beyond that: it is found out anew, or is no matter of the corpus.
_DERIVED = ("media_state", "flagged")
# No recording is longer than a week; such a time is a slip or another unit.
_LONGEST = 7 * 24 * 3600.0
# Containers round their length; an utterance may end this much later than its media say.
_ROUNDING = 0.1
# One or two letters are a code, and an unknown code is a slip; a longer word may be an emotion of the corpus's own.
_SHORTEST_WORD, _LONGEST_WORD = 3, 40
_LONGEST_ID = 200
_WELL_KNOWN = (
    *dict.fromkeys((*CREMA_D.classes, *EMODB.classes, *RAVDESS.classes)),
    "contempt",
    "excited",
    "frustrated",
)


@dataclass(frozen=True, slots=True)
class _Read:
    """Utterances as the table gives them, their emotions still in words, the line of each, and every id met."""

    utterances: tuple[Utterance, ...]
    emotions: tuple[str | None, ...]
    lines: tuple[int, ...]
    ids: frozenset[str]


class Manifest:
    """Importer of a table of utterances with the columns `COLUMNS`, of which only `NEEDED` must be there.

    Media paths are relative to the table's folder and stay inside it. Ratings are read from `ratings.csv` or
    `NAME_ratings.csv` beside `NAME.csv`; a table that was exported comes in with all that lies beside it.
    """

    name: Final = "manifest"
    title: Final = "Table of utterances (CSV)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """A table with the columns `utterance_id` and `media`."""
        tables = _tables(path)
        return f"{listed(table.name for table in tables)} with the columns utterance_id and media" if tables else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read the table, its media and its ratings; see `Importer.read`. `root` may be the table or its folder."""
        path = _table_at(check_root(root))
        ctx.report(0, None, f"Reading {path.name}")
        table = read_table(path, COLUMNS, ctx.check)
        table.need(NEEDED, f" Known columns are {', '.join(COLUMNS)}.")
        people = People(table)
        read, problems = _rows(table, path.parent, people, ctx.check)
        beside = [open_ratings(file, ctx.check) for file in _ratings_beside(path)]
        about = about_beside(path)
        scheme = _scheme(path, read, beside, about)
        marked = mark_media(ctx, path.parent, _with_intended(read, scheme))
        utterances, past = _within_media(table.name, read.lines, marked)
        more = companions_beside(path, read.ids, scheme, ctx.check)
        files, wrong = _ratings(beside, scheme, read, utterances, more, ctx.check)
        problems += [*past, *more.problems, *wrong]
        refuse(problems, skip_bad)
        if not utterances:
            raise UserError(f"{path.name} has no row that can be used: correct it.", map(str, problems))
        bundle = _exported(_bundle(path, scheme, people, utterances, files), about, more)
        warnings = [*table.warnings, *unused_columns(table, (*COLUMNS, *_DERIVED)), *_own_words(table.name, scheme)]
        return bundle, report_on(bundle, [*problems, *marked.problems], [*warnings, *people.warnings()])


def _tables(path: Path) -> list[Path]:
    """The tables of utterances at a path: the file itself, or those in a folder."""
    if path.is_dir():
        inside = [file for file in glance(path) if file.parent == path and file.suffix.lower() in (".csv", ".tsv")]
        return [file for file in inside if set(NEEDED) <= set(peek_columns(file, COLUMNS))]
    return [path] if set(NEEDED) <= set(peek_columns(path, COLUMNS)) else []


def _table_at(path: Path) -> Path:
    """The one table of utterances at a path."""
    if path.is_file():
        return path
    tables = _tables(path)
    if not tables:
        raise UserError(f"{path.name} holds no table with the columns utterance_id and media: give the table itself.")
    if len(tables) > 1:
        raise UserError(f"{path.name} holds several tables of utterances ({listed(t.name for t in tables)}): name one.")
    return tables[0]


def _rows(table: Table, root: Path, people: People, check: Callable[[], None]) -> tuple[_Read, list[Problem]]:
    """Every row that can be read, and every problem of those that cannot."""
    problems = list(table.problems)
    utterances, emotions, lines = [], [], []
    first: dict[str, int] = {}
    media = cache(lambda text: _media(text, root))
    for row in table.rows:
        check()
        cells = Cells(row, table.decimal_comma)
        utterance, emotion = _utterance(cells, media), cells.read(_emotion, "emotion", None)
        cells.whole("age", 0, 120)
        if utterance.code in first:
            cells.wrong.append(f"the id {quoted(utterance.code)} stands already on line {first[utterance.code]}")
        first.setdefault(utterance.code, row.line)
        if cells.wrong:
            problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        people.add(cells, row.line)
        utterances.append(utterance)
        emotions.append(emotion)
        lines.append(row.line)
    return _Read(tuple(utterances), tuple(emotions), tuple(lines), frozenset(first)), problems


def _utterance(cells: Cells, read_media: Callable[[str], str]) -> Utterance:
    """One row, its emotion aside."""
    audio, video = _files(cells, read_media)
    start, end = cells.number("start", 0, _LONGEST), cells.number("end", 0, _LONGEST)
    if end is not None and end <= (start or 0.0):
        cells.wrong.append(f"it ends at {end:g} s, which is not after its start at {start or 0.0:g} s")
    return Utterance(
        code=cells.read(_id, "utterance_id", ""),
        speaker=speaker_code(cells),
        audio=audio,
        video=video,
        start=start,
        end=end,
        face_region=cells.read(_face_region, "face_region", FaceRegion.FULL),
        transcript=cells.text("transcript") or None,
        dialogue=cells.text("dialogue") or None,
        turn=cells.whole("turn", 0, 1_000_000),
        split=cells.text("split") or None,
        fold=cells.whole("fold", 0, 1000),
        defect=cells.text("defect") or None,
    )


def _files(cells: Cells, read_media: Callable[[str], str]) -> tuple[str | None, str | None]:
    """Sound and picture: as the columns `audio` and `video` name them, else what `media` holds by its suffix."""
    if cells.text("audio") or cells.text("video"):
        one, other = (cells.read(read_media, c, "") if cells.text(c) else None for c in ("audio", "video"))
        return one, other
    media = cells.read(read_media, "media", "")
    return media, media if media.lower().endswith(VIDEO_SUFFIXES) else None


def _id(text: str) -> str:
    if not text:
        raise CellError("the utterance_id is empty")
    if len(text) > _LONGEST_ID or not text.isprintable():
        raise CellError(f"the utterance_id {quoted(text)} is too long or holds control characters")
    return text


def _media(text: str, root: Path) -> str:
    if not text:
        raise CellError("names no media file")
    path = safe_relative(text, root)
    if path is None:
        raise CellError(f"the media path {quoted(text)} leads out of {root.name}; write it relative to the table")
    return path


def _face_region(text: str) -> FaceRegion:
    try:
        return FaceRegion(text.casefold() or FaceRegion.FULL)
    except ValueError:
        raise CellError(f"the face_region is {quoted(text)}; write full, left or right") from None


def _emotion(text: str) -> str | None:
    """The canonical name of a known emotion, a word of the corpus's own, or nothing."""
    if not text:
        return None
    known = canonical_emotion(text)
    if known is None and (len(text) < _SHORTEST_WORD or len(text) > _LONGEST_WORD or not text[0].isalpha()):
        raise CellError(f"{quoted(text)} is no emotion known here; write the word, such as happy")
    return known or text.casefold()


def _ratings_beside(path: Path) -> list[Path]:
    """Tables of ratings that belong to a table of utterances, by their names."""
    names = ("ratings.csv", f"{path.stem}_ratings.csv")
    beside = [path.with_name(name) for name in names]
    return [file for file in beside if is_file(file) and file != path and stays_inside(file, path.parent)]


def _scheme(path: Path, read: _Read, beside: Iterable[Table], about: About) -> EmotionScheme:
    """The emotions an export names; else those the table and its ratings use; CREMA-D's six where they use none."""
    used = {emotion for emotion in read.emotions if emotion is not None}
    used.update(*(emotions_named(table) for table in beside))
    if about.scheme is not None and used <= set(about.scheme.classes):
        return about.scheme
    return scheme_of(path.stem, used or CREMA_D.classes)


def _with_intended(read: _Read, scheme: EmotionScheme) -> list[Utterance]:
    index = {name: k for k, name in enumerate(scheme.classes)}
    pairs = zip(read.utterances, read.emotions, strict=True)
    return [u if emotion is None else replace(u, intended=index[emotion]) for u, emotion in pairs]


def _within_media(table: str, lines: Sequence[int], marked: Marked) -> tuple[tuple[Utterance, ...], list[Problem]]:
    """The utterances whose times lie in their media, and a problem for each of the others."""
    inside, problems = [], []
    for line, utterance in zip(lines, marked.utterances, strict=True):
        info = marked.files.get(utterance.video or utterance.audio or "")
        last = max(utterance.start or 0.0, utterance.end or 0.0)
        if info is None or info.duration is None or last <= info.duration + _ROUNDING:
            inside.append(utterance)
            continue
        path = utterance.video or utterance.audio
        what = f"it reaches to {last:g} s, but {path} ends at {info.duration:.2f} s"
        cut = info.state is MediaState.TRUNCATED
        problems.append(Problem(table, line, what, fatal=not cut))
        if cut:
            inside.append(utterance)
    return tuple(inside), problems


def _ratings(
    beside: Iterable[Table],
    scheme: EmotionScheme,
    read: _Read,
    utterances: Sequence[Utterance],
    more: Companions,
    check: Callable[[], None],
) -> tuple[list[RatingsFile], list[Problem]]:
    """The ratings of the utterances that come in; those of rows left out are left out with them."""
    came = {utterance.code for utterance in utterances}
    files: list[RatingsFile] = []
    problems: list[Problem] = []
    adjudicators = {rater.code for rater in more.raters if rater.kind is RaterKind.ADJUDICATED}
    for table in beside:
        file = ratings_in(table, scheme, read.ids, check=check, adjudicators=adjudicators)
        ratings = tuple(rating for rating in file.ratings if rating.utterance in came)
        counts = tuple(votes for votes in file.vote_counts if votes.utterance in came)
        files.append(replace(file, ratings=ratings, vote_counts=counts))
        problems += file.problems
    return files, problems


def _bundle(
    path: Path, scheme: EmotionScheme, people: People, utterances: tuple[Utterance, ...], files: Sequence[RatingsFile]
) -> CorpusBundle:
    spoken = {utterance.speaker for utterance in utterances}
    raters = {rater.code: rater for file in files for rater in file.raters}
    written = people.genders_as_written()
    return CorpusBundle(
        name=path.stem,
        root=str(path.parent),
        importer=f"{Manifest.name} {Manifest.version}",
        scheme=scheme,
        speakers=tuple(speaker for speaker in people.speakers() if speaker.code in spoken),
        utterances=utterances,
        raters=tuple(raters.values()),
        ratings=tuple(rating for file in files for rating in file.ratings),
        vote_counts=tuple(votes for file in files for votes in file.vote_counts),
        facts={"gender_as_written": written} if written else {},
    )


def _exported(bundle: CorpusBundle, about: About, more: Companions) -> CorpusBundle:
    """The bundle with what the files beside the table say of it."""
    came = {utterance.code for utterance in bundle.utterances}
    raters = {rater.code: rater for rater in (*bundle.raters, *more.raters)}
    return replace(
        bundle,
        name=about.name or bundle.name,
        licence=about.licence,
        synthetic=about.synthetic,
        facts={**about.facts, **bundle.facts},
        utterances=tuple(replace(u, words=more.words.get(u.code, ())) for u in bundle.utterances),
        raters=tuple(raters.values()),
        vote_counts=(*bundle.vote_counts, *(votes for votes in more.vote_counts if votes.utterance in came)),
        consensus=tuple(whole for whole in more.consensus if whole.utterance in came),
    )


def _own_words(table: str, scheme: EmotionScheme) -> Iterator[str]:
    """A word nobody knows may be an emotion of this corpus or a slip: both are said."""
    own = [name for name in scheme.classes if canonical_emotion(name) is None]
    for word in own:
        near = get_close_matches(word, _WELL_KNOWN, n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        yield f"{table}: {quoted(word)} is no emotion known here and became a class of its own{hint}"
