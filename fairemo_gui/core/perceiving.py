"""Whether an utterance has what a condition lets one perceive."""

from __future__ import annotations

from fairemo_gui.core.records import Condition, MediaState

_UNPLAYABLE = {
    MediaState.MISSING: "its media file is missing",
    MediaState.BROKEN: "its media file cannot be read",
    MediaState.EMPTY: "its media file is empty",
}
_MUTE = {MediaState.SILENT: "its sound is silent", MediaState.NO_SOUND: "it has no sound"}


def lacking(condition: Condition, audio: str | None, video: str | None, state: MediaState) -> str:
    """What is not there to go by, as `it has no picture`; empty where everything is.

    Args:
        condition: What is to be gone by.
        audio: Where the sound is; None = nowhere.
        video: Where the picture is; None = nowhere.
        state: What is wrong with them.
    """
    if audio is None and video is None:
        return "its corpus came without media"
    if state in _UNPLAYABLE:
        return _UNPLAYABLE[state]
    if condition is not Condition.FACE and (audio is None or state in _MUTE):
        return _MUTE.get(state, "it has no sound")
    if condition is not Condition.VOICE and (video is None or state is MediaState.NO_PICTURE):
        return "it has no picture"
    return ""
