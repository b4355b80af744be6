"""Face tracks as plain arrays."""

from __future__ import annotations

import numpy as np

from fairemo_gui.core.records import Changes, FaceTrack
from fairemo_gui.store.workspace import Workspace


def add_track(workspace: Workspace, track: FaceTrack) -> Changes:
    """Store a track; one made again by the same detector replaces the former one."""
    row = {
        "utterance_id": track.utterance,
        "detector": track.detector,
        "version": track.version,
        "width": track.width,
        "height": track.height,
        "speaking": track.speaking,
        "times": np.asarray(track.times, "<f8").tobytes(),
        "boxes": np.asarray(track.boxes, "<f4").tobytes(),
        "scores": np.asarray(track.scores, "<f4").tobytes(),
        "landmarks": np.asarray(track.landmarks, "<f4").tobytes(),
    }
    with workspace.transaction() as db:
        db.table("face_track").insert(row, replace=True)
    return Changes(frozenset({"faces"}), (track.utterance,))


def track(workspace: Workspace, utterance_id: int) -> FaceTrack | None:
    """The newest track of an utterance, if it was tracked."""
    rows = list(
        workspace.db.table("face_track").rows_where(
            "utterance_id = ?", [utterance_id], order_by="version desc", limit=1
        )
    )
    if not rows:
        return None
    row = rows[0]
    return FaceTrack(
        utterance=utterance_id,
        detector=row["detector"],
        version=row["version"],
        times=np.frombuffer(row["times"], "<f8").astype(np.float64),
        boxes=np.frombuffer(row["boxes"], "<f4").astype(np.float32).reshape(-1, 4),
        scores=np.frombuffer(row["scores"], "<f4").astype(np.float32),
        landmarks=np.frombuffer(row["landmarks"], "<f4").astype(np.float32).reshape(-1, 5, 2),
        width=row["width"],
        height=row["height"],
        speaking=row["speaking"],
    )


def tracked(workspace: Workspace, corpus_id: int) -> set[int]:
    """Ids of the utterances of a corpus that have a track."""
    rows = workspace.db.execute(
        "SELECT utterance_id FROM face_track JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ?",
        [corpus_id],
    ).fetchall()
    return {row[0] for row in rows}
