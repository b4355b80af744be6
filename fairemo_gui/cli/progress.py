"""`fairemo progress`."""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import CorpusOption, SeedOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, out, print_json, run, say
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.services.campaign.drift import Drift
    from fairemo_gui.services.campaign.records import CampaignView, RaterFigures


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(progress)


@guarded
def progress(
    workspace: WorkspaceOption,
    rater: Annotated[str | None, typer.Option("--rater", help="Only this rater, on women and men too.")] = None,
    replicates: Annotated[int, typer.Option("--ci", help="Bootstrap replicates for every rater; 0 = none.")] = 0,
    seed: SeedOption = 0,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which rater has done what, how fast, and how well; it shows what raters answered: not for raters."""
    from fairemo_gui.evaluation.intervals import IntervalPlan
    from fairemo_gui.services.campaign.columns import read_campaign
    from fairemo_gui.services.campaign.measure import measure_campaign
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    plan = IntervalPlan(replicates, seed) if replicates > 0 else None
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        view = run(
            lambda ctx: measure_campaign(
                read_campaign(opened, chosen), only=rater, intervals=plan, totals=plan, check=ctx.check
            )
        )  # fmt: skip
    if rater is not None and view.rater(rater) is None:
        raise UserError(f"Nobody called “{rater}” rated in {chosen.name} or was given a sitting; check the code.")
    if as_json:
        print_json(view.to_json())
        return
    if not view.raters and not view.conditions:
        say(f"Nobody has rated in {chosen.name} yet.")
    _print(view)


def _print(view: CampaignView) -> None:
    for plan, version in view.plans:
        say(f"Plan {plan} {version}")
    for found in view.conditions:
        under = int(view.items.under(found.condition).sum())
        say(
            f"{found.condition}: {found.ratings:,} votes on {found.items:,} utterances, {under:,} under "
            f"{view.items.target}; Krippendorff α {_number(found.alpha.value)}"
        )
    kappas = " ".join(f"{condition.value:>5}" for condition in Condition)
    headings = ("done", "left", f"κ {kappas}", "again", "checks", "time", "/min", "drift", "last seen")
    table = Table(box=None, padding=(0, 1), collapse_padding=True, pad_edge=False)
    table.add_column("rater", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for rater in view.raters:
        table.add_row(*_cells(rater))
    if view.raters:
        out.print(table)
    for rater in view.raters:
        for condition, row in rater.genders.items():
            n = f"n = {row.female.ratings} + {row.male.ratings}"
            say(
                f"{rater.code}, {condition}: agrees with the others on {_number(row.female.value)} of women, "
                f"{_number(row.male.value)} of men; {n}"
            )


def _cells(rater: RaterFigures) -> list[str]:
    found = (rater.agreement.get(condition) for condition in Condition)
    kappas = ["–" if kappa is None else _number(kappa.value) for kappa in found]
    passed, met = rater.checks
    return [
        rater.code, f"{rater.done:,}", f"{rater.left:,}", " ".join(f"{kappa:>5}" for kappa in kappas),
        _number(rater.consistency.value), f"{passed}/{met}" if met else "–",
        "–" if isnan(rater.response) else f"{rater.response:.1f} s", _number(rater.pace, 1),
        _drift(rater.drifts["agreement"]),
        f"{datetime.fromtimestamp(rater.last_seen).astimezone():%Y-%m-%d}" if rater.last_seen else "–",
    ]  # fmt: skip


def _drift(drift: Drift) -> str:
    return ("less" if drift.change < 0 else "more") if drift.evident else "–"


def _number(value: float, digits: int = 2) -> str:
    return "–" if isnan(value) else f"{value:.{digits}f}"
