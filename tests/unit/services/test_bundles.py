"""Bundles of several laptops: one result in any order, any number of times, and nothing half merged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count, permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.records import Condition, Gender, Rater, RaterKind, Rating, Role, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.bundles import export_bundle, merge_bundles, read_bundle
from fairemo_gui.services.campaign.disputes import State, versions
from fairemo_gui.services.rating import rate, take_back, undo
from fairemo_gui.store import corpora, labels, ratings, trials
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import Clock, a_plan, clips, sit_through
from tests.unit.store.builders import small_bundle


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has the corpus, with one rating of its own, and nothing made here."""
    folder = tmp_path_factory.mktemp("bundles") / "template.fairemo"
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
    return folder


def merged(template: Path, folder: Path, *bundles: Path) -> bytes:
    """All that a workspace holds after merging bundles one by one, ids aside."""
    shutil.copytree(template, folder)
    with Workspace(folder) as workspace:
        for bundle in bundles:
            merge_bundles(TaskContext(), workspace, [bundle])
        return state(workspace)


def state(workspace: Workspace) -> bytes:
    """Ratings, which of them stand, labels, raters: what must not depend on the order of merging."""
    corpus = corpora.corpus(workspace, "tiny")
    out = workspace.folder / "exports" / "state.jsonl"
    export_bundle(workspace, corpus, out, force=True)
    labels = workspace.db.execute("SELECT * FROM label ORDER BY 1, 2, 3").fetchall()
    gold = workspace.db.execute("SELECT * FROM consensus ORDER BY 1, 2, 3").fetchall()
    stands = [(rating.uuid, stands) for rating, stands in ratings.log(workspace, corpus.id)]
    return out.read_bytes() + repr((labels, gold, stands)).encode()


# Who, what, on which utterance, in which condition; no emotion = undo.
Step = tuple[str, str | None, int, Condition]
_steps = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben"]),
        st.sampled_from(["anger", "sad", "happy", None]),
        st.integers(1, 2),
        st.sampled_from([Condition.AV, Condition.FACE]),
    ),
    max_size=6,
)


def work(workspace: Workspace, steps: Sequence[Step], skew: int) -> None:
    """Rate on a laptop whose clock is wrong by some seconds."""
    corpus, ticks = corpora.corpus(workspace, "tiny"), count()
    with patch("fairemo_gui.services.rating._now", lambda: f"2026-01-01T10:00:{30 + skew + next(ticks):02}.000+00:00"):
        for who, emotion, utterance, condition in steps:
            if emotion is None:
                undo(workspace, corpus, who)
            else:
                rate(workspace, corpus, utterance, who, condition, [emotion])


@settings(max_examples=12, deadline=None)
@given(before=_steps, laptops=st.lists(st.tuples(_steps, st.integers(-9, 9)), min_size=3, max_size=3))
def test_any_order_any_number_of_times_one_result(
    template: Path, before: list[Step], laptops: list[tuple[list[Step], int]]
) -> None:
    with TemporaryDirectory() as name:
        place = Path(name)
        shared = place / "shared.fairemo"
        shutil.copytree(template, shared)
        with Workspace(shared) as workspace:
            work(workspace, before, 0)
        bundles = []
        for number, (steps, skew) in enumerate(laptops):
            folder = place / f"laptop {number}.fairemo"
            shutil.copytree(shared, folder)
            with Workspace(folder) as workspace:
                work(workspace, steps, skew)
                export_bundle(workspace, corpora.corpus(workspace), place / f"{number}.jsonl")
            bundles.append(place / f"{number}.jsonl")
        orders = [merged(template, place / f"{k}.fairemo", *order) for k, order in enumerate(permutations(bundles))]
        assert len(set(orders)) == 1
        a, b, c = bundles
        assert merged(template, place / "twice.fairemo", a, b, a, c, c, b) == orders[0]
        merged(template, place / "two.fairemo", a, b)
        with Workspace(place / "two.fairemo") as workspace:
            export_bundle(workspace, corpora.corpus(workspace), place / "ab.jsonl")
        assert merged(template, place / "grouped.fairemo", c, place / "ab.jsonl") == orders[0]
        assert merged(place / "laptop 0.fairemo", place / "into one.fairemo", c, b) == orders[0]


@pytest.fixture
def laptop(template: Path, tmp_path: Path) -> Callable[[str], Workspace]:
    def make(name: str) -> Workspace:
        shutil.copytree(template, tmp_path / f"{name}.fairemo")
        return Workspace(tmp_path / f"{name}.fairemo")

    return make


