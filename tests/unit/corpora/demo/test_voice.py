from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.espeak import RATE, Speech, Synthesiser
from fairemo_gui.corpora.demo.people import PAIRS, PEOPLE, Person
from fairemo_gui.corpora.demo.planted import PLANTED
from fairemo_gui.corpora.demo.script import SCHEME, Turn
from fairemo_gui.corpora.demo.voice import act

SENTENCE = "My brother is bringing the bread and the salad."


@pytest.fixture(scope="module")
def synthesiser() -> Synthesiser:
    return Synthesiser()


def _act(synthesiser: Synthesiser, person: Person, emotion: str, seed: int = 1) -> Speech:
    return act(synthesiser, Turn("t", person, SENTENCE, SCHEME.index(emotion), 1.0, seed))


def _level(speech: Speech) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(speech.samples**2))))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.code)
def test_everybody_can_speak(synthesiser: Synthesiser, person: Person) -> None:
    speech = _act(synthesiser, person, "neutral")
    assert 1.5 < len(speech.samples) / RATE < 5
    assert np.abs(speech.samples).max() < 1
    assert -26 < _level(speech) < -16
    assert [word.text for word in speech.words] == SENTENCE.split()


def test_anger_is_louder_faster_and_brighter_than_sadness(synthesiser: Synthesiser) -> None:
    man = PAIRS[0][1]
    angry, sad = _act(synthesiser, man, "anger"), _act(synthesiser, man, "sad")
    assert _level(angry) > _level(sad) + 6
    assert len(angry.samples) < 0.85 * len(sad.samples)
    assert _brightness(angry) > 1.3 * _brightness(sad)


def test_womens_voices_carry_emotion_less_by_the_planted_share(synthesiser: Synthesiser) -> None:
    spans: dict[Gender, list[float]] = {}
    for person in (p for pair in PAIRS[:3] for p in pair):
        gaps = [
            _level(_act(synthesiser, person, "anger", seed)) - _level(_act(synthesiser, person, "sad", seed))
            for seed in range(4)
        ]
        spans.setdefault(person.gender, []).append(float(np.mean(gaps)))
    woman, man = (float(np.mean(spans[gender])) for gender in (Gender.FEMALE, Gender.MALE))
    planted = PLANTED.voice_modulation
    assert woman / man == pytest.approx(planted[Gender.FEMALE] / planted[Gender.MALE], abs=0.08)


def test_chance_differences_come_from_the_seed(synthesiser: Synthesiser) -> None:
    woman = PAIRS[0][0]
    first, second = (_act(synthesiser, woman, "happy", seed) for seed in (1, 2))
    assert abs(_level(first) - _level(second)) > 0.1
    again = act(synthesiser, replace(Turn("t", woman, SENTENCE, SCHEME.index("happy"), 1.0, 1)))
    assert abs(len(first.samples) - len(again.samples)) < 0.01 * RATE


def _brightness(speech: Speech) -> float:
    """Spectral centroid, Hz."""
    power = np.abs(np.fft.rfft(speech.samples)) ** 2
    return float((power * np.fft.rfftfreq(len(speech.samples), 1 / RATE)).sum() / power.sum())
