"""Corpora with known truth: speakers differ, utterances of one speaker are alike, women are recognised less well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.sample import Mode, Sample

CLASSES = ("anger", "happy", "neutral", "sad")


@dataclass(frozen=True)
class World:
    """How speakers and utterances come about.

    Attributes:
        gap: Lowers how clearly women show their emotion, and makes them sound more neutral.
        clarity: How much more probable the true class is, in logits.
        between_speakers: Standard deviation of speakers' clarity.
        leaning: Standard deviation of each speaker's leaning to each class.
        uneven: Standard deviation of the logarithm of speakers' numbers of utterances, beside their even spread.
        raters: Raters who vote on every utterance, so that truth is multi-label; 0 = truth is one class.
        three: Every other man is of a third group.
        sharpness: Where given, truth is drawn from probabilities to this power: 1 = a net calibrated without fault.
    """

    gap: float = 0.6
    clarity: float = 1.4
    between_speakers: float = 0.5
    leaning: float = 0.5
    uneven: float = 0.0
    raters: int = 0
    three: bool = False
    sharpness: float | None = None

    def corpus(self, rng: np.random.Generator, women: int, men: int, utterances: tuple[int, int] = (20, 60)) -> Sample:
        """A corpus of women and men with between the given numbers of utterances each."""
        speakers, classes = women + men, len(CLASSES)
        female = np.arange(speakers) < women
        clarity = self.clarity - self.gap * female + rng.normal(0, self.between_speakers, speakers)
        leaning = rng.normal(0, self.leaning, (speakers, classes))
        leaning[:, 2] += self.gap * female
        sizes = rng.integers(*utterances, size=speakers, endpoint=True)
        if self.uneven:
            sizes = np.maximum(2, np.rint(sizes * np.exp(rng.normal(0, self.uneven, speakers)))).astype(np.int64)
        who = np.repeat(np.arange(speakers), sizes)
        truth = rng.integers(classes, size=len(who))
        scores = leaning[who] + rng.gumbel(0, 1, (len(who), classes))
        scores[np.arange(len(who)), truth] += clarity[who]
        if self.sharpness is not None:
            truth = (self.sharpness * scores + rng.gumbel(0, 1, scores.shape)).argmax(axis=1)
        votes = np.eye(classes, dtype=np.int64)[truth]
        if self.raters:
            votes = rng.multinomial(self.raters, 0.15 + 0.4 * votes)
        gender = np.where(female, "female", "male").astype(object)
        if self.three:
            gender[women::2] = "other"
        return Sample(
            CLASSES,
            votes,
            Mode.MULTI if self.raters else Mode.SINGLE,
            who,
            {"gender": gender[who]},
            _softmax(scores),
        )


def _softmax(scores: Float) -> Float:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
