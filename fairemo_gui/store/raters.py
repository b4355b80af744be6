"""Who rated: one code, one person, whatever file or laptop they come from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Gender, Rater, RaterKind
from fairemo_gui.errors import UserError
from fairemo_gui.store import tally
from fairemo_gui.store.workspace import Workspace

GOLD = "gold"
"""Code that adjudicated labels are kept under unless another is given."""
_NO_VOTERS = {RaterKind.ADJUDICATED, RaterKind.SELF}


def every(workspace: Workspace, corpus_id: int | None = None) -> list[Rater]:
    """All raters of the workspace, or those who rated in a corpus; in order of code."""
    rows = workspace.db.execute(
        "SELECT code, kind, gender, age FROM rater WHERE ?1 IS NULL OR id IN (SELECT rater_id FROM rating "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ?1) ORDER BY code",
        [corpus_id],
    ).fetchall()
    return [Rater(code, RaterKind(kind), gender and Gender(gender), age) for code, kind, gender, age in rows]


def check_person(workspace: Workspace, code: str, kinds: Collection[RaterKind]) -> None:
    """Make sure that somebody may rate under a code.

    Args:
        workspace: Open workspace.
        code: As it was given.
        kinds: What the code may stand for here already.

    Raises:
        UserError: It stands for somebody else's ratings, or is kept for what adjudicators decide.
    """
    row = workspace.db.execute("SELECT kind FROM rater WHERE code = ?", [code]).fetchone()
    if row is not None and row[0] not in kinds:
        raise UserError(f"“{code}” stands for {row[0]} ratings here, not for a person's; take another code.")
    if row is None and _is_kept(Rater(code)):
        raise UserError(f"“{code}” is kept for what adjudicators decide; take another code.")


def merge(workspace: Workspace, raters: Iterable[Rater]) -> dict[str, int]:
    """Add raters, and what was unknown of those that are there; inside a transaction of the caller.

    Labels follow where somebody's ratings turn out to be no votes.

    Returns:
        Row id per code, of every rater of the workspace.

    Raises:
        UserError: A code stands for two people: kind, gender or age differ; or one is kept for adjudicators.
    """
    db = workspace.db.conn
    before = {rater.code: rater for rater in every(workspace)}
    known, problems = dict(before), []
    for rater in raters:
        former = known.get(rater.code, rater)
        known[rater.code] = both = Rater(
            rater.code,
            former.kind if rater.kind is RaterKind.IMPORTED else rater.kind,
            rater.gender or former.gender,
            former.age if rater.age is None else rater.age,
        )
        if rater.code not in before and _is_kept(both):
            raise UserError(
                f"“{rater.code}” is the code that adjudicators' decisions are kept under: give this rater another, or "
                f"say in the table of raters that its kind is {RaterKind.ADJUDICATED}."
            )
        if not (_fits(former, both) and _fits(rater, both)):
            problems.append(f"“{rater.code}” is {_words(former)} here and {_words(rater)} there")
    if problems:
        raise UserError(
            f"Rater {problems[0]}; two people cannot share a code: rename one of them before their ratings meet.",
            [f"rater {problem}" for problem in problems],
        )
    db.executemany(
        "INSERT INTO rater (code, kind, gender, age) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, gender = excluded.gender, age = excluded.age",
        [(r.code, r.kind.value, r.gender and r.gender.value, r.age) for r in known.values()],
    )
    for code, rater in before.items():
        if (rater.kind in _NO_VOTERS) != (known[code].kind in _NO_VOTERS):
            _recount(workspace, code)
    return dict(db.execute("SELECT code, id FROM rater").fetchall())


def _recount(workspace: Workspace, code: str) -> None:
    """Bring the labels of all that somebody rated into step."""
    rated: dict[str, list[tuple[int, str]]] = {}
    for classes, *where in workspace.db.execute(
        "SELECT DISTINCT classes, utterance_id, condition FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id JOIN corpus ON corpus.id = corpus_id WHERE rater.code = ?",
        [code],
    ).fetchall():
        rated.setdefault(classes, []).append((where[0], where[1]))
    for classes, touched in rated.items():
        tally.relabel(workspace, touched, EmotionScheme("", tuple(json.loads(classes))))


def _is_kept(rater: Rater) -> bool:
    return rater.code.casefold() == GOLD and rater.kind is not RaterKind.ADJUDICATED


def _fits(rater: Rater, known: Rater) -> bool:
    """Whether nothing said of a rater is otherwise than what is known now."""
    return (
        rater.kind in {known.kind, RaterKind.IMPORTED}
        and rater.gender in {known.gender, None}
        and rater.age in {known.age, None}
    )


def _words(rater: Rater) -> str:
    age = "" if rater.age is None else f", {rater.age}"
    return f"{rater.kind.value}, {rater.gender.value if rater.gender else 'gender unknown'}{age}"
