"""One utterance made ready to play: how long it is, its pictures and its sound, decoded by background threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.gui.player.pictures import PictureStore
from fairemo_gui.gui.player.sound import RATE, Take
from fairemo_gui.gui.player.stretch import render
from fairemo_gui.media.decode import AudioInfo, VideoInfo, read_sound, resample, track_infos
from fairemo_gui.media.pitch import PitchTrack, track_pitch
from fairemo_gui.media.spectrogram import Spectrogram, spectrogram, spectrogram_part
from fairemo_gui.media.waveform import Waveform, outline

Part = tuple[float, float] | None
"""Start and end of a selection, seconds; None = the whole range."""
LONGEST = 1800.0
"""Seconds of one range that are played; a longer one is cut, and said to be."""
_STEP = 90
_TAKES = 3
_ANALYSIS_RATE = 16000
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


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What the timeline draws of a range's sound, or of a part of it.

    Attributes:
        waveform: Its outline.
        spectrogram: Its levels.
        pitch: F0 and energy of the whole range; None until they are there.
        whole: The outline that this is a part of; None where it is none.
    """

    waveform: Waveform
    spectrogram: Spectrogram
    pitch: PitchTrack | None = None
    whole: Waveform | None = None


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


class Reel:
    """One range in memory. Background threads fill it; the window's thread reads it."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.extent: Extent | None = None
        self.pictures: PictureStore | None = None
        self.sound_ready = False
        self.analysis: Analysis | None = None
        self.problem: str | None = None
        self.failure: str | None = None
        self._sound: npt.NDArray[np.float32] | None = None
        self._mono: npt.NDArray[np.float32] | None = None
        self._sharper: PictureStore | None = None
        self._analysis_begun = False
        self._takes: dict[tuple[float, Part], Take] = {}
        self._cancelled = threading.Event()
        self._sound_lock = threading.Lock()
        self._analysis_lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants this any more."""
        return self._cancelled.is_set()

    @property
    def bytes(self) -> int:
        """Memory taken."""
        sounds = sum(take.samples.nbytes for take in list(self._takes.values()))
        sounds += 0 if self._sound is None else self._sound.nbytes
        return sounds + (0 if self.pictures is None else self.pictures.bytes)

    def cancel(self) -> None:
        """Ask the threads that fill this to stop."""
        self._cancelled.set()

    def open(self, box: tuple[int, int]) -> None:
        """Find out how long it is and what is in it. Runs in a background thread.

        Args:
            box: Width and height the picture has on the screen, device pixels.
        """
        try:
            extent = measure(self.wanted)
        except UserError as error:
            self.failure = str(error)
            return
        if extent.has_picture:
            self.pictures = self.new_pictures(extent, box)
        self.sound_ready = not extent.has_sound
        self.extent = extent

    def new_pictures(self, extent: Extent, box: tuple[int, int]) -> PictureStore:
        """An empty store for pictures of the size that fits a box on the screen."""
        assert self.wanted.clip.video is not None
        size = fitting((extent.width, extent.height), box)
        return PictureStore(Path(self.wanted.clip.video), extent.start, extent.end, size, extent.frame_rate)

    def sharpen(self, extent: Extent, box: tuple[int, int]) -> PictureStore | None:
        """An empty store to fill where the screen has become much larger than the pictures are."""
        if self.pictures is None:
            return None
        store = self.new_pictures(extent, box)
        if store.size[1] <= self.pictures.size[1]:
            return None
        store.position = self.pictures.position
        if self._sharper is not None:
            self._sharper.retired = True
        self._sharper = store
        return store

    def take_up_sharper(self, position: float) -> None:
        """Go over to the sharper pictures once the one on the screen is among them."""
        if self._sharper is not None and self.pictures is not None and self._sharper.covers(position):
            self.pictures.retired = True
            self.pictures, self._sharper = self._sharper, None

    def fill(self, store: PictureStore, arrived: Callable[[], None]) -> None:
        """Decode pictures. Runs in a background thread."""
        try:
            store.fill(lambda: self.cancelled or store.retired, arrived)
        except UserError as error:
            store.broken = True
            self.problem = str(error)

    def read_sound(self, speed: float) -> None:
        """Decode the sound and render it at a speed. Runs in a background thread."""
        extent, path = self.extent, self.wanted.clip.audio
        if extent is None or path is None or self.cancelled:
            return
        try:
            self._sound = _exact_sound(Path(path), extent)
            self.render(speed)
        except UserError as error:
            self.problem = str(error)
        self.sound_ready = True

    def render(self, speed: float, part: Part = None) -> None:
        """Make the take of a speed, of the samples of `start <= t < end` alone. Runs in a background thread."""
        with self._sound_lock:
            if self._sound is None or self.extent is None or (speed, part) in self._takes or self.cancelled:
                return
            played = self.extent.of(part)
            edges = (math.ceil((at - self.extent.start) * RATE - 1e-6) for at in (played.start, played.end))
            samples = render(self._sound[slice(*edges)].copy(), RATE, speed)
            if len(self._takes) >= _TAKES:
                self._takes.pop(next(iter(self._takes)))
            self._takes[speed, part] = Take(samples, played.start, played.end, speed)

    def may_analyse(self) -> bool:
        """Whether to analyse now: once, and only when the sound and the first picture are there."""
        store = self.pictures
        pictured = store is None or store.broken or store.bytes > 0 or store.complete
        with self._analysis_lock:
            due = self._sound is not None and pictured and not self._analysis_begun
            self._analysis_begun = self._analysis_begun or due
        return due

    def analyse(self, arrived: Callable[[], None]) -> None:
        """Make what the timeline draws; F0 and energy come last. Runs in a background thread."""
        if self._sound is None or self.extent is None or self.cancelled:
            return
        mono = resample(self._sound.mean(axis=1, keepdims=True, dtype=np.float32), RATE, _ANALYSIS_RATE)[:, 0]
        start, end = self.extent.start, self.extent.end
        self._mono = mono
        self.analysis = Analysis(outline(mono, start, end), spectrogram(mono, _ANALYSIS_RATE, start, end))
        arrived()
        self.analysis = replace(self.analysis, pitch=track_pitch(mono, _ANALYSIS_RATE, start))

    def detail(self, start: float, end: float, columns: int) -> Analysis | None:
        """Waveform and spectrogram of a part, as sharp as the screen can show. Runs in a background thread."""
        whole, mono = self.analysis, self._mono
        if whole is None or mono is None or self.cancelled:
            return None
        origin = whole.waveform.start
        first, last = (round((at - origin) * _ANALYSIS_RATE) for at in (start, end))
        levels = spectrogram_part(mono, _ANALYSIS_RATE, whole.spectrogram, start, end, columns)
        return Analysis(outline(mono[first:last], start, end, columns), levels, whole=whole.waveform)

    def take(self, speed: float, part: Part = None) -> Take | None:
        """The sound at a speed, if it has been rendered."""
        return self._takes.get((speed, part))

    def needs_take(self, speed: float, part: Part = None) -> bool:
        """Whether there is decoded sound that has not been rendered at a speed."""
        return self._sound is not None and (speed, part) not in self._takes


def fitting(source: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Size to decode at: fits the box, in a few steps so that a small resize asks for nothing new, never enlarged."""
    width, height = source
    scale = min(box[0] / width, box[1] / height, 1.0)
    wanted = min(-(-max(round(height * scale), 1) // _STEP) * _STEP, height)
    return max(round(width * wanted / height / 2) * 2, 2), max(round(wanted / 2) * 2, 2)


def _exact_sound(path: Path, extent: Extent) -> npt.NDArray[np.float32]:
    """Sound of exactly the range, one or two channels; silence where the track is shorter."""
    sound = read_sound(path, extent.start, extent.end)
    samples = sound.samples
    if samples.shape[1] > 2:
        samples = samples.mean(axis=1, keepdims=True, dtype=np.float32)
    samples = resample(samples, sound.rate, RATE)
    length = round(extent.duration * RATE)
    out = np.zeros((length, samples.shape[1]), np.float32)
    kept = min(length, len(samples))
    out[:kept] = samples[:kept]
    return out


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
