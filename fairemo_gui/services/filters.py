"""The filter language of the utterance table: `gender:f true:happy pred:neutral p<0.5 "eleven" not flagged`.

Terms side by side must all hold; `or`, `not` and parentheses combine them; a comma lists alternatives inside a term.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np
from lark import Lark, Token, Tree, UnexpectedInput
from lark.exceptions import UnexpectedEOF

from fairemo_gui.core.emotions import canonical_emotion
from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.filter_answers import Sets, differ, drawn, label_on, label_said
from fairemo_gui.services.filter_columns import Categories, FilterColumns, Mask

KEYS = {
    "true": "emotion that counts as true",
    "pred": "predicted emotion",
    "voice": "emotion by voice votes",
    "face": "emotion by face votes",
    "av": "emotion by AV votes",
    "intended": "emotion the actor was asked for",
    "has": "emotion among those that count as true",
    "says": "emotion among those predicted",
    "disagree": "two conditions whose votes differ, as voice,av",
    "flip": "two nets whose answers differ, as 1,2",
    "lasso": "a set drawn in a chart",
    "p": "probability of the true emotion lies between, as 0.2-0.4",
    "duration": "seconds lie between, as 1.5-3",
    "gender": "f, m or unknown",
    "age": "years, as 30-49, <30 or 50+",
    "race": "as the corpus writes it",
    "ethnicity": "as the corpus writes it",
    "speaker": "code of a speaker",
    "dialogue": "code of a dialogue",
    "split": "part of the corpus's own split",
    "fold": "number of a fold",
    "state": "of the media: ok, missing, broken, …",
    "code": "name of an utterance",
    "bin": "some emotion's probability lies between, as 0.2-0.4",
}
FLAGS = {
    "wrong": "predicted emotion is not the true one",
    "correct": "predicted emotion is the true one",
    "flagged": "flagged",
    "rated": "rated by you",
    "predicted": "has a prediction",
}
NUMBERS = {
    "p": "probability of the true emotion; p(happy) of another",
    "duration": "seconds",
    "age": "years",
}
WORDS = {"not": "turns the next term round", "or": "either side holds"}

_GRAMMAR = r"""
start: [either]
?either: all (_OR all)*
all: unary+
?unary: (_NOT | _MINUS) unary -> negation | atom
?atom: _OPEN either _CLOSE
     | KEY value (_COMMA value)* -> field
     | NUMBER_KEY COMPARE value -> number
     | FLAG -> flag
     | STRING -> text
     | WORD -> text
