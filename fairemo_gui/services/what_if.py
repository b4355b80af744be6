"""What if a net could not hear, or not see, an utterance: its probabilities with modalities turned off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import corpora
from fairemo_gui.store.nets import NetRow

MODALITIES = ("audio", "text", "video")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What a net says of one utterance with every choice of the modalities it knows it by.

    Attributes:
        utterance: Its code.
        modalities: Those the utterance has features for.
        answers: Probabilities in `classes`, shape (K,), by the modalities that are kept.
    """

    net: int
    utterance: str
    classes: tuple[str, ...]
    modalities: tuple[str, ...]
    answers: dict[frozenset[str], npt.NDArray[np.float64]]

    @property
    def before(self) -> npt.NDArray[np.float64]:
        """With everything, shape (K,)."""
        return self.answers[frozenset(self.modalities)]

    def without(self, off: Collection[str]) -> npt.NDArray[np.float64] | None:
        """With some modalities turned off, shape (K,); None where nothing would be left."""
        return self.answers.get(frozenset(self.modalities) - set(off))

    def to_json(self, off: Collection[str]) -> dict[str, object]:
        """As plain JSON values, for some modalities turned off."""
        after = self.without(off)
        pairs = zip(self.classes, self.before.tolist(), self.before.tolist() if after is None else after, strict=True)
        return {
            "net": self.net,
            "utterance": self.utterance,
            "modalities": list(self.modalities),
            "without": [name for name in self.modalities if name in off],
            "probabilities": {name: {"before": before, "after": float(to)} for name, before, to in pairs},
        }


def modalities_of(net: NetRow) -> tuple[str, ...]:
    """What a net listens to, reads and looks at."""
    encoders = net.config.get("encoders")
    return tuple(name for name in MODALITIES if isinstance(encoders, dict) and name in encoders)


def what_if(ctx: TaskContext, lab: Lab, net: NetRow, utterance: int) -> WhatIf:
    """Ask a net about an utterance with every choice of its modalities; in place of one that is off stand zeros.

    A net of several members answers by the one that had not learnt from the speaker, as it does when it predicts.

    Raises:
        UserError: The net knows one modality only, or the utterance's features or the net's weights are not there.
    """
    known = modalities_of(net)
    if len(known) < 2:
        raise UserError(f"Net {net.id} {one_modality(net)}: there is nothing to turn off.")
    found, _ = corpora.utterance(lab.workspace, utterance)
    config: dict[str, Any] = dict(net.config)
    part = config["plan"]["parts"].get(found.speaker)
    arguments = {
        "net": {"weights": str(lab.workspace.folder / net.weights), "sha256": net.sha256, "config": config},
        "features": {name: str(lab.features / config["encoders"][name]) for name in known},
        "utterance": utterance,
        "member": part if net.folds > 1 and isinstance(part, int) else -1,
    }
    said = lab.run(ctx, "fairemo_gui.recipes.what_if:what_if_task", arguments)
    rows = zip(said["kept"], said["probabilities"].astype(np.float64), strict=True)
    answers = {frozenset(kept): row for kept, row in rows}
    return WhatIf(net.id, found.code, net.classes.names, tuple(said["modalities"]), answers)


def one_modality(net: NetRow) -> str:
    """As `knows audio only`; empty where a net knows several modalities."""
    known = modalities_of(net)
    return f"knows {known[0] if known else 'nothing'} only" if len(known) < 2 else ""


def utterance_of(lab: Lab, code: str) -> int:
    """Id of an utterance by its code.

    Raises:
        UserError: The corpus has none of that name.
    """
    table = corpora.table(lab.workspace, lab.corpus.id)
    if code not in table.codes:
        raise UserError(f"{lab.corpus.name} has no utterance {code}: take a name from the table, as {table.codes[0]}.")
    return int(table.ids[table.codes.index(code)])
