"""`fairemo export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairemo_gui.cli.options import CorpusOption, WorkspaceOption, one_of
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.core.records import Truth
from fairemo_gui.services.exports.plan import ExportPlan, Format, Level

_PROGRAMS = {"elan": "eaf", "praat": "textgrid", "fairlearn": "fairness", "aequitas": "fairness"}
"""Formats by the programs that read them."""


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command("export")(export)


@guarded
def export(
    workspace: WorkspaceOption,
    to: Annotated[Path, typer.Option("--out", help="The folder to write; it must not be there yet, or be empty.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv, parquet, json, audformat, eaf (or elan), textgrid (or praat), crema-d, fairness (or fairlearn).",
        ),
    ] = "csv",
    corpus: CorpusOption = None,
    level: Annotated[Level, typer.Option(help="Every rating, what they add up to, or both.")] = Level.BOTH,
    where: Annotated[str, typer.Option(help="Filter, as in the utterance table: gender:f voice:anger.")] = "",
    standing: Annotated[bool, typer.Option("--standing", help="Only ratings that count, not the whole log.")] = False,
    truth: Annotated[Truth | None, typer.Option("--labels", help="For fairness: which labels count as true.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a former export.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a corpus with its ratings and labels for other programs."""
    from fairemo_gui.services.exports.export import export_corpus
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    chosen_form = Format(one_of("--format", _PROGRAMS.get(form, form), tuple(Format)))
    plan = ExportPlan(chosen_form, level, where, standing, truth)
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        report = run(lambda ctx: export_corpus(ctx, opened, chosen, plan, to, force=force))
    if as_json:
        print_json(report.to_json())
        return
    say(f"Wrote {report.folder}")
    for name, rows in report.files.items():
        say(f"  {name}  {rows:,}")
    for why, n in report.left_out.items():
        say(f"• Left out: {n:,} {why}.")
