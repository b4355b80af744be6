"""The sixteen invented people of the demo: who they are, how they sound and how they look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fairemo_gui.core.records import Gender

Colour = tuple[int, int, int]


class Hair(StrEnum):
    """How a head of hair is cut."""

    LONG = "long"
    WAVY = "wavy"
    BOB = "bob"
    BUN = "bun"
    CURLS = "curls"
    PIXIE = "pixie"
    CROP = "crop"
    PARTED = "parted"
    SWEPT = "swept"
    BUZZ = "buzz"
    RECEDING = "receding"


class Clothes(StrEnum):
    """What the shoulders wear."""

    CREW = "crew"
    SHIRT = "shirt"
    VEE = "vee"
    ROLL = "roll"
    JACKET = "jacket"


@dataclass(frozen=True, slots=True)
class Voice:
    """How a person sounds when calm.

    Attributes:
        variant: Voice variant of espeak-ng, as `m3`.
        pitch: 0–99, 50 is the variant's own.
        pitch_range: 0–99, 50 is the variant's own.
        rate: Words per minute.
        timbre: Factor on all frequencies, from a longer (< 1) or shorter (> 1) throat.
    """

    variant: str
    pitch: int
    pitch_range: int
    rate: int
    timbre: float


@dataclass(frozen=True, slots=True)
class Look:
    """How a person is drawn. Colours are RGB, 0–255; shape factors are relative to an average head.

    Attributes:
        jaw: Width of the jaw.
        chin: Length of the chin.
        cheeks: Width at the cheekbones.
        nose: Width of the nose.
        lips: Fullness of the lips.
        eyes: Size of the eyes.
        brow: Thickness of the brows.
        lines: How deep the lines of age are, 0–1.
        beard: How dense a beard is, 0–1.
    """

    skin: Colour
    hair: Colour
    iris: Colour
    cut: Hair
    clothes: Clothes
    cloth: Colour
    wall: Colour
    jaw: float = 1.0
    chin: float = 1.0
    cheeks: float = 1.0
    nose: float = 1.0
    lips: float = 1.0
    eyes: float = 1.0
    brow: float = 1.0
    lines: float = 0.0
    beard: float = 0.0
    glasses: bool = False
    earrings: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. Nobody real was drawn or recorded."""

    code: str
    gender: Gender
    age: int
    voice: Voice
    look: Look


