"""The nouns of the field, frozen. Paths are relative to the corpus root; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.errors import on_one_line


class Condition(StrEnum):
    """What a rater was given: the voice alone, the face alone, or both."""

    VOICE = "voice"
    FACE = "face"
    AV = "av"


class Truth(StrEnum):
    """Which labels count as true: what the actor was asked for, or what raters of a condition said."""

    INTENDED = "intended"
    VOICE = "voice"
    FACE = "face"
    AV = "av"


class FaceRegion(StrEnum):
    """The part of the picture that shows the speaker."""

    FULL = "full"
    LEFT = "left"
    RIGHT = "right"


class MediaState(StrEnum):
    """What is wrong with an utterance's media, if anything."""

    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"
    EMPTY = "empty"
    SILENT = "silent"
    TRUNCATED = "truncated"
    NO_SOUND = "no sound track"
    NO_PICTURE = "no picture"


class RaterKind(StrEnum):
    """Who rated. What people say of their own utterances (`self`) is kept and never counted among the others' votes."""

    HUMAN = "human"
    SELF = "self"
    SIMULATED = "simulated"
    IMPORTED = "imported"
    MODEL = "model"
    ADJUDICATED = "adjudicated"


class Role(StrEnum):
    """What a rating is for: only `main` ones are votes; `smart` ones were asked for where an answer says most."""

    MAIN = "main"
    SMART = "smart"
    PRACTICE = "practice"
    REPEAT = "repeat"
    ATTENTION = "attention"


class Gender(StrEnum):
    """The two values fairness figures are computed for; unknown is None, never a third group by accident."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person who speaks. Attribute values other than gender are kept as the corpus writes them."""

    code: str
    gender: Gender | None = None
    age: int | None = None
    race: str | None = None
    ethnicity: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its times, in seconds from the start of the media file."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of one speaker.

    Attributes:
        code: Unique in its corpus.
        speaker: Code of the speaker.
        audio: Path relative to the corpus root, POSIX separators; None where the corpus has none.
        video: Likewise. May equal `audio` where one file holds both.
        start: Start in the media file, seconds; None = the whole file.
        end: End in the media file, seconds; None = the whole file.
        intended: Class index in the corpus's scheme: what the actor was asked for, or its single consensus label.
        defect: Why the corpus's makers call the utterance unusable, in words; it is kept all the same.
    """

    code: str
    speaker: str
    audio: str | None = None
    video: str | None = None
    start: float | None = None
    end: float | None = None
    face_region: FaceRegion = FaceRegion.FULL
    transcript: str | None = None
    dialogue: str | None = None
    turn: int | None = None
    split: str | None = None
    fold: int | None = None
    intended: int | None = None
    media_state: MediaState = MediaState.OK
    words: tuple[Word, ...] = ()
    defect: str | None = None


@dataclass(frozen=True, slots=True)
class Rater:
    """A person (or a simulation) who rates."""

    code: str
    kind: RaterKind = RaterKind.HUMAN
    gender: Gender | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer of one rater to one utterance in one condition. Append only: a correction is a new rating.

    Attributes:
        votes: Canonical emotions, one or several; empty = taken back.
        intensity: 0–100.
        activation: On the corpus's own scale, which its facts name (`"scale": [1, 5]`); so valence and dominance.
        secondary: Further emotions the rater named besides the main one, as written; they count as no votes.
        comment: What the rater wrote.
        response_ms: From the clip's end to the answer, milliseconds.
        prediction_visible: A net's prediction was on the screen when this was given.
        supersedes: UUID of the rating this one replaces.
        undoes: UUID of the rating this one takes back; its votes are what counts again.
        created_at: ISO 8601, UTC, milliseconds.
        position: Place of the trial in its session, from 0.
        played_ms: How much of the clip was played in all, milliseconds.
        changes: Times the choice was changed before it was given.
        software: Program and version it was given with.
    """

    uuid: str
    utterance: str
    rater: str
    condition: Condition
    votes: tuple[str, ...]
    intensity: int | None = None
    activation: float | None = None
    valence: float | None = None
    dominance: float | None = None
    confidence: int | None = None
    first_answer: str | None = None
    response_ms: int | None = None
    replays: int = 0
    session: int | None = None
    prediction_visible: bool = False
    supersedes: str | None = None
    undoes: str | None = None
    created_at: str = ""
    secondary: tuple[str, ...] = ()
    comment: str | None = None
    role: Role = Role.MAIN
    position: int | None = None
    played_ms: int | None = None
    changes: int | None = None
    software: str | None = None


