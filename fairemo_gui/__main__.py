"""`python -m fairemo_gui`: the window where no command is given, else the command line."""

from __future__ import annotations

import sys
from pathlib import Path


def cli() -> None:
    """The command line, `fairemo`."""
    from fairemo_gui.cli.app import app

    app()


def window() -> None:
    """The window, `fairemo-gui [--workspace W] [--demo] [--tour DIR]`."""
    import argparse

    from fairemo_gui.gui.app import run_window

    parser = argparse.ArgumentParser(prog="fairemo-gui", description="Open the window.")
    parser.add_argument("--workspace", type=Path, help="the workspace to open (NAME.fairemo)")
    parser.add_argument("--demo", action="store_true", help="make the synthetic demo there first, as a job")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="walk through every view, leave pictures and a report")
    options = parser.parse_args()
    sys.exit(run_window(workspace=options.workspace, demo=options.demo, tour=options.tour))


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1].partition("=")[0] in {"--workspace", "--demo", "--tour"}:
        window()
    else:
        cli()
