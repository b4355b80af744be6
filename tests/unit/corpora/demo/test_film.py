from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from fairemo_gui.corpora.demo.espeak import RATE
from fairemo_gui.corpora.demo.film import FRAME_RATE, KEYFRAME_EVERY, draw
from fairemo_gui.corpora.demo.script import write_dialogue
from fairemo_gui.corpora.demo.sheet import HALF_WIDTH, HEIGHT
from fairemo_gui.corpora.demo.soundtrack import record
from tests.unit.corpora.demo.conftest import Films, film


def _samples(path: Path) -> np.ndarray:
    with av.open(path) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def _digests(path: Path) -> tuple[str, str]:
    """Hashes of all decoded pixels and all decoded samples."""
    pixels = hashlib.sha256()
    with av.open(path) as container:
        for frame in container.decode(video=0):
            pixels.update(frame.to_ndarray().tobytes())
    return pixels.hexdigest(), hashlib.sha256(_samples(path).tobytes()).hexdigest()


def test_a_film_is_easy_to_play_and_to_seek_in(films: Films) -> None:
    with av.open(films.path(0)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.pix_fmt) == (2 * HALF_WIDTH, HEIGHT, "yuv420p")
        assert (audio.rate, audio.channels) == (RATE, 1)
        frames = list(container.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx(np.arange(len(frames)) / float(FRAME_RATE))
    keys = [k for k, frame in enumerate(frames) if frame.key_frame]
    assert max(b - a for a, b in pairwise(keys)) <= KEYFRAME_EVERY


def test_the_same_pixels_and_samples_whoever_films_beside(films: Films, tmp_path: Path) -> None:
    alone = film(tmp_path, 0)
    assert alone.timings[0] == films.timings[0]
    assert _digests(alone.path(0)) == _digests(films.path(0))


def test_turns_are_heard_inside_their_times_and_nothing_outside(films: Films) -> None:
    for number, timings in films.timings.items():
        samples = _samples(films.path(number))
        outside = np.ones(len(samples), dtype=bool)
        for timing in timings:
            first, last = int(timing.start * RATE), int(timing.end * RATE)
            outside[first:last] = False
            assert np.sqrt(np.mean(samples[first:last] ** 2)) > 0.02
        assert np.abs(samples[outside]).max() < 0.01
        assert all(a.end + 0.1 < b.start for a, b in pairwise(timings))


def test_word_times_lie_where_the_sound_is(films: Films) -> None:
    for number, timings in films.timings.items():
        samples = _samples(films.path(number))
        for turn, timing in zip(films.dialogues[number].turns, timings, strict=True):
            assert " ".join(word.text for word in timing.words) == turn.sentence
            assert timing.start < timing.words[0].start
            assert timing.words[-1].end < timing.end
            assert all(a.end <= b.start + 1e-6 for a, b in pairwise(timing.words))
            loud = np.abs(samples[int(timing.start * RATE) : int(timing.end * RATE)]) > 0.02
            first = timing.start + float(np.argmax(loud)) / RATE
            assert first == pytest.approx(timing.words[0].start, abs=0.09)


def test_the_speaker_moves_the_mouth_and_the_listener_does_not(films: Films) -> None:
    dialogue, timings = films.dialogues[0], films.timings[0]
    with av.open(films.path(0)) as container:
        luma = np.stack([frame.to_ndarray()[:HEIGHT] for frame in container.decode(video=0)]).astype(np.int16)
    for turn, timing in zip(dialogue.turns, timings, strict=True):
        part = luma[int((timing.start + 0.2) * FRAME_RATE) : int((timing.end - 0.2) * FRAME_RATE), 160:215]
        change = np.abs(np.diff(part, axis=0)).mean(axis=(0, 1))
        left, right = change[90:166].mean(), change[HALF_WIDTH + 90 : HALF_WIDTH + 166].mean()
        speaking, listening = (left, right) if turn.person is dialogue.left else (right, left)
        assert speaking > 1.3 * listening, turn.code


def test_the_picture_says_synthetic(films: Films) -> None:
    with av.open(films.path(0)) as container:
        corner = next(container.decode(video=0)).to_ndarray(format="gray")[4:19, 5:75]
    assert corner.max() > 200
    assert np.median(corner) < 170


def test_drawing_repeats_exactly_in_one_process() -> None:
    dialogue = write_dialogue(3, 5)
    sound = record(dialogue)
    first, second = (list(islice(draw(dialogue, sound), 12)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_worker_loads_neither_qt_nor_torch() -> None:
    code = "import sys, fairemo_gui.corpora.demo.worker; print(*(m for m in ('PySide6', 'torch') if m in sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
