"""A workspace: one folder with its database, features, nets and exports."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from fairemo_gui.errors import UserError
from fairemo_gui.store.schema import SCHEMA_VERSION, exclusive, migrate, version_of

SUFFIX = ".fairemo"
_DATABASE = "workspace.sqlite"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Workspace:
    """An open workspace. Each thread gets its own connection; what a transaction committed survives a kill.

    Args:
        folder: The `NAME.fairemo` folder.
        create: Make it where it does not exist.
        read_only: Change nothing, whoever else has it open. One whose folder cannot be written is always so.

    Raises:
        UserError: No workspace is there, it is newer than this program (for reading only: or older), or damaged.
    """

    def __init__(self, folder: Path, *, create: bool = False, read_only: bool = False) -> None:
        self.folder = folder.absolute()
        self.read_only = read_only
        # By thread, not `threading.local`: a pool of Qt's gives each piece of work a new one of those.
        self._by_thread: dict[int, sqlite_utils.Database] = {}
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        if not self.database.is_file():
            if not create:
                raise UserError(f"{folder} is not a workspace: import a corpus into it first, or choose another.")
            if self.folder.exists() and not self.folder.is_dir():
                raise UserError(f"{folder} is a file; choose a folder for the workspace.")
            for name in ("features", "nets", "exports"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        elif not self.writable:
            self.read_only = True
        try:
            self._check_schema()
        except sqlite3.DatabaseError as error:
            self.close()
            raise self._unusable(error) from None
        except BaseException:
            self.close()
            raise

    def _check_schema(self) -> None:
        if self.read_only and version_of(self.db) < SCHEMA_VERSION:
            raise UserError(
                f"{self.folder} was made by an older program{self._why()}: open it once for writing, to bring it up to "
                "date."
            )
        migrate(self.db, self.database)

    def _unusable(self, error: sqlite3.DatabaseError) -> UserError:
        if getattr(error, "sqlite_errorcode", None) not in _DAMAGED:
            return UserError(
                f"{self.database} cannot be opened ({error}); close what else has it open, or check its disk and "
                "permissions."
            )
        return UserError(
            f"{self.database} is damaged or no workspace ({error}); restore it from a copy, or save what can be read "
            f"with `fairemo rescue {self.folder} --out NEW{SUFFIX}`."
        )

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / _DATABASE

    @property
    def writable(self) -> bool:
        """Whether the system lets this process write the folder and its database."""
        return os.access(self.folder, os.W_OK) and os.access(self.database, os.W_OK)

    def _why(self) -> str:
        return "" if self.writable else ", and its folder or database cannot be written"

    @property
    def name(self) -> str:
        """Name of the workspace, without the suffix."""
        return self.folder.name.removesuffix(SUFFIX)

    @property
    def db(self) -> sqlite_utils.Database:
        """The calling thread's database."""
        found = self._by_thread.get(threading.get_ident())
        if found is None:
            found = self._by_thread[threading.get_ident()] = self._connect()
        return found

    def _connect(self) -> sqlite_utils.Database:
        # SQLite would want to write its log of changes. Where one lies there, somebody else has the file open, or was
        # killed: what it holds must be read too.
        settled = self.read_only and not self.writable and not self._has_log()
        connection = sqlite3.connect(
            f"{self.database.as_uri()}{'?immutable=1' if settled else ''}",
            uri=True,
            timeout=30,
            check_same_thread=False,
        )  # Closed by whichever thread closes the workspace, used only by the one that made it.
        try:
            writing = ("journal_mode=WAL", "synchronous=FULL")
            for pragma in ("foreign_keys=ON", *(("query_only=ON",) if self.read_only else writing)):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self._unusable(error) from None
        with self._lock:
            self._connections.append(connection)
        return sqlite_utils.Database(connection)

    def _has_log(self) -> bool:
        log, index = (self.database.with_name(_DATABASE + end) for end in ("-wal", "-shm"))
        return index.exists() or (log.exists() and log.stat().st_size > 0)

    def must_be_writable(self) -> None:
        """Say so before long work whose results could not be kept.

        Raises:
            UserError: The workspace is open for reading only.
        """
        if self.read_only:
            raise UserError(
                f"{self.folder.name} is open for reading only here{self._why()}; change it where it is open for "
                "writing."
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite_utils.Database]:
        """All or nothing; committed and on the disk when the block ends.

        Raises:
            UserError: The workspace is open for reading only.
        """
        self.must_be_writable()
        db = self.db
        if db.conn.in_transaction:
            yield db
            return
        with exclusive(db):
            yield db

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._by_thread.clear()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
