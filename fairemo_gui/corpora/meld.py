"""MELD (Poria et al. 2019): turns of dialogues from a television series, in three tables with a clip per turn."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from fairemo_gui.core.emotions import MELD
from fairemo_gui.core.records import CorpusBundle, Gender, MediaState, Problem, Speaker, Utterance
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, find_table, glance, other_tables
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.report import ImportReport, condensed, listed, quoted, refuse, report_on
from fairemo_gui.corpora.table import read_table
from fairemo_gui.corpora.values import CellError, Cells
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES, VIDEO_SUFFIXES

TABLES = {"train": "train_sent_emo.csv", "dev": "dev_sent_emo.csv", "test": "test_sent_emo.csv"}
WHOLE = {"train": 9989, "dev": 1109, "test": 2610}
_FOLDERS = {"train": "train_splits", "dev": "dev_splits_complete", "test": "output_repeated_splits_test"}
_NEEDED = ("Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID")
_COLUMNS = ("Sr No.", *_NEEDED, "Season", "Episode", "StartTime", "EndTime")
EMOTIONS = {
    "anger": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "joy": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprise",
}
_SENTIMENTS = ("negative", "neutral", "positive")
GENDERS = {
    **dict.fromkeys(("Monica", "Phoebe", "Rachel"), Gender.FEMALE),
    **dict.fromkeys(("Chandler", "Joey", "Ross"), Gender.MALE),
}
"""Of the six main characters; the table names no gender, and a guess from a name would move figures between groups."""
DEFECTS = {
    "train_dia125_utt3": "its clip was released broken",
    "dev_dia110_utt7": "its clip was never released",
}
_CLIP = re.compile(r"dia(0|[1-9]\d*)_utt(0|[1-9]\d*)", re.ASCII)
_DOUBLE = "final_videos_test"
_SPLIT = re.compile(r"(?:^|[^a-z])(train|dev|test)(?:[^a-z]|$)")
_TIME = re.compile(r"(\d\d?):([0-5]\d):([0-5]\d)[,.](\d{1,3})", re.ASCII)
_MOST = 1_000_000


@dataclass(slots=True)
class _Reading:
    """What one import gathers on its way.

    Attributes:
        utterances: Without media, by code.
        sentiments: Per code.
        odd_times: Codes of the rows whose times mean nothing.
    """

    root: Path
    utterances: dict[str, Utterance] = field(default_factory=dict)
    sentiments: dict[str, str] = field(default_factory=dict)
    odd_times: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Meld:
    """Importer of MELD. The tables alone are enough; clips are found at any depth where they are there.

    - Ids begin anew in each split, so an utterance's code carries it: `dev_dia3_utt0`.
    - The label is the annotators' consensus: an `intended` class, without ratings. Sentiments are kept among the
      corpus's facts, per emotion and, where they differ from it, per utterance.
    - A clip is one whole file; the table's times are those of the episode and are not needed.
    - The splits are kept as written. They share speakers, so that training divides the corpus by speaker instead.
    """

    name: Final = "meld"
    title: Final = "MELD (Multimodal EmotionLines Dataset)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """One of its tables."""
        there = {file.name.lower() for file in glance(path)}
        tables = [name for name in TABLES.values() if name in there]
        return f"its tables {', '.join(tables)}" if tables else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read tables and clips; see `Importer.read`."""
        reading = _Reading(corpus_folder(root))
        ctx.report(0, None, "Reading the tables")
        there = {split: path for split, name in TABLES.items() if (path := find_table(reading.root, name))}
        if not there:
            raise UserError(
                f"{reading.root.name} holds none of MELD's tables ({', '.join(TABLES.values())}): give its folder."
            )
        for split, path in there.items():
            _read_table(reading, split, path, ctx.check)
        media = find_media(reading.root, (*VIDEO_SUFFIXES, *AUDIO_SUFFIXES))
        clips = _clips(reading, media, there)
        reading.problems += other_tables(reading.root, TABLES.values())
        refuse(reading.problems, skip_bad)
        if not reading.utterances:
            raise UserError(f"{reading.root.name} has no row that can be used: correct it.", map(str, reading.problems))
        utterances = _with_media(ctx, reading, clips)
        speakers = tuple(Speaker(code, GENDERS.get(code)) for code in sorted({u.speaker for u in utterances}))
        bundle = CorpusBundle(
            name=self.name,
            root=str(reading.root),
            importer=f"{self.name} {self.version}",
            scheme=MELD,
            speakers=speakers,
            utterances=utterances,
            licence="GPL-3.0",
            facts={"sentiment": _sentiments(reading)},
        )
        warnings = [*reading.warnings, *_warnings(reading, speakers)]
        return bundle, report_on(bundle, condensed([*reading.problems, *media.problems]), warnings)


