"""`fairemo train`: what is said before it begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairemo_gui.cli.nets import open_lab
from fairemo_gui.core.records import Condition, Rating
from fairemo_gui.services import training
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import nets, ratings
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.cli.test_real_corpora import run

SENTENCE = "60 utterances speak only 3 different sentences"


def workspace(folder: Path, sentences: int) -> Path:
    """Sixty utterances of six speakers, without media."""
    rows = ["utterance_id,media,speaker,gender,emotion,transcript"]
    for k in range(60):
        emotion = ("sad", "happy")[k // 6 % 2]
        rows.append(f"u{k},{k}.wav,s{k % 6},{'fm'[k % 2]},{emotion},Sentence {k % sentences}.")
    (folder / "m.csv").write_text("\n".join(rows), "utf-8")
    assert run("import", "manifest", folder / "m.csv", "-w", folder / "w.fairemo").exit_code == 0
    return folder / "w.fairemo"


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is learnt: the net is entered as it would be."""

    def train(ctx: object, lab: Lab, plan: training.TrainPlan) -> NetRow:
        net_id, _ = nets.add_net(lab.workspace, training._new_net(lab, plan, training.lesson_of(lab, plan)))
        return nets.net(lab.workspace, net_id)

    monkeypatch.setattr(training, "train", train)


@pytest.mark.usefixtures("untrained")
def test_few_sentences_are_warned_of(tmp_path: Path) -> None:
    asked = ("train", "--set", "modalities=text", "--json", "-w", workspace(tmp_path, 3))
    told = run(*asked)
    assert told.exit_code == 0, told.output
    assert SENTENCE in told.stderr
    (warning,) = json.loads(told.stdout)["warnings"]
    assert SENTENCE in warning


@pytest.mark.usefixtures("untrained")
def test_words_of_their_own_are_not(tmp_path: Path) -> None:
    told = run("train", "--set", "modalities=text", "--json", "-w", workspace(tmp_path, 60))
    assert told.exit_code == 0, told.output
    assert (told.stderr, json.loads(told.stdout)["warnings"]) == ("", [])


