"""`fairemo evaluate`, `compare` and `report`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import ByOption, CorpusOption, SeedOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, out, print_json, run, say
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.evaluation.intervals import IntervalPlan
    from fairemo_gui.evaluation.records import Evaluation, Metrics
    from fairemo_gui.services.comparison import ComparisonView
    from fairemo_gui.services.evaluation import EvaluationView
    from fairemo_gui.services.samples import Predictor

_SHOWN = ("macro_f1", "uar", "accuracy", "brier")


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(evaluate)
    app.command()(compare)
    app.command()(report)


@guarded
def evaluate(
    workspace: WorkspaceOption,
    net: Annotated[str | None, typer.Option("--net", help="Id of the net, or “latest”.")] = None,
    human: Annotated[Condition | None, typer.Option("--human", help="Raters of a condition as the predictor.")] = None,
    truth: Annotated[Truth | None, typer.Option("--labels", help="Which labels count as true.")] = None,
    by: ByOption = "gender",
    read_as: Annotated[
        str | None, typer.Option("--truth", help="multi, plurality or soft; else by the labels.")
    ] = None,
    replicates: Annotated[int, typer.Option("--ci", help="Bootstrap replicates; 0 = no intervals.")] = 1000,
    form: Annotated[str | None, typer.Option("--interval", help="Form of the intervals, as percentile.")] = None,
    unit: Annotated[str, typer.Option(help="What is resampled: speaker or utterance.")] = "speaker",
    seed: SeedOption = 0,
    minimum_n: Annotated[int, typer.Option(help="Groups under this size stay out of differences.")] = 20,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate a net, or one condition's raters, per group, with intervals."""
    from fairemo_gui.evaluation.sample import Mode
    from fairemo_gui.services.evaluation import evaluate_predictor
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    mode = None if read_as is None else Mode(_one_of("--truth", read_as, ("multi", "plurality", "soft")))
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        predictor, labels = _predictor(opened, chosen.id, net, human, truth)
        view = run(
            lambda ctx: evaluate_predictor(
                opened, chosen, labels, predictor, _attributes(by), mode=mode, minimum_n=minimum_n,
                intervals=_plan(replicates, form, unit, seed), check=ctx.check,
            )
        )  # fmt: skip
    if as_json:
        print_json(view.to_json())
    else:
        _print_evaluation(view)


