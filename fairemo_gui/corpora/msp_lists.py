"""Lists beside the labels of MSP-Podcast: who is in which partition, who speaks where. Text in, records out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fairemo_gui.core.records import Problem
from fairemo_gui.core.splits import TEST, part_of
from fairemo_gui.corpora.msp_answers import check_partition, code_of
from fairemo_gui.corpora.msp_labels import lines_of
from fairemo_gui.corpora.plain_text import HOLDS_NOTHING
from fairemo_gui.corpora.report import quoted
from fairemo_gui.corpora.values import CellError, gender_of
from fairemo_gui.media.probe import MEDIA_SUFFIXES

_NUMBERED = re.compile(r"(?:speaker|spkr|spk)[_ ]*(\d+|unknown)", re.IGNORECASE | re.ASCII)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Partitions:
    """Partition per recording, as written."""

    splits: dict[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerList:
    """Speaker per recording, and gender per speaker as written."""

    speakers: dict[str, str]
    genders: dict[str, str]
    problems: tuple[Problem, ...] = ()


def partitions_in(text: str, source: str) -> Partitions:
    """`Partitions.txt`: `<set>; <recording>` per line."""
    splits: dict[str, str] = {}
    problems: list[Problem] = []
    for line, first, second in _pairs(text):
        file, split = (first, second) if _is_recording(first) else (second, first)
        try:
            code = code_of(file)
            if not split or not file:
                raise CellError("does not say a partition and a recording (such as Train; MSP-PODCAST_0001_0008.wav)")
            check_partition(split)
            if splits.get(code, split) != split:
                raise CellError(f"puts {code} into {split}; a line above says {splits[code]}")
            splits[code] = split
        except CellError as error:
            problems.append(Problem(source, line, str(error), fatal=True))
    if not splits and not problems:
        problems.append(Problem(source, None, HOLDS_NOTHING, fatal=True))
    return Partitions(splits, tuple(problems))


def speakers_in(text: str, source: str) -> SpeakerList:
    """`Speaker_ids.txt`: lines of speaker and gender, and lines of recording and speaker; other lines are remarks."""
    speakers: dict[str, str] = {}
    genders: dict[str, str] = {}
    strange: list[tuple[int, str]] = []
    problems: list[Problem] = []
    for line, first, second in _pairs(text):
        if _is_recording(first):
            of, name = speakers, first.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
            said = speaker_number(second)
        elif first and (gender_of(second) is not None or second.casefold() == UNKNOWN):
            of, name, said = genders, speaker_number(first), second
        else:
            strange.append((line, first))
            continue
        if of.setdefault(name, said) != said:
            what = f"says {said or UNKNOWN} of {name}; a line above says {of[name] or UNKNOWN}"
            problems.append(Problem(source, line, what, fatal=True))
    if strange:
        line, first = strange[0]
        what = f"{quoted(first)} is neither a speaker nor a recording; such lines ({len(strange)}) are passed over"
        problems.append(Problem(source, line, what))
    if not (speakers or genders or problems):
        problems.append(Problem(source, None, HOLDS_NOTHING, fatal=True))
    return SpeakerList(speakers, genders, tuple(problems))


def speaker_number(text: str) -> str:
    """A speaker as the tables write it: `Speaker_0128` is `128`; empty where unknown."""
    numbered = _NUMBERED.fullmatch(text)
    plain = (numbered[1].lstrip("0") or "0") if numbered else text.strip()
    return "" if plain.casefold() == UNKNOWN else plain


def split_of(text: str) -> str | None:
    """A partition in this program's words for training and validation; the tests keep their own numbers."""
    part = part_of(text)
    return text.strip().casefold() if part == TEST else part


def _pairs(text: str) -> Iterator[tuple[int, str, str]]:
    """Line and its first two fields."""
    for line, content in enumerate(lines_of(text), start=1):
        if content.strip():
            first, _, rest = content.partition(";")
            yield line, first.strip(), rest.partition(";")[0].strip()


def _is_recording(text: str) -> bool:
    return text.lower().endswith(MEDIA_SUFFIXES)
