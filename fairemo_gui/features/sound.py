"""What every encoder of sound begins with."""

from __future__ import annotations

from pathlib import Path

from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Array
from fairemo_gui.media.decode import read_audio

RATE = 16_000


def clip_sound(clip: Clip, fewest: int, shortest: str) -> Array:
    """Samples of a clip at 16 kHz, mono, shape (n,).

    Args:
        clip: Where its sound is.
        fewest: Samples it must have at least.
        shortest: What they are, as `one window of 25 ms`.

    Raises:
        UserError: There is no sound, it cannot be read, or it is too short.
    """
    if clip.audio is None:
        raise UserError("no sound")
    samples = read_audio(Path(clip.audio), clip.start, clip.end, RATE)
    if len(samples) < fewest:
        raise UserError(f"{Path(clip.audio).name}: shorter than {shortest}")
    return samples