@guarded
def compare(
    old: Annotated[str, typer.Argument(help="Id of a net.")],
    new: Annotated[str, typer.Argument(help="Id of a net, or “latest”.")],
    workspace: WorkspaceOption,
    truth: Annotated[Truth | None, typer.Option("--labels", help="Which labels count as true.")] = None,
    by: Annotated[str, typer.Option("--by", help="Attribute to group by.")] = "gender",
    replicates: Annotated[int, typer.Option("--ci", help="Bootstrap replicates.")] = 1000,
    seed: SeedOption = 0,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two nets on the same utterances: paired differences, McNemar, flips."""
    from fairemo_gui.services.comparison import compare_nets
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        plan = _plan(max(replicates, 1), None, "speaker", seed)
        view = run(lambda ctx: compare_nets(opened, chosen, old, new, truth, by, plan, ctx.check))
    if as_json:
        print_json(view.to_json())
        return
    print_comparison(view)


def print_comparison(view: ComparisonView) -> None:
    """The differences of two nets as a table on the terminal."""
    table = Table(title=f"Net {view.old.id} → net {view.new.id}, {view.truth} labels, n = {len(view.ids)}", box=None)
    for heading in ("", "old", "new", "difference", "95 % interval", "evidence"):
        table.add_column(heading)
    for row in view.comparison.changes:
        title = view.comparison.definitions[row.key].title + (f", {row.group}" if row.group else "")
        between = "–" if math.isnan(row.low) else f"[{row.low:+.3f}, {row.high:+.3f}]"
        table.add_row(title, f"{row.old:.3f}", f"{row.new:.3f}", f"{row.delta:+.3f}", between, row.verdict)
    out.print(table)


@guarded
def report(
    workspace: WorkspaceOption,
    to: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
    net: Annotated[str | None, typer.Option("--net", help="Id of the net, or “latest”.")] = None,
    human: Annotated[Condition | None, typer.Option("--human", help="Raters of a condition as the predictor.")] = None,
    truth: Annotated[Truth | None, typer.Option("--labels", help="Which labels count as true.")] = None,
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
        predictor, labels = _predictor(opened, chosen.id, net, human, truth)
        run(lambda ctx: write_report(ctx, opened, chosen, labels, predictor, to, _attributes(by)))
    if as_json:
        print_json({"report": str(to)})
    else:
        say(f"Wrote {to}")


def _predictor(
    opened: object, corpus_id: int, net: str | None, human: Condition | None, truth: Truth | None
) -> tuple[Predictor, Truth]:
    """Who predicts, and the labels they are held against."""
    from fairemo_gui.services.samples import HumanPredictor, NetPredictor
    from fairemo_gui.store import nets
    from fairemo_gui.store.workspace import Workspace

    assert isinstance(opened, Workspace)
    if (net is None) == (human is None):
        raise UserError("Say whose predictions: either --net ID (or latest) or --human voice|face|av.")
    if human is not None:
        return HumanPredictor(human), truth or (Truth.INTENDED if human is Condition.AV else Truth.AV)
    row = nets.trained_net(opened, net or "latest", corpus_id)
    return NetPredictor(row.id), truth or Truth(row.labels)


def _plan(replicates: int, form: str | None, unit: str, seed: int) -> IntervalPlan | None:
    from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit

    if replicates <= 0:
        return None
    units = Unit(_one_of("--unit", unit, tuple(Unit)))
    forms = None if form is None else Form(_one_of("--interval", form, tuple(Form)))
    return IntervalPlan(replicates=replicates, seed=seed, unit=units, form=forms)


def _attributes(by: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in by.split(",") if name.strip())


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UserError(f"{option} {value} is unknown; choose one of {', '.join(known)}.")
    return value


def _with_interval(found: Evaluation, value: float, *path: str | int) -> str:
    ends = None if found.intervals is None else found.intervals.at(*path)
    if ends is None:
        return f"{value:.3f}"
    low, high = (f"{end:.3f}".replace("0.", ".", 1) for end in (ends.low, ends.high))
    return f"{value:.3f}\n[{low}, {high}]"


def _print_evaluation(view: EvaluationView) -> None:
    found = view.evaluation
    table = Table(title=f"{view.predictor.name} against {view.truth} labels, n = {found.n}", box=None)
    for heading in ("", "n", *(found.definitions[key].title for key in _SHOWN)):
        table.add_column(heading, justify="right" if heading else "left")
    rows: list[tuple[str, int, Metrics, tuple[str | int, ...]]] = [
        ("all", found.n, found.metrics, ("metrics",)),
        *(
            (f"{g.by} {g.value or 'unknown'}", g.n, g.metrics, ("groups", k, "metrics"))
            for k, g in enumerate(found.groups)
        ),
    ]
    for name, n, metrics, path in rows:
        cells = (_with_interval(found, metrics.scores[key], *path, key) for key in _SHOWN)
        table.add_row(name, f"{n:,}", *cells)
    out.print(table)
    for attribute, gaps in found.fairness.items():
        for key, gap in (("dpd", gaps.dpd), ("eod", gaps.eod)):
            ends = None if found.intervals is None else found.intervals.at("fairness", attribute, key, "macro")
            between = "" if ends is None else f"  [{ends.low:.3f}, {ends.high:.3f}]"
            say(f"{attribute}: {found.definitions[key].title} macro {gap.macro:.3f}{between}")
    for sentence in (*view.caveats, *(f"Left out: {n} with {why}." for why, n in view.samples.dropped.items())):
        say(f"• {sentence}")
