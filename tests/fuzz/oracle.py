"""What must hold whatever was read: one sentence that names the file, or records that fit together."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Consensus, CorpusBundle, MediaState, Problem, Rating, Utterance, VoteCounts, Word
from fairemo_gui.errors import UserError

_LONGEST = 1500


def sentence(text: str, *names: str) -> None:
    """One line of plain words that can be printed and stored, and that names one of the files."""
    assert text.strip(), "an empty sentence"
    assert len(text) < _LONGEST, f"{len(text)} letters"
    assert not set(text) & set("\n\r\x1b\0"), f"control characters in {text!r}"
    text.encode()
    assert not names or any(name and name in text for name in names), f"none of {names} in {text!r}"


def refusal(error: UserError, *names: str) -> None:
    """A refusal says which file and what to do."""
    sentence(str(error), *names)
    for problem in error.problems:
        sentence(problem)


def problems(found: Iterable[Problem], *names: str, lines: int | None = None) -> None:
    """Every problem is a sentence and its line is one of the file."""
    for problem in found:
        sentence(str(problem), *names)
        assert problem.row is None or problem.row >= 1
        assert lines is None or problem.row is None or problem.row <= lines


def number(value: float | None, low: float = -1e6, high: float = 1e6) -> None:
    """A finite number in its range, or nothing."""
    assert value is None or (math.isfinite(value) and low <= value <= high), value


def words(found: Iterable[Word]) -> None:
    """Words are where time is."""
    for word in found:
        word.text.encode()
        number(word.start, 0, 1e6)
        number(word.end, 0, 1e6)


def ratings(found: Iterable[Rating], codes: Collection[str], scheme: EmotionScheme, raters: Collection[str]) -> None:
    """Ratings point to what is there, each under an id of its own."""
    ids = set()
    for rating in found:
        assert rating.utterance in codes
        assert rating.rater in raters
        assert set(rating.votes) <= {*scheme.classes, "no_agreement"}
        assert len(set(rating.votes)) == len(rating.votes)
        for value in (rating.activation, rating.valence, rating.dominance):
            number(value)
        number(rating.intensity, 0, 100)
        number(rating.response_ms, 0, 1e9)
        ids.add(str(uuid.UUID(rating.uuid)))
        "".join((rating.rater, rating.comment or "", *rating.secondary, rating.created_at)).encode()
    assert len(ids) == len(tuple(found))


def counts(found: Iterable[VoteCounts], codes: Collection[str], scheme: EmotionScheme) -> None:
    """Counts point to what is there."""
    for votes in found:
        assert votes.utterance in codes
        assert len(votes.counts) == len(scheme)
        assert min(votes.counts) >= 0


def consensus(found: Iterable[Consensus], codes: Collection[str]) -> None:
    """Verdicts point to what is there."""
    for verdict in found:
        assert verdict.utterance in codes
        for value in (verdict.activation, verdict.valence, verdict.dominance):
            number(value)
        verdict.source.encode()


def _inside(path: str | None, root: Path, state: MediaState) -> None:
    """A media path stays in its folder; where a file is awaited, a link out of it may lie in its place."""
    if path is not None:
        path.encode()
        pure = PurePosixPath(path)
        assert not pure.is_absolute(), path
        assert ".." not in pure.parts, path
        assert state is MediaState.MISSING or (root / path).resolve().is_relative_to(root), path


def _utterance(utterance: Utterance, bundle: CorpusBundle, root: Path) -> None:
    assert utterance.code, "an utterance without id"
    assert utterance.intended is None or 0 <= utterance.intended < len(bundle.scheme)
    number(utterance.start, 0)
    number(utterance.end, 0)
    assert utterance.end is None or (utterance.start or 0.0) < utterance.end
    _inside(utterance.audio, root, utterance.media_state)
    _inside(utterance.video, root, utterance.media_state)
    words(utterance.words)
    texts = (utterance.code, utterance.transcript, utterance.dialogue, utterance.split, utterance.defect)
    "".join(text or "" for text in texts).encode()


def bundle(found: CorpusBundle, root: Path) -> None:
    """Everything in a bundle points to something in it, and can be stored."""
    codes = {utterance.code for utterance in found.utterances}
    speakers = {speaker.code for speaker in found.speakers}
    assert found.utterances
    assert len(codes) == len(found.utterances)
    assert len(speakers) == len(found.speakers)
    assert {utterance.speaker for utterance in found.utterances} <= speakers
    assert len(set(found.scheme.classes)) == len(found.scheme) > 0
    for utterance in found.utterances:
        _utterance(utterance, found, root)
    raters = {rater.code for rater in found.raters}
    assert len(raters) == len(found.raters)
    ratings(found.ratings, codes, found.scheme, raters)
    counts(found.vote_counts, codes, found.scheme)
    consensus(found.consensus, codes)
    "".join((found.name, *codes, *speakers, *raters, *found.scheme.classes)).encode()
    json.dumps(found.facts, allow_nan=False, ensure_ascii=False).encode()
