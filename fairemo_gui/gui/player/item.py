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
        track: Face of the speaker; None where no faces have been tracked.
        other_tracks: Faces of others in the picture.
        note: Why it cannot be played, in words; None where it can.
    """

    clip: Clip
    title: str
    subtitle: str = ""
    words: tuple[Word, ...] = ()
    track: FaceTrack | None = None
    other_tracks: tuple[FaceTrack, ...] = ()
    note: str | None = None
