"""`fairemo evaluate` and `report`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import (
    ByOption,
    CorpusOption,
    FormOption,
    GoldOption,
    HumanOption,
    ReplicatesOption,
    SeedOption,
    TruthOption,
    UnitOption,
    WorkspaceOption,
    interval_plan,
    listed,
    one_of,
)
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.spread import print_seeds
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.evaluation.records import Evaluation, Metrics
    from fairemo_gui.services.evaluation import EvaluationView
    from fairemo_gui.services.samples import Predictor
    from fairemo_gui.store.nets import NetRow
    from fairemo_gui.store.workspace import Workspace

_SHOWN = ("macro_f1", "uar", "accuracy", "brier")


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(evaluate)
    app.command()(report)


@guarded
def evaluate(
    workspace: WorkspaceOption,
    net: Annotated[
        str | None,
        typer.Option("--net", help="Id of the net, or “latest”; several that differ in their seed as 3,4,5."),
    ] = None,
    human: HumanOption = None,
    runs: Annotated[
        str | None, typer.Option("--runs", help="A net, or “latest”, with all that differ from it only in their seed.")
    ] = None,
    truth: TruthOption = None,
    gold: GoldOption = None,
    by: ByOption = "gender",
    read_as: Annotated[
        str | None, typer.Option("--truth", help="multi, plurality or soft; else by the labels.")
    ] = None,
    replicates: ReplicatesOption = 1000,
    form: FormOption = None,
    unit: UnitOption = "speaker",
    seed: SeedOption = 0,
    minimum_n: Annotated[int, typer.Option(help="Groups under this size stay out of differences.")] = 20,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate a net, nets that differ in their seed, or one condition's raters, per group, with intervals."""
    from fairemo_gui.evaluation.sample import Mode
    from fairemo_gui.services.evaluation import evaluate_predictor
    from fairemo_gui.services.seeds import evaluate_seeds
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    mode = None if read_as is None else Mode(one_of("--truth", read_as, ("multi", "plurality", "soft")))
    plan = interval_plan(replicates, form, unit, seed)
    if gold is not None and (runs is not None or "," in (net or "")):
        raise UserError("Give one net or --human with --gold: several nets are held against votes.")
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        if several := _several(opened, chosen.id, net, human, runs):
            labels = truth or Truth(several[0].labels)
            spread = run(
                lambda ctx: evaluate_seeds(
                    opened, chosen, labels, several, listed(by), mode=mode, intervals=plan, minimum_n=minimum_n,
                    check=ctx.check,
                )
            )  # fmt: skip
            print_json(spread.to_json()) if as_json else print_seeds(spread)
            return
        predictor, labels = chosen_predictor(opened, chosen.id, net, human, truth)
        view = run(
            lambda ctx: evaluate_predictor(
                opened, chosen, labels, predictor, listed(by), mode=mode, intervals=plan, minimum_n=minimum_n,
                gold=gold, check=ctx.check,
            )
        )  # fmt: skip
    print_json(view.to_json()) if as_json else _print_evaluation(view)


@guarded
def report(
    workspace: WorkspaceOption,
    to: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
    net: Annotated[str | None, typer.Option("--net", help="Id of the net, or “latest”.")] = None,
    human: HumanOption = None,
    truth: TruthOption = None,
    by: ByOption = "gender",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one self-contained HTML file with charts, tables, definitions and caveats."""
    from fairemo_gui.services.reporting import write_report
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        predictor, labels = chosen_predictor(opened, chosen.id, net, human, truth)
        run(lambda ctx: write_report(ctx, opened, chosen, labels, predictor, to, listed(by)))
    if as_json:
        print_json({"report": str(to)})
    else:
        say(f"Wrote {to}")


def _several(
    opened: Workspace, corpus_id: int, net: str | None, human: Condition | None, runs: str | None
) -> tuple[NetRow, ...]:
    """Nets that differ in their seed, where they were asked for."""
    from fairemo_gui.services.seeds import chosen_nets, siblings
    from fairemo_gui.store import nets

    if runs is None:
        return chosen_nets(opened, corpus_id, listed(net)) if net and "," in net and human is None else ()
    if net is not None or human is not None:
        raise UserError("--runs names the nets: leave out --net and --human.")
    return siblings(opened, nets.trained_net(opened, runs, corpus_id))


def chosen_predictor(
    opened: Workspace, corpus_id: int, net: str | None, human: Condition | None, truth: Truth | None
) -> tuple[Predictor, Truth]:
    """Who predicts, and the labels they are held against."""
    from fairemo_gui.services.samples import HumanPredictor, NetPredictor
    from fairemo_gui.store import nets

    if (net is None) == (human is None):
        raise UserError("Say whose predictions: either --net ID (or latest) or --human voice|face|av.")
    if human is not None:
        return HumanPredictor(human), truth or (Truth.INTENDED if human is Condition.AV else Truth.AV)
    row = nets.trained_net(opened, net or "latest", corpus_id)
    return NetPredictor(row.id), truth or Truth(row.labels)


def _with_interval(found: Evaluation, value: float, *path: str | int) -> str:
    ends = None if found.intervals is None else found.intervals.at(*path)
    return numbers.rate(value) + ("" if ends is None else f"\n{numbers.interval(ends.low, ends.high)}")


def _print_evaluation(view: EvaluationView) -> None:
    found = view.evaluation
    title = f"{view.predictor.name} against {view.truth_words}, n = {found.n:,}"
    table = Table(title=title, box=None, padding=(0, 1, 0, 0))
    for heading in ("", "n, spk", *(found.definitions[key].title for key in _SHOWN)):
        table.add_column(heading, justify="right" if heading else "left")
    rows: list[tuple[str, int, int, Metrics, tuple[str | int, ...]]] = [
        ("all", found.n, found.speakers, found.metrics, ("metrics",)),
        *(
            (f"{g.by} {g.value or 'unknown'}", g.n, g.speakers, g.metrics, ("groups", k, "metrics"))
            for k, g in enumerate(found.groups)
        ),
    ]
    for name, n, speakers, metrics, path in rows:
        cells = (_with_interval(found, metrics.scores[key], *path, key) for key in _SHOWN)
        table.add_row(name, f"{n:,}\n{speakers} spk", *cells)
    print_table(table)
    for attribute, gaps in found.fairness.items():
        for key, gap in (("dpd", gaps.dpd), ("eod", gaps.eod)):
            ends = None if found.intervals is None else found.intervals.at("fairness", attribute, key, "macro")
            between = "" if ends is None else f"  {numbers.interval(ends.low, ends.high)}"
            macro = "– (undefined: see below)" if math.isnan(gap.macro) else numbers.rate(gap.macro)
            say(f"{attribute}: {found.definitions[key].title} macro {macro}{between}")
    for sentence in (*view.caveats, *(f"Left out: {n} with {why}." for why, n in view.samples.dropped.items())):
        say(f"• {sentence}")
