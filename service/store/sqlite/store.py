"""The embedded store: one SQLite file in WAL mode, every commit synced to the disk.

A write transaction begins with BEGIN IMMEDIATE, which takes the write lock before
anything is read: a transaction that reads first and writes later would fail with
"database is locked" as soon as there are two processes. Readers have a connection
each thread, and a snapshot each `reading()`.
"""

from __future__ import annotations

import logging
import os
import shlex
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from weakref import WeakSet

from service.errors import Damaged, OutcomeUnknown, Unavailable
from service.own_file import find_open, make_copy
from service.store.interface import Status
from service.store.parts import Parts
from service.store.sql.view import SQLTransaction, SQLView
from service.store.sqlite.file import LOCK_WAIT, SOON, Held, open_file, roll_back, take_lock
from service.store.sqlite.lead import FileLead
from service.store.sqlite.parts import find_index_faults, find_misfits, read_parts
from service.store.sqlite.sql import SQLiteSql, read_failed

SCHEMA = 2
LARGE_CACHE = 16_384  # KiB, of a connection that writes a great deal; SQLite lets each sort take as much besides
PAGES_PER_STEP = 1_000  # of a backup
# A commit that failed so did not get its last frame, the one that makes it a commit, into the WAL. If it failed
# otherwise (not synced, not entered in the WAL's index) all frames may be there: it does not hold while the file is
# open, and the next commit overwrites it, but a crash before that lets it be found, and then it holds.
_NOT_WRITTEN = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})

_log = logging.getLogger(__name__)


