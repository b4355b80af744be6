"""Rating: what one goes by, the emotion, how strong. A choice is a rating that is stored at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition, Rating
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.labels.answers import AnswerGrid
from fairemo_gui.gui.labels.details import UtteranceLabels
from fairemo_gui.gui.tone_label import ToneLabel

_DEFAULT_INTENSITY = 50
_SETTLE_MS = 400
_CHOOSE = "Choose first what you go by: Voice, Face or AV."
_CONDITIONS = {
    Condition.VOICE: Option("voice", "Voice", hint="Rate by the voice alone: the player shows no picture (Alt+1)"),
    Condition.FACE: Option("face", "Face", hint="Rate by the face alone: the player is silent (Alt+2)"),
    Condition.AV: Option("av", "AV", hint="Rate by voice and face (Alt+3)"),
}


@dataclass(frozen=True)
class RatingDraft:
    """What a person answered, ready to be stored.

    Attributes:
        response_ms: From the clip's end to the answer; None where the clip had not ended.
        prediction_visible: A net's prediction of this utterance has been on the screen.
    """

    utterance: int
    condition: Condition
    votes: tuple[str, ...]
    intensity: int
    first_answer: str
    response_ms: int | None
    prediction_visible: bool


class RateSection(QWidget):
    """Takes answers; stores nothing itself.

    Signals:
        condition_chosen(Condition): The player is to switch into it.
        rating_given(RatingDraft): An answer, or a correction of it.
        predictions_toggled(bool): Predictions are to be shown or hidden.
    """

    condition_chosen = Signal(object)
    rating_given = Signal(object)
    predictions_toggled = Signal(bool)

    def __init__(self, rater: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rater = rater
        self._labels: UtteranceLabels | None = None
        self._condition: Condition | None = None
        self._seen = self._covered = False
        self._first: str | None = None
        self._ended_at: float | None = None
        self._silenced = ""
        self.conditions = SegmentedSwitch(list(_CONDITIONS.values()), "Condition to rate in")
        self.conditions.setObjectName("rate_condition")
        self.eye = _eye()
        self.hint, self.warning = QLabel(_CHOOSE), ToneLabel(tone="warn")
        self.answers = AnswerGrid()
        self.intensity = _intensity()
        self.value = QLabel(str(_DEFAULT_INTENSITY))
        self._title, self._strength = QLabel("Rate"), QLabel("Intensity")
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._lay_out()
        self._connect_signals()
        self._dress()
        self._update()

    @property
    def condition(self) -> Condition | None:
        """What the person goes by; None until it was chosen."""
        return self._condition

    def set_covered(self, covered: bool) -> None:
        """Whether nothing that nets say is shown: the answer is then stored as given without, whatever is chosen."""
        self._covered = covered
        self._update_eye()

    @property
    def predictions_shown(self) -> bool:
        """Whether predictions may be seen."""
        return self.eye.isChecked()

    def mine(self) -> Rating | None:
        """This person's standing rating of the utterance in the condition."""
        if self._labels is None or self._condition is None:
            return None
        return self._labels.mine(self.rater, self._condition)

    def show_labels(self, labels: UtteranceLabels | None) -> None:
        """Rate an utterance, or see the same one after something changed."""
        other = labels is None or self._labels is None or labels.utterance != self._labels.utterance
        self._labels = labels
        if other:
            self._seen = False
            self._start_over()
        for condition, option in _CONDITIONS.items():
            self.conditions.set_option(replace(option, reason=self.refusal(condition)))
        self._update()

    def set_condition(self, condition: Condition) -> None:
        """Go by another condition, where the utterance has what that needs."""
        if condition is self._condition:
            return
        refusal = self.refusal(condition)
        if refusal:
            self._warn(refusal)
            return
        self._condition = condition
        self.conditions.set_value(condition.value)
        self._start_over()
        self._update()
        self.condition_chosen.emit(condition)

    def set_silenced(self, reason: str) -> None:
        """Say that nothing can be heard, as `No sound device`; empty = it can again. Rating stays possible."""
        self._silenced = reason
        self._update()

    def set_compact(self, compact: bool) -> None:
        """Take less height, where the window is low."""
        self.answers.set_compact(compact)
        # Narrower by as much as a scroll bar takes, should even this be too high.
        self._column.setContentsMargins(*((4, 2, 4, 2) if compact else (8, 6, 8, 6)))
        self._column.setSpacing(2 if compact else 6)
        self._head.setSpacing(3 if compact else 5)
        self.updateGeometry()

    def set_predictions_shown(self, shown: bool) -> None:
        """Show or hide the net's answer."""
        self.eye.setChecked(shown)

    def note_prediction_seen(self) -> None:
        """The net's answer for this utterance is on the screen; hiding it later does not make it unseen."""
        self._seen = True

    def note_clip_ended(self) -> None:
        """The clip has been heard and seen to its end: answers are timed from here."""
        self._ended_at = time.monotonic()

    def note_clip_started(self) -> None:
        """The clip plays again: an answer from here on has no time until it ends."""
        self._ended_at = None

    def rate(self, emotion: str, several: bool = False) -> None:
        """Answer; with `several` beside the emotions already chosen (or without this one, where it was chosen)."""
        mine = self.mine()
        votes: tuple[str, ...] = (emotion,)
        if several and mine is not None:
            votes = tuple(v for v in mine.votes if v != emotion) if emotion in mine.votes else (*mine.votes, emotion)
        if votes:
            self._give(votes)

    def rate_number(self, number: int) -> None:
        """Answer by a number key, counted from 1."""
        emotion = self.answers.emotion(number)
        if emotion is not None:
            self.rate(emotion)

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_settle"):
            self._update_eye()

    def _lay_out(self) -> None:
        self._head = head = QHBoxLayout()
        for part in (self._title, self.conditions):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.eye)
        strength = QHBoxLayout()
        strength.setSpacing(8)
        strength.addWidget(self._strength)
        strength.addWidget(self.intensity, 1)
        strength.addWidget(self.value)
        self._column = column = QVBoxLayout(self)
        self.set_compact(False)
        column.addLayout(head)
        column.addWidget(self.hint)
        column.addWidget(self.warning)
        column.addWidget(self.answers)
        column.addLayout(strength)

    def _connect_signals(self) -> None:
        self.conditions.changed.connect(lambda key: self.set_condition(Condition(key)))
        self.eye.toggled.connect(self._on_eye)
        self.answers.chosen.connect(self.rate)
        self.intensity.valueChanged.connect(self._on_intensity)
        self._settle.timeout.connect(self._on_settled)

    def _dress(self) -> None:
        self._title.setFont(theme.font(theme.BODY, 600))
        for label in (self.hint, self.eye):
            label.setFont(theme.font(theme.SMALL))
        self.hint.setWordWrap(True)
        self.warning.setWordWrap(True)
        self.warning.setObjectName("rate_warning")
        self.value.setFixedWidth(24)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _give(self, votes: tuple[str, ...]) -> None:
        if self._labels is None or self._condition is None or self.refusal(self._condition):
            return
        self._settle.stop()
        self._first = self._first or votes[0]
        elapsed = None if self._ended_at is None else round((time.monotonic() - self._ended_at) * 1000)
        self.rating_given.emit(
            RatingDraft(
                self._labels.utterance, self._condition, votes, self.intensity.value(), self._first, elapsed, self._seen
            )
        )

    def _start_over(self) -> None:
        self._settle.stop()
        self._first, self._ended_at = None, None

    def _update(self) -> None:
        labels, mine = self._labels, self.mine()
        refusal = "" if self._condition is None else self.refusal(self._condition)
        ready = labels is not None and self._condition is not None and not refusal
        if self.answers.set_classes(() if labels is None else labels.scheme.classes):
            self._order_tabs()
        self.answers.set_chosen(() if mine is None else mine.votes)
        for part in (self.answers, self.intensity, self.value, self._strength):
            part.setEnabled(ready)
        self.conditions.setEnabled(labels is not None)
        deaf = bool(self._silenced) and self._condition in {Condition.VOICE, Condition.AV}
        self._warn(refusal or (f"{self._silenced}: you cannot hear this clip." if deaf else ""))
        if not self._settle.isActive() and not self.intensity.isSliderDown():
            self._set_intensity(_DEFAULT_INTENSITY if mine is None or mine.intensity is None else mine.intensity)
        self._update_eye()

    def refusal(self, condition: Condition) -> str:
        """Why the utterance cannot be rated in a condition; empty where it can."""
        return "" if self._labels is None else self._labels.refused.get(condition, "")

    def _warn(self, sentence: str) -> None:
        self.warning.setText(sentence)
        self.warning.setVisible(bool(sentence))
        # A warning says why the condition asked for cannot be gone by: no room is spent on both.
        self.hint.setVisible(self._condition is None and not sentence)

    def _order_tabs(self) -> None:
        chain = [self.eye, *self.answers.buttons(), self.intensity]
        for one, other in pairwise(chain):
            QWidget.setTabOrder(one, other)

    def _update_eye(self) -> None:
        shown = self._seen if self._covered else self.predictions_shown
        self.eye.setText("prediction visible" if shown else "prediction hidden")
        self.eye.setIcon(theme.icon("eye" if shown else "eye-slash"))
        self.eye.setAccessibleName(self.eye.text())

    def _set_intensity(self, value: int) -> None:
        blocked = self.intensity.blockSignals(True)
        self.intensity.setValue(value)
        self.intensity.blockSignals(blocked)
        self.value.setText(str(value))

    def _on_eye(self, shown: bool) -> None:
        self._update_eye()
        self.predictions_toggled.emit(shown)

    def _on_intensity(self, value: int) -> None:
        self.value.setText(str(value))
        self._settle.start()

    def _on_settled(self) -> None:
        if self.intensity.isSliderDown():
            self._settle.start()
            return
        mine = self.mine()
        if mine is not None and mine.intensity != self.intensity.value():
            self._give(mine.votes)


def _eye() -> QPushButton:
    eye = QPushButton()
    eye.setProperty("role", "plain")
    eye.setCheckable(True)
    eye.setChecked(True)
    eye.setObjectName("prediction_visible")
    eye.setToolTip("Whether you see predictions while you rate; it is kept with each rating (P)")
    eye.setStyleSheet(
        "QPushButton { padding: 3px 2px; } QPushButton:checked { background: none; border-color: transparent; }"
    )
    return eye


def _intensity() -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setPageStep(10)
    slider.setStyleSheet("QSlider { background: transparent; }")
    slider.setValue(_DEFAULT_INTENSITY)
    slider.setObjectName("intensity")
    slider.setAccessibleName("Intensity, 0 to 100")
    slider.setToolTip("How strong the emotion is, 0 to 100")
    return slider
