"""Help with writing filters: what could stand at the cursor, and the terms that a click on a chart stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.services.filter_columns import FilterColumns
from fairemo_gui.services.filter_grammar import FLAGS, KEYS, NUMBERS, WORDS


@dataclass(frozen=True)
class Completion:
    """One way to go on.

    Attributes:
        text: What is put in.
        start: First character it replaces, from 0.
        end: One past the last character it replaces.
        detail: What it means.
    """

    text: str
    start: int
    end: int
    detail: str = ""


def completions(
    text: str, position: int, columns: FilterColumns | None = None, most: int = 40, sets: Iterable[str] = ()
) -> list[Completion]:
    """What could stand at the cursor: the rest of a word, or the values of the term it is in."""
    before = text[:position]
    if before.count('"') % 2:
        return []
    found = re.search(r"[^\s(]*$", before)
    word = found[0] if found else ""
    start = position - len(word)
    if word.startswith("-"):
        word, start = word[1:], start + 1
    if ":" in word:
        key, _, typed = word.partition(":")
        pairs = key.lower() in {"disagree", "flip"}
        last = typed if pairs else typed.rpartition(",")[2]
        return [
            Completion(value if pairs else _quoted(value), position - len(last), position, KEYS.get(key.lower(), ""))
            for value in ((*sets,) if key.lower() == "lasso" else _values(key.lower(), columns))
            if value.lower().startswith(last.lower().strip('"')) and value.lower() != last.lower()
        ][:most]
    terms = {f"{key}:": what for key, what in KEYS.items()} | FLAGS | {"p<": NUMBERS["p"]} | WORDS
    return [
        Completion(term, start, position, what)
        for term, what in terms.items()
        if term.startswith(word.lower()) and term != word.lower()
    ][:most]


def _values(key: str, columns: FilterColumns | None) -> tuple[str, ...]:
    if key in {"gender"}:
        return ("f", "m", "unknown")
    if key == "disagree":
        return ("voice,av", "face,av", "voice,face", "intended,av")
    if key == "age":
        return ("<30", "30-49", "50+", "unknown")
    if key in {"p", "duration", "bin"}:
        return ("0-2", "2-4") if key == "duration" else ("0-0.2", "0.2-0.4")
    if columns is None:
        return ()
    if key == "flip":
        nets = () if columns.nets is None else columns.nets.known()
        return tuple(f"{old},{new}" for new, old in pairwise(nets))
    if key == "rater":
        known = () if columns.raters is None else columns.raters.known()
        return (*known, *(f"{code}@{condition.value}" for code in known for condition in Condition))
    if key in {"true", "pred"}:
        return columns.classes.names
    if key in {"has", "says"} or key in {truth.value for truth in Truth}:
        return columns.scheme.classes
    listed: dict[str, Callable[[], tuple[str, ...]]] = {
        "race": lambda: columns.races.values,
        "ethnicity": lambda: columns.ethnicities.values,
        "speaker": lambda: columns.speakers.values,
        "dialogue": lambda: columns.dialogues.values,
        "split": lambda: columns.splits.values,
        "state": lambda: columns.states.values,
    }
    return listed[key]() if key in listed else ()


def group_term(attribute: str, value: str | None) -> str:
    """The term for a group of speakers as the charts split them, as `gender:m` or `age:30-49`."""
    if value is None:
        return f"{attribute}:unknown"
    if attribute == "gender":
        return f"gender:{value[0]}"
    if attribute == "age":
        bands = {"under 30": "<30", "30–49": "30-49", "50 and over": "50+"}
        return f"age:{bands.get(value, value)}"
    return f"{attribute}:{_quoted(value)}"


def cell_query(true_class: str, predicted_class: str, attribute: str | None, value: str | None) -> str:
    """The filter for one cell of a confusion matrix; `attribute` None = the matrix of everyone."""
    terms = [f"true:{_quoted(true_class)}", f"pred:{_quoted(predicted_class)}"]
    if attribute is not None:
        terms += [group_term(*pair) for pair in _pairs(attribute, value)]
    return " ".join(terms)


def _pairs(attribute: str, value: str | None) -> list[tuple[str, str | None]]:
    """Attributes and values of a group that may be an intersection (`gender×age`, `female×30–49`)."""
    names = attribute.split("×")
    values = [None] * len(names) if value is None else list(value.split("×"))
    return [(name, None if part in {None, "unknown"} else part) for name, part in zip(names, values, strict=True)]


def _quoted(value: str) -> str:
    """A value as the filter language takes it; one that is called unknown is not taken for what is not known."""
    doubled = value.replace('"', '""')
    return f'"{doubled}"' if re.search(r'[\s,()"]', value) or value.lower() == "unknown" else value
