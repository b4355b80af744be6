"""The first utterances of a corpus that was read but not stored: enough to see whether it was understood."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from fairemo_gui.core.records import CorpusBundle, Gender, Utterance
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import MARKER, SWATCH, CellDelegate

_COLUMNS = ("Utterance", "Speaker", "Gender", "Emotion", "From", "To", "Media", "Words")
_MOST = 12


class FirstRows(QTableWidget):
    """A table nobody can edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.setObjectName("import_first_rows")
        self.setAccessibleName("First utterances")
        self.setHorizontalHeaderLabels(_COLUMNS)
        self.setItemDelegate(CellDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    def show_bundle(self, bundle: CorpusBundle | None) -> None:
        """Show the first utterances, or nothing."""
        self.setRowCount(0)
        if bundle is None:
            return
        people, tokens = {speaker.code: speaker for speaker in bundle.speakers}, theme.current()
        for row, utterance in enumerate(bundle.utterances[:_MOST]):
            gender = people[utterance.speaker].gender
            self.insertRow(row)
            cells = [QTableWidgetItem(words) for words in _words(bundle, utterance, gender)]
            if gender is not None:
                cells[2].setData(MARKER, theme.group_style(tokens, gender))
            if utterance.intended is not None:
                cells[3].setData(SWATCH, theme.emotion_colour(tokens, cells[3].text(), bundle.scheme.classes))
            for column, cell in enumerate(cells):
                self.setItem(row, column, cell)


def _words(bundle: CorpusBundle, utterance: Utterance, gender: Gender | None) -> tuple[str, ...]:
    emotion = "–" if utterance.intended is None else bundle.scheme.classes[utterance.intended]
    start, end = ("–" if t is None else f"{t:.3f} s" for t in (utterance.start, utterance.end))
    said, state = utterance.transcript or "–", utterance.media_state.value
    return utterance.code, utterance.speaker, theme.group_word(gender), emotion, start, end, state, said
