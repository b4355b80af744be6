"""What an encoder has to offer: turn a clip into a source, and a batch of sources into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Clip, FaceTrack

Array = npt.NDArray[np.float32]
Source = Any
"""Whatever `load` hands to `encode`: samples, face pictures, a text."""


class Extractor(Protocol):
    """An encoder with its settings. Two with the same name, revision and settings give the same arrays."""

    name: str
    modality: str
    """`audio`, `video` or `text`."""
    revision: str
    """Changes whenever the arrays would; for pretrained encoders with the checkpoint's revision too."""
    dim: int
    batch_size: int
    parallel: bool
    """Whether `encode` may be called on several threads at once, so that each core has a clip; else it gets batches."""

    def settings(self) -> dict[str, Any]:
        """Every setting that bears on the arrays."""

    def load(self, clip: Clip, track: FaceTrack | None) -> Source:
        """Read what is needed of one clip; called on several threads at once.

        Raises:
            UserError: The clip has nothing to encode; the message says why.
        """

    def encode(self, sources: Sequence[Source]) -> list[Array]:
        """Arrays of shape (frames, dim), one per source."""
