"""Opening media safely and walking its packets: the one place where FFmpeg's errors turn into plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fairemo_gui.errors import UserError

# Only real media: no playlists, no network, nothing that makes FFmpeg open a second file.
_FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,dv,eac3,flac,flv,live_flv,matroska,webm,mov,mp4,mp3,mpeg,mpegts,mpegvideo,"
    "mxf,nut,ogg,rm,w64,wav,wv"
)
_NO_LIMIT = 1e9
_LEAD = 1.0
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """The container of a media file; FFmpeg's errors, also those of the body, become `UserError`.

    Raises:
        UserError: The file is missing or broken.
    """
    if not path.exists():
        raise UserError(f"{path.name} is not where the corpus says ({path.parent}): locate the corpus again")
    if not path.is_file():
        raise UserError(f"{path.name} is a folder, not a sound or video file")
    if path.stat().st_size == 0:
        raise UserError(f"{path.name} is empty (0 bytes): copy it again from its source")
    try:
        # An absolute path can never be taken for a URL.
        with av.open(str(path.absolute()), metadata_errors="replace", options=_OPTIONS) as container:
            yield container
    except av.error.PermissionError as error:
        raise UserError(f"{path.name} may not be read: change its permissions") from error
    except av.error.FFmpegError as error:
        raise unreadable(path) from error


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first moving picture; cover art is none."""
    cover = av.stream.Disposition.attached_pic
    return next((stream for stream in container.streams.video if not stream.disposition & cover), None)


def pictures(container: InputContainer, stream: VideoStream, skip_to: float | None = None) -> Iterator[VideoFrame]:
    """Every frame that can be decoded and has a time.

    Args:
        container: The open file.
        stream: Its picture.
        skip_to: Frames before this time (seconds) that no other is built on may be left out, to get there sooner.
    """
    for frame in _decoded(container, stream, skip_to):
        if isinstance(frame, VideoFrame) and frame.pts is not None:
            yield frame


def sounds(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Every block of sound that can be decoded and has a time."""
    for frame in _decoded(container, stream):
        if isinstance(frame, AudioFrame) and frame.pts is not None:
            yield frame


def seek(container: InputContainer, stream: VideoStream | AudioStream, seconds: float) -> None:
    """Go to the last keyframe at or before a time."""
    base = stream.time_base
    if base is not None:
        container.seek(math.floor(seconds / base), stream=stream)


def seek_start(container: InputContainer, stream: VideoStream | AudioStream) -> None:
    """Go to a stream's very beginning."""
    first = span(container, stream)[0]
    try:
        # What is decoded first may lie before what is shown first; MPEG-TS then finds nothing at the first time itself.
        seek(container, stream, first - _LEAD)
    except av.error.FFmpegError:
        # AVI and FLV refuse to go before their beginning.
        seek(container, stream, first)


def span(container: InputContainer, stream: VideoStream | AudioStream) -> tuple[float, float]:
    """Start and length of a stream in seconds; the container answers for streams that do not say."""
    base = float(stream.time_base or 0)
    start = stream.start_time * base if stream.start_time is not None else (container.start_time or 0) / av.time_base
    if stream.duration is not None:
        return start, stream.duration * base
    # The container's length counts from its earliest track.
    return start, max(clock_start(container) + (container.duration or 0) / av.time_base - start, 0.0)


def clock_start(container: InputContainer) -> float:
    """Where the file's earliest track begins, seconds."""
    return (container.start_time or 0) / av.time_base


def clock_end(container: InputContainer) -> float:
    """A time no track goes beyond, seconds: keeps a broken clock from asking for memory without end."""
    if container.duration is None:
        return _NO_LIMIT
    tracks: list[VideoStream | AudioStream] = [*container.streams.audio, *container.streams.video]
    ends = [sum(span(container, track)) for track in tracks]
    return max([*ends, clock_start(container) + container.duration / av.time_base]) + 1.0


def unreadable(path: Path) -> UserError:
    """The error for a file FFmpeg cannot make sense of."""
    return UserError(
        f"{path.name} cannot be read as sound or video: it is damaged, cut short, or another kind of file; "
        "copy it again from its source"
    )


def _decoded(
    container: InputContainer, stream: VideoStream | AudioStream, skip_to: float | None = None
) -> Iterator[Any]:
    """Every frame that can be decoded; a damaged packet is passed over as long as others can be read."""
    good = False
    failure: av.error.FFmpegError | None = None
    for packet in container.demux(stream):
        if skip_to is not None:
            early = packet.pts is not None and packet.pts * packet.time_base < skip_to
            stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
        try:
            frames = packet.decode()
        except av.error.InvalidDataError as error:
            failure = error
            continue
        good = good or bool(frames)
        yield from frames
    if failure is not None and not good:
        raise failure
