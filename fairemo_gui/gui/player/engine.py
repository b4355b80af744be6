"""The one playback engine: an utterance inside a long file, exact to the frame and to the sample."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.player.library import Library
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.player.playhead import Playhead
from fairemo_gui.gui.player.reel import Analysis, Extent, Part, Reel, Wanted
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
        self._condition = Condition.AV
        self._clip: Clip | None = None
        self._next: tuple[Clip, Condition | None] | None = None
        self._reel: Reel | None = None
        self._extent: Extent | None = None
        self._state = PlayerState.EMPTY
        self._position = 0.0
        self._speed, self._loop = 1.0, False
        self._wants_play = False
        self._analysis: Analysis | None = None
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
        if self._reel is None or self._extent is None or self._state is PlayerState.LOADING:
            return frozenset()
        wanted, pictures = self._reel.wanted, self._reel.pictures
        mute = wanted.sound and self._reel.take(self._speed, self._selection) is None
        blank = wanted.pictures and (pictures is None or (pictures.broken and not pictures.bytes))
        return frozenset(({Condition.VOICE} if mute else set()) | ({Condition.FACE} if blank else set()))

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for has arrived and no thread is at work."""
        return self._library.idle and self._state is not PlayerState.LOADING

    def load(self, clip: Clip | None, condition: Condition | None = None) -> None:
        """Show a clip from its beginning, paused; None = nothing. With another condition, where one is given."""
        self._clip = clip
        self._begin_under(condition or self._condition)

    def prefetch(self, clip: Clip | None, condition: Condition | None = None) -> None:
        """Have the clip that comes next, in the condition it comes in, ready in memory, once this one is."""
        self._next = None if clip is None else (clip, condition)
        self._fetch_next()

    def set_condition(self, condition: Condition) -> None:
        """What may be perceived. `voice`: no picture is decoded. `face`: no sound is decoded and no output opened."""
        if condition is not self._condition:
            self._begin_under(condition)

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
        """Play from the beginning, of the selection where there is one."""
        if self._extent is None or self._state is PlayerState.LOADING:
            self._wants_play = self._state is PlayerState.LOADING
            return
        self._halt(PlayerState.PAUSED)
        self._go_to(self._extent.of(self._selection).start)
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

    def select(self, selection: Part) -> None:
        """Play only a part of the range, exact to the sample, until another clip comes; None = the whole again."""
        if selection is not None and self._extent is not None:
            selection = max(selection[0], self._extent.start), min(selection[1], self._extent.end)
            if selection[1] - selection[0] < _SHORTEST:
                return
        if selection == self._selection:
            return
        playing = self._state is PlayerState.PLAYING
        if playing:
            self.pause()
        self._selection = selection
        if self._reel is not None:
            self._library.render(self._reel, self._speed, selection)
        self.selection_changed.emit(selection)
        if playing:
            self._start()

    def ask_detail(self, start: float, end: float, columns: int) -> None:
        """Have a part of the range's sound drawn sharper: `detailed` answers."""
        if self._reel is not None and self._reel.analysis is not None:
            self._library.detail(self._reel, start, end, columns)

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
        if self._reel is not None:
            self._library.render(self._reel, speed, self._selection)
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
        self._reel, self._extent = None, None
        self._set_state(PlayerState.EMPTY)

    def _connect_signals(self) -> None:
        self._library.news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        self._library.detailed.connect(self.detailed, Qt.ConnectionType.QueuedConnection)
        self.screen.frame_changed.connect(self.frame_changed)
        self._playhead.silenced.connect(self.silenced)
        self._ticker.timeout.connect(self._on_tick)

    def _begin_under(self, condition: Condition) -> None:
        """Begin with the clip under a condition; what the old one still has under way is forgotten."""
        if condition is Condition.FACE and condition is not self._condition:
            self._playhead.close()
        self._condition, self._wants_play = condition, False
        self._halt(PlayerState.EMPTY if self._clip is None else PlayerState.LOADING)
        if self._reel is not None and self._reel.extent is None:
            self._library.forget(self._reel.wanted)
        self._reel, self._extent = None, None
        self.select(None)
        self.screen.clear()
        if self._clip is None:
            return
        if self._condition is not Condition.FACE:
            self._playhead.look_for_device()
        self._reel = self._library.obtain(_wanted(self._clip, self._condition), self._speed)
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
            self._swap_take()
            self._begin_when_ready(reel)
            self._fetch_next()
        if reel.analysis is not None and reel.analysis is not self._analysis:
            self._analysis = reel.analysis
            self.analysed.emit(reel.analysis)

    def _take_up(self, reel: Reel, extent: Extent) -> None:
        """What there is to play has become known."""
        self._extent, self._analysis = extent, None
        self._position = extent.start
        self.screen.take_up(reel)
        self.loaded.emit(extent)
        for note in extent.notes:
            self.noted.emit(note)
        self.position_changed.emit(self._position)

    def _begin_when_ready(self, reel: Reel) -> None:
        """Leave the loading state once the first picture and the sound are there; a picture shows as soon as it can."""
        pictured = self.screen.settle(self._position)
        if self._state is PlayerState.PLAYING:
            return
        self._go_to(self._position)
        self._library.render(reel, self._speed, self._selection)
        if (
            self._state is not PlayerState.LOADING
            or not (pictured and reel.sound_ready)
            or reel.needs_take(self._speed, self._selection)
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
        self.screen.clear()
        self.failed.emit(reel.failure or "")

    def _fetch_next(self) -> None:
        """Decode the next clip once nothing is missing of this one."""
        if self._next is None or not self.settled:
            return
        (clip, condition), self._next = self._next, None
        if self._clip is not None and clip != self._clip:
            for wanted in (_wanted(clip, condition or self._condition), _wanted(self._clip, self._condition)):
                self._library.obtain(wanted, self._speed)

    def _start(self) -> None:
        if self._extent is None or self._reel is None:
            return
        played = self._extent.of(self._selection)
        if not played.start <= self._position < played.end:
            self._go_to(played.start)
        if self._reel.needs_take(self._speed, self._selection):
            self._wants_play = True
            self._set_state(PlayerState.LOADING)
            self._library.render(self._reel, self._speed, self._selection)
            return
        self._wants_play = False
        take = self._reel.take(self._speed, self._selection)
        self._playhead.start(played, self._position, self._speed, take, loop=self._loop)
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
        if self.selection is not None:
            # The picture that begins where a selection ends is not part of it.
            position = min(position, self.selection[1] - 2 * TICK)
        self._go_to(position)
        if ended:
            self._halt(PlayerState.ENDED)
            if self.selection is None:
                self.ended.emit()
            return
        wait = _PLAYHEAD_MS
        due = self.screen.after(position)
        if due is not None:
            wait = min(wait, max(int((due.pts - position) / self._speed * 1000.0) + 1, 1))
        self._ticker.start(wait)

    def _go_to(self, position: float) -> None:
        self._position = position
        self.screen.show_at(position)
        self.position_changed.emit(position)

    def _swap_take(self) -> None:
        """Go on at the speed asked for, once its sound is rendered."""
        take = None if self._reel is None else self._reel.take(self._speed, self._selection)
        if take is not None:
            self._playhead.swap(take)

    def _set_state(self, state: PlayerState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


def _wanted(clip: Clip, condition: Condition) -> Wanted:
    return Wanted(clip, condition is not Condition.VOICE, condition is not Condition.FACE)
