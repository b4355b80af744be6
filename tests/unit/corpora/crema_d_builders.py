"""A miniature of CREMA-D: three clips of two actors, their votes, and the single answers these were counted from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.unit.corpora.builders import table

CLIP_NAMES = ("1001_IEO_NEU_XX", "1001_IEO_HAP_LO", "1076_MTI_SAD_XX")
RESPONSES_HEADER = (
    '"","localid","pos","ans","ttr","queryType","numTries","clipNum","questNum","subType","clipName","sessionNums",'
    '"respEmo","respLevel","dispEmo","dispVal","dispLevel"'
)
CLICKS_HEADER = '"","localid","sessionNums","queryType","questNum","pos","ttr","numTries","clipNum","clipName"'


@dataclass(frozen=True)
class Reply:
    """One final answer and the time of its first click.

    Attributes:
        way: 1 voice, 2 face, 3 both.
        clip: Number of the clip.
        first: Time of the first click in milliseconds, as the log writes it.
        tries: Further clicks.
    """

    rater: str
    way: int
    clip: int
    letter: str
    level: str
    first: str = "2100"
    tries: int = 0

    @property
    def question(self) -> str:
        return str(10 * int(self.rater) + self.clip)


REPLIES = (
    Reply("7", 1, 1, "N", "55"),
    Reply("8", 1, 1, "A", "20", tries=1),
    Reply("9", 1, 1, "N", "NA", first="10001"),
    Reply("7", 3, 1, "N", "60", first="10000"),
    Reply("8", 3, 1, "N", "61.4"),
    Reply("7", 2, 2, "H", "100", first="NULL"),
    Reply("8", 2, 2, "S", "0"),
    Reply("7", 3, 3, "S", "80"),
)


def row_of(number: int, reply: Reply) -> str:
    """A row of `finishedResponses.csv`."""
    name = CLIP_NAMES[reply.clip - 1]
    shown, level = name[9:12][0], name[-2:]
    answer = f'"{reply.letter}_{reply.level}",4000,{reply.way},{reply.tries},{reply.clip},{reply.question},4'
    place = f'"{name}",{reply.rater}'
    return f'"{number}","{reply.rater}",{number},{answer},{place},"{reply.letter}",{reply.level},"{shown}","{level}",NA'


def click_of(number: int, reply: Reply) -> str:
    """A row of `finishedEmoResponses.csv`, which does not say the emotion."""
    name = CLIP_NAMES[reply.clip - 1]
    question = f"{reply.rater},{reply.way},{reply.question}"
    return f'"{number}","{reply.rater}",{question},{number},{reply.first},{reply.tries},{reply.clip},"{name}"'


def counted(replies: Iterable[Reply]) -> list[str]:
    """Rows of `tabulatedVotes.csv`, slow answers left out."""
    votes: dict[tuple[int, int], Counter[str]] = {}
    for reply in replies:
        if not (reply.first.isdigit() and int(reply.first) > 10_000):
            votes.setdefault((reply.way, reply.clip), Counter())[reply.letter] += 1
    return [
        f"{way}{clip:05d},{','.join(str(n[letter]) for letter in 'ADFHNS')},{CLIP_NAMES[clip - 1]},{n.total()}"
        for (way, clip), n in votes.items()
    ]


def crema_d(root: Path, replies: Iterable[Reply] = REPLIES, tables: Iterable[str] = ("votes", "clicks")) -> Path:
    """Every table of the corpus; `tables` says which of the votes and first clicks are there."""
    replies = list(replies)
    clips = "\n".join(f"{number},{name}" for number, name in enumerate(CLIP_NAMES, 1))
    table(root / "SentenceFilenames.csv", f"Stimulus_Number,Filename\n{clips}")
    people = "1001,51,Male,Caucasian,Not Hispanic\n1076,25,Female,Asian,Not Hispanic"
    table(root / "VideoDemographics.csv", f"ActorID,Age,Sex,Race,Ethnicity\n{people}")
    rows = [row_of(number, reply) for number, reply in enumerate(replies, 1)]
    table(root / "finishedResponses.csv", "\n".join([RESPONSES_HEADER, *rows]))
    if "votes" in tables:
        header = "rowId,A,D,F,H,N,S,fileName,numResponses"
        table(root / "processedResults/tabulatedVotes.csv", "\n".join([header, *counted(replies)]))
    if "clicks" in tables:
        clicks = [click_of(number, reply) for number, reply in enumerate(replies, 1)]
        table(root / "finishedEmoResponses.csv", "\n".join([CLICKS_HEADER, *clicks]))
    return root
