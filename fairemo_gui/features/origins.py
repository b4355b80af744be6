"""What an array was made from: the content of the media, not its name, so that a replaced file is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.errors import UserError
from fairemo_gui.features.cards import file_sha256
from fairemo_gui.features.shards import write_json

_MEMORY = "media.json"


class Origins:
    """Content hashes of media, remembered with size and time of change so that a file is read once.

    Args:
        folder: The cache's folder, where they are remembered.
        modality: `audio`, `video` or `text`: which content counts.
    """

    def __init__(self, folder: Path, modality: str) -> None:
        self._file = folder / _MEMORY
        self._modality = modality
        self._known: dict[str, list[object]] = _remembered(self._file)

    def of(self, clip: Clip, track: FaceTrack | None) -> str:
        """Hash of the content, the range and the face track's version.

        Raises:
            UserError: The media file is missing.
        """
        if self._modality == "text":
            return hashlib.sha256((clip.transcript or "").encode()).hexdigest()
        media = clip.audio if self._modality == "audio" else clip.video
        content = self._content(Path(media)) if media else "none"
        used = "" if self._modality == "audio" or track is None else f" {track.detector} {track.version}"
        return f"{content} {clip.start} {clip.end}{used}"

    def remember(self) -> None:
        """Keep the hashes for the next time."""
        write_json(self._file, self._known)

    def _content(self, path: Path) -> str:
        try:
            facts = path.stat()
            known = self._known.get(str(path))
            if known is None or known[:2] != [facts.st_size, facts.st_mtime_ns]:
                known = [facts.st_size, facts.st_mtime_ns, file_sha256(path)]
                self._known[str(path)] = known
        except OSError as error:
            raise UserError(f"{path.name} cannot be read ({error.strerror}): locate the corpus again") from error
        return str(known[2])


def _remembered(file: Path) -> dict[str, list[object]]:
    try:
        table = json.loads(file.read_text("utf-8"))
        return {str(path): list(facts) for path, facts in table.items() if len(facts) == 3}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
