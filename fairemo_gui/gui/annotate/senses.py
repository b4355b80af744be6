"""Whether what a trial asks about can be heard and seen: nobody may answer for a clip he could not perceive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.annotate.clip_bar import ClipState
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState

_LOOK_MS = 1000
_NEEDS = {
    Condition.VOICE: {Condition.VOICE},
    Condition.FACE: {Condition.FACE},
    Condition.AV: {Condition.VOICE, Condition.FACE},
}


class Senses(QObject):
    """Looks for a sound device as long as one is needed and there is none.

    Args:
        engine: Plays.
        silence: Why nothing can be heard on this computer, in words; empty where something can.

    Signals:
        changed(): A sound device came or went.
    """

    changed = Signal()

    def __init__(self, engine: PlayerEngine, silence: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._silence = engine, silence
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(engine.look_for_sound)
        engine.silenced.connect(lambda _: self.changed.emit())

    def missing(self, condition: Condition) -> tuple[ClipState, str] | None:
        """What a condition needs and the rater cannot perceive, and the remedy; None where all is well."""
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

    def rest(self) -> None:
        """Nothing is asked about."""
        self._timer.stop()
