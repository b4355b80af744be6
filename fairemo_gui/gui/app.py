"""Where the window's process begins: application, theme, faults, window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui import theme
from fairemo_gui.gui.controllers.appearance import tokens_of
from fairemo_gui.gui.garbage import Collector
from fairemo_gui.gui.main_window import MainWindow


def make_application() -> QApplication:
    """The application, or the one there is."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setApplicationName("fairemo")
    application = QApplication(sys.argv[:1])
    application.setApplicationDisplayName("FairEmo")
    QGuiApplication.setDesktopFileName("fairemo")
    return application


def run_window(workspace: Path | None = None, demo: bool = False, tour: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the process's exit status.

    Args:
        workspace: Open it; the one opened last where None.
        demo: Make the demo there first, unless it is there.
        tour: Walk through every view and leave pictures there instead of waiting for a person; a person's own layout
            and theme are left alone.
    """
    application = make_application()
    if tour is not None:
        (tour / "settings.ini").unlink(missing_ok=True)
    settings = remembered.open_settings(tour)
    theme.apply(application, tokens_of(remembered.theme_choice(settings)))
    window = MainWindow(settings)
    window.messages.install_hook()
    window.show()
    Collector(application)
    QTimer.singleShot(0, lambda: _begin(window, workspace, demo))
    if tour is not None:
        from fairemo_gui.gui.tour import start_tour

        start_tour(window, tour)
    return application.exec()


def _begin(window: MainWindow, workspace: Path | None, demo: bool) -> None:
    from fairemo_gui.services.demo import has_demo

    if demo and workspace is not None and not has_demo(workspace):
        window.work.make_demo(workspace)
        return
    recent = remembered.recent(window.settings)
    folder = workspace or (recent[0] if recent else None)
    if folder is not None:
        window.open(folder)
