"""Where a sitting stands, read where the workspace is read and shown where the window is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from fairemo_gui.core.records import Clip, Condition, FaceTrack
from fairemo_gui.core.trials import Answer, Trial
from fairemo_gui.services.annotation.sitting import Sitting, SittingProgress, Stage
from fairemo_gui.store import faces
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class Step:
    """A trial, or what stands between trials.

    Attributes:
        tracks: The speaker's face, where the plan frames it in this condition.
        following: The clip that comes next and its condition, to have it ready.
        former: What was answered here before it was taken back.
    """

    stage: Stage
    progress: SittingProgress
    trial: Trial | None = None
    clip: Clip | None = None
    tracks: tuple[FaceTrack, ...] = ()
    following: tuple[Clip, Condition] | None = None
    former: Answer | None = None


def step_of(workspace: Workspace, sitting: Sitting) -> Step:
    """Where a sitting stands now. Runs in the store's lane."""
    trial = sitting.current
    if sitting.stage is not Stage.TRIAL or trial is None:
        return Step(sitting.stage, sitting.progress())
    boxed = trial.condition in sitting.plan.clip.box
    tracks = faces.tracks(workspace, trial.utterance) if boxed else ()
    return Step(
        sitting.stage,
        sitting.progress(),
        trial,
        sitting.clip(trial),
        tuple(track for track in tracks if track.speaker_by is not None),
        next(((sitting.clip(each), each.condition) for each in sitting.upcoming(1)), None),
        sitting.former(trial),
    )


class Store(Protocol):
    """Does something where the workspace is written, and tells on the main thread how it went."""

    def __call__(
        self, name: str, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[], None]
    ) -> None:
        """Either `then`, with what `work` returned, or `failed` is called, once."""
