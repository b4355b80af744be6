"""What the window remembers of a user, in one file of their own."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QSettings

from fairemo_gui import paths

_RECENT, _RATER, _THEME = "recent", "rater", "theme"
_MOST_RECENT = 8


class ThemeChoice(StrEnum):
    """Which theme a user wants."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


def open_settings(folder: Path | None = None) -> QSettings:
    """The user's settings file, or one of its own in a folder; made with the first value."""
    return QSettings(str((folder or paths.user_data()) / "settings.ini"), QSettings.Format.IniFormat)


def recent(settings: QSettings) -> list[Path]:
    """Workspaces opened last that are still there, newest first."""
    stored = settings.value(_RECENT, [], list)
    found = [Path(str(each)) for each in stored] if isinstance(stored, list) else []
    return [folder for folder in found if folder.is_dir()]


def remember(settings: QSettings, folder: Path) -> None:
    """Put a workspace first among the recent ones."""
    others = [each for each in recent(settings) if each != folder]
    settings.setValue(_RECENT, [str(each) for each in (folder, *others)][:_MOST_RECENT])


def rater(settings: QSettings) -> str:
    """The code this user's ratings are kept under."""
    return str(settings.value(_RATER, "", str)) or _login()


def set_rater(settings: QSettings, code: str) -> None:
    """Keep this user's ratings under another code from now on."""
    settings.setValue(_RATER, code)


def theme_choice(settings: QSettings) -> ThemeChoice:
    """The theme the user chose."""
    stored = str(settings.value(_THEME, "", str))
    return ThemeChoice(stored) if stored in {choice.value for choice in ThemeChoice} else ThemeChoice.SYSTEM


def set_theme_choice(settings: QSettings, choice: ThemeChoice) -> None:
    """Remember the user's theme."""
    settings.setValue(_THEME, choice.value)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "rater"
