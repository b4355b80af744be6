"""What an import found, and the one way to refuse an input."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import CorpusBundle, Problem, Speaker, Utterance
from fairemo_gui.errors import UserError, on_one_line

UNKNOWN = "unknown"
# More files with the same fault than this are named in one line.
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in, what was left out, and what is worth knowing.

    Attributes:
        importer: Name and version of the importer, as `emodb 1`.
        root: Absolute folder the media paths are relative to.
        utterances: Number of utterances read.
        speakers: Number of speakers per `female`, `male`, `unknown`; a gender nobody has is not listed.
        by_gender: Number of utterances per gender of the speaker, likewise.
        by_emotion: Number of utterances per intended emotion in the order of the scheme, then `unknown`.
        ratings: Number of single ratings.
        vote_rows: Number of rows of votes that came already counted.
        media: Number of utterances per `MediaState` value.
        problems: Bad rows that were left out (fatal) and marks on media and tables (not fatal).
        warnings: Sentences worth reading, one per matter.
        update: Where the corpus was in the workspace already: how many utterances and ratings are new, changed, absent.
    """

    importer: str
    root: str
    utterances: int
    speakers: dict[str, int]
    by_gender: dict[str, int]
    by_emotion: dict[str, int]
    ratings: int
    vote_rows: int
    media: dict[str, int]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    update: dict[str, object] | None = None

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """The bad rows that did not come in."""
        return tuple(problem for problem in self.problems if problem.fatal)

    def to_json(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {
            "importer": self.importer,
            "root": self.root,
            "utterances": self.utterances,
            "speakers": self.speakers,
            "by_gender": self.by_gender,
            "by_emotion": self.by_emotion,
            "ratings": self.ratings,
            "vote_rows": self.vote_rows,
            "media": self.media,
            "problems": [
                {"file": p.file, "row": p.row, "what": p.what, "fatal": p.fatal, "text": str(p)} for p in self.problems
            ],
            "warnings": list(self.warnings),
            "update": self.update,
        }

    def to_rows(self) -> list[tuple[str, str, str, str]]:
        """The report as a table: kind, name or file, line, number or words; a header first."""
        found = self.to_json()
        rows = [("kind", "name", "line", "value")]
        for kind in ("importer", "root", "utterances", "ratings", "vote_rows"):
            rows.append((kind, "", "", str(found[kind])))
        for kind in ("speakers", "by_gender", "by_emotion", "media"):
            rows += [(kind, name, "", str(n)) for name, n in getattr(self, kind).items()]
        for p in self.problems:
            rows.append(("left out" if p.fatal else "remark", p.file, "" if p.row is None else str(p.row), p.what))
        return [*rows, *(("warning", "", "", warning) for warning in self.warnings)]


def report_on(bundle: CorpusBundle, problems: Iterable[Problem] = (), warnings: Iterable[str] = ()) -> ImportReport:
    """Count what is in a bundle."""
    gender = {speaker.code: _gender(speaker) for speaker in bundle.speakers}
    return ImportReport(
        importer=bundle.importer,
        root=bundle.root,
        utterances=len(bundle.utterances),
        speakers=dict(Counter(sorted(gender.values()))),
        by_gender=dict(Counter(sorted(gender[utterance.speaker] for utterance in bundle.utterances))),
        by_emotion=_emotions(bundle.scheme, bundle.utterances),
        ratings=len(bundle.ratings),
        vote_rows=len(bundle.vote_counts),
        media=dict(Counter(sorted(utterance.media_state.value for utterance in bundle.utterances))),
        problems=tuple(problems),
        warnings=tuple(map(on_one_line, warnings)),
    )


class BadRowsError(UserError):
    """Rows that cannot be read, where none may be left out.

    Attributes:
        correction: What is wrong and to be corrected; how else to go on is another thing in a window.
    """

    def __init__(self, correction: str, problems: Iterable[str]) -> None:
        super().__init__(f"{correction}, or leave such rows out with --skip-bad.", problems)
        self.correction = on_one_line(correction)


def refuse(problems: Sequence[Problem], skip_bad: bool) -> None:
    """Abort on bad rows, all of them named at once, unless they are to be left out.

    Raises:
        BadRowsError: There are bad rows and `skip_bad` is off. The message is the first one with the remedy; `problems`
            has one line for each.
    """
    fatal = [problem for problem in problems if problem.fatal]
    if not fatal or skip_bad:
        return
    first, others = fatal[0], len(fatal) - 1
    more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
    raise BadRowsError(f"{first}{more}: correct {'them' if others else 'it'}", [str(problem) for problem in fatal])


def condensed(
    problems: Iterable[Problem], kind: Callable[[Problem], object] = lambda problem: problem.what
) -> list[Problem]:
    """The same problems, but one line for many files of which the same is to be said. Bad rows are never condensed.

    Args:
        problems: In any order.
        kind: What is to be said of a problem's file; the words themselves unless told otherwise.
    """
    groups: dict[object, list[Problem]] = defaultdict(list)
    for number, problem in enumerate(problems):
        alone = problem.fatal or problem.row is not None
        groups[number if alone else ("kind", kind(problem))].append(problem)
    lines: list[Problem] = []
    for group in groups.values():
        if len(group) <= _MOST_LINES:
            lines += group
        else:
            files = f"{len(group)} files ({listed(problem.file for problem in group)})"
            lines.append(Problem(files, None, f"each {group[0].what}"))
    return lines


def quoted(text: str, longest: int = 60) -> str:
    """A cell as it can be shown in a sentence: short, on one line, without control characters."""
    shown = "".join(character if character.isprintable() else "�" for character in text)
    return f"“{shown[:longest]}…”" if len(shown) > longest else f"“{shown}”"


def listed(names: Iterable[str], most: int = 5) -> str:
    """The first few names of a long list: `a, b, c and 12 more`."""
    every = list(names)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def _gender(speaker: Speaker) -> str:
    return speaker.gender.value if speaker.gender is not None else UNKNOWN


def _emotions(scheme: EmotionScheme, utterances: Iterable[Utterance]) -> dict[str, int]:
    counts = Counter(utterance.intended for utterance in utterances)
    by_name = {name: counts[k] for k, name in enumerate(scheme.classes) if counts[k]}
    return by_name | ({UNKNOWN: counts[None]} if counts[None] else {})
