"""The selected utterance goes to the player, with its face, its words and what stands around it."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Clip, Condition, MediaState, Speaker, Utterance
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.table import TableController
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.faces import FaceBoxes
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.context import NOTHING, context_of
from fairemo_gui.store import corpora, faces
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

_SETTLE_MS = 80
_WHY = {
    MediaState.MISSING: "The media file is not where the corpus says (File > Locate corpus…): {path}.",
    MediaState.BROKEN: "The media file cannot be read: {path}.",
    MediaState.EMPTY: "The media file is empty: {path}.",
}


class PlayerLink(QObject):
    """Shows the current utterance in the player, once the selection rests.

    Signals:
        clip_started(): Playback began.
        clip_ended(): The clip was heard and seen to its end.
    """

    clip_started = Signal()
    clip_ended = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        selection: Selection,
        table: TableController,
        page: AnalysePage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._selection, self._table, self._page = feed, selection, table, page
        self._play_when_shown = False
        self._starts = 0
        self._shown: int | None = None
        self._subtitle = ""
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._show)
        self._after = QTimer(self, singleShot=True, interval=0)
        self._after.timeout.connect(self._show_rest)
        self._last_change = QElapsedTimer()
        self._connect_signals()

    @property
    def settled(self) -> bool:
        """Whether the player shows the current utterance."""
        return not (self._timer.isActive() or self._after.isActive()) and self._page.player.is_ready

    @property
    def replays(self) -> int:
        """How often the clip was started again in this condition."""
        return max(self._starts - 1, 0)

    def reload(self) -> None:
        """Show the current utterance again, after the player was shut down."""
        self._timer.start()

    def play(self) -> None:
        """Play the current utterance, as soon as it is shown."""
        if self._timer.isActive():
            self._play_when_shown = True
        else:
            self._page.player.replay()

    def set_condition(self, condition: Condition) -> None:
        """Let only this be perceived."""
        self._starts = 0
        self._page.player.set_condition(condition)

    def _connect_signals(self) -> None:
        page, player = self._page, self._page.player
        self._selection.current_changed.connect(self._on_current)
        self._feed.opened.connect(lambda: self._on_current(None))
        self._feed.store_changed.connect(self._on_store_changed)
        self._table.columns_changed.connect(self._show_context)
        page.utterances.play_requested.connect(self.play)
        page.context.chosen.connect(self._selection.set_current)
        page.context.play_requested.connect(self._on_play_other)
        player.previous_requested.connect(lambda: page.utterances.step(-1))
        player.next_requested.connect(lambda: page.utterances.step(1))
        player.status_changed.connect(self._on_status)
        player.speaker_chosen.connect(self._on_speaker)
        player.ended.connect(self.clip_ended)
        player.engine.state_changed.connect(self._on_state)

    def _on_current(self, utterance: int | None) -> None:
        """A single choice is shown at once; of many in a row, as with a held key, the one that stays."""
        alone = not self._last_change.isValid() or self._last_change.hasExpired(_SETTLE_MS)
        self._last_change.start()
        self._play_when_shown = False
        if alone:
            self._show()
        else:
            self._timer.start()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        workspace, shown = self._feed.workspace, self._shown
        if workspace is not None and shown is not None and "faces" in changes.kinds and shown in changes.utterances:
            self._page.player.picture.set_boxes(FaceBoxes(faces.tracks(workspace, shown)))

    def _on_speaker(self, number: int) -> None:
        workspace, shown = self._feed.workspace, self._shown
        if workspace is not None and shown is not None:
            self._feed.broadcast(faces.choose_speaker(workspace, shown, number), self)

    def _on_play_other(self, utterance: int) -> None:
        self._selection.set_current(utterance)
        self._play_when_shown = True
        self._timer.start()

    def _show(self) -> None:
        workspace, corpus, current = self._feed.workspace, self._feed.corpus, self._selection.current
        self._starts = 0
        self._shown = current
        if workspace is None or corpus is None or current is None:
            self._page.player.show_item(None)
            self._page.titles["player"].set_detail("")
        else:
            item = make_item(workspace, corpus, current)
            self._hide_name(current)
            self._page.player.show_item(item)
            self._subtitle = item.subtitle
            # A picture that is there already does not wait for the rest of the window to be painted.
            self._page.player.picture.repaint()
        self._after.start()
        if self._play_when_shown:
            self._play_when_shown = False
            self._page.player.play()

    def _show_rest(self) -> None:
        """What can wait for the clip's first picture: the next clip, and what stands around this one."""
        workspace, corpus, following = self._feed.workspace, self._feed.corpus, self._page.utterances.next_id()
        if workspace is not None and corpus is not None and self._selection.current is not None:
            self._page.player.prefetch(None if following is None else make_item(workspace, corpus, following))
        self._show_context()

    def _show_context(self) -> None:
        workspace, columns, current = self._feed.workspace, self._table.columns, self._selection.current
        if workspace is None or columns is None or current is None or current not in columns.position:
            self._page.context.show_context(None, NOTHING, None)
            return
        if current == self._shown:
            self._hide_name(current)
            name = columns.name(columns.position[current])
            self._page.titles["player"].set_detail(f"{name}  {self._subtitle}")
        context = context_of(columns, current, corpora.neighbours(workspace, current))
        self._page.context.show_context(columns, context, current)

    def _hide_name(self, current: int) -> None:
        columns = self._table.columns
        known = columns is not None and current in columns.position
        self._page.player.set_name_hidden(
            columns is not None and known and columns.is_hidden(columns.position[current])
        )

    def _on_status(self, status: str) -> None:
        self._page.say_player_status(status)

    def _on_state(self, state: PlayerState) -> None:
        if state is PlayerState.PLAYING:
            extent = self._page.player.engine.extent
            if extent is not None and self._page.player.engine.position - extent.start < 0.1:
                self._starts += 1
            self.clip_started.emit()


def make_item(workspace: Workspace, corpus: CorpusRow, utterance_id: int) -> PlayerItem:
    """What the player needs of an utterance."""
    utterance, speaker = corpora.utterance(workspace, utterance_id)
    clip = Clip(
        utterance=utterance_id,
        audio=_path(corpus, utterance.audio),
        video=_path(corpus, utterance.video),
        start=utterance.start,
        end=utterance.end,
        face_region=utterance.face_region,
        transcript=utterance.transcript,
    )
    return PlayerItem(
        clip=clip,
        title=utterance.code,
        subtitle=speaker_words(speaker),
        words=utterance.words,
        tracks=faces.tracks(workspace, utterance_id),
        note=_note(corpus, utterance),
    )


def speaker_words(speaker: Speaker) -> str:
    """As `man, 51, Caucasian`."""
    who = {"female": "woman", "male": "man"}.get(speaker.gender or "", speaker.code)
    age = "" if speaker.age is None else str(speaker.age)
    return ", ".join(part for part in (who, age, speaker.race or "") if part)


def _path(corpus: CorpusRow, relative: str | None) -> str | None:
    return None if relative is None else str(corpus.root / relative)


def _note(corpus: CorpusRow, utterance: Utterance) -> str | None:
    if utterance.audio is None and utterance.video is None:
        return "This corpus was imported without media: there is nothing to play."
    words = _WHY.get(utterance.media_state)
    path = _path(corpus, utterance.video or utterance.audio)
    return None if words is None else words.format(path=path)
