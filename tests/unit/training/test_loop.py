from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fairemo_gui.errors import UserError
from fairemo_gui.training.callbacks import EarlyStopping, Tell
from fairemo_gui.training.data import Rows, Tensors
from fairemo_gui.training.history import Figures, best_epoch
from fairemo_gui.training.loop import Run, loop, mean_recall, probabilities
from fairemo_gui.training.losses import cross_entropy
from fairemo_gui.training.optimisers import adabelief
from fairemo_gui.training.seeds import member_seeds, seeded


class Points:
    """Two clouds, one per class."""

    def __init__(self, count: int = 60, gap: float = 2.0) -> None:
        generator = np.random.default_rng(0)
        self.classes = np.arange(count) % 2
        self.values = torch.from_numpy(generator.normal(size=(count, 3)) + gap * self.classes[:, None]).float()

    def dims(self) -> dict[str, int]:
        return {"points": 3}

    def usable(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return np.ones(len(self.values), dtype=np.bool_)

    def batch(self, rows: Rows) -> Tensors:
        return {"points": self.values[rows]}


class Line(nn.Module):
    """Logistic regression."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, inputs: Tensors) -> torch.Tensor:
        logits: torch.Tensor = self.layer(inputs["points"])
        return logits


def new_run(points: Points, generator: np.random.Generator, learning_rate: float = 0.01) -> Run:
    net = Line()
    targets = torch.eye(2)[points.classes]
    device = torch.device("cpu")
    return Run(net, adabelief(net.parameters(), learning_rate), cross_entropy, points, targets, 8, generator, device)


TRAIN, VALIDATION = np.arange(40), np.arange(40, 60)


def test_a_net_learns_and_its_history_is_plain() -> None:
    with seeded(1) as generator:
        run = new_run(Points(), generator)
        history = loop(run, TRAIN, VALIDATION, 30, [])
    assert [figures["epoch"] for figures in history] == list(range(1, 31))
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert history[-1]["validation_uar"] > 0.8
    assert probabilities(run.net, run.inputs, VALIDATION, run.device).sum(axis=1) == pytest.approx(1)


def test_the_same_seed_gives_the_same_weights() -> None:
    def weights(seed: int) -> torch.Tensor:
        with seeded(seed) as generator:
            run = new_run(Points(), generator)
            loop(run, TRAIN, VALIDATION, 5, [])
        found: torch.Tensor = run.net.state_dict()["layer.weight"]
        return found

    assert torch.equal(weights(3), weights(3))
    assert not torch.equal(weights(3), weights(4))


def test_seeding_leaves_no_trace() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    threads = torch.get_num_threads()
    with seeded(9):
        torch.rand(10)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


def test_member_seeds_do_not_depend_on_each_other() -> None:
    assert member_seeds(4, 5)[:3] == member_seeds(4, 3)
    assert len(set(member_seeds(4, 5))) == 5


def test_early_stopping_waits_and_restores_the_best_weights() -> None:
    net = Line()
    stopping = EarlyStopping(patience=3)
    losses = [0.9, 0.5, 0.6, 0.5, 0.7]
    stops = []
    for number, loss in enumerate(losses):
        nn.init.constant_(net.layer.weight, number)
        stops.append(stopping.after_epoch(net, {"validation_loss": loss}))
    stopping.after_run(net)
    assert stops == [False, False, False, False, True]
    assert torch.equal(net.layer.weight, torch.ones_like(net.layer.weight))


def test_the_loop_stops_with_the_callback_and_tells_every_epoch() -> None:
    told: list[Figures] = []
    with seeded(0) as generator:
        history = loop(
            new_run(Points(gap=0.0), generator, 0.1), TRAIN, VALIDATION, 500, [EarlyStopping(4), Tell(told.append)]
        )
    assert told == history
    assert len(history) < 500
    best = best_epoch(history)
    assert best is not None
    assert len(history) - best["epoch"] == 4


def test_a_check_stops_between_steps() -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise InterruptedError

    with seeded(0) as generator:
        run = new_run(Points(), generator)
        with pytest.raises(InterruptedError):
            loop(Run(**{**vars(run), "check": check}), TRAIN, VALIDATION, 5, [])
    assert calls == 4


def test_a_loss_that_is_no_number_ends_in_words() -> None:
    points = Points()
    points.values[0] = torch.nan
    with seeded(0) as generator, pytest.raises(UserError, match="Training went astray in epoch 1"):
        loop(new_run(points, generator), TRAIN, VALIDATION, 5, [])


def test_soft_targets_cost_what_the_formula_says() -> None:
    logits = torch.tensor([[1.0, -1.0, 0.0], [0.5, 0.5, 2.0]])
    soft = torch.tensor([[0.2, 0.5, 0.3], [0.0, 0.0, 1.0]])
    expected = -(soft * logits.softmax(1).log()).sum(1).mean()
    assert cross_entropy(logits, soft) == pytest.approx(float(expected))
    hard = nn.functional.cross_entropy(logits, torch.tensor([1, 2]))
    assert cross_entropy(logits, torch.eye(3)[[1, 2]]) == pytest.approx(float(hard))


def test_mean_recall_counts_classes_that_occur() -> None:
    assert mean_recall(np.array([0, 0, 0, 2]), np.array([0, 0, 1, 1])) == pytest.approx((2 / 3 + 0) / 2)
