"""`fairemo plan`: rating plans: check one, show one, begin one of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fairemo_gui.cli.options import CorpusOption
from fairemo_gui.cli.output import JsonOption, guarded, print_json, say
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.errors import UserError

plans = typer.Typer(help="Rating plans: what raters are asked, about which clips, and how often.", no_args_is_help=True)

PlanArgument = Annotated[str, typer.Argument(help="A plan's file, or the name of a shipped one, as crema-d.")]


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.add_typer(plans, name="plan")


@plans.command("check")
@guarded
def check_plan(
    plan: PlanArgument,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Hold the plan against a corpus of this workspace.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a plan can be carried out; with a workspace, on its corpus."""
    read = _plan(plan)
    facts: dict[str, Any] = {"name": read.name, "version": read.version, "sha256": read.sha256}
    if workspace is not None:
        facts |= _on_corpus(read, workspace, corpus)
    if as_json:
        print_json(facts)
        return
    say(f"{read.name}, version {read.version}, can be carried out (sha256 {read.sha256[:12]}…).")
    if "items" in facts:
        lacking = ", ".join(f"{n} without {c}" for c, n in facts["missing"].items())
        say(f"In {facts['corpus']} it has {facts['items']} clips{f' ({lacking})' if lacking else ''}.")


@plans.command("show")
@guarded
def show_plan(plan: PlanArgument, as_json: JsonOption = False) -> None:
    """Print a plan in its canonical form, in which what goes without saying is left out."""
    read = _plan(plan)
    if as_json:
        print_json({"name": read.name, "version": read.version, "sha256": read.sha256, "plan": plan_text(read)})
        return
    say(plan_text(read).rstrip("\n"))


@plans.command("new")
@guarded
def new_plan(
    out: Annotated[Path, typer.Option("--out", help="The file to write, as faces.toml.")],
    like: Annotated[str, typer.Option("--like", help="The shipped plan to begin with.")] = "demo",
    as_json: JsonOption = False,
) -> None:
    """Write a shipped plan into a file of one's own, to be changed there."""
    from fairemo_gui.services.annotation.plans import shipped_plans

    shipped = shipped_plans()
    if like not in shipped:
        raise UserError(f"--like: there is no plan “{like}”; there are {', '.join(shipped)}.")
    if out.exists():
        raise UserError(f"{out} is there already: choose another name.")
    out.write_bytes(shipped[like].read_bytes())
    if as_json:
        print_json({"file": str(out), "like": like})
        return
    say(f"{out} holds the plan {like}: give it a name of its own and change it, then run `fairemo plan check {out}`.")


def _plan(name: str) -> RatingPlan:
    """A shipped plan by name, else the plan in a file."""
    from fairemo_gui.core.plan_file import read_plan
    from fairemo_gui.services.annotation.plans import shipped_plans

    return read_plan(shipped_plans().get(name, Path(name)))


def _on_corpus(plan: RatingPlan, workspace: Path, corpus: str | None) -> dict[str, Any]:
    """What the plan comes to on a corpus."""
    from fairemo_gui.services.annotation.plans import prepare
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace, read_only=True) as opened:
        chosen = corpora.corpus(opened, corpus)
        found = prepare(opened, chosen, plan)
    missing = {condition.value: n for condition, n in found.missing.items()}
    return {"corpus": chosen.name, "items": len(found.items), "missing": missing, "classes": found.classes}
