"""`fairemo thresholds`: accuracy and the gaps between groups at every threshold."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.charts import chosen_predictor
from fairemo_gui.cli.options import CorpusOption, HumanOption, TruthOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, print_json, say
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers

_SHOWN = 0.05


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(thresholds)


@guarded
def thresholds(
    workspace: WorkspaceOption,
    net: Annotated[str | None, typer.Option("--net", help="Id of the net, or “latest”.")] = None,
    human: HumanOption = None,
    truth: TruthOption = None,
    by: Annotated[str, typer.Option("--by", help="Attribute whose groups are compared.")] = "gender",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try other thresholds than 1/C and see macro-F1 and the gaps move together; no other figure changes."""
    from fairemo_gui.services.thresholds import try_thresholds
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        predictor, labels = chosen_predictor(opened, chosen.id, net, human, truth)
        found = try_thresholds(opened, chosen, labels, predictor, by)
    if as_json:
        print_json(found.to_json())
        return
    rule, used = found.in_force
    names = [value or "unknown" for value in found.sweep.groups]
    table = Table(title=f"{found.predictor} against {labels} labels, n = {int(found.sweep.n.sum())}", box=None)
    for heading in ("threshold", "macro-F1", *(f"F1 {name}" for name in names), "DPD", "EOD", "labels"):
        table.add_column(heading, justify="right")
    at = sorted({found.sweep.nearest(k * _SHOWN) for k in range(round(1 / _SHOWN))} | {found.sweep.even})
    lines = [(f"{found.sweep.thresholds[place]:.3f}", found.sweep.curve.at(place)) for place in at]
    for words, rates in [(f"{rule} (in force)", used), *lines]:
        figures = (rates.macro_f1, *rates.by_group, rates.dpd, rates.eod, rates.selected)
        table.add_row(words, *(numbers.rate(float(value)) for value in figures))
    print_table(table)
    say("Tried out on the very utterances they are judged by: the best threshold of this table flatters.")
