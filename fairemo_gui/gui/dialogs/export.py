"""Questions before a corpus is written for other programs."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.services.exports.plan import ExportPlan, Format, Level

_FORMATS = {
    Format.CSV: ("CSV tables", "One file per kind of thing; this program reads them in again."),
    Format.PARQUET: ("Parquet tables", "The same tables with their types, for pandas, R or DuckDB."),
    Format.JSON: ("JSON", "The same tables as lists of objects."),
    Format.AUDFORMAT: ("audformat database", "For audeering's tools, without media."),
    Format.EAF: ("ELAN (EAF)", "One file per media file, one tier per rater and condition."),
    Format.TEXTGRID: ("Praat (TextGrid)", "One file per media file, one tier per rater and condition."),
    Format.CREMA_D: (
        "CREMA-D's own tables",
        "tabulatedVotes.csv and summaryTable.csv; and finishedResponses.csv.",
    ),
    Format.FAIRNESS: (
        "Frame for fairness tools",
        "Truth, answers and groups, for fairlearn and Aequitas.",
    ),
}
_LEVELS = {
    Level.BOTH: "Every rating, and what they add up to",
    Level.DETAILED: "Every rating",
    Level.CONSENSUS: "What the ratings add up to",
}
_TABLES = {Format.CSV, Format.PARQUET, Format.JSON, Format.AUDFORMAT, Format.EAF, Format.TEXTGRID}


class ExportDialog(FormDialog):
    """What to write.

    Args:
        shown: Number of utterances the filter leaves.
        total: Number of utterances of the corpus.
        query: The filter; empty = none.
    """

    def __init__(self, shown: int, total: int, query: str, parent: QWidget | None = None) -> None:
        sentence = "Media are not copied: the files name them as the corpus does."
        super().__init__("Export corpus", sentence, "Choose a folder…", parent)
        self.setMinimumWidth(560)
        self._query = query
        self.format = Combo("Format", longest=360)
        self.format.set_options([Option(key.value, words, hint=hint) for key, (words, hint) in _FORMATS.items()])
        self.level = Combo("Level", longest=360)
        self.level.set_options([Option(key.value, words) for key, words in _LEVELS.items()])
        self.standing = QCheckBox("Only ratings that count, without what was corrected or taken back")
        self.filtered = QCheckBox(f"Only the {shown:,} of {total:,} utterances the filter leaves")
        self.filtered.setEnabled(bool(query))
        self.filtered.setToolTip(tip(query))
        self.add("Format", "export_format", self.format)
        self.add("Holds", "export_level", self.level)
        self.add("", "export_standing", self.standing)
        self.add("", "export_filtered", self.filtered)
        self.format.activated.connect(lambda _: self._update())
        self._update()

    def plan(self) -> ExportPlan:
        """What was chosen."""
        return ExportPlan(
            format=Format(self.format.value()),
            level=Level(self.level.value()),
            where=self._query if self.filtered.isChecked() else "",
            standing=self.standing.isChecked(),
        )

    def _update(self) -> None:
        chosen = Format(self.format.value())
        self.note.setText(_FORMATS[chosen][1])
        for field in (self.level, self.standing):
            field.setEnabled(chosen in _TABLES)
