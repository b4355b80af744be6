"""A frame for fairness tools: one row per utterance and predictor, as fairlearn and Aequitas read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.sample import Decisions
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.folder import FreeNames
from fairemo_gui.services.exports.material import Entry, Material
from fairemo_gui.services.exports.plan import Tally
from fairemo_gui.services.exports.table import Field, Kind, table_of
from fairemo_gui.services.exports.writers import Writing
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor, read_rows
from fairemo_gui.store import corpora, labels, nets


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a predictor said of the utterances that have a label and an answer, row by row."""

    predictor: Predictor
    truth: Truth
    mode: str
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    decisions: Decisions


@dataclass(frozen=True, slots=True)
class _Row:
    """One utterance, as one predictor sees it."""

    answers: _Answers
    number: int

    @property
    def entry(self) -> Entry:
        return self.answers.entries[self.number]

    @property
    def true_class(self) -> str:
        return self.answers.classes[int(self.answers.decisions.truth_class[self.number])]

    @property
    def predicted_class(self) -> str:
        return self.answers.classes[int(self.answers.decisions.predicted_class[self.number])]

    def at(self, what: str, name: str) -> float | None:
        """A cell of `truth_on`, `predicted_on` or `probabilities`; None where the predictor has no such class."""
        if name not in self.answers.classes:
            return None
        return float(getattr(self.answers.decisions, what)[self.number, self.answers.classes.index(name)])


def write_fairness(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write `frame.csv` for fairlearn, and a table per class for Aequitas.

    Raises:
        UserError: Nobody predicts anything that has a label.
    """
    found = list(_answers(ctx, material, tally))
    if not found:
        raise UserError(
            f"Nothing in {material.corpus.name} predicts what has a label: train a net, import ratings of two "
            "conditions, or choose the labels with --labels."
        )
    rows = [_Row(answers, number) for answers in found for number in range(len(answers.entries))]
    classes = tuple(dict.fromkeys(name for answers in found for name in answers.classes))
    writing = Writing(ctx, folder, tally)
    writing.csv(table_of("frame", _frame_fields(classes), rows))
    names = FreeNames()
    for name in classes:
        known = [row for row in rows if name in row.answers.classes]
        writing.csv(table_of(names.claim_name(f"aequitas_{name}"), _aequitas_fields(name), known))


def _answers(ctx: TaskContext, material: Material, tally: Tally) -> Iterator[_Answers]:
    """Every predictor with the labels it is held against."""
    table = corpora.table(material.workspace, material.corpus.id)
    for predictor, truth in _predictors(material):
        ctx.report(0, None, f"Reading {predictor.name}")
        try:
            found = read_rows(
                material.workspace, material.corpus, truth, predictor, (), ids=material.ids, table=table
            ).samples()
        except UserError as error:
            tally.left_out[f"{predictor.name}: {error}"] += 1
            continue
        for reason, n in found.dropped.items():
            tally.left_out[f"{predictor.name}: utterances with {reason}"] += n
        entries = tuple(material.by_id[utterance] for utterance in found.ids.tolist())
        sample = found.sample
        yield _Answers(predictor, truth, sample.mode.value, sample.classes, entries, sample.decisions)


def _predictors(material: Material) -> Iterator[tuple[Predictor, Truth]]:
    """Nets against the labels they learnt, people against AV (AV against intended), or all as the plan says."""
    chosen = material.plan.truth
    labelled = labels.conditions(material.workspace, material.corpus.id)
    for condition in Condition:
        usual = Truth.INTENDED if condition is Condition.AV else Truth.AV
        truth = chosen or usual
        if Truth(condition.value) in labelled and truth in labelled and truth.value != condition.value:
            yield HumanPredictor(condition), truth
    for net in nets.nets(material.workspace, material.corpus.id):
        yield NetPredictor(net.id), chosen or Truth(net.labels)


def _frame_fields(classes: Sequence[str]) -> list[Field[_Row]]:
    return [
        Field("entity_id", Kind.TEXT, attrgetter("entry.utterance.code")),
        Field("predictor", Kind.TEXT, attrgetter("answers.predictor.name")),
        Field("truth", Kind.TEXT, attrgetter("answers.truth")),
        Field("mode", Kind.TEXT, attrgetter("answers.mode")),
        Field("speaker", Kind.TEXT, attrgetter("entry.speaker.code")),
        *_attributes(),
        Field("age_years", Kind.WHOLE, attrgetter("entry.speaker.age")),
        Field("y_true", Kind.TEXT, attrgetter("true_class")),
        Field("y_pred", Kind.TEXT, attrgetter("predicted_class")),
        *(_class_field("true", "truth_on", name, Kind.FLAG) for name in classes),
        *(_class_field("pred", "predicted_on", name, Kind.FLAG) for name in classes),
        *(_class_field("score", "probabilities", name, Kind.NUMBER) for name in classes),
    ]


def _attributes() -> list[Field[_Row]]:
    """Sensitive features; unknown is empty, never a group of its own."""
    return [
        Field("gender", Kind.TEXT, attrgetter("entry.speaker.gender")),
        Field("age", Kind.TEXT, lambda row: corpora.age_band(row.entry.speaker.age)),
        Field("race", Kind.TEXT, attrgetter("entry.speaker.race")),
        Field("ethnicity", Kind.TEXT, attrgetter("entry.speaker.ethnicity")),
    ]


def _class_field(prefix: str, what: str, name: str, kind: Kind) -> Field[_Row]:
    return Field(f"{prefix}_{name}", kind, lambda row: row.at(what, name))


def _aequitas_fields(name: str) -> list[Field[_Row]]:
    """The columns Aequitas knows, then nothing but attributes."""
    return [
        Field("entity_id", Kind.TEXT, attrgetter("entry.utterance.code")),
        Field("model_id", Kind.TEXT, attrgetter("answers.predictor.name")),
        Field("score", Kind.FLAG, lambda row: row.at("predicted_on", name)),
        Field("label_value", Kind.FLAG, lambda row: row.at("truth_on", name)),
        *_attributes(),
    ]
