"""The words and the grammar of the filter language: from a text to a tree, or to what is wrong with it and where."""

from __future__ import annotations

import re
from functools import lru_cache

from lark import Lark, Token, Tree, UnexpectedInput
from lark.exceptions import UnexpectedEOF

from fairemo_gui.errors import UserError

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
    "rater": "who rated it, as anna, or in a condition, as anna@voice",
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


def parse(text: str) -> Tree[Token]:
    """The tree of a filter; it has no children where the filter is empty.

    Raises:
        FilterError: The text cannot be read.
    """
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise _readable(error, text) from None


def tells_answers(text: str) -> bool:
    """Whether what a filter lets through tells something of the predictor's answer; not where it is unreadable."""
    try:
        tree = parse(text)
    except FilterError:
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