def exported(workspace: Workspace) -> Path:
    file = workspace.folder.with_suffix(".jsonl")
    export_bundle(workspace, corpora.corpus(workspace, "tiny"), file, force=True)
    return file


def test_every_field_comes_through(laptop: Callable[[str], Workspace]) -> None:
    full = Rating(
        "0b5e", "u2", "zoë", Condition.FACE, ("sad", "fear"), 40, 2.5, 3.0, 4.25, 70, "fear", 1200, 2, 1, True, "older",
        "undone", "2026-01-01T00:00:00.000+00:00", ("tired", "a, b"), "so = sad",
    )  # fmt: skip
    with laptop("one") as one, laptop("two") as two:
        people = (Rater("zoë", RaterKind.HUMAN, Gender.FEMALE, 33),)
        with one.transaction() as db:
            ids = corpora.utterance_ids(one, 1)
            ratings.insert_all(one, people, [replace(full, session=None)][:0], ids, small_bundle().scheme)
            db.execute("INSERT INTO session (rater_id, plan, seed) SELECT id, 'p', 3 FROM rater WHERE code = 'zoë'")
            ratings.insert_all(one, people, [full], ids, small_bundle().scheme)
        with two.transaction() as db:
            db.execute("INSERT INTO session (rater_id, seed) VALUES (1, 9)")
        done, changes = merge_bundles(TaskContext(), two, [exported(one)])
        assert (done[0].ratings, done[0].added, done[0].corpus) == (2, 1, "tiny")
        assert "ratings" in changes.kinds
        assert ratings.history(two, 3, "zoë") == [replace(full, session=2)]
        assert state(one) == state(two)
        assert two.db.execute("SELECT kind, gender, age FROM rater WHERE code = 'zoë'").fetchall() == [
            ("human", "female", 33)
        ]


def test_the_last_word_counts_where_one_rating_was_corrected_twice(laptop: Callable[[str], Workspace]) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV)], 0)
        merge_bundles(TaskContext(), two, [exported(one)])
        work(one, [("ann", "sad", 1, Condition.AV)], 2)
        work(two, [("ann", "happy", 1, Condition.AV)], 5)
        for here, there in ((one, two), (two, one)):
            merge_bundles(TaskContext(), here, [exported(there)])
        for here in (one, two):
            standing = ratings.standing(here, 1, "ann", Condition.AV)
            assert standing is not None
            assert standing.votes == ("happy",)
            assert ratings.count(here, "ann") == 1
        work(one, [("ann", None, 1, Condition.AV)], 9)
        standing = ratings.standing(one, 1, "ann", Condition.AV)
        assert standing is not None
        assert standing.votes == ("anger",)


@pytest.mark.parametrize("late", [0, 5], ids=["the second laptop's clock is right", "and five seconds ahead"])
def test_a_rater_of_two_laptops_has_one_vote(laptop: Callable[[str], Workspace], late: int) -> None:
    """Two first answers to one clip: the newer one counts, both are kept, and what is said next counts at once."""
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV), ("ben", "fear", 1, Condition.AV)], 0)
        work(two, [("ann", "happy", 1, Condition.AV)], 1 + late)
        for here, there in ((one, two), (two, one)):
            merge_bundles(TaskContext(), here, [exported(there)])
        assert state(one) == state(two)
        for here in (one, two):
            assert votes(here, 1) == {"happy": 1, "fear": 1}
            assert [r.votes[0] for r in ratings.history(here, 1, "ann")] == ["happy", "anger"]
            states = [v.state for v in versions(here, 1, Condition.AV) if v.rating.rater == "ann"]
            assert states == [State.REPLACED, State.COUNTS]
        work(one, [("ann", "disgust", 1, Condition.AV)], 2)
        assert votes(one, 1) == {"disgust": 1, "fear": 1}
        merge_bundles(TaskContext(), two, [exported(one)])
        assert votes(two, 1) == {"disgust": 1, "fear": 1}


def test_taking_back_what_another_laptop_replaced_leaves_what_counts(laptop: Callable[[str], Workspace]) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV)], 0)
        work(two, [("ann", "happy", 1, Condition.AV)], 1)
        merge_bundles(TaskContext(), one, [exported(two)])
        replaced = ratings.history(one, 1, "ann")[-1]
        assert replaced.votes == ("anger",)
        take_back(one, corpora.corpus(one, "tiny"), 1, replaced, "2026-01-01T10:00:50.000+00:00")
        assert votes(one, 1) == {"happy": 1}
        states = [
            v.state for v in versions(one, 1, Condition.AV) if v.rating.undoes is None and v.rating.rater == "ann"
        ]
        assert states == [State.TAKEN_BACK, State.COUNTS]
        merge_bundles(TaskContext(), two, [exported(one)])
        assert state(one) == state(two)
        work(one, [("ann", None, 1, Condition.AV)], 25)
        assert votes(one, 1) == {}, "another laptop's older one does not come back"
        work(one, [("ann", "sad", 1, Condition.AV)], 26)
        assert votes(one, 1) == {"sad": 1}


