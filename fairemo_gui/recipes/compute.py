"""Training and predicting as tasks of the compute process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from fairemo_gui.core.splits import Parts, check_disjoint, fold_parts
from fairemo_gui.errors import BugError, UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.members import Lesson, Member, train_member
from fairemo_gui.recipes.registry import check_settings, make_recipe, recipe_entry
from fairemo_gui.training.checkpoints import load_members, save_members
from fairemo_gui.training.data import Rows, batches
from fairemo_gui.training.history import Figures
from fairemo_gui.training.loop import probabilities
from fairemo_gui.training.recipe import Recipe
from fairemo_gui.training.seeds import member_seeds

Labels = npt.NDArray[np.float64]

_LIVE_PARTS = 40
_SMALLEST_PART, _LARGEST_PART = 8, 256


def train_task(
    ctx: TaskContext,
    recipe: str,
    config: dict[str, Any],
    features: dict[str, str],
    utterances: npt.NDArray[np.int64],
    targets: Labels,
    seed: int,
    out: str,
    split: list[str] | None = None,
    folds: npt.NDArray[np.int64] | None = None,
    groups: list[str] | None = None,
) -> dict[str, Any]:
    """Train a net: one member on a split, or one per fold.

    Emits per epoch `epoch`, `train_loss`, `validation_loss`, `validation_uar`, with `member` and `members`; and per
    trained member `utterances`, `probabilities` and `member`: its predictions for the part it was not trained on.

    Args:
        ctx: Progress, parts, cancelling.
        recipe: Name of the recipe.
        config: Its settings, text or typed.
        features: Folder of a feature cache per modality (`audio`, `text`, `video`).
        utterances: Ids, shape (n,).
        targets: Label distributions, shape (n, K), one-hot or soft; rows of NaN have no label.
        seed: Everything random follows from it.
        out: Weights file to write, `….safetensors`.
        split: `train`, `validation` or `test` per utterance; either this or `folds`.
        folds: Fold 0 … k−1 per utterance, shape (n,); fold f is tested by member f, the next one stops it.
        groups: Speaker or session per utterance; none may be in two parts.

    Returns:
        `weights` (path), `sha256`, `config` (all that is needed to predict), `members`, `seconds`, `history` (per
        member a list of epochs), `utterances`, `probabilities` (float32) and `member` of the test part or out of fold,
        and `skipped`: `utterance` and `reason`.

    Raises:
        UserError: A setting is impossible, features are missing or damaged, or a speaker is in two parts.
    """
    started = time.monotonic()
    rounds = _rounds(split, folds)
    if groups is not None:
        check_disjoint(groups, (split or []) if folds is None else folds.tolist())
    caches = {name: FeatureCache(Path(folder)) for name, folder in features.items()}
    made = make_recipe(recipe, config, caches)
    ctx.report(0, None, "Reading features")
    inputs = made.inputs(caches, utterances, ctx.check)
    usable = inputs.usable()
    dims = inputs.dims()
    lesson = Lesson(inputs, targets, usable)
    members = _train_members(ctx, made, dims, lesson, rounds, member_seeds(seed, len(rounds)), utterances)
    stored = _stored_config(made, caches, dims, targets.shape[1], len(members))
    sha256 = save_members(Path(out), [member.net for member in members], stored)
    return {
        "weights": out,
        "sha256": sha256,
        "config": stored,
        "members": len(members),
        "seconds": time.monotonic() - started,
        "history": [member.history for member in members],
        **_joined(members, utterances),
        "skipped": _skipped(utterances, usable, made),
    }


def predict_task(
    ctx: TaskContext,
    net: dict[str, Any],
    features: dict[str, str],
    utterances: npt.NDArray[np.int64],
    member: npt.NDArray[np.int64] | None = None,
) -> dict[str, Any]:
    """Predict with a stored net; probabilities are emitted in small batches.

    Emits `utterances` and `probabilities` (float32, shape (n, K)).

    Args:
        ctx: Progress, parts, cancelling.
        net: `weights` (path), `sha256` and `config` as training returned them.
        features: Folder of a feature cache per modality, made by the encoders the net was trained on.
        utterances: Ids, shape (n,).
        member: Per utterance the member to ask (the one that had it in its test fold), −1 or none at all = the mean of
            all members.

    Returns:
        `predicted`: how many, and `skipped`: `utterance` and `reason`.

    Raises:
        UserError: The weights were changed, or features are missing or of another encoder.
    """
    ctx.report(0, len(utterances), "Reading the net")
    caches = {name: FeatureCache(Path(folder)) for name, folder in features.items()}
    recipe, modules = open_net(net, caches)
    plan = recipe.plan()
    asked = np.full(len(utterances), -1, dtype=np.int64) if member is None else np.asarray(member, dtype=np.int64)
    skipped: list[dict[str, Any]] = []
    size = min(max(len(utterances) // _LIVE_PARTS, _SMALLEST_PART), _LARGEST_PART)
    for rows in batches(np.arange(len(utterances)), size):
        inputs = recipe.inputs(caches, utterances[rows], ctx.check)
        usable = inputs.usable()
        skipped += _skipped(utterances[rows], usable, recipe)
        kept = np.flatnonzero(usable)
        if len(kept):
            said = np.stack([probabilities(module, inputs, kept, plan.device) for module in modules])
            ctx.emit({"utterances": utterances[rows][kept], "probabilities": _chosen(said, asked[rows][kept])})
        ctx.report(int(rows[-1]) + 1, len(utterances), "Predicting")
    return {"predicted": len(utterances) - len(skipped), "skipped": skipped}


def open_net(net: dict[str, Any], caches: dict[str, FeatureCache]) -> tuple[Recipe, list[nn.Module]]:
    """A stored net's recipe and its members, on the device it runs on.

    Raises:
        UserError: Its recipe does not know its settings, its weights were changed, or features are missing or of
            another encoder.
    """
    config = net["config"]
    known = recipe_entry(config["recipe"])
    try:
        check_settings(known.name, config["settings"], known.modalities)
    except UserError as error:
        raise UserError("This net was made by an older version; train again.", [error.message]) from error
    recipe = make_recipe(known.name, config["settings"], caches)
    _check_encoders(config["encoders"], caches)
    device = recipe.plan().device
    modules = [recipe.build(config["dims"], config["classes"]).to(device) for _ in range(config["members"])]
    load_members(Path(net["weights"]), net["sha256"], modules)
    return recipe, modules


def _rounds(split: Sequence[str] | None, folds: npt.NDArray[np.int64] | None) -> list[Parts]:
    """Parts of each member's training."""
    if (split is None) == (folds is None):
        raise BugError("training takes either a split or folds")
    if folds is None:
        return [np.asarray(split, dtype=np.str_)]
    k = int(folds.max()) + 1
    return [fold_parts(folds, tested, k) for tested in range(k)]


