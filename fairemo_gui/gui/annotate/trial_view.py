"""One clip in one condition: the clip, the question, the answers, the scales, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from fairemo_gui.core.rating_plan import RatingPlan, Scale
from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.annotate.attempt import Attempt
from fairemo_gui.gui.annotate.bars import IconPicture
from fairemo_gui.gui.annotate.clip_bar import CHROME, COMFORTABLE, ClipBar, ClipState
from fairemo_gui.gui.annotate.prompt import Prompt
from fairemo_gui.gui.annotate.scales import ConfidenceRow, DimensionRow, IntensityRow, ScaleRow
from fairemo_gui.gui.annotate.screens import WIDTH, scrolled
from fairemo_gui.gui.annotate.tiles import AnswerTiles
from fairemo_gui.gui.annotate.trace_scale import TraceScale
from fairemo_gui.gui.annotate.words import CONFIDENCE, DIMENSION_KEYS, ENDS, QUESTIONS, SEVERAL
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.tone_label import ToneLabel

BUTTON = 32
# Space between the rows, px: as much as the window is high enough for. Around them there is a little more.
_SPACES, _MORE = (20, 14, 7), 4


class TrialView(QWidget):
    """Shows a trial and takes answers; keeps none itself.

    Signals:
        answered(str): An emotion was pressed.
        intensity_given(int): 0–100.
        confidence_given(int): 1–5.
        dimension_given(str, int): A dimension and its point.
        comment_given(str): The rater's words, as they stand.
        guided(float): The hand that follows the clip, −1 to 1.
    """

    answered = Signal(str)
    intensity_given = Signal(int)
    confidence_given = Signal(int)
    dimension_given = Signal(str, int)
    comment_given = Signal(str)
    guided = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clip, self.prompt = ClipBar(), Prompt()
        self.tiles: AnswerTiles | None = None
        self.intensity: IntensityRow | None = None
        self.confidence: ConfidenceRow | None = None
        self.dimensions: dict[str, DimensionRow] = {}
        self.comment: CommentLine | None = None
        self._words: ScaleRow | None = None
        self.trace: TraceScale | None = None
        self._plan: RatingPlan | None = None
        self._condition = Condition.AV
        self.question, self.how_many = QLabel(), ToneLabel(size=theme.BODY)
        self.question.setFont(theme.font(theme.TITLE, 600))
        self.feedback = _Feedback()
        self.hint = ToneLabel()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo = _button("Take back last rating", "arrow-u-up-left", "Backspace")
        self.skip, self.flag = _button("Skip", "", "S"), _button("Flag", "", "F")
        self.submit = KeyButton("Submit and play next", "", "Enter", "primary", height=BUTTON)
        self.submit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.submit.setObjectName("submit")
        self._asked, self._followed = QVBoxLayout(), QVBoxLayout()
        self._fit = QTimer(self, singleShot=True, interval=0)
        self._fit.timeout.connect(self._fit_picture)
        self._lay_out()

    def set_plan(self, plan: RatingPlan, classes: tuple[str, ...]) -> None:
        """Ask what a plan asks, from here to the end of the sitting."""
        self._plan = plan
        self._clear()
        asked = plan.answers
        if plan.trace is not None:
            self.trace = TraceScale(plan.trace)
            self.trace.guided.connect(self.guided)
            self._followed.addWidget(self.trace)
        if asked.emotions:
            self.tiles = AnswerTiles(classes)
            self.tiles.pressed.connect(self.answered)
            self._asked.addWidget(self.tiles)
        for name in asked.dimensions:
            self._add_dimension(name, plan)
        if asked.intensity:
            self.intensity = IntensityRow()
            self.intensity.changed.connect(self.intensity_given)
            self._asked.addWidget(self.intensity)
        if asked.confidence:
            self.confidence = ConfidenceRow(CONFIDENCE)
            self.confidence.changed.connect(self.confidence_given)
            self._asked.addWidget(self.confidence)
        if asked.free_text:
            self.comment = CommentLine()
            self.comment.textEdited.connect(self.comment_given)
            self._words = ScaleRow("In your words", ("T",), self.comment)
            self._asked.addWidget(self._words)
        self._fit.start()

    def begin(self, condition: Condition, transcript: str, *, practice: bool) -> None:
        """Stand ready for a clip in a condition."""
        assert self._plan is not None
        self._condition = condition
        self.clip.begin(condition, transcript)
        asked = self._plan.answers
        if asked.emotions:
            self.question.setText((SEVERAL if asked.several else QUESTIONS)[condition])
            self.how_many.setText("one or several answers" if asked.several else "one answer")
        else:
            self.question.setText("How does this person seem to feel?")
            self.how_many.setText("")
        if practice:
            self.how_many.setText("practice: does not count")
        self.feedback.say("", right=True)
        self.feedback.reserve(practice)
        self._set_deeds_open(True)
        self.submit.set_words("Submit and play next")
        self.close_prompt()
        self._fit.start()

    def show_attempt(self, attempt: Attempt, state: ClipState, problem: str) -> None:
        """Show what was chosen, and let do what may be done now; the problem says why it cannot be submitted."""
        self.clip.show_state(state, attempt)
        self._set_open(attempt.open)
        if self.tiles is not None:
            self.tiles.set_chosen(attempt.votes)
        if self.intensity is not None:
            self.intensity.set_value(attempt.intensity)
        if self.confidence is not None:
            self.confidence.set_value(attempt.confidence)
        for name, row in self.dimensions.items():
            row.set_value(attempt.dimensions.get(name))
        if self.comment is not None and self.comment.text() != attempt.comment:
            self.comment.setText(attempt.comment)
        if self.trace is not None:
            self.trace.set_live(attempt.playing)
            self.trace.set_value(attempt.hand)
        self.submit.setEnabled(attempt.open and not problem)
        # What a scale's numbers mean stands on it.
        self.hint.setText(problem.partition(",")[0].rstrip(".") if attempt.open else "")

    def arm(self, dimension: str | None) -> None:
        """Show where the number keys go: to a dimension, or to the answers."""
        for name, row in self.dimensions.items():
            row.set_armed(name == dimension)

    def say_feedback(self, words: str, *, right: bool) -> None:
        """Practice: say what others answer, and wait."""
        self.feedback.say(words, right=right)
        self._set_open(False)
        self._set_deeds_open(False)
        self.clip.say_answered()
        self.submit.set_words("Next clip")
        self.submit.setEnabled(True)
        self.hint.setText("")

    def open_prompt(self, title: str, options: tuple[str, ...], done: Callable[[str], None]) -> None:
        """Ask something instead of the answers; without options, for a line of text."""
        self.prompt.ask(title, options, done)
        self._stack.setCurrentWidget(self.prompt)

    def close_prompt(self) -> None:
        """Go back to the answers."""
        self._stack.setCurrentIndex(0)

    @property
    def asking(self) -> bool:
        """Whether something is asked instead of the answers."""
        return self._stack.currentWidget() is self.prompt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture takes the height that the rest leaves."""
        super().resizeEvent(event)
        self._fit_picture()

    def _set_open(self, open_: bool) -> None:
        """Whether answers may be given."""
        for part in (self.tiles, self.intensity, self.confidence, self._words, *self.dimensions.values()):
            if part is not None:
                part.setEnabled(open_)

    def _set_deeds_open(self, open_: bool) -> None:
        """Whether the clip may be skipped or flagged."""
        for button in (self.skip, self.flag):
            button.setEnabled(open_)

    def _fit_picture(self) -> None:
        pictured = self._condition is not Condition.VOICE
        for space in _SPACES:
            left = self._room_beside(space)
            if left >= COMFORTABLE:
                break
        if pictured:
            self.clip.set_picture_height(left)
        for place, stretch in ((0, 1 if pictured else 3), (2, 1 if pictured else 7)):
            self._rows.setStretch(place, stretch)

    def _room_beside(self, space: int) -> int:
        """Put so much space between the rows; the height that is left for the picture."""
        for rows in (self._asked, self._form_rows, self._column_rows):
            rows.setSpacing(space)
        margin = space + _MORE
        self._rows.setContentsMargins(0, margin, 0, margin)
        parts = self._stack.sizeHint().height() + self._followed.sizeHint().height()
        return self.height() - parts - 3 * space - 2 * margin - CHROME

    def _lay_out(self) -> None:
        self._form = QWidget()
        form = self._form_rows = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.addLayout(self._head())
        form.addLayout(self._asked)
        form.addWidget(self.feedback)
        form.addWidget(_line())
        form.addLayout(self._deeds())
        form.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._form)
        self._stack.addWidget(self.prompt)
        self._column = QWidget()
        self._column.setFixedWidth(WIDTH)
        column = self._column_rows = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.clip)
        column.addLayout(self._followed)
        column.addWidget(self._stack)
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setSpacing(0)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._column)
        middle.addStretch(1)
        self._rows.addStretch(3)
        self._rows.addLayout(middle)
        self._rows.addStretch(7)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(inside))

    def _deeds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.undo, self.skip, self.flag):
            row.addWidget(button)
        row.addWidget(self.hint, 1)
        row.addSpacing(6)
        row.addWidget(self.submit)
        return row

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.question)
        row.addStretch(1)
        row.addWidget(self.how_many)
        return row

    def _add_dimension(self, name: str, plan: RatingPlan) -> None:
        figures = plan.answers.scale is Scale.SAM
        row = DimensionRow(name, ENDS[name], plan.answers.points, figures=figures, key=DIMENSION_KEYS[name])
        row.changed.connect(lambda point, name=name: self.dimension_given.emit(name, point))
        self._asked.addWidget(row)
        self.dimensions[name] = row

    def _clear(self) -> None:
        """Take away what the former plan asked."""
        for rows in (self._asked, self._followed):
            while (item := rows.takeAt(0)) is not None:
                widget = item.widget()
                assert widget is not None
                widget.hide()
                widget.deleteLater()
        self.tiles, self.intensity, self.confidence, self.trace = None, None, None, None
        self.comment = self._words = None
        self.dimensions = {}


