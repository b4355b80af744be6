"""The one playback engine: an utterance inside a long file, exact to the frame and to the sample."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player.library import Library
from fairemo_gui.gui.player.pictures import Frame, PictureStore
from fairemo_gui.gui.player.playhead import Playhead
from fairemo_gui.gui.player.reel import Extent, Reel, Wanted

_PLAYHEAD_MS = 16
_RESIZE_MS = 200


class PlayerState(StrEnum):
    """What the engine is doing."""

    EMPTY = "empty"
    LOADING = "loading"
    PAUSED = "paused"
    PLAYING = "playing"
    ENDED = "ended"
    FAILED = "failed"


class PlayerEngine(QObject):
    """Plays one range at a time. Decoding happens in threads of its own; no method waits, except `close`.

    Signals:
        position_changed: Media time, seconds on the file's clock.
        frame_changed: The `Frame` to show, or None where there is none.
        loaded: The `Extent` of a range that can be played.
        analysed: The `Analysis` of the range's sound.
        ended: The end has been heard and seen.
        failed: Why nothing can be played, in words.
        noted: Something is not as expected (a damaged track, a range beyond the file's end), in words.
        silenced: There is no sound device to play to, with the reason.
        state_changed: The new `PlayerState`.
    """

    position_changed = Signal(float)
    frame_changed = Signal(object)
    loaded = Signal(object)
    analysed = Signal(object)
    ended = Signal()
    failed = Signal(str)
    noted = Signal(str)
    silenced = Signal(str)
    state_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = Library(self)
        self._playhead = Playhead(self)
        self._condition = Condition.AV
        self._clip: Clip | None = None
        self._next: Clip | None = None
        self._reel: Reel | None = None
        self._store: PictureStore | None = None
        self._sharper: PictureStore | None = None
        self._extent: Extent | None = None
        self._state = PlayerState.EMPTY
        self._position = 0.0
        self._frame: Frame | None = None
        self._speed, self._loop = 1.0, False
        self._wants_play, self._is_analysed = False, False
        self._ticker = self._timer(self._on_tick)
        self._resizer = self._timer(self._sharpen)
        self._connect_signals()

    @property
    def state(self) -> PlayerState:
        """What the engine is doing."""
        return self._state

    @property
    def condition(self) -> Condition:
        """What may be perceived."""
        return self._condition

    @property
    def extent(self) -> Extent | None:
        """What there is to play; None until it is known."""
        return self._extent

    @property
    def position(self) -> float:
        """Media time, seconds on the file's clock."""
        return self._position

    @property
    def frame(self) -> Frame | None:
        """The picture on the screen."""
        return self._frame

    @property
    def speed(self) -> float:
        """Media seconds per second."""
        return self._speed

    @property
    def looping(self) -> bool:
        """Whether the end is followed by the beginning."""
        return self._loop

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for has arrived and no thread is at work."""
        return self._library.idle and self._state is not PlayerState.LOADING

    def load(self, clip: Clip | None) -> None:
        """Show a clip from its beginning, paused; None = nothing."""
        self._clip, self._wants_play = clip, False
        self._reload()

    def prefetch(self, clip: Clip | None) -> None:
        """Have the clip that comes next ready in memory, once this one is."""
        self._next = clip
        self._fetch_next()

    def set_condition(self, condition: Condition) -> None:
        """What may be perceived. `voice`: no picture is decoded. `face`: no sound is decoded and no output opened."""
        if condition is self._condition:
            return
        self._condition = condition
        if condition is Condition.FACE:
            self._playhead.close()
        self._wants_play = False
        self._reload()

    def play(self) -> None:
        """Play from here, or from the beginning after the end."""
        if self._state is PlayerState.LOADING:
            self._wants_play = True
        elif self._state is PlayerState.ENDED:
            self.replay()
        elif self._state is PlayerState.PAUSED:
            self._start()

    def pause(self) -> None:
        """Stop where it is."""
        self._wants_play = False
        if self._state is PlayerState.PLAYING:
            position = self._playhead.now()[0]
            self._halt(PlayerState.PAUSED)
            self._go_to(position)

    def toggle(self) -> None:
        """Play or pause."""
        if self._state is PlayerState.PLAYING or self._wants_play:
            self.pause()
        else:
            self.play()

    def replay(self) -> None:
        """Play from the beginning."""
        if self._extent is None or self._state is PlayerState.LOADING:
            self._wants_play = self._state is PlayerState.LOADING
            return
        self._halt(PlayerState.PAUSED)
        self._go_to(self._extent.start)
        self._start()

    def seek(self, seconds: float) -> None:
        """Go to a media time inside the range; playing goes on from there."""
        if self._extent is None:
            return
        playing = self._state is PlayerState.PLAYING
        if playing or self._state is PlayerState.ENDED:
            self._halt(PlayerState.PAUSED)
        self._go_to(min(max(seconds, self._extent.start), self._extent.end))
        if playing:
            self._start()

    def step(self, frames: int) -> None:
        """Pause, and go some pictures forward, or back where negative."""
        self.pause()
        for _ in range(abs(frames)):
            if self._store is None:
                return
            there = self._store.after(self._position) if frames > 0 else self._store.before(self._position)
            if there is None:
                return
            self.seek(there.pts)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 2 times the recorded speed, with the pitch kept."""
        if speed == self._speed:
            return
        self._speed = speed
        self._playhead.set_speed(speed)
        if self._reel is not None:
            self._library.render(self._reel, speed)
            self._swap_take(self._reel)

    def set_loop(self, loop: bool) -> None:
        """Whether the end is followed by the beginning, without a gap."""
        self._loop = loop
        self._playhead.set_loop(loop)

    def set_volume(self, volume: float) -> None:
        """Loudness 0–1, linear in amplitude."""
        self._playhead.output.set_volume(min(max(volume, 0.0), 1.0))

    def set_picture_size(self, width: int, height: int) -> None:
        """How large the picture may be on the screen, device pixels; a much larger one is decoded anew."""
        self._library.box = (max(width, 2), max(height, 2))
        self._resizer.start(_RESIZE_MS)

    def close(self) -> None:
        """Stop everything and join every thread. A later `load` begins anew."""
        self._ticker.stop()
        self._resizer.stop()
        self._playhead.close()
        self._library.close()
        self._reel, self._store, self._sharper, self._extent = None, None, None, None
        self._set_state(PlayerState.EMPTY)

    def _connect_signals(self) -> None:
        self._library.news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        self._playhead.silenced.connect(self.silenced)

    def _timer(self, due: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(due)
        return timer

    def _wanted(self, clip: Clip) -> Wanted:
        return Wanted(clip, self._condition is not Condition.VOICE, self._condition is not Condition.FACE)

    def _reload(self) -> None:
        """Begin with the clip under the condition; what the old one still has under way is forgotten."""
        self._halt(PlayerState.EMPTY if self._clip is None else PlayerState.LOADING)
        if self._reel is not None and self._reel.extent is None:
            self._library.forget(self._reel.wanted)
        self._reel, self._store, self._sharper, self._extent = None, None, None, None
        self._show(None)
        if self._clip is None:
            return
        if self._condition is not Condition.FACE:
            self._playhead.look_for_device()
        self._reel = self._library.obtain(self._wanted(self._clip), self._speed)
        self._on_news(self._reel)

    def _on_news(self, reel: Reel) -> None:
        """Something of a reel arrived."""
        if reel is not self._reel:
            return
        if reel.failure is not None:
            self._fail(reel)
            return
        if reel.extent is not None and self._extent is None:
            self._take_up(reel, reel.extent)
        if self._extent is not None:
            self._swap_store()
            self._swap_take(reel)
            self._begin_when_ready(reel)
            self._fetch_next()
        if reel.analysis is not None and not self._is_analysed:
            self._is_analysed = True
            self.analysed.emit(reel.analysis)

    def _take_up(self, reel: Reel, extent: Extent) -> None:
        """What there is to play has become known."""
        self._extent, self._store, self._is_analysed = extent, reel.pictures, False
        self._position = extent.start
        self.loaded.emit(extent)
        for note in extent.notes:
            self.noted.emit(note)
        self.position_changed.emit(self._position)

    def _begin_when_ready(self, reel: Reel) -> None:
        """Leave the loading state once the first picture and the sound are there; a picture shows as soon as it can."""
        if self._state is PlayerState.PLAYING:
            return
        self._go_to(self._position)
        pictured = self._store is None or self._store.covers(self._position) or not self._store.busy
        self._library.render(reel, self._speed)
        if (
            self._state is not PlayerState.LOADING
            or not (pictured and reel.sound_ready)
            or reel.needs_take(self._speed)
        ):
            return
        if reel.problem is not None:
            self.noted.emit(reel.problem)
        self._set_state(PlayerState.PAUSED)
        if self._wants_play:
            self._start()

    def _fail(self, reel: Reel) -> None:
        self._library.forget(reel.wanted)
        self._halt(PlayerState.FAILED)
        self._show(None)
        self.failed.emit(reel.failure or "")

    def _fetch_next(self) -> None:
        """Decode the next clip once nothing is missing of this one."""
        if self._next is None or not self.settled:
            return
        clip, self._next = self._next, None
        if self._clip is not None and clip != self._clip:
            self._library.obtain(self._wanted(clip), self._speed)
            self._library.obtain(self._wanted(self._clip), self._speed)

    def _start(self) -> None:
        if self._extent is None or self._reel is None:
            return
        if self._position >= self._extent.end:
            self._go_to(self._extent.start)
        if self._reel.needs_take(self._speed):
            self._wants_play = True
            self._set_state(PlayerState.LOADING)
            self._library.render(self._reel, self._speed)
            return
        self._wants_play = False
        take = self._reel.take(self._speed)
        self._playhead.start(self._extent, self._position, self._speed, take, loop=self._loop)
        self._set_state(PlayerState.PLAYING)
        self._on_tick()

    def _halt(self, state: PlayerState) -> None:
        self._ticker.stop()
        self._playhead.halt()
        self._set_state(state)

    def _on_tick(self) -> None:
        """Show what is due, and come back when the next picture or the next place of the playhead is."""
        if self._state is not PlayerState.PLAYING or self._extent is None:
            return
        position, ended = self._playhead.now()
        self._go_to(position)
        if ended:
            self._halt(PlayerState.ENDED)
            self.ended.emit()
            return
        wait = _PLAYHEAD_MS
        due = None if self._store is None else self._store.after(position)
        if due is not None:
            wait = min(wait, max(int((due.pts - position) / self._speed * 1000.0) + 1, 1))
        self._ticker.start(wait)

    def _go_to(self, position: float) -> None:
        self._position = position
        if self._store is not None and self._reel is not None:
            self._store.position = position
            self._library.fill(self._reel, self._store)
            frame = self._store.at(position)
            if frame is not None:
                self._show(frame)
        self.position_changed.emit(position)

    def _show(self, frame: Frame | None) -> None:
        if frame is not self._frame and (
            frame is None or self._frame is None or frame.picture is not self._frame.picture
        ):
            self._frame = frame
            self.frame_changed.emit(frame)

    def _swap_take(self, reel: Reel) -> None:
        """Go on at the speed asked for, once its sound is rendered."""
        take = reel.take(self._speed)
        if take is not None:
            self._playhead.swap(take)

    def _sharpen(self) -> None:
        """Decode pictures anew where the screen has become much larger than they are."""
        if self._reel is None or self._store is None or self._extent is None:
            return
        store = self._reel.new_pictures(self._extent, self._library.box)
        if store.size[1] <= self._store.size[1]:
            return
        store.position = self._position
        if self._sharper is not None:
            self._sharper.retired = True
        self._sharper = store
        self._library.fill(self._reel, store)

    def _swap_store(self) -> None:
        """Take up the sharper pictures once the one on the screen is among them."""
        if self._sharper is None or self._store is None or self._reel is None:
            return
        if self._sharper.covers(self._position):
            self._store.retired = True
            self._store, self._sharper = self._sharper, None
            self._reel.pictures = self._store

    def _set_state(self, state: PlayerState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
