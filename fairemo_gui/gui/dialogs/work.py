"""Questions before extracting, training and predicting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from fairemo_gui.core.records import Truth
from fairemo_gui.features.registry import EncoderEntry
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.gui.state.feed import CorpusFacts
from fairemo_gui.recipes.registry import RECIPES
from fairemo_gui.services.training import TrainPlan
from fairemo_gui.store.nets import NetRow

FACES = "faces"
_MODALITIES = {"audio": "sound", "text": "transcript", "video": "face"}
_LABELS = {
    Truth.AV: "AV votes",
    Truth.VOICE: "voice votes",
    Truth.FACE: "face votes",
    Truth.INTENDED: "intended emotion",
}


class ExtractDialog(FormDialog):
    """Which encoders are to read the corpus."""

    def __init__(self, encoders: Sequence[EncoderEntry], there: Sequence[str], parent: QWidget | None = None) -> None:
        sentence = "What is extracted once is kept and used by every net. Faces are tracked first where a face is read."
        super().__init__("Extract", sentence, "Extract", parent)
        self._boxes: dict[str, QCheckBox] = {}
        faces = QCheckBox("Track the speakers' faces")
        self._add(FACES, "", faces, "video" in there)
        for encoder in encoders:
            box = QCheckBox(encoder.description)
            usable = encoder.modality in there and not encoder.pretrained
            self._add(encoder.name, f"{encoder.name}, {_MODALITIES[encoder.modality]}", box, usable)
            if encoder.pretrained:
                box.setToolTip("Needs a checkpoint: name its folder on the command line (fairemo features extract).")
            elif not usable:
                box.setToolTip(f"This corpus has no readable {_MODALITIES[encoder.modality]}.")
        self._update()

    def chosen(self) -> list[str]:
        """Names of the encoders, `faces` first where the faces alone are asked for."""
        return [name for name, box in self._boxes.items() if box.isChecked()]

    def _add(self, name: str, title: str, box: QCheckBox, usable: bool) -> None:
        box.setEnabled(usable)
        box.setChecked(usable)
        box.toggled.connect(self._update)
        self._boxes[name] = box
        box.setAccessibleName(box.text())
        self.add(title, f"extract_{name}", box)

    def _update(self) -> None:
        self.go.setEnabled(bool(self.chosen()))


class TrainDialog(FormDialog):
    """What to train: recipe, labels, modalities, folds, seed."""

    def __init__(self, facts: CorpusFacts, there: Sequence[str], parent: QWidget | None = None) -> None:
        sentence = (
            "Speakers are kept apart: nobody the net learns from is in the part it is tested on. "
            "Ratings given in sight of a prediction are left out."
        )
        super().__init__("Train", sentence, "Train", parent)
        self.recipe = Combo("Recipe")
        self.recipe.set_options([Option(entry.name, entry.title) for entry in RECIPES.values()])
        self.labels = Combo("Labels")
        self.labels.set_options([Option(t.value, _LABELS[t]) for t in _LABELS if t in facts.labelled])
        self.folds = QSpinBox()
        self.folds.setRange(1, 20)
        self.folds.setSpecialValueText("its own split, else 60/20/20")
        self.seed = QSpinBox()
        self.seed.setRange(0, 2**31 - 1)
        self.add("Recipe", "train_recipe", self.recipe)
        self.add("Labels", "train_labels", self.labels)
        self._boxes = {name: QCheckBox(_MODALITIES[name]) for name in _MODALITIES}
        for name, box in self._boxes.items():
            box.setEnabled(name in there)
            box.setChecked(name in there)
            box.toggled.connect(self._update)
            self.add("Learns from" if name == "audio" else "", f"train_{name}", box)
        self.add("Folds", "train_folds", self.folds)
        self.add("Seed", "train_seed", self.seed)
        self._update()

    def plan(self) -> TrainPlan:
        """What was chosen."""
        modalities = "+".join(name for name, box in self._boxes.items() if box.isChecked())
        return TrainPlan(
            recipe=self.recipe.value(),
            labels=self.labels.value(),
            settings={"modalities": modalities},
            folds=self.folds.value(),
            seed=self.seed.value(),
        )

    def _update(self) -> None:
        learns = any(box.isChecked() for box in self._boxes.values())
        self.go.setEnabled(learns and bool(self.labels.value()))
        self.note.setText("" if self.labels.value() else "This corpus has no labels yet: rate or import some first.")


class PredictDialog(FormDialog):
    """Which net is to answer."""

    def __init__(self, nets: Sequence[NetRow], parent: QWidget | None = None) -> None:
        super().__init__("Predict", "Charts and table fill in while the net answers.", "Predict", parent)
        self.net = Combo("Net")
        self.net.set_options([Option(str(net.id), f"Net {net.id}: {net.recipe}, {net.labels} labels") for net in nets])
        self.add("Net", "predict_net", self.net)
        self.go.setEnabled(bool(nets))

    def chosen(self) -> int:
        """Id of the net."""
        return int(self.net.value())
