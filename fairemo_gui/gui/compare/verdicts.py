"""How a verdict looks: glyph, word and colour, whichever sign of the difference is good."""

from __future__ import annotations

from fairemo_gui.evaluation.comparison import FlipResult, Verdict
from fairemo_gui.gui.theme import Tokens

_GLYPHS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼"}
_FLIPS = {FlipResult.FIXED: "▲", FlipResult.BROKEN: "▼", FlipResult.STILL_WRONG: "◆"}


def glyph_of(verdict: Verdict) -> str:
    """`▲`, `▼`, or nothing where there is no evidence: that is written in words."""
    return _GLYPHS.get(verdict, "")


def colour_of(verdict: Verdict, tokens: Tokens) -> str:
    """Colour of words and glyph."""
    return {Verdict.BETTER: tokens.better, Verdict.WORSE: tokens.worse}.get(verdict, tokens.text2)


def mark_colour(verdict: Verdict, tokens: Tokens) -> str:
    """Colour of a point with its interval; the quiet grey where there is no evidence."""
    return {Verdict.BETTER: tokens.better, Verdict.WORSE: tokens.worse}.get(verdict, tokens.zero)


def flip_glyph(result: FlipResult) -> str:
    """Glyph of what became of an utterance."""
    return _FLIPS[result]


def flip_colour(result: FlipResult, tokens: Tokens) -> str:
    """Its colour."""
    return {FlipResult.FIXED: tokens.better, FlipResult.BROKEN: tokens.worse}.get(result, tokens.text2)
