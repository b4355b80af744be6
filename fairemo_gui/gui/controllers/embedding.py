"""What the embedding chart shows: computed in the background while it is seen, linked with table and selection."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes
from fairemo_gui.gui.controllers.choices import predictor_of, predictor_words, truth_words
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.controllers.table import TableController
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.embedding.adapt import Setting, embedding_model, rows_of
from fairemo_gui.gui.dashboards.embedding.chart import EmbeddingChart
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingLook, EmbeddingModel, Entry
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.filter_answers import ANSWERS_SET, PLACE_SET
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.projection import Embedding, Embeddings, Kind, Representation, nearest, representations
from fairemo_gui.services.representing import Representing, represent

_NEIGHBOURS = 20
_NAME = "embedding"
_LOOK_INSIDE = "look inside:"
_HIDDEN = "Predictions are hidden (P shows them)."
_BLIND = "Votes are hidden until you have rated (B shows them)."
_TELLING = "Where a point lies among answers would tell its own: extract features to place points without them."
_CONCERNED = {"nets", "predictions", "features", "corpora"}


@dataclass(frozen=True)
class _Found:
    """What can represent the utterances, and where the one asked for puts them."""

    offered: tuple[Representation, ...]
    embedding: Embedding | None


class EmbeddingController(ChartFeeder):
    """Computes and draws the embedding; turns clicks, lassos and neighbours into selection and filter.

    While predictions or votes are hidden nothing that follows from them is shown, on the chart or in what is exported:
    neither classes nor errors nor places among answers. Code, words, group and place among features stay: the clip
    itself tells them.

    Args:
        embeddings: What was computed before; shared with whoever else needs neighbours.

    Signals:
        drawn(): The chart was drawn.
    """

    drawn = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        looks: ChartLooks,
        chart: EmbeddingChart,
        table: TableController,
        view: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        embeddings: Embeddings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "Placing utterances", parent)
        self._feed, self._context, self._selection, self._filters = feed, context, selection, filters
        self._looks, self._chart, self._table, self._view = looks, chart, table, view
        self._embeddings = embeddings
        self._embedding: Embedding | None = None
        self._model: EmbeddingModel | None = None
        self._offered: tuple[Representation, ...] = ()
        self._look = looks.of(_NAME, EmbeddingLook())
        self._answers_shown, self._votes_shown = True, True
        self._connect_signals()

    @property
    def embedding(self) -> Embedding | None:
        """What is drawn."""
        return self._embedding

    def set_predictions_shown(self, shown: bool) -> None:
        """Whether what the predictor says may be told."""
        self._answers_shown = shown
        self._cover()

    def set_blind(self, blind: bool) -> None:
        """Whether votes, and what follows from them, stay hidden."""
        self._votes_shown = not blind
        self._cover()

    @property
    def _untold(self) -> str:
        """Why answers are not told; empty = they are."""
        if not self._votes_shown:
            return _BLIND
        return "" if self._answers_shown else _HIDDEN

    def _covered(self) -> dict[Colouring, str]:
        """Why colours are not shown, for those that would tell."""
        telling = {Colouring.PREDICTION, Colouring.ERROR} | (set() if self._votes_shown else {Colouring.TRUTH})
        return dict.fromkeys(telling, self._untold) if self._untold else {}

    def _cover(self) -> None:
        """What may not be told goes at once, whoever looks; what may comes when it is seen."""
        self._drop()
        self._chart.set_untold(self._covered())
        if self._untold and self._embedding is not None and self._embedding.representation.kind is not Kind.FEATURES:
            self._show_nothing(f"{self._untold} {_TELLING}")
        self._draw()
        self._request()

    def _connect_signals(self) -> None:
        chart = self._chart
        chart.point_activated.connect(self._selection.set_current)
        chart.circled.connect(lambda ids: self._narrow(ids, numbers.counted(len(ids), "point", "points")))
        chart.neighbours_asked.connect(self._on_neighbours)
        chart.entry_activated.connect(self._on_entry)
        chart.representation_chosen.connect(self._on_representation)
        chart.colouring_chosen.connect(self._on_colouring)
        self._looks.applied.connect(self._take_look)
        self._context.changed.connect(self._request)
        self._feed.opened.connect(self._on_opened)
        self._feed.corpus_changed.connect(self._on_opened)
        self._feed.facts_changed.connect(self._request)
        self._feed.store_changed.connect(self._on_store_changed)
        self._table.columns_changed.connect(self._request)
        self._view.shown_changed.connect(self._mark)
        self._selection.selected_changed.connect(self._mark)
        self._selection.current_changed.connect(self._ring)

    def _on_opened(self) -> None:
        self._drop()
        self._embedding = self._model = None
        self._request()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if changes.kinds & _CONCERNED:
            self._request()

    def _on_representation(self, key: str) -> None:
        if key.startswith(_LOOK_INSIDE):
            self._represent(int(key.removeprefix(_LOOK_INSIDE)))
            return
        self._choose(source=next((r.words for r in self._offered if r.key == key), ""))
        self._request()

    def _to_be_computed(self) -> list[Option]:
        """The insides of the net all charts are about, where they are not kept yet and could be."""
        workspace, net = self._feed.workspace, self._feed.facts.net(self._context.choice.net)
        why = self._untold
        known = any(r.kind is Kind.NET for r in self._offered)
        if workspace is None or workspace.read_only or self._context.choice.net is None or net is None or known:
            return []
        return [Option(f"{_LOOK_INSIDE}{net.id}", f"Look inside net {net.id}…", why, "Computed once, then kept.")]

    def _represent(self, net: int) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        lab, name = Lab(workspace, corpus, self._runner.compute), f"Look inside net {net}"

        def ended(outcome: Outcome[Representing]) -> None:
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed(name, outcome.error)
            elif outcome.value is not None:
                self._choose(source="")
                self._messages.inform(outcome.value.sentence())
            self._request()

        self._runner.submit(name, lambda ctx: represent(ctx, lab, net), Lane.COMPUTE, on_end=ended)

    def _on_colouring(self, colouring: Colouring) -> None:
        self._choose(colouring=colouring)
        self._draw()

    def _choose(self, **changed: object) -> None:
        self._look = replace(self._look, **changed)  # type: ignore[arg-type]
        self._looks.keep(_NAME, self._look)

    def _take_look(self) -> None:
        self._look = self._looks.of(_NAME, EmbeddingLook())
        self._draw()
        self._request()

    def _compute(self) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            self._chart.show_empty("No corpus is open yet.", "Import a corpus…")
            return
        predictor, wanted, told = predictor_of(self._context.choice), self._look.source, not self._untold

        def task(ctx: TaskContext) -> _Found:
            offered = representations(workspace, corpus, predictor)
            open_ones = [r for r in offered if told or r.kind is Kind.FEATURES]
            which = next((r for r in open_ones if r.words == wanted), open_ones[0] if open_ones else None)
            found = None if which is None else self._embeddings.of(workspace, corpus, which, ctx.check)
            return _Found(offered, found)

        self._submit(task, self._on_found)

    def _on_found(self, found: _Found) -> None:
        self._offered, self._embedding = found.offered, found.embedding
        self._offer()
        self._draw()

    def _on_failed(self, error: BaseException | None) -> None:
        self._show_nothing(str(error))

    def _show_nothing(self, sentence: str) -> None:
        self._embedding = self._model = None
        self._chart.show_empty(sentence)

    def _offer(self) -> None:
        options = [
            Option(r.key, r.words, "" if r.kind is Kind.FEATURES else self._untold) for r in self._offered
        ] + self._to_be_computed()
        now = self._embedding
        self._chart.set_representations(options, "" if now is None else now.representation.key)
        if now is None and self._offered:
            self._show_nothing(f"{self._untold} {_TELLING}")
        elif now is None:
            self._show_nothing(
                "There is nothing yet that could place these utterances: train a net, or extract features."
            )

    def _draw(self) -> None:
        columns, table, choice = self._table.columns, self._feed.table, self._context.choice
        if self._embedding is None or columns is None or table is None or not np.array_equal(columns.ids, table.ids):
            return
        covered = self._covered()
        colouring = next(c for c in (self._look.colouring, Colouring.TRUTH, Colouring.GROUP) if c not in covered)
        setting = Setting(
            colouring, choice.group, truth_words(choice), predictor_words(choice), not self._untold, self._votes_shown
        )
        self._model = embedding_model(self._embedding, columns, table, setting)
        self._chart.set_model(self._model)
        self._mark()
        self._ring(self._selection.current)
        self.drawn.emit()

    def _mark(self) -> None:
        """Lift what the filter leaves, or what is selected, out of the rest."""
        if self._model is None:
            return
        selected = self._selection.selected
        if len(selected) > 1:
            self._chart.set_marked(rows_of(self._model, selected))
        elif self._view.filtered:
            self._chart.set_marked(rows_of(self._model, self._view.shown_ids()))
        else:
            self._chart.set_marked(None)

    def _ring(self, utterance: int | None) -> None:
        if self._model is None:
            return
        rows = rows_of(self._model, [] if utterance is None else [utterance])
        self._chart.set_current(int(rows[0]) if len(rows) else None)

    def _on_neighbours(self, utterance: int) -> None:
        if self._embedding is None or self._table.columns is None:
            return
        found = [utterance, *(n.utterance for n in nearest(self._embedding, utterance, _NEIGHBOURS))]
        code = self._table.columns.name(self._table.columns.position[utterance])
        self._narrow(tuple(found), f"{code} and its {len(found) - 1} nearest")

    def _narrow(self, ids: tuple[int, ...], words: str) -> None:
        """Show only these in the table: a set under a name that the filter language knows."""
        now = self._embedding
        told = now is not None and now.representation.kind is not Kind.FEATURES
        name = self._filters.keep_new_set(ANSWERS_SET if told else PLACE_SET, ids)
        self._filters.set_chart(ChartFilter(f"lasso:{name}", words, "selection-plus"))

    def _on_entry(self, entry: Entry) -> None:
        self._filters.set_chart(ChartFilter(entry.query, entry.word, "dots-nine"))
