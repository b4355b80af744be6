"""The still parts of a head, painted once per film."""

from __future__ import annotations

import numpy as np

from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.people import Person
from fairemo_gui.corpora.demo.sheet import (
    Mask,
    Points,
    Sheet,
    closed_curve,
    darker,
    mirrored,
    moved,
    open_curve,
)

# Where the moving parts sit, in head units.
EYE_X, EYE_Y, EYE_HALF = 0.41, -0.06, 0.205
MOUTH_Y = 0.80
NOSE_Y = 0.40


def chin_height(person: Person) -> float:
    """Where the chin ends, in head units from the origin down."""
    return 1.30 * (1 + 0.6 * (person.look.chin - 1))


def head_outline(person: Person) -> Points:
    """Outline of skull, cheeks and jaw, head units, shape (n, 2)."""
    look, chin = person.look, chin_height(person)
    skull = [(0.0, -1.28), (0.52, -1.17), (0.86, -0.78)]
    cheek = [(0.97 * look.cheeks, -0.18), (0.93 * look.cheeks, 0.32)]
    jaw = [(0.76 * look.jaw, 0.80), (0.40 * look.jaw, chin - 0.11), (0.0, chin)]
    return closed_curve(mirrored([*skull, *cheek, *jaw]))


def paint_head(person: Person) -> Sheet:
    """Ears, face with its light and shadow, nose, beard and the lines of age; no eyes, brows, mouth or hair."""
    sheet, look = Sheet(), person.look
    for side in (-1, 1):
        _ear(sheet, person, side)
    outline = head_outline(person)
    sheet.lay(sheet.shape(outline, 0.012), look.skin)
    # Light and shadow reach a little over the edge, where coverage ends them; else a bright rim would stay.
    face = sheet.shape(outline * (1.03, 1.02), 0.012)
    _round(sheet, face, person)
    for side in (-1, 1):
        _cheek(sheet, face, person, side)
        _socket(sheet, face, person, side)
    _nose(sheet, face, person)
    _lip_groove(sheet, face)
    if look.beard:
        _beard(sheet, face, person)
    if look.lines:
        _age(sheet, face, look.lines)
    return sheet


def _ear(sheet: Sheet, person: Person, side: int) -> None:
    look = person.look
    x = side * 0.98 * look.cheeks
    rim = [(0.0, -0.28), (0.14, -0.26), (0.17, -0.02), (0.10, 0.26), (0.0, 0.40), (-0.1, 0.1)]
    ear = sheet.shape(closed_curve([(x + side * out, y) for out, y in rim]), 0.012)
    sheet.lay(ear, darker(look.skin, 0.06))
    sheet.light(ear * sheet.ellipse(x + side * 0.05, 0.02, 0.05, 0.17, blur=0.03), 0.74)
    if look.earrings:
        sheet.lay(sheet.ellipse(x + side * 0.05, 0.47, 0.045, 0.06, blur=0.01), (222, 186, 98))
        sheet.tint(sheet.ellipse(x + side * 0.04, 0.45, 0.015, 0.02, blur=0.01), (255, 244, 214), 0.9)


def _round(sheet: Sheet, face: Mask, person: Person) -> None:
    """Light from above left makes the head round."""
    lit = moved(head_outline(person) * (0.80, 0.90), -0.05, -0.03)
    sheet.light(face * (1 - sheet.shape(lit, 0.20)), 0.74)
    sheet.light(face * sheet.ellipse(0.85, 0.25, 0.30, 0.9, blur=0.2), 0.88)
    sheet.light(face * sheet.ellipse(0.0, 1.36, 0.75, 0.16, blur=0.12), 0.84)
    sheet.light(face * sheet.ellipse(-0.12, -0.66, 0.5, 0.22, blur=0.2), 1.07)
    sheet.light(face * sheet.ellipse(-0.03, 1.13, 0.16, 0.09, blur=0.07), 1.06)


def _cheek(sheet: Sheet, face: Mask, person: Person, side: int) -> None:
    """Some warmth, a lit bone, a hollow below it."""
    warm = (214, 110, 96) if sum(person.look.skin) > 480 else (150, 64, 46)
    blush = face * sheet.ellipse(side * 0.56, 0.34, 0.22, 0.17, side * 18, blur=0.12)
    sheet.tint(blush, warm, 0.17 if person.gender is Gender.FEMALE else 0.11)
    sheet.light(face * sheet.ellipse(side * 0.57 - 0.03, 0.19, 0.17, 0.08, side * 18, blur=0.07), 1.07)
    sheet.light(face * sheet.ellipse(side * 0.66, 0.62, 0.13, 0.26, side * 24, blur=0.11), 0.91)


