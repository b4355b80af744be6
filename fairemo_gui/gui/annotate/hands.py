"""What the rater's hands do to a trial: keys and presses become parts of the attempt."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from fairemo_gui.gui.annotate.attempt import Attempt
from fairemo_gui.gui.annotate.trace_scale import STEP
from fairemo_gui.gui.annotate.trial_view import TrialView

_STEPS = {"less": -5, "more": 5, "less_fine": -1, "more_fine": 1}


class Hands(QObject):
    """Works on the attempt it was given.

    Args:
        view: Where the hands are.
        may: Whether anything may be answered now.

    Signals:
        changed(): The attempt is another.
    """

    changed = Signal()

    def __init__(self, view: TrialView, may: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._may = view, may
        self._attempt: Attempt | None = None
        self._armed: str | None = None
        view.answered.connect(self._on_answered)
        view.dimension_given.connect(self._on_dimension)
        view.intensity_given.connect(lambda value: self._on_given("intensity", value))
        view.confidence_given.connect(lambda value: self._on_given("confidence", value))
        view.comment_given.connect(lambda text: self._on_given("comment", text))
        view.guided.connect(self._on_guided)

    def take(self, attempt: Attempt) -> None:
        """Work on this attempt."""
        self._attempt = attempt
        self._arm(self._first_open())

    def press(self, name: str) -> None:
        """A key that answers."""
        view, attempt = self._view, self._attempt
        if attempt is None:
            return
        if name in _STEPS:
            self._nudge(_STEPS[name], attempt)
        elif name in view.dimensions:
            self._arm(name)
        elif name == "text" and view.comment is not None and view.comment.isEnabled():
            view.comment.setFocus()

    def press_number(self, number: int) -> None:
        """A number key answers the dimension it was turned to, or the question."""
        if self._armed is not None:
            self._view.dimensions[self._armed].press(number)
        elif self._view.tiles is not None:
            self._view.tiles.press(number)

    def press_sure(self, number: int) -> None:
        """A number key with Shift says how sure one is."""
        if self._view.confidence is not None and self._view.confidence.isEnabled():
            self._on_given("confidence", number)

    def _nudge(self, by: int, attempt: Attempt) -> None:
        """The arrows move the hand that follows the clip while it plays, else the intensity."""
        view = self._view
        if view.trace is not None and attempt.playing:
            self._on_guided((0.0 if math.isnan(attempt.hand) else attempt.hand) + math.copysign(STEP, by))
        elif view.intensity is not None and view.intensity.isEnabled():
            self._on_given("intensity", view.intensity.step(by))

    def _on_answered(self, answer: str) -> None:
        if self._attempt is not None and self._may():
            self._attempt.choose(answer)
            self.changed.emit()

    def _on_dimension(self, name: str, point: int) -> None:
        if self._attempt is not None and self._may():
            self._attempt.place(name, point)
            self._arm(self._first_open())
            self.changed.emit()

    def _on_given(self, field: str, value: int | str) -> None:
        if self._attempt is not None and self._may():
            setattr(self._attempt, field, value)
            self.changed.emit()

    def _on_guided(self, value: float) -> None:
        if self._attempt is not None and self._view.trace is not None:
            self._attempt.guide(value)
            self._view.trace.set_value(self._attempt.hand)

    def _arm(self, dimension: str | None) -> None:
        self._armed = dimension
        self._view.arm(dimension)

    def _first_open(self) -> str | None:
        """Where nothing but dimensions is asked, the number keys go to the first that has no answer yet."""
        if self._view.tiles is not None or self._attempt is None:
            return None
        return next((name for name in self._view.dimensions if name not in self._attempt.dimensions), None)
