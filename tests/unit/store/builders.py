"""A small corpus for tests of the store and the services."""

from __future__ import annotations

from dataclasses import replace

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    CorpusBundle,
    Gender,
    Rating,
    Speaker,
    Truth,
    Utterance,
    VoteCounts,
    Word,
)


def small_bundle(name: str = "tiny", root: str = "/corpora/tiny") -> CorpusBundle:
    """Two speakers, four utterances, one dialogue, one rating, one shipped count."""
    utterances = tuple(
        Utterance(
            code=f"u{k}", speaker="ann" if k % 2 else "bob", audio="a.wav", video="a.mp4", start=1.0 * k, end=k + 0.5,
            dialogue="d1", turn=k, transcript="Hello there", intended=k % 6,
            words=(Word("Hello", 1.0 * k, k + 0.2), Word("there", k + 0.2, k + 0.5)),
            defect="no sound" if k == 3 else None,
        )
        for k in range(4)
    )  # fmt: skip
    return CorpusBundle(
        name=name,
        root=root,
        importer="test 1",
        scheme=replace(CREMA_D, name="tiny"),
        speakers=(Speaker("ann", Gender.FEMALE, 31), Speaker("bob", Gender.MALE)),
        utterances=utterances,
        ratings=(
            Rating(
                "r1",
                "u1",
                "zoe",
                Condition.VOICE,
                ("anger",),
                created_at="2020-01-01T00:00:00.000+00:00",
                secondary=("annoyed", "tired"),
                comment="mumbles",
            ),
        ),
        consensus=(
            Consensus("u1", Truth.VOICE, "means.csv", 2.5, 3.25, 4.0),
            Consensus("u2", Truth.INTENDED, "labels.csv", no_agreement=True),
        ),
        vote_counts=(VoteCounts("u1", Condition.VOICE, (0, 2, 0, 0, 1, 0), "votes.csv"),),
        facts={"why": "test"},
    )
