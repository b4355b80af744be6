"""Saved views: filter, drawn sets, columns, order of rows and what the charts show, by name, in the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from PySide6.QtCore import QObject

from fairemo_gui.gui.controllers.choices import settled
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartChoice, ChartContext
from fairemo_gui.gui.state.chart_looks import ChartLooks, read_record
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState, FilterStep
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind
from fairemo_gui.store import views


class Views(QObject):
    """Saves, offers and applies them."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        filters: FilterState,
        looks: ChartLooks,
        table: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._filters, self._looks = feed, context, filters, looks
        self._table, self._runner, self._messages = table, runner, messages
        self._saved: dict[str, views.View] = {}
        feed.corpus_changed.connect(self._on_corpus)
        table.chips.saved_chosen.connect(self.apply)
        table.chips.save_requested.connect(self.save)
        table.chips.forget_requested.connect(self.forget)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views of the corpus."""
        return tuple(self._saved)

    def save(self, name: str = "") -> None:
        """Keep what is shown now; without a name it is named after its filter."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        given, content = name.strip() or self._own_name(), self._content()
        self._write("Save the view", lambda _: views.save(workspace, corpus.id, given, content), f"Saved “{given}”.")

    def forget(self, name: str) -> None:
        """Remove a view."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is not None and corpus is not None:
            self._write("Forget the view", lambda _: views.remove(workspace, corpus.id, name), f"Forgot “{name}”.")

    def apply(self, name: str) -> None:
        """Show what was saved, as far as the corpus still has it."""
        view = self._saved.get(name)
        if view is None:
            return
        content, names = view.content, self._adopt([view], say=True)[view.name]
        self._table.table.show_only([str(key) for key in _list(content.get("columns"))])
        order = _mapping(content.get("order"))
        self._table.table.sort_by(str(order.get("by", "code")), bool(order.get("descending")))
        self._looks.apply(_mapping(content.get("looks")))
        choice = read_record(ChartChoice(), _mapping(content.get("charts")))
        self._context.set_choice(settled(choice, self._feed.facts))
        self._filters.apply(_step(_mapping(content.get("filter"))).with_sets(names))

    def _content(self) -> dict[str, object]:
        step, (by, descending) = self._filters.now, self._table.table.sorted_by()
        table, sets = self._feed.table, self._filters.sets
        codes = {} if table is None or not step.sets else dict(zip(table.ids.tolist(), table.codes, strict=True))
        used = {name: [codes[i] for i in sets[name] if i in codes] for name in step.sets if name in sets}
        return {
            "filter": asdict(step),
            "sets": used,
            "columns": list(self._table.table.columns_shown()),
            "order": {"by": by, "descending": descending},
            "charts": asdict(self._context.choice),
            "looks": self._looks.every(),
        }

    def _adopt(self, saved: Iterable[views.View], *, say: bool = False) -> dict[str, dict[str, str]]:
        """Know the sets of views; by view, the name each set goes by. Views from before codes were kept hold ids."""
        sets = {view.name: _mapping(view.content.get("sets")) for view in saved}
        table, known = self._feed.table, dict[str | int, int]()
        if table is not None and any(sets.values()):
            ids = table.ids.tolist()
            known = {**dict(zip(table.codes, ids, strict=True)), **dict(zip(ids, ids, strict=True))}
        names: dict[str, dict[str, str]] = {view: {} for view in sets}
        for view, name, members in ((view, *each) for view, mine in sets.items() for each in mine.items()):
            wanted = [each for each in _list(members) if isinstance(each, str | int)]
            found = tuple(known[each] for each in wanted if each in known)
            names[view][name] = self._filters.adopt_set(name, found)
            if say and len(found) < len(wanted):
                gone = numbers.counted(len(wanted) - len(found), "utterance", "utterances")
                self._messages.inform(f"“{view}” was saved with {gone} more, which this corpus no longer has.")
        return names

    def _own_name(self) -> str:
        chart = self._filters.chart
        return chart.words if chart is not None else self._filters.combined() or "All utterances"

    def _write(self, what: str, task: object, said: str) -> None:
        def end(outcome: Outcome[object]) -> None:
            if outcome.kind is OutcomeKind.SUCCEEDED:
                self._messages.inform(said)
                self._read()
            else:
                self._messages.failed(what, outcome.error)

        self._runner.submit(what, task, Lane.STORE, on_end=end, quiet=True)  # type: ignore[arg-type]

    def _on_corpus(self) -> None:
        """Sets of another corpus mean nothing here; those that views of this one were saved with do."""
        self._filters.forget()
        self._read()

    def _read(self) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        found = [] if workspace is None or corpus is None else views.every(workspace, corpus.id)
        self._saved = {view.name: view for view in found}
        self._adopt(found)
        self._table.chips.set_saved(self.names)


def _step(content: Mapping[str, object]) -> FilterStep:
    charts = [_mapping(each) for each in _list(content.get("charts"))]
    return FilterStep(
        str(content.get("query", "")),
        tuple(ChartFilter(*(str(each.get(key, "")) for key in ("query", "words", "icon"))) for each in charts),
        tuple(str(each) for each in _list(content.get("quick"))),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
