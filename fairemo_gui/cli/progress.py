"""`fairemo progress`."""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from fairemo_gui.cli.options import CorpusOption, SeedOption, WorkspaceOption, interval_plan
from fairemo_gui.cli.output import JsonOption, guarded, out, print_json, run, say
from fairemo_gui.core.numbers import counted, rate, short
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.evaluation.agreement import Agreement
    from fairemo_gui.services.campaign.drift import Drift
    from fairemo_gui.services.campaign.records import CampaignView, RaterFigures


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(progress)


@guarded
def progress(
    workspace: WorkspaceOption,
    rater: Annotated[str | None, typer.Option("--rater", help="Only this rater, on women and men too.")] = None,
    replicates: Annotated[int, typer.Option("--ci", min=0, help="Bootstrap replicates for every rater; 0 = none.")] = 0,
    seed: SeedOption = 0,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which rater has done what, how fast, and how well; it shows what raters answered: not for raters."""
    from fairemo_gui.services.campaign.columns import read_campaign
    from fairemo_gui.services.campaign.measure import measure_campaign
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    plan = interval_plan(replicates, None, "speaker", seed)
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
        rated = f"{counted(found.ratings, 'rating')} on {counted(found.items, 'utterance')}"
        measured = {"": found.alpha} if found.alpha.utterances or not found.scales else {}
        measured |= {f" of {scale}": alpha for scale, alpha in found.scales.items()}
        alphas = "; ".join(f"Krippendorff α{of} {rate(a.value, 2)}, n = {a.utterances:,}" for of, a in measured.items())
        say(f"{found.condition}: {rated}, {under:,} under {view.items.target}; {alphas}")
    if view.raters:
        out.print(_table(view.raters))
        for line in _legend(view):
            say(line)
    for rater in view.raters:
        if rater.genders:
            say(f"{rater.code}: {rate(rater.pace, 1)} answers per minute, n = {rater.given:,}")
        for condition, row in rater.genders.items():
            n = f"n = {row.female.ratings} + {row.male.ratings}"
            say(
                f"{rater.code}, {condition}: agrees with the others on {rate(row.female.value, 2)} of women, "
                f"{rate(row.male.value, 2)} of men; {n}"
            )


def _table(raters: tuple[RaterFigures, ...]) -> Table:
    """One row each; 80 characters hold codes of seven."""
    digits = max(
        len(f"{found.ratings}") for rater in raters for found in (*rater.agreement.values(), rater.consistency)
    )
    kappas = " ".join(f"{f'κ {condition}':>{5 + digits}}" for condition in Condition)
    table = Table(box=None, padding=(0, 1), collapse_padding=True, pad_edge=False)
    table.add_column("rater", overflow="fold")
    for heading in ("done", "left", kappas, "again", "checks", "time", "drift", "last seen"):
        table.add_column(heading, justify="right", no_wrap=True)
    for rater in raters:
        table.add_row(*_cells(rater, digits))
    return table


def _cells(rater: RaterFigures, digits: int) -> list[str | Text]:
    passed, met = rater.checks
    again, timed = rater.consistency, rater.drifts["response"].n
    same = round(again.value * again.ratings) if again.ratings else 0
    return [
        rater.code, f"{rater.done:,}", f"{rater.left:,}",
        Text(" ").join(_kappa(rater.agreement.get(condition), digits) for condition in Condition),
        f"{same}/{again.ratings}" if again.ratings else "–", f"{passed}/{met}" if met else "–",
        Text("–" if isnan(rater.response) else f"{rater.response:.1f} s", _tone(timed)),
        _drift(rater.drifts["agreement"]),
        f"{datetime.fromtimestamp(rater.last_seen).astimezone():%Y-%m-%d}" if rater.last_seen else "–",
    ]  # fmt: skip


def _kappa(found: Agreement | None, digits: int) -> Text:
    if found is None:
        return Text(f"{'–':>{5 + digits}}", "dim")
    return Text(f"{short(rate(found.value, 2)):>4} {found.ratings:>{digits}}", _tone(found.ratings))


def _tone(n: int) -> str:
    from fairemo_gui.services.campaign.records import few

    return "dim" if few(n) else ""


def _drift(drift: Drift) -> str:
    return ("less" if drift.change < 0 else "more") if drift.evident else "–"


def _legend(view: CampaignView) -> list[str]:
    return [
        "κ: agreement with the other raters, and the answers it rests on;",
        f"   under {view.minimum_n} answers it is grey and judges nobody.",
        "again: repeated items answered the same way, of those met.",
        "checks: attention checks passed, of those met.",
        "time: median from the clip's end to the answer.",
        "drift: agrees less or more with the others towards the end of sittings, where",
        f"   p ≤ .05 after Holm's correction for {counted(view.looks, 'rater')} with {view.minimum_n} answers or more.",
    ]
