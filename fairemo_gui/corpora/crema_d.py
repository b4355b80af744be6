"""CREMA-D (Cao et al. 2014): 7,442 clips of 91 actors, each rated by voice, by face and by both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import Condition, CorpusBundle, MediaState, Problem, Speaker, Utterance, VoteCounts
from fairemo_gui.corpora.crema_d_single import FIRST_CLICKS, RESPONSES, read_single_ratings, without_singles
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, find_table, glance, other_tables
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.ratings import COUNTED, read_counts
from fairemo_gui.corpora.report import ImportReport, condensed, listed, quoted, refuse, report_on
from fairemo_gui.corpora.table import Table, read_table
from fairemo_gui.corpora.values import CellError, Cells, gender_of
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES, VIDEO_SUFFIXES

VOTES = "tabulatedVotes.csv"
PEOPLE = "VideoDemographics.csv"
CLIPS = "SentenceFilenames.csv"
_TABLES = (VOTES, PEOPLE, CLIPS, RESPONSES)
_PEOPLE_COLUMNS = ("ActorID", "Age", "Sex", "Race", "Ethnicity")
_CLIP_COLUMNS = ("Stimulus_Number", "Filename")
SENTENCES = {
    "IEO": "It's eleven o'clock.",
    "TIE": "That is exactly what happened.",
    "IOM": "I'm on my way to the meeting.",
    "IWW": "I wonder what this is about.",
    "TAI": "The airplane is almost full.",
    "MTI": "Maybe tomorrow it will be cold.",
    "IWL": "I would like a new alarm clock.",
    "ITH": "I think I have a doctor's appointment.",
    "DFA": "Don't forget a jacket.",
    "ITS": "I think I've seen this before.",
    "TSI": "The surface is slick.",
    "WSI": "We'll stop in a couple of minutes.",
}
EMOTIONS = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
_NAME = re.compile(rf"(\d{{4}})_({'|'.join(SENTENCES)})_({'|'.join(EMOTIONS)})_(LO|MD|HI|XX)")
WHOLE = 7442
# Shown to raters with faults, by the authors' own notes. They stay in and carry the fault as their defect.
UNUSABLE = {
    "1064_IEO_DIS_MD": "the clip shown to raters is one minute long and holds all displays of the sentence",
    "1064_TIE_SAD_XX": "the clip shown to raters has no duration",
    "1076_MTI_NEU_XX": "the clip shown to raters is very short and has no sound; the WAV file is fine",
    "1076_MTI_SAD_XX": "the clip has no sound in any format",
}


@dataclass(slots=True)
class _Reading:
    """What one import gathers on its way."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class CremaD:
    """Importer of CREMA-D. The tables alone are enough; media are found at any depth where they are there.

    Where `finishedResponses.csv` is there, its single ratings are the source and the tabulated votes are only checked
    against them. As the authors do, answers whose first click (`finishedEmoResponses.csv`) took more than ten seconds
    are left out, and their number is said.
    """

    name: Final = "crema-d"
    title: Final = "CREMA-D (Crowd-sourced Emotional Multimodal Actors Dataset)"
    version: Final = 2

    def recognises(self, path: Path) -> str | None:
        """One of its tables, or files named like `1001_IEO_ANG_HI`."""
        files = list(glance(path))
        lower = {file.name.lower() for file in files}
        tables = [name for name in _TABLES if name.lower() in lower]
        clips = sum(_NAME.fullmatch(file.stem) is not None for file in files)
        if tables:
            return f"its tables {', '.join(tables)}" + (f" and {clips} media files" if clips else ", no media")
        return f"{clips} files named like 1001_IEO_ANG_HI" if clips else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read tables and media; see `Importer.read`."""
        reading = _Reading(corpus_folder(root))
        ctx.report(0, None, "Reading the tables")
        media = find_media(reading.root)
        numbers = _clips(reading, media)
        codes = dict.fromkeys(numbers.values())
        if not codes:
            tables = " or ".join(_TABLES)
            raise UserError(f"{reading.root.name} holds nothing of CREMA-D: give the folder with {tables}.")
        votes = _votes(reading, numbers, ctx.check)
        single, remarks = read_single_ratings(reading.root, numbers, ctx.check)
        votes, findings = without_singles(votes, single.ratings)
        reading.problems += single.problems
        reading.warnings += [*remarks, *findings]
        speakers = _speakers(reading, codes)
        reading.problems += [*doubles(reading.root, media), *other_tables(reading.root, (*_TABLES, FIRST_CLICKS))]
        refuse(reading.problems, skip_bad)
        bundle = CorpusBundle(
            name=self.name,
            root=str(reading.root),
            importer=f"{self.name} {self.version}",
            scheme=CREMA_D,
            speakers=speakers,
            utterances=_with_media(ctx, reading, media, [_utterance(code) for code in codes]),
            licence="ODbL 1.0; contents DbCL 1.0",
            raters=single.raters(),
            ratings=single.ratings,
            vote_counts=votes,
            checked=(VOTES,) if single.ratings else (),
            facts={"slow_answers_left_out": single.slow} if single.slow else {},
        )
        return bundle, report_on(bundle, condensed([*reading.problems, *media.problems]), reading.warnings)


def _clips(reading: _Reading, media: MediaFiles) -> dict[int, str]:
    """Name per clip number, from the first source there is: the list of clips, the votes, the media themselves."""
    listed_in = find_table(reading.root, CLIPS)
    if listed_in is not None:
        numbers = _listed_clips(reading, read_table(listed_in, _CLIP_COLUMNS))
    else:
        reading.warnings.append(f"{CLIPS} is not here: the clips are taken from the votes or the media.")
        numbers = _voted_clips(reading) or dict(
            enumerate(sorted(stem for stem in media.paths if _NAME.fullmatch(stem)))
        )
    if numbers and len(numbers) != WHOLE:
        reading.warnings.append(f"{len(numbers)} of CREMA-D's {WHOLE} clips are here.")
    strange = sorted(set(media.paths) - set(numbers.values()))
    if strange and numbers:
        reading.warnings.append(f"Media that belong to no clip were left out ({len(strange)}): {listed(strange)}.")
    return numbers


def _listed_clips(reading: _Reading, table: Table) -> dict[int, str]:
    """The list of clips."""
    table.need(_CLIP_COLUMNS)
    reading.problems += table.problems
    numbers: dict[int, str] = {}
    first: dict[str, int] = {}
    for row in table.rows:
        cells = Cells(row)
        number, code = cells.whole("Stimulus_Number", 1, 99_999), cells.read(_clip_name, "Filename", "")
        if not cells.wrong and (number is None or number in numbers):
            cells.wrong.append(f"the clip number {quoted(cells.text('Stimulus_Number'))} is empty or used twice")
        if code and code in first:
            cells.wrong.append(f"{code} stands already on line {first[code]}")
        if cells.wrong or number is None:
            reading.problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        numbers[number], first[code] = code, row.line
    return numbers


def _clip_name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise CellError(f"{quoted(text)} is no clip name (such as 1001_IEO_ANG_HI)")
    return text


def _voted_clips(reading: _Reading) -> dict[int, str]:
    """Names and numbers from the votes, where the list of clips is absent; wrong rows are named when they are read."""
    path = find_table(reading.root, VOTES)
    if path is None:
        return {}
    rows = read_table(path, COUNTED).rows
    ids = ((row.get("rowId") or row.get(""), row.get("fileName")) for row in rows)
    named = ((row_id[1:], code) for row_id, code in ids if _NAME.fullmatch(code) and row_id[1:].isdecimal())
    by_code = {code: int(number) for number, code in named}
    return {number: code for code, number in by_code.items()}


def _votes(reading: _Reading, numbers: dict[int, str], check: Callable[[], None]) -> tuple[VoteCounts, ...]:
    """The votes, and whether any are missing."""
    path, single = find_table(reading.root, VOTES), find_table(reading.root, RESPONSES)
    if path is None:
        if single is None:
            reading.warnings.append(f"{VOTES} is not here: the clips come in without ratings.")
        return ()
    if single is None:
        reading.warnings.append(f"{RESPONSES} is not here: how votes were counted is known, not who gave them.")
    file = read_counts(path, CREMA_D, frozenset(numbers.values()), numbers, check)
    reading.problems += file.problems
    per_condition = Counter(votes.condition for votes in file.vote_counts)
    for condition in Condition:
        lacking = len(numbers) - per_condition[condition]
        if lacking:
            reading.warnings.append(f"Clips without votes in condition {condition}: {lacking} of {len(numbers)}.")
    return file.vote_counts


def _speakers(reading: _Reading, codes: Iterable[str]) -> tuple[Speaker, ...]:
    """The actors of the clips, in order; those the table does not know have no gender."""
    path = find_table(reading.root, PEOPLE)
    known = _people(reading, read_table(path, _PEOPLE_COLUMNS)) if path else {}
    actors = sorted({code[:4] for code in codes})
    unknown = [actor for actor in actors if actor not in known]
    if unknown:
        why = "not described in" if path else "not described, for there is no"
        reading.warnings.append(f"Actors {why} {PEOPLE} ({len(unknown)}): {listed(unknown)}.")
    speakers = tuple(known.get(actor, Speaker(actor)) for actor in actors)
    no_race = [speaker.code for speaker in speakers if speaker.race is None and speaker.code in known]
    if no_race:
        reading.warnings.append(f"Actors of unknown race ({len(no_race)} of {len(speakers)}): {listed(no_race)}.")
    return speakers


def _people(reading: _Reading, table: Table) -> dict[str, Speaker]:
    """Age, sex, race and ethnicity per actor, as the table writes them; `Unknown` is none."""
    table.need(_PEOPLE_COLUMNS)
    reading.problems += table.problems
    people: dict[str, Speaker] = {}
    for row in table.rows:
        cells = Cells(row)
        code, sex = cells.text("ActorID"), cells.text("Sex")
        age = cells.whole("Age", 0, 120)
        if code in people or not code:
            cells.wrong.append(f"the actor {quoted(code)} is empty or stands there twice")
        if sex and sex.casefold() != "unknown" and gender_of(sex) is None:
            cells.wrong.append(f"the sex is {quoted(sex)}; write Male, Female or Unknown")
        if cells.wrong:
            reading.problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        people[code] = Speaker(code, gender_of(sex), age, _known(cells.text("Race")), _known(cells.text("Ethnicity")))
    return people


def _known(text: str) -> str | None:
    return None if text.casefold() in ("", "unknown") else text


def _utterance(code: str) -> Utterance:
    """A clip with the places where the corpus keeps its sound and picture."""
    actor, sentence, emotion, _ = code.split("_")
    return Utterance(
        code,
        actor,
        audio=f"AudioWAV/{code}.wav",
        video=f"VideoFlash/{code}.flv",
        transcript=SENTENCES[sentence],
        intended=CREMA_D.index(emotion),
        media_state=MediaState.MISSING,
        defect=UNUSABLE.get(code),
    )


def _with_media(
    ctx: TaskContext, reading: _Reading, media: MediaFiles, utterances: list[Utterance]
) -> tuple[Utterance, ...]:
    """The clips with the files that are there, looked into; the others stay marked as missing."""
    there = {u.code: _located(u, media.paths[u.code]) for u in utterances if u.code in media.paths}
    absent = len(utterances) - len(there)
    if absent:
        which = "No media are here" if not there else f"No media are here for {absent} of {len(utterances)} clips"
        reading.warnings.append(f"{which}: such clips can be charted and compared, but not played.")
    marked = mark_media(ctx, reading.root, list(there.values()))
    reading.problems += marked.problems
    seen = any(utterance.video for utterance in marked.utterances)
    found = {u.code: _without_picture(u) if seen else u for u in marked.utterances}
    return tuple(found.get(utterance.code, utterance) for utterance in utterances)


def _located(utterance: Utterance, paths: tuple[str, ...]) -> Utterance:
    """The clip with the files found for it; a video is heard where there is no file of sound."""
    sounds = [path for path in paths if path.lower().endswith(AUDIO_SUFFIXES)]
    pictures = [path for path in paths if path.lower().endswith(VIDEO_SUFFIXES)]
    return replace(utterance, audio=(sounds or pictures)[0], video=next(iter(pictures), None))


def _without_picture(utterance: Utterance) -> Utterance:
    """Mark a clip whose picture is absent while others have theirs."""
    if utterance.video is None and utterance.media_state is MediaState.OK:
        return replace(utterance, media_state=MediaState.NO_PICTURE)
    return utterance
