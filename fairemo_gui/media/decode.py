"""Pictures and sound of any file FFmpeg reads, keyed by presentation time: never by counting frames or samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fairemo_gui.errors import UserError
from fairemo_gui.media.container import (
    clock_end,
    clock_start,
    open_media,
    picture_stream,
    pictures,
    seek,
    seek_start,
    sounds,
    span,
    unreadable,
)

Samples = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Two times closer than this are the same: microseconds survive every container's clock and every table.
TICK = 1e-6
# Decoders of MP3 and AAC lean on the frames before; half a second covers the longest bit reservoir.
_PREROLL = 0.5
# Containers with a clock in milliseconds (FLV, AVI) round each frame's time; less than this is no gap.
_JITTER = 0.003


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file's sound track is like.

    Attributes:
        rate: Samples per second; 0 where there is no sound track.
        channels: Number of channels; 0 where there is no sound track.
        duration: Length of the sound, seconds.
        start_time: Time of the first sample on the file's clock, seconds.
        has_audio: Whether there is a sound track.
        has_video: Whether there is a moving picture (cover art does not count).
    """

    rate: int
    channels: int
    duration: float
    start_time: float
    has_audio: bool
    has_video: bool


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file's picture is like.

    Attributes:
        width: Width as displayed (rotation and pixel aspect applied), pixels; 0 where there is no picture.
        height: Height as displayed, pixels; 0 where there is no picture.
        frame_rate: Mean frames per second; 0 where unknown.
        duration: Length of the picture, seconds.
        start_time: Time of the first frame on the file's clock, seconds.
        has_audio: Whether there is a sound track.
        has_video: Whether there is a moving picture.
    """

    width: int
    height: int
    frame_rate: float
    duration: float
    start_time: float
    has_audio: bool
    has_video: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound as it lies in the file.

    Attributes:
        samples: Shape (n, channels), float32, −1 to 1.
        rate: Samples per second.
        start: Time of the first sample on the file's clock, seconds.
    """

    samples: Samples
    rate: int
    start: float


def read_audio(path: Path, start: float | None = None, end: float | None = None, rate: int = 16000) -> Samples:
    """Sound of a file or of a range in it, mixed to one channel.

    Sample `i` belongs to the time `start + i / rate`. Where the track begins later than `start`, and in gaps, there is
    silence; where it ends before `end` the result is shorter: nothing is added at the end.

    Args:
        path: A sound or video file.
        start: Seconds on the file's clock; None = where its earliest track begins.
        end: Seconds on the file's clock; None = to its end.
        rate: Samples per second wanted.

    Returns:
        Shape (n,), float32, −1 to 1; n = round((end − start) · rate) where the track covers the range.

    Raises:
        UserError: The file is missing, broken, or has no sound track, or the times are no times.
    """
    sound = read_sound(path, start, end)
    return resample(sound.samples.mean(axis=1, dtype=np.float32)[:, None], sound.rate, rate)[:, 0]


def read_sound(
    path: Path, start: float | None = None, end: float | None = None, check: Callable[[], None] = lambda: None
) -> Sound:
    """Sound of a range with the file's own channels and rate: not one sample from outside `start <= t < end`.

    Args:
        path: A sound or video file.
        start: Seconds on the file's clock; None = where its earliest track begins.
        end: Seconds on the file's clock; None = to its end.
        check: Called now and then; what it raises ends the work.

    Raises:
        UserError: The file is missing, broken, or has no sound track, or the times are no times.
    """
    _check_range(path, start, end)
    with open_media(path) as container:
        if not container.streams.audio:
            raise UserError(f"{path.name} has no sound track: choose another file, or use its picture only")
        begin = clock_start(container) if start is None else start
        last = clock_end(container)
        stop = last if end is None else min(end, last)
        return _gather(container, container.streams.audio[0], begin, stop, check)


