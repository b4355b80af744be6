"""Every target, by name."""

from __future__ import annotations

from tests.fuzz import folders, grammars, tables
from tests.fuzz.inputs import TARGETS

__all__ = ["TARGETS", "folders", "grammars", "tables"]