def test_a_sitting_is_not_opened_again_by_what_its_rater_said_elsewhere(tmp_path: Path) -> None:
    """Ann answers the same plan on two laptops: each sitting stays done, and a clip has one vote of hers."""
    for k, name in enumerate("ab"):
        with Workspace(tmp_path / f"{name}.fairemo", create=True) as workspace:
            corpora.add_bundle(workspace, clips())
            clock = Clock()
            clock.time += timedelta(hours=k)
            sit_through(start(workspace, corpora.corpus(workspace), a_plan(), "ann", now=clock), ("sad", "fear")[k])
            export_bundle(workspace, corpora.corpus(workspace), tmp_path / f"{name}.jsonl")
    with Workspace(tmp_path / "a.fairemo") as workspace:
        done = trials.done(workspace, 1)
        merge_bundles(TaskContext(), workspace, [tmp_path / "b.jsonl"])
        assert trials.done(workspace, 1) == done
        first = [r for r, stands in ratings.log(workspace, 1) if stands and r.role is Role.MAIN]
        assert len(first) == len({(r.utterance, r.condition) for r in first})
        assert {r.votes for r in first if r.session == 2} == {("fear",)}


def votes(workspace: Workspace, utterance: int) -> dict[str, int]:
    """What an utterance's votes by voice and face add up to."""
    scheme = corpora.corpus(workspace, "tiny").scheme
    ids = np.array([utterance])
    counts = labels.counts(workspace, ids, Truth.AV, len(scheme))[0]
    assert (ratings.votes_at(workspace, utterance, Condition.AV, scheme, 99) == counts).all()
    return {emotion: int(n) for emotion, n in zip(scheme.classes, counts, strict=True) if n}


def test_practice_and_what_came_with_a_corpus_is_nobodys_one_vote(laptop: Callable[[str], Workspace]) -> None:
    def told(kind: int, number: int, role: Role = Role.MAIN) -> Rating:
        name = f"00000000-0000-{kind}000-8000-{number:012}"
        when = f"2026-01-01T00:00:0{number}.000+00:00"
        return Rating(name, "u0", "ann", Condition.AV, ("sad",), created_at=when, role=role)

    given = [told(4, 1), told(4, 2, Role.PRACTICE), told(4, 3, Role.SMART), told(4, 4, Role.REPEAT)]
    came = [told(5, 1), told(5, 2), told(8, 3)]
    with laptop("one") as one:
        ids, scheme = corpora.utterance_ids(one, 1), small_bundle().scheme
        with one.transaction():
            ratings.insert_all(one, (), [*given, *came], ids, scheme)
        stands = {rating.uuid for rating, stands in ratings.log(one, 1) if stands}
        assert stands.isdisjoint({given[2].uuid}), "what a smart queue asked for puts no other vote out, be it newer"
        assert stands.issuperset(rating.uuid for rating in (*given, *came) if rating is not given[2])
        assert votes(one, ids["u0"]) == {"sad": 1 + len(came)}


def test_one_uuid_with_two_contents_is_refused_and_nothing_merged(laptop: Callable[[str], Workspace]) -> None:
    with laptop("one") as one, laptop("two") as two:
        for here, vote in ((one, "anger"), (two, "sad")):
            ratings.add(here, 1, Rating("same", "u0", "ann", Condition.AV, (vote,)), small_bundle().scheme)
        work(one, [("ben", "fear", 2, Condition.AV)], 0)
        before = state(two)
        with pytest.raises(UserError, match=r"one.jsonl: .*UUID .*same") as refused:
            merge_bundles(TaskContext(), two, [exported(one)])
        assert refused.value.problems == ("rating same",)
        assert state(two) == before


def test_two_people_with_one_code_are_refused(laptop: Callable[[str], Workspace]) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "sad", 1, Condition.AV)], 0)
        one.db.execute("UPDATE rater SET gender = 'female' WHERE code = 'ann'")
        one.db.conn.commit()
        work(two, [("ann", "sad", 1, Condition.AV)], 0)
        two.db.execute("UPDATE rater SET gender = 'male' WHERE code = 'ann'")
        two.db.conn.commit()
        with pytest.raises(UserError, match="two people cannot share a code"):
            merge_bundles(TaskContext(), two, [exported(one)])


