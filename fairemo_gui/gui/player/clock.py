"""What time it is in the media: told by the sound device where there is one, by the computer's clock where not."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

_WINDOW = 1.0
# A correction this small per second is invisible; a larger error than _JUMP is a new beginning, not drift.
_SLEW = 0.04
_JUMP = 0.05
# A device that ran out of sound for a moment lags for good: so much less for so long is no stutter of its reports.
_LOST, _LOST_FOR = 0.015, 0.25
# No progress for this long: the device does not consume, so neither does time.
_STALLED = 0.15


class DeviceClock:
    """Smooth seconds played, from a device that only tells now and then, and always a little late.

    A device reports what it has taken in steps; right after a step the report is truest. So the largest lead of report
    over computer clock within the last second is followed, slowly.
    """

    def __init__(self) -> None:
        self._leads: deque[tuple[float, float]] = deque()
        self._lead: float | None = None
        self._last_report = 0.0
        self._moved_at = 0.0
        self._corrected_at = 0.0

    def report(self, played: float, now: float) -> None:
        """Take in what the device says: seconds played, and the computer's clock at that moment."""
        if played <= 0.0:
            return
        if played != self._last_report:
            self._last_report, self._moved_at = played, now
        self._leads.append((now, played - now))
        while self._leads[0][0] < now - _WINDOW:
            self._leads.popleft()
        best = max(lead for _, lead in self._leads)
        lately = [lead for at, lead in self._leads if at >= now - _LOST_FOR]
        lost = self._leads[0][0] < now - _LOST_FOR and best - max(lately) > _LOST
        if lost:
            self._leads = deque(each for each in self._leads if each[0] >= now - _LOST_FOR)
            best = max(lately)
        if self._lead is None or lost or abs(best - self._lead) > _JUMP:
            self._lead = best
        else:
            most = _SLEW * (now - self._corrected_at)
            self._lead += min(max(best - self._lead, -most), most)
        self._corrected_at = now

    def played(self, now: float) -> float:
        """Seconds played by now; stands still while the device does."""
        if self._lead is None:
            return 0.0
        if now - self._moved_at > _STALLED:
            return self._last_report
        return max(now + self._lead, 0.0)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of what was sent to the device without a jump.

    Attributes:
        written: Seconds sent before it.
        media: Media time of its first sample.
        speed: Media seconds per second.
    """

    written: float
    media: float
    speed: float


class Score:
    """Which media time was sent when: turns seconds played into media time across loops and changes of speed."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._end: tuple[float, float] | None = None
        self._lock = threading.Lock()

    def add(self, segment: Segment) -> None:
        """What is sent from now on."""
        with self._lock:
            self._segments.append(segment)
            self._end = None

    def finish(self, written: float, media: float) -> None:
        """Nothing is sent after this many seconds, which is this media time."""
        with self._lock:
            self._end = (written, media)

    def media_time(self, played: float) -> tuple[float, bool]:
        """Media time of the moment `played` seconds after the start, and whether the end has been reached."""
        with self._lock:
            while len(self._segments) > 1 and self._segments[1].written <= played:
                self._segments.pop(0)
            if self._end is not None and played >= self._end[0]:
                return self._end[1], True
            if not self._segments:
                return 0.0, False
            segment = self._segments[0]
            return segment.media + max(played - segment.written, 0.0) * segment.speed, False


class SilentClock:
    """Media time by the computer's clock, for a range without sound or a computer without a sound device."""

    def __init__(self, start: float, end: float, position: float, speed: float, *, loop: bool) -> None:
        self._start, self._end = start, end
        self._from, self._speed = position, speed
        self.loop = loop
        self._since = time.monotonic()

    def set_speed(self, speed: float) -> None:
        """Go on from here at another speed."""
        self._from, self._since, self._speed = self.position()[0], time.monotonic(), speed

    def position(self) -> tuple[float, bool]:
        """Media time, and whether the end has been reached."""
        at = self._from + (time.monotonic() - self._since) * self._speed
        if at < self._end:
            return at, False
        if self.loop and self._end > self._start:
            return self._start + (at - self._start) % (self._end - self._start), False
        return self._end, True
