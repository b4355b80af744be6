"""RAVDESS (Livingstone & Russo 2018), speech: one utterance per spoken sentence, with its sound and picture files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from fairemo_gui.core.emotions import RAVDESS
from fairemo_gui.core.records import CorpusBundle, Gender, Problem, Speaker, Utterance
from fairemo_gui.corpora.folder import MediaFiles, corpus_folder, doubles, find_media, glance, same_recordings
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.report import ImportReport, condensed, listed, refuse, report_on
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import MEDIA_SUFFIXES

_NAME = re.compile(r"(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_FIELDS = ("modality", "vocal channel", "emotion", "intensity", "statement", "repetition", "actor")
_AV, _PICTURE, _SOUND = "01", "02", "03"
_SONG = "02"
EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "anger",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
STATEMENTS = {"01": "Kids are talking by the door.", "02": "Dogs are sitting by the door."}
ACTORS = tuple(f"{number:02d}" for number in range(1, 25))
_ALLOWED = (("01", "02", "03"), ("01", "02"), tuple(EMOTIONS), ("01", "02"), tuple(STATEMENTS), ("01", "02"), ACTORS)
CLIPS_PER_ACTOR = 60


class Ravdess:
    """Importer of RAVDESS speech in WAV, FLAC, MP3 or MP4. Songs are left out with a note.

    An utterance carries the name of its voice-only file (`03-…`) whichever of the three files are there, so that
    ratings find it again when the others are added.
    """

    name: Final = "ravdess"
    title: Final = "RAVDESS (Ryerson Audio-Visual Database of Emotional Speech and Song)"
    version: Final = 1

    def recognises(self, path: Path) -> str | None:
        """Files named like `03-01-06-01-02-01-12`."""
        known = sum(
            file.suffix.lower() in MEDIA_SUFFIXES and _NAME.fullmatch(file.stem) is not None for file in glance(path)
        )
        return f"{known} files named like 03-01-06-01-02-01-12" if known else None

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read every spoken sentence; see `Importer.read`."""
        root = corpus_folder(root)
        media = find_media(root)
        ctx.report(0, None, "Reading the file names")
        files, songs, problems = _sentences(media)
        problems += doubles(root, media)
        refuse(problems, skip_bad)
        if not files:
            raise UserError(
                f"{root.name} holds no speech of RAVDESS (such as 03-01-06-01-02-01-12.wav): give its folder."
            )
        marked = mark_media(ctx, root, [_utterance(code, paths) for code, paths in sorted(files.items())])
        actors = sorted({utterance.speaker for utterance in marked.utterances})
        bundle = CorpusBundle(
            name=self.name,
            root=str(root),
            importer=f"{self.name} {self.version}",
            scheme=RAVDESS,
            speakers=tuple(Speaker(actor, _gender(actor)) for actor in actors),
            utterances=marked.utterances,
            licence="CC BY-NC-SA 4.0",
        )
        warnings = _warnings(ctx, root, marked.utterances, songs)
        return bundle, report_on(bundle, condensed([*problems, *media.problems, *marked.problems]), warnings)


def _sentences(media: MediaFiles) -> tuple[dict[str, dict[str, str]], int, list[Problem]]:
    """Per utterance its file per modality, the number of songs passed over, and names that are wrong."""
    files: dict[str, dict[str, str]] = defaultdict(dict)
    songs, problems = 0, []
    for stem, paths in sorted(media.paths.items()):
        name = _NAME.fullmatch(stem)
        if name is None:
            what = "is not named like RAVDESS's files (03-01-06-01-02-01-12) and was left out"
            problems.append(Problem(paths[0], None, what))
        elif wrong := _wrong_with(name.groups()):
            problems.append(Problem(paths[0], None, f"{wrong}; correct the name", fatal=True))
        elif name.group(2) == _SONG:
            songs += 1
        else:
            files[f"{_SOUND}{stem[2:]}"][name.group(1)] = paths[0]
    return dict(files), songs, problems


def _wrong_with(codes: tuple[str, ...]) -> str:
    """What of a name RAVDESS does not have."""
    unknown = [
        f"{field} {code}" for field, code, allowed in zip(_FIELDS, codes, _ALLOWED, strict=True) if code not in allowed
    ]
    if unknown:
        return f"names {' and '.join(unknown)}, which RAVDESS does not have"
    if EMOTIONS[codes[2]] == "neutral" and codes[3] == "02":
        return "names a strong intensity of neutral, which RAVDESS does not have"
    return ""


def _utterance(code: str, paths: dict[str, str]) -> Utterance:
    """The voice-only file is heard and the audio-visual one seen where both are there."""
    _, _, emotion, _, statement, _, actor = code.split("-")
    return Utterance(
        code,
        actor,
        audio=paths.get(_SOUND) or paths.get(_AV),
        video=paths.get(_AV) or paths.get(_PICTURE),
        transcript=STATEMENTS[statement],
        intended=RAVDESS.index(EMOTIONS[emotion]),
    )


def _gender(actor: str) -> Gender:
    return Gender.MALE if int(actor) % 2 else Gender.FEMALE


def _warnings(ctx: TaskContext, root: Path, utterances: Iterable[Utterance], songs: int) -> Iterator[str]:
    every = list(utterances)
    clips = Counter(utterance.speaker for utterance in every)
    partial = [f"{actor} ({n})" for actor, n in sorted(clips.items()) if n != CLIPS_PER_ACTOR]
    if partial:
        yield f"Actors without all of their {CLIPS_PER_ACTOR} sentences: {listed(partial)}."
    if songs:
        yield f"Songs were left out ({songs}): only speech is read."
    sounds = [utterance.audio for utterance in every if utterance.audio is not None]
    for group in same_recordings(root, sounds, ctx.check):
        yield f"{' and '.join(group)} are the same recording byte for byte; both are kept."
