"""What a rating plan comes to on a corpus: which clips, which answers, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairemo_gui import paths
from fairemo_gui.core.perceiving import lacking
from fairemo_gui.core.plan_file import check
from fairemo_gui.core.rating_plan import Known, RatingPlan, SmartRule
from fairemo_gui.core.records import Condition, MediaState, Role, Truth
from fairemo_gui.core.trials import Trial
from fairemo_gui.errors import UserError
from fairemo_gui.services.filter_columns import load_columns
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.store import corpora, labels, plans, sessions
from fairemo_gui.store.corpora import ATTRIBUTES, CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan on a corpus.

    Attributes:
        table: The corpus's utterances.
        items: Rows of the table that the filter lets through, practice and checks aside; int64, shape (n,).
        playable: Whether an item can be given in each condition of `Condition`; shape (n, 3).
        practice: In the plan's order; positions are not given yet, so of attention checks.
        classes: The emotions to choose from, in order of their keys.
    """

    plan: RatingPlan
    table: UtteranceTable
    items: npt.NDArray[np.int64]
    playable: npt.NDArray[np.bool_]
    practice: tuple[Trial, ...]
    attention: tuple[Trial, ...]
    classes: tuple[str, ...]

    @property
    def missing(self) -> dict[Condition, int]:
        """Number of items that cannot be given in a condition of the plan, for want of sound or picture."""
        absent = {c: int((~self.playable[:, k]).sum()) for k, c in enumerate(Condition) if c in self.plan.conditions}
        return {condition: n for condition, n in absent.items() if n}

    @property
    def checks(self) -> list[tuple[Trial, int]]:
        """Attention checks, each with the number of its speaker."""
        place = {int(utterance): row for row, utterance in enumerate(self.table.ids)}
        return [(trial, int(self.table.speaker_index[place[trial.utterance]])) for trial in self.attention]


def shipped_plans() -> dict[str, Path]:
    """The plans that come with the program, by name."""
    return {file.stem: file for file in sorted((paths.resources() / "plans").glob("*.toml"))}


def prepare(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan, *, media: bool = True) -> Prepared:
    """What a plan comes to on a corpus.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are rated.
        plan: What to prepare.
        media: Clips are played; without it, as for simulated raters, nothing need be there.

    Raises:
        UserError: The plan cannot stand, the filter cannot be read or lets nothing through, or the corpus lacks an
            emotion, a clip or an attribute that the plan names; `problems` has one sentence each.
    """
    check(plan, plan.name)
    table = corpora.table(workspace, corpus.id)
    _raise(plan, corpus, _problems(workspace, corpus, plan, table))
    place = {code: row for row, code in enumerate(table.codes)}
    known = {place[each.utterance] for each in (*plan.practice, *plan.attention)}
    rows = np.flatnonzero(_chosen(workspace, corpus, plan, table))
    items = rows[~np.isin(rows, list(known))]
    everywhere = _playable(workspace, corpus, table) if media else np.ones((len(table), len(Condition)), dtype=bool)
    _raise(plan, corpus, _silent(plan, everywhere, place))
    playable = everywhere[items]
    columns = [k for k, condition in enumerate(Condition) if condition in plan.conditions]
    if not playable[:, columns].any():
        reason = "it has no clip that can be played" if len(items) else f"the filter “{plan.items.filter}” leaves none"
        raise UserError(f"{plan.name} finds no clip in {corpus.name}: {reason}; change the filter or locate the media.")
    ids = {code: int(table.ids[row]) for code, row in place.items() if row in known}
    return Prepared(
        plan, table, items, playable, _trials(plan.practice, Role.PRACTICE, ids),
        _trials(plan.attention, Role.ATTENTION, ids), plan.answers.classes or corpus.scheme.classes,
    )  # fmt: skip


def _raise(plan: RatingPlan, corpus: CorpusRow, problems: Iterator[str]) -> None:
    found = list(problems)
    if found:
        raise UserError(f"{plan.name} does not fit {corpus.name}: {found[0]}", found)


def _silent(plan: RatingPlan, playable: npt.NDArray[np.bool_], place: Mapping[str, int]) -> Iterator[str]:
    """Practice and checks whose clip cannot be played; by number, since a rater may read it."""
    for kind in ("practice", "attention"):
        for number, each in enumerate(getattr(plan, kind), 1):
            if not playable[place[each.utterance], tuple(Condition).index(each.condition)]:
                yield f"“{kind} {number}” cannot be played in {each.condition}; take another or locate the media."


def _trials(known: tuple[Known, ...], role: Role, ids: Mapping[str, int]) -> tuple[Trial, ...]:
    return tuple(Trial(-1, ids[each.utterance], each.condition, role, each.answer) for each in known)


def _problems(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan, table: UtteranceTable) -> Iterator[str]:
    classes, codes = set(corpus.scheme.classes), set(table.codes)
    known = (*plan.practice, *plan.attention)
    for emotion in sorted({*plan.answers.classes, *(name for each in known for name in each.answer)} - classes):
        names = ", ".join(corpus.scheme.classes)
        yield f"“{emotion}” is not an emotion of {corpus.name}; choose of {names}."
    for code in sorted({each.utterance for each in known} - codes):
        yield f"there is no utterance “{code}” to practise or check with; take another."
    if not plan.answers.classes and plan.answers.emotions and len(classes) > 9:
        yield f"{corpus.name} has {len(classes)} emotions, more than there are keys; choose nine in “answers.classes”."
    if plan.smart is not None and plan.smart.rule is SmartRule.GROUPS and plan.smart.by not in ATTRIBUTES:
        yield f"“{plan.smart.by}” is not an attribute of speakers; “smart.by” is one of {', '.join(ATTRIBUTES)}."
    yield from _scale_problems(workspace, corpus, plan)


def _scale_problems(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan) -> Iterator[str]:
    """A corpus's values of a dimension are on one scale: they are averaged."""
    if not plan.answers.dimensions:
        return
    scale, points = corpus.facts.get("scale"), plan.answers.points
    if isinstance(scale, list) and scale != [1, points]:
        yield f"{corpus.name} has its dimensions on {scale[0]} to {scale[-1]}; set “answers.points” so that they agree."
    followed = {session.plan_sha256 for session in sessions.every(workspace, corpus.id).values()}
    others = {
        each.answers.points
        for each in plans.every(workspace, corpus.id)
        if each.sha256 in followed and each.answers.dimensions and each.answers.points != points
    }
    for other in sorted(others):
        yield f"dimensions were rated on 1 to {other} here before; set “answers.points” to {other}."


def _chosen(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan, table: UtteranceTable) -> npt.NDArray[np.bool_]:
    if not plan.items.filter.strip():
        return np.ones(len(table), dtype=bool)
    labelled = labels.conditions(workspace, corpus.id)
    truth = next((kind for kind in (Truth.INTENDED, Truth.AV, *Truth) if kind in labelled), Truth.INTENDED)
    return compile_filter(plan.items.filter, load_columns(workspace, corpus, table, truth, None, rater=""))


def _playable(workspace: Workspace, corpus: CorpusRow, table: UtteranceTable) -> npt.NDArray[np.bool_]:
    """Whether each utterance has what a condition needs, shape (n, 3)."""
    clips = {clip.utterance: clip for clip in corpora.clips(workspace, corpus.id)}
    playable = np.zeros((len(table), len(Condition)), dtype=bool)
    for row, (utterance, state) in enumerate(zip(table.ids.tolist(), table.states, strict=True)):
        clip, found = clips[utterance], MediaState(state)
        playable[row] = [not lacking(each, clip.audio, clip.video, found) for each in Condition]
    return playable
