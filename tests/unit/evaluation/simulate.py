"""Corpora with known truth: speakers differ, utterances of one speaker are alike, women are recognised less well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.sample import Mode, Sample

CLASSES = ("anger", "happy", "neutral", "sad")


@dataclass(frozen=True)
class World:
    """How speakers and utterances come about; `gap` lowers how clearly women show their emotion."""

    gap: float = 0.6
    clarity: float = 1.4
    between_speakers: float = 0.5
    leaning: float = 0.5

    def corpus(self, rng: np.random.Generator, women: int, men: int, utterances: tuple[int, int] = (20, 60)) -> Sample:
        """A corpus of women and men with between the given numbers of utterances each."""
        speakers, classes = women + men, len(CLASSES)
        female = np.arange(speakers) < women
        clarity = self.clarity - self.gap * female + rng.normal(0, self.between_speakers, speakers)
        leaning = rng.normal(0, self.leaning, (speakers, classes))
        leaning[:, 2] += self.gap * female
        who = np.repeat(np.arange(speakers), rng.integers(*utterances, size=speakers, endpoint=True))
        truth = rng.integers(classes, size=len(who))
        scores = leaning[who] + rng.gumbel(0, 1, (len(who), classes))
        scores[np.arange(len(who)), truth] += clarity[who]
        return Sample(
            CLASSES,
            np.eye(classes, dtype=np.int64)[truth],
            Mode.SINGLE,
            who,
            {"gender": np.where(female[who], "female", "male").astype(object)},
            _softmax(scores),
        )


def _softmax(scores: Float) -> Float:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
