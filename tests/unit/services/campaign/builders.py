"""A small campaign, rated through the sittings that raters sit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.rating_plan import Items, Known, RatingPlan, SittingRules, Target
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, RaterKind, Speaker, Utterance
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.services.annotation.sitting import Sitting, Stage
from fairemo_gui.services.annotation.start import start
from fairemo_gui.store import corpora
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

CLIPS, SPEAKERS = 24, 8
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAN = RatingPlan(
    "small",
    "1",
    items=Items(conditions=((Condition.VOICE, 1), (Condition.FACE, 0), (Condition.AV, 0))),
    sitting=SittingRules(items=20, repeats=4),
    target=Target(ratings=3),
    attention=(Known("u00", Condition.VOICE, ("anger",)), Known("u06", Condition.VOICE, ("anger",))),
)


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


def campaign(folder: Path) -> tuple[Workspace, CorpusRow]:
    """A workspace with a corpus nobody has rated; clip k of six was acted as class k mod 6."""
    workspace = Workspace(folder, create=True)
    bundle = CorpusBundle(
        name="small", root="/corpora/small", importer="test 1", scheme=CREMA_D,
        speakers=tuple(Speaker(f"s{k}", Gender.FEMALE if k % 2 else Gender.MALE) for k in range(SPEAKERS)),
        utterances=tuple(
            Utterance(f"u{k:02d}", f"s{k % SPEAKERS}", audio=f"u{k:02d}.wav", video=f"u{k:02d}.mp4", intended=k % 6)
            for k in range(CLIPS)
        ),
    )  # fmt: skip
    corpora.add_bundle(workspace, bundle)
    return workspace, corpora.corpus(workspace)


def sit(workspace: Workspace, corpus: CorpusRow, rater: str, clock: Clock, plan: RatingPlan = PLAN) -> Sitting:
    """A simulated rater's sitting."""
    return start(workspace, corpus, plan, rater, kind=RaterKind.SIMULATED, now=clock)


def answer_all(
    sitting: Sitting, clock: Clock, say: Callable[[Trial], Answer | None], most: int = 1000, seconds: float = 5.0
) -> int:
    """Answer trial after trial; None skips. Returns how many were met."""
    met = 0
    while sitting.stage is Stage.TRIAL and met < most:
        trial = sitting.current
        assert trial is not None
        clock.wait(seconds)
        answer = say(trial)
        if answer is None:
            sitting.skip("no sound")
        else:
            sitting.submit(answer)
        met += 1
    return met


def intended(corpus: CorpusRow, trial: Trial, codes: dict[int, str]) -> str:
    """What the actor was asked for."""
    return corpus.scheme.classes[int(codes[trial.utterance][1:]) % 6]
