"""What an export is made of: a corpus's utterances that a filter lets through, and all that was said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Consensus, Rater, RaterKind, Rating, Speaker, Truth, Utterance, Word
from fairemo_gui.errors import UserError
from fairemo_gui.services.exports.plan import ExportPlan
from fairemo_gui.services.filter_columns import load_columns
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.samples import NetPredictor
from fairemo_gui.store import corpora, export, labels, nets, notes, sessions
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.export import LabelRow, Summary
from fairemo_gui.store.sessions import Session
from fairemo_gui.store.workspace import Workspace

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Entry:
    """An utterance on its way out.

    Attributes:
        id: In the workspace.
        utterance: Its record, words aside.
        speaker: Who speaks.
        flagged: Its newest note is a flag.
    """

    id: int
    utterance: Utterance
    speaker: Speaker
    flagged: bool


@dataclass(frozen=True)
class Material:
    """What a plan asks for of a corpus; most of it is read when it is first asked for.

    Attributes:
        entries: The utterances, in order of code.
        filtered_out: Number of utterances the filter held back.
    """

    workspace: Workspace
    corpus: CorpusRow
    plan: ExportPlan
    entries: tuple[Entry, ...]
    filtered_out: int

    @property
    def scheme(self) -> EmotionScheme:
        """The corpus's classes."""
        return self.corpus.scheme

    @cached_property
    def ids(self) -> Ints:
        """Utterance ids, int64, shape (n,)."""
        return np.array([entry.id for entry in self.entries], dtype=np.int64)

    @cached_property
    def by_id(self) -> dict[int, Entry]:
        """Entry per utterance id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def words(self) -> dict[int, tuple[Word, ...]]:
        """Words per utterance id."""
        return export.words(self.workspace, self.corpus)

    @cached_property
    def raters(self) -> tuple[Rater, ...]:
        """Everybody who rated in this corpus, in order of code."""
        return tuple(export.raters(self.workspace, self.corpus))

    @cached_property
    def sessions(self) -> dict[int, Session]:
        """The sessions ratings were given in, by row id."""
        return sessions.every(self.workspace, self.corpus.id)

    @cached_property
    def voters(self) -> frozenset[str]:
        """Codes of raters whose ratings are votes: neither gold labels, nor what speakers say of themselves."""
        others = (RaterKind.ADJUDICATED, RaterKind.SELF)
        return frozenset(rater.code for rater in self.raters if rater.kind not in others)

    @cached_property
    def label_rows(self) -> tuple[LabelRow, ...]:
        """Labels of these utterances, one per utterance, condition and source."""
        rows = export.label_rows(self.workspace, self.corpus)
        return tuple(row for row in rows if row.utterance in self.by_id)

    @cached_property
    def summaries(self) -> dict[tuple[int, str], Summary]:
        """What single ratings add up to, per utterance id and condition."""
        rows = export.summaries(self.workspace, self.corpus)
        return {(row.utterance, row.condition): row for row in rows if row.utterance in self.by_id}

    @cached_property
    def shipped(self) -> dict[tuple[int, str], list[Consensus]]:
        """What the corpus itself says of an utterance as a whole, per id and condition."""
        found: dict[tuple[int, str], list[Consensus]] = defaultdict(list)
        for utterance, consensus in labels.consensus(self.workspace, self.corpus.id):
            if utterance in self.by_id:
                found[utterance, consensus.condition.value].append(consensus)
        return dict(found)

    @cached_property
    def gold(self) -> dict[tuple[int, str], dict[str, str]]:
        """What adjudicators settled on, by name, per utterance id and condition."""
        return export.gold(self.workspace, self.corpus)

    def log(self) -> Iterator[tuple[int, bool, Rating]]:
        """Ratings of these utterances in the order they came in; see `store.export.log`."""
        rows = export.log(self.workspace, self.corpus, standing=self.plan.standing)
        return (row for row in rows if row[0] in self.by_id)


def gather(workspace: Workspace, corpus: CorpusRow, plan: ExportPlan) -> Material:
    """Read the utterances a plan asks for; inside a snapshot, in which everything else is read later.

    Raises:
        UserError: The filter cannot be read, or lets nothing through.
    """
    table = corpora.table(workspace, corpus.id)
    chosen = _chosen(workspace, corpus, table, plan.where)
    every = export.utterances(workspace, corpus)
    kept = [pair for pair, inside in zip(every, chosen, strict=True) if inside]
    if not kept:
        why = f"the filter “{plan.where}” lets nothing through" if every else "it has no utterances"
        raise UserError(f"There is nothing to export of {corpus.name}: {why}.")
    people = {speaker.code: speaker for speaker in table.speakers}
    flagged = notes.flagged(workspace)
    entries = tuple(Entry(k, record, people[record.speaker], k in flagged) for k, record in kept)
    return Material(workspace, corpus, plan, entries, len(every) - len(kept))


def _chosen(workspace: Workspace, corpus: CorpusRow, table: UtteranceTable, where: str) -> npt.NDArray[np.bool_]:
    """Which utterances a filter lets through, shape (n,); `pred:` and the like look at the newest net."""
    if not where.strip():
        return np.ones(len(table), dtype=bool)
    labelled = labels.conditions(workspace, corpus.id)
    truth = next((kind for kind in (Truth.AV, *Truth) if kind in labelled), Truth.AV)
    newest = next(iter(nets.nets(workspace, corpus.id)), None)
    predictor = None if newest is None else NetPredictor(newest.id)
    return compile_filter(where, load_columns(workspace, corpus, table, truth, predictor, rater=""))
