"""Films whose every frame says which it is, and whose sound says when it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

BITS = 16
RATE = 48000


def numbered(number: int, width: int, height: int) -> npt.NDArray[np.uint8]:
    """A grey picture with a number drawn in as black and white cells along its top."""
    picture = np.full((height, width, 3), 90, np.uint8)
    cell = width // BITS
    for bit in range(BITS):
        picture[:cell, bit * cell : (bit + 1) * cell] = 235 if number >> bit & 1 else 16
    return picture


def read_number(picture: npt.NDArray[np.uint8]) -> int:
    """The number drawn into a picture, at whatever size it is shown."""
    cell = picture.shape[1] / BITS
    row = picture[int(cell / 2), (np.arange(BITS) * cell + cell / 2).astype(int), 0]
    return int(sum(1 << bit for bit, value in enumerate(row) if value > 120))


def chirps(seconds: float, rate: int = RATE) -> npt.NDArray[np.float32]:
    """A 1 kHz tone whose loudness is the time: full scale at the end of the film, a pip of silence never."""
    time = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * 1000 * time) * (0.1 + 0.8 * time / seconds)).astype(np.float32)


def write_film(
    path: Path,
    seconds: float = 4.0,
    fps: int = 25,
    size: tuple[int, int] = (320, 180),
    *,
    codec: str = "libx264",
    sound: npt.NDArray[np.float32] | None = None,
    sound_codec: str = "aac",
    keyframes: int = 250,
    start_frame: int = 0,
    pixel_aspect: Fraction | None = None,
    preset: str = "ultrafast",
) -> Path:
    """A film of numbered frames, with sound if given (mono, 48 kHz)."""
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=fps)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.gop_size = keyframes
        if codec == "libx264":
            video.options = {"preset": preset, "sc_threshold": "0"}
        else:
            video.bit_rate = 3_000_000
        if pixel_aspect is not None:
            video.codec_context.sample_aspect_ratio = pixel_aspect
        audio = None if sound is None else out.add_stream(sound_codec, rate=RATE, layout="mono")
        blocks = [] if sound is None else _blocks(sound)
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(numbered(number, *size), format="rgb24")
            frame.pts, frame.time_base = number + start_frame, Fraction(1, fps)
            out.mux(video.encode(frame))
            # Sound goes in beside the picture it belongs to: players read such files without jumping about.
            while isinstance(audio, av.AudioStream) and blocks and (blocks[0].pts or 0) / RATE <= number / fps:
                out.mux(audio.encode(blocks.pop(0)))
        out.mux(video.encode(None))
        if isinstance(audio, av.AudioStream):
            _finish_sound(out, audio, blocks)
    return path


def write_sound(path: Path, sound: npt.NDArray[np.float32]) -> Path:
    """A WAV file, 16 bit, mono, 48 kHz."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        _finish_sound(out, stream, _blocks(sound))
    return path


def lengthened(path: Path, source: Path, times: int, sound: npt.NDArray[np.float32]) -> Path:
    """The pictures of a film again and again, without encoding them again, under a sound as long as all of them."""
    with av.open(str(path), "w") as out, av.open(str(source)) as first:
        pictures = first.streams.video[0]
        video, audio = out.add_stream_from_template(pictures), out.add_stream("aac", rate=RATE, layout="mono")
        assert isinstance(audio, av.AudioStream)
        packets = [(bytes(p), p.pts or 0, p.dts, p.is_keyframe) for p in first.demux(pictures) if p.dts is not None]
        blocks, base, length = _blocks(sound), pictures.time_base or Fraction(1), pictures.duration or 0
        for turn in range(times):
            for data, pts, dts, is_keyframe in packets:
                packet = av.Packet(data)
                packet.pts, packet.dts, packet.time_base = pts + turn * length, dts + turn * length, base
                packet.is_keyframe, packet.stream = is_keyframe, video
                while blocks and (blocks[0].pts or 0) / RATE <= packet.dts * base:
                    out.mux(audio.encode(blocks.pop(0)))
                out.mux(packet)
        _finish_sound(out, audio, blocks)
    return path


def _blocks(sound: npt.NDArray[np.float32]) -> list[av.AudioFrame]:
    wide = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    made = []
    for first in range(0, len(wide), 4800):
        frame = av.AudioFrame.from_ndarray(wide[None, first : first + 4800], format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        made.append(frame)
    return made


def _finish_sound(out: av.container.OutputContainer, stream: av.AudioStream, blocks: list[av.AudioFrame]) -> None:
    for frame in blocks:
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