def _train_members(
    ctx: TaskContext,
    recipe: Recipe,
    dims: dict[str, int],
    lesson: Lesson,
    rounds: list[Parts],
    seeds: list[int],
    utterances: Rows,
) -> list[Member]:
    members: list[Member] = []
    for number, (parts, seed) in enumerate(zip(rounds, seeds, strict=True)):

        def tell(figures: Figures, number: int = number) -> None:
            ctx.emit({**figures, "member": number, "members": len(rounds)})
            # Nobody knows when early stopping will strike: each epoch takes a share of what is left.
            share = figures["epoch"] / (figures["epoch"] + recipe.plan().patience)
            ctx.report(int(1000 * (number + share)), 1000 * len(rounds), _progress_text(figures, number, len(rounds)))

        members.append(train_member(recipe, dims, lesson, parts, seed, ctx.check, tell))
        ctx.emit({**_joined(members[-1:], utterances), "member": number, "members": len(rounds)})
    return members


def _progress_text(figures: Figures, number: int, members: int) -> str:
    where = f"Fold {number + 1} of {members}, epoch" if members > 1 else "Epoch"
    return f"{where} {figures['epoch']:.0f}: validation loss {figures['validation_loss']:.3f}"


def _joined(members: Sequence[Member], utterances: Rows) -> dict[str, Any]:
    """Predictions of all members for what they were not trained on."""
    return {
        "utterances": utterances[np.concatenate([member.rows for member in members])],
        "probabilities": np.concatenate([member.probabilities for member in members]),
        "member": np.concatenate([np.full(len(member.rows), k, dtype=np.int64) for k, member in enumerate(members)]),
    }


def _stored_config(
    recipe: Recipe, caches: dict[str, FeatureCache], dims: dict[str, int], classes: int, members: int
) -> dict[str, Any]:
    return {
        "recipe": recipe.name,
        "settings": recipe.settings(),
        "encoders": {name: caches[name].info.name for name in recipe.modalities},
        "dims": dims,
        "classes": classes,
        "members": members,
    }


def _check_encoders(trained_on: dict[str, str], caches: dict[str, FeatureCache]) -> None:
    for name, encoder in trained_on.items():
        given = caches[name].info.name if name in caches else "none"
        if given != encoder:
            raise UserError(
                f"The net was trained on {encoder} for {name}, not on {given}: extract those features first."
            )


def _chosen(said: npt.NDArray[np.float32], member: Rows) -> npt.NDArray[np.float32]:
    """The asked member's probabilities, or the mean of all: shape (members, n, K) → (n, K)."""
    mean = said.mean(axis=0)
    own = said[np.maximum(member, 0), np.arange(len(member))]
    return np.asarray(np.where(member[:, None] >= 0, own, mean), dtype=np.float32)


def _skipped(utterances: Rows, usable: npt.NDArray[np.bool_], recipe: Recipe) -> list[dict[str, Any]]:
    reason = f"no features for {' or '.join(recipe.modalities)}"
    return [{"utterance": int(utterance), "reason": reason} for utterance in utterances[~usable]]
