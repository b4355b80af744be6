"""The Annotate page: a window of its own, with nothing of the program around it or behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QStackedWidget, QVBoxLayout, QWidget

from fairemo_gui.gui.annotate.bars import FootBar, HeadBar
from fairemo_gui.gui.annotate.keys import Keys, On
from fairemo_gui.gui.annotate.screens import Screen, StartScreen
from fairemo_gui.gui.annotate.trial_view import TrialView

TITLE = "Annotate"
_SMALLEST = (960, 640)


class AnnotateWindow(QWidget):
    """Stands instead of the main window while somebody rates: no menu bar, no toolbar, no table behind it.

    Attributes:
        head: The bar above.
        foot: The bar below.
        start, words, trial: The screens.
        keys: What the keys do.

    Signals:
        close_wanted(): The window's own close button was pressed.
    """

    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setObjectName("annotate")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setMinimumSize(*_SMALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.head, self.foot = HeadBar(), FootBar()
        self.start, self.words, self.trial = StartScreen(), Screen(), TrialView()
        self.keys = Keys(self)
        self._screens = QStackedWidget()
        for screen in (self.start, self.words, self.trial):
            self._screens.addWidget(screen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._screens, 1)
        column.addWidget(self.foot)
        self.show_start()

    def show_start(self) -> None:
        """Ask who rates by which plan."""
        self._show(self.start, On.START)
        self.start.code.setFocus()

    def show_words(self) -> None:
        """Words and buttons: consent, a break, the end."""
        self._show(self.words, On.WORDS)

    def show_trial(self) -> None:
        """A clip and its question."""
        self._show(self.trial, On.TRIAL)

    def show_prompt(self) -> None:
        """The keys answer what is asked instead of the answers."""
        self.keys.show(On.PROMPT)
        if self.trial.prompt.line.isVisible():
            self.trial.prompt.line.setFocus()

    @property
    def screen_shown(self) -> QWidget:
        """The screen that is shown."""
        return self._screens.currentWidget()

    def event(self, event: QEvent) -> bool:
        """Space and Enter press a button that was reached with Tab; otherwise they play and submit."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focused = QApplication.focusWidget()
            if event.key() == Qt.Key.Key_Space and isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
                event.accept()
                return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave properly: whoever opened the window closes it."""
        event.ignore()
        self.close_wanted.emit()

    def _show(self, screen: QWidget, keys: On) -> None:
        self._screens.setCurrentWidget(screen)
        self.head.show_leave(screen is self.trial)
        self.keys.show(keys)
        self.setFocus()
