"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="The workspace folder, NAME.fairemo.")]
CorpusOption = Annotated[str | None, typer.Option("--corpus", help="Which corpus, where there are several.")]
SeedOption = Annotated[int, typer.Option(help="Seed; the same seed gives the same result.")]
SkipBadOption = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out and list them.")]
NetOption = Annotated[str, typer.Option("--net", help="Id of the net, or “latest”.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Attributes to group by, as gender,race; several are also crossed.")
]
