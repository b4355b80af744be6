"""SIGKILL at random moments of one long sitting: it goes on at the same clip, nothing given is lost or doubled."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from fairemo_gui.core.rating_plan import RatingPlan, SittingRules
from fairemo_gui.services.annotation.sitting import Sitting, Stage
from fairemo_gui.services.annotation.start import start
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import a_plan, an_answer, clips
from tests.unit.store.test_kills import Acknowledge, Work, opened, run_and_kill

LONG, EMOTIONS = 1000, ("anger", "disgust", "fear", "happy", "neutral", "sad")


def a_long_plan(trials: int) -> RatingPlan:
    return a_plan(sitting=SittingRules(items=trials, break_every=10), practice=(), attention=())


def sit(place: Workspace, trials: int) -> Sitting:
    return start(place, corpora.corpus(place), a_long_plan(trials), "R1")


def go_on(place: Path, trials: int, acknowledge: Acknowledge) -> None:
    """Answer, now and then skip, and now and then take back and answer again; say so once it is done."""
    with Workspace(place / "w.fairemo") as workspace:
        sitting = sit(workspace, trials)
        while (trial := sitting.current) is not None:
            if sitting.stage is Stage.BREAK:
                sitting.proceed()
            elif trial.position % 13 == 5:
                sitting.skip("no sound")
                acknowledge(f"skip {trial.position}")
            else:
                vote = EMOTIONS[trial.position % 6]
                sitting.submit(an_answer(vote))
                acknowledge(f"give {trial.position}")
                if random.random() < 0.1:
                    sitting.undo()
                    acknowledge(f"undo {trial.position}")


def check(place: Path, trials: int, before: set[int], said: list[str]) -> set[int]:
    """What was said is there, and at most one step more; the trials that are done now."""
    expected = set(before)
    for line in said:
        word, position = line.split()
        (expected.discard if word == "undo" else expected.add)(int(position))
    with opened(place) as workspace:
        sitting = sit(workspace, trials)
        at = trials if sitting.current is None else sitting.current.position
        done = set(range(at))
        assert done in (expected, expected | {len(expected)}, expected - {len(expected) - 1})
        standing = [r for r, stands in ratings.log(workspace, 1) if stands and r.votes]
        assert Counter(r.position for r in standing) == Counter(p for p in done if p % 13 != 5)
        assert all(r.votes == (EMOTIONS[(r.position or 0) % 6],) for r in standing)
    return done


def kill_often(place: Path, trials: int, kills: int, longest: float) -> None:
    with Workspace(place / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, clips(trials))
    work = Work(lambda _: None, lambda folder, say: go_on(folder, trials, say), lambda _, __: None)
    done, draw, met = set[int](), random.Random(3), 0
    while met < kills and len(done) < trials:
        said = run_and_kill(work, place, draw.uniform(0, longest))[0]
        done = check(place, trials, done, said)
        met += 1
    assert met == kills
    run_and_kill(work, place, None)
    with opened(place) as workspace:
        standing = [r.position for r, stands in ratings.log(workspace, 1) if stands and r.votes]
        assert sorted(p for p in standing if p is not None) == [p for p in range(trials) if p % 13 != 5]


def test_killed_a_few_times(tmp_path: Path) -> None:
    kill_often(tmp_path, 300, 10, 0.06)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_100_times(tmp_path: Path) -> None:
    kill_often(tmp_path, LONG, 100, 0.08)
