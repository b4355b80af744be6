"""Rating, correcting, and taking back: the log only grows, and what counts is always the last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Condition, MediaState, Rater, RaterKind, Rating, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.rating import rate, undo
from fairemo_gui.store import corpora, labels, raters, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("rating") / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, small_bundle())
        yield opened


def _standing(workspace: Workspace, rater: str) -> dict[tuple[int, Condition], tuple[str, ...]]:
    return {
        (u, c): r.votes
        for u in (1, 2)
        for c in Condition
        if (r := ratings.standing(workspace, u, rater, c)) is not None and r.votes
    }


_actions = st.lists(
    st.one_of(
        st.just("undo"), st.tuples(st.integers(1, 2), st.sampled_from(Condition), st.sampled_from(["anger", "sad"]))
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(_actions)
def test_undo_walks_back_exactly(workspace: Workspace, actions: list[object]) -> None:
    corpus = corpora.corpus(workspace)
    rater = f"rater {workspace.db.table('rater').count}"
    expected: list[dict[tuple[int, Condition], tuple[str, ...]]] = [{}]
    for action in actions:
        if action == "undo":
            taken_back = undo(workspace, corpus, rater)
            assert (taken_back is None) == (len(expected) == 1)
            expected = expected[:-1] or expected
        else:
            assert isinstance(action, tuple)
            utterance, condition, emotion = action
            rate(workspace, corpus, utterance, rater, condition, [emotion])
            expected.append(expected[-1] | {(utterance, condition): (emotion,)})
        assert _standing(workspace, rater) == expected[-1]
        assert ratings.count(workspace, rater) == len(expected[-1])


def test_labels_follow_each_rating(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    ids = corpora.table(workspace, corpus.id).ids

    def votes(*, blind_only: bool = False) -> list[int]:
        found: list[int] = labels.counts(workspace, ids, Truth.FACE, 6, blind_only=blind_only)[3].tolist()
        return found

    rating, changes = rate(
        workspace, corpus, int(ids[3]), "eva", Condition.FACE, ["Happiness"], prediction_visible=True
    )
    assert rating.votes == ("happy",)
    assert changes.utterances == (int(ids[3]),)
    assert votes() == [0, 0, 0, 1, 0, 0]
    assert votes(blind_only=True) == [0] * 6
    rate(workspace, corpus, int(ids[3]), "eva", Condition.FACE, ["sad", "fear"])
    assert votes(blind_only=True) == [0, 0, 1, 0, 0, 1]
    undo(workspace, corpus, "eva")
    assert votes() == [0, 0, 0, 1, 0, 0]
    assert [r.votes for r in ratings.history(workspace, int(ids[3]), "eva")] == [
        ("happy",),
        ("sad", "fear"),
        ("happy",),
    ]


def test_an_unknown_emotion_is_refused_and_nothing_stored(workspace: Workspace) -> None:
    before = workspace.db.table("rating").count
    with pytest.raises(UserError, match="not an emotion"):
        rate(workspace, corpora.corpus(workspace), 1, "eva", Condition.AV, ["boredom"])
    assert workspace.db.table("rating").count == before


def test_nobody_rates_under_a_code_that_is_no_persons(workspace: Workspace) -> None:
    with workspace.transaction():
        raters.merge(workspace, [Rater("settled", RaterKind.ADJUDICATED), Rater("her own", RaterKind.SELF)])
    for code in ("gold", "settled", "her own"):
        with pytest.raises(UserError, match=f"“{code}”.*take another code"):
            rate(workspace, corpora.corpus(workspace), 1, code, Condition.AV, ("sad",))


def test_undo_stays_in_the_corpus_that_is_open(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
        _rate_in_one_undo_in_another(workspace)


def _rate_in_one_undo_in_another(workspace: Workspace) -> None:
    first = corpora.corpus(workspace, "tiny")
    scheme = EmotionScheme("two", ("calm", "sad"))
    other = replace(small_bundle("other"), scheme=scheme, vote_counts=(), ratings=(), consensus=())
    corpora.add_bundle(workspace, replace(other, utterances=tuple(replace(u, intended=0) for u in other.utterances)))
    rate(workspace, first, 2, "ida", Condition.AV, ["happy"])
    assert undo(workspace, corpora.corpus(workspace, "other"), "ida") is None
    assert labels.counts(workspace, np.array([2]), Truth.AV, 6).tolist() == [[0, 0, 0, 1, 0, 0]]


def test_undo_beside_two_answers_of_one_rater_doubles_neither(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    answers = [Rating(f"twice-{k}", "u2", "una", Condition.FACE, (e,)) for k, e in enumerate(("anger", "sad"))]
    with workspace.transaction():
        ratings.insert_all(workspace, (), answers, corpora.utterance_ids(workspace, corpus.id), corpus.scheme)
    rate(workspace, corpus, 3, "una", Condition.FACE, ["fear"])

    def standing() -> list[int]:
        found: list[int] = labels.counts(workspace, np.array([3]), Truth.FACE, 6)[0].tolist()
        return found

    anger, fear, sad = np.eye(6, dtype=int)[[0, 2, 5]]
    expected = [anger + fear, anger + sad, anger, anger * 0]
    assert standing() == expected[0].tolist()
    for left in expected[1:]:
        assert undo(workspace, corpus, "una") is not None
        assert standing() == left.tolist()
    assert undo(workspace, corpus, "una") is None


@pytest.mark.parametrize(
    ("audio", "video", "state", "possible"),
    [
        ("a.wav", None, MediaState.OK, {Condition.VOICE}),
        (None, "a.mp4", MediaState.OK, {Condition.FACE}),
        ("a.mp4", "a.mp4", MediaState.NO_SOUND, {Condition.FACE}),
        ("a.mp4", "a.mp4", MediaState.SILENT, {Condition.FACE}),
        ("a.mp4", "a.mp4", MediaState.NO_PICTURE, {Condition.VOICE}),
        ("a.mp4", "a.mp4", MediaState.TRUNCATED, set(Condition)),
        ("a.mp4", "a.mp4", MediaState.BROKEN, set()),
        ("a.mp4", "a.mp4", MediaState.MISSING, set()),
        (None, None, MediaState.OK, set()),
    ],
)
def test_nobody_rates_what_is_not_there(
    tmp_path: Path, audio: str | None, video: str | None, state: MediaState, possible: set[Condition]
) -> None:
    bundle = small_bundle()
    first = replace(bundle.utterances[0], audio=audio, video=video, media_state=state)
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, replace(bundle, utterances=(first, *bundle.utterances[1:])))
        corpus, number = corpora.corpus(opened), 1
        for condition in Condition:
            if condition in possible:
                rate(opened, corpus, number, "me", condition, ["sad"])
            else:
                with pytest.raises(UserError, match=r"^u0 cannot be rated by .*\.$"):
                    rate(opened, corpus, number, "me", condition, ["sad"])
        assert ratings.count(opened, "me") == len(possible)


def test_what_was_missing_can_be_rated_once_it_was_found(tmp_path: Path) -> None:
    bundle = small_bundle(root=str(tmp_path))
    first = replace(bundle.utterances[0], media_state=MediaState.MISSING)
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, replace(bundle, utterances=(first, *bundle.utterances[1:])))
        corpus = corpora.corpus(opened)
        with pytest.raises(UserError, match="u0 cannot be rated by voice and face: its media file is missing"):
            rate(opened, corpus, 1, "me", Condition.AV, ["sad"])
        (tmp_path / "a.mp4").touch()
        rate(opened, corpus, 1, "me", Condition.AV, ["sad"])
