"""Blind means blind: in each condition nothing of what is withheld is decoded, shown, sounded or told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QMenuBar, QStatusBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.core.rating_plan import Answers, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import Condition
from fairemo_gui.gui.player import reel as reel_module
from fairemo_gui.gui.player.pictures import Frame, PictureStore
from fairemo_gui.media import decode
from fairemo_gui.services.annotation.sitting import Stage
from fairemo_gui.store import corpora
from tests.gui.annotate.rig import LENGTH, SECRET, Desk
from tests.gui.player.conftest import FakeDevice

_TEXTS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
_CLIPS = 4


@dataclass
class Seen:
    """Everything that was on the screen or could be read from it while somebody rated."""

    frames: list[Frame] = field(default_factory=list)
    stores: list[PictureStore] = field(default_factory=list)
    sounds: list[object] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    windows: set[str] = field(default_factory=set)


def a_plan(condition: Condition) -> RatingPlan:
    """A few clips in one condition."""
    return RatingPlan(
        "one", "1", answers=Answers(intensity=True), items=Items(conditions=((condition, 1),)),
        sitting=SittingRules(items=_CLIPS),
    )  # fmt: skip


def told(interface: QAccessibleInterface) -> Iterator[str]:
    """Every text of the accessibility tree."""
    for kind in _TEXTS:
        yield interface.text(kind)
    texts = interface.textInterface()
    if texts is not None:
        yield texts.text(0, texts.characterCount())
    for place in range(interface.childCount()):
        child = interface.child(place)
        if child is not None and child.isValid():
            yield from told(child)


def written(widget: QWidget) -> Iterator[str]:
    """What a widget and those in it say by tooltips, titles and names."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.toolTip(), each.statusTip(), each.whatsThis(), each.windowTitle(), each.accessibleName())
        yield from (each.accessibleDescription(), each.windowFilePath(), each.objectName())
        yield from (action.text() + action.toolTip() for action in each.actions())


def look(desk: Desk, seen: Seen) -> None:
    """Write down what can be read now."""
    application = QApplication.instance()
    assert application is not None
    root = QAccessible.queryAccessibleInterface(application)
    seen.texts |= {*told(root), *written(desk.window)}
    seen.windows |= {window.title() for window in QGuiApplication.topLevelWindows()}


class PaintLog(QObject):
    """Notes every text there is at every repaint of the window's parts."""

    def __init__(self, desk: Desk, seen: Seen) -> None:
        super().__init__()
        self._desk, self._seen = desk, seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.WindowTitleChange, QEvent.Type.ToolTipChange} and isinstance(watched, QWidget):
            self._seen.texts |= {watched.windowTitle(), watched.toolTip()}
        return False


