"""What is asked before the long jobs, and when the button of an empty chart is pressed."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from fairemo_gui.features.registry import ENCODERS
from fairemo_gui.gui.controllers.files import Files
from fairemo_gui.gui.controllers.work import Work
from fairemo_gui.gui.dialogs.work import ExtractDialog, PredictDialog, TrainDialog
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.services.extraction import modalities


class Questions(QObject):
    """Opens the small dialogs and hands their answers to the work."""

    def __init__(self, window: QWidget, feed: WorkspaceFeed, context: ChartContext, work: Work, files: Files) -> None:
        super().__init__(window)
        self._window, self._feed, self._context, self._work, self._files = window, feed, context, work, files
        self.dialog: ExtractDialog | TrainDialog | PredictDialog | QMessageBox | None = None
        work.same_net.connect(self._on_same_net)

    def extract(self) -> None:
        """Which encoders?"""
        self.dialog = dialog = ExtractDialog(list(ENCODERS.values()), self._there(), self._window)
        dialog.accepted.connect(lambda: self._work.extract(dialog.chosen()))
        dialog.open()

    def train(self) -> None:
        """Which recipe, on which labels?"""
        self.dialog = dialog = TrainDialog(self._feed.facts, self._there(), self._window)
        dialog.accepted.connect(lambda: self._work.train(dialog.plan()))
        dialog.open()

    def predict(self) -> None:
        """Which net? Without one, train first."""
        if not self._feed.facts.nets:
            self.train()
            return
        self.dialog = dialog = PredictDialog(self._feed.facts.nets, self._window)
        dialog.accepted.connect(lambda: self._work.predict(dialog.chosen()))
        dialog.open()

    def retrain(self) -> None:
        """One click after the first time: without a net there is nothing to train again."""
        if self._feed.facts.nets:
            self._work.retrain()
        else:
            self.train()

    def fix_charts(self) -> None:
        """Do what the button of an empty chart says."""
        net = self._feed.facts.net(self._context.choice.net)
        if self._feed.corpus is None:
            self._files.import_corpus()
        elif net is None:
            self.train()
        else:
            self._work.predict(net.id)

    def _on_same_net(self, why: str) -> None:
        """Retrain although the net will be the same one?"""
        self.dialog = box = QMessageBox(self._window)
        box.setWindowTitle("Retrain and compare")
        box.setText(why)
        box.addButton("Retrain anyway", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.accepted.connect(lambda: self._work.retrain(anyway=True))
        box.open()

    def _there(self) -> tuple[str, ...]:
        lab = self._work.lab()
        return () if lab is None else modalities(lab)
