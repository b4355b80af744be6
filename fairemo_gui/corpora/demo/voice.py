"""Speech with emotion: an espeak-ng voice in a manner, then loudness, colour, breath and tremor in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.core.records import Word
from fairemo_gui.corpora.demo.espeak import RATE, Samples, Speech, Synthesiser
from fairemo_gui.corpora.demo.people import Person
from fairemo_gui.corpora.demo.planted import PLANTED
from fairemo_gui.corpora.demo.script import SCHEME, Turn


@dataclass(frozen=True, slots=True)
class Manner:
    """What an emotion does to a calm voice, at full strength.

    Attributes:
        rate: Relative change of speed.
        pitch: Change on espeak's scale of 0–99.
        pitch_range: Likewise.
        level: Loudness, dB.
        tilt: Slope of the spectrum, dB per octave; > 0 is brighter.
        breath: Breath noise beside the voice, 0–1.
        tremor: Relative swing of the pitch at 6–8 Hz.
        rough: Depth of the slow pulse of a creaky voice, 0–1.
        push: How much loud syllables stand out, exponent on the envelope.
    """

    rate: float = 0.0
    pitch: float = 0.0
    pitch_range: float = 0.0
    level: float = 0.0
    tilt: float = 0.0
    breath: float = 0.0
    tremor: float = 0.0
    rough: float = 0.0
    push: float = 0.0


MANNERS = {
    "anger": Manner(rate=0.15, pitch=14, pitch_range=36, level=6.0, tilt=3.0, rough=0.2, push=0.4),
    "disgust": Manner(rate=-0.18, pitch=-18, pitch_range=-14, level=-1.5, tilt=-1.0, rough=0.75, push=0.1),
    "fear": Manner(rate=0.24, pitch=36, pitch_range=-24, level=-2.5, tilt=1.0, breath=0.65, tremor=0.04),
    "happy": Manner(rate=0.08, pitch=30, pitch_range=48, level=2.5, tilt=1.2, push=0.15),
    "neutral": Manner(),
    "sad": Manner(rate=-0.24, pitch=-18, pitch_range=-38, level=-6.0, tilt=-2.6, breath=0.4, tremor=0.012),
}


def act(synthesiser: Synthesiser, turn: Turn) -> Speech:
    """Speak a turn in its person's voice and its emotion's manner, as plainly as strength and planted bias say."""
    rng = np.random.default_rng(turn.seed)
    share = turn.strength * PLANTED.voice_modulation[turn.person.gender]
    manner = _scaled(MANNERS[SCHEME.classes[turn.emotion]], share, turn.person, rng)
    voice = turn.person.voice
    settings = {
        "rate": voice.rate * (1 + manner.rate),
        "volume": 90.0,
        "pitch": voice.pitch + manner.pitch,
        "pitch_range": voice.pitch_range + manner.pitch_range,
    }
    return _coloured(synthesiser.say(turn.sentence, voice.variant, settings), manner, voice.timbre, rng)


def _scaled(manner: Manner, share: float, person: Person, rng: np.random.Generator) -> Manner:
    """A manner at part strength, with the small differences between one sentence and the next; age adds some creak."""
    older = float(person.look.lines > 0)
    return Manner(
        rate=manner.rate * share + rng.normal(0, 0.05),
        pitch=manner.pitch * share + rng.normal(0, 4),
        pitch_range=manner.pitch_range * share + rng.normal(0, 8),
        level=manner.level * share + rng.normal(0, 1.2),
        tilt=manner.tilt * share + rng.normal(0, 0.4),
        breath=max(0.0, manner.breath * share + rng.normal(0.05, 0.03)),
        tremor=max(0.0, manner.tremor * share + 0.004 * older),
        rough=max(0.0, manner.rough * share + 0.08 * older),
        push=manner.push * share,
    )


def _coloured(speech: Speech, manner: Manner, timbre: float, rng: np.random.Generator) -> Speech:
    """Speech with the parts of a manner that espeak has no setting for. Times are stretched with the timbre."""
    x = _bent(speech.samples, timbre, manner.tremor, rng)
    loud = _envelope(x)
    x = _tilted(x * (np.float32(0.25) + loud) ** np.float32(manner.push), manner.tilt)
    y = x + 0.25 * manner.breath * loud * _breath_noise(len(x), rng)
    pulse = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(26, 34) * np.arange(len(y)) / RATE)
    y = y * (1 - manner.rough * pulse)
    level = 0.09 * 10 ** (manner.level / 20) / max(float(np.sqrt(np.mean(y**2))), 1e-6)
    return Speech(
        _faded(np.asarray(np.tanh(y * level), dtype=np.float32)),
        tuple(Word(w.text, round(w.start / timbre, 3), round(w.end / timbre, 3)) for w in speech.words),
        tuple((time / timbre, name) for time, name in speech.phonemes),
    )


def _bent(samples: Samples, timbre: float, tremor: float, rng: np.random.Generator) -> Samples:
    """Samples played `timbre` times as fast, with a trembling pitch."""
    t = np.arange(int(len(samples) / timbre)) / RATE
    swing = 2 * np.pi * rng.uniform(6, 8)
    where = timbre * t + tremor * np.sin(swing * t + rng.uniform(0, 6)) / swing
    return np.asarray(np.interp(where * RATE, np.arange(len(samples)), samples), dtype=np.float32)


def _envelope(samples: Samples) -> Samples:
    """Loudness over 30 ms, relative to the loudest, same shape."""
    width = int(0.03 * RATE)
    power = np.convolve(samples**2, np.ones(width) / width, mode="same")
    root = np.sqrt(np.maximum(power, 0))
    return np.asarray(root / max(float(root.max()), 1e-6), dtype=np.float32)


def _tilted(samples: Samples, slope: float) -> Samples:
    """Samples with a spectrum tilted by `slope` dB per octave around 500 Hz, between 100 Hz and 8 kHz."""
    frequency = np.clip(np.fft.rfftfreq(len(samples), 1 / RATE), 100, 8000)
    gain = 10 ** (slope * np.log2(frequency / 500) / 20)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gain, len(samples)), dtype=np.float32)


def _breath_noise(count: int, rng: np.random.Generator) -> Samples:
    """Noise like air past the teeth: white, less below 2 kHz."""
    white = rng.normal(0, 0.3, count)
    return np.asarray(white - 0.7 * np.concatenate([white[:1], white[:-1]]), dtype=np.float32)


def _faded(samples: Samples, seconds: float = 0.008) -> Samples:
    ramp = np.linspace(0, 1, int(seconds * RATE), dtype=np.float32)
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    return samples
