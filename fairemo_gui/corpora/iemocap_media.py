"""In which files a turn of IEMOCAP is heard and seen, and which half of the picture shows who speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from fairemo_gui.core.records import FaceRegion, Gender, MediaState, Problem, Utterance, Word
from fairemo_gui.corpora.folder import MediaFiles, find_table
from fairemo_gui.corpora.marks import mark_media
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import read_table
from fairemo_gui.corpora.values import CellError, Cells, gender_of
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.probe import AUDIO_SUFFIXES, MediaInfo

OVERRIDES: Final = "face_region_overrides.csv"
"""Table in the corpus's folder that says for single dialogues who sits on the left of the picture."""
_COLUMNS = ("dialogue", "left")
_UNHEARD = (MediaState.MISSING, MediaState.BROKEN, MediaState.EMPTY, MediaState.SILENT, MediaState.NO_SOUND)
# Evaluations and media round their times; a turn may end this much after its file.
_ROUNDING = 0.5


@dataclass(frozen=True, slots=True)
class Placed:
    """Turns with their media, marked.

    Attributes:
        utterances: In the same order.
        problems: Remarks on files; none is fatal.
        warnings: Sentences worth reading.
    """

    utterances: tuple[Utterance, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def who_is_left(root: Path, dialogues: Collection[str]) -> tuple[dict[str, Gender], list[Problem]]:
    """Who is on the left of a dialogue's picture: who wears the markers, as its name says, unless `OVERRIDES` differs.

    Its columns are `dialogue` and `left`, which is `F` or `M`.

    Raises:
        UserError: The table cannot be read or lacks a column.
    """
    left = {dialogue: _gender(dialogue[5]) for dialogue in dialogues}
    path = find_table(root, OVERRIDES)
    if path is None:
        return left, []
    table = read_table(path, _COLUMNS)
    table.need(_COLUMNS)
    problems = list(table.problems)
    lines: dict[str, int] = {}
    for row in table.rows:
        cells = Cells(row)
        dialogue, gender = cells.text("dialogue"), cells.read(_side, "left", Gender.FEMALE)
        if dialogue not in left:
            cells.wrong.append(f"{quoted(dialogue)} is no dialogue of this folder (such as {min(left)})")
        elif dialogue in lines:
            cells.wrong.append(f"{dialogue} stands already on line {lines[dialogue]}")
        if cells.wrong:
            problems.append(Problem(table.name, row.line, "; ".join(cells.wrong), fatal=True))
            continue
        left[dialogue], lines[dialogue] = gender, row.line
    return left, problems


def _gender(letter: str) -> Gender:
    return Gender.FEMALE if letter == "F" else Gender.MALE


def _side(text: str) -> Gender:
    gender = gender_of(text)
    if gender is None:
        raise CellError(f"on the left is {quoted(text)}; write F or M")
    return gender


class _Places:
    """Finds the files of turns, whose times are those in the dialogue and whose words begin at zero."""

    def __init__(self, media: MediaFiles, left: Mapping[str, Gender]) -> None:
        self._paths = media.paths
        self._left = left

    def best(self, turn: Utterance) -> Utterance:
        """The turn in the files it is best played from.

        Sound and picture share one clock, so beside a video of the dialogue the sound is the dialogue's too.
        """
        sounds, pictures = self._of(turn.dialogue or "")
        own, _ = self._of(turn.code)
        if own and not pictures:
            return self.alone(turn) or turn
        if sounds or pictures:
            return self._in_dialogue(turn, (sounds or pictures)[0], next(iter(pictures), None))
        return turn

    def alone(self, turn: Utterance) -> Utterance | None:
        """The turn in a file of its own, if there is one."""
        own, _ = self._of(turn.code)
        return replace(turn, audio=own[0], start=None, end=None) if own else None

    def absent(self, turn: Utterance, session: PurePosixPath) -> Utterance:
        """The turn where the release keeps it, to be found there once its media are."""
        sound = (session / f"dialog/wav/{turn.dialogue}.wav").as_posix()
        picture = (session / f"dialog/avi/DivX/{turn.dialogue}.avi").as_posix()
        return replace(self._in_dialogue(turn, sound, picture), media_state=MediaState.MISSING)

    def _in_dialogue(self, turn: Utterance, audio: str, video: str | None) -> Utterance:
        begin = turn.start or 0.0
        words = tuple(Word(w.text, round(w.start + begin, 4), round(w.end + begin, 4)) for w in turn.words)
        return replace(turn, audio=audio, video=video, words=words, face_region=self._half(turn, video))

    def _half(self, turn: Utterance, video: str | None) -> FaceRegion:
        if video is None:
            return FaceRegion.FULL
        speaks = _gender(turn.speaker[-1])
        return FaceRegion.LEFT if speaks is self._left[turn.dialogue or ""] else FaceRegion.RIGHT

    def _of(self, stem: str) -> tuple[list[str], list[str]]:
        """Files of sound and files of picture of that name."""
        paths = self._paths.get(stem, ())
        sounds = [path for path in paths if path.lower().endswith(AUDIO_SUFFIXES)]
        return sounds, [path for path in paths if path not in sounds]


def place_media(
    ctx: TaskContext,
    root: Path,
    media: MediaFiles,
    turns: Sequence[Utterance],
    left: Mapping[str, Gender],
    sessions: Mapping[str, PurePosixPath],
) -> Placed:
    """Find and look into the media of turns.

    A turn is played from the dialogue's video where there is one, with the sound of the dialogue's file of sound or
    else the video's own; otherwise from its own file of sound; otherwise from the dialogue's. Only in the files of a
    dialogue have turns a start and an end. Where the dialogue cannot be heard, the turn's own file is taken.

    Args:
        ctx: Progress and cancelling.
        root: The corpus's folder.
        media: Everything in it.
        turns: With start and end in the dialogue, and words that count from the start of the turn.
        left: Who is on the left, per dialogue.
        sessions: Folder of the session, relative to the root, per dialogue.

    Raises:
        CancelledError: Somebody asked the task to stop.
    """
    places = _Places(media, left)
    there = [turn for turn in map(places.best, turns) if turn.audio is not None]
    marked = mark_media(ctx, root, there)
    found = {turn.code: turn for turn in marked.utterances}
    late, problems = _late(marked.utterances, marked.files)
    mute = {turn.code for turn in marked.utterances if turn.start is not None and turn.media_state in _UNHEARD}
    alone = (places.alone(turn) for turn in turns if turn.code in mute | set(late))
    again = mark_media(ctx, root, [turn for turn in alone if turn is not None])
    rescued = {turn.code: turn for turn in again.utterances if turn.media_state not in _UNHEARD}
    found |= late | rescued
    seen = any(turn.video for turn in found.values())
    if seen:
        found = {code: _without_picture(turn) for code, turn in found.items()}
    return Placed(
        tuple(found.get(turn.code) or places.absent(turn, sessions[turn.dialogue or ""]) for turn in turns),
        (*marked.problems, *again.problems, *problems),
        tuple(_warnings(len(turns), len(found), len(rescued), seen)),
    )


def _late(turns: Iterable[Utterance], files: Mapping[str, MediaInfo]) -> tuple[dict[str, Utterance], list[Problem]]:
    """The turns that end after their file does, marked as cut off, and a remark per file."""
    late: dict[str, Utterance] = {}
    codes: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        for path in dict.fromkeys((turn.audio, turn.video)):
            info = files.get(path or "")
            if turn.end is None or path is None or info is None or info.duration is None:
                continue
            if turn.end > info.duration + _ROUNDING:
                late[turn.code] = replace(turn, media_state=MediaState.TRUNCATED)
                codes[path].append(turn.code)
    return late, [
        Problem(path, None, f"ends at {files[path].duration:.2f} s, before these turns do: {listed(names)}")
        for path, names in codes.items()
    ]


def _without_picture(turn: Utterance) -> Utterance:
    """Mark a turn without picture while others have theirs."""
    if turn.video is None and turn.media_state is MediaState.OK:
        return replace(turn, media_state=MediaState.NO_PICTURE)
    return turn


def _warnings(turns: int, found: int, rescued: int, seen: bool) -> Iterator[str]:
    if found < turns:
        which = "No media are here" if not found else f"No media are here for {turns - found} of {turns} turns"
        yield f"{which}: such turns can be charted and compared, but not played."
    if found and not seen:
        yield "No dialogue has its video (AVI) here: the turns have no picture."
    if rescued:
        yield f"Turns that cannot be heard in their dialogue ({rescued}) are taken from their own files, unseen."
