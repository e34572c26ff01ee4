"""The limit that durability sets: rows of the same bytes through the bare driver, with nothing around them.

The same engines with the same settings as the record's. On SQLite the threads take turns at one lock of their own,
which is kinder to them than SQLite's own waiting; on PostgreSQL they commit side by side.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.load import Run
from tests.benchmarks.sharing import share

TABLES = {
    "sqlite": "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, state TEXT NOT NULL)",
    "postgresql": "CREATE TABLE IF NOT EXISTS events (position bigserial PRIMARY KEY, state text NOT NULL)",
}
INSERTS = {
    "sqlite": "INSERT INTO events (state) VALUES (?)",
    "postgresql": "INSERT INTO events (state) VALUES (%s)",
}


def engine_of(url: str) -> str:
    """Name the engine that a URL leads to."""
    return url.partition(":")[0]


def connect(url: str) -> Any:
    """Connect as the record does, every commit synced; outside a transaction each statement is one."""
    if engine_of(url) == "postgresql":
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def insert(url: str, states: Sequence[str], *, threads: int, longest: float) -> Run:
    """Insert the rows by so many threads, each on its own connection, one row a commit."""
    statement = INSERTS[engine_of(url)]
    turn: AbstractContextManager[Any] = threading.Lock() if engine_of(url) == "sqlite" else nullcontext()
    connections = [connect(url) for _ in range(threads)]
    connections[0].execute(TABLES[engine_of(url)])

    def worker(connection: Any) -> Callable[[str], None]:
        def add(state: str) -> None:
            with turn:
                connection.execute(statement, (state,))  # in no transaction: it is one

        return add

    run = share(states, [worker(connection) for connection in connections], longest=longest)
    for connection in connections:
        connection.close()
    return run


def insert_in_groups(url: str, states: Sequence[str], *, group: int, longest: float = float("inf")) -> Run:
    """Insert the rows in one thread, so many a commit; no new group after `longest` seconds."""
    connection, statement = connect(url), INSERTS[engine_of(url)]
    connection.execute(TABLES[engine_of(url)])
    began, done = time.perf_counter(), 0
    while done < len(states) and time.perf_counter() < began + longest:
        rows = states[done : done + group]
        connection.execute("BEGIN")
        connection.cursor().executemany(statement, [(state,) for state in rows])
        connection.execute("COMMIT")
        done += len(rows)
    seconds = time.perf_counter() - began
    connection.close()
    return Run(done, seconds)


def url_of(path: Path) -> str:
    """Give the URL of a SQLite file."""
    return f"sqlite:///{path}"
