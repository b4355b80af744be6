"""Utterances as tiers on the clock of their media: what EAF and TextGrid files are made of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fairemo_gui.core.records import Rating, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import probe_all
from fairemo_gui.services.exports.consensus import ConsensusRow, consensus_rows
from fairemo_gui.services.exports.folder import FreeNames
from fairemo_gui.services.exports.material import Entry, Material
from fairemo_gui.services.exports.plan import Tally

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Interval:
    """A text that holds from `start` to `end`, seconds in the media file."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Tier:
    """Intervals that do not overlap, in order.

    Attributes:
        speaker: Whose utterances they are.
        rater: Who said so, where one rater did.
    """

    name: str
    speaker: str
    rater: str | None
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All tiers of one media file (or one pair of sound and picture).

    Attributes:
        path: Where to write it below the export's folder.
        media: Paths of the media below the corpus's root.
        end: Seconds; nothing lies after it.
    """

    path: PurePosixPath
    media: tuple[str, ...]
    end: float
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of each utterance, by id."""

    ratings: dict[int, list[Rating]]
    consensus: dict[int, list[ConsensusRow]]


def sheets(ctx: TaskContext, material: Material, tally: Tally, suffix: str, digits: int) -> Iterator[Sheet]:
    """One sheet per media file, in order of the files.

    Args:
        ctx: Hears progress.
        material: What to write.
        tally: Learns what is left out.
        suffix: Of the files, as `.eaf`.
        digits: Decimals of a second that the format keeps; an interval lasts at least one unit of the last.

    Raises:
        UserError: No utterance has times or media that can be measured.
    """
    groups: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in material.entries:
        paths = (entry.utterance.audio, entry.utterance.video)
        groups[tuple(dict.fromkeys(path for path in paths if path))].append(entry)
    seen = probe_all(ctx, material.corpus.root, [media[0] for media in groups if media])
    said = _Said(_ratings(material, tally), _consensus(material))
    names = FreeNames()
    placed = 0
    for number, (media, entries) in enumerate(sorted(groups.items())):
        ctx.report(number, len(groups), "Writing tiers")
        duration = seen[media[0]].duration if media else None
        spans = _spans(entries, duration, digits, tally)
        if spans:
            inside = [entry for entry in entries if entry.id in spans]
            tiers = _tiers(material, said, inside, spans, digits)
            wanted = PurePosixPath(media[0]).with_suffix("") if media else PurePosixPath(material.corpus.name)
            last = max(interval.end for tier in tiers for interval in tier.intervals)
            placed += 1
            yield Sheet(names.claim(wanted, suffix), media, max(last, duration or 0.0), tiers)
    if not placed:
        why = "; ".join(f"{n} {reason}" for reason, n in tally.left_out.items())
        raise UserError(f"Nothing of {material.corpus.name} can be placed on a clock ({why}): locate its media first.")


def _ratings(material: Material, tally: Tally) -> dict[int, list[Rating]]:
    """Ratings that stand, by utterance."""
    found: dict[int, list[Rating]] = defaultdict(list)
    if not material.plan.level.ratings:
        return found
    for utterance, stands, rating in material.log():
        if stands and rating.votes:
            found[utterance].append(rating)
        else:
            why = "ratings without an emotion" if stands else "ratings that were replaced or taken back"
            tally.left_out[f"{why} (tiers hold what stands)"] += 1
    return found


def _consensus(material: Material) -> dict[int, list[ConsensusRow]]:
    found: dict[int, list[ConsensusRow]] = defaultdict(list)
    for row in consensus_rows(material) if material.plan.level.consensus else ():
        if row.winners:
            found[row.entry.id].append(row)
    return found


def _spans(entries: Iterable[Entry], duration: float | None, digits: int, tally: Tally) -> dict[int, Span]:
    """Start and end per utterance id; those that have no known length are left out."""
    spans = {}
    for entry in entries:
        start, end = entry.utterance.start or 0.0, entry.utterance.end or duration
        if end is None:
            tally.left_out["utterances without times whose media cannot be measured"] += 1
        elif end <= start:
            tally.left_out["utterances that end before they start"] += 1
        else:
            spans[entry.id] = _rounded(start, end, digits)
    return spans


def _rounded(start: float, end: float, digits: int) -> Span:
    first = max(round(start, digits), 0.0)
    return first, max(round(end, digits), round(first + 10**-digits, digits))


def _tiers(
    material: Material, said: _Said, entries: list[Entry], spans: dict[int, Span], digits: int
) -> tuple[Tier, ...]:
    """The tiers of a group: one per kind and speaker, and further ones where intervals would overlap."""
    drawn: dict[tuple[str, str, str | None], list[Interval]] = defaultdict(list)
    for entry in entries:
        for name, rater, interval in _intervals(material, said, entry, spans[entry.id], digits):
            if interval.text:
                drawn[name, entry.speaker.code, rater].append(interval)
    several = len({entry.speaker.code for entry in entries}) > 1
    taken: Counter[str] = Counter()
    tiers = []
    for (name, speaker, rater), intervals in sorted(drawn.items(), key=_place):
        wanted = f"{name}@{plain(speaker)}" if several else name
        for lane in _lanes(intervals):
            taken[wanted] += 1
            numbered = wanted if taken[wanted] == 1 else f"{wanted} ({taken[wanted]})"
            tiers.append(Tier(numbered, plain(speaker), rater and plain(rater), lane))
    return tuple(tiers)


def _place(tier: tuple[tuple[str, str, str | None], list[Interval]]) -> tuple[int, str, bool, str]:
    """Utterances, transcript and words first; then each condition, its consensus before its raters."""
    name, speaker, rater = tier[0]
    first = ("utterance", "transcript", "words")
    if name in first:
        return first.index(name), "", False, speaker
    return len(first), speaker, rater is not None, name


def _intervals(
    material: Material, said: _Said, entry: Entry, span: Span, digits: int
) -> Iterator[tuple[str, str | None, Interval]]:
    """Name of the tier, rater and interval for everything that is known of an utterance."""
    utterance = entry.utterance
    yield "utterance", None, Interval(*span, plain(utterance.code))
    yield "transcript", None, Interval(*span, plain(utterance.transcript or ""))
    for word in material.words.get(entry.id, ()):
        yield "words", None, Interval(*_rounded(word.start, word.end, digits), plain(word.text))
    for row in said.consensus.get(entry.id, ()):
        name = "intended" if row.condition is Truth.INTENDED else f"consensus:{row.condition}"
        yield name, None, Interval(*span, plain(":".join(row.winners)))
    for rating in said.ratings.get(entry.id, ()):
        name = f"{rating.condition}:{plain(rating.rater)}"
        yield name, rating.rater, Interval(*span, plain("+".join(rating.votes)))


def _lanes(intervals: Iterable[Interval]) -> list[tuple[Interval, ...]]:
    """The intervals on as few tiers as it takes for none to overlap another."""
    lanes: list[list[Interval]] = []
    by_time: Callable[[Interval], tuple[float, float]] = lambda interval: (interval.start, interval.end)  # noqa: E731
    for interval in sorted(intervals, key=by_time):
        free = next((lane for lane in lanes if lane[-1].end <= interval.start), None)
        if free is None:
            lanes.append([interval])
        else:
            free.append(interval)
    return [tuple(lane) for lane in lanes]


def plain(text: str) -> str:
    """A text on one line, without what neither format can hold."""
    return _UNPRINTABLE.sub(" ", text).strip()
