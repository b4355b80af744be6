"""Every target, by name."""

from __future__ import annotations

from tests.fuzz import bundles, folders, grammars, tables
from tests.fuzz.inputs import TARGETS
from tests.fuzz.values import well_formed

__all__ = ["TARGETS", "bundles", "folders", "grammars", "tables"]

for _name in ("bundle", "export-about", "msp-consensus-json", "msp-detailed-json"):
    TARGETS[f"{_name}-values"] = well_formed(TARGETS[_name])
