"""Words over time: guessed where a corpus has no times for them, and as edges for a selection."""

from __future__ import annotations

from collections.abc import Sequence

from fairemo_gui.core.records import Word


def estimated_words(transcript: str, start: float, end: float) -> tuple[Word, ...]:
    """A transcript's words, spread over a range in proportion to their letters: a guess, to be shown as one."""
    texts = transcript.split()
    total = sum(len(text) + 1 for text in texts)
    words, letters = [], 0
    for text in texts:
        begin, letters = letters, letters + len(text) + 1
        words.append(Word(text, *(start + (end - start) * at / total for at in (begin, letters))))
    return tuple(words)


def snapped(words: Sequence[Word], start: float, end: float) -> tuple[float, float]:
    """A range widened to all of each word it touches; the same range where it touches none."""
    touched = [word for word in words if word.start < end and word.end > start]
    if not touched:
        return start, end
    return min(word.start for word in touched), max(word.end for word in touched)
