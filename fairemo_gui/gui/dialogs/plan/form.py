"""The fields of a rating plan, and the plan they say."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fairemo_gui.core.rating_plan import (
    DIMENSIONS,
    Answers,
    ClipRules,
    Items,
    RatingPlan,
    Scale,
    SittingRules,
    Smart,
    SmartRule,
    Target,
)
from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dialogs.plan.fields import Number, exact, spin
from fairemo_gui.gui.dialogs.plan.rows import Row, lay_out
from fairemo_gui.gui.dialogs.plan.words import known_lines

_CONDITIONS = {Condition.VOICE: "voice", Condition.FACE: "face", Condition.AV: "AV"}
_SMART = {
    "": "No: every clip as the plan says",
    SmartRule.NETS: "Where nets disagree",
    SmartRule.CONDITIONS: "Where voice and AV votes disagree",
    SmartRule.GROUPS: "Where a group's interval is widest",
}
_UNLIMITED = -1
_SCROLL_BAR = 12
_KNOWN_HINT = "One a line: UTTERANCE condition emotion, as 1001_IEO_SAD_HI voice sad"


class PlanForm(QScrollArea):
    """Everything a plan says, in two columns of fields.

    Signals:
        edited(): A person changed a field.
    """

    edited = Signal()

    def __init__(self, plan: RatingPlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._former = plan
        self._setting = False
        self._make_fields()
        self._assemble()
        self.set_plan(plan)

    def set_plan(self, plan: RatingPlan) -> None:
        """Fill the fields."""
        self._setting, self._former = True, plan
        self._fill_words(plan)
        self._fill_answers(plan.answers)
        self._fill_clip(plan.clip)
        self._fill_sitting(plan)
        self._setting = False
        for line in (self.name, self.version, self.description, self.classes, self.filter):
            line.setCursorPosition(0)

    def plan(self) -> RatingPlan:
        """What the fields say, whether it can stand or not.

        Raises:
            UserError: A line of known clips cannot be read.
        """
        smart = self.smart.value()
        return replace(
            self._former,
            name=self.name.text().strip(),
            version=self.version.text().strip(),
            description=self.description.text().strip(),
            trace=self.trace.value() or None,
            answers=self._answers(),
            clip=self._clip(),
            items=Items(
                self.filter.text().strip(), tuple((c, box.value()) for c, box in self.shares.items()),
                self.one_condition.isChecked(), int(exact(self.seed, self._former.items.seed)),
            ),
            sitting=self._sitting(),
            target=Target(
                self.ratings.value(), exact(self.agreement, self._former.target.agreement or 0) or None,
                self.at_least.value(),
            ),
            smart=replace(self._former.smart or Smart(SmartRule(smart)), rule=SmartRule(smart)) if smart else None,
            practice=known_lines(self.practice.toPlainText(), "practice"),
            attention=known_lines(self.attention.toPlainText(), "attention"),
        )  # fmt: skip

    def _make_fields(self) -> None:
        self.name, self.version, self.description = QLineEdit(), QLineEdit(), QLineEdit()
        self.emotions, self.several = QCheckBox("emotion"), QCheckBox("several at once")
        self.intensity, self.confidence = QCheckBox("intensity"), QCheckBox("confidence")
        self.free_text, self.classes = QCheckBox("own words"), QLineEdit()
        self.classes.setPlaceholderText("all of the corpus; or anger, happy, …")
        self.dimensions = {name: QCheckBox(name) for name in DIMENSIONS}
        self.scale, self.points, self.trace = Combo("Scale"), spin(2, 9), Combo("Trace")
        self.scale.set_options([Option(Scale.SAM, "manikins (SAM)"), Option(Scale.LIKERT, "numbers (Likert)")])
        self.trace.set_options([Option("", "none"), *(Option(name, name) for name in DIMENSIONS)])
        self.replays, self.time_out = spin(_UNLIMITED, 1000, "unlimited"), spin(0, 3600, "never", " s")
        self.early = QCheckBox("may be given before the clip ends")
        self.transcript = {c: QCheckBox(words) for c, words in _CONDITIONS.items()}
        self.box = {c: QCheckBox(words) for c, words in _CONDITIONS.items() if c is not Condition.VOICE}
        self.filter, self.seed = QLineEdit(), spin(0, 2**31 - 1)
        self.filter.setPlaceholderText("every utterance; or gender:f, true:anger, …")
        self.shares = {c: spin(0, 100_000) for c in _CONDITIONS}
        self.one_condition = QCheckBox("each rater meets a clip in one condition only")
        self.items, self.breaks = spin(1, 100_000), spin(0, 100_000, "none")
        self.repeats, self.consent = Number(), QPlainTextEdit()
        self.repeats.setRange(0, 100_000)
        self.repeats.setToolTip("A number of clips; below 1 a share of the items")
        self.ratings, self.at_least, self.agreement = spin(1, 100_000), spin(2, 100_000), Number()
        self.agreement.setRange(0, 1)
        self.agreement.setSingleStep(0.05)
        self.agreement.setSpecialValueText("does not matter")
        self.smart = Combo("Smart queue", longest=280)
        self.smart.set_options([Option(key, words) for key, words in _SMART.items()])
        self.practice, self.attention = QPlainTextEdit(), QPlainTextEdit()
        for area in (self.consent, self.practice, self.attention):
            area.setFixedHeight(52)
            area.setTabChangesFocus(True)
        for area in (self.practice, self.attention):
            area.setPlaceholderText(_KNOWN_HINT)

    def _assemble(self) -> None:
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(16, 12, 16, 12)
        columns.setSpacing(28)
        for sections in (self._left(), self._right()):
            column = QVBoxLayout()
            column.setSpacing(6)
            for title, rows in sections:
                heading = QLabel(title)
                heading.setFont(theme.font(theme.BODY, 600))
                column.addWidget(heading)
                column.addLayout(lay_out(rows, self._on_edited))
                column.addSpacing(8)
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)
        self.setMinimumWidth(body.minimumSizeHint().width() + _SCROLL_BAR)

    def _on_edited(self) -> None:
        if not self._setting:
            self.edited.emit()

    def _left(self) -> list[tuple[str, list[Row]]]:
        return [
            ("Plan", [("Name", [self.name]), ("Version", [self.version]), ("Description", [self.description])]),
            (
                "What is asked",
                [
                    ("Ask for", [self.emotions, self.intensity, self.confidence, self.free_text]),
                    ("Emotions", [self.classes, self.several]),
                    ("Dimensions", list(self.dimensions.values())),
                    ("Scale", [self.scale, self.points, QLabel("steps")]),
                    ("Traced while it plays", [self.trace]),
                ],
            ),
            (
                "How a clip is given",
                [
                    ("Plays after the first", [self.replays]),
                    ("The answer", [self.early]),
                    ("Time out", [self.time_out]),
                    ("Words shown in", list(self.transcript.values())),
                    ("Face framed in", list(self.box.values())),
                ],
            ),
        ]

    def _right(self) -> list[tuple[str, list[Row]]]:
        shares: list[QWidget] = []
        for condition, box in self.shares.items():
            shares += [QLabel(_CONDITIONS[condition]), box]
        return [
            (
                "Which clips",
                [("Filter", [self.filter]), ("Shares", shares), ("", [self.one_condition]), ("Seed", [self.seed])],
            ),
            (
                "A sitting",
                [
                    ("Clips", [self.items, QLabel("break every"), self.breaks]),
                    ("Asked again", [self.repeats]),
                    ("Consent", [self.consent]),
                    ("Practice", [self.practice]),
                    ("Attention checks", [self.attention]),
                ],
            ),
            (
                "When a clip is rated enough",
                [
                    ("Ratings", [self.ratings]),
                    ("Or agreement of", [self.agreement, QLabel("among at least"), self.at_least]),
                    ("Smart queue", [self.smart]),
                ],
            ),
        ]

    def _answers(self) -> Answers:
        names = tuple(part.strip() for part in self.classes.text().split(",") if part.strip())
        dimensions = tuple(name for name, box in self.dimensions.items() if box.isChecked())
        return Answers(
            self.emotions.isChecked(), names, self.several.isChecked(), self.intensity.isChecked(),
            self.confidence.isChecked(), self.free_text.isChecked(), dimensions, Scale(self.scale.value()),
            self.points.value(),
        )  # fmt: skip

    def _clip(self) -> ClipRules:
        replays, time_out = self.replays.value(), exact(self.time_out, self._former.clip.time_out or 0)
        return ClipRules(
            None if replays == _UNLIMITED else replays, self.early.isChecked(), float(time_out) or None,
            tuple(c for c, box in self.transcript.items() if box.isChecked()),
            tuple(c for c, box in self.box.items() if box.isChecked()),
        )  # fmt: skip

    def _sitting(self) -> SittingRules:
        repeats = exact(self.repeats, self._former.sitting.repeats)
        return SittingRules(
            self.items.value(), self.breaks.value() or None, repeats if 0 < repeats < 1 else int(repeats),
            self.consent.toPlainText().strip(),
        )  # fmt: skip

    def _fill_words(self, plan: RatingPlan) -> None:
        self.name.setText(plan.name)
        self.version.setText(plan.version)
        self.description.setText(plan.description)
        self.trace.set_value(plan.trace or "")
        self.smart.set_value("" if plan.smart is None else plan.smart.rule)
        for area, known in ((self.practice, plan.practice), (self.attention, plan.attention)):
            area.setPlainText("\n".join(f"{k.utterance} {k.condition} {'+'.join(k.answer)}" for k in known))

    def _fill_answers(self, asked: Answers) -> None:
        for box, on in (
            (self.emotions, asked.emotions), (self.several, asked.several), (self.intensity, asked.intensity),
            (self.confidence, asked.confidence), (self.free_text, asked.free_text),
        ):  # fmt: skip
            box.setChecked(on)
        self.classes.setText(", ".join(asked.classes))
        for name, box in self.dimensions.items():
            box.setChecked(name in asked.dimensions)
        self.scale.set_value(asked.scale)
        self.points.setValue(asked.points)

    def _fill_clip(self, rules: ClipRules) -> None:
        self.replays.setValue(_UNLIMITED if rules.replays is None else rules.replays)
        self.early.setChecked(rules.answer_before_end)
        self.time_out.setValue(round(rules.time_out or 0))
        for boxes, chosen in ((self.transcript, rules.transcript), (self.box, rules.box)):
            for condition, box in boxes.items():
                box.setChecked(condition in chosen)

    def _fill_sitting(self, plan: RatingPlan) -> None:
        self.filter.setText(plan.items.filter)
        self.seed.setValue(min(plan.items.seed, self.seed.maximum()))
        for condition, box in self.shares.items():
            box.setValue(dict(plan.items.conditions).get(condition, 0))
        self.one_condition.setChecked(plan.items.one_condition)
        self.items.setValue(plan.sitting.items)
        self.breaks.setValue(plan.sitting.break_every or 0)
        self.repeats.setValue(plan.sitting.repeats)
        self.consent.setPlainText(plan.sitting.consent.strip())
        self.ratings.setValue(plan.target.ratings)
        self.agreement.setValue(plan.target.agreement or 0)
        self.at_least.setValue(plan.target.at_least)
