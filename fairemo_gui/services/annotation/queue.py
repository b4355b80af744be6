"""Drawing a sitting: which clips a rater is given, in which condition and order.

Whatever the plan, the corpus and what was rated before:
- nobody meets a clip in a condition twice (repeats aside), nor in voice or face after he has met it in `av`
- with `one_condition`, nobody meets a clip in a second condition; else `av` waits for the clip's other conditions
- the same clip never follows itself while another could stand between; the same speaker likewise
- what has the fewest ratings comes first; chance decides between equals
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.records import Condition, Role
from fairemo_gui.core.trials import Trial
from fairemo_gui.services.annotation.order import Cell, in_order, with_checks, with_repeats

Flags = npt.NDArray[np.bool_]
CONDITIONS = tuple(Condition)
_AV = CONDITIONS.index(Condition.AV)


@dataclass(frozen=True, eq=False)
class Pool:
    """What can be drawn from; n items by the three conditions, in order of `Condition`.

    Attributes:
        utterances: Ids, int64, shape (n,).
        speakers: A number per speaker, int64, shape (n,).
        playable: The item can be given in the condition, shape (n, 3).
        met: The rater has met it, shape (n, 3).
        enough: It has been rated enough, shape (n, 3).
        ratings: Times it was rated, or is about to be, shape (n, 3).
        gain: How much a rating of it would say; only a smart queue looks at it, shape (n, 3).
    """

    utterances: npt.NDArray[np.int64]
    speakers: npt.NDArray[np.int64]
    playable: Flags
    met: Flags
    enough: Flags
    ratings: npt.NDArray[np.int64]
    gain: npt.NDArray[np.float64]


def draw(
    plan: RatingPlan, pool: Pool, seed: int, practice: Sequence[Trial] = (), attention: Sequence[tuple[Trial, int]] = ()
) -> tuple[Trial, ...]:
    """The trials of a sitting, in order; none where nothing is left to rate.

    Args:
        plan: What to draw by.
        pool: What to draw from.
        seed: The same seed draws the same from the same pool.
        practice: Trials that come first.
        attention: Checks that are mixed in, each with the number of its speaker.
    """
    chance = random.Random(seed)
    chosen = _Choice(plan, pool, chance).cells()
    if not chosen:
        return ()
    cells = in_order(chosen, chance)
    cells = with_repeats(cells, _number_of_repeats(plan, len(cells)), chance)
    cells = with_checks(cells, [Cell(-1 - k, speaker, -1, check=k) for k, (_, speaker) in enumerate(attention)], chance)
    role = Role.MAIN if plan.smart is None else Role.SMART
    trials = [*practice]
    for cell in cells:
        if cell.check is not None:
            trials.append(attention[cell.check][0])
        else:
            utterance = int(pool.utterances[cell.clip])
            trials.append(Trial(-1, utterance, CONDITIONS[cell.condition], Role.REPEAT if cell.again else role))
    return tuple(Trial(k, t.utterance, t.condition, t.role, t.answer) for k, t in enumerate(trials))


def _number_of_repeats(plan: RatingPlan, drawn: int) -> int:
    repeats = plan.sitting.repeats
    return round(repeats * drawn) if isinstance(repeats, float) else min(repeats, drawn // 2)


class _Choice:
    """Chooses the cells (item and condition) of a sitting."""

    def __init__(self, plan: RatingPlan, pool: Pool, chance: random.Random) -> None:
        self._plan, self._pool = plan, pool
        self._asked = [k for k, condition in enumerate(CONDITIONS) if condition in plan.conditions]
        self._chosen: dict[tuple[int, int], None] = {}
        self._clips: set[int] = set()
        open_ = pool.playable & ~pool.met & ~pool.enough
        open_[:, [k for k in range(len(CONDITIONS)) if k not in self._asked]] = False
        if plan.items.one_condition:
            open_ &= ~pool.met.any(axis=1, keepdims=True)
        open_[:, :_AV] &= ~pool.met[:, [_AV]]
        self._open = open_
        self._sequence = {k: self._by_need(k, chance) for k in self._asked}

    def cells(self) -> list[Cell]:
        """As many as the plan asks for, or as there are."""
        wanted = self._plan.sitting.items
        self._take(shared_out(self._plan, wanted), wanted)
        left = wanted - len(self._chosen)
        if left:
            # Where a condition has run dry, the others fill its place.
            self._take(dict.fromkeys(self._asked, left), left)
        return [Cell(item, int(self._pool.speakers[item]), k) for item, k in self._chosen]

    def _by_need(self, k: int, chance: random.Random) -> list[int]:
        """Items that may be given in a condition: fewest ratings or greatest gain first; chance between equals."""
        items = np.flatnonzero(self._open[:, k])
        lot = np.random.default_rng(chance.getrandbits(64)).random(len(items))
        ratings, gain = self._pool.ratings[items, k], self._pool.gain[items, k]
        keys = (lot, ratings) if self._plan.smart is None else (lot, ratings, -gain)
        return [int(item) for item in items[np.lexsort(keys)]]

    def _take(self, quotas: dict[int, int], total: int) -> None:
        """Take cells until the quotas or the total are used up, or nothing is left."""
        one_condition = self._plan.items.one_condition
        if not one_condition and _AV in quotas:
            total -= self._take_av(quotas, total)
        # A clip that is not in the sitting yet goes before one that is.
        for fresh in (True,) if one_condition else (True, False):
            total -= self._deal(quotas, total, fresh=fresh)

    def _deal(self, quotas: dict[int, int], total: int, *, fresh: bool) -> int:
        """Give each condition a clip in turn, until its quota or its clips run out; the number of cells taken."""
        going = {k: iter(self._sequence[k]) for k in self._asked}
        taken = 0
        while going and taken < total:
            for k, items in list(going.items()):
                fitting = (item for item in items if self._fits(item, k, fresh=fresh))
                item = next(fitting, None) if quotas[k] > 0 and taken < total else None
                if item is None:
                    del going[k]
                    continue
                self._add(item, k)
                quotas[k] -= 1
                taken += 1
        return taken

    def _take_av(self, quotas: dict[int, int], total: int) -> int:
        """Take `av` of clips whose other conditions are met, else together with these; the number of cells taken."""
        taken = 0
        for needed in (False, True):
            for item in self._sequence[_AV]:
                if quotas[_AV] <= 0:
                    break
                lacking = [k for k in self._asked if k != _AV and self._open[item, k] and (item, k) not in self._chosen]
                if (item, _AV) in self._chosen or bool(lacking) != needed or taken + len(lacking) >= total:
                    continue
                if all(quotas[k] > 0 for k in lacking):
                    for k in (*lacking, _AV):
                        self._add(item, k)
                        quotas[k] -= 1
                        taken += 1
        return taken

    def _fits(self, item: int, k: int, *, fresh: bool) -> bool:
        if (item, k) in self._chosen or (fresh and item in self._clips):
            return False
        return k != _AV or self._plan.items.one_condition

    def _add(self, item: int, k: int) -> None:
        self._chosen[item, k] = None
        self._clips.add(item)


def shared_out(plan: RatingPlan, wanted: int) -> dict[int, int]:
    """Whole numbers per condition that add up to `wanted`, by the largest remainder."""
    shares = {CONDITIONS.index(condition): share for condition, share in plan.items.conditions if share}
    whole = sum(shares.values())
    quotas = {k: wanted * share // whole for k, share in shares.items()}
    by_rest = sorted(shares, key=lambda k: (-(wanted * shares[k] % whole), k))
    for k in by_rest[: wanted - sum(quotas.values())]:
        quotas[k] += 1
    return quotas
