"""The controls above the threshold explorer: which rule, whose threshold, and the threshold itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QSlider, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.dashboards.thresholds.rule import Kind, Rule

_ONE_LINE = 560
_STEP, _PAGE = 4, 20
_KINDS = (
    Option(Kind.SAME.value, "One t", hint="One threshold for every emotion"),
    Option(Kind.EACH.value, "Per class", hint="A threshold of its own for each emotion"),
    Option(Kind.TOP.value, "Top k", hint="The k most probable emotions are on; k = 1 is the argmax"),
)


class RuleStrip(QWidget):
    """Chooses the rule; tells nobody but its chart.

    Signals:
        kind_chosen(str): Another kind of rule.
        class_chosen(int): Another class's threshold is to move.
        moved(int): The slider stands at another position.
        reset(): Back to the rule in force.
    """

    kind_chosen = Signal(str)
    class_chosen = Signal(int)
    moved = Signal(int)
    reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.kinds = SegmentedSwitch(_KINDS, "Rule", self)
        self.classes = Combo("Emotion whose threshold moves", self, 120)
        self.slider = _slider(self)
        self.value = QLabel(self)
        self.button = QPushButton("1/C", self)
        self.button.setFixedHeight(24)
        self._one_line = True
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(10, 4, 10, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._lay_out()
        self.kinds.changed.connect(self.kind_chosen)
        self.classes.activated.connect(self.class_chosen)
        self.slider.valueChanged.connect(self.moved)
        self.button.clicked.connect(self.reset)

    def show_rule(self, rule: Rule) -> None:
        """Stand where the rule stands, without a signal."""
        self.kinds.set_value(rule.kind.value)
        self.classes.set_options([Option(name, name) for name in rule.model.classes])
        self.classes.setCurrentIndex(rule.moving)
        self.classes.setVisible(rule.kind is Kind.EACH)
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(*rule.ends)
        top = rule.kind is Kind.TOP
        self.slider.setSingleStep(1 if top else _STEP)
        self.slider.setPageStep(1 if top else _PAGE)
        self.slider.setValue(rule.position)
        self.slider.blockSignals(blocked)
        self.slider.setAccessibleName("Number of emotions that are on" if top else "Threshold")
        self.slider.setAccessibleDescription(rule.words)
        self.value.setText(rule.words.rpartition(": ")[2])
        self.button.setText(rule.start_words)
        self.button.setAccessibleName(f"Back to {self.button.text()}")
        self.button.setToolTip(f"Back to {self.button.text()}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second line where it is narrow."""
        super().resizeEvent(event)
        one_line = self.width() >= _ONE_LINE
        if one_line != self._one_line:
            self._one_line = one_line
            self._lay_out()

    def _lay_out(self) -> None:
        first, second = (0, 0) if self._one_line else (0, 1)
        column = 2 if self._one_line else 0
        self._grid.addWidget(self.kinds, first, 0, 1, 1 if self._one_line else 2)
        self._grid.addWidget(self.classes, first, 1 if self._one_line else 2, 1, 1 if self._one_line else 2)
        self._grid.addWidget(self.slider, second, column, 1, 1 if self._one_line else 2)
        self._grid.addWidget(self.value, second, column + (1 if self._one_line else 2))
        self._grid.addWidget(self.button, second, column + (2 if self._one_line else 3))
        for k in range(5):
            self._grid.setColumnStretch(k, int(k == (2 if self._one_line else 1)))
        self.value.setFont(theme.font(theme.HEADLINE, 600))
        self.value.setMinimumWidth(88)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _slider(parent: QWidget) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal, parent)
    slider.setObjectName("threshold")
    slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    slider.setMinimumWidth(90)
    slider.setStyleSheet("QSlider { background: transparent; }")
    slider.setToolTip("Arrows move by 0.01, Page Up and Down by 0.05; in the chart + and −")
    return slider
