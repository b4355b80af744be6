"""What raters and consensus say in the corpora of the MSP family: words, letters, attributes and one line per rater."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fairemo_gui.core.emotions import EmotionScheme, canonical_emotion
from fairemo_gui.core.records import Condition, Consensus, Problem, Rater, RaterKind, Rating, Truth
from fairemo_gui.core.splits import part_of
from fairemo_gui.corpora.report import quoted
from fairemo_gui.corpora.values import CellError, number_of

NO_AGREEMENT: Final = "X"
LETTERS: Final = {
    "A": "anger",
    "S": "sad",
    "H": "happy",
    "U": "surprise",
    "F": "fear",
    "D": "disgust",
    "C": "contempt",
    "N": "neutral",
    "O": "other",
}
# Words of the second question, which allows several: the eight main emotions, eight more, and free text.
_BOTH_QUESTIONS = (
    "angry sad happy surprise surprised fear fearful disgust disgusted contempt neutral other frustrated annoyed "
    "disappointed depressed confused concerned amused excited"
)
_WORDS = frozenset(_BOTH_QUESTIONS.split())
_OTHER = "other"
_MISSING = frozenset(("", "nan", "na", "n/a", "none", "null"))
_VALUES = ("A", "V", "D", "N")
_CODE = re.compile(r"\w[\w.\-]{0,199}")
_FREE_TEXT = re.compile(r"other\s*[-–:(]?\s*(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST_NAME = 200
_NAMESPACE = uuid.UUID("0f5a4f0e-5c8f-5b60-8a55-7c9a30d1c1a4")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a corpus of the family was labelled.

    Attributes:
        corpus: Name of the corpus; raters are called `corpus:code`.
        scheme: Its emotions.
        condition: What the raters were given.
        scale: Lowest and highest value of activation, valence and dominance.
        inverted_activation: The files write 1 for very active; it is turned round so that more is more active.
    """

    corpus: str
    scheme: EmotionScheme
    condition: Condition
    scale: tuple[int, int]
    inverted_activation: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the corpus itself says of an utterance.

    Attributes:
        code: Name of the file without its ending.
        line: Line in the file it was read from, where there is one.
        emotion: Canonical name; None where there is no label or no agreement.
        activation: Mean over raters, more is more active; so valence and dominance.
        speaker: As written; empty where nothing is. So gender and split.
    """

    code: str
    line: int | None
    emotion: str | None = None
    no_agreement: bool = False
    activation: float | None = None
    valence: float | None = None
    dominance: float | None = None
    speaker: str = ""
    gender: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """What one file of labels holds.

    Attributes:
        source: File name.
        verdicts: One per utterance.
        ratings: Single ratings. Their ids depend on their content alone, not on the form of the file.
        problems: Bad rows (fatal: left out above) and remarks (not fatal).
    """

    source: str
    verdicts: tuple[Verdict, ...] = ()
    ratings: tuple[Rating, ...] = ()
    problems: tuple[Problem, ...] = ()

    def raters(self) -> tuple[Rater, ...]:
        """Everybody who rated."""
        return tuple(Rater(code, RaterKind.IMPORTED) for code in dict.fromkeys(r.rater for r in self.ratings))

    def remarks(self) -> Iterator[str]:
        """What is worth knowing about the ratings."""
        twice = sum(n > 1 for n in Counter((r.utterance, r.rater) for r in self.ratings).values())
        if twice:
            yield f"{self.source}: raters answered more than once to a turn ({twice} times), and every answer counts."


def consensus_of(verdicts: Iterable[Verdict], kind: Kind, source: str) -> Iterator[Consensus]:
    """The means and disagreements of a corpus, where there are any; the class is the utterance's own."""
    for verdict in verdicts:
        means = (verdict.activation, verdict.valence, verdict.dominance)
        if verdict.no_agreement or means != (None, None, None):
            yield Consensus(verdict.code, Truth(kind.condition), source, *means, verdict.no_agreement)


