"""A workspace: one folder with its database, features, nets and exports."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from fairemo_gui.errors import UserError
from fairemo_gui.store.schema import migrate

SUFFIX = ".fairemo"
_DATABASE = "workspace.sqlite"


class Workspace:
    """An open workspace. Each thread gets its own connection; what a transaction committed survives a kill.

    Args:
        folder: The `NAME.fairemo` folder.
        create: Make it where it does not exist.

    Raises:
        UserError: No workspace is there, it is newer than this program, or damaged.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder.absolute()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        if not self.database.is_file():
            if not create:
                raise UserError(f"{folder} is not a workspace: import a corpus into it first, or choose another.")
            if self.folder.exists() and not self.folder.is_dir():
                raise UserError(f"{folder} is a file; choose a folder for the workspace.")
            for name in ("features", "nets", "exports"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        try:
            migrate(self.db, self.database)
        except BaseException:
            self.close()
            raise

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / _DATABASE

    @property
    def name(self) -> str:
        """Name of the workspace, without the suffix."""
        return self.folder.name.removesuffix(SUFFIX)

    @property
    def db(self) -> sqlite_utils.Database:
        """The calling thread's database."""
        found: sqlite_utils.Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = self._connect()
        return found

    def _connect(self) -> sqlite_utils.Database:
        # Closed by whichever thread closes the workspace, used only by the one that made it.
        connection = sqlite3.connect(self.database, timeout=30, check_same_thread=False)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise UserError(f"{self.database} is not a readable workspace ({error}); restore it from a copy.") from None
        with self._lock:
            self._connections.append(connection)
        return sqlite_utils.Database(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite_utils.Database]:
        """All or nothing; committed and on the disk when the block ends."""
        db = self.db
        if db.conn.in_transaction:
            yield db
            return
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.conn.rollback()
            raise
        db.conn.commit()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