class SQLiteStore:
    """A record in one SQLite file."""

    embedded = True

    def __init__(self, path: str) -> None:
        """Name the file; it is made by the first `migrate()`."""
        self._path = path
        self._local = threading.local()
        self._held: WeakSet[Held] = WeakSet()
        self._wrote = False
        self._to_forget = True  # whether the WAL may hold what was erased, by this process or one before it

    def __reduce__(self) -> tuple[type[SQLiteStore], tuple[str]]:
        """Go to another process by name; connections are opened there."""
        return SQLiteStore, (self._path,)

    def migrate(self) -> None:
        """Make the tables that are missing; waits for whoever else is at it."""
        with self.writing():
            try:
                for statement in _statements(_script()):
                    self._connection().execute(statement)
            finally:
                self.check()  # still inside: a schema that is not ours is left as it was, wherever it does not fit

    def check(self) -> None:
        """Refuse, with Unavailable, a file that holds no record or one of another schema version."""
        if not Path(self._path).exists():
            raise Unavailable(f"There is no record at {self._path}. `onrecord db init` makes one.")
        try:
            found = self._connection().execute("SELECT version FROM schema_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # there is no such table
                raise Unavailable(f"{self._path} holds no record: {error}. Run `onrecord db init`.") from error
            if isinstance(read_failed(error), Damaged):
                told = f"{self._path} cannot be read as a database: {error}. It is damaged, or something else"
                raise Damaged(f"{told}: put a backup in its place, or set ONRECORD_DATABASE.") from error
            raise read_failed(error) from error
        if found != SCHEMA:
            way_out = "Run the program that made it: what it exports can be imported here."
            raise Unavailable(f"{self._path} has schema version {found}; this program needs {SCHEMA}. {way_out}")

    def parts(self) -> tuple[Parts, Parts]:
        """Give what this program makes a file of, and what of it there is."""
        if not Path(self._path).exists():
            raise Unavailable(f"There is no record at {self._path}. `onrecord db init` makes one.")
        try:
            return read_parts(self._connection(), _statements(_script()))
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    def misfits(self) -> list[tuple[str, str]]:
        """Tell, each with its table, which values are of another type than their column, or no text in UTF-8."""
        expected, found = self.parts()
        tables = sorted({part.table for part in expected} & {part.table for part in found})
        try:
            return list(find_misfits(self._connection(), tables))
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    def index_faults(self, stopped: Callable[[], bool] = lambda: False) -> list[str]:
        """Tell where an index holds other than its rows, or a page is no such: SQLite makes each entry again."""
        try:
            return find_index_faults(self._connection(), stopped)
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    def reindex(self) -> None:
        """Make the indexes of all tables anew, of the rows and of what the schema says now."""
        try:
            with self.writing(long=True):
                self._connection().execute("REINDEX")
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    @contextmanager
    def reading(
        self,
        *,
        at_least: int | None = None,  # noqa: ARG002 - there is one place to look
        long: bool = False,  # noqa: ARG002 - a look may take its time
        once: bool = False,
    ) -> Iterator[SQLView]:
        """Look at the record as it is now, until the end of the block."""
        connection = self._connection()
        try:
            if not once:
                connection.execute("BEGIN")
            try:
                yield SQLView(SQLiteSql(connection))
            finally:
                if connection.in_transaction:  # a failing disk has ended it
                    connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    @contextmanager
    def writing(self, *, long: bool = False, soon: bool = False) -> Iterator[SQLTransaction]:
        """Add to the record; commits at the end of the block, and leaves nothing where it fails."""
        connection = self._connection()
        if long:
            connection.execute(f"PRAGMA cache_size = -{LARGE_CACHE}")  # of this connection, from now on
        try:
            take_lock(connection, "BEGIN IMMEDIATE", SOON if soon else LOCK_WAIT)
        except sqlite3.OperationalError as error:
            roll_back(connection)
            raise Unavailable(f"The record cannot be written: {error}. Nothing was stored.") from error
        transaction = SQLTransaction(SQLiteSql(connection))
        try:
            yield transaction
        except BaseException as error:
            roll_back(connection)
            if isinstance(error, sqlite3.OperationalError):
                raise Unavailable(f"The record cannot be written: {error}. Nothing was stored.") from error
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_TRIGGER:  # ours, or somebody's
                raise Damaged(f"The record cannot be written: {error}. Nothing was stored.") from error
            raise
        try:
            connection.execute("COMMIT")
        except (sqlite3.Error, MemoryError) as error:
            left_open = connection.in_transaction
            roll_back(connection)
            if left_open or getattr(error, "sqlite_errorcode", None) in _NOT_WRITTEN:
                raise Unavailable(f"The record cannot be written: {error}. Nothing was stored.") from error
            raise OutcomeUnknown(f"The store did not answer: {error}.") from error
        self._wrote = True
        self._to_forget |= transaction.erased
        if self._to_forget:
            self._forget(connection)

    def _forget(self, connection: sqlite3.Connection) -> None:
        """Bring all of the WAL into the file and leave it empty; what a reader still looks at waits for a later commit.

        The file itself holds nothing of what was erased (secure_delete). Nothing waits for readers, or fails what was
        committed.
        """
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            (in_use, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._to_forget = bool(in_use)
        except sqlite3.Error as error:
            _log.warning("the write-ahead log of %s cannot be emptied yet: %s", self._path, error)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT * 1_000:.0f}")

    def standby_size(self) -> None:
        """Answer that there is no standby."""

    def lead(self) -> FileLead | None:
        """Take the lead among the processes on this file, or answer None where one has it."""
        return FileLead.take(f"{self._path}-lead")

    def backup(self, path: str, progress: Callable[[float], None]) -> None:
        """Copy the running store to a file that must not exist yet, telling the part done (0 to 1)."""

        def tell(_status: int, remaining: int, total: int) -> None:
            progress(1 - remaining / total if total else 1.0)

        make_copy(path)
        target = sqlite3.connect(Path(path).absolute())
        try:
            with self.reading() as view:
                view.head()  # fixes what is copied: else every append begins the copy anew, and it might never end
                self._connection().backup(target, pages=PAGES_PER_STEP, progress=tell)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        finally:
            target.close()

    def status(self) -> Status:
        """Tell what is stored."""
        with self.reading() as view:
            head, claims = view.head(), view.count_claims()
        kept = sum(file.stat().st_size for file in (Path(self._path), Path(f"{self._path}-wal")) if file.exists())
        return Status("sqlite", SCHEMA, claims, head.size, head.at or None, kept)

    def durability(self) -> tuple[str, bool]:
        """Tell by which settings an answered commit is kept: whoever has opened the file has checked them."""
        self._connection()
        return "WAL and FULL", True

    def exposed(self) -> str:
        """Tell which files of the record all users of this machine may read, and what to do."""
        found = find_open((self._path, f"{os.path.realpath(self._path)}-wal"))
        remedy = shlex.join(["chmod", "600", *found])
        told = f"All users of this machine may read {' and '.join(found)}. Run `{remedy}`."
        return told if found else ""

    def close(self) -> None:
        """Bring what was written into the file itself, unless others look at it, and close all connections.

        None may be in use. Where nobody else has the file open it is the whole record then, with nothing beside it.
        """
        if self._wrote and Path(self._path).exists():  # where it was moved away, opening would make another
            try:
                self._forget(self._connection())  # that of this thread: another's goes when its thread does, maybe now
            except Unavailable as error:  # the file has gone just now, or is another
                _log.warning("%s", error)
        for held in [held for held in self._held if held.process == os.getpid()]:
            held.connection.close()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        held: Held | None = getattr(self._local, "held", None)
        if held is None or held.process != os.getpid():
            held = open_file(self._path)
            self._held.add(held)
            self._local.held = held
        return held.connection


def _script() -> str:
    return files("service.store.sqlite").joinpath("schema.sql").read_text()


def _statements(script: str) -> Iterator[str]:
    # A trigger holds semicolons of its own, so statements are cut where SQLite itself says that one is complete.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
