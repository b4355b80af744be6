"""Training a recipe on a corpus, and training it again on today's ratings."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

import fairemo_gui
from fairemo_gui.core import labels as rules
from fairemo_gui.core import numbers
from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.core.splits import check_disjoint, folds, own_parts, split_speakers
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.features.registry import ENCODERS as KNOWN_ENCODERS
from fairemo_gui.features.registry import encoder_entry
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.registry import check_settings, recipe_entry
from fairemo_gui.services.comparison import ComparisonView, compare_nets, label_changes, new_ratings
from fairemo_gui.services.extraction import caches, extract, modalities
from fairemo_gui.services.lab import Lab
from fairemo_gui.store import corpora, labels, nets, ratings
from fairemo_gui.store.corpora import UtteranceTable
from fairemo_gui.store.nets import NetRow

ENCODERS = {"audio": "mfcc", "text": "words", "video": "hog"}
"""Encoder per modality unless another is chosen: none of these needs a download."""
_MANY_OF_ONE = 10
"""Utterances per sentence from which on a text says little."""
_HELD_OUT_FOLD = "out of fold"


@dataclass(frozen=True)
class TrainPlan:
    """What to train.

    Attributes:
        recipe: Name of the recipe.
        labels: `voice`, `face`, `av` or `intended`; None = `av` where there is one, else `intended`.
        classes: Merged and selected classes, as `neutral+calm,happy`; None = the scheme's.
        settings: Of the recipe; `modalities` and, per modality, the encoder's name (`audio=wav2vec2`) stand here too.
        folds: Number of folds; 1 = one split.
        group: What stays together: `speaker` or `session`.
        parts: Part or fold per speaker, to repeat an earlier division; None = divided by `seed`.
        parent: Net this one is retrained from.
        caches: Name of the feature cache per modality that an earlier net was trained on.
    """

    recipe: str = "schmitz2022"
    labels: str | None = None
    classes: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    folds: int = 1
    group: str = "speaker"
    seed: int = 0
    parts: Mapping[str, str | int] | None = None
    parent: int | None = None
    caches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A plan held against a corpus: exactly what would be learnt from what.

    Attributes:
        targets: Label distribution per utterance of `table`, shape (n, K); NaN rows have no label.
        parts: Part name or fold number per utterance.
        encoders: Encoder per modality.
        ratings: Where the rating log ended when the targets were read.
        unlike: Why the corpus's own split was not taken, in words; empty where it was, or where there is none.
    """

    truth: Truth
    classes: ClassSelection
    table: UtteranceTable
    targets: npt.NDArray[np.float64]
    parts: tuple[str | int, ...]
    encoders: dict[str, str]
    ratings: int
    unlike: str = ""

    @property
    def labelled(self) -> int:
        """Utterances that have a label."""
        return sum(self.labelled_by_part().values())

    def labelled_by_part(self) -> dict[str, int]:
        """Utterances that have a label per part or fold."""
        known = np.flatnonzero(~np.isnan(self.targets).any(axis=1))
        return dict(Counter(str(self.parts[row]) for row in known))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever trains should know before."""
        own = f"The corpus's own split is not taken, for {self.unlike}: it is divided anew, by speaker."
        return (*((own,) if self.unlike else ()), *self._few_sentences())

    def _few_sentences(self) -> tuple[str, ...]:
        """That the text is the same few sentences over and over."""
        if "text" not in self.encoders:
            return ()
        known = np.flatnonzero(~np.isnan(self.targets).any(axis=1)).tolist()
        said = [text.strip().casefold() for row in known if (text := self.table.transcripts[row])]
        sentences = len(set(said))
        if len(said) < _MANY_OF_ONE * max(sentences, 1):
            return ()
        return (
            f"Text is among the modalities, but {numbers.counted(len(said), 'utterance')} speak only "
            f"{numbers.counted(sentences, 'different sentence')}: words can hardly tell emotions apart here.",
        )

    def division(self) -> dict[str, str | int]:
        """Part or fold per speaker."""
        table = self.table
        return {table.speakers[k].code: part for k, part in zip(table.speaker_index, self.parts, strict=True)}

    def data_hash(self) -> str:
        """Hash of utterances, targets and parts: the same hash learns from the same data."""
        text = repr((self.table.codes, self.parts, self.classes)).encode()
        return hashlib.sha256(text + self.targets.tobytes()).hexdigest()


def lesson_of(lab: Lab, plan: TrainPlan) -> Lesson:
    """Hold a plan against the corpus.

    Raises:
        UserError: A label source, class, division or setting is impossible; says what is missing.
    """
    recipe_entry(plan.recipe)
    if plan.folds < 1:
        raise UserError(f"--folds {plan.folds} is no number of folds: 1 is a single split, 3 or more are folds.")
    table = corpora.table(lab.workspace, lab.corpus.id)
    truth = _truth(lab, plan.labels)
    classes = ClassSelection.parse(plan.classes, lab.corpus.scheme)
    # Read before the votes: a rating that comes in between counts as new, never as learnt.
    log = ratings.last(lab.workspace)
    counts = labels.counts(lab.workspace, table.ids, truth, len(lab.corpus.scheme), blind_only=True)
    targets = rules.distribution(classes.merge_counts(counts))
    if np.isnan(targets).all():
        raise UserError(f"{lab.corpus.name} has no {truth} label for {', '.join(classes.names)}: rate or import some.")
    parts, unlike = _parts(table, plan)
    encoders = _encoders(lab, plan)
    check_settings(plan.recipe, _own_settings(plan), encoders)
    return Lesson(truth, classes, table, targets, parts, encoders, log, unlike)


def _truth(lab: Lab, wanted: str | None) -> Truth:
    known = labels.conditions(lab.workspace, lab.corpus.id)
    if wanted is None:
        return Truth.AV if Truth.AV in known else Truth.INTENDED
    if wanted not in {truth.value for truth in Truth}:
        raise UserError(f"--labels {wanted} is not a label source of this recipe: choose {', '.join(Truth)}.")
    return Truth(wanted)


def _parts(table: UtteranceTable, plan: TrainPlan) -> tuple[tuple[str | int, ...], str]:
    """Part or fold per utterance, and why the corpus's own split was not taken."""
    codes = [table.speakers[k].code for k in table.speaker_index]
    genders = table.attribute("gender").tolist()
    if plan.parts is not None:
        unknown = sorted({code for code in codes if code not in plan.parts})
        if not unknown:
            return tuple(plan.parts[code] for code in codes), ""
    if plan.folds > 1:
        groups = codes if plan.group == "speaker" else _sessions(table, plan.group)
        several = tuple(folds(groups, genders, plan.folds, plan.seed).tolist())
        check_disjoint(codes, several)
        return several, ""
    own, unlike = own_parts(table.splits, codes)
    return own or tuple(split_speakers(codes, genders, plan.seed).tolist()), unlike


