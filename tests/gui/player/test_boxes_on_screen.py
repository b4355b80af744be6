"""Every picture that reaches the screen carries the box that belongs to it: read back from the screen itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from pytestqt.qtbot import QtBot

from fairemo_gui.gui import theme
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.view import PlayerView
from tests.gui.player.conftest import clip_of, moving_track, rgb
from tests.unit.media.films import read_number

COLOUR = np.array([int(theme.FACE_BOX[k : k + 2], 16) for k in (1, 3, 5)])


class ScreenReader(QObject):
    """Reads number and box back from the screen after each time the picture was painted."""

    def __init__(self, view: PlayerView) -> None:
        super().__init__(view)
        self._view = view
        self.read: list[tuple[int, float]] = []
        view.picture.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._read)
        return False

    def _read(self) -> None:
        view, place = self._view, self._view.picture.picture_rect().toRect()
        place = QRect(view.picture.mapTo(view, QPoint(place.left(), place.top())), place.size())
        shot = view.screen().grabWindow(view.winId(), place.x(), place.y(), place.width(), place.height())
        pixels = rgb(shot.toImage())
        line = pixels[int(len(pixels) * 110 / 180)].astype(int)
        box = np.flatnonzero(np.abs(line - COLOUR).sum(axis=1) < 12)
        if len(box):
            self.read.append((read_number(pixels), float(box.min() + 1) / pixels.shape[1] * 320))


def test_every_picture_on_the_screen_has_its_box(qtbot: QtBot, view: PlayerView, film: Path) -> None:
    view.show_item(PlayerItem(clip_of(film, 2.0, 5.0), "film", tracks=(moving_track(),)))
    qtbot.waitUntil(lambda: view.is_ready and view.engine.state is PlayerState.PAUSED, timeout=10000)
    reader = ScreenReader(view)
    with qtbot.waitSignal(view.ended, timeout=15000):
        view.play()
    numbers = {number for number, _ in reader.read}
    assert len(numbers) > 40
    wrong = [(number, left) for number, left in reader.read if abs(left - (2 * number - 80)) > 1.0]
    assert not wrong, f"{len(wrong)} of {len(reader.read)}"


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run (Debian: xvfb, xauth)")
@pytest.mark.skipif(os.environ.get("QT_QPA_PLATFORM") == "xcb", reason="runs on an X screen already")
def test_the_same_on_an_x_screen() -> None:
    name = f"{Path(__file__)}::{test_every_picture_on_the_screen_has_its_box.__name__}"
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", sys.executable, "-m", "pytest", "-q", name]
    done = subprocess.run(
        command, env={**os.environ, "QT_QPA_PLATFORM": "xcb"}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "1 passed" in done.stdout
