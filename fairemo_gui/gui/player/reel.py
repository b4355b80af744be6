"""One utterance made ready to play: how long it is, its pictures and its sound, decoded by background threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError
from fairemo_gui.gui.player.extent import Extent, Part, Wanted, measure
from fairemo_gui.gui.player.pictures import PictureStore
from fairemo_gui.gui.player.sound import RATE, Take
from fairemo_gui.gui.player.stretch import render
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import read_sound, resample
from fairemo_gui.media.pitch import PitchTrack, track_pitch
from fairemo_gui.media.spectrogram import Spectrogram, spectrogram, spectrogram_part
from fairemo_gui.media.waveform import Waveform, outline

_STEP = 90
_TAKES = 3
_ANALYSIS_RATE = 16000


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


class Reel:
    """One range in memory. Background threads fill it; the window's thread reads it.

    Args:
        wanted: What to decode.
        speed: Speed its sound is first needed at.
    """

    def __init__(self, wanted: Wanted, speed: float) -> None:
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
        self._due: tuple[float, Part] = (speed, None)
        self._rendering = False
        self._ctx = TaskContext()
        self._take_lock = threading.Lock()
        self._analysis_lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants this any more."""
        return self._ctx.cancelled

    @property
    def whole(self) -> bool:
        """Whether nothing is left to decode."""
        return self.extent is not None and self.sound_ready and all(s.broken or s.complete for s in self.stores)

    @property
    def stores(self) -> list[PictureStore]:
        """The pictures that are shown, and the sharper ones that are to follow."""
        return [store for store in (self.pictures, self._sharper) if store is not None]

    @property
    def bytes(self) -> int:
        """Memory taken."""
        sounds = sum(take.samples.nbytes for take in list(self._takes.values()))
        sounds += 0 if self._sound is None else self._sound.nbytes
        return sounds + sum(store.bytes for store in self.stores)

    def cancel(self) -> None:
        """Ask the threads that fill this to stop."""
        self._ctx.cancel()

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

    def read_sound(self) -> None:
        """Decode the sound and render what is due of it. Runs in a background thread."""
        extent, path = self.extent, self.wanted.clip.audio
        if extent is None or path is None or self.cancelled:
            return
        try:
            self._sound = _exact_sound(Path(path), extent, self._ctx.check)
            if self.ask_take(*self._due):
                self.render()
        except UserError as error:
            self.problem = str(error)
        self.sound_ready = True

    def ask_take(self, speed: float, part: Part = None) -> bool:
        """Say which take is due: no other is made from now on. Whether a thread has to be sent to `render` it."""
        with self._take_lock:
            self._due = speed, part
            if self._rendering or not self.needs_take(speed, part):
                return False
            self._rendering = True
            return True

    def render(self) -> None:
        """Make the take that is due, of the samples of `start <= t < end` alone. Runs in a background thread."""
        while (due := self._next_take()) is not None:
            made = self._rendered(*due)
            with self._take_lock:
                if len(self._takes) >= _TAKES:
                    self._takes.pop(next(iter(self._takes)))
                self._takes[due] = made

    def _next_take(self) -> tuple[float, Part] | None:
        with self._take_lock:
            self._rendering = self.needs_take(*self._due) and not self.cancelled
            return self._due if self._rendering else None

    def _rendered(self, speed: float, part: Part) -> Take:
        assert self._sound is not None
        assert self.extent is not None
        played = self.extent.of(part)
        edges = (math.ceil((at - self.extent.start) * RATE - 1e-6) for at in (played.start, played.end))
        return Take(render(self._sound[slice(*edges)], RATE, speed), played.start, played.end, speed)

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
        mixed = self._sound.mean(axis=1, keepdims=True, dtype=np.float32)
        mono = resample(mixed, RATE, _ANALYSIS_RATE, self._ctx.check)[:, 0]
        start, end = self.extent.start, self.extent.end
        self._mono = mono
        self.analysis = Analysis(outline(mono, start, end), spectrogram(mono, _ANALYSIS_RATE, start, end))
        arrived()
        self.analysis = replace(self.analysis, pitch=track_pitch(mono, _ANALYSIS_RATE, start, self._ctx.check))

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

    def lacks(self, speed: float, part: Part = None) -> frozenset[Condition]:
        """What its file has not, or not whole, of what it was wanted for: `voice`, `face`."""
        mute = self.wanted.sound and self.take(speed, part) is None
        blank = self.wanted.pictures and (self.pictures is None or (self.pictures.broken and not self.pictures.bytes))
        return frozenset(({Condition.VOICE} if mute else set()) | ({Condition.FACE} if blank else set()))


def fitting(source: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Size to decode at: fits the box, in a few steps so that a small resize asks for nothing new, never enlarged."""
    width, height = source
    scale = min(box[0] / width, box[1] / height, 1.0)
    wanted = min(-(-max(round(height * scale), 1) // _STEP) * _STEP, height)
    return max(round(width * wanted / height / 2) * 2, 2), max(round(wanted / 2) * 2, 2)


def _exact_sound(path: Path, extent: Extent, check: Callable[[], None]) -> npt.NDArray[np.float32]:
    """Sound of exactly the range, one or two channels; silence where the track is shorter."""
    sound = read_sound(path, extent.start, extent.end, check)
    samples = sound.samples
    if samples.shape[1] > 2:
        samples = samples.mean(axis=1, keepdims=True, dtype=np.float32)
    samples = resample(samples, sound.rate, RATE, check)
    length = round(extent.duration * RATE)
    out = np.zeros((length, samples.shape[1]), np.float32)
    kept = min(length, len(samples))
    out[:kept] = samples[:kept]
    return out
