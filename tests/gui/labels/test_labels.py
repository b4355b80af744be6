from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import SWATCH
from fairemo_gui.gui.labels.details import UtteranceLabels, read_labels
from fairemo_gui.gui.labels.history import WHAT, WHO
from fairemo_gui.gui.labels.panel import LabelsPanel
from fairemo_gui.gui.labels.rate import RatingDraft
from fairemo_gui.services.rating import rate, undo
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle

ME = "me"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(tmp_path / "w.fairemo", create=True)
    corpora.add_bundle(opened, small_bundle())
    yield opened
    opened.close()


@pytest.fixture
def corpus(workspace: Workspace) -> CorpusRow:
    return corpora.corpus(workspace)


@pytest.fixture
def utterance(workspace: Workspace, corpus: CorpusRow) -> int:
    return corpora.utterance_ids(workspace, corpus.id)["u1"]


@pytest.fixture
def net(workspace: Workspace, corpus: CorpusRow, utterance: int) -> NetRow:
    row = NetRow(corpus.id, "test", "av", ClassSelection.all_of(corpus.scheme), {}, 1, 1, "hash", "0", "nets/1", "sha")
    made, _ = nets.add_net(workspace, row)
    p = np.array([[0.05, 0.5, 0.05, 0.1, 0.2, 0.1]])
    nets.add_predictions(workspace, made, np.array([utterance]), p, ["test"])
    return nets.net(workspace, made)


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> LabelsPanel:
    theme.apply(qapp, theme.DARK)
    panel = LabelsPanel(ME)
    qtbot.addWidget(panel)
    panel.resize(304, 430)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def labels(workspace: Workspace, corpus: CorpusRow, utterance: int, net: NetRow) -> UtteranceLabels:
    return read_labels(workspace, corpus, utterance, net)


def test_votes_stand_beside_the_nets_probabilities(panel: LabelsPanel, labels: UtteranceLabels) -> None:
    panel.show_labels(labels)
    voice, net = panel.bars.columns()
    assert (voice.title, voice.subtitle, voice.words) == ("Voice", "4 votes", ("1", "2", "0", "0", "1", "0"))
    assert voice.on.tolist() == [True, True, False, False, True, False]
    assert (net.title, net.words[1], net.top) == ("Net 1", ".50", 1)
    assert net.on.tolist() == [False, True, False, False, True, False]
    assert panel.detail() == "intended: disgust"
    assert "Voice, 4 votes: anger 1, disgust 2" in panel.bars.accessibleDescription()


def test_a_merged_class_stands_at_its_first_member(labels: UtteranceLabels, corpus: CorpusRow) -> None:
    answer = labels.answer
    assert answer is not None
    merged = type(answer)(3, ClassSelection.parse("anger+disgust,happy", corpus.scheme), np.array([0.7, 0.3]), "train")
    assert np.nan_to_num(merged.spread(6), nan=-1).tolist() == [0.7, -1, -1, 0.3, -1, -1]
    assert merged.caution == "learnt from"


def test_nothing_can_be_rated_before_a_condition_was_chosen(
    qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels
) -> None:
    panel.show_labels(labels)
    assert not panel.rate.answers.isEnabled()
    with qtbot.assertNotEmitted(panel.rate.rating_given):
        panel.rate.rate_number(1)
    with qtbot.waitSignal(panel.rate.condition_chosen) as chosen:
        panel.rate.conditions.segment("face").click()
    assert chosen.args == [Condition.FACE]
    assert panel.rate.answers.isEnabled()
    assert not panel.rate.hint.isVisible()


def test_an_answer_says_all_that_is_kept_with_it(qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels) -> None:
    panel.show_labels(labels)
    panel.rate.set_condition(Condition.AV)
    panel.rate.note_clip_ended()
    with qtbot.waitSignal(panel.rate.rating_given) as given:
        panel.rate.answers.button("happy").click()
    draft = given.args[0]
    assert isinstance(draft, RatingDraft)
    assert (draft.condition, draft.votes, draft.intensity) == (Condition.AV, ("happy",), 50)
    assert draft.prediction_visible
    assert draft.response_ms is not None
    assert 0 <= draft.response_ms < 2000
    with qtbot.waitSignal(panel.rate.rating_given) as again:
        panel.rate.rate_number(6)
    assert again.args[0].votes == ("sad",)
    assert again.args[0].first_answer == "happy"


