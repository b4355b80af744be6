"""What there is to play of an utterance: from when to when, with which tracks, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.media.decode import AudioInfo, VideoInfo, track_infos

Part = tuple[float, float] | None
"""Start and end of a selection, seconds; None = the whole range."""
LONGEST = 1800.0
"""Seconds of one range that are played; a longer one is cut, and said to be."""
# Encoders pad sound, and a picture stands until the next: a difference of this many seconds needs no words.
_UNSAID = 0.25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reel is made of.

    Attributes:
        clip: Files and range.
        pictures: Whether pictures may be decoded at all.
        sound: Whether sound may be decoded at all.
    """

    clip: Clip
    pictures: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is to play.

    Attributes:
        start: First moment, seconds on the file's clock.
        end: End (not in it), seconds.
        width: Width of the picture as displayed, pixels; 0 = no picture.
        height: Height of the picture as displayed, pixels.
        frame_rate: Mean frames per second; 0 where unknown.
        has_picture: There is a picture, and it may be shown.
        has_sound: There is a sound track, and it may be heard.
        notes: What is not as expected, for the screen.
    """

    start: float
    end: float
    width: int
    height: int
    frame_rate: float
    has_picture: bool
    has_sound: bool
    notes: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Length, seconds."""
        return self.end - self.start

    def of(self, part: Part) -> Extent:
        """The extent of a selection."""
        return self if part is None else replace(self, start=part[0], end=part[1])


def measure(wanted: Wanted) -> Extent:
    """Open the files and say what there is to play.

    Raises:
        UserError: Nothing can be played: no file, broken files, or a range that lies outside them.
    """
    clip = wanted.clip
    video, audio, problems = _tracks(clip)
    if video is None and audio is None:
        raise UserError(problems[0] if problems else f"{_name(clip)} has neither picture nor sound")
    tracks: list[VideoInfo | AudioInfo] = [*([video] if video else []), *([audio] if audio else [])]
    start, end, notes = _bounds(clip, tracks)
    shown, heard = video if wanted.pictures else None, audio if wanted.sound else None
    notes += _edges("picture", shown, start, end) + _edges("sound", heard, start, end)
    return Extent(
        start,
        end,
        video.width if video and wanted.pictures else 0,
        video.height if video and wanted.pictures else 0,
        video.frame_rate if video and wanted.pictures else 0.0,
        has_picture=video is not None and wanted.pictures,
        has_sound=audio is not None and wanted.sound,
        notes=(*problems, *notes),
    )


def _tracks(clip: Clip) -> tuple[VideoInfo | None, AudioInfo | None, list[str]]:
    """The tracks there are, and what is wrong with the others."""
    video: VideoInfo | None = None
    audio: AudioInfo | None = None
    problems = []
    try:
        if clip.video is not None and clip.video == clip.audio:
            video, audio = _infos(Path(clip.video))
        elif clip.video is not None:
            video = _infos(Path(clip.video))[0]
    except UserError as error:
        problems.append(str(error))
    try:
        if clip.audio is not None and clip.audio != clip.video:
            audio = _infos(Path(clip.audio))[1]
    except UserError as error:
        problems.append(str(error))
    video = video if video is not None and video.has_video else None
    audio = audio if audio is not None and audio.has_audio else None
    return video, audio, problems


def _infos(path: Path) -> tuple[VideoInfo, AudioInfo]:
    """Tracks of a file; looked at once, since many utterances lie in one file."""
    try:
        state = path.stat()
    except OSError:
        return track_infos(path)
    return _known_infos(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _known_infos(path: Path, modified: int, size: int) -> tuple[VideoInfo, AudioInfo]:
    return track_infos(path)


def _bounds(clip: Clip, tracks: Sequence[VideoInfo | AudioInfo]) -> tuple[float, float, list[str]]:
    """Start and end of what is played, and what had to be said about them."""
    first = min(track.start_time for track in tracks)
    last = max(track.start_time + track.duration for track in tracks)
    start = first if clip.start is None else max(clip.start, 0.0)
    end = last if clip.end is None else clip.end
    notes = []
    if not start < end:
        raise UserError(f"{_name(clip)}: the utterance has no length ({start:g} s to {end:g} s): correct its times")
    if start >= last:
        raise UserError(f"{_name(clip)} ends at {last:.2f} s, before the utterance begins ({start:.2f} s)")
    if end > last + 0.1:
        notes.append(f"{_name(clip)} ends at {last:.2f} s, before the utterance does ({end:.2f} s)")
    end = min(end, last)
    if end - start > LONGEST:
        notes.append(f"only the first {LONGEST / 60:.0f} minutes are played")
        end = start + LONGEST
    return start, end, notes


def _edges(what: str, track: VideoInfo | AudioInfo | None, start: float, end: float) -> list[str]:
    """What to say of a track that does not last for the whole range."""
    if track is None:
        return []
    late, early = track.start_time - start, end - track.start_time - track.duration
    notes = [f"the {what} begins {late:.2f} s in"] if late > _UNSAID else []
    return [*notes, f"the {what} ends {early:.2f} s early"] if early > _UNSAID else notes


def _name(clip: Clip) -> str:
    return Path(clip.video or clip.audio or "").name or "The utterance"
