"""EmoDB, the Berlin Database of Emotional Speech (Burkhardt et al. 2005): 535 utterances, named after what they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from fairemo_gui.core.emotions import EMODB, canonical_emotion
from fairemo_gui.core.records import CorpusBundle, Gender, Problem, Speaker, Utterance
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, glance, same_recordings, walk
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.report import ImportReport, condensed, listed, quoted, refuse, report_on
from fairemo_gui.corpora.table import peek_columns, read_table
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES

_NAME = re.compile(r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)(?P<emotion>[A-Z])(?P<version>[a-z]?)")
# German initials: Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral.
EMOTIONS = {
    "W": "anger",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
_F, _M = Gender.FEMALE, Gender.MALE
SPEAKERS = {
    code: Speaker(code, gender, age)
    for code, gender, age in (
        ("03", _M, 31),
        ("08", _F, 34),
        ("09", _F, 21),
        ("10", _M, 32),
        ("11", _M, 26),
        ("12", _M, 30),
        ("13", _F, 32),
        ("14", _F, 35),
        ("15", _M, 25),
        ("16", _F, 31),
    )
}
TEXTS = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}
WHOLE = 535
_LABEL_COLUMNS = ("Filename", "Emotion")


class EmoDB:
    """Importer of EmoDB in WAV, FLAC or MP3. The file name is the truth; a label table beside it is only checked."""

    name: Final = "emodb"
    title: Final = "EmoDB (Berlin Database of Emotional Speech)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """Files named like `03a01Fa`."""
        known = sum(
            file.suffix.lower() in AUDIO_SUFFIXES and _NAME.fullmatch(file.stem) is not None for file in glance(path)
        )
        return f"{known} files named like 03a01Fa" if known else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read every recording; see `Importer.read`."""
        root = corpus_folder(root)
        media = find_media(root, AUDIO_SUFFIXES)
        ctx.report(0, None, "Reading the file names")
        utterances, problems = _utterances(media)
        problems += doubles(root, media)
        refuse(problems, skip_bad)
        if not utterances:
            raise UserError(f"{root.name} holds no recording of EmoDB (such as 03a01Fa.wav): give its folder.")
        marked = mark_media(ctx, root, utterances)
        spoken = {utterance.speaker for utterance in utterances}
        bundle = CorpusBundle(
            name=self.name,
            root=str(root),
            importer=f"{self.name} {self.version}",
            scheme=EMODB,
            speakers=tuple(speaker for code, speaker in SPEAKERS.items() if code in spoken),
            utterances=marked.utterances,
            licence="No licence text; offered for research with citation of Burkhardt et al. 2005",
        )
        problems += [*media.problems, *marked.problems, *_contradictions(root, media)]
        return bundle, report_on(bundle, condensed(problems), _warnings(ctx, root, marked.utterances))


def _utterances(media: MediaFiles) -> tuple[list[Utterance], list[Problem]]:
    """One utterance per file name; names that are none of EmoDB's are problems."""
    utterances, problems = [], []
    for stem, paths in sorted(media.paths.items()):
        name = _NAME.fullmatch(stem)
        if name is None:
            problems.append(Problem(paths[0], None, "is not named like EmoDB's recordings (03a01Fa) and was left out"))
            continue
        wrong = _unknown_parts(name["speaker"], name["text"], name["emotion"])
        if wrong:
            problems.append(Problem(paths[0], None, f"{wrong}; correct the name", fatal=True))
            continue
        intended = EMODB.index(EMOTIONS[name["emotion"]])
        text = TEXTS[name["text"]]
        utterances.append(Utterance(stem, name["speaker"], audio=paths[0], transcript=text, intended=intended))
    return utterances, problems


def _unknown_parts(speaker: str, text: str, emotion: str) -> str:
    """What of a name EmoDB does not have."""
    unknown = [
        f"{what} {code}"
        for what, code, known in (("speaker", speaker, SPEAKERS), ("text", text, TEXTS), ("emotion", emotion, EMOTIONS))
        if code not in known
    ]
    return f"names {' and '.join(unknown)}, which EmoDB does not have" if unknown else ""


def _contradictions(root: Path, media: MediaFiles) -> Iterator[Problem]:
    """Label tables that say otherwise than the names. One with F, A and E wrong is in circulation."""
    stems = {stem for stem in media.paths if _NAME.fullmatch(stem)}
    for path in walk(root):
        if path.suffix.lower() == ".csv" and set(_LABEL_COLUMNS) <= set(peek_columns(path, _LABEL_COLUMNS)):
            yield from label_table_problems(path, stems)


def label_table_problems(path: Path, stems: Iterable[str]) -> Iterator[Problem]:
    """Check a label table against the file names, which are the truth. Nothing here is fatal: the table is not used.

    Args:
        path: A CSV table with the columns `Filename, Emotion`.
        stems: Stems of the recordings that are there.
    """
    try:
        table = read_table(path, _LABEL_COLUMNS)
    except UserError as error:
        yield Problem(path.name, None, f"is not used: {error.message}")
        return
    yield from (Problem(problem.file, problem.row, problem.what) for problem in table.problems)
    there = set(stems)
    contradicted: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in table.rows:
        written, said = row.get("Filename"), row.get("Emotion")
        stem = PurePosixPath(written.replace("\\", "/")).stem
        name = _NAME.fullmatch(stem)
        emotion = EMOTIONS.get(name["emotion"], "") if name else ""
        if emotion and canonical_emotion(said) != emotion:
            contradicted[emotion, said].append((row.line, stem))
        if stem not in there:
            yield Problem(path.name, row.line, f"names {quoted(written)}, which is not in the folder")
    for (emotion, said), rows in contradicted.items():
        names = listed(stem for _, stem in rows)
        what = f"calls {names} {quoted(said)}, but the file name says {emotion}; the name is taken"
        yield Problem(path.name, rows[0][0], what)


def _warnings(ctx: TaskContext, root: Path, utterances: Iterable[Utterance]) -> Iterator[str]:
    paths = [utterance.audio for utterance in utterances if utterance.audio is not None]
    if len(paths) != WHOLE:
        yield f"{len(paths)} of EmoDB's {WHOLE} recordings are here."
    for group in same_recordings(root, paths, ctx.check):
        yield f"{listed(group)} are the same recording byte for byte; all are kept."
