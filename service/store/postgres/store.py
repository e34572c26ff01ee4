"""The store of a newsroom: a PostgreSQL database, 15 or newer, for any number of server processes.

A write transaction begins by locking the one row of `log_head`: from there to its commit
there is one writer in the world, and every statement sees what the last one left. A
look at the record is one REPEATABLE READ transaction. Nothing is sent twice by itself: a
commit whose answer is lost is OutcomeUnknown, and everything that failed before
it was not stored.

Waiting has an end everywhere: for a connection, for the lock, for an answer.
"""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from shutil import which
from tempfile import NamedTemporaryFile
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from service.errors import Damaged, OutcomeUnknown, Unavailable
from service.own_file import make_copy
from service.store.interface import Status
from service.store.parts import Parts
from service.store.postgres.index import find_index_faults
from service.store.postgres.lead import AdvisoryLead
from service.store.postgres.parts import read_parts
from service.store.postgres.pool import Connection, Pool, connect
from service.store.postgres.sql import DAMAGE, PostgresSql
from service.store.sql.view import SQLTransaction, SQLView

SCHEMA = 2
READERS = 10  # connections of one process, unless it is told otherwise
WRITERS = 4  # the writer, and what else writes a row now and then; there is one at a time anyway
STANDBY_WAIT = 0.2  # seconds for a standby to come up to what must be seen; then the primary answers
STANDBY_POLL = 0.01  # seconds
STANDBY_REST = 5.0  # seconds that a standby is left alone once it has failed
MIGRATING = 0x6F6E726563  # the advisory lock of migrations: "onrec"
_ENDED = (psycopg.errors.IdleInTransactionSessionTimeout, psycopg.errors.TransactionTimeout)  # by the server
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, *_ENDED)
_NO_RECORD = (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)
_log = logging.getLogger(__name__)


