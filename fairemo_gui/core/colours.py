"""Every colour of the program: tokens, ramps, and how emotions and groups are marked, for the window and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

FACE_BOX = "#6aaeff"
"""Box of the active speaker: the same in both themes, because pictures are not themed."""
HALO = "#000000"
"""Dark edge that keeps the face box visible on any picture."""


Table = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tokens:
    """Every colour of one theme, as `#rrggbb`.

    Attributes:
        sequential: Stops of the ramp for matrices and spectrograms, zero first.
        diverging: Stops of the ramp for signed differences: first group's colour, zero, second group's colour.
        emotions: Colour per canonical emotion; graphics, never text.
        groups: Colours of the first to the fourth group, in the order groups are shown.
    """

    name: str
    win: str
    chrome: str
    panel: str
    alt: str
    ctl: str
    ctlhi: str
    line: str
    cline: str
    edge: str
    text: str
    text2: str
    text3: str
    accent: str
    fill: str
    on_fill: str
    sel: str
    grid: str
    zero: str
    better: str
    worse: str
    warn: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    emotions: Mapping[str, str]
    groups: tuple[str, str, str, str]

    @property
    def dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name == "dark"


@dataclass(frozen=True)
class GroupStyle:
    """How a group is marked, the same everywhere.

    Attributes:
        marker: One of `●■▲◆○`; `○` is drawn hollow.
        dash: Pattern of its lines, in pen widths; empty = solid.
    """

    colour: str
    marker: str
    dash: tuple[float, ...]


_EMOTIONS = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "contempt")


def _emotions(*colours: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(_EMOTIONS, colours, strict=True)))


DARK = Tokens(
    name="dark",
    win="#1a1c20",
    chrome="#202328",
    panel="#22252a",
    alt="#26292f",
    ctl="#2f333a",
    ctlhi="#3a3f47",
    line="#363b43",
    cline="#4b525c",
    edge="#737b87",
    text="#e4e7eb",
    text2="#b8bfc9",
    text3="#9aa2ad",
    accent="#6aaeff",
    fill="#2d6bc4",
    on_fill="#ffffff",
    sel="#2b3f5c",
    grid="#30343b",
    zero="#9aa2ad",
    better="#8ce5c0",
    worse="#f0806a",
    warn="#e0a93f",
    sequential=("#24272d", "#263c55", "#2c567f", "#3977ae", "#5f9fd8", "#9bc6f0"),
    diverging=("#b9a3ff", "#7d6bb5", "#494263", "#24272d", "#5a4529", "#9a6d31", "#e3a24c"),
    emotions=_emotions("#d9471d", "#b6dead", "#8960c8", "#e5b12c", "#9b9b9c", "#7dadfd", "#8fe1e7", "#be5069"),
    groups=("#b9a3ff", "#e3a24c", "#9aebce", "#ba667b"),
)
LIGHT = Tokens(
    name="light",
    win="#e6e8ec",
    chrome="#f1f2f5",
    panel="#ffffff",
    alt="#f6f7f9",
    ctl="#ffffff",
    ctlhi="#e9ebef",
    line="#d6dae0",
    cline="#b4bbc5",
    edge="#868f9b",
    text="#1b1f24",
    text2="#48505b",
    text3="#5f6773",
    accent="#1d5fb8",
    fill="#1d5fb8",
    on_fill="#ffffff",
    sel="#d6e5f8",
    grid="#e4e7ec",
    zero="#5f6773",
    better="#1e7c5c",
    worse="#b3361f",
    warn="#8a5a00",
    sequential=("#ffffff", "#dce8f5", "#aecbe9", "#74a5d6", "#3e78b4", "#174a80"),
    diverging=("#6641b5", "#a48ad6", "#ddd2f1", "#ffffff", "#f5ddbd", "#d89d50", "#a55a00"),
    emotions=_emotions("#a42500", "#5d9873", "#522f97", "#ae7e07", "#626366", "#1d8ceb", "#4092a0", "#7e1e38"),
    groups=("#6641b5", "#a55a00", "#359471", "#671f33"),
)

_MARKERS = "●■▲◆"
_DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.0), (1.0, 2.0), (6.0, 2.0, 1.0, 2.0))
_GENDER = {"female": 0, "women": 0, "f": 0, "male": 1, "men": 1, "m": 1}
_STANDS_IN = {"excited": ("surprise",), "calm": ("contempt",), "frustrated": ("disgust", "surprise", "contempt")}
_SPARE = ("surprise", "contempt", "disgust")


def emotion_colour(tokens: Tokens, name: str, scheme_order: Sequence[str] = _EMOTIONS) -> str:
    """Colour of an emotion in a scheme. A merged class takes its first member's; a ninth class is `text3`.

    Args:
        tokens: The theme.
        name: Canonical name, or names joined by `+`.
        scheme_order: The scheme's classes: they decide which slots are free for classes without one of their own.
    """
    first = [member.split("+")[0] for member in scheme_order]
    return _emotion_slots(tokens.name, tuple(first)).get(name.split("+")[0], tokens.text3)


@lru_cache(maxsize=32)
def _emotion_slots(theme_name: str, classes: tuple[str, ...]) -> Mapping[str, str]:
    colours = (DARK if theme_name == DARK.name else LIGHT).emotions
    slots = {name: name for name in classes if name in colours}
    for name in classes:
        if name in slots or name == "other":
            continue
        free = [slot for slot in (*_STANDS_IN.get(name, ()), *_SPARE) if slot not in slots.values()]
        if free:
            slots[name] = free[0]
    return {name: colours[slot] for name, slot in slots.items()}


def group_style(tokens: Tokens, attribute_value: str | None, position: int = 0, total: int = 2) -> GroupStyle:
    """Colour, marker and dash of a group of speakers.

    Args:
        tokens: The theme.
        attribute_value: As the corpus writes it; genders keep their style whatever their position.
        position: Place among the groups shown, for values other than genders.
        total: How many groups are shown; five or more are not coloured.
    """
    value = (attribute_value or "unknown").strip().lower()
    if value == "unknown":
        return GroupStyle(tokens.text3, "○", (1.0, 3.0))
    place = _GENDER.get(value, position)
    if total > len(_MARKERS) or place >= len(_MARKERS):
        return GroupStyle(tokens.text2, "●", ())
    return GroupStyle(tokens.groups[place], _MARKERS[place], _DASHES[place])


def group_word(attribute_value: str | None) -> str:
    """A group's name for people: genders in the plural, unknown said, anything else as the corpus writes it."""
    words = {"female": "Women", "male": "Men", "unknown": "Unknown"}
    value = attribute_value or "unknown"
    return words.get(value.strip().lower(), value)


def sequential_table(tokens: Tokens) -> Table:
    """The sequential ramp as a lookup table, shape (256, 3)."""
    return _ramp(tokens.sequential)


def diverging_table(tokens: Tokens) -> Table:
    """The diverging ramp as a lookup table, shape (256, 3); its middle is zero."""
    return _ramp(tokens.diverging)


def ramp_colour(table: Table, share: float) -> str:
    """Colour at a share 0–1 of a ramp; shares outside are clipped."""
    return f"#{table[min(max(round(share * 255), 0), 255)].tobytes().hex()}"


@lru_cache(maxsize=8)
def _ramp(stops: tuple[str, ...]) -> Table:
    rgb = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in stops], dtype=np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    table = np.stack([np.interp(at, np.arange(len(stops)), rgb[:, c]) for c in range(3)], axis=1)
    made = np.round(table).astype(np.uint8)
    made.flags.writeable = False
    return made


@lru_cache(maxsize=2048)
def luminance(colour: str) -> float:
    """Relative luminance 0–1 (WCAG 2.2)."""
    parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1–21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever contrasts more with a ground."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))
