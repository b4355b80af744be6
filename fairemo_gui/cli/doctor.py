"""`fairemo doctor`: what this machine has and lacks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from fairemo_gui import paths
from fairemo_gui.cli.demo import has_screen
from fairemo_gui.cli.output import JsonOption, guarded, print_json, say
from fairemo_gui.core.numbers import counted
from fairemo_gui.errors import FairemoError
from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import TaskContext

_PACKAGES = (
    "PySide6", "pyqtgraph", "av", "torch", "torchaudio", "transformers", "facenet-pytorch", "opencv-python-headless",
    "sqlite-utils", "fairlearn", "scikit-learn", "espeakng-loader",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(doctor)


@guarded
def doctor(as_json: JsonOption = False) -> None:
    """Say what this machine has and lacks: processors, a GPU, a screen, sound, packages."""
    found: dict[str, Any] = {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "cores": os.cpu_count() or 1,
        "free_disk_gb": round(shutil.disk_usage(paths.resources()).free / 1e9, 1),
        "screen": has_screen(),
        "sound": _has_sound(),
        "device": _device(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }
    lacks = tuple(_lacks(found))
    if as_json:
        print_json({**found, "lacks": lacks})
        return
    for line in _has(found):
        say(line)
    say("Lacking:" if lacks else "Nothing is lacking.")
    for line in lacks:
        say(f"• {line}")


def _has(found: Mapping[str, Any]) -> Iterator[str]:
    """What there is, in words."""
    device = found["device"]
    yield f"Python {found['python']} on {found['system']}"
    memory = f" ({device['memory_gb']} GB)" if device.get("memory_gb") else ""
    computes = {None: "nothing", "cpu": "the processor"}.get(device["name"], device["name"])
    yield f"{counted(found['cores'], 'core')}, {found['free_disk_gb']} GB of disk free"
    yield f"Nets compute on {computes}{memory}"
    words = {True: "yes", False: "no", None: "not known on this system"}
    yield f"Screen: {words[found['screen']]}"
    yield f"Sound device: {words[found['sound']]}"
    yield "Packages: " + ", ".join(f"{name} {version}" for name, version in found["packages"].items() if version)


def _lacks(found: Mapping[str, Any]) -> Iterator[str]:
    """What is not there, what cannot be done for it, and the remedy."""
    device = found["device"]
    if device["name"] is None:
        yield f"Nets: nothing can be trained or predicted ({device['error']}); run `make setup` again."
    elif device["name"] == "cpu":
        yield "GPU: training takes longer without; an NVIDIA card with its driver is used unasked."
    if not found["screen"]:
        yield (
            "Screen: no window can open; log in at a desktop or set DISPLAY. Every command works, and `fairemo demo "
            "--no-window` leaves pictures of every view."
        )
    if found["sound"] is False:
        yield (
            "Sound device: clips play silently and Annotate closes voice and AV; plug one in and start the system's "
            "sound server (PipeWire or PulseAudio)."
        )
    if missing := [name for name, version in found["packages"].items() if version is None]:
        yield f"Packages: {', '.join(missing)}; run `make setup` again."


def _has_sound() -> bool | None:
    """Whether the system has a card, or a sound server that may have one; None where only a window could tell."""
    if sys.platform != "linux":
        return None
    server = Path(os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"), "pulse", "native")
    return bool(os.environ.get("PULSE_SERVER")) or server.exists() or any(Path("/dev/snd").glob("pcm*p"))


def _device() -> dict[str, Any]:
    """What the compute process computes on, or why it cannot start: the rest is worth saying all the same."""
    compute = ComputeProcess()
    try:
        return compute.run("fairemo_gui.services.device:describe", {}, TaskContext())
    except FairemoError as error:
        return {"name": None, "error": str(error)}
    finally:
        compute.close()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
