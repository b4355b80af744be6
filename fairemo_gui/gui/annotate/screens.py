"""What stands on the page between clips: who rates by which plan, words to agree to, breaks, the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.tone_label import ToneLabel

WIDTH = 748
_TEXT, _FIELD = 560, 260


@dataclass(frozen=True)
class Choice:
    """A button of a screen.

    Attributes:
        name: What `chosen` says.
        key: As shown; bound by the window.
    """

    name: str
    words: str
    key: str
    icon: str = ""


class Screen(QWidget):
    """A title, words, and buttons below; the first button is the primary one.

    Signals:
        chosen(str): The name of the button that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.words = QLabel(), QLabel()
        self.title.setFont(theme.font(theme.TITLE, 600))
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setFont(theme.font(theme.HEADLINE))
        self.problem = ToneLabel(tone="worse", size=theme.BODY)
        self.problem.setWordWrap(True)
        self.buttons: dict[str, KeyButton] = {}
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        column = QWidget()
        column.setFixedWidth(WIDTH)
        lines = QVBoxLayout(column)
        lines.setContentsMargins(0, 0, 0, 24)
        lines.setSpacing(16)
        for part in (self.title, self.words):
            lines.addWidget(part)
            part.setFixedWidth(_TEXT)
        lines.addLayout(self.body)
        lines.addWidget(self.problem)
        lines.addSpacing(4)
        lines.addLayout(self._foot)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(column)
        middle.addStretch(1)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 24, 0, 0)
        rows.addStretch(3)
        rows.addLayout(middle)
        rows.addStretch(5)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(inside))
        self.say_problem("")

    def say(self, title: str, words: str, choices: Sequence[Choice]) -> None:
        """Show other words and buttons."""
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        # A label that wraps does not tell a scrolled column how high it gets.
        self.words.setMinimumHeight(max(self.words.heightForWidth(_TEXT), 0))
        self.say_problem("")
        for button in self.buttons.values():
            self._foot.removeWidget(button)
            button.deleteLater()
        while self._foot.takeAt(0) is not None:
            pass
        self.buttons = {}
        for place, choice in enumerate(choices):
            button = KeyButton(choice.words, choice.icon, choice.key, "" if place else "primary", height=32)
            button.setObjectName(f"choice_{choice.name}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=choice.name: self.chosen.emit(name))
            self._foot.addWidget(button)
            self.buttons[choice.name] = button
        self._foot.addStretch(1)

    def press(self, key: str) -> bool:
        """Press the button with a key; whether there is one."""
        for button in self.buttons.values():
            if button.key() == key and button.isEnabled():
                button.click()
                return True
        return False

    def say_problem(self, sentence: str) -> None:
        """Say what is in the way."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


class StartScreen(Screen):
    """Asks for a code and a plan. Nothing here names a person.

    Signals:
        plan_chosen(): Another plan of the list.
        file_wanted(): A plan from a file is wanted.
    """

    plan_chosen = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = QLineEdit()
        self.code.setObjectName("rater_code")
        self.code.setAccessibleName("Your code")
        self.code.setPlaceholderText("as R07")
        self.code.setFixedSize(_FIELD, 32)
        self.code.setMaxLength(40)
        self.plans = Combo("Rating plan")
        self.plans.setObjectName("rating_plan")
        self.plans.setFixedSize(_FIELD, 32)
        self.file = KeyButton("Open a plan…", "file-text", "Ctrl+O", height=32)
        self.file.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(_beside("Your code", self.code), self.code)
        form.addRow("", ToneLabel("It stands beside your ratings. Choose one that does not name you."))
        plan = QHBoxLayout()
        plan.setSpacing(8)
        plan.addWidget(self.plans)
        plan.addWidget(self.file)
        plan.addStretch(1)
        form.addRow(_beside("Rating plan", self.plans), plan)
        self.summary = ToneLabel(size=theme.BODY)
        self.summary.setWordWrap(True)
        self.summary.setFixedWidth(_TEXT)
        form.addRow("", self.summary)
        self.body.addLayout(form)
        self.plans.activated.connect(lambda _: self.plan_chosen.emit())
        self.file.clicked.connect(self.file_wanted)

    def say_plan(self, summary: str) -> None:
        """Say what a plan asks."""
        self.summary.setText(summary)
        self.summary.setMinimumHeight(max(self.summary.heightForWidth(_TEXT), 0))


def _beside(words: str, field: QWidget) -> QLabel:
    """The name of a field, as high as it: a form puts a lower one above the field's middle."""
    label = QLabel(words)
    label.setFixedHeight(field.height())
    label.setBuddy(field)
    return label


def scrolled(inside: QWidget) -> QScrollArea:
    """An area that scrolls where the window is low, on the page's ground."""
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setBackgroundRole(area.palette().ColorRole.Base)
    inside.setBackgroundRole(inside.palette().ColorRole.Base)
    inside.setAutoFillBackground(True)
    area.setWidget(inside)
    return area
