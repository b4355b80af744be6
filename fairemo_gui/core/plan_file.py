"""Rating plans as TOML files: every key known, of its kind and in its range; every problem said in one sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fairemo_gui.core.emotions import canonical_emotion
from fairemo_gui.core.rating_plan import (
    DIMENSIONS,
    UNLIMITED,
    Answers,
    ClipRules,
    Items,
    Known,
    RatingPlan,
    Scale,
    SittingRules,
    Smart,
    SmartRule,
    Target,
)
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError

# Bytes of a file: with every sign escaped twice it is still one line of a bundle of ratings.
_LONGEST = 1 << 17
_LONGEST_NAME = 80
_MOST = 100_000
Reader = Callable[[Any], Any]


def read_plan(file: Path) -> RatingPlan:
    """Read and check a plan.

    Raises:
        UserError: The file cannot be read, or something in it cannot stand; `problems` has one sentence each.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LONGEST + 1)
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); choose a rating plan, a TOML file.") from None
    if len(raw) > _LONGEST:
        raise UserError(f"{file} is larger than a rating plan can be; choose a rating plan, a TOML file.")
    try:
        return parse_plan(raw.decode(), str(file))
    except UnicodeDecodeError:
        raise UserError(f"{file} is no UTF-8 text; save the plan as UTF-8.") from None


def parse_plan(text: str, source: str = "The plan") -> RatingPlan:
    """The plan that a text describes.

    Raises:
        UserError: It is no TOML, or something in it cannot stand.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise UserError(f"{source} is no TOML: {error}; correct it there.") from None
    reading = _Reading()
    plan = reading.plan(values)
    _raise(source, reading.problems)
    assert plan is not None
    check(plan, source)
    return plan


def check(plan: RatingPlan, source: str = "The plan") -> None:
    """Make sure that a plan can be carried out, whatever the corpus.

    Raises:
        UserError: It cannot; `problems` has one sentence each.
    """
    _raise(source, list(problems(plan)))


def _raise(source: str, found: list[str]) -> None:
    if found:
        more = f" ({len(found)} problems in all)" if len(found) > 1 else ""
        raise UserError(f"{source}: {found[0]}{more}", [f"{source}: {problem}" for problem in found])


def problems(plan: RatingPlan) -> Iterator[str]:
    """What cannot stand in a plan: key, what is wrong, and what could be there."""
    asked, sitting, target = plan.answers, plan.sitting, plan.target
    for key in ("name", "version"):
        words = getattr(plan, key)
        if not words.strip() or not words.isprintable() or len(words) > _LONGEST_NAME:
            yield f"“{key}” is empty, long or no plain line; give a short one: {'faces' if key == 'name' else '1'}."
    if not asked.emotions and not asked.dimensions:
        yield "“answers” asks nothing; set emotions = true, or name dimensions."
    if asked.emotions and len(asked.classes) == 1:
        yield f"“answers.classes” leaves no choice but {asked.classes[0]}; name two or more, or none for all."
    if len(asked.classes) > 9:
        yield "“answers.classes” names more than the nine a key can stand for; name nine or fewer."
    if not asked.emotions and (asked.intensity or asked.several or asked.classes):
        yield "“answers” asks for no emotion and yet how; leave out classes, several and intensity."
    if not plan.conditions:
        yield "“items.conditions” gives no condition a share; write for example { voice = 1, face = 1, av = 1 }."
    for key, given in (("transcript", plan.clip.transcript), ("box", plan.clip.box)):
        if set(given) - set(plan.conditions):
            yield f"“clip.{key}” names a condition clips are not given in; name some of {', '.join(plan.conditions)}."
    if Condition.VOICE in plan.clip.box:
        yield "“clip.box” names voice, where there is no picture; name face or av."
    if sitting.repeats > (0.5 if isinstance(sitting.repeats, float) else sitting.items / 2):
        yield f"“sitting.repeats” asks for more than half of the {sitting.items} items again; repeat fewer."
    if target.agreement is not None and target.at_least > target.ratings:
        yield f"“target.at_least” ({target.at_least}) is more than “target.ratings” ({target.ratings}); lower it."
    yield from _known_problems(plan)


def _known_problems(plan: RatingPlan) -> Iterator[str]:
    met = set[str]()
    for kind in ("practice", "attention"):
        for number, known in enumerate(getattr(plan, kind), 1):
            # A rater may read it: the name of a clip can tell the answer.
            where = f"“{kind} {number}”"
            if known.utterance in met:
                yield f"{where} names a clip a second time; take another, since raters would remember it."
            if known.condition not in plan.conditions:
                yield f"{where} is in the condition {known.condition}, which the plan does not give; take another."
            if plan.answers.classes and set(known.answer) - set(plan.answers.classes):
                yield f"{where} wants an answer that is not offered; take one of {', '.join(plan.answers.classes)}."
            if len(known.answer) > 1 and not plan.answers.several:
                yield f"{where} wants several emotions where one is asked for; name one, or set several = true."
            if not plan.answers.emotions:
                yield f"{where} wants an emotion where none is asked for; leave it out, or set emotions = true."
            met.add(known.utterance)


class _Reading:
    """Collects what is wrong with the values of a file."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def plan(self, values: Mapping[str, Any]) -> RatingPlan | None:
        """A plan, with defaults where something is wrong; None where it has no name or version."""
        given = self._table("", values, _PLAN)
        for name, (make, readers) in _TABLES.items():
            if name in given:
                fields = self._table(f"{name}.", given[name], readers)
                whole = make is not Smart or "rule" in fields
                if not whole:
                    self.problems.append(f"“smart.rule” is missing; write one of {', '.join(SmartRule)}.")
                given[name] = make(**fields) if whole else None
        for name in ("practice", "attention"):
            if name in given:
                given[name] = tuple(filter(None, (self._known(name, k, row) for k, row in enumerate(given[name], 1))))
        for name in ("name", "version"):
            if name not in values:
                self.problems.append(f"“{name}” is missing; every rating records the plan's name and version.")
        return None if {"name", "version"} - given.keys() else RatingPlan(**given)

    def _known(self, name: str, number: int, row: Any) -> Known | None:
        fields = self._table(f"{name} {number}, ", row, _KNOWN)
        lacking = [key for key in _KNOWN if key not in row] if isinstance(row, dict) else []
        self.problems += [f"“{name} {number}, {key}” is missing; add it." for key in lacking]
        return Known(**fields) if len(fields) == len(_KNOWN) else None

    def _table(self, where: str, values: Any, readers: Mapping[str, Reader]) -> dict[str, Any]:
        if not isinstance(values, dict):
            self.problems.append(f"“{where.rstrip('. ,')}” is no table; write its keys below [{where.rstrip('. ,')}].")
            return {}
        given = {}
        for key, value in values.items():
            if key not in readers:
                self.problems.append(f"“{where}{key}” is not a key of a plan; there are {', '.join(readers)}.")
                continue
            try:
                given[key] = readers[key](value)
            except ValueError as error:
                self.problems.append(f"“{where}{key}” {error}.")
        return given


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is no text; put it in quotation marks")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false; write one of them")
    return value


