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
_CHUNK = 960
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
        start: The computer's monotonic clock at the first sample, seconds.
    """

    samples: npt.NDArray[np.float32]
    start: float


class Recorder:
    """Records the monitor while it is entered. A null sink without a listener stalls, so one always runs."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._started: list[float] = []
        self._thread = threading.Thread(target=self._listen, name="recorder")
        command = ["parec", "-d", "nul.monitor", "--raw", "--format=float32le", f"--rate={RATE}", "--channels=1"]
        self._process = subprocess.Popen([*command, "--latency-msec=5"], stdout=subprocess.PIPE)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def recording(self) -> Recording:
        """All that was heard so far; its start is the earliest that any block's arrival allows."""
        samples = np.frombuffer(b"".join(list(self._blocks)), np.float32)
        return Recording(samples, min(self._started))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        count = 0
        while block := self._process.stdout.read(_CHUNK * 4):
            count += len(block) // 4
            self._blocks.append(block)
            self._started.append(time.monotonic() - count / RATE)


def pips(recording: Recording, hertz: float, apart: float) -> npt.NDArray[np.float64]:
    """Monotonic times of the middles of short bursts of a tone that come at least `apart` seconds from each other."""
    power = tone_power(recording.samples, hertz)
    loud = power > 0.05 * power.max(initial=1e-12)
    edges = np.flatnonzero(loud)
    if not len(edges):
        return np.zeros(0)
    groups = np.split(edges, np.flatnonzero(np.diff(edges) > apart / 2 * RATE) + 1)
    middles = [float((group * power[group]).sum() / power[group].sum()) for group in groups]
    return recording.start + np.array(middles) / RATE


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
