"""The folder of an export: there whole or not at all, never over something else, with names that stay inside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fairemo_gui.corpora.companions import ABOUT, PROGRAM
from fairemo_gui.errors import UserError

_UNSAFE = re.compile(r"[^\w.+() \-]+")
_LONGEST = 100
# File systems allow 255 bytes; a number and a suffix come after the name.
_MOST_BYTES = 200
# Names Windows keeps for devices, whatever follows the first dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@contextmanager
def fresh_folder(to: Path, *, force: bool) -> Iterator[Path]:
    """A folder to write into, which takes its place at `to` once the block has ended well; else nothing stays.

    Raises:
        UserError: Something is at `to` already and may not be replaced (by force, only what a former export lists
            may), or the place cannot be written.
    """
    to = to.absolute()
    partial = to.with_name(f".{to.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        _check_place(to, force)
        partial.mkdir(parents=True)
        yield partial
        # Writing may take minutes, in which somebody may have put something there.
        _check_place(to, force)
        _put_in_place(partial, to)
    except OSError as error:
        raise UserError(f"{to} cannot be written ({error.strerror or error}); choose another place.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check_place(to: Path, force: bool) -> None:
    if not to.name:
        raise UserError(f"{to} cannot be an export's folder; name a new one.")
    if not os.path.lexists(to):
        return
    if to.is_symlink() or not to.is_dir():
        raise UserError(f"{to} is a file; name a new folder.")
    if not any(to.iterdir()):
        return
    if not force:
        raise UserError(f"{to} is there already; name a new folder, or replace a former export with --force.")
    listed = _listed(to)
    if listed is None:
        raise UserError(f"{to} holds something else than an export, which is not replaced; name a new folder.")
    foreign = next((path for path in listing(to) if path not in listed), None)
    if foreign is not None:
        name = foreign.encode("utf-8", "replace").decode("utf-8")
        raise UserError(
            f"{to} holds “{name}”, which the {ABOUT} of the former export does not list; "
            "choose another folder, or move it away."
        )


def listing(folder: Path) -> list[str]:
    """What a folder holds at any depth, sorted, relative to it: files, links (not followed) and empty folders.

    Raises:
        OSError: A folder in it cannot be read.
    """
    found = []
    for entry in folder.iterdir():
        inner = listing(entry) if entry.is_dir() and not entry.is_symlink() else []
        found += [f"{entry.name}/{path}" for path in inner] or [entry.name]
    return sorted(found)


def _listed(folder: Path) -> set[str] | None:
    """What the former export in a folder holds by its own account; None where it is no export of this program."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(about, dict) or about.get("program") != PROGRAM:
        return None
    paths = about.get("listing")
    return {ABOUT, *(path for path in paths if isinstance(path, str))} if isinstance(paths, list) else {ABOUT}


def _put_in_place(partial: Path, to: Path) -> None:
    """Move the finished folder to its place; a former export goes only once the new one stands."""
    if not to.exists():
        partial.rename(to)
        return
    former = partial.with_suffix(".former")
    to.rename(former)
    try:
        partial.rename(to)
    except OSError:
        former.rename(to)
        raise
    shutil.rmtree(former, ignore_errors=True)


def safe_name(text: str) -> str:
    """A code as a file name: no separators, outer dots or device, never empty, at most 100 letters and 200 bytes."""
    short = _UNSAFE.sub("_", text)[:_LONGEST].encode("utf-8")[:_MOST_BYTES].decode("utf-8", "ignore")
    name = short.strip(". ")
    return f"_{name}" if not name or _DEVICES.fullmatch(name) else name


class FreeNames:
    """Hands out paths below a folder, each once, whatever the letter case of the file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: PurePosixPath, suffix: str) -> PurePosixPath:
        """The wanted path with every part made safe and, where it is taken, numbered: `d1`, `d1 (2)`."""
        parts = [safe_name(part) for part in wanted.parts if part not in (".", "/")] or [safe_name("")]
        number = 1
        while True:
            last = parts[-1] if number == 1 else f"{parts[-1]} ({number})"
            path = PurePosixPath(*parts[:-1], last + suffix)
            if path.as_posix().casefold() not in self._taken:
                self._taken.add(path.as_posix().casefold())
                return path
            number += 1

    def claim_name(self, wanted: str) -> str:
        """The same for a single name without suffix."""
        return self.claim(PurePosixPath(wanted.replace("/", "_")), "").as_posix()