def _whole(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"is no whole number from {low} to {high}; write one")
    return value


def _share(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"is no number from {low:g} to {high:g}; write one")
    return float(value)


def _repeats(value: Any) -> int | float:
    if isinstance(value, float) and 0 <= value < 1:
        return value
    return _whole(value, 0, _MOST)


def _replays(value: Any) -> int | None:
    if value == UNLIMITED:
        return None
    try:
        return _whole(value, 0, 1000)
    except ValueError:
        raise ValueError(f"is neither a number of plays after the first nor “{UNLIMITED}”; write one") from None


def _one_of(value: Any, kind: Callable[[str], Any], known: tuple[str, ...]) -> Any:
    if value not in known:
        raise ValueError(f"is none of {', '.join(known)}; write one of them")
    return kind(value)


def _list(value: Any, read: Reader) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError("is no list; put it in square brackets")
    found = tuple(read(each) for each in value)
    if len(set(found)) < len(found):
        raise ValueError("names something twice; name each once")
    return found


def _emotion(value: Any) -> str:
    name = canonical_emotion(_text(value)) or _text(value).strip().lower()
    if not name:
        raise ValueError("holds an empty name; name an emotion")
    return name


def _answer(value: Any) -> tuple[str, ...]:
    answer = _list([value] if isinstance(value, str) else value, _emotion)
    if not answer:
        raise ValueError("is empty; name the right emotion")
    return answer


def _rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("is no list of clips; write each below its own double brackets")
    return value


_condition = partial(_one_of, kind=Condition, known=tuple(Condition))


def _shares(value: Any) -> tuple[tuple[Condition, int], ...]:
    if not isinstance(value, dict) or set(value) - set(Condition):
        raise ValueError("gives no shares of voice, face and av; write for example { voice = 1, face = 1, av = 1 }")
    return tuple((condition, _whole(value.get(condition, 0), 0, _MOST)) for condition in Condition)


_dimension = partial(_one_of, kind=str, known=DIMENSIONS)
_table = lambda value: value  # noqa: E731 - read by `_Reading._table`
_PLAN: dict[str, Reader] = {
    "name": _text, "version": _text, "description": _text, "trace": _dimension, "answers": _table, "clip": _table,
    "items": _table, "sitting": _table, "target": _table, "smart": _table, "practice": _rows, "attention": _rows,
}  # fmt: skip
_TABLES: dict[str, tuple[Callable[..., Any], dict[str, Reader]]] = {
    "answers": (Answers, {
        "emotions": _flag, "classes": lambda v: _list(v, _emotion), "several": _flag, "intensity": _flag,
        "confidence": _flag, "free_text": _flag, "dimensions": lambda v: _list(v, _dimension),
        "scale": lambda v: _one_of(v, Scale, tuple(Scale)), "points": lambda v: _whole(v, 2, 9),
    }),
    "clip": (ClipRules, {
        "replays": _replays, "answer_before_end": _flag, "time_out": lambda v: _share(v, 1, 3600),
        "transcript": lambda v: _list(v, _condition), "box": lambda v: _list(v, _condition),
    }),
    "items": (Items, {
        "filter": _text, "conditions": _shares, "one_condition": _flag, "seed": lambda v: _whole(v, 0, 2**53),
    }),
    "sitting": (SittingRules, {
        "items": lambda v: _whole(v, 1, 1000), "break_every": lambda v: _whole(v, 1, _MOST), "repeats": _repeats,
        "consent": _text,
    }),
    "target": (Target, {
        "ratings": lambda v: _whole(v, 1, _MOST), "agreement": lambda v: _share(v, 0.01, 1),
        "at_least": lambda v: _whole(v, 2, _MOST),
    }),
    "smart": (Smart, {"rule": lambda v: _one_of(v, SmartRule, tuple(SmartRule)), "by": _text}),
}  # fmt: skip
_KNOWN: dict[str, Reader] = {"utterance": _text, "condition": _condition, "answer": _answer}
