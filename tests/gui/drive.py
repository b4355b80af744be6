"""Pointer and keys for tests, typed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

_PLAIN = Qt.KeyboardModifier.NoModifier


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Left click in the middle, or at a place."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, _PLAIN, at or widget.rect().center())


def press(widget: QWidget, *keys: Qt.Key) -> None:
    """Keys one after the other."""
    for key in keys:
        QTest.keyClick(widget, key)


def hover(widget: QWidget, at: QPoint) -> None:
    """Bring the pointer to a place."""
    QTest.mouseMove(widget, at)


def delete_later_now() -> None:
    """Let go of widgets that wait to be deleted: without a running event loop they pile up from test to test."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
