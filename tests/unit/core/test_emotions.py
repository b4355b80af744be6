"""Spellings, schemes, and classes merged or left out."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.core.emotions import (
    CREMA_D,
    EMODB,
    IEMOCAP,
    MELD,
    RAVDESS,
    ClassSelection,
    EmotionScheme,
    canonical_emotion,
    scheme_of,
)
from fairemo_gui.errors import UserError


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HAP", "happy"),
        (" Happiness ", "happy"),
        ("joy", "happy"),
        ("A", "anger"),
        ("anxiety", "fear"),
        ("S", "sad"),
        ("surprised", "surprise"),
        ("neutral", "neutral"),
        ("calm", "calm"),
        ("exc", "excited"),
        ("fru", "frustrated"),
        ("oth", "other"),
    ],
)
def test_spellings_have_one_name(text: str, name: str) -> None:
    assert canonical_emotion(text) == name


@pytest.mark.parametrize("text", ["", " ", "Q", "hapy", "0", "x", "xxx"])
def test_what_is_no_emotion_has_no_name(text: str) -> None:
    assert canonical_emotion(text) is None


@pytest.mark.parametrize("scheme", [CREMA_D, EMODB, RAVDESS, IEMOCAP, MELD])
def test_classes_are_canonical_and_unique(scheme: EmotionScheme) -> None:
    assert [canonical_emotion(name) for name in scheme.classes] == list(scheme.classes)
    assert len(set(scheme.classes)) == len(scheme)
    assert [scheme.index(name) for name in scheme.classes] == list(range(len(scheme)))


def test_the_schemes_have_the_classes_of_their_corpora() -> None:
    assert (len(CREMA_D), len(EMODB), len(RAVDESS), len(IEMOCAP), len(MELD)) == (6, 7, 8, 10, 7)
    assert set(EMODB.classes) - set(CREMA_D.classes) == {"boredom"}
    assert set(RAVDESS.classes) - set(CREMA_D.classes) == {"surprise", "calm"}


def test_an_index_knows_other_spellings_and_refuses_other_emotions() -> None:
    assert CREMA_D.index("HAP") == CREMA_D.classes.index("happy")
    with pytest.raises(UserError, match="“surprise” is not an emotion of crema-d: it knows anger, disgust"):
        CREMA_D.index("surprise")


def test_a_scheme_of_ones_own_keeps_words_nobody_knows() -> None:
    scheme = scheme_of("mine", ["sad", "tedium", "anger", "amusement", "sad"])
    assert scheme == EmotionScheme("mine", ("anger", "sad", "amusement", "tedium"))
    assert scheme.index("Tedium") == 3


def test_no_selection_is_all_classes() -> None:
    assert ClassSelection.parse(None, CREMA_D) == ClassSelection.all_of(CREMA_D)
    assert ClassSelection.parse("", EMODB).names == EMODB.classes


def test_classes_are_merged_selected_and_ordered_as_asked() -> None:
    selection = ClassSelection.parse("neutral+calm,happy,sad,angry", RAVDESS)
    assert selection.names == ("neutral+calm", "happy", "sad", "anger")
    assert selection.members == ((4, 7), (3,), (5,), (0,))


def test_a_class_the_corpus_lacks_vanishes_from_a_merge_only() -> None:
    assert ClassSelection.parse("neutral+calm,happy", EMODB).names == ("neutral", "happy")
    with pytest.raises(UserError, match="“calm” names no class of emodb"):
        ClassSelection.parse("calm,happy", EMODB)


@pytest.mark.parametrize("text", ["happy,joy", "sad+neutral,neutral", "happy,,sad", "hapy", "Q"])
def test_selections_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="--classes"):
        ClassSelection.parse(text, CREMA_D)


def test_merging_adds_votes() -> None:
    selection = ClassSelection.parse("neutral+calm,happy", RAVDESS)
    counts = np.array([[1, 0, 0, 2, 3, 0, 0, 4], [0, 5, 0, 0, 0, 0, 0, 0]])
    assert selection.merge_counts(counts).tolist() == [[7, 2], [0, 0]]
