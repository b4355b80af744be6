"""Questions before the votes of a condition are settled on one label each."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtWidgets import QLineEdit, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.services.adjudication import AdjudicationPlan
from fairemo_gui.store.raters import GOLD

_CONDITIONS = {Condition.VOICE: "Voice alone", Condition.FACE: "Face alone", Condition.AV: "Voice and face"}
_RULES = {
    "0": "The most votes win",
    "1/2": "More than half of the votes",
    "2/3": "More than two thirds of the votes",
}


class AdjudicateDialog(FormDialog):
    """Which votes are settled, and by which rule."""

    def __init__(self, parent: QWidget | None = None) -> None:
        sentence = (
            "Every utterance with votes gets one label, or “no agreement”. The labels are kept under a name of their "
            "own and are nobody's vote; what a person decided stays. Done again, they follow the votes of that day."
        )
        super().__init__("Adjudicate", sentence, "Adjudicate", parent)
        self.condition = Combo("Rated by")
        self.condition.set_options([Option(each.value, words) for each, words in _CONDITIONS.items()])
        self.condition.set_value(Condition.AV.value)
        self.add("Rated by", "gold_condition", self.condition)
        self.rule = Combo("Rule", longest=300)
        self.rule.set_options([Option(key, words) for key, words in _RULES.items()])
        self.name = QLineEdit(GOLD)
        self.add("Rule", "gold_rule", self.rule)
        self.add("Name", "gold_name", self.name)
        self.note.setText("Weights per rater: fairemo ratings adjudicate --weigh anna=2.")
        self.name.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))

    def chosen(self) -> tuple[Condition, AdjudicationPlan]:
        """What was chosen."""
        plan = AdjudicationPlan(gold=self.name.text().strip(), share=Fraction(self.rule.value()))
        return Condition(self.condition.value()), plan
