"""The palette keeps its promises: words can be read, marks can be told apart, also by people who see fewer colours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from fairemo_gui.gui import theme
from fairemo_gui.gui.theme import DARK, LIGHT, Tokens

# Machado, Oliveira & Fernandes 2009, table of full severity; applied to linear RGB.
MACHADO = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
SIX = ("anger", "disgust", "fear", "happy", "neutral", "sad")
# Smallest CIEDE2000 per set, dark then light: normal, protanopia, deuteranopia, tritanopia.
PROMISED = {
    "six emotions": ((23.1, 18.5, 17.2, 15.9), (25.3, 16.3, 17.5, 9.9)),
    "eight emotions": ((20.7, 17.7, 15.1, 8.0), (20.0, 15.2, 14.6, 5.6)),
    "women, men": ((49.7, 51.4, 52.0, 28.0), (51.5, 55.4, 57.8, 31.7)),
    "four groups": ((29.0, 23.0, 23.3, 15.7), (28.2, 20.8, 20.2, 18.2)),
    "verdicts": ((27.9, 20.4, 17.8, 22.3), (25.2, 15.2, 13.9, 16.7)),
}
THEMES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])


def seen(colour: str, matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(matrix @ linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(encoded[None, None, :])[0, 0], dtype=np.float64)


def smallest_difference(colours: list[str], matrix: npt.NDArray[np.float64]) -> float:
    return min(float(deltaE_ciede2000(seen(a, matrix), seen(b, matrix))) for a, b in combinations(colours, 2))  # type: ignore[no-untyped-call]


def sets_of(tokens: Tokens) -> dict[str, list[str]]:
    return {
        "six emotions": [tokens.emotions[name] for name in SIX],
        "eight emotions": list(tokens.emotions.values()),
        "women, men": list(tokens.groups[:2]),
        "four groups": list(tokens.groups),
        "verdicts": [tokens.better, tokens.worse, tokens.zero],
    }


@THEMES
@pytest.mark.parametrize("which", PROMISED)
def test_colours_of_a_set_can_be_told_apart(tokens: Tokens, which: str) -> None:
    promised = PROMISED[which][0 if tokens.dark else 1]
    for (vision, matrix), least in zip(MACHADO.items(), promised, strict=True):
        measured = smallest_difference(sets_of(tokens)[which], matrix)
        assert measured == pytest.approx(least, abs=0.06), f"{which} {vision}"
        assert measured >= (5 if vision == "tritanopia" else 13), f"{which} {vision}"


@THEMES
def test_text_can_be_read_on_every_ground(tokens: Tokens) -> None:
    words = (tokens.text, tokens.text2, tokens.text3, tokens.accent, tokens.better, tokens.worse)
    for ground in (tokens.panel, tokens.alt, tokens.chrome, tokens.ctl):
        assert min(theme.contrast(word, ground) for word in words) >= 4.5
    assert theme.contrast(tokens.text, tokens.sel) >= 4.5
    assert theme.contrast(tokens.on_fill, tokens.fill) >= 4.5


@THEMES
def test_graphics_stand_out_from_the_panel(tokens: Tokens) -> None:
    marks = [*tokens.emotions.values(), *tokens.groups, tokens.edge, tokens.zero, tokens.accent]
    assert min(theme.contrast(mark, tokens.panel) for mark in marks) >= 3


@THEMES
def test_ink_on_a_ramp_is_always_legible(tokens: Tokens) -> None:
    for table in (theme.sequential_table(tokens), theme.diverging_table(tokens)):
        grounds = [theme.ramp_colour(table, share) for share in np.linspace(0, 1, 256)]
        assert min(theme.contrast(theme.ink_on(ground), ground) for ground in grounds) >= 4.58


@THEMES
def test_sequential_ramp_is_monotone_in_lightness(tokens: Tokens) -> None:
    lightness = rgb2lab(theme.sequential_table(tokens)[None] / 255)[0, :, 0]
    steps = np.diff(lightness)
    assert (steps >= -0.3).all() if tokens.dark else (steps <= 0.3).all()
    assert (round(float(lightness[0])), round(float(lightness[-1]))) == ((16, 78) if tokens.dark else (100, 31))


@THEMES
def test_ramps_begin_and_end_at_their_stops(tokens: Tokens) -> None:
    diverging = theme.diverging_table(tokens)
    assert theme.ramp_colour(diverging, 0) == tokens.groups[0]
    assert theme.ramp_colour(diverging, 1) == tokens.groups[1]
    assert theme.ramp_colour(theme.sequential_table(tokens), 5) == tokens.sequential[-1]
