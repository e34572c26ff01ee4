"""The store of a newsroom: a PostgreSQL database, 15 or newer, for any number of server processes.

A write transaction begins by locking the one row of `log_head`: from there to its commit
there is one writer in the world, and every statement sees what the last one left. A
look at the record is one REPEATABLE READ transaction. Nothing is sent twice by itself: a
commit whose answer is lost is OutcomeUnknown, and everything that failed before
it was not stored.

Waiting has an end everywhere: for a connection, for the lock, for an answer. The planner is
held to the plans as they are written, by index and in the order of the walk, since the
statistics it would choose by lag behind a record that grows.
"""

from __future__ import annotations

import select
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from shutil import which
from tempfile import NamedTemporaryFile
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from service.errors import OutcomeUnknown, Unavailable
from service.store.interface import Status
from service.store.postgres_lead import AdvisoryLead
from service.store.postgres_sql import PostgresSql
from service.store.sql_view import SQLTransaction, SQLView

SCHEMA = 1
READERS = 10  # connections of one process, unless it is told otherwise
WRITERS = 4  # the writer, and what else writes a row now and then; there is one at a time anyway
CONNECT_WAIT = 2  # seconds, the least that libpq takes
PATIENCE = 2.5  # seconds for one answer; and for a connection to be free
LOCK_WAIT = 2.0  # seconds for another process's write transaction
IDLE = 600.0  # seconds until a connection that nobody uses is closed
MIGRATING = 0x6F6E726563  # the advisory lock of migrations: "onrec"
_SETTINGS = {
    "join_collapse_limit": "1",
    "from_collapse_limit": "1",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "jit": "off",
    "lock_timeout": f"{LOCK_WAIT * 1_000:.0f}",
    "idle_in_transaction_session_timeout": "60000",  # a client that froze lets go of the head of the record
}
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed)
_NO_RECORD = (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)


class _Connection(psycopg.Connection[Any]):
    """A connection that does not wait for an answer for ever."""

    patience: float | None = PATIENCE

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


