"""The second detector: only with the right weights, and its rows read rightly. The weights are not at hand here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media import yunet
from fairemo_gui.media.detectors import load_detector
from fairemo_gui.media.faces import track_faces_task


def test_other_weights_are_refused_before_they_are_parsed(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"no weights")
    with pytest.raises(UserError, match=r"mine\.onnx is not face_detection_yunet_2023mar\.onnx"):
        load_detector("yunet", str(path))
    with pytest.raises(UserError, match="cannot be read"):
        load_detector("yunet", str(tmp_path / "gone.onnx"))


def test_without_weights_it_says_which_file_to_give() -> None:
    with pytest.raises(UserError, match=r"face_detection_yunet_2023mar\.onnx \(--weights\)"):
        track_faces_task(TaskContext(), [], "yunet")
    with pytest.raises(UserError, match="there are mtcnn and yunet"):
        load_detector("haar")


def test_rows_become_boxes_and_landmarks_and_doubtful_ones_are_left_out() -> None:
    marks = [110, 60, 150, 61, 130, 80, 115, 100, 146, 101]
    rows = np.array([[100, 40, 60, 80, *marks, 0.97], [10, 10, 20, 20, *[0] * 10, 0.5]], np.float32)
    found = yunet.faces_of(rows)
    assert found.boxes.tolist() == [[100, 40, 160, 120]]
    assert found.landmarks[0].tolist() == [[110, 60], [150, 61], [130, 80], [115, 100], [146, 101]]
    assert found.scores.tolist() == pytest.approx([0.97])
    assert len(yunet.faces_of(None).boxes) == 0
