"""The limit that durability sets: rows of the same bytes into SQLite, with nothing around them.

The same engine with the same settings as the record's, one row a commit. The threads take
turns at one lock of their own, which is kinder to them than SQLite's own waiting.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.load import Run

TABLE = "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, state TEXT NOT NULL)"
INSERT = "INSERT INTO events (state) VALUES (?)"


def connect(path: Path) -> sqlite3.Connection:
    """Connect as the record does: WAL, every commit synced."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def insert(path: Path, states: Sequence[str], *, threads: int, longest: float) -> Run:
    """Insert the rows by so many threads, each on its own connection, one row a commit."""
    waiting, latencies, lock = iter(states), list[float](), threading.Lock()
    connections = [connect(path) for _ in range(threads)]
    began = time.perf_counter()
    until = began + longest

    def work(connection: sqlite3.Connection) -> None:
        while (sent := time.perf_counter()) < until:
            with lock:
                state = next(waiting, None)
                if state is None:
                    return
                connection.execute(INSERT, (state,))  # in no transaction: it is one
                latencies.append(time.perf_counter() - sent)

    workers = [threading.Thread(target=work, args=(connection,)) for connection in connections]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return Run(len(latencies), seconds, tuple(latencies))


def insert_in_groups(path: Path, states: Sequence[str], *, group: int) -> Run:
    """Insert the rows in one thread, so many a commit."""
    connection = connect(path)
    connection.execute(TABLE)
    began = time.perf_counter()
    for start in range(0, len(states), group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, ((state,) for state in states[start : start + group]))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return Run(len(states), seconds)
