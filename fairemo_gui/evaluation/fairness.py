"""How differently groups are served: parity, equalized odds, signed differences, the papers' variants."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from fairemo_gui.evaluation.arrays import Float, as_float
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.contrast import Contrast, Sides, difference, halfway, larger, spread
from fairemo_gui.evaluation.resample import Quantity, Terms
from fairemo_gui.evaluation.sheet import MACRO_F1, GroupSheet, quantity_block

SIGNED = {"sp": "selection_rate", "eo": "recall", "f1": "f1"}


def fairness_blocks(sheets: list[GroupSheet], classes: tuple[str, ...], errors: bool) -> list[Block]:
    """Every fairness number of one attribute, over the groups given (two at least)."""
    sides = Sides(sheets)
    micro = spread(sides, "micro")
    selection, tpr, fpr = (spread(sides, name) for name in ("selection_rate", "recall", "fpr"))
    gaps = {"dpd": selection, "eod": larger(tpr, fpr), "delta_sp": selection}
    blocks = [_per_class(name, gap, classes, errors) for name, gap in gaps.items()]
    gaps["delta_eo"] = halfway(tpr, fpr)
    quantities: dict[Path, Quantity] = {("macro_f1_gap",): macro_f1_gap(sheets)}
    quantities |= {("dpd", "micro"): micro.item(0), ("eod", "micro"): _larger_micro(micro)}
    quantities |= {("delta_eo", "per_class", c): gaps["delta_eo"].item(k) for k, c in enumerate(classes)}
    for name, gap in gaps.items():
        quantities |= {(name, "macro"): gap.mean(), (name, "worst"): gap.worst()}
    blocks.append(quantity_block(quantities, sides.groups, errors, edge=True))
    blocks.append(quantity_block({("bias",): _bias(sheets)}, sides.groups, errors, high=100.0, edge=True))
    return blocks + (_signed_blocks(sides, classes, errors) if len(sheets) == 2 else [])


def empty_cells(sheets: list[GroupSheet]) -> dict[str, int]:
    """How many (group, class) cells have no rate to compare, per rate."""
    return {
        name: sum(int(np.isnan(sheet.ratios[name].value[0]).sum()) for sheet in sheets)
        for name in ("selection_rate", "recall", "fpr")
    }


def _per_class(name: str, contrast: Contrast, classes: tuple[str, ...], errors: bool) -> Block:
    paths: list[Path] = [(name, "per_class", c) for c in classes]
    return _block(paths, contrast, errors, edge=True)


def _block(paths: list[Path], contrast: Contrast, errors: bool, low: float = 0.0, edge: bool = False) -> Block:
    if not errors:
        return Block(paths, contrast.value, None, low, edge=edge)
    return Block(paths, contrast.value, contrast.variance(), low, edge=edge, freedom=contrast.freedom())


def _larger_micro(micro: Contrast) -> Quantity:
    """The larger of the micro TPR and FPR gaps."""
    tpr, fpr = micro.value[:, 1], micro.value[:, 2]
    return micro.item(np.where(np.isnan(tpr) | (fpr > tpr), 2, 1))


def _by_group(value: Float, slopes: Callable[[], Float], sheets: list[GroupSheet]) -> Quantity:
    """A number made of the groups' macro-F1; `slopes` gives its derivative by group, shape (R, G)."""

    def derive() -> Terms:
        by_group, terms = slopes(), []
        for g, sheet in enumerate(sheets):
            ((_, inner),) = sheet.quantities[MACRO_F1].terms
            terms.append((g, tuple((ratios, by_group[:, g, None] * slope) for ratios, slope in inner)))
        return tuple(terms)

    return Quantity(value, derive)


def _macro_f1(sheets: list[GroupSheet]) -> Float:
    return np.array([sheet.quantities[MACRO_F1].value for sheet in sheets]).T


def macro_f1_gap(sheets: list[GroupSheet]) -> Quantity:
    """Highest minus lowest macro-F1 over the groups."""
    scores = _macro_f1(sheets)

    def slopes() -> Float:
        groups = np.arange(len(sheets))
        top, bottom = scores.argmax(axis=1)[:, None], scores.argmin(axis=1)[:, None]
        return as_float(groups == top) - as_float(groups == bottom)

    return _by_group(np.ptp(scores, axis=1), slopes, sheets)


def _bias(sheets: list[GroupSheet]) -> Quantity:
    """Paper 2: 100 × the mean over unordered pairs of groups of the difference in macro-F1."""
    scores, groups = _macro_f1(sheets), len(sheets)
    first, second = np.array(list(combinations(range(groups), 2))).T
    gaps = scores[:, first] - scores[:, second]
    pairs = np.zeros((len(first), groups))
    pairs[np.arange(len(first)), first], pairs[np.arange(len(first)), second] = 1.0, -1.0
    scale = 100 / len(first)
    return _by_group(scale * np.abs(gaps).sum(axis=1), lambda: scale * np.sign(gaps) @ pairs, sheets)


def _signed_blocks(sides: Sides, classes: tuple[str, ...], errors: bool) -> list[Block]:
    """Two groups: signed differences per class, their aggregates, and the difference of the confusion matrices."""
    blocks: list[Block] = []
    signed: dict[Path, Quantity] = {}
    magnitudes: dict[Path, Quantity] = {}
    for name, family in SIGNED.items():
        contrast = difference(sides, family)
        paths: list[Path] = [("signed", name, "per_class", c) for c in classes]
        blocks.append(_block(paths, contrast, errors, -1.0))
        magnitude = contrast.magnitude()
        signed["signed", name, "signed_mean"] = contrast.mean()
        magnitudes |= {("signed", name, "abs_mean"): magnitude.mean(), ("signed", name, "worst"): magnitude.worst()}
    scores = _macro_f1(sides.sheets)
    signed["signed", "macro_f1"] = _by_group(
        scores[:, 1] - scores[:, 0], lambda: np.broadcast_to(np.array([-1.0, 1.0]), scores.shape), sides.sheets
    )
    for k, name in enumerate(("exact_match", "accuracy", "brier")):
        signed["signed", name] = difference(sides, "scalars").item(k)
    many = range(len(classes))
    cells = difference(sides, "confusion")
    where: list[Path] = [("signed", "confusion", i, j) for i in many for j in many]
    blocks.append(_block(where, cells, errors, -1.0))
    blocks.append(quantity_block(signed, sides.groups, errors, low=-1.0))
    blocks.append(quantity_block(magnitudes, sides.groups, errors, edge=True))
    return blocks
