"""The player's view: picture, timeline and transport over one engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSettings, QSize, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui import theme
from fairemo_gui.gui.player.calibration import CalibrationDialog
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.extent import Extent
from fairemo_gui.gui.player.faces import FaceBoxes
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.keys import Keys
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.player.picture import PictureView
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.player.reel import Analysis
from fairemo_gui.gui.player.stage import Stage
from fairemo_gui.gui.player.stretch import SPEEDS
from fairemo_gui.gui.player.timeline import COMPACT, Timeline
from fairemo_gui.gui.player.transport import TransportBar
from fairemo_gui.gui.theme import Tokens

EMPTY = "Choose an utterance to play it."
NO_PICTURE = "No picture: sound only"
VOICE_ONLY = "Voice only: no picture in this condition"
NO_SOUND = "No sound track"
FACE_ONLY = "Face only: no sound in this condition"
UNTOLD = "Something is wrong with this clip's file. Its name is hidden until you have rated it (B shows it)."

_ROOM_FOR_ALL, _ROOM_FOR_BOTH = 340, 230
_SPACING = 6


class PlayerView(QWidget):
    """Shows and plays one utterance at a time.

    Args:
        tokens: Gives the theme in force.
        settings: Where loudness, curves and the devices' latencies are remembered; None = nowhere.

    Signals:
        previous_requested: The previous utterance is wanted.
        next_requested: The next utterance is wanted.
        ended: The utterance has been heard and seen to its end.
        position_changed: Media time, seconds on the file's clock.
        status_changed: What the dock's title says, as `2.99 s · 30 fps · frame 44`.
        speaker_chosen: Number of the face that somebody says is the speaker's.
    """

    previous_requested = Signal()
    next_requested = Signal()
    ended = Signal()
    position_changed = Signal(float)
    status_changed = Signal(str)
    speaker_chosen = Signal(int)

    def __init__(
        self,
        tokens: Callable[[], Tokens] = theme.current,
        parent: QWidget | None = None,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._item: PlayerItem | None = None
        self._notes: list[str] = []
        self._failure = ""
        self._hidden = False
        self._status, self._no_device = "", ""
        self._calibration: CalibrationDialog | None = None
        self._settings, self._latencies = settings, Latencies(settings)
        self.engine = PlayerEngine(self, self._latencies)
        self.picture = PictureView(tokens)
        self.stage = Stage(self.picture, self)
        self.timeline = Timeline(tokens, self)
        self.transport = TransportBar(self)
        self._keys = Keys(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(_SPACING)
        self._upper = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._upper.setSpacing(_SPACING)
        self._upper.addWidget(self.stage, 1)
        self._upper.addWidget(self.timeline, 0)
        column.addLayout(self._upper, 1)
        column.addWidget(self.transport)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._connect_signals()
        self._restore()
        self._clear(EMPTY, "play")

    @property
    def item(self) -> PlayerItem | None:
        """What is shown."""
        return self._item

    @property
    def status(self) -> str:
        """What the dock's title says."""
        return self._status

    @property
    def is_ready(self) -> bool:
        """Whether what was asked for is on the screen and no thread is at work."""
        return self.engine.settled

    def show_item(self, item: PlayerItem | None) -> None:
        """Show an utterance from its beginning, paused; None = nothing."""
        self._item, self._notes, self._failure = item, [], ""
        self.picture.set_caption("")
        self.picture.set_boxes(FaceBoxes(() if item is None else item.tracks))
        if item is None or item.note is not None:
            self.engine.load(None)
            if item is None:
                self._clear(EMPTY, "play")
            else:
                self._on_failed(item.note or "")
            return
        self._clear("", "")
        self.engine.load(item.clip)

    def set_name_hidden(self, hidden: bool) -> None:
        """Whether the clip's file may not be named: many corpora write the emotion into its name."""
        if hidden == self._hidden:
            return
        self._hidden = hidden
        if self._failure:
            self.picture.set_message(self._told(self._failure), "warning")
        self._caption()

    def prefetch(self, item: PlayerItem | None) -> None:
        """Have the utterance that comes next ready in memory."""
        self.engine.prefetch(None if item is None or item.note is not None else item.clip)

    def set_condition(self, condition: Condition) -> None:
        """What may be perceived: `voice` has no picture anywhere, `face` opens no sound output."""
        if condition is not self.engine.condition:
            self._notes = []
            self.picture.set_caption("")
            self.engine.set_condition(condition)

    def play(self) -> None:
        """Play from here, or from the beginning after the end."""
        self.engine.play()

    def pause(self) -> None:
        """Stop where it is."""
        self.engine.pause()

    def toggle(self) -> None:
        """Play or pause."""
        self.engine.toggle()

    def replay(self) -> None:
        """Play from the beginning."""
        self.engine.replay()

    def set_loop(self, loop: bool) -> None:
        """Whether the end is followed by the beginning."""
        self.transport.loop.setChecked(loop)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 2 times the recorded speed."""
        self.engine.set_speed(speed)
        self.transport.speed.set_speed(speed)

    def change_speed(self, steps: int) -> None:
        """Go up or down the list of speeds."""
        place = min(range(len(SPEEDS)), key=lambda k: abs(SPEEDS[k] - self.engine.speed))
        self.set_speed(SPEEDS[min(max(place + steps, 0), len(SPEEDS) - 1)])

    def set_volume(self, volume: float) -> None:
        """Loudness 0–1."""
        self.transport.volume.setValue(round(volume * 100))

    def step(self, frames: int) -> None:
        """Pause, and go some pictures forward, or back where negative."""
        self.timeline.follow()
        self.engine.step(frames)

    def seek(self, seconds: float) -> None:
        """Go to a media time, seconds on the file's clock."""
        self.timeline.follow()
        self.engine.seek(seconds)

    def set_curves_shown(self, shown: bool) -> None:
        """Whether pitch and energy are drawn over the spectrogram."""
        self.timeline.set_curves_shown(shown)
        if self._settings is not None:
            remembered.set_curves_shown(self._settings, shown)

    def set_words_estimated(self, estimated: bool) -> None:
        """Whether words without times are lit by proportion, and said to be."""
        self.timeline.set_estimating(estimated)
        if self._settings is not None:
            remembered.set_words_estimated(self._settings, estimated)

    def calibrate(self) -> None:
        """Ask how late the sound device is."""
        self.pause()
        self._calibration = CalibrationDialog(self._latencies, self.transport.volume.value() / 100, self)
        self._calibration.open()

    def choose_next_face(self) -> None:
        """Say that the next of the other faces in the picture is the speaker's."""
        others = sorted(self.picture.marks().others)
        active = next((t.number for t in self._item.tracks if t.speaker_by), -1) if self._item is not None else -1
        if others:
            self.speaker_chosen.emit(next((number for number in others if number > active), others[0]))

    def set_side_widget(self, widget: QWidget | None) -> None:
        """What stands at the right of the picture: the turns around, or other takes."""
        self.stage.set_side(widget)

    def actions_for_keys(self) -> list[QAction]:
        """Everything that has a key, for the window's key sheet."""
        return self._keys.actions

    def retheme(self, tokens: Tokens | None = None) -> None:
        """Draw everything anew after a change of theme."""
        if tokens is not None:
            self._tokens = lambda: tokens
        self.timeline.retheme()
        self.transport.retheme()
        self.picture.update()
        self.update()

    def shutdown(self) -> None:
        """Stop playing and join every thread; showing an item begins anew."""
        if self._calibration is not None:
            self._calibration.reject()
        self.engine.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave no thread behind."""
        self.shutdown()
        super().closeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Picture beside timeline, over the transport."""
        return QSize(280, 8 + COMPACT + _SPACING + self.transport.minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.timeline.retheme()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Picture and timeline share the height."""
        self._share_height()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(QRect(0, 0, self.width(), self.height()), QColor(self._tokens().panel))

    def _connect_signals(self) -> None:
        engine, bar = self.engine, self.transport
        engine.loaded.connect(self._on_loaded)
        engine.analysed.connect(self._on_analysed)
        engine.frame_changed.connect(self._on_frame)
        engine.position_changed.connect(self._on_position)
        engine.state_changed.connect(self._on_state)
        engine.failed.connect(self._on_failed)
        engine.noted.connect(self._on_noted)
        engine.silenced.connect(self._on_silenced)
        engine.ended.connect(self.ended)
        self.picture.resized.connect(engine.set_picture_size)
        self.picture.face_clicked.connect(self.speaker_chosen)
        engine.detailed.connect(self.timeline.set_detail)
        engine.selection_changed.connect(self._on_selection)
        self.timeline.seek_requested.connect(engine.seek)
        self.timeline.selection_requested.connect(engine.select)
        self.timeline.detail_requested.connect(engine.ask_detail)
        bar.previous_clicked.connect(self.previous_requested)
        bar.next_clicked.connect(self.next_requested)
        bar.play_clicked.connect(engine.toggle)
        bar.loop_toggled.connect(engine.set_loop)
        bar.loop_toggled.connect(self._keys.loop.setChecked)
        bar.step_clicked.connect(engine.step)
        bar.speed_chosen.connect(self.set_speed)
        bar.volume_changed.connect(self._on_volume)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)

    def _restore(self) -> None:
        if self._settings is not None:
            self.transport.volume.setValue(remembered.volume(self._settings))
            self._keys.curves.setChecked(remembered.curves_shown(self._settings))
            self._keys.estimate.setChecked(remembered.words_estimated(self._settings))

    def _clear(self, message: str, icon: str) -> None:
        self.picture.set_frame(None)
        self.picture.set_message(message, icon)
        self.timeline.clear()
        self.transport.set_can_step(False)
        self.transport.time.show_times(0.0, 0.0)
        self._share_height()
        self._tell_status()

    def _on_loaded(self, extent: Extent) -> None:
        assert self._item is not None
        self._failure = ""
        blind = self.engine.condition is Condition.FACE
        self.timeline.set_range(extent.start, extent.end)
        self.timeline.set_words(self._item.words, self._item.clip.transcript, hidden=blind)
        self.timeline.set_analysis(None, FACE_ONLY if blind else "" if extent.has_sound else NO_SOUND)
        voice_only = self.engine.condition is Condition.VOICE
        no_picture = (VOICE_ONLY, "ear") if voice_only else (NO_PICTURE, "speaker-high")
        self.picture.set_message(*(("", "") if extent.has_picture else no_picture))
        self.transport.set_can_step(extent.has_picture)
        self._say_silence()
        self._share_height()
        self._tell_status()

    def _on_analysed(self, analysis: Analysis) -> None:
        self.timeline.set_analysis(analysis)

    def _on_frame(self, frame: Frame | None) -> None:
        self.picture.set_frame(frame)
        self._tell_status()

    def _on_position(self, position: float) -> None:
        self.timeline.set_position(position)
        extent = self.engine.extent
        if extent is not None:
            self.transport.time.show_times(position - extent.start, extent.duration)
        self.position_changed.emit(position)

    def _on_state(self, state: PlayerState) -> None:
        self.transport.set_playing(state is PlayerState.PLAYING)

    def _on_failed(self, message: str) -> None:
        self._failure = message
        self._clear(self._told(message), "warning")

    def _on_noted(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)
        self._caption()

    def _caption(self) -> None:
        self.picture.set_caption(" · ".join(dict.fromkeys(map(self._told, self._notes))))

    def _told(self, words: str) -> str:
        """Words about the clip's file, or none of them while its name is hidden and stands in them."""
        clip = None if self._item is None else self._item.clip
        files = () if clip is None else (clip.video, clip.audio)
        named = any(path is not None and PurePath(path).name in words for path in files)
        return UNTOLD if self._hidden and named else words

    def _on_silenced(self, reason: str) -> None:
        self._no_device = reason
        self._say_silence()

    def _say_silence(self) -> None:
        extent = self.engine.extent
        blind, mute = self.engine.condition is Condition.FACE, extent is not None and not extent.has_sound
        self.transport.set_silent(FACE_ONLY if blind else NO_SOUND if mute else self._no_device)

    def _on_volume(self, volume: float) -> None:
        self.engine.set_volume(volume)
        if self._settings is not None and volume > 0:
            remembered.set_volume(self._settings, round(volume * 100))

    def _on_selection(self, selection: tuple[float, float] | None) -> None:
        self.timeline.set_selection(selection)
        self._keys.unselect.setEnabled(selection is not None)
        self._tell_status()

    def _tell_status(self) -> None:
        extent, frame = self.engine.extent, self.engine.frame
        parts = []
        if extent is not None:
            parts.append(f"{extent.duration:.2f} s")
            if self.engine.selection is not None:
                start, end = self.engine.selection
                parts.append(f"selected {end - start:.3f} s")
            rate, uneven = self.engine.screen.pace or (extent.frame_rate, False)
            if extent.has_picture and rate:
                told = f"{rate:.1f}" if uneven else f"{rate:.2f}".rstrip("0").rstrip(".")
                parts.append(f"{told} fps, uneven" if uneven else f"{told} fps")
            if frame is not None and frame.index is not None:
                parts.append(f"frame {frame.index}")
        status = " · ".join(parts)
        if status != self._status:
            self._status = status
            self.status_changed.emit(status)

    def _share_height(self) -> None:
        """Without a picture the timeline takes the room; where room is short, the spectrogram gives way.

        Where even that is too much, the picture stands beside the timeline.
        """
        extent, beside = self.engine.extent, self.height() < _ROOM_FOR_BOTH
        self._upper.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._upper.setStretch(1, int(beside))
        self.stage.set_alone(beside)
        sound_only = not beside and extent is not None and not extent.has_picture and not self.stage.has_side
        self.stage.set_slim(sound_only)
        self.timeline.set_tall(sound_only or beside, compact=not sound_only and self.height() < _ROOM_FOR_ALL)
