"""Neck, shoulders and clothes, painted once per film."""

from __future__ import annotations

import numpy as np

from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.people import Clothes, Person
from fairemo_gui.corpora.demo.portrait import chin_height
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
    softened,
)

_SHIRT_UNDER_JACKET = (236, 234, 228)


def paint_body(person: Person) -> Sheet:
    """Neck, shoulders and clothes."""
    sheet, look = Sheet(), person.look
    neck, shoulder = (0.56, 2.15) if person.gender is Gender.MALE else (0.42, 1.80)
    half = [(0.0, 0.6), (neck, 0.7), (neck * 0.97, 1.35), (neck * 1.16, 1.66), (neck * 1.2, 2.1), (0.0, 2.7)]
    skin = sheet.shape(closed_curve(mirrored(half)), 0.012)
    sheet.lay(skin, darker(look.skin, 0.07))
    _shade_throat(sheet, skin, person, neck)
    cloth = sheet.shape(_shoulders(neck, shoulder), 0.015) * (1 - _neckline(sheet, look.clothes, neck))
    sheet.lay(cloth, look.cloth)
    _shade_cloth(sheet, cloth, shoulder)
    _TRIMS[look.clothes](sheet, cloth, person, neck)
    return sheet


def _shade_throat(sheet: Sheet, skin: Mask, person: Person, neck: float) -> None:
    """The chin's shadow, round sides, tendons."""
    sheet.light(skin * sheet.ellipse(0.05, chin_height(person) - 0.05, neck * 1.5, 0.34, blur=0.10), 0.66)
    for side in (-1, 1):
        sheet.light(skin * sheet.ellipse(side * neck, 1.3, 0.14, 0.6, blur=0.09), 0.80)
        tendon = open_curve([(side * 0.27, 1.45), (side * 0.16, 1.75), (side * 0.07, 1.92)])
        sheet.light(skin * sheet.stroke(tendon, 0.04, 0.04), 0.90)
    if person.gender is Gender.MALE:
        sheet.light(skin * sheet.ellipse(0.03, 1.62, 0.07, 0.09, blur=0.05), 0.88)


def _shoulders(neck: float, shoulder: float) -> Points:
    collar = [(0.0, 1.50), (neck * 1.02, 1.52), (neck * 1.5, 1.72)]
    arm = [(0.72, 1.95), (0.96, 2.18), (1.08, 2.7), (1.12, 3.5)]
    return closed_curve(mirrored([*collar, *((x * shoulder, y) for x, y in arm), (0.0, 3.6)]))


def _neckline(sheet: Sheet, clothes: Clothes, neck: float) -> Mask:
    """What the clothes leave open: 1 where skin shows."""
    if clothes is Clothes.ROLL:
        return sheet.shape(closed_curve(mirrored([(0, 0.9), (neck, 0.9), (neck * 1.1, 1.42), (0, 1.54)])), 0.01)
    if clothes is Clothes.CREW:
        return sheet.shape(closed_curve(mirrored([(0, 1.2), (neck * 1.22, 1.4), (neck * 1.1, 1.78), (0, 1.98)])), 0.01)
    depth = 2.45 if clothes is Clothes.VEE else 2.22
    opening = [(0.0, depth), (neck * 0.62, 2.0), (neck * 1.3, 1.58), (neck * 0.8, 1.1)]
    return sheet.shape(np.array([*opening, *((-x, y) for x, y in reversed(opening[1:]))]), 0.012)


def _shade_cloth(sheet: Sheet, cloth: Mask, shoulder: float) -> None:
    """Round shoulders, lit from above left, and a few folds."""
    for side in (-1, 1):
        sheet.light(cloth * sheet.ellipse(side * shoulder * 1.12, 2.7, 0.5, 0.9, blur=0.22), 0.72)
        for lean, top in ((0.45, 2.2), (0.62, 2.3)):
            x = side * shoulder * lean
            fold = open_curve([(x, top), (x * 0.88, 2.6), (x * 1.04, 3.2)])
            sheet.light(cloth * sheet.stroke(fold, 0.05, 0.06), 0.92)
    sheet.light(cloth * sheet.ellipse(-shoulder * 0.55, 2.12, 0.5, 0.16, 14, blur=0.12), 1.12)


