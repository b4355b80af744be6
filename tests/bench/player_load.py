"""What playing an utterance costs: `python -m tests.bench.player_load ours|peer FILM`, one player in one process."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.bench.player_rig import Recorder
from tests.bench.players import clip, spin, wait

START, SECONDS = 120.0, 34.0
_PLAYED = 12.0
_SIZE = (690, 420)


def main(which: str, path: Path) -> None:
    """Print CPU in percent of a core while playing, and MiB of memory more than before the utterance was opened."""
    application = QApplication([])
    open_it, play = (_ours if which == "ours" else _peer)(path)
    before = _memory()
    open_it()
    opened = _memory()
    with Recorder():
        play()
        wait(1.0)
        begun, clock = _cpu(), time.monotonic()
        wait(_PLAYED)
        used = (_cpu() - begun) / (time.monotonic() - clock)
        playing = _memory()
    found = {"CPU while playing": used * 100, "memory": opened - before, "memory while playing": playing - before}
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    application.processEvents()
    os._exit(0)


def _ours(path: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    from fairemo_gui.gui.player.engine import PlayerState
    from fairemo_gui.gui.player.item import PlayerItem
    from fairemo_gui.gui.player.view import PlayerView

    view = PlayerView()
    view.resize(*_SIZE)
    view.show()

    def open_it() -> None:
        wait(0.5)
        view.show_item(PlayerItem(clip(path, START, START + SECONDS), "film"))
        spin(lambda: view.is_ready and view.engine.state is PlayerState.PAUSED, 30.0)

    return open_it, view.play


def _peer(path: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    from PySide6.QtCore import QUrl
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer
    from PySide6.QtMultimediaWidgets import QVideoWidget

    player, output, screen = QMediaPlayer(), QAudioOutput(), QVideoWidget()
    player.setAudioOutput(output)
    player.setVideoOutput(screen)
    screen.resize(*_SIZE)
    screen.show()

    def open_it() -> None:
        player.setSource(QUrl.fromLocalFile(str(path)))
        player.pause()
        wait(0.5)
        player.setPosition(round(START * 1000))
        wait(1.0)

    # Held here, or Qt would take them away at once.
    open_it.__dict__["held"] = (output, screen)
    return open_it, player.play


def _memory() -> float:
    """MiB in use now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
