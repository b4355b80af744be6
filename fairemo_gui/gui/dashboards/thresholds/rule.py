"""The rule that turns labels on, as it is being tried out, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from fairemo_gui.evaluation.thresholds import Rates, Sweep
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Group, Provisional


@dataclass(frozen=True, eq=False)
class ThresholdModel:
    """Everything the explorer shows.

    Attributes:
        sweep: Counts from which every rule is read.
        groups: In the sweep's order.
        one_label: The figures take the argmax; thresholds are tried against one class per utterance.
        cards: Of `macro_f1`, `dpd` and `eod`.
    """

    sweep: Sweep
    classes: tuple[str, ...]
    groups: tuple[Group, ...]
    truth: str
    predictor: str
    one_label: bool = False
    provisional: Provisional | None = None
    cards: Mapping[str, Card] = field(default_factory=dict)


class Kind(StrEnum):
    """What decides whether a label is on."""

    SAME = "same"
    EACH = "each"
    TOP = "top"


@dataclass(frozen=True)
class Rule:
    """A rule being tried out on a model.

    Attributes:
        kind: One threshold, one per class, or the k most probable classes.
        same: Place of the one threshold.
        each: Place of every class's own threshold.
        moving: The class whose threshold moves.
        k: How many classes are on.
    """

    model: ThresholdModel
    kind: Kind
    same: int
    each: tuple[int, ...]
    moving: int = 0
    k: int = 1

    @classmethod
    def in_force(cls, model: ThresholdModel) -> Rule:
        """The rule the figures use: above 1/C, or the argmax."""
        even = model.sweep.even
        kind = Kind.TOP if model.one_label else Kind.SAME
        return cls(model, kind, even, (even,) * len(model.classes))

    def on(self, model: ThresholdModel) -> Rule:
        """The same rule on other numbers; the rule in force where they are of other classes or of another kind."""
        former = self.model
        if (model.classes, model.one_label) != (former.classes, former.one_label):
            return Rule.in_force(model)
        return replace(self, model=model)

    @property
    def ends(self) -> tuple[int, int]:
        """First and last position it can take."""
        return (1, len(self.model.classes)) if self.kind is Kind.TOP else (0, len(self.model.sweep.thresholds) - 1)

    @property
    def position(self) -> int:
        """Where it stands between them."""
        return {Kind.SAME: self.same, Kind.EACH: self.each[self.moving], Kind.TOP: self.k}[self.kind]

    def moved(self, position: int) -> Rule:
        """At another position."""
        first, last = self.ends
        position = min(max(position, first), last)
        if self.kind is Kind.SAME:
            return replace(self, same=position)
        if self.kind is Kind.TOP:
            return replace(self, k=position)
        return replace(self, each=(*self.each[: self.moving], position, *self.each[self.moving + 1 :]))

    def reset(self) -> Rule:
        """Back to 1/C, for all classes alike, or to the one most probable class."""
        even = self.model.sweep.even
        if self.kind is Kind.EACH:
            return replace(self, each=(even,) * len(self.each))
        return self.moved(1 if self.kind is Kind.TOP else even)

    @property
    def x(self) -> list[float]:
        """Every position on the axis: thresholds, or numbers of classes."""
        first, last = self.ends
        return (
            [float(k) for k in range(first, last + 1)]
            if self.kind is Kind.TOP
            else self.model.sweep.thresholds.tolist()
        )

    @property
    def at(self) -> float:
        """Where it stands on the axis."""
        return self.x[self.position - self.ends[0]]

    def position_of(self, x: float) -> int:
        """The position closest to a place on the axis."""
        return round(x) if self.kind is Kind.TOP else self.model.sweep.nearest(x)

    @cached_property
    def curve(self) -> Rates:
        """Rates at every position of the axis."""
        sweep = self.model.sweep
        if self.kind is Kind.EACH:
            return sweep.curve_of(self.each, self.moving)
        return sweep.top if self.kind is Kind.TOP else sweep.curve

    @property
    def now(self) -> Rates:
        """Rates where it stands."""
        return self.curve.at(self.position - self.ends[0])

    @property
    def used(self) -> Rates:
        """Rates of the rule the figures use."""
        sweep = self.model.sweep
        return sweep.top.at(0) if self.model.one_label else sweep.curve.at(sweep.even)

    @property
    def used_words(self) -> str:
        """That rule in a word."""
        return "argmax" if self.model.one_label else f"1/{len(self.model.classes)}"

    @property
    def start_words(self) -> str:
        """Where `reset` puts it, as `1/6` or `k = 1`."""
        return "k = 1" if self.kind is Kind.TOP else f"1/{len(self.model.classes)}"

    @property
    def words(self) -> str:
        """Where it stands, as `t = 0.250` or `happy: t = 0.250`."""
        if self.kind is Kind.TOP:
            return f"top {self.k}" if self.k > 1 else "top 1, argmax"
        threshold = f"t = {self.at:.3f}"
        return f"{self.model.classes[self.moving]}: {threshold}" if self.kind is Kind.EACH else threshold
