"""Rating plans: one canonical form, every key known, every problem one sentence."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairemo_gui.core.plan_file import parse_plan, problems, read_plan
from fairemo_gui.core.rating_plan import (
    Answers,
    ClipRules,
    Items,
    Known,
    RatingPlan,
    Scale,
    SittingRules,
    Smart,
    SmartRule,
    Target,
    plan_text,
)
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError

HEAD = 'name = "p"\nversion = "1"\n'

plans = st.builds(
    RatingPlan,
    name=st.text(string.printable[:-5] + "é“", min_size=1, max_size=80).filter(str.strip),
    version=st.just("1"),
    description=st.text(),
    trace=st.sampled_from([None, "valence"]),
    answers=st.builds(
        Answers, classes=st.sampled_from([(), ("sad", "happy")]), several=st.booleans(), intensity=st.booleans(),
        dimensions=st.sampled_from([(), ("valence", "activation")]), scale=st.sampled_from(Scale),
        points=st.integers(2, 9),
    ),
    clip=st.builds(
        ClipRules, replays=st.none() | st.integers(0, 9), answer_before_end=st.booleans(),
        time_out=st.none() | st.floats(1, 3600), transcript=st.sampled_from([(), (Condition.AV,)]),
    ),
    items=st.builds(Items, filter=st.text(), one_condition=st.booleans(), seed=st.integers(0, 2**53)),
    sitting=st.builds(
        SittingRules, items=st.integers(1, 99), break_every=st.none() | st.integers(1, 99),
        repeats=st.just(0) | st.floats(0, 0.5), consent=st.text(),
    ),
    target=st.builds(Target, ratings=st.integers(3, 99), agreement=st.none() | st.floats(0.1, 1)),
    smart=st.none() | st.builds(Smart, rule=st.sampled_from(SmartRule), by=st.text()),
    practice=st.sampled_from([(), (Known("u 1", Condition.VOICE, ("sad",)),)]),
    attention=st.sampled_from([(), (Known("u“2”", Condition.AV, ("happy",)),)]),
)  # fmt: skip


@given(plans)
def test_what_is_written_is_read_again(plan: RatingPlan) -> None:
    text = plan_text(plan)
    read = parse_plan(text)
    assert (read, plan_text(read), read.sha256) == (plan, text, plan.sha256)


@pytest.mark.parametrize("words", ["Read C:\\new\nand sign", "\\n\n", 'She said """no"""\n\\', "\r\n\\\n"])
def test_backslashes_and_quotes_survive_in_words_of_several_lines(words: str) -> None:
    plan = RatingPlan("p", "1", sitting=SittingRules(consent=words))
    assert parse_plan(plan_text(plan)) == plan


def test_two_files_that_say_the_same_have_the_same_hash() -> None:
    short = parse_plan(HEAD + "[sitting]\nrepeats = 2\n")
    long = parse_plan("version='1'\nname='p'\n[clip]\nreplays=0\n[items]\nfilter=''\n[sitting]\nitems=60\nrepeats=2\n")
    assert short == long
    assert short.sha256 == long.sha256
    assert short.sha256 != replace(short, version="2").sha256


def test_a_plan_made_in_code_is_the_one_that_is_read() -> None:
    plan = RatingPlan("p", "1", items=Items(conditions=((Condition.AV, 2), (Condition.VOICE, 1))))
    assert parse_plan(plan_text(plan)) == plan
    assert plan.conditions == (Condition.VOICE, Condition.AV)


def test_spellings_of_emotions_are_known() -> None:
    plan = parse_plan(HEAD + '[answers]\nclasses = ["ANG", "happiness"]\n')
    assert plan.answers.classes == ("anger", "happy")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "“name” is missing"),
        (HEAD + "mood = 1", "“mood” is not a key of a plan"),
        (HEAD + "[clip]\nreplays = true", "neither a number of plays"),
        (HEAD + "[clip]\nreplays = -1", "neither a number of plays"),
        (HEAD + '[clip]\nbox = ["voice"]', "no picture"),
        (HEAD + '[clip]\ntranscript = ["av"]\n[items]\nconditions = { voice = 1 }', "not given in"),
        (HEAD + "[items]\nconditions = { ears = 1 }", "gives no shares"),
        (HEAD + "[items]\nconditions = { av = 0 }", "gives no condition a share"),
        (HEAD + "[answers]\nemotions = false", "asks nothing"),
        (HEAD + '[answers]\nclasses = ["sad"]', "leaves no choice"),
        (HEAD + '[answers]\nclasses = ["sad", "sadness"]', "twice"),
        (HEAD + '[answers]\ndimensions = ["mood"]', "none of activation"),
        (HEAD + "[answers]\npoints = 1", "from 2 to 9"),
        (HEAD + '[answers]\nemotions = false\nintensity = true\ndimensions = ["valence"]', "asks for no emotion"),
        (HEAD + "[sitting]\nrepeats = 31", "more than half"),
        (HEAD + "[sitting]\nrepeats = 0.9", "more than half"),
        (HEAD + "[sitting]\nrepeats = 1.5", "whole number"),
        (f"name = '{'p' * 81}'\nversion = '1'", "“name” is empty, long"),
        ("name = 'p\u202e'\nversion = '1'", "“name” is empty, long"),
        (HEAD + "[target]\nratings = 2\nagreement = 0.8", "at_least"),
        (HEAD + "[smart]\nby = 'race'", "“smart.rule” is missing"),
        (HEAD + "practice = 3", "no list of clips"),
        (HEAD + "[[practice]]\nutterance = 'u'", "practice 1, condition"),
        (HEAD + "[[practice]]\nutterance='u'\ncondition='av'\nanswer=[]", "is empty"),
        (HEAD + "[[practice]]\nutterance='u'\ncondition='av'\nanswer='sad'\n" * 2, "a second time"),
        (HEAD + "[[attention]]\nutterance='u'\ncondition='av'\nanswer=['sad', 'happy']", "several emotions"),
        (HEAD + "[answers", "is no TOML"),
        (HEAD + "answers = 3", "is no table"),
    ],
)
def test_what_cannot_stand_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=r"lab\.toml") as refused:
        parse_plan(text, "lab.toml")
    assert any(sentence in problem for problem in (str(refused.value), *refused.value.problems))


def test_problems_name_no_clip() -> None:
    text = HEAD + "[[practice]]\nutterance='1001_ANG'\ncondition='av'\nanswer=['sad', 'anger']\n" * 2
    with pytest.raises(UserError) as refused:
        parse_plan(text)
    assert "1001_ANG" not in "".join(refused.value.problems)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="UTF-8"):
        read_plan(file)
    file.write_bytes(b"#" * (1 << 21))
    with pytest.raises(UserError, match="larger"):
        read_plan(file)


def test_a_form_can_ask_for_the_problems_of_a_plan_it_makes() -> None:
    plan = RatingPlan("", "1", answers=Answers(emotions=False))
    assert len(list(problems(plan))) == 2
