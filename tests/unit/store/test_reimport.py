"""A corpus imported again: brought up to date, nothing doubled, nothing made here touched."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, CorpusBundle, Rater, RaterKind, Rating, Speaker, Truth, Utterance, Word
from fairemo_gui.errors import UserError
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora, labels, notes, ratings, search
from fairemo_gui.store.reimport import Update, update_bundle
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle

_SPACE = uuid.UUID(int=7)


def _theirs(name: str, vote: str, utterance: str = "u1") -> Rating:
    return Rating(str(uuid.uuid5(_SPACE, name)), utterance, "test:E1", Condition.VOICE, (vote,))


def corpus_with(*given: Rating) -> CorpusBundle:
    return replace(small_bundle(), ratings=given, raters=(Rater("test:E1", RaterKind.IMPORTED),))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, corpus_with(_theirs("a", "anger"), _theirs("b", "sad", "u2")))
        yield opened


def everything(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    names = ("speaker", "utterance", "word", "rater", "rating", "label", "consensus", "note")
    return {name: workspace.db.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in names}  # noqa: S608


def votes(workspace: Workspace, utterance: int) -> list[int]:
    found: list[int] = labels.counts(workspace, np.array([utterance]), Truth.VOICE, 6)[0].tolist()
    return found


def test_the_same_again_changes_nothing(workspace: Workspace) -> None:
    before = everything(workspace)
    update, changes = update_bundle(workspace, corpus_with(_theirs("a", "anger"), _theirs("b", "sad", "u2")))
    assert update == Update(0, 0, 4, (), 0, 0, 0)
    assert "corpora" in changes.kinds
    assert everything(workspace) == before


def test_what_is_otherwise_is_brought_up_to_date(workspace: Workspace) -> None:
    former = corpus_with(_theirs("a", "anger"), _theirs("b", "sad", "u2"))
    u0, u1, u2, _ = former.utterances
    now = (
        replace(u0, transcript="Quite another text", words=(Word("Quite", 0.0, 0.1),)),
        replace(u1, intended=5),
        u2,
        Utterance("u9", "cid", transcript="Newly come"),
    )
    speakers = (replace(former.speakers[0], age=32), former.speakers[1], Speaker("cid"))
    counts = (replace(former.vote_counts[0], counts=(9, 0, 0, 0, 0, 0)),)
    update, _ = update_bundle(
        workspace,
        replace(former, utterances=now, speakers=speakers, root="/moved", importer="test 2", vote_counts=counts),
    )
    assert update == Update(1, 2, 1, ("u3",), 0, 0, 0)
    corpus = corpora.corpus(workspace)
    assert (str(corpus.root), corpus.importer) == ("/moved", "test 2")
    found, _ = corpora.utterance(workspace, 1)
    assert (found.transcript, found.words) == ("Quite another text", (Word("Quite", 0.0, 0.1),))
    assert corpora.utterance(workspace, 2)[1].age == 32
    assert corpora.utterance(workspace, 4)[0].code == "u3"
    assert votes(workspace, 2) == [10, 0, 0, 0, 0, 0]
    intended = labels.counts(workspace, np.array([1, 2, 3, 4]), Truth.INTENDED, 6)
    assert intended.argmax(axis=1).tolist() == [0, 5, 2, 3]
    assert intended.sum(axis=1).tolist() == [1, 1, 1, 1]
    text = search.utterances_with(workspace.db, "newly", "transcript")
    assert text is not None
    assert text.tolist() == [5]


def test_ratings_and_notes_made_here_stay(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    rate(workspace, corpus, 2, "me", Condition.VOICE, ["happy"])
    rate(workspace, corpus, 4, "me", Condition.VOICE, ["fear"])
    notes.set_flag(workspace, 4, True, "me")
    fewer = corpus_with(_theirs("a", "anger"), _theirs("b", "sad", "u2"))
    fewer = replace(fewer, utterances=fewer.utterances[:3])
    for _ in range(2):
        update, _ = update_bundle(workspace, fewer)
        assert update.absent == ("u3",)
        assert votes(workspace, 2) == [1, 2, 0, 1, 1, 0]
        assert votes(workspace, 4) == [0, 0, 1, 0, 0, 0]
        assert notes.flagged(workspace) == {4}


def test_ratings_of_the_corpus_count_as_it_gives_them_now(workspace: Workspace) -> None:
    a, b = _theirs("a", "anger"), _theirs("b", "sad", "u2")
    shipped = [0, 2, 0, 0, 1, 0]

    def update(*given: Rating) -> tuple[int, int, int]:
        found, _ = update_bundle(workspace, corpus_with(*given))
        again, _ = update_bundle(workspace, corpus_with(*given))
        assert (again.ratings_added, again.ratings_changed, again.ratings_absent) == (0, 0, 0)
        return found.ratings_added, found.ratings_changed, found.ratings_absent

    assert update(a, replace(b, votes=("fear",))) == (0, 1, 0)
    assert votes(workspace, 3) == [0, 0, 1, 0, 0, 0]
    assert update(replace(b, votes=("fear",))) == (0, 0, 1)
    assert votes(workspace, 2) == shipped
    assert update(a, b, _theirs("c", "happy")) == (1, 2, 0)
    assert votes(workspace, 2) == [1, 2, 0, 1, 1, 0]
    assert votes(workspace, 3) == [0, 0, 0, 0, 0, 1]
    assert update(a, replace(b, votes=("fear",))) == (0, 1, 1)
    assert (votes(workspace, 2), votes(workspace, 3)) == ([1, 2, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0])


def test_what_a_person_corrected_here_is_left_alone(workspace: Workspace) -> None:
    mine = replace(_theirs("a", "fear"), uuid=str(uuid.uuid4()), supersedes=_theirs("a", "anger").uuid)
    ratings.add(workspace, 2, mine, small_bundle().scheme)
    update, _ = update_bundle(workspace, corpus_with(_theirs("b", "sad", "u2")))
    assert update.ratings_absent == 0
    assert votes(workspace, 2) == [0, 2, 1, 0, 1, 0]


def test_another_importer_or_other_emotions_are_refused(workspace: Workspace) -> None:
    before = everything(workspace)
    with pytest.raises(UserError, match="read by the importer test and not by other"):
        update_bundle(workspace, replace(corpus_with(), importer="other 1"))
    with pytest.raises(UserError, match="with other emotions"):
        update_bundle(workspace, replace(corpus_with(), scheme=replace(corpus_with().scheme, classes=("sad",))))
    assert everything(workspace) == before


def test_a_bad_update_leaves_everything_as_it_was(workspace: Workspace) -> None:
    before = everything(workspace)
    broken = replace(corpus_with(), utterances=(Utterance("u9", "nobody"),))
    with pytest.raises(KeyError):
        update_bundle(workspace, broken)
    assert everything(workspace) == before
