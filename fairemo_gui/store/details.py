"""Everything known of one utterance, read by its id without walking the whole corpus."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.store import labels, tally
from fairemo_gui.store.workspace import Workspace


def votes_of(workspace: Workspace, utterance_id: int, size: int) -> dict[Truth, npt.NDArray[np.int64]]:
    """Vote counts of an utterance per kind of truth, where there are any, smart queues aside; shape (size,)."""
    rows = workspace.db.execute(
        "SELECT condition, counts FROM label WHERE utterance_id = ? AND votes > 0 AND source != ?",
        [utterance_id, labels.SMART],
    ).fetchall()
    found: dict[Truth, npt.NDArray[np.int64]] = {}
    for condition, counts in rows:
        votes = np.frombuffer(counts, dtype="<i4").astype(np.int64)
        found[Truth(condition)] = found.get(Truth(condition), np.zeros(size, dtype=np.int64)) + votes
    return found


def prediction_of(workspace: Workspace, net_id: int, utterance_id: int) -> tuple[npt.NDArray[np.float64], str] | None:
    """A net's probabilities for an utterance, shape (K,), and how it had met it; None where it said nothing."""
    row = workspace.db.execute(
        "SELECT probabilities, part FROM prediction WHERE net_id = ? AND utterance_id = ?", [net_id, utterance_id]
    ).fetchone()
    return None if row is None else (np.frombuffer(row[0], dtype="<f4").astype(np.float64), str(row[1]))


def rated_by(workspace: Workspace, rater: str, condition: Condition | None = None) -> npt.NDArray[np.int64]:
    """Ids of the utterances a rater's ratings stand for, in one condition or in any, shape (n,)."""
    rows = workspace.db.execute(
        "SELECT DISTINCT utterance_id FROM rating JOIN rater ON rater.id = rater_id "  # noqa: S608 - a constant
        "WHERE rater.code = ?1 AND (?2 IS NULL OR condition = ?2) "
        f"AND votes != '[]' AND {tally.OWN} AND {tally.STANDS}",
        [rater, condition],
    ).fetchall()
    return np.array([row[0] for row in rows], dtype=np.int64)
