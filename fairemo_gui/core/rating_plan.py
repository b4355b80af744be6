"""Rating plans: what raters are asked, about which clips, in which condition, how often, and in which order.

A plan is a small TOML file (`plan_file`) that a lab keeps under version control. Every rating records the name, the
version and the SHA-256 of the plan it was given under.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any

from fairemo_gui.core.records import Condition

DIMENSIONS = ("activation", "valence", "dominance")
UNLIMITED = "unlimited"


class Scale(StrEnum):
    """How dimensions are answered: by a row of manikins (Bradley & Lang 1994), or by a row of numbers."""

    SAM = "sam"
    LIKERT = "likert"


class SmartRule(StrEnum):
    """What a smart queue asks about first."""

    NETS = "nets"
    CONDITIONS = "conditions"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is asked of every clip.

    Attributes:
        emotions: Ask for an emotion.
        classes: The emotions to choose from, in order of their keys; empty = all of the corpus.
        several: More than one emotion may be named.
        intensity: Ask how strong it is, 0–100.
        confidence: Ask how sure the rater is, 1–5.
        free_text: Offer a line for the rater's own words.
        dimensions: Of `DIMENSIONS`.
        points: Steps of the dimensions' scale, from 1.
    """

    emotions: bool = True
    classes: tuple[str, ...] = ()
    several: bool = False
    intensity: bool = False
    confidence: bool = False
    free_text: bool = False
    dimensions: tuple[str, ...] = ()
    scale: Scale = Scale.SAM
    points: int = 9


@dataclass(frozen=True, slots=True)
class ClipRules:
    """How a clip is given.

    Attributes:
        replays: Plays after the first; None = as many as wanted.
        answer_before_end: The answer is open while the clip plays.
        time_out: Seconds after the clip's end after which the trial is skipped; None = never.
        transcript: Conditions in which the words are shown.
        box: Conditions in which the speaker's face is framed.
    """

    replays: int | None = 0
    answer_before_end: bool = False
    time_out: float | None = None
    transcript: tuple[Condition, ...] = ()
    box: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """Which clips are rated, and in which conditions.

    Attributes:
        filter: In the language of the utterance table; empty = every utterance.
        conditions: Share of each condition in a sitting; 30, 30, 30 is as good as 1, 1, 1.
        one_condition: A rater meets a clip in one condition only; else in `av` after all the others.
        seed: Another seed gives every rater another order.
    """

    filter: str = ""
    conditions: tuple[tuple[Condition, int], ...] = tuple((condition, 1) for condition in Condition)
    one_condition: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Name every condition, in order: what is not shared out has no share."""
        given = dict(self.conditions)
        object.__setattr__(self, "conditions", tuple((each, given.get(each, 0)) for each in Condition))


@dataclass(frozen=True, slots=True)
class SittingRules:
    """One sitting of one rater.

    Attributes:
        items: Clips to rate; practice, repeats and checks come on top.
        break_every: A break after so many trials; None = no breaks.
        repeats: Clips asked a second time to see how consistent a rater is: a number, or a share below 1 of `items`.
        consent: What a rater agrees to before the first clip; empty = nothing is asked.
    """

    items: int = 60
    break_every: int | None = None
    repeats: int | float = 0
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """When a clip has been rated enough in a condition.

    Attributes:
        ratings: So many ratings are enough in any case.
        agreement: So are `at_least` ratings if this share of them names the same emotion; None = does not matter.
    """

    ratings: int = 5
    agreement: float | None = None
    at_least: int = 3


@dataclass(frozen=True, slots=True)
class Smart:
    """A queue that asks first where an answer says most; its ratings are labelled and kept out of estimates.

    Attributes:
        by: The attribute of speakers whose groups `SmartRule.GROUPS` looks at.
    """

    rule: SmartRule
    by: str = "gender"


@dataclass(frozen=True, slots=True)
class Known:
    """A clip whose right answer is known: for practice, or to see whether a rater attends."""

    utterance: str
    condition: Condition
    answer: tuple[str, ...]


@dataclass(frozen=True)
class RatingPlan:
    """Everything a sitting follows from, but the corpus, the rater and what was rated before.

    Attributes:
        trace: The dimension that is followed by hand while the clip plays, 25 times a second; None = none.
        practice: Given first in a rater's first sitting, with feedback.
        attention: Given once in every sitting, without feedback.
    """

    name: str
    version: str
    description: str = ""
    trace: str | None = None
    answers: Answers = Answers()
    clip: ClipRules = ClipRules()
    items: Items = Items()
    sitting: SittingRules = SittingRules()
    target: Target = Target()
    smart: Smart | None = None
    practice: tuple[Known, ...] = ()
    attention: tuple[Known, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions clips are given in."""
        return tuple(condition for condition, share in self.items.conditions if share)

    @cached_property
    def sha256(self) -> str:
        """Of the canonical form: two files that say the same have the same."""
        return hashlib.sha256(plan_text(self).encode()).hexdigest()


def plan_text(plan: RatingPlan) -> str:
    """The canonical form, as TOML: keys in a fixed order, those that say what is so anyway left out."""
    blank = RatingPlan("", "")
    tables = [("", _lines(plan, blank, ("name", "version", "description", "trace")))]
    tables += [(f"[{name}]", _section(getattr(plan, name), getattr(blank, name))) for name in _SECTIONS]
    if plan.smart is not None:
        tables.append(("[smart]", [f'rule = "{plan.smart.rule}"', f"by = {_value(plan.smart.by)}"]))
    for name in ("practice", "attention"):
        tables += [(f"[[{name}]]", _lines(known, None, _KNOWN)) for known in getattr(plan, name)]
    return "\n\n".join("\n".join(filter(None, (head, *lines))) for head, lines in tables if lines) + "\n"


_SECTIONS = ("answers", "clip", "items", "sitting", "target")
_KNOWN = ("utterance", "condition", "answer")


def _section(section: Any, blank: Any) -> list[str]:
    return _lines(section, blank, tuple(field.name for field in fields(section)))


def _lines(record: Any, blank: Any, names: tuple[str, ...]) -> list[str]:
    """`key = value` for what is not as in `blank`."""
    given = ((name, getattr(record, name)) for name in names)
    return [f"{name} = {_value(value)}" for name, value in given if blank is None or value != getattr(blank, name)]


def _value(value: object) -> str:
    if value is None:
        return f'"{UNLIMITED}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return "{ " + ", ".join(f"{name} = {share}" for name, share in value) + " }"
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def _text(text: str) -> str:
    """A basic string of TOML; one of several lines where the text has several."""
    lines = [json.dumps(line, ensure_ascii=False).replace("\x7f", "\\u007f") for line in text.split("\n")]
    return lines[0] if len(lines) == 1 else '"""\n' + "\n".join(line[1:-1] for line in lines) + '"""'