def test_hiding_a_prediction_that_was_seen_does_not_make_it_unseen(
    qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels, workspace: Workspace, corpus: CorpusRow, net: NetRow
) -> None:
    panel.rate.set_condition(Condition.AV)
    panel.show_labels(labels)
    panel.rate.eye.click()
    assert [column.title for column in panel.bars.columns()] == ["Voice"]
    with qtbot.waitSignal(panel.rate.rating_given) as given:
        panel.rate.rate("sad")
    assert given.args[0].prediction_visible
    other = corpora.utterance_ids(workspace, corpus.id)["u2"]
    nets.add_predictions(workspace, net.id, np.array([other]), np.full((1, 6), 1 / 6), ["test"])
    panel.show_labels(read_labels(workspace, corpus, other, net))
    with qtbot.waitSignal(panel.rate.rating_given) as unseen:
        panel.rate.rate("sad")
    assert not unseen.args[0].prediction_visible


def test_what_is_stored_is_shown_and_correcting_the_intensity_is_a_new_rating(
    qtbot: QtBot, panel: LabelsPanel, workspace: Workspace, corpus: CorpusRow, utterance: int
) -> None:
    rate(workspace, corpus, utterance, ME, Condition.VOICE, ["happy"], intensity=70)
    panel.show_labels(read_labels(workspace, corpus, utterance, None))
    panel.rate.set_condition(Condition.VOICE)
    assert panel.rate.answers.button("happy").isChecked()
    assert panel.rate.intensity.value() == 70
    with qtbot.waitSignal(panel.rate.rating_given, timeout=2000) as given:
        panel.rate.intensity.setValue(40)
    assert (given.args[0].votes, given.args[0].intensity) == (("happy",), 40)


def test_several_emotions_with_shift(panel: LabelsPanel, qtbot: QtBot, workspace: Workspace, corpus: CorpusRow) -> None:
    utterance = corpora.utterance_ids(workspace, corpus.id)["u3"]
    rate(workspace, corpus, utterance, ME, Condition.AV, ["happy"])
    panel.show_labels(read_labels(workspace, corpus, utterance, None))
    panel.rate.set_condition(Condition.AV)
    with qtbot.waitSignal(panel.rate.rating_given) as given:
        panel.rate.rate("sad", several=True)
    assert given.args[0].votes == ("happy", "sad")
    with qtbot.assertNotEmitted(panel.rate.rating_given):
        panel.rate.rate("happy", several=True)


def test_the_log_strikes_out_what_no_longer_counts(
    panel: LabelsPanel, workspace: Workspace, corpus: CorpusRow, utterance: int
) -> None:
    rate(workspace, corpus, utterance, ME, Condition.AV, ["neutral"], intensity=40)
    rate(workspace, corpus, utterance, ME, Condition.AV, ["happy"], intensity=70)
    panel.show_labels(read_labels(workspace, corpus, utterance, None))
    model = panel.history_model
    said = [model.index(row, WHAT).data() for row in range(model.rowCount())]
    assert said == ["happy 70", "neutral 40", "anger"]
    struck = [model.index(row, WHAT).data(Qt.ItemDataRole.FontRole) for row in range(3)]
    assert [font is not None and font.strikeOut() for font in struck] == [False, True, False]
    assert [model.index(row, WHO).data() for row in range(3)] == ["you · AV", "you · AV", "zoe · voice"]
    assert model.index(0, WHAT).data(SWATCH) == theme.DARK.emotions["happy"]
    undo(workspace, corpus, ME)
    undo(workspace, corpus, ME)
    panel.show_labels(read_labels(workspace, corpus, utterance, None))
    assert model.index(0, WHAT).data() == "taken back"
    panel.rate.set_condition(Condition.AV)
    assert panel.rate.mine() is None


def test_blind_hides_votes_predictions_and_other_raters_until_one_has_rated(
    panel: LabelsPanel, labels: UtteranceLabels, workspace: Workspace, corpus: CorpusRow, utterance: int
) -> None:
    panel.set_blind(True)
    panel.show_labels(labels)
    panel.rate.set_condition(Condition.VOICE)
    assert panel.bars.columns() == []
    assert panel.detail() == ""
    assert panel.history_model.rowCount() == 0
    assert panel.rate.predictions_shown
    assert panel.rate.eye.text() == "prediction hidden", "as it is stored"
    rate(workspace, corpus, utterance, ME, Condition.VOICE, ["sad"])
    panel.show_labels(read_labels(workspace, corpus, utterance, None))
    assert panel.rate.eye.text() == "prediction visible"
    assert [column.title for column in panel.bars.columns()] == ["Voice"]
    assert panel.history_model.rowCount() == 2