def _read_table(reading: _Reading, split: str, path: Path, check: Callable[[], None]) -> None:
    """The rows of a split."""
    table = read_table(path, _COLUMNS, check, windows=True)
    table.need(_NEEDED)
    reading.problems += table.problems
    reading.warnings += table.warnings
    lines: dict[str, int] = {}
    for row in table.rows:
        check()
        cells = Cells(row)
        utterance, sentiment = _utterance(cells, split), cells.read(_sentiment, "Sentiment", "")
        if not cells.wrong and utterance.code in lines:
            cells.wrong.append(f"{utterance.code} stands already on line {lines[utterance.code]}")
        if cells.wrong:
            reading.problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        lines[utterance.code] = row.line
        reading.utterances[utterance.code] = utterance
        reading.sentiments[utterance.code] = sentiment
        if _odd_times(cells):
            reading.odd_times.append(utterance.code)


def _utterance(cells: Cells, split: str) -> Utterance:
    """A row, its clip aside."""
    dialogue, turn = _number(cells, "Dialogue_ID"), _number(cells, "Utterance_ID")
    code = f"{split}_dia{dialogue}_utt{turn}"
    return Utterance(
        code,
        cells.read(_speaker, "Speaker", ""),
        transcript=" ".join(cells.text("Utterance").split()) or None,
        dialogue=f"{split}_dia{dialogue}",
        turn=turn,
        split=split,
        intended=cells.read(_emotion, "Emotion", 0),
        media_state=MediaState.MISSING,
        defect=DEFECTS.get(code),
    )


def _number(cells: Cells, column: str) -> int:
    """A number that must be there."""
    if not cells.text(column):
        cells.wrong.append(f"{column} is empty")
    return cells.whole(column, 0, _MOST) or 0


def _speaker(text: str) -> str:
    if not text:
        raise CellError("names no speaker")
    return text


def _emotion(text: str) -> int:
    name = EMOTIONS.get(text.casefold())
    if name is None:
        raise CellError(f"the emotion is {quoted(text)}; MELD has {', '.join(EMOTIONS)}")
    return MELD.classes.index(name)


def _sentiment(text: str) -> str:
    if text.casefold() not in _SENTIMENTS:
        raise CellError(f"the sentiment is {quoted(text)}; MELD has {', '.join(_SENTIMENTS)}")
    return text.casefold()


def _odd_times(cells: Cells) -> bool:
    """Whether the times in the episode are there and mean nothing."""
    texts = [cells.text("StartTime"), cells.text("EndTime")]
    if not any(texts):
        return False
    found = [_TIME.fullmatch(text) for text in texts]
    start, end = ([int(part) for part in time.groups()] if time else [] for time in found)
    return not (start and end and start < end)


