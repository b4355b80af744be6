"""`fairemo slices`: which intersections of attributes are served worse or better than the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.charts import chosen_predictor
from fairemo_gui.cli.options import (
    CorpusOption,
    HumanOption,
    ReplicatesOption,
    SeedOption,
    TruthOption,
    WorkspaceOption,
    interval_plan,
    listed,
    one_of,
)
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from fairemo_gui.core.records import Condition, Truth
    from fairemo_gui.evaluation.slices import Figure
    from fairemo_gui.jobs.task import TaskContext
    from fairemo_gui.services.samples import Predictor
    from fairemo_gui.services.slices import Slicer, SliceRow, SlicesView


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(slices)


@guarded
def slices(
    workspace: WorkspaceOption,
    net: Annotated[str | None, typer.Option("--net", help="Id of the net, or “latest”.")] = None,
    human: HumanOption = None,
    truth: TruthOption = None,
    by: Annotated[
        str,
        typer.Option("--by", help="Attributes that are crossed, as gender,race; also true, length, fold and others."),
    ] = "gender",
    figure: Annotated[
        str,
        typer.Option(help="macro_f1, uar, accuracy, error_rate, brier, ece_width, or f1 or recall as recall:anger."),
    ] = "macro_f1",
    worst: Annotated[
        bool, typer.Option("--worst", help="Search all intersections of up to three attributes for the worst served.")
    ] = False,
    replicates: ReplicatesOption = 1000,
    seed: SeedOption = 0,
    minimum_n: Annotated[int, typer.Option(help="Smaller slices are shown, not tested.")] = 20,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every slice of a corpus with the rest: one figure, intervals, and evidence corrected for every look."""
    plan = interval_plan(replicates, None, "speaker", seed)
    if plan is None:
        raise UserError("--ci 0 leaves no evidence that slices differ: ask for 20 replicates or more.")
    slicer, predictor, labels = _slicer(workspace, corpus, net, human, truth)
    wanted = _figure(figure, slicer.classes)
    names = () if worst else _attributes(by, wanted, slicer.attributes)

    def task(ctx: TaskContext) -> SlicesView:
        if worst:
            return slicer.worst(wanted, plan, minimum_n, check=ctx.check)
        return slicer.slices(names, wanted, plan, minimum_n, ctx.check)

    view = run(task)
    about = f"{predictor.name} against {labels} labels"
    if as_json:
        print_json({"predictor": predictor.name, "truth": labels.value, **_json(view, slicer.classes)})
    else:
        _print(view, slicer.classes, about)


def _slicer(
    workspace: Path, corpus: str | None, net: str | None, human: Condition | None, truth: Truth | None
) -> tuple[Slicer, Predictor, Truth]:
    """What is sliced: whose answers, held against which labels."""
    from fairemo_gui.services.samples import read_rows
    from fairemo_gui.services.slices import Slicer
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        predictor, labels = chosen_predictor(opened, chosen.id, net, human, truth)
        table = corpora.table(opened, chosen.id)
        return Slicer(read_rows(opened, chosen, labels, predictor, (), table=table).samples(), table), predictor, labels


def _attributes(by: str, figure: Figure, known: tuple[str, ...]) -> tuple[str, ...]:
    """The attributes of `--by`."""
    from fairemo_gui.services.slice_attributes import TRUE_EMOTION

    names = tuple(one_of("--by", name, known) for name in listed(by))
    if figure.needs_classes and TRUE_EMOTION in names:
        raise UserError("Slices by true emotion hold one class each: take --figure accuracy, error_rate or brier.")
    if not names:
        raise UserError(f"Say with --by what to slice by: {', '.join(known)}.")
    return names


def _figure(text: str, classes: Sequence[str]) -> Figure:
    """`recall:anger` as a figure."""
    from fairemo_gui.services.slices import figures_of

    known = {_name(figure, classes): figure for figure in figures_of(classes)}
    return known[one_of("--figure", text, tuple(known))]


def _name(figure: Figure, classes: Sequence[str]) -> str:
    return figure.name if figure.emotion is None else f"{figure.name}:{classes[figure.emotion]}"


def _json(view: SlicesView, classes: Sequence[str]) -> dict[str, object]:
    from fairemo_gui.services.slices import verdict_of

    rows = [
        {
            "by": row.by, "values": row.values, "n": row.n, "speakers": row.speakers, "value": row.value,
            "interval": row.interval and [row.interval.low, row.interval.high], "reason": row.reason,
            "rest": row.rest, "difference": row.difference, "p": row.p, "evidence": verdict_of(row, view.figure).value,
            "small": row.small, "filter": row.query,
        }
        for row in view.rows
    ]  # fmt: skip
    return {
        "figure": _name(view.figure, classes), "by": view.by, "overall": view.overall, "n": view.n,
        "speakers": view.speakers, "looks": view.looks, "found": view.found, "minimum_n": view.minimum_n,
        "slices": rows,
    }  # fmt: skip


def _print(view: SlicesView, classes: Sequence[str], about: str) -> None:
    from fairemo_gui.evaluation.looks import LEAST_SPEAKERS, LEVEL
    from fairemo_gui.services.slices import verdict_of

    what = view.figure.definition.title
    if view.figure.emotion is not None:
        what = f"{what} of {classes[view.figure.emotion]}"
    title = (
        f"{what}, {about}: {numbers.rate(view.overall)}, n = {view.n:,}, {numbers.counted(view.speakers, 'speaker')}"
    )
    table = Table(title=title, box=None, padding=(0, 1, 0, 0))
    for heading in ("", "n", "speakers", "value", "95 % interval", "− rest", "p", "evidence"):
        table.add_column(heading, justify="left" if heading in ("", "evidence") else "right")
    good = -1 if view.figure.less_is_better else 1
    rows = sorted(view.rows, key=lambda row: (row.values is None, row.small, _last(row.value * good)))
    for row in rows if view.by else view.rows:
        ends = "" if row.interval is None else numbers.interval(row.interval.low, row.interval.high)
        figures = (numbers.rate(row.value), ends or row.reason or numbers.ABSENT, numbers.signed(row.difference))
        p = numbers.ABSENT if math.isnan(row.p) else "<.001" if row.p < 0.001 else numbers.rate(row.p)
        said = f"n under {view.minimum_n}" if row.small else verdict_of(row, view.figure).value
        table.add_row(_words(row), f"{row.n:,}", str(row.speakers), *figures, p, said)
    print_table(table)
    if not view.rows:
        say("No slice is served worse than the rest, or none is large enough to be tested.")
    say(
        f"• {view.looks:,} of {numbers.counted(view.found, 'slice')} tested: {view.minimum_n} utterances and "
        f"{LEAST_SPEAKERS} speakers in it and beside it. Evidence: p ≤ {LEVEL:g}, corrected for every look."
    )
    say("• p: how probable so large a difference is anywhere among the slices tested, if none of them differed.")


def _words(row: SliceRow) -> str:
    """As `female · under 30`."""
    if row.values is None:
        return "unknown"
    return " · ".join(f"{by} {v}" if by in ("fold", "split") else v for by, v in zip(row.by, row.values, strict=True))


def _last(value: float) -> float:
    return math.inf if math.isnan(value) else value
