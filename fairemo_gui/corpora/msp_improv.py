"""MSP-IMPROV (Busso et al. 2017; UT Dallas): twelve actors in six sessions, each turn rated by picture and sound."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import MSP_IMPROV
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, Problem, Speaker, Utterance
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, find_table, glance, other_tables
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.msp_answers import Collector, Kind, Labels, Verdict, consensus_of
from fairemo_gui.corpora.msp_labels import Check, labels_text, no_check, read_labels
from fairemo_gui.corpora.report import ImportReport, condensed, listed, refuse, report_on
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES, VIDEO_SUFFIXES

LABELS: Final = ("Evalution.txt", "Evaluation.txt")
SCENARIOS: Final = {
    "T": "target sentence, improvised",
    "R": "target sentence, read",
    "S": "other turn of an improvisation",
    "P": "natural interaction between the takes",
}
KIND: Final = Kind("msp-improv", MSP_IMPROV, Condition.AV, (1, 5), inverted_activation=True)
WHOLE: Final = 8438
_NAME = re.compile(
    r"MSP-IMPROV-(?P<sentence>S(?:0[1-9]|1\d|20)[AHNS])-(?P<speaker>[FM]0(?P<session>[1-6]))-(?P<scenario>[TRSP])-"
    r"[FM]{2}(?P<turn>\d{1,4})",
    re.ASCII,
)
_EXAMPLE = "MSP-IMPROV-S01A-F02-R-FF01"


class MspImprov:
    """Importer of MSP-IMPROV, with or without its recordings.

    - **Labels.** A turn's consensus is its `intended` class, `X` is no class but `no_agreement`; what the scene was to
      show stands in the turn's name. Ratings are of picture and sound together. Activation is stored with 1 for very
      active and is turned round (6 − A), in ratings and means alike.
    - **Names.** The speaker, and with it the gender, is the fourth field; the two letters before the turn's number say
      who began. A scene with its session and scenario is the dialogue, a session (one pair of actors) the fold.
    """

    name: Final = "msp-improv"
    title: Final = "MSP-IMPROV (UT Dallas)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """`Evalution.txt`, or recordings named like `MSP-IMPROV-S01A-F02-R-FF01`."""
        files = list(glance(path))
        labels = next((name for name in LABELS if any(file.name.lower() == name.lower() for file in files)), None)
        clips = sum(_NAME.fullmatch(_code(file.stem)) is not None for file in files)
        if clips:
            return f"{clips} files named like {_EXAMPLE}" + (f" and {labels}" if labels else "")
        return f"its ratings {labels}" if labels else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read labels and recordings; see `Importer.read`."""
        root = corpus_folder(root)
        ctx.report(0, None, "Reading the labels")
        media = _under_one_name(find_media(root))
        labels = _labels(ctx, root)
        verdicts = {verdict.code: verdict for verdict in labels.verdicts}
        problems = [*labels.problems, *doubles(root, media), *other_tables(root, LABELS)]
        refuse(problems, skip_bad)
        heard = (code for code in media.paths if _NAME.fullmatch(code))
        codes = sorted({*verdicts, *heard})
        if not codes:
            raise UserError(f"{root.name} holds nothing of MSP-IMPROV: give the folder with {LABELS[0]}.")
        utterances = [_utterance(code, verdicts.get(code), media) for code in codes]
        marked, remarks = _with_media(ctx, root, media, utterances)
        speakers = sorted({utterance.speaker for utterance in utterances})
        bundle = CorpusBundle(
            name=self.name,
            root=str(root),
            importer=f"{self.name} {self.version}",
            scheme=MSP_IMPROV,
            speakers=tuple(Speaker(code, Gender.FEMALE if code[0] == "F" else Gender.MALE) for code in speakers),
            utterances=marked,
            licence="MSP-IMPROV academic licence; not to be passed on",
            raters=labels.raters(),
            ratings=labels.ratings,
            consensus=tuple(consensus_of(labels.verdicts, KIND, labels.source)),
            facts={
                "scale": list(KIND.scale),
                "activation": "the files store 1 for very active; turned round to 6 - value",
                "scenarios": SCENARIOS,
            },
        )
        found = condensed([*problems, *media.problems, *remarks])
        return bundle, report_on(bundle, found, [*labels.remarks(), *_warnings(bundle, labels, media)])


