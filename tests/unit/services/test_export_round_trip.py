"""What goes out as CSV comes back as the same workspace, whatever is in it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import CREMA_D, EmotionScheme
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    CorpusBundle,
    FaceRegion,
    Gender,
    MediaState,
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
from fairemo_gui.media.probe import probe
from fairemo_gui.services.exports.plan import Format, Level
from fairemo_gui.services.importing import import_corpus, import_ratings
from fairemo_gui.store import corpora, labels
from fairemo_gui.store import export as stored
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, media, workspace


def content(opened: Workspace) -> dict[str, Any]:
    """Everything of a workspace's one corpus that an export is to keep."""
    corpus = corpora.corpus(opened)
    codes = {utterance: record.code for utterance, record in stored.utterances(opened, corpus)}
    table = corpora.table(opened, corpus.id)
    intended = Truth.INTENDED.value
    return {
        "corpus": (corpus.name, corpus.licence, corpus.synthetic, corpus.scheme, corpus.facts),
        "utterances": [record for _, record in stored.utterances(opened, corpus)],
        "speakers": table.speakers,
        "words": {codes[utterance]: words for utterance, words in stored.words(opened, corpus).items()},
        "raters": stored.raters(opened, corpus),
        "log": [(stands, rating) for _, stands, rating in stored.log(opened, corpus)],
        "labels": {
            (codes[row.utterance], row.condition, row.source if row.condition != intended else ""): row.counts
            for row in stored.label_rows(opened, corpus)
        },
        "consensus": [consensus for _, consensus in labels.consensus(opened, corpus.id)],
        "gold": {(codes[key[0]], key[1]): found for key, found in stored.gold(opened, corpus).items()},
    }


def there_and_back(opened: Workspace, folder: Path, root: Path) -> dict[str, Any]:
    """The content after an export, laid beside the media, was imported into a new workspace."""
    export(opened, folder / "out", Format.CSV, level=Level.DETAILED)
    for file in (folder / "out").iterdir():
        shutil.copy(file, root)
    import_corpus(TaskContext(), folder / "again.fairemo", "manifest", root / "manifest.csv")
    with Workspace(folder / "again.fairemo") as again:
        return content(again)


def test_one_of_everything_comes_back(tmp_path: Path) -> None:
    root = media(tmp_path / "corpus")
    corpus = bundle(root)
    utterances = tuple(replace(u, media_state=_state(root, u)) for u in corpus.utterances)
    with workspace(tmp_path / "w.fairemo", replace(corpus, utterances=utterances)) as opened:
        before = content(opened)
        after = there_and_back(opened, tmp_path, root)
    for part, found in before.items():
        assert after[part] == found, part
    assert len(before["log"]) == 12
    assert before["gold"]


def _state(root: Path, utterance: Utterance) -> MediaState:
    return probe(root / str(utterance.audio)).state


def test_ratings_alone_come_back_into_a_corpus(tmp_path: Path) -> None:
    """The table of ratings is one that `fairemo ratings import` reads, as often as one likes."""
    corpus = bundle(tmp_path)
    corpus = replace(corpus, ratings=tuple(r for r in corpus.ratings if r.rater != "chief"))
    with workspace(tmp_path / "w.fairemo", corpus) as opened:
        export(opened, tmp_path / "out", Format.CSV)
        before = content(opened)
    bare = replace(corpus, ratings=())
    with workspace(tmp_path / "bare.fairemo", bare) as opened:
        for _ in range(2):
            found = corpora.corpus(opened)
            import_ratings(opened, found, tmp_path / "out/ratings.csv", Condition.FACE)
            after = content(opened)
            assert after["log"] == before["log"]
            assert after["labels"] == before["labels"]


words_of_people = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'\"\t\r\n,;|:/.1 "), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    ),
    max_size=12,
).map(str.strip)
some_text = words_of_people.map(lambda text: text or None)
codes_of = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), min_size=1, max_size=12)
numbers = st.floats(-1000, 1000, allow_nan=False).map(lambda value: round(value, 6) + 0.0)
seconds = st.floats(0, 1000, allow_nan=False)
OWN = EmotionScheme("own", ("anger", "happy", "neutral", "pain/relief", "joy + pride"))


@st.composite
def bundles(draw: st.DrawFn) -> CorpusBundle:
    """Small corpora with anything people may write in them."""
    scheme = draw(st.sampled_from((CREMA_D, OWN)))
    clean = codes_of.map(str.strip).filter(lambda code: bool(code) and code.isprintable())
    names = draw(st.lists(clean, min_size=1, max_size=3, unique=True))
    speakers = tuple(
        Speaker(name, draw(st.sampled_from([None, *Gender])), draw(st.none() | st.integers(0, 120)), draw(some_text),
                draw(some_text))
        for name in names
    )  # fmt: skip
    codes = draw(st.lists(clean, min_size=1, max_size=4, unique=True))
    utterances = tuple(draw(_utterance(code, names, len(scheme))) for code in sorted(codes))
    spoken = {utterance.speaker for utterance in utterances}
    raters = tuple(
        Rater(code, draw(st.sampled_from(RaterKind)), draw(st.sampled_from([None, *Gender])))
        for code in draw(st.lists(clean, min_size=1, max_size=3, unique=True))
    )
    ratings = draw(_log(codes, raters, scheme))
    rated = {rating.rater for rating in ratings}
    return CorpusBundle(
        name=draw(clean), root="", importer="test 1", scheme=scheme, licence=draw(some_text),
        synthetic=draw(st.booleans()),
        speakers=tuple(speaker for speaker in speakers if speaker.code in spoken), utterances=utterances,
        raters=tuple(rater for rater in raters if rater.code in rated), ratings=ratings,
        vote_counts=tuple(draw(st.lists(_votes(codes, len(scheme)), max_size=3, unique_by=_place))),
        consensus=tuple(draw(st.lists(_whole(codes), max_size=3, unique_by=_place))),
        facts=draw(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=2)),
    )  # fmt: skip


