"""Nets and their predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Changes
from fairemo_gui.errors import UserError
from fairemo_gui.store.workspace import Workspace

HELD_OUT = ("test", "out of fold", "new")
"""Parts a net has not learnt from: what headline figures are computed on."""


@dataclass(frozen=True)
class NetRow:
    """A trained net.

    Attributes:
        labels: The label source it learnt from (`voice`, `face`, `av`, `intended`).
        classes: The classes it tells apart, as a selection of the corpus's scheme.
        folds: Number of members; 1 = a single split.
        weights: Path under the workspace folder.
        sha256: Of the weights file.
        status: `training`, `trained`, `kept` or `discarded`; a net whose training did not end well is discarded.
        history: Per member, per epoch figures.
        parent_id: The net this one was retrained from.
    """

    corpus_id: int
    recipe: str
    labels: str
    classes: ClassSelection
    config: dict[str, object]
    seed: int
    folds: int
    data_hash: str
    code_version: str
    weights: str
    sha256: str
    history: list[object] = field(default_factory=list)
    status: str = "trained"
    parent_id: int | None = None
    seconds: float = 0.0
    created_at: str = ""
    id: int = 0


@dataclass(frozen=True)
class PredictionTable:
    """Predictions of one net.

    Attributes:
        utterances: Ids, int64, shape (n,).
        probabilities: Float64, shape (n, K).
        parts: `train`, `validation`, `test`, `out of fold` or `new` per utterance: how the net had met it.
    """

    utterances: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    parts: tuple[str, ...]

    def held_out(self) -> PredictionTable:
        """Only what the net had not learnt from."""
        keep = np.array([part in HELD_OUT for part in self.parts], dtype=bool)
        parts = tuple(part for part in self.parts if part in HELD_OUT)
        return PredictionTable(self.utterances[keep], self.probabilities[keep], parts)


def add_net(workspace: Workspace, net: NetRow) -> tuple[int, Changes]:
    """Store a net; returns its id."""
    row = {
        "corpus_id": net.corpus_id,
        "recipe": net.recipe,
        "labels": net.labels,
        "classes": json.dumps([net.classes.names, net.classes.members]),
        "config": json.dumps(net.config),
        "seed": net.seed,
        "folds": net.folds,
        "data_hash": net.data_hash,
        "code_version": net.code_version,
        "weights": net.weights,
        "sha256": net.sha256,
        "status": net.status,
        "history": json.dumps(net.history),
        "parent_id": net.parent_id,
        "seconds": net.seconds,
        "created_at": net.created_at or datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    with workspace.transaction() as db:
        inserted = db.table("net").insert(row)
    assert inserted.last_pk is not None
    return int(inserted.last_pk), Changes(frozenset({"nets"}))


def finish_net(workspace: Workspace, net_id: int, weights: str, sha256: str, **facts: object) -> Changes:
    """Complete a net that was in training: its weights, and `config`, `history`, `seconds`."""
    row = {key: json.dumps(value) if key in {"config", "history"} else value for key, value in facts.items()}
    with workspace.transaction() as db:
        db.table("net").update(net_id, {"weights": weights, "sha256": sha256, "status": "trained", **row})
    return Changes(frozenset({"nets"}))


def set_status(workspace: Workspace, net_id: int, status: str) -> Changes:
    """Keep or discard a net. A discarded one stays listed and can be kept again."""
    with workspace.transaction() as db:
        db.table("net").update(net_id, {"status": status})
    return Changes(frozenset({"nets"}))


def nets(workspace: Workspace, corpus_id: int | None = None) -> list[NetRow]:
    """Nets that are trained and not discarded, newest first."""
    where = "status NOT IN ('discarded', 'training')" + ("" if corpus_id is None else " AND corpus_id = ?")
    values = [] if corpus_id is None else [corpus_id]
    return [_net(row) for row in workspace.db.table("net").rows_where(where, values, order_by="id desc")]


def net(workspace: Workspace, which: int | str, corpus_id: int | None = None) -> NetRow:
    """A net by id, or `latest`; of a corpus where one is given.

    Raises:
        UserError: No such net, or it is another corpus's.
    """
    found = nets(workspace, corpus_id)
    if str(which) == "latest" and found:
        return found[0]
    rows = list(workspace.db.table("net").rows_where("id = ?", [which]))
    if not rows and not found:
        where = "this corpus of " if nets(workspace) else ""
        raise UserError(f"There is no net yet for {where}{workspace.folder.name}: run `fairemo train` first.")
    if not rows:
        ids = ", ".join(str(n.id) for n in found) or "none"
        raise UserError(f"{workspace.folder.name} has no net {which}; it has {ids}.")
    found_net = _net(rows[0])
    if corpus_id not in (None, found_net.corpus_id):
        raise UserError(f"Net {which} was trained on another corpus of {workspace.folder.name}: name it with --corpus.")
    return found_net


def trained_net(workspace: Workspace, which: int | str, corpus_id: int) -> NetRow:
    """A net whose training ended well, discarded since or not.

    Raises:
        UserError: No such net, or its training did not end.
    """
    found = net(workspace, which, corpus_id)
    if not found.sha256:
        raise UserError(f"The training of net {found.id} did not end: it has no weights; train again.")
    return found


def _net(row: dict[str, object]) -> NetRow:
    names, members = json.loads(str(row["classes"]))
    values = {key: row[key] for key in NetRow.__dataclass_fields__ if key not in {"classes", "config", "history"}}
    return NetRow(
        classes=ClassSelection(tuple(names), tuple(tuple(group) for group in members)),
        config=json.loads(str(row["config"])),
        history=json.loads(str(row["history"] or "[]")),
        **values,  # type: ignore[arg-type]
    )


def add_predictions(
    workspace: Workspace,
    net_id: int,
    utterances: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    parts: Sequence[str],
) -> Changes:
    """Store a batch; a prediction made again replaces the former one.

    Probabilities have shape (n, K) and are kept as float32; `parts` says how the net had met each utterance.
    """
    rows = zip(utterances.tolist(), parts, np.asarray(probabilities, dtype="<f4"), strict=True)
    with workspace.transaction() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO prediction (net_id, utterance_id, part, probabilities) VALUES (?, ?, ?, ?)",
            ((net_id, utterance, part, row.tobytes()) for utterance, part, row in rows),
        )
    return Changes(frozenset({"predictions"}), tuple(utterances.tolist()))


_PREDICTIONS = "SELECT utterance_id, part, probabilities FROM prediction WHERE net_id = ?"


def predictions(workspace: Workspace, net: NetRow, ids: npt.NDArray[np.int64] | None = None) -> PredictionTable:
    """The stored predictions of a net, every one or those of some utterances, in order of utterance id."""
    if ids is None:
        rows = workspace.db.execute(f"{_PREDICTIONS} ORDER BY utterance_id", [net.id]).fetchall()
    else:
        # One question with an OR in it would pass the index by.
        some = f"{_PREDICTIONS} AND utterance_id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a constant
        rows = workspace.db.execute(f"{some} ORDER BY utterance_id", [net.id, json.dumps(ids.tolist())]).fetchall()
    flat = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4").astype(np.float64)
    return PredictionTable(
        np.array([row[0] for row in rows], dtype=np.int64),
        flat.reshape(len(rows), len(net.classes.names)),
        tuple(row[1] for row in rows),
    )
