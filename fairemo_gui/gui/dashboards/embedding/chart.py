"""The embedding chart with its controls: what represents the utterances, and what the colours mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.embedding.canvas import EmbeddingCanvas
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingModel, Entry, Ints
from fairemo_gui.gui.dashboards.strip import Strip

_COLOURINGS = {
    Colouring.TRUTH: "True class",
    Colouring.PREDICTION: "Predicted",
    Colouring.GROUP: "Group",
    Colouring.ERROR: "Error",
}


class EmbeddingChart(Chart):
    """Utterances as points along the two leading principal components of what represents them.

    Signals:
        point_activated(id): A point was chosen.
        circled(ids): A tuple of the utterances inside a lasso or a box.
        neighbours_asked(id): The nearest of an utterance are wanted.
        entry_activated(Entry): A name of the legend was chosen.
        representation_chosen(key): Another representation is wanted.
        colouring_chosen(Colouring): Other colours are wanted.
    """

    point_activated = Signal(int)
    circled = Signal(object)
    neighbours_asked = Signal(int)
    entry_activated = Signal(object)
    representation_chosen = Signal(str)
    colouring_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = EmbeddingCanvas()
        self.representation = Combo("What represents the utterances", longest=232)
        self.colouring = Combo("Colour by", longest=110)
        super().__init__(self._drawing, parent, Strip((self.representation, self.colouring)))
        self._model: EmbeddingModel | None = None
        self.set_untold({})
        self.representation.activated.connect(lambda _: self.representation_chosen.emit(self.representation.value()))
        self.colouring.activated.connect(lambda _: self.colouring_chosen.emit(Colouring(self.colouring.value())))
        for mine, drawn in (
            (self.point_activated, self._drawing.point_activated),
            (self.circled, self._drawing.circled),
            (self.neighbours_asked, self._drawing.neighbours_asked),
        ):
            drawn.connect(mine)
        self._drawing.activated.connect(self._on_activated)

    def set_representations(self, options: Sequence[Option], chosen: str) -> None:
        """Offer what there is."""
        self.representation.set_options(options)
        self.representation.set_value(chosen)

    def set_untold(self, reasons: Mapping[Colouring, str]) -> None:
        """Offer every colouring but those that would tell what is hidden; say why."""
        self.colouring.set_options([Option(c, words, reasons.get(c, "")) for c, words in _COLOURINGS.items()])

    def set_model(self, model: EmbeddingModel) -> None:
        """Show these points."""
        self._model = model
        self.colouring.set_value(model.colouring)
        self._drawing.set_model(model)
        self.show_canvas()

    def set_marked(self, rows: Ints | None) -> None:
        """Draw some points on top at full strength; None = nothing is selected."""
        self._drawing.set_marked(rows)

    def set_current(self, row: int | None) -> None:
        """Ring the utterance that is looked at."""
        self._drawing.set_current(row)

    def rows(self) -> Iterable[Row]:
        """One row per utterance."""
        model = self._model
        if model is None:
            return
        yield ("utterance_id", "pc1", "pc2", str(model.colouring), "group", "about")
        kinds = [entry.word for entry in model.kinds] + [""]
        groups = [entry.word for entry in model.groups] + [""]
        for row, (utterance, (x, y)) in enumerate(zip(model.ids.tolist(), model.points.tolist(), strict=True)):
            yield (utterance, x, y, kinds[model.kind[row]], groups[model.group[row]], model.row_words(row))

    def _render(self, painter: QPainter) -> None:
        """A picture for a paper needs no hints on keys."""
        self._drawing.hints = False
        super()._render(painter)
        self._drawing.hints = True

    def _on_activated(self, payload: object) -> None:
        assert isinstance(payload, Entry)
        self.entry_activated.emit(payload)
