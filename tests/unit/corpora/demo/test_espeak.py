from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from fairemo_gui.corpora.demo.espeak import RATE, Synthesiser
from fairemo_gui.errors import BugError

SENTENCE = "The end of the road is near, and nobody saw it."
CALM = {"rate": 160.0, "volume": 90.0, "pitch": 50.0, "pitch_range": 50.0}


@pytest.fixture(scope="module")
def synthesiser() -> Synthesiser:
    return Synthesiser()


def test_words_follow_each_other_and_fill_the_sentence(synthesiser: Synthesiser) -> None:
    speech = synthesiser.say(SENTENCE, "m3", CALM)
    assert " ".join(word.text for word in speech.words) == SENTENCE
    starts = [word.start for word in speech.words]
    assert starts == sorted(starts)
    assert all(word.start < word.end for word in speech.words)
    assert speech.words[0].start == pytest.approx(0, abs=0.02)
    assert speech.words[-1].end == pytest.approx(len(speech.samples) / RATE, abs=0.02)


def test_sound_is_loud_where_phonemes_are_and_not_where_they_pause(synthesiser: Synthesiser) -> None:
    speech = synthesiser.say(SENTENCE, "f2", CALM)
    starts = [*(time for time, _ in speech.phonemes), len(speech.samples) / RATE]
    pauses, sounds = list[float](), list[float]()
    for (time, name), end in zip(speech.phonemes, starts[1:], strict=True):
        part = speech.samples[int(time * RATE) : int(end * RATE)]
        if len(part) > RATE // 50:
            (pauses if name.startswith("_") else sounds).append(float(np.sqrt(np.mean(part**2))))
    assert pauses
    assert max(pauses) < 0.2 * float(np.median(sounds))


def test_rate_and_pitch_are_obeyed(synthesiser: Synthesiser) -> None:
    slow = synthesiser.say(SENTENCE, "m1", {**CALM, "rate": 120})
    fast = synthesiser.say(SENTENCE, "m1", {**CALM, "rate": 220})
    assert len(fast.samples) < 0.75 * len(slow.samples)
    low, high = (synthesiser.say(SENTENCE, "m1", {**CALM, "pitch": pitch}).samples for pitch in (20, 80))
    assert _fundamental(high) > 1.2 * _fundamental(low)


def test_breath_is_the_same_noise_in_every_fresh_process() -> None:
    code = (
        "import hashlib; from fairemo_gui.corpora.demo.espeak import Synthesiser;"
        f"x = Synthesiser().say({SENTENCE!r}, 'f2', {CALM!r}).samples; print(hashlib.sha256(x.tobytes()).hexdigest())"
    )
    answers = []
    for second in (0, 1):
        # Left alone, the library takes the time of day in seconds for a seed.
        threading.Event().wait(1.1 * second)
        answers.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert answers[0] == answers[1]


def test_an_unknown_voice_is_refused(synthesiser: Synthesiser) -> None:
    with pytest.raises(BugError, match="f9"):
        synthesiser.say(SENTENCE, "f9", CALM)


def _fundamental(samples: np.ndarray) -> float:
    """Median pitch in Hz, by autocorrelation of 50 ms windows."""
    size, found = RATE // 20, []
    for at in range(0, len(samples) - 2 * size, size):
        window = samples[at : at + 2 * size]
        if np.sqrt(np.mean(window**2)) > 0.05:
            echo = np.correlate(window, window[:size], mode="valid")
            found.append(RATE / (50 + int(np.argmax(echo[50:350]))))
    return float(np.median(found))