class PostgresStore:
    """A record in a PostgreSQL database."""

    def __init__(self, url: str, *, readers: int = READERS) -> None:
        """Name the database; nothing is opened before it is used."""
        self._url = url
        self._name = conninfo_to_dict(url).get("dbname") or "postgres"
        self._sizes = {"read": readers, "write": WRITERS}
        self._pools: dict[str, ConnectionPool[_Connection]] = {}
        self._opening = threading.Lock()

    def migrate(self) -> None:
        """Bring the schema to this program's version, one numbered script after another; waits for whoever is at it."""
        with self._alone() as connection:
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
            for number in range(_find_schema(connection) + 1, SCHEMA + 1):
                script = files("service.store").joinpath(f"postgres-{number}.sql").read_text()
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

    @contextmanager
    def reading(self) -> Iterator[SQLView]:
        """Look at the record as it is now, until the end of the block."""
        with self._transaction("read", "cannot be read") as connection:
            yield SQLView(PostgresSql(connection))

    @contextmanager
    def writing(self) -> Iterator[SQLTransaction]:
        """Add to the record; commits at the end of the block, and leaves nothing where it fails."""
        with self._transaction("write", "cannot be written", "Nothing was stored.") as connection:
            connection.execute("SELECT 1 FROM log_head FOR UPDATE")
            yield SQLTransaction(PostgresSql(connection))
            try:
                connection.commit()
            except psycopg.Error as error:
                if error.diag.severity_nonlocalized == "ERROR":  # the server's own word that it did not commit
                    raise Unavailable(f"The record cannot be written: {_told(error)}. Nothing was stored.") from error
                raise OutcomeUnknown(f"The store did not answer: {_told(error)}.") from error

    def lead(self) -> AdvisoryLead | None:
        """Take the lead among the processes on this database, or answer None where one has it."""
        try:
            return AdvisoryLead.take(_Connection.connect(**self._given(), autocommit=True))
        except psycopg.OperationalError as error:
            raise Unavailable(f"The database {self._name} cannot be reached: {_told(error)}.") from error

    def backup(self, path: str, progress: Callable[[float], None]) -> None:
        """Copy the database to a new file that `pg_restore` reads; pg_dump does not tell how far it is."""
        if Path(path).exists():
            raise FileExistsError(f"{path} exists; a backup never overwrites. Name another file.")
        program = which("pg_dump")
        if program is None:
            raise Unavailable("pg_dump is not on the PATH; it comes with PostgreSQL's client programs.")
        progress(0.0)
        given: dict[str, Any] = conninfo_to_dict(self._url)
        with NamedTemporaryFile("w", prefix="onrecord-") as passwords:  # readable by us alone; an argument is not
            if password := given.pop("password", None):
                passwords.write("*:*:*:*:" + str(password).replace("\\", "\\\\").replace(":", "\\:"))
                passwords.flush()
                given["passfile"] = passwords.name
            target = (f"--file={path}", f"--dbname={make_conninfo(**given)}")
            command = [program, "--format=custom", "--no-password", *target]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if ended.returncode:
            Path(path).unlink(missing_ok=True)
            raise Unavailable(f"pg_dump failed: {ended.stderr.strip()}")
        progress(1.0)

    def status(self) -> Status:
        """Tell what is stored."""
        with self._transaction("read", "cannot be read") as connection:
            connection.patience = None
            view = SQLView(PostgresSql(connection))
            head, claims = view.head(), view.count_claims()
            kept = connection.execute("SELECT pg_database_size(current_database())").fetchall()[0][0]
        return Status("postgresql", SCHEMA, claims, head.size, head.at or None, kept)

    def close(self) -> None:
        """Close all connections; none may be in use."""
        with self._opening:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    @contextmanager
    def _transaction(self, kind: str, failing: str, left: str = "") -> Iterator[_Connection]:
        """Lend a connection for a transaction; what the block has not committed is rolled back."""
        pool = self._pool(kind)
        connection: _Connection | None = None
        try:
            connection = pool.getconn()
            yield connection
        except (*_GONE, *_NO_RECORD) as error:
            raise Unavailable(f"The record {failing}: {_told(error)}. {left}".strip()) from error
        finally:
            if connection is not None:
                if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
                    connection.close()  # an answer is still on its way; nobody may take it for theirs
                with suppress(psycopg.Error):
                    connection.rollback()
                connection.patience = PATIENCE
                pool.putconn(connection)

    @contextmanager
    def _alone(self) -> Iterator[_Connection]:
        """Open a connection beside the pools, which tells at once why it cannot; commits at the end."""
        try:
            with _Connection.connect(**self._given()) as connection:
                connection.patience = None
                yield connection
        except psycopg.OperationalError as error:
            raise Unavailable(f"The database {self._name} cannot be reached: {_told(error)}.") from error

    def _pool(self, kind: str) -> ConnectionPool[_Connection]:
        with self._opening:
            if kind not in self._pools:
                self._pools[kind] = ConnectionPool(
                    kwargs=self._given(),
                    connection_class=_Connection,
                    configure=_configure_reader if kind == "read" else _configure,
                    check=_assert_alive,
                    min_size=0,
                    max_size=self._sizes[kind],
                    timeout=PATIENCE,
                    max_idle=IDLE,
                    reconnect_timeout=PATIENCE,
                    name=f"onrecord-{kind}",
                    open=True,
                )
            return self._pools[kind]

    def _given(self) -> dict[str, Any]:
        given = conninfo_to_dict(self._url)
        own = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        lasting = {"connect_timeout": CONNECT_WAIT, "tcp_user_timeout": int(PATIENCE * 1_000), "keepalives_idle": 10}
        named = {"application_name": "onrecord", "client_encoding": "UTF8"}
        return lasting | named | given | {"options": f"{own} {given.get('options', '')}".strip()}


def _configure(connection: _Connection) -> None:
    connection.adapters.register_dumper(int, Int8Dumper)  # every whole number of ours is one of 64 bits


def _configure_reader(connection: _Connection) -> None:
    _configure(connection)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _assert_alive(connection: _Connection) -> None:
    # While nobody uses a connection the server says nothing on it, but that it goes. This asks the socket alone.
    if select.select([connection.fileno()], [], [], 0)[0]:
        connection.pgconn.consume_input()
        if connection.broken:
            raise psycopg.OperationalError("The server closed the connection.")


def _find_schema(connection: _Connection) -> int:
    if connection.execute("SELECT to_regclass('schema_version')").fetchall()[0][0] is None:
        return 0
    version: int = connection.execute("SELECT version FROM schema_version").fetchall()[0][0]
    return version


def _told(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
