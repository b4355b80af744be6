from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.splits import PARTS, check_disjoint, fold_parts, folds, own_parts, part_of, split_speakers
from fairemo_gui.errors import UserError


def utterances(speakers: int, each: int = 5) -> tuple[list[str], list[str | None]]:
    names = [f"s{k:02d}" for k in range(speakers) for _ in range(each)]
    return names, ["female" if int(name[1:]) % 2 else "male" for name in names]


@settings(max_examples=40, deadline=None)
@given(speakers=st.integers(3, 40), seed=st.integers(0, 1000))
def test_no_speaker_is_in_two_parts_and_no_part_is_empty(speakers: int, seed: int) -> None:
    names, genders = utterances(speakers)
    parts = split_speakers(names, genders, seed)
    check_disjoint(names, parts)
    assert set(parts) == set(PARTS)


@pytest.mark.parametrize("seed", range(5))
def test_ten_speakers_give_three_one_one_of_each_gender(seed: int) -> None:
    names, genders = utterances(10)
    parts = split_speakers(names, genders, seed)
    found = {name: (part, gender) for name, part, gender in zip(names, parts, genders, strict=True)}
    counts = {key: list(found.values()).count(key) for key in set(found.values())}
    assert counts == {(part, gender): 3 if part == "train" else 1 for part in PARTS for gender in ("female", "male")}


def test_seeds_give_other_divisions_and_the_same_again() -> None:
    names, genders = utterances(12)
    assert (split_speakers(names, genders, 1) == split_speakers(names, genders, 1)).all()
    assert len({tuple(split_speakers(names, genders, seed)) for seed in range(6)}) > 1


def test_the_order_of_utterances_does_not_matter() -> None:
    names, genders = utterances(8)
    order = np.random.default_rng(0).permutation(len(names))
    parts = split_speakers(names, genders, 3)
    assert (split_speakers([names[k] for k in order], [genders[k] for k in order], 3) == parts[order]).all()


def test_two_speakers_are_too_few() -> None:
    with pytest.raises(UserError, match="2 speakers cannot be divided"):
        split_speakers(*utterances(2))


@settings(max_examples=40, deadline=None)
@given(speakers=st.integers(5, 40), k=st.integers(3, 5), seed=st.integers(0, 1000))
def test_folds_hold_whole_speakers_and_differ_by_at_most_one_per_gender(speakers: int, k: int, seed: int) -> None:
    names, genders = utterances(speakers)
    fold = folds(names, genders, k, seed)
    check_disjoint(names, fold)
    for gender in ("female", "male"):
        per_fold = [
            len({n for n, f, g in zip(names, fold, genders, strict=True) if f == number and g == gender})
            for number in range(k)
        ]
        assert max(per_fold) - min(per_fold) <= 1


def test_sessions_of_both_genders_stay_whole() -> None:
    sessions = ["1", "1", "2", "2", "3", "3"]
    fold = folds(sessions, ["female", "male"] * 3, 3)
    assert sorted(set(fold)) == [0, 1, 2]
    assert (fold[::2] == fold[1::2]).all()


def test_unknown_gender_is_balanced_too() -> None:
    names, _ = utterances(6)
    fold = folds(names, [None] * len(names), 3)
    assert np.bincount(fold).tolist() == [10, 10, 10]


def test_validation_is_the_next_fold() -> None:
    fold = np.array([0, 1, 2, 3])
    assert fold_parts(fold, 3, 4).tolist() == ["validation", "train", "train", "test"]
    assert fold_parts(fold, 1, 4).tolist() == ["train", "test", "validation", "train"]


@pytest.mark.parametrize(
    ("speakers", "k", "words"),
    [(4, 5, "4 speakers or sessions cannot be divided into 5 folds"), (9, 2, "2 folds cannot hold"), (9, 1, "1 fold ")],
)
def test_impossible_folds_are_refused(speakers: int, k: int, words: str) -> None:
    with pytest.raises(UserError, match=words):
        folds(*utterances(speakers), k)


def test_a_speaker_in_two_parts_is_named() -> None:
    with pytest.raises(UserError, match="Speaker b is in test and train") as caught:
        check_disjoint(["a", "b", "b", "c", "c"], ["train", "train", "test", "test", "validation"])
    assert caught.value.problems == ("speaker b: test, train", "speaker c: test, validation")


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("train", "train"), ("Train", "train"), (" training ", "train"), ("Development", "validation"),
        ("dev", "validation"), ("Validation", "validation"), ("val", "validation"), ("Test", "test"), ("Test1", "test"),
        ("test_2", "test"), ("Test-b", "test"), ("testimony", None), ("trainer", None), ("pilot", None), ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_a_corpus_calls_its_parts_by_its_own_words(word: str | None, part: str | None) -> None:
    assert part_of(word) == part


@pytest.mark.parametrize(
    ("splits", "parts", "why"),
    [
        (["Train", "dev", "Test1", "Test2"], ("train", "validation", "test", "test"), ""),
        ([None] * 4, (), ""),
        (["Train", "dev", "Test1", None], (), "it gives 1 utterance no part"),
        (["Train", "dev", "Test1", "pilot"], (), "it gives 1 utterance no part"),
        (["Train", "dev", "dev", "dev"], (), "it has no test"),
        (["dev", "dev", "dev", "dev"], (), "it has no train and no test"),
    ],
)
def test_a_corpus_own_split_is_taken_where_it_divides_everything(
    splits: list[str | None], parts: tuple[str, ...], why: str
) -> None:
    assert own_parts(splits, ["a", "b", "c", "d"]) == (parts, why)


def test_a_split_that_shares_speakers_is_none() -> None:
    told = own_parts(["train", "dev", "test", "test2"], ["ann", "ann", "bob", "cal"])
    assert told == ((), "1 speaker is in several of its parts, as ann")
    assert own_parts(["train", "dev", "test1", "test2"], ["ann", "bob", "cal", "cal"])[0], "tests are one part"