def rate_all(qtbot: QtBot, desk: Desk, plan: RatingPlan, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Rate every clip of a plan and write down all that was seen, decoded and told meanwhile."""
    seen = Seen()
    make, read = PictureStore.__init__, decode.read_sound

    def noted(store: PictureStore, *args: object) -> None:
        seen.stores.append(store)
        make(store, *args)  # type: ignore[arg-type]

    def heard(*args: object) -> object:
        seen.sounds.append(args)
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(PictureStore, "__init__", noted)
    monkeypatch.setattr(reel_module, "read_sound", heard)
    log = PaintLog(desk, seen)
    QCoreApplication.instance().installEventFilter(log)  # type: ignore[union-attr]
    desk.sit_down(plan)
    desk.engine.frame_changed.connect(lambda frame: seen.frames.extend([] if frame is None else [frame]))
    while desk.step.stage is not Stage.DONE:
        look(desk, seen)
        assert desk.window.windowTitle() == "Annotate"
        desk.play_out()
        look(desk, seen)
        desk.press(Qt.Key.Key_Right)
        desk.go_on(Qt.Key.Key_3, Qt.Key.Key_Return)
    look(desk, seen)
    QCoreApplication.instance().removeEventFilter(log)  # type: ignore[union-attr]
    return seen


def check_told(seen: Seen) -> None:
    """Nothing that was read says which clip, whose, or what anybody thinks of it."""
    assert seen.windows == {"Annotate"}
    assert not [text for text in seen.texts if SECRET in text]
    assert not [text for text in seen.texts if "predict" in text.lower() or "intended" in text.lower()]


def test_voice_decodes_no_picture(
    qtbot: QtBot, make_desk: Callable[..., Desk], device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    seen = rate_all(qtbot, desk, a_plan(Condition.VOICE), monkeypatch)
    assert seen.frames == []
    assert seen.stores == []
    assert not desk.window.trial.clip.picture.has_picture
    assert not desk.window.trial.clip.picture.isVisible()
    assert len(device.sinks) == _CLIPS
    assert all(abs(sink.samples()).max() > 0.05 for sink in device.sinks)
    check_told(seen)


def test_face_opens_no_sound_output(
    qtbot: QtBot, make_desk: Callable[..., Desk], device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    seen = rate_all(qtbot, desk, a_plan(Condition.FACE), monkeypatch)
    assert device.sinks == []
    assert seen.sounds == []
    assert len(seen.frames) >= _CLIPS * LENGTH * 25 * 0.5
    check_told(seen)


def test_av_gives_both(
    qtbot: QtBot, make_desk: Callable[..., Desk], device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    seen = rate_all(qtbot, desk, a_plan(Condition.AV), monkeypatch)
    assert len(device.sinks) == _CLIPS
    assert len({frame.pts for frame in seen.frames}) >= _CLIPS * LENGTH * 25 * 0.5
    check_told(seen)


def test_mixed_conditions_keep_to_theirs(
    qtbot: QtBot, make_desk: Callable[..., Desk], device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a condition follows another, nothing of the former clip or of the next one comes through."""
    desk = make_desk()
    plan = replace(a_plan(Condition.AV), items=Items(one_condition=True), sitting=SittingRules(items=9))
    desk.sit_down(plan)
    frames: list[Frame] = []
    desk.engine.frame_changed.connect(lambda frame: frames.extend([] if frame is None else [frame]))
    while desk.step.stage is not Stage.DONE:
        trial, clip = desk.step.trial, desk.step.clip
        assert trial is not None
        assert clip is not None
        sinks = len(device.sinks)
        desk.play_out()
        own = [frame for frame in frames if (clip.start or 0) - 1e-3 <= frame.pts < (clip.end or 0)]
        if trial.condition is Condition.VOICE:
            assert own == []
            assert not desk.window.trial.clip.picture.has_picture
        if trial.condition is Condition.FACE:
            assert len(device.sinks) == sinks
            assert desk.engine._playhead.output._thread is None
        frames.clear()
        desk.press(Qt.Key.Key_Right)
        desk.go_on(Qt.Key.Key_3, Qt.Key.Key_Return)


def test_nothing_of_the_program_stands_around_it(make_desk: Callable[..., Desk], silent: None) -> None:
    desk = make_desk()
    dialog = QFrame(desk.main, Qt.WindowType.Tool)
    dialog.setWindowTitle(SECRET)
    dialog.show()
    desk.sit_down(a_plan(Condition.FACE))
    assert {window.title() for window in QGuiApplication.topLevelWindows()} == {"Annotate"}
    for kind in (QMenuBar, QToolBar, QStatusBar):
        assert desk.window.findChildren(kind) == []
    plans = desk.window.findChild(QComboBox, "rating_plan")
    assert plans is not None
    assert not [plans.itemText(k) for k in range(plans.count()) if SECRET in plans.itemText(k)]
    desk.annotating.leave()
    assert dialog.isVisible()
    assert desk.main.isVisible()
    assert SECRET in {window.title() for window in QGuiApplication.topLevelWindows()}


def test_a_clip_that_cannot_be_played_does_not_say_its_name(
    qtbot: QtBot, make_desk: Callable[..., Desk], silent: None
) -> None:
    desk = make_desk()
    with desk.workspace.transaction() as db:
        db.execute("UPDATE corpus SET root = '/nowhere'")
    corpus = corpora.corpora(desk.workspace)[0]
    desk.feed.show_corpus(corpus, corpora.table(desk.workspace, corpus.id))
    desk.sit_down(a_plan(Condition.AV))
    qtbot.waitUntil(lambda: "cannot be played" in desk.window.trial.clip.state.text())
    seen = Seen()
    look(desk, seen)
    check_told(seen)
    assert not desk.window.trial.submit.isEnabled()
    desk.press(Qt.Key.Key_S)
    desk.go_on(Qt.Key.Key_2)
    assert desk.stored() == []
