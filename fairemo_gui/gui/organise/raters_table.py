"""The raters of a campaign, one row each, with small marks for what is done and which way it drifts."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import MARKER, dress_list
from fairemo_gui.gui.controls.row_model import Index, RowModel
from fairemo_gui.gui.organise.cells import PROGRESS, TREND, MarksDelegate, Track
from fairemo_gui.services.campaign.drift import Drift
from fairemo_gui.services.campaign.records import CAMPAIGN_DEFINITIONS, MINIMUM_N, RaterFigures, few

(WHO, PROGRESSED, DONE, LEFT, VOICE, FACE, AV, AGAIN, CHECKS, TIME, PACE, DRIFT, UNDONE, SEEN) = range(14)
_HEADER = (
    "Rater", "Done", "n", "Left", "κ voice", "κ face", "κ AV", "Again", "Checks", "Time", "per min", "Over the sitting",
    "Undone", "Last seen",
)  # fmt: skip
_WIDTHS = {
    PROGRESSED: 146, DONE: 44, LEFT: 40, VOICE: 94, FACE: 94, AV: 94, AGAIN: 48, CHECKS: 52, TIME: 46, PACE: 54,
    DRIFT: 144, UNDONE: 56, SEEN: 94,
}  # fmt: skip
_KAPPAS = {VOICE: Condition.VOICE, FACE: Condition.FACE, AV: Condition.AV}
_LETTERS = {Condition.VOICE: "V", Condition.FACE: "F", Condition.AV: "A"}
_GIVES_WAY = (UNDONE, CHECKS, AGAIN, PACE, SEEN)
_LEAST_NAME = 90
_NUMBERS = frozenset(range(len(_HEADER))) - {WHO, PROGRESSED, DRIFT, SEEN}
_HINTS = {
    PROGRESSED: "Share done of what was served, voice, face and AV.",
    DONE: "Utterances and conditions with a standing answer.",
    LEFT: "Served by a sitting that is not over, and not answered or skipped.",
    **dict.fromkeys(
        _KAPPAS, f"{CAMPAIGN_DEFINITIONS['rest'].definition} Grey, with their number: fewer than {MINIMUM_N} answers."
    ),
    AGAIN: "Repeated items that got the same answer as the first time, of those met.",
    CHECKS: "Attention checks passed, of those met.",
    TIME: "Median time from the clip's end to the answer.",
    PACE: CAMPAIGN_DEFINITIONS["pace"].definition,
    DRIFT: "Agreement with the others by quarter of the sitting; “agrees less” or “more” where p ≤ .05 after Holm's "
    f"correction over all raters with {MINIMUM_N} answers or more.",
    UNDONE: CAMPAIGN_DEFINITIONS["undone"].definition,
    SEEN: "When the last answer or event came in.",
}


class RaterModel(RowModel[RaterFigures]):
    """Raters as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEADER, _NUMBERS, _HINTS, parent)

    def place(self, code: str) -> int | None:
        """Row of a rater."""
        return next((k for k, rater in enumerate(self._rows) if rater.code == code), None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        rater, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_words(rater, column)
        if role == MARKER and column == WHO:
            return theme.group_style(theme.current(), rater.gender)
        if role == PROGRESS and column == PROGRESSED:
            return tuple(_tracks(rater))
        if role == TREND and column == DRIFT:
            return rater.drifts["agreement"].quarters
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(rater, column)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return cell_sentence(rater, column)
        return super().data(index, role)


def cell_words(rater: RaterFigures, column: int) -> str:
    """What stands in a cell."""
    if column in _KAPPAS:
        found = rater.agreement.get(_KAPPAS[column])
        return numbers.ABSENT if found is None else figure(numbers.rate(found.value, 2), found.ratings)
    passed, met = rater.checks
    again = rater.consistency
    words = {
        WHO: rater.code,
        DONE: numbers.count(rater.done),
        LEFT: numbers.count(rater.left) if rater.left else "",
        AGAIN: f"{round(again.value * again.ratings)}/{again.ratings}" if again.ratings else numbers.ABSENT,
        CHECKS: f"{passed}/{met}" if met else numbers.ABSENT,
        TIME: f"{rater.response:.1f} s" if rater.response == rater.response else numbers.ABSENT,
        PACE: numbers.rate(rater.pace, 1),
        DRIFT: drift_words(rater.drifts["agreement"]),
        UNDONE: share(rater.undone, rater.given),
        SEEN: seen(rater.last_seen),
    }
    return words.get(column, "")


def figure(words: str, n: int) -> str:
    """A figure, with the number of answers it rests on where they are too few to judge by."""
    return f"{words}, n = {n}" if few(n) and words != numbers.ABSENT else words


def drift_words(drift: Drift) -> str:
    """Which way agreement moves, in words and never in colour alone."""
    if few(drift.n):
        return f"too few, n = {drift.n}"
    if drift.interval is None:
        return "unknown"
    if not drift.evident:
        return "no evidence"
    return "▼ agrees less" if drift.change < 0 else "▲ agrees more"


def cell_sentence(rater: RaterFigures, column: int) -> str:
    """A cell in words."""
    if column in _KAPPAS and _KAPPAS[column] in rater.agreement:
        found = rater.agreement[_KAPPAS[column]]
        return f"{rater.code}, {_HEADER[column]}: {numbers.rate(found.value)}, n = {numbers.count(found.ratings)}"
    if column == PROGRESSED:
        parts = (f"{c}: {done} done, {left} left" for c in Condition for done, left in [rater.progress(c)])
        return f"{rater.code}: {'; '.join(parts)}"
    if column == AGAIN:
        again = rater.consistency
        return (
            f"{rater.code}: {numbers.rate(again.value)} of {again.ratings} repeated items answered the same way again"
        )
    if column == DRIFT:
        drift = rater.drifts["agreement"]
        ends = numbers.interval(drift.interval.low, drift.interval.high, sign=True) if drift.interval else ""
        change = f"{numbers.signed(drift.change)} {ends}".strip()
        return (
            f"{rater.code}, agreement from the first to the last answer: {change}, n = {drift.n}, "
            f"Holm p = {numbers.probability(drift.p_holm)}"
        )
    return f"{rater.code}, {_HEADER[column]}: {cell_words(rater, column)}"


def share(part: int, whole: int) -> str:
    """A share in per cent, or as it was counted where there is little to count."""
    if few(whole):
        return f"{part} of {whole}" if whole else numbers.ABSENT
    return f"{100 * part / whole:.0f} %"


def seen(moment: float) -> str:
    """A time of today as the clock, an earlier one as a date."""
    if not moment:
        return "never"
    then = datetime.fromtimestamp(moment).astimezone()
    today = then.date() == datetime.now().astimezone().date()
    return then.strftime("%H:%M") if today else then.strftime("%d %b %Y")


def _tracks(rater: RaterFigures) -> list[Track]:
    found = []
    for condition, letter in _LETTERS.items():
        done, left = rater.progress(condition)
        found.append(Track(letter, done / (done + left) if done + left else 0.0))
    return found


def _colour(rater: RaterFigures, column: int) -> QColor | None:
    tokens, (passed, met) = theme.current(), rater.checks
    if column == DRIFT:
        drift = rater.drifts["agreement"]
        worse = drift.evident and drift.change < 0
        quiet = tokens.text3 if few(drift.n) else tokens.text2
        return QColor(tokens.worse if worse else tokens.better if drift.evident else quiet)
    if column == CHECKS and passed < met:
        return QColor(tokens.warn)
    if column in _KAPPAS:
        found = rater.agreement.get(_KAPPAS[column])
        return QColor(tokens.text3) if found is None or few(found.ratings) else None
    return None if column in {WHO, DONE} else QColor(tokens.text3 if few(rater.given) else tokens.text2)


class RaterTable(QTableView):
    """The table; where it is narrow, columns that the detail has too give way."""

    def __init__(self, model: RaterModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setObjectName("raters")
        self.setAccessibleName("Raters")
        dress_list(self, _WIDTHS, WHO)
        self.setItemDelegate(MarksDelegate(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the name its room."""
        super().resizeEvent(event)
        spare = self.viewport().width() - _LEAST_NAME - sum(_WIDTHS.values())
        for column in _GIVES_WAY:
            self.setColumnHidden(column, spare < 0)
            spare += _WIDTHS[column] if spare < 0 else 0
