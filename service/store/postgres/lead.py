"""The lead among the processes on one database: an advisory lock, held by a connection that does nothing else.

It is not one of the pools', and nothing of it may stand between client and server that
lends connections by the transaction. The server lets go of the lock as soon as the
connection ends. Where the leader's whole machine is gone it learns of it by keepalives.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg

LEADING = 0x6C656164  # the number of the lock: "lead"
# Seconds until the server asks a silent client, between two such questions, and how many go unanswered.
_KEEPALIVES = {"tcp_keepalives_idle": 2, "tcp_keepalives_interval": 1, "tcp_keepalives_count": 2}


class AdvisoryLead:
    """The lead, from when `take` gave it until `give_up`, or until the connection is lost."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Hold a connection that has the lock."""
        self._connection = connection

    @classmethod
    def take(cls, connection: psycopg.Connection[Any]) -> AdvisoryLead | None:
        """Take the lock on a connection of its own, which is closed where another has it; never waits for it."""
        try:
            for name, value in _KEEPALIVES.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, str(value)))
            taken = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADING,)).fetchall()[0][0]
        except BaseException:
            connection.close()
            raise
        if not taken:
            connection.close()
            return None
        return cls(connection)

    def still_holds(self) -> bool:
        """Tell whether the connection, and the lock with it, is there."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._connection.close()
            return False
        return True

    def give_up(self) -> None:
        """Let go of it, before this returns: the server ends a connection that was closed in its own time."""
        with suppress(psycopg.Error):  # it is lost, and the lock with it
            self._connection.execute("SELECT pg_advisory_unlock(%s)", (LEADING,))
        self._connection.close()
