"""MSP-Podcast (UT Dallas) and corpora labelled by its protocol: podcasts, each turn rated by voice by five and more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import MSP_PODCAST
from fairemo_gui.core.records import (
    Condition,
    CorpusBundle,
    MediaState,
    Problem,
    Utterance,
)
from fairemo_gui.corpora.folder import (
    MediaFiles,
    corpus_folder,
    doubles,
    find_media,
    glance,
    is_file,
    other_tables,
    stays_inside,
    walk,
)
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.msp_answers import Kind, Labels, Verdict, consensus_of
from fairemo_gui.corpora.msp_labels import (
    Parse,
    consensus_json,
    consensus_table,
    detailed_json,
    detailed_table,
    labels_text,
    read_labels,
)
from fairemo_gui.corpora.msp_lists import UNKNOWN, SpeakerList, partitions_in, speaker_number, speakers_in, split_of
from fairemo_gui.corpora.people import People
from fairemo_gui.corpora.plain_text import AS_WINDOWS, as_windows, read_text
from fairemo_gui.corpora.report import ImportReport, condensed, listed, refuse, report_on
from fairemo_gui.corpora.table import Row, Table, text_of
from fairemo_gui.corpora.values import Cells, gender_of
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES

LABELS_TEXT: Final = "labels.txt"
# In the order of trust: tables name their lines, plain text is the form with the most traps.
CONSENSUS: Final[dict[str, Parse]] = {
    "labels_consensus.csv": consensus_table,
    "labels_consensus.json": consensus_json,
    "labels_concensus.json": consensus_json,
    LABELS_TEXT: labels_text,
}
DETAILED: Final[dict[str, Parse]] = {
    "labels_detailed.csv": detailed_table,
    "labels_detailed.json": detailed_json,
    LABELS_TEXT: labels_text,
}
PARTITIONS: Final = ("partition.txt", "partitions.txt")
SPEAKERS: Final = "speaker_ids.txt"
_READ = frozenset((*CONSENSUS, *DETAILED, *PARTITIONS, SPEAKERS))
_TURN = re.compile(r"(.+?_\d+)_(\d{1,9})(?!\d).*")
_PEEKED = 8192
_RECORDING = re.compile(r"[\w.\-]{1,200}\.(?:wav|flac|mp3)", re.IGNORECASE)
_LABELS = re.compile(r"EmoClass|; *A:")


@dataclass(slots=True)
class _Reading:
    """What one import gathers on its way."""

    root: Path
    tables: dict[str, Path] = field(default_factory=dict)
    transcripts: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class MspPodcast:
    """Importer of MSP-Podcast in its releases from 1.3 to 2.0, with or without its recordings.

    The consensus class is the utterance's single label; single ratings are ratings by voice. Turns without labels (a
    test set whose labels are hidden) come in without.

    A turn whose speaker is unknown counts as spoken by one unknown person per podcast: a speaker of its own per turn
    would make turns look independent that are not.
    """

    name: str = "msp-podcast"
    title: str = "MSP-Podcast (UT Dallas)"
    version: Final = 1
    licence: str = "MSP-Podcast academic licence; not to be passed on"
    prefix: str = "MSP-PODCAST_"

    @property
    def kind(self) -> Kind:
        """How the corpus was labelled."""
        return Kind(self.name, MSP_PODCAST, Condition.VOICE, (1, 7))

    def recognises(self, path: Path) -> str | None:
        """Recordings named like `MSP-PODCAST_0001_0008`, or files of labels that name such."""
        files = [*glance(path), *_label_files(path)]
        sounds = (file for file in files if file.suffix.lower() in AUDIO_SUFFIXES)
        recordings = [file.stem for file in sounds if self.is_recording(file.name)]
        if recordings:
            return f"{len(recordings)} recordings such as {recordings[0]}"
        labels = next((file for file in files if file.name.lower() in CONSENSUS and self.is_labels(file)), None)
        return f"{labels.name} with recordings such as {first_recording(labels)}" if labels else None

    def is_recording(self, name: str) -> bool:
        """Whether a file is named as this corpus names its recordings."""
        return name.upper().startswith(self.prefix)

    def is_labels(self, labels: Path) -> bool:
        """Whether a file of labels names recordings of this corpus."""
        return self.is_recording(first_recording(labels))

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read labels, lists, transcripts and recordings; see `Importer.read`."""
        reading = _Reading(corpus_folder(root))
        ctx.report(0, None, "Reading the labels")
        _look_around(ctx, reading)
        verdicts, labels = self._verdicts(ctx, reading)
        details = self._details(ctx, reading, labels, verdicts)
        media = find_media(reading.root, AUDIO_SUFFIXES)
        reading.problems += [*doubles(reading.root, media), *other_tables(reading.root, _READ)]
        refuse(reading.problems, skip_bad)
        if not verdicts:
            raise UserError(f"{reading.root.name} has no turn that can be used.", map(str, reading.problems))
        speakers, people = _speakers(labels.source, verdicts.values())
        utterances = [self._utterance(verdict, speakers[code], media) for code, verdict in verdicts.items()]
        utterances = self._with_texts(ctx, reading, utterances)
        bundle = CorpusBundle(
            name=self.name,
            root=str(reading.root),
            importer=f"{self.name} {self.version}",
            scheme=self.kind.scheme,
            speakers=people.speakers(),
            utterances=_with_media(ctx, reading, media, utterances),
            licence=self.licence,
            raters=details.raters(),
            ratings=details.ratings,
            consensus=tuple(consensus_of(verdicts.values(), self.kind, labels.source)),
            facts={"scale": list(self.kind.scale)},
        )
        reading.warnings += [*people.warnings(), *_warnings(bundle, details, verdicts)]
        return bundle, report_on(bundle, condensed([*reading.problems, *media.problems]), reading.warnings)

    def _verdicts(self, ctx: TaskContext, reading: _Reading) -> tuple[dict[str, Verdict], Labels]:
        """What the corpus says of each turn, the lists beside the labels filled in."""
        source = next((name for name in CONSENSUS if name in reading.tables), None)
        lists = [name for name in PARTITIONS if name in reading.tables]
        if source is None and not lists:
            raise UserError(
                f"{reading.root.name} holds no labels of {self.title}: give the folder with labels_consensus.csv."
            )
        labels = (
            Labels(reading.tables[lists[0]].name) if source is None else self._labels(ctx, reading, CONSENSUS, source)
        )
        verdicts = {verdict.code: verdict for verdict in labels.verdicts}
        for name in lists:
            found = partitions_in(_list_at(reading, name), reading.tables[name].name)
            reading.problems += found.problems
            _take_partitions(reading, verdicts, found.splits)
        if SPEAKERS in reading.tables:
            spoken = speakers_in(_list_at(reading, SPEAKERS), reading.tables[SPEAKERS].name)
            reading.problems += spoken.problems
            reading.warnings += _disagreements(verdicts, spoken)
            verdicts = {code: _with_speaker(verdict, spoken) for code, verdict in verdicts.items()}
        return verdicts, labels

    def _details(self, ctx: TaskContext, reading: _Reading, labels: Labels, verdicts: dict[str, Verdict]) -> Labels:
        """The single ratings, from the first file that has them."""
        source = next((name for name in DETAILED if name in reading.tables), None)
        if source is None:
            reading.warnings.append("There is no file of single ratings (labels_detailed.csv): only the consensus.")
            return labels
        if source == LABELS_TEXT and labels.source.lower() == source:
            return labels
        return self._labels(ctx, reading, DETAILED, source, verdicts)

    def _labels(
        self,
        ctx: TaskContext,
        reading: _Reading,
        forms: dict[str, Parse],
        name: str,
        known: dict[str, Verdict] | None = None,
    ) -> Labels:
        ctx.report(0, None, f"Reading {reading.tables[name].name}")
        labels = read_labels(reading.tables[name], forms[name], self.kind, known, ctx.check)
        reading.problems += labels.problems
        return labels

    def _utterance(self, verdict: Verdict, speaker: str, media: MediaFiles) -> Utterance:
        """A turn with the place where the corpus keeps its sound."""
        turn = _TURN.fullmatch(verdict.code)
        scheme = self.kind.scheme
        return Utterance(
            verdict.code,
            speaker,
            audio=media.paths.get(verdict.code, (f"Audios/{verdict.code}.wav",))[0],
            dialogue=turn[1] if turn else None,
            turn=int(turn[2]) if turn else None,
            split=split_of(verdict.split),
            intended=None if verdict.emotion is None else scheme.classes.index(verdict.emotion),
            media_state=MediaState.MISSING,
        )

    def _with_texts(self, ctx: TaskContext, reading: _Reading, utterances: list[Utterance]) -> list[Utterance]:
        """The turns with their transcripts."""
        result = []
        for done, utterance in enumerate(utterances):
            path = reading.transcripts.get(utterance.code)
            if done % 1000 == 0:
                ctx.report(done, len(utterances), "Reading the transcripts")
            text = self.transcript(path, reading.problems) if path else None
            result.append(replace(utterance, transcript=text) if text else utterance)
        strange = sorted(reading.transcripts.keys() - {utterance.code for utterance in utterances})
        if strange:
            reading.warnings.append(
                f"Transcripts that belong to no turn were left out ({len(strange)}): {listed(strange)}."
            )
        return result

    def transcript(self, path: Path, problems: list[Problem]) -> str | None:
        """What is said in a turn, on one line; foreign bytes are read as written on Windows, and that is said."""
        text, problem = read_text(path, path.name)
        if problem is not None:
            problems.append(replace(problem, fatal=False))
        return " ".join((text or "").split()) or None


