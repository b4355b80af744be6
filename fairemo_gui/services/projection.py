"""Where utterances lie in the space a net or an encoder puts them in: principal components, and who is near whom."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.components import Components, Vectors, principal_components
from fairemo_gui.features.cache import FeatureCache, list_caches
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor
from fairemo_gui.store import corpora, labels, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

REPRESENTATIONS = "representations"
"""Folder of a workspace where the insides of nets are kept."""
KEPT_COMPONENTS = 64
"""Distances are taken over so many components at most."""
FITTED = 20_000
"""The axes come from so many utterances at most, drawn with a fixed seed; all are drawn in the picture."""

Ints = npt.NDArray[np.int64]
Check = Callable[[], None]
_BLOCK = 4096
_MODALITIES = ("audio", "video", "text")
_KEPT_EMBEDDINGS = 4


class Kind(StrEnum):
    """What an utterance is represented by."""

    NET = "net"
    FEATURES = "features"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Representation:
    """One way to represent the utterances of a corpus.

    Attributes:
        key: Changes with what is stored.
        words: As `mfcc, mean over time`.
        folder: Name of the cache under the workspace's folder; empty for answers.
        predictor: Whose answers.
    """

    kind: Kind
    key: str
    words: str
    folder: str = ""
    predictor: Predictor | None = None


@dataclass(frozen=True, eq=False)
class Embedding:
    """Utterances as points.

    Attributes:
        ids: Utterance ids, int64, shape (n,), ascending.
        vectors: Coordinates along the leading components, float32, shape (n, k), 2 ≤ k ≤ `KEPT_COMPONENTS`.
        explained: Share of the variance along each, shape (k,).
        fitted: Utterances the components were computed from.
        dim: Width of the representation before.
    """

    representation: Representation
    ids: Ints
    vectors: Vectors
    explained: npt.NDArray[np.float64]
    fitted: int
    dim: int

    @property
    def points(self) -> Vectors:
        """The first two components, shape (n, 2)."""
        return self.vectors[:, :2]


@dataclass(frozen=True)
class Neighbour:
    """An utterance near another.

    Attributes:
        distance: Euclidean, over the kept components.
    """

    utterance: int
    distance: float


def representations(
    workspace: Workspace, corpus: CorpusRow, predictor: Predictor | None = None
) -> tuple[Representation, ...]:
    """What there is to represent utterances by, best first: inside the net, an encoder's features, class probabilities.

    Reads no more than which files and predictions there are.
    """
    found = [*_of_net(workspace, corpus, predictor), *_of_encoders(workspace, corpus)]
    if predictor is not None:
        state = _answer_state(workspace, predictor)
        what = "vote shares" if isinstance(predictor, HumanPredictor) else "class probabilities"
        if state:
            words = f"{predictor.name}, {what}"
            key = f"{corpus.id}/{predictor.name}/{state}"
            found.append(Representation(Kind.ANSWERS, key, words, predictor=predictor))
    return tuple(found)


def _of_net(workspace: Workspace, corpus: CorpusRow, predictor: Predictor | None) -> list[Representation]:
    """What is kept of the insides of a net; of several folds it is the first one's."""
    if not isinstance(predictor, NetPredictor):
        return []
    net = nets.net(workspace, predictor.net_id)
    fold = " of fold 1" if net.folds > 1 else ""
    mine = [
        info
        for info in list_caches(workspace.folder / REPRESENTATIONS)
        if info.name == f"net{net.id}@{net.sha256[:12]}"
    ]
    words = f"net {net.id}, last hidden layer{fold}"
    return [r for r in (_kept(workspace, corpus, Kind.NET, f"{REPRESENTATIONS}/{i.name}", words) for i in mine) if r]


def _of_encoders(workspace: Workspace, corpus: CorpusRow) -> list[Representation]:
    """Features of every encoder that was run, voices first."""
    caches = sorted(list_caches(workspace.folder / "features"), key=lambda info: _MODALITIES.index(info.modality))
    found = (
        _kept(workspace, corpus, Kind.FEATURES, f"features/{i.name}", f"{i.encoder}, mean over time") for i in caches
    )
    return [each for each in found if each is not None]


def _kept(workspace: Workspace, corpus: CorpusRow, kind: Kind, folder: str, words: str) -> Representation | None:
    """A cache as a representation; None while it is empty."""
    shards = sorted(path.name for path in (workspace.folder / folder).glob("[0-9]*-*.json"))
    if not shards:
        return None
    return Representation(kind, f"{corpus.id}/{folder}/{','.join(shards)}", words, folder)


