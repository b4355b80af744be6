"""Keys, messages, settings and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

import fairemo_gui
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.appearance import Appearance
from fairemo_gui.gui.dialogs.preferences import SettingsDialog
from fairemo_gui.gui.key_sheet import KeySheet, sections
from fairemo_gui.gui.messages import Messages, MessagesDialog

_ABOUT = (
    "FairEmo {version}\n\n"
    "Look at emotion corpora, rate them blind, and audit emotion-recognition models for fairness.\n\n"
    "Apache License 2.0"
)


class Help(QObject):
    """Opens the dialogs that explain and remember.

    Signals:
        rater_changed(str): Ratings are given under another code from now on.
    """

    rater_changed = Signal(str)

    def __init__(
        self,
        window: QWidget,
        settings: QSettings,
        actions: Actions,
        messages: Messages,
        appearance: Appearance,
        page: AnalysePage,
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._actions = window, settings, actions
        self._messages, self._appearance, self._page = messages, appearance, page
        self.dialog: QDialog | None = None

    def show_keys(self) -> None:
        """The key sheet."""
        self._open(KeySheet(sections(self._actions), self._window))

    def show_messages(self) -> None:
        """Every message of this session."""
        self._open(MessagesDialog(self._messages, self._window))

    def show_about(self) -> None:
        """What this program is."""
        box = QMessageBox(self._window)
        box.setWindowTitle("About")
        box.setText(_ABOUT.format(version=fairemo_gui.__version__))
        self._open(box)

    def show_settings(self) -> None:
        """Settings of the user."""
        settings = self._settings
        dialog = SettingsDialog(remembered.rater(settings), remembered.theme_choice(settings), self._window)
        dialog.accepted.connect(lambda: self._save(dialog))
        dialog.calibrate.clicked.connect(self._page.player.calibrate)
        self._open(dialog)

    def _save(self, dialog: SettingsDialog) -> None:
        if dialog.chosen_rater() != remembered.rater(self._settings):
            remembered.set_rater(self._settings, dialog.chosen_rater())
            self.rater_changed.emit(dialog.chosen_rater())
        self._appearance.choose(dialog.chosen_theme())

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.open()
