"""Filter terms about who says what: labels that are on, nets that differ, sets that were drawn, who rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from lark import Token

from fairemo_gui.core.labels import multi_hot
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.filter_columns import FilterColumns, Ints, Mask
from fairemo_gui.services.filter_values import bad, plain, unknown

Sets = Mapping[str, Iterable[int]]
CELL_SET, PLACE_SET, ANSWERS_SET = "cell", "a", "said"
"""How sets are called: what a cell counts; what was drawn among features; what was drawn among answers."""
_TELLING = {CELL_SET, ANSWERS_SET}


def label_on(columns: FilterColumns, member: int) -> Mask:
    """Rows whose truth has a label, given by its position in the corpus's scheme, among others perhaps."""
    on = multi_hot(columns.classes.merge_counts(columns.true_votes))
    return _any_of(columns, member, on)


def label_said(columns: FilterColumns, member: int) -> Mask:
    """Rows where a label is predicted, among others perhaps: its probability is above 1/C."""
    even = 1 / len(columns.classes.names)
    with np.errstate(invalid="ignore"):
        # A float32 net without preference says 1/C rounded up: equal, not above.
        above = (columns.probabilities > even) & (columns.probabilities != float(np.float32(even)))
    return _any_of(columns, member, np.asarray(above))


def differ(columns: FilterColumns, one: str, other: str) -> Mask:
    """Rows where two of labels of conditions and answers of nets (by number) are known and not the same.

    Raises:
        UserError: No such net.
    """
    a, b = _said(columns, one), _said(columns, other)
    return np.asarray((a >= 0) & (b >= 0) & (a != b))


def drawn(columns: FilterColumns, sets: Sets, name: str) -> Mask:
    """Rows of a set that was drawn; none that is hidden where who is in it follows from labels or answers.

    Raises:
        UserError: It is not there.
    """
    if name not in sets:
        raise UserError(f"there is no set {name} here: draw it again, or choose the saved view it is part of")
    inside = np.isin(columns.ids, np.fromiter(sets[name], dtype=np.int64))
    if columns.hidden is None or name.rstrip("0123456789") not in _TELLING:
        return inside
    return np.asarray(inside & ~columns.hidden)


def rated_by(columns: FilterColumns, who: Token) -> Mask:
    """Rows that somebody rated, given as `anna`, or as `anna@voice` for one condition.

    Raises:
        FilterError: Nobody of this code rated here, or there is no such condition.
    """
    text, known = plain(who), () if columns.raters is None else columns.raters.known()
    code, _, condition = (text, "", "") if text in known or "@" not in text else text.rpartition("@")
    conditions = [each.value for each in Condition]
    if condition not in {"", *conditions} or text.endswith("@"):
        ways = " or ".join(f"{code}@{each}" for each in conditions)
        raise bad(who, f"“{condition}” is not a condition: write {ways}")
    found = next((each for each in known if each == code), None)
    found = found or next((each for each in known if each.casefold() == code.casefold()), None)
    if columns.raters is None or found is None:
        raise unknown(who, code, known)
    return columns.raters.rated(found, Condition(condition) if condition else None)


def _any_of(columns: FilterColumns, member: int, on: Mask) -> Mask:
    holding = [k for k, group in enumerate(columns.classes.members) if member in group]
    return np.asarray(on[:, holding].any(axis=1))


def _said(columns: FilterColumns, who: str) -> Ints:
    """The class, by position in the scheme, that a condition's raters or a net gave; −1 = none."""
    if who in {truth.value for truth in Truth}:
        return columns.labelled[Truth(who)]
    known = () if columns.nets is None else columns.nets.known()
    if not who.isdigit() or int(who) not in known or columns.nets is None:
        there = ", ".join(map(str, known)) or "none yet"
        raise UserError(f"there is no net {who} here: there are {there}")
    said = columns.nets.predicted(int(who))
    return said if columns.hidden is None else np.where(columns.hidden, -1, said)
