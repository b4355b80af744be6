"""Looking into a net: its last hidden layer for every utterance, computed once and kept beside the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairemo_gui.core.records import Changes
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.projection import REPRESENTATIONS
from fairemo_gui.store import corpora, nets


@dataclass(frozen=True)
class Representing:
    """What looking into a net gave.

    Attributes:
        net: Id of the net.
        made: Utterances represented.
        dim: Width of its last hidden layer.
    """

    net: int
    made: int
    dim: int

    def sentence(self) -> str:
        """For people."""
        return f"Net {self.net}'s last hidden layer ({self.dim} units) was kept for {self.made} utterances."


def represent(ctx: TaskContext, lab: Lab, which: int) -> Representing:
    """Keep a net's last hidden layer for every utterance that has the features it was trained on.

    Raises:
        UserError: No such net, or its weights or features are not what it was trained with.
    """
    net = nets.trained_net(lab.workspace, which, lab.corpus.id)
    config: dict[str, Any] = dict(net.config)
    arguments = {
        "net": {"weights": str(lab.workspace.folder / net.weights), "sha256": net.sha256, "config": config},
        "features": {modality: str(lab.features / name) for modality, name in config["encoders"].items()},
        "utterances": corpora.ids(lab.workspace, lab.corpus.id),
        "name": f"net{net.id}",
        "folder": str(lab.workspace.folder / REPRESENTATIONS),
    }
    result = lab.run(ctx, "fairemo_gui.recipes.represent:represent_task", arguments)
    ctx.emit(Changes(frozenset({"features"})))
    return Representing(net.id, result["made"], result["dim"])
