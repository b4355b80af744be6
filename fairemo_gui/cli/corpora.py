"""`fairemo detect`, `import`, `locate` and `rescue`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import SkipBadOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.tables import print_table


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command("detect")(detect)
    app.command("import")(import_)
    app.command("locate")(locate)
    app.command("rescue")(rescue)


@guarded
def detect(path: Path, as_json: JsonOption = False) -> None:
    """Say what a folder or a table is."""
    from fairemo_gui.corpora.importer import IMPORTERS
    from fairemo_gui.corpora.importer import detect as matches
    from fairemo_gui.corpora.manifest import NEEDED
    from fairemo_gui.errors import UserError

    found = matches(path)
    if not found:
        known = ", ".join(name for name in IMPORTERS if name != "manifest")
        raise UserError(
            f"{path} is none of {known}. If it is one of them, name it: `fairemo import NAME {path} -w WS`; else "
            f"list its clips in a CSV table with the columns {' and '.join(NEEDED)} (speaker, gender, emotion where "
            "known): `fairemo import manifest TABLE.csv -w WS`."
        )
    if as_json:
        print_json({"path": str(path), "matches": [match.to_json() for match in found]})
        return
    for match in found:
        say(f"{match.importer}  {match.title}: {match.why}")


@guarded
def import_(
    corpus: Annotated[str, typer.Argument(help="As `fairemo detect` calls it: iemocap, crema-d, manifest …")],
    path: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest's CSV file.")],
    workspace: WorkspaceOption,
    name: Annotated[str | None, typer.Option(help="Name in the workspace; else the corpus's own.")] = None,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read a corpus into a workspace, which the first import makes; a corpus imported again is brought up to date."""
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
    print_table(table)
    for line in (*report.warnings, *map(str, report.problems)):
        say(f"• {line}")


@guarded
def locate(
    corpus: Annotated[str, typer.Argument(help="The corpus's name in the workspace.")],
    folder: Annotated[Path, typer.Argument(help="Where its media are now.")],
    workspace: WorkspaceOption,
    as_json: JsonOption = False,
) -> None:
    """Say where a corpus's media are after they moved."""
    from fairemo_gui.services.importing import locate_corpus
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        found, _ = locate_corpus(opened, corpora.corpus(opened, corpus), folder)
    if as_json:
        print_json({"corpus": corpus, "root": found.root, "found": found.found, "missing": len(found.missing)})
        return
    say(f"{found.found} of {found.found + len(found.missing)} files of {corpus} are in {found.root}.")
    for path in found.missing[:20]:
        say(f"• missing: {path}")


@guarded
def rescue(
    workspace: Annotated[Path, typer.Argument(help="The damaged workspace; it is left as it is.")],
    to: Annotated[Path, typer.Option("--out", help="The workspace to make of what can be read.")],
    as_json: JsonOption = False,
) -> None:
    """Save what can be read of a damaged workspace into a new one."""
    from fairemo_gui.services.rescue import rescue_workspace

    found = run(lambda ctx: rescue_workspace(ctx, workspace, to))
    if as_json:
        print_json({"workspace": str(to), "tables": found.rows, "lost": found.lost, "notes": list(found.notes)})
        return
    say(f"Saved to {to}:")
    for name, n in found.rows.items():
        say(
            f"  {name}: {n:,}"
            + (f", and {found.lost[name]:,} or more could not be read" if found.lost.get(name) else "")
        )
    for note in found.notes:
        say(f"• {note}")