class PostgresStore:
    """A record in a PostgreSQL database, and a standby of it to read from, where there is one."""

    embedded = False

    def __init__(self, url: str, *, standby: str = "", readers: int = READERS) -> None:
        """Name the database; nothing is opened before it is used. Raises ValueError for what is no address."""
        self._url = url
        self._standby = standby
        self._standby_gone_until = 0.0
        self._name = _read_address(url).get("dbname") or "postgres"
        _read_address(standby)
        self._readers = Pool(url, readers, reading=True)
        self._standby_readers = Pool(standby, readers, reading=True)
        self._writers = Pool(url, WRITERS, reading=False)

    def __reduce__(self) -> tuple[type[PostgresStore], tuple[str]]:
        """Go to another process by name; connections are opened there, to the primary."""
        return PostgresStore, (self._url,)

    def migrate(self) -> None:
        """Bring the schema to this program's version, one numbered script after another; waits for whoever is at it."""
        with self._alone() as connection:
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
            for number in range(_find_schema(connection) + 1, SCHEMA + 1):
                script = files("service.store.postgres").joinpath(f"schema-{number}.sql").read_text()
                connection.execute(script.encode())
        self.check()

    def check(self) -> None:
        """Refuse, with Unavailable, a database that holds no record or one of another schema version."""
        with self._alone() as connection:
            found = _find_schema(connection)
        if not found:
            raise Unavailable(f"There is no record in the database {self._name}. `onrecord db init` makes one.")
        if found != SCHEMA:
            way_out = "Run `onrecord db init`." if found < SCHEMA else "Run the program that made it, or a newer one."
            raise Unavailable(
                f"The database {self._name} has schema version {found}; this program needs {SCHEMA}. {way_out}"
            )

    def parts(self) -> tuple[Parts, Parts]:
        """Give what this program makes a database of, and what of it there is."""
        with self._alone() as connection, _told_as_damage():
            return read_parts(connection)

    def misfits(self) -> list[tuple[str, str]]:
        """Answer that there are none: PostgreSQL holds to the types of columns."""
        return []

    def index_faults(self, stopped: Callable[[], bool] = lambda: False) -> list[str]:
        """Tell which indexes hold other than their rows, each in a look of its own."""
        return list(find_index_faults(lambda: self._transaction(self._readers, "cannot be read"), stopped))

    def reindex(self) -> None:
        """Leave indexes as they are: readers would wait; `reindexdb --concurrently` makes them anew."""

    def exposed(self) -> str:
        """Answer that there are none: its files are the server's."""
        return ""

    @contextmanager
    def reading(self, *, at_least: int | None = None, long: bool = False, once: bool = False) -> Iterator[SQLView]:
        """Look at the record as it is now, until the end of the block; on the standby if it has `at_least` so much."""
        with ExitStack() as stack:
            connection = None if at_least is None else self._reach(at_least, stack)
            if connection is None:
                connection = stack.enter_context(self._transaction(self._readers, "cannot be read"))
                if once:  # no transaction around it, which would be two more answers to wait for
                    connection.autocommit = True
            if long:
                connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                connection.wait_long()
            with _told_as_damage():
                yield SQLView(PostgresSql(connection))

    @contextmanager
    def writing(self, *, long: bool = False, soon: bool = False) -> Iterator[SQLTransaction]:
        """Add to the record; commits at the end of the block, and leaves nothing where it fails."""
        with self._transaction(self._writers, "cannot be written", "Nothing was stored.") as connection:
            sql = PostgresSql(connection)
            head = sql.take_head(soon=soon)
            if long:
                connection.wait_long()
            try:
                yield SQLTransaction(sql, head)
            except psycopg.errors.RaiseException as error:  # a trigger: ours of what does not follow, or somebody's
                raise Damaged(f"The record cannot be written: {_told(error)}. Nothing was stored.") from error
            try:
                connection.commit()
            except psycopg.Error as error:
                if error.diag.severity_nonlocalized == "ERROR":  # the server's own word that it did not commit
                    raise Unavailable(f"The record cannot be written: {_told(error)}. Nothing was stored.") from error
                raise OutcomeUnknown(f"The store did not answer: {_told(error)}.") from error

    def standby_size(self) -> int | None:
        """Count the events that a synchronous standby holds on its disk; None where the server waits for none.

        A commit that the server waits for with its standbys comes after all that was committed before it. An event that
        is there may be on no standby yet: a wait that was broken off ends, and so does one at the server's own end.
        """
        awaited = "no synchronous standby has written the log up to here"
        with self._transaction(self._writers, "is not on its standby", awaited) as connection:
            if connection.execute("SELECT current_setting('synchronous_standby_names')").fetchall()[0][0] == "":
                return None
            connection.execute("SET LOCAL synchronous_commit = 'on'")
            size: int = connection.execute("SELECT size FROM log_head").fetchall()[0][0]
            connection.execute("SELECT pg_logical_emit_message(true, 'onrecord', '')")  # so that there is a commit
            connection.commit()
            return size

    def lead(self) -> AdvisoryLead | None:
        """Take the lead among the processes on this database, or answer None where one has it."""
        try:
            return AdvisoryLead.take(connect(self._url, autocommit=True))
        except psycopg.OperationalError as error:
            raise Unavailable(f"The database {self._name} cannot be reached: {_told(error)}.") from error

    def backup(self, path: str, progress: Callable[[float], None]) -> None:
        """Copy the database to a new file that `pg_restore` reads; pg_dump does not tell how far it is."""
        program = which("pg_dump")
        if program is None:
            raise Unavailable("pg_dump is not on the PATH; it comes with PostgreSQL's client programs.")
        make_copy(path)
        try:
            progress(0.0)
            self._dump(program, path)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        progress(1.0)

    def _dump(self, program: str, path: str) -> None:
        given: dict[str, Any] = conninfo_to_dict(self._url)
        with NamedTemporaryFile("w", prefix="onrecord-") as passwords:  # readable by us alone; an argument is not
            if password := given.pop("password", None):
                passwords.write("*:*:*:*:" + str(password).replace("\\", "\\\\").replace(":", "\\:"))
                passwords.flush()
                given["passfile"] = passwords.name
            target = (f"--file={path}", f"--dbname={make_conninfo(**given)}")
            command = [program, "--format=custom", "--no-blobs", "--no-password", *target]  # it has no large objects
            ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if ended.returncode:
            raise Unavailable(f"pg_dump failed: {ended.stderr.strip()}")

    def status(self) -> Status:
        """Tell what is stored."""
        with self._transaction(self._readers, "cannot be read") as connection:
            connection.wait_long()
            view = SQLView(PostgresSql(connection))
            head, claims = view.head(), view.count_claims()
            kept = connection.execute("SELECT pg_database_size(current_database())").fetchall()[0][0]
        return Status("postgresql", SCHEMA, claims, head.size, head.at or None, kept)

    def durability(self) -> tuple[str, bool]:
        """Tell by which settings an answered commit is kept; `local` and above survive a crash of this machine."""
        names = ("fsync", "full_page_writes", "synchronous_commit")
        with self._transaction(self._readers, "cannot be read") as connection:
            values = [connection.execute("SELECT current_setting(%s)", (name,)).fetchall()[0][0] for name in names]
        told = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        return told, "off" not in values

    def close(self) -> None:
        """Close all connections; none may be in use."""
        for pool in (self._readers, self._standby_readers, self._writers):
            pool.close()

    @contextmanager
    def _transaction(self, pool: Pool, failing: str, left: str = "") -> Iterator[Connection]:
        """Lend a connection for a transaction; what the block has not committed is rolled back."""
        connection: Connection | None = None
        try:
            connection = pool.take()
            yield connection
        except (*_GONE, *_NO_RECORD) as error:
            inside = isinstance(error, psycopg.Error) and error.sqlstate is None  # the library's words: hosts, sockets
            outside = f"The record {failing} just now. {left}".strip() if inside else ""
            raise Unavailable(f"The record {failing}: {_told(error)}. {left}".strip(), outside=outside) from error
        finally:
            if connection is not None:
                pool.give_back(connection)

    def _reach(self, size: int, stack: ExitStack) -> Connection | None:
        """Find the standby with so much of the record, after a short wait, or not at all: then the primary answers."""
        if not self._standby or time.monotonic() < self._standby_gone_until:
            return None
        until = time.monotonic() + STANDBY_WAIT
        try:
            with ExitStack() as attempt:
                connection = attempt.enter_context(
                    self._transaction(self._standby_readers, "on the standby cannot be read")
                )
                while connection.execute("SELECT size FROM log_head").fetchall()[0][0] < size:
                    connection.rollback()  # the next look is a new one
                    if time.monotonic() > until:
                        return None
                    time.sleep(STANDBY_POLL)
                stack.push(attempt.pop_all())
                return connection
        except Unavailable as error:
            self._standby_gone_until = time.monotonic() + STANDBY_REST
            _log.warning("%s The primary answers for the next %g seconds.", error, STANDBY_REST)
            return None

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """Open a connection beside the pools, which tells at once why it cannot; commits at the end."""
        try:
            with connect(self._url) as connection:
                connection.wait_long()
                yield connection
        except psycopg.OperationalError as error:
            raise Unavailable(f"The database {self._name} cannot be reached: {_told(error)}.") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unavailable(f"{_told(error)}. Let the owner of the database {self._name} do this.") from error


@contextmanager
def _told_as_damage() -> Iterator[None]:
    """Raise Damaged where the server answers, and not as it does of a record that is whole."""
    try:
        yield
    except (*_GONE, psycopg.errors.InsufficientPrivilege):
        raise
    except DAMAGE as error:
        raise Damaged(f"The record cannot be read: {_told(error)}.") from error


def _read_address(url: str) -> dict[str, Any]:
    # What the library says of an address that it cannot read may hold a part of the password.
    with suppress(psycopg.ProgrammingError):
        given = conninfo_to_dict(url)
        if not set("@#") & set(str(given.get("host", ""))):
            return given
    raise ValueError(
        "the address cannot be read. In its user and password write %40 for @, %23 for #, %25 for %, and so on"
    )


def _find_schema(connection: Connection) -> int:
    if connection.execute("SELECT to_regclass('schema_version')").fetchall()[0][0] is None:
        return 0
    version: int = connection.execute("SELECT version FROM schema_version").fetchall()[0][0]
    return version


def _told(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
