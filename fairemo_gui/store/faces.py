"""Face tracks as plain arrays: every face of an utterance, one of them the speaker's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fairemo_gui.core.records import Changes, FaceTrack, SpeakerBy
from fairemo_gui.errors import UserError
from fairemo_gui.store.workspace import Workspace


def replace_tracks(workspace: Workspace, found: Sequence[FaceTrack]) -> Changes:
    """Store all tracks of one utterance in place of its former ones of the same detector.

    A speaker chosen by hand stays chosen: the new track that lies nearest to the former one.
    """
    utterance, detector = found[0].utterance, found[0].detector
    with workspace.transaction() as db:
        former = next((t for t in tracks(workspace, utterance) if t.speaker_by is SpeakerBy.HAND), None)
        db.table("face_track").delete_where("utterance_id = ? AND detector = ?", [utterance, detector])
        db.table("face_track").insert_all(_row(track) for track in found)
        if former is not None:
            centres = [np.hypot(*(_centre(track) - _centre(former))) for track in found]
            if np.isfinite(centres).any():
                choose_speaker(workspace, utterance, found[int(np.nanargmin(centres))].number)
    return Changes(frozenset({"faces"}), (utterance,))


def tracks(workspace: Workspace, utterance_id: int) -> tuple[FaceTrack, ...]:
    """Every face of an utterance as the detector found them that looked last; empty where none looked."""
    rows = list(workspace.db.table("face_track").rows_where("utterance_id = ?", [utterance_id], order_by="rowid desc"))
    last = [row for row in rows if row["detector"] == rows[0]["detector"]]
    return tuple(_track(row) for row in sorted(last, key=lambda row: int(row["number"])))


def track(workspace: Workspace, utterance_id: int) -> FaceTrack | None:
    """The speaker's face, if it was looked for."""
    return next((t for t in tracks(workspace, utterance_id) if t.speaker_by is not None), None)


def choose_speaker(workspace: Workspace, utterance_id: int, number: int) -> Changes:
    """Say by hand which face is the speaker's.

    Raises:
        UserError: The utterance has no such face.
    """
    with workspace.transaction() as db:
        known = tracks(workspace, utterance_id)
        if number not in {t.number for t in known}:
            raise UserError(f"The utterance has no face {number + 1}: track its faces first.")
        db.execute(
            "UPDATE face_track SET speaking = NULL, speaker_by = IIF(number = ?, ?, NULL) "
            "WHERE utterance_id = ? AND detector = ?",
            [number, SpeakerBy.HAND.value, utterance_id, known[0].detector],
        )
    return Changes(frozenset({"faces"}), (utterance_id,))


def tracked(workspace: Workspace, corpus_id: int, detector: str | None = None) -> set[int]:
    """Ids of the utterances of a corpus whose faces were looked for, by a detector or by any."""
    rows = workspace.db.execute(
        "SELECT DISTINCT utterance_id FROM face_track JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND detector = IFNULL(?, detector)",
        [corpus_id, detector],
    ).fetchall()
    return {row[0] for row in rows}


def _centre(found: FaceTrack) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Mean place of a face, NaN where it is never seen."""
    seen = found.boxes[np.isfinite(found.scores)]
    middles = (seen[:, :2] + seen[:, 2:]) / 2
    return middles.mean(axis=0) if len(seen) else np.full(2, np.nan, np.float32)


def _row(found: FaceTrack) -> dict[str, object]:
    return {
        "utterance_id": found.utterance,
        "detector": found.detector,
        "number": found.number,
        "version": found.version,
        "width": found.width,
        "height": found.height,
        "speaker_by": None if found.speaker_by is None else SpeakerBy(found.speaker_by).value,
        "speaking": found.speaking,
        "times": np.asarray(found.times, "<f8").tobytes(),
        "boxes": np.asarray(found.boxes, "<f4").tobytes(),
        "scores": np.asarray(found.scores, "<f4").tobytes(),
        "landmarks": np.asarray(found.landmarks, "<f4").tobytes(),
    }


def _track(row: Mapping[str, Any]) -> FaceTrack:
    return FaceTrack(
        utterance=row["utterance_id"],
        detector=row["detector"],
        version=row["version"],
        times=np.frombuffer(row["times"], "<f8").astype(np.float64),
        boxes=np.frombuffer(row["boxes"], "<f4").astype(np.float32).reshape(-1, 4),
        scores=np.frombuffer(row["scores"], "<f4").astype(np.float32),
        landmarks=np.frombuffer(row["landmarks"], "<f4").astype(np.float32).reshape(-1, 5, 2),
        width=row["width"],
        height=row["height"],
        speaking=row["speaking"],
        number=row["number"],
        speaker_by=None if row["speaker_by"] is None else SpeakerBy(row["speaker_by"]),
    )
