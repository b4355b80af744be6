"""The truth that is built into the demo, so that charts can be checked against it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fairemo_gui.core.records import Condition, Gender

# Strengths of acting lie between these, the same for women and men.
STRENGTH = (0.3, 1.0)


@dataclass(frozen=True, slots=True)
class Planted:
    """How strongly each channel carries emotion, by gender.

    Attributes:
        voice_modulation: Share of an emotion's manner of speaking that reaches the sound.
        face_modulation: Share of an emotion's pose that reaches the picture.
        voice_clarity: Chance that a simulated rater reads the intended emotion from a fully acted voice.
        face_clarity: Likewise from a fully acted face.
    """

    voice_modulation: dict[Gender, float]
    face_modulation: dict[Gender, float]
    voice_clarity: dict[Gender, float]
    face_clarity: dict[Gender, float]

    def clarity(self, condition: Condition, gender: Gender) -> float:
        """Chance that a rater reads a fully acted emotion; with both channels, that at least one of them is read."""
        voice, face = self.voice_clarity[gender], self.face_clarity[gender]
        if condition is Condition.VOICE:
            return voice
        return face if condition is Condition.FACE else 1 - (1 - voice) * (1 - face)

    def facts(self) -> dict[str, object]:
        """As plain, serialisable values."""
        values = {name: {str(g): v for g, v in shares.items()} for name, shares in asdict(self).items()}
        gap = self.voice_clarity[Gender.MALE] - self.voice_clarity[Gender.FEMALE]
        return {**values, "voice_clarity_gap": round(gap, 6), "strength": list(STRENGTH)}


PLANTED = Planted(
    voice_modulation={Gender.FEMALE: 0.45, Gender.MALE: 1.0},
    face_modulation={Gender.FEMALE: 1.0, Gender.MALE: 1.0},
    voice_clarity={Gender.FEMALE: 0.48, Gender.MALE: 0.72},
    face_clarity={Gender.FEMALE: 0.66, Gender.MALE: 0.66},
)


def read_chance(clarity: float, strength: float) -> float:
    """Chance that a rater reads an emotion acted at part strength."""
    return clarity * (0.5 + 0.5 * strength)
