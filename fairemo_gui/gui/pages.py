"""The pages of the window, one at a time, and where the keyboard goes when another is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.organise.page import OrganisePage
from fairemo_gui.gui.toolbar import ANALYSE, COMPARE, ORGANISE
from fairemo_gui.gui.training_page import TrainingPage


class Pages(QStackedWidget):
    """Analyse, Organise, and Compare, in whose place the training stands while there is one.

    Args:
        switch: The modes' own switch: who walks it with the arrows stays on it.
    """

    def __init__(
        self,
        analyse: AnalysePage,
        compare: ComparePage,
        training: TrainingPage,
        organise: OrganisePage,
        switch: QWidget,
    ) -> None:
        super().__init__()
        self._analyse, self._compare, self._training, self._organise = analyse, compare, training, organise
        self._switch = switch
        for page in (analyse, compare, training, organise):
            self.addWidget(page)

    def mode(self) -> str:
        """What is shown: `analyse`, `compare` or `organise`."""
        return {self._analyse: ANALYSE, self._organise: ORGANISE}.get(self.currentWidget(), COMPARE)

    def turn_to(self, mode: str, *, training: bool = False) -> None:
        """Show a page; the keyboard goes where it was on it, else to where work begins.

        Args:
            mode: `analyse`, `compare` or `organise`.
            training: A net is being trained.
        """
        page = {ANALYSE: self._analyse, ORGANISE: self._organise}.get(
            mode, self._training if training else self._compare
        )
        former, focused = page.focusWidget(), QApplication.focusWidget()
        self.setCurrentWidget(page)
        if focused is not None and self._switch.isAncestorOf(focused):
            focused.setFocus()
        elif former is not None and former.isVisible() and former.isEnabled():
            former.setFocus()
        else:
            self.begin()

    def begin(self) -> None:
        """Bring the keyboard to where work begins on the page shown."""
        page = self.currentWidget()
        if page is self._organise:
            self._organise.show_part(self._organise.shown_part())
        elif page is self._training:
            self._training.curves.setFocus()
        elif page is self._compare:
            self._compare.begin()
        else:
            self._analyse.begin()