def _socket(sheet: Sheet, face: Mask, person: Person, side: int) -> None:
    x = side * EYE_X
    sheet.light(face * sheet.ellipse(x * 0.97, EYE_Y - 0.06, 0.25, 0.155, side * 6, blur=0.07), 0.89)
    sheet.light(face * sheet.ellipse(side * 0.20, EYE_Y - 0.08, 0.06, 0.13, -side * 14, blur=0.06), 0.87)
    sheet.light(face * sheet.ellipse(x, EYE_Y + 0.16, 0.19, 0.035, side * 4, blur=0.03), 0.94)
    if person.gender is Gender.FEMALE:
        lid = face * sheet.ellipse(x + side * 0.02, EYE_Y - 0.10, 0.20, 0.065, side * 6, blur=0.04)
        sheet.tint(lid, darker(person.look.skin, 0.42), 0.22)


def _nose(sheet: Sheet, face: Mask, person: Person) -> None:
    """A lit ridge, dark nostrils, a shadow to the right and below."""
    wide, dark = 0.185 * person.look.nose, darker(person.look.skin, 0.68)
    sheet.light(face * sheet.ellipse(0.115, 0.12, 0.045, 0.30, -7, blur=0.05), 0.87)
    sheet.light(face * sheet.ellipse(-0.105, 0.14, 0.03, 0.26, 7, blur=0.05), 0.94)
    sheet.light(face * sheet.ellipse(-0.02, 0.08, 0.045, 0.36, blur=0.035), 1.08)
    for side in (-1, 1):
        wing = [(wide - 0.03, NOSE_Y - 0.12), (wide + 0.025, NOSE_Y - 0.02), (wide - 0.01, NOSE_Y + 0.06)]
        line = open_curve([(side * x, y) for x, y in wing])
        sheet.light(face * sheet.stroke(line, 0.028, 0.016), 0.74 if side > 0 else 0.80)
        nostril = sheet.ellipse(side * wide * 0.52, NOSE_Y + 0.055, wide * 0.3, 0.024, -side * 12, blur=0.012)
        sheet.tint(face * nostril, dark, 0.85)
    sheet.light(face * sheet.ellipse(0.02, NOSE_Y + 0.11, wide * 0.95, 0.04, blur=0.035), 0.84)
    sheet.light(face * sheet.ellipse(-0.025, NOSE_Y - 0.03, 0.06, 0.05, blur=0.035), 1.13)


def _lip_groove(sheet: Sheet, face: Mask) -> None:
    sheet.light(face * sheet.ellipse(0.0, 0.595, 0.035, 0.07, blur=0.03), 0.92)
    for side in (-1, 1):
        sheet.light(face * sheet.ellipse(side * 0.055, 0.60, 0.018, 0.06, blur=0.02), 1.03)


def _beard(sheet: Sheet, face: Mask, person: Person) -> None:
    look, chin = person.look, chin_height(person)
    lip = [(0.0, 0.52), (0.30, 0.54), (0.44, 0.76), (0.62, 0.58)]
    side = [(0.92 * look.cheeks, 0.10), (0.97 * look.cheeks, 0.3), (0.80 * look.jaw, 0.84)]
    outline = closed_curve(mirrored([*lip, *side, (0.42 * look.jaw, chin - 0.05), (0.0, chin + 0.06)]))
    area = face * sheet.shape(outline, 0.05)
    rng = np.random.default_rng(sum(look.skin))
    starts = np.stack([rng.uniform(-1, 1, 900), rng.uniform(0.1, 1.4, 900)], axis=1)
    hairs = [np.array([start, moved(start, start[0] * 0.05, 0.05)]) for start in starts]
    sheet.tint(area, look.hair, 0.72 * look.beard)
    grain = sheet.strokes(hairs, [int(level) for level in rng.integers(92, 150, len(hairs))], 0.006)
    sheet.light(area * np.float32(look.beard), grain)


def _age(sheet: Sheet, face: Mask, depth: float) -> None:
    """A few calm lines: forehead, crow's feet, under the eyes, from nose to mouth and below."""
    strength = 1 - 0.20 * depth

    def line(points: list[tuple[float, float]], width: float, blur: float, factor: float) -> None:
        sheet.light(face * sheet.stroke(open_curve(points), width, blur), factor)

    for y in (-0.72, -0.60):
        line([(-0.38, y + 0.03), (-0.12, y), (0.14, y + 0.005), (0.38, y + 0.03)], 0.015, 0.014, strength + 0.06)
    for s in (-1, 1):
        for k in (-1, 0, 1):
            foot = [(0.66, 0.02 + 0.03 * k), (0.72, 0.03 + 0.05 * k), (0.79, 0.04 + 0.075 * k)]
            line([(s * x, EYE_Y + y) for x, y in foot], 0.012, 0.010, strength)
        line([(s * 0.25, EYE_Y + 0.15), (s * 0.42, EYE_Y + 0.22), (s * 0.58, EYE_Y + 0.16)], 0.018, 0.016, strength)
        line([(s * 0.23, 0.42), (s * 0.37, 0.60), (s * 0.44, 0.82)], 0.022, 0.022, strength - 0.02)
        line([(s * 0.44, 0.92), (s * 0.47, 1.02), (s * 0.43, 1.12)], 0.02, 0.025, strength + 0.05)
