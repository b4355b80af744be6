"""How every command ends: exit codes, one JSON object, plain words, and a progress bar on a terminal only."""

from __future__ import annotations

import functools
import json
import math
import sqlite3
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.process import ComputeError
from fairemo_gui.jobs.task import CancelledError, Task, TaskContext, run_task
from fairemo_gui.jobs.task import Progress as TaskProgress

P = ParamSpec("P")
R = TypeVar("R")

USER_MISTAKE = 2
OUR_FAULT = 1
INTERRUPTED = 130

_NOT_OURS = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
}  # fmt: skip

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
# Names of files and groups may hold brackets: they are text, not markup.
out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def plain(value: Any) -> Any:
    """A value as JSON knows it: NaN and infinities become null, arrays lists."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_json(value: object) -> None:
    """One JSON object on standard output, numbers in full."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """End a command with the right exit code and one clear sentence, whatever happens in it."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        as_json = bool(kwargs.get("as_json"))
        try:
            return command(*args, **kwargs)
        except UserError as error:
            _fail(str(error), error.problems, USER_MISTAKE, as_json=as_json)
        except (CancelledError, KeyboardInterrupt):
            _fail("Stopped; what was finished is kept.", (), INTERRUPTED, as_json=as_json)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except ComputeError as error:
            _fail(f"A fault of this program: {error}", error.details.splitlines(), OUR_FAULT, as_json=as_json)
        except Exception as error:  # noqa: BLE001 - the terminal's end of the seam: whatever it was, one sentence first
            if (refused := _refused(error)) is not None:
                _fail(refused, (), USER_MISTAKE, as_json=as_json)
            details = traceback.format_exc().splitlines()
            _fail(f"A fault of this program: {type(error).__name__}: {error}", details, OUR_FAULT, as_json=as_json)

    return wrapper


def _refused(error: Exception) -> str | None:
    """What the system would not do: write a folder, find space, open a database somebody else holds; else None."""
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'}: {error.strerror or error}; check the place, its space and permissions."
    code = (
        error.sqlite_errorcode & 0xFF if isinstance(error, sqlite3.Error) and hasattr(error, "sqlite_errorcode") else 0
    )
    if code == sqlite3.SQLITE_CORRUPT:
        return f"The workspace is damaged ({error}); save what can be read with `fairemo rescue WS --out NEW.fairemo`."
    if code in _NOT_OURS:
        return (
            f"The workspace cannot be used ({error}); close what else has it open, or check its disk and permissions."
        )
    return None


def say(text: str) -> None:
    """One line for people, never broken into several: a path in it can be copied."""
    out.print(text, soft_wrap=True)


def _fail(message: str, problems: tuple[str, ...] | list[str], code: int, *, as_json: bool) -> NoReturn:
    sys.stderr.write("\n".join([message, *problems]) + "\n")
    if as_json:
        print_json({"error": message, "problems": list(problems)})
    raise typer.Exit(code)


def run(task: Task[R]) -> R:
    """Run a job with a progress bar on a terminal, silently elsewhere; Ctrl+C cancels it.

    Raises:
        BaseException: Whatever the job failed with.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        line = bar.add_task("", total=None)

        def show(progress: TaskProgress) -> None:
            bar.update(line, completed=progress.done, total=progress.total, description=progress.text)

        return run_task(task, TaskContext(show)).unwrap()
