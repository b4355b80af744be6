"""Asking a net about utterances it has not answered for yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fairemo_gui.core.splits import TEST
from fairemo_gui.errors import UserError
from fairemo_gui.features.registry import encoder_entry
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.extraction import caches, extract
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.nets import NetRow


@dataclass(frozen=True)
class Predicting:
    """What predicting did.

    Attributes:
        net: Id of the net.
        predicted: Utterances predicted now.
        skipped: One line per utterance that could not be.
    """

    net: int
    predicted: int
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return asdict(self)

    def sentence(self) -> str:
        """For people."""
        left_out = f", {len(self.skipped)} left out" if self.skipped else ""
        return f"Net {self.net} predicted {self.predicted} utterances{left_out}."


def predict(ctx: TaskContext, lab: Lab, which: int | str = "latest") -> Predicting:
    """Predict every utterance of the corpus; each is asked of the member that had not learnt from its speaker.

    Batches are stored as they come; `ctx` gets a `Changes` for each, so that charts can fill in.

    Raises:
        UserError: No such net, or its weights or features are not what it was trained with.
    """
    net = nets.trained_net(lab.workspace, which, lab.corpus.id)
    config: dict[str, Any] = dict(net.config)
    features = _features(ctx, lab, config["encoders"])
    table = corpora.table(lab.workspace, lab.corpus.id)
    division: dict[str, str | int] = config["plan"]["parts"]
    own = [division.get(table.speakers[k].code) for k in table.speaker_index]
    met = {int(i): _met(net, part) for i, part in zip(table.ids, own, strict=True)}
    member = np.array([part if isinstance(part, int) else -1 for part in own], dtype=np.int64)
    codes = dict(zip(table.ids.tolist(), table.codes, strict=True))

    def store(part: dict[str, Any]) -> None:
        parts = [met[int(utterance)] for utterance in part["utterances"]]
        ctx.emit(nets.add_predictions(lab.workspace, net.id, part["utterances"], part["probabilities"], parts))

    weights = str(lab.workspace.folder / net.weights)
    arguments = {
        "net": {"weights": weights, "sha256": net.sha256, "config": config},
        "features": features,
        "utterances": table.ids,
        "member": member if net.folds > 1 else None,
    }
    result = lab.run(ctx, "fairemo_gui.recipes.compute:predict_task", arguments, store)
    skipped = tuple(f"{codes[each['utterance']]}: {each['reason']}" for each in result["skipped"])
    return Predicting(net.id, result["predicted"], skipped)


def _met(net: NetRow, part: str | int | None) -> str:
    """How a net had met an utterance's speaker."""
    if part is None:
        return "new"
    return "out of fold" if net.folds > 1 else str(part) if part != TEST else TEST


def _features(ctx: TaskContext, lab: Lab, trained_on: dict[str, str]) -> dict[str, str]:
    """The caches a net was trained on, brought up to date."""
    there = {info.name: info for info in caches(lab)}
    found = {}
    for modality, name in trained_on.items():
        encoder = name.partition("@")[0]
        settings = dict(there[name].settings) if name in there else {}
        made = extract(ctx, lab, encoder_entry(encoder).name, settings)
        if made.name != name:
            raise UserError(f"The net was trained on {name}, whose features are gone: extract them with its settings.")
        found[modality] = made.cache
    return found
