"""All raters together, condition by condition, as a small table."""

from __future__ import annotations

from collections.abc import Sequence

from fairemo_gui.evaluation.intervals import Interval
from fairemo_gui.gui.compare.tables import Field, Table
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dashboards.chart import Row
from fairemo_gui.gui.organise.rater_words import CONDITIONS
from fairemo_gui.services.campaign.records import CampaignView, ConditionFigures


def totals_table(view: CampaignView) -> Table:
    """Votes, items, agreement, and whether raters agree more on speakers of their own gender."""
    target = view.items.target
    header = ("", "votes", "items", f"with {target} or more", "under target", "Krippendorff α", "own gender")
    note = (
        "α: agreement of the votes, 1 = full, 0 = chance; 95 % over speakers. Own gender: how much more raters agree "
    )
    note += "with the others on speakers of their own gender; 95 % over raters and speakers."
    rows = tuple(_row(view, found) for found in view.conditions)
    return Table(header, rows, note, frozenset({0}), _numbers(view))


def _row(view: CampaignView, found: ConditionFigures) -> tuple[Field, ...]:
    under = int(view.items.under(found.condition).sum())
    alpha, own = found.alpha, None if found.own_gender is None else found.own_gender.interaction
    return (
        Field(CONDITIONS[found.condition], True),
        Field(numbers.count(found.ratings)),
        Field(numbers.count(found.items)),
        Field(numbers.count(found.full)),
        Field(numbers.count(under)),
        Field(f"{numbers.rate(alpha.value)} {_ends(alpha.interval)}".strip()),
        Field(
            numbers.ABSENT if own is None else f"{numbers.signed(own.value)} {_ends(own.interval, sign=True)}".strip()
        ),
    )


def _numbers(view: CampaignView) -> tuple[Row, ...]:
    rows: Sequence[Row] = [
        (
            found.condition.value, found.ratings, found.items, found.full, int(view.items.under(found.condition).sum()),
            found.alpha.value, *_pair(found.alpha.interval),
            *((None, None, None) if found.own_gender is None else (
                found.own_gender.interaction.value, *_pair(found.own_gender.interaction.interval)
            )),
        )
        for found in view.conditions
    ]  # fmt: skip
    head = ("condition", "votes", "items", "full", "under target", "alpha", "alpha low", "alpha high")
    return ((*head, "own gender", "own gender low", "own gender high"), *rows)


def _pair(ends: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if ends is None else (ends.low, ends.high)


def _ends(ends: Interval | None, *, sign: bool = False) -> str:
    return "" if ends is None else numbers.interval(ends.low, ends.high, sign=sign)
