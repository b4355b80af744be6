"""The three text formats of IEMOCAP: evaluations, transcriptions and forced alignments. Text in, records out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from fairemo_gui.core.records import Problem, Word
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.values import CellError, number_of, whole_number_of

DIALOGUE = re.compile(r"Ses0[1-5][FM]_(?:impro\d\d[a-z]?|script\d\d_\d[a-z]?)", re.ASCII)
TURN = re.compile(rf"({DIALOGUE.pattern})_([FM])(\d\d\d)", re.ASCII)
NO_AGREEMENT = "xxx"
CODES = {
    "ang": "anger",
    "dis": "disgust",
    "exc": "excited",
    "fea": "fear",
    "fru": "frustrated",
    "hap": "happy",
    "neu": "neutral",
    "oth": "other",
    "sad": "sad",
    "sur": "surprise",
}
WORDS = {
    "anger": "anger",
    "disgust": "disgust",
    "excited": "excited",
    "fear": "fear",
    "frustration": "frustrated",
    "happiness": "happy",
    "neutral": "neutral",
    "neutral state": "neutral",
    "other": "other",
    "sadness": "sad",
    "surprise": "surprise",
}
SCALE = (1, 5)
FRAME = 0.01
"""Seconds per frame of the forced alignment."""
_RATER = re.compile(r"[EFM]\d\d?", re.ASCII)
_UNSEGMENTED = re.compile(r"\w*_[FM]?XX\w*", re.ASCII)
_UNNAMED = re.compile(r"[FM]\d?:")
_MARKER = re.compile(r"<.*>|\+\+.*\+\+")
_ALTERNATIVE = re.compile(r"\(\d+\)$", re.ASCII)
_ATTRIBUTES = ("val", "act", "dom")
# A dialogue lasts minutes; a day is a slip or another unit.
_LONGEST = 24 * 3600.0
# A file with more bad lines than this is something else.
_MOST_PROBLEMS = 1000
_LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True)
class Attributes:
    """Valence, activation and dominance on the scale; None where missing."""

    valence: float | None = None
    activation: float | None = None
    dominance: float | None = None

    def __bool__(self) -> bool:
        return (self.valence, self.activation, self.dominance) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rater said of one turn: the categories (`C-` line) and the attributes (`A-` line) together.

    Attributes:
        rater: As the file writes it: `E1` is an evaluator, `F1` and `M1` are the two actors themselves.
        votes: Canonical emotions; None = no `C-` line.
        attributes: None = no `A-` line.
        comments: Free texts of both lines.
    """

    rater: str
    votes: tuple[str, ...] | None = None
    attributes: Attributes | None = None
    comments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.votes or self.attributes or self.comments)

    @property
    def by_actor(self) -> bool:
        """Whether an actor rates the dialogue he or she was in."""
        return not self.rater.startswith("E")

    def joined(self, other: Answer) -> Answer | None:
        """Both lines of one rater as one answer; None where they are not that."""
        twice = (self.votes is not None and other.votes is not None) or (
            self.attributes is not None and other.attributes is not None
        )
        if twice or self.rater != other.rater:
            return None
        return Answer(
            self.rater,
            other.votes if self.votes is None else self.votes,
            other.attributes if self.attributes is None else self.attributes,
            self.comments + other.comments,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as its evaluation describes it.

    Attributes:
        start: In the dialogue's media, seconds; so `end`.
        emotion: Canonical name of the consensus; None = the raters did not agree.
        mean: Mean attributes over the evaluators.
        line: Where it stands in the file.
        answers: In the order of the file.
    """

    code: str
    start: float
    end: float
    emotion: str | None
    mean: Attributes
    line: int
    answers: list[Answer] = field(default_factory=list)


def parse_evaluation(text: str, dialogue: str, name: str) -> tuple[list[Turn], list[Problem]]:
    """Read `EmoEvaluation/DIALOGUE.txt`.

    Args:
        text: Lines ended by a line feed.
        dialogue: Whose file it is; turns of others are bad rows.
        name: What the file is called in problems.

    Returns:
        The turns in the order of the file, and what is wrong with its lines. A bad line is left out; with the bad
        first line of a turn go the ratings below it.
    """
    reading = _Evaluation(dialogue)
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            reading.take(line.strip(), number)
        except CellError as error:
            problems.append(Problem(name, number, str(error), fatal=True))
        if len(problems) > _MOST_PROBLEMS:
            problems.append(Problem(name, number, "is no evaluation of a dialogue: the rest is not read", fatal=True))
            break
    turns = list(reading.turns.values())
    if not turns and not problems:
        problems.append(Problem(name, None, "holds no turn; copy it again from its source", fatal=True))
    return turns, problems + [remark for turn in turns for remark in _said_twice(turn, name)]


def _said_twice(turn: Turn, name: str) -> list[Problem]:
    raters = Counter(answer.rater for answer in turn.answers)
    return [
        Problem(name, turn.line, f"{rater} rates {turn.code} {n} times; every answer counts")
        for rater, n in raters.items()
        if n > 1
    ]


class _Evaluation:
    """Takes the lines of an evaluation one by one.

    Args:
        dialogue: Whose evaluation it is.
    """

    def __init__(self, dialogue: str) -> None:
        self.turns: dict[str, Turn] = {}
        self._dialogue = dialogue
        self._turn: Turn | None = None
        self._newest: dict[str, int] = {}
        self._begun = False

    def take(self, line: str, number: int) -> None:
        """Read one line without the space around it.

        Raises:
            CellError: It is none of the format's.
        """
        if not line or line.startswith("%"):
            return
        if line.startswith("["):
            self._begun, self._turn, self._newest = True, None, {}
            turn = _turn(line, self._dialogue, number)
            if turn.code in self.turns:
                raise CellError(f"{turn.code} stands already on line {self.turns[turn.code].line}")
            self._turn = self.turns[turn.code] = turn
            return
        if not self._begun:
            raise CellError(f"{quoted(line)} stands before the first turn")
        answer = _answer(line)
        if self._turn is not None:
            self._add(self._turn.answers, answer)

    def _add(self, answers: list[Answer], answer: Answer) -> None:
        """Add a line to the newest of its rater where the two are one answer."""
        place = self._newest.get(answer.rater)
        joined = None if place is None else answers[place].joined(answer)
        if place is None or joined is None:
            self._newest[answer.rater] = len(answers)
            answers.append(answer)
        else:
            answers[place] = joined


def _turn(line: str, dialogue: str, number: int) -> Turn:
    """The first line of a turn: `[START - END] TURN EMOTION [V, A, D]`."""
    times, _, rest = line[1:].partition("]")
    start_text, dash, end_text = times.partition("-")
    fields = rest.split(None, 2)
    if not dash or len(fields) != 3:
        raise CellError(f"{quoted(line)} is not written as [start - end] turn emotion [valence, activation, dominance]")
    code, emotion, mean = fields
    if not (TURN.fullmatch(code) and code.startswith(f"{dialogue}_")):
        raise CellError(f"{quoted(code)} is no turn of this dialogue (such as {dialogue}_F000)")
    start, end = _seconds(start_text, "the start"), _seconds(end_text, "the end")
    if end <= start:
        raise CellError(f"{code} ends at {end:g} s, which is not after its start at {start:g} s")
    if emotion.casefold() not in (NO_AGREEMENT, *CODES):
        raise CellError(f"the emotion of {code} is {quoted(emotion)}; IEMOCAP has {', '.join(CODES)}, {NO_AGREEMENT}")
    values = mean.strip().removeprefix("[").removesuffix("]").split(",")
    if len(values) != len(_ATTRIBUTES):
        raise CellError(f"{code} has {quoted(mean)} where valence, activation and dominance should be")
    means = Attributes(*map(_value, values))
    return Turn(code, start, end, CODES.get(emotion.casefold()), means, number)


def _seconds(text: str, what: str) -> float:
    value = _number(text, what, 0, _LONGEST)
    if value is None:
        raise CellError(f"{what} is missing")
    return value


def _value(text: str) -> float | None:
    return _number(text, "a mean", *SCALE)


def _number(text: str, what: str, low: float, high: float) -> float | None:
    if len(text) > _LONGEST_NUMBER:
        raise CellError(f"{what} is {quoted(text)}, which is no number")
    return number_of(text.strip(), what, low, high)


def _answer(line: str) -> Answer:
    """A rater's line: `C-E1: Anger; Other; (free text)` or `A-E1: val 3; act 2; dom  2; (free text)`."""
    kind, head = line[:2], line[2:]
    rater, colon, said = head.partition(":")
    if kind not in ("C-", "A-") or not colon:
        raise CellError(f"{quoted(line)} is neither a turn nor a rating")
    if _RATER.fullmatch(rater.strip()) is None:
        raise CellError(f"{quoted(rater)} is no rater of IEMOCAP; write E1 to E6, F1 or M1")
    values, _, free = said.partition("(")
    comment = free.strip().removesuffix(")").strip()
    parts = [part.strip() for part in values.split(";") if part.strip()]
    comments = (comment,) if comment else ()
    if kind == "C-":
        return Answer(rater.strip(), tuple(dict.fromkeys(map(_vote, parts))), comments=comments)
    return Answer(rater.strip(), attributes=_attributes(parts), comments=comments)


def _vote(word: str) -> str:
    emotion = WORDS.get(" ".join(word.casefold().split()))
    if emotion is None:
        raise CellError(f"{quoted(word)} is no category of IEMOCAP; it has {', '.join(WORDS)}")
    return emotion


def _attributes(parts: list[str]) -> Attributes:
    values: dict[str, float | None] = {}
    for part in parts:
        name, value = (*part.split(None, 1), "")[:2]
        if name not in _ATTRIBUTES or name in values:
            raise CellError(f"{quoted(part)} is not one value each of {', '.join(_ATTRIBUTES)}")
        values[name] = _number(value, name, *SCALE)
    return Attributes(values.get("val"), values.get("act"), values.get("dom"))


def parse_transcription(text: str, dialogue: str, name: str) -> tuple[dict[str, str], list[Problem]]:
    """Read `transcriptions/DIALOGUE.txt`.

    Speech outside the turns (ids with `XX`, lines without id) is passed over.

    Args:
        text: Lines ended by a line feed.
        dialogue: Whose file it is.
        name: What the file is called in problems.

    Returns:
        Words per turn, and remarks on lines that cannot be read; none is fatal, for a turn can do without words.
    """
    words: dict[str, str] = {}
    strange: list[int] = []
    twice: list[str] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        head, bracket, said = line.partition("]:")
        code = head.partition("[")[0].strip()
        if not line or _UNNAMED.match(line) or _UNSEGMENTED.fullmatch(code):
            continue
        if not (bracket and TURN.fullmatch(code) and code.startswith(f"{dialogue}_")):
            strange.append(number)
        elif code in words:
            twice.append(f"{code} on line {number}")
        else:
            words[code] = said.strip()
    problems = []
    if strange:
        problems.append(Problem(name, None, f"has lines that are no turn and its words: {listed(map(str, strange))}"))
    if twice:
        problems.append(Problem(name, None, f"gives words twice for {listed(twice)}; the first are kept"))
    return words, problems


def parse_alignment(text: str, name: str) -> tuple[tuple[Word, ...], list[Problem]]:
    """Read `ForcedAlignment/DIALOGUE/TURN.wdseg`: start and end frame (inclusive), score, word.

    Markers of silence and noise are no words, and the `(2)` of an alternative pronunciation belongs to none.

    Args:
        text: Lines ended by a line feed.
        name: What the file is called in problems.

    Returns:
        The words, in seconds from the start of the turn, as the file spells them; none at all where a line is wrong,
        which is then said and not fatal.
    """
    words = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split()
        if not cells or cells[0] in ("SFrm", "Total"):
            continue
        try:
            words.append(_word(cells))
        except CellError as error:
            return (), [Problem(name, number, f"{error}; the turn comes in without times of words")]
    return tuple(word for word in words if word is not None), []


def _word(cells: list[str]) -> Word | None:
    """One row of an alignment; None for a marker."""
    if len(cells) != 4:
        raise CellError(f"has {len(cells)} cells where start, end, score and word should be")
    first, last = _frame(cells[0]), _frame(cells[1])
    if last < first:
        raise CellError(f"ends in frame {last}, before its first frame {first}")
    text = _ALTERNATIVE.sub("", cells[3])
    if not text or _MARKER.fullmatch(text):
        return None
    return Word(text, round(first * FRAME, 2), round((last + 1) * FRAME, 2))


def _frame(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER):
        raise CellError(f"{quoted(text)} is no number of a frame")
    return whole_number_of(text, "a frame", 0, round(_LONGEST / FRAME)) or 0
