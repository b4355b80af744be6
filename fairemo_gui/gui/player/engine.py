"""The one playback engine: an utterance inside a long file, exact to the frame and to the sample."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player.cue import Cue
from fairemo_gui.gui.player.extent import Extent, Part
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.player.library import Library
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.player.playhead import Playhead
from fairemo_gui.gui.player.screen import Screen
from fairemo_gui.media.decode import TICK

_SHORTEST = 0.02
_PLAYHEAD_MS = 16


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

    Args:
        latencies: What each sound device takes.

    Signals:
        position_changed: Media time, seconds on the file's clock.
        frame_changed: The `Frame` to show, or None where there is none.
        loaded: The `Extent` of a range that can be played.
        analysed: The `Analysis` of the range's sound; again once F0 and energy are there.
        detailed: The `Analysis` of a part, asked for by `ask_detail`; perhaps of a clip that is no longer shown.
        selection_changed: Start and end of the part that is played, seconds; None = the whole range.
        ended: The end of the range has been heard and seen; not sent for a selection's.
        failed: Why nothing can be played, in words.
        noted: Something is not as expected (a damaged track, a range beyond the file's end), in words.
        silenced: Why there is no sound device to play to; empty once there is again.
        state_changed: The new `PlayerState`.
    """

    position_changed = Signal(float)
    frame_changed = Signal(object)
    loaded = Signal(object)
    analysed = Signal(object)
    detailed = Signal(object)
    selection_changed = Signal(object)
    ended = Signal()
    failed = Signal(str)
    noted = Signal(str)
    silenced = Signal(str)
    state_changed = Signal(object)

    def __init__(self, parent: QObject | None = None, latencies: Latencies | None = None) -> None:
        super().__init__(parent)
        self._library = Library(self)
        self.screen = Screen(self._library, self)
        self._playhead = Playhead(latencies or Latencies(), self)
        self._cue = Cue(self._library, self)
        self._state = PlayerState.EMPTY
        self._position = 0.0
        self._speed, self._loop = 1.0, False
        self._wants_play = False
        self._selection: Part = None
        self._ticker = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._connect_signals()

    @property
    def state(self) -> PlayerState:
        """What the engine is doing."""
        return self._state

    @property
    def condition(self) -> Condition:
        """What may be perceived."""
        return self._cue.condition

    @property
    def extent(self) -> Extent | None:
        """What there is to play; None until it is known."""
        return self._cue.extent

    @property
    def position(self) -> float:
        """Media time, seconds on the file's clock."""
        return self._position

    @property
    def frame(self) -> Frame | None:
        """The picture on the screen."""
        return self.screen.frame

    @property
    def speed(self) -> float:
        """Media seconds per second."""
        return self._speed

    @property
    def selection(self) -> Part:
        """Start and end of the part that is played, seconds; None = the whole range."""
        return self._selection

    @property
    def looping(self) -> bool:
        """Whether the end is followed by the beginning."""
        return self._loop

    @property
    def silence(self) -> str:
        """Why there is no sound device to play to, in words; empty where there is, or where that is not known yet."""
        return self._playhead.silence

    @property
    def lacks(self) -> frozenset[Condition]:
        """What the clip's file has not, or not whole: `voice`, `face`; known once it is loaded."""
        reel = self._cue.reel
        if reel is None or self.extent is None or self._state is PlayerState.LOADING:
            return frozenset()
        return reel.lacks(self._speed, self._selection)

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for has arrived and no thread is at work."""
        return self._library.idle and self._state is not PlayerState.LOADING

    def load(self, clip: Clip | None, condition: Condition | None = None) -> None:
        """Show a clip from its beginning, paused; None = nothing. With another condition, where one is given."""
        self._begin(clip, condition or self.condition)

    def prefetch(self, clip: Clip | None, condition: Condition | None = None) -> None:
        """Have the clip that comes next, in the condition it comes in, ready in memory, once this one is."""
        self._cue.expect(clip, condition)
        self._fetch_next()

    def set_condition(self, condition: Condition) -> None:
        """What may be perceived. `voice`: no picture is decoded. `face`: no sound is decoded and no output opened."""
        if condition is not self.condition:
            self._begin(self._cue.clip, condition)

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
            position = self._now()[0]
            self._halt(PlayerState.PAUSED)
            self._go_to(position)

    def toggle(self) -> None:
        """Play or pause."""
        if self._state is PlayerState.PLAYING or self._wants_play:
            self.pause()
        else:
            self.play()

    def replay(self) -> None:
        """Play from the beginning, of the selection where there is one."""
        loading = self._state is PlayerState.LOADING
        self._wants_play = loading
        if self.extent is None:
            return
        if not loading:
            self._halt(PlayerState.PAUSED)
        self._go_to(self.extent.of(self._selection).start)
        if not loading:
            self._start()

    def seek(self, seconds: float) -> None:
        """Go to a media time inside the range; playing goes on from there."""
        if self.extent is None:
            return
        playing = self._state is PlayerState.PLAYING
        if playing or self._state is PlayerState.ENDED:
            self._halt(PlayerState.PAUSED)
        self._go_to(min(max(seconds, self.extent.start), self.extent.end))
        if playing:
            self._start()

    def select(self, selection: Part) -> None:
        """Play only a part of the range, exact to the sample, until another clip comes; None = the whole again."""
        if selection is not None:
            if self.extent is None:
                return
            selection = max(selection[0], self.extent.start), min(selection[1], self.extent.end)
            if selection[1] - selection[0] < _SHORTEST:
                return
        if selection == self._selection:
            return
        playing = self._state is PlayerState.PLAYING
        if playing:
            self.pause()
        self._selection = selection
        if self._cue.reel is not None:
            self._library.render(self._cue.reel, self._speed, selection)
        self.selection_changed.emit(selection)
        if playing:
            self._start()

    def ask_detail(self, start: float, end: float, columns: int) -> None:
        """Have a part of the range's sound drawn sharper: `detailed` answers."""
        if self._cue.reel is not None and self._cue.reel.analysis is not None:
            self._library.detail(self._cue.reel, start, end, columns)

    def step(self, frames: int) -> None:
        """Pause, and go some pictures forward, or back where negative."""
        self.pause()
        for _ in range(abs(frames)):
            there = self.screen.after(self._position) if frames > 0 else self.screen.before(self._position)
            if there is None:
                return
            self.seek(there.pts)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 2 times the recorded speed, with the pitch kept."""
        if speed == self._speed:
            return
        self._speed = speed
        self._playhead.set_speed(speed)
        if self._cue.reel is not None:
            self._library.render(self._cue.reel, speed, self._selection)
            self._swap_take()

    def set_loop(self, loop: bool) -> None:
        """Whether the end is followed by the beginning, without a gap."""
        self._loop = loop
        self._playhead.set_loop(loop)

    def look_for_sound(self) -> None:
        """See whether there is a sound device now; `silenced` tells when that has changed."""
        self._playhead.look_for_device()

    def set_volume(self, volume: float) -> None:
        """Loudness 0–1, linear in amplitude."""
        self._playhead.output.set_volume(min(max(volume, 0.0), 1.0))

    def set_picture_size(self, width: int, height: int) -> None:
        """How large the picture may be on the screen, device pixels; a much larger one is decoded anew."""
        self.screen.set_size(width, height)

    def close(self) -> None:
        """Stop everything and join every thread. A later `load` begins anew."""
        self._ticker.stop()
        self._playhead.close()
        self._library.close()
        self.screen.let_go()
        self._cue.clear()
        self._set_state(PlayerState.EMPTY)

    def _connect_signals(self) -> None:
        self._cue.loaded.connect(self._on_loaded)
        self._cue.noted.connect(self.noted)
        self._cue.arrived.connect(self._on_arrived)
        self._cue.analysed.connect(self.analysed)
        self._cue.failed.connect(self._on_failed)
        self._library.detailed.connect(self.detailed, Qt.ConnectionType.QueuedConnection)
        self.screen.frame_changed.connect(self.frame_changed)
        self._playhead.silenced.connect(self.silenced)
        self._ticker.timeout.connect(self._on_tick)

    def _begin(self, clip: Clip | None, condition: Condition) -> None:
        """Begin with a clip under a condition; what another still has under way is forgotten."""
        if condition is Condition.FACE and condition is not self.condition:
            self._playhead.close()
        self._wants_play = False
        self._halt(PlayerState.EMPTY if clip is None else PlayerState.LOADING)
        self._cue.clear()
        self._cue.condition = condition
        self.select(None)
        self.screen.clear()
        if clip is None:
            return
        if condition is not Condition.FACE:
            self._playhead.look_for_device()
        self._cue.choose(clip, condition, self._speed)

    def _on_loaded(self, extent: Extent) -> None:
        """What there is to play has become known."""
        assert self._cue.reel is not None
        self._position = extent.start
        self.screen.take_up(self._cue.reel)
        self.loaded.emit(extent)
        self.position_changed.emit(self._position)

    def _on_arrived(self) -> None:
        """Leave the loading state once the first picture and the sound are there; a picture shows as soon as it can."""
        reel = self._cue.reel
        if reel is None:
            return
        self._swap_take()
        pictured = self.screen.settle(self._position)
        if self._state is not PlayerState.PLAYING:
            self._go_to(self._position)
            self._library.render(reel, self._speed, self._selection)
            ready = pictured and reel.sound_ready and not reel.needs_take(self._speed, self._selection)
            if self._state is PlayerState.LOADING and ready:
                self._set_state(PlayerState.PAUSED)
                if self._wants_play:
                    self._start()
        self._fetch_next()

    def _on_failed(self, reason: str) -> None:
        self._halt(PlayerState.FAILED)
        self.screen.clear()
        self.failed.emit(reason)

    def _fetch_next(self) -> None:
        """Decode the next clip once nothing is missing of this one."""
        if self._cue.expects and self.settled:
            self._cue.fetch_next(self._speed)

    def _start(self) -> None:
        if self.extent is None or self._cue.reel is None:
            return
        played = self.extent.of(self._selection)
        if not played.start <= self._position < played.end:
            self._go_to(played.start)
        if self._cue.reel.needs_take(self._speed, self._selection):
            self._wants_play = True
            self._set_state(PlayerState.LOADING)
            self._library.render(self._cue.reel, self._speed, self._selection)
            return
        self._wants_play = False
        take = self._cue.reel.take(self._speed, self._selection)
        self._playhead.start(played, self._position, self._speed, take, loop=self._loop)
        self._set_state(PlayerState.PLAYING)
        self._on_tick()

    def _halt(self, state: PlayerState) -> None:
        self._ticker.stop()
        self._playhead.halt()
        self._set_state(state)

    def _on_tick(self) -> None:
        """Show what is due, and come back when the next picture or the next place of the playhead is."""
        if self._state is not PlayerState.PLAYING or self.extent is None:
            return
        position, ended = self._now()
        self._go_to(position)
        if ended:
            self._halt(PlayerState.ENDED)
            if self._selection is None:
                self.ended.emit()
            return
        wait = _PLAYHEAD_MS
        due = self.screen.after(position)
        if due is not None:
            wait = min(wait, max(int((due.pts - position) / self._speed * 1000.0) + 1, 1))
        self._ticker.start(wait)

    def _now(self) -> tuple[float, bool]:
        position, ended = self._playhead.now()
        if self._selection is not None:
            # The picture that begins where a selection ends is not part of it.
            position = min(position, self._selection[1] - 2 * TICK)
        return position, ended

    def _go_to(self, position: float) -> None:
        self._position = position
        self.screen.show_at(position)
        self.position_changed.emit(position)

    def _swap_take(self) -> None:
        """Go on at the speed asked for, once its sound is rendered."""
        take = None if self._cue.reel is None else self._cue.reel.take(self._speed, self._selection)
        if take is not None:
            self._playhead.swap(take)

    def _set_state(self, state: PlayerState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
