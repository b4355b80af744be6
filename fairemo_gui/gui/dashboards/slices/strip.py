"""The controls above the slices: which figure, which attributes, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from fairemo_gui.evaluation.slices import Figure
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.slices.rows import ATTRIBUTE_WORDS, Sort, figure_word
from fairemo_gui.services.slice_attributes import TRUE_EMOTION
from fairemo_gui.services.slices import figures_of

_DEPTH = 3
_LEAST_FIGURE, _LEAST_COMBO, _WORDS = 96, 58, 480
_ONE_CLASS = "Slices by true emotion hold one class each: compare accuracy, error rate or Brier."


@dataclass(frozen=True)
class SliceChoice:
    """What is sliced.

    Attributes:
        by: Attributes that are crossed; empty = not chosen yet.
        search: All intersections are searched for the worst instead.
    """

    figure: Figure = field(default_factory=Figure)
    by: tuple[str, ...] = ()
    search: bool = False


@dataclass(frozen=True)
class SliceLook:
    """A choice in words, for any corpus.

    Attributes:
        figure: Its name.
        emotion: Of a figure that is of one.
        sort: Order of the rows.
    """

    figure: str = Figure().name
    emotion: str = ""
    by: tuple[str, ...] = ()
    search: bool = False
    sort: Sort = Sort.WORST

    def on(self, choice: SliceChoice, classes: Sequence[str]) -> SliceLook:
        """Another choice, among the classes of a corpus; a search begins by evidence, an intersection worst first."""
        figure, usual = choice.figure, Sort.EVIDENCE if choice.search else Sort.WORST
        emotion = "" if figure.emotion is None else classes[figure.emotion]
        sort = self.sort if choice.search == self.search else usual
        return SliceLook(figure.name, emotion, choice.by, choice.search, sort)

    def choice(self, classes: Sequence[str]) -> SliceChoice:
        """As far as a corpus of these classes has it."""
        emotion = classes.index(self.emotion) if self.emotion in classes else None
        figure = Figure(self.figure, emotion)
        return SliceChoice(figure if figure in figures_of(classes) else Figure(), self.by, self.search)


class SliceStrip(QWidget):
    """One row of controls.

    Signals:
        changed(): The choice is another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = Combo("Figure", self, longest=130)
        self.by = [Combo(f"Attribute {k + 1}", self, longest=112) for k in range(_DEPTH)]
        self.search = QPushButton("Find worst", self)
        self.search.setCheckable(True)
        self.search.setToolTip("Search every intersection of up to three attributes for the worst served slices")
        self._figures: dict[str, Figure] = {}
        self._attributes: tuple[str, ...] = ()
        self._assemble()
        self.figure.activated.connect(lambda _: self._on_changed())
        for combo in self.by:
            combo.activated.connect(lambda _: self._on_attribute())
        self.search.toggled.connect(lambda _: self._on_changed())

    def choice(self) -> SliceChoice:
        """What is chosen."""
        by = tuple(dict.fromkeys(combo.value() for combo in self.by if combo.value()))
        return SliceChoice(self._figures.get(self.figure.value(), Figure()), by, self.search.isChecked())

    def set_choice(self, choice: SliceChoice) -> None:
        """Show a choice, without a signal."""
        name = next((key for key, figure in self._figures.items() if figure == choice.figure), "")
        self.figure.set_value(name)
        self._settle(choice.by)
        self.search.blockSignals(True)
        self.search.setChecked(choice.search)
        self.search.blockSignals(False)

    def offer(self, figures: Sequence[Figure], attributes: Sequence[str], classes: tuple[str, ...]) -> None:
        """Offer figures and attributes; what was chosen stays where it is still there."""
        self._figures = {figure_word(figure, classes): figure for figure in figures}
        self.figure.set_options([Option(word, word) for word in self._figures])
        self._attributes = tuple(attributes)
        self._settle(self.choice().by or tuple(attributes[:1]))

    def _settle(self, by: Sequence[str]) -> None:
        """The first of the attributes must be one; no attribute is offered twice; some do not go with the figure."""
        off = {TRUE_EMOTION: _ONE_CLASS} if self.choice().figure.needs_classes else {}
        taken = [name for name in by if name in self._attributes and name not in off]
        taken = (taken or [name for name in self._attributes if name not in off])[:_DEPTH]
        for k, combo in enumerate(self.by):
            others = set(taken) - set(taken[k : k + 1])
            options = [Option("", "none")] if k else []
            options += [Option(a, ATTRIBUTE_WORDS[a], off.get(a, "")) for a in self._attributes if a not in others]
            combo.set_options(options)
            combo.set_value(taken[k] if k < len(taken) else "")
            combo.setEnabled(k <= len(taken))

    def _on_attribute(self) -> None:
        self.search.blockSignals(True)
        self.search.setChecked(False)
        self.search.blockSignals(False)
        self._on_changed()

    def _on_changed(self) -> None:
        self._settle(self.choice().by)
        self.changed.emit()

    def _assemble(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 6, 9, 2)
        row.setSpacing(6)
        row.addWidget(self.figure)
        for combo, least in ((self.figure, _LEAST_FIGURE), *((combo, _LEAST_COMBO) for combo in self.by)):
            combo.setMinimumWidth(least)
            combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = [QLabel("×" if k else "by", self) for k in range(_DEPTH)]
        for word, combo in zip(self._words, self.by, strict=True):
            row.addWidget(word)
            row.addWidget(combo)
        row.addStretch(1)
        row.addWidget(self.search)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the words, then the third attribute where none is chosen, before the others."""
        super().resizeEvent(event)
        for word in self._words:
            word.setVisible(event.size().width() >= _WORDS)
        self.by[-1].setVisible(event.size().width() >= _WORDS or bool(self.by[-1].value()))

    def minimumSizeHint(self) -> QSize:
        """Narrower than its controls like to be."""
        return QSize(300, super().minimumSizeHint().height())
