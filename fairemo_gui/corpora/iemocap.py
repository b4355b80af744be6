"""IEMOCAP (Busso et al. 2008): five sessions of two actors, their turns, and everybody who rated them."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from fairemo_gui.core.emotions import IEMOCAP, ClassSelection
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    CorpusBundle,
    Problem,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    Truth,
    Utterance,
    Word,
)
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, glance, stays_inside, walk
from fairemo_gui.corpora.iemocap_media import place_media, who_is_left
from fairemo_gui.corpora.iemocap_text import (
    DIALOGUE,
    SCALE,
    TURN,
    Answer,
    Attributes,
    Turn,
    parse_alignment,
    parse_evaluation,
    parse_transcription,
)
from fairemo_gui.corpora.plain_text import read_text
from fairemo_gui.corpora.report import ImportReport, condensed, listed, refuse, report_on
from fairemo_gui.corpora.values import gender_of
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext

FOUR_CLASSES: Final = "neutral,happy+excited,sad,anger"
"""The four classes most papers report, for `--classes`."""
FIVE_CLASSES: Final = f"{FOUR_CLASSES},frustrated"
WHOLE = {"Ses01": 1819, "Ses02": 1811, "Ses03": 2136, "Ses04": 2103, "Ses05": 2170}
"""Turns per session of the full release."""
WHOLE_BY_EMOTION: Mapping[str | None, int] = {
    None: 2507, "frustrated": 1849, "neutral": 1708, "anger": 1103, "sad": 1084, "excited": 1041, "happy": 595,
    "surprise": 107, "fear": 40, "other": 3, "disgust": 2,
}  # fmt: skip
# Consensus values are printed to four places.
_ROUNDING = 1e-3
_MOST_LINES = 20
_NAMESPACE = uuid.UUID("3d1d5b0e-55b7-5f0c-9a8e-2f6f7a1c40d2")


@dataclass(slots=True)
class _Files:
    """Text files of the corpus, relative to its root: per dialogue, or per turn (alignments)."""

    evaluations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    transcriptions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    alignments: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What one import gathers on its way.

    Attributes:
        sources: Path of the evaluation per dialogue.
        turns: As evaluated.
        utterances: Of the same turns in the same order, without media.
        beside: Turns and dialogues with words or media, but without an evaluation.
        aligned: Remarks on alignments: there may be thousands.
    """

    root: Path
    sources: dict[str, str] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    utterances: list[Utterance] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aligned: list[Problem] = field(default_factory=list)

    def text(self, name: str, problems: list[Problem], needed: bool = False) -> str | None:
        """A text file; what is wrong with it goes to the problems, as a bad row if turns cannot do without it."""
        text, problem = read_text(self.root / name, name)
        if problem is not None:
            problems.append(replace(problem, fatal=problem.fatal and needed))
        return text


class Iemocap:
    """Importer of IEMOCAP's full release, or of any part of it that holds evaluations.

    - **Labels.** A turn's single consensus label is its `intended` class; `xxx` is no class but `no_agreement`. `oth`
      is the class `other`, which a selection of classes leaves out like any other (`FOUR_CLASSES`, `FIVE_CLASSES`).
    - **Ratings.** Everybody's answer is kept, of condition `av`: the evaluators watched the dialogues with their sound.
      A rater's categories and attributes are one rating. Evaluators are the same people in all sessions (`iemocap:E1`);
      the actors who rated themselves are not (`iemocap:Ses01:F1`), and are raters of the kind `self`.
    - **Media.** See `iemocap_media.place_media`.
    - **Folds.** The session, counted from 0: no actor is in two.
    - Not read: motion capture, phones and syllables, and the raters' own files, which the evaluations repeat.
    """

    name: Final = "iemocap"
    title: Final = "IEMOCAP (Interactive Emotional Dyadic Motion Capture Database)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """A folder `EmoEvaluation` with a dialogue in it."""
        found = next((file for file in glance(path) if _kind(file) == "emoevaluation"), None)
        return None if found is None else f"evaluations of dialogues such as EmoEvaluation/{found.name}"

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read evaluations, transcriptions, alignments and media; see `Importer.read`."""
        reading = _Reading(corpus_folder(root))
        ctx.report(0, None, "Looking for the dialogues")
        files, media = _files(reading, ctx.check), find_media(reading.root)
        if not files.evaluations:
            raise UserError(
                f"{reading.root.name} holds no EmoEvaluation/Ses01F_impro01.txt or its like: give IEMOCAP's folder."
            )
        for done, dialogue in enumerate(sorted(files.evaluations)):
            ctx.report(done, len(files.evaluations), "Reading the dialogues")
            _read_dialogue(reading, files, dialogue)
        left, wrong = who_is_left(reading.root, reading.sources)
        ours = {stem: paths for stem, paths in media.paths.items() if TURN.fullmatch(stem) or DIALOGUE.fullmatch(stem)}
        known = {*reading.sources, *(turn.code for turn in reading.turns)}
        reading.beside += (code for code in (*files.transcriptions, *files.alignments, *ours) if code not in known)
        reading.problems += [*wrong, *doubles(reading.root, MediaFiles(ours, ()))]
        refuse(reading.problems, skip_bad)
        if not reading.turns:
            raise UserError(
                f"{reading.root.name} has no turn that can be used: correct it.", map(str, reading.problems)
            )
        placed = place_media(ctx, reading.root, MediaFiles(ours, ()), reading.utterances, left, _sessions(reading))
        bundle = _bundle(reading, placed.utterances)
        problems = condensed([*reading.problems, *media.problems, *placed.problems])
        warnings = [*_warnings(reading), *placed.warnings]
        return bundle, report_on(bundle, [*problems, *_first_of(reading.aligned)], warnings)


