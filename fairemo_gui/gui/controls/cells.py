"""One delegate for every table: swatch and word, group marker, focus edge. No widgets in cells."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import LEFT, RIGHT, draw_marker, draw_swatch, draw_text, draw_verdict, pen
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.theme import GroupStyle

SWATCH = Qt.ItemDataRole.UserRole + 101
"""Role: colour of an emotion's 8 px square before the word, `#rrggbb`."""
MARKER = Qt.ItemDataRole.UserRole + 102
"""Role: `GroupStyle` whose marker stands before the word."""
GLYPH = Qt.ItemDataRole.UserRole + 103
"""Role: (glyph, colour) of a verdict before the word."""
ICON = Qt.ItemDataRole.UserRole + 104
"""Role: name of an icon before the word (or alone)."""

_PAD = 6


class CellDelegate(QStyledItemDelegate):
    """Paints a cell after its roles; the words of a selected row are always `text`."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, mark, word, focus edge."""
        tokens = theme.current()
        painter.save()
        rect = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(tokens.sel))
        elif option.features & QStyleOptionViewItem.ViewItemFeature.Alternate:
            painter.fillRect(rect, QColor(tokens.alt))
        left = rect.left() + _PAD + self._paint_mark(painter, rect, index)
        box = QRectF(left, rect.top(), rect.right() - _PAD - left, rect.height())
        self._paint_word(painter, box, index, selected)
        self._paint_edge(painter, option, index, selected)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows are 26 px."""
        return QSize(super().sizeHint(option, index).width() + 14, theme.ROW)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A cell's tooltip holds what people wrote: words, whatever signs they hold."""
        if event.type() is not QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tip(str(index.data(Qt.ItemDataRole.ToolTipRole) or "")), view)
        return True

    def _paint_mark(self, painter: QPainter, rect: QRectF, index: QModelIndex | QPersistentModelIndex) -> float:
        left, middle = rect.left() + _PAD, rect.center().y() + 0.5
        swatch = index.data(SWATCH)
        if isinstance(swatch, str):
            draw_swatch(painter, left, middle, swatch)
            return 14
        style = index.data(MARKER)
        if isinstance(style, GroupStyle):
            draw_marker(painter, QPointF(left + 4, middle), style)
            return 14
        glyph = index.data(GLYPH)
        if isinstance(glyph, tuple):
            draw_verdict(painter, QPointF(left + 5, middle), glyph[0], glyph[1])
            return 15
        name = index.data(ICON)
        if isinstance(name, str) and name:
            theme.icon(name).paint(painter, int(left), int(middle - 8), 16, 16)
            return 20
        return 0

    def _paint_word(
        self, painter: QPainter, box: QRectF, index: QModelIndex | QPersistentModelIndex, selected: bool
    ) -> None:
        word = index.data(Qt.ItemDataRole.DisplayRole)
        if word is None or word == "":
            return
        tokens = theme.current()
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        brush = brush.color() if isinstance(brush, QBrush) else brush
        colour = brush.name() if isinstance(brush, QColor) and not selected else tokens.text
        font = index.data(Qt.ItemDataRole.FontRole)
        align = index.data(Qt.ItemDataRole.TextAlignmentRole)
        right = align is not None and bool(int(align) & int(Qt.AlignmentFlag.AlignRight))
        font = font if isinstance(font, QFont) else theme.font()
        draw_text(painter, box, str(word), colour, font, RIGHT if right else LEFT)

    def _paint_edge(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        selected: bool,
    ) -> None:
        view = option.widget
        if not isinstance(view, QAbstractItemView) or not selected or view.currentIndex().row() != index.row():
            return
        rect = option.rect
        painter.setPen(pen(theme.current().accent))
        painter.drawLine(rect.left(), rect.top(), rect.right() + 1, rect.top())
        painter.drawLine(rect.left(), rect.bottom(), rect.right() + 1, rect.bottom())
        if isinstance(view, QTableView) and view.horizontalHeader().visualIndex(index.column()) == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), QColor(theme.current().accent))


class _Opaque(QObject):
    """Keeps a table's ground opaque, which style sheets undo: scrolling need not paint all rows anew."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        table.ensurePolished()
        table.viewport().setAutoFillBackground(True)

    def eventFilter(self, table: QObject, event: QEvent) -> bool:
        """After another theme, too."""
        if event.type() == QEvent.Type.StyleChange and isinstance(table, QTableView):
            table.viewport().setAutoFillBackground(True)
        return False


def dress_table(table: QTableView) -> None:
    """Give a table the window's look: rows of 26 px, no grid, flat header, one delegate, whole rows selected."""
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setItemDelegate(CellDelegate(table))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.ROW)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setTextElideMode(Qt.TextElideMode.ElideRight)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setFixedHeight(theme.ROW)
    header.setMinimumSectionSize(20)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.installEventFilter(_Opaque(table))


def dress_list(table: QTableView, widths: Mapping[int, int], stretched: int) -> None:
    """`dress_table`, for a list of which one row is looked at: nothing scrolls sideways, and Tab leaves it.

    Args:
        table: With its model.
        widths: Of the columns that keep theirs, px.
        stretched: The column that takes the rest.
    """
    dress_table(table)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for column, width in widths.items():
        table.setColumnWidth(column, width)
    table.horizontalHeader().setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
