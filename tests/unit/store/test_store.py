"""The workspace: what goes in comes out, half an import leaves nothing, ratings are never lost or changed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import (
    Condition,
    CorpusBundle,
    FaceTrack,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    SpeakerBy,
    Truth,
    Utterance,
)
from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, faces, labels, nets, notes, raters, ratings
from fairemo_gui.store.schema import SCHEMA_VERSION
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        yield opened


def test_an_import_comes_back_whole(workspace: Workspace) -> None:
    bundle = small_bundle()
    corpora.add_bundle(workspace, bundle)
    corpus = corpora.corpus(workspace)
    assert (corpus.name, corpus.scheme, corpus.facts) == ("tiny", bundle.scheme, {"why": "test"})
    table = corpora.table(workspace, corpus.id)
    assert table.codes == ("u0", "u1", "u2", "u3")
    assert table.attribute("gender").tolist() == ["male", "female", "male", "female"]
    assert table.attribute("age").tolist() == [None, "30–49", None, "30–49"]
    assert table.durations.tolist() == [0.5] * 4
    found, speaker = corpora.utterance(workspace, int(table.ids[1]))
    assert found == replace(bundle.utterances[1], intended=None)
    assert speaker == bundle.speakers[0]
    assert corpora.neighbours(workspace, int(table.ids[1])) == table.ids.tolist()
    assert corpora.clips(workspace, corpus.id, [int(table.ids[2])])[0].video == "/corpora/tiny/a.mp4"
    assert corpora.utterance(workspace, int(table.ids[3]))[0].defect == "no sound"
    assert ratings.history(workspace, int(table.ids[1])) == list(bundle.ratings)
    assert [said for _, said in labels.consensus(workspace, corpus.id)] == list(bundle.consensus)


def test_votes_of_all_sources_add_up(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    ids = corpora.table(workspace, 1).ids
    assert labels.counts(workspace, ids[::-1], Truth.VOICE, 6)[2].tolist() == [1, 2, 0, 0, 1, 0]
    assert labels.counts(workspace, ids, Truth.INTENDED, 6).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert labels.conditions(workspace, 1) == {Truth.INTENDED: 4, Truth.VOICE: 1}


def test_half_an_import_leaves_nothing_behind(workspace: Workspace) -> None:
    broken = replace(small_bundle(), utterances=(*small_bundle().utterances, Utterance("u9", "nobody")))
    with pytest.raises(KeyError):
        corpora.add_bundle(workspace, broken)
    assert all(workspace.db.table(name).count == 0 for name in ("corpus", "speaker", "utterance", "rating", "label"))
    corpora.add_bundle(workspace, small_bundle())


def test_the_same_name_twice_is_refused(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    with pytest.raises(UserError, match="already in"):
        corpora.add_bundle(workspace, small_bundle())


def test_several_corpora_with_other_schemes_live_together(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    other = replace(small_bundle("other"), scheme=replace(small_bundle().scheme, classes=("anger", "sad")))
    rated = replace(other, utterances=(Utterance("x", "ann", intended=1),), vote_counts=(), ratings=(), consensus=())
    corpora.add_bundle(workspace, rated)
    with pytest.raises(UserError, match="several corpora"):
        corpora.corpus(workspace)
    second = corpora.corpus(workspace, "other")
    ids = corpora.table(workspace, second.id).ids
    assert labels.counts(workspace, ids, Truth.INTENDED, 2).tolist() == [[0, 1]]


def test_the_same_ratings_count_in_each_corpus_that_has_them(workspace: Workspace) -> None:
    again = replace(small_bundle(), ratings=(*small_bundle().ratings, _correction("r2", "u1", "zoe")))
    for name in ("tiny", "twin"):
        corpora.add_bundle(workspace, replace(again, name=name))
        corpus = corpora.corpus(workspace, name)
        ids = corpora.utterance_ids(workspace, corpus.id)
        assert [r.votes for r in ratings.history(workspace, ids["u1"])] == [("sad",), ("anger",)]
        with workspace.transaction():  # and the same file once more adds nothing
            ratings.insert_all(workspace, (), again.ratings, ids, again.scheme)
        votes = labels.counts(workspace, np.array([ids["u1"]]), Truth.VOICE, 6)
        assert votes.tolist() == [[0, 2, 0, 0, 1, 1]]
    assert workspace.db.table("rating").count == 4


def test_ratings_that_turn_out_to_be_no_votes_leave_the_labels(workspace: Workspace) -> None:
    gold = Rating(str(UUID(int=1)), "u1", "chief", Condition.FACE, ("sad",))
    corpora.add_bundle(workspace, replace(small_bundle(), ratings=(gold,)))

    def counted() -> int:
        return int(labels.counts(workspace, np.array([2]), Truth.FACE, 6).sum())

    assert counted() == 1
    with workspace.transaction():
        raters.merge(workspace, [Rater("chief", RaterKind.ADJUDICATED)])
    assert counted() == 0
    assert workspace.db.execute("SELECT verdict FROM consensus WHERE source = 'gold/chief'").fetchall() == [("sad",)]


@pytest.mark.parametrize("kind", [RaterKind.HUMAN, RaterKind.IMPORTED])
def test_nobody_else_comes_in_under_the_adjudicators_code(workspace: Workspace, kind: RaterKind) -> None:
    with pytest.raises(UserError, match=r"“Gold”.*give this rater another"), workspace.transaction():
        raters.merge(workspace, [Rater("Gold", kind)])
    with workspace.transaction():
        raters.merge(workspace, [Rater("gold", RaterKind.ADJUDICATED)])
        assert raters.merge(workspace, [Rater("gold", RaterKind.IMPORTED)]).keys() == {"gold"}


def _correction(uuid: str, utterance: str, rater: str) -> Rating:
    return replace(
        small_bundle().ratings[0], uuid=uuid, utterance=utterance, rater=rater, votes=("sad",), supersedes="r1"
    )


@pytest.mark.parametrize(("utterance", "rater"), [("u2", "zoe"), ("u1", "max")])
def test_a_rating_cannot_replace_another_ones(workspace: Workspace, utterance: str, rater: str) -> None:
    corpora.add_bundle(workspace, small_bundle())
    ids = corpora.utterance_ids(workspace, 1)
    with pytest.raises(UserError, match="only replace") as refused, workspace.transaction():
        ratings.insert_all(workspace, (), [_correction("r2", utterance, rater)], ids, small_bundle().scheme)
    assert refused.value.problems == ("rating r2 says it replaces r1",)
    assert ratings.last(workspace) == 1


def test_ratings_cannot_be_changed_or_deleted(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    for statement in ("UPDATE rating SET votes = '[]'", "DELETE FROM rating"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            workspace.db.execute(statement)
        workspace.db.conn.rollback()


_KILLED = """
import os, signal, sys
from pathlib import Path
from fairemo_gui.core.records import Condition
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
w = Workspace(Path(sys.argv[1]))
rate(w, corpora.corpus(w), 1, "me", Condition.AV, ["happy"])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_rating_survives_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "k.fairemo"
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    with Workspace(folder) as workspace:
        assert ratings.history(workspace, 1, "me")[0].votes == ("happy",)
        assert labels.counts(workspace, np.array([1]), Truth.AV, 6).tolist() == [[0, 0, 0, 1, 0, 0]]


