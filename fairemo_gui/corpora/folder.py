"""Finding a corpus's files: at any depth, never outside its folder, and never twice."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from unicodedata import category

from fairemo_gui.core.records import Problem
from fairemo_gui.corpora.report import quoted
from fairemo_gui.errors import UserError
from fairemo_gui.media.probe import MEDIA_SUFFIXES

# Enough to know a corpus by; a folder of half a million clips is not walked four times for it.
_GLANCE = 20_000


@dataclass(frozen=True, slots=True)
class MediaFiles:
    """The media of a folder.

    Attributes:
        paths: Per file stem the paths relative to the root, POSIX separators, sorted by the importer's preference.
        problems: Files that cannot be taken.
    """

    paths: dict[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


def check_root(path: Path) -> Path:
    """The absolute path of something that is there.

    Raises:
        UserError: Nothing is there, it may not be read, or its name cannot be written down.
    """
    try:
        found = path.resolve() if path.exists() else None
    except (OSError, ValueError):
        found = None
    if found is None:
        raise UserError(f"There is nothing at {path}: check the path, or mount the disk it is on.")
    if not is_plain(str(found)):
        raise UserError(f"{found} has a name with signs that are no UTF-8 or no letters: rename it.")
    return found


def is_plain(name: str) -> bool:
    """Whether a name can be stored and shown: it has no bytes that are no UTF-8 and no control characters."""
    return name.isprintable() or not any(category(sign) in ("Cc", "Cs") for sign in name)


def corpus_folder(path: Path) -> Path:
    """The absolute path of a corpus's folder.

    Raises:
        UserError: It is missing or a file.
    """
    root = check_root(path)
    if not root.is_dir():
        raise UserError(f"{path.name} is a file: give the folder the corpus lies in.")
    return root


def walk(root: Path) -> Iterator[Path]:
    """Every file below a folder in a fixed order, without hidden ones, what macOS leaves behind and unspeakable names.

    `find_media` says which names those are.
    """
    return (path for path in _walk(root) if is_plain(str(path)))


def _walk(root: Path, passed: list[tuple[str, str]] | None = None) -> Iterator[Path]:
    """Every file; `passed` gathers the folders that are not looked into, and why."""
    skipped: list[tuple[str, str]] = [] if passed is None else passed

    def closed(error: OSError) -> None:
        skipped.append((str(error.filename), f"cannot be looked into ({error.strerror}); check its permissions"))

    for folder, folders, files in os.walk(root, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        links = (path for name in folders if (path := Path(folder, name)).is_symlink())
        what = "is a link to a folder elsewhere and is not followed; copy the folder"
        skipped += ((str(path), what) for path in links if not stays_inside(path, root))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def glance(root: Path) -> Iterator[Path]:
    """The first files of a folder: enough to know a corpus by."""
    return islice(walk(root), _GLANCE) if root.is_dir() else iter(())


def find_table(root: Path, name: str) -> Path | None:
    """The file of that name nearest to the root, whatever its letter case."""
    return next(iter(_called(root, (name,))), None)


def other_tables(root: Path, names: Iterable[str]) -> Iterator[Problem]:
    """A remark on each table that is passed over for one of its name nearer to the root, and says something else."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in _called(root, names):
        by_name[path.name.lower()].append(path.relative_to(root).as_posix())
    for first, *others in by_name.values():
        for other in others:
            if not same_recordings(root, (first, other)):
                yield Problem(other, None, f"is not read, for {first} is; give the folder of one release")


def _called(root: Path, names: Iterable[str]) -> list[Path]:
    """Files of some names, whatever their letter case, the nearest to the root first."""
    wanted = {name.lower() for name in names}
    found = [path for path in walk(root) if path.name.lower() in wanted and not _leads_out(path, root)]
    return sorted(found, key=lambda path: (len(path.parts), path))


def find_media(root: Path, suffixes: Iterable[str] = MEDIA_SUFFIXES) -> MediaFiles:
    """Every media file below a folder, by stem."""
    order = {suffix: k for k, suffix in enumerate(suffixes)}
    paths: dict[str, list[str]] = defaultdict(list)
    problems: list[Problem] = []
    passed: list[tuple[str, str]] = []
    for path in _walk(root, passed):
        plain = is_plain(str(path))
        if plain and path.suffix.lower() not in order:
            continue
        name = path.relative_to(root).as_posix()
        if not plain:
            what = "has a name with signs that are no UTF-8 or no letters and was left out; rename it"
            problems.append(Problem(quoted(name), None, what))
        elif _leads_out(path, root):
            problems.append(Problem(name, None, "is a link out of the corpus's folder and was left out; copy the file"))
        else:
            paths[path.stem].append(name)
    problems += (Problem(quoted(os.path.relpath(folder, root)), None, what) for folder, what in passed)
    for names in paths.values():
        names.sort(key=lambda name: (order[PurePosixPath(name).suffix.lower()], name))
    return MediaFiles({stem: tuple(names) for stem, names in paths.items()}, tuple(problems))


def doubles(root: Path, media: MediaFiles) -> Iterator[Problem]:
    """Files of the same name in several folders: a remark where they are the same, a bad row where they differ."""
    for paths in media.paths.values():
        for suffix in dict.fromkeys(PurePosixPath(path).suffix.lower() for path in paths):
            same_name = [path for path in paths if path.lower().endswith(suffix)]
            if len(same_name) < 2:
                continue
            if max(map(len, same_recordings(root, same_name)), default=1) == len(same_name):
                yield Problem(same_name[1], None, "is the same file as one of its name elsewhere and was left out")
            else:
                what = f"has the name of {same_name[0]} and other content; keep one of them"
                yield Problem(same_name[1], None, what, fatal=True)


def is_file(path: Path) -> bool:
    """Whether a plain file is there; nothing is where a name is too long or a folder may not be looked into."""
    try:
        return path.is_file()
    except OSError:
        return False


def stays_inside(path: Path, root: Path, there: bool = False) -> bool:
    """Whether a path, links followed, lies in a folder (and is there). `root` must be absolute and itself resolved."""
    try:
        return path.resolve(strict=there).is_relative_to(root)
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, or links in a circle
        return False


def safe_relative(text: str, root: Path) -> str | None:
    """A media path as a table writes it, made relative to the root with POSIX separators; None where it leads outside.

    Absolute paths, drive letters, `..` and links that leave the folder all lead outside.
    """
    written = text.strip().replace("\\", "/")
    path = PurePosixPath(written)
    if not written or path.is_absolute() or PureWindowsPath(text).drive or ".." in path.parts:
        return None
    return path.as_posix() if stays_inside(root / path, root) else None


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a file met on a walk is a link that leaves the folder (or leads nowhere)."""
    return path.is_symlink() and not stays_inside(path, root, there=True)


def same_recordings(root: Path, paths: Iterable[str], check: Callable[[], None] = lambda: None) -> list[list[str]]:
    """Groups of files that are the same byte for byte; only files of equal size are read, and no closed ones.

    Args:
        root: Folder the paths are relative to.
        paths: Files to compare.
        check: Called before each file is read; may raise to stop.
    """
    by_size: dict[int, list[str]] = defaultdict(list)
    for path in paths:
        by_size[(root / path).stat().st_size].append(path)
    by_content: dict[bytes, list[str]] = defaultdict(list)
    for size, names in by_size.items():
        for name in names if len(names) > 1 and size else ():
            check()
            with suppress(OSError), (root / name).open("rb") as file:
                by_content[hashlib.file_digest(file, "sha256").digest()].append(name)
    return [sorted(names) for names in by_content.values() if len(names) > 1]
