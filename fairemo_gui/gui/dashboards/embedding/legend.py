"""The names of colours and markers beside the points; each filters the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import RIGHT, draw_marker, draw_swatch, draw_text, width_of
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingModel, Entry
from fairemo_gui.gui.theme import GroupStyle, Tokens

LINE = 18.0
_MARK, _GAP = 14.0, 14.0
_REST = {Colouring.ERROR: "not known", Colouring.PREDICTION: "no answer"}


@dataclass(frozen=True)
class Key:
    """An entry where it stands.

    Attributes:
        colour: Its colour; None for a group's marker.
        style: Its marker; None for a colour.
    """

    entry: Entry
    rect: QRectF
    colour: str | None
    style: GroupStyle | None


def kind_colours(model: EmbeddingModel, tokens: Tokens) -> list[str]:
    """A colour per kind, in order; one more at the end for points that are of none."""
    return [*(_colour(model, k, tokens) for k in range(len(model.kinds))), tokens.cline]


def group_styles(model: EmbeddingModel, tokens: Tokens) -> list[GroupStyle]:
    """A marker per group, in order; one more at the end for speakers whose group is unknown."""
    total = len(model.groups)
    known = [theme.group_style(tokens, group.value, k, total) for k, group in enumerate(model.groups)]
    return [*known, theme.group_style(tokens, None)]


def keys(model: EmbeddingModel, tokens: Tokens) -> list[tuple[Entry, str | None, GroupStyle | None]]:
    """Colours, then markers; where the colours are the groups', both in one. What no point has is left out."""
    colours, styles = kind_colours(model, tokens), group_styles(model, tokens)
    if model.colouring is Colouring.GROUP:
        return [(e, None, style) for e, style in zip(model.groups, styles, strict=False) if e.n]
    found: list[tuple[Entry, str | None, GroupStyle | None]] = [
        (entry, colour, None) for entry, colour in zip(model.kinds, colours, strict=False) if entry.n
    ]
    rest = int((model.kind < 0).sum())
    if rest:
        found.append((Entry(_REST.get(model.colouring, "none of these"), rest, "", None), colours[-1], None))
    plain = [GroupStyle(tokens.text2, s.marker, s.dash) for s in styles]
    return found + [(e, None, style) for e, style in zip(model.groups, plain, strict=False) if e.n]


def in_column(wanted: Sequence[tuple[Entry, str | None, GroupStyle | None]], area: QRectF) -> list[Key]:
    """One under the other, with a gap between colours and markers; what does not fit is left out."""
    placed, y, former = [], area.top(), None
    for entry, colour, style in wanted:
        if former is not None and former != (style is None):
            y += LINE / 2
        former = style is None
        if y + LINE > area.bottom():
            break
        placed.append(Key(entry, QRectF(area.left(), y, area.width(), LINE), colour, style))
        y += LINE
    return placed


def in_lines(wanted: Sequence[tuple[Entry, str | None, GroupStyle | None]], left: float, wide: float) -> list[Key]:
    """Side by side, line after line, from y = 0."""
    small = theme.font(theme.SMALL)
    placed, x, y = [], left, 0.0
    for entry, colour, style in wanted:
        need = _MARK + width_of(f"{entry.word} {numbers.count(entry.n)}", small) + 4
        if x > left and x + need > left + wide:
            x, y = left, y + LINE - 2
        placed.append(Key(entry, QRectF(x, y, min(need, wide), LINE - 2), colour, style))
        x += need + _GAP
    return placed


def draw_keys(painter: QPainter, placed: Iterable[Key], column: bool) -> None:
    """Swatch or marker, word, n."""
    tokens, small = theme.current(), theme.font(theme.SMALL)
    for key in placed:
        middle = key.rect.center().y()
        if key.colour is not None:
            draw_swatch(painter, key.rect.left(), middle, key.colour)
        elif key.style is not None:
            draw_marker(painter, QPointF(key.rect.left() + 4, middle), key.style, 8)
        box = key.rect.adjusted(_MARK, 0, 0, 0)
        n = numbers.count(key.entry.n)
        if column:
            draw_text(painter, box, n, tokens.text3, small, RIGHT)
            box = box.adjusted(0, 0, -width_of(n, small) - 6, 0)
            draw_text(painter, box, key.entry.word, tokens.text2, small)
        else:
            draw_text(painter, box, f"{key.entry.word} {n}", tokens.text2, small)


def _colour(model: EmbeddingModel, k: int, tokens: Tokens) -> str:
    value = model.kinds[k].value
    if model.colouring is Colouring.ERROR:
        return tokens.worse if value == "wrong" else tokens.zero
    if model.colouring is Colouring.GROUP:
        return theme.group_style(tokens, value, k, len(model.kinds)).colour
    return theme.emotion_colour(tokens, str(value), [str(entry.value) for entry in model.kinds])
