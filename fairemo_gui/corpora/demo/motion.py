"""How a person moves through a dialogue: expression while speaking, lips after the sound, blinks, nods and glances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fairemo_gui.corpora.demo.espeak import RATE
from fairemo_gui.corpora.demo.people import Person
from fairemo_gui.corpora.demo.planted import PLANTED
from fairemo_gui.corpora.demo.pose import EMOTIONS, Pose
from fairemo_gui.corpora.demo.script import SCHEME, Dialogue, Turn
from fairemo_gui.corpora.demo.soundtrack import Soundtrack, Span

Series = npt.NDArray[np.float64]

_RISE, _FALL = 0.30, 0.50
_BLINK = 0.26
_CALM_SMILE = 0.13
# Lip shapes by the first letters of espeak's mnemonics, longest first: rounded, spread, closed.
_ROUND = ("u", "U", "o", "O", "w", "r", "3", "S", "Z", "tS", "dZ")
_SPREAD = ("i", "I", "e", "E", "j", "s", "z")
_CLOSED = ("m", "b", "p")


def poses(dialogue: Dialogue, sound: Soundtrack, person: Person, times: Series) -> list[Pose]:
    """One pose per picture time (seconds). Who listens looks calm and moves at half the picture rate."""
    rng = np.random.default_rng([dialogue.seed, 2, int(person.code[1:]), ord(person.code[0])])
    idle = _Idle(rng, times)
    own = [(turn, span) for turn, span in zip(dialogue.turns, sound.spans, strict=True) if turn.person is person]
    acts = [(_expression(turn, rng), _presence(span, times)) for turn, span in own]
    lips = _lips(own, times)
    busy = sum((presence for _, presence in acts), np.zeros(len(times)))
    moves: list[Pose] = []
    for k in range(len(times)):
        held = k % 2 == 1 and busy[k] == 0
        moves.append(moves[-1] if held else _pose(k, idle, acts, lips[k]))
    return moves


def _pose(k: int, idle: _Idle, acts: list[tuple[Pose, Series]], lips: Pose) -> Pose:
    pose = idle.at(k)
    for expression, presence in acts:
        if presence[k] > 0.01:
            pose = pose.plus(expression, float(presence[k]))
    pose = pose.plus(lips)
    return replace(pose, blink=float(np.clip(pose.blink, 0, 1)), open=float(np.clip(pose.open, 0, 0.34)))


def _expression(turn: Turn, rng: np.random.Generator) -> Pose:
    """The emotion's pose as fully as the turn is acted, with the chance differences between one time and the next."""
    full = EMOTIONS[SCHEME.classes[turn.emotion]]
    other = EMOTIONS[SCHEME.classes[int(rng.integers(len(SCHEME)))]]
    own = Pose(
        brow_in=rng.normal(0, 0.035),
        brow_out=rng.normal(0, 0.030),
        brow_close=rng.normal(0, 0.012),
        smile=rng.normal(0, 0.18),
        lid=rng.normal(0, 0.20),
        squint=rng.normal(0, 0.12),
        wide=rng.normal(0, 0.04),
        lip_up=rng.uniform(0, 0.2),
        turn=rng.normal(0, 0.35),
        nod=rng.normal(0, 0.2),
        tilt=rng.normal(0, 1.6),
    )
    mixed = own.plus(other, float(rng.uniform(0, 0.5)))
    return mixed.plus(full, turn.strength * PLANTED.face_modulation[turn.person.gender])


def _presence(span: Span, times: Series) -> Series:
    """0 before and after a turn, 1 while it is spoken, with soft slopes."""
    rise = np.clip((times - span.begin + _RISE) / _RISE, 0, 1)
    fall = np.clip((span.end + _FALL - times) / _FALL, 0, 1)
    both = np.minimum(rise, fall)
    return np.asarray(both * both * (3 - 2 * both))