class Collector:
    """Gathers verdicts and ratings, and names every row that is neither.

    Args:
        kind: How the corpus was labelled.
        source: File name, for messages.
        known: Codes of the corpus's recordings; None = any.

    Attributes:
        source: File name.
    """

    def __init__(self, kind: Kind, source: str, known: Collection[str] | None = None) -> None:
        self.source = source
        self._kind, self._known = kind, known
        self._verdicts: dict[str, Verdict] = {}
        self._ratings: list[Rating] = []
        self._problems: list[Problem] = []
        self._met: Counter[str] = Counter()
        # The same few texts come a million times.
        self._main: dict[str, tuple[tuple[str, ...], str | None]] = {}
        self._second: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, float | None] = {}
        self._codes: dict[str, str] = {}

    def labels(self) -> Labels:
        """Everything so far."""
        return Labels(self.source, tuple(self._verdicts.values()), tuple(self._ratings), tuple(self._problems))

    def problem(self, line: int | None, what: str, fatal: bool = True) -> None:
        """Note what is wrong with a row."""
        self._problems.append(Problem(self.source, line, what, fatal))

    def add_verdict(
        self,
        line: int | None,
        file: str,
        letter: str,
        values: Mapping[str, str],
        who: tuple[str, str, str] = ("", "", ""),
    ) -> bool:
        """Take a consensus row; False where something is wrong with it.

        Args:
            line: Line in the file, where there is one.
            file: Name of the recording.
            letter: Consensus class.
            values: Attributes by `A`, `V`, `D`.
            who: Speaker, gender and split, as written.
        """
        try:
            code = self._code(file)
            if code in self._verdicts:
                before = self._verdicts[code].line
                where = f" on line {before}" if before is not None else ""
                raise CellError(f"{code} stands already{where}")
            emotion = letter_of(letter, self._kind.scheme)
            check_partition(who[2])
            verdict = Verdict(code, line, emotion, letter.strip() == NO_AGREEMENT, *self._attributes(values), *who)
        except CellError as error:
            self.problem(line, self._with_file(line, file, error))
            return False
        self._verdicts[code] = verdict
        return True

    def add_answer(
        self, line: int | None, file: str, rater: str, main: str, second: str, values: Mapping[str, str]
    ) -> None:
        """Take a rater's answer.

        Args:
            line: Line in the file, where there is one.
            file: Name of the recording.
            rater: As written.
            main: The main emotion; `Other-` may be followed by free text.
            second: Further emotions, commas between them.
            values: Attributes by `A`, `V`, `D`.
        """
        try:
            self._ratings.append(self._rating(self._code(file), rater.strip(), main, second, values))
        except CellError as error:
            self.problem(line, self._with_file(line, file, error))

    def add_line(self, line: int, file: str, text: str) -> None:
        """Take a rater's answer as one line: `WORKER00000001; Happy; Happy,Excited; A:5.0; V:6.0; D:5.0;`."""
        fields, values = split_line(text)
        try:
            main, second = main_and_second(fields[1:])
        except CellError as error:
            self.problem(line, str(error))
            return
        self.add_answer(line, file, fields[0], main, second, values)

    def _rating(self, code: str, rater: str, main: str, second: str, values: Mapping[str, str]) -> Rating:
        kind = self._kind
        if not rater or len(rater) > _LONGEST_NAME or not rater.isprintable():
            raise CellError(f"{quoted(rater)} is no name of a rater")
        known = self._main.get(main)
        if known is None:
            known = self._main[main] = votes_of(main, kind.scheme)
        secondary = self._second.get(second)
        if secondary is None:
            secondary = self._second[second] = secondary_of(second)
        activation, valence, dominance = self._attributes(values)
        votes, comment = known
        answer = "\x1f".join(
            (kind.corpus, code, rater, "+".join(votes), f"{comment} {secondary} {activation} {valence} {dominance}")
        )
        self._met[answer] += 1
        return Rating(
            uuid=str(uuid.uuid5(_NAMESPACE, f"{answer}\x1f{self._met[answer]}")),
            utterance=code,
            rater=f"{kind.corpus}:{rater}",
            condition=kind.condition,
            votes=votes,
            activation=activation,
            valence=valence,
            dominance=dominance,
            secondary=secondary,
            comment=comment,
        )

    def _code(self, file: str) -> str:
        """The name of a recording without folder and ending."""
        code = self._codes.get(file)
        if code is None:
            code = code_of(file)
            if self._known is not None and code not in self._known:
                raise CellError(f"there is no recording {quoted(code)} in this corpus")
            self._codes[file] = code
        return code

    def _attributes(self, values: Mapping[str, str]) -> tuple[float | None, float | None, float | None]:
        """Activation, valence and dominance; more activation is more active."""
        activation = self._number(values.get("A", ""), "activation")
        if activation is not None and self._kind.inverted_activation:
            activation = sum(self._kind.scale) - activation
        return activation, self._number(values.get("V", ""), "valence"), self._number(values.get("D", ""), "dominance")

    def _number(self, text: str, what: str) -> float | None:
        if text in self._numbers:
            return self._numbers[text]
        plain = text.strip()
        value = None if plain.casefold() in _MISSING else number_of(plain, what, *self._kind.scale)
        self._numbers[text] = value
        return value

    @staticmethod
    def _with_file(line: int | None, file: str, error: CellError) -> str:
        """What is wrong; the recording is named where no line is."""
        return f"{error}" if line is not None else f"{quoted(file)}: {error}"


