"""Distributions over seeds on the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.table import Table

from fairemo_gui.cli.output import say
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers
from fairemo_gui.core.numbers import counted

if TYPE_CHECKING:
    from fairemo_gui.evaluation.seeds import OverSeeds
    from fairemo_gui.services.seeds import SeedsView


def print_seeds(view: SeedsView) -> None:
    """Mean, standard deviation and quartiles over the seeds, and beside them the interval over speakers."""
    runs = view.runs
    table = Table(title=f"{view.name} against {view.truth} labels, n = {runs.n:,}", box=None, padding=(0, 1, 0, 0))
    for heading in ("", "mean ± sd", "min", "q1", "med", "q3", "max", "95 % speakers"):
        table.add_column(heading, justify="right" if heading else "left")
    for title, row in runs.headline():
        d = row.over_seeds
        quartiles = (d.minimum, d.lower_quartile, d.median, d.upper_quartile, d.maximum)
        between = "–" if math.isnan(row.low) else f"[{short(row.low)}, {short(row.high)}]"
        table.add_row(title, mean_sd(row), *(short(value) for value in quartiles), between)
    print_table(table)
    if len(view.nets) == 1:
        say("• Only one net: others differ in more than their seed, as in their division of speakers. Nets that were")
        say("  divided otherwise can be named one by one: --net 1,2. `fairemo sweep` divides speakers once for all.")
    seeds = ", ".join(str(net.seed) for net in view.nets)
    say(f"• Mean ± sd (n − 1) and quartiles: over {counted(len(view.nets), 'seed')} ({seeds}), the same speakers.")
    if runs.plan is not None:
        plan = runs.plan
        made = f"{100 * plan.level:g} % interval, {plan.chosen_form}, {plan.replicates:,} replicates"
        say(f"• In brackets: {made} over {plan.unit}s, of the mean of these nets. The two do not add up.")
    for sentence in (*view.caveats, *(f"Left out: {n} with {why}." for why, n in view.dropped.items())):
        say(f"• {sentence}")


def mean_sd(row: OverSeeds | None) -> str:
    """`.712 ± .012`; an absent number is a dash."""
    if row is None or math.isnan(row.over_seeds.mean):
        return "–"
    d = row.over_seeds
    return short(d.mean) if math.isnan(d.sd) else f"{short(d.mean)} ± {short(d.sd)}"


def short(value: float, digits: int = 3) -> str:
    """`.712`, `−.021`, `1.000`."""
    return numbers.short(numbers.rate(value, digits))
