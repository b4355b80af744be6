"""A short trial of the player, heard: `python -m tests.bench.player_trial` prints what a test can hold it to."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.bench.player_rig import Recorder, sound_server
from tests.bench.players import FPS, LOOP, Ours, film_sound, offset_of, p95, seams
from tests.unit.media.films import write_film

_SECONDS = 2.5


def main() -> None:
    """Offsets at two speeds, and a loop of a selection at half speed; milliseconds and samples."""
    with sound_server(), tempfile.TemporaryDirectory() as folder:
        application = QApplication([])
        sound = film_sound(LOOP[1] + 5)
        path = Path(folder) / "film.avi"
        film = write_film(path, LOOP[1] + 5, FPS, codec="mpeg4", sound=sound, sound_codec="pcm_s16le")
        ours, found = Ours(), {}
        for speed in (0.5, 2.0):
            lags = offset_of(ours, film, speed, _SECONDS / min(speed, 1.0))
            found[f"{speed:g}"] = {"mean": float(lags.mean()), "p95": p95(lags), "n": len(lags)}
        with Recorder() as recorder:
            ours.play_selection(film, (LOOP[0] - 2, LOOP[1] + 2), LOOP, 0.5, 5.0)
            gap, silence, outside = seams(recorder.recording().samples, 0.5)
        found["loop"] = {"gap": gap, "silence": silence, "outside": outside}
        ours.close()
        application.processEvents()
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
