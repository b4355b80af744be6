"""A dialogue as a film: pictures and sound into one file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.container
import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.corpora.demo.espeak import RATE
from fairemo_gui.corpora.demo.motion import poses
from fairemo_gui.corpora.demo.scene import Seat
from fairemo_gui.corpora.demo.script import Dialogue
from fairemo_gui.corpora.demo.sheet import HALF_WIDTH, HEIGHT, Picture
from fairemo_gui.corpora.demo.soundtrack import Soundtrack

FRAME_RATE = Fraction(25, 2)
KEYFRAME_EVERY = 25
_GRAIN = 1.0
_GRAINS = 8
_MARK = "SYNTHETIC"
_AUDIO_FRAME = 1024


def draw(dialogue: Dialogue, sound: Soundtrack) -> Iterator[Picture]:
    """The film's pictures in order as planes Y, U, V (BT.601): shape (1.5·HEIGHT, 2·HALF_WIDTH).

    The same for the same dialogue.
    """
    count = int(np.ceil(sound.seconds * FRAME_RATE))
    times = np.arange(count) / float(FRAME_RATE)
    seats = [(Seat(person), poses(dialogue, sound, person, times)) for person in (dialogue.left, dialogue.right)]
    rng = np.random.default_rng([dialogue.seed, 3])
    grain = rng.normal(128, _GRAIN, (_GRAINS, HEIGHT, 2 * HALF_WIDTH)).round().astype(np.uint8)
    ink, share = _mark()
    for k in range(count):
        picture = np.hstack([seat.picture(moves[k]) for seat, moves in seats])
        corner = picture[: ink.shape[0], : ink.shape[1]]
        corner[:] = cv2.blendLinear(ink, np.ascontiguousarray(corner), share, 1 - share)
        picture[:, HALF_WIDTH - 1 : HALF_WIDTH + 1] = (28, 30, 34)
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), dtype=np.uint8)
        planes[:HEIGHT] = cv2.addWeighted(planes[:HEIGHT], 1.0, grain[k % _GRAINS], 1.0, -128)
        yield planes


def _mark() -> tuple[Picture, npt.NDArray[np.float32]]:
    """What this is, for the upper left corner: colours and how much of them shows."""
    ink, share = np.full((22, 80, 3), 24, dtype=np.uint8), np.zeros((22, 80), dtype=np.float32)
    share[4:19, 5:75] = 0.42
    large = np.zeros((88, 320), dtype=np.uint8)
    cv2.putText(large, _MARK, (36, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.30, 255, 3, cv2.LINE_AA)
    letters = cv2.resize(large, (80, 22), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    ink[letters > 0.02] = 245
    return ink, np.maximum(share, letters * 0.95)


def write_film(path: Path, dialogue: Dialogue, sound: Soundtrack) -> None:
    """Encode H.264 and AAC into an MP4 that is easy to seek in: a keyframe every two seconds, no B-frames."""
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = 2 * HALF_WIDTH, HEIGHT, "yuv420p"
        video.options = {"preset": "ultrafast", "crf": "23", "bf": "0", "threads": "1"}
        video.codec_context.gop_size = KEYFRAME_EVERY
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        audio.bit_rate = 80_000
        audio.options = {"aac_coder": "fast"}
        heard = 0
        for k, planes in enumerate(draw(dialogue, sound)):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = k, 1 / FRAME_RATE
            container.mux(video.encode(frame))
            heard = _mux_sound(container, audio, sound, heard, (k + 1) / float(FRAME_RATE))
        _mux_sound(container, audio, sound, heard, np.inf)
        container.mux(audio.encode(None))
        container.mux(video.encode(None))


def _mux_sound(
    container: av.container.OutputContainer, stream: av.AudioStream, sound: Soundtrack, first: int, until: float
) -> int:
    """Encode sound from sample `first` up to a time, to lie beside its pictures in the file; give the next sample."""
    while first < len(sound.samples) and first / RATE < until:
        part = sound.samples[first : first + _AUDIO_FRAME]
        frame = av.AudioFrame.from_ndarray(part[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        first += len(part)
    return first
