"""The order of a sitting: by chance, conditions mixed evenly, no near repeats, `av` after a clip's other conditions."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fairemo_gui.core.records import Condition

_AV = tuple(Condition).index(Condition.AV)
_APART = 4
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A clip in a condition, on its way to a place in a sitting.

    Attributes:
        clip: A number per clip.
        speaker: A number per speaker.
        condition: Position in `Condition`.
        again: It is asked a second time.
        check: Number of an attention check; None = it is none.
    """

    clip: int
    speaker: int
    condition: int
    again: bool = False
    check: int | None = None


def in_order(cells: Sequence[Cell], chance: random.Random) -> list[Cell]:
    """The cells in an order by chance.

    Of some orders by chance the first is taken in which no clip and no speaker follows itself; where there is none, the
    one in which that happens least.
    """
    best: list[Cell] = []
    for attempt in range(_TRIES):
        found = _scheduled(cells, chance, _APART if attempt < _TRIES // 2 else 1)
        if not best or _clashes(found) < _clashes(best):
            best = found
        if _clashes(best) == (0, 0):
            break
    return best


def _clashes(cells: Sequence[Cell]) -> tuple[int, int]:
    """How often a clip, and a speaker, follows itself."""
    pairs = list(pairwise(cells))
    return sum(a.clip == b.clip for a, b in pairs), sum(a.speaker == b.speaker for a, b in pairs)


def _scheduled(cells: Sequence[Cell], chance: random.Random, apart: int) -> list[Cell]:
    """One place after the other: who must come now, else a cell of the condition whose turn it is, by chance."""
    left, placed = _Left(cells), list[Cell]()
    for wanted in _turns(cells, chance):
        recent = [cell.clip for cell in placed[-apart:]]
        free = left.free()
        several = (
            [cell for cell in free if cell.clip not in recent],
            [cell for cell in free if cell.clip not in recent[-1:]],
            free,
        )
        now = next(group for group in several if group)
        now = left.pressing(now)
        if placed:
            now = [cell for cell in now if cell.speaker != placed[-1].speaker] or now
        now = [cell for cell in now if cell.condition == wanted] or now
        cell = chance.choice(now)
        left.take(cell)
        placed.append(cell)
    return placed


def _turns(cells: Sequence[Cell], chance: random.Random) -> Iterator[int]:
    """A condition per place: every short run of places has each in its share, in an order by chance."""
    counts = Counter(cell.condition for cell in cells)
    runs = math.gcd(*counts.values())
    for _ in range(runs):
        run = [condition for condition, n in sorted(counts.items()) for _ in range(n // runs)]
        chance.shuffle(run)
        yield from run


class _Left:
    """Cells that have no place yet."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = dict.fromkeys(cells)
        self._clips = Counter(cell.clip for cell in cells)
        self._speakers = Counter(cell.speaker for cell in cells)
        self._before = Counter(cell.clip for cell in cells if cell.condition != _AV)

    def free(self) -> list[Cell]:
        """Those that may come now: `av` only when nothing else of the clip is left."""
        return [cell for cell in self._cells if cell.condition != _AV or not self._before[cell.clip]]

    def pressing(self, cells: list[Cell]) -> list[Cell]:
        """Of some cells, those of a clip or speaker that has every other place from here on; else all of them."""
        for counts, name in ((self._clips, "clip"), (self._speakers, "speaker")):
            most, n = counts.most_common(1)[0]
            if 2 * n > len(self._cells) and n > 1:
                cells = [cell for cell in cells if getattr(cell, name) == most] or cells
        return cells

    def take(self, cell: Cell) -> None:
        """This one has its place now."""
        del self._cells[cell]
        self._clips[cell.clip] -= 1
        self._speakers[cell.speaker] -= 1
        if cell.condition != _AV:
            self._before[cell.clip] -= 1


def with_repeats(cells: list[Cell], wanted: int, chance: random.Random) -> list[Cell]:
    """Ask some cells of the beginning again near the end, at least a third of the sitting later, as far as they fit.

    Voice and face are not asked again once the sitting has shown the clip in `av`.
    """
    shown = {cell.clip for cell in cells if cell.condition == _AV}
    least = max(2, len(cells) // 3)
    early = [cell for cell in cells[: len(cells) - least] if cell.condition == _AV or cell.clip not in shown]
    chance.shuffle(early)
    order, asked = list(cells), 0
    for cell in early:
        if asked == wanted:
            break
        # Before the place, and after it, so that later ones stay as far from their first.
        fitting = _places(order, cell, order.index(cell) + least)
        if fitting:
            order.insert(chance.choice(fitting), replace(cell, again=True))
            asked += 1
    return order


def with_checks(cells: list[Cell], checks: Sequence[Cell], chance: random.Random) -> list[Cell]:
    """Mix checks in, one in each of as many equal parts of the sitting."""
    order = list(cells)
    for number, check in enumerate(checks):
        low, high = (len(order) * k // len(checks) for k in (number, number + 1))
        fitting = [place for place in _places(order, check, max(low, 1)) if place <= high]
        order.insert(chance.choice(fitting) if fitting else high, check)
    return order


def _places(order: Sequence[Cell], cell: Cell, first: int) -> list[int]:
    """Places from `first` on at which a cell follows neither its clip nor, if that can be, its speaker."""

    def beside(place: int) -> list[Cell]:
        return [*order[max(place - 1, 0) : place], *order[place : place + 1]]

    clear = [place for place in range(first, len(order) + 1) if all(c.clip != cell.clip for c in beside(place))]
    return [place for place in clear if all(c.speaker != cell.speaker for c in beside(place))] or clear
