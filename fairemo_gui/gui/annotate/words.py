"""What the page says, where more than one part of it says the same."""

from __future__ import annotations

from fairemo_gui.core.records import Condition

QUESTIONS = {
    Condition.VOICE: "Which emotion do you hear?",
    Condition.FACE: "Which emotion do you see?",
    Condition.AV: "Which emotion do you see and hear?",
}
SEVERAL = {
    Condition.VOICE: "Which emotions do you hear?",
    Condition.FACE: "Which emotions do you see?",
    Condition.AV: "Which emotions do you see and hear?",
}
DIMENSION_KEYS = {"activation": "A", "valence": "V", "dominance": "D"}
ENDS = {
    "activation": ("calm", "excited"),
    "valence": ("unpleasant", "pleasant"),
    "dominance": ("controlled", "in control"),
}
CONFIDENCE = ("guess", "unsure", "fair", "sure", "certain")
REASONS = (
    "I know this person or this recording",
    "The sound or picture is faulty",
    "More than one person, or not clear whom to rate",
    "I would rather not rate this clip",
    "I cannot hear or see it on this computer",
)
MISFIT = "This plan does not fit this corpus: choose another, or start to read why."
TAKEN_UP = "connect one, and the clip plays by itself; or skip it with S, or leave with Esc."
SOUND_OFF = "The sound is off: turn it up with Ctrl+Up, and the clip plays by itself; or skip it with S."
