"""The picture that is on the screen, and having those around it decoded."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.gui.player.library import Library
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.player.reel import Reel

_RESIZE_MS = 200


class Screen(QObject):
    """Shows the pictures of one reel.

    Args:
        library: Has the pictures decoded.

    Signals:
        frame_changed: The `Frame` to show, or None where there is none.
    """

    frame_changed = Signal(object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame: Frame | None = None
        self._library = library
        self._reel: Reel | None = None
        self._resizer = QTimer(self, singleShot=True, interval=_RESIZE_MS)
        self._resizer.timeout.connect(self._sharpen)

    def let_go(self) -> None:
        """Leave the picture as it is and ask for no other."""
        self._reel = None
        self._resizer.stop()

    @property
    def pace(self) -> tuple[float, bool] | None:
        """Pictures per second, and whether they come unevenly; None while that is not known."""
        return None if self._reel is None or self._reel.pictures is None else self._reel.pictures.pace

    def clear(self) -> None:
        """Show nothing."""
        self.let_go()
        self._show(None)

    def take_up(self, reel: Reel) -> None:
        """Show pictures of a reel that is open; it may have been opened for a smaller screen."""
        self._reel = reel
        self._sharpen()

    def show_at(self, position: float) -> None:
        """Show the picture of a media time, if it is there, and have those around it decoded."""
        if self._reel is None or self._reel.pictures is None:
            return
        for store in self._reel.stores:
            store.position = position
            self._library.fill(self._reel, store)
        frame = self._reel.pictures.at(position)
        if frame is not None:
            self._show(frame)

    def settle(self, position: float) -> bool:
        """Take up sharper pictures; whether the one for a media time is there, or none will come."""
        if self._reel is None:
            return True
        self._reel.take_up_sharper(position)
        store = self._reel.pictures
        return store is None or store.covers(position) or not store.busy

    def after(self, position: float) -> Frame | None:
        """The next picture due after a time."""
        store = None if self._reel is None else self._reel.pictures
        return None if store is None else store.after(position)

    def before(self, position: float) -> Frame | None:
        """The picture before the one on the screen at a time."""
        store = None if self._reel is None else self._reel.pictures
        return None if store is None else store.before(position)

    def set_size(self, width: int, height: int) -> None:
        """Room there is, device pixels; where that has become much larger, pictures are decoded anew."""
        self._library.box = (max(width, 2), max(height, 2))
        self._resizer.start()

    def _show(self, frame: Frame | None) -> None:
        if frame is not self.frame and (frame is None or self.frame is None or frame.picture is not self.frame.picture):
            self.frame = frame
            self.frame_changed.emit(frame)

    def _sharpen(self) -> None:
        if self._reel is None or self._reel.extent is None:
            return
        store = self._reel.sharpen(self._reel.extent, self._library.box)
        if store is not None:
            self._library.fill(self._reel, store)
