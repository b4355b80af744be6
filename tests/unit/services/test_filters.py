from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.services.filter_columns import (
    Categories,
    FilterColumns,
    Mask,
    load_columns,
    with_answers,
    with_flags,
    with_hidden,
    with_votes,
)
from fairemo_gui.services.filter_grammar import FilterError, tells_answers
from fairemo_gui.services.filter_words import cell_query, completions, group_term
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.rating import rate
from fairemo_gui.services.samples import HumanPredictor
from fairemo_gui.store import corpora, details, notes
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.columns import columns_of
from tests.unit.store.builders import small_bundle

COLUMNS = columns_of(4000)
HAPPY, NEUTRAL, ANGER = (CREMA_D.classes.index(name) for name in ("happy", "neutral", "anger"))


def _gender(value: str) -> Mask:
    return np.asarray(COLUMNS.genders.codes == COLUMNS.genders.values.index(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", lambda c: np.ones(len(c), bool)),
        ("gender:f", lambda c: _gender("female")),
        ("gender:f,m", lambda c: c.genders.codes >= 0),
        ("gender:unknown", lambda c: c.genders.codes == -1),
        ("true:hap pred:neutral", lambda c: (c.true_class == HAPPY) & (c.predicted == NEUTRAL)),
        ("true:HAPPY gender:M", lambda c: (c.true_class == HAPPY) & _gender("male")),
        ("true:happy,anger", lambda c: np.isin(c.true_class, [HAPPY, ANGER])),
        ("voice:happiness", lambda c: c.labelled[Truth.VOICE] == HAPPY),
        ("p<0.5", lambda c: c.p_truth < 0.5),
        ("p(happy) >= .3", lambda c: c.probabilities[:, HAPPY] >= 0.3),
        ("bin:0.4-0.5", lambda c: ((c.probabilities >= 0.4) & (c.probabilities <= 0.5)).any(axis=1)),
        ("duration<2", lambda c: c.durations < 2),
        ("age:30-49", lambda c: (c.ages >= 30) & (c.ages <= 49)),
        ("age:30–49", lambda c: (c.ages >= 30) & (c.ages <= 49)),
        ("age:<30", lambda c: c.ages < 30),
        ("age:50+,unknown", lambda c: (c.ages >= 50) | np.isnan(c.ages)),
        ("age:31", lambda c: c.ages == 31),
        ("speaker:1001", lambda c: c.speakers.codes == 0),
        ('race:"african american"', lambda c: c.races.codes == 0),
        ("dialogue:d1 state:missing", lambda c: (c.dialogues.codes == 0) & (c.states.codes == 0)),
        ("split:test fold:2", lambda c: (c.splits.codes == 0) & (c.folds == 2)),
        ("wrong", lambda c: c.predicted != c.true_class),
        ("not wrong", lambda c: c.predicted == c.true_class),
        ("-wrong flagged", lambda c: (c.predicted == c.true_class) & c.flagged),
        ("correct", lambda c: c.predicted == c.true_class),
        ("disagree:voice,av", lambda c: c.labelled[Truth.VOICE] != c.labelled[Truth.AV]),
        ("has:sad", lambda c: 6 * c.votes[c.truth][:, 5] > c.votes[c.truth].sum(axis=1)),
        ("says:sad says:happy", lambda c: (c.probabilities[:, [3, 5]] > 1 / 6).all(axis=1)),
        ("p:0.2-0.4", lambda c: (c.p_truth >= 0.2) & (c.p_truth <= 0.4)),
        ("duration:1-2.5", lambda c: (c.durations >= 1) & (c.durations <= 2.5)),
        ("age>=50", lambda c: c.ages >= 50),
        ("flagged or rated", lambda c: c.flagged | c.rated),
        ("not (flagged or rated) gender:f", lambda c: ~(c.flagged | c.rated) & _gender("female")),
        ('"ELEVEN o\'clock"', lambda c: np.arange(len(c)) % 2 == 1),
        ("TIE", lambda c: np.arange(len(c)) % 3 == 0),
        ("code:tie", lambda c: np.arange(len(c)) % 3 == 0),
        ("eleven orchard", lambda c: np.zeros(len(c), bool)),
    ],
)  # fmt: skip
def test_terms_mean_what_they_say(text: str, expected: Callable[[FilterColumns], Mask]) -> None:
    found = compile_filter(text, COLUMNS)
    np.testing.assert_array_equal(found, expected(COLUMNS))
    assert text in {"", "eleven orchard"} or 0 < found.sum() < len(COLUMNS)


