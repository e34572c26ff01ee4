"""Connections to a PostgreSQL server: a bounded number, opened by whoever needs one, and none that waits for ever.

psycopg's own pool opens connections in threads of its own: a server that refuses them is
noticed only when the wait for the pool is over, and why is told to the log alone. Here
whoever needs a connection opens it, and is told at once.

The planner is held to the plans as they are written, by index and in the order of the walk,
since the statistics it would choose by lag behind a record that grows.
"""

from __future__ import annotations

import select
import threading
import time
from collections import deque
from contextlib import suppress
from itertools import count
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

from service.store.postgres.values import ListDumper, TextDumper

CONNECT_WAIT = 2  # seconds, the least that libpq takes
PATIENCE = 2.5  # seconds for one answer; and for a connection to be free
LOCK_WAIT = 2.0  # seconds for another process's write transaction
SOON = 0.1  # seconds, where it is to be had soon or not at all
IDLE = 600.0  # seconds until a connection that nobody uses is closed
# What statements here mean, answer and wait for does not depend on what a role, a database or the server is set to.
_SETTINGS = {
    "search_path": "pg_catalog,public,pg_temp",  # no table before the record's
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",  # in what the catalogue tells
    "gin_fuzzy_search_limit": "0",  # all that is found, not some of it
    "default_transaction_isolation": "read\\ committed",  # a writer sees what the one before it left
    "statement_timeout": "60000",  # who waited is gone before, and the server goes on; but see `wait_long`
    "idle_session_timeout": "0",
    "join_collapse_limit": "1",
    "from_collapse_limit": "1",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "enable_nestloop": "on",
    "enable_indexscan": "on",
    "enable_bitmapscan": "on",
    "jit": "off",
    "lock_timeout": f"{LOCK_WAIT * 1_000:.0f}",
    "idle_in_transaction_session_timeout": "60000",  # a client that froze lets go of the head of the record
}

# A writer asks and stores the same each time, and never waits for a plan to be made for just these values.
_WRITING = {"plan_cache_mode": "force_generic_plan"}


class Connection(psycopg.Connection[Any]):
    """A connection that waits so many seconds for an answer, or, without patience, as long as it takes."""

    patience: float | None = PATIENCE
    begin = b"BEGIN"  # as a transaction of it begins where the library does not see to that

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Have nothing prepared."""
        super().__init__(*args, **kwargs)
        self.prepared: dict[tuple[Any, ...], bytes] = {}  # names of statements, by what they are (`Together`)
        self.numbers = count()  # of these names: none is given twice

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; raises OperationalError when there is none in time."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)

    def wait_long(self) -> None:
        """Let the statements of this transaction take as long as they do, until the connection is given back."""
        self.execute("SET LOCAL statement_timeout = 0")
        self.patience = None

    def __del__(self, *_: Any) -> None:
        """Close what nobody holds any more: a store that was let go of lets go of its connections."""
        self.close()

    def is_alive(self) -> bool:
        """Tell whether it can be used; asks nobody but the socket."""
        # On a connection that nobody uses the server says nothing, but that it goes: one that is spoken to is let go.
        return not (self.closed or self.broken or select.select([self.fileno()], [], [], 0)[0])


def connect(url: str, *, reading: bool = False, autocommit: bool = False) -> Connection:
    """Open a connection, for reading each transaction as one look; raises psycopg.OperationalError."""
    given: dict[str, Any] = conninfo_to_dict(url)
    settings = _SETTINGS if reading else _SETTINGS | _WRITING
    own = " ".join(f"-c {name}={value}" for name, value in settings.items())
    lasting: dict[str, Any] = {
        "connect_timeout": CONNECT_WAIT,
        "tcp_user_timeout": int(PATIENCE * 1_000),
        "keepalives_idle": 10,
    }
    named = {"application_name": "onrecord", "client_encoding": "UTF8"}
    options = {"options": f"{own} {given.get('options', '')}".strip()}
    connection = Connection.connect(**(lasting | named | given | options))
    connection.adapters.register_dumper(int, Int8Dumper)  # every whole number of ours is one of 64 bits
    connection.adapters.register_dumper(str, TextDumper)
    connection.adapters.register_dumper(list, ListDumper)
    connection.autocommit = autocommit
    if not reading:
        # Where the library rolls back and has prepared anything itself, it lets go of all, of what `Together` did too.
        connection.prepare_threshold = None
    if reading:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.begin = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    return connection


class Pool:
    """At most so many connections to one server, the last used first."""

    def __init__(self, url: str, size: int, *, reading: bool) -> None:
        """Open none yet."""
        self._url, self._size, self._reading = url, size, reading
        self._room = threading.BoundedSemaphore(size)
        self._idle: deque[tuple[float, Connection]] = deque()  # since when each is idle, the longest first

    def take(self) -> Connection:
        """Give a connection outside any transaction; raises psycopg.OperationalError."""
        if not self._room.acquire(timeout=PATIENCE):
            raise psycopg.OperationalError(f"all {self._size} connections were in use for {PATIENCE} seconds")
        try:
            return self._find_idle() or connect(self._url, reading=self._reading)
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Take a connection back; what it has not committed is rolled back."""
        try:
            if not _answers(connection):
                connection.close()
            with suppress(psycopg.Error):
                connection.rollback()
            connection.patience = PATIENCE
            if connection.is_alive() and _answers(connection):
                if connection.autocommit:
                    connection.autocommit = False
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()
            self._close_idle(before=time.monotonic() - IDLE)
        finally:
            self._room.release()

    def close(self) -> None:
        """Close the connections that nobody uses; one that is in use is kept when it comes back."""
        self._close_idle(before=float("inf"))

    def _find_idle(self) -> Connection | None:
        with suppress(IndexError):
            while True:
                _, connection = self._idle.pop()
                if connection.is_alive():
                    return connection
                connection.close()
        return None

    def _close_idle(self, before: float) -> None:
        with suppress(IndexError):
            while self._idle[0][0] < before:
                _, connection = self._idle.popleft()  # another thread may have taken the one looked at; any will do
                connection.close()


def _answers(connection: psycopg.Connection) -> bool:
    # No answer is still on its way, which somebody else would take for theirs.
    return connection.pgconn.transaction_status != TransactionStatus.ACTIVE
