"""Settings of encoders and recipes: from the text of a command line or a stored net to a frozen dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from fairemo_gui.errors import UserError

Settings = TypeVar("Settings")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def read_settings(kind: type[Settings], given: Mapping[str, object], owner: str) -> Settings:
    """A settings dataclass with the given values, converted to its fields' types; the rest keep their defaults.

    Args:
        kind: A frozen dataclass whose fields are `str`, `int`, `float` or `bool`.
        given: Values as text or already typed.
        owner: Who the settings belong to, as in `schmitz2022`; named in errors.

    Raises:
        UserError: A name is unknown or a value cannot be read; names the setting and what is possible.
    """
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise UserError(f"{owner} has no setting “{unknown[0]}”: it knows {', '.join(sorted(known))}.")
    return kind(**{name: _convert(value, hints[name], f"{owner}: {name}") for name, value in given.items()})


def _convert(value: object, wanted: type, where: str) -> Any:
    if wanted is bool:
        return _truth(value, where)
    try:
        if wanted is int and float(str(value)) != int(float(str(value))):
            raise ValueError
        return wanted(float(str(value))) if wanted in (int, float) else str(value)
    except (ValueError, OverflowError) as error:
        kind = "a whole number" if wanted is int else "a number"
        raise UserError(f"{where} must be {kind}, not “{value}”.") from error


def _truth(value: object, where: str) -> bool:
    text = str(value).strip().lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise UserError(f"{where} must be yes or no, not “{value}”.")
