"""Two films of the demo, made once for all tests here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fairemo_gui.core.records import CorpusBundle
from fairemo_gui.corpora.demo import make_demo
from fairemo_gui.corpora.demo.script import Dialogue, write_dialogue
from fairemo_gui.corpora.demo.studio import Timing, make_films
from fairemo_gui.jobs.task import TaskContext

SEED = 0


@dataclass(frozen=True)
class Films:
    """What a filming left behind."""

    media: Path
    dialogues: dict[int, Dialogue]
    timings: dict[int, list[Timing]]

    def path(self, number: int) -> Path:
        """The file of one dialogue."""
        return self.media / f"{self.dialogues[number].code}.mp4"


def film(media: Path, *numbers: int) -> Films:
    """Make some dialogues' films."""
    dialogues = {number: write_dialogue(SEED, number) for number in numbers}
    return Films(media, dialogues, make_films(TaskContext(), SEED, dialogues, media))


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CorpusBundle:
    """The whole demo corpus, for slow tests."""
    return make_demo(TaskContext(), tmp_path_factory.mktemp("whole"), SEED)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """The first film, and the second one of the fifth pair, who are older and sit the other way round."""
    return film(tmp_path_factory.mktemp("demo"), 0, 12)
