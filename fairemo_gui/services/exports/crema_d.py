"""CREMA-D's own tables: tabulatedVotes.csv, summaryTable.csv, finishedResponses.csv and the lists of clips and actors.

Columns, row ids, quotation marks and missing values are those of the originals; the figures follow the authors' own
scripts (Cao et al. 2014, `tabulateVotesV2.r` and `summarizeVotes.r`).
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fairemo_gui.core.emotions import canonical_emotion
from fairemo_gui.core.records import Condition, Rating, Role, Truth
from fairemo_gui.core.spreadsheet import neutralised
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.consensus import ConsensusRow, consensus_rows, intended
from fairemo_gui.services.exports.material import Entry, Material
from fairemo_gui.services.exports.plan import Tally
from fairemo_gui.store import corpora
from fairemo_gui.store.labels import BLIND, IN_SIGHT

LETTERS = "ADFHNS"
_EMOTIONS = tuple(str(canonical_emotion(letter)) for letter in LETTERS)
_WAYS = {Truth.VOICE: 1, Truth.FACE: 2, Truth.AV: 3}
_MOST_CLIPS = 99_999
_NOBODY, _MISSING = "-1", "NA"
# Before the numbers of CREMA-D's own raters, once they are in a workspace with others.
_CORPUS = "crema-d:"
_LEVELS = {"LO": 20, "MD": 50, "HI": 80}
_NAMES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad")
_VOTES_HEADER = (
    "", *LETTERS, "fileName", "numResponses", "agreement", "emoVote",
    "meanEmoResp", *(f"mean{name}Resp" for name in _NAMES), "medianEmoResp",
    "meanEmoRespNorm", *(f"mean{name}RespNorm" for name in _NAMES), "medianEmoRespNorm",
)  # fmt: skip
_SUMMARY_HEADER = (
    "", "FileName", "VoiceVote", "VoiceLevel", "FaceVote", "FaceLevel", "MultiModalVote", "MultiModalLevel",
)  # fmt: skip
_RESPONSES_HEADER = (
    "", "localid", "pos", "ans", "ttr", "queryType", "numTries", "clipNum", "questNum", "subType", "clipName",
    "sessionNums", "respEmo", "respLevel", "dispEmo", "dispVal", "dispLevel",
)  # fmt: skip


@dataclass(slots=True)
class _Levels:
    """Levels that raters gave with their votes for one clip in one condition, by letter: as given and normalised."""

    given: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    normalised: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class _Clips:
    """What every table refers to.

    Attributes:
        numbers: Clip number per utterance id: its place in the order of the import, as in CREMA-D's list of clips.
        levels: Levels per utterance id and condition.
    """

    numbers: dict[int, int]
    levels: dict[tuple[int, str], _Levels]


def write_crema_d(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write the tables a plan asks for.

    Raises:
        UserError: Votes are for emotions the layout has no letter for, or its five-digit clip numbers do not suffice.
    """
    order = corpora.ids(material.workspace, material.corpus.id).tolist()
    if len(order) > _MOST_CLIPS:
        raise UserError(f"CREMA-D's layout numbers clips up to {_MOST_CLIPS}; {material.corpus.name} has {len(order)}.")
    write = partial(_write, ctx, folder, tally)
    log = _log(material, tally)
    _check_classes(material, log)
    clips = _Clips({utterance: k for k, utterance in enumerate(order, 1)}, _levels(log, material))
    write("SentenceFilenames.csv", ("Stimulus_Number", "Filename"), _names(material, clips))
    write("VideoDemographics.csv", ("ActorID", "Age", "Sex", "Race", "Ethnicity"), _people(material))
    if material.plan.level.consensus:
        rows = [row for row in consensus_rows(material) if row.condition in _WAYS and row.n]
        write("tabulatedVotes.csv", _VOTES_HEADER, _votes(rows, clips))
        write("summaryTable.csv", _SUMMARY_HEADER, _summary(rows, clips))
    if material.plan.level.ratings and log:
        single = _fully_single(log, material, tally)
        write("finishedResponses.csv", _RESPONSES_HEADER, _responses(single, material, clips))


def _write(
    ctx: TaskContext, folder: Path, tally: Tally, name: str, header: tuple[str, ...], rows: Iterable[list[str]]
) -> None:
    ctx.report(0, None, f"Writing {name}")
    tally.files[name] = 0
    with (folder / name).open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(",".join(map(_quoted, header)) + "\n")
        for number, row in enumerate(rows, 1):
            stream.write(",".join(row) + "\n")
            tally.files[name] = number
            if number % 1000 == 0:
                ctx.report(number, None, f"Writing {name}")


def _quoted(text: str | None) -> str:
    if text is None:
        return _MISSING
    return '"' + neutralised(text).replace('"', '""') + '"'


