"""A corpus of an open workspace together with the place where heavy work on it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class Lab:
    """What every job on a corpus needs."""

    workspace: Workspace
    corpus: CorpusRow
    compute: ComputeProcess

    @property
    def features(self) -> Path:
        """Folder of the feature cache."""
        return self.workspace.folder / "features"

    def run(
        self,
        ctx: TaskContext,
        function: str,
        arguments: dict[str, Any],
        on_part: Callable[[dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """Run a task in the compute process; its parts go to `on_part`, or on to `ctx` where there is none."""
        if on_part is None:
            return self.compute.run(function, arguments, ctx)
        inner = _Listening(ctx, on_part)
        return self.compute.run(function, arguments, inner)


class _Listening(TaskContext):
    """Progress and cancelling of another context, parts to a listener."""

    def __init__(self, outer: TaskContext, on_part: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(on_part=on_part)  # type: ignore[arg-type]
        self._outer = outer

    @property
    def cancelled(self) -> bool:
        return self._outer.cancelled

    def report(self, done: int, total: int | None, text: str) -> None:
        self._outer.report(done, total, text)
