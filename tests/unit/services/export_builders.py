"""A corpus with one of everything an export can meet, and small helpers around exports."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    CorpusBundle,
    Gender,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    Truth,
    Utterance,
    VoteCounts,
    Word,
)
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.export import export_corpus
from fairemo_gui.services.exports.plan import ExportPlan, ExportReport, Format
from fairemo_gui.store import corpora, nets, notes
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.corpora.builders import sound

V, F, AV = Condition.VOICE, Condition.FACE, Condition.AV


def name(text: str) -> str:
    """A UUID that is always the same for a text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def rated(key: str, utterance: str, rater: str, condition: Condition, *votes: str, **more: Any) -> Rating:
    """A rating; its id comes from `key`, its time from the number in it."""
    when = f"2026-01-31T12:00:{int(key[1:]):02d}.000+00:00"
    return Rating(name(key), utterance, rater, condition, votes, created_at=when, **more)


def utterances() -> tuple[Utterance, ...]:
    """A dialogue in which two people talk at once, and three clips of their own."""
    d1: dict[str, Any] = {"audio": "d1/d1.wav", "dialogue": "d1", "split": "train"}
    words = (Word("Well", 1.0, 1.25), Word("=yes", 1.25, 3.0))
    said = 'Well, "yes"\nand no'
    return (
        Utterance("d1_000", "ann", start=1.0, end=3.0, turn=0, transcript=said, intended=0, words=words, fold=0, **d1),
        Utterance("d1_001", "=bob", start=2.5, end=4.25, turn=1, transcript="=SUM(A1:A2)", intended=4, **d1),
        Utterance("d1_002", "ann", start=4.25, end=6.0, turn=2, intended=5, **d1),
        Utterance("clip", "cy", audio="clip.wav", transcript="-1", split="test", defect="no sound, they say"),
        Utterance("@clip/2", "cy", audio="+clip2.wav", transcript="ünï 日本", intended=1, split="Development"),
        Utterance("lost", "ann", audio="gone.wav", split="test"),
    )


def ratings() -> tuple[Rating, ...]:
    """Ties, several votes, corrections, withdrawals, gold, self, dimensions without a class."""
    felt: dict[str, Any] = {"intensity": 40, "activation": -1.5, "valence": 2.25}
    return (
        rated("r0", "d1_000", "zoe", V, "anger", response_ms=800, replays=2, **felt),
        rated("r1", "d1_000", "-1", V, "sad", intensity=90, confidence=50, first_answer="neutral"),
        rated("r2", "d1_000", "zoe", AV, "happy", "sad", comment='=1+1 "quoted"', secondary=("amused", "a;b+c")),
        rated("r3", "d1_000", "zoe", AV, "happy", supersedes=name("r2")),
        rated("r4", "d1_001", "zoe", V, "fear", intensity=10, prediction_visible=True),
        rated("r5", "d1_001", "-1", V, "fear", intensity=20),
        rated("r6", "d1_001", "-1", F, "disgust"),
        rated("r7", "d1_001", "-1", F, supersedes=name("r6"), undoes=name("r6")),
        rated("r8", "d1_001", "=bob", V, "neutral"),
        rated("r9", "d1_001", "chief", V, "sad"),
        rated("r10", "clip", "zoe", V, "neutral", "sad", "happy", intensity=0),
        rated("r11", "clip", "zoe", F, dominance=4.0),
    )


def bundle(root: Path) -> CorpusBundle:
    """The corpus."""
    return CorpusBundle(
        name="every/thing",
        root=str(root),
        importer="test 1",
        licence="CC0",
        scheme=CREMA_D,
        speakers=(
            Speaker("ann", Gender.FEMALE, 31, "Caucasian", "Not Hispanic"),
            Speaker("=bob", Gender.MALE, 64),
            Speaker("cy"),
        ),
        utterances=utterances(),
        raters=(
            Rater("zoe", RaterKind.HUMAN, Gender.FEMALE, 40),
            Rater("-1", RaterKind.IMPORTED),
            Rater("=bob", RaterKind.SELF),
            Rater("chief", RaterKind.ADJUDICATED),
        ),
        ratings=ratings(),
        vote_counts=(
            VoteCounts("d1_002", AV, (3, 0, 0, 0, 3, 1), "votes.csv"),
            VoteCounts("@clip/2", F, (0, 6, 0, 0, 0, 0), "votes.csv"),
        ),
        consensus=(
            Consensus("d1_002", Truth.AV, "votes.csv", 2.5, 3.0, None),
            Consensus("lost", Truth.AV, "means.csv", no_agreement=True),
            Consensus("lost", Truth.INTENDED, "means.csv", 1.0, 2.0, 3.0),
        ),
        facts={"scale": [-5, 5], "why": "test"},
    )


def media(root: Path) -> Path:
    """The sounds of the corpus, but for one."""
    sound(root / "d1" / "d1.wav", 8.0)
    sound(root / "clip.wav", 0.5)
    sound(root / "+clip2.wav", 0.25)
    return root


def workspace(folder: Path, corpus: CorpusBundle) -> Workspace:
    """An open workspace with a corpus in it; its first utterance is flagged."""
    opened = Workspace(folder, create=True)
    corpora.add_bundle(opened, corpus)
    ids = corpora.utterance_ids(opened, 1)
    if "d1_000" in ids:
        notes.set_flag(opened, ids["d1_000"], True, "zoe")
    return opened


def with_net(opened: Workspace, labels: str = "av") -> int:
    """Add a net that tells three classes apart and predicts everything, held out."""
    corpus = corpora.corpus(opened)
    selection = ClassSelection.parse("anger,neutral+sad,happy", corpus.scheme)
    net, _ = nets.add_net(
        opened, NetRow(corpus.id, "test", labels, selection, {}, 0, 1, "", "", "weights", "abc", created_at="2026")
    )
    ids = np.array(sorted(corpora.utterance_ids(opened, corpus.id).values()), dtype=np.int64)
    guesses = np.random.default_rng(3).dirichlet(np.ones(3), len(ids))
    nets.add_predictions(opened, net, ids, guesses, ["test"] * len(ids))
    return net


def export(opened: Workspace, to: Path, form: Format, **plan: Any) -> ExportReport:
    """Export the workspace's one corpus."""
    return export_corpus(TaskContext(), opened, corpora.corpus(opened), ExportPlan(form, **plan), to)
