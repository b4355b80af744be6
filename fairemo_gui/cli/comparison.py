"""`fairemo compare`: two nets on the same utterances."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import (
    CorpusOption,
    FormOption,
    GoldOption,
    ReplicatesOption,
    SeedOption,
    TruthOption,
    UnitOption,
    WorkspaceOption,
    interval_plan,
)
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.spread import short
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers

if TYPE_CHECKING:
    from fairemo_gui.evaluation.comparison import Change, Comparison
    from fairemo_gui.services.comparison import ComparisonView

_FIRST_FLIPS = 10
_LEAST_REPLICATES = 20


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(compare)


@guarded
def compare(
    old: Annotated[str, typer.Argument(help="Id of a net.")],
    new: Annotated[str, typer.Argument(help="Id of a net, or “latest”.")],
    workspace: WorkspaceOption,
    truth: TruthOption = None,
    gold: GoldOption = None,
    by: Annotated[str, typer.Option("--by", help="Attribute to group by.")] = "gender",
    replicates: ReplicatesOption = 1000,
    form: FormOption = None,
    unit: UnitOption = "speaker",
    seed: SeedOption = 0,
    flips: Annotated[bool, typer.Option("--flips", help="List every flipped utterance, not the first ten.")] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two nets on the same utterances: paired differences, McNemar, flips."""
    from fairemo_gui.services.comparison import compare_nets
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        plan = interval_plan(max(replicates, _LEAST_REPLICATES), form, unit, seed)
        view = run(lambda ctx: compare_nets(opened, chosen, old, new, truth, by, plan, ctx.check, gold=gold))
    if as_json:
        print_json(view.to_json())
    else:
        print_comparison(view, every_flip=flips)


def print_comparison(view: ComparisonView, *, every_flip: bool = False) -> None:
    """What changed between two nets, in 80 columns."""
    found = view.comparison
    _print_changes(view)
    for key in ("recall", "f1"):
        _print_per_class(found, key)
    _print_tests(found)
    _print_flips(view, len(found.flips) if every_flip else _FIRST_FLIPS)
    plan = found.plan
    say(
        f"• Intervals: paired bootstrap over {plan.unit}s, {plan.chosen_form}, {plan.replicates:,} replicates; "
        "verdicts after Holm, within each table."
    )
    for sentence in view.caveats:
        say(f"• {sentence}")


def _print_changes(view: ComparisonView) -> None:
    found = view.comparison
    labels = f"{view.truth} labels{view.gold and f' of {view.gold}'}"
    title = f"Net {view.old.id} → net {view.new.id}, {labels}, n = {found.n:,}"
    table = Table(title=title, box=None, padding=(0, 1, 0, 0))
    for heading in ("", "old", "new", "change", "95 % interval", "Holm", "evidence"):
        table.add_column(heading, justify="left" if heading in ("", "evidence") else "right")
    for row in found.changes:
        digits = numbers.digits_of(row.delta, row.low, row.high)
        between = numbers.interval(row.low, row.high, digits, sign=True) or numbers.ABSENT
        figures = (short(row.old, digits), short(row.new, digits), _signed(row.delta, digits))
        table.add_row(_name(found, row), *figures, between, _probability(row.p_holm), row.verdict)
    print_table(table)
    for reason in {row.reason: None for row in found.changes if row.reason}:
        names = [_name(found, row) for row in found.changes if row.reason == reason]
        say(f"• {'; '.join(names) if len(names) < len(found.changes) else 'Every row'}: {reason}.")


def _name(found: Comparison, row: Change) -> str:
    return f"{found.definitions[row.key].title}, {row.group or (found.by if row.gap else 'all')}"


def _print_per_class(found: Comparison, key: str) -> None:
    """One class per row, everyone and each group per column: old → new, and what there is evidence for."""
    rows = [change for change in found.per_class if change.key == key]
    columns: dict[str | None, None] = dict.fromkeys(row.group for row in rows)
    table = Table(title=f"{found.definitions[key].title} per class", box=None, padding=(0, 2, 0, 0))
    for heading in ("", *(group or "all" for group in columns)):
        table.add_column(heading)
    for label in found.classes:
        mine = {row.group: row for row in rows if row.label == label}
        table.add_row(label, *(_cell(mine[group]) for group in columns))
    print_table(table)


def _cell(row: Change) -> str:
    verdict = "" if row.verdict == "no evidence" else f" {row.verdict}"
    return f"{short(row.old)} → {short(row.new)}{verdict}"


def _print_tests(found: Comparison) -> None:
    table = Table(title="Right in only one of them (McNemar, exact)", box=None, padding=(0, 2, 0, 0))
    for heading in ("", "both", "neither", "only old", "only new", "p", "Holm", "evidence"):
        table.add_column(heading, justify="left" if heading in ("", "evidence") else "right")
    for test in found.tests:
        c = test.counts
        counts = (str(n) for n in (c.both_right, c.both_wrong, c.only_old, c.only_new))
        table.add_row(test.group or "all", *counts, _probability(c.p), _probability(test.p_holm), test.verdict)
    print_table(table)


def _print_flips(view: ComparisonView, most: int) -> None:
    found = view.comparison
    how = Counter(str(flip.result) for flip in found.flips)
    if not found.flips:
        say("No utterance's prediction changed.")
        return
    counts = ", ".join(f"{n} {result}" for result, n in how.most_common())
    table = Table(title=f"{len(found.flips)} flipped: {counts}", box=None, padding=(0, 1, 0, 0))
    for heading in ("utterance", found.by, "truth", "old", "new", "result", "p(truth)"):
        table.add_column(heading, justify="right" if heading == "p(truth)" else "left")
    for flip in found.flips[:most]:
        before, after = (_names(found, labels) for labels in (flip.old, flip.new))
        group, truth = flip.group or "unknown", found.classes[flip.truth]
        table.add_row(view.codes[flip.row], group, truth, before, after, flip.result, _signed(flip.delta_p))
    print_table(table)
    if len(found.flips) > most:
        say(f"… and {len(found.flips) - most} more: --flips lists all.")


def _names(found: Comparison, labels: Sequence[int]) -> str:
    return " + ".join(found.classes[k] for k in labels) or "none"


def _signed(value: float, digits: int = 3) -> str:
    return numbers.short(numbers.signed(value, digits))


def _probability(p: float) -> str:
    return "–" if math.isnan(p) else "<.001" if p < 0.001 else short(p)
