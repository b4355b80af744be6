"""Sentences that several charts share."""

from __future__ import annotations

from PySide6.QtGui import QFont

from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import width_of
from fairemo_gui.gui.dashboards.model import Group, Provisional

_BETWEEN = (", ", "; ", ": ", " · ", " (")


def whole_parts(line: str, room: float, font: QFont) -> str:
    """As many of a line's parts as there is room for, the first one in any case; its card says the rest."""
    while width_of(line, font) > room and (end := max(line.rfind(between) for between in _BETWEEN)) > 0:
        line = line[:end]
    return line


def size_of(n: int, speakers: int | None, word: str = "") -> str:
    """As `3,512 clips · 43 speakers`, after a group's name where one is given."""
    size = numbers.counted(n, "clip", "clips")
    if speakers is not None:
        size += f" · {numbers.counted(speakers, 'speaker', 'speakers')}"
    return f"{word}: {size}" if word else size


def provisional_words(provisional: Provisional) -> str:
    """Stands where the n stands while a job fills the chart in."""
    return f"provisional, {numbers.count(provisional.done)} of {numbers.count(provisional.total)}"


def minimum_words(group: Group | None) -> str:
    """Why a group is grey; empty where it is not."""
    if group is None or not group.small:
        return ""
    return f"n = {numbers.count(group.n)}, under {group.minimum}"
