"""Reading a file of ratings: one row per rating, or votes already counted in CREMA-D's tabulated layout."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from fairemo_gui.core.emotions import EmotionScheme, canonical_emotion
from fairemo_gui.core.records import Condition, Problem, Rater, RaterKind, Rating, Role, VoteCounts, given_here
from fairemo_gui.corpora.plain_text import json_in
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import Row, Table, read_table, unused_columns
from fairemo_gui.corpora.values import CellError, Cells, condition_of, emotion_of, truth_of, whole_number_of

LETTERS = ("A", "D", "F", "H", "N", "S")
# Columns of the tabulated layout this program reads; the unnamed one is CREMA-D's own row id.
COUNTED = ("rowId", *LETTERS, "fileName", "numResponses")
SINGLE = (
    "utterance_id", "condition", "rater", "emotion", "intensity", "activation", "valence", "dominance", "confidence",
    "first_answer", "response_ms", "replays", "uuid", "prediction_visible", "supersedes", "created_at", "undoes",
    "secondary", "comment", "role", "position", "played_ms", "changes", "software",
)  # fmt: skip
# What an export says beyond that: it follows from the rest, or means something in the former workspace only.
_DERIVED = ("session", "plan", "plan_version", "plan_sha256", "stands")
_KNOWN = (*SINGLE, *_DERIVED, "annotator", *COUNTED)
_WAYS = {"1": Condition.VOICE, "2": Condition.FACE, "3": Condition.AV}
NO_AGREEMENT = "no_agreement"
"""What an adjudicator says of an utterance whose raters cannot be brought together."""
_MOST_VOTES = 1_000_000
_LONGEST_MS = 86_400_000
_NONE: tuple[str, ...] = ()
# Utterance, condition, rater, emotions, intensity, time: what makes an answer the one it is.
_Answer: TypeAlias = tuple[str, ...]
_NAMESPACE = uuid.UUID("6c1a2f52-6f0e-5d0a-9a53-0d3a3f7f9b11")


@dataclass(frozen=True, slots=True)
class RatingsFile:
    """What a file of ratings holds for a corpus.

    Attributes:
        name: File name.
        ratings: Single ratings, in the order of the file. Their ids depend on their content alone (unless the file
            gives ids), so that reading a file twice gives the same ratings.
        vote_counts: Votes that came already counted.
        raters: Everybody who rated.
        problems: Bad rows (fatal: left out above) and remarks (not fatal).
        derived: Ids of single ratings that the file did not give: made from their content.
    """

    name: str
    ratings: tuple[Rating, ...] = ()
    vote_counts: tuple[VoteCounts, ...] = ()
    raters: tuple[Rater, ...] = ()
    problems: tuple[Problem, ...] = ()
    derived: frozenset[str] = frozenset()


def read_ratings(
    path: Path, scheme: EmotionScheme, utterance_codes: Collection[str], condition: Condition = Condition.AV
) -> RatingsFile:
    """Read and check a file of ratings. Bad rows are left out of the result and named in its problems.

    Args:
        path: A CSV table with the columns `utterance_id, condition, rater (or annotator), emotion` and, if wanted, the
            others of `SINGLE`; or with the columns `COUNTED` of CREMA-D's tabulatedVotes.csv.
        scheme: The corpus's emotions.
        utterance_codes: The corpus's utterances.
        condition: What single ratings are taken as where the file has no column for it; a remark says so.

    Raises:
        UserError: The file cannot be read as a table, or columns are missing.
    """
    return ratings_in(open_ratings(path), scheme, utterance_codes, condition)


def open_ratings(path: Path, check: Callable[[], None] = lambda: None) -> Table:
    """A file of ratings as a table, its columns under one name each.

    Args:
        path: See `read_ratings`.
        check: Called at every row; may raise to stop.

    Raises:
        UserError: The file cannot be read as a table.
    """
    table = read_table(path, _KNOWN, check)
    renamed = tuple({"": "rowId", "annotator": "rater"}.get(column, column) for column in table.columns)
    if renamed == table.columns or len(set(renamed)) < len(renamed):
        return table
    rows = tuple(Row(row.line, dict(zip(renamed, row.cells.values(), strict=True))) for row in table.rows)
    return replace(table, columns=renamed, rows=rows)


def ratings_in(
    table: Table,
    scheme: EmotionScheme,
    utterance_codes: Collection[str],
    condition: Condition = Condition.AV,
    check: Callable[[], None] = lambda: None,
    adjudicators: Collection[str] = (),
) -> RatingsFile:
    """The ratings of an opened file; see `read_ratings`. Adjudicators may also settle on `NO_AGREEMENT`.

    Raises:
        UserError: Columns are missing.
    """
    known = utterance_codes if isinstance(utterance_codes, (set, frozenset, dict)) else frozenset(utterance_codes)
    find = _finder(known)
    if _is_counted(table):
        return _counted(table, scheme, find, {}, check)
    return _single(table, scheme, find, condition, check, adjudicators)


def emotions_named(table: Table) -> set[str]:
    """The known emotions an opened file of ratings uses: what a corpus without a scheme of its own is given."""
    if _is_counted(table):
        return {name for name in map(canonical_emotion, LETTERS) if name is not None}
    words = {word for cell in {row.get("emotion") for row in table.rows} for word in _words(cell)}
    return {name for name in map(canonical_emotion, words) if name is not None}


def _is_counted(table: Table) -> bool:
    """Whether a table has counts per clip rather than one rating a row."""
    return "emotion" not in table.columns and bool({"rowId", "fileName", "numResponses"} & set(table.columns))


def _finder(codes: Collection[str]) -> Callable[[str], str]:
    """A function that gives a known code back and says what is wrong with any other."""
    by_case: dict[str, str] = {}

    def find(code: str) -> str:
        if code in codes:
            return code
        if not code:
            raise CellError("names no utterance")
        if not by_case:
            by_case.update({known.casefold(): known for known in codes})
        near = by_case.get(code.casefold())
        hint = f"; {quoted(near)} differs only in letter case" if near else ""
        raise CellError(f"there is no utterance {quoted(code)} in this corpus{hint}")

    return find


def read_counts(
    path: Path,
    scheme: EmotionScheme,
    utterance_codes: Collection[str],
    numbers: Mapping[int, str],
    check: Callable[[], None],
) -> RatingsFile:
    """Read CREMA-D's tabulated votes, the clip number in each row id checked against the clip's name.

    Args:
        path: A CSV table with the columns `COUNTED`.
        scheme: The corpus's emotions.
        utterance_codes: The corpus's utterances.
        numbers: Name per clip number; numbers that are not in it are not checked.
        check: Called at every row; may raise to stop.

    Raises:
        UserError: The file cannot be read as a table, or columns are missing.
    """
    return _counted(open_ratings(path, check), scheme, _finder(utterance_codes), numbers, check)


def _counted(
    table: Table,
    scheme: EmotionScheme,
    find: Callable[[str], str],
    numbers: Mapping[int, str],
    check: Callable[[], None],
) -> RatingsFile:
    """The tabulated layout."""
    table.need(COUNTED)
    counts: dict[tuple[str, Condition], VoteCounts] = {}
    lines: dict[tuple[str, Condition], int] = {}
    problems = list(table.problems)
    for row in table.rows:
        check()
        try:
            votes = _counted_row(row, scheme, find, numbers, table.name)
            key = (votes.utterance, votes.condition)
            if key in counts:
                raise CellError(f"{votes.utterance} in {votes.condition} stands already on line {lines[key]}")
            counts[key], lines[key] = votes, row.line
        except CellError as error:
            problems.append(Problem(table.name, row.line, str(error), fatal=True))
    problems += [Problem(table.name, 1, text.removeprefix(f"{table.name}: ")) for text in table.warnings]
    return RatingsFile(table.name, vote_counts=tuple(counts.values()), problems=tuple(problems))


def _counted_row(
    row: Row, scheme: EmotionScheme, find: Callable[[str], str], numbers: Mapping[int, str], source: str
) -> VoteCounts:
    """One row of the tabulated layout, its sum checked against the announced number of responses."""
    cells = Cells(row)
    code = cells.read(find, "fileName", "")
    condition, number = cells.read(_row_id, "rowId", (Condition.AV, 0))
    counts = [cells.read(_votes_for(letter), letter, 0) for letter in LETTERS]
    announced = cells.read(_votes_for("numResponses"), "numResponses", -1)
    cells.finish()
    if sum(counts) != announced:
        raise CellError(f"the votes add up to {sum(counts)}, but numResponses is {announced}")
    if numbers.get(number, code) != code:
        raise CellError(f"clip number {number} is {numbers[number]}, not {code}")
    votes = [0] * len(scheme)
    for letter, count in zip(LETTERS, counts, strict=True):
        if count:
            votes[scheme.classes.index(emotion_of(letter, scheme))] = count
    return VoteCounts(code, condition, tuple(votes), source)


def _row_id(text: str) -> tuple[Condition, int]:
    """Condition and clip number of CREMA-D's row id, `queryType · 100000 + clipNum`."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()) or text[0] not in _WAYS:
        raise CellError(f"the row id is {quoted(text)}; it must be 1, 2 or 3 and a five-digit clip number")
    return _WAYS[text[0]], int(text[1:])


