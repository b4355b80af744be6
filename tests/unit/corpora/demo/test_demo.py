from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from fairemo_gui.core.records import CorpusBundle, FaceRegion, Gender
from fairemo_gui.corpora.demo import PLANTED, bundle, make_demo
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import Outcome, OutcomeKind, Progress, TaskContext, run_task
from tests.unit.corpora.demo.conftest import SEED, Films


@pytest.fixture(scope="module")
def tables(films: Films) -> CorpusBundle:
    """The tables of the two films."""
    return bundle(films.media.parent, SEED, films.dialogues, films.timings)


def test_everything_says_synthetic(tables: CorpusBundle) -> None:
    assert tables.synthetic
    assert "synthetic" in tables.name
    assert {rater.kind.value for rater in tables.raters} == {"simulated"}


def test_utterances_refer_to_their_film(tables: CorpusBundle, films: Films) -> None:
    assert len(tables.utterances) == 24
    speakers = {speaker.code: speaker for speaker in tables.speakers}
    for utterance in tables.utterances:
        assert utterance.audio == utterance.video == f"media/{utterance.dialogue}.mp4"
        assert utterance.start is not None
        assert utterance.end is not None
        assert 0.8 < utterance.end - utterance.start < 6
        assert utterance.speaker in speakers
        dialogue = next(d for d in films.dialogues.values() if d.code == utterance.dialogue)
        sits = dialogue.left if utterance.face_region is FaceRegion.LEFT else dialogue.right
        assert sits.code == utterance.speaker
    assert all(speaker.race is None for speaker in tables.speakers)


def test_the_planted_truth_is_written_down(tables: CorpusBundle) -> None:
    facts = json.loads(json.dumps(tables.facts))
    assert facts["planted"]["voice_clarity"] == {str(g): PLANTED.voice_clarity[g] for g in Gender}
    assert facts["planted"]["face_clarity"]["female"] == facts["planted"]["face_clarity"]["male"]
    assert facts["planted"]["voice_clarity_gap"] == pytest.approx(
        PLANTED.voice_clarity[Gender.MALE] - PLANTED.voice_clarity[Gender.FEMALE]
    )


def test_cancelling_ends_within_a_second_and_leaves_no_half_film(tmp_path: Path) -> None:
    begun, outcome = threading.Event(), list[Outcome[CorpusBundle]]()

    def on_progress(progress: Progress) -> None:
        begun.set()

    ctx = TaskContext(on_progress)
    worker = threading.Thread(target=lambda: outcome.append(run_task(lambda c: make_demo(c, tmp_path), ctx)))
    worker.start()
    assert begun.wait(10)
    deadline = time.monotonic() + 20
    while not list((tmp_path / "media").glob("*.part")) and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    asked = time.monotonic()
    ctx.cancel()
    worker.join(5)
    # A second, and another one for a machine that is busy with something else.
    assert time.monotonic() - asked < 2
    assert outcome[0].kind is OutcomeKind.CANCELLED
    assert not list((tmp_path / "media").iterdir())
    assert "SYNTHETIC" in (tmp_path / "README.txt").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(UserError, match="taken"):
        make_demo(TaskContext(), tmp_path / "taken")