def code_of(file: str) -> str:
    """The name of a recording without folder and ending.

    Raises:
        CellError: It is no name of a file.
    """
    name = file.strip().replace("\\", "/").rsplit("/", 1)[-1]
    code = name.rsplit(".", 1)[0]
    if not _CODE.fullmatch(code):
        raise CellError(f"{quoted(file)} is no name of a recording")
    return code


def letter_of(text: str, scheme: EmotionScheme) -> str | None:
    """The emotion of a consensus letter (or word); None for no agreement and where there is no label.

    Raises:
        CellError: The scheme has no such class.
    """
    letter = text.strip()
    if letter == NO_AGREEMENT or letter.casefold() in _MISSING:
        return None
    name = LETTERS.get(letter) or (canonical_emotion(letter) if len(letter) > 1 else None)
    if name not in scheme.classes:
        known = ", ".join(letter for letter, name in LETTERS.items() if name in scheme.classes)
        raise CellError(f"{quoted(letter)} is no class of {scheme.name}; it has {known} and {NO_AGREEMENT}")
    return name


def check_partition(text: str) -> None:
    """Make sure that a partition, where one is named, is one of training, development or a test.

    Raises:
        CellError: It is another word.
    """
    if part_of(text) is None and text.strip().casefold() not in _MISSING:
        raise CellError(f"{quoted(text)} is no partition; write Train, Development, or Test1 and its like")


def split_line(text: str) -> tuple[list[str], dict[str, str]]:
    """The fields of a line and the attributes at its end: read from the end, for free text may hold separators.

    Returns:
        The fields (at least one), stripped, and the attributes as written by `A`, `V`, `D`, `N`.
    """
    fields = [field.strip() for field in text.split(";")]
    values: dict[str, str] = {}
    while len(fields) > 1 and not fields[-1]:
        fields.pop()
    while len(fields) > 1:
        name, colon, value = fields[-1].partition(":")
        name = name.rstrip()
        if not colon or name not in _VALUES or name in values or " " in (value := value.strip()):
            break
        values[name] = value
        fields.pop()
    return fields, values


def main_and_second(fields: Sequence[str]) -> tuple[str, str]:
    """The two questions' answers; where free text holds separators, the second begins with the last known word.

    Raises:
        CellError: There are more fields, and none of them is free text.
    """
    if len(fields) < 3:
        return fields[0] if fields else "", fields[1] if len(fields) == 2 else ""
    start = 1
    if fields[0].casefold().startswith(_OTHER):
        known = [k for k in range(1, len(fields)) if fields[k].split(",", 1)[0].strip().casefold() in _WORDS]
        start = known[-1] if known else len(fields) - 1
    elif _OTHER not in fields[1].casefold():
        raise CellError(f"{quoted('; '.join(fields[2:]))} is neither free text nor A, V, D or N, once each")
    return "; ".join(fields[:start]), "; ".join(fields[start:])


def votes_of(main: str, scheme: EmotionScheme) -> tuple[tuple[str, ...], str | None]:
    """The votes of a main answer, and what was written beside them.

    A known word that is no class of the scheme counts as `other`, and the word is kept.

    Raises:
        CellError: There is none, or a word is unknown.
    """
    text = main.strip()
    free = _FREE_TEXT.fullmatch(text)
    if free is not None:
        # A bracket that was opened before the text closes after it.
        said = free[1].strip()
        return (_OTHER,), (said[:-1].rstrip() if said.endswith(")") and "(" not in said else said) or None
    if not text:
        raise CellError("the emotion is empty; an empty answer is not neutral")
    votes, beside = [], []
    for word in (each.strip() for each in text.split(",")):
        name = LETTERS.get(word) or (canonical_emotion(word) if len(word) > 1 else None)
        if name in scheme.classes:
            votes.append(name)
        elif word.casefold() in _WORDS:
            beside.append(word)
        else:
            raise CellError(f"{quoted(word)} is no emotion of {scheme.name}; it has {', '.join(scheme.classes)}")
    return tuple(dict.fromkeys(votes)) or (_OTHER,), ", ".join(beside) or None


def secondary_of(second: str) -> tuple[str, ...]:
    """The further emotions of an answer, as written; free text after `Other-` may hold commas."""
    items: list[list[str]] = []
    for part in (each.strip() for each in second.split(",")):
        free = bool(items) and items[-1][0].casefold().startswith(_OTHER) and len(items[-1][0]) > len(_OTHER)
        if part and free and part.casefold() not in _WORDS:
            items[-1].append(part)
        elif part:
            items.append([part])
    return tuple(", ".join(item) for item in items)
