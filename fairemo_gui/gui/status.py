"""The status bar: the corpus at the left, work and saving at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStatusBar, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.tone_label import ToneLabel


class IconLabel(QWidget):
    """An icon with words."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._colour = icon, ""
        self._picture, self._words = QLabel(), ToneLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._picture)
        row.addWidget(self._words)
        self.say("")

    def say(self, words: str, colour: str = "") -> None:
        """Change the words; nothing is shown without any. The colour is that of the icon."""
        self._colour = colour
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self._draw()

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._draw()

    def _draw(self) -> None:
        tokens = theme.current()
        colour = getattr(tokens, self._colour) if self._colour else tokens.text2
        self._picture.setPixmap(theme.icon(self._icon, tokens, colour).pixmap(14, 14))


class StatusBar(QStatusBar):
    """24 px at the bottom.

    Signals:
        keys_wanted(): The key sheet is wanted.
    """

    keys_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setFixedHeight(theme.STATUS)
        self.corpus, self.groups, self.work = ToneLabel(), ToneLabel(), ToneLabel()
        self.flags, self.saved, self.held = IconLabel("flag"), IconLabel("check"), IconLabel("lock")
        self._keys = QPushButton("keys")
        self._keys.setProperty("role", "plain")
        self._keys.setAccessibleName("Keys")
        self._keys.setToolTip("Keys (?)")
        self._keys.clicked.connect(self.keys_wanted)
        self._keys.setFont(theme.font(theme.SMALL))
        left, right = QWidget(), QWidget()
        for holder, parts in (
            (left, (self.corpus, self.groups, self.flags)),
            (right, (self.held, self.work, self.saved, KeyCap("?"), self._keys)),
        ):
            row = QHBoxLayout(holder)
            row.setContentsMargins(10, 0, 10, 0)
            row.setSpacing(14 if holder is left else 10)
            for part in parts:
                row.addWidget(part)
        self._keys.setStyleSheet("QPushButton { padding: 0; min-height: 0; }")
        self.addWidget(left)
        self.addPermanentWidget(right)

    def say_corpus(self, utterances: int, speakers: int, women: int, men: int, unknown: int) -> None:
        """Say how large the corpus is; women's and men's utterances."""
        size = numbers.counted(utterances, "utterance", "utterances")
        self.corpus.setText(f"{size} · {numbers.counted(speakers, 'speaker', 'speakers')}" if utterances else "")
        parts = [f"women {numbers.count(women)}" if women else "", f"men {numbers.count(men)}" if men else ""]
        parts.append(f"unknown {numbers.count(unknown)}" if unknown else "")
        words = " · ".join(part for part in parts if part)
        self.groups.setText(words[:1].upper() + words[1:] if utterances else "")

    def say_flags(self, flagged: int) -> None:
        """Say how many utterances are flagged."""
        self.flags.say(f"{numbers.count(flagged)} flagged" if flagged else "")

    def say_read_only(self, read_only: bool) -> None:
        """Say that nothing can be changed here."""
        self.held.say("read only" if read_only else "", "warn")

    def say_saved(self, words: str, saved: bool = True) -> None:
        """Say whether the ratings are on the disk."""
        self.saved.say(words, "better" if saved else "worse")

    def say_work(self, words: str) -> None:
        """Say what the compute device is doing."""
        self.work.setText(words)
