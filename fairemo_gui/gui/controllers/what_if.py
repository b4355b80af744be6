"""Asks every net about the utterance looked at, with any of its modalities off, and finds who is near it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.jobs import Job, JobRunner, Lane
from fairemo_gui.gui.labels.details import NetAnswer, UtteranceLabels, read_labels
from fairemo_gui.gui.labels.what_if import Near, NetLine, Said, WhatIfChart, WhatIfModel
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.projection import Embeddings, nearest, representations
from fairemo_gui.services.what_if import WhatIf, one_modality, what_if
from fairemo_gui.store import corpora, details, labels
from fairemo_gui.store.nets import NetRow

_SETTLE_MS = 150
_MOST_NEAR, _MOST_SAID, _MOST_KEPT = 6, 24, 512
_CONDITIONS = {Truth.VOICE: "Voice", Truth.FACE: "Face", Truth.AV: "AV"}
_HIDDEN = "Predictions are hidden (P shows them)."
_SHOW = "Show predictions"
_BLIND = "What nets and people said is hidden while you rate unseen (B shows it)."
_NO_NET = NetLine("No net yet", "", None, "train one to see what it would say without a modality")
_Answers = OrderedDict[tuple[str, int], WhatIf | UserError]
"""By a net's weights, and an utterance: what it says, or why it says nothing."""


