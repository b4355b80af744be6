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
    target, scales = view.items.target, _scales(view)
    alphas = ("Krippendorff α", *(f"α, {scale}" for scale in scales))
    header = ("", "votes", "items", f"with {target} or more", "under target", *alphas, "own gender")
    note = (
        "α: agreement of the votes, 1 = full, 0 = chance; 95 % over speakers. Own gender: how much more raters agree "
    )
    if scales:
        note = f"α of {', '.join(scales)}: at interval level. {note}"
    note += "with the others on speakers of their own gender; 95 % over raters and speakers."
    rows = tuple(_row(view, found) for found in view.conditions)
    return Table(header, rows, note, frozenset({0}), _numbers(view))


def _row(view: CampaignView, found: ConditionFigures) -> tuple[Field, ...]:
    under = int(view.items.under(found.condition).sum())
    alphas = [found.alpha, *(found.scales.get(scale) for scale in _scales(view))]
    own = None if found.own_gender is None else found.own_gender.interaction
    return (
        Field(CONDITIONS[found.condition], True),
        Field(numbers.count(found.ratings)),
        Field(numbers.count(found.items)),
        Field(numbers.count(found.full)),
        Field(numbers.count(under)),
        *(
            Field(numbers.ABSENT if alpha is None else f"{numbers.rate(alpha.value)} {_ends(alpha.interval)}".strip())
            for alpha in alphas
        ),
        Field(
            numbers.ABSENT if own is None else f"{numbers.signed(own.value)} {_ends(own.interval, sign=True)}".strip()
        ),
    )


def _scales(view: CampaignView) -> tuple[str, ...]:
    """Dimensions raters were asked for."""
    return tuple(dict.fromkeys(scale for found in view.conditions for scale in found.scales))


def _numbers(view: CampaignView) -> tuple[Row, ...]:
    scales = _scales(view)
    rows: Sequence[Row] = [
        (
            found.condition.value, found.ratings, found.items, found.full, int(view.items.under(found.condition).sum()),
            found.alpha.value, *_pair(found.alpha.interval),
            *((None, None, None) if found.own_gender is None else (
                found.own_gender.interaction.value, *_pair(found.own_gender.interaction.interval)
            )),
            *(part for scale in scales for part in (
                (None, None, None) if scale not in found.scales else
                (found.scales[scale].value, *_pair(found.scales[scale].interval))
            )),
        )
        for found in view.conditions
    ]  # fmt: skip
    head = ("condition", "votes", "items", "full", "under target", "alpha", "alpha low", "alpha high")
    on_scales = (f"alpha {scale}{end}" for scale in scales for end in ("", " low", " high"))
    return ((*head, "own gender", "own gender low", "own gender high", *on_scales), *rows)


def _pair(ends: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if ends is None else (ends.low, ends.high)


def _ends(ends: Interval | None, *, sign: bool = False) -> str:
    return "" if ends is None else numbers.interval(ends.low, ends.high, sign=sign)
