"""What a net makes of utterances just before it decides: its last hidden layer, as a task of the compute process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import CacheInfo, FeatureCache, create_cache
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.compute import open_net
from fairemo_gui.training.data import batches
from fairemo_gui.training.loop import logits_of

# As many as a net is asked at once, so that the hook sees each batch whole.
_BATCH = 256


def represent_task(
    ctx: TaskContext,
    net: dict[str, Any],
    features: dict[str, str],
    utterances: npt.NDArray[np.int64],
    name: str,
    folder: str,
) -> dict[str, Any]:
    """Store the input of a net's last linear layer for every utterance it has features for.

    Members of a cross-validated net each have a space of their own, in which only one member's points can be compared:
    the first one's are taken, also for utterances it learnt from.

    Args:
        ctx: Progress, cancelling.
        net: `weights` (path), `sha256` and `config` as training returned them.
        features: Folder of a feature cache per modality, made by the encoders the net was trained on.
        utterances: Ids, shape (n,).
        name: What the cache is called, as `net3`.
        folder: Where caches of representations lie.

    Returns:
        `made`: how many utterances, and `dim`.

    Raises:
        UserError: The weights were changed, features are missing, or the net has no linear layer.
    """
    ctx.report(0, len(utterances), "Reading the net")
    caches = {modality: FeatureCache(Path(place)) for modality, place in features.items()}
    recipe, modules = open_net(net, caches)
    seen: dict[str, torch.Tensor] = {}
    for layer in modules[0].modules():
        if isinstance(layer, nn.Linear):
            layer.register_forward_pre_hook(lambda _, inputs: seen.update(last=inputs[0].detach().float().cpu()))
    made: list[tuple[int, str, npt.NDArray[np.float32]]] = []
    for rows in batches(np.arange(len(utterances)), _BATCH):
        inputs = recipe.inputs(caches, utterances[rows], ctx.check)
        usable = np.flatnonzero(inputs.usable())
        if len(usable):
            logits_of(modules[0], inputs, usable, recipe.plan().device)
            vectors = _one_each(seen, len(usable)).numpy()
            made += [
                (int(u), net["sha256"], v[None, :]) for u, v in zip(utterances[rows][usable], vectors, strict=True)
            ]
        ctx.report(int(rows[-1]) + 1, len(utterances), "Looking into the net")
    if not made:
        raise UserError("No utterance has the features this net was trained on: extract them first.")
    dim, key = made[0][2].shape[1], net["sha256"][:12]
    create_cache(Path(folder), CacheInfo(name, "net", key, {"member": 0}, dim, key)).write(made)
    return {"made": len(made), "dim": dim}


def _one_each(seen: dict[str, torch.Tensor], rows: int) -> torch.Tensor:
    """The last linear layer's input, shape (rows, dim).

    Raises:
        UserError: There is none, or not one vector per utterance.
    """
    found = seen.get("last")
    if found is None or found.ndim != 2 or len(found) != rows:
        raise UserError("This recipe's last layer does not take one vector per utterance: it cannot be looked into.")
    return found
