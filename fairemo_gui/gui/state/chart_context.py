"""What the charts show: against which truth, whose answers, for which groups, of which utterances."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Condition, Truth

HUMAN = "human:"
NET = "net:"


@dataclass(frozen=True)
class ChartChoice:
    """One setting of the chart bar.

    Attributes:
        soft: Distributions of votes as truth where the figure allows, instead of labels that are on or off.
        predictor: `human:voice` for the raters of a condition, `net:12` for a net; empty = none yet.
        group: Attribute of speakers the figures are split by.
        selection: Only the utterances the table shows.
        rows: Whose answers are the rows of the confusion matrix, as `predictor`; empty = the truth.
        gold: Name of adjudicated labels of the truth's condition that count as true; empty = the votes do.
        beside: Whose confusion matrix stands beside the predictor's, as `human:voice`; empty = nobody's.
    """

    truth: Truth = Truth.AV
    soft: bool = False
    predictor: str = ""
    group: str = "gender"
    selection: bool = False
    rows: str = ""
    beside: str = ""
    gold: str = ""

    @property
    def human(self) -> Condition | None:
        """The condition of the human raters taken as the predictor, if they are."""
        return Condition(self.predictor.removeprefix(HUMAN)) if self.predictor.startswith(HUMAN) else None

    @property
    def net(self) -> int | None:
        """Id of the net taken as the predictor, if one is."""
        return int(self.predictor.removeprefix(NET)) if self.predictor.startswith(NET) else None


class ChartContext(QObject):
    """The setting in force.

    Signals:
        changed(): Any part of it is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = ChartChoice()

    @property
    def choice(self) -> ChartChoice:
        """The setting in force."""
        return self._choice

    def set_choice(self, choice: ChartChoice) -> None:
        """Put another setting into force."""
        if choice != self._choice:
            self._choice = choice
            self.changed.emit()

    def set_predictor(self, predictor: str) -> None:
        """Take somebody else's answers."""
        self.set_choice(replace(self._choice, predictor=predictor))