def _rim(sheet: Sheet, cloth: Mask, person: Person, neck: float) -> None:
    """A darker seam along the neckline."""
    edge = softened(1 - _neckline(sheet, person.look.clothes, neck), 4.0)
    sheet.light(cloth * np.clip(1 - np.abs(edge - 0.72) * 4, 0, 1), 0.84)


def _roll(sheet: Sheet, cloth: Mask, person: Person, neck: float) -> None:
    """A ribbed roll collar."""
    half = [(0.0, 1.54), (neck * 1.08, 1.40), (neck * 1.2, 1.66), (0.0, 1.86)]
    band = sheet.shape(closed_curve(mirrored(half)), 0.012)
    ribs = [np.array([(x, 1.3), (x * 1.08, 2.0)]) for x in np.linspace(-neck * 1.2, neck * 1.2, 22)]
    sheet.lay(band, lighter(person.look.cloth, 0.03))
    sheet.light(band, sheet.strokes(ribs, [112] * len(ribs), 0.008))
    hem = open_curve([(-neck * 1.2, 1.66), (0.0, 1.87), (neck * 1.2, 1.66)])
    sheet.light(band * sheet.stroke(hem, 0.03, 0.02), 0.72)
    for side in (-1, 1):
        sheet.light(band * sheet.ellipse(side * neck * 1.15, 1.6, 0.1, 0.3, blur=0.06), 0.78)


def _shirt(sheet: Sheet, cloth: Mask, person: Person, neck: float) -> None:
    """A collar and a row of buttons."""
    _collar(sheet, person.look.cloth, neck)
    placket = open_curve([(0.0, 2.24), (0.01, 2.8), (0.0, 3.4)])
    sheet.light(sheet.stroke(placket, 0.025, 0.015), 0.78)
    sheet.tint(sheet.ellipse(0.05, 2.52, 0.035, 0.035, blur=0.008), darker(person.look.cloth, 0.4), 0.9)


def _jacket(sheet: Sheet, cloth: Mask, person: Person, neck: float) -> None:
    """A white collar between two lapels."""
    _collar(sheet, _SHIRT_UNDER_JACKET, neck)
    for side in (-1, 1):
        near = [(1.3, 1.56), (1.9, 1.85), (1.75, 2.35), (1.35, 2.45)]
        lapel = [*((side * neck * x, y) for x, y in near), (side * 0.1, 3.3), (side * 0.06, 2.75)]
        _flap(sheet, np.array([*lapel, (side * neck * 1.05, 2.14)]), person.look.cloth, side)


def _collar(sheet: Sheet, colour: tuple[int, int, int], neck: float) -> None:
    for side in (-1, 1):
        tips = [(0.92, 1.42), (1.34, 1.60), (1.02, 2.12), (0.05, 2.26), (0.55, 1.86)]
        _flap(sheet, np.array([(side * neck * x, y) for x, y in tips]), colour, side)


def _flap(sheet: Sheet, outline: Points, colour: tuple[int, int, int], side: int) -> None:
    """A piece of cloth that lies on another and throws a shadow."""
    sheet.light(sheet.shape(moved(outline, 0.02, 0.05), 0.04) * sheet.alpha, 0.72)
    sheet.lay(sheet.shape(outline, 0.012), lighter(colour, 0.11) if side < 0 else colour)


_TRIMS = {
    Clothes.CREW: _rim,
    Clothes.VEE: _rim,
    Clothes.ROLL: _roll,
    Clothes.SHIRT: _shirt,
    Clothes.JACKET: _jacket,
}
