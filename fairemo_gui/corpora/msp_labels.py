"""Files of labels of the MSP family, in each form they were released in. Text in, records out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fairemo_gui.core.records import Problem
from fairemo_gui.corpora.msp_answers import Collector, Kind, Labels, split_line
from fairemo_gui.corpora.plain_text import AS_WINDOWS, HOLDS_NOTHING, as_windows, json_in
from fairemo_gui.corpora.report import listed, quoted
from fairemo_gui.corpora.table import Table, table_in, text_of, unused_columns
from fairemo_gui.errors import UserError
from fairemo_gui.media.probe import MEDIA_SUFFIXES

CONSENSUS: Final = ("FileName", "EmoClass", "EmoAct", "EmoVal", "EmoDom", "SpkrID", "Gender", "Split_Set")
DETAILED: Final = (
    "FileName",
    "EmoDetail",
    "EmoClass_Major",
    "EmoClass_Second",
    "EmoAct",
    "EmoVal",
    "EmoDom",
    "Workers",
)
_VALUES = {"A": "EmoAct", "V": "EmoVal", "D": "EmoDom"}
# Releases call the column of raters, and MSP-Face that of the consensus, by other names.
_RATER_NAMES = ("Workers", "WorkerID", "Worker", "Name")
_CLASS_NAMES = ("EmoClass", "EmoClass_Major")
Check = Callable[[], None]


def no_check() -> None:
    """What is called at every row where nobody wants to stop."""


Parse = Callable[[str, Collector, Check], Labels]


def read_labels(
    path: Path, parse: Parse, kind: Kind, known: Collection[str] | None = None, check: Check = no_check
) -> Labels:
    """Read one file of labels.

    Args:
        path: The file.
        parse: One of the functions below.
        kind: How the corpus was labelled.
        known: Codes of the corpus's recordings; None = any.
        check: Called at every row; may raise to stop.

    Raises:
        UserError: The file cannot be read, or is not of this form at all.
    """
    text, foreign = as_windows(text_of(path))
    labels = parse(text, Collector(kind, path.name, known), check)
    problems = list(labels.problems)
    if not (labels.verdicts or labels.ratings or any(problem.fatal for problem in problems)):
        problems.append(Problem(path.name, None, HOLDS_NOTHING, fatal=True))
    if foreign:
        problems.append(Problem(path.name, None, AS_WINDOWS))
    return replace(labels, problems=tuple(problems))


def consensus_table(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`labels_consensus.csv`: one row per recording, columns in any order.

    Raises:
        UserError: It is no table, or lacks the name or the class of the recordings.
    """
    table = table_in(text, found.source, (*CONSENSUS, *_CLASS_NAMES), check)
    cls = next((name for name in _CLASS_NAMES if name in table.columns), _CLASS_NAMES[0])
    table.need(("FileName", cls), " Lists of a share per emotion (EMO-SUPERB, VAVL) are not read.")
    _take_over(table, found, (*CONSENSUS, cls), CONSENSUS[2:])
    for row in table.rows:
        check()
        who = (row.get("SpkrID"), row.get("Gender"), row.get("Split_Set"))
        found.add_verdict(row.line, row.get("FileName"), row.get(cls), _values(row.cells), who)
    return found.labels()


