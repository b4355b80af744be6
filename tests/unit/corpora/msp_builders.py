"""Miniatures of the MSP corpora: every form their labels were released in, with the traps of the real ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.unit.corpora.builders import sound

FREE_TEXT = "Other-tired; bored, or: both"


@dataclass(frozen=True)
class Answer:
    """A rater's answer as the files write it."""

    rater: str
    main: str
    second: str
    activation: float
    valence: float
    dominance: float

    @property
    def line(self) -> str:
        values = f"A:{self.activation:.6f}; V:{self.valence:.6f}; D:{self.dominance:.6f};"
        return f"{self.rater}; {self.main}; {self.second}; {values}"

    @property
    def cells(self) -> dict[str, str]:
        return {
            "EmoClass_Major": self.main,
            "EmoClass_Second": self.second,
            "EmoAct": str(self.activation),
            "EmoVal": str(self.valence),
            "EmoDom": str(self.dominance),
        }


@dataclass(frozen=True)
class Turn:
    """A turn with its consensus and its raters."""

    file: str
    letter: str
    means: tuple[str, str, str]
    speaker: str
    gender: str
    split: str
    answers: tuple[Answer, ...] = ()


def w(number: int) -> str:
    return f"WORKER{number:08d}"


PODCAST = (
    Turn(
        "MSP-PODCAST_0001_0008.wav", "H", ("5.0", "6.0", "5.0"), "127", "Female", "Train",
        (
            Answer(w(1), "Happy", "Happy,Excited", 5, 6, 5),
            Answer(w(2), "Happy", "", 5, 6, 5),
            Answer(w(3), FREE_TEXT, "Concerned,Other-so, so", 5, 6, 5),
        ),
    ),
    Turn(
        "MSP-PODCAST_0001_0019.wav", "X", ("3.5", "4.0", "4.5"), "Unknown", "Unknown", "Train",
        (Answer(w(1), "Neutral", "Neutral", 3, 4, 4), Answer(w(4), "Surprise", "Surprise,Amused", 4, 4, 5)),
    ),
    Turn(
        "MSP-PODCAST_0001_0020.wav", "O", ("4.0", "4.0", "4.0"), "Unknown", "Male", "Train",
        (Answer(w(2), "Other", "Other", 4, 4, 4),),
    ),
    Turn(
        "MSP-PODCAST_0002_0003_0001.wav", "C", ("2.2", "2.4", "6.0"), "128", "Male", "Development",
        (Answer(w(4), "Contempt", "Contempt,Annoyed", 2, 2, 6), Answer(w(5), "Contempt", "Contempt", 2.4, 2.8, 6)),
    ),
    Turn(
        "MSP-PODCAST_1188_0020.wav", "U", ("7.0", "1.0", "1.0"), "129", "Female", "Test1",
        (Answer(w(9), "Surprise", "Surprise", 7, 1, 1),),
    ),
)  # fmt: skip
HIDDEN = Turn("MSP-PODCAST_2000_0001.wav", "", ("", "", ""), "", "", "Test3")
CONSENSUS_HEADER = "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set"


def renamed(turns: Iterable[Turn], before: str, after: str) -> tuple[Turn, ...]:
    """The same turns under other names."""
    return tuple(replace(turn, file=turn.file.replace(before, after)) for turn in turns)


def consensus_csv(turns: Iterable[Turn] = PODCAST) -> str:
    rows = (",".join((t.file, t.letter, *t.means, t.speaker, t.gender, t.split)) for t in turns)
    return "\n".join((CONSENSUS_HEADER, *rows)) + "\n"


def consensus_json(turns: Iterable[Turn] = PODCAST, wrapped: bool = False) -> str:
    names = CONSENSUS_HEADER.split(",")[1:]
    found = {t.file: dict(zip(names, (t.letter, *t.means, t.speaker, t.gender, t.split), strict=True)) for t in turns}
    return json.dumps({name: [cells] if wrapped else cells for name, cells in found.items()})


def detailed_raw(turns: Iterable[Turn] = PODCAST, quote: str = '"') -> str:
    rows = (f"{turn.file},{quote}{answer.line}{quote}" for turn in turns for answer in turn.answers)
    return "\n".join(("FileName,EmoDetail", *rows)) + "\n"


