"""`fairemo agreement`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan, nan
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.options import CorpusOption, ReplicatesOption, SeedOption, WorkspaceOption, interval_plan
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.cli.tables import print_table
from fairemo_gui.core import numbers
from fairemo_gui.core.numbers import counted
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.evaluation.agreement import Agreement
    from fairemo_gui.evaluation.intervals import Interval
    from fairemo_gui.services.agreement import AgreementDifference, AgreementRow, AgreementView
    from fairemo_gui.services.rater_effects import RatersView

_PEOPLE = {"female": "women", "male": "men", None: "unknown"}


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command()(agreement)


@guarded
def agreement(
    workspace: WorkspaceOption,
    by: Annotated[
        str, typer.Option("--by", help="Condition, and attributes of speakers, as condition,gender,race.")
    ] = "condition,gender",
    replicates: ReplicatesOption = 1000,
    minimum_n: Annotated[int, typer.Option(help="Smaller groups stay out; pairs of raters must share so many.")] = 20,
    every_rater: Annotated[bool, typer.Option("--raters", help="List every rater, too.")] = False,
    smart: Annotated[bool, typer.Option("--smart", help="Ratings that smart queues asked for count too.")] = False,
    seed: SeedOption = 0,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how far raters agree, per condition and group of speakers, and who rates whom how."""
    from fairemo_gui.services.agreement import measure_agreement
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    plan = interval_plan(replicates, None, "speaker", seed)
    named = tuple(dict.fromkeys(name for part in by.split(",") if (name := part.strip()) and name != "condition"))
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        view = run(
            lambda ctx: measure_agreement(
                opened, chosen, named, intervals=plan, minimum_n=minimum_n, smart=smart, check=ctx.check
            )
        )  # fmt: skip
    if not view.rows:
        raise UserError(f"Nothing to compare in {chosen.name}: no condition has votes; rate, or import ratings, first.")
    if as_json:
        print_json(view.to_json())
    else:
        _print(view, every_rater=every_rater)


def _print(view: AgreementView, *, every_rater: bool) -> None:
    _print_rows(
        f"Votes of {view.corpus} (n: utterances)",
        view.rows,
        view.differences,
        {"alpha_nominal": "Krippendorff α", "fleiss": "Fleiss κ"},
    )
    for scale in view.scales:
        names = {f"{scale}_alpha_ordinal": "α ordinal", f"{scale}_alpha_interval": "α interval"}
        _print_rows(f"Ratings of {scale}", view.rows, view.differences, names)
    _print_rows("Most voted in two conditions", view.between, view.differences, {"cohen": "Cohen κ"})
    for scale in view.scales:
        title = f"Mean rating of {scale} in two conditions"
        _print_rows(title, view.between, view.differences, {f"{scale}_ccc": "CCC"})
    for condition, found in view.pairs.items():
        if found.pairs:
            mean = _cell(found.mean.value, found.mean.interval).replace("\n", " ")
            pairs = f"{counted(len(found.pairs), 'pair')} of raters"
            say(f"{condition}: {pairs}, mean κ {mean}, {_number(found.low)} to {_number(found.high)}")
        else:
            say(f"{condition}: no two raters share {counted(found.minimum, 'utterance')}")
    for raters in view.raters:
        _print_effects(raters)
        if every_rater:
            _print_raters(raters, view.people)
    for caveat in view.caveats:
        say(f"• {caveat}")


def _table(title: str, words: Sequence[str], numbers: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _print_rows(
    title: str,
    rows: Sequence[AgreementRow],
    differences: Sequence[AgreementDifference],
    names: Mapping[str, str],
) -> None:
    table = _table(title, ("", "speakers"), ("n", "ratings", "raters", *names.values()))
    for conditions in dict.fromkeys(row.conditions for row in rows):
        where = "–".join(condition.value for condition in conditions)
        for row in (row for row in rows if row.conditions == conditions and names.keys() & row.coefficients.keys()):
            sizes = _sizes(row, names)
            group = _group(row.by, row.value) + (" (small)" if row.small else "")
            table.add_row(where, group, *sizes, *(_agreement(row.coefficients.get(name)) for name in names))
        for apart in (
            row for row in differences if row.conditions == conditions and names.keys() & row.coefficients.keys()
        ):
            cells = (_agreement(apart.coefficients.get(name), signed=True) for name in names)
            table.add_row(where, f"{apart.plus} − {apart.minus}", "", "", "", *cells)
    if table.row_count:
        print_table(table)


def _sizes(row: AgreementRow, names: Iterable[str]) -> tuple[str, str, str]:
    """Utterances, ratings and raters: of all votes, or of those who rated on a scale."""
    of = next(row.coefficients[name] for name in names if name in row.coefficients)
    on_scale = of.name not in {"alpha_nominal", "cohen"}
    utterances, ratings = (of.utterances, of.ratings) if on_scale else (row.utterances, row.ratings)
    return f"{utterances:,}", f"{ratings:,}", "–" if row.raters is None else f"{row.raters:,}"


def _print_effects(raters: RatersView) -> None:
    who = ", ".join(f"{n} {gender}" for gender, n in raters.genders.items())
    groups = list(dict.fromkeys(cell.raters for effect in raters.effects for cell in effect.cells))
    headings = (f"by {_PEOPLE[group]}\nof {_PEOPLE[of]}" for group in groups for of in ("female", "male"))
    title = f"Who rates whom, {raters.condition}: {counted(raters.ratings, 'rating')}; raters: {who}"
    table = _table(title, ("",), (*headings, "own gender"))
    for effect in raters.effects:
        means = {(cell.raters, cell.speakers): cell.mean.value for cell in effect.cells}
        cells = (_number(means.get((group, of), nan)) for group in groups for of in ("female", "male"))
        name = f"agrees: {effect.name}" if effect.kind == "agreement" else effect.name
        table.add_row(name, *cells, _cell(effect.interaction.value, effect.interaction.interval, signed=True))
    print_table(table)


def _print_raters(raters: RatersView, people: Sequence[str]) -> None:
    headings = ("ratings", "of women", "of men", "men − women")
    table = _table(f"Agreement with the others, {raters.condition}", ("rater", "gender"), headings)
    for row in raters.single:
        n = f"{row.female.ratings} + {row.male.ratings}"
        cells = (_agreement(row.female), _agreement(row.male), _agreement(row.difference, signed=True))
        table.add_row(people[row.rater], row.gender or "unknown", n, *cells)
    print_table(table)


def _group(by: str, value: str | None) -> str:
    return "all" if not by else value or f"{by} unknown"


def _agreement(found: Agreement | None, *, signed: bool = False) -> str:
    return "–" if found is None else _cell(found.value, found.interval, signed=signed)


def _cell(value: float, interval: Interval | None, *, signed: bool = False) -> str:
    if interval is None or isnan(value):
        return _number(value, signed=signed)
    digits = numbers.digits_of(value, interval.low, interval.high)
    return f"{_number(value, digits, signed=signed)}\n{numbers.interval(interval.low, interval.high, digits, signed)}"


def _number(value: float, digits: int = 3, *, signed: bool = False) -> str:
    return numbers.signed(value, digits) if signed else numbers.rate(value, digits)