def first_recording(labels: Path) -> str:
    """The first recording a file of labels names; empty where it is no such file."""
    try:
        if not labels.is_file():
            return ""
        with labels.open("rb") as file:
            start = file.read(_PEEKED).decode("utf-8", errors="replace")
    except OSError:
        return ""
    named = _RECORDING.search(start) if _LABELS.search(start) else None
    return named[0] if named else ""


def _label_files(path: Path) -> Iterator[Path]:
    """Files of labels in their usual places: a walk through half a million recordings may not come to them."""
    for folder in ("", "Labels", "labels"):
        yield from (path / folder / name for name in CONSENSUS if is_file(path / folder / name))


def _look_around(ctx: TaskContext, reading: _Reading) -> None:
    """Find the files that are read, in one walk; of equal names the one nearest to the root."""
    for path in walk(reading.root):
        ctx.check()
        name = path.name.lower()
        if path.is_symlink() and not stays_inside(path, reading.root):
            continue
        if name in _READ:
            former = reading.tables.get(name)
            if former is None or len(path.parts) < len(former.parts):
                reading.tables[name] = path
        elif name.endswith(".txt") and path.parent.name.lower().startswith("transcript"):
            reading.transcripts.setdefault(path.stem, path)


def _list_at(reading: _Reading, name: str) -> str:
    """The text of a list beside the labels; bytes that are no UTF-8 are read as written on Windows."""
    path = reading.tables[name]
    text, foreign = as_windows(text_of(path))
    if foreign:
        reading.problems.append(Problem(path.name, None, AS_WINDOWS))
    return text