def _kind(path: Path) -> str | None:
    """What a file of that place and name holds: the name of its folder in lower case; None if nothing we read."""
    if path.suffix.lower() == ".wdseg" and TURN.fullmatch(path.stem):
        return "alignment"
    return path.parent.name.lower() if _is_text(path) and DIALOGUE.fullmatch(path.stem) else None


def _is_text(path: Path) -> bool:
    """Whether a file lies where the evaluations or the transcriptions of dialogues do."""
    return path.suffix.lower() == ".txt" and path.parent.name.lower() in ("emoevaluation", "transcriptions")


def _files(reading: _Reading, check: Callable[[], None]) -> _Files:
    """Find the text files, at any depth."""
    files = _Files()
    for path in walk(reading.root):
        check()
        kind, name = _kind(path), path.relative_to(reading.root).as_posix()
        if kind is None:
            if _is_text(path):
                what = "is not named like IEMOCAP's dialogues (Ses01F_impro01) and was left out; correct the name"
                reading.problems.append(Problem(name, None, what))
            continue
        if path.is_symlink() and not stays_inside(path, reading.root):
            what = "is a link out of the corpus's folder and was left out; copy the file"
            reading.problems.append(Problem(name, None, what))
        elif kind == "alignment":
            files.alignments.setdefault(path.stem, name)
        elif kind == "emoevaluation":
            files.evaluations[path.stem].append(name)
        else:
            files.transcriptions[path.stem].append(name)
    for found in (files.evaluations, files.transcriptions):
        twice = MediaFiles({stem: tuple(names) for stem, names in found.items()}, ())
        reading.problems += doubles(reading.root, twice)
    return files


def _read_dialogue(reading: _Reading, files: _Files, dialogue: str) -> None:
    """Everything there is about a dialogue's turns, which are put in the order in which they begin."""
    name = reading.sources[dialogue] = files.evaluations[dialogue][0]
    text = reading.text(name, reading.problems, needed=True)
    turns, problems = ([], []) if text is None else parse_evaluation(text, dialogue, name)
    reading.problems += problems
    evaluated = {turn.code for turn in turns}
    said: dict[str, str] = {}
    for path in files.transcriptions.get(dialogue, [])[:1]:
        said, problems = parse_transcription(reading.text(path, reading.problems) or "", dialogue, path)
        reading.problems += problems
        reading.beside += (code for code in said if code not in evaluated)
    for place, turn in enumerate(sorted(turns, key=lambda turn: (turn.start, turn.end, turn.code))):
        reading.turns.append(turn)
        reading.utterances.append(_utterance(reading, turn, dialogue, place, said.get(turn.code), files.alignments))


def _utterance(
    reading: _Reading, turn: Turn, dialogue: str, place: int, said: str | None, alignments: Mapping[str, str]
) -> Utterance:
    words: tuple[Word, ...] = ()
    path = alignments.get(turn.code)
    if path is not None:
        words, problems = parse_alignment(reading.text(path, reading.aligned) or "", path)
        reading.aligned += problems
    return Utterance(
        turn.code,
        f"{dialogue[:5]}{turn.code[-4]}",
        start=turn.start,
        end=turn.end,
        transcript=said or None,
        dialogue=dialogue,
        turn=place,
        fold=int(dialogue[4]) - 1,
        intended=None if turn.emotion is None else IEMOCAP.index(turn.emotion),
        words=words,
    )


def _sessions(reading: _Reading) -> dict[str, PurePosixPath]:
    """Folder of the session each dialogue belongs to, relative to the root."""
    places = {dialogue: PurePosixPath(name).parents for dialogue, name in reading.sources.items()}
    return {
        dialogue: parents[2] if len(parents) > 2 else PurePosixPath(f"Session{dialogue[4]}")
        for dialogue, parents in places.items()
    }


