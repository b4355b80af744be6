"""Labels: vote counts per utterance, condition and source, and what a corpus says of an utterance as a whole."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Consensus, Truth, VoteCounts
from fairemo_gui.store.workspace import Workspace

# Names that no file can have: counts a corpus ships bear the name of the file they came from.
BLIND = "ratings/blind"
IN_SIGHT = "ratings/in sight"
SMART = "ratings/smart"
NO_AGREEMENT = "no_agreement"
"""The verdict where raters could not be brought together."""

_DTYPE = np.dtype("<i4")
# Utterance, condition, source, counts, votes.
Row: TypeAlias = tuple[int, str, str, bytes, int]


def packed(counts: Sequence[int]) -> bytes:
    """Vote counts as they are stored."""
    return struct.pack(f"<{len(counts)}i", *counts)


def insert(workspace: Workspace, rows: Iterable[Row]) -> None:
    """Store rows in place of former ones of the same utterance, condition and source; inside a transaction."""
    workspace.db.conn.executemany(
        "INSERT OR REPLACE INTO label (utterance_id, condition, source, counts, votes) VALUES (?, ?, ?, ?, ?)", rows
    )


def insert_intended(workspace: Workspace, classes: Sequence[tuple[int, int]], size: int, source: str) -> None:
    """Store one class per utterance as a single vote; inside a transaction of the caller."""
    blobs = [packed(row) for row in np.eye(size, dtype=int).tolist()]
    insert(workspace, ((utterance, Truth.INTENDED.value, source, blobs[k], 1) for utterance, k in classes))


def insert_counts(workspace: Workspace, votes: Iterable[tuple[int, VoteCounts]]) -> None:
    """Store counts a corpus ships; inside a transaction of the caller."""
    insert(workspace, ((u, v.condition.value, v.source, packed(v.counts), sum(v.counts)) for u, v in votes))


def insert_consensus(workspace: Workspace, found: Iterable[tuple[int, Consensus]]) -> None:
    """Store what a corpus says of utterances as a whole; inside a transaction of the caller."""
    workspace.db.conn.executemany(
        "INSERT OR REPLACE INTO consensus (utterance_id, condition, source, verdict, activation, valence, dominance) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (u, c.condition.value, c.source, NO_AGREEMENT if c.no_agreement else None, c.activation, c.valence,
             c.dominance)
            for u, c in found
        ),
    )  # fmt: skip


def consensus(workspace: Workspace, corpus_id: int) -> list[tuple[int, Consensus]]:
    """What a corpus says of its utterances as a whole, by utterance's id; gold labels made here are not among it."""
    rows = workspace.db.execute(
        "SELECT utterance_id, code, consensus.condition, source, activation, valence, dominance, verdict "
        "FROM consensus JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND source NOT LIKE 'gold/%' ORDER BY utterance_id, consensus.condition, source",
        [corpus_id],
    ).fetchall()
    return [
        (u, Consensus(code, Truth(condition), source, activation, valence, dominance, verdict == NO_AGREEMENT))
        for u, code, condition, source, activation, valence, dominance, verdict in rows
    ]


def shipped(workspace: Workspace, corpus_id: int) -> dict[tuple[int, str], dict[str, tuple[int, ...]]]:
    """Votes that came counted, per utterance and condition and the file they came from."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, source, counts FROM label JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND source NOT LIKE 'ratings/%' AND condition != ?",
        [corpus_id, Truth.INTENDED.value],
    )
    found: dict[tuple[int, str], dict[str, tuple[int, ...]]] = {}
    for utterance, condition, source, counts in rows:
        found.setdefault((utterance, condition), {})[source] = tuple(np.frombuffer(counts, dtype=_DTYPE).tolist())
    return found


def intended(workspace: Workspace, corpus_id: int) -> dict[int, int]:
    """The intended class of each utterance of a corpus that has one."""
    rows = workspace.db.execute(
        "SELECT utterance_id, counts FROM label JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND label.condition = ?",
        [corpus_id, Truth.INTENDED.value],
    ).fetchall()
    return {utterance: int(np.frombuffer(counts, dtype=_DTYPE).argmax()) for utterance, counts in rows}


def gold(workspace: Workspace, corpus_id: int, rater: str) -> dict[tuple[int, Truth], str]:
    """What an adjudicator settled on per utterance and condition: an emotion, or `NO_AGREEMENT`."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, verdict FROM consensus JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND source = ?",
        [corpus_id, f"gold/{rater}"],
    ).fetchall()
    return {(u, Truth(condition)): verdict for u, condition, verdict in rows}


def golds(workspace: Workspace, corpus_id: int) -> dict[Truth, tuple[str, ...]]:
    """Names under which labels of a kind were settled, most utterances first."""
    rows = workspace.db.execute(
        "SELECT condition, substr(source, 6) FROM consensus JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ? AND source LIKE 'gold/%' AND verdict != ? "
        "GROUP BY condition, source ORDER BY COUNT(*) DESC",
        [corpus_id, NO_AGREEMENT],
    ).fetchall()
    found: dict[Truth, tuple[str, ...]] = {}
    for condition, name in rows:
        found[Truth(condition)] = (*found.get(Truth(condition), ()), name)
    return found


def gold_counts(
    workspace: Workspace, ids: npt.NDArray[np.int64], truth: Truth, scheme: EmotionScheme, rater: str
) -> npt.NDArray[np.int64]:
    """An adjudicator's labels as one vote each, in the order of `ids`; shape (n, C), zeros where there is none."""
    rows = workspace.db.execute(
        "SELECT utterance_id, verdict FROM consensus WHERE condition = ? AND source = ? AND verdict != ?",
        [truth.value, f"gold/{rater}", NO_AGREEMENT],
    ).fetchall()
    verdicts = dict(rows)
    result = np.zeros((len(ids), len(scheme)), dtype=np.int64)
    for row, utterance in enumerate(ids.tolist()):
        if utterance in verdicts:
            result[row, scheme.classes.index(verdicts[utterance])] = 1
    return result


def counts(
    workspace: Workspace,
    ids: npt.NDArray[np.int64],
    truth: Truth,
    size: int,
    *,
    blind_only: bool = False,
    smart: bool = False,
) -> npt.NDArray[np.int64]:
    """Vote counts summed over sources, in the order of `ids`.

    With `blind_only`, ratings given in sight of a prediction are left out, as training does. Ratings a smart queue
    asked for are only there with `smart`: they are no fair sample.

    Returns:
        Shape (n, size), int64; zeros where there is no label.
    """
    rows = workspace.db.execute(
        "SELECT utterance_id, counts FROM label WHERE condition = ? AND source NOT IN (?, ?)",
        [truth.value, IN_SIGHT if blind_only else "", "" if smart else SMART],
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
        "WHERE corpus_id = ? AND votes > 0 AND source != ? GROUP BY condition",
        [corpus_id, SMART],
    ).fetchall()
    return {Truth(condition): n for condition, n in rows}
