"""Whether an answer is one that its plan asks for."""

from __future__ import annotations

import numpy as np

from fairemo_gui.core.rating_plan import DIMENSIONS, Answers, RatingPlan
from fairemo_gui.core.trials import Answer


def problem_of(answer: Answer, plan: RatingPlan, classes: tuple[str, ...]) -> str | None:
    """What an answer lacks, or has too much, in one sentence; None where it can be submitted."""
    asked = plan.answers
    if not asked.emotions and answer.votes:
        return "This plan asks for no emotion; leave it out."
    if asked.emotions and not answer.votes:
        return "Choose an emotion."
    if len(answer.votes) > 1 and not asked.several:
        return "Choose one emotion only."
    if set(answer.votes) - set(classes) or len(set(answer.votes)) < len(answer.votes):
        return f"Choose each emotion once, of {', '.join(classes)}."
    for name, wanted, value, low, high in (
        *((name, name in asked.dimensions, getattr(answer, name), 1, asked.points) for name in _in_order(asked)),
        ("intensity", asked.intensity, answer.intensity, 0, 100),
        ("confidence", asked.confidence, answer.confidence, 1, 5),
    ):
        if wanted and value is None:
            return f"Give the {name}, from {low} to {high}."
        if value is not None and not wanted:
            return f"This plan does not ask for the {name}; leave it out."
        if value is not None and not low <= value <= high:
            return f"The {name} is from {low} to {high}."
    if answer.comment and not asked.free_text:
        return "This plan asks for no words of your own; leave them out."
    if answer.plays < 0 or answer.changes < 0 or (answer.played_ms or 0) < 0:
        return "Numbers of plays and changes cannot be negative."
    return _trace_problem(answer, plan)


def _in_order(asked: Answers) -> tuple[str, ...]:
    """Every dimension, those asked for first, as they stand on the page."""
    return (*asked.dimensions, *(name for name in DIMENSIONS if name not in asked.dimensions))


def _trace_problem(answer: Answer, plan: RatingPlan) -> str | None:
    if answer.trace is None:
        return None
    if answer.trace.dimension != plan.trace:
        return f"This plan asks for no trace of {answer.trace.dimension}; leave it out."
    # NaN, where nothing was given, is never greater.
    return "A trace lies between −1 and 1." if (np.abs(answer.trace.samples) > 1).any() else None
