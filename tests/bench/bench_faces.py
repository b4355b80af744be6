"""Tracking faces beside the detector on every frame: how fast, and how near its boxes."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.corpora.demo.worker import make_film
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import iter_frames
from fairemo_gui.media.detection import Faces
from fairemo_gui.media.detectors import load_detector
from fairemo_gui.media.faces import track_faces
from fairemo_gui.media.mtcnn import detect

PEER = "the same MTCNN on every frame, in batches of 8"
DATA = Path(os.environ.get("FAIREMO_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
REAL = ("single_face.mp4", "face_noface.mov")
SECONDS = 8.0
BATCH = 8
ROUNDS = 2


def rows() -> list[dict[str, Any]]:
    """Frames per second, and per film the mean overlap with the boxes of every frame; real faces where the pack is."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "demo.mp4"
        make_film(0, 0, drawn)
        films = [drawn, *(DATA / "faces" / name for name in REAL if (DATA / "faces" / name).is_file())]
        measured = {path.name: _measure(path, SECONDS) for path in films}
    frames, ours, peer = (sum(column) for column in zip(*(each[:3] for each in measured.values()), strict=True))
    speed, peer_speed = frames / ours, frames / peer
    return [
        {
            "name": "frames per second", "ours": speed, "peer": peer_speed, "peer_name": PEER,
            "ratio": speed / peer_speed, "unit": "frames/s", "n": frames,
        },
        *(
            {
                "name": f"overlap with every frame, {name}", "ours": float(each[3].mean()), "peer": None,
                "peer_name": PEER, "ratio": None, "unit": "mean IoU", "n": len(each[3]),
            }
            for name, each in measured.items()
        ),
    ]  # fmt: skip


def _measure(path: Path, seconds: float) -> tuple[int, float, float, np.ndarray[Any, np.dtype[np.float64]]]:
    """Frames, best seconds of ours and of the peer, and the overlap of each of our boxes with the peer's nearest."""
    clip = Clip(1, None, str(path), 0.0, seconds)
    ours, peer = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        tracks = track_faces(TaskContext(), clip, load_detector())
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        found = _every_frame(path, seconds)
        peer.append(time.perf_counter() - begun)
    return len(found), min(ours), min(peer), _overlaps(tracks, found)


def _every_frame(path: Path, seconds: float) -> list[Faces]:
    pictures = [picture for _, picture in iter_frames(path, 0.0, seconds)]
    batches = (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))
    return [faces for batch in batches for faces in detect(batch)]


def _overlaps(tracks: tuple[FaceTrack, ...], found: list[Faces]) -> np.ndarray[Any, np.dtype[np.float64]]:
    pairs = [
        max(_overlap(track.boxes[k], box) for box in faces.boxes)
        for track in tracks
        for k, faces in enumerate(found)
        if len(faces.boxes) and np.isfinite(track.scores[k])
    ]
    return np.array(pairs)


def _overlap(one: Any, other: Any) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    common = float(np.clip(sides, 0, None).prod())
    return common / (float((one[2:] - one[:2]).prod()) + float((other[2:] - other[:2]).prod()) - common)