def _sessions(table: UtteranceTable, group: str) -> list[str]:
    if group != "session":
        raise UserError(f"--group {group} is unknown: choose speaker or session.")
    if (table.folds < 0).any():
        raise UserError("This corpus does not say which session an utterance belongs to: use --group speaker.")
    return [str(number) for number in table.folds]


def _encoders(lab: Lab, plan: TrainPlan) -> dict[str, str]:
    chosen = {name: str(plan.settings.get(name, default)) for name, default in ENCODERS.items()}
    wanted = plan.settings.get("modalities")
    there = modalities(lab)
    names = there if wanted is None else tuple(str(wanted).split("+"))
    missing = [name for name in names if name not in there]
    if missing or not names:
        raise UserError(
            f"{lab.corpus.name} has nothing for {' or '.join(missing) or 'any modality'}: "
            f"it has {', '.join(there) or 'no readable media'}."
        )
    for name in names:
        if encoder_entry(chosen[name]).modality != name:
            fitting = ", ".join(entry.name for entry in KNOWN_ENCODERS.values() if entry.modality == name)
            raise UserError(f"{chosen[name]} is no encoder of {name}: choose {fitting}.")
    return {name: chosen[name] for name in names}


def train(ctx: TaskContext, lab: Lab, plan: TrainPlan) -> NetRow:
    """Train a net and keep it with its held-out predictions; missing faces and features are made first.

    `ctx` gets the epochs' figures as dictionaries; whenever predictions were stored, `Changes` and how many utterances
    the `net` has `answered` for.

    Raises:
        UserError: The plan is impossible for this corpus.
        CancelledError: Finished features are kept; the net is marked as discarded.
    """
    started = time.monotonic()
    lesson = lesson_of(lab, plan)
    features = features_of(ctx, lab, lesson, plan)
    net_id, changes = nets.add_net(lab.workspace, _new_net(lab, plan, lesson))
    ctx.emit(changes)
    weights = f"nets/net-{net_id}.safetensors"
    arguments = _arguments(lab, plan, lesson, features, weights)
    hear = _listener(ctx, lab, net_id, plan.folds)
    try:
        result = lab.run(ctx, "fairemo_gui.recipes.compute:train_task", arguments, hear)
    except BaseException:
        ctx.emit(nets.set_status(lab.workspace, net_id, "discarded"))
        raise
    config = {**result["config"], "plan": _remembered(plan, lesson)}
    facts = {"config": config, "history": result["history"], "seconds": time.monotonic() - started}
    ctx.emit(nets.finish_net(lab.workspace, net_id, weights, result["sha256"], **facts))
    return nets.net(lab.workspace, net_id)


