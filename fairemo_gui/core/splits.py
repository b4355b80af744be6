"""Parts and folds in which no speaker appears twice, balanced by gender as far as whole speakers allow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
PARTS = (TRAIN, VALIDATION, TEST)
SHARES = (0.6, 0.2, 0.2)
_OWN = (
    (TRAIN, re.compile(r"train(?:ing)?")),
    (VALIDATION, re.compile(r"val(?:id(?:ation)?)?|dev(?:el(?:opment)?)?")),
    (TEST, re.compile(r"test(?:ing)?[ _-]?[0-9a-z]?")),
)

Parts = npt.NDArray[np.str_]


@dataclass(frozen=True)
class _Group:
    """A speaker (or session): its kind, for balance, and how many utterances it has."""

    name: str
    kind: str
    size: int


@dataclass
class _Load:
    """What a part or fold holds so far, in groups and in utterances."""

    share: float
    groups: float = 0.0
    utterances: float = 0.0
    by_kind: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def fullness(self, kind: str) -> tuple[float, float, float]:
        """How full this is for a group of that kind, relative to its share; the emptiest takes the next group."""
        return (self.by_kind[kind] + 1) / self.share, (self.groups + 1) / self.share, self.utterances / self.share

    def take(self, group: _Group) -> None:
        """Count a group in."""
        self.by_kind[group.kind] += 1
        self.groups += 1
        self.utterances += group.size


def split_speakers(speakers: Sequence[str], genders: Sequence[str | None], seed: int = 0) -> Parts:
    """Divide utterances 60/20/20 into `train`, `validation`, `test`, no speaker in two of them.

    Args:
        speakers: One per utterance, n of them.
        genders: One per utterance, of its speaker; None = unknown.
        seed: The same seed gives the same parts.

    Returns:
        Name of the part per utterance, shape (n,).

    Raises:
        UserError: There are fewer than three speakers.
    """
    groups = _groups(speakers, genders)
    if len(groups) < len(PARTS):
        raise UserError(
            f"{_count(len(groups), 'speaker')} cannot be divided into training, validation and test without one "
            "appearing twice: at least 3 are needed; import more speakers."
        )
    placed = _place(groups, SHARES, seed)
    return np.array([PARTS[placed[str(speaker)]] for speaker in speakers], dtype=np.str_)


def part_of(split: str | None) -> str | None:
    """The part that a corpus's own word for a split means (`Development`, `Test2`); None where it means none."""
    word = (split or "").strip().casefold()
    return next((part for part, written in _OWN if written.fullmatch(word)), None)


def own_parts(splits: Sequence[str | None], speakers: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The parts a corpus's own split gives its utterances, several tests as one.

    Args:
        splits: As the corpus writes them, one per utterance; None = it says nothing.
        speakers: One per utterance.

    Returns:
        The parts, and why they cannot be used, in words: one of the two is empty. Both are where there is no split.
    """
    parts = [part_of(split) for split in splits]
    found = tuple(part for part in parts if part is not None)
    if not any(splits):
        return (), ""
    if len(found) < len(parts):
        return (), f"it gives {_count(len(parts) - len(found), 'utterance')} no part"
    if set(found) != set(PARTS):
        return (), f"it has no {' and no '.join(part for part in PARTS if part not in found)}"
    shared = _in_several(speakers, found)
    if shared:
        who = _count(len(shared), "speaker is", "speakers are")
        return (), f"{who} in several of its parts, as {next(iter(shared))}"
    return found, ""


def folds(groups: Sequence[str], genders: Sequence[str | None], k: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """Divide utterances into `k` folds, no group (speaker or session) in two of them.

    Args:
        groups: One per utterance, n of them.
        genders: One per utterance, of its speaker; None = unknown.
        k: How many folds; each is tested once, with the next one as validation.
        seed: The same seed gives the same folds.

    Returns:
        Fold 0 … k−1 per utterance, shape (n,), int64.

    Raises:
        UserError: `k` is below 3 or there are fewer groups than folds.
    """
    if k < len(PARTS):
        raise UserError(f"{_count(k, 'fold')} cannot hold training, validation and test: use 3 or more.")
    found = _groups(groups, genders)
    if len(found) < k:
        raise UserError(
            f"{_count(len(found), 'speaker or session', 'speakers or sessions')} cannot be divided into {k} folds "
            f"without one appearing twice: use at most {len(found)} folds, or import more."
        )
    placed = _place(found, (1 / k,) * k, seed)
    return np.array([placed[str(group)] for group in groups], dtype=np.int64)


def fold_parts(fold: npt.NDArray[np.int64], tested: int, k: int) -> Parts:
    """Part per utterance while fold `tested` is the test: the next fold is validation, the others train."""
    after = (tested + 1) % k
    names = np.where(fold == tested, TEST, np.where(fold == after, VALIDATION, TRAIN))
    return np.asarray(names, dtype=np.str_)


def check_disjoint(speakers: Sequence[str], parts: Iterable[object]) -> None:
    """Make sure that no speaker is in two parts (or folds).

    Raises:
        UserError: Names the first such speaker and the parts, and lists all of them.
    """
    shared = _in_several(speakers, parts)
    if shared:
        speaker, where = next(iter(shared.items()))
        raise UserError(
            f"Speaker {speaker} is in {' and '.join(where)}: a net would be tested on a voice it has heard; "
            "divide the corpus by speaker.",
            [f"speaker {name}: {', '.join(places)}" for name, places in shared.items()],
        )


def _in_several(speakers: Sequence[str], parts: Iterable[object]) -> dict[str, list[str]]:
    """Speakers who are in several parts, and in which."""
    seen: dict[str, set[str]] = defaultdict(set)
    for speaker, part in zip(speakers, parts, strict=True):
        seen[str(speaker)].add(str(part))
    return {speaker: sorted(where) for speaker, where in sorted(seen.items()) if len(where) > 1}


def _groups(names: Sequence[str], genders: Sequence[str | None]) -> list[_Group]:
    """One entry per group in order of name; groups of both genders, as sessions are, make a kind of their own."""
    kinds: dict[str, set[str]] = defaultdict(set)
    sizes: dict[str, int] = defaultdict(int)
    for name, gender in zip(names, genders, strict=True):
        kinds[str(name)].add(gender or "unknown")
        sizes[str(name)] += 1
    return [_Group(name, "+".join(sorted(kinds[name])), sizes[name]) for name in sorted(sizes)]


def _place(groups: list[_Group], shares: Sequence[float], seed: int) -> dict[str, int]:
    """Position of the part each group goes to: the emptiest one for its kind; none stays empty."""
    order = np.random.default_rng(seed).permutation(len(groups))
    loads = [_Load(share) for share in shares]
    placed: dict[str, int] = {}
    shuffled = sorted((groups[k] for k in order), key=lambda group: group.kind)
    for position, group in enumerate(shuffled):
        empty = [k for k, load in enumerate(loads) if not load.groups]
        choice = empty if len(shuffled) - position <= len(empty) else range(len(loads))
        best = min(choice, key=lambda k: loads[k].fullness(group.kind))
        loads[best].take(group)
        placed[group.name] = best
    return placed


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
