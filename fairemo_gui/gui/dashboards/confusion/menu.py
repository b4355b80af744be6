"""The small button in a confusion chart's corner: of what, as shares of what, whose rows, who stands beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import LEFT, draw_focus_ring, draw_text, pen, width_of
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.confusion.look import Look, Share, View

_VIEWS = (
    (View.CLASSES, "One class each"),
    (View.LABELS, "Each label against the rest"),
    (View.TOGETHER, "Labels together"),
)
_SHARES = ((Share.ROW, "Per cent of row"), (Share.COLUMN, "Per cent of column"), (Share.ALL, "Per cent of all"))
_ONE_LABEL = "Here every utterance has one class: labels are never on together."


class LookButton(QToolButton):
    """Says what the cells hold; its menu changes that.

    Signals:
        look_chosen(Look): Another way of showing it.
        rows_chosen(str): Somebody else stands in the rows; empty = the truth.
        beside_chosen(str): Somebody else's matrices stand beside; empty = nobody's.
    """

    look_chosen = Signal(object)
    rows_chosen = Signal(str)
    beside_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._several = Look(), False
        self._rows: tuple[Sequence[Option], str] = ((), "")
        self._beside: tuple[Sequence[Option], str] = ((), "")
        self.setObjectName("confusion_look")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("What the cells hold, whose rows they are, and who stands beside")
        self.setMenu(QMenu(self))
        self.rows_menu, self.beside_menu = QMenu("Rows", self), QMenu("Beside", self)
        self.menu().aboutToShow.connect(self.fill)
        self.show_look(Look(), several=False)

    def show_look(self, look: Look, *, several: bool) -> None:
        """Say how it is shown, and whether labels can be on together."""
        self._look, self._several = look, several
        self.setText(look.words)
        self.setAccessibleName(f"Cells hold {look.words}; choose what is shown")
        self.setFixedSize(self.sizeHint())
        self.update()

    def set_axes(self, rows: Sequence[Option], row: str, beside: Sequence[Option], by: str) -> None:
        """Offer whose answers can stand in the rows, and whose matrices beside."""
        self._rows, self._beside = (rows, row), (beside, by)

    def sizeHint(self) -> QSize:
        """The longest of its words, so that nothing moves."""
        widest = max(width_of(word, theme.font(theme.SMALL)) for word in ("Row %", "Counts", "Col %"))
        return QSize(round(widest) + 22, 20)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The word with a small arrow, in a hairline."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(pen(tokens.cline))
        painter.setBrush(QColor(tokens.ctlhi if self.underMouse() else tokens.ctl))
        painter.drawRoundedRect(box, 4, 4)
        small = theme.font(theme.SMALL)
        draw_text(painter, box.adjusted(5, 0, -12, 0), self.text(), tokens.text, small, LEFT)
        draw_text(painter, box.adjusted(box.width() - 13, 0, 0, 0), "▾", tokens.text2, small, LEFT)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect().toRectF(), tokens.accent)

    def fill(self) -> None:
        """Make the menu anew."""
        menu = self.menu()
        menu.clear()
        self._add(menu, _VIEWS, self._look.view, lambda view: replace(self._look, view=View(view)))
        menu.addSeparator()
        self._add(menu, _SHARES, self._look.share, lambda share: replace(self._look, share=Share(share)))
        counts = menu.addAction("Counts in the cells")
        counts.setCheckable(True)
        counts.setChecked(self._look.counts)
        counts.toggled.connect(lambda on: self.look_chosen.emit(replace(self._look, counts=on)))
        menu.addSeparator()
        for inner, (options, now), signal in (
            (self.rows_menu, self._rows, self.rows_chosen),
            (self.beside_menu, self._beside, self.beside_chosen),
        ):
            inner.clear()
            self._add_options(inner, options, now, signal.emit)
            menu.addMenu(inner)

    def _add(self, menu: QMenu, choices: Sequence[tuple[str, str]], now: str, look: Callable[[str], Look]) -> None:
        group = QActionGroup(menu)
        for key, words in choices:
            action = _checkable(menu, group, words, key == now)
            barred = not self._several and key in {View.LABELS, View.TOGETHER}
            action.setEnabled(not barred)
            action.setToolTip(_ONE_LABEL if barred else "")
            action.triggered.connect(lambda _=False, key=key: self.look_chosen.emit(look(key)))

    def _add_options(self, menu: QMenu, options: Sequence[Option], now: str, choose: Callable[[str], None]) -> None:
        menu.setEnabled(len(options) > 1)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for option in options:
            action = _checkable(menu, group, option.text, option.key == now)
            action.setEnabled(not option.reason)
            action.setToolTip(option.reason or option.hint)
            action.triggered.connect(lambda _=False, key=option.key: choose(key))


def _checkable(menu: QMenu, group: QActionGroup, words: str, on: bool) -> QAction:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(on)
    group.addAction(action)
    return action