def test_everything_is_reached_by_tab(qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels) -> None:
    panel.show_labels(labels)
    panel.rate.set_condition(Condition.AV)
    qtbot.waitUntil(panel.rate.answers.button("sad").isVisible)
    panel.activateWindow()
    panel.rate.conditions.segment("av").setFocus()
    seen = set()
    for _ in range(20):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.add(focused.accessibleName() or focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert {"Rate happy, key 4", "Intensity, 0 to 100", "prediction visible", "Undo the newest rating"} <= seen


def test_an_empty_panel_says_so(panel: LabelsPanel) -> None:
    panel.show_labels(None)
    assert panel.bars.accessibleDescription() == "Choose an utterance to see its labels."
    assert panel.rate.mine() is None
    assert Truth.AV not in {column.title for column in panel.bars.columns()}


def test_what_has_no_picture_is_rated_by_the_voice_alone(
    qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels
) -> None:
    why = "u1 cannot be rated by the face: it has no picture."
    sound_only = replace(labels, refused={Condition.FACE: why, Condition.AV: why})
    panel.rate.set_condition(Condition.AV)
    panel.show_labels(sound_only)
    assert [panel.rate.conditions.segment(each.value).isEnabled() for each in Condition] == [True, False, False]
    assert panel.rate.conditions.segment("face").toolTip() == why
    assert panel.rate.warning.text() == why
    assert not panel.rate.answers.isEnabled()
    with qtbot.assertNotEmitted(panel.rate.rating_given), qtbot.assertNotEmitted(panel.rate.condition_chosen):
        panel.rate.rate_number(1)
        panel.rate.set_condition(Condition.FACE)
    panel.rate.set_condition(Condition.VOICE)
    assert panel.rate.answers.isEnabled()
    assert not panel.rate.warning.isVisible()
    with qtbot.waitSignal(panel.rate.rating_given) as given:
        panel.rate.rate_number(1)
    assert given.args[0].condition is Condition.VOICE
    panel.show_labels(labels)
    assert panel.rate.conditions.segment("face").isEnabled()


def test_a_computer_that_cannot_be_heard_says_so_and_lets_one_rate(panel: LabelsPanel, labels: UtteranceLabels) -> None:
    panel.show_labels(labels)
    panel.rate.set_condition(Condition.VOICE)
    panel.set_silenced("No sound device")
    assert panel.rate.warning.text() == "No sound device: you cannot hear this clip."
    assert panel.rate.warning.isVisible()
    assert panel.rate.answers.isEnabled()
    panel.rate.set_condition(Condition.FACE)
    assert not panel.rate.warning.isVisible()
    panel.rate.set_condition(Condition.AV)
    assert panel.rate.warning.isVisible()
    panel.set_silenced("")
    assert not panel.rate.warning.isVisible()


@pytest.mark.parametrize(("height", "log"), [(410, True), (350, True), (312, True), (290, False)])
def test_seven_classes_are_seen_without_scrolling(
    qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels, height: int, log: bool
) -> None:
    panel.resize(304, height)
    panel.show_labels(replace(labels, scheme=replace(CREMA_D, classes=(*CREMA_D.classes, "boredom")), votes={}))
    panel.rate.set_condition(Condition.VOICE)
    panel.set_silenced("No sound device")
    QApplication.processEvents()
    assert panel.history.isVisible() is log
    area = panel.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert not area.verticalScrollBar().maximum()
    panel.resize(304, 240)
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    inside = area.widget()
    assert inside is not None
    qtbot.waitUntil(lambda: inside.width() <= area.viewport().width(), timeout=1000)


def test_whose_votes_stay_hidden_is_told(
    qtbot: QtBot, panel: LabelsPanel, labels: UtteranceLabels, workspace: Workspace, corpus: CorpusRow, utterance: int
) -> None:
    panel.show_labels(labels)
    panel.rate.set_condition(Condition.VOICE)
    with qtbot.waitSignal(panel.covered_changed) as told:
        panel.set_blind(True)
    assert told.args == [utterance]
    rate(workspace, corpus, utterance, ME, Condition.VOICE, ["sad"])
    with qtbot.waitSignal(panel.covered_changed) as told:
        panel.show_labels(read_labels(workspace, corpus, utterance, None))
    assert told.args == [None]