@pytest.mark.parametrize("value", ['5" disc', '"', "D1", "d1", "Unknown", "a,b", "(x)", "or", "not", "-z", 'end"'])
def test_the_term_of_any_value_finds_that_value_alone(value: str) -> None:
    names = sorted({value, "D1", "d1", "Unknown", '5" disc'})
    codes = np.arange(len(COLUMNS), dtype=np.int32) % (len(names) + 1) - 1
    columns = replace(COLUMNS, dialogues=Categories(codes, tuple(names)))
    found = compile_filter(f"wrong or {group_term('dialogue', value)}", columns)
    np.testing.assert_array_equal(found, columns.wrong | (codes == names.index(value)))
    unknown = compile_filter(group_term("dialogue", None), columns)
    np.testing.assert_array_equal(unknown, codes == -1)


def test_an_unknown_fold_can_be_asked_for() -> None:
    columns = replace(COLUMNS, folds=np.where(COLUMNS.folds == 2, -1, COLUMNS.folds))
    np.testing.assert_array_equal(compile_filter("fold:unknown", columns), COLUMNS.folds == 2)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("gander:f", 0, "did you mean “gender:”?"),
        ("gender:f true:joyful", 14, "it has anger, disgust, fear, happy, neutral, sad"),
        ("true:", 5, "a value of “true”"),
        ("gender:f pred: ", 15, "a value of “pred”"),
        ("p<much", 2, "write for example p<0.5"),
        ("p(calm)<0.5", 2, "it has anger"),
        ("age:old", 4, "write 31, 30-49, <30, 50+ or unknown"),
        ('"eleven', 0, "never closed"),
        ("(flagged", 8, "closing parenthesis"),
        ("flagged)", 7, "“)” cannot stand"),
        ("flagged or", 10, "a term such as gender:f"),
        ("speaker:bob", 8, "it has 1001, 1002, 1003"),
        ("speaker:10001", 8, "did you mean “1001”?"),
        ("bin:half", 4, "write for example bin:0.2-0.4"),
        ("disagree:voice", 0, "as disagree:voice,av"),
        ("disagree:voice,mouth", 0, "wants two of intended, voice, face, av"),
        ("flip:1", 0, "as flip:1,2"),
        ("flip:1,2", 5, "there is no net 1 here: there are none yet"),
        ("wrong lasso:a3", 12, "there is no set a3 here: draw it again, or choose the saved view it is part of"),
        ("duration:long", 9, "write for example duration:1.5-3"),
        ("ethnicity:hispanic", 10, "it says nothing of this kind"),
    ],
)
def test_errors_name_the_place_and_what_could_stand_there(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, COLUMNS)
    assert caught.value.position == position
    assert words in str(caught.value)
    assert "?." not in str(caught.value)


def test_a_word_inside_quotation_marks_is_never_a_keyword() -> None:
    assert not compile_filter('"not" "wrong"', COLUMNS).any()


def test_completions_finish_keys_and_values() -> None:
    def texts(text: str, position: int | None = None) -> list[str]:
        return [c.text for c in completions(text, len(text) if position is None else position, COLUMNS)]

    assert texts("ge") == ["gender:"]
    assert texts("gender:f tr") == ["true:"]
    assert texts("true:ha") == ["happy"]
    assert texts("true:happy,ne") == ["neutral"]
    assert texts("speaker:") == ["1001", "1002", "1003"]
    assert texts("race:a") == ['"African American"']
    assert texts("disagree:voice,") == ["voice,av", "voice,face"]
    assert texts("disagree:f") == ["face,av"]
    assert texts("says:h") == ["happy"]
    assert [c.text for c in completions("lasso:", 6, COLUMNS, sets=["a1", "a2"])] == ["a1", "a2"]
    assert texts('"gender') == []
    assert "not" in texts("")
    replaced = completions("flagged tr pred:sad", 10, COLUMNS)[0]
    assert (replaced.start, replaced.end, replaced.text) == (8, 10, "true:")


