"""What is in a media file and what is wrong with it, found without decoding the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from os import cpu_count
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from fairemo_gui.core.records import MediaState
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.container import open_media, picture_stream, pictures, seek, sounds, span

# In the order in which one of several files of the same name is taken: lossless ones first.
AUDIO_SUFFIXES = (".wav", ".flac", ".aiff", ".m4a", ".ogg", ".mp3")
VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".flv")
MEDIA_SUFFIXES = AUDIO_SUFFIXES + VIDEO_SUFFIXES

# −80 dB of full scale: below the last bit but three of 16-bit sound, where no voice is.
_SILENCE = 1e-4
# A voice that has not begun after this long is not looked for any further.
_LISTEN_SECONDS = 600.0
# What containers announce and hold may differ by an edit list, a frame or a padded block; more is missing sound.
_TAIL_SECONDS = 0.5
# A RIFF size of zero or of all ones is written by programs that stream and never come back to fill it in.
_UNSET_SIZES = (0, 0xFFFFFFFF)

_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a probe found. One type for whole and broken files alike.

    Attributes:
        state: What is wrong, if anything. Sound alone in a sound file and picture with sound are both `OK`.
        duration: Where the last track ends on the file's own clock, seconds; None = unknown.
        has_audio: Whether there is a sound track.
        has_video: Whether there is a moving picture; cover art is none.
        silent: Whether nothing can be heard in the sound track.
        rate: Samples per second of the sound; None = no sound.
        width: Width of the upright picture, pixels; None = no picture.
        height: Height of the upright picture, pixels; None = no picture.
        note: What is wrong in plain words, to be read after the file's name; empty where nothing is.
    """

    state: MediaState
    duration: float | None = None
    has_audio: bool = False
    has_video: bool = False
    silent: bool = False
    rate: int | None = None
    width: int | None = None
    height: int | None = None
    note: str = ""


def probe(path: Path) -> MediaInfo:
    """Look into one media file. Whatever is wrong with it becomes a state and a note, never an exception."""
    try:
        if not path.is_file():
            return MediaInfo(MediaState.MISSING, note="is not there")
        if path.stat().st_size == 0:
            return MediaInfo(MediaState.EMPTY, note="is empty (0 bytes)")
        with open_media(path) as container:
            return _look_into(container, path)
    except UserError as error:
        if _is_pointer(path):
            note = "is only a Git LFS pointer to the recording: run “git lfs pull” in its folder"
            return MediaInfo(MediaState.MISSING, note=note)
        return MediaInfo(MediaState.BROKEN, note=error.message.removeprefix(path.name).strip())
    except (OSError, ValueError, LookupError, ArithmeticError, MemoryError) as error:
        return MediaInfo(
            MediaState.BROKEN, note=f"cannot be read ({type(error).__name__}); copy it again from its source"
        )


def _is_pointer(path: Path) -> bool:
    """Whether a file is what a checkout without Git LFS leaves in place of a recording."""
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(_POINTER)) == _POINTER
    return False


def probe_all(ctx: TaskContext, root: Path, media: Iterable[str]) -> dict[str, MediaInfo]:
    """Look into many files at once, each once.

    Args:
        ctx: Hears how many files are done; a cancel takes effect between two files.
        root: Folder the paths are relative to.
        media: Paths relative to `root`; doubles are looked at once.

    Returns:
        What was found per path, in the order of the first mention.

    Raises:
        CancelledError: Somebody asked the task to stop.
    """
    wanted = list(dict.fromkeys(media))
    found: dict[str, MediaInfo] = {}
    pool = ThreadPoolExecutor(max_workers=cpu_count() or 1, thread_name_prefix="probe")
    try:
        for name, info in _in_waves(ctx, pool, root, wanted):
            found[name] = info
            ctx.report(len(found), len(wanted), "Looking into the media files")
    finally:
        pool.shutdown(cancel_futures=True)
    return {name: found[name] for name in wanted}


def _in_waves(
    ctx: TaskContext, pool: ThreadPoolExecutor, root: Path, wanted: list[str]
) -> Iterator[tuple[str, MediaInfo]]:
    """Results as they come; only a few files are under way at any time, so that a cancel leaves little to wait for."""
    names = iter(wanted)
    running: dict[Future[MediaInfo], str] = {}
    while True:
        ctx.check()
        for name in islice(names, 4 * (cpu_count() or 1) - len(running)):
            running[pool.submit(probe, root / name)] = name
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future.result()


def _look_into(container: InputContainer, path: Path) -> MediaInfo:
    """The state of a file that could be opened."""
    sound = container.streams.audio[0] if container.streams.audio else None
    picture = picture_stream(container)
    for stream in (sound, picture):
        if stream is not None and stream.codec_context is None:
            note = f"holds {stream.type} in a format that cannot be decoded; convert it, for example to FLAC or MP4"
            return MediaInfo(MediaState.BROKEN, note=note)
    info = MediaInfo(MediaState.OK, _end(container), sound is not None, picture is not None)
    if sound is None and picture is None:
        return replace(info, state=MediaState.BROKEN, note="holds neither sound nor a moving picture")
    if picture is not None:
        info = _with_size(info, container, picture)
    if sound is not None and info.state is MediaState.OK:
        info = _with_sound(info, container, sound)
    if info.state in (MediaState.OK, MediaState.SILENT):
        info = _with_tail(info, container, path)
    if info.state is MediaState.OK and sound is None:
        return replace(info, state=MediaState.NO_SOUND, note="has no sound track; its picture can be used")
    if info.state is MediaState.OK and picture is None and path.suffix.lower() in VIDEO_SUFFIXES:
        return replace(info, state=MediaState.NO_PICTURE, note="has no picture; its sound can be used")
    return info


