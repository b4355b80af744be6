"""The encoders there are: one line each. Looking at the list loads none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Extractor


@dataclass(frozen=True)
class EncoderEntry:
    """An encoder as the list shows it.

    Attributes:
        target: `module:class`; the class takes a mapping of settings.
        pretrained: It needs a checkpoint: downloaded before, or a local folder.
    """

    name: str
    modality: str
    target: str
    description: str
    pretrained: bool = False


ENCODERS = {
    entry.name: entry
    for entry in (
        EncoderEntry("mfcc", "audio", "fairemo_gui.features.mfcc:Mfcc", "Mel-frequency cepstral coefficients"),
        EncoderEntry("hog", "video", "fairemo_gui.features.hog:Hog", "Oriented gradients of the aligned face"),
        EncoderEntry("words", "text", "fairemo_gui.features.words:Words", "Hashed words of the transcript"),
        EncoderEntry("wav2vec2", "audio", "fairemo_gui.features.wav2vec2:Wav2Vec2", "wav2vec 2.0", pretrained=True),
    )
}


def encoder_entry(name: str) -> EncoderEntry:
    """The encoder of that name.

    Raises:
        UserError: There is none; names those there are.
    """
    if name not in ENCODERS:
        raise UserError(f"There is no encoder “{name}”: choose one of {', '.join(ENCODERS)}.")
    return ENCODERS[name]


def make_encoder(name: str, settings: Mapping[str, object]) -> Extractor:
    """An encoder ready for work.

    Raises:
        UserError: There is none of that name, it does not know a setting, or its checkpoint is not there.
    """
    module, kind = encoder_entry(name).target.split(":")
    made: Extractor = getattr(import_module(module), kind)(settings)
    return made
