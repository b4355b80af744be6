"""Which utterances the table shows: a query, and quick filters beside it; and the way there and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

_MOST = 200
_WORD = re.compile(r'"(?:[^"]|"")*"?|[,()]|[^\s,()"]+')
_SETS = re.compile(r"\b(lasso:)([^\s()]+)", re.IGNORECASE)


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


@dataclass(frozen=True)
class FilterStep:
    """A filter as it stood at one time.

    Attributes:
        query: What the filter bar says, charts' filters included.
        charts: Filters that came from charts, in the order of the clicks.
        quick: Queries of the quick filters that are on, in the order they were switched on.
    """

    query: str = ""
    charts: tuple[ChartFilter, ...] = ()
    quick: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """What was typed beside the charts' filters."""
        rest = self.query
        for chart in self.charts:
            found = _find(chart.query, rest)
            if found is not None:
                rest = f"{rest[: found.start]} {rest[found.stop :]}"
        return " ".join(rest.split())

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return not self.query.strip() and not self.quick

    @property
    def combined(self) -> str:
        """Query and quick filters in one query."""
        quick = " ".join(self.quick)
        if not self.query.strip():
            return quick
        return f"({self.query}) {quick}" if quick else self.query

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the sets it asks for, each once."""
        named = [name for found in _SETS.finditer(self.combined) for name in found[2].split(",")]
        return tuple(dict.fromkeys(named))

    def with_sets(self, names: Mapping[str, str]) -> FilterStep:
        """The same with sets that go by other names."""

        def other(query: str) -> str:
            return _SETS.sub(lambda m: m[1] + ",".join(names.get(name, name) for name in m[2].split(",")), query)

        charts = tuple(replace(chart, query=other(chart.query)) for chart in self.charts)
        return FilterStep(other(self.query), charts, tuple(other(query) for query in self.quick))

    def with_charts(self, charts: tuple[ChartFilter, ...]) -> FilterStep:
        """The same with other filters from charts."""
        parts = [self.typed, *(chart.query for chart in charts)]
        return replace(self, query=" ".join(part for part in parts if part), charts=charts)


class FilterState(QObject):
    """The filter in force. A chart's filter is part of the query's text, where it can be read and changed.

    Signals:
        changed(): The query, a chart's filter or a quick filter is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = FilterStep()
        self._past: list[FilterStep] = []
        self._future: list[FilterStep] = []
        self._typing = False
        self._sets: dict[str, tuple[int, ...]] = {}

    @property
    def now(self) -> FilterStep:
        """The filter in force."""
        return self._now

    @property
    def query(self) -> str:
        """What the filter bar says."""
        return self._now.query

    @property
    def chart(self) -> ChartFilter | None:
        """The newest chart's filter inside the query, while it is still there word for word."""
        return self._now.charts[-1] if self._now.charts else None

    @property
    def quick(self) -> tuple[str, ...]:
        """Queries of the quick filters that are on."""
        return self._now.quick

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return self._now.empty

    @property
    def sets(self) -> Mapping[str, tuple[int, ...]]:
        """Ids of the utterances of sets that were drawn, by the name that `lasso:` takes."""
        return MappingProxyType(self._sets)

    @property
    def can_go_back(self) -> bool:
        """Whether there was a filter before this one."""
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        """Whether this filter was gone back to."""
        return bool(self._future)

    def keep_set(self, name: str, utterances: tuple[int, ...]) -> None:
        """Let `lasso:name` stand for utterances."""
        self._sets[name] = utterances

    def keep_new_set(self, kind: str, utterances: tuple[int, ...]) -> str:
        """Let a new name of a kind, as `cell2`, stand for utterances; what former names stand for stays."""
        name = next(name for k in count(1) if (name := f"{kind}{k}") not in self._sets)
        self.keep_set(name, utterances)
        return name

    def adopt_set(self, name: str, utterances: tuple[int, ...]) -> str:
        """Know a set that was saved; under another name where its own stands for others by now. Return its name."""
        if self._sets.setdefault(name, utterances) == utterances:
            return name
        kind = name.rstrip("0123456789")
        alike = (known for known, found in self._sets.items() if found == utterances)
        same = (known for known in alike if known.rstrip("0123456789") == kind)
        return next(same, None) or self.keep_new_set(kind, utterances)

    def set_query(self, query: str) -> None:
        """Take what was typed; a chart's filter that was edited is no longer the chart's."""
        charts = tuple(chart for chart in self._now.charts if _find(chart.query, query) is not None)
        self._go(FilterStep(query, charts, self._now.quick), typing=True)

    def set_chart(self, chart: ChartFilter | None, narrow: bool = False) -> None:
        """Put a chart's filter in the place of the former ones (None: take them away); typed words stay.

        With `narrow` the former ones stay, too.
        """
        kept = self._now.charts if narrow and chart not in self._now.charts else ()
        self._go(self._now.with_charts((*kept, chart) if chart is not None else ()))

    def remove_chart(self, chart: ChartFilter) -> None:
        """Take one chart's filter away."""
        self._go(self._now.with_charts(tuple(each for each in self._now.charts if each != chart)))

    def remove_typed(self) -> None:
        """Take away what was typed; filters of charts stay."""
        self._go(FilterStep(quick=self._now.quick).with_charts(self._now.charts))

    def set_quick(self, query: str, on: bool) -> None:
        """Switch a quick filter on or off."""
        kept = tuple(each for each in self._now.quick if each != query)
        if on != (query in self._now.quick):
            self._go(replace(self._now, quick=(*kept, query) if on else kept))

    def apply(self, step: FilterStep) -> None:
        """Put a whole filter into force."""
        self._go(step)

    def clear(self) -> None:
        """Show everything."""
        self._go(FilterStep())

    def back(self) -> None:
        """The filter before this one."""
        if self._past:
            self._future.append(self._now)
            self._show(self._past.pop())

    def forward(self) -> None:
        """The filter that was gone back from."""
        if self._future:
            self._past.append(self._now)
            self._show(self._future.pop())

    def forget(self) -> None:
        """Another corpus: sets and the way here mean nothing there."""
        self._past.clear()
        self._future.clear()
        self._sets.clear()

    def combined(self) -> str:
        """Query and quick filters in one query."""
        return self._now.combined

    def _go(self, step: FilterStep, typing: bool = False) -> None:
        if step == self._now:
            return
        # Letters typed one after the other are one step.
        if not (typing and self._typing and _goes_on(self._now.query, step.query)):
            self._past = [*self._past[1 - _MOST :], self._now]
        self._future.clear()
        self._show(step, typing)

    def _show(self, step: FilterStep, typing: bool = False) -> None:
        self._now, self._typing = step, typing
        self.changed.emit()


def _find(part: str, query: str) -> slice | None:
    """Where a chart's filter stands in a query, word for word and not turned round; None = nowhere."""
    wanted, words = _WORD.findall(part), list(_WORD.finditer(query))
    for k in range(len(words) - len(wanted) + 1):
        found = words[k : k + len(wanted)]
        before = words[k - 1][0] if k else ""
        after = words[k + len(wanted)][0] if k + len(wanted) < len(words) else ""
        if wanted and [word[0] for word in found] == wanted and before.lower() not in {"not", ","} and after != ",":
            return slice(found[0].start(), found[-1].end())
    return None


def _goes_on(before: str, after: str) -> bool:
    return bool(after) and (after.startswith(before) or before.startswith(after))
