"""Number fields of the rating plan's form."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from fairemo_gui.gui import theme

_SPIN = 78


class Number(QDoubleSpinBox):
    """A number without needless zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.ROW)
        self.setMaximumWidth(2 * _SPIN)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's own hook
        """As short as it goes."""
        return f"{value:g}"


def spin(low: int, high: int, special: str = "", suffix: str = "") -> QSpinBox:
    """A whole number; the least one may stand for a word."""
    box = QSpinBox()
    box.setRange(low, high)
    box.setSpecialValueText(special)
    box.setSuffix(suffix)
    box.setFixedHeight(theme.ROW)
    box.setFixedWidth(_SPIN + (26 if special else 0))
    return box


def exact(field: QSpinBox | QDoubleSpinBox, former: float) -> float:
    """What a field says; the number it was filled with, where that is larger or finer than the field can show."""
    fine = field.decimals() if isinstance(field, QDoubleSpinBox) else None
    shown = min(round(former, fine), field.maximum())
    return former if field.value() == shown else field.value()