def test_a_newer_workspace_is_refused_with_its_version(tmp_path: Path) -> None:
    folder = tmp_path / "n.fairemo"
    with Workspace(folder, create=True) as workspace:
        workspace.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(UserError, match=f"version {SCHEMA_VERSION + 1}"):
        Workspace(folder)


def test_what_is_no_workspace_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="import a corpus"):
        Workspace(tmp_path / "absent.fairemo")
    damaged = tmp_path / "d.fairemo"
    damaged.mkdir()
    (damaged / "workspace.sqlite").write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(UserError, match="restore it"):
        Workspace(damaged)


def test_nets_and_predictions(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    with pytest.raises(UserError, match="no net yet"):
        nets.net(workspace, "latest")
    selection = ClassSelection.parse("neutral+calm,happy", small_bundle().scheme)
    row = nets.NetRow(1, "schmitz2022", "av", selection, {"a": 1}, 0, 1, "h", "0.1", "nets/x", "00", [[{"epoch": 1}]])
    net_id, _ = nets.add_net(workspace, row)
    net = nets.net(workspace, "latest")
    assert replace(net, id=0, created_at="") == row
    probabilities = np.array([[0.25, 0.75], [0.5, 0.5]])
    nets.add_predictions(workspace, net_id, np.array([2, 1]), probabilities, ["test", "train"])
    found = nets.predictions(workspace, net)
    assert found.utterances.tolist() == [1, 2]
    assert found.probabilities.tolist() == [[0.5, 0.5], [0.25, 0.75]]
    assert found.held_out().utterances.tolist() == [2]
    nets.set_status(workspace, net_id, "discarded")
    assert nets.nets(workspace) == []
    assert nets.net(workspace, net_id).status == "discarded"
    with pytest.raises(UserError, match="another corpus"):
        nets.net(workspace, net_id, 2)


def test_face_tracks_and_flags(workspace: Workspace) -> None:
    corpora.add_bundle(workspace, small_bundle())
    boxes = np.array([[1, 2, 3, 4], [np.nan] * 4], dtype=np.float32)
    marks = np.zeros((2, 5, 2), np.float32)
    track = FaceTrack(2, "mtcnn", 1, np.array([0.0, 0.1]), boxes, np.array([1, np.nan], np.float32), marks, 640, 360)
    track = replace(track, speaker_by=SpeakerBy.ONLY_FACE)
    faces.replace_tracks(workspace, [track])
    found = faces.track(workspace, 2)
    assert found is not None
    np.testing.assert_array_equal(found.boxes, boxes)
    assert faces.tracked(workspace, 1) == {2}
    assert faces.track(workspace, 1) is None
    notes.set_flag(workspace, 3, True, "me")
    notes.set_flag(workspace, 2, True, "me")
    notes.set_flag(workspace, 2, False, "me")
    assert notes.flagged(workspace) == {3}


def test_a_corpus_without_utterances_is_an_empty_table(workspace: Workspace) -> None:
    empty = CorpusBundle("none", "/x", "test 1", small_bundle().scheme, (Speaker("a"),), ())
    corpora.add_bundle(workspace, empty)
    table = corpora.table(workspace, 1)
    assert len(table) == 0
    assert labels.counts(workspace, table.ids, Truth.AV, 6).shape == (0, 6)
