"""What an import found: numbers by gender and emotion, the first utterances, and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTabWidget,
    QWidget,
)

from fairemo_gui.core.records import CorpusBundle
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.importing.first_rows import FirstRows

_MOST = 500


class ReportView(QWidget):
    """Shows an `ImportReport`, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        for row, name in enumerate(("Utterances", "Speakers", "Gender", "Emotion", "Votes", "Media")):
            title, value = QLabel(name), QLabel("–")
            title.setFont(theme.font(theme.BODY, 600))
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._values[name] = value
        self._heading = QLabel("")
        self._heading.setFont(theme.font(theme.BODY, 600))
        self.problems = QListWidget()
        self.problems.setObjectName("import_problems")
        self.problems.setAccessibleName("Problems")
        self.problems.setFrameShape(QFrame.Shape.NoFrame)
        self.problems.setWordWrap(True)
        self.problems.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.rows = FirstRows()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("import_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.rows, "First utterances")
        self.tabs.addTab(self.problems, "Remarks")
        grid.addWidget(self._heading, 6, 0, 1, 2)
        grid.addWidget(self.tabs, 7, 0, 1, 2)
        grid.setRowStretch(7, 1)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Forget what was shown."""
        for value in self._values.values():
            value.setText("–")
        self.rows.show_bundle(None)
        self._list("", [], [])

    def show_report(self, bundle: CorpusBundle, report: ImportReport) -> None:
        """Show what was found."""
        self.rows.show_bundle(bundle)
        self._values["Utterances"].setText(numbers.count(report.utterances))
        self._values["Speakers"].setText(_counts(report.speakers))
        self._values["Gender"].setText(_counts(report.by_gender))
        self._values["Emotion"].setText(_counts(report.by_emotion))
        votes = (
            (report.ratings, "single rating", "single ratings"),
            (report.vote_rows, "row of counted votes", "rows of counted votes"),
        )
        self._values["Votes"].setText(", ".join(numbers.counted(*each) for each in votes if each[0]) or numbers.ABSENT)
        self._values["Media"].setText(_counts(report.media))
        left_out = [str(problem) for problem in report.left_out]
        remarks = [*report.warnings, *(str(p) for p in report.problems if not p.fatal)]
        self._list(_heading(len(left_out), len(remarks)), left_out, remarks)

    def show_refusal(self, message: str, problems: Sequence[str]) -> None:
        """Show why nothing can be imported."""
        self.show_nothing()
        self._list(message, problems, [])

    def heading(self) -> str:
        """What stands above the problems."""
        return self._heading.text()

    def value(self, name: str) -> str:
        """What stands beside a title."""
        return self._values[name].text()

    def _list(self, heading: str, bad: Sequence[str], remarks: Sequence[str]) -> None:
        tokens = theme.current()
        self._heading.setText(heading)
        self._heading.setWordWrap(True)
        self.problems.clear()
        for lines, colour in ((bad, tokens.worse), (remarks, tokens.text2)):
            for line in list(lines)[:_MOST]:
                item = QListWidgetItem(line)
                item.setForeground(QColor(colour))
                self.problems.addItem(item)
            if len(lines) > _MOST:
                self.problems.addItem(f"and {numbers.count(len(lines) - _MOST)} more")
        told = len(bad) + len(remarks)
        what = "Problems" if bad else "Remarks"
        self.tabs.setTabText(1, f"{what} ({numbers.count(told)})" if told else what)
        self.tabs.setTabEnabled(1, told > 0)
        self.tabs.setCurrentIndex(0 if self.rows.rowCount() and not bad else 1)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {numbers.count(n)}" for name, n in counts.items()) or "–"


def _heading(left_out: int, remarks: int) -> str:
    parts = []
    if left_out:
        parts.append(numbers.counted(left_out, "row left out", "rows left out"))
    if remarks:
        parts.append(numbers.counted(remarks, "remark", "remarks"))
    return ", ".join(parts) or "No problems"
