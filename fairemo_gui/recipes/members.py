"""One member of a net: trained on one part, stopped by another, predicting a third."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fairemo_gui.core.splits import TEST, TRAIN, VALIDATION, Parts
from fairemo_gui.errors import UserError
from fairemo_gui.training.callbacks import EarlyStopping, Tell
from fairemo_gui.training.data import Inputs, Rows
from fairemo_gui.training.history import Figures, History
from fairemo_gui.training.loop import Run, loop, probabilities
from fairemo_gui.training.recipe import Recipe
from fairemo_gui.training.seeds import seeded


@dataclass(frozen=True)
class Lesson:
    """What a net learns from.

    Attributes:
        inputs: Features of n utterances.
        targets: Distributions, shape (n, K); rows without a label are NaN.
        usable: Utterances with features, shape (n,).
    """

    inputs: Inputs
    targets: npt.NDArray[np.float64]
    usable: npt.NDArray[np.bool_]

    def labelled(self, parts: Parts, name: str) -> Rows:
        """Rows of a part that have features and a label."""
        return np.flatnonzero((parts == name) & self.usable & np.isfinite(self.targets).all(axis=1))

    def tested(self, parts: Parts) -> Rows:
        """Rows of the test part that have features; a label is not needed."""
        return np.flatnonzero((parts == TEST) & self.usable)


@dataclass(frozen=True)
class Member:
    """A trained member.

    Attributes:
        rows: The test part.
        probabilities: What it says about them, shape (len(rows), K), float32.
    """

    net: nn.Module
    history: History
    rows: Rows
    probabilities: npt.NDArray[np.float32]


def train_member(
    recipe: Recipe,
    dims: dict[str, int],
    lesson: Lesson,
    parts: Parts,
    seed: int,
    check: Callable[[], None],
    tell: Callable[[Figures], None],
) -> Member:
    """Train on `train`, stop by `validation`, predict `test`.

    Raises:
        UserError: A part that is needed is empty.
    """
    train, validation = (lesson.labelled(parts, name) for name in (TRAIN, VALIDATION))
    for name, rows in ((TRAIN, train), (VALIDATION, validation)):
        if not len(rows):
            raise UserError(f"The {name} part holds no utterance with features and a label: extract features or rate.")
    with seeded(seed) as generator:
        run = _run(recipe, dims, lesson, train, generator, check)
        plan = recipe.plan()
        history = loop(run, train, validation, plan.max_epochs, [EarlyStopping(plan.patience), Tell(tell)])
        rows = lesson.tested(parts)
        said = probabilities(run.net, lesson.inputs, rows, run.device) if len(rows) else _none(lesson)
    return Member(run.net, history, rows, said)


def _run(
    recipe: Recipe,
    dims: dict[str, int],
    lesson: Lesson,
    train: Rows,
    generator: np.random.Generator,
    check: Callable[[], None],
) -> Run:
    plan = recipe.plan()
    net = recipe.build(dims, lesson.targets.shape[1])
    recipe.fit_statistics(net, lesson.inputs, train)
    net.to(plan.device)
    # Rows without a label are never asked for.
    targets = torch.from_numpy(np.nan_to_num(lesson.targets).astype(np.float32))
    return Run(
        net, recipe.optimiser(net), recipe.loss, lesson.inputs, targets, plan.batch_size, generator, plan.device, check
    )


def _none(lesson: Lesson) -> npt.NDArray[np.float32]:
    return np.zeros((0, lesson.targets.shape[1]), dtype=np.float32)
