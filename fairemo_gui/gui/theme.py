"""Colour, type and space as Qt takes them. Nothing else in the window holds a hex value.

A living widget learns of a change of theme by Qt's own `QEvent.Type.PaletteChange`; it then asks `current()` again.
"""

from __future__ import annotations

from functools import lru_cache

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from fairemo_gui import paths
from fairemo_gui.core.colours import (
    DARK,
    FACE_BOX,
    HALO,
    LIGHT,
    GroupStyle,
    Table,
    Tokens,
    contrast,
    diverging_table,
    emotion_colour,
    group_style,
    group_word,
    ink_on,
    luminance,
    ramp_colour,
    sequential_table,
)
from fairemo_gui.gui.stylesheet import TEMPLATE

__all__ = [
    "BODY", "CHART_BAR", "DARK", "DOCK_TITLE", "FACE_BOX", "HALO", "HEADLINE", "LIGHT", "ROW", "SMALL", "STATUS",
    "TINY", "TITLE", "TOOLBAR", "TRANSPORT", "GroupStyle", "Table", "Tokens", "apply", "contrast", "current",
    "diverging_table", "emotion_colour", "font", "for_system", "group_style", "group_word", "icon", "ink_on",
    "luminance", "palette", "ramp_colour", "sequential_table",
]  # fmt: skip

BODY, SMALL, TINY, HEADLINE, TITLE = 12, 11, 10.5, 13, 15
"""Type sizes, px at 100 %: body · axes, headers, chips · key caps, ticks · headline numbers · titles in Annotate."""
ROW, DOCK_TITLE, CHART_BAR, TOOLBAR, STATUS, TRANSPORT = 26, 28, 36, 40, 24, 36
"""Heights, px at 100 %."""

_IN_FORCE = "fairemo_theme"
_current = DARK


def current() -> Tokens:
    """The tokens in force."""
    return _current


def for_system(app: QApplication) -> Tokens:
    """The theme the desktop asks for; dark where it asks for nothing."""
    return LIGHT if app.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def apply(app: QApplication, tokens: Tokens) -> None:
    """Put a theme into force: Fusion, palette, style sheet and type."""
    global _current
    _current = tokens
    if app.property(_IN_FORCE) == tokens.name:
        return
    if app.property(_IN_FORCE) is None:
        app.setStyle("Fusion")
        app.setFont(font())
    app.setProperty(_IN_FORCE, tokens.name)
    app.setPalette(palette(tokens))
    named = {name: value for name, value in vars(tokens).items() if isinstance(value, str)}
    app.setStyleSheet(TEMPLATE.format(**named, icons=(paths.resources() / "icons").as_posix()))


def palette(tokens: Tokens) -> QPalette:
    """The tokens in Qt's roles."""
    role = QPalette.ColorRole
    roles = {
        role.Window: tokens.chrome,
        role.Base: tokens.panel,
        role.AlternateBase: tokens.alt,
        role.Text: tokens.text,
        role.WindowText: tokens.text,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.text,
        role.Button: tokens.ctl,
        role.ToolTipBase: tokens.ctl,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.text3,
        role.Highlight: tokens.sel,
        role.HighlightedText: tokens.text,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.line,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.cline,
        role.Shadow: tokens.win,
    }
    made = QPalette()
    for which, colour in roles.items():
        made.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.text3))
    return made


def font(size: float = BODY, weight: int = 400) -> QFont:
    """The window's type at a size in px, with figures of one width so that columns of numbers stand still."""
    return QFont(_font(size, weight))


@lru_cache(maxsize=32)
def _font(size: float, weight: int) -> QFont:
    made = QFont(_family())
    # Qt takes whole pixels only; 10.5 px goes in as points at the 96 dpi that logical pixels stand for.
    if size == int(size):
        made.setPixelSize(int(size))
    else:
        made.setPointSizeF(size * 0.75)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=1)
def _family() -> str:
    if "Inter" in QFontDatabase.families():
        return "Inter"
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def icon(name: str, tokens: Tokens | None = None, colour: str | None = None) -> QIcon:
    """A Phosphor icon by its name without prefix: `text2`, accent when on, `text3` when disabled.

    Args:
        name: As `skip-back`.
        tokens: The theme; the one in force by default.
        colour: Overrides the normal colour, as `on_fill` on a primary button.
    """
    theme = tokens or current()
    return _icon(name, theme.name, colour)


@lru_cache(maxsize=256)
def _icon(name: str, theme_name: str, colour: str | None) -> QIcon:
    theme = DARK if theme_name == DARK.name else LIGHT
    made = qtawesome.icon(
        f"ph.{name}",
        color=colour or theme.text2,
        color_active=colour or theme.text,
        color_selected=colour or theme.text,
        color_on=colour or theme.accent,
        color_on_active=colour or theme.accent,
        color_disabled=theme.text3,
    )
    assert isinstance(made, QIcon)
    return made