def _sentiments(reading: _Reading) -> dict[str, object]:
    """Sentiment per emotion, and per utterance where it is another."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    emotion = {code: MELD.classes[u.intended or 0] for code, u in reading.utterances.items()}
    for code, sentiment in reading.sentiments.items():
        said[emotion[code]][sentiment] += 1
    usual = {name: counts.most_common(1)[0][0] for name, counts in sorted(said.items())}
    other = {code: word for code, word in reading.sentiments.items() if word != usual[emotion[code]]}
    return {"by_emotion": usual, "otherwise": other}


def _clips(reading: _Reading, media: MediaFiles, tables: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Files per code of an utterance; those of no split or no row, and copies, are named and left out."""
    only = next(iter(tables)) if len(tables) == 1 else None
    clips: dict[str, list[str]] = defaultdict(list)
    copies, homeless = 0, []
    strange: list[str] = []
    for stem, paths in media.paths.items():
        if stem.startswith(_DOUBLE):
            copies += len(paths)
            continue
        if _CLIP.fullmatch(stem) is None:
            strange += paths
            continue
        for path in paths:
            split = _split_of(path) or only
            if split is None:
                homeless.append(path)
            else:
                clips[f"{split}_{stem}"].append(path)
    reading.problems += (
        Problem(path, None, "lies in no folder of train, dev or test and was left out") for path in homeless
    )
    found = {code: tuple(paths) for code, paths in clips.items()}
    reading.problems += doubles(reading.root, MediaFiles(found, ()))
    if copies:
        reading.warnings.append(f"Files called {_DOUBLE}… are copies and were left out: {copies}.")
    strange += sorted(set(found) - set(reading.utterances))
    if strange:
        reading.warnings.append(f"Clips that stand in no table were left out ({len(strange)}): {listed(strange)}.")
    return found


def _split_of(path: str) -> str | None:
    """The split a clip belongs to, by the nearest folder that names one."""
    for folder in reversed(PurePosixPath(path).parts[:-1]):
        named = _SPLIT.search(folder.lower())
        if named:
            return named[1]
    return None


def _with_media(ctx: TaskContext, reading: _Reading, clips: dict[str, tuple[str, ...]]) -> tuple[Utterance, ...]:
    """The utterances with their clips, looked into; where there is none, with the place the release keeps it at."""
    there, absent = [], {}
    for code, utterance in reading.utterances.items():
        if code in clips:
            there.append(_located(utterance, clips[code]))
        else:
            place = f"{_FOLDERS[utterance.split or '']}/{code.partition('_')[2]}.mp4"
            absent[code] = replace(utterance, audio=place, video=place)
    if absent:
        which = (
            "No clips are here"
            if not there
            else f"No clips are here for {len(absent)} of {len(reading.utterances)} utterances"
        )
        reading.warnings.append(f"{which}: such utterances can be charted and compared, but not played.")
    marked = mark_media(ctx, reading.root, there)
    reading.problems += marked.problems
    found = absent | {utterance.code: utterance for utterance in marked.utterances}
    return tuple(found[code] for code in reading.utterances)


def _located(utterance: Utterance, paths: tuple[str, ...]) -> Utterance:
    """The utterance with its clip, heard in a file of sound of its own where there is one."""
    sounds = [path for path in paths if path.lower().endswith(AUDIO_SUFFIXES)]
    pictures = [path for path in paths if path not in sounds]
    return replace(utterance, audio=(sounds or pictures)[0], video=next(iter(pictures), None))


def _warnings(reading: _Reading, speakers: tuple[Speaker, ...]) -> Iterator[str]:
    """What is worth knowing."""
    per_split = Counter(utterance.split for utterance in reading.utterances.values())
    partial = [f"{split} {per_split[split]} of {n}" for split, n in WHOLE.items() if per_split[split] != n]
    if partial:
        yield f"Not all of MELD is here: {', '.join(partial)}."
    unknown = [speaker.code for speaker in speakers if speaker.gender is None]
    if unknown:
        theirs = sum(utterance.speaker in set(unknown) for utterance in reading.utterances.values())
        yield (
            f"Of {len(unknown)} speakers the gender is unknown, for MELD does not give it ({theirs} utterances): "
            f"{listed(unknown)}."
        )
    if reading.odd_times:
        yield (
            f"Times in the episode that mean nothing ({len(reading.odd_times)}): {listed(reading.odd_times)}; "
            "they are not needed, for a clip is one whole file."
        )
    defect = [f"{code} ({why})" for code, why in DEFECTS.items() if code in reading.utterances]
    if defect:
        yield f"Known defects of the release: {', '.join(defect)}."
