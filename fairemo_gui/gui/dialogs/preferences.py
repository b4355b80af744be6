"""Settings of the user: the code ratings are kept under, the colours, and the way to the sound's delay."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.gui.settings import ThemeChoice

_THEMES = {ThemeChoice.SYSTEM: "as the system", ThemeChoice.DARK: "dark", ThemeChoice.LIGHT: "light"}


class SettingsDialog(FormDialog):
    """Who rates, in which colours; `calibrate` leads to the sound device's delay."""

    def __init__(self, rater: str, theme: ThemeChoice, parent: QWidget | None = None) -> None:
        super().__init__("Settings", "", "Save", parent)
        self.rater = QLineEdit(rater)
        self.rater.setToolTip("An anonymous code will do; it is kept with every rating.")
        self.theme = Combo("Colours")
        self.theme.set_options([Option(choice.value, words) for choice, words in _THEMES.items()])
        self.theme.set_value(theme.value)
        self.add("Your ratings are kept as", "settings_rater", self.rater)
        self.calibrate = QPushButton("Calibrate…")
        self.calibrate.setAutoDefault(False)
        self.add("Colours", "settings_theme", self.theme)
        self.add("Delay of the sound", "settings_calibrate", self.calibrate)
        self.note.setText("Ratings already given keep the code they were given under.")
        self.rater.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))

    def chosen_rater(self) -> str:
        """The code."""
        return self.rater.text().strip()

    def chosen_theme(self) -> ThemeChoice:
        """The colours."""
        return ThemeChoice(self.theme.value())