@st.composite
def _utterance(draw: st.DrawFn, code: str, speakers: list[str], classes: int) -> Utterance:
    start = draw(st.none() | seconds)
    end = None if draw(st.booleans()) else (start or 0.0) + draw(st.floats(0.001, 100))
    paths = draw(st.sampled_from([("a.wav", None), (None, "v.mp4"), ("a.wav", "v.mp4"), ("=d/a.wav", "=d/a.wav")]))
    words = draw(st.lists(st.tuples(words_of_people, seconds, seconds).map(lambda word: Word(*word)), max_size=2))
    return Utterance(
        code, draw(st.sampled_from(speakers)), *paths, start, end, draw(st.sampled_from(FaceRegion)), draw(some_text),
        draw(some_text), draw(st.none() | st.integers(0, 999)), draw(some_text), draw(st.none() | st.integers(0, 9)),
        draw(st.none() | st.integers(0, classes - 1)), words=tuple(words), defect=draw(some_text),
    )  # fmt: skip


@st.composite
def _log(draw: st.DrawFn, codes: list[str], raters: tuple[Rater, ...], scheme: EmotionScheme) -> tuple[Rating, ...]:
    """Answers, corrections and withdrawals; a correction follows what it corrects."""
    made: list[Rating] = []
    for _ in range(draw(st.integers(0, 5))):
        rater = draw(st.sampled_from(raters))
        verdicts = (*scheme.classes, "no_agreement")
        votes: tuple[str, ...] = (draw(st.sampled_from(verdicts)),)
        if rater.kind is not RaterKind.ADJUDICATED:
            votes = tuple(draw(st.lists(st.sampled_from(scheme.classes), min_size=1, max_size=3, unique=True)))
        rating = Rating(
            str(draw(st.uuids(version=4))), draw(st.sampled_from(codes)), rater.code,
            draw(st.sampled_from(Condition)), votes,
            intensity=draw(st.none() | st.integers(0, 100)), activation=draw(st.none() | numbers),
            valence=draw(st.none() | numbers), dominance=draw(st.none() | numbers),
            confidence=draw(st.none() | st.integers(0, 100)),
            first_answer=draw(st.none() | st.sampled_from(scheme.classes)),
            response_ms=draw(st.none() | st.integers(0, 10**6)), replays=draw(st.integers(0, 9)),
            prediction_visible=draw(st.booleans()), comment=draw(some_text),
            secondary=tuple(draw(st.lists(words_of_people, max_size=2))),
            created_at=f"2026-01-01T00:00:{len(made):02d}.000+00:00",
        )  # fmt: skip
        former = draw(st.none() | st.sampled_from(made)) if made else None
        if former is not None and not any(former.uuid == other.supersedes for other in made):
            taken_back = draw(st.booleans())
            rating = replace(
                rating, utterance=former.utterance, rater=former.rater, condition=former.condition,
                votes=() if taken_back else former.votes, supersedes=former.uuid,
                undoes=former.uuid if taken_back else None,
            )  # fmt: skip
        made.append(rating)
    return tuple(made)


def _place(found: VoteCounts | Consensus) -> tuple[str, str]:
    return found.utterance, found.condition.value


def _votes(codes: list[str], classes: int) -> st.SearchStrategy[VoteCounts]:
    counts = st.lists(st.integers(0, 20), min_size=classes, max_size=classes).map(tuple)
    return st.builds(VoteCounts, st.sampled_from(codes), st.sampled_from(Condition), counts, st.just("=votes.csv"))


def _whole(codes: list[str]) -> st.SearchStrategy[Consensus]:
    mean = st.none() | numbers
    return st.builds(
        Consensus, st.sampled_from(codes), st.sampled_from(Truth), st.just("means.csv"), mean, mean, mean, st.booleans()
    )


def _comes_back(corpus: CorpusBundle) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "media").mkdir()
        with workspace(folder / "w.fairemo", replace(corpus, root=str(folder / "media"))) as opened:
            before = content(opened)
            after = there_and_back(opened, folder, folder / "media")
    for part, found in before.items():
        if part == "utterances":
            found = [replace(each, media_state=MediaState.MISSING) for each in found]
        assert after[part] == found, part


relaxed = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=12, deadline=None, suppress_health_check=relaxed)
@given(bundles())
def test_whatever_people_write_comes_back(corpus: CorpusBundle) -> None:
    _comes_back(corpus)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=relaxed)
@given(bundles())
def test_whatever_many_people_write_comes_back(corpus: CorpusBundle) -> None:
    _comes_back(corpus)


@pytest.mark.slow
def test_crema_d_comes_back(shared_data: Path, tmp_path: Path) -> None:
    import_corpus(TaskContext(), tmp_path / "w.fairemo", "crema-d", shared_data / "cremad")
    (tmp_path / "root").mkdir()
    with Workspace(tmp_path / "w.fairemo") as opened:
        before = content(opened)
        after = there_and_back(opened, tmp_path, tmp_path / "root")
    assert after == before