def own_split(folder: Path, splits: tuple[str, ...]) -> Path:
    """Eight speakers of six utterances each; a speaker's are all in the split given, or in several in turn."""
    rows = ["utterance_id,media,speaker,gender,emotion,split,transcript"]
    for k in range(48):
        several = splits[k % 8].split("+")
        emotion, split = ("sad", "happy")[k // 8 % 2], several[k // 8 % len(several)]
        rows.append(f"u{k:02d},{k}.wav,s{k % 8},{'fm'[k % 2]},{emotion},{split},Sentence {k}.")
    (folder / "m.csv").write_text("\n".join(rows), "utf-8")
    assert run("import", "manifest", folder / "m.csv", "-w", folder / "w.fairemo").exit_code == 0
    return folder / "w.fairemo"


_OWN = ("Train", "Train", "Train", "Train", "Development", "Test1", "Test2", "Test3")


def test_the_corpus_own_split_is_learnt_from_whatever_it_calls_its_parts(tmp_path: Path) -> None:
    with open_lab(own_split(tmp_path, _OWN), None) as lab:
        lesson = training.lesson_of(lab, training.TrainPlan(settings={"modalities": "text"}))
    assert lesson.labelled_by_part() == {"train": 24, "validation": 6, "test": 18}
    assert (lesson.division()["s0"], lesson.division()["s7"], lesson.warnings) == ("train", "test", ())


def test_a_split_that_cannot_be_learnt_from_says_why(tmp_path: Path) -> None:
    with open_lab(own_split(tmp_path, (*_OWN[:7], "Train+Test1")), None) as lab:
        lesson = training.lesson_of(lab, training.TrainPlan(settings={"modalities": "text"}))
    why = "1 speaker is in several of its parts, as s7"
    assert lesson.warnings == (f"The corpus's own split is not taken, for {why}: it is divided anew, by speaker.",)
    assert len(set(lesson.division().values())) == 3


def _net_of_now(lab: Lab) -> NetRow:
    """A net as training on today's AV labels would enter it."""
    plan = training.TrainPlan(labels="av", settings={"modalities": "text"})
    lesson = training.lesson_of(lab, plan)
    config = {
        "settings": {"modalities": "text"},
        "encoders": {"text": "words@0"},
        "plan": training._remembered(plan, lesson),
    }
    net_id, _ = nets.add_net(lab.workspace, training._new_net(lab, plan, lesson))
    nets.finish_net(lab.workspace, net_id, "w", "ab" * 32, config=config, history=[], seconds=1.0)
    return nets.net(lab.workspace, net_id)


def test_retraining_on_unmoved_labels_says_why_it_gives_the_same_net(tmp_path: Path) -> None:
    def rate(rater: str, condition: Condition, emotion: str, *, in_sight: bool = False) -> None:
        for k in range(1, 61):
            name = f"{rater}{condition}{k}"
            rating = Rating(name, "", rater, condition, (emotion,), prediction_visible=in_sight)
            ratings.add(lab.workspace, k, rating, lab.corpus.scheme)

    with open_lab(workspace(tmp_path, 60), None) as lab:
        rate("ada", Condition.AV, "sad")
        net = _net_of_now(lab)
        same = "No label changed since net 1: the same data and seed give the same net. "
        assert training.unchanged(lab, net) == f"{same}No rating came since."
        rate("bob", Condition.AV, "happy", in_sight=True)
        hint = "hide predictions while you rate (P, or B until you have rated)."
        seen = f"It learns from none of 60 new ratings (60 given with the prediction in sight): {hint}"
        assert training.unchanged(lab, net) == same + seen
        rate("ada", Condition.FACE, "happy")
        both = "It learns from none of 120 new ratings (60 given with the prediction in sight, 60 not AV labels)"
        assert training.unchanged(lab, net) == f"{same}{both}: {hint}"
        rate("cem", Condition.AV, "happy")
        assert training.unchanged(lab, net) == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train", "--set", "foo=1"), "schmitz2022 has no setting “foo”"),
        (("train", "--set", "max_epochs=five"), "schmitz2022: max_epochs must be a whole number, not “five”"),
        (("train", "--set", "fusion_dropout=1.5"), "schmitz2022: fusion_dropout must be at least 0 and below 1"),
        (("train", "--set", "learning_rate=nan"), "schmitz2022: learning_rate must be a number"),
        (("train", "--set", "audio_statistics=mode"), "Statistics to pool by"),
        (("train", "--set", "text=mfcc"), "mfcc is no encoder of text: choose words"),
        (("train", "--set", "text=vibes"), "There is no encoder “vibes”"),
        (("sweep", "--grid", "fusion_dropot=0.1,0.2"), "schmitz2022 has no setting “fusion_dropot”"),
        (("sweep", "--grid", "fusion_dropout=0.1,2"), "schmitz2022: fusion_dropout must be"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    def extract(*_: object) -> None:
        pytest.fail("features were extracted")

    monkeypatch.setattr(training, "extract", extract)
    folder = workspace(tmp_path, 60)
    told = run(*arguments, "--set", "modalities=text", "-w", folder)
    assert told.exit_code == 2, told.output
    assert sentence in told.stderr.splitlines()[0]
    with Workspace(folder) as opened:
        assert opened.db.table("net").count == 0


def test_every_command_agrees_that_there_is_no_net(tmp_path: Path) -> None:
    folder = workspace(tmp_path, 60)
    for command in (
        ("evaluate", "--net", "latest"),
        ("evaluate", "--net", "99"),
        ("compare", "1", "latest"),
        ("compare", "98", "99"),
        ("predict", "--net", "99"),
        ("retrain",),
    ):
        told = run(*command, "-w", folder)
        assert told.exit_code == 2, told.output
        assert "There is no net yet for w.fairemo" in told.stderr, command
