"""The two small tables of the page: discordant counts with McNemar's test, and what the new ratings changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from fairemo_gui.evaluation.comparison import Verdict
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.forest import draw_verdict_words
from fairemo_gui.gui.compare.model import CompareModel, DiscordantRow
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import LEFT, RIGHT, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row

_ROW, _SIDE = 26.0, 12.0
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True)
class Field:
    """A cell: words, or a verdict."""

    text: str
    strong: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Table:
    """A table of few rows.

    Attributes:
        header: One word per column; the first column is the row's label.
        words: Columns that hold words, not numbers, and stand at the left.
        numbers: The rows as exported, unrounded, with their header first.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Field, ...], ...]
    note: str
    words: frozenset[int]
    numbers: tuple[Row, ...]


class TableCanvas(Canvas):
    """Draws a table and the note under it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._table: Table | None = None

    def set_table(self, table: Table) -> None:
        """Show another table."""
        self._table = table
        self.setMinimumWidth(220)
        self.refresh()

    def full_height(self, width: int) -> int:
        """Height of all rows with header and note at a width."""
        if self._table is None:
            return 0
        note = math.ceil(self._note_box(width).height()) + 18 if self._table.note else 0
        return round((len(self._table.rows) + 1) * _ROW) + note

    def _note_box(self, width: int) -> QRectF:
        """Where the note under the rows lies at a width."""
        table = self._table
        if table is None:
            return QRectF()
        room = QRectF(_SIDE, (len(table.rows) + 1) * _ROW + 8, max(width - 2 * _SIDE, 100), 400)
        return QFontMetricsF(theme.font(theme.SMALL)).boundingRect(room, _WRAPPED, table.note)

    def arrange(self) -> Sequence[Place]:
        """Rows are the places."""
        table = self._table
        if table is None:
            return []
        return [
            Place(QRectF(0, (k + 1) * _ROW, self.width(), _ROW), _row_words(table, row), None, None)
            for k, row in enumerate(table.rows)
        ]

    def draw(self, painter: QPainter) -> None:
        """Header, rows, note."""
        table = self._table
        if table is None:
            return
        tokens, small = theme.current(), theme.font(theme.SMALL)
        painter.fillRect(QRectF(0, 0, self.width(), _ROW), QColor(tokens.chrome))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, int(_ROW) - 1, self.width(), int(_ROW) - 1)
        boxes = self._boxes(table)
        for column, (box, word) in enumerate(zip(boxes, table.header, strict=True)):
            align = LEFT if column in table.words else RIGHT
            draw_text(painter, box, word, tokens.text2, theme.font(theme.SMALL, 500), align)
        for k, row in enumerate(table.rows, start=1):
            if k % 2:
                painter.fillRect(QRectF(0, k * _ROW, self.width(), _ROW), QColor(tokens.alt))
            for column, (box, cell) in enumerate(zip(boxes, row, strict=True)):
                _draw_field(painter, box.translated(0, k * _ROW), cell, LEFT if column in table.words else RIGHT)
        painter.setFont(small)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(self._note_box(self.width()).adjusted(0, 0, 2, 2), _WRAPPED, table.note)

    def _boxes(self, table: Table) -> list[QRectF]:
        """Columns as wide as their widest word, the first one taking what is left."""
        bold = theme.font(theme.BODY, 600)
        widths = []
        for column, word in enumerate(table.header):
            cells = [_width(row[column]) for row in table.rows]
            widths.append(max([width_of(word, bold), *cells]) + 10)
        spare = self.width() - 2 * _SIDE - sum(widths)
        share = max(spare, 0) / max(len(widths) - 1, 1)
        boxes, left = [], _SIDE
        for column, width in enumerate(widths):
            wide = width + (share if column < len(widths) - 1 else 0)
            boxes.append(QRectF(left, 0, wide - (0 if column == len(widths) - 1 else 10), _ROW))
            left += wide
        return boxes


class TableChart(Chart):
    """A small table that exports like a chart."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self._drawing = TableCanvas(name)
        super().__init__(self._drawing, parent)
        self.set_scrolling(False)
        # Not inside the resize itself: the layout would put the old height back.
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._settle_height)
        self._table: Table | None = None

    def set_table(self, table: Table) -> None:
        """Show this table."""
        self._table = table
        self._drawing.set_table(table)
        self.show_canvas()
        self._settle_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the rows and the wrapped note."""
        super().resizeEvent(event)
        self._settling.start()

    def _settle_height(self) -> None:
        self.setFixedHeight(max(self._drawing.full_height(self.width()), 1))

    def rows(self) -> Iterable[Row]:
        """The rows, unrounded."""
        return self._table.numbers if self._table is not None else ()


def discordant_table(model: CompareModel) -> Table:
    """Right in one net only."""
    old, new = (name.removeprefix("net ") for name in (model.old_name, model.new_name))
    header = ("", f"only {old}", f"only {new}", "p, exact", f"{model.correction}, {len(model.tests)}")
    exported: tuple[Row, ...] = (
        ("group", f"only {model.old_name}", f"only {model.new_name}", "p", "p_holm", "evidence"),
        *((t.label, t.only_old, t.only_new, t.p, t.p_holm, str(t.verdict)) for t in model.tests),
    )
    return Table(header, tuple(_discordant_row(t) for t in model.tests), model.tests_note, frozenset({0, 4}), exported)


def labels_table(model: CompareModel) -> Table:
    """What changed in the labels, with a total where there are several conditions."""
    header = ("", "new ratings", *model.label_groups, "learnt", "moved")
    rows = [
        (Field(r.condition, True), *(Field(numbers.count(n)) for n in (r.ratings, *r.per_group, r.learnt, r.moved)))
        for r in model.labels
    ]
    if len(model.labels) > 1:
        columns = zip(*((r.ratings, *r.per_group, r.learnt, r.moved) for r in model.labels), strict=True)
        rows.append((Field("Total", True), *(Field(numbers.count(sum(column)), True) for column in columns)))
    exported: tuple[Row, ...] = (
        ("condition", *header[1:]),
        *((r.condition, r.ratings, *r.per_group, r.learnt, r.moved) for r in model.labels),
    )
    return Table(header, tuple(rows), model.labels_note, frozenset({0}), exported)


def _discordant_row(test: DiscordantRow) -> tuple[Field, ...]:
    return (
        Field(test.label, True),
        Field(numbers.count(test.only_old)),
        Field(numbers.count(test.only_new), True),
        Field(numbers.probability(test.p)),
        Field("", verdict=test.verdict),
    )


def _width(cell: Field) -> float:
    if cell.verdict is not None:
        return width_of(str(cell.verdict), theme.font(theme.SMALL)) + (
            14 if cell.verdict is not Verdict.NO_EVIDENCE else 0
        )
    return width_of(cell.text, theme.font(theme.BODY, 600 if cell.strong else 400))


def _draw_field(painter: QPainter, box: QRectF, cell: Field, align: Qt.AlignmentFlag) -> None:
    if cell.verdict is not None:
        draw_verdict_words(painter, box, cell.verdict)
        return
    draw_text(painter, box, cell.text, theme.current().text, theme.font(theme.BODY, 600 if cell.strong else 400), align)


def _row_words(table: Table, row: Sequence[Field]) -> str:
    cells = zip(table.header[1:], row[1:], strict=True)
    values = ", ".join(f"{name} {cell.verdict or cell.text}" for name, cell in cells)
    return f"{row[0].text}: {values}"
