"""How a person wants each chart to be shown: kept from one start to the next, and with saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, Signal

from fairemo_gui.gui.settings import read_object, write_object

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KEY = "charts/looks"
_Record = TypeVar("_Record", bound="DataclassInstance")


class ChartLooks(QObject):
    """Looks by the name of their chart: small records of words, numbers and choices, which each chart reads itself.

    Signals:
        applied(): A saved view brought other looks.
    """

    applied = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._looks = {} if settings is None else _looks_in(read_object(settings, _KEY))

    def of(self, chart: str, plain: _Record) -> _Record:
        """The look of a chart, with whatever is not kept as in `plain`."""
        return read_record(plain, self._looks.get(chart, {}))

    def keep(self, chart: str, look: DataclassInstance) -> None:
        """Somebody wants a chart to be shown like this from now on."""
        self._looks[chart] = asdict(look)
        self._save()

    def every(self) -> dict[str, dict[str, object]]:
        """All looks as plain JSON values."""
        return dict(self._looks)

    def apply(self, looks: Mapping[str, object]) -> None:
        """Take the looks of a saved view; charts it says nothing of stay as they are."""
        self._looks |= _looks_in(looks)
        self._save()
        self.applied.emit()

    def _save(self) -> None:
        if self._settings is not None:
            write_object(self._settings, _KEY, self._looks)


def read_record(plain: _Record, content: Mapping[str, object]) -> _Record:
    """A record of plain JSON values; what is missing, or of another kind, is as in `plain`."""
    known: dict[str, object] = {}
    for field in fields(plain):
        value, kind = content.get(field.name), type(getattr(plain, field.name))
        if issubclass(kind, Enum):
            known |= {field.name: kind(value)} if value in [each.value for each in kind] else {}
        elif kind is tuple and isinstance(value, list | tuple):
            known[field.name] = tuple(str(each) for each in value)
        elif isinstance(value, kind):
            known[field.name] = value
    return type(plain)(**{field.name: known.get(field.name, getattr(plain, field.name)) for field in fields(plain)})


def _looks_in(content: Mapping[str, object]) -> dict[str, dict[str, object]]:
    return {chart: look for chart, look in content.items() if isinstance(look, dict)}
