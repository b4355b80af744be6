"""What the runs dashboard draws: frozen records, made by `adapt.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fairemo_gui.gui.compare.model import LearningCurve
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Estimate

PARETO, TABLE, CURVES = "pareto", "table", "curves"


@dataclass(frozen=True)
class RunsLook:
    """How a person wants runs to be shown.

    Attributes:
        view: Part shown where there is no room for all.
        score: Key of the figure along y.
        gap: Key of the figure along x.
        published: Whether values of papers are shown.
        by: Column the table is sorted by.
        falling: Whether the largest come first.
    """

    view: str = PARETO
    score: str = "macro_f1"
    gap: str = "macro_f1_gap"
    published: bool = True
    by: str = "Run"
    falling: bool = True


class MarkKind(StrEnum):
    """Whose figures a mark shows."""

    NET = "net"
    SEED = "seed"
    CLOUD = "cloud"
    RATERS = "raters"
    PUBLISHED = "published"


@dataclass(frozen=True)
class RunMark:
    """A point of accuracy against fairness.

    Attributes:
        key: Predictor as `net:3`, `human:voice`; empty for what cannot be chosen.
        name: Beside the point; empty = only on hover.
        gap: Along x.
        score: Along y.
        kept: Somebody decided to keep the net.
        chosen: It is the predictor of all charts.
        other_data: A published value of another corpus, other labels or other classes.
        cloud: Seeds and their mean have the same number; −1 = alone.
    """

    key: str
    kind: MarkKind
    name: str
    gap: Estimate
    score: Estimate
    card: Card
    kept: bool = False
    chosen: bool = False
    other_data: bool = False
    cloud: int = -1

    @property
    def drawable(self) -> bool:
        """Whether both figures are known."""
        return self.gap.known and self.score.known

    @property
    def stands_alone(self) -> bool:
        """Whether it has a name and intervals of its own; seeds leave those to their mean."""
        return self.kind is not MarkKind.SEED or self.chosen or self.kept


@dataclass(frozen=True)
class RunRow:
    """A row of the table.

    Attributes:
        key: As in `RunMark`.
        words: One per column.
        order: What each column is sorted by.
        chosen: It is the predictor of all charts.
        kept: Somebody decided to keep the net.
    """

    key: str
    words: tuple[str, ...]
    order: tuple[float | str, ...]
    chosen: bool = False
    kept: bool = False


@dataclass(frozen=True)
class FigureName:
    """A figure as axes and columns call it.

    Attributes:
        key: Of the definitions.
        short: As the control says it.
        title: As the axis says it.
    """

    key: str
    short: str
    title: str
    card: Card


@dataclass(frozen=True, eq=False)
class RunsModel:
    """Everything the dashboard shows.

    Attributes:
        marks: Points, in the order they are drawn.
        front: Places in `marks` of the runs that no other beats in both, by growing gap.
        rows: Nets, newest first, then raters.
        about: As `AV label, women and men, 535 utterances`.
        note: What published values are shown.
        hidden: How many published values are left out for now.
        missing: How many runs lack one of the two figures.
        curves: Of the chosen net's fold.
        curve_title: As `net 3, fold 1 of 5`.
        kept_epoch: Whose weights were kept, from 1.
    """

    score: FigureName
    gap: FigureName
    marks: tuple[RunMark, ...] = ()
    front: tuple[int, ...] = ()
    rows: tuple[RunRow, ...] = ()
    about: str = ""
    note: str = ""
    hidden: int = 0
    missing: int = 0
    waiting: int = 0
    curves: tuple[LearningCurve, ...] = ()
    curve_title: str = ""
    kept_epoch: int | None = None