def _end(container: InputContainer) -> float | None:
    """Where the last track ends on the file's clock, seconds."""
    tracks: list[VideoStream | AudioStream] = [*container.streams.audio, *container.streams.video]
    ends = [sum(span(container, track)) for track in tracks if track.duration is not None]
    if container.duration is not None:
        ends.append((container.start_time or 0) / av.time_base + container.duration / av.time_base)
    return max(ends) if ends else None


def _with_size(info: MediaInfo, container: InputContainer, picture: VideoStream) -> MediaInfo:
    """Size of the upright picture, which takes decoding one frame."""
    frame = next(pictures(container, picture), None)
    if frame is None:
        return replace(info, state=MediaState.BROKEN, note="holds a picture track of which no frame can be decoded")
    aspect = picture.sample_aspect_ratio
    width, height = (round(frame.width * aspect) if aspect else frame.width), frame.height
    if frame.rotation % 180:
        width, height = height, width
    return replace(info, width=width, height=height)


def _with_sound(info: MediaInfo, container: InputContainer, sound: AudioStream) -> MediaInfo:
    """Rate of the sound, and whether anything can be heard: decodes up to the first sample that is not silent."""
    if info.has_video:
        seek(container, sound, span(container, sound)[0])
    info, heard, seconds = replace(info, rate=sound.rate), False, 0.0
    for frame in sounds(container, sound):
        seconds += frame.samples / max(frame.sample_rate, 1)
        heard = _peak(frame) > _SILENCE
        if heard or seconds > _LISTEN_SECONDS:
            break
    if seconds == 0.0:
        return replace(info, state=MediaState.EMPTY, duration=0.0, note="holds no samples")
    if heard:
        return info
    where = "from beginning to end" if seconds <= _LISTEN_SECONDS else "in its first ten minutes"
    return replace(info, state=MediaState.SILENT, silent=True, note=f"is silent {where}")


def _peak(frame: AudioFrame) -> float:
    """Largest sample of a block, 0–1 of full scale."""
    block = frame.to_ndarray()
    if block.size == 0:
        return 0.0
    if not np.issubdtype(block.dtype, np.integer):
        return float(np.nan_to_num(np.abs(block), posinf=1.0).max())
    middle = 128.0 if block.dtype == np.uint8 else 0.0
    half = float(2 ** (8 * block.dtype.itemsize - 1))
    return max(float(block.max()) - middle, middle - float(block.min())) / half


def _with_tail(info: MediaInfo, container: InputContainer, path: Path) -> MediaInfo:
    """Whether the file ends before what its header promises."""
    kind = container.format.name
    if kind in ("wav", "avi"):
        note = _short_riff(path)
    elif kind.startswith("mov"):
        note = _short_index(container, path)
    else:
        note = _short_stream(info, container)
    return replace(info, state=MediaState.TRUNCATED, note=note) if note else info


def _short_riff(path: Path) -> str:
    """WAV and AVI: the sizes of the chunks against the size of the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(12)
        promised = max(_chunk_ends(file, size), default=0)
    if promised <= size + 1:
        return ""
    return f"is cut off: its header promises {promised} bytes and {size} are there; what is there can be used"


def _chunk_ends(file: BinaryIO, size: int) -> Iterator[int]:
    """Where each chunk of a RIFF file should end."""
    while (at := file.tell()) + 8 <= size:
        length = int.from_bytes(file.read(8)[4:], "little")
        if length in _UNSET_SIZES:
            return
        yield at + 8 + length
        file.seek(at + 8 + length + length % 2)


def _short_index(container: InputContainer, path: Path) -> str:
    """MP4 and MOV: where the index says the last frames lie against the size of the file."""
    size = path.stat().st_size
    streams: list[VideoStream | AudioStream] = [*container.streams.audio, *container.streams.video]
    lost = sum(entry.pos + entry.size > size for stream in streams for entry in stream.index_entries)
    return f"is cut off: {lost} frames of its index lie past its end; what is there can be used" if lost else ""


def _short_stream(info: MediaInfo, container: InputContainer) -> str:
    """FLAC, FLV and Matroska: the announced end against the last packet. MP3 only estimates and is not asked."""
    stream = picture_stream(container) or container.streams.audio[0]
    if container.format.name == "mp3" or info.duration is None or stream.time_base is None:
        return ""
    seek(container, stream, max(info.duration - 2 * _TAIL_SECONDS, 0.0))
    base = float(stream.time_base)
    last = 0.0
    # The first empty packet is the end; PyAV stumbles after it where tracks turned up late.
    for packet in takewhile(lambda packet: packet.size, container.demux(stream)):
        last = max(last, ((packet.pts or 0) + (packet.duration or 0)) * base)
    if last >= info.duration - _TAIL_SECONDS:
        return ""
    return f"is cut off: it announces {info.duration:.2f} s and ends after {last:.2f} s; what is there can be used"
