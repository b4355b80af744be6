"""`fairemo demo`: the synthetic corpus, made, trained on and shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from fairemo_gui import paths
from fairemo_gui.cli.output import guarded, say


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(demo)


@guarded
def demo(
    to: Annotated[Path | None, typer.Option("--out", help="Folder for the workspace, pictures and report.")] = None,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="Tour the window offscreen and leave pictures.")
    ] = False,
) -> None:
    """Make the demo workspace and open the window; with no screen, tour the window and leave pictures and a report."""
    screen = has_screen()
    touring = no_window or not screen
    folder = (to or (Path("demo") if touring else paths.user_data() / "demo")).absolute()
    command = [sys.executable, "-m", "fairemo_gui", "--workspace", str(folder / "demo.fairemo"), "--demo"]
    environment = dict(os.environ)
    if touring:
        command += ["--tour", str(folder / "tour")]
        environment["QT_QPA_PLATFORM"] = "offscreen"
        say(f"{'' if screen else 'No screen: '}touring the window offscreen; this takes some minutes.")
    ended = subprocess.run(command, env=environment, check=False)
    if ended.returncode == 0 and touring:
        say(f"Pictures and report: {folder / 'tour'}")
    raise typer.Exit(ended.returncode)


def has_screen() -> bool:
    """Whether a window can be seen here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in {"win32", "darwin"}
