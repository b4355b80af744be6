"""Tooltips of words that come from files and people: Qt takes what looks like HTML for HTML."""

from __future__ import annotations

from html import escape


def tip(words: str) -> str:
    """A tooltip that shows the words as they are: no tag is rendered, no link followed, no file loaded."""
    return f"<p style='white-space:pre-wrap'>{escape(words)}</p>" if words else ""
