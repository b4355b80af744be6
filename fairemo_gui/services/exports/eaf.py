"""ELAN files: one per media file, one tier per rater and condition."""

from __future__ import annotations

import posixpath
from pathlib import Path, PurePosixPath
from typing import Any

from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.material import Material
from fairemo_gui.services.exports.plan import Tally
from fairemo_gui.services.exports.tiers import Sheet, plain, sheets

_MILLISECONDS = 3
_MIME = {
    ".wav": "audio/x-wav",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
    ".flv": "video/x-flv",
}


def write_eaf(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write one `.eaf` per media file; times are whole milliseconds, as the format has them."""
    for sheet in sheets(ctx, material, tally, ".eaf", _MILLISECONDS):
        target = folder / sheet.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _document(sheet, material.corpus.root).to_file(str(target), pretty=False)
        tally.files["*.eaf"] += 1


def _document(sheet: Sheet, root: Path) -> Any:
    from pympi.Elan import Eaf

    document = Eaf(author="fairemo")
    document.remove_tier("default")
    for path in sheet.media:
        # ELAN looks at the absolute place first, then beside the file: an export laid over the corpus finds its media.
        beside = posixpath.relpath(path, PurePosixPath(sheet.media[0]).parent)
        kind = _MIME.get(PurePosixPath(path).suffix.lower(), "unknown")
        document.add_linked_file(plain(f"file://{(root / path).as_posix()}"), plain(f"./{beside}"), kind)
    for tier in sheet.tiers:
        document.add_tier(tier.name, part=tier.speaker, ann=tier.rater)
        for interval in tier.intervals:
            document.add_annotation(tier.name, round(interval.start * 1000), round(interval.end * 1000), interval.text)
    return document
