"""What an export keeps beside its table of utterances: words, raters, labels that came without ratings, the corpus.

Any of the files may be missing; a table of one's own may have them too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import (
    Condition,
    Consensus,
    Problem,
    Rater,
    RaterKind,
    Truth,
    VoteCounts,
    Word,
)
from fairemo_gui.corpora.folder import is_file, stays_inside
from fairemo_gui.corpora.plain_text import json_in
from fairemo_gui.corpora.report import quoted
from fairemo_gui.corpora.table import Table, read_table
from fairemo_gui.corpora.values import CellError, Cells, condition_of, gender_of, truth_of

ABOUT = "about.json"
PROGRAM = "fairemo"
WORDS, RATERS, LABELS = "words.csv", "raters.csv", "labels.csv"
_WORD_COLUMNS = ("utterance_id", "position", "text", "start", "end")
_RATER_COLUMNS = ("rater", "kind", "gender", "age")
_LABEL_COLUMNS = ("utterance_id", "condition", "source", "activation", "valence", "dominance", "no_agreement")
_VOTES = "votes_"
_LARGEST = 16 * 1024 * 1024
_MOST_VOTES = 1_000_000
_LONGEST = 7 * 24 * 3600.0
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of its corpus.

    Attributes:
        scheme: The emotions in their order; None where it does not say.
        facts: See `CorpusBundle`.
    """

    name: str | None = None
    licence: str | None = None
    synthetic: bool = False
    scheme: EmotionScheme | None = None
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Companions:
    """What the files beside a table of utterances say.

    Attributes:
        words: Words per utterance, in order.
        raters: Who rated.
        vote_counts: Votes that came already counted.
        consensus: Means and verdicts that came without single ratings.
        problems: Bad rows; they are left out above.
    """

    words: dict[str, tuple[Word, ...]]
    raters: tuple[Rater, ...]
    vote_counts: tuple[VoteCounts, ...]
    consensus: tuple[Consensus, ...]
    problems: tuple[Problem, ...]


def about_beside(table: Path) -> About:
    """What the export a table belongs to says of its corpus; nothing where the table is no export's."""
    file = table.with_name(ABOUT)
    try:
        if not file.is_file() or not stays_inside(file, table.parent) or file.stat().st_size > _LARGEST:
            return About()
        about = json_in(file.read_text(encoding="utf-8"))
        json.dumps(about, allow_nan=False)
        corpus = about["corpus"] if about["program"] == PROGRAM else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return About()
    return _about(corpus) if isinstance(corpus, dict) else About()


def _about(corpus: dict[str, Any]) -> About:
    """Only what has the right type is taken over."""
    classes, facts = corpus.get("classes"), corpus.get("facts")
    names = classes if isinstance(classes, list) and all(isinstance(name, str) and name for name in classes) else []
    whole = bool(names) and len(set(names)) == len(names)
    return About(
        name=_text(corpus, "name"),
        licence=_text(corpus, "licence"),
        synthetic=corpus.get("synthetic") is True,
        scheme=EmotionScheme(_text(corpus, "scheme") or "", tuple(names)) if whole else None,
        facts=facts if isinstance(facts, dict) else {},
    )


def _text(values: dict[str, Any], key: str) -> str | None:
    found = values.get(key)
    return found if isinstance(found, str) and found else None


def companions_beside(
    table: Path, codes: Collection[str], scheme: EmotionScheme, check: Callable[[], None] = lambda: None
) -> Companions:
    """Read the files that belong to a table of utterances.

    Args:
        table: The table of utterances.
        codes: Its utterances.
        scheme: The corpus's emotions.
        check: Called at every row; may raise to stop.

    Raises:
        UserError: A file cannot be read as a table, or columns are missing.
    """
    words, bad_words = _read(
        table.with_name(WORDS), _WORD_COLUMNS, _WORD_COLUMNS, check, lambda cells: _word(cells, codes), 2
    )
    raters, bad_raters = _read(table.with_name(RATERS), _RATER_COLUMNS, _RATER_COLUMNS[:2], check, rater_of, 1)
    columns = (*_LABEL_COLUMNS, *(f"{_VOTES}{name}" for name in scheme.classes))
    labels, bad_labels = _read(
        table.with_name(LABELS), columns, _LABEL_COLUMNS[:3], check, lambda cells: _label(cells, codes, scheme), 3
    )
    in_order: dict[str, list[Word]] = defaultdict(list)
    for code, _, word in sorted(words, key=lambda row: row[:2]):
        in_order[code].append(word)
    return Companions(
        {code: tuple(some) for code, some in in_order.items()},
        tuple(raters),
        tuple(counts for counts, _ in labels if counts is not None),
        tuple(whole for _, whole in labels if whole is not None),
        (*bad_words, *bad_raters, *bad_labels),
    )