def _take_partitions(reading: _Reading, verdicts: dict[str, Verdict], splits: dict[str, str]) -> None:
    """Fill in what the labels do not say; they are trusted where both speak."""
    disagree = []
    for code, split in splits.items():
        verdict = verdicts.setdefault(code, Verdict(code, None, split=split))
        if not verdict.split:
            verdicts[code] = replace(verdict, split=split)
        elif split_of(verdict.split) != split_of(split):
            disagree.append(code)
    if disagree:
        reading.warnings.append(
            f"The list of partitions disagrees with the labels about {len(disagree)} turns ({listed(disagree)}); "
            "the labels are taken."
        )


def _disagreements(verdicts: Mapping[str, Verdict], spoken: SpeakerList) -> Iterator[str]:
    """Where the list of speakers says otherwise than the labels, or speaks of what they do not have."""
    named = {code: number for code, verdict in verdicts.items() if (number := speaker_number(verdict.speaker))}
    other = [code for code, number in named.items() if spoken.speakers.get(code, number) not in ("", number)]
    if other:
        yield (
            f"The list of speakers disagrees with the labels about who speaks in {len(other)} turns ({listed(other)}); "
            "the labels are taken."
        )
    strange = sorted(spoken.speakers.keys() - verdicts.keys())
    if strange:
        yield f"The list of speakers names turns that are in no other list ({len(strange)}): {listed(strange)}."


