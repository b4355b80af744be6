"""Which utterances the table shows: a query, and quick filters beside it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True)
class ChartFilter:
    """A filter that came from a click on a chart.

    Attributes:
        query: In the filter language.
        words: As `Men, happy → neutral`.
        icon: Of the chart it came from.
    """

    query: str
    words: str
    icon: str = "grid-four"


class FilterState(QObject):
    """The filter in force. A chart's filter is part of the query's text, where it can be read and changed.

    Signals:
        changed(): The query, the chart's filter or a quick filter is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._query = ""
        self._chart: ChartFilter | None = None
        self._quick: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """What the filter bar says."""
        return self._query

    @property
    def chart(self) -> ChartFilter | None:
        """The chart's filter inside the query, while it is still there word for word."""
        return self._chart

    @property
    def quick(self) -> tuple[str, ...]:
        """Queries of the quick filters that are on."""
        return self._quick

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return not self._query.strip() and not self._quick

    def set_query(self, query: str) -> None:
        """Take what was typed; a chart's filter that was edited is no longer the chart's."""
        if query == self._query:
            return
        self._query = query
        if self._chart is not None and self._chart.query not in query:
            self._chart = None
        self.changed.emit()

    def set_chart(self, chart: ChartFilter | None) -> None:
        """Put a chart's filter in the place of the former one (or take it away); typed words stay."""
        if chart == self._chart:
            return
        typed = self._query if self._chart is None else self._query.replace(self._chart.query, " ", 1)
        parts = [" ".join(typed.split()), "" if chart is None else chart.query]
        self._query = " ".join(part for part in parts if part)
        self._chart = chart
        self.changed.emit()

    def set_quick(self, query: str, on: bool) -> None:
        """Switch a quick filter on or off."""
        if on == (query in self._quick):
            return
        self._quick = (*self._quick, query) if on else tuple(q for q in self._quick if q != query)
        self.changed.emit()

    def clear(self) -> None:
        """Show everything."""
        if self.empty and self._chart is None:
            return
        self._query, self._chart, self._quick = "", None, ()
        self.changed.emit()

    def combined(self) -> str:
        """Query and quick filters in one query."""
        quick = " ".join(self._quick)
        if not self._query.strip():
            return quick
        return f"({self._query}) {quick}" if quick else self._query
