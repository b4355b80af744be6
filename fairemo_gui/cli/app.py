"""The command line: `fairemo COMMAND`. Each family of commands registers itself on the one application."""

from __future__ import annotations

import typer

import fairemo_gui
from fairemo_gui.cli import (
    agreement,
    charts,
    comparison,
    corpora,
    demo,
    doctor,
    exports,
    nets,
    plans,
    progress,
    ratings,
    slices,
    sweep,
    thresholds,
    what_if,
)

app = typer.Typer(
    name="fairemo",
    help="Look at emotion corpora, rate them blind, and audit emotion-recognition models for fairness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for family in (
    demo, corpora, plans, ratings, progress, nets, what_if, sweep, charts, slices, thresholds, comparison, agreement,
    exports, doctor,
):  # fmt: skip
    family.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(fairemo_gui.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Look at emotion corpora, rate them blind, and audit emotion-recognition models for fairness."""
