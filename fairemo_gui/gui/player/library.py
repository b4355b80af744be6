"""Reels being made and kept: the current one, the next one, and a few that were just seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QObject, Signal

from fairemo_gui.gui.player.extent import Part, Wanted
from fairemo_gui.gui.player.pictures import PictureStore
from fairemo_gui.gui.player.reel import Reel
from fairemo_gui.jobs.task import CancelledError

_KEPT = 4
_MEMORY = 640 * 2**20
_WORKERS = 3


class Library(QObject):
    """Makes reels in background threads and says when there is news of one.

    Signals:
        news: A reel of which something arrived: its extent, pictures, sound or a failure.
        detailed: The `Analysis` of a part.
    """

    news = Signal(object)
    detailed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.box = (640, 360)
        self._reels: OrderedDict[Wanted, Reel] = OrderedDict()
        self._workers: ThreadPoolExecutor | None = None
        self._running: set[Future[None]] = set()

    def obtain(self, wanted: Wanted, speed: float) -> Reel:
        """The reel of a range, from memory or begun now.

        Args:
            wanted: What to decode.
            speed: Speed its sound is first needed at.
        """
        reel = self._reels.get(wanted)
        if reel is None:
            reel = self._reels[wanted] = Reel(wanted, speed)
            self._submit(reel, partial(self._make, reel))
        self._reels.move_to_end(wanted)
        self._forget_oldest()
        return reel

    def clear_way(self, chosen: Reel | None) -> None:
        """Drop every other reel that is not whole: what is decoded of it would be in the way of what was chosen."""
        for wanted, reel in list(self._reels.items()):
            if reel is not chosen and not reel.whole:
                self.forget(wanted)

    def forget(self, wanted: Wanted) -> None:
        """Drop a reel, so that it is read anew."""
        reel = self._reels.pop(wanted, None)
        if reel is not None:
            reel.cancel()

    def render(self, reel: Reel, speed: float, part: Part) -> None:
        """Have a reel's sound made at another speed, or of a selection, and nothing that was asked for before."""
        if reel.ask_take(speed, part):
            self._submit(reel, reel.render)

    def fill(self, reel: Reel, store: PictureStore) -> None:
        """Have the pictures around a store's playhead decoded, where some are missing."""
        if not (store.busy or store.broken or store.complete):
            store.busy = True
            self._submit(reel, partial(reel.fill, store, partial(self._arrived, reel)))

    def detail(self, reel: Reel, start: float, end: float, columns: int) -> None:
        """Have a part of a reel's sound drawn sharper."""
        self._submit(reel, partial(self._detail, reel, start, end, columns))

    @property
    def idle(self) -> bool:
        """Whether no thread is at work."""
        return not self._running

    def close(self) -> None:
        """Stop all work and join the threads."""
        for reel in self._reels.values():
            reel.cancel()
        self._reels.clear()
        if self._workers is not None:
            self._workers.shutdown(wait=True, cancel_futures=True)
        self._workers = None
        self._running.clear()

    def _make(self, reel: Reel) -> None:
        """Runs in a background thread: what is in it, then pictures and sound side by side."""
        if reel.cancelled:
            return
        reel.open(self.box)
        self._tell(reel)
        if reel.cancelled or reel.extent is None:
            return
        if reel.pictures is not None:
            self.fill(reel, reel.pictures)
        if reel.extent.has_sound:
            self._submit(reel, partial(self._sound, reel))

    def _sound(self, reel: Reel) -> None:
        """Runs in a background thread."""
        reel.read_sound()
        self._arrived(reel)

    def _arrived(self, reel: Reel) -> None:
        """Runs in a background thread: tell, and analyse once nothing more urgent is left to decode."""
        self._tell(reel)
        if reel.may_analyse():
            self._submit(reel, partial(reel.analyse, partial(self._tell, reel)))

    def _detail(self, reel: Reel, start: float, end: float, columns: int) -> None:
        """Runs in a background thread."""
        made = reel.detail(start, end, columns)
        if made is not None:
            self.detailed.emit(made)

    def _submit(self, reel: Reel, work: Callable[[], None]) -> None:
        if reel.cancelled:
            return
        if self._workers is None:
            self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="player")
        future = self._workers.submit(work)
        self._running.add(future)
        future.add_done_callback(partial(self._on_done, reel))

    def _on_done(self, reel: Reel, future: Future[None]) -> None:
        """Runs in the thread that did the work."""
        self._running.discard(future)
        if future.cancelled():
            return
        fault = future.exception()
        if fault is not None and not isinstance(fault, CancelledError):
            reel.failure = f"This utterance cannot be played, by a fault of the program: {fault}"
        self._tell(reel)

    def _tell(self, reel: Reel) -> None:
        if not reel.cancelled:
            self.news.emit(reel)

    def _forget_oldest(self) -> None:
        """Keep the newest few, and no more memory than fits; the newest stays whatever its size."""
        total = 0
        for place, (wanted, reel) in enumerate(reversed(list(self._reels.items()))):
            total += reel.bytes
            if place and (place >= _KEPT or total > _MEMORY):
                self.forget(wanted)
