"""A dialogue's sound: its turns one after the other, with times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.core.records import Word
from fairemo_gui.corpora.demo.espeak import RATE, Samples, Speech, Synthesiser
from fairemo_gui.corpora.demo.script import Dialogue
from fairemo_gui.corpora.demo.voice import act

_LEAD, _TAIL = 0.7, 0.8
# An utterance begins a little before its first sample and ends a little after its last; a pause is longer than both.
_BEFORE, _AFTER = 0.10, 0.14
_PAUSE = (0.40, 0.75)
_FLOOR = 0.0006


@dataclass(frozen=True, slots=True)
class Span:
    """When one turn is heard, seconds in the film.

    Attributes:
        begin: First sample of the speech.
        start: Start of the utterance, a little earlier.
        end: End of the utterance, a little after the last sample.
        words: In seconds of the film.
    """

    begin: float
    start: float
    end: float
    speech: Speech
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """All of a dialogue's sound: mono samples at `RATE`, and one span per turn, in order."""

    samples: Samples
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / RATE


def record(dialogue: Dialogue) -> Soundtrack:
    """Speak a dialogue. The same sound for the same dialogue in a fresh process (espeak-ng keeps state)."""
    rng = np.random.default_rng([dialogue.seed, 1])
    synthesiser, at, spans = Synthesiser(), _LEAD, list[Span]()
    for turn in dialogue.turns:
        spans.append(_span(act(synthesiser, turn), at))
        at += len(spans[-1].speech.samples) / RATE + rng.uniform(*_PAUSE)
    last = spans[-1]
    samples = rng.normal(0, _FLOOR, round((last.end + _TAIL) * RATE)).astype(np.float32)
    for span in spans:
        first = round(span.begin * RATE)
        samples[first : first + len(span.speech.samples)] += span.speech.samples
    return Soundtrack(samples, tuple(spans))


def _span(speech: Speech, at: float) -> Span:
    begin = round(at * RATE) / RATE
    end = begin + len(speech.samples) / RATE
    words = tuple(Word(w.text, round(begin + w.start, 3), round(begin + w.end, 3)) for w in speech.words)
    return Span(begin, round(begin - _BEFORE, 3), round(end + _AFTER, 3), speech, words)