def _number(value: float) -> str:
    """A number with the 15 digits R writes; NA where there is none."""
    return _MISSING if math.isnan(value) else f"{value:.15g}"


def _letter(emotion: str) -> str:
    return LETTERS[_EMOTIONS.index(emotion)]


def _log(material: Material, tally: Tally) -> list[Rating]:
    """Ratings that stand and are votes."""
    log = []
    for _, stands, rating in material.log():
        if not stands:
            tally.left_out["ratings that were replaced or taken back (this layout holds what stands)"] += 1
        elif rating.rater not in material.voters:
            tally.left_out["ratings that are no votes (gold labels, and speakers of themselves)"] += 1
        elif rating.role is not Role.MAIN:
            tally.left_out["ratings that are no votes (practice, repeats, checks, smart queues)"] += 1
        else:
            log.append(rating)
    return log


def _fully_single(log: list[Rating], material: Material, tally: Tally) -> list[Rating]:
    """Ratings of clips and conditions that have no votes beside them: whoever reads the layout takes one or other."""
    counted = {
        (material.by_id[row.utterance].utterance.code, row.condition)
        for row in material.label_rows
        if row.source not in (BLIND, IN_SIGHT)
    }
    single = [rating for rating in log if (rating.utterance, rating.condition.value) not in counted]
    if len(single) < len(log):
        why = "ratings of clips whose other votes came counted (tabulatedVotes.csv has them)"
        tally.left_out[why] = len(log) - len(single)
    return single


def _check_classes(material: Material, log: Iterable[Rating]) -> None:
    """Make sure that every vote has a letter."""
    votes = Counter(vote for rating in log for vote in rating.votes)
    for row in material.label_rows:
        votes.update(dict(zip(material.scheme.classes, row.counts, strict=True)))
    unknown = [name for name, n in votes.items() if n and name not in _EMOTIONS]
    if unknown:
        raise UserError(f"CREMA-D's layout has no column for {', '.join(unknown)}: choose csv, parquet or json.")


def _names(material: Material, clips: _Clips) -> Iterator[list[str]]:
    numbered = sorted((clips.numbers[entry.id], entry.utterance.code) for entry in material.entries)
    return ([str(number), _quoted(code)] for number, code in numbered)


def _people(material: Material) -> Iterator[list[str]]:
    people = {entry.speaker.code: entry.speaker for entry in material.entries}
    for code, speaker in sorted(people.items()):
        age = _MISSING if speaker.age is None else str(speaker.age)
        sex = "Unknown" if speaker.gender is None else speaker.gender.value.capitalize()
        others = (_quoted(value or "Unknown") for value in (sex, speaker.race, speaker.ethnicity))
        yield [code if code.isascii() and code.isdigit() else _quoted(code), age, *others]


def _levels(log: Iterable[Rating], material: Material) -> dict[tuple[int, str], _Levels]:
    """Levels by clip and condition. A rater's levels are normalised to 0–100 between the lowest and the highest."""
    ids = {entry.utterance.code: entry.id for entry in material.entries}
    with_level = [rating for rating in log if rating.intensity is not None]
    span: dict[str, list[int]] = defaultdict(list)
    for rating in with_level:
        span[rating.rater].append(rating.intensity or 0)
    lowest, width = {r: min(v) for r, v in span.items()}, {r: max(v) - min(v) for r, v in span.items()}
    levels: dict[tuple[int, str], _Levels] = defaultdict(_Levels)
    for rating in with_level:
        here, given = levels[ids[rating.utterance], rating.condition.value], float(rating.intensity or 0)
        factor = 100 / width[rating.rater] if width[rating.rater] else math.nan
        for vote in rating.votes:
            here.given[vote].append(given)
            here.normalised[vote].append((given - lowest[rating.rater]) * factor)
    return levels


def _votes(rows: Iterable[ConsensusRow], clips: _Clips) -> Iterator[list[str]]:
    """Rows in order of their ids: 100000 · way of showing + clip number."""
    numbered = sorted((_WAYS[Truth(row.condition or "")] * 100_000 + clips.numbers[row.entry.id], row) for row in rows)
    for number, row in numbered:
        found = clips.levels.get((row.entry.id, str(row.condition)), _Levels())
        counts = _counts(row)
        yield [
            _quoted(str(number)),
            *map(str, counts.values()),
            _quoted(row.entry.utterance.code),
            str(row.n),
            _number(row.agreement or 0.0),
            _quoted(":".join(_letter(name) for name in _winners(counts))),
            *_figures(counts, found.given),
            *_figures(counts, found.normalised),
        ]


def _counts(row: ConsensusRow) -> dict[str, int]:
    """Votes per emotion in the order of the letters."""
    votes = dict(zip(row.scheme.classes, row.votes, strict=True))
    return {name: votes.get(name, 0) for name in _EMOTIONS}


