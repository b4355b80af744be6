"""Emotion schemes, the many spellings of an emotion, and how classes are merged and selected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError

_SPELLINGS = {
    "anger": "angry ang a",
    "disgust": "disgusted dis d",
    "fear": "fearful afraid anxiety fea f",
    "happy": "happiness joy hap h",
    "neutral": "neu n",
    "sad": "sadness s",
    "surprise": "surprised sur u",
    "contempt": "con c",
    "calm": "",
    "boredom": "bored",
    "excited": "excitement exc",
    "frustrated": "frustration fru",
    "other": "oth",
}
_CANONICAL = {spelling: name for name, others in _SPELLINGS.items() for spelling in (name, *others.split())}


def canonical_emotion(text: str) -> str | None:
    """The one name this program uses for an emotion (`"HAP"`, `"happiness"` → `"happy"`), or None if unknown."""
    return _CANONICAL.get(text.strip().lower())


@dataclass(frozen=True)
class EmotionScheme:
    """An ordered set of emotion classes. The order fixes colours, keys and how ties are broken.

    Attributes:
        name: Name of the scheme, usually the corpus's.
        classes: Canonical names, in order.
    """

    name: str
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.classes)

    def index(self, text: str) -> int:
        """Position of an emotion in any known spelling.

        Raises:
            UserError: The emotion is unknown or not in this scheme.
        """
        name = canonical_emotion(text) or text.strip().lower()
        if name not in self.classes:
            raise UserError(f"“{text}” is not an emotion of {self.name}: it knows {', '.join(self.classes)}.")
        return self.classes.index(name)


@dataclass(frozen=True)
class ClassSelection:
    """Which classes of a scheme are kept, and which are merged into one.

    Attributes:
        names: Name per kept class; merged ones are joined by `+`.
        members: Indices into the scheme per kept class.
    """

    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    @classmethod
    def all_of(cls, scheme: EmotionScheme) -> ClassSelection:
        """Every class of the scheme, unmerged."""
        return cls(scheme.classes, tuple((k,) for k in range(len(scheme))))

    @classmethod
    def parse(cls, text: str | None, scheme: EmotionScheme) -> ClassSelection:
        """Read `neutral+calm,happy,sad,angry`; nothing selects everything.

        A class the scheme lacks is ignored inside a merge (`neutral+calm` works on a corpus without calm).

        Raises:
            UserError: A class is unknown, empty, or named twice.
        """
        if not text:
            return cls.all_of(scheme)
        names, members = [], []
        for part in text.split(","):
            indices = [k for k in (_member(word, scheme) for word in part.split("+")) if k is not None]
            if not indices:
                raise UserError(f"--classes: “{part}” names no class of {scheme.name} ({', '.join(scheme.classes)}).")
            names.append("+".join(scheme.classes[k] for k in indices))
            members.append(tuple(indices))
        flat = [k for group in members for k in group]
        if len(set(flat)) != len(flat):
            raise UserError(f"--classes: a class is named twice in “{text}”.")
        return cls(tuple(names), tuple(members))

    def merge_counts(self, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Sum vote counts of shape (n, C) into shape (n, K); votes for classes left out are dropped."""
        return np.stack([counts[:, list(group)].sum(axis=1) for group in self.members], axis=1)


def _member(word: str, scheme: EmotionScheme) -> int | None:
    name = canonical_emotion(word)
    if name is None and word.strip().lower() not in scheme.classes:
        raise UserError(f"--classes: “{word}” is not an emotion; {scheme.name} has {', '.join(scheme.classes)}.")
    name = name or word.strip().lower()
    return scheme.classes.index(name) if name in scheme.classes else None


def scheme_of(name: str, emotions: Iterable[str]) -> EmotionScheme:
    """The scheme a table of one's own uses: its emotions in the order of the known ones, others after them."""
    order = {name: k for k, name in enumerate(_SPELLINGS)}
    return EmotionScheme(name, tuple(sorted(set(emotions), key=lambda e: (order.get(e, len(order)), e))))


CREMA_D = EmotionScheme("crema-d", ("anger", "disgust", "fear", "happy", "neutral", "sad"))
EMODB = EmotionScheme("emodb", ("anger", "disgust", "fear", "happy", "neutral", "sad", "boredom"))
RAVDESS = EmotionScheme("ravdess", ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "calm"))
IEMOCAP = EmotionScheme(
    "iemocap",
    ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "excited", "frustrated", "other"),
)
MELD = EmotionScheme("meld", ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise"))
MSP_PODCAST = EmotionScheme(
    "msp-podcast", ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "contempt", "other")
)
MSP_IMPROV = EmotionScheme("msp-improv", ("anger", "happy", "neutral", "sad", "other"))
