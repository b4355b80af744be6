"""The model cards shipped with the program."""

from __future__ import annotations

import tomllib
from typing import Any

from fairemo_gui import paths


def cards() -> list[dict[str, Any]]:
    """Every card, by name."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(paths.model_cards().glob("*.toml"))]