def _winners(counts: dict[str, int]) -> list[str]:
    return [name for name, n in counts.items() if n == max(counts.values())]


def _figures(counts: dict[str, int], levels: dict[str, list[float]]) -> list[str]:
    """Mean of all levels, mean per emotion, median of all."""
    every = [level for name in counts for level in levels.get(name, ())]
    whole = sum(counts.values())
    per_emotion = (
        _NOBODY if not n else _number(_of(statistics.fmean, levels.get(k, []), n)) for k, n in counts.items()
    )
    return [_number(_of(statistics.fmean, every, whole)), *per_emotion, _number(_of(statistics.median, every, whole))]


def _of(figure: Callable[[list[float]], float], levels: list[float], n: int) -> float:
    """A figure of the levels; NaN where a vote has no level or a level is NaN."""
    return figure(levels) if len(levels) == n and not any(map(math.isnan, levels)) else math.nan


def _summary(rows: Iterable[ConsensusRow], clips: _Clips) -> Iterator[list[str]]:
    by_clip: dict[int, dict[Truth, ConsensusRow]] = defaultdict(dict)
    for row in rows:
        by_clip[clips.numbers[row.entry.id]][Truth(row.condition or "")] = row
    for number, found in sorted(by_clip.items()):
        code = next(iter(found.values())).entry.utterance.code
        cells = [cell for way in _WAYS for cell in _summed(found.get(way), clips)]
        yield [_quoted(str(number)), _quoted(code), *map(_quoted, cells)]


def _summed(row: ConsensusRow | None, clips: _Clips) -> tuple[str | None, str | None]:
    """The emotions with most votes, and the mean level of each."""
    if row is None:
        return None, None
    counts = _counts(row)
    winners = _winners(counts)
    given = clips.levels.get((row.entry.id, str(row.condition)), _Levels()).given
    means = [_of(statistics.fmean, given.get(name, []), counts[name]) for name in winners]
    levels = None if any(map(math.isnan, means)) else ":".join(four_digits(means))
    return ":".join(map(_letter, winners)), levels


def four_digits(values: list[float]) -> list[str]:
    """Numbers as R's `format(values, digits=4)`: decimals so that each has four digits, as many for all, one width."""
    rounded = [f"{value:.3e}" for value in values]
    decimals = max(_decimals(text) for text in rounded)
    shown = [f"{value:.{decimals}f}" for value in values]
    return [text.rjust(max(map(len, shown))) for text in shown]


def _decimals(scientific: str) -> int:
    """How many decimals a number needs to show its digits, zeros at the end aside."""
    digits, exponent = scientific.split("e")
    needed = len(digits.replace(".", "").rstrip("0"))
    return max(0, needed - 1 - int(exponent))


def _responses(log: Iterable[Rating], material: Material, clips: _Clips) -> Iterator[list[str]]:
    """One row per vote of a rating that stands."""
    entries = {entry.utterance.code: entry for entry in material.entries}
    sessions: dict[str, int] = {}
    asked: Counter[tuple[str, Condition]] = Counter()
    answered: Counter[str] = Counter()
    number = 0
    for rating in log:
        asked[rating.rater, rating.condition] += 1
        answered[rating.rater] += 1
        session = sessions.setdefault(rating.rater, len(sessions) + 1)
        entry = entries[rating.utterance]
        for vote in rating.votes:
            number += 1
            place = (number, answered[rating.rater], asked[rating.rater, rating.condition], session)
            yield _response(rating, vote, entry, material, clips, place)


def _response(
    rating: Rating, vote: str, entry: Entry, material: Material, clips: _Clips, place: tuple[int, int, int, int]
) -> list[str]:
    """One row; `place` is its number, and the rater's count of answers, of questions of the condition, and session."""
    number, position, question, session = place
    level = None if rating.intensity is None else str(rating.intensity)
    asked = intended(entry, material.scheme)
    # No further click than the first; of several, only that there were some is known.
    tries = "0" if rating.first_answer == vote else _MISSING
    shown = re.search(r"_(LO|MD|HI|XX)$", entry.utterance.code)
    value = shown[1] if shown else None
    rater, answer = rating.rater.removeprefix(_CORPUS), f"{_letter(vote)}_{level or _MISSING}"
    return [
        _quoted(str(number)), _quoted(rater), str(position), _quoted(answer),
        _MISSING if rating.response_ms is None else str(rating.response_ms),
        str(_WAYS[Truth(rating.condition)]), tries, str(clips.numbers[entry.id]), str(question), "4",
        _quoted(entry.utterance.code), str(session), _quoted(_letter(vote)), level or _MISSING,
        _quoted(asked and _letter(asked)), _quoted(value),
        str(_LEVELS.get(value or "", _MISSING)),
    ]  # fmt: skip
