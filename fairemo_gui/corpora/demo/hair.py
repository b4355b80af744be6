"""Hair: what hangs behind the neck, and what lies on the head."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fairemo_gui.corpora.demo.people import Hair, Person
from fairemo_gui.corpora.demo.sheet import (
    Mask,
    Points,
    Sheet,
    closed_curve,
    darker,
    lighter,
    mirrored,
    moved,
    open_curve,
    outline,
)

Outline = list[tuple[float, float]]
Paint = Callable[[Sheet, Person], None]
_PARTING = (0.22, -1.30)
_SWEPT_BACK = mirrored(
    outline("0,-1.42 0.60,-1.32 0.97,-0.90 1.07,-0.25 1.01,0.08 0.93,-0.30 0.74,-0.74 0.38,-0.97 0,-1.01")
)
_PIXIE = outline(
    "0.30,-1.44 0.82,-1.24 1.08,-0.70 1.07,-0.10 0.98,0.16 0.93,-0.18 0.84,-0.52 0.62,-0.80 0.30,-0.98 "
    "-0.10,-0.86 -0.50,-0.64 -0.82,-0.42 -0.93,-0.12 -0.98,0.16 -1.07,-0.10 -1.08,-0.70 -0.82,-1.24 -0.30,-1.46"
)
_PARTED = outline(
    "0.46,-1.40 0.84,-1.20 1.04,-0.72 1.02,-0.16 0.95,0.02 0.92,-0.34 0.80,-0.66 0.56,-0.92 0.44,-1.00 0.10,-0.90 "
    "-0.36,-0.86 -0.74,-0.70 -0.91,-0.34 -0.95,0.02 -1.02,-0.16 -1.06,-0.76 -0.86,-1.28 -0.30,-1.50 0.10,-1.50"
)
_SWEPT = outline(
    "0.20,-1.62 0.72,-1.46 1.04,-1.00 1.03,-0.30 0.96,0 0.92,-0.40 0.76,-0.78 0.40,-0.98 0,-1.00 "
    "-0.42,-0.94 -0.78,-0.72 -0.92,-0.36 -0.96,0 -1.03,-0.30 -1.04,-0.96 -0.74,-1.36 -0.28,-1.56"
)
_CROP = mirrored(
    outline(
        "0,-1.39 0.56,-1.29 0.92,-0.92 1.02,-0.36 0.99,-0.04 0.94,-0.06 0.91,-0.40 0.84,-0.66 0.66,-0.84 "
        "0.32,-0.90 0,-0.89"
    )
)
_BUZZ = mirrored(
    outline("0,-1.33 0.56,-1.23 0.92,-0.90 1.00,-0.36 0.98,-0.04 0.93,-0.06 0.90,-0.40 0.84,-0.66 0.66,-0.84 0,-0.89")
)
_TEMPLE = outline("0.60,-1.20 0.90,-0.98 1.06,-0.52 1.06,-0.08 0.98,0.12 0.93,-0.16 0.90,-0.46 0.80,-0.74 0.64,-0.98")
_CROWN = mirrored(outline("0,-1.31 0.40,-1.25 0.64,-1.13 0.36,-1.16 0,-1.19"))
# The right half of what hangs behind the neck.
_BACKS = {
    Hair.LONG: outline("0,-1.40 0.72,-1.26 1.16,-0.70 1.24,0.4 1.22,1.5 1.12,2.35 0.55,2.45 0,2.1"),
    Hair.WAVY: outline("0,-1.40 0.72,-1.26 1.18,-0.66 1.28,0.4 1.36,1.3 1.18,1.95 0.6,2.05 0,1.8"),
    Hair.BOB: outline("0,-1.40 0.72,-1.26 1.16,-0.66 1.22,0.3 1.16,0.95 0.7,1.12 0,1.1"),
    Hair.BUN: outline("0,-1.98 0.30,-1.93 0.46,-1.68 0.38,-1.40 0.62,-1.2 0.3,-1.0 0,-0.9"),
}


def paint_back(person: Person) -> Sheet:
    """The hair behind neck and shoulders; an empty sheet where there is none."""
    sheet, cut = Sheet(), person.look.cut
    if cut in _BACKS:
        mask = sheet.shape(closed_curve(mirrored(_BACKS[cut])), 0.02)
        sheet.lay(mask, darker(person.look.hair, 0.25))
        _strands(sheet, mask, person, _falling(_BACKS[cut]))
        sheet.light(mask * sheet.ellipse(0, 1.2, 0.75, 1.1, blur=0.2), 0.62)
    if cut is Hair.CURLS:
        _locks(sheet, person, _curl_spots(person))
    return sheet


def paint_front(sheet: Sheet, person: Person) -> None:
    """Put the hair that lies over the forehead and temples on a painted head."""
    _FRONTS[person.look.cut](sheet, person)


def _curtains(length: float, wave: float = 0.0) -> Paint:
    """Parted hair that frames the face, down to `length`."""

    def paint(sheet: Sheet, person: Person) -> None:
        for side in (-1, 1):
            shape = _curtain(side, length)
            waved = [(x + wave * np.sin(5.2 * y + side), y) if y > -0.4 else (x, y) for x, y in shape]
            _cap(sheet, person, waved, _PARTING, 0.05)

    return paint


def _curtain(side: int, length: float) -> Outline:
    """The left (−1) or right (1) half of parted hair."""
    x = _PARTING[0]
    forehead = (x + 0.22, -1.02) if side > 0 else (x - 0.48, -0.92)
    inside = [(0.80, -0.48), (0.93, 0.10), (0.96, 0.70), (0.88, length * 0.72), (0.84, length)]
    outside = [(1.18, length * 0.98), (1.26, 0.85), (1.22, -0.20), (1.02, -1.02)]
    hanging = [(side * a, b) for a, b in (*inside, *outside)]
    return [(x + side * 0.02, -1.38), (x, -1.22), forehead, *hanging, (side * 0.55 + x * 0.4, -1.40)]


def _one_piece(shape: Outline, root: tuple[float, float], bow: float) -> Paint:
    """Hair in one piece, with strands from a root."""

    def paint(sheet: Sheet, person: Person) -> None:
        _cap(sheet, person, shape, root, bow)

    return paint


def _cap(sheet: Sheet, person: Person, shape: Outline, root: tuple[float, float], bow: float) -> None:
    """A piece of hair with strands, shine and a shadow on the skin under its edge."""
    curve = closed_curve(shape, 220)
    mask = sheet.shape(curve, 0.014)
    sheet.light(sheet.shape(moved(curve, 0.02, 0.07), 0.05) * (1 - mask) * sheet.alpha, 0.80)
    sheet.lay(mask, person.look.hair)
    _strands(sheet, mask, person, _radiating(root, curve, bow))
    _shine(sheet, mask, person)
    sheet.light(mask * sheet.ellipse(1.0, -0.5, 0.28, 0.8, blur=0.18), 0.74)


def _shine(sheet: Sheet, mask: Mask, person: Person) -> None:
    band = sheet.ellipse(-0.36, -1.02, 0.34, 0.10, -24, blur=0.09)
    sheet.tint(mask * band, lighter(person.look.hair, 0.5), 0.34)


def _strands(sheet: Sheet, mask: Mask, person: Person, lines: list[Points]) -> None:
    """Light and dark strands along lines; dark hair shines more where it is light."""
    hair = person.look.hair
    rng = np.random.default_rng(len(lines) + sum(hair))
    levels = np.clip(rng.normal(128, 34 if sum(hair) < 200 else 22, len(lines)), 40, 230).astype(int)
    grain = sheet.strokes(lines, [int(level) for level in levels], 0.008)
    sheet.light(mask, grain)
    if sum(hair) < 260:
        sheet.tint(np.clip(grain - 1.02, 0, 0.5) * mask, lighter(hair, 0.35), 0.8)


def _falling(half: Outline) -> list[Points]:
    """Strands that follow a hanging outline at shrinking distance from its middle."""
    rng = np.random.default_rng(7)
    curve = open_curve(half[1:-1], 30)
    shares = rng.uniform(0.05, 1.0, 170)
    return [
        curve * (side * share, 0.55 + 0.45 * share) + rng.normal(0, 0.012, 2) for share in shares for side in (-1, 1)
    ]


def _radiating(root: tuple[float, float], edge: Points, bow: float) -> list[Points]:
    """Strands from around a root to an edge, bowed outwards."""
    rng = np.random.default_rng(11)
    lines = []
    for position in rng.uniform(0, len(edge) - 1, 240):
        end = edge[int(position)] + rng.normal(0, 0.03, 2)
        start = np.array(root) + rng.normal(0, 0.05, 2)
        middle = moved((start + end) / 2 * (1.0, 1.0 + bow), (end[0] - start[0]) * 0.12, -bow * 0.25)
        line = open_curve([(float(x), float(y)) for x, y in (start, middle, end)], 16)
        lines.append(line[: int(rng.uniform(12, 17))])
    return lines


def _buzz(sheet: Sheet, person: Person) -> None:
    """Hair so short that the skin shows through."""
    rng = np.random.default_rng(3)
    curve = closed_curve(_BUZZ)
    sheet.lay(sheet.shape(curve, 0.012) * (sheet.alpha < 0.99), darker(person.look.skin, 0.2))
    mask = sheet.shape(curve, 0.035) * sheet.alpha
    sheet.tint(mask, person.look.hair, 0.86)
    spots = np.stack([rng.uniform(-1.1, 1.1, 1600), rng.uniform(-1.35, 0.1, 1600)], axis=1)
    hairs = [np.array([spot, moved(spot, 0.012, -0.02)]) for spot in spots]
    sheet.light(mask, sheet.strokes(hairs, [int(level) for level in rng.integers(90, 176, len(hairs))], 0.005))
    _shine(sheet, mask, person)


def _receding(sheet: Sheet, person: Person) -> None:
    for side in (-1, 1):
        _cap(sheet, person, [(side * x, y) for x, y in _TEMPLE], (side * 0.72, -1.16), 0.05)
    sheet.tint(sheet.shape(closed_curve(_CROWN), 0.03) * sheet.alpha, person.look.hair, 0.7)


def _curls(sheet: Sheet, person: Person) -> None:
    """Locks above a round hairline and beside the temples; the rest is behind the head."""
    spots = _curl_spots(person)
    x, y = spots.T
    _locks(sheet, person, spots[((x / 0.98) ** 2 + ((y + 0.02) / 0.93) ** 2 > 1) & (y < 0.15)])


def _curl_spots(person: Person) -> Points:
    """Where curls sit: on a round head of hair, and down to the jaw if it is worn wide."""
    rng = np.random.default_rng(sum(person.look.skin))
    wide = person.look.earrings
    angle, reach = rng.uniform(-np.pi, 0.0, 380), np.sqrt(rng.uniform(0.25, 1.0, 380))
    width, height = (1.36, 1.28) if wide else (1.06, 1.20)
    above = np.stack([np.cos(angle) * reach * width, np.sin(angle) * reach * height - 0.32], axis=1)
    if not wide:
        return above
    beside = rng.choice([-1, 1], 190) * rng.uniform(0.98, 1.34, 190)
    return np.concatenate([above, np.stack([beside, rng.uniform(-0.4, 0.75, 190)], axis=1)])


def _locks(sheet: Sheet, person: Person, spots: Points) -> None:
    """Many small round locks, each with its light side, from the lowest up."""
    rng = np.random.default_rng(len(spots))
    order = spots[np.argsort(-spots[:, 1])]
    grain, cover = sheet.locks([(x, y, rng.uniform(0.10, 0.17), rng.uniform(0.65, 1.0)) for x, y in order])
    sheet.lay(cover, person.look.hair)
    sheet.light(cover, grain)
    sheet.tint(np.clip(grain - 1.0, 0, 0.6) * cover, lighter(person.look.hair, 0.4), 0.9)


_FRONTS: dict[Hair, Paint] = {
    Hair.LONG: _curtains(1.9),
    Hair.WAVY: _curtains(1.66, wave=0.055),
    Hair.BOB: _curtains(0.92),
    Hair.BUN: _one_piece(_SWEPT_BACK, (0.0, -1.42), 0.02),
    Hair.CURLS: _curls,
    Hair.PIXIE: _one_piece(_PIXIE, (0.45, -1.36), 0.10),
    Hair.CROP: _one_piece(_CROP, (0.1, -1.30), 0.08),
    Hair.PARTED: _one_piece(_PARTED, (0.50, -1.28), 0.16),
    Hair.SWEPT: _one_piece(_SWEPT, (-0.30, -0.95), 0.22),
    Hair.BUZZ: _buzz,
    Hair.RECEDING: _receding,
}
