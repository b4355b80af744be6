"""What the player is asked to show."""

from __future__ import annotations

from dataclasses import dataclass

from fairemo_gui.core.records import Clip, FaceTrack, Word


@dataclass(frozen=True, eq=False)
class PlayerItem:
    """One utterance for the player.

    Attributes:
        clip: Files and range.
        title: Its code.
        subtitle: Who speaks, as `man, 51, Caucasian`.
        words: Words with their times; empty where the corpus has none.
        tracks: Every face in the picture, one of them the speaker's; empty where none have been looked for.
        note: Why it cannot be played, in words; None where it can.
    """

    clip: Clip
    title: str
    subtitle: str = ""
    words: tuple[Word, ...] = ()
    tracks: tuple[FaceTrack, ...] = ()
    note: str | None = None
