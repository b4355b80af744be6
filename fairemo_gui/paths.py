"""Where resources, model cards, caches and user data live: in a checkout, in a wheel, or in a frozen app."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_APP = "fairemo"


def _shipped(name: str) -> Path:
    """Folder `name` beside the package (checkout) or inside it (wheel); the checkout wins over a stale copy."""
    beside = _PACKAGE.parent / name
    return beside if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / f"_{name}"


def resources() -> Path:
    """Folder with themes, report template and translations."""
    return _shipped("resources")


def model_cards() -> Path:
    """Folder with one TOML card per pretrained encoder and recipe."""
    return _shipped("models")


def user_data() -> Path:
    """Folder for settings and messages of this user."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache() -> Path:
    """Folder for what can be made again."""
    return Path(platformdirs.user_cache_dir(_APP, appauthor=False))
