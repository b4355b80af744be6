"""Pictures of a range by their times, held within a bound of memory."""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from fairemo_gui.errors import UserError
from fairemo_gui.media.container import open_media, picture_stream
from fairemo_gui.media.decode import TICK, frame_standing, frames_between

MEMORY = 320 * 2**20
"""Bytes the pictures of one range may take; a longer range is held around the playhead only."""
_CHUNKS = 24
# Spans between pictures that differ by less are rounding of the container's clock.
_STEADY = 1.25
# Where the first picture of a range comes later than this, the one before it is shown: it stands for that long.
_STANDING = 0.25
# Held around the playhead when not all fit: what was just seen, what comes, and the first chunk for the next loop.
_BEHIND, _AHEAD = 4, 16
_HELD = _BEHIND + _AHEAD + 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture and when it is due.

    Attributes:
        pts: Presentation time on the file's clock, seconds.
        picture: The picture at the size shown, before rotation.
        rotation: Degrees to turn it by, against the clock, to stand upright.
        index: How many pictures of the range come before it; None while not all of those have been counted.
    """

    pts: float
    picture: av.VideoFrame
    rotation: int
    index: int | None


@dataclass(slots=True)
class _Chunk:
    times: list[float] = field(default_factory=list)
    pictures: list[av.VideoFrame] = field(default_factory=list)
    complete: bool = False


class PictureStore:
    """Pictures of one range at one size. Filled by a background thread, read by the window's.

    Args:
        path: The video file.
        start: First time of the range, seconds.
        end: End of the range (not in it), seconds.
        size: Width and height to keep, upright, pixels; even numbers.
        rate: Mean frames per second; sets how long a chunk is.
        memory: Bytes to stay under.
    """

    def __init__(
        self, path: Path, start: float, end: float, size: tuple[int, int], rate: float, memory: int = MEMORY
    ) -> None:
        self.size = size
        self.position = start
        self.busy = False
        self.broken = False
        self.retired = False
        self._path, self._start, self._end = path, start, end
        per_second = max(rate, 1.0) * size[0] * size[1] * 1.5
        whole = (end - start) * per_second <= memory
        self._length = end - start if whole else memory / _CHUNKS / per_second
        self._last = max(math.ceil((end - start) / self._length - TICK) - 1, 0)
        self._all = whole
        self._chunks: dict[int, _Chunk] = {}
        self._counts: dict[int, int] = {}
        self._reader: Generator[av.VideoFrame, None, None] | None = None
        self._reader_at = -1
        self._held: av.VideoFrame | None = None
        self._filling = threading.Lock()

    @property
    def bytes(self) -> int:
        """Memory the pictures take now."""
        held = sum(len(chunk.pictures) for chunk in list(self._chunks.values()))
        return int(held * self.size[0] * self.size[1] * 1.5)

    @property
    def pace(self) -> tuple[float, bool] | None:
        """Pictures per second of what is held, and whether they come unevenly; None while there are too few."""
        chunk = next((chunk for chunk in list(self._chunks.values()) if chunk.complete and len(chunk.times) > 2), None)
        if chunk is None:
            return None
        spans = np.diff(chunk.times)
        short, long = np.quantile(spans, (0.1, 0.9))
        return 1.0 / float(spans.mean()), bool(long > _STEADY * short)

    @property
    def complete(self) -> bool:
        """Whether everything wanted around the playhead is there."""
        return self._next_missing() is None

    def at(self, position: float) -> Frame | None:
        """The picture on the screen at a time: the last one due by then, or the first of the range."""
        place = self._index(position)
        for k in range(place, -1, -1):
            chunk = self._chunks.get(k)
            if chunk is None:
                return None
            found = bisect_right(chunk.times, position + TICK) - 1
            if found >= 0:
                return self._frame(k, chunk, found)
            if k < place and not chunk.complete:
                return None
        first = self._chunks.get(0)
        return self._frame(0, first, 0) if first is not None and first.times else None

    def after(self, position: float) -> Frame | None:
        """The next picture due after a time."""
        for k in range(self._index(position), self._last + 1):
            chunk = self._chunks.get(k)
            if chunk is None:
                return None
            found = bisect_right(chunk.times, position + TICK)
            if found < len(chunk.times):
                return self._frame(k, chunk, found)
            if not chunk.complete:
                return None
        return None

    def before(self, position: float) -> Frame | None:
        """The picture before the one on the screen at a time."""
        now = self.at(position)
        found = None if now is None else self.at(now.pts - 2 * TICK)
        return None if now is None or found is None or found.pts >= now.pts else found

    def covers(self, position: float) -> bool:
        """Whether the picture for a time is there, and no other can take its place."""
        chunk = self._chunks.get(self._index(position))
        if chunk is None or not (chunk.complete or chunk.times[-1:] > [position + TICK]):
            return False
        return self.at(position) is not None

    def fill(self, cancelled: Callable[[], bool], arrived: Callable[[], None]) -> None:
        """Decode what is wanted around the playhead; returns when nothing is missing. Runs in a background thread.

        Raises:
            UserError: The file is missing or broken, or has no picture.
        """
        with self._filling:
            try:
                while not cancelled() and (missing := self._next_missing()) is not None:
                    self._fill_chunk(missing, cancelled, arrived)
                    arrived()
            finally:
                if cancelled() or self._all:
                    self.close()
                self.busy = False

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
        self._reader, self._held, self._reader_at = None, None, -1

    def _fill_chunk(self, k: int, cancelled: Callable[[], bool], arrived: Callable[[], None]) -> None:
        """Decode one chunk, from where the last one ended if it follows it."""
        self._drop_far()
        chunk = self._chunks[k] = _Chunk()
        end = self._start + (k + 1) * self._length if k < self._last else self._end
        if self._reader is None or self._reader_at != k:
            self.close()
            self._reader = _read(self._path, self._start + k * self._length, self._end, self.size, standing=k == 0)
        while (picture := self._held or next(self._reader, None)) is not None:
            self._held = None
            if picture.time >= end - TICK:
                self._held = picture
                break
            chunk.pictures.append(picture)
            chunk.times.append(picture.time)
            if len(chunk.times) <= 2 or chunk.times[-2] <= self.position + TICK < chunk.times[-1]:
                arrived()
            if cancelled() or k not in self._wanted():
                del self._chunks[k]
                self.close()
                return
        chunk.complete = True
        self._counts[k] = len(chunk.times)
        self._reader_at = k + 1

    def _frame(self, k: int, chunk: _Chunk, found: int) -> Frame:
        before = [self._counts.get(j) for j in range(k)]
        index = None if None in before else sum(count or 0 for count in before) + found
        picture = chunk.pictures[found]
        return Frame(chunk.times[found], picture, picture.rotation, index)

    def _index(self, position: float) -> int:
        place = math.floor((position + TICK - self._start) / self._length) if self._length > 0 else 0
        return min(max(place, 0), self._last)

    def _wanted(self) -> list[int]:
        """Chunks to hold, most urgent first."""
        now = self._index(self.position)
        ahead, behind = range(now, min(now + _AHEAD, self._last) + 1), range(max(now - _BEHIND, 0), now)
        here = self._chunks.get(now)
        # The picture on the screen may still be the last of the chunk before.
        before = behind[-1:] if here is not None and here.times[:1] > [self.position + TICK] else behind[:0]
        return [*before, *ahead, *reversed(behind), *({0} - {*ahead, *behind})]

    def _next_missing(self) -> int | None:
        for k in self._wanted():
            chunk = self._chunks.get(k)
            if chunk is None or not chunk.complete:
                return k
        return None

    def _drop_far(self) -> None:
        """Make room for one more chunk; giving back all that is far away at once would take longer than decoding."""
        now = self._index(self.position)
        far = sorted(set(self._chunks) - set(self._wanted()), key=lambda k: abs(k - now), reverse=True)
        for k in far[: max(len(self._chunks) + 1 - _HELD, 0)]:
            self._chunks.pop(k, None)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    with open_media(path) as container:
        stream = picture_stream(container)
        if stream is None:
            raise UserError(f"{path.name} has no picture")
        yield container, stream


def _read(
    path: Path, start: float, end: float, size: tuple[int, int], *, standing: bool
) -> Generator[av.VideoFrame, None, None]:
    """Pictures of a range at the size to keep; where none comes soon and it is asked for, the one that stands first."""
    reformatter = VideoReformatter()
    with _opened(path) as (container, stream):
        frames = frames_between(container, stream, start, end)
        first = next(frames, None)
        before = None
        if standing and (first is None or first.time > start + _STANDING):
            with _opened(path) as opened:
                before = frame_standing(*opened, start)
        for frame in chain([before, first], frames):
            if frame is not None:
                width, height = size[::-1] if frame.rotation % 180 else size
                kept = reformatter.reformat(frame, width=width, height=height, format="yuv420p")
                kept.pts, kept.time_base = frame.pts, frame.time_base
                yield kept