class WhatIfController(ChartFeeder):
    """Keeps the chart in step with the current utterance while it is in sight; what a net said is not asked again."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        chart: WhatIfChart,
        embeddings: Embeddings,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "What if", parent, _SETTLE_MS)
        self._feed, self._context, self._selection, self._chart = feed, context, selection, chart
        self._embeddings = embeddings
        self._known: _Answers = OrderedDict()
        self._model: WhatIfModel | None = None
        self._predictions_shown, self._votes_shown = True, True
        self._jobs: list[Job] = []
        chart.jump_requested.connect(selection.set_current)
        selection.current_changed.connect(self._request)
        context.changed.connect(self._request)
        feed.corpus_changed.connect(self._request)
        feed.facts_changed.connect(self._request)
        feed.store_changed.connect(self._on_store_changed)

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked or waits to be."""
        return not self._jobs and super().settled

    def set_predictions_shown(self, shown: bool) -> None:
        """Whether nets' answers may be told."""
        self._predictions_shown = shown
        if not shown:
            self._say(_HIDDEN, _SHOW)
        self._request()

    def set_blind(self, blind: bool) -> None:
        """Whether votes and answers stay hidden."""
        self._votes_shown = not blind
        if blind:
            self._say(_BLIND)
        self._request()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if "features" in changes.kinds:
            # Whoever is being asked now was asked by the former features: what it says goes to the former answers.
            self._known = OrderedDict()
        elif changes.kinds & {"predictions", "nets"}:
            # What could not be answered for want of a net's weights may be answered now.
            for key in [key for key, said in self._known.items() if not isinstance(said, WhatIf)]:
                del self._known[key]
        if not changes.utterances or self._selection.current in changes.utterances:
            self._request()

    def _compute(self) -> None:
        workspace, corpus, current = self._feed.workspace, self._feed.corpus, self._selection.current
        if workspace is None or corpus is None or current is None:
            self._say("Choose an utterance to see what nets make of it.")
        elif not self._votes_shown:
            self._say(_BLIND)
        elif not self._predictions_shown:
            self._say(_HIDDEN, _SHOW)
        else:
            found = read_labels(workspace, corpus, current, None)
            self._model = WhatIfModel(
                found.code,
                corpus.scheme.classes,
                near_words="looking for neighbours …",
                said=tuple(_said(found))[:_MOST_SAID],
                said_words="Nobody has rated this utterance yet.",
            )
            self._ask(Lab(workspace, corpus, self._runner.compute), current)
            self._look_around(current)
            self._draw(current)

    def _say(self, sentence: str, button: str = "") -> None:
        self._model = None
        self._chart.show_empty(sentence, button)

    def _draw(self, utterance: int) -> None:
        if self._model is not None:
            nets = sorted(self._feed.facts.nets, key=lambda net: bool(one_modality(net)))
            lines = tuple(self._line(net, utterance) for net in nets)
            self._chart.set_model(replace(self._model, nets=lines or (_NO_NET,)))

    def _line(self, net: NetRow, utterance: int) -> NetLine:
        labelled = net.labels.replace("av", "AV")
        title, about = f"Net {net.id}", f"{net.recipe}, {labelled} labels{self._caution(net, utterance)}"
        reason = one_modality(net)
        if reason:
            return NetLine(title, about, None, f"{reason}: there is nothing to turn off")
        found = self._known.get((net.sha256, utterance))
        if isinstance(found, UserError):
            return NetLine(title, about, None, found.message, found.problems)
        return NetLine(title, about, found, "" if found is not None else "being asked …")

    def _caution(self, net: NetRow, utterance: int) -> str:
        """As `, learnt from`, where the net's answer is no fair test."""
        workspace = self._feed.workspace
        found = None if workspace is None else details.prediction_of(workspace, net.id, utterance)
        caution = "" if found is None else NetAnswer(net.id, net.classes, *found).caution
        return f", {caution}" if caution else ""

    def _ask(self, lab: Lab, utterance: int) -> None:
        """Ask the nets that were not asked about this utterance yet, one after the other."""
        wanted = [
            net for net in self._feed.facts.nets if not one_modality(net) and (net.sha256, utterance) not in self._known
        ]
        answers = self._known

        def task(ctx: TaskContext) -> None:
            for net in wanted:
                # Whoever walks on does not wait for the rest; the net being asked may finish, it is kept.
                if self._selection.current != utterance or self._known is not answers:
                    return
                try:
                    ctx.emit((net, what_if(ctx, lab, net, utterance)))
                except UserError as error:
                    ctx.emit((net, error))

        if wanted:
            job = self._runner.submit("What if", task, Lane.COMPUTE, quiet=True)
            job.on_part = lambda part: self._on_answer(answers, utterance, *part)
            self._follow(job, "Asking the nets")

    def _on_answer(self, answers: _Answers, utterance: int, net: NetRow, answer: WhatIf | UserError) -> None:
        answers[net.sha256, utterance] = answer
        while len(answers) > _MOST_KEPT:
            answers.popitem(last=False)
        if utterance == self._selection.current:
            self._draw(utterance)

    def _look_around(self, utterance: int) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        choice = self._context.choice
        assert workspace is not None
        assert corpus is not None

        def task(ctx: TaskContext) -> tuple[tuple[Near, ...], str]:
            found = representations(workspace, corpus, choices.predictor_of(choice))
            if not found:
                return (), "There are no features or answers to compare by yet."
            embedding = self._embeddings.of(workspace, corpus, found[0], ctx.check)
            near = nearest(embedding, utterance, _MOST_NEAR)
            if not near:
                return (), f"It is not among those compared by {found[0].words}."
            ids = np.array([each.utterance for each in near], dtype=np.int64)
            votes = labels.counts(workspace, ids, choice.truth, len(corpus.scheme))
            names = [corpus.scheme.classes[int(n.argmax())] if n.any() else "" for n in votes]
            codes = [corpora.utterance(workspace, each.utterance)[0].code for each in near]
            rows = zip(near, codes, names, strict=True)
            return tuple(Near(n.utterance, code, name, n.distance) for n, code, name in rows), f"by {found[0].words}"

        job = self._runner.submit("Find neighbours", task, quiet=True)
        self._follow(job, "Looking for neighbours", lambda value: self._on_near(utterance, value))

    def _on_near(self, utterance: int, value: tuple[tuple[Near, ...], str]) -> None:
        if self._model is not None and utterance == self._selection.current:
            self._model = replace(self._model, near=value[0], near_words=value[1])
            self._draw(utterance)

    def _follow(self, job: Job, name: str, then: object = None) -> None:
        self._jobs.append(job)

        def end(outcome: Outcome[object]) -> None:
            if job not in self._jobs:
                return
            self._jobs.remove(job)
            if outcome.kind is OutcomeKind.SUCCEEDED and callable(then):
                then(outcome.value)
            elif isinstance(outcome.error, UserError) and self._model is not None:
                self._model = replace(self._model, near_words=str(outcome.error))
            elif outcome.kind is OutcomeKind.FAILED:
                self._messages.failed(name, outcome.error)

        job.on_end = end


def _said(found: UtteranceLabels) -> Iterable[Said]:
    """Votes per condition, then who said what, newest first."""
    if found.intended is not None:
        yield Said("Intended", found.intended, summary=True)
    for truth, word in _CONDITIONS.items():
        if truth in found.votes:
            counts = found.votes[truth]
            order = [k for k in np.argsort(-counts, kind="stable") if counts[k]]
            what = ", ".join(f"{found.scheme.classes[k]} {numbers.count(int(counts[k]))}" for k in order)
            yield Said(f"{word}, {numbers.counted(int(counts.sum()), 'vote', 'votes')}", what, summary=True)
    replaced = {rating.supersedes for rating in found.history}
    for rating in found.history:
        if rating.votes and rating.uuid not in replaced:
            strength = "" if rating.intensity is None else f", {rating.intensity}"
            yield Said(f"{rating.rater} · {rating.condition}", f"{' + '.join(rating.votes)}{strength}")
