"""`fairemo detect`, `import` and `ratings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import CorpusOption, SkipBadOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, out, print_json, run, say
from fairemo_gui.core.records import Condition

ratings = typer.Typer(help="Ratings made elsewhere.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command("detect")(detect)
    app.command("import")(import_)
    app.add_typer(ratings, name="ratings")


@guarded
def detect(path: Path, as_json: JsonOption = False) -> None:
    """Say what a folder or a table is."""
    from fairemo_gui.corpora.importer import IMPORTERS
    from fairemo_gui.corpora.importer import detect as matches

    found = matches(path)
    if as_json:
        print_json({"path": str(path), "matches": [match.to_json() for match in found]})
        return
    for match in found:
        say(f"{match.importer}  {match.title}: {match.why}")
    if not found:
        say(f"No importer knows {path}. Tried: {', '.join(IMPORTERS)}.")


@guarded
def import_(
    corpus: Annotated[str, typer.Argument(help="emodb, ravdess, crema-d or manifest.")],
    path: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest's CSV file.")],
    workspace: WorkspaceOption,
    name: Annotated[str | None, typer.Option(help="Name in the workspace; else the corpus's own.")] = None,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read a corpus into a workspace; the first import makes the workspace."""
    from fairemo_gui.services.importing import import_corpus

    report, _ = run(lambda ctx: import_corpus(ctx, workspace, corpus, path, name=name, skip_bad=skip_bad))
    if as_json:
        print_json({"workspace": str(workspace), **report.to_json()})
        return
    say(f"{report.utterances} utterances from {report.root}")
    table = Table(box=None)
    counted = {
        "speakers": report.speakers,
        "gender": report.by_gender,
        "emotion": report.by_emotion,
        "media": report.media,
    }
    for title, counts in counted.items():
        table.add_row(title, ", ".join(f"{key} {n}" for key, n in counts.items()))
    table.add_row("ratings", f"{report.ratings} single, {report.vote_rows} rows of counted votes")
    out.print(table)
    for line in (*report.warnings, *map(str, report.problems)):
        say(f"• {line}")


@ratings.command("import")
@guarded
def import_ratings(
    file: Annotated[Path, typer.Argument(help="One rating a row, or counts per clip and condition.")],
    workspace: WorkspaceOption,
    corpus: CorpusOption = None,
    condition: Annotated[Condition, typer.Option(help="Taken where the file has no such column.")] = Condition.AV,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a file of ratings to a corpus."""
    from fairemo_gui.services.importing import import_ratings as add
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        read, _ = add(opened, corpora.corpus(opened, corpus), file, condition, skip_bad=skip_bad)
    if as_json:
        problems = [str(problem) for problem in read.problems]
        print_json({"ratings": len(read.ratings), "vote_rows": len(read.vote_counts), "problems": problems})
        return
    say(f"{len(read.ratings)} ratings and {len(read.vote_counts)} rows of counted votes from {read.name}.")
    for problem in read.problems:
        say(f"• {problem}")
