"""Which part of a range the timeline shows."""

from __future__ import annotations

_NARROWEST = 0.02
_PAGE_TO = 0.1
_EPSILON = 1e-9


class Span:
    """The part in view of a range, seconds.

    Args:
        first: Beginning of the range.
        last: End of the range.
    """

    def __init__(self, first: float = 0.0, last: float = 0.0) -> None:
        self.first, self.last = first, last
        self.start, self.end = first, last

    @property
    def length(self) -> float:
        """Seconds in view."""
        return self.end - self.start

    @property
    def zoomed(self) -> bool:
        """Whether something is out of view."""
        return self.length < self.last - self.first - _EPSILON

    def holds(self, time: float) -> bool:
        """Whether a time is in view."""
        return self.start - _EPSILON <= time <= self.end + _EPSILON

    def show_all(self) -> None:
        """The whole range."""
        self.start, self.end = self.first, self.last

    def zoom(self, factor: float, around: float) -> None:
        """Show a `factor`-th of what is in view; a time in view keeps its place, another comes to the middle."""
        whole = self.last - self.first
        length = min(max(self.length / factor, min(_NARROWEST, whole)), whole)
        share = (around - self.start) / self.length if self.length > 0 and self.holds(around) else 0.5
        self._place(around - share * length, length)

    def pan(self, seconds: float) -> None:
        """Show what comes later, or earlier where negative."""
        self._place(self.start + seconds, self.length)

    def page_to(self, time: float) -> None:
        """Turn to the page on which a time is near the left edge."""
        self._place(time - _PAGE_TO * self.length, self.length)

    def _place(self, start: float, length: float) -> None:
        self.start = min(max(start, self.first), self.last - length)
        self.end = self.start + length