# fmt: off
_WOMEN = (
    Person("F01", Gender.FEMALE, 27, Voice("f2", 52, 50, 168, 1.00),
           Look((241, 205, 180), (92, 58, 38), (86, 120, 92), Hair.LONG, Clothes.VEE, (63, 108, 138), (196, 205, 204),
                jaw=0.95, lips=1.05)),
    Person("F02", Gender.FEMALE, 31, Voice("f4", 46, 48, 162, 0.97),
           Look((142, 92, 64), (32, 24, 22), (58, 38, 26), Hair.CURLS, Clothes.CREW, (214, 160, 74), (169, 187, 178),
                jaw=0.97, lips=1.22, nose=1.12, earrings=True)),
    Person("F03", Gender.FEMALE, 24, Voice("f3", 55, 52, 174, 1.03),
           Look((235, 196, 160), (34, 28, 30), (62, 42, 32), Hair.BOB, Clothes.ROLL, (150, 66, 72), (206, 200, 188),
                cheeks=1.03, chin=0.96, nose=0.95)),
    Person("F04", Gender.FEMALE, 35, Voice("f1", 50, 46, 160, 0.98),
           Look((196, 142, 104), (58, 36, 26), (84, 58, 36), Hair.WAVY, Clothes.SHIRT, (226, 222, 212), (150, 170, 184),
                jaw=0.96, lips=1.1, brow=1.1)),
    Person("F05", Gender.FEMALE, 58, Voice("f2", 40, 44, 152, 0.95),
           Look((238, 203, 182), (186, 184, 182), (92, 120, 146), Hair.BOB, Clothes.JACKET, (72, 74, 104),
                (204, 196, 190), jaw=1.02, lips=0.92, lines=0.9, glasses=True)),
    Person("F06", Gender.FEMALE, 63, Voice("f4", 38, 44, 150, 0.94),
           Look((118, 76, 54), (128, 122, 120), (50, 34, 24), Hair.PIXIE, Clothes.VEE, (112, 62, 104), (190, 184, 166),
                jaw=1.02, nose=1.12, lips=1.12, lines=0.8, earrings=True)),
    Person("F07", Gender.FEMALE, 29, Voice("f3", 44, 54, 170, 0.99),
           Look((247, 214, 196), (176, 84, 42), (88, 132, 116), Hair.BUN, Clothes.CREW, (88, 128, 104), (212, 203, 184),
                jaw=0.94, nose=0.92, eyes=1.04)),
    Person("F08", Gender.FEMALE, 55, Voice("f1", 40, 46, 156, 0.94),
           Look((212, 164, 126), (104, 86, 78), (82, 60, 42), Hair.WAVY, Clothes.ROLL, (58, 98, 98), (184, 192, 200),
                jaw=1.0, cheeks=1.03, lines=0.75)),
)
_MEN = (
    Person("M01", Gender.MALE, 29, Voice("m3", 50, 50, 166, 1.00),
           Look((232, 190, 160), (74, 50, 36), (92, 112, 88), Hair.PARTED, Clothes.SHIRT, (122, 150, 186),
                (186, 196, 190), jaw=1.10, chin=1.04, lips=0.85, brow=1.3)),
    Person("M02", Gender.MALE, 34, Voice("m7", 48, 50, 160, 1.00),
           Look((120, 76, 52), (26, 20, 20), (46, 30, 22), Hair.BUZZ, Clothes.CREW, (72, 104, 148), (202, 192, 178),
                jaw=1.12, nose=1.18, lips=1.1, brow=1.3, beard=0.75)),
    Person("M03", Gender.MALE, 26, Voice("m1", 54, 50, 172, 1.03),
           Look((226, 184, 146), (30, 26, 28), (56, 38, 28), Hair.SWEPT, Clothes.JACKET, (66, 70, 78), (176, 190, 200),
                jaw=1.05, cheeks=1.02, lips=0.9, brow=1.2)),
    Person("M04", Gender.MALE, 37, Voice("m2", 50, 48, 158, 0.99),
           Look((186, 132, 94), (40, 28, 24), (70, 48, 32), Hair.CROP, Clothes.VEE, (96, 122, 88), (208, 198, 182),
                jaw=1.10, lips=0.95, brow=1.5, beard=0.45)),
    Person("M05", Gender.MALE, 61, Voice("m3", 38, 44, 150, 0.95),
           Look((236, 196, 172), (196, 194, 192), (96, 122, 142), Hair.RECEDING, Clothes.JACKET, (92, 82, 70),
                (190, 198, 206), jaw=1.10, cheeks=1.02, lips=0.8, brow=1.3, lines=0.9)),
    Person("M06", Gender.MALE, 57, Voice("m7", 40, 44, 152, 0.95),
           Look((146, 98, 68), (120, 114, 110), (54, 38, 28), Hair.CROP, Clothes.SHIRT, (204, 198, 186),
                (162, 180, 172), jaw=1.10, nose=1.15, lips=1.0, brow=1.3, lines=0.8, glasses=True)),
    Person("M07", Gender.MALE, 31, Voice("m2", 44, 52, 168, 1.04),
           Look((244, 208, 186), (190, 140, 84), (104, 138, 158), Hair.CURLS, Clothes.ROLL, (64, 84, 108),
                (206, 206, 192), jaw=1.06, chin=1.03, lips=0.88, brow=1.1)),
    Person("M08", Gender.MALE, 54, Voice("m1", 40, 46, 154, 0.95),
           Look((208, 160, 124), (84, 74, 70), (76, 56, 40), Hair.PARTED, Clothes.CREW, (132, 80, 70), (192, 190, 182),
                jaw=1.12, chin=1.02, lips=0.85, brow=1.4, lines=0.7, beard=0.6)),
)
# fmt: on
PAIRS = tuple(zip(_WOMEN, _MEN, strict=True))
PEOPLE = _WOMEN + _MEN
