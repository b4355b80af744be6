"""Questions before the votes of a condition are settled on one label each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtWidgets import QLineEdit, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.services.adjudication import GOLD, AdjudicationPlan
from fairemo_gui.store.labels import NO_AGREEMENT

_CONDITIONS = {Condition.VOICE: "Voice alone", Condition.FACE: "Face alone", Condition.AV: "Voice and face"}
_RULES = {
    "0": "The most votes win",
    "1/2": "More than half of the votes",
    "2/3": "More than two thirds of the votes",
}


def _condition(parent: FormDialog, name: str) -> Combo:
    combo = Combo("Rated by")
    combo.set_options([Option(each.value, words) for each, words in _CONDITIONS.items()])
    combo.set_value(Condition.AV.value)
    parent.add("Rated by", name, combo)
    return combo


class AdjudicateDialog(FormDialog):
    """Which votes are settled, and by which rule."""

    def __init__(self, parent: QWidget | None = None) -> None:
        sentence = (
            "Every utterance with votes gets one label, or “no agreement”. The labels are kept under a name of their "
            "own and are nobody's vote; what a person decided stays. Done again, they follow the votes of that day."
        )
        super().__init__("Adjudicate", sentence, "Adjudicate", parent)
        self.condition = _condition(self, "gold_condition")
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


class DecideDialog(FormDialog):
    """What a person says one utterance is.

    Args:
        code: The utterance.
        classes: The corpus's emotions.
        person: Who decides.
    """

    def __init__(self, code: str, classes: Sequence[str], person: str, parent: QWidget | None = None) -> None:
        sentence = f"{person} settles {code}. The votes stay, and adjudicating again leaves this label alone."
        super().__init__("Decide the label", sentence, "Decide", parent)
        self.condition = _condition(self, "decide_condition")
        self.emotion = Combo("Label")
        self.emotion.set_options([*(Option(name, name) for name in classes), Option(NO_AGREEMENT, "no agreement")])
        self.name = QLineEdit(GOLD)
        self.add("Label", "decide_emotion", self.emotion)
        self.add("Name", "decide_name", self.name)
        self.name.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))

    def chosen(self) -> tuple[Condition, str, str]:
        """Condition, label, and the name it is kept under."""
        return Condition(self.condition.value()), self.emotion.value(), self.name.text().strip()
