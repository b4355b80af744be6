"""An utterance as raters were given it: played in its condition, without timeline or speed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition, FaceRegion
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.extent import Extent
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.picture import PictureView
from fairemo_gui.gui.player.view import NO_PICTURE, VOICE_ONLY
from fairemo_gui.gui.tone_label import ToneLabel

_NOTHING = "Choose an utterance."
_SILENT = "Face only: no sound in this condition"


class ClipView(QWidget):
    """Picture, time line and a play button over an engine of its own.

    Signals:
        ended: The clip has been heard and seen to its end.
    """

    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.engine = PlayerEngine(self)
        self.picture = PictureView(theme.current)
        self.play = KeyButton("Play", "play", "Space")
        self.play.setObjectName("clip_play")
        self.play.setToolTip("Play or pause (Space); from the start (R)")
        self._progress = _Progress(self)
        self._time = ToneLabel()
        self._note = ToneLabel()
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(10)
        for part, stretch in ((self.play, 0), (self._time, 0), (self._note, 1)):
            row.addWidget(part, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.picture, 1)
        column.addWidget(self._progress)
        column.addLayout(row)
        self._connect_signals()
        self.show_item(None)

    @property
    def settled(self) -> bool:
        """Whether what was asked for is on the screen and no thread is at work."""
        return self.engine.settled

    def show_item(self, item: PlayerItem | None, condition: Condition = Condition.AV) -> None:
        """Show an utterance from its beginning, paused, as raters of a condition met it; None = nothing."""
        self.picture.set_caption("")
        self.picture.set_region(FaceRegion.FULL if item is None else item.clip.face_region)
        self._note.setText(_SILENT if item is not None and condition is Condition.FACE else "")
        note = _NOTHING if item is None else item.note
        self.play.setEnabled(note is None)
        self.picture.set_frame(None)
        self.picture.set_message(note or "", "warning" if item is not None and note else "")
        self._on_position(0.0)
        self.engine.load(item.clip if item is not None and note is None else None, condition)

    def prefetch(self, item: PlayerItem | None, condition: Condition) -> None:
        """Have the utterance that comes next ready in memory."""
        self.engine.prefetch(None if item is None or item.note is not None else item.clip, condition)

    def toggle(self) -> None:
        """Play or pause."""
        self.engine.toggle()

    def shutdown(self) -> None:
        """Stop playing and join every thread; showing an item begins anew."""
        self.engine.close()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees does not play."""
        self.engine.pause()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave no thread behind."""
        self.shutdown()
        super().closeEvent(event)

    def _connect_signals(self) -> None:
        engine = self.engine
        engine.frame_changed.connect(self.picture.set_frame)
        engine.position_changed.connect(self._on_position)
        engine.loaded.connect(self._on_loaded)
        engine.ended.connect(self.ended)
        engine.failed.connect(lambda why: self.picture.set_message(why, "warning"))
        engine.noted.connect(self.picture.set_caption)
        engine.silenced.connect(self._note.setText)
        engine.state_changed.connect(self._on_state)
        self.picture.resized.connect(engine.set_picture_size)
        self.play.clicked.connect(self.toggle)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)

    def _on_loaded(self, extent: Extent) -> None:
        voice = self.engine.condition is Condition.VOICE
        no_picture = (VOICE_ONLY, "ear") if voice else (NO_PICTURE, "speaker-high")
        self.picture.set_message(*(("", "") if extent.has_picture else no_picture))

    def _on_position(self, position: float) -> None:
        extent = self.engine.extent
        done = 0.0 if extent is None else position - extent.start
        whole = 0.0 if extent is None else extent.duration
        self._progress.set_share(done / whole if whole else 0.0)
        self._time.setText(f"{done:.1f} / {whole:.1f} s" if whole else "")

    def _on_state(self, state: PlayerState) -> None:
        self.play.setText("Pause" if state is PlayerState.PLAYING else "Play")
        self.play.setAccessibleName(self.play.text())


class _Progress(QWidget):
    """How far the clip has been played: a line of 3 px."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedHeight(3)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = theme.current(), QPainter(self)
        track = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        painter.fillRect(track, QColor(tokens.line))
        painter.fillRect(QRectF(track.left(), 0, track.width() * self._share, 3), QColor(tokens.accent))
