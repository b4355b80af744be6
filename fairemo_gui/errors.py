"""What can go wrong, split by whose fault it is.

`UserError` is about data or the environment: it names the file, the row and the way out, and the program exits 2 or
shows it beside the thing concerned. `BugError` is ours: exit 1, and the details are worth reporting.
"""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 1000


def on_one_line(text: str) -> str:
    """A text as it can be shown: names in it may be endless, or hold line ends, control signs, bytes of no encoding."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return shown if shown.isprintable() else "".join(sign if sign.isprintable() else "�" for sign in shown)


class FairemoError(Exception):
    """Base of every error this program raises on purpose."""


class UserError(FairemoError):
    """Something a person can put right.

    Args:
        message: One clear sentence: file, row and remedy.
        problems: One line per single problem, where there are several.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = on_one_line(message)
        self.problems = tuple(map(on_one_line, problems))

    def __str__(self) -> str:
        return self.message


class BugError(FairemoError):
    """A fault of this program."""
