"""The lines of a bundle of ratings: every field there, of its kind and in its range, and no other."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from fairemo_gui.core.plan_file import parse_plan
from fairemo_gui.core.rating_plan import DIMENSIONS, RatingPlan, plan_text
from fairemo_gui.core.records import Condition, Gender, Rater, RaterKind, Rating, Role
from fairemo_gui.core.trials import Event, EventKind, Trace
from fairemo_gui.errors import UserError
from fairemo_gui.store.sessions import Session

_LARGEST = 2**53


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is no text")
    return value


def _name(value: object) -> str:
    if not _text(value):
        raise ValueError("is empty")
    return _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("is no list")
    return tuple(_name(each) for each in value)


def _votes(value: object) -> tuple[str, ...]:
    votes = _texts(value)
    if len(set(votes)) < len(votes):
        raise ValueError("names an emotion twice")
    return votes


def _share(value: object) -> int:
    if not 0 <= _whole(value) <= 100:
        raise ValueError("does not lie between 0 and 100")
    return _whole(value)


def _count(value: object) -> int:
    if _whole(value) < 0:
        raise ValueError("is below 0")
    return _whole(value)


def _moment(value: object) -> str:
    moment = _text(value)
    try:
        if moment:
            datetime.fromisoformat(moment)
    except ValueError:
        raise ValueError("is no time") from None
    return moment


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise ValueError("is no whole number")
    return value


def _number(value: object) -> float:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(_whole(value))
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError("is no number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _or_none(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


_RATER: dict[str, Callable[[object], Any]] = {
    "code": _name, "kind": lambda v: RaterKind(_text(v)), "gender": _or_none(lambda v: Gender(_text(v))),
    "age": _or_none(_whole),
}  # fmt: skip
_SESSION: dict[str, Callable[[object], Any]] = {
    "uuid": _name, "rater": _name, "plan": _or_none(_text), "seed": _or_none(_whole), "created_at": _or_none(_text),
}  # fmt: skip
_RATING: dict[str, Callable[[object], Any]] = {
    "uuid": _name, "utterance": _name, "rater": _name, "condition": lambda v: Condition(_text(v)), "votes": _votes,
    "intensity": _or_none(_share), "activation": _or_none(_number), "valence": _or_none(_number),
    "dominance": _or_none(_number), "confidence": _or_none(_share), "first_answer": _or_none(_text),
    "response_ms": _or_none(_whole), "replays": _count, "session": _or_none(_name), "prediction_visible": _truth,
    "supersedes": _or_none(_name), "undoes": _or_none(_name), "created_at": _moment, "secondary": _texts,
    "comment": _or_none(_text),
}  # fmt: skip
# What bundles of the first version do not say.
_SESSION_2: dict[str, Callable[[object], Any]] = {
    "plan_version": _or_none(_text), "plan_sha256": _or_none(_text), "length": _or_none(_whole),
}  # fmt: skip
_RATING_2: dict[str, Callable[[object], Any]] = {
    "role": lambda v: Role(_text(v)), "position": _or_none(_whole), "played_ms": _or_none(_whole),
    "changes": _or_none(_whole), "software": _or_none(_text),
}  # fmt: skip
_EVENT: dict[str, Callable[[object], Any]] = {
    "uuid": _name, "session": _name, "kind": lambda v: EventKind(_text(v)), "position": _or_none(_whole),
    "text": _or_none(_text), "created_at": _text,
}  # fmt: skip


def read_rater(values: Mapping[str, object]) -> Rater:
    """A rater.

    Raises:
        ValueError: What is wrong, in words.
    """
    return Rater(**_read(values, _RATER))


def read_session(values: Mapping[str, object], version: int) -> Session:
    """A session, as a version of the format has it.

    Raises:
        ValueError: What is wrong, in words.
    """
    return Session(**_read(values, _SESSION | (_SESSION_2 if version > 1 else {})))


def read_rating(values: Mapping[str, object], version: int) -> tuple[Rating, str | None]:
    """A rating, as a version of the format has it, and the UUID of the session it was given in.

    Raises:
        ValueError: What is wrong, in words.
    """
    found = _read(values, _RATING | (_RATING_2 if version > 1 else {}))
    session = found.pop("session")
    return Rating(**found), session


def read_event(values: Mapping[str, object]) -> Event:
    """Something that happened in a session.

    Raises:
        ValueError: What is wrong, in words.
    """
    return Event(**_read(values, _EVENT))


def read_plan_line(values: Mapping[str, object]) -> RatingPlan:
    """A rating plan; its text is the canonical one, so that its hash is the one ratings name.

    Raises:
        ValueError: What is wrong, in words.
    """
    text = _read(values, {"content": _text})["content"]
    try:
        plan = parse_plan(text)
    except UserError as error:
        raise ValueError(f"“content” is no rating plan ({error})") from None
    if plan_text(plan) != text:
        raise ValueError("“content” is no rating plan in its canonical form")
    return plan


def trace_line(rating: str, trace: Trace) -> dict[str, str]:
    """A trace as a line of a bundle."""
    samples = base64.b64encode(trace.samples.astype("<f4").tobytes()).decode()
    return {"rating": rating, "dimension": trace.dimension, "samples": samples}


def read_trace(values: Mapping[str, object]) -> tuple[str, Trace]:
    """UUID of the rating, and its trace.

    Raises:
        ValueError: What is wrong, in words.
    """
    found = _read(values, {"rating": _name, "dimension": _text, "samples": _text})
    if found["dimension"] not in DIMENSIONS:
        raise ValueError(f"“dimension” is none of {', '.join(DIMENSIONS)}")
    try:
        samples = np.frombuffer(base64.b64decode(found["samples"], validate=True), dtype="<f4")
    except (binascii.Error, ValueError):
        raise ValueError("“samples” are no numbers") from None
    if (np.abs(samples) > 1).any():
        raise ValueError("“samples” do not lie between −1 and 1")
    return found["rating"], Trace(found["dimension"], samples)


def _read(values: Mapping[str, object], readers: Mapping[str, Callable[[object], Any]]) -> dict[str, Any]:
    if values.keys() != readers.keys():
        raise ValueError(f"has the fields {', '.join(values)}, not {', '.join(readers)}")
    found = {}
    for name, read in readers.items():
        try:
            found[name] = read(values[name])
        except ValueError as error:
            raise ValueError(f"“{name}” {error}") from None
    return found
