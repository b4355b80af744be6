"""Whether what a trial asks about can be heard and seen: nobody may answer for a clip he could not perceive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.annotate.attempt import Attempt
from fairemo_gui.gui.annotate.clip_bar import ClipState
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState

_LOOK_MS = 1000
_NEEDS = {
    Condition.VOICE: {Condition.VOICE},
    Condition.FACE: {Condition.FACE},
    Condition.AV: {Condition.VOICE, Condition.FACE},
}


class Senses(QObject):
    """Bars an attempt while its clip cannot be perceived; looks for a sound device as long as there is none.

    Args:
        engine: Plays.
        silence: Why nothing can be heard on this computer, and the remedy, in words; empty where something can.

    Attributes:
        missing: What is missing, and the remedy; None where all is well.

    Signals:
        changed(): Something else is missing than before, or nothing.
    """

    changed = Signal()

    def __init__(self, engine: PlayerEngine, silence: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._silence = engine, silence
        self.missing: tuple[ClipState, str] | None = None
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(engine.look_for_sound)

    def rest(self) -> None:
        """Nothing is asked about, until the next look."""
        self.missing = None
        self._timer.stop()

    def look(self, attempt: Attempt, condition: Condition, *, play: bool) -> None:
        """Bar the attempt where its clip cannot be perceived; once it can, open it, and play what was not played yet.

        Args:
            attempt: What is worked on.
            condition: What it has to be perceived by.
            play: Nothing else is asked just now.
        """
        missing = self._found(condition)
        if missing == self.missing:
            return
        self.missing = missing
        if missing is not None:
            attempt.bar()
            self._engine.pause()
        else:
            attempt.barred = False
            if play and attempt.resumes_at is not None:
                self._engine.play()
            elif play and attempt.ended_at is None:
                self._engine.replay()
        self.changed.emit()

    def _found(self, condition: Condition) -> tuple[ClipState, str] | None:
        if self._engine.state is PlayerState.FAILED:
            return None
        needs, silence = _NEEDS[condition], self._silence()
        deaf = bool(silence) and Condition.VOICE in needs
        self._timer.start() if deaf else self._timer.stop()
        if deaf:
            return ClipState.UNHEARD, silence
        lacks = needs & self._engine.lacks
        if Condition.VOICE in lacks:
            return ClipState.NO_SOUND, ""
        return (ClipState.NO_PICTURE, "") if lacks else None
