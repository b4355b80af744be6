"""The clip: its picture where the condition has one, how far it is, how often it may be played again."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.annotate.attempt import Attempt
from fairemo_gui.gui.annotate.bars import IconPicture
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.player.picture import PictureView
from fairemo_gui.gui.tone_label import ToneLabel

_SIGNS = {Condition.VOICE: "speaker-high", Condition.FACE: "user-focus", Condition.AV: "video-camera"}
_WITHHELD = {Condition.VOICE: "No picture in this condition", Condition.FACE: "No sound in this condition"}
_VERBS = {Condition.VOICE: "heard", Condition.FACE: "seen", Condition.AV: "played"}
_PAD, _ASPECT, _WIDEST = 18, 4 / 3, 440
_LOWEST, COMFORTABLE, _HIGHEST = 120, 180, 400
CHROME = 2 * _PAD
"""Height around the picture, px."""


class ClipState(Enum):
    """What the clip is doing, in words."""

    LOADING = "Loading the clip"
    PLAYING = "Playing"
    ENDED = "Clip has ended"
    PAUSED = "Paused"
    FAILED = "This clip cannot be played"
    UNHEARD = "Nothing can be heard"
    NO_SOUND = "This clip has no sound"
    NO_PICTURE = "This clip has no picture"


_FAULTY = {ClipState.FAILED, ClipState.NO_SOUND, ClipState.NO_PICTURE}


class ClipBar(QWidget):
    """Says nothing of a clip but how far it is: no name, no waveform, not even its length in figures.

    Attributes:
        picture: Where frames are shown; hidden where the condition has none.
        replay: Plays again.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._condition: Condition | None = None
        self._aspect, self._height = _ASPECT, _LOWEST
        self.picture = PictureView(theme.current, self)
        self.picture.setMouseTracking(False)
        self.picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.picture.aspect_changed.connect(self._on_aspect)
        self._sign = _Sign()
        self.state, self.count = QLabel(), ToneLabel(size=theme.BODY)
        self.state.setFont(theme.font(theme.HEADLINE, 500))
        self.progress = _Progress()
        self.answers, self.withheld, self.remedy = ToneLabel(), ToneLabel(), ToneLabel(tone="warn")
        self.replay = KeyButton("Replay", "arrow-counter-clockwise", "Space", height=32)
        self.replay.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.replay.setObjectName("replay")
        self.words = ToneLabel(tone="text", size=theme.TITLE)
        for label in (self.words, self.remedy, self.withheld, self.answers):
            label.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout()
        self._lay_out()
        self.say_remedy("")

    def begin(self, condition: Condition, transcript: str) -> None:
        """Stand ready for a clip."""
        if condition is not self._condition:
            self._condition = condition
            self._arrange(pictured=condition is not Condition.VOICE)
        self.picture.set_frame(None)
        self._sign.set_icon(_SIGNS[condition])
        self.withheld.setText(_WITHHELD.get(condition, ""))
        self.withheld.setVisible(condition in _WITHHELD)
        self.say_remedy("")
        self.words.setText(f"“{transcript}”" if transcript else "")
        self.words.setVisible(bool(transcript))
        self.progress.set_share(0.0)

    def show_state(self, state: ClipState, attempt: Attempt) -> None:
        """Say what the clip does, how often it was played, and whether answers are open."""
        self.state.setText(state.value)
        self.count.setText(self._count(attempt))
        self.answers.setText(_opening(state, attempt))
        goes_on = attempt.resumes_at is not None
        self.replay.set_words("Play on" if goes_on else "Replay" if attempt.plays else "Play")
        self.replay.setEnabled(attempt.may_play and state in {ClipState.ENDED, ClipState.PAUSED})

    def say_answered(self) -> None:
        """The answer is given: nothing is open any more."""
        self.replay.setEnabled(False)
        self.answers.setText("Answered")

    def say_remedy(self, words: str) -> None:
        """Say why the clip cannot be perceived, and what to do."""
        self.remedy.setText(words)
        self.remedy.setVisible(bool(words))

    def say_time_left(self, seconds: int) -> None:
        """Say how long the answer stays open."""
        self.answers.setText(f"Answer within {seconds} s")

    def set_picture_height(self, height: int) -> None:
        """Make the picture as high as there is room for."""
        self._height = min(max(height, _LOWEST), _HIGHEST)
        self._size_picture()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet box."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(tokens.line))
        painter.setBrush(QColor(tokens.alt))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _on_aspect(self) -> None:
        """The next clips are likely to have the same shape: without a frame nothing moves."""
        if self.picture.aspect is not None and self.picture.aspect != self._aspect:
            self._aspect = self.picture.aspect
            self._size_picture()

    def _size_picture(self) -> None:
        width = min(round(self._height * self._aspect), _WIDEST)
        self.picture.setFixedSize(width, min(self._height, round(width / self._aspect)))

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        box.addLayout(self._grid)
        self._said = QWidget()
        said = QVBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(8)
        for pair in ((self.state, self.count), self.progress, (self.answers, self.withheld)):
            if isinstance(pair, QWidget):
                said.addWidget(pair)
                continue
            row = QHBoxLayout()
            row.addWidget(pair[0], 1)
            row.addWidget(pair[1], 0, Qt.AlignmentFlag.AlignRight)
            said.addLayout(row)
        self._arrange(pictured=False)

    def _arrange(self, *, pictured: bool) -> None:
        """Beside a picture the words stand below one another; without one, in a row."""
        while self._grid.takeAt(0) is not None:
            pass
        self.picture.setVisible(pictured)
        self._sign.setVisible(not pictured)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column == 1))
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        if pictured:
            self._grid.addWidget(self.picture, 0, 0, 5, 1)
            self._grid.setRowStretch(0, 1)
            self._grid.setRowStretch(4, 1)
            for row, part in enumerate((self.words, self._said, self.remedy), start=1):
                self._grid.addWidget(part, row, 1)
            self._grid.addWidget(self.replay, 4, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            return
        for row in (0, 4):
            self._grid.setRowStretch(row, 0)
        self._grid.addWidget(self._sign, 0, 0)
        self._grid.addWidget(self._said, 0, 1)
        self._grid.addWidget(self.replay, 0, 2)
        self._grid.addWidget(self.words, 1, 1, 1, 2)
        self._grid.addWidget(self.remedy, 2, 1, 1, 2)

    def _count(self, attempt: Attempt) -> str:
        if not attempt.plays or self._condition is None:
            return ""
        times = {1: "once", 2: "twice"}.get(attempt.plays, f"{attempt.plays} times")
        left = attempt.replays_left
        said = f"{_VERBS[self._condition]} {times}"
        if left is None or attempt.plan.clip.replays == 0:
            return said
        return f"{said}, {numbers.counted(left, 'replay', 'replays') if left else 'no replay'} left"


class _Sign(QWidget):
    """What is played, as a sign in a ring."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(56, 56)
        self._icon = IconPicture(size=28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)

    def set_icon(self, icon: str) -> None:
        """Show a sign."""
        self._icon.set_icon(icon)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(theme.current().cline))
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class _Progress(QWidget):
    """How far the clip is, as a bar without figures."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(5)
        self.setAccessibleName("Progress of the clip")

    def set_share(self, share: float) -> None:
        """Show a share of the clip, 0–1."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track and what has passed."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, share in ((tokens.line, 1.0), (tokens.text3, self._share)):
            painter.setBrush(QColor(colour))
            if share > 0:
                painter.drawRoundedRect(QRectF(0, 0, max(self.width() * share, 5.0), 5), 2.5, 2.5)


def _opening(state: ClipState, attempt: Attempt) -> str:
    if state in _FAULTY:
        return "Skip it, or flag it with a note"
    if state is ClipState.UNHEARD:
        return "Answers are closed"
    if attempt.open:
        return "Answers are open"
    return "Answers open when the clip has ended"
