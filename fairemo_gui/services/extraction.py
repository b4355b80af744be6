"""Face tracks and features of a corpus, made by the compute process, kept by the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fairemo_gui.core.records import Changes, FaceTrack, MediaState
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import CacheInfo, list_caches
from fairemo_gui.features.registry import encoder_entry
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import corpora, faces

_UNUSABLE = {MediaState.MISSING.value, MediaState.BROKEN.value, MediaState.EMPTY.value}


@dataclass(frozen=True)
class Tracking:
    """What tracking faces did.

    Attributes:
        tracked: Utterances tracked now.
        kept: Utterances that had a track already.
        found: Share of the newly tracked frames in which the speaker's face was found; NaN where nothing was tracked.
        skipped: One line per utterance that could not be decoded.
    """

    tracked: int
    kept: int
    found: float
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return {**asdict(self), "found": None if np.isnan(self.found) else self.found}

    def sentence(self) -> str:
        """For people."""
        share = "" if np.isnan(self.found) else f", a face in {100 * self.found:.1f} % of their frames"
        return f"Tracked {self.tracked} utterances{share}; {self.kept} were tracked already."


@dataclass(frozen=True)
class Extraction:
    """What extracting features did.

    Attributes:
        name: The cache's name, `ENCODER@KEY`.
        made: Utterances encoded now.
        kept: Utterances that were there already.
        remade: Damaged parts of the cache that were made again.
        skipped: One line per utterance that could not be encoded.
    """

    name: str
    encoder: str
    modality: str
    cache: str
    dim: int
    made: int
    kept: int
    remade: tuple[str, ...]
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return asdict(self)

    def sentence(self) -> str:
        """For people."""
        damaged = f" Damaged and made again: {', '.join(self.remade)}." if self.remade else ""
        left_out = f"{len(self.skipped)} left out"
        return f"{self.name}: {self.made} utterances encoded, {self.kept} were there, {left_out}.{damaged}"


def untracked(lab: Lab, detector: str | None = None) -> list[int]:
    """Ids of the utterances that have a readable picture and no face track, or none of a detector."""
    rows = lab.workspace.db.execute(
        "SELECT id, media_state FROM utterance WHERE corpus_id = ? AND video IS NOT NULL ORDER BY id", [lab.corpus.id]
    ).fetchall()
    done = faces.tracked(lab.workspace, lab.corpus.id, detector)
    skip = _UNUSABLE | {MediaState.NO_PICTURE.value}
    return [row for row, state in rows if state not in skip and row not in done]


def track_faces(ctx: TaskContext, lab: Lab, detector: str | None = None, weights: Path | None = None) -> Tracking:
    """Track the faces wherever that is still to do; an utterance's tracks are stored as they come.

    A cancel keeps what was finished. `ctx` gets a `Changes` per utterance.

    Args:
        ctx: Progress, changes, cancelling.
        lab: The corpus.
        detector: `mtcnn` or `yunet`: whatever it has not tracked yet; None = MTCNN, for what nobody has tracked.
        weights: File of YuNet's weights.
    """
    todo = untracked(lab, detector)
    kept = len(faces.tracked(lab.workspace, lab.corpus.id, detector))
    if not todo:
        return Tracking(0, kept, float("nan"), ())
    frames: list[tuple[int, int]] = []

    def store(part: dict[str, Any]) -> None:
        tracks = [FaceTrack(**fields) for fields in part["tracks"]]
        speaker = next(track for track in tracks if track.speaker_by is not None)
        frames.append((len(speaker.times), int(np.isfinite(speaker.scores).sum())))
        ctx.emit(faces.replace_tracks(lab.workspace, tracks))

    clips = [asdict(clip) for clip in corpora.clips(lab.workspace, lab.corpus.id, todo)]
    asked = {"clips": clips, "detector": detector or "mtcnn", "weights": None if weights is None else str(weights)}
    result = lab.run(ctx, "fairemo_gui.media.faces:track_faces_task", asked, store)
    seen, found = (sum(column) for column in zip(*frames, strict=True)) if frames else (0, 0)
    return Tracking(len(frames), kept, found / seen if seen else float("nan"), tuple(result["skipped"]))


def extract(ctx: TaskContext, lab: Lab, encoder: str, settings: dict[str, object] | None = None) -> Extraction:
    """Encode the corpus; what is there and still true is kept. Faces are tracked first where the encoder needs them.

    Raises:
        UserError: The encoder or a setting is unknown, or no utterance has what the encoder reads.
    """
    entry = encoder_entry(encoder)
    clips = _with(lab, entry.modality)
    if not clips:
        raise UserError(
            f"No utterance of {lab.corpus.name} has {_NEEDS[entry.modality]}: {encoder} has nothing to read."
        )
    tracks = None
    if entry.modality == "video":
        track_faces(ctx, lab)
        found = {clip["utterance"]: faces.track(lab.workspace, clip["utterance"]) for clip in clips}
        tracks = {str(utterance): _fields(track) for utterance, track in found.items() if track is not None}
    asked = {
        "encoder": encoder, "settings": settings or {}, "clips": clips, "tracks": tracks, "folder": str(lab.features),
    }  # fmt: skip
    try:
        result = lab.run(ctx, "fairemo_gui.features.compute:extract_task", asked)
    finally:
        # A run that was stopped leaves what it had made until then.
        ctx.emit(Changes(frozenset({"features"})))
    codes = {i: code for code, i in corpora.utterance_ids(lab.workspace, lab.corpus.id).items()}
    skipped = tuple(f"{codes[each['utterance']]}: {each['reason']}" for each in result["skipped"])
    return Extraction(
        result["name"], encoder, entry.modality, result["cache"], result["dim"], result["made"], result["kept"],
        tuple(result["remade"]), skipped,
    )  # fmt: skip


_NEEDS = {"audio": "a sound that can be read", "video": "a picture that can be read", "text": "a transcript"}


def _with(lab: Lab, modality: str) -> list[dict[str, Any]]:
    """Fields of the clips that have what a modality needs."""
    states = dict(
        lab.workspace.db.execute(
            "SELECT id, media_state FROM utterance WHERE corpus_id = ?", [lab.corpus.id]
        ).fetchall()
    )
    without = {"audio": MediaState.NO_SOUND, "video": MediaState.NO_PICTURE}
    clips = []
    for clip in corpora.clips(lab.workspace, lab.corpus.id):
        if modality == "text":
            usable = bool(clip.transcript)
        else:
            media = clip.audio if modality == "audio" else clip.video
            usable = media is not None and states[clip.utterance] not in _UNUSABLE | {without[modality].value}
        if usable:
            clips.append(asdict(clip))
    return clips


def _fields(track: FaceTrack) -> dict[str, Any]:
    return {name: getattr(track, name) for name in FaceTrack.__dataclass_fields__}


def modalities(lab: Lab) -> tuple[str, ...]:
    """The modalities a corpus has anything for, in the order audio, text, video."""
    return tuple(modality for modality in ("audio", "text", "video") if _with(lab, modality))


def caches(lab: Lab) -> Sequence[CacheInfo]:
    """The feature caches of the workspace."""
    return list_caches(lab.features)
