"""What a net would say of one utterance without some of its modalities, as a task of the compute process."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.compute import open_net
from fairemo_gui.recipes.sources import Modalities
from fairemo_gui.training.loop import probabilities

_ROW = np.zeros(1, dtype=np.int64)


def what_if_task(
    ctx: TaskContext, net: dict[str, Any], features: dict[str, str], utterance: int, member: int = -1
) -> dict[str, Any]:
    """Ask a stored net about one utterance with every choice of its modalities.

    Args:
        ctx: Progress, cancelling.
        net: `weights` (path), `sha256` and `config` as training returned them.
        features: Folder of a feature cache per modality, made by the encoders the net was trained on.
        utterance: Its id.
        member: The member to ask; −1 = the mean of all.

    Returns:
        `modalities` the utterance has features for; `kept`: every non-empty choice of them, all of them first; and
        `probabilities`, float32, shape (len(kept), K).

    Raises:
        UserError: The weights were changed, features are missing, or the recipe has no fusion to put zeros into.
    """
    ctx.report(0, None, "Reading the net")
    caches = {name: FeatureCache(Path(folder)) for name, folder in features.items()}
    recipe, modules = open_net(net, caches)
    inputs = recipe.inputs(caches, np.array([utterance], dtype=np.int64), ctx.check)
    if not isinstance(inputs, Modalities):
        raise UserError(f"{recipe.name} has no fusion of modalities: none of them can be turned off.")
    present = [name for name, source in inputs.sources.items() if source.present[0]]
    if not present:
        raise UserError("This utterance has no features for this net yet: predict it first.")
    kept = [list(some) for size in range(len(present), 0, -1) for some in combinations(present, size)]
    asked = modules if member < 0 else modules[member : member + 1]
    device = recipe.plan().device
    said = [
        np.mean([probabilities(module, inputs.only(some), _ROW, device)[0] for module in asked], axis=0)
        for some in kept
    ]
    return {"modalities": present, "kept": kept, "probabilities": np.asarray(said, dtype=np.float32)}