def _read(
    file: Path,
    known: Sequence[str],
    needed: Sequence[str],
    check: Callable[[], None],
    read: Callable[[Cells], Read],
    key: int,
) -> tuple[list[Read], list[Problem]]:
    """The rows of a table through a reader, and what is wrong with the others; nothing where there is no such table.

    The first `key` columns say what a row speaks of.
    """
    if not is_file(file) or not stays_inside(file, file.parent):
        return [], []
    table = read_table(file, known, check)
    table.need(needed)
    return rows_of(table, check, read, needed[:key])


def rows_of(
    table: Table, check: Callable[[], None], read: Callable[[Cells], Read], key: Sequence[str]
) -> tuple[list[Read], list[Problem]]:
    """The rows of an opened table through a reader, and what is wrong with the others.

    Args:
        table: The table.
        check: Called at every row; may raise to stop.
        read: Gives what a row says, or raises `CellError`.
        key: The columns that say what a row speaks of; no two may be alike in them.
    """
    found, problems = [], [*table.problems]
    lines: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        check()
        about = tuple(row.get(column) for column in key)
        try:
            if lines.setdefault(about, row.line) != row.line:
                raise CellError(f"{' '.join(about)} stands already on line {lines[about]}")
            found.append(read(Cells(row, table.decimal_comma)))
        except CellError as error:
            problems.append(Problem(table.name, row.line, str(error), fatal=True))
    return found, problems


def _code(cells: Cells, codes: Collection[str]) -> str:
    code = cells.text("utterance_id")
    if code not in codes:
        cells.wrong.append(f"there is no utterance {quoted(code)} in this corpus")
    return code


def _word(cells: Cells, codes: Collection[str]) -> tuple[str, int, Word]:
    """Utterance, position and word."""
    code, position = _code(cells, codes), cells.whole("position", 0, 1_000_000)
    start, end = cells.number("start", 0, _LONGEST), cells.number("end", 0, _LONGEST)
    if position is None or start is None or end is None:
        cells.wrong.append("a word needs its position, start and end")
    cells.finish()
    return code, position or 0, Word(cells.text("text"), start or 0.0, end or 0.0)


def rater_of(cells: Cells) -> Rater:
    """Somebody who rated, from a row with the columns `rater`, `kind`, `gender` and `age`.

    Raises:
        CellError: What is wrong with the row.
    """
    kind = cells.read(_kind, "kind", RaterKind.IMPORTED)
    age = cells.whole("age", 0, 120)
    if not cells.text("rater"):
        cells.wrong.append("names no rater")
    cells.finish()
    return Rater(cells.text("rater"), kind, gender_of(cells.text("gender")), age)


def _kind(text: str) -> RaterKind:
    try:
        return RaterKind(text)
    except ValueError:
        raise CellError(f"{quoted(text)} is no kind of rater; there are {', '.join(RaterKind)}") from None


def _label(cells: Cells, codes: Collection[str], scheme: EmotionScheme) -> tuple[VoteCounts | None, Consensus | None]:
    """Votes of a source, and what it says of the utterance as a whole; either may be missing."""
    code, source = _code(cells, codes), cells.text("source")
    condition = cells.read(_truth, "condition", Truth.INTENDED)
    votes = [cells.whole(f"{_VOTES}{name}", 0, _MOST_VOTES) for name in scheme.classes]
    means = {name: cells.number(name, -1e6, 1e6) for name in ("activation", "valence", "dominance")}
    no_agreement = cells.read(truth_of, "no_agreement", False)
    if not source or "/" in source:
        cells.wrong.append(f"the source is {quoted(source)}; name the file the labels came from")
    counted = any(count is not None for count in votes)
    if counted and condition is Truth.INTENDED:
        cells.wrong.append("what was intended is no matter of votes; write it into the table of utterances")
    cells.finish()
    counts = VoteCounts(code, Condition(condition), tuple(n or 0 for n in votes), source) if counted else None
    says = cells.text("no_agreement") or any(mean is not None for mean in means.values())
    whole = Consensus(code, condition, source, no_agreement=no_agreement, **means) if says else None
    return counts, whole


def _truth(text: str) -> Truth:
    return Truth.INTENDED if text == Truth.INTENDED else Truth(condition_of(text))
