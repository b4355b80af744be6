from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import CacheInfo, create_cache
from fairemo_gui.services import projection
from fairemo_gui.services.projection import Embedding, Embeddings, Kind, Representation, embed, nearest, representations
from fairemo_gui.services.rating import rate
from fairemo_gui.services.samples import HumanPredictor, NetPredictor
from fairemo_gui.store import corpora
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import add_net, many_speakers


@dataclass
class Place:
    workspace: Workspace
    corpus: CorpusRow


@pytest.fixture
def place(tmp_path: Path) -> Place:
    workspace = many_speakers(tmp_path, 6, 10)
    return Place(workspace, corpora.corpora(workspace)[0])


def add_features(place: Place, encoder: str, modality: str, rows: dict[int, np.ndarray]) -> None:
    dim = next(iter(rows.values())).shape[1]
    info = CacheInfo(encoder, modality, "1", {}, dim, "0123456789ab")
    create_cache(place.workspace.folder / "features", info).write(
        [(utterance, "origin", array.astype(np.float32)) for utterance, array in rows.items()]
    )


def made_up(n: int, k: int = 8) -> Embedding:
    vectors = np.random.default_rng(0).normal(size=(n, k)).astype(np.float32)
    which = Representation(Kind.FEATURES, "k", "made up")
    return Embedding(which, np.arange(10, 10 + n), vectors, np.full(k, 1 / k), n, k)


def test_best_first_and_only_what_is_there(place: Place) -> None:
    assert representations(place.workspace, place.corpus) == ()
    net = add_net(place.workspace, 1)
    (only,) = representations(place.workspace, place.corpus, NetPredictor(net.id))
    assert (only.kind, only.words) == (Kind.ANSWERS, f"net {net.id}, class probabilities")
    assert representations(place.workspace, place.corpus, HumanPredictor(Condition.VOICE)) == ()
    add_features(place, "words", "text", {1: np.ones((1, 4))})
    add_features(place, "mfcc", "audio", {1: np.ones((3, 4))})
    found = representations(place.workspace, place.corpus, NetPredictor(net.id))
    assert [r.words for r in found[:2]] == ["mfcc, mean over time", "words, mean over time"]


def test_features_are_averaged_over_time_and_standardised(place: Place) -> None:
    rng = np.random.default_rng(0)
    rows = {k: rng.normal(size=(5, 3)) * (1, 100, 1) for k in range(1, 31)}
    add_features(place, "mfcc", "audio", rows)
    (which,) = representations(place.workspace, place.corpus)
    found = embed(place.workspace, place.corpus, which)
    means = np.stack([rows[k].mean(axis=0) for k in range(1, 31)])
    scaled = (means - means.mean(axis=0)) / means.std(axis=0)
    assert found.ids.tolist() == list(range(1, 31))
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(np.linalg.norm(scaled, axis=1), rel=1e-4)
    assert float(found.explained.sum()) == pytest.approx(1)
    assert (found.dim, found.fitted) == (3, 30)


def test_features_that_are_no_numbers_are_left_out(place: Place) -> None:
    rows = {k: np.full((2, 3), float(k)) for k in (1, 2, 3)} | {4: np.full((2, 3), np.nan)}
    add_features(place, "mfcc", "audio", rows)
    found = embed(place.workspace, place.corpus, representations(place.workspace, place.corpus)[0])
    assert found.ids.tolist() == [1, 2, 3]


def test_a_representation_of_nobody_is_said(place: Place) -> None:
    add_features(place, "mfcc", "audio", {9_999: np.ones((1, 3))})
    with pytest.raises(UserError, match="No utterance of many has mfcc"):
        embed(place.workspace, place.corpus, representations(place.workspace, place.corpus)[0])


def test_axes_of_a_part_serve_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    net = add_net(place.workspace, 1)
    (which,) = representations(place.workspace, place.corpus, NetPredictor(net.id))
    monkeypatch.setattr(projection, "FITTED", 20)
    found = embed(place.workspace, place.corpus, which)
    assert (found.fitted, len(found.ids)) == (20, 60)


def test_known_embeddings_are_not_computed_again(place: Place) -> None:
    net = add_net(place.workspace, 1)
    which = representations(place.workspace, place.corpus, NetPredictor(net.id))[0]
    shelf = Embeddings()
    assert shelf.of(place.workspace, place.corpus, which) is shelf.of(place.workspace, place.corpus, which)
    other = add_net(place.workspace, 2)
    changed = representations(place.workspace, place.corpus, NetPredictor(other.id))[0]
    assert changed.key != which.key


def test_a_changed_vote_is_another_embedding(place: Place) -> None:
    workspace, people = place.workspace, HumanPredictor(Condition.VOICE)
    last, keys = int(corpora.table(workspace, place.corpus.id).ids[-1]), set[str]()
    for vote in ("anger", "happy", "neutral"):
        rate(workspace, place.corpus, last, "me", Condition.VOICE, (vote,))
        keys.add(representations(workspace, place.corpus, people)[0].key)
    assert len(keys) == 3


def test_neighbours_are_those_of_an_exhaustive_search() -> None:
    embedding = made_up(200)
    found = nearest(embedding, 57, 5)
    away = np.linalg.norm(embedding.vectors - embedding.vectors[47], axis=1)
    order = [int(k) for k in np.argsort(away) if k != 47][:5]
    assert [n.utterance for n in found] == [10 + k for k in order]
    assert [n.distance for n in found] == pytest.approx(np.sort(away)[1:6].tolist(), rel=1e-4)


def test_neighbours_at_the_edges() -> None:
    assert nearest(made_up(5), 999) == ()
    assert nearest(made_up(5), 9) == ()
    assert len(nearest(made_up(5), 10)) == 4
    assert nearest(made_up(1), 10) == ()


def test_neighbours_of_a_quarter_million_come_at_once() -> None:
    embedding = made_up(250_000, 64)
    began = time.perf_counter()
    nearest(embedding, 77)
    assert time.perf_counter() - began < 0.5


def test_the_windows_process_stays_free_of_torch() -> None:
    code = "import sys, fairemo_gui.services.projection, fairemo_gui.services.runs; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