def _lips(own: list[tuple[Turn, Span]], times: Series) -> list[Pose]:
    """Mouth per picture: open after the loudness, shaped after the phoneme."""
    opening, rounded, spread = (np.zeros(len(times)) for _ in range(3))
    for _, span in own:
        inside = np.flatnonzero((times >= span.begin - 0.08) & (times <= span.end))
        for k in inside:
            opening[k], rounded[k], spread[k] = _mouth_at(span, float(times[k]) - span.begin)
    return [
        Pose(
            open=float(o), round=float(r), wide=0.10 * float(s), lip_up=0.10 * float(o > 0.03), lip_down=0.3 * float(s)
        )
        for o, r, s in zip(opening, rounded, spread, strict=True)
    ]


def _mouth_at(span: Span, time: float) -> tuple[float, float, float]:
    """Opening (head units), roundness and spread, `time` seconds into a speech; lips lead the sound by 40 ms."""
    at = int((time + 0.04) * RATE)
    samples = span.speech.samples
    window = samples[max(0, at - RATE // 40) : max(0, at + RATE // 40)]
    if not len(window):
        return 0.0, 0.0, 0.0
    loud = float(np.sqrt(np.mean(window**2))) / max(float(np.sqrt(np.mean(samples**2))), 1e-4)
    name = next((name for start, name in reversed(span.speech.phonemes) if start <= time + 0.04), "_")
    name = name.lstrip("',%=|")
    if name.startswith(_CLOSED):
        return 0.0, 0.1, 0.0
    opening = 0.15 * min(loud, 1.6) ** 0.8
    if name.startswith(_ROUND):
        return opening * 0.8, 0.75, 0.0
    return opening, 0.0, 0.7 * float(name.startswith(_SPREAD))


class _Idle:
    """Everything that moves without being meant: breath, head, blinks, glances. Computed for all pictures at once."""

    def __init__(self, rng: np.random.Generator, times: Series) -> None:
        self._turn = _wander(rng, times, 0.30, 0.16)
        self._nod = _wander(rng, times, 0.16, 0.22)
        self._tilt = _wander(rng, times, 1.6, 0.13)
        self._sway = _wander(rng, times, 0.03, 0.10)
        self._look = _glances(rng, times)
        self._blink = _blinks(rng, times)

    def at(self, k: int) -> Pose:
        """The calm pose at picture `k`."""
        return Pose(
            smile=_CALM_SMILE,
            blink=float(self._blink[k]),
            look_x=float(self._look[k]),
            turn=float(self._turn[k]),
            nod=float(self._nod[k]),
            tilt=float(self._tilt[k]),
            sway=float(self._sway[k]),
        )


def _wander(rng: np.random.Generator, times: Series, size: float, hertz: float) -> Series:
    """A smooth, aimless movement: three slow waves, their sum about `size` large."""
    waves = [np.sin(2 * np.pi * hertz * f * times + rng.uniform(0, 6.28)) for f in (1.0, 1.73, 2.61)]
    return np.asarray(size * (waves[0] + 0.6 * waves[1] + 0.35 * waves[2]) / 1.4)


def _blinks(rng: np.random.Generator, times: Series) -> Series:
    """Eyes shut for a moment every two to five seconds."""
    shut, at = np.zeros(len(times)), rng.uniform(0.3, 3.0)
    while at < times[-1]:
        shut = np.maximum(shut, np.clip(1.25 - np.abs(times - at) / (_BLINK / 2), 0, 1))
        at += rng.uniform(2.0, 5.0)
    return shut


def _glances(rng: np.random.Generator, times: Series) -> Series:
    """Eyes mostly on the viewer, now and then aside."""
    gaze, at = np.zeros(len(times)), rng.uniform(1.0, 4.0)
    while at < times[-1]:
        long = rng.uniform(0.5, 1.2)
        gaze[(times >= at) & (times < at + long)] = rng.uniform(-0.8, 0.8)
        at += long + rng.uniform(2.0, 5.0)
    return gaze