def detailed_table(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`labels_detailed.csv`: one row per answer, in columns or (`EmoDetail`) as the raters' lines.

    Raises:
        UserError: It is no table, or lacks columns.
    """
    raw = _raw_details(text, found.source)
    if raw is None:
        table = table_in(text, found.source, (*DETAILED, *_RATER_NAMES), check)
        wanted = () if "EmoDetail" in table.columns else ("EmoClass_Second", *_VALUES.values())
        _take_over(table, found, (*DETAILED, *_RATER_NAMES), wanted)
        if wanted:
            _add_columns(table, found, check)
            return found.labels()
        table.need(("FileName", "EmoDetail"))
        raw = ((row.line, row.get("FileName"), row.get("EmoDetail")) for row in table.rows)
    for line, file, detail in raw:
        check()
        for answer in [each for each in lines_of(detail) if each.strip()] or [""]:
            found.add_line(line, file, answer)
    return found.labels()


def labels_text(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`labels.txt` and MSP-IMPROV's `Evalution.txt`: a line per recording, its raters' lines below, a blank line."""
    file, good = "", False
    for line, content in enumerate(lines_of(text), start=1):
        check()
        if not content.strip():
            file = ""
            continue
        fields, values = split_line(content)
        if fields[0].lower().endswith(MEDIA_SUFFIXES):
            file = fields[0]
            letter = fields[1] if len(fields) > 1 else ""
            good = found.add_verdict(line, file, letter, values)
        elif not file:
            found.problem(line, f"{quoted(content)} stands below no recording")
        elif good:
            found.add_line(line, file, content)
    return found.labels()


def consensus_json(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`labels_consensus.json`: an object per recording, which MSP-Face wraps in a list of one.

    Raises:
        UserError: It is no JSON of this form.
    """
    met: set[str] = set()
    for file, said in _object(text, found.source).items():
        check()
        cells = _cells(said[0] if isinstance(said, list) and len(said) == 1 else said)
        if cells is None:
            found.problem(None, f"{quoted(file)} has no object of labels")
            continue
        met.update(cells)
        who = (cells.get("SpkrID", ""), cells.get("Gender", ""), cells.get("Split_Set", ""))
        found.add_verdict(None, file, _first(cells, _CLASS_NAMES), _values(cells), who)
    _say_names(found, met, (*CONSENSUS, *_CLASS_NAMES), CONSENSUS[2:])
    return found.labels()


def detailed_json(text: str, found: Collector, check: Check = no_check) -> Labels:
    """`labels_detailed.json`: per recording an object per rater (MSP-Face: a list of raters under `Workers`).

    Raises:
        UserError: It is no JSON of this form.
    """
    met: set[str] = set()
    for file, answers in _object(text, found.source).items():
        check()
        for rater, said in _answers(answers):
            cells = _cells(said)
            if cells is None:
                found.problem(None, f"{quoted(file)}: what {quoted(rater)} says is no object of labels")
                continue
            met.update(cells)
            main, second = cells.get("EmoClass_Major", ""), cells.get("EmoClass_Second", "")
            found.add_answer(None, file, rater or _first(cells, _RATER_NAMES), main, second, _values(cells))
    _say_names(found, met, (*DETAILED, *_RATER_NAMES), ("EmoClass_Second", *_VALUES.values()))
    return found.labels()


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _take_over(table: Table, found: Collector, known: Sequence[str], wanted: Sequence[str]) -> None:
    """What was wrong with the table itself, columns that are not understood, and those that are not there."""
    for problem in table.problems:
        found.problem(problem.row, problem.what)
    for warning in (*table.warnings, *unused_columns(table, known)):
        found.problem(1, warning.removeprefix(f"{table.name}: "), fatal=False)
    absent = [name for name in wanted if name not in table.columns]
    if absent:
        found.problem(1, f"has no columns {listed(absent, len(absent))}: nothing is known of them", fatal=False)


def _say_names(found: Collector, met: Collection[str], known: Collection[str], wanted: Sequence[str]) -> None:
    """The same of the names in a JSON file, once anything was found."""
    unused = sorted(set(met) - set(known))
    if unused:
        found.problem(None, f"has names that are not used: {listed(map(quoted, unused))}", fatal=False)
    absent = [name for name in wanted if met and name not in met]
    if absent:
        found.problem(None, f"says nowhere {listed(absent, len(absent))}: nothing is known of them", fatal=False)


def _add_columns(table: Table, found: Collector, check: Check) -> None:
    """Answers in columns of their own."""
    rater = next((name for name in _RATER_NAMES if name in table.columns), _RATER_NAMES[0])
    table.need(("FileName", rater, "EmoClass_Major"))
    for row in table.rows:
        check()
        main, second = row.get("EmoClass_Major"), row.get("EmoClass_Second")
        found.add_answer(row.line, row.get("FileName"), row.get(rater), main, second, _values(row.cells))


def _raw_details(text: str, source: str) -> Iterator[tuple[int, str, str]] | None:
    """Line, recording and raters' lines of the form in two columns, whose second may hold bare commas; else None."""
    header = text[: text.find("\n")] if "\n" in text else text
    if [cell.strip(' "\r').casefold() for cell in header.split(",")] != ["filename", "emodetail"]:
        return None
    return _two_columns(text, source)


def _two_columns(text: str, source: str) -> Iterator[tuple[int, str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    before = 0
    try:
        for cells in reader:
            if before and any(cells):
                yield before + 1, cells[0], ",".join(cells[1:])
            before = reader.line_num
    except csv.Error as error:
        raise UserError(f"{source}, line {before + 1}: cannot be read ({error}): check its quotation marks.") from error


def _object(text: str, source: str) -> dict[str, Any]:
    """The object a JSON file holds; names that stand there twice are refused, for the first would be lost."""
    try:
        found = json_in(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{source} cannot be read as JSON ({error}): copy it again from its source.") from error
    if not isinstance(found, dict):
        raise UserError(f"{source} holds no object of recordings: give the corpus's own file.")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, n in Counter(name for name, _ in pairs).items() if n > 1)
        raise ValueError(f"{quoted(twice)} stands there twice")
    return found


def _answers(answers: object) -> Iterable[tuple[str, object]]:
    """Rater and answer; the rater is empty where the answer names it."""
    if isinstance(answers, dict):
        listed = answers.get("Workers")
        if isinstance(listed, list):
            return [("", said) for said in listed]
        return answers.items()
    return [("", answers)]


def _cells(said: object) -> dict[str, str] | None:
    """The plain values of an object as text; None where it is none."""
    if not isinstance(said, dict):
        return None
    return {name: "" if value is None else str(value) for name, value in said.items()}


def _first(cells: Mapping[str, str], names: Iterable[str]) -> str:
    return next((cells[name] for name in names if name in cells), "")


def _values(cells: Mapping[str, str]) -> dict[str, str]:
    """Activation, valence and dominance of a row, as written."""
    return {letter: cells.get(column, "") for letter, column in _VALUES.items()}