def test_a_file_that_is_cut_or_altered_is_refused_whole(laptop: Callable[[str], Workspace], tmp_path: Path) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV), ("ann", "sad", 2, Condition.FACE)], 0)
        good, bad = exported(one), tmp_path / "bad.jsonl"
        content, before = good.read_bytes(), state(two)
        cuts = [content[:k] for k in range(0, len(content), 37)]
        swapped = [content.replace(b"anger", b"happy"), content + b"{}\n", content[:-1], b"\xff" + content, b"[" * 99]
        for text in (*cuts, *swapped):
            bad.write_bytes(text)
            with pytest.raises(UserError, match=r"bad\.jsonl") as refused:
                merge_bundles(TaskContext(), two, [good, bad])
            assert refused.value.message.count(". ") == 0
        assert state(two) == before


def _resealed(file: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    import hashlib

    lines = [json.loads(line) for line in file.read_text().splitlines()[:-1]]
    change(lines)
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    file.write_bytes(text + json.dumps({"sha256": hashlib.sha256(text).hexdigest()}).encode() + b"\n")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: lines[0].update(version=3), "newer program"),
        (lambda lines: lines[0].update(corpus="other"), "no corpus “other”"),
        (lambda lines: lines[-1]["rating"].update(utterance="u77"), "does not have here, as u77"),
        (lambda lines: lines[-1]["rating"].update(votes=["boredom"]), "“boredom”, which is not one of"),
        (lambda lines: lines[-1]["rating"].update(votes=["sad", "sad"]), "“votes” names an emotion twice"),
        (lambda lines: lines[-1]["rating"].update(intensity=101), "“intensity” does not lie between 0 and 100"),
        (lambda lines: lines[-1]["rating"].update(replays=-1), "“replays” is below 0"),
        (lambda lines: lines[-1]["rating"].update(created_at="zzzz"), "“created_at” is no time"),
        (lambda lines: lines[-1]["rating"].update(intensity=True), "“intensity” is no whole number"),
        (lambda lines: lines[-1]["rating"].update(activation=float("nan")), "“activation” is no number"),
        (lambda lines: lines[-1]["rating"].update(activation=10**400), "“activation” is no whole number"),
        (lambda lines: lines[-1]["rating"].update(comment="\ud800"), "is cut or was altered"),
        (lambda lines: lines[0].update(corpus="\ud800"), "is no bundle of ratings"),
        (lambda lines: lines[-1]["rating"].update(extra=1), "has the fields"),
        (lambda lines: lines[-1]["rating"].update(rater="eve"), "does not hold"),
        (lambda lines: lines[-1]["rating"].update(session="s"), "does not hold"),
        (lambda lines: lines.append({"rating": []}), "is none of rater, session"),
    ],
)
def test_what_a_bundle_may_not_say_is_refused(
    laptop: Callable[[str], Workspace], change: Callable[[list[dict[str, object]]], object], sentence: str
) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV)], 0)
        file, before = exported(one), state(two)
        _resealed(file, change)
        with pytest.raises(UserError, match=sentence):
            merge_bundles(TaskContext(), two, [file])
        assert state(two) == before


def test_a_bundle_fits_a_corpus_of_another_name(laptop: Callable[[str], Workspace]) -> None:
    with laptop("one") as one, laptop("two") as two:
        work(one, [("ann", "anger", 1, Condition.AV)], 0)
        corpora.add_bundle(two, small_bundle("twin"))
        done, _ = merge_bundles(TaskContext(), two, [exported(one)], "twin")
        assert done[0].corpus == "twin"
        twin = corpora.corpus(two, "twin")
        assert {rating.rater for rating, _ in ratings.log(two, twin.id)} == {"zoe", "ann"}


def test_an_export_leaves_alone_what_lies_beside_it(laptop: Callable[[str], Workspace], tmp_path: Path) -> None:
    beside = tmp_path / "one.jsonl.part"
    beside.write_text("mine")
    with laptop("one") as one:
        exported(one)
    assert beside.read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_an_export_replaces_no_file_unasked(laptop: Callable[[str], Workspace], tmp_path: Path) -> None:
    with laptop("one") as one:
        file = exported(one)
        assert read_bundle(file).corpus == "tiny"
        with pytest.raises(UserError, match="--force"):
            export_bundle(one, corpora.corpus(one), file)
        assert not list(tmp_path.glob("*.part"))
