"""`fairemo sweep`: a recipe at every point of a grid, with several seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.nets import (
    ClassesOption,
    FoldsOption,
    GroupOption,
    LearnOption,
    RecipeOption,
    SettingsOption,
    key_values,
    open_lab,
)
from fairemo_gui.cli.options import (
    ByOption,
    CorpusOption,
    ReplicatesOption,
    SeedOption,
    WorkspaceOption,
    interval_plan,
    listed,
)
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.spread import mean_sd, print_seeds
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core.numbers import counted
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.services.sweep import Sweep

_OVERVIEW = (("macro_f1", ""), ("uar", ""), ("macro_f1_gap", "by"), ("dpd", "by"), ("eod", "by"))


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(sweep)


@guarded
def sweep(
    workspace: WorkspaceOption,
    recipe: RecipeOption = "schmitz2022",
    grid: Annotated[
        list[str] | None, typer.Option("--grid", help="key=a,b,c: values to try; repeated, every combination.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Nets per point of the grid, from --seed upwards.")] = 3,
    labels: LearnOption = None,
    settings: SettingsOption = None,
    classes: ClassesOption = None,
    folds: FoldsOption = 1,
    group: GroupOption = "speaker",
    seed: SeedOption = 0,
    by: ByOption = "gender",
    replicates: ReplicatesOption = 1000,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train every point of a grid with several seeds on one division of speakers, and show how the numbers spread."""
    from fairemo_gui.services.sweep import SweepPlan
    from fairemo_gui.services.sweep import sweep as train_all
    from fairemo_gui.services.training import TrainPlan

    base = TrainPlan(recipe, labels, classes, key_values(settings), folds, group, seed)
    plan = SweepPlan(base, _grid(grid), seeds)
    intervals = interval_plan(replicates, None, "speaker", 0)
    with open_lab(workspace, corpus) as lab:
        found = run(lambda ctx: train_all(ctx, lab, plan, listed(by), intervals))
    print_json(found.to_json()) if as_json else _print_sweep(found)


def _grid(given: list[str] | None) -> dict[str, tuple[object, ...]]:
    """`["dropout=0.1,0.3"]` as values per setting."""
    found: dict[str, tuple[object, ...]] = {}
    for text in given or ():
        key, _, values = text.partition("=")
        tried = tuple(key_values([f"{key}={value}"], "--grid")[key.strip()] for value in listed(values))
        if not tried:
            raise UserError(f"--grid {text}: write it as key=a,b,c.")
        if len(set(tried)) < len(tried) or key.strip() in found:
            raise UserError(f"--grid {text}: a setting or a value stands there twice.")
        found[key.strip()] = tried
    return found


def _print_sweep(found: Sweep) -> None:
    if len(found.points) > 1:
        _print_overview(found)
    for point in found.points:
        if point.name:
            say(f"\n{point.name}")
        print_seeds(point.view)
        if point.reused:
            words = "it was there already: net" if len(point.reused) == 1 else "they were there already: nets"
            say(f"• Not trained again, {words} {', '.join(map(str, point.reused))}.")


def _print_overview(found: Sweep) -> None:
    """One point per row: mean ± sd over seeds."""
    runs = found.points[0].view.runs
    by = next(iter(runs.sizes), "")
    table = Table(
        title=f"Mean ± sd over {counted(found.plan.seeds, 'seed')}, gaps by {by}", box=None, padding=(0, 1, 0, 0)
    )
    for heading in ("", *(runs.definitions[key].title for key, _ in _OVERVIEW)):
        table.add_column(heading)
    for point in found.points:
        cells = (point.view.runs.at(key, by if where else "") for key, where in _OVERVIEW)
        table.add_row(point.name, *(mean_sd(cell) for cell in cells))
    print_table(table)