def _votes_for(column: str) -> Callable[[str], int]:
    """A reader of an exact, present number of votes."""

    def read(text: str) -> int:
        number = whole_number_of(text, f"the number of votes in “{column}”", 0, _MOST_VOTES)
        if number is None:
            raise CellError(f"the number of votes in “{column}” is empty; write 0 where nobody voted so")
        return number

    return read


def _single(
    table: Table,
    scheme: EmotionScheme,
    find: Callable[[str], str],
    fallback: Condition,
    check: Callable[[], None],
    adjudicators: Collection[str],
) -> RatingsFile:
    """One rating a row."""
    table.need(
        ("utterance_id", "rater", "emotion"), " Or give counts in CREMA-D's layout (rowId, A, D, F, H, N, S, …)."
    )
    ratings: dict[str, Rating] = {}
    problems, met = list(table.problems), Counter[_Answer]()
    settled = EmotionScheme(scheme.name, (*scheme.classes, NO_AGREEMENT))
    given: set[str] = set()
    for row in table.rows:
        check()
        try:
            known = settled if row.get("rater") in adjudicators else scheme
            rating = _rating(Cells(row, table.decimal_comma), known, find, fallback, met)
            if rating.uuid in ratings:
                raise CellError(f"the rating id {quoted(rating.uuid)} is used twice")
            ratings[rating.uuid] = rating
            if "uuid" in table.columns and row.get("uuid"):
                given.add(rating.uuid)
        except CellError as error:
            problems.append(Problem(table.name, row.line, str(error), fatal=True))
    problems += _remarks(table, fallback, ratings.values())
    raters = tuple(Rater(code, RaterKind.IMPORTED) for code in dict.fromkeys(r.rater for r in ratings.values()))
    derived = frozenset(name for name in ratings if name not in given)
    return RatingsFile(table.name, tuple(ratings.values()), (), raters, tuple(problems), derived)