def embed(workspace: Workspace, corpus: CorpusRow, which: Representation, check: Check = lambda: None) -> Embedding:
    """Read the representation of every utterance that has one and take its principal components.

    Features are averaged over time and every dimension divided by its standard deviation, since dimensions have
    different units; answers and a net's own representation keep their scale.

    Raises:
        UserError: No utterance has this representation, or a part of it is damaged.
        CancelledError: `check` raised it.
    """
    ids, read = _reader(workspace, corpus, which)
    if not len(ids):
        raise UserError(f"No utterance of {corpus.name} has {which.words}: extract features or train a net first.")
    chosen = np.arange(len(ids))
    if len(ids) > FITTED:
        chosen = np.sort(np.random.default_rng(0).choice(len(ids), FITTED, replace=False))
    sample = _read_blocks(read, chosen, check)
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        raise UserError(f"{which.words} holds no usable numbers for {corpus.name}: extract features again.")
    components = principal_components(sample, KEPT_COMPONENTS, standardise=which.kind is Kind.FEATURES)
    vectors = _read_blocks(read, np.arange(len(ids)), check, components)
    finite = np.isfinite(vectors).all(axis=1)
    return Embedding(which, ids[finite], vectors[finite], components.explained, len(sample), sample.shape[1])


def nearest(embedding: Embedding, utterance: int, count: int = 20) -> tuple[Neighbour, ...]:
    """The utterances nearest to one, nearest first, itself left out; none where it is not in the embedding.

    Args:
        embedding: Where everybody lies.
        utterance: Id.
        count: How many.
    """
    row = int(np.searchsorted(embedding.ids, utterance))
    if row == len(embedding.ids) or embedding.ids[row] != utterance:
        return ()
    difference = embedding.vectors - embedding.vectors[row]
    distances = np.einsum("nk,nk->n", difference, difference)
    distances[row] = np.inf
    count = min(count, len(distances) - 1)
    found = np.argpartition(distances, count - 1)[:count] if count else np.empty(0, dtype=np.int64)
    found = found[np.lexsort((embedding.ids[found], distances[found]))]
    return tuple(Neighbour(int(embedding.ids[k]), float(np.sqrt(distances[k]))) for k in found)


class Embeddings:
    """The embeddings computed last, by what they were computed from; safe from any thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Embedding] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, workspace: Workspace, corpus: CorpusRow, which: Representation, check: Check = lambda: None
    ) -> Embedding:
        """The embedding of a corpus by a representation; computed where it is not known yet, which may take seconds.

        Raises:
            UserError: See `embed`.
            CancelledError: `check` raised it.
        """
        key = (str(workspace.folder), which.key)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = embed(workspace, corpus, which, check)
        with self._lock:
            self._known[key] = made
            while len(self._known) > _KEPT_EMBEDDINGS:
                self._known.popitem(last=False)
        return made


def _answer_state(workspace: Workspace, predictor: Predictor) -> str:
    """What tells stored answers from earlier ones; empty where there are none."""
    if isinstance(predictor, NetPredictor):
        count, last = workspace.db.execute(
            "SELECT COUNT(*), MAX(rowid) FROM prediction WHERE net_id = ?", [predictor.net_id]
        ).fetchone()
        return f"{count}.{last}" if count else ""
    # A vote that is changed may leave the sum and the row's number as they were; the log of ratings only grows.
    *state, votes = workspace.db.execute(
        "SELECT (SELECT MAX(rowid) FROM rating), MAX(rowid), SUM(votes) FROM label WHERE condition = ?",
        [predictor.condition.value],
    ).fetchone()
    return f"{votes}.{state}" if votes else ""


def _reader(
    workspace: Workspace, corpus: CorpusRow, which: Representation
) -> tuple[Ints, Callable[[Ints], npt.NDArray[np.floating]]]:
    """Ids that have the representation, ascending, and what reads it for rows of them, shape (m, d)."""
    if which.kind is not Kind.ANSWERS:
        ids, cache = corpora.ids(workspace, corpus.id), FeatureCache(workspace.folder / which.folder)
        ids = ids[[int(utterance) in cache for utterance in ids]] if len(ids) else ids
        return ids, lambda rows: np.stack([cache.read(int(ids[row])).mean(axis=0) for row in rows])
    if isinstance(which.predictor, NetPredictor):
        found = nets.predictions(workspace, nets.net(workspace, which.predictor.net_id)).held_out()
        finite = np.isfinite(found.probabilities).all(axis=1)
        known, values = found.utterances[finite], found.probabilities[finite]
    else:
        assert which.predictor is not None
        ids = corpora.ids(workspace, corpus.id)
        counts = labels.counts(workspace, ids, Truth(which.predictor.condition.value), len(corpus.scheme))
        voted = counts.sum(axis=1) > 0
        known, values = ids[voted], counts[voted] / counts[voted].sum(axis=1, keepdims=True)
    return known, lambda rows: values[rows]


def _read_blocks(
    read: Callable[[Ints], npt.NDArray[np.floating]], rows: Ints, check: Check, components: Components | None = None
) -> Vectors:
    """The vectors of rows, or their coordinates, block by block: all of a large encoder's features need not fit."""
    parts = []
    for start in range(0, len(rows), _BLOCK):
        check()
        block = np.asarray(read(rows[start : start + _BLOCK]), dtype=np.float32)
        parts.append(block if components is None else components.project(block))
    return np.concatenate(parts)
