"""Options that several commands share, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.evaluation.intervals import IntervalPlan

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="The workspace folder, NAME.fairemo.")]
CorpusOption = Annotated[str | None, typer.Option("--corpus", help="Which corpus, where there are several.")]
SeedOption = Annotated[int, typer.Option(help="Seed; the same seed gives the same result.")]
SkipBadOption = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out and list them.")]
NetOption = Annotated[str, typer.Option("--net", help="Id of the net, or “latest”.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Attributes to group by, as gender,race; several are also crossed.")
]
TruthOption = Annotated[Truth | None, typer.Option("--labels", help="Which labels count as true.")]
GoldOption = Annotated[
    str | None, typer.Option("--gold", help="Adjudicated labels of this name count as true, not the votes.")
]
HumanOption = Annotated[Condition | None, typer.Option("--human", help="Raters of a condition as the predictor.")]
ReplicatesOption = Annotated[int, typer.Option("--ci", min=0, help="Bootstrap replicates; 0 = no intervals.")]
UnitOption = Annotated[str, typer.Option("--unit", help="What is resampled: speaker or utterance.")]
FormOption = Annotated[str | None, typer.Option("--interval", help="Form of the intervals, as percentile.")]


def interval_plan(replicates: int, form: str | None, unit: str, seed: int) -> IntervalPlan | None:
    """How intervals are made, None where none are wanted.

    Raises:
        UserError: There is no such form or unit.
    """
    from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit

    if replicates == 0:
        return None
    units = Unit(one_of("--unit", unit, tuple(Unit)))
    forms = None if form is None else Form(one_of("--interval", form, tuple(Form)))
    return IntervalPlan(replicates=replicates, seed=seed, unit=units, form=forms)


def listed(text: str) -> tuple[str, ...]:
    """`gender, race` as names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    """The value, which must be a known one.

    Raises:
        UserError: It is not.
    """
    if value not in known:
        raise UserError(f"{option} {value} is unknown; choose one of {', '.join(known)}.")
    return value
