"""Marking utterances whose media are absent, broken or mute: the row stays, the mark says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fairemo_gui.core.records import MediaState, Problem, Utterance
from fairemo_gui.corpora.report import condensed
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import MediaInfo, probe_all

_UNUSABLE = (MediaState.MISSING, MediaState.BROKEN, MediaState.EMPTY)


@dataclass(frozen=True, slots=True)
class Marked:
    """Utterances after their media were looked at.

    Attributes:
        utterances: The same utterances in the same order, marked; a track that cannot be used is no longer named,
            unless neither can (a moved or repaired file is then found again at its old place).
        files: What was found per media path.
        problems: One remark per file, or per fault where many files share it. None is fatal.
    """

    utterances: tuple[Utterance, ...]
    files: dict[str, MediaInfo]
    problems: tuple[Problem, ...]


def mark_media(ctx: TaskContext, root: Path, utterances: Sequence[Utterance]) -> Marked:
    """Look into every media file the utterances name, each once.

    Args:
        ctx: Hears progress; a cancel takes effect between two files.
        root: Folder the paths are relative to.
        utterances: With `audio` and `video` naming the files the corpus should have; both may name the same file.

    Raises:
        CancelledError: Somebody asked the task to stop.
    """
    paths = [path for utterance in utterances for path in (utterance.audio, utterance.video) if path is not None]
    files = probe_all(ctx, root, paths)
    # The picture of an utterance whose sound is a file of its own needs no sound track.
    mute_pictures = {u.video for u in utterances if u.audio is not None and u.audio != u.video}
    marked = tuple(_marked(utterance, files) for utterance in utterances)
    return Marked(marked, files, tuple(_remarks(files, mute_pictures)))


def _marked(utterance: Utterance, files: dict[str, MediaInfo]) -> Utterance:
    """The utterance with the tracks that can be used, and its state."""
    sound = files.get(utterance.audio or "")
    picture = files.get(utterance.video or "")
    if sound is None and picture is None:
        return replace(utterance, media_state=MediaState.MISSING)
    if sound is None or picture is None or sound is picture:
        info = sound or picture
        assert info is not None
        if info.state in _UNUSABLE:
            return replace(utterance, media_state=info.state)
        path = utterance.audio or utterance.video
        audio, video = path if info.has_audio else None, path if info.has_video else None
        if (audio, video, info.state) == (utterance.audio, utterance.video, utterance.media_state):
            return utterance
        return replace(utterance, audio=audio, video=video, media_state=info.state)
    return _marked_pair(utterance, sound, picture)


def _marked_pair(utterance: Utterance, sound: MediaInfo, picture: MediaInfo) -> Utterance:
    """Sound and picture in two files."""
    heard = sound.state not in _UNUSABLE and sound.has_audio
    seen = picture.state not in _UNUSABLE and picture.has_video
    if heard and seen:
        states = (sound.state, picture.state)
        fault = next((s for s in states if s not in (MediaState.OK, MediaState.NO_SOUND)), MediaState.OK)
        return replace(utterance, media_state=fault)
    if heard:
        return replace(utterance, video=None, media_state=MediaState.NO_PICTURE)
    if seen:
        own = utterance.video if picture.has_audio else None
        return replace(utterance, audio=own, media_state=MediaState.OK if own else MediaState.NO_SOUND)
    return replace(utterance, media_state=sound.state)


def _remarks(files: dict[str, MediaInfo], mute_pictures: Iterable[str | None]) -> list[Problem]:
    """What is wrong with the files, a few lines at most per fault."""
    fine = set(mute_pictures)
    wrong = (
        Problem(path, None, info.note)
        for path, info in files.items()
        if info.state is not MediaState.OK and not (info.state is MediaState.NO_SOUND and path in fine)
    )
    return condensed(wrong, kind=lambda problem: files[problem.file].state)
