"""A sound server of its own with a device that nobody hears, and a recorder that knows when it heard what."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

RATE = 48000
_CHUNK = 240
_AROUND = 500
_AUDIBLE = 0.02
_NEEDED = ("pulseaudio", "parec")


@contextmanager
def sound_server() -> Iterator[None]:
    """A PulseAudio server with one null sink; Qt and the recorder find it by the environment."""
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing:
        raise RuntimeError(f"this benchmark needs {', '.join(missing)} (Debian: pulseaudio, pulseaudio-utils)")
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "native"
        os.environ |= {"PULSE_SERVER": f"unix:{socket}", "PULSE_RUNTIME_PATH": folder}
        server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
             "-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
             "-L", f"module-null-sink sink_name=nul rate={RATE} channels=2"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(socket)
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


@dataclass(frozen=True)
class Recording:
    """What was heard.

    Attributes:
        samples: Left channel, shape (n,), float32.
        starts: Per block of `_CHUNK` samples, when the first sample of all was heard at the latest, by that block's
            arrival and the computer's monotonic clock, seconds.
    """

    samples: npt.NDArray[np.float32]
    starts: npt.NDArray[np.float64]

    def time_of(self, sample: float) -> float:
        """When a sample was heard: as early as the arrival of any block around it allows."""
        block = int(sample) // _CHUNK
        around = self.starts[max(block - _AROUND, 0) : block + _AROUND]
        return float(around.min()) + sample / RATE

    def sound_after(self, moment: float) -> float:
        """When the first sound after a moment was heard, seconds of the monotonic clock; infinite where none was."""
        first = max(round((moment - float(self.starts[-_AROUND:].min())) * RATE), 0)
        loud = np.flatnonzero(np.abs(self.samples[first:]) > _AUDIBLE)
        return self.time_of(first + int(loud[0])) if len(loud) else float("inf")


class Recorder:
    """Records the monitor while it is entered. A null sink without a listener stalls, so one always runs."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._started: list[float] = []
        self._hears = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="recorder")
        command = ["parec", "-d", "nul.monitor", "--raw", "--format=float32le", f"--rate={RATE}", "--channels=1"]
        self._process = subprocess.Popen([*command, "--latency-msec=5"], stdout=subprocess.PIPE)

    def __enter__(self) -> Recorder:
        self._thread.start()
        # The monitor of a device at rest takes a second or two to speak.
        self._hears.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def recording(self) -> Recording:
        """All that was heard so far."""
        blocks = list(self._blocks)
        return Recording(np.frombuffer(b"".join(blocks), np.float32), np.array(self._started[: len(blocks)]))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        count = 0
        while block := self._process.stdout.read(_CHUNK * 4):
            count += len(block) // 4
            self._started.append(time.monotonic() - count / RATE)
            self._blocks.append(block)
            self._hears.set()


def pips(recording: Recording, hertz: float, apart: float) -> npt.NDArray[np.float64]:
    """Monotonic times of the middles of short bursts of a tone that come at least `apart` seconds from each other."""
    return np.array([recording.time_of(middle) for middle in bursts(recording.samples, hertz, apart)])


def bursts(samples: npt.NDArray[np.float32], hertz: float, apart: float) -> list[float]:
    """The same as numbers of samples."""
    power = tone_power(samples, hertz)
    loud = power > 0.05 * power.max(initial=1e-12)
    edges = np.flatnonzero(loud)
    if not len(edges):
        return []
    groups = np.split(edges, np.flatnonzero(np.diff(edges) > apart / 2 * RATE) + 1)
    return [float((group * power[group]).sum() / power[group].sum()) for group in groups]


def tone_power(samples: npt.NDArray[np.float32], hertz: float, width: float = 0.002) -> npt.NDArray[np.float64]:
    """Power of a tone over time, smoothed over `width` seconds, shape (n,)."""
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
    box = np.ones(round(width * RATE)) / round(width * RATE)
    return np.asarray(np.abs(np.convolve(samples * turn, box, mode="same")) ** 2, np.float64)


def _wait_for(socket: Path) -> None:
    until = time.monotonic() + 10
    while not socket.exists():
        if time.monotonic() > until:
            raise RuntimeError("the sound server did not start")
        time.sleep(0.05)
