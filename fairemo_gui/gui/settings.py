"""What the window remembers of a user, in one file of their own."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QSettings

from fairemo_gui import paths

_RECENT, _RATER, _THEME = "recent", "rater", "theme"
_LATENCIES, _VOLUME = "player/latencies", "player/volume"
_CURVES, _ESTIMATED = "player/curves", "player/estimated_words"
_RATING_PLAN = "annotate/plan"
_MOST_RECENT = 8


class ThemeChoice(StrEnum):
    """Which theme a user wants."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


def open_settings(folder: Path | None = None) -> QSettings:
    """The user's settings file, or one of its own in a folder; made with the first value."""
    return QSettings(str((folder or paths.user_data()) / "settings.ini"), QSettings.Format.IniFormat)


def read_object(settings: QSettings, key: str) -> dict[str, object]:
    """A JSON object; empty where there is none that can be read."""
    try:
        stored = json.loads(str(settings.value(key, "{}", str)))
    except ValueError:
        return {}
    return stored if isinstance(stored, dict) else {}


def write_object(settings: QSettings, key: str, content: Mapping[str, object]) -> None:
    """Keep a JSON object."""
    settings.setValue(key, json.dumps(content))


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


def latencies(settings: QSettings) -> dict[str, float]:
    """Seconds each calibrated sound device takes, by its description."""
    stored = read_object(settings, _LATENCIES).items()
    return {device: float(seconds) for device, seconds in stored if isinstance(seconds, int | float)}


def set_latencies(settings: QSettings, seconds: Mapping[str, float]) -> None:
    """Remember what every calibrated sound device takes."""
    write_object(settings, _LATENCIES, dict(seconds))


def volume(settings: QSettings) -> int:
    """The player's loudness, per cent."""
    stored = str(settings.value(_VOLUME, "", str))
    return min(int(stored), 100) if stored.isdecimal() else 100


def set_volume(settings: QSettings, percent: int) -> None:
    """Remember the player's loudness."""
    settings.setValue(_VOLUME, percent)


def curves_shown(settings: QSettings) -> bool:
    """Whether pitch and energy are drawn over the spectrogram."""
    return bool(settings.value(_CURVES, False, bool))


def set_curves_shown(settings: QSettings, shown: bool) -> None:
    """Remember whether pitch and energy are drawn."""
    settings.setValue(_CURVES, shown)


def words_estimated(settings: QSettings) -> bool:
    """Whether words without times are lit by proportion."""
    return bool(settings.value(_ESTIMATED, False, bool))


def set_words_estimated(settings: QSettings, estimated: bool) -> None:
    """Remember whether words without times are lit by proportion."""
    settings.setValue(_ESTIMATED, estimated)


def rating_plan(settings: QSettings) -> str:
    """The rating plan used last: the name of a shipped one, or a file; empty where there is none."""
    return str(settings.value(_RATING_PLAN, "", str))


def set_rating_plan(settings: QSettings, plan: str) -> None:
    """Remember the rating plan used last."""
    settings.setValue(_RATING_PLAN, plan)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "rater"