def detailed_columns(turns: Iterable[Turn] = PODCAST, rater: str = "Workers") -> str:
    rows = (",".join((t.file, a.rater, *(f'"{cell}"' for cell in a.cells.values()))) for t in turns for a in t.answers)
    return "\n".join((f"FileName,{rater},EmoClass_Major,EmoClass_Second,EmoAct,EmoVal,EmoDom", *rows)) + "\n"


def detailed_json(turns: Iterable[Turn] = PODCAST) -> str:
    return json.dumps({t.file: {a.rater: a.cells for a in t.answers} for t in turns})


def detailed_face_json(turns: Iterable[Turn] = PODCAST) -> str:
    return json.dumps({t.file: {"Workers": [{"Name": a.rater, **a.cells} for a in t.answers]} for t in turns})


def labels_txt(turns: Iterable[Turn] = PODCAST) -> str:
    return "\n".join(
        f"{t.file}; {t.letter}; A:{t.means[0]}; V:{t.means[1]}; D:{t.means[2]};\n"
        + "".join(f"{answer.line}\n" for answer in t.answers)
        for t in turns
    )


def podcast(root: Path, turns: Sequence[Turn] = PODCAST, recordings: bool = True) -> Path:
    """A release: labels as tables, partitions, speakers, transcripts, recordings, and what macOS leaves behind."""
    files = {
        "Labels/labels_consensus.csv": consensus_csv(turns),
        "Labels/._labels_consensus.csv": "\0\0",
        "Labels/labels_detailed.csv": detailed_raw(turns),
        "Partition.txt": "".join(f"{turn.split}; {turn.file}\n" for turn in (*turns, HIDDEN)),
        "Speaker_ids.txt": "".join(f"{t.file}; Speaker_{t.speaker}\n" for t in turns),
        f"Transcripts/{turns[0].file[:-4]}.txt": "I'm   so happy\n",
        "readme.txt": "Read me.\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if recordings:
        for turn in (*turns, HIDDEN):
            sound(root / "Audios" / turn.file)
    return root


IMPROV = (
    Turn(
        "UTD-IMPROV-S01A-F01-S-FM01.avi", "N", ("3.0", "3.5", "3.0"), "", "", "",
        (
            Answer("F-0014-p1", "Neutral", "Neutral", 3, 3, 3),
            Answer("F-0015-p1", "Neutral", "Neutral,Other-calm; cool", 3, 4, 3),
            Answer("F-0016-p1", "Angry", "Angry,Frustrated", 3, 3.5, 3),
        ),
    ),
    Turn(
        "UTD-IMPROV-S01A-M01-T-MF02.avi", "A", ("1.0", "1.5", "4.5"), "", "", "",
        (Answer("F-0014-p1", "Angry", "Angry", 1, 1, 4), Answer("F-0016-p1", "Angry", "Angry", 1, 2, 5)),
    ),
    Turn(
        "UTD-IMPROV-S20H-F06-R-FF01.avi", "X", ("2.5", "4.0", "3.0"), "", "", "",
        (Answer("F-0014-p1", "Happy", "Happy", 2, 4, 3), Answer("F-0016-p1", "Sad", "Sad", 3, 4, 3)),
    ),
    Turn(
        "UTD-IMPROV-S20H-M06-P-FM03.avi", "O", ("3.0", "3.0", "3.0"), "", "", "",
        (Answer("F-0014-p1", "Other-Surprised", "Other", 3, 3, 3),),
    ),
)  # fmt: skip


def improv(root: Path, turns: Sequence[Turn] = IMPROV) -> Path:
    """MSP-IMPROV's one file of labels, naturalness and all, and the sound of each turn."""
    root.mkdir(parents=True, exist_ok=True)
    text = labels_txt(turns).replace(";\n", "; N:4.000000;\n").replace("\n", "\r\n")
    (root / "Evalution.txt").write_bytes(text.encode())
    (root / "._Evalution.txt").write_bytes(b"\0mac")
    for turn in turns:
        name = turn.file[:-4].replace("UTD", "MSP")
        _, _, sentence, speaker, scenario, _ = name.split("-")
        sound(root / f"Audio/session{int(speaker[1:])}/{sentence}/{scenario}/{name}.wav")
    return root