def _rating(
    cells: Cells, scheme: EmotionScheme, find: Callable[[str], str], fallback: Condition, met: Counter[_Answer]
) -> Rating:
    """One rating, all that is wrong with its row said at once."""
    code = cells.read(find, "utterance_id", "")
    condition = cells.read(lambda text: condition_of(text) if text else fallback, "condition", fallback)
    votes = cells.read(lambda text: _votes(text, cells, scheme), "emotion", _NONE)
    rater = cells.read(_rater_code, "rater", "")
    intensity = cells.whole("intensity", 0, 100)
    created_at = cells.read(_time_of, "created_at", "")
    given = cells.read(_uuid_of, "uuid", "")
    answer = (code, condition.value, rater, *votes, str(intensity), created_at)
    rating = Rating(
        uuid=given or _content_id(answer, met[answer]),
        utterance=code,
        rater=rater,
        condition=condition,
        votes=votes,
        intensity=intensity,
        activation=cells.number("activation", -1e6, 1e6),
        valence=cells.number("valence", -1e6, 1e6),
        dominance=cells.number("dominance", -1e6, 1e6),
        confidence=cells.whole("confidence", 0, 100),
        first_answer=cells.read(lambda text: emotion_of(text, scheme) if text else None, "first_answer", None),
        response_ms=cells.whole("response_ms", -_LONGEST_MS, _LONGEST_MS),
        replays=cells.whole("replays", 0, 10_000) or 0,
        prediction_visible=cells.read(truth_of, "prediction_visible", False),
        supersedes=cells.read(_uuid_of, "supersedes", "") or None,
        created_at=created_at,
        undoes=cells.read(_uuid_of, "undoes", "") or None,
        secondary=_listing(cells.text("secondary")),
        comment=cells.text("comment") or None,
        role=cells.read(_role_of, "role", Role.MAIN),
        position=cells.whole("position", 0, _MOST_VOTES),
        played_ms=cells.whole("played_ms", 0, _LONGEST_MS),
        changes=cells.whole("changes", 0, _MOST_VOTES),
        software=cells.text("software") or None,
    )
    cells.finish()
    met[answer] += 1
    return rating


