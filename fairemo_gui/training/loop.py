"""Step, epoch, loop: small functions every recipe trains with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.optim import Optimizer

from fairemo_gui.errors import UserError
from fairemo_gui.training.callbacks import Callback
from fairemo_gui.training.data import Inputs, Rows, Tensors, batches, shuffled
from fairemo_gui.training.history import Figures, History

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Probabilities = npt.NDArray[np.float32]

_PREDICT_BATCH = 256


@dataclass(frozen=True)
class Run:
    """Everything one training run works on.

    Attributes:
        targets: Distributions, shape (n, K), float32, on the CPU.
        check: Called between steps; raises to stop the run.
    """

    net: nn.Module
    optimiser: Optimizer
    loss: Loss
    inputs: Inputs
    targets: torch.Tensor
    batch_size: int
    generator: np.random.Generator
    device: torch.device
    check: Callable[[], None] = lambda: None


def to_device(tensors: Tensors, device: torch.device) -> Tensors:
    """The same tensors on a device."""
    return {name: tensor.to(device, non_blocking=True) for name, tensor in tensors.items()}


def step(run: Run, rows: Rows) -> float:
    """One update on one batch; returns its loss."""
    run.check()
    run.optimiser.zero_grad()
    logits = run.net(to_device(run.inputs.batch(rows), run.device))
    loss = run.loss(logits, run.targets[rows].to(run.device))
    loss.backward()  # type: ignore[no-untyped-call]
    run.optimiser.step()
    return float(loss.detach())


def epoch(run: Run, rows: Rows) -> float:
    """One pass over the rows in random order; returns the mean loss."""
    run.net.train()
    parts = list(batches(shuffled(rows, run.generator), run.batch_size))
    losses = [step(run, part) * len(part) for part in parts]
    return sum(losses) / len(rows)


def logits_of(net: nn.Module, inputs: Inputs, rows: Rows, device: torch.device) -> torch.Tensor:
    """What a net says about rows, without dropout: shape (len(rows), K), on the CPU."""
    net.eval()
    with torch.inference_mode():
        parts = [net(to_device(inputs.batch(part), device)).float().cpu() for part in batches(rows, _PREDICT_BATCH)]
    return torch.cat(parts)


def probabilities(net: nn.Module, inputs: Inputs, rows: Rows, device: torch.device) -> Probabilities:
    """Class probabilities per row, shape (len(rows), K), float32."""
    return np.asarray(logits_of(net, inputs, rows, device).softmax(dim=1).numpy(), dtype=np.float32)


def validate(run: Run, rows: Rows) -> Figures:
    """Loss and unweighted average recall on rows the net does not learn from."""
    logits = logits_of(run.net, run.inputs, rows, run.device)
    targets = run.targets[rows]
    return {
        "validation_loss": float(run.loss(logits, targets)),
        "validation_uar": mean_recall(targets.argmax(1).numpy(), logits.argmax(1).numpy()),
    }


def mean_recall(true: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64]) -> float:
    """Unweighted average recall over the classes that occur."""
    return float(np.mean([np.mean(predicted[true == k] == k) for k in np.unique(true)]))


def loop(run: Run, train: Rows, validation: Rows, epochs: int, callbacks: Sequence[Callback]) -> History:
    """Train until a callback stops it or `epochs` are over.

    Raises:
        UserError: The loss is no longer a number.
    """
    history: History = []
    for number in range(1, epochs + 1):
        figures: Figures = {"epoch": float(number), "train_loss": epoch(run, train)}
        figures |= validate(run, validation)
        if not np.isfinite(figures["train_loss"]):
            raise UserError(f"Training went astray in epoch {number}: the loss is not a number; lower learning_rate.")
        history.append(figures)
        # Every callback sees every epoch, also the one that ends the run.
        verdicts = [callback.after_epoch(run.net, figures) for callback in callbacks]
        if True in verdicts:
            break
    for callback in callbacks:
        callback.after_run(run.net)
    return history