class CommentLine(QLineEdit):
    """A line of the rater's own words. While it has the keyboard all keys are its own, but Enter and Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comment")
        self.setAccessibleName("In your words")
        self.setPlaceholderText("if you like")
        self.setMaxLength(2000)
        self.setFixedHeight(32)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus | Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent) -> bool:
        """Keep the page's keys away."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _types(event):
            event.accept()
            return True
        return super().event(event)


class _Feedback(QWidget):
    """What practice says of an answer: a sign and words, never colour alone."""

    def __init__(self) -> None:
        super().__init__()
        self._right, self._wrong = IconPicture("check", tone="better"), IconPicture("x", tone="worse")
        self.words = ToneLabel(tone="text", size=theme.HEADLINE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._right, self._wrong, self.words):
            row.addWidget(part)
        row.addStretch(1)

    def reserve(self, wanted: bool) -> None:
        """Keep its room free while nothing is said, so that nothing moves when something is."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(wanted)
        self.setSizePolicy(policy)

    def say(self, words: str, *, right: bool) -> None:
        """Say it, or nothing."""
        self.words.setText(words)
        self._right.setVisible(right)
        self._wrong.setVisible(not right)
        self.setVisible(bool(words))


def _types(event: QKeyEvent) -> bool:
    return event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


def _button(words: str, icon: str, key: str) -> KeyButton:
    button = KeyButton(words, icon, key, "plain", height=BUTTON)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setObjectName(words.split()[0].lower())
    return button


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(line.palette().ColorRole.Mid)
    return line