@pytest.mark.parametrize(
    ("attribute", "value", "term"),
    [
        ("gender", "male", "gender:m"),
        ("gender", None, "gender:unknown"),
        ("age", "under 30", "age:<30"),
        ("age", "30–49", "age:30-49"),
        ("age", "50 and over", "age:50+"),
        ("race", "African American", 'race:"African American"'),
    ],
)
def test_a_group_of_the_charts_is_a_term(attribute: str, value: str | None, term: str) -> None:
    assert group_term(attribute, value) == term
    compile_filter(term, COLUMNS)


def test_a_cell_of_a_matrix_is_a_filter() -> None:
    assert cell_query("happy", "neutral", "gender", "male") == "true:happy pred:neutral gender:m"
    both = cell_query("happy", "neutral", "gender×age", "male×30–49")
    assert both == "true:happy pred:neutral gender:m age:30-49"
    assert cell_query("happy", "sad", None, None) == "true:happy pred:sad"


def test_merged_classes_are_found_by_any_of_their_names() -> None:
    selection = ClassSelection.parse("neutral+sad,happy", CREMA_D)
    merged = replace(columns_of(500), classes=selection, predicted=np.arange(500) % 2)
    np.testing.assert_array_equal(compile_filter("pred:sad", merged), np.arange(500) % 2 == 0)
    np.testing.assert_array_equal(compile_filter("pred:neutral+sad", merged), np.arange(500) % 2 == 0)


def test_a_quarter_of_a_million_rows_are_filtered_in_twenty_milliseconds() -> None:
    columns = columns_of(250_000)
    text = "gender:f true:anger pred:neutral p<0.5 age:30-49 not flagged disagree:voice,av"
    compile_filter(text, columns)
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        compile_filter(text, columns)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.02
    compile_filter('"eleven"', columns)
    start = time.perf_counter()
    assert compile_filter('"exactly what"', columns).sum() == 125_000
    assert time.perf_counter() - start < 0.5


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = Workspace(tmp_path / "w.fairemo", create=True)
    corpora.add_bundle(opened, small_bundle())
    return opened


