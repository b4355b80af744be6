"""Bundles of ratings: from several laptops into one workspace, in any order, any number of times, with one result.

A bundle is a text file of JSON lines: a header, raters, rating plans, sessions, what happened in them, ratings, traces,
and the SHA-256 of all that stands above.
The same ratings give the same bytes. Ratings meet by UUID; a file that is cut or altered is refused whole.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import fairemo_gui
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.core.records import Changes, Rater, Rating
from fairemo_gui.core.trials import Event, Trace
from fairemo_gui.corpora.plain_text import json_in
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.bundle_lines import (
    read_event,
    read_plan_line,
    read_rater,
    read_rating,
    read_session,
    read_trace,
    trace_line,
)
from fairemo_gui.store import corpora, plans, raters, ratings, sessions, trials
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.export import snapshot
from fairemo_gui.store.sessions import Session
from fairemo_gui.store.workspace import Workspace

FORMAT, VERSION = "fairemo ratings", 2
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds.

    Attributes:
        corpus: Name of the corpus whose utterances were rated.
        classes: The emotions of that corpus, in their order.
        session_of: Session UUID per rating, as far as they were given in one.
        traces: With the UUID of the rating each belongs to.
    """

    file: str
    corpus: str
    classes: tuple[str, ...]
    raters: tuple[Rater, ...]
    sessions: tuple[Session, ...]
    ratings: tuple[Rating, ...]
    session_of: dict[str, str]
    plans: tuple[RatingPlan, ...] = ()
    events: tuple[Event, ...] = ()
    traces: tuple[tuple[str, Trace], ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging a bundle did.

    Attributes:
        ratings: Number of ratings in the bundle.
        added: Number of those that were new.
    """

    file: str
    corpus: str
    ratings: int
    added: int


def export_bundle(workspace: Workspace, corpus: CorpusRow, file: Path, *, force: bool = False) -> int:
    """Write every single rating of a corpus, whoever gave it and whether it counts or not; returns their number.

    Raises:
        UserError: The file is there already and `force` is off.
    """
    if file.exists() and not force:
        raise UserError(f"{file} is there already: choose another name, or replace it with --force.")
    half = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.part")
    seal, written = hashlib.sha256(), 0
    try:
        with half.open("wb") as out, snapshot(workspace):
            for line in _lines(workspace, corpus):
                written += "rating" in line
                text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                seal.update(text)
                out.write(text)
            out.write(json.dumps({"sha256": seal.hexdigest()}).encode() + b"\n")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    return written


def _lines(workspace: Workspace, corpus: CorpusRow) -> Iterator[dict[str, Any]]:
    sittings = sessions.every(workspace, corpus.id)
    # Who sat down and skipped everything rated nothing, and is somebody all the same.
    known = {rater.code for rater in raters.every(workspace, corpus.id)} | {each.rater for each in sittings.values()}
    people = [rater for rater in raters.every(workspace) if rater.code in known]
    yield {
        "format": FORMAT,
        "version": VERSION,
        "program": fairemo_gui.__version__,
        "corpus": corpus.name,
        "scheme": corpus.scheme.name,
        "classes": corpus.scheme.classes,
    }
    yield from ({"rater": asdict(rater)} for rater in people)
    followed = {sitting.plan_sha256 for sitting in sittings.values()}
    kept = sorted(plans.every(workspace), key=lambda plan: plan.sha256)
    yield from ({"plan": {"content": plan_text(plan)}} for plan in kept if plan.sha256 in followed)
    yield from ({"session": asdict(sitting)} for sitting in sittings.values())
    yield from ({"event": asdict(event)} for event in sessions.events(workspace, corpus.id))
    for rating, _ in ratings.log(workspace, corpus.id):
        session = None if rating.session is None else sittings[rating.session].uuid
        yield {"rating": {name: getattr(rating, name) for name in Rating.__dataclass_fields__} | {"session": session}}
    yield from ({"trace": trace_line(rating, trace)} for rating, trace in trials.traces(workspace, corpus.id))


def read_bundle(file: Path) -> Bundle:
    """Read and check a whole bundle.

    Raises:
        UserError: It is no bundle, is cut or altered, or comes from a newer program.
    """
    found = _Lines()
    with file.open("rb") as source:
        lines = _sealed(file, source)
        header = _header(file, next(lines, None))
        kinds = found.kinds(header["version"])
        for number, line in enumerate(lines, 2):
            try:
                (kind, values), *others = line.items()
                if others or kind not in kinds or not isinstance(values, dict):
                    raise ValueError(f"is none of {', '.join(kinds)}")
                kinds[kind](values)
            except ValueError as error:
                raise UserError(f"{file}, line {number}: {error}; ask for the file to be exported again.") from None
    bundle = found.bundle(str(file), header)
    _check_whole(bundle)
    return bundle


@dataclass(frozen=True, slots=True)
class _Lines:
    """What the lines of a bundle held so far."""

    raters: list[Rater] = field(default_factory=list)
    plans: list[RatingPlan] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    traces: list[tuple[str, Trace]] = field(default_factory=list)
    session_of: dict[str, str] = field(default_factory=dict)

    def kinds(self, version: int) -> dict[str, Callable[[Mapping[str, object]], None]]:
        """What reads each kind of line that a version of the format has."""
        first: dict[str, Callable[[Mapping[str, object]], None]] = {
            "rater": lambda values: self.raters.append(read_rater(values)),
            "session": lambda values: self.sessions.append(read_session(values, version)),
            "rating": lambda values: self._add_rating(*read_rating(values, version)),
        }
        return first if version == 1 else first | {
            "plan": lambda values: self.plans.append(read_plan_line(values)),
            "event": lambda values: self.events.append(read_event(values)),
            "trace": lambda values: self.traces.append(read_trace(values)),
        }  # fmt: skip

    def _add_rating(self, rating: Rating, session: str | None) -> None:
        self.ratings.append(rating)
        if session is not None:
            self.session_of[rating.uuid] = session

    def bundle(self, file: str, header: Mapping[str, Any]) -> Bundle:
        """All of it."""
        return Bundle(
            file, header["corpus"], tuple(header["classes"]), tuple(self.raters), tuple(self.sessions),
            tuple(self.ratings), self.session_of, tuple(self.plans), tuple(self.events), tuple(self.traces),
        )  # fmt: skip


def _sealed(file: Path, source: BinaryIO) -> Iterator[dict[str, Any]]:
    """The lines above the seal, which must be the last one and true."""
    seal, broken = hashlib.sha256(), f"{file} is cut or was altered: ask for the file to be exported again."
    while text := source.readline(_LONGEST):
        try:
            line = json_in(text.decode())
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict) or not text.endswith(b"\n"):
            raise UserError(broken if source.tell() > len(text) else f"{file} is no bundle of ratings.")
        if "sha256" in line:
            if line["sha256"] != seal.hexdigest() or source.read(1):
                raise UserError(broken)
            return
        seal.update(text)
        yield line
    raise UserError(broken if source.tell() else f"{file} is empty, no bundle of ratings.")


def _header(file: Path, line: dict[str, Any] | None) -> dict[str, Any]:
    if line is None or line.get("format") != FORMAT:
        raise UserError(f"{file} is no bundle of ratings; tables are read by `fairemo ratings import`.")
    if line.get("version") not in range(1, VERSION + 1):
        raise UserError(f"{file} was written by a newer program ({line.get('program')}): install that one to merge it.")
    classes = line.get("classes")
    if not isinstance(line.get("corpus"), str) or not isinstance(classes, list):
        raise UserError(f"{file} does not say whose ratings it holds: ask for the file to be exported again.")
    return line


def _check_whole(bundle: Bundle) -> None:
    codes = {rater.code for rater in bundle.raters}
    known = {session.uuid for session in bundle.sessions}
    strangers = {r.rater for r in bundle.ratings} | {s.rater for s in bundle.sessions}
    sat = {*bundle.session_of.values(), *(event.session for event in bundle.events)}
    traced = {name for name, _ in bundle.traces} - {rating.uuid for rating in bundle.ratings}
    # A plan may be missing, as after a rescue: its name, version and hash are with the session.
    if strangers - codes or sat - known or traced:
        raise UserError(
            f"{bundle.file} names raters, sessions or ratings it does not hold: ask for it to be exported again."
        )


def merge_bundles(
    ctx: TaskContext, workspace: Workspace, files: Sequence[Path], corpus: str | None = None
) -> tuple[list[Merged], Changes]:
    """Merge bundles, all of them or none.

    Args:
        ctx: Progress and cancelling.
        workspace: Open workspace.
        files: Bundles, in any order; one that was merged before adds nothing.
        corpus: The corpus they are ratings of, where it has another name here.

    Raises:
        UserError: A file is no whole bundle, its corpus or an utterance is not here, or a UUID is here with other
            content: nothing was merged.
    """
    bundles = []
    for number, file in enumerate(files):
        ctx.report(number, len(files), f"Reading {file.name}")
        bundles.append(read_bundle(file))
    ctx.report(len(files), len(files), "Merging")
    with workspace.transaction():
        done = [_merge(workspace, bundle, corpora.corpus(workspace, corpus or bundle.corpus)) for bundle in bundles]
    return done, Changes(frozenset({"ratings", "labels"}))


def _merge(workspace: Workspace, bundle: Bundle, corpus: CorpusRow) -> Merged:
    ids = corpora.utterance_ids(workspace, corpus.id)
    unknown = sorted({rating.utterance for rating in bundle.ratings} - ids.keys())
    if unknown:
        raise UserError(
            f"{bundle.file} rates {len(unknown)} utterances that {corpus.name} does not have here, as {unknown[0]}: "
            "import the whole corpus first, or name the corpus with --corpus.",
            [f"no utterance {code}" for code in unknown],
        )
    try:
        places = sessions.merge(workspace, corpus.id, bundle.sessions, raters.merge(workspace, bundle.raters))
        plans.keep(workspace, bundle.plans)
        sessions.add_events(workspace, bundle.events, places)
        given = [
            replace(r, session=places[bundle.session_of[r.uuid]]) if r.uuid in bundle.session_of else r
            for r in bundle.ratings
        ]
        added = ratings.insert_all(workspace, bundle.raters, given, ids, corpus.scheme)
        _check_trials(workspace)
        utterances = {rating.uuid: ids[rating.utterance] for rating in given} if bundle.traces else {}
        for name, trace in bundle.traces:
            trials.add_trace(workspace, name, utterances[name], trace)
    except UserError as error:
        raise UserError(f"{bundle.file}: {error}", error.problems) from None
    return Merged(bundle.file, corpus.name, len(bundle.ratings), added)


def _check_trials(workspace: Workspace) -> None:
    """Make sure that ratings given in a sitting that was drawn here answer its trials: it goes on from them."""
    astray = trials.astray(workspace)
    if astray:
        raise UserError(
            f"The rating {astray[0]} does not answer the trial of the sitting it names: ask for the file to be "
            "exported again.",
            [f"rating {name}" for name in astray],
        )
