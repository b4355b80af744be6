"""Labels: vote counts per utterance, condition and source, kept in step with the ratings they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth, VoteCounts
from fairemo_gui.store.workspace import Workspace

BLIND = "ratings"
IN_SIGHT = "ratings in sight of a prediction"
_DTYPE = np.dtype("<i4")


def _insert(workspace: Workspace, rows: Iterable[tuple[int, str, str, bytes, int]]) -> None:
    workspace.db.conn.executemany(
        "INSERT OR REPLACE INTO label (utterance_id, condition, source, counts, votes) VALUES (?, ?, ?, ?, ?)", rows
    )


def insert_intended(workspace: Workspace, classes: Sequence[tuple[int, int]], size: int, source: str) -> None:
    """Store one class per utterance as a single vote; inside a transaction of the caller."""
    blobs = [row.tobytes() for row in np.eye(size, dtype=_DTYPE)]
    _insert(workspace, ((utterance, Truth.INTENDED.value, source, blobs[k], 1) for utterance, k in classes))


def insert_counts(workspace: Workspace, votes: Sequence[tuple[int, VoteCounts]]) -> None:
    """Store counts a corpus ships; inside a transaction of the caller."""
    _insert(
        workspace,
        ((u, v.condition.value, v.source, np.array(v.counts, _DTYPE).tobytes(), sum(v.counts)) for u, v in votes),
    )


def replace_rated(
    workspace: Workspace, utterance: int, condition: str, counts: dict[str, npt.NDArray[np.int64]]
) -> None:
    """Put the counts that single ratings add up to in place of the former ones; inside a transaction of the caller."""
    workspace.db.execute(
        "DELETE FROM label WHERE utterance_id = ? AND condition = ? AND source IN (?, ?)",
        [utterance, condition, BLIND, IN_SIGHT],
    )
    _insert(
        workspace,
        (
            (utterance, condition, source, votes.astype(_DTYPE).tobytes(), int(votes.sum()))
            for source, votes in counts.items()
            if votes.sum()
        ),
    )


def counts(
    workspace: Workspace, ids: npt.NDArray[np.int64], truth: Truth, size: int, *, blind_only: bool = False
) -> npt.NDArray[np.int64]:
    """Vote counts summed over sources, in the order of `ids`.

    With `blind_only`, ratings given in sight of a prediction are left out, as training does.

    Returns:
        Shape (n, size), int64; zeros where there is no label.
    """
    rows = workspace.db.execute(
        "SELECT utterance_id, counts FROM label WHERE condition = ? AND source != ?",
        [truth.value, IN_SIGHT if blind_only else ""],
    ).fetchall()
    result = np.zeros((len(ids), size), dtype=np.int64)
    if not rows or not len(ids):
        return result
    order = np.argsort(ids)
    labelled = np.array([row[0] for row in rows], dtype=np.int64)
    position = np.minimum(np.searchsorted(ids, labelled, sorter=order), len(ids) - 1)
    known = ids[order[position]] == labelled
    # Another corpus of the workspace may have another number of classes.
    votes = np.frombuffer(b"".join(row[1] for row, ours in zip(rows, known, strict=True) if ours), dtype=_DTYPE)
    np.add.at(result, order[position[known]], votes.reshape(-1, size))
    return result


def conditions(workspace: Workspace, corpus_id: int) -> dict[Truth, int]:
    """Number of labelled utterances per kind of truth, for those that have any."""
    rows = workspace.db.execute(
        "SELECT condition, COUNT(DISTINCT utterance_id) FROM label JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND votes > 0 GROUP BY condition",
        [corpus_id],
    ).fetchall()
    return {Truth(condition): n for condition, n in rows}