def _listener(ctx: TaskContext, lab: Lab, net_id: int, members: int) -> Callable[[dict[str, Any]], None]:
    """Passes epochs on and stores predictions as they come."""
    answered = 0

    def hear(part: dict[str, Any]) -> None:
        nonlocal answered
        if "epoch" in part:
            ctx.emit({**part, "net": net_id})
            return
        ctx.emit(_store(lab, net_id, part, members))
        answered += len(part["utterances"])
        ctx.emit({"net": net_id, "answered": answered})

    return hear


def _remembered(plan: TrainPlan, lesson: Lesson) -> dict[str, Any]:
    """What the recipe's own configuration does not say about how a net came to be."""
    return {
        "classes": plan.classes,
        "group": plan.group,
        "parts": lesson.division(),
        "labelled": lesson.labelled_by_part(),
        "ratings": lesson.ratings,
        "settings": dict(plan.settings),
    }


def features_of(ctx: TaskContext, lab: Lab, lesson: Lesson, plan: TrainPlan) -> dict[str, str]:
    """Cache folder per modality; an encoder with settings of its own was extracted before, and keeps them."""
    found = {}
    for modality, encoder in lesson.encoders.items():
        there = [info for info in caches(lab) if info.encoder == encoder]
        there.sort(key=lambda info: info.name == plan.caches.get(modality))
        settings = dict(there[-1].settings) if there else {}
        found[modality] = extract(ctx, lab, encoder, settings).cache
    return found


def _new_net(lab: Lab, plan: TrainPlan, lesson: Lesson) -> NetRow:
    return NetRow(
        corpus_id=lab.corpus.id, recipe=plan.recipe, labels=lesson.truth.value, classes=lesson.classes,
        config=dict(plan.settings), seed=plan.seed, folds=plan.folds, data_hash=lesson.data_hash(),
        code_version=fairemo_gui.__version__, weights="", sha256="", status="training", parent_id=plan.parent,
    )  # fmt: skip


def _own_settings(plan: TrainPlan) -> dict[str, object]:
    """The recipe's own settings, without the encoders."""
    return {key: value for key, value in plan.settings.items() if key not in ENCODERS}


def _arguments(lab: Lab, plan: TrainPlan, lesson: Lesson, features: dict[str, str], weights: str) -> dict[str, Any]:
    table = lesson.table
    return {
        "recipe": plan.recipe,
        "config": _own_settings(plan),
        "features": features,
        "utterances": table.ids,
        "targets": lesson.targets,
        "seed": plan.seed,
        "out": str(lab.workspace.folder / weights),
        "groups": [table.speakers[k].code for k in table.speaker_index],
        **(
            {"folds": np.array(lesson.parts, dtype=np.int64)}
            if plan.folds > 1
            else {"split": [str(part) for part in lesson.parts]}
        ),
    }


def _store(lab: Lab, net_id: int, part: dict[str, Any], members: int) -> Changes:
    where = _HELD_OUT_FOLD if members > 1 else "test"
    ids = np.asarray(part["utterances"], dtype=np.int64)
    return nets.add_predictions(lab.workspace, net_id, ids, part["probabilities"], [where] * len(ids))


def plan_of(net: NetRow) -> TrainPlan:
    """The plan that trains a net's recipe again: same labels, classes, settings, seed and division of speakers."""
    config: dict[str, Any] = dict(net.config)
    encoders = {modality: str(name).partition("@")[0] for modality, name in config["encoders"].items()}
    return TrainPlan(
        recipe=net.recipe,
        labels=net.labels,
        classes=config["plan"]["classes"],
        settings={**config["settings"], **encoders},
        folds=net.folds,
        group=config["plan"]["group"],
        seed=net.seed,
        parts=config["plan"]["parts"],
        parent=net.id,
        caches=config["encoders"],
    )


def unchanged(lab: Lab, old: NetRow) -> str:
    """Why training a net's recipe again would give the same net, and what to do about it; empty where it would not."""
    if old.code_version != fairemo_gui.__version__ or lesson_of(lab, plan_of(old)).data_hash() != old.data_hash:
        return ""
    came = new_ratings(label_changes(lab.workspace, lab.corpus, old), Truth(old.labels))
    return f"No label changed since net {old.id}: the same data and seed give the same net. {came.sentence()}"


def retrain(ctx: TaskContext, lab: Lab, net: int | str = "latest", plan: IntervalPlan | None = None) -> ComparisonView:
    """Train a net's recipe again on today's ratings and compare the two on the same utterances.

    Raises:
        UserError: There is no net yet.
    """
    old = nets.trained_net(lab.workspace, net, lab.corpus.id)
    new = train(ctx, lab, replace(plan_of(old), parent=old.id))
    ctx.report(0, None, "Comparing")
    return compare_nets(lab.workspace, lab.corpus, old.id, new.id, plan=plan or IntervalPlan(), check=ctx.check)
