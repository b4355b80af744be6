"""Where playing is: told by what is heard, or by the computer's clock where nothing can be heard."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from fairemo_gui.gui.player.clock import SilentClock
from fairemo_gui.gui.player.extent import Extent
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.player.sound import SoundOutput, Take

# A device that takes nothing for this long is given up; time goes on without it.
_PATIENCE = 2.0


class Playhead(QObject):
    """Starts, follows and stops the clock of one range.

    Signals:
        silenced: Why there is no sound, in words; empty once there is again.
    """

    silenced = Signal(str)

    def __init__(self, latencies: Latencies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.output = SoundOutput(latencies, self)
        self.output.found.connect(self._on_found)
        self.output.opened.connect(self._on_opened)
        self.output.lost.connect(self._on_lost)
        self._has_device: bool | None = None
        self._said = ""
        self._extent: Extent | None = None
        self._silent: SilentClock | None = None
        self._speed, self._loop = 1.0, False
        self._last = 0.0
        self._moved_at = 0.0

    @property
    def running(self) -> bool:
        """Whether time passes."""
        return self._extent is not None

    @property
    def audible(self) -> bool:
        """Whether the sound device tells the time now."""
        return self.running and self._silent is None

    @property
    def silence(self) -> str:
        """Why there is no sound, in words; empty where there is, or where that is not known yet."""
        return self._said

    def look_for_device(self) -> None:
        """Find out, in another thread, whether there is a sound device, until there is one."""
        if not self._has_device:
            self.output.find()

    def start(self, extent: Extent, position: float, speed: float, take: Take | None, *, loop: bool) -> None:
        """Let time pass from a media time on; without a take, silently."""
        self._extent, self._speed, self._loop = extent, speed, loop
        self._last, self._moved_at = position, time.monotonic()
        self._silent = None
        if take is None or self._has_device is False:
            self._go_silent(position)
        else:
            self.output.play(take, position, loop=loop)

    def halt(self) -> None:
        """Stop the clock and the sound."""
        if self.audible:
            self.output.stop()
        self._extent, self._silent = None, None

    def now(self) -> tuple[float, bool]:
        """Media time, and whether the end has been heard or seen."""
        if self._silent is not None:
            self._last, ended = self._silent.position()
            return self._last, ended
        heard = self.output.position()
        at, ended = heard if heard is not None else (self._last, False)
        if at != self._last:
            self._last, self._moved_at = at, time.monotonic()
        elif self.running and not ended and time.monotonic() - self._moved_at > _PATIENCE:
            self._on_lost("The sound device takes no sound")
        return self._last, ended

    def set_speed(self, speed: float) -> None:
        """Let time pass faster or slower; where sound is heard, `swap` does it."""
        self._speed = speed
        if self._silent is not None:
            self._silent.set_speed(speed)

    def swap(self, take: Take) -> None:
        """Go on with the same range at another speed."""
        if self.audible:
            self.output.swap(take)

    def set_loop(self, loop: bool) -> None:
        """Whether the end is followed by the beginning."""
        self._loop = loop
        self.output.set_loop(loop)
        if self._silent is not None:
            self._silent.loop = loop

    def close(self) -> None:
        """Stop the clock, close the device and join its thread."""
        self.halt()
        self.output.close()
        self._has_device = None

    def _go_silent(self, position: float) -> None:
        assert self._extent is not None
        self._silent = SilentClock(self._extent.start, self._extent.end, position, self._speed, loop=self._loop)

    def _on_found(self, has_device: bool) -> None:
        self._has_device = has_device
        self._say("" if has_device else "No sound device: playing silently")

    def _on_opened(self, _: str) -> None:
        self._say("")

    def _say(self, reason: str) -> None:
        if reason != self._said:
            self._said = reason
            self.silenced.emit(reason)

    def _on_lost(self, reason: str) -> None:
        # Another device, or the same again, may be there when it is looked for next.
        self._has_device = None
        self._say(f"{reason}: playing silently")
        if self.audible:
            self.output.stop()
            self._go_silent(self._last)
