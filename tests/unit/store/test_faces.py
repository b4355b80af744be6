"""Several faces of an utterance, and who of them is said to speak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import FaceTrack, SpeakerBy
from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, faces
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, small_bundle())
        yield opened


def face(number: int, left: float, by: SpeakerBy | None = None, speaking: float | None = None) -> FaceTrack:
    boxes = np.array([[left, 10, left + 40, 60]] * 3, np.float32)
    marks = np.zeros((3, 5, 2), np.float32)
    times, scores = np.arange(3) / 25, np.ones(3, np.float32)
    return FaceTrack(1, "mtcnn", 2, times, boxes, scores, marks, 640, 360, speaking, number, by)


def test_of_several_faces_one_is_the_speakers(workspace: Workspace) -> None:
    faces.replace_tracks(workspace, [face(0, 20), face(1, 200, SpeakerBy.MOUTH, 0.8)])
    assert [each.number for each in faces.tracks(workspace, 1)] == [0, 1]
    speaker = faces.track(workspace, 1)
    assert speaker is not None
    assert (speaker.number, speaker.speaker_by, speaker.speaking) == (1, SpeakerBy.MOUTH, 0.8)


def test_a_choice_by_hand_stands_also_after_tracking_again(workspace: Workspace) -> None:
    faces.replace_tracks(workspace, [face(0, 20), face(1, 200, SpeakerBy.MOUTH, 0.8)])
    changes = faces.choose_speaker(workspace, 1, 0)
    assert (changes.kinds, changes.utterances) == (frozenset({"faces"}), (1,))
    chosen = faces.track(workspace, 1)
    assert chosen is not None
    assert (chosen.number, chosen.speaker_by, chosen.speaking) == (0, SpeakerBy.HAND, None)
    faces.replace_tracks(workspace, [face(0, 202, SpeakerBy.MOUTH, 0.9), face(1, 24)])
    again = faces.track(workspace, 1)
    assert again is not None
    assert (again.number, again.speaker_by) == (1, SpeakerBy.HAND)
    assert again.boxes[0, 0] == 24


def test_a_face_that_is_not_there_cannot_be_chosen(workspace: Workspace) -> None:
    faces.replace_tracks(workspace, [face(0, 20, SpeakerBy.ONLY_FACE)])
    with pytest.raises(UserError, match="no face 2"):
        faces.choose_speaker(workspace, 1, 1)
