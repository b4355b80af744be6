"""The espeak-ng synthesiser through ctypes: a sentence in, samples with the times of words and phonemes out."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import espeakng_loader
import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Word
from fairemo_gui.errors import BugError

RATE = 22_050
Samples = npt.NDArray[np.float32]

_SYNCHRONOUS, _PHONEME_EVENTS, _DONT_EXIT, _UTF8 = 2, 0x0001, 0x8000, 1
_NOISE_SEED = 1
_WORD, _PHONEME, _END_OF_LIST = 1, 7, 0
_VARIANTS = frozenset({*(f"f{k}" for k in range(1, 5)), *(f"m{k}" for k in range(1, 8))})
_PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "pitch_range": 4}


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Speech:
    """One sentence, spoken.

    Attributes:
        samples: Mono, −1…1, at `RATE`, without silence around it.
        words: Times in seconds from the first sample.
        phonemes: Time in seconds and espeak's mnemonic, ascending; `_` is a pause.
    """

    samples: Samples
    words: tuple[Word, ...]
    phonemes: tuple[tuple[float, str], ...]


class Synthesiser:
    """The synthesiser. Its library keeps state from one sentence to the next, so sound repeats only in a fresh process.

    Raises:
        BugError: The library does not start.
    """

    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), _PHONEME_EVENTS | _DONT_EXIT
        )
        if rate != RATE:
            raise BugError(f"espeak-ng did not start: it answered {rate} instead of {RATE} samples a second.")
        self._chunks: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[int, int, float, str]] = []
        self._callback = _Callback(self._on_sound)
        self._library.espeak_SetSynthCallback(self._callback)

    def _on_sound(self, samples: Any, count: int, events: Any) -> int:
        if count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        k = 0
        while events[k].type != _END_OF_LIST:
            event = events[k]
            name = bytes(event.id.string).decode("utf-8", "replace") if event.type == _PHONEME else ""
            self._events.append((event.type, event.text_position - 1, event.sample / RATE, name))
            k += 1
        return 0

    def say(self, text: str, variant: str, settings: dict[str, float]) -> Speech:
        """Speak one sentence.

        Args:
            text: The sentence.
            variant: Voice variant, as `m3`.
            settings: `rate` in words per minute, `volume`, `pitch` and `pitch_range` on a scale of 0–99; cut to that.

        Raises:
            BugError: The library refuses the voice, a setting or the text.
        """
        self._chunks, self._events = [], []
        # A variant that does not exist would keep the voice of the sentence before, without a word.
        if variant not in _VARIANTS:
            raise BugError(f"espeak-ng has no voice variant “{variant}”.")
        # Breath is noise, which would otherwise start from the time of day.
        self._call("ng_SetRandSeed", ctypes.c_long(_NOISE_SEED))
        self._call("SetVoiceByName", f"en-us+{variant}".encode())
        for name, value in settings.items():
            ceiling = 400 if name == "rate" else 99
            self._call("SetParameter", _PARAMETERS[name], int(np.clip(round(value), 0, ceiling)), 0)
        data = text.encode()
        self._call("Synth", data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        self._call("Synchronize")
        return self._speech(text)

    def _call(self, function: str, *arguments: object) -> None:
        answer = getattr(self._library, f"espeak_{function}")(*arguments)
        if answer != 0:
            raise BugError(f"espeak-ng refused {function}{arguments!r} with code {answer}.")

    def _speech(self, text: str) -> Speech:
        samples = np.concatenate(self._chunks).astype(np.float32) / 32768
        phonemes = tuple((time, name) for kind, _, time, name in self._events if kind == _PHONEME)
        spoken = [time for time, name in phonemes if not name.startswith("_")]
        last = max(spoken, default=0.0)
        end = next((time for time, name in phonemes if time > last), len(samples) / RATE)
        marks = [(position, time) for kind, position, time, _ in self._events if kind == _WORD]
        return Speech(np.asarray(samples[: int(end * RATE)], dtype=np.float32), _words(text, marks, end), phonemes)


def _words(text: str, marks: list[tuple[int, float]], end: float) -> tuple[Word, ...]:
    """Words with times from (character, second) marks; words spoken as one ("of the") share a mark by their length."""
    tokens = text.split()
    starts, position = [], 0
    for token in tokens:
        position = text.index(token, position)
        starts.append(position)
        position += len(token)
    times = np.interp(
        [*starts, len(text)], [*(mark for mark, _ in marks), len(text)], [*(time for _, time in marks), end]
    )
    return tuple(
        Word(token, round(float(times[k]), 3), round(float(times[k + 1]), 3)) for k, token in enumerate(tokens)
    )