def _bundle(reading: _Reading, utterances: tuple[Utterance, ...]) -> CorpusBundle:
    raters: dict[str, Rater] = {}
    ratings: list[Rating] = []
    for turn in reading.turns:
        met = Counter[str]()
        for answer in filter(None, turn.answers):
            rater = _rater(answer, turn.code[:5])
            raters.setdefault(rater.code, rater)
            ratings.append(_rating(answer, turn.code, rater.code, met[rater.code]))
            met[rater.code] += 1
    spoken = sorted({utterance.speaker for utterance in utterances})
    return CorpusBundle(
        name=Iemocap.name,
        root=str(reading.root),
        importer=f"{Iemocap.name} {Iemocap.version}",
        scheme=IEMOCAP,
        speakers=tuple(Speaker(code, gender_of(code[-1])) for code in spoken),
        utterances=utterances,
        licence="IEMOCAP release agreement, University of Southern California",
        raters=tuple(raters[code] for code in sorted(raters)),
        ratings=tuple(ratings),
        consensus=tuple(_consensus(reading, turn) for turn in reading.turns),
        facts={"scale": list(SCALE)},
    )


def _rater(answer: Answer, session: str) -> Rater:
    """Who answered. The actors of each session are other people, though all are called F1 and M1."""
    if not answer.by_actor:
        return Rater(f"{Iemocap.name}:{answer.rater}", RaterKind.IMPORTED)
    return Rater(f"{Iemocap.name}:{session}:{answer.rater}", RaterKind.SELF, gender_of(answer.rater[0]))


def _rating(answer: Answer, turn: str, rater: str, before: int) -> Rating:
    """The answer as a rating with an id that is the same at every import; `before` counts the rater's earlier ones."""
    said = answer.attributes or Attributes()
    return Rating(
        uuid=str(uuid.uuid5(_NAMESPACE, f"{turn}/{rater}/{before}")),
        utterance=turn,
        rater=rater,
        condition=Condition.AV,
        votes=answer.votes or (),
        activation=said.activation,
        valence=said.valence,
        dominance=said.dominance,
        comment=" / ".join(answer.comments) or None,
    )


def _consensus(reading: _Reading, turn: Turn) -> Consensus:
    mean = turn.mean
    return Consensus(
        turn.code,
        Truth.INTENDED,
        reading.sources[turn.code[: -len("_F000")]],
        mean.activation,
        mean.valence,
        mean.dominance,
        no_agreement=turn.emotion is None,
    )


def _first_of(problems: Sequence[Problem]) -> list[Problem]:
    """The first of many remarks on alignments."""
    rest = len(problems) - _MOST_LINES
    more = [Problem(f"{rest} more alignments", None, "cannot be read as they should")] if rest > 0 else []
    return [*problems[:_MOST_LINES], *more]


def _warnings(reading: _Reading) -> Iterator[str]:
    yield from _completeness(reading.turns)
    silent = [utterance.code for utterance in reading.utterances if utterance.transcript is None]
    if silent:
        yield f"Turns without a transcription ({len(silent)} of {len(reading.turns)}): {listed(silent)}."
    if any(utterance.words for utterance in reading.utterances):
        without = sum(not utterance.words for utterance in reading.utterances)
        if without:
            yield f"Turns without times of words: {without} of {len(reading.turns)}."
    if reading.beside:
        beside = sorted(set(reading.beside))
        yield f"Turns and dialogues that no evaluation speaks of were left out ({len(beside)}): {listed(beside)}."
    empty = sum(not answer for turn in reading.turns for answer in turn.answers)
    if empty:
        yield f"Answers that say nothing were left out: {empty}."
    off = [turn.code for turn in reading.turns if _differs(turn)]
    if off:
        yield (
            f"Turns whose mean attributes are not those of their evaluators' answers ({len(off)}): {listed(off)}; "
            "the means are kept as they are written."
        )
    chosen = [turn.emotion for turn in reading.turns]
    for classes in (FOUR_CLASSES, FIVE_CLASSES):
        members = {IEMOCAP.classes[k] for group in ClassSelection.parse(classes, IEMOCAP).members for k in group}
        yield f"--classes {classes} selects {sum(emotion in members for emotion in chosen)} turns."


def _completeness(turns: Sequence[Turn]) -> Iterator[str]:
    """Whether these are all turns of the release, and then whether they carry its labels."""
    per_session = Counter(turn.code[:5] for turn in turns)
    partial = [f"{session} {per_session[session]} of {n}" for session, n in WHOLE.items() if per_session[session] != n]
    if partial:
        yield f"{len(turns)} of IEMOCAP's {sum(WHOLE.values())} turns are here ({', '.join(partial)})."
        return
    counts = Counter(turn.emotion for turn in turns)
    other = [
        f"{name or 'no agreement'} {counts[name]}, not {n}" for name, n in WHOLE_BY_EMOTION.items() if counts[name] != n
    ]
    if other:
        yield f"The labels are not those of the release: {listed(other, len(other))}."


def _differs(turn: Turn) -> bool:
    """Whether the mean of a turn is another than that of the answers it is made from."""
    answers = [answer.attributes for answer in turn.answers if answer.attributes and not answer.by_actor]
    return any(
        mean is not None and bool(values) and abs(mean - sum(values) / len(values)) > _ROUNDING
        for mean, values in (
            (turn.mean.valence, [a.valence for a in answers if a.valence is not None]),
            (turn.mean.activation, [a.activation for a in answers if a.activation is not None]),
            (turn.mean.dominance, [a.dominance for a in answers if a.dominance is not None]),
        )
    )