def resample(samples: Samples, rate: int, wanted: int, check: Callable[[], None] = lambda: None) -> Samples:
    """Sound at another rate, in step with the original: shape (n, channels) → (round(n · wanted / rate), channels).

    Args:
        samples: Shape (n, channels), float32.
        rate: Samples per second.
        wanted: Samples per second wanted.
        check: Called now and then; what it raises ends the work.
    """
    if rate == wanted or not len(samples):
        return samples
    length = round(len(samples) * wanted / rate)
    layout = f"{samples.shape[1]}c"
    converter = av.AudioResampler(format="fltp", layout=layout, rate=wanted)
    # So few samples may give none at all.
    out = [np.zeros((samples.shape[1], 0), np.float32)]
    for first in range(0, len(samples), rate):
        check()
        chunk = np.ascontiguousarray(samples[first : first + rate].T)
        frame = AudioFrame.from_ndarray(chunk, format="fltp", layout=layout)
        frame.rate = rate
        out += [np.asarray(part.to_ndarray(), np.float32) for part in converter.resample(frame)]
    out += [np.asarray(part.to_ndarray(), np.float32) for part in converter.resample(None)]
    joined = np.concatenate(out, axis=1).T[:length]
    missing = length - len(joined)
    return np.ascontiguousarray(np.pad(joined, ((0, missing), (0, 0))), dtype=np.float32)


def audio_info(path: Path) -> AudioInfo:
    """Rate, channels and times of the sound track.

    Raises:
        UserError: The file is missing or broken.
    """
    with open_media(path) as container:
        return _audio_info(container)


def video_info(path: Path) -> VideoInfo:
    """Size as displayed, frame rate and times of the picture.

    Raises:
        UserError: The file is missing or broken.
    """
    with open_media(path) as container:
        return _video_info(container, path)


def track_infos(path: Path) -> tuple[VideoInfo, AudioInfo]:
    """Picture and sound of one file, in one look.

    Raises:
        UserError: The file is missing or broken.
    """
    with open_media(path) as container:
        return _video_info(container, path), _audio_info(container)


def iter_frames(
    path: Path, start: float | None = None, end: float | None = None, *, size: tuple[int, int] | None = None
) -> Iterator[tuple[float, Picture]]:
    """Frames with `start <= pts < end` in order of time, upright.

    Args:
        path: A video file.
        start: Seconds on the file's clock; None = from its first frame.
        end: Seconds on the file's clock; None = to its last frame.
        size: Width and height wanted, pixels; None = as displayed (rotation and pixel aspect applied).

    Yields:
        Presentation time in seconds, and the picture, RGB, shape (height, width, 3), uint8.

    Raises:
        UserError: The file is missing, broken, or has no picture, or the times are no times.
    """
    _check_range(path, start, end)
    with open_media(path) as container:
        stream = picture_stream(container)
        if stream is None:
            raise UserError(f"{path.name} has no picture: choose another file, or use its sound only")
        for frame in frames_between(container, stream, start, end):
            yield frame.time, upright(stream, frame, size)


def frames_between(
    container: InputContainer, stream: VideoStream, start: float | None, end: float | None
) -> Iterator[VideoFrame]:
    """Decoded frames with `start <= pts < end`, reached from the keyframe before `start`."""
    stream.thread_type = "AUTO"
    frames = pictures(container, stream) if start is None else _frames_from(container, stream, start)
    for frame in frames:
        if end is not None and frame.time >= end - TICK:
            return
        if start is None or frame.time >= start - TICK:
            yield frame


def frame_standing(container: InputContainer, stream: VideoStream, time: float) -> VideoFrame | None:
    """The decoded frame that is on the screen at a time: the last with `pts <= time`; None where the track is not."""
    if time > sum(span(container, stream)):
        return None
    standing: VideoFrame | None = None
    for frame in _frames_from(container, stream, time, skip=False):
        if frame.time > time + TICK:
            break
        standing = frame
    return standing


def shown_size(stream: VideoStream, frame: VideoFrame) -> tuple[int, int]:
    """Width and height as displayed: pixel aspect, then rotation."""
    aspect = stream.sample_aspect_ratio
    width = round(frame.width * aspect) if aspect else frame.width
    return (frame.height, width) if frame.rotation % 180 else (width, frame.height)


def upright(stream: VideoStream, frame: VideoFrame, size: tuple[int, int] | None = None) -> Picture:
    """A frame as RGB, shape (height, width, 3), uint8, at `size` or as displayed, rotation of the metadata applied."""
    width, height = size or shown_size(stream, frame)
    if frame.rotation % 180:
        width, height = height, width
    picture = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)), dtype=np.uint8)


def _frames_from(
    container: InputContainer, stream: VideoStream, start: float, *, skip: bool = True
) -> Iterator[VideoFrame]:
    """Frames from at or before `start`, not all of those before where they may be skipped.

    An index that leads too far is not believed.
    """
    first = span(container, stream)[0]
    for back in (0.0, 5.0, math.inf):
        target = start - back
        if target > first:
            seek(container, stream, target)
        else:
            seek_start(container, stream)
        frames = pictures(container, stream, skip_to=start - TICK if skip else None)
        frame = next(frames, None)
        if frame is None and target > first:
            continue
        if frame is None:
            return
        if frame.time <= start + TICK or target <= first:
            yield frame
            yield from frames
            return