?value: STRING | WORD
_OR.5: /or(?=[\s()]|$)/i
_NOT.5: /not(?=[\s()]|$)/i
_MINUS.4: /-(?=[^\s\d])/
FLAG.4: /(wrong|correct|flagged|rated|predicted)(?=[\s()]|$)/i
NUMBER_KEY.4: /(p(\([a-z+]+\))?|duration|age)(?=\s*[<>=])/i
KEY.3: /[a-z_]+:/i
COMPARE: /<=|>=|<|>|=/
STRING: /"([^"]|"")*"/
WORD: /[^\s,()"]+/
_COMMA: ","
_OPEN: "("
_CLOSE: ")"
%ignore /\s+/
"""
_COMPARE: dict[str, Callable[..., Mask]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_GENDERS = {
    "f": "female",
    "w": "female",
    "women": "female",
    "woman": "female",
    "m": "male",
    "men": "male",
    "man": "male",
}
_UNKNOWN = "unknown"
_NAMING = {"KEY", "FLAG", "NUMBER_KEY"}


class FilterError(UserError):
    """A filter that cannot be read, and where.

    Args:
        message: What is wrong and what could stand there.
        position: First character concerned, from 0.
        length: Number of characters concerned; 0 = something is missing at `position`.
    """

    def __init__(self, message: str, position: int, length: int = 0) -> None:
        super().__init__(message)
        self.position = position
        self.length = length


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)


def compile_filter(text: str, columns: FilterColumns, sets: Sets = MappingProxyType({})) -> Mask:
    """Rows that a filter lets through, shape (n,). An empty filter lets everything through.

    Args:
        text: The filter.
        columns: What it looks at.
        sets: Ids of the utterances of sets that were drawn, by name.

    Raises:
        FilterError: The text cannot be read, or names something the corpus does not have.
    """
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _readable(error, text) from None
    if not tree.children:
        return np.ones(len(columns), dtype=bool)
    return _Reading(columns, sets).mask(tree.children[0])


def tells_answers(text: str) -> bool:
    """Whether what a filter lets through tells something of the predictor's answer; not where it is unreadable."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput:
        return False
    words = (
        str(token).lower()
        for token in tree.scan_values(lambda value: isinstance(value, Token) and value.type in _NAMING)
    )
    return any(re.match(r"(pred|says|flip|lasso|bin|p):|wrong$|correct$|p(\(|$)", word) for word in words)


def _readable(error: UnexpectedInput, text: str) -> FilterError:
    start = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    token = getattr(error, "token", None)
    if isinstance(error, UnexpectedEOF) or (token is not None and token.type == "$END"):
        return FilterError(
            f"The filter ends too early: {_expected(error, text, len(text))} is missing at its end.", len(text)
        )
    if text[start : start + 1] == '"':
        return FilterError(f'The quotation mark at position {start + 1} is never closed: add another “"”.', start, 1)
    shown = str(token) if token is not None else text[start : start + 1]
    return FilterError(
        f"“{shown}” cannot stand at position {start + 1}: {_expected(error, text, start)} could.",
        start,
        max(len(shown), 1),
    )


def _expected(error: UnexpectedInput, text: str, start: int) -> str:
    stated = (getattr(error, name, None) for name in ("accepts", "expected", "allowed"))
    wanted: set[str] = set(next((names for names in stated if names), ()))
    before = re.search(r"([a-z_]+):\s*$", text[:start], re.I)
    if wanted <= {"STRING", "WORD"}:
        return f"a value of “{before[1]}” ({KEYS.get(before[1].lower(), 'any')})" if before else "a value"
    if "COMPARE" in wanted:
        return "<, <=, >, >= or ="
    if "KEY" not in wanted and "_CLOSE" in wanted:
        return "a closing parenthesis"
    return 'a term such as gender:f, wrong or "text"'


class _Reading:
    """Walks a parsed filter over columns."""

    def __init__(self, columns: FilterColumns, sets: Sets) -> None:
        self._columns, self._sets = columns, sets

    def mask(self, node: Tree[Token] | Token) -> Mask:
        assert isinstance(node, Tree)
        branches: dict[str, Callable[..., Mask]] = {
            "either": lambda *parts: np.logical_or.reduce([self.mask(p) for p in parts]),
            "all": lambda *parts: np.logical_and.reduce([self.mask(p) for p in parts]),
            "negation": lambda part: ~self.mask(part),
            "field": self._field,
            "number": self._number,
            "flag": self._flag,
            "text": self._text,
        }
        return np.asarray(branches[str(node.data)](*node.children))

    def _flag(self, token: Token) -> Mask:
        columns = self._columns
        known = (columns.predicted >= 0) & (columns.true_class >= 0)
        masks: dict[str, Callable[[], Mask]] = {
            "wrong": lambda: columns.wrong,
            "correct": lambda: np.asarray(known & ~columns.wrong),
            "flagged": lambda: columns.flagged,
            "rated": lambda: columns.rated,
            "predicted": lambda: np.asarray(columns.predicted >= 0),
        }
        return np.asarray(masks[token.lower()]())

    def _text(self, token: Token) -> Mask:
        if token.type == "STRING":
            return self._columns.transcripts.rows_with(_plain(token))
        return self._columns.codes.rows_with(token) | self._columns.transcripts.rows_with(token)

    def _number(self, key: Token, compare: Token, value: Token) -> Mask:
        limit = _float(value, f"{key}{compare}0.5")
        name = key.lower()
        known = {"duration": lambda: self._columns.durations, "age": lambda: self._columns.ages}
        known["p"] = lambda: self._columns.p_truth
        column = known[name]() if name in known else self._probability(key)
        with np.errstate(invalid="ignore"):
            return np.asarray(_COMPARE[compare](column, limit))

    def _probability(self, key: Token) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        inside = Token("WORD", key[2:-1], start_pos=(key.start_pos or 0) + 2)
        wanted = self._members(inside)
        chosen = [k for k, group in enumerate(self._columns.classes.members) if wanted in group]
        if not chosen:
            names = ", ".join(self._columns.classes.names)
            raise _bad(inside, f"nothing predicts “{inside}”: choose one of {names}")
        return np.asarray(self._columns.probabilities[:, chosen[0]])

    def _field(self, key: Token, *values: Token) -> Mask:
        name = key[:-1].lower()
        if name not in KEYS:
            near = difflib.get_close_matches(name, KEYS, 1)
            hint = f"did you mean “{near[0]}:”?" if near else f"there are {', '.join(KEYS)}"
            raise _bad(key, f"“{name}” is not something to filter by: {hint}")
        if name == "disagree":
            return self._disagree(key, values)
        if name == "flip":
            return self._flip(key, values)
        return np.asarray(np.logical_or.reduce([self._value(name, value) for value in values]))

    def _value(self, name: str, value: Token) -> Mask:
        columns = self._columns
        if name in {"true", "pred"}:
            return self._class(name, value)
        if name in {truth.value for truth in Truth}:
            labelled = columns.labelled[Truth(name)]
            return np.asarray(labelled == (-1 if _plain(value) == _UNKNOWN else self._members(value)))
        special: dict[str, Callable[[], Mask]] = {
            "age": lambda: self._age(value),
            "bin": lambda: self._range(value, "bin", columns.probabilities),
            "p": lambda: self._range(value, "p", columns.p_truth[:, None]),
            "duration": lambda: self._range(value, "duration", columns.durations[:, None]),
            "has": lambda: label_on(columns, self._members(value)),
            "says": lambda: label_said(columns, self._members(value)),
            "lasso": lambda: _explained(value, lambda: drawn(columns, self._sets, _plain(value))),
        }
        if name in special:
            return special[name]()
        if name == "fold" and _plain(value) == _UNKNOWN:
            return np.asarray(columns.folds < 0)
        if name == "fold":
            return np.asarray(columns.folds == _float(value, "fold:2"))
        if name == "code":
            return columns.codes.rows_with(_plain(value))
        if name == "gender":
            return _among(columns.genders, value, _GENDERS.get(_plain(value).lower()))
        return _among(_categories(columns)[name], value)

    def _members(self, value: Token) -> int:
        emotion = canonical_emotion(_plain(value)) or _plain(value).lower()
        if emotion not in self._columns.scheme.classes:
            names = ", ".join(self._columns.scheme.classes)
            raise _bad(value, f"“{_plain(value)}” is not an emotion of this corpus: it has {names}")
        return self._columns.scheme.classes.index(emotion)

    def _class(self, name: str, value: Token) -> Mask:
        columns = self._columns
        column = columns.true_class if name == "true" else columns.predicted
        if _plain(value) == _UNKNOWN:
            return np.asarray(column < 0)
        if _plain(value) in columns.classes.names:
            return np.asarray(column == columns.classes.names.index(_plain(value)))
        member = self._members(value)
        return np.isin(column, [k for k, group in enumerate(columns.classes.members) if member in group])

    def _age(self, value: Token) -> Mask:
        text, ages = _plain(value).replace("–", "-"), self._columns.ages
        if text == _UNKNOWN:
            return np.isnan(ages)
        for pattern, bounds in _AGES:
            if match := re.fullmatch(pattern, text):
                low, high = bounds(*(float(part) for part in match.groups()))
                with np.errstate(invalid="ignore"):
                    return np.asarray((ages >= low) & (ages <= high))
        raise _bad(value, f"“{text}” is not an age: write 31, 30-49, <30, 50+ or unknown")

    def _range(self, value: Token, name: str, numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Mask:
        """Rows in which one of the numbers, shape (n, m), lies in a range."""
        match = re.fullmatch(r"([\d.]+)[-–]([\d.]+)", _plain(value))
        if match is None:
            example = f"{name}:{'1.5-3' if name == 'duration' else '0.2-0.4'}"
            raise _bad(value, f"“{_plain(value)}” is not a range: write for example {example}")
        low, high = (
            _float(Token("WORD", part, start_pos=value.start_pos), f"{name}:0.2-0.4") for part in match.groups()
        )
        with np.errstate(invalid="ignore"):
            return np.asarray(((numbers >= low) & (numbers <= high)).any(axis=1))

    def _disagree(self, key: Token, values: tuple[Token, ...]) -> Mask:
        names = [_plain(value).lower() for value in values]
        known = [truth.value for truth in Truth]
        if len(names) != 2 or set(names) - set(known) or names[0] == names[1]:
            raise _bad(key, f"“disagree:” wants two of {', '.join(known)}, as disagree:voice,av")
        return differ(self._columns, *names)

    def _flip(self, key: Token, values: tuple[Token, ...]) -> Mask:
        names = [_plain(value) for value in values]
        if len(set(names)) != 2:
            raise _bad(key, "“flip:” wants the numbers of two nets, as flip:1,2")
        for value, name in zip(values, names, strict=True):
            _explained(value, partial(differ, self._columns, name, name))
        return differ(self._columns, *names)


_AGES: tuple[tuple[str, Callable[..., tuple[float, float]]], ...] = (
    (r"(\d+)", lambda age: (age, age)),
    (r"(\d+)-(\d+)", lambda low, high: (low, high)),
    (r"<(\d+)", lambda high: (-np.inf, high - 1)),
    (r"(\d+)\+", lambda low: (low, np.inf)),
    (r">(\d+)", lambda low: (low + 1, np.inf)),
)


def _bad(token: Token, sentence: str) -> FilterError:
    start = token.start_pos or 0
    end = "" if sentence.endswith("?") else "."
    return FilterError(f"Position {start + 1}: {sentence}{end}", start, len(token))


def _explained(token: Token, mask: Callable[[], Mask]) -> Mask:
    """A mask, or what is wrong with the word it was made from."""
    try:
        return mask()
    except UserError as error:
        raise _bad(token, str(error)) from None


def _plain(token: Token) -> str:
    return token[1:-1].replace('""', '"') if token.type == "STRING" else str(token)


def _float(token: Token, example: str) -> float:
    try:
        return float(_plain(token))
    except ValueError:
        raise _bad(token, f"“{_plain(token)}” is not a number: write for example {example}") from None


def _categories(columns: FilterColumns) -> dict[str, Categories]:
    return {
        "gender": columns.genders,
        "race": columns.races,
        "ethnicity": columns.ethnicities,
        "speaker": columns.speakers,
        "dialogue": columns.dialogues,
        "split": columns.splits,
        "state": columns.states,
    }


def _among(column: Categories, value: Token, stands_for: str | None = None) -> Mask:
    text = stands_for or _plain(value)
    if text.lower() == _UNKNOWN and not (value.type == "STRING" and text in column.values):
        return column.rows_of([False] * len(column.values), unknown=True)
    # As it is written where two values differ in their case alone.
    wanted = [text == each for each in column.values]
    if not any(wanted):
        text = text.lower()
        wanted = [text == each.lower() for each in column.values]
    if not any(wanted) and not stands_for:
        near = difflib.get_close_matches(text, [each.lower() for each in column.values], 1)
        hint = f"did you mean “{near[0]}”?" if near else _listing(column.values)
        raise _bad(value, f"there is no “{_plain(value)}” in this corpus: {hint}")
    return column.rows_of(wanted)


def _listing(values: tuple[str, ...], most: int = 6) -> str:
    if not values:
        return "it says nothing of this kind"
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return f"it has {', '.join(values[:most])}{more}"
