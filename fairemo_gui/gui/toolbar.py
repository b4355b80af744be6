"""The toolbar: corpus, mode, verbs; at the right the running job and the one primary button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.job_view import JobView
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.utterances.chips import MenuButton

ANALYSE, ANNOTATE, ORGANISE, COMPARE = "analyse", "annotate", "organise", "compare"


class MainToolbar(QToolBar):
    """40 px at the top.

    Signals:
        mode_chosen(str): `analyse`, `annotate`, `organise` or `compare`.
        corpus_menu_wanted(QMenu): The menu of corpora and workspaces is about to open.
    """

    mode_chosen = Signal(str)
    corpus_menu_wanted = Signal(object)

    def __init__(self, actions: Actions, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self._actions = actions
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFixedHeight(theme.TOOLBAR)
        self.setIconSize(QSize(16, 16))
        self.corpus = _corpus_button()
        self.mode = SegmentedSwitch(
            [
                Option(ANALYSE, "Analyse", hint="Table, player, labels and charts (Ctrl+1)"),
                Option(ANNOTATE, "Annotate", hint="Rate clips blind, with nothing else on the screen (Ctrl+2)"),
                Option(ORGANISE, "Organise", hint="How raters are doing, and what they disagree on (Ctrl+3)"),
                Option(COMPARE, "Compare", hint="Two nets side by side (Ctrl+4)"),
            ],
            "Mode",
        )
        for mode in (ANALYSE, ANNOTATE, ORGANISE, COMPARE):
            # A click leaves the keyboard to the page it opens.
            self.mode.segment(mode).setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.job = JobView(runner)
        self.retrain = KeyButton("Retrain and compare", "arrows-clockwise", "Ctrl+R", "primary")
        self.retrain_plain = KeyButton("Retrain and compare", "arrows-clockwise", "Ctrl+R")
        self.keys = IconButton("keyboard", "Keys (?)")
        self.settings = IconButton("gear", "Settings and colours")
        self._lay_out()
        self._connect_signals()
        self.show_mode(ANALYSE)

    def show_mode(self, mode: str) -> None:
        """Show which page is open; a page with a primary button of its own makes this one plain."""
        self.mode.set_value(mode)
        for action, on in self._retrain_actions:
            action.setVisible((mode == ANALYSE) == on)

    def say_corpus(self, name: str) -> None:
        """Name the corpus shown."""
        self.corpus.setText(name)
        self.corpus.setAccessibleName(f"Corpus {name}")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit into another width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "corpus"):
            self.corpus.setIcon(theme.icon("database"))

    def _fit(self) -> None:
        """Where a running job leaves too little room, verbs give up their words before a button falls off the end."""
        for style in (Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly):
            for verb in self._verbs:
                verb.setToolButtonStyle(style)
            if self.sizeHint().width() <= self.width():
                break

    def _lay_out(self) -> None:
        self.addWidget(self.corpus)
        self.addWidget(_rule())
        self.addWidget(self.mode)
        self.addWidget(_rule())
        actions = self._actions
        self._verbs = [
            _verb(each) for each in (actions.import_corpus, actions.extract, actions.predict, actions.report)
        ]
        for verb in self._verbs:
            self.addWidget(verb)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self._job_action = self.addWidget(self.job)
        self._retrain_actions = ((self.addWidget(self.retrain), True), (self.addWidget(self.retrain_plain), False))
        self.addWidget(_rule())
        self.addWidget(self.keys)
        self.addWidget(self.settings)

    def _show_job(self, shown: bool) -> None:
        if shown != self._job_action.isVisible():
            self._job_action.setVisible(shown)
            self._fit()

    def _connect_signals(self) -> None:
        self.mode.changed.connect(self.mode_chosen)
        self.corpus.menu().aboutToShow.connect(lambda: self.corpus_menu_wanted.emit(self.corpus.menu()))
        for button in (self.retrain, self.retrain_plain):
            button.clicked.connect(self._actions.retrain.trigger)
        self.keys.clicked.connect(self._actions.keys.trigger)
        self.settings.clicked.connect(self._actions.settings.trigger)
        self._actions.retrain.enabledChanged.connect(self.retrain.setEnabled)
        self._actions.retrain.enabledChanged.connect(self.retrain_plain.setEnabled)
        # A toolbar shows and hides its widgets through their actions.
        self.job.visibility_changed.connect(self._show_job)
        self._job_action.setVisible(self.job.shown() is not None)


def _corpus_button() -> MenuButton:
    button = MenuButton("No corpus")
    button.setObjectName("corpus")
    button.setIcon(theme.icon("database"))
    button.setFont(theme.font(theme.BODY, 600))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip("Corpora of this workspace, and other workspaces")
    button.setMenu(QMenu(button))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _verb(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setText(action.text())
    button.setObjectName(f"verb_{action.objectName()}")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _rule() -> QWidget:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.VLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setForegroundRole(rule.palette().ColorRole.Mid)
    rule.setFixedSize(9, 20)
    return rule