def test_columns_come_from_the_workspace_and_follow_a_rating(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    table = corpora.table(workspace, corpus.id)
    voice = HumanPredictor(Condition.VOICE)
    columns = load_columns(workspace, corpus, table, Truth.INTENDED, voice, "me")
    assert compile_filter("gender:f", columns).tolist() == [False, True, False, True]
    assert compile_filter("voice:disgust", columns).tolist() == [False, True, False, False]
    assert compile_filter("rated", columns).sum() == 0
    utterance = int(table.ids[2])
    rate(workspace, corpus, utterance, "me", Condition.VOICE, ["sad"])
    votes = details.votes_of(workspace, utterance, 6)
    after = with_votes(columns, utterance, votes, rated=True)
    after = with_answers(workspace, after, Truth.INTENDED, voice)
    fresh = load_columns(workspace, corpus, table, Truth.INTENDED, voice, "me")
    for text in ("voice:sad", "rated", "wrong", "p<0.5", "pred:sad"):
        assert compile_filter(text, after).tolist() == compile_filter(text, fresh).tolist()
    assert compile_filter("voice:sad", columns).sum() == 0
    workspace.close()


def test_flags_are_read_again(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    table = corpora.table(workspace, corpus.id)
    columns = load_columns(workspace, corpus, table, Truth.AV, None, "me")
    notes.set_flag(workspace, int(table.ids[0]), True, "me")
    assert compile_filter("flagged", with_flags(workspace, columns)).tolist() == [True, False, False, False]
    workspace.close()


def test_a_rater_s_clips_are_found_in_any_condition_or_in_one(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    table = corpora.table(workspace, corpus.id)
    ids = [int(utterance) for utterance in table.ids]
    for place, condition in ((0, Condition.VOICE), (0, Condition.AV), (2, Condition.AV)):
        rate(workspace, corpus, ids[place], "anna@home", condition, ["sad"])
    rate(workspace, corpus, ids[3], "Ben", Condition.FACE, ["sad"])
    columns = load_columns(workspace, corpus, table, Truth.INTENDED, None, "me")

    def found(text: str) -> list[int]:
        return np.flatnonzero(compile_filter(text, columns)).tolist()

    assert found("rater:anna@home") == [0, 2]
    assert found("rater:anna@home@voice") == [0]
    assert found("rater:anna@home@voice,ben") == [0, 3]
    assert found("rater:BEN@face -rater:ben@av") == [3]
    assert columns.raters is not None
    assert {"anna@home", "Ben"} <= set(columns.raters.known())
    offered = [each.text for each in completions("rater:ben", 9, columns)]
    assert offered == ["Ben@voice", "Ben@face", "Ben@av"]
    assert "Ben" in [each.text for each in completions("rater:", 6, columns)]
    for text, words in (
        ("rater:bem", "did you mean “ben”?"),
        ("rater:Ben@ear", "“ear” is not a condition: write Ben@voice or Ben@face or Ben@av"),
        ("rater:Ben@", "write Ben@voice"),
    ):
        with pytest.raises(FilterError, match=re.escape(words)):
            compile_filter(text, columns)
    rate(workspace, corpus, ids[1], "Ben", Condition.FACE, ["sad"])
    columns.raters.forget()
    assert found("rater:Ben") == [1, 3]
    workspace.close()


def test_a_rater_is_not_there_where_nobody_was_asked() -> None:
    with pytest.raises(FilterError, match="it says nothing of this kind"):
        compile_filter("rater:anna", COLUMNS)


def test_of_a_hidden_row_no_term_tells_what_anybody_said() -> None:
    hidden = np.arange(len(COLUMNS)) % 2 == 0
    columns = with_hidden(COLUMNS, hidden)
    for text in (
        "true:happy", "pred:sad", "voice:sad", "face:sad", "av:sad", "intended:sad", "wrong", "correct", "predicted",
        "has:sad", "says:sad", "disagree:voice,av", "p<0.5", "p(happy)>0", "p:0-1", "bin:0-1",
    ):  # fmt: skip
        np.testing.assert_array_equal(compile_filter(text, columns), compile_filter(text, COLUMNS) & ~hidden)
    for text in ("gender:f", "flagged", "code:TIE", '"eleven"', "duration<2"):
        np.testing.assert_array_equal(compile_filter(text, columns), compile_filter(text, COLUMNS))
    several = COLUMNS.ids[:4].tolist()
    sets = {"a1": several, "cell1": several, "said2": several}
    for name, told in (("a1", 4), ("cell1", 2), ("said2", 2)):
        assert compile_filter(f"lasso:{name}", columns, sets).sum() == told, "who is in a cell follows from answers"
    assert (columns.name(0), columns.name(1)) == ("clip 1", COLUMNS.codes[1])
    assert not columns.votes[Truth.AV][hidden].any()
    assert np.isnan(columns.p_truth[hidden]).all()
    assert not COLUMNS.is_hidden(0)


@pytest.mark.parametrize("number", ["nan", "inf", "1e400", "1.5"])
def test_a_fold_that_is_no_whole_number_holds_no_row(number: str) -> None:
    assert not compile_filter(f"fold:{number}", columns_of(20)).any()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gender:f true:happy", False), ("speaker:pred", False), ('"wrong"', False), ("disagree:voice,av", False),
        ("", False), ("pred:", False), ("wrong", True), ("not wrong", True), ("(gender:f or p<0.5)", True),
        ("p(happy)>0.4", True), ("p:0.1-0.2", True), ("flip:1,2", True), ("true:sad pred:happy", True),
        ("lasso:a1", True),
    ],
)  # fmt: skip
def test_a_filter_may_tell_the_answers(text: str, told: bool) -> None:
    assert tells_answers(text) is told
