"""Nets that differ only in their seed: the distribution of every number over them.

Two spreads that must not be mixed: over seeds (other nets, the same speakers: mean ± standard deviation, quartiles) and
over speakers (the same nets, other speakers: the bootstrap interval of the mean). Both are given, each under its name.
Distributions over seeds, differences between groups with their sign: Gorrostieta et al. 2019, Figures 1–3; scores per
group: Goncalves et al. 2025, Tables 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fairemo_gui.core.colours import group_word
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.definitions import DEFINITIONS, Definition
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.paired import Combined, Number, combine
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.records import plain
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.tally import tally

DDOF = 1
"""Of the standard deviation over seeds: the seeds are a sample of all that might have been drawn."""
QUARTILES: Final = "linear"
"""Between order statistics: type 7 of Hyndman & Fan 1996, as box plots use it."""

_SCORES = ("macro_f1", "uar", "accuracy", "brier")
_GAPS = ("macro_f1_gap", "macro_f1_difference", "dpd", "eod")


@dataclass(frozen=True)
class Distribution:
    """Values of one number over nets.

    Attributes:
        sd: Standard deviation with `DDOF`; NaN for one net.
    """

    values: tuple[float, ...]
    mean: float
    sd: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float


def distribution(values: Float) -> Distribution:
    """Mean, standard deviation and quartiles of one number over k nets; all NaN where it is undefined for one of them.

    Args:
        values: One per net, shape (k,), k ≥ 1.
    """
    quartiles = np.quantile(values, np.array((0, 0.25, 0.5, 0.75, 1)), method=QUARTILES).tolist()
    sd = float(values.std(ddof=DDOF)) if len(values) > DDOF else np.nan
    return Distribution(tuple(values.tolist()), float(values.mean()), sd, *quartiles)


@dataclass(frozen=True)
class OverSeeds:
    """One number over nets that differ only in their seed.

    Attributes:
        low: Lower end of the interval of the mean of these very nets, speakers (or utterances) resampled; NaN where
            there is none (see `reason`).
        high: Its upper end.
    """

    number: Number
    over_seeds: Distribution
    low: float
    high: float
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """One flat object; `by` null = everyone."""
        d, number = self.over_seeds, self.number
        found = {
            "key": number.key, "by": number.by or None, "group": number.group, "label": number.label, "mean": d.mean,
            "sd": d.sd, "min": d.minimum, "q1": d.lower_quartile, "median": d.median, "q3": d.upper_quartile,
            "max": d.maximum, "values": d.values, "interval": [self.low, self.high], "reason": self.reason,
        }  # fmt: skip
        if not np.isfinite((self.low, self.high)).all():
            found["interval"] = None
        return dict(plain(found))


@dataclass(frozen=True, eq=False)
class SeedRuns:
    """What nets that differ only in their seed do on the same utterances.

    Attributes:
        sizes: Utterances and speakers per attribute (or intersection) and compared group.
        numbers: Metrics of everyone and every group, gaps and signed differences, in total and per class.
        plan: How the speaker intervals are made; None = there are none.
    """

    n: int
    speakers: int
    mode: str
    classes: tuple[str, ...]
    sizes: Mapping[str, Mapping[str, tuple[int, int]]]
    numbers: tuple[OverSeeds, ...]
    plan: IntervalPlan | None
    definitions: Mapping[str, Definition]

    def at(self, key: str, by: str = "", group: str | None = None, label: str | None = None) -> OverSeeds | None:
        """A number, if it was computed."""
        wanted = Number(key, by, group, label)
        return next((row for row in self.numbers if row.number == wanted), None)

    def headline(self) -> Iterator[tuple[str, OverSeeds]]:
        """Scores of everyone and macro-F1 of every group, then how groups differ; each with its title."""
        wanted: list[tuple[str, str, str | None]] = [(key, "", None) for key in _SCORES]
        wanted += [("macro_f1", by, group) for by, groups in self.sizes.items() for group in groups]
        wanted += [(key, by, None) for by in self.sizes for key in _GAPS]
        for key, by, group in wanted:
            row = self.at(key, by, group)
            if row is not None:
                where = group_word(group) if group else by or "all"
                yield f"{self.definitions[key].title}, {where}", row

    def to_json(self) -> dict[str, Any]:
        """One JSON object, numbers in full."""
        made = None
        if self.plan is not None:
            made = {
                "of": "the mean over these nets", "form": str(self.plan.chosen_form), "unit": str(self.plan.unit),
                "replicates": self.plan.replicates, "seed": self.plan.seed, "level": self.plan.level,
            }  # fmt: skip
        sizes = [
            {"by": by, "value": value, "n": n, "speakers": s}
            for by, groups in self.sizes.items()
            for value, (n, s) in groups.items()
        ]
        return {
            "n": self.n,
            "speakers": self.speakers,
            "mode": self.mode,
            "classes": list(self.classes),
            "groups": sizes,
            "over_seeds": {"ddof": DDOF, "quartiles": QUARTILES},
            "intervals": made,
            "numbers": [row.to_json() for row in self.numbers],
            "definitions": {key: definition.to_json() for key, definition in self.definitions.items()},
        }


def over_seeds(
    samples: Sequence[Sample],
    by: Sequence[str] = ("gender",),
    plan: IntervalPlan | None = None,
    minimum_n: int = 20,
    check: Check = no_check,
) -> SeedRuns:
    """Every number's distribution over nets that differ only in their seed.

    Args:
        samples: One per net: the same rows, with that net's predictions.
        by: Attributes; each alone, and with several their intersection.
        plan: How speaker intervals of the means are made; None = none.
        minimum_n: Smaller groups are left out.
        check: Called between blocks of work; raises to cancel.

    Raises:
        UserError: There are no rows or no nets, or a sample lacks an attribute.
    """
    if not samples or not len(samples[0]):
        raise UserError("There is nothing to evaluate: no utterance has a label and a prediction of every net.")
    cells = sort_into_cells(samples[0], by, by_row=plan is not None and plan.unit is Unit.UTTERANCE)
    parts = [measure(cells, tally(s.decisions, cells.row, len(cells.unit)), None, minimum_n) for s in samples]
    share = [1 / len(samples)] * len(samples)
    rows = [row for nets in zip(*parts, strict=True) for row in combine(nets, share, samples[0].classes, plan, check)]
    return SeedRuns(
        n=len(samples[0]),
        speakers=len(np.unique(samples[0].speakers)),
        mode=samples[0].mode.reported,
        classes=samples[0].classes,
        sizes={
            p.by: {str(p.groups[k].value): (p.groups[k].n, p.groups[k].speakers) for k in p.compared}
            for p in parts[0][1:]
        },
        numbers=tuple(_row(row) for row in rows),
        plan=plan,
        definitions=DEFINITIONS,
    )


def _row(row: Combined) -> OverSeeds:
    return OverSeeds(row.number, distribution(np.array(row.values)), row.low, row.high, row.reason)
