"""Python's cyclic garbage, collected in the window's thread alone and never for long."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 200


class Collector(QObject):
    """Collects between two events what Python would collect in whichever thread happens to make an object.

    A widget or timer of the window that dies in another thread brings Qt down; and a look at every object there is
    takes longer than the sound device's buffer lasts. So what is there now, and stays for good, is not looked at again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        timer = QTimer(self, interval=_EVERY_MS)
        timer.timeout.connect(collect)
        timer.start()


def collect() -> None:
    """Collect the oldest generation that is due, as Python itself would."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
