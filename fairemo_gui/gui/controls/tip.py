"""Tooltips of words that come from files and people: Qt takes what looks like HTML for HTML."""

from __future__ import annotations

from PySide6 import QtGui


def tip(words: str) -> str:
    """A tooltip that shows the words as they are: no tag is rendered, no link followed, no file loaded.

    Words that Qt takes for words stay what they are: screen readers read tooltips out.
    """
    return QtGui.Qt.convertFromPlainText(words) if QtGui.Qt.mightBeRichText(words) else words
