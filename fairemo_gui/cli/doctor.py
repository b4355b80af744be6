"""`fairemo doctor`: what this machine has and lacks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys

import typer

from fairemo_gui import paths
from fairemo_gui.cli.output import JsonOption, guarded, print_json, say
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
    """Say what this machine has: packages, processors, a screen."""
    found = {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "free_disk_gb": round(shutil.disk_usage(paths.resources()).free / 1e9, 1),
        "screen": bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
        "device": _device(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }
    if as_json:
        print_json(found)
        return
    for key, value in found.items():
        if isinstance(value, dict):
            say(f"{key}:")
            for name, item in value.items():
                say(f"  {name}: {item if item is not None else 'missing'}")
        else:
            say(f"{key}: {value}")


def _device() -> dict[str, object]:
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
