"""The synthetic demo corpus: films of invented people, made by code, with a bias built in that is written down."""

from __future__ import annotations

from pathlib import Path

from fairemo_gui.core.records import CorpusBundle, FaceRegion, Speaker, Utterance
from fairemo_gui.corpora.demo.people import PEOPLE, Person
from fairemo_gui.corpora.demo.planted import PLANTED
from fairemo_gui.corpora.demo.raters import rate, recruit
from fairemo_gui.corpora.demo.script import DIALOGUES, SCHEME, Dialogue, write_dialogue
from fairemo_gui.corpora.demo.studio import Timing, make_films
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext

__all__ = ["PLANTED", "make_demo"]

IMPORTER = "demo 1"
_README = """\
SYNTHETIC DEMO CORPUS - not data

Everything in this folder was made by a program: the voices come from a speech synthesiser, the faces are drawn, the
people are invented and the raters are simulated. Nobody was filmed, recorded or asked.

It is there to try the program out. A bias is built in on purpose: women's voices carry emotion less clearly than men's,
while faces carry it equally well. The amounts are kept with the corpus in its workspace, under "planted".
Draw no conclusion about people from it.

media/   one film per dialogue: a woman and a man side by side, who take turns; who sits left varies
seed     {seed}
"""


def make_demo(ctx: TaskContext, folder: Path, seed: int = 0) -> CorpusBundle:
    """Make the demo corpus in a folder.

    The same tables, pixels and samples for the same seed and the locked versions, whatever the number of cores.

    Args:
        ctx: Told after each film; cancelling ends the making within a second.
        folder: Where `media/` and `README.txt` are put; made if absent.
        seed: 0 or more.

    Raises:
        UserError: The folder cannot be written.
        CancelledError: Somebody asked to stop.
    """
    media = folder / "media"
    try:
        media.mkdir(parents=True, exist_ok=True)
        (folder / "README.txt").write_text(_README.format(seed=seed), encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{folder}: the demo cannot be written here ({error.strerror}); choose another folder."
        ) from error
    dialogues = {number: write_dialogue(seed, number) for number in range(DIALOGUES)}
    return bundle(folder, seed, dialogues, make_films(ctx, seed, dialogues, media))


def bundle(folder: Path, seed: int, dialogues: dict[int, Dialogue], timings: dict[int, list[Timing]]) -> CorpusBundle:
    """The corpus's tables for films that lie in `folder/media`."""
    raters = recruit()
    utterances = [u for number, dialogue in dialogues.items() for u in _utterances(dialogue, timings[number])]
    turns = [turn for dialogue in dialogues.values() for turn in dialogue.turns]
    return CorpusBundle(
        name="demo (synthetic)",
        root=str(folder.resolve()),
        importer=IMPORTER,
        scheme=SCHEME,
        speakers=tuple(_speaker(person) for person in PEOPLE),
        utterances=tuple(utterances),
        licence="Made by this program; no rights reserved",
        synthetic=True,
        raters=raters,
        ratings=rate(turns, raters, seed),
        facts={"synthetic": True, "seed": seed, "planted": PLANTED.facts()},
    )


def _speaker(person: Person) -> Speaker:
    return Speaker(person.code, person.gender, person.age)


def _utterances(dialogue: Dialogue, timings: list[Timing]) -> list[Utterance]:
    file = f"media/{dialogue.code}.mp4"
    return [
        Utterance(
            code=turn.code,
            speaker=turn.person.code,
            audio=file,
            video=file,
            start=timing.start,
            end=timing.end,
            face_region=FaceRegion.LEFT if turn.person is dialogue.left else FaceRegion.RIGHT,
            transcript=turn.sentence,
            dialogue=dialogue.code,
            turn=number,
            intended=turn.emotion,
            words=timing.words,
        )
        for number, (turn, timing) in enumerate(zip(dialogue.turns, timings, strict=True))
    ]
