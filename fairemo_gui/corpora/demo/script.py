"""What is said, by whom, in which emotion and how plainly: a dialogue's plan, before any sound or pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.core.emotions import CREMA_D, EmotionScheme
from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.people import PAIRS, Person
from fairemo_gui.corpora.demo.planted import STRENGTH

SCHEME = EmotionScheme("demo", CREMA_D.classes)
DIALOGUES = 2 * len(PAIRS)
TURNS = 2 * len(SCHEME)

_EVERYDAY: tuple[str, ...] = (
    "The bus leaves from the other side today.",
    "I put the letters on the kitchen table.",
    "There are two chairs left in the hall.",
    "We can meet by the station at noon.",
    "She said the shop opens at nine.",
    "The blue folder belongs on the second shelf.",
    "I think it will rain before the evening.",
    "He left his umbrella at the office again.",
    "You will find the keys under the newspaper.",
    "My brother is bringing the bread and the salad.",
    "They are painting the hallway this week.",
    "The meeting was moved to Thursday morning.",
    "I walked the long way round the lake.",
    "The lamp in the corner needs a new bulb.",
    "We still have some soup from yesterday.",
    "The children are already on their way home.",
    "I will call you when the train arrives.",
    "Somebody parked in front of the bakery.",
    "The coffee machine is next to the window.",
    "Tell me what they said about the garden.",
)
_COLOURED: dict[str, tuple[str, ...]] = {
    "anger": (
        "I told you a hundred times to stop that.",
        "They broke the fence and nobody says a word.",
        "Stop blaming me for your own mistakes.",
        "That is enough, I want you to leave.",
    ),
    "disgust": (
        "There is mould all over the bread.",
        "Something rotten is stuck in the sink.",
        "The milk has gone sour and it smells.",
        "I will not touch that dirty sponge.",
    ),
    "fear": (
        "I heard steps behind the cellar door.",
        "Please do not turn off the light.",
        "Something is moving out there in the dark.",
        "What if they cannot find us in time?",
    ),
    "happy": (
        "We won, and the whole street is dancing.",
        "What a lovely surprise, thank you so much.",
        "The baby laughed for the first time today.",
        "I love the way you sing in the morning.",
    ),
    "neutral": (
        "The second page lists the opening hours.",
        "It is a quarter past ten, I believe.",
        "The parcel weighs about two kilograms.",
        "The road goes on to the next village.",
    ),
    "sad": (
        "I miss the way we used to talk.",
        "The old dog died during the night.",
        "Nobody came to say goodbye to her.",
        "We lost the house and all the pictures.",
    ),
}
# So often the words themselves lean towards the emotion; so often they lean towards a wrong one.
_COLOURED_SHARE = 0.24
_MISLEADING_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance as planned.

    Attributes:
        emotion: Class index in `SCHEME` the person was asked for.
        strength: How fully it is acted, 0–1, the same for voice and face before gender and channel weigh in.
        seed: Seed of everything random about this turn's sound.
    """

    code: str
    person: Person
    sentence: str
    emotion: int
    strength: float
    seed: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A woman and a man who take turns.

    Attributes:
        code: Also the name of the film without its ending.
        left: The person in the left half of the picture.
        seed: Seed of everything random about this dialogue's picture.
    """

    code: str
    left: Person
    right: Person
    turns: tuple[Turn, ...]
    seed: int


def write_dialogue(seed: int, number: int) -> Dialogue:
    """The plan of dialogue `number` (0-based, below `DIALOGUES`); depends on nothing but its two arguments.

    Both people act every class once, in an order of their own; a pair's second dialogue swaps who sits left.
    """
    rng = np.random.default_rng([seed, number])
    woman, man = PAIRS[number % len(PAIRS)]
    second = number // len(PAIRS)
    woman_left = (number + second) % 2 == 0
    code = f"demo{number % len(PAIRS) + 1:02d}{'ab'[second]}"
    plans = {person.code: _emotions(rng) for person in (woman, man)}
    sentences: list[str] = []
    turns: list[Turn] = []
    order = (woman, man) if rng.random() < 0.5 else (man, woman)
    for k in range(TURNS):
        person = order[k % 2]
        emotion = plans[person.code][k // 2]
        sentences.append(_sentence(rng, emotion, sentences))
        letter = "F" if person.gender is Gender.FEMALE else "M"
        strength = round(float(rng.uniform(*STRENGTH)), 3)
        turns.append(
            Turn(f"{code}_{letter}{k:03d}", person, sentences[-1], emotion, strength, int(rng.integers(2**31)))
        )
    left, right = (woman, man) if woman_left else (man, woman)
    return Dialogue(code, left, right, tuple(turns), int(rng.integers(2**31)))


def _emotions(rng: np.random.Generator) -> list[int]:
    return [int(k) for k in rng.permutation(len(SCHEME))]


def _sentence(rng: np.random.Generator, emotion: int, used: list[str]) -> str:
    """A sentence not yet used in this dialogue: mostly everyday, now and then coloured, sometimes misleadingly."""
    draw = rng.random()
    if draw < _COLOURED_SHARE:
        pool = _COLOURED[SCHEME.classes[emotion]]
    elif draw < _COLOURED_SHARE + _MISLEADING_SHARE:
        pool = _COLOURED[SCHEME.classes[int(rng.integers(len(SCHEME)))]]
    else:
        pool = _EVERYDAY
    free = [sentence for sentence in pool if sentence not in used] or [s for s in _EVERYDAY if s not in used]
    return free[int(rng.integers(len(free)))]