def evaluation(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`Evalution.txt`: the grammar of MSP-Podcast's `labels.txt`, the turns under the names of their sounds."""
    labels = labels_text(text.replace("UTD-IMPROV-", "MSP-IMPROV-"), found, check)
    wrong = {verdict.code: verdict for verdict in labels.verdicts if not _NAME.fullmatch(verdict.code)}
    what = f"is not named like MSP-IMPROV's turns ({_EXAMPLE})"
    strange = (Problem(labels.source, verdict.line, f"{code} {what}", fatal=True) for code, verdict in wrong.items())
    return replace(
        labels,
        verdicts=tuple(verdict for verdict in labels.verdicts if verdict.code not in wrong),
        ratings=tuple(rating for rating in labels.ratings if rating.utterance not in wrong),
        problems=(*labels.problems, *strange),
    )


def _labels(ctx: TaskContext, root: Path) -> Labels:
    path = next(filter(None, (find_table(root, name) for name in LABELS)), None)
    return Labels(LABELS[0]) if path is None else read_labels(path, evaluation, KIND, None, ctx.check)


def _code(stem: str) -> str:
    """A turn as its sound is named; pictures and labels say UTD."""
    return f"MSP{stem[3:]}" if stem.startswith("UTD-") else stem


def _under_one_name(media: MediaFiles) -> MediaFiles:
    """The recordings of a turn together."""
    paths: dict[str, tuple[str, ...]] = {}
    for stem, names in media.paths.items():
        paths[_code(stem)] = (*paths.get(_code(stem), ()), *names)
    return replace(media, paths=paths)


def _utterance(code: str, verdict: Verdict | None, media: MediaFiles) -> Utterance:
    """A turn with the places where the corpus keeps its sound and picture."""
    name = _NAME.fullmatch(code)
    assert name is not None
    paths = media.paths.get(code, ())
    sound = next((path for path in paths if path.lower().endswith(AUDIO_SUFFIXES)), None)
    picture = next((path for path in paths if path.lower().endswith(VIDEO_SUFFIXES)), None)
    place = f"session{name['session']}/{name['sentence']}/{name['scenario']}/{code}"
    emotion = verdict.emotion if verdict else None
    return Utterance(
        code,
        name["speaker"],
        audio=sound or picture or f"Audio/{place}.wav",
        video=picture if paths else f"Video/{place}.avi",
        dialogue=f"session{name['session']}-{name['sentence']}-{name['scenario']}",
        turn=int(name["turn"]),
        fold=int(name["session"]) - 1,
        intended=None if emotion is None else MSP_IMPROV.classes.index(emotion),
        media_state=MediaState.OK if paths else MediaState.MISSING,
    )


def _with_media(
    ctx: TaskContext, root: Path, media: MediaFiles, utterances: list[Utterance]
) -> tuple[tuple[Utterance, ...], tuple[Problem, ...]]:
    """The turns with the recordings that are there, looked into; a lone one without a picture says so."""
    marked = mark_media(ctx, root, [utterance for utterance in utterances if utterance.code in media.paths])
    seen = any(utterance.video for utterance in marked.utterances)
    found = {utterance.code: utterance for utterance in marked.utterances}
    for code, utterance in found.items():
        if seen and utterance.video is None and utterance.media_state is MediaState.OK:
            found[code] = replace(utterance, media_state=MediaState.NO_PICTURE)
    return tuple(found.get(utterance.code, utterance) for utterance in utterances), marked.problems


def _warnings(bundle: CorpusBundle, labels: Labels, media: MediaFiles) -> Iterator[str]:
    """What is worth knowing about names, labels and recordings."""
    utterances, verdicts = bundle.utterances, {verdict.code: verdict for verdict in labels.verdicts}
    if len(utterances) != WHOLE:
        yield f"{len(utterances)} of MSP-IMPROV's {WHOLE} turns are here."
    if not verdicts:
        yield f"{LABELS[0]} is not here: the turns come in without labels."
    elif len(verdicts) < len(utterances):
        yield f"Turns without labels: {len(utterances) - len(verdicts)} of {len(utterances)}."
    absent = sum(utterance.code not in media.paths for utterance in utterances)
    if absent:
        which = f"for {absent} of {len(utterances)} turns"
        yield f"No recordings are here {which}: such turns can be charted and compared, but not played."
    strange = sorted(code for code in media.paths if not _NAME.fullmatch(code))
    if strange:
        yield f"Recordings that belong to no turn were left out ({len(strange)}): {listed(strange)}."
    yield from _about_labels(labels, verdicts.values())


def _about_labels(labels: Labels, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The disagreements, and a consensus its own raters do not bear out."""
    disagreed = sum(verdict.no_agreement for verdict in verdicts)
    if disagreed:
        yield f"Turns on which the raters did not agree: {disagreed}."
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for rating in labels.ratings:
        votes[rating.utterance].update(rating.votes)
    against = [
        verdict.code
        for verdict in labels.verdicts
        if verdict.emotion
        and votes[verdict.code]
        and votes[verdict.code][verdict.emotion] < max(votes[verdict.code].values())
    ]
    if against:
        yield f"The consensus is not what most raters of the turn said ({len(against)}): {listed(against)}."
    if labels.ratings:
        yield "Naturalness (N) is not kept: the ratings have no place for it."
