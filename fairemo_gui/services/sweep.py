"""A recipe trained at every point of a grid, with several seeds each, on one division of speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import fairemo_gui
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.seeds import SeedsView, evaluate_seeds
from fairemo_gui.services.training import Lesson, TrainPlan, features_of, lesson_of, train
from fairemo_gui.store import nets
from fairemo_gui.store.nets import NetRow

_STEPS = 1000


@dataclass(frozen=True)
class SweepPlan:
    """What to train.

    Attributes:
        base: What all nets have in common; its seed is the first one, and divides the speakers for all.
        grid: Values to try per setting; every combination is a point. Empty = one point.
        seeds: How many seeds each point is trained with.
    """

    base: TrainPlan
    grid: Mapping[str, Sequence[object]] = field(default_factory=dict)
    seeds: int = 3

    @property
    def points(self) -> tuple[dict[str, object], ...]:
        """The settings of every point."""
        return tuple(dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values()))


@dataclass(frozen=True)
class SweepPoint:
    """One point of the grid.

    Attributes:
        settings: What is special about it.
        reused: Ids of the nets that were there already.
        view: How its nets do.
    """

    settings: Mapping[str, object]
    reused: tuple[int, ...]
    view: SeedsView

    @property
    def name(self) -> str:
        """As shown: `dropout=0.3, channels=64`."""
        return ", ".join(f"{key}={value}" for key, value in self.settings.items())


@dataclass(frozen=True)
class Sweep:
    """Every point with its nets."""

    plan: SweepPlan
    points: tuple[SweepPoint, ...]

    def to_json(self) -> dict[str, object]:
        """The object `fairemo sweep --json` prints."""
        points = []
        for point in self.points:
            found = point.view.to_json()
            del found["definitions"]
            points.append({"settings": dict(point.settings), "reused": list(point.reused), **found})
        base = self.plan.base
        return {
            "recipe": base.recipe,
            "settings": dict(base.settings),
            "folds": base.folds,
            "seeds": [base.seed + k for k in range(self.plan.seeds)],
            "points": points,
            "definitions": {key: definition.to_json() for key, definition in DEFINITIONS.items()},
        }


class _Part(TaskContext):
    """One of several trainings: its progress is a share of the whole."""

    def __init__(self, outer: TaskContext, done: int, total: int) -> None:
        super().__init__(on_part=outer.emit)
        self._outer, self._before, self._total = outer, done, total

    @property
    def cancelled(self) -> bool:
        return self._outer.cancelled

    def report(self, done: int, total: int | None, text: str) -> None:
        share = done / total if total else 0.0
        whole = int(_STEPS * (self._before + share))
        self._outer.report(whole, _STEPS * self._total, f"Net {self._before + 1} of {self._total}: {text}")


def sweep(
    ctx: TaskContext,
    lab: Lab,
    plan: SweepPlan,
    by: Sequence[str] = ("gender",),
    intervals: IntervalPlan | None = None,
) -> Sweep:
    """Train every point with every seed and say how their numbers spread over seeds.

    A net that is there already, of the same recipe, settings, features, seed, labels and data, is not trained again. A
    cancel keeps the nets that were finished; the next sweep goes on from them.

    Raises:
        UserError: The plan is impossible for this corpus.
        CancelledError: Somebody asked to stop.
    """
    if plan.seeds < 1:
        raise UserError(
            f"--seeds {plan.seeds} is no number of seeds: 1 trains one net per point, 5 or more show a spread."
        )
    lesson = lesson_of(lab, plan.base)
    division = lesson.division()
    trained: list[list[NetRow]] = [[] for _ in plan.points]
    reused: set[int] = set()
    for special in plan.points:
        lesson_of(lab, replace(plan.base, settings={**plan.base.settings, **special}))
    steps = list(product(range(plan.seeds), enumerate(plan.points)))
    for done, (seed, (k, special)) in enumerate(steps):
        settings = {**plan.base.settings, **special}
        wanted = replace(plan.base, settings=settings, seed=plan.base.seed + seed, parts=division)
        part = _Part(ctx, done, len(steps))
        known = _known(part, lab, wanted)
        reused |= {known.id} if known else set()
        trained[k].append(known or train(part, lab, wanted))
    points = []
    for k, (special, found) in enumerate(zip(plan.points, trained, strict=True)):
        ctx.report(_STEPS * len(steps), _STEPS * len(steps), f"Evaluating point {k + 1} of {len(plan.points)}")
        view = evaluate_seeds(lab.workspace, lab.corpus, lesson.truth, found, by, intervals=intervals, check=ctx.check)
        points.append(SweepPoint(special, tuple(net.id for net in found if net.id in reused), view))
    return Sweep(plan, tuple(points))


def _known(ctx: TaskContext, lab: Lab, plan: TrainPlan) -> NetRow | None:
    """A net that this plan would only train again: training is deterministic."""
    lesson = lesson_of(lab, plan)
    alike = [net for net in nets.nets(lab.workspace, lab.corpus.id) if net.sha256 and _same_plan(net, plan, lesson)]
    if not alike:
        return None
    made = features_of(ctx, lab, lesson, plan)
    features = {modality: Path(folder).name for modality, folder in made.items()}
    return next((net for net in alike if net.config["encoders"] == features), None)


def _same_plan(net: NetRow, plan: TrainPlan, lesson: Lesson) -> bool:
    remembered = net.config.get("plan")
    settings = remembered.get("settings") if isinstance(remembered, dict) else None
    return (
        (net.recipe, net.labels, net.classes) == (plan.recipe, lesson.truth.value, lesson.classes)
        and (net.seed, net.folds, net.code_version) == (plan.seed, plan.folds, fairemo_gui.__version__)
        and net.data_hash == lesson.data_hash()
        and settings == dict(plan.settings)
    )
