"""The filter bar: one line of the filter language, with its key, completions, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QRectF, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.services.filter_columns import FilterColumns
from fairemo_gui.services.filter_grammar import FilterError
from fairemo_gui.services.filter_words import Completion, completions

_PAUSE_MS, _PATIENCE_MS = 200, 1000


class FilterLine(QLineEdit):
    """The input itself.

    Signals:
        left(): The keyboard went elsewhere.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter")
        self.setAccessibleName("Filter")
        self.setPlaceholderText("gender:f true:happy p<0.5 “text”")
        self.setToolTip("Filter (Ctrl+F). Terms side by side must all hold; or, not and ( ) combine them.")
        self._funnel = QAction(theme.icon("funnel-simple"), "Filter", self)
        self.addAction(self._funnel, QLineEdit.ActionPosition.LeadingPosition)
        self._wrong = False
        self._key = KeyCap("Ctrl+F", self)
        self._clear = IconButton("x", "Clear the filter (Esc)", self)
        self._clear.setFixedSize(20, 20)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self._on_clear)
        self.textChanged.connect(self._on_text_changed)
        self.setTextMargins(0, 0, self._key.sizeHint().width() + 28, 0)
        self._on_text_changed()

    def set_wrong(self, wrong: bool) -> None:
        """Whether what stands here cannot be read."""
        self._wrong = wrong
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The input; its edge tells what is wrong."""
        super().paintEvent(event)
        if self._wrong:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen(theme.current().worse))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep key and cross at the right."""
        super().resizeEvent(event)
        size = self._key.sizeHint()
        middle = self.height() // 2
        self._clear.move(self.width() - 24, middle - 10)
        self._key.setGeometry(self.width() - 30 - size.width(), middle - 8, size.width(), size.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self._on_clear()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that typing is over."""
        super().focusOutEvent(event)
        self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_funnel"):
            self._funnel.setIcon(theme.icon("funnel-simple"))
        super().changeEvent(event)

    def _on_clear(self) -> None:
        self.clear()
        self.textEdited.emit("")

    def _on_text_changed(self) -> None:
        self._clear.setVisible(bool(self.text()))


class FilterBar(QWidget):
    """The line, its completions, and the message under it.

    Signals:
        edited(str): What was typed, after a short pause or with Enter.
        submitted(): Enter.
    """

    edited = Signal(str)
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = FilterLine(self)
        self._message = ToneLabel(tone="worse")
        self._message.setWordWrap(True)
        self._message.setObjectName("filter_message")
        self._message.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self._message)
        self._columns: FilterColumns | None = None
        self._sets: Iterable[str] = ()
        self._error: FilterError | None = None
        self._offers: list[Completion] = []
        self._completer = self._make_completer()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._on_paused)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._show_message(self._said()))
        self.line.textEdited.connect(self._on_edited)
        self.line.returnPressed.connect(self._on_return)
        self.line.left.connect(self._on_left)

    def set_columns(self, columns: FilterColumns | None, sets: Iterable[str] = ()) -> None:
        """Offer the values of these columns, and these names of drawn sets."""
        self._columns, self._sets = columns, sets

    def set_query(self, query: str) -> None:
        """Show a query that was not typed."""
        if query != self.line.text() and not self._pause.isActive():
            self.line.setText(query)

    def set_error(self, error: FilterError | None) -> None:
        """Say what is wrong. Something merely unfinished is not wrong while it is being typed."""
        self._error = error
        typing = error is not None and error.length == 0 and self.line.hasFocus()
        self._show_message("" if typing else self._said())
        if typing:
            self._patience.start()

    @property
    def unreadable(self) -> bool:
        """Whether the filter cannot be read."""
        return self._error is not None

    def message(self) -> str:
        """What stands under the line."""
        return self._message.text()

    def _said(self) -> str:
        return "" if self._error is None else str(self._error)

    def _show_message(self, words: str) -> None:
        self._patience.stop()
        self.line.set_wrong(bool(words))
        self._message.setText(words)
        self._message.setVisible(bool(words))

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(QStringListModel(self), self)
        completer.setWidget(self.line)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated.connect(self._on_chosen)
        return completer

    def _popup(self) -> QAbstractItemView:
        popup = self._completer.popup()
        assert popup is not None
        return popup

    def _on_edited(self, text: str) -> None:
        self._pause.start()
        self._patience.stop()
        self._offers = completions(text, self.line.cursorPosition(), self._columns, 12, self._sets) if text else []
        model = self._completer.model()
        assert isinstance(model, QStringListModel)
        model.setStringList([offer.text for offer in self._offers])
        if not self._offers or text[: self.line.cursorPosition()].endswith((" ", "(")):
            self._popup().hide()
            return
        where = self.line.rect().translated(QPoint(self.line.cursorRect().left() - 8, 4))
        where.setWidth(180)
        self._completer.complete(where)

    def _on_chosen(self, text: str) -> None:
        offer = next((each for each in self._offers if each.text == text), None)
        if offer is None:
            return
        whole = self.line.text()
        self.line.setText(whole[: offer.start] + offer.text + whole[offer.end :])
        self.line.setCursorPosition(offer.start + len(offer.text))
        self._on_edited(self.line.text())

    def _on_paused(self) -> None:
        self.edited.emit(self.line.text())

    def _on_return(self) -> None:
        self._pause.stop()
        self.edited.emit(self.line.text())
        self._show_message(self._said())
        self.submitted.emit()

    def _on_left(self) -> None:
        if self._error is not None and not self._popup().isVisible():
            self._show_message(self._said())
