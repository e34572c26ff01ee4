"""Connections to the embedded store's file: each durable, closed with its thread, used by no process but its own."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from service.errors import Unavailable
from service.own_file import make_own
from service.store.sqlite.sql import read_failed

LOCK_WAIT = 15.0  # seconds to wait for another process's write transaction
SOON = 0.1  # seconds, where it is to be had soon or not at all
LOCK_POLL = 0.005  # seconds
CACHE = 8_000  # KiB of a connection, filled as it is used: a search looks at more pages than SQLite's own 2,000 hold
CHECKPOINT = 4_000  # pages in the WAL, in place of SQLite's 1,000: pages written again and again enter the file once

_CARRIED: list[sqlite3.Connection] = []  # over a fork: closed there, even by Python itself, it would touch the file


class Held:
    """A connection, closed when its thread has let go of it; left to itself it would wait for the garbage collector."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Hold a connection of this process."""
        self.connection = connection
        self.process = os.getpid()  # carried over a fork, it would spoil the file

    def __del__(self) -> None:
        """Close it, where it was opened."""
        if self.process == os.getpid():
            self.connection.close()
        else:
            _CARRIED.append(self.connection)


def open_file(path: str) -> Held:
    """Open the file, or make it for its owner alone; what SQLite makes beside it takes its mode.

    Raises Unavailable, and Damaged where there is no record in it that can be read.
    """
    with suppress(OSError):  # it is there; or cannot be made, which SQLite tells
        make_own(path)
    try:
        held = Held(
            sqlite3.connect(
                Path(path).absolute(),  # of which SQLite makes nothing but a file
                timeout=LOCK_WAIT,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
        )
        _assert_durable(held.connection)
        held.connection.execute(f"PRAGMA cache_size = -{CACHE}")
        held.connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter where it tells of a name that is no text
        raise read_failed(error, f"{path} cannot be used") from error
    return held


def _assert_durable(connection: sqlite3.Connection) -> None:
    mode = take_lock(connection, "PRAGMA journal_mode = WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what a redaction erases is overwritten in the file
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (mode, synchronous) != ("wal", 2):
        raise Unavailable(f"The file system does not give what durability needs: {mode=}, {synchronous=}.")


def take_lock(connection: sqlite3.Connection, statement: str, wait: float = LOCK_WAIT) -> sqlite3.Cursor:
    """Run a statement that takes a lock, asking for it anew for so many seconds; raises sqlite3.OperationalError."""
    # SQLite's own wait soon sleeps for 0.1 seconds at a time, and then meets a free lock by chance: with eight busy
    # writers some of them never did. To make a new file WAL it does not wait at all. Asked anew every few
    # milliseconds, everybody's turn comes.
    deadline = time.monotonic() + wait
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                return connection.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(LOCK_POLL)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT * 1_000:.0f}")


def roll_back(connection: sqlite3.Connection) -> None:
    """Undo what was not committed."""
    if connection.in_transaction:  # SQLite has rolled back by itself where the disk failed
        connection.execute("ROLLBACK")
