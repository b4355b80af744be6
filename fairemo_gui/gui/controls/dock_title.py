"""The 28 px title of a dock or a pane: name, what it shows, and icons at the right. The whole title drags."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import draw_text, pen, width_of


class IconButton(QToolButton):
    """A 24 px button of one icon, which it draws again when the theme changes.

    Args:
        icon: Name in the icon set.
        hint: Tooltip, with the key; also the accessible name.
    """

    def __init__(self, icon: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = icon
        self.setToolTip(hint)
        self.setAccessibleName(hint)
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(24, 24)
        self.setIcon(theme.icon(icon))

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        self._name = icon
        self.setIcon(theme.icon(icon))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(theme.icon(self._name))
        super().changeEvent(event)


class DockTitle(QWidget):
    """Title of a dock. Mouse events are left to the dock, so that all of it drags."""

    def __init__(self, name: str, detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._detail = detail
        self.setFixedHeight(theme.DOCK_TITLE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 2, 6, 2)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self._describe()

    def set_name(self, name: str) -> None:
        """Change the name."""
        self._name = name
        self._describe()
        self.updateGeometry()
        self.update()

    def set_detail(self, detail: str) -> None:
        """Say what the dock shows."""
        self._detail = detail
        self._describe()
        self.update()

    def detail(self) -> str:
        """What the dock says it shows."""
        return self._detail

    def add_button(self, icon: str, hint: str) -> IconButton:
        """Put an icon at the right."""
        button = IconButton(icon, hint, self)
        self._row.addWidget(button)
        return button

    def add_action(self, action: QAction, icon: str) -> IconButton:
        """Put an action's icon at the right."""
        button = self.add_button(icon, action.toolTip() or action.text())
        button.clicked.connect(action.trigger)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget at the right."""
        self._row.addWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """The name and the icons; the detail gives way."""
        icons = sum(child.width() + 2 for child in self.findChildren(IconButton))
        return QSize(int(width_of(self._name, theme.font(theme.BODY, 600))) + 24 + icons, theme.DOCK_TITLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chrome, hairline, words."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.chrome))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        bold = theme.font(theme.BODY, 600)
        name = width_of(self._name, bold)
        draw_text(painter, QRectF(10, 0, name + 2, self.height() - 1), self._name, tokens.text, bold)
        first = self._row.itemAt(1)
        end = first.geometry().left() if first else self.width()
        start = 10 + name + 9
        if self._detail and end - start > 16:
            box = QRectF(start, 0, end - start - 6, self.height() - 1)
            draw_text(painter, box, self._detail, tokens.text2, theme.font())

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}, {self._detail}" if self._detail else self._name)
