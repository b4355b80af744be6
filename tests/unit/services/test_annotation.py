"""Sittings: every step on the disk, every field as given, nothing lost or doubled, nothing counted that is no vote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.plan_file import read_plan
from fairemo_gui.core.rating_plan import Answers, Items, Known, RatingPlan, SittingRules, Smart, SmartRule, Target
from fairemo_gui.core.records import Condition, RaterKind, Rating, Role, Truth
from fairemo_gui.core.trials import Answer, EventKind, Trace
from fairemo_gui.corpora.ratings import read_ratings
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.adjudication import AdjudicationPlan, adjudicate
from fairemo_gui.services.agreement import measure_agreement
from fairemo_gui.services.annotation.answers import problem_of
from fairemo_gui.services.annotation.plans import prepare
from fairemo_gui.services.annotation.sitting import Sitting, Stage
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.bundles import export_bundle, merge_bundles, read_bundle
from fairemo_gui.services.exports.export import export_corpus
from fairemo_gui.services.exports.plan import ExportPlan, Format
from fairemo_gui.services.rating import SOFTWARE, rate, undo
from fairemo_gui.store import corpora, labels, nets, notes, plans, ratings, sessions, trials
from fairemo_gui.store.export import label_rows
from fairemo_gui.store.rating_table import rating_table
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import Clock, a_plan, an_answer, clips, sit_through


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, clips())
        yield opened


def sit(workspace: Workspace, plan: RatingPlan | None = None, rater: str = "R1", **options: object) -> Sitting:
    return start(workspace, corpora.corpus(workspace), plan or a_plan(), rater, **options)  # type: ignore[arg-type]


def log(workspace: Workspace) -> list[Rating]:
    return [rating for rating, _ in ratings.log(workspace, 1)]


def votes(workspace: Workspace, *, smart: bool = False) -> int:
    ids = corpora.table(workspace, 1).ids
    return sum(int(labels.counts(workspace, ids, Truth(c.value), 6, smart=smart).sum()) for c in Condition)


def test_every_field_is_stored(workspace: Workspace) -> None:
    clock = Clock()
    sitting = sit(workspace, now=clock)
    trial = sitting.current
    assert trial is not None
    given = sitting.submit(an_answer())
    (stored,) = log(workspace)
    assert replace(stored, utterance="") == given.rating
    assert stored.created_at == clock.time.isoformat(timespec="milliseconds")
    said = (stored.votes, stored.intensity, stored.confidence, stored.comment, stored.first_answer, stored.changes)
    assert said == (("sad",), 64, 3, "soft", "happy", 1)
    assert (stored.response_ms, stored.replays, stored.played_ms) == (1234, 1, 4321)
    assert (stored.condition, stored.role, stored.position) == (trial.condition, Role.PRACTICE, 0)
    assert (stored.prediction_visible, stored.software) == (False, SOFTWARE)
    ((number, session),) = sessions.every(workspace, 1).items()
    assert (stored.session, sitting.uuid) == (number, session.uuid)
    plan = a_plan()
    assert (session.plan, session.plan_version, session.plan_sha256, session.length) == ("lab", "2", plan.sha256, 10)
    assert plans.get(workspace, plan.sha256) == plan


def test_practice_comes_first_and_says_what_was_right(workspace: Workspace) -> None:
    sitting = sit(workspace)
    first, second, third = (sitting.submit(an_answer(vote)) for vote in ("anger", "sad", "sad"))
    assert first.feedback is not None and first.feedback.right
    assert second.feedback is not None and (second.feedback.right, second.feedback.answer) == (False, ("disgust",))
    assert third.feedback is None
    sit_through(sitting)
    again = sit(workspace)
    assert (again.number, Role.PRACTICE in {t.role for t in again.trials}) == (2, False)


def test_only_main_ratings_are_votes(workspace: Workspace) -> None:
    sitting = sit(workspace)
    assert sit_through(sitting) == 10
    roles = [rating.role for rating in log(workspace)]
    assert {role: roles.count(role) for role in Role} == {
        Role.MAIN: 6, Role.SMART: 0, Role.PRACTICE: 2, Role.REPEAT: 1, Role.ATTENTION: 1,
    }  # fmt: skip
    assert votes(workspace) == 6
    corpus = corpora.corpus(workspace)
    assert len(rating_table(workspace, 1, corpus.scheme)) == 6
    assert all(stands for _, stands in ratings.log(workspace, 1)), "a repeat replaces nothing"


def test_weighed_votes_are_main_ratings_alone(workspace: Workspace) -> None:
    smart = replace(a_plan(), smart=Smart(SmartRule.GROUPS))
    for plan, rater in ((a_plan(), "R1"), (smart, "R2")):
        sit_through(sit(workspace, plan, rater, now=Clock()))
    corpus, mains = corpora.corpus(workspace), {r.utterance for r in log(workspace) if r.role is Role.MAIN}
    weights = AdjudicationPlan(weights={"R1": Fraction(2)})
    found = sum(adjudicate(workspace, corpus, each, weights)[0].changed for each in Condition)
    assert found == len(mains) == 6


def test_smart_ratings_are_kept_apart_and_can_be_asked_for(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    rate(workspace, corpus, 4, "other", Condition.VOICE, ["happy"])
    sitting = sit(workspace, a_plan(smart=Smart(SmartRule.GROUPS), practice=(), attention=()))
    sit_through(sitting)
    assert {r.role for r in log(workspace) if r.rater == "R1"} == {Role.SMART, Role.REPEAT}
    assert (votes(workspace), votes(workspace, smart=True)) == (1, 7)
    assert len(rating_table(workspace, 1, corpus.scheme)) == 1
    assert len(rating_table(workspace, 1, corpus.scheme, smart=True)) == 7
    assert sum(sum(row.counts) for row in label_rows(workspace, corpus) if row.condition != "intended") == 1
    smart = next(trial for trial in sitting.trials if trial.role is Role.SMART)
    corrected, _ = rate(workspace, corpus, smart.utterance, "R1", smart.condition, ["fear"])
    assert corrected.role is Role.SMART
    assert votes(workspace) == 1


def test_it_goes_on_where_it_stopped(workspace: Workspace) -> None:
    sitting = sit(workspace)
    for _ in range(4):
        sitting.submit(an_answer())
    again = sit(workspace)
    assert (again.uuid, again.current, again.trials) == (sitting.uuid, sitting.current, sitting.trials)
    assert EventKind.OPENED in {event.kind for event in sessions.events(workspace, 1)}
    assert sit_through(again) == 6
    assert sorted(r.position or 0 for r in log(workspace)) == list(range(10))


def test_undo_goes_back_across_submit_and_restart(workspace: Workspace) -> None:
    sitting = sit(workspace)
    for vote in ("anger", "fear", "happy", "sad"):
        sitting.submit(an_answer(vote))
    before = votes(workspace)
    at = sitting.undo()
    assert at == sitting.current == sitting.trials[3]
    assert votes(workspace) == before - 1
    sitting = sit(workspace)
    assert sitting.current == at
    former = sitting.former(at)
    assert former is not None and (former.votes, former.intensity, former.plays) == (("sad",), 64, 2)
    assert sitting.undo() == sitting.trials[2]
    sitting.submit(an_answer("neutral"))
    sitting.submit(an_answer("neutral"))
    assert votes(workspace) == before
    assert len(log(workspace)) == 8, "nothing is ever deleted: four answers, two withdrawals, two answers"
    standing = {r.position: r.votes for r, stands in ratings.log(workspace, 1) if stands}
    assert standing == {0: ("anger",), 1: ("fear",), 2: ("neutral",), 3: ("neutral",)}
    while sitting.undo():
        pass
    assert (sitting.current, sitting.progress().taken, votes(workspace)) == (sitting.trials[0], False, 0)


def test_skips_need_a_reason_and_can_be_taken_back(workspace: Workspace) -> None:
    sitting = sit(workspace)
    with pytest.raises(UserError, match="why"):
        sitting.skip(" ")
    sitting.skip("no sound")
    assert sitting.current == sitting.trials[1]
    assert sit(workspace).current == sitting.trials[1]
    assert sitting.undo() == sitting.trials[0]
    assert sit(workspace).current == sitting.trials[0]
    sitting.skip("no sound")
    sit_through(sitting)
    kinds = [(e.kind, e.text) for e in sessions.events(workspace, 1) if e.kind is EventKind.SKIPPED]
    assert kinds == [(EventKind.SKIPPED, "no sound")] * 2
    assert len(log(workspace)) == 9


def test_breaks_begin_by_themselves_once(workspace: Workspace) -> None:
    sitting = sit(workspace)
    assert sitting.progress().until_break == 3
    for _ in range(5):
        sitting.submit(an_answer())
    assert (sitting.stage, sit(workspace).stage) == (Stage.BREAK, Stage.BREAK)
    with pytest.raises(UserError, match="no clip to answer"):
        sitting.submit(an_answer())
    sitting.undo()
    assert sitting.stage is Stage.TRIAL
    sitting.submit(an_answer())
    assert sitting.stage is Stage.TRIAL, "the break was had"
    sitting.pause()
    assert sit(workspace).stage is Stage.BREAK
    sitting.proceed()
    assert sit(workspace).stage is Stage.TRIAL
    sit_through(sitting)
    assert sitting.progress().until_break is None


def test_no_trial_without_consent(workspace: Workspace) -> None:
    plan = a_plan(sitting=SittingRules(items=6, consent="Agree?"))
    sitting = sit(workspace, plan)
    sitting.consent(given=False)
    assert sit(workspace, plan).stage is Stage.CONSENT
    with pytest.raises(UserError):
        sitting.submit(an_answer())
    sitting.consent(given=True)
    assert sit(workspace, plan).stage is Stage.TRIAL
    assert [e.kind for e in sessions.events_of(workspace, 1)][:3] == [
        EventKind.REFUSED, EventKind.OPENED, EventKind.CONSENT,
    ]  # fmt: skip


def test_flags_carry_the_note(workspace: Workspace) -> None:
    sitting = sit(workspace)
    trial = sitting.current
    assert trial is not None
    sitting.flag("two voices")
    assert notes.flagged(workspace) == {trial.utterance}
    assert workspace.db.execute("SELECT text, author FROM note").fetchall() == [("two voices", "R1")]


def test_time_left_follows_the_raters_own_pace(workspace: Workspace) -> None:
    clock = Clock()
    sitting = sit(workspace, a_plan(sitting=SittingRules(items=6)), now=clock)
    assert sitting.progress().seconds_left is None
    for _ in range(4):
        sitting.submit(an_answer())
    assert sitting.progress().seconds_left == 10 * (len(sitting.trials) - 4)


def test_two_windows_cannot_answer_the_same_trial(workspace: Workspace) -> None:
    one, other = sit(workspace), sit(workspace)
    one.submit(an_answer())
    with pytest.raises(UserError, match="another window"):
        other.submit(an_answer())
    other.reload()
    other.submit(an_answer())
    assert [r.position for r in log(workspace)] in ([0, 1], [1, 0])


def test_raters_cover_clips_until_there_are_enough(workspace: Workspace) -> None:
    plan = a_plan(target=Target(ratings=2), practice=(), attention=(), sitting=SittingRules(items=9))
    for rater in range(20):
        try:
            sit_through(sit(workspace, plan, f"R{rater}"))
        except UserError as error:
            assert "nothing left" in str(error)
            break
    counts = dict.fromkeys(((u, c) for u in range(1, 13) for c in Condition), 0)
    codes = corpora.utterance_ids(workspace, 1)
    for rating in log(workspace):
        counts[codes[rating.utterance], rating.condition] += 1
    assert set(counts.values()) == {2}
    assert len({(r.rater, r.utterance) for r in log(workspace)}) == len(log(workspace)), "one condition each"


def test_agreement_can_be_enough(workspace: Workspace) -> None:
    plan = a_plan(
        target=Target(ratings=5, agreement=1.0, at_least=2), practice=(), attention=(),
        items=Items("code:c03", ((Condition.VOICE, 1),)), sitting=SittingRules(items=1),
    )  # fmt: skip
    for rater, vote in (("a", "sad"), ("b", "sad")):
        sit_through(sit(workspace, plan, rater), vote)
    with pytest.raises(UserError, match="nothing left"):
        sit(workspace, plan, "c")
    plan = replace(plan, name="other")
    for rater, vote in (("a2", "sad"), ("b2", "fear"), ("c2", "sad")):
        sit_through(sit(workspace, plan, rater), vote)
    sit(workspace, plan, "d2")


def test_av_waits_for_voice_and_face_over_sittings(workspace: Workspace) -> None:
    plan = a_plan(items=Items(), sitting=SittingRules(items=7), practice=(), attention=())
    for _ in range(4):
        sit_through(sit(workspace, plan))
    met: dict[str, list[Condition]] = {}
    for rating in sorted(log(workspace), key=lambda r: (r.session or 0, r.position or 0)):
        met.setdefault(rating.utterance, []).append(rating.condition)
    assert all(c[-1] is Condition.AV and Condition.AV not in c[:-1] for c in met.values() if Condition.AV in c)
    assert sum(Condition.AV in c for c in met.values()) > 5


def test_dimensions_alone_can_be_asked(workspace: Workspace) -> None:
    plan = RatingPlan(
        "dims", "1", trace="valence", answers=Answers(emotions=False, dimensions=("valence",), points=5),
        sitting=SittingRules(items=2),
    )  # fmt: skip
    sitting = sit(workspace, plan)
    samples = np.array([0, np.nan, -1, 0.25], dtype=np.float32)
    sitting.submit(Answer(valence=4, trace=Trace("valence", samples)))
    sitting.undo()
    sitting.submit(Answer(valence=2))
    assert sit(workspace, plan).current == sitting.trials[1]
    # A set: two of them may come within one millisecond.
    assert {(r.valence, stands) for r, stands in ratings.log(workspace, 1)} == {(4, False), (None, False), (2, True)}
    ((_, trace),) = trials.traces(workspace, 1)
    assert np.array_equal(trace.samples, samples, equal_nan=True)
    with pytest.raises(UserError, match="were rated on 1 to 5"):
        sit(workspace, replace(plan, version="2", answers=replace(plan.answers, points=9)))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (an_answer(votes=()), "Choose an emotion"),
        (an_answer(votes=("sad", "fear")), "one emotion only"),
        (an_answer(vote="boredom"), "of anger"),
        (an_answer(intensity=None), "Give the intensity"),
        (an_answer(intensity=101), "from 0 to 100"),
        (an_answer(confidence=6), "from 1 to 5"),
        (an_answer(valence=3), "does not ask for the valence"),
        (an_answer(plays=-1), "negative"),
        (an_answer(trace=Trace("valence", np.zeros(3, dtype=np.float32))), "no trace"),
    ],
)
def test_an_answer_the_plan_does_not_ask_for_is_refused(workspace: Workspace, answer: Answer, sentence: str) -> None:
    sitting = sit(workspace)
    with pytest.raises(UserError, match=sentence):
        sitting.submit(answer)
    assert log(workspace) == []


def test_what_lacks_first_on_the_page_is_asked_for_first() -> None:
    plan = a_plan(answers=Answers(dimensions=("valence",), confidence=True))
    answer = an_answer(intensity=None, confidence=None)
    assert problem_of(answer, plan, answer.votes) == f"Give the valence, from 1 to {plan.answers.points}."


def test_a_plan_that_does_not_fit_the_corpus_says_everything_at_once(workspace: Workspace) -> None:
    plan = a_plan(
        answers=Answers(classes=("sad", "calm")), smart=Smart(SmartRule.GROUPS, "height"),
        practice=(Known("nowhere", Condition.AV, ("sad",)),), attention=(),
    )  # fmt: skip
    with pytest.raises(UserError) as refused:
        sit(workspace, plan)
    assert len(refused.value.problems) == 3
    with pytest.raises(UserError, match="finds no clip"):
        sit(workspace, a_plan(items=Items("duration>3")))
    with pytest.raises(UserError, match="not something to filter by"):
        sit(workspace, a_plan(items=Items("mood:x")))


@pytest.mark.parametrize("code", ["", "x" * 41, "a\nb", "zoe", "gold", "Gold"])
def test_a_code_that_cannot_be_one_is_refused(workspace: Workspace, code: str) -> None:
    with workspace.transaction() as db:
        db.execute("INSERT INTO rater (code, kind) VALUES ('zoe', 'imported')")
    with pytest.raises(UserError, match="code"):
        sit(workspace, rater=code)


def test_clips_without_media_are_not_drawn(workspace: Workspace) -> None:
    workspace.db.execute("UPDATE utterance SET video = NULL WHERE id > 4")
    workspace.db.execute("UPDATE utterance SET media_state = 'silent' WHERE id = 4")
    workspace.db.conn.commit()
    found = prepare(workspace, corpora.corpus(workspace), a_plan())
    assert found.missing == {Condition.VOICE: 1, Condition.FACE: 8, Condition.AV: 9}
    sitting = sit(workspace, a_plan(practice=(), attention=()))
    assert all(t.condition is Condition.VOICE or t.utterance <= 4 for t in sitting.trials)
    assert prepare(workspace, corpora.corpus(workspace), a_plan(), media=False).missing == {}


def test_what_was_met_in_another_sitting_is_not_asked_again(workspace: Workspace) -> None:
    plain = RatingPlan("one", "1", items=Items(conditions=((Condition.VOICE, 1),)), sitting=SittingRules(items=6))
    av = replace(plain, name="both", items=Items(conditions=((Condition.AV, 1),)), sitting=SittingRules(items=9))
    first = sit(workspace, plain)
    first.submit(Answer(("sad",)))
    other = sit(workspace, av)
    while other.stage is Stage.TRIAL:
        other.submit(Answer(("sad",)))
    known = {trial.utterance for trial in other.trials}
    again = sit(workspace, plain)
    left = [trial for trial in again.trials if trial.position not in trials.done(workspace, 1)]
    assert known & {trial.utterance for trial in again.trials[1:]}
    assert not known & {trial.utterance for trial in left}
    assert again.uuid == first.uuid or not left


def test_practice_that_cannot_be_played_is_no_practice(tmp_path: Path) -> None:
    corpus = clips()
    mute = (replace(corpus.utterances[0], audio=None), *corpus.utterances[1:])
    with Workspace(tmp_path / "mute.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, replace(corpus, utterances=mute))
        with pytest.raises(UserError, match=r"“practice 1” cannot be played in voice"):
            sit(workspace)
        assert sit(workspace, kind=RaterKind.SIMULATED).current is not None


def test_two_windows_sit_down_to_the_same_sitting(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[Sitting] = []

    def slow(*args: object, **options: object) -> object:
        monkeypatch.undo()
        others.append(sit(workspace))
        return prepare(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("fairemo_gui.services.annotation.start.prepare", slow)
    mine = sit(workspace)
    assert (mine.uuid, mine.number) == (others[0].uuid, 1)


def test_smart_rules_ask_where_it_says_most(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    with pytest.raises(UserError, match="two nets"):
        sit(workspace, a_plan(smart=Smart(SmartRule.NETS)))
    for utterance in range(4, 13):
        rate(workspace, corpus, utterance, "x", Condition.VOICE, ["sad"])
        rate(workspace, corpus, utterance, "x", Condition.AV, ["sad" if utterance % 3 else "happy"])
    plan = a_plan(smart=Smart(SmartRule.CONDITIONS), sitting=SittingRules(items=3), practice=(), attention=())
    assert {t.utterance for t in sit(workspace, plan).trials} == {6, 9, 12}


def test_smart_by_nets_asks_where_they_disagree(workspace: Workspace) -> None:
    corpus, rng = corpora.corpus(workspace), np.random.default_rng(1)
    every, ids = ClassSelection.all_of(corpus.scheme), np.arange(1, 13)
    alike = rng.dirichlet(np.full(6, 5.0), 12)
    other = np.where(np.isin(ids, [5, 8, 11])[:, None], np.roll(np.eye(6)[alike.argmax(axis=1)], 1, axis=1), alike)
    for probabilities in (alike, other):
        row = nets.NetRow(corpus.id, "none", "av", every, {}, 0, 1, "", "", "", "0", status="trained")
        net, _ = nets.add_net(workspace, row)
        nets.add_predictions(workspace, net, ids, probabilities, ["test"] * 12)
    plan = a_plan(smart=Smart(SmartRule.NETS), sitting=SittingRules(items=3), practice=(), attention=())
    assert {t.utterance for t in sit(workspace, plan).trials} == {5, 8, 11}


def test_raters_beside_each_other_do_not_draw_the_same(workspace: Workspace) -> None:
    plan = a_plan(
        target=Target(ratings=1), practice=(), attention=(), items=Items(conditions=((Condition.AV, 1),)),
        sitting=SittingRules(items=6),
    )  # fmt: skip
    one, other = (sit(workspace, plan, rater) for rater in ("R1", "R2"))
    assert {t.utterance for t in one.trials} | {t.utterance for t in other.trials} == set(range(1, 13))


def test_what_a_changed_plan_had_drawn_waits_for_nobody(workspace: Workspace) -> None:
    plan = a_plan(
        target=Target(ratings=1), practice=(), attention=(), items=Items(conditions=((Condition.AV, 1),)),
        sitting=SittingRules(items=6),
    )  # fmt: skip
    sit(workspace, plan, "R1")
    changed = replace(plan, version="3")
    one, other = (sit(workspace, changed, rater) for rater in ("R1", "R2"))
    assert {t.utterance for t in one.trials} | {t.utterance for t in other.trials} == set(range(1, 13))


def test_dimensions_follow_the_scale_of_the_corpus(workspace: Workspace) -> None:
    workspace.db.execute("UPDATE corpus SET facts = ?", [json.dumps({"scale": [1, 7]})])
    workspace.db.conn.commit()
    plan = a_plan(answers=Answers(dimensions=("valence",), points=5))
    with pytest.raises(UserError, match="1 to 7"):
        sit(workspace, plan)
    sit(workspace, replace(plan, answers=replace(plan.answers, points=7)))


def test_smart_by_groups_asks_in_the_widest_group(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    for utterance in range(1, 13):
        for rater in range(4 if utterance % 4 == 2 else 1):
            rate(workspace, corpus, utterance, f"x{rater}", Condition.VOICE, [corpus.scheme.classes[rater]])
    plan = a_plan(
        smart=Smart(SmartRule.GROUPS), sitting=SittingRules(items=3), practice=(), attention=(),
        items=Items(conditions=((Condition.VOICE, 1),)),
    )  # fmt: skip
    assert {(t.utterance - 1) % 4 for t in sit(workspace, plan).trials} <= {0, 2}, "women have one vote each, men four"


def test_sittings_merge_from_laptops_whole(workspace: Workspace, tmp_path: Path) -> None:
    plan = a_plan(trace="valence")
    sitting = sit(workspace, plan)
    sitting.submit(an_answer(trace=Trace("valence", np.array([0.5, np.nan], dtype=np.float32))))
    sitting.skip("no sound")
    sitting.undo()
    sit_through(sitting)
    corpus = corpora.corpus(workspace)
    export_bundle(workspace, corpus, tmp_path / "one.jsonl")
    with Workspace(tmp_path / "lab.fairemo", create=True) as lab:
        corpora.add_bundle(lab, clips())
        for _ in range(2):
            merge_bundles(TaskContext(), lab, [tmp_path / "one.jsonl"])
        assert [replace(r, session=None) for r in log(lab)] == [replace(r, session=None) for r in log(workspace)]
        assert sessions.events(lab, 1) == sessions.events(workspace, 1)
        assert plans.every(lab) == [plan]
        assert (votes(lab), len(trials.traces(lab, 1))) == (6, 1)
        export_bundle(lab, corpora.corpus(lab), tmp_path / "two.jsonl")
        again = sit(lab, plan)
        assert not {t.utterance for t in again.trials if t.role is Role.MAIN} & {
            t.utterance for t in sitting.trials if t.role is Role.MAIN
        }
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize("said", [{"position": -5}, {"position": 99}, {"utterance": "c11"}])
def test_a_bundle_cannot_answer_trials_it_was_not_given(
    workspace: Workspace, tmp_path: Path, said: dict[str, object]
) -> None:
    sitting = start(workspace, corpora.corpus(workspace), a_plan(), "R01", now=Clock())
    sitting.submit(an_answer())
    file = tmp_path / "one.jsonl"
    export_bundle(workspace, corpora.corpus(workspace), file)
    *lines, _ = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    lines.append({"rating": lines[-1]["rating"] | {"uuid": "forged"} | said})
    sealed = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_text(sealed + json.dumps({"sha256": hashlib.sha256(sealed.encode()).hexdigest()}) + "\n", "utf-8")
    with pytest.raises(UserError, match="does not answer the trial"):
        merge_bundles(TaskContext(), workspace, [file])
    assert trials.done(workspace, 1) == {0}


def test_who_rated_nothing_yet_spoils_no_bundle(workspace: Workspace, tmp_path: Path) -> None:
    sit(workspace).skip("noise")
    file = tmp_path / "one.jsonl"
    assert export_bundle(workspace, corpora.corpus(workspace), file) == 0
    with Workspace(tmp_path / "lab.fairemo", create=True) as lab:
        corpora.add_bundle(lab, clips())
        merge_bundles(TaskContext(), lab, [file])
        assert [event.kind for event in sessions.events(lab, 1)] == [EventKind.SKIPPED]


def test_the_longest_plan_fits_into_a_bundle(workspace: Workspace, tmp_path: Path) -> None:
    head = "name = 'p'\nversion = '1'\ndescription = '''"
    (tmp_path / "long.toml").write_text(head + '"\n' * ((1 << 16) - len(head)) + "'''", "utf-8")
    sit(workspace, read_plan(tmp_path / "long.toml"))
    export_bundle(workspace, corpora.corpus(workspace), tmp_path / "one.jsonl")
    assert len(read_bundle(tmp_path / "one.jsonl").plans) == 1


def test_a_clock_that_was_put_back_leaves_the_time_left_sensible(workspace: Workspace) -> None:
    clock = Clock()
    sitting = start(workspace, corpora.corpus(workspace), a_plan(), "R01", now=clock)
    for _ in range(5):
        if sitting.stage is Stage.BREAK:
            sitting.proceed()
        clock.time -= timedelta(hours=1)
        sitting.submit(an_answer())
    assert sitting.progress().seconds_left == 0.0
    again = start(workspace, corpora.corpus(workspace), a_plan(), "R01", now=clock)
    assert (again.current, again.progress()) == (sitting.current, sitting.progress())


def test_tables_say_what_a_rating_was_for_and_are_read_so(workspace: Workspace, tmp_path: Path) -> None:
    sit_through(sit(workspace))
    corpus = corpora.corpus(workspace)
    export_corpus(TaskContext(), workspace, corpus, ExportPlan(Format.CSV), tmp_path / "out")
    text = (tmp_path / "out/ratings.csv").read_text("utf-8")
    assert text.count(a_plan().sha256) == 10
    read = read_ratings(tmp_path / "out/ratings.csv", corpus.scheme, corpora.utterance_ids(workspace, corpus.id))
    assert [problem.what for problem in read.problems] == []
    assert {replace(r, session=None) for r in log(workspace)} == set(read.ratings)
    export_corpus(TaskContext(), workspace, corpus, ExportPlan(Format.CREMA_D), tmp_path / "layout")
    assert len((tmp_path / "layout/finishedResponses.csv").read_text("utf-8").splitlines()) == 1 + 6


def test_bundles_of_the_former_format_are_still_merged(workspace: Workspace, tmp_path: Path) -> None:
    rate(workspace, corpora.corpus(workspace), 4, "ann", Condition.VOICE, ["sad"])
    file = tmp_path / "one.jsonl"
    export_bundle(workspace, corpora.corpus(workspace), file)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()[:-1]]
    lines[0]["version"] = 1
    for name in ("role", "position", "played_ms", "changes", "software"):
        del lines[-1]["rating"][name]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_text(text + json.dumps({"sha256": hashlib.sha256(text.encode()).hexdigest()}) + "\n", "utf-8")
    with Workspace(tmp_path / "lab.fairemo", create=True) as lab:
        corpora.add_bundle(lab, clips())
        merge_bundles(TaskContext(), lab, [file])
        assert [(r.votes, r.role, r.software) for r in log(lab)] == [(("sad",), Role.MAIN, None)]


def test_agreement_leaves_smart_queues_out_unless_asked(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    plan = a_plan(smart=Smart(SmartRule.CONDITIONS), practice=(), attention=(), sitting=SittingRules(items=36))
    for rater in ("R1", "R2"):
        rate(workspace, corpus, 4, rater, Condition.AV, ["sad"])
        sit_through(sit(workspace, plan, rater))
    without, within = (measure_agreement(workspace, corpus, (), single=False, smart=smart) for smart in (False, True))
    assert any("Left out: " in words and "smart queues" in words for words in without.caveats)
    assert any("no fair sample" in words for words in within.caveats)
    assert sum(row.ratings for row in without.rows) == 2 < sum(row.ratings for row in within.rows)


def test_a_rating_costs_the_same_however_long_the_log_is(workspace: Workspace) -> None:
    corpus, steps = corpora.corpus(workspace), [0, 0]

    def count(moment: int) -> None:
        def step() -> None:
            steps[moment] += 1

        workspace.db.conn.set_progress_handler(step, 100)
        rate(workspace, corpus, 1, "R1", Condition.AV, ["fear"])
        workspace.db.conn.set_progress_handler(None, 0)

    rate(workspace, corpus, 1, "R1", Condition.AV, ["sad"])
    count(0)
    many = [Rating(f"r{k}", "c05", f"x{k % 7}", Condition.VOICE, ("sad",)) for k in range(5000)]
    with workspace.transaction():
        ratings.insert_all(workspace, (), many, corpora.utterance_ids(workspace, corpus.id), corpus.scheme)
    count(1)
    assert steps[1] < 2 * steps[0] + 10


def test_undo_in_the_labels_panel_leaves_practice_and_checks_alone(workspace: Workspace) -> None:
    sitting = sit(workspace)
    sitting.submit(an_answer())
    corpus = corpora.corpus(workspace)
    assert undo(workspace, corpus, "R1") is None
    sitting.submit(an_answer())
    sitting.submit(an_answer())
    taken = undo(workspace, corpus, "R1")
    assert taken is not None
    sitting.reload()
    assert sitting.current == sitting.trials[taken[1].position or 0]


def test_simulated_raters_need_no_media(workspace: Workspace) -> None:
    workspace.db.execute("UPDATE utterance SET audio = NULL, video = NULL")
    workspace.db.conn.commit()
    sit_through(sit(workspace, kind=RaterKind.SIMULATED))
    assert workspace.db.execute("SELECT kind FROM rater").fetchall() == [("simulated",)]
