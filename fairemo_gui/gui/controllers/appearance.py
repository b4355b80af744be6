"""Light or dark, following the system unless the user chose."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui import theme
from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.settings import ThemeChoice


class Appearance(QObject):
    """Puts the theme into force and keeps it in step with the system."""

    def __init__(self, settings: QSettings, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._actions = settings, actions
        for choice, action in actions.themes.items():
            action.triggered.connect(lambda _=False, choice=choice: self.choose(choice))
        _application().styleHints().colorSchemeChanged.connect(lambda _: self.apply())
        self.apply()

    def choose(self, choice: ThemeChoice) -> None:
        """Take a theme from now on."""
        remembered.set_theme_choice(self._settings, choice)
        self.apply()

    def apply(self) -> None:
        """Put the theme into force, where it is not already."""
        choice = remembered.theme_choice(self._settings)
        self._actions.themes[choice].setChecked(True)
        wanted = tokens_of(choice)
        if theme.current() is not wanted:
            theme.apply(_application(), wanted)
        self._actions.retheme()


def tokens_of(choice: ThemeChoice) -> theme.Tokens:
    """The colours of a choice."""
    if choice is ThemeChoice.SYSTEM:
        return theme.for_system(_application())
    return theme.DARK if choice is ThemeChoice.DARK else theme.LIGHT


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
