"""The key sheet: every action that has a key, by menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.controls.key_cap import KeyCap

_COLUMNS = 4
_HEADING = 2
_WIDEST, _TALLEST, _WORDS = 1240, 690, 184
_TABLE = (
    ("Up", "Previous utterance"), ("Down", "Next utterance"), ("Enter", "Play"), ("Ctrl+A", "Select all"),
    ("Home", "First"), ("End", "Last"), ("Shift+F10", "Columns and order of rows"),
)  # fmt: skip
_CHARTS = (
    ("Tab", "Next control"), ("Left", "Previous mark"), ("Right", "Next mark"), ("Enter", "Filter by the mark"),
    ("F1", "Definition of the number"),
)  # fmt: skip
_COMPARE = (("Ctrl+Enter", "Keep the new net"),)

ANNOTATE = (
    ("Space", "Play, replay"), ("1", "Answer, 1 to 9"), ("Left", "Less intense"), ("Right", "More intense"),
    ("Shift+1", "Confidence, 1 to 5"), ("A", "Numbers answer activation"), ("V", "Numbers answer valence"),
    ("D", "Numbers answer dominance"), ("T", "In your words"), ("Enter", "Submit and play next"),
    ("Backspace", "Take back the last rating"), ("S", "Skip with a reason"), ("F", "Flag with a note"),
    ("Esc", "Pause or leave"), ("Ctrl+Up", "Louder"), ("Ctrl+Down", "Quieter"),
)  # fmt: skip


class KeySheet(QDialog):
    """Lists the keys; opened with `?`.

    Args:
        sections: Keys and what they do, by heading.
    """

    def __init__(self, sections: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setObjectName("key_sheet")
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(20)
        cap = max((KeyCap(key).sizeHint().width() for rows in sections.values() for key, _ in rows), default=0)
        for names in columns(sections):
            column = QVBoxLayout()
            column.setSpacing(16)
            for name in names:
                column.addWidget(_section(name, sections[name], cap))
            column.addStretch(1)
            row.addLayout(column)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        wanted = body.sizeHint() + QSize(area.verticalScrollBar().sizeHint().width(), 0)
        self.resize(wanted.boundedTo(QSize(_WIDEST, _TALLEST)))


def sections(actions: Actions) -> dict[str, list[tuple[str, str]]]:
    """Keys and what they do, by menu, then those that belong to a table or a chart that has the keyboard."""
    found: dict[str, list[tuple[str, str]]] = {}
    for menu, action in actions.every():
        key = _key(action)
        if key and action.isVisible():
            found.setdefault(menu, []).append((key, action.text().removesuffix("…")))
    found["In the table"] = list(_TABLE)
    found["In a chart"] = list(_CHARTS)
    found["In Compare"] = list(_COMPARE)
    found["In Annotate"] = list(ANNOTATE)
    return found


def columns(sections: Mapping[str, Sequence[tuple[str, str]]]) -> list[list[str]]:
    """Headings by column: columns of about one height, the headings of each in their own order."""
    made: list[list[str]] = [[] for _ in range(min(_COLUMNS, len(sections)))]
    heights = [0] * len(made)
    for name in sorted(sections, key=lambda each: -len(sections[each])):
        least = heights.index(min(heights))
        made[least].append(name)
        heights[least] += len(sections[name]) + _HEADING
    order = list(sections).index
    return sorted((sorted(names, key=order) for names in made), key=lambda names: order(names[0]))


def _key(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.PortableText)


def _section(name: str, rows: Sequence[tuple[str, str]], cap_width: int) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    title = QLabel(name)
    title.setFont(theme.font(theme.HEADLINE, 600))
    column.addWidget(title)
    for key, text in rows:
        row = QHBoxLayout()
        row.setSpacing(8)
        cap = QWidget()
        cap.setFixedWidth(cap_width)
        inside = QHBoxLayout(cap)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(KeyCap(key))
        inside.addStretch(1)
        row.addWidget(cap)
        row.addWidget(_words(text), 1)
        column.addLayout(row)
    return holder


def _words(text: str) -> QLabel:
    """What a key does; what is long goes over two lines, or the last column would not be seen."""
    label = QLabel(text)
    if label.sizeHint().width() > _WORDS:
        label.setWordWrap(True)
        label.setFixedSize(_WORDS, label.heightForWidth(_WORDS))
    return label