def _gather(
    container: InputContainer, stream: AudioStream, start: float, end: float, check: Callable[[], None]
) -> Sound:
    """Samples of `start <= t < end`, laid out by their times."""
    rate = stream.rate
    low, high = math.ceil(start * rate - TICK * rate), math.ceil(end * rate - TICK * rate)
    for target in (start - _PREROLL, -math.inf):
        first = span(container, stream)[0]
        if target > first:
            seek(container, stream, target)
        else:
            seek_start(container, stream)
        parts, reached = _lay_out(sounds(container, stream), rate, low, high, check)
        if reached or target <= first:
            break
    width = max((part.shape[1] for part in parts), default=max(stream.channels, 1))
    samples = np.concatenate([_with_channels(part, width) for part in parts] or [np.zeros((0, width), np.float32)])
    return Sound(samples, rate, low / rate)


def _lay_out(
    frames: Iterator[AudioFrame], rate: int, low: int, high: int, check: Callable[[], None]
) -> tuple[list[Samples], bool]:
    """Pieces that join to samples `low` to `high`, or to the track's end; and whether decoding began early enough."""
    parts: list[Samples] = []
    done, cursor, reached = low, None, False
    for frame in frames:
        check()
        at = round(float(frame.time or 0.0) * rate)
        if cursor is None or abs(at - cursor) > _JITTER * rate:
            cursor = at
        reached = reached or cursor <= low
        if cursor >= high:
            break
        block = _as_float(frame)
        first, cursor = cursor, cursor + len(block)
        if cursor <= done:
            continue
        if first > done:
            parts.append(np.zeros((first - done, block.shape[1]), np.float32))
            done = first
        parts.append(block[done - first : high - first])
        done = min(cursor, high)
    return parts, reached


def _with_channels(part: Samples, width: int) -> Samples:
    """The same sound with `width` channels; one channel is heard on all."""
    if part.shape[1] == width:
        return part
    return np.repeat(part.mean(axis=1, keepdims=True, dtype=np.float32), width, axis=1)


def _as_float(frame: AudioFrame) -> Samples:
    """Samples of a frame, shape (n, channels), float32, −1 to 1."""
    raw = frame.to_ndarray()
    channels = frame.layout.nb_channels
    block = raw.T if frame.format.is_planar else raw.reshape(-1, channels)
    if not np.issubdtype(block.dtype, np.integer):
        return np.ascontiguousarray(block, dtype=np.float32)
    half = float(2 ** (8 * block.dtype.itemsize - 1))
    middle = half if block.dtype == np.uint8 else 0.0
    return np.asarray((block.astype(np.float64) - middle) / half, dtype=np.float32)


def _audio_info(container: InputContainer) -> AudioInfo:
    has_video = picture_stream(container) is not None
    if not container.streams.audio:
        return AudioInfo(0, 0, 0.0, 0.0, has_audio=False, has_video=has_video)
    stream = container.streams.audio[0]
    start, duration = span(container, stream)
    return AudioInfo(stream.rate or 0, stream.channels, duration, start, has_audio=True, has_video=has_video)


def _video_info(container: InputContainer, path: Path) -> VideoInfo:
    has_audio = bool(container.streams.audio)
    stream = picture_stream(container)
    if stream is None:
        return VideoInfo(0, 0, 0.0, 0.0, 0.0, has_audio=has_audio, has_video=False)
    start, duration = span(container, stream)
    # Rotation stands beside the first frame, not in the header.
    frame = next(pictures(container, stream), None)
    if frame is None:
        raise unreadable(path)
    width, height = shown_size(stream, frame)
    rate = float(stream.average_rate or 0)
    return VideoInfo(width, height, rate, duration, start, has_audio=has_audio, has_video=True)


def _check_range(path: Path, start: float | None, end: float | None) -> None:
    """Refuse times that are no times."""
    for value in (start, end):
        if value is not None and (not math.isfinite(value) or value < 0):
            raise UserError(f"{path.name}: {value} is not a time in seconds: correct the utterance's start and end")
    if start is not None and end is not None and end < start:
        raise UserError(f"{path.name}: the utterance ends ({end} s) before it starts ({start} s): correct its times")
