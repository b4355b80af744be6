"""MTCNN must find the drawn faces in the encoded films."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from fairemo_gui.core.records import CorpusBundle, FaceRegion
from fairemo_gui.corpora.demo.sheet import HALF_WIDTH
from tests.unit.corpora.demo.conftest import Films

pytest.importorskip("facenet_pytorch")


def _found(path: Path, turns: list[tuple[float, float, FaceRegion]], every: int) -> tuple[int, int]:
    """How many of the speakers' faces were found, and in how many frames they were looked for."""
    import torch
    from facenet_pytorch import MTCNN

    torch.set_num_threads(2)
    detector = MTCNN(min_face_size=40, post_process=False, device="cpu")
    with av.open(path) as container:
        frames = [(f.time or 0.0, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]
    halves = []
    for start, end, region in turns:
        shown = [picture for time, picture in frames if start <= time < end][::every]
        columns = slice(0, HALF_WIDTH) if region is FaceRegion.LEFT else slice(HALF_WIDTH, None)
        halves += [picture[:, columns] for picture in shown]
    found = 0
    for k in range(0, len(halves), 32):
        boxes, scores = detector.detect(np.stack(halves[k : k + 32]))
        found += sum(b is not None and s[0] > 0.9 for b, s in zip(boxes, scores, strict=True))
    return found, len(halves)


def test_faces_are_found_in_a_sample(films: Films) -> None:
    found = looked = 0
    for number, dialogue in films.dialogues.items():
        turns = [
            (timing.start, timing.end, FaceRegion.LEFT if turn.person is dialogue.left else FaceRegion.RIGHT)
            for turn, timing in zip(dialogue.turns, films.timings[number], strict=True)
        ]
        hits, frames = _found(films.path(number), turns, every=16)
        found, looked = found + hits, looked + frames
    assert looked > 40
    assert found >= 0.99 * looked


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_faces_are_found_in_the_whole_corpus(corpus: CorpusBundle) -> None:
    found = looked = 0
    for file in sorted({u.video for u in corpus.utterances if u.video}):
        turns = [(u.start or 0.0, u.end or 0.0, u.face_region) for u in corpus.utterances if u.video == file]
        hits, frames = _found(Path(corpus.root) / file, turns, every=1)
        found, looked = found + hits, looked + frames
    assert looked > 4000
    assert found >= 0.95 * looked