def given_here(uuid: str) -> bool:
    """Whether a rating was given in this program, as its UUID's version says; others' ids come from their content.

    Of such ratings a rater has one vote per utterance and condition. Of those that came with a corpus or a table each
    one counts, as their makers count them.
    """
    return uuid[14:15] == "4"


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """Votes a corpus ships already counted, one row per utterance × condition.

    Attributes:
        counts: Votes per class of the corpus's scheme.
        source: The file they came from.
    """

    utterance: str
    condition: Condition
    counts: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Consensus:
    """What a corpus itself says of an utterance as a whole, beside or without single ratings.

    Attributes:
        condition: What the raters were given; `Truth.INTENDED` where the corpus names no condition.
        activation: Mean over raters on the corpus's own scale; so valence and dominance.
        no_agreement: The corpus's raters did not agree on a class.
        source: The file it came from.
    """

    utterance: str
    condition: Truth
    source: str
    activation: float | None = None
    valence: float | None = None
    dominance: float | None = None
    no_agreement: bool = False


@dataclass(frozen=True, slots=True)
class CorpusBundle:
    """Everything an importer read, checked and ready to be stored in one transaction.

    Attributes:
        root: Absolute folder the media paths are relative to.
        importer: Name and version of the importer, as `emodb 1`.
        checked: Files of counted votes for which the single ratings stand here instead.
        facts: Free facts worth keeping, such as the demo's planted bias; JSON-serialisable.
    """

    name: str
    root: str
    importer: str
    scheme: EmotionScheme
    speakers: tuple[Speaker, ...]
    utterances: tuple[Utterance, ...]
    licence: str | None = None
    synthetic: bool = False
    raters: tuple[Rater, ...] = ()
    ratings: tuple[Rating, ...] = ()
    vote_counts: tuple[VoteCounts, ...] = ()
    consensus: tuple[Consensus, ...] = ()
    checked: tuple[str, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clip:
    """What has to be decoded to see, hear or read one utterance: absolute paths and a range.

    Attributes:
        utterance: Id in the workspace.
        start: Seconds in the media file; None = from its beginning.
        end: Seconds in the media file; None = to its end.
    """

    utterance: int
    audio: str | None
    video: str | None
    start: float | None = None
    end: float | None = None
    face_region: FaceRegion = FaceRegion.FULL
    transcript: str | None = None


class SpeakerBy(StrEnum):
    """Why a face counts as the speaker's."""

    CORPUS = "corpus"
    ONLY_FACE = "only face"
    MOUTH = "mouth"
    LARGEST = "largest face"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """Where a face is, frame by frame, in pixels of the upright, whole picture.

    Attributes:
        times: Presentation times in the media file, seconds, shape (n,), float64, ascending.
        boxes: x0, y0, x1, y1, shape (n, 4), float32; NaN where no face was found: said, never guessed.
        scores: Detector confidence, shape (n,), float32; NaN where no face was found.
        landmarks: Eyes, nose, mouth corners (image left first), shape (n, 5, 2), float32.
        width: Width of the picture, pixels.
        height: Height of the picture, pixels.
        speaking: How sure it is that this face speaks, 0–1, where its mouth says so (`SpeakerBy.MOUTH`).
        number: Which face of the utterance, from 0.
        speaker_by: Why this face is the speaker's; None where it is somebody else's.
    """

    utterance: int
    detector: str
    version: int
    times: npt.NDArray[np.float64]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]
    width: int
    height: int
    speaking: float | None = None
    number: int = 0
    speaker_by: SpeakerBy | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        file: File name.
        row: Line number in the file (the header is line 1), where there is one.
        what: The problem, in words.
        fatal: A bad table row: aborts the import unless `--skip-bad`. Media problems are warnings.
    """

    file: str
    row: int | None
    what: str
    fatal: bool = False

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, line {self.row}"
        return on_one_line(f"{where}: {self.what}")


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edit touched; broadcast so that each view refreshes the part it shows.

    Attributes:
        kinds: Any of `corpora`, `ratings`, `labels`, `nets`, `predictions`, `faces`, `notes`, `features`.
        utterances: Ids of the utterances concerned; empty = possibly all.
    """

    kinds: frozenset[str]
    utterances: tuple[int, ...] = ()
