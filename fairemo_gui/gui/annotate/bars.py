"""The bars above and below: who rates, in which condition, how far; what is saved, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.status import IconLabel
from fairemo_gui.gui.tone_label import ToneLabel

WORDS = {Condition.VOICE: "Voice only", Condition.FACE: "Face only", Condition.AV: "Voice and face"}
ICONS = {Condition.VOICE: "ear", Condition.FACE: "user-focus", Condition.AV: "video-camera"}
_BAR = 220


class IconPicture(QLabel):
    """An icon that follows the theme.

    Args:
        size: Edge, px.
        tone: Name of its colour's token.
    """

    def __init__(self, icon: str = "", size: int = 16, tone: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._edge, self._tone = icon, size, tone
        self._drawn: dict[tuple[str, str], QPixmap] = {}
        self.setFixedSize(QSize(size, size))
        self._draw()

    def set_icon(self, icon: str) -> None:
        """Show another icon; none where the name is empty."""
        self._icon = icon
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icon"):
            self._draw()

    def _draw(self) -> None:
        if not self._icon:
            self.clear()
            return
        tokens = theme.current()
        colour = getattr(tokens, self._tone)
        # The same few signs come again with every clip.
        if (self._icon, colour) not in self._drawn:
            icon = theme.icon(self._icon, tokens, colour)
            self._drawn[self._icon, colour] = icon.pixmap(self._edge, self._edge)
        self.setPixmap(self._drawn[self._icon, colour])


class _Bar(QWidget):
    """A strip in the colour of the window's edges, with a hairline."""

    def __init__(self, height: int, *, line_on_top: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line_on_top = line_on_top
        self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.chrome))
        painter.setPen(pen(tokens.line))
        y = 0 if self._line_on_top else self.height() - 1
        painter.drawLine(0, y, self.width(), y)


class HeadBar(_Bar):
    """40 px at the top. Names no clip, no corpus and no speaker.

    Attributes:
        leave: Pauses; there only while a clip is rated.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(theme.TOOLBAR, line_on_top=False, parent=parent)
        self.title = QLabel("Annotate")
        self.title.setFont(theme.font(theme.BODY, 600))
        self.rater, self.trial, self.ahead = (ToneLabel(size=theme.BODY) for _ in range(3))
        self._icon, self.condition = IconPicture(), QLabel()
        self.condition.setFont(theme.font(theme.HEADLINE, 600))
        self.done = QProgressBar()
        self.done.setFixedSize(_BAR, 4)
        self.done.setTextVisible(False)
        self.done.setAccessibleName("Progress")
        self.leave = KeyButton("Pause", "pause", "Esc")
        self.leave.setObjectName("leave")
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rules = [_rule(), _rule()]
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 1)
        row.setSpacing(12)
        for part in (self.title, self.rater, self._rules[0], self._icon, self.condition):
            row.addWidget(part)
        row.addStretch(1)
        for part in (self.trial, self.done, self.ahead, self._rules[1], self.leave):
            row.addWidget(part)
        self.say_condition(None)
        self.say_progress("", 0.0, "")

    def say_condition(self, condition: Condition | None) -> None:
        """Say what the rater is given; nothing between clips."""
        self._icon.set_icon("" if condition is None else ICONS[condition])
        self.condition.setText("" if condition is None else WORDS[condition])
        for part in (self._rules[0], self._icon, self.condition):
            part.setVisible(condition is not None)

    def show_leave(self, shown: bool) -> None:
        """Whether a pause may be taken."""
        for part in (self._rules[1], self.leave):
            part.setVisible(shown)

    def say_progress(self, trial: str, share: float, ahead: str) -> None:
        """Say how far the sitting is: `Trial 17 of 90`, and what comes."""
        self.trial.setText(trial)
        self.ahead.setText(ahead)
        # Qt would paint the bar at once, before the next clip's first picture.
        self.done.setUpdatesEnabled(False)
        self.done.setValue(round(100 * share))
        self.done.setUpdatesEnabled(True)
        self.done.setAccessibleDescription(trial)
        for part in (self.trial, self.done, self.ahead):
            part.setVisible(bool(trial))


class FootBar(_Bar):
    """24 px at the bottom: what is on the disk, and the keys of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(theme.STATUS, line_on_top=True, parent=parent)
        self.saved = IconLabel("check")
        self._said: list[tuple[str, str]] = []
        self._keys = QHBoxLayout()
        self._keys.setSpacing(14)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 12, 0)
        row.addWidget(self.saved)
        row.addStretch(1)
        row.addLayout(self._keys)

    def say_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show keys and what they do: `("Space", "replay")`; a range is written `1–6`."""
        if list(keys) == self._said:
            return
        self._said = list(keys)
        while (item := self._keys.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for key, words in keys:
            self._keys.addWidget(KeyHint(key, words))


class KeyHint(QWidget):
    """Key caps and what they do. `1–6` is two caps, `Shift+1–5` three."""

    def __init__(self, key: str, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        modifier, plus, rest = key.rpartition("+") if len(key) > 1 else ("", "", key)
        if plus:
            row.addWidget(KeyCap(modifier))
            row.addWidget(ToneLabel("+", "text3", theme.TINY))
        first, dash, last = rest.partition("–")
        row.addWidget(KeyCap(first))
        if dash:
            row.addWidget(ToneLabel("–", "text3", theme.TINY))
            row.addWidget(KeyCap(last))
        if words:
            row.addSpacing(3)
            row.addWidget(ToneLabel(words))


def _rule() -> QWidget:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.VLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setForegroundRole(rule.palette().ColorRole.Mid)
    rule.setFixedSize(9, 20)
    return rule
