"""Boxes belong to their picture by its time; what was not found is said."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.core.records import FaceTrack, SpeakerBy
from fairemo_gui.gui.player.faces import FaceBoxes


def track(
    times: list[float],
    lefts: list[float],
    speaking: float | None = None,
    number: int = 0,
    by: SpeakerBy | None = SpeakerBy.CORPUS,
) -> FaceTrack:
    boxes = np.array([[left, 20, left + 40, 80] for left in lefts], np.float32).reshape(-1, 4)
    count = len(times)
    return FaceTrack(
        1, "mtcnn", 1, np.array(times), boxes, np.full(count, 0.987, np.float32),
        np.zeros((count, 5, 2), np.float32), 200, 100, speaking, number, by,
    )  # fmt: skip


def test_box_of_the_nearest_time_as_shares() -> None:
    boxes = FaceBoxes([track([1.0, 1.04, 1.08], [10, 20, 30])])
    assert boxes.at(1.04).active == pytest.approx((0.1, 0.2, 0.3, 0.8))
    assert boxes.at(1.055).active == pytest.approx((0.1, 0.2, 0.3, 0.8))
    assert boxes.at(1.065).active == pytest.approx((0.15, 0.2, 0.35, 0.8))


def test_label_is_the_confidence_that_this_one_speaks_or_that_it_is_a_face() -> None:
    assert FaceBoxes([track([1.0], [10])]).at(1.0).label == "speaking · 0.99"
    assert FaceBoxes([track([1.0], [10], 0.7, by=SpeakerBy.MOUTH)]).at(1.0).label == "speaking · 0.70"
    assert FaceBoxes([track([1.0], [10], by=SpeakerBy.LARGEST)]).at(1.0).label == "speaking? · 0.99"


def test_missing_is_said_not_guessed() -> None:
    boxes = FaceBoxes([track([1.0, 1.04, 1.08], [10, np.nan, 30])])
    marks = boxes.at(1.04)
    assert marks.active is None
    assert marks.missing
    assert boxes.at(1.2).missing
    assert FaceBoxes([track([], [])]).at(0.0).missing


def test_without_tracking_nothing_is_claimed() -> None:
    marks = FaceBoxes().at(1.0)
    assert marks.active is None
    assert not marks.missing


def test_others_are_apart() -> None:
    others = [track([time], [100], number=k, by=None) for k, time in enumerate((1.0, 5.0))]
    marks = FaceBoxes([*others, track([1.0], [10], number=2)]).at(1.0)
    assert marks.active == pytest.approx((0.05, 0.2, 0.25, 0.8))
    assert set(marks.others) == {0}
    assert marks.others[0] == pytest.approx((0.5, 0.2, 0.7, 0.8))
