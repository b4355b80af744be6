"""Which utterance is looked at, and which are selected."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The current utterance and the selected ones, by id.

    Signals:
        current_changed(object): The id, or None.
        selected_changed(): The set of selected ids is another.
    """

    current_changed = Signal(object)
    selected_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: int | None = None
        self._selected: tuple[int, ...] = ()

    @property
    def current(self) -> int | None:
        """Id of the utterance looked at."""
        return self._current

    @property
    def selected(self) -> tuple[int, ...]:
        """Ids of the selected utterances, in the table's order."""
        return self._selected

    def set_current(self, utterance: int | None) -> None:
        """Look at another utterance."""
        if utterance != self._current:
            self._current = utterance
            self.current_changed.emit(utterance)

    def set_selected(self, utterances: tuple[int, ...]) -> None:
        """Select utterances."""
        if utterances != self._selected:
            self._selected = utterances
            self.selected_changed.emit()

    def clear(self) -> None:
        """Look at nothing."""
        self.set_selected(())
        self.set_current(None)
