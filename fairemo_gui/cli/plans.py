"""`fairemo plan`: rating plans: check one, show one, begin one of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from fairemo_gui.cli.options import CorpusOption
from fairemo_gui.cli.output import JsonOption, guarded, print_json, say
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError

WHOLE, PART = "whole", "in part"
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
    said = f"{read.name}, version {read.version}, can be carried out"
    if "corpus" in facts:
        said += f" in {facts['corpus']}{'' if facts['verdict'] == WHOLE else ' only in part'}"
    say(f"{said} (sha256 {read.sha256[:12]}…).")
    for line in _lines(facts) if "corpus" in facts else ():
        say(line)


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
    from fairemo_gui.services.annotation.fit import fit
    from fairemo_gui.services.annotation.plans import prepare
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace, read_only=True) as opened:
        chosen = corpora.corpus(opened, corpus)
        found = fit(opened, chosen, prepare(opened, chosen, plan))
    available = _named(found.available)
    return {
        "corpus": chosen.name, "verdict": PART if found.lacking else WHOLE, "items": found.clips,
        "available": available, "missing": {c: found.clips - n for c, n in available.items() if n < found.clips},
        "asked": _named(found.asked), "given": _named(found.given), "lacking": found.lacking,
        "dropped": [condition.value for condition in found.dropped],
        "trials": found.trials, "not_offered": found.not_offered,
    }  # fmt: skip


def _named(counted: dict[Condition, int]) -> dict[str, int]:
    return {condition.value: n for condition, n in counted.items()}


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    """What the corpus leaves of the plan, for people."""
    missing = ", ".join(f"{n} without {c}" for c, n in facts["missing"].items())
    said = f"It has {facts['items']} clips{f' ({missing})' if missing else ''}"
    yield f"{said}; a first sitting has {facts['trials']} trials, repeats, checks and practice among them."
    if facts["lacking"]:
        dropped = f"no clip can be given in {' and '.join(facts['dropped'])}: " if facts["dropped"] else ""
        asked, given = (", ".join(f"{n} {c}" for c, n in facts[key].items()) for key in ("asked", "given"))
        yield (
            f"Not as planned: {dropped}{facts['lacking']} of a sitting's {sum(facts['asked'].values())} clips are "
            f"lacking ({asked}); a sitting gets {given}."
        )
    for emotion, n in facts["not_offered"].items():
        yield f"Warning: {n} clips are labelled “{emotion}”, which raters cannot choose; add it to “answers.classes”."