def _with_speaker(verdict: Verdict, spoken: SpeakerList) -> Verdict:
    """A turn with speaker and gender from the list of speakers where the labels say neither."""
    speaker = speaker_number(verdict.speaker) or spoken.speakers.get(verdict.code, "")
    gender = verdict.gender or spoken.genders.get(speaker, "")
    return replace(verdict, speaker=speaker, gender=gender)


def _speakers(source: str, verdicts: Iterable[Verdict]) -> tuple[dict[str, str], People]:
    """Speaker per turn, and everybody; see `MspPodcast` for the unknown ones."""
    people = People(Table(source, ("speaker", "gender"), ()))
    codes = {}
    for verdict in verdicts:
        code = speaker_number(verdict.speaker) or _somebody(verdict)
        cells = Cells(Row(verdict.line or 1, {"speaker": code, "gender": verdict.gender}))
        people.add(cells, verdict.line or 1)
        codes[verdict.code] = code
    return codes, people


def _somebody(verdict: Verdict) -> str:
    """The unknown person of a podcast; a woman and a man are two."""
    turn, gender = _TURN.fullmatch(verdict.code), gender_of(verdict.gender)
    return " ".join((UNKNOWN, *((turn[1],) if turn else ()), *((gender,) if gender else ())))


def _with_media(
    ctx: TaskContext, reading: _Reading, media: MediaFiles, utterances: list[Utterance]
) -> tuple[Utterance, ...]:
    """The turns with the recordings that are there, looked into; the others stay marked as missing."""
    there = [replace(u, media_state=MediaState.OK) for u in utterances if u.code in media.paths]
    codes = {utterance.code for utterance in utterances}
    strange = sorted(set(media.paths) - codes)
    if strange:
        reading.warnings.append(f"Recordings that belong to no turn were left out ({len(strange)}): {listed(strange)}.")
    if len(there) < len(utterances):
        absent = len(utterances) - len(there)
        which = f"No recordings are here for {absent} of {len(utterances)} turns" if there else "No recordings are here"
        reading.warnings.append(f"{which}: such turns can be charted and compared, but not played.")
    marked = mark_media(ctx, reading.root, there)
    reading.problems += marked.problems
    found = {utterance.code: utterance for utterance in marked.utterances}
    return tuple(found.get(utterance.code, utterance) for utterance in utterances)


def _warnings(bundle: CorpusBundle, details: Labels, verdicts: dict[str, Verdict]) -> Iterator[str]:
    """What is worth knowing about the labels."""
    splits: dict[str, set[str]] = defaultdict(set)
    for utterance in bundle.utterances:
        splits[utterance.speaker].add(utterance.split or "none")
    several = [f"{code} ({', '.join(sorted(parts))})" for code, parts in splits.items() if len(parts) > 1]
    if several:
        yield f"Speakers in several partitions ({len(several)}): {listed(several)}; a test on them is no fair test."
    unknown = sum(utterance.speaker.startswith(UNKNOWN) for utterance in bundle.utterances)
    if unknown:
        yield (
            f"Turns of unknown speakers ({unknown}): those of a podcast are kept together as one person, who may be "
            "several; somebody heard in two podcasts counts as two."
        )
    if any(verdict.no_agreement for verdict in verdicts.values()):
        yield f"Turns on which the raters did not agree: {sum(v.no_agreement for v in verdicts.values())}."
    silent = [code for code, verdict in verdicts.items() if verdict.emotion is None and not verdict.no_agreement]
    if silent:
        yield f"Turns without a label are kept without one ({len(silent)}): {listed(silent)}."
    yield from details.remarks()
