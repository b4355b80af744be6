from __future__ import annotations

from pathlib import Path

import pytest

from fairemo_gui.core.records import Changes
from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.services.extraction import extract
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import corpora
from tests.unit.services.trained import many_speakers


def test_a_run_that_was_stopped_says_that_features_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, said = many_speakers(tmp_path, speakers=2, each=1), list[object]()
    lab = Lab(workspace, corpora.corpora(workspace)[0], ComputeProcess())

    def stopped(*_: object) -> None:
        raise CancelledError

    monkeypatch.setattr(Lab, "run", stopped)
    with pytest.raises(CancelledError):
        extract(TaskContext(on_part=said.append), lab, "mfcc")
    assert said == [Changes(frozenset({"features"}))]
    workspace.close()
