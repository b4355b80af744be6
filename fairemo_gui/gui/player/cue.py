"""What is played and what comes next: clips, each under a condition, as reels of the library."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player.extent import Extent, Wanted
from fairemo_gui.gui.player.library import Library
from fairemo_gui.gui.player.reel import Analysis, Reel


class Cue(QObject):
    """One clip that was chosen, told of as it is decoded, and perhaps one that is expected after it.

    Args:
        library: Makes the reels.

    Attributes:
        clip: What was chosen; None = nothing.
        condition: What of it may be perceived.
        reel: Its reel; None where nothing was chosen, or it failed.
        extent: What there is to play of it; None until that is known.

    Signals:
        loaded: The `Extent`: first of all, and once.
        noted: Something is not as expected, in words.
        arrived: More has been decoded.
        analysed: The `Analysis` of its sound; again once F0 and energy are there.
        failed: Why nothing can be played, in words.
    """

    loaded = Signal(object)
    noted = Signal(str)
    arrived = Signal()
    analysed = Signal(object)
    failed = Signal(str)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clip: Clip | None = None
        self.condition = Condition.AV
        self.reel: Reel | None = None
        self.extent: Extent | None = None
        self._analysis: Analysis | None = None
        self._problem: str | None = None
        self._next: tuple[Clip, Condition | None] | None = None
        self._library = library
        library.news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)

    @property
    def expects(self) -> bool:
        """Whether a clip is expected that nothing has been decoded of yet."""
        return self._next is not None

    def clear(self) -> None:
        """Choose nothing; what is expected stays so."""
        self.clip, self.reel, self.extent = None, None, None
        self._analysis, self._problem = None, None

    def choose(self, clip: Clip, condition: Condition, speed: float) -> None:
        """Take up a clip under a condition and tell what is there of it; what is under way for others is forgotten."""
        self.clear()
        self.clip, self.condition = clip, condition
        self.reel = self._library.obtain(_wanted(clip, condition), speed)
        self._library.clear_way(self.reel)
        self._on_news(self.reel)

    def expect(self, clip: Clip | None, condition: Condition | None) -> None:
        """Say what comes next, and under which condition: the same where None."""
        self._next = None if clip is None else (clip, condition)

    def fetch_next(self, speed: float) -> None:
        """Have what is expected decoded; to be called once nothing is missing of what was chosen."""
        if self._next is None:
            return
        (clip, condition), self._next = self._next, None
        if self.reel is not None and clip != self.clip:
            for wanted in (_wanted(clip, condition or self.condition), self.reel.wanted):
                self._library.obtain(wanted, speed)

    def _on_news(self, reel: Reel) -> None:
        """Something of a reel arrived."""
        if reel is not self.reel:
            return
        if reel.failure is not None:
            self._library.forget(reel.wanted)
            self.reel = None
            self.failed.emit(reel.failure)
            return
        if reel.extent is not None and self.extent is None:
            self.extent = reel.extent
            self.loaded.emit(reel.extent)
            for note in reel.extent.notes:
                self.noted.emit(note)
        if reel.problem is not None and reel.problem != self._problem:
            self._problem = reel.problem
            self.noted.emit(reel.problem)
        if self.extent is not None:
            self.arrived.emit()
        if reel.analysis is not None and reel.analysis is not self._analysis:
            self._analysis = reel.analysis
            self.analysed.emit(reel.analysis)


def _wanted(clip: Clip, condition: Condition) -> Wanted:
    return Wanted(clip, condition is not Condition.VOICE, condition is not Condition.FACE)
