"""CREMA-D's single ratings: every final answer of its 2,443 raters, and the first click each of them made."""

from __future__ import annotations

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import Condition, Problem, Rater, RaterKind, Rating, VoteCounts
from fairemo_gui.corpora.folder import find_table
from fairemo_gui.corpora.ratings import LETTERS
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import Row, Table, read_table
from fairemo_gui.corpora.values import CellError, Cells, emotion_of, number_of

RESPONSES: Final = "finishedResponses.csv"
FIRST_CLICKS: Final = "finishedEmoResponses.csv"
RESPONSE_COLUMNS: Final = (
    "localid", "ttr", "queryType", "numTries", "clipNum", "questNum", "clipName", "sessionNums", "respEmo", "respLevel",
)  # fmt: skip
CLICK_COLUMNS: Final = ("sessionNums", "queryType", "questNum", "ttr", "respEmo", "ans")
SLOWEST_MS: Final = 10_000
"""The corpus's authors count no answer whose first click came later: its rater was taken to have been distracted."""
_NEEDED = tuple(column for column in RESPONSE_COLUMNS if column not in ("ttr", "numTries", "respLevel"))
_WAYS = {"1": Condition.VOICE, "2": Condition.FACE, "3": Condition.AV}
_MISSING = frozenset(("", "na", "nan", "null"))
_LONGEST_MS = 86_400_000
_NAMESPACE = uuid.UUID("b9a0f3f6-7d51-5f0b-9a0c-2d9a2e4e61c7")
_CORPUS = "crema-d:"
# Session, way of showing and number of the question: what the authors match answers and clicks by.
_Question = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class FirstClicks:
    """The first clicks.

    Attributes:
        slow: Questions whose first click took longer than `SLOWEST_MS`.
        answers: Emotion of the first click per question, where the file gives it.
        problems: Bad rows.
    """

    slow: frozenset[_Question] = frozenset()
    answers: Mapping[_Question, str] | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Responses:
    """The final answers that count.

    Attributes:
        ratings: In the order of the file; their ids depend on rater, clip, condition and answer alone.
        slow: How many were left out for a slow first click.
        practice: How many were answers to practice clips, which are no part of the corpus.
        problems: Bad rows.
    """

    ratings: tuple[Rating, ...] = ()
    slow: int = 0
    practice: int = 0
    problems: tuple[Problem, ...] = ()

    def raters(self) -> tuple[Rater, ...]:
        """Everybody who rated."""
        return tuple(Rater(code, RaterKind.IMPORTED) for code in dict.fromkeys(r.rater for r in self.ratings))


def first_clicks_in(table: Table, check: Callable[[], None] = lambda: None) -> FirstClicks:
    """The first clicks of an opened `finishedEmoResponses.csv`.

    Raises:
        UserError: Columns are missing.
    """
    table.need(CLICK_COLUMNS[:4])
    slow: set[_Question] = set()
    answers: dict[_Question, str] = {}
    problems = list(table.problems)
    for row in table.rows:
        check()
        cells = Cells(row)
        question = _question(cells)
        letter = (cells.text("respEmo") or cells.text("ans"))[:1]
        if cells.wrong:
            problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        if (_milliseconds(cells.text("ttr")) or 0) > SLOWEST_MS:
            slow.add(question)
        if letter in LETTERS:
            answers.setdefault(question, emotion_of(letter, CREMA_D))
    return FirstClicks(frozenset(slow), answers, tuple(problems))


def responses_in(
    table: Table,
    clicks: FirstClicks,
    clips: Collection[str],
    numbers: Mapping[int, str],
    check: Callable[[], None] = lambda: None,
) -> Responses:
    """The single ratings of an opened `finishedResponses.csv`.

    Args:
        table: The table.
        clicks: The first clicks.
        clips: Names of the corpus's clips.
        numbers: Name per clip number; numbers that are not in it are not checked.
        check: Called at every row; may raise to stop.

    Raises:
        UserError: Columns are missing.
    """
    table.need(_NEEDED)
    reader = _Reader(clicks, clips, numbers)
    problems = list(table.problems)
    ratings = []
    left_out: Counter[str] = Counter()
    for row in table.rows:
        check()
        if row.get("clipName").endswith("practice"):
            left_out["practice"] += 1
            continue
        try:
            question, rating = reader.rating(row)
        except CellError as error:
            problems.append(Problem(table.name, row.line, str(error), fatal=True))
            continue
        if question in clicks.slow:
            left_out["slow"] += 1
        else:
            ratings.append(rating)
    return Responses(tuple(ratings), left_out["slow"], left_out["practice"], tuple(problems))


def read_single_ratings(
    root: Path, numbers: Mapping[int, str], check: Callable[[], None]
) -> tuple[Responses, list[str]]:
    """The single ratings below a folder, without the slow ones; none where `RESPONSES` is not there.

    Args:
        root: The corpus's folder.
        numbers: Name per clip number.
        check: Called at every row; may raise to stop.

    Returns:
        The ratings, the problems of both files with them, and sentences worth reading.

    Raises:
        UserError: A file cannot be read as a table, or columns are missing.
    """
    path, clicked = find_table(root, RESPONSES), find_table(root, FIRST_CLICKS)
    if path is None:
        return Responses(), []
    clicks = first_clicks_in(read_table(clicked, CLICK_COLUMNS, check), check) if clicked else FirstClicks()
    table = read_table(path, RESPONSE_COLUMNS, check)
    single = responses_in(table, clicks, frozenset(numbers.values()), numbers, check)
    return replace(single, problems=(*clicks.problems, *single.problems)), list(_remarks(single, clicked))