def _content_id(answer: _Answer, before: int) -> str:
    """An id the same rating gets each time it is read: from its content and the number of the same answers before."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((*answer, str(before)))))


def _words(text: str) -> list[str]:
    """The emotions of a cell that may hold several, as `happy+sad`."""
    return [word.strip() for word in re.split(r"[+|;:/]", text)] if text else []


def _votes(text: str, cells: Cells, scheme: EmotionScheme) -> tuple[str, ...]:
    """The emotions a rater chose; none where an answer is taken back, or where only dimensions are rated."""
    if not text and any(cells.text(column) for column in ("supersedes", "activation", "valence", "dominance")):
        return ()
    # Emotions of a corpus's own may hold the signs that otherwise stand between several.
    for exact in (_listing(text), text.split("+")):
        if exact and all(word in scheme.classes for word in exact):
            return tuple(dict.fromkeys(exact))
    return tuple(dict.fromkeys(emotion_of(word, scheme) for word in _words(text) or [""]))


def _listing(text: str) -> tuple[str, ...]:
    """The texts of a cell that may hold several: a JSON list, or words between semicolons or commas."""
    if text.startswith("["):
        with suppress(ValueError, RecursionError):
            found = json_in(text)
            if all(isinstance(word, str) for word in found):
                return tuple(found)
    return tuple(word.strip() for word in re.split("[;,]", text) if word.strip())


def _rater_code(text: str) -> str:
    if not text:
        raise CellError("names no rater")
    return text


def _role_of(text: str) -> Role:
    if text and text not in set(Role):
        raise CellError(f"the role is {quoted(text)}; write one of {', '.join(Role)}")
    return Role(text or Role.MAIN)


def _uuid_of(text: str) -> str:
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        raise CellError(f"{quoted(text)} is no rating id (UUID)") from None


def _time_of(text: str) -> str:
    """ISO 8601 in UTC with milliseconds; a time without a zone is taken as UTC."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise CellError(f"created_at is {quoted(text)}; write it as 2026-01-31T12:00:00Z") from None


def _remarks(table: Table, fallback: Condition, ratings: Iterable[Rating]) -> list[Problem]:
    """What is worth knowing about a table of single ratings."""
    texts = [
        text.removeprefix(f"{table.name}: ") for text in (*table.warnings, *unused_columns(table, (*SINGLE, *_DERIVED)))
    ]
    empty = [row.line for row in table.rows if not row.get("condition")]
    if "condition" not in table.columns or empty:
        which = f"{len(empty)} of {len(table.rows)} ratings" if "condition" in table.columns else "all ratings"
        meaning = {Condition.AV: "voice and face together", Condition.VOICE: "voice only", Condition.FACE: "face only"}
        texts.append(
            f"no condition is given: {which} are taken as “{fallback}” ({meaning[fallback]}); "
            "write voice, face or av in a column “condition” if they are not"
        )
    first = (r for r in ratings if r.supersedes is None and r.role is Role.MAIN and not given_here(r.uuid))
    answers = Counter((r.utterance, r.condition, r.rater) for r in first)
    twice = [f"{rater} on {code} in {condition}" for (code, condition, rater), n in answers.items() if n > 1]
    if twice:
        texts.append(f"raters answered more than once, and every answer counts: {listed(twice)}")
    return [Problem(table.name, 1, text) for text in texts]
