"""The Labels panel: votes beside predictions, rating, and the log with undo."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.labels.details import UtteranceLabels
from fairemo_gui.gui.labels.history import HistoryModel, make_history
from fairemo_gui.gui.labels.rate import RateSection
from fairemo_gui.gui.labels.votes import VoteBars, vote_columns

_NOTHING = "Choose an utterance to see its labels."
_LOG_ROWS, _ROW = 2, theme.ROW - 4
"""Rows of the log that are kept while there is room, and the height in which the words of one can be read."""
_HIDDEN = "Votes are hidden until you have rated."


class LabelsPanel(QWidget):
    """Shows one utterance's labels. Its `rate` section takes ratings; storing them is somebody else's task.

    Signals:
        undo_requested(): Take back the newest rating.
        covered_changed(int | None): The utterance whose votes this person is not to see yet; None = there is none.
    """

    undo_requested = Signal()
    covered_changed = Signal(object)

    def __init__(self, rater: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: UtteranceLabels | None = None
        self._blind = False
        self._told: int | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.bars = VoteBars()
        self.rate = RateSection(rater)
        self.undo = _undo()
        self.history_model = HistoryModel(self)
        self.history = make_history(self.history_model)
        self._heading = QLabel("History")
        self._heading.setFont(theme.font(theme.BODY, 600))
        self._lay_out()
        self.undo.clicked.connect(self.undo_requested)
        self.rate.predictions_toggled.connect(self._update)
        self.rate.condition_chosen.connect(self._update)
        self._update()

    @property
    def blind(self) -> bool:
        """Whether votes and predictions stay hidden until this person has rated."""
        return self._blind

    def set_blind(self, blind: bool) -> None:
        """Hide votes and predictions until this person has rated."""
        self._blind = blind
        self._update()

    @property
    def covered(self) -> int | None:
        """The utterance whose votes stay hidden until this person has rated it; None = there is none."""
        hidden = self._labels is not None and self._blind and self.rate.mine() is None
        return self._labels.utterance if self._labels is not None and hidden else None

    def set_silenced(self, reason: str) -> None:
        """Say that nothing can be heard, as `No sound device`; empty = it can again."""
        self.rate.set_silenced(reason)
        self._fit()

    def set_rater(self, rater: str) -> None:
        """Rate under another code from now on."""
        self.rate.rater = rater
        self.show_labels(self._labels)

    def show_labels(self, labels: UtteranceLabels | None) -> None:
        """Show an utterance, or the same one after something changed."""
        self._labels = labels
        self.rate.show_labels(labels)
        self._update()

    def labels(self) -> UtteranceLabels | None:
        """What is shown."""
        return self._labels

    def detail(self) -> str:
        """As `intended: happy`."""
        if self._labels is None or self._labels.intended is None or self.covered is not None:
            return ""
        return f"intended: {self._labels.intended}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up some height and the log before rating would have to be scrolled to."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_heading"):
            self.undo.setIcon(theme.icon("arrow-u-up-left"))

    def _lay_out(self) -> None:
        self._head = head = QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 2)
        head.setSpacing(6)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self.undo)
        head.addWidget(KeyCap("Ctrl+Z"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._area = self._scrolled()
        column.addWidget(self._area)
        column.addWidget(_rule())
        column.addLayout(head)
        column.addWidget(self.history, 1)
        # Takes what is left over while there is no log, which would stand as gaps between the parts.
        column.addStretch(0)
        self.history.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def _fit(self) -> None:
        """Rows get tighter, then the log gives way, as soon as not everything can be seen at once."""
        for compact, log in ((False, _LOG_ROWS), (True, _LOG_ROWS), (True, 1), (True, 0)):
            self.bars.set_compact(compact)
            self.rate.set_compact(compact)
            self._head.setContentsMargins(*((8, 0, 8, 0) if compact else (8, 2, 8, 2)))
            rate = _height(self.rate, self.width())
            wanted = self.bars.sizeHint().height() + rate + self._head.sizeHint().height() + 2
            if wanted + log * _ROW <= self.height():
                break
        self.history.setMinimumHeight(log * _ROW)
        self.history.setVisible(log > 0)
        self._area.updateGeometry()

    def _scrolled(self) -> QScrollArea:
        """Votes and rating; they scroll where the window is low."""
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (self.bars, _rule(), self.rate):
            inside.addWidget(part)
        inside.addStretch(1)
        area = _Area()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        area.setWidget(body)
        body.setBackgroundRole(self.palette().ColorRole.Base)
        return area

    def _update(self, _: object = None) -> None:
        labels, covered = self._labels, self.covered
        self.rate.set_covered(covered is not None)
        if labels is None:
            self.bars.show_instead((), _NOTHING)
        elif covered is not None:
            self.bars.show_instead(labels.scheme.classes, _HIDDEN)
        else:
            shown = self.rate.predictions_shown
            self.bars.show_columns(labels.scheme.classes, vote_columns(labels, shown))
            if shown and labels.answer is not None:
                self.rate.note_prediction_seen()
        classes = () if labels is None else labels.scheme.classes
        others = () if labels is None else labels.history
        mine = tuple(rating for rating in others if rating.rater == self.rate.rater)
        # What others answered would give it away just as the votes do.
        self.history_model.show(others if covered is None else mine, classes, self.rate.rater)
        self._fit()
        if covered != self._told:
            self._told = covered
            self.covered_changed.emit(covered)


class _Area(QScrollArea):
    """A scroll area as high as what is in it, where there is room."""

    def sizeHint(self) -> QSize:
        """The whole of the content."""
        inside = self.widget()
        wide = super().sizeHint()
        return wide if inside is None else QSize(inside.sizeHint().width(), _height(inside, self.width()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content's height."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """Enough to see that there is more."""
        return QSize(280, 120)


def _height(widget: QWidget, width: int) -> int:
    """How high a widget wants to be; sentences that wrap ask for more where it is narrow."""
    wrapped = widget.heightForWidth(width)
    return wrapped if wrapped > 0 else widget.sizeHint().height()


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setFixedHeight(1)
    rule.setForegroundRole(rule.palette().ColorRole.Mid)
    return rule


def _undo() -> QPushButton:
    undo = QPushButton(theme.icon("arrow-u-up-left"), "Undo")
    undo.setProperty("role", "plain")
    undo.setObjectName("undo")
    undo.setAccessibleName("Undo the newest rating")
    undo.setToolTip("Take back your newest rating, on whichever utterance it is (Ctrl+Z)")
    return undo
