"""Rows of a form: a name at the left, its fields beside it, each with a name for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from fairemo_gui.gui.controls.combo import Combo

_LABEL = 124
Row = tuple[str, list[QWidget]]
"""A name, and what stands beside it."""


def lay_out(rows: Sequence[Row], changed: Callable[[], None]) -> QFormLayout:
    """The rows as a layout; `changed` is called whenever a person edits one of the fields."""
    form = QFormLayout()
    form.setHorizontalSpacing(14)
    form.setVerticalSpacing(6)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for title, fields in rows:
        line = QHBoxLayout()
        line.setSpacing(8)
        for before, field in zip((None, *fields), fields, strict=False):
            _dress(field, f"{title}: {before.text()}" if isinstance(before, QLabel) else title, changed)
            line.addWidget(field, int(isinstance(field, (QLineEdit, QPlainTextEdit))))
        if not isinstance(fields[0], (QLineEdit, QPlainTextEdit)):
            line.addStretch(1)
        label = QLabel(title)
        label.setMinimumWidth(_LABEL)
        form.addRow(label, line)
    return form


def _dress(field: QWidget, title: str, changed: Callable[[], None]) -> None:
    """A name for screen readers, and the live check."""
    if isinstance(field, QCheckBox):
        field.setAccessibleName(f"{title}: {field.text()}" if title else field.text())
        field.toggled.connect(lambda _: changed())
    elif isinstance(field, QLineEdit):
        field.setAccessibleName(title)
        field.textChanged.connect(lambda _: changed())
    elif isinstance(field, QPlainTextEdit):
        field.setAccessibleName(title)
        field.textChanged.connect(changed)
    elif isinstance(field, Combo):
        field.activated.connect(lambda _: changed())
    elif isinstance(field, (QSpinBox, QDoubleSpinBox)):
        field.setAccessibleName(title)
        field.valueChanged.connect(lambda _: changed())
