"""The filter language of the utterance table: `gender:f true:happy pred:neutral p<0.5 "eleven" not flagged`.

Terms side by side must all hold; `or`, `not` and parentheses combine them; a comma lists alternatives inside a term.

A filter becomes a mask over columns that are in memory rather than a query of the database. Which votes make a label,
what ties do, and which answers of a net are fair to look at is computed from counts and probabilities that the database
keeps as arrays, which SQL cannot compare. The same arrays are what the table shows and sorts, and a mask over 250,000
takes some 30 ms. What the database alone knows is asked of it: words and codes by their index, and who rated what.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable
from functools import partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from lark import Token, Tree

from fairemo_gui.core.emotions import canonical_emotion
from fairemo_gui.core.records import Truth
from fairemo_gui.services.filter_answers import Sets, differ, drawn, label_on, label_said, rated_by
from fairemo_gui.services.filter_columns import Categories, FilterColumns, Mask
from fairemo_gui.services.filter_grammar import KEYS, parse
from fairemo_gui.services.filter_values import UNKNOWN, age_bounds, among, bad, bounds_of, explained, number, plain

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


def compile_filter(text: str, columns: FilterColumns, sets: Sets = MappingProxyType({})) -> Mask:
    """Rows that a filter lets through, shape (n,). An empty filter lets everything through.

    Args:
        text: The filter.
        columns: What it looks at.
        sets: Ids of the utterances of sets that were drawn, by name.

    Raises:
        FilterError: The text cannot be read, or names something the corpus does not have.
    """
    tree = parse(text)
    if not tree.children:
        return np.ones(len(columns), dtype=bool)
    return _Reading(columns, sets).mask(tree.children[0])


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
            return self._columns.transcripts.rows_with(plain(token))
        return self._columns.codes.rows_with(token) | self._columns.transcripts.rows_with(token)

    def _number(self, key: Token, compare: Token, value: Token) -> Mask:
        limit = number(value, f"{key}{compare}0.5")
        name = key.lower()
        known = {"duration": lambda: self._columns.durations, "age": lambda: self._columns.ages}
        known["p"] = lambda: self._columns.p_truth
        column = known[name]() if name in known else self._probability(key)
        with np.errstate(invalid="ignore"):
            return np.asarray(_COMPARE[compare](column, limit))

    def _probability(self, key: Token) -> npt.NDArray[np.float64]:
        inside = Token("WORD", key[2:-1], start_pos=(key.start_pos or 0) + 2)
        wanted = self._members(inside)
        chosen = [k for k, group in enumerate(self._columns.classes.members) if wanted in group]
        if not chosen:
            names = ", ".join(self._columns.classes.names)
            raise bad(inside, f"nothing predicts “{inside}”: choose one of {names}")
        return np.asarray(self._columns.probabilities[:, chosen[0]])

    def _field(self, key: Token, *values: Token) -> Mask:
        name = key[:-1].lower()
        if name not in KEYS:
            near = difflib.get_close_matches(name, KEYS, 1)
            hint = f"did you mean “{near[0]}:”?" if near else f"there are {', '.join(KEYS)}"
            raise bad(key, f"“{name}” is not something to filter by: {hint}")
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
            return np.asarray(labelled == (-1 if plain(value) == UNKNOWN else self._members(value)))
        special: dict[str, Callable[[], Mask]] = {
            "age": lambda: self._age(value),
            "bin": lambda: _between(columns.probabilities, *bounds_of(value, "bin")),
            "p": lambda: _between(columns.p_truth[:, None], *bounds_of(value, "p")),
            "duration": lambda: _between(columns.durations[:, None], *bounds_of(value, "duration")),
            "has": lambda: label_on(columns, self._members(value)),
            "says": lambda: label_said(columns, self._members(value)),
            "lasso": lambda: explained(value, lambda: drawn(columns, self._sets, plain(value))),
            "rater": lambda: rated_by(columns, value),
        }
        if name in special:
            return special[name]()
        if name == "fold" and plain(value) == UNKNOWN:
            return np.asarray(columns.folds < 0)
        if name == "fold":
            return np.asarray(columns.folds == number(value, "fold:2"))
        if name == "code":
            return columns.codes.rows_with(plain(value))
        if name == "gender":
            return among(columns.genders, value, _GENDERS.get(plain(value).lower()))
        return among(_categories(columns)[name], value)

    def _members(self, value: Token) -> int:
        emotion = canonical_emotion(plain(value)) or plain(value).lower()
        if emotion not in self._columns.scheme.classes:
            names = ", ".join(self._columns.scheme.classes)
            raise bad(value, f"“{plain(value)}” is not an emotion of this corpus: it has {names}")
        return self._columns.scheme.classes.index(emotion)

    def _class(self, name: str, value: Token) -> Mask:
        columns = self._columns
        column = columns.true_class if name == "true" else columns.predicted
        if plain(value) == UNKNOWN:
            return np.asarray(column < 0)
        if plain(value) in columns.classes.names:
            return np.asarray(column == columns.classes.names.index(plain(value)))
        member = self._members(value)
        return np.isin(column, [k for k, group in enumerate(columns.classes.members) if member in group])

    def _age(self, value: Token) -> Mask:
        ages = self._columns.ages
        return np.isnan(ages) if plain(value) == UNKNOWN else _between(ages[:, None], *age_bounds(value))

    def _disagree(self, key: Token, values: tuple[Token, ...]) -> Mask:
        names = [plain(value).lower() for value in values]
        known = [truth.value for truth in Truth]
        if len(names) != 2 or set(names) - set(known) or names[0] == names[1]:
            raise bad(key, f"“disagree:” wants two of {', '.join(known)}, as disagree:voice,av")
        return differ(self._columns, *names)

    def _flip(self, key: Token, values: tuple[Token, ...]) -> Mask:
        names = [plain(value) for value in values]
        if len(set(names)) != 2:
            raise bad(key, "“flip:” wants the numbers of two nets, as flip:1,2")
        for value, name in zip(values, names, strict=True):
            explained(value, partial(differ, self._columns, name, name))
        return differ(self._columns, *names)


def _between(numbers: npt.NDArray[np.float64], low: float, high: float) -> Mask:
    """Rows in which one of the numbers, shape (n, m), lies in a range."""
    with np.errstate(invalid="ignore"):
        return np.asarray(((numbers >= low) & (numbers <= high)).any(axis=1))


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
