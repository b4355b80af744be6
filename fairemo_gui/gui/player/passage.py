"""Which part of a range is played: all of it, or what somebody selected."""

from __future__ import annotations

from dataclasses import replace

from fairemo_gui.gui.player.reel import Extent
from fairemo_gui.gui.player.sound import Take

SHORTEST = 0.02
"""Seconds a selection lasts at least."""


class Passage:
    """Remembers the selection and its sound."""

    def __init__(self) -> None:
        self.selection: tuple[float, float] | None = None
        self._cut: tuple[Take, Take] | None = None

    def select(self, selection: tuple[float, float] | None) -> bool:
        """Start and end in seconds, None = all; whether that changes anything."""
        changed = selection != self.selection
        if changed:
            self.selection, self._cut = selection, None
        return changed

    def of(self, extent: Extent) -> Extent:
        """The range, or the selection of it."""
        return extent if self.selection is None else replace(extent, start=self.selection[0], end=self.selection[1])

    def heard(self, whole: Take | None) -> Take | None:
        """The sound of what is played, of that of the whole range."""
        if whole is None or self.selection is None:
            return whole
        if self._cut is None or self._cut[0] is not whole:
            self._cut = whole, whole.cut(*self.selection)
        return self._cut[1]