def _remarks(single: Responses, clicked: Path | None) -> Iterator[str]:
    """What is worth knowing about the answers."""
    seconds = SLOWEST_MS // 1000
    if clicked is None:
        which = f"answers given after more than {seconds} s are counted, which the corpus's authors do not"
        yield f"{FIRST_CLICKS} is not here: {which}."
    if single.slow:
        which = f"whose first click took more than {seconds} s ({single.slow}) are left out"
        yield f"Answers {which}, as the corpus's authors do."
    if single.practice:
        yield f"Answers to practice clips are left out ({single.practice})."
    twice = sum(n > 1 for n in Counter((r.utterance, r.condition, r.rater) for r in single.ratings).values())
    if twice:
        yield f"Raters answered more than once to a clip ({twice} times), and every answer counts."


class _Reader:
    """Reads one row of answers after the other."""

    def __init__(self, clicks: FirstClicks, clips: Collection[str], numbers: Mapping[int, str]) -> None:
        self._first, self._clips, self._numbers = clicks.answers or {}, clips, numbers
        self._met: Counter[str] = Counter()

    def rating(self, row: Row) -> tuple[_Question, Rating]:
        """The question and its answer.

        Raises:
            CellError: All that is wrong with the row.
        """
        cells = Cells(row)
        clip = cells.read(self._clip, "clipName", "")
        number = cells.whole("clipNum", 1, 99_999)
        if clip and number is not None and self._numbers.get(number, clip) != clip:
            cells.wrong.append(f"clip number {number} is {self._numbers[number]}, not {clip}")
        condition = cells.read(_way, "queryType", Condition.AV)
        vote = cells.read(_vote, "respEmo", "")
        level = cells.read(_level, "respLevel", None)
        rater = cells.read(_rater, "localid", "")
        question = _question(cells)
        cells.finish()
        # Without a further click the first answer is the last.
        first = self._first.get(question) or (vote if cells.text("numTries") == "0" else None)
        answer = "\x1f".join((clip, condition, rater, vote, str(level)))
        self._met[answer] += 1
        return question, Rating(
            uuid=str(uuid.uuid5(_NAMESPACE, f"{answer}\x1f{self._met[answer]}")),
            utterance=clip,
            rater=rater,
            condition=condition,
            votes=(vote,),
            intensity=level,
            first_answer=first,
            response_ms=_milliseconds(cells.text("ttr")),
        )

    def _clip(self, text: str) -> str:
        name = text.rsplit(".", 1)[0]
        if name not in self._clips:
            raise CellError(f"there is no clip {quoted(text)} in this corpus")
        return name


def without_singles(
    counts: Sequence[VoteCounts], ratings: Iterable[Rating]
) -> tuple[tuple[VoteCounts, ...], tuple[str, ...]]:
    """Tabulated votes that no single ratings stand for, and what a check of the others found.

    Returns:
        The counts of clips and conditions without single ratings, and sentences with numbers.
    """
    found: dict[tuple[str, Condition], list[int]] = defaultdict(lambda: [0] * len(CREMA_D))
    for rating in ratings:
        found[rating.utterance, rating.condition][CREMA_D.classes.index(rating.votes[0])] += 1
    alone = tuple(each for each in counts if (each.utterance, each.condition) not in found)
    both = [each for each in counts if (each.utterance, each.condition) in found]
    differ = [each for each in both if list(each.counts) != found[each.utterance, each.condition]]
    sentences = []
    if differ:
        shown = (
            f"{each.utterance} in {each.condition} ({sum(each.counts)} votes in the table, "
            f"{sum(found[each.utterance, each.condition])} single ratings)"
            for each in differ
        )
        sentences.append(
            f"{RESPONSES} and {differ[0].source} disagree about {len(differ)} of {len(both)} clips and conditions: "
            f"{listed(shown)}; the single ratings are taken."
        )
    elif both:
        sentences.append(f"The {len(both)} counts of {both[0].source} agree with the single ratings, which are taken.")
    if alone and both:
        sentences.append(f"Clips and conditions without single ratings keep their tabulated votes: {len(alone)}.")
    return alone, tuple(sentences)


def _question(cells: Cells) -> _Question:
    session, way, number = (cells.whole(column, 0, 10**9) for column in ("sessionNums", "queryType", "questNum"))
    return session, way, number


def _milliseconds(text: str) -> int | None:
    """A time; None where the log has none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value) if math.isfinite(value) and 0 <= value <= _LONGEST_MS else None


def _way(text: str) -> Condition:
    if text not in _WAYS:
        raise CellError(f"the query type is {quoted(text)}; it must be 1 (voice), 2 (face) or 3 (both)")
    return _WAYS[text]


def _vote(text: str) -> str:
    if text not in LETTERS:
        raise CellError(f"the answer is {quoted(text)}; it must be one of {', '.join(LETTERS)}")
    return emotion_of(text, CREMA_D)


def _level(text: str) -> int | None:
    if text.casefold() in _MISSING:
        return None
    value = number_of(text, "respLevel", 0, 100)
    return None if value is None else round(value)


def _rater(text: str) -> str:
    if not text:
        raise CellError("names no rater")
    return text if text.startswith(_CORPUS) else f"{_CORPUS}{text}"
