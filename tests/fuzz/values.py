"""Targets for JSON that is well formed and holds what it should not: any value in place of any other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.inputs import ODD, Target

_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**400, -(10**30), 2**63, 1e308, float("nan"), float("inf"), [], {}, [[]], [None],
    ["a", 1], {"a": 1}, {"": ""}, "\ud800", "a\x00b", "x" * 5000,
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """Where in a value another one can stand."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _changed(draw: st.DrawFn, value: Any) -> Any:
    """The same value with another in one place, or without a field, or with one more."""
    path = draw(st.sampled_from(list(_places(value))))
    if not path:
        return deepcopy(draw(st.sampled_from(_ODD)))
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    match draw(st.sampled_from(["other", "other", "gone", "more"])):
        case "other":
            holder[path[-1]] = deepcopy(draw(st.sampled_from((*_ODD, *ODD))))
        case "gone":
            del holder[path[-1]]
        case "more" if isinstance(holder, dict):
            holder[draw(st.sampled_from(ODD))] = deepcopy(holder[path[-1]])
        case _:
            holder.append(deepcopy(holder[path[-1]]))
    return value


def _lines(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Lines of JSON of which some hold something else."""

    @st.composite
    def lines(draw: st.DrawFn) -> bytes:
        found = [json.loads(line) for line in draw(st.sampled_from(seeds)).splitlines()]
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.integers(0, len(found) - 1))
            found[place] = _changed(draw, found[place])
        return b"".join(json.dumps(line).encode() + b"\n" for line in found)

    return lines()


def well_formed(target: Target) -> Target:
    """The target beside one that is bred whose inputs are well formed."""
    return replace(target, name=f"{target.name}-values", generated=lambda: _lines(target.first_inputs()), share=0.5)
