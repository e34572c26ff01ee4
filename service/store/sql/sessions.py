"""Browser sessions, in the SQL of both engines."""

from __future__ import annotations

from dataclasses import astuple

from service.store.sessions import SessionRow
from service.store.sql.dialect import Sql

_LIVES = "(revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now))"


class SQLSessions:
    """Sessions, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def find_session(self, digest: bytes) -> SessionRow | None:
        """Find a session by the SHA-256 of its secret."""
        query = "SELECT digest, token, created_at, expires_at FROM sessions WHERE digest = ?"
        row = self._sql.execute(query, (digest,)).fetchone()
        return SessionRow(bytes(row[0]), bytes(row[1]), row[2], row[3]) if row else None

    def find_look(self, actor: str) -> int | None:
        """Find the log size up to which an actor said they have seen what changed."""
        row = self._sql.execute("SELECT log_size FROM looks WHERE actor = ?", (actor,)).fetchone()
        return row[0] if row else None

    def save_session(self, session: SessionRow) -> None:
        """Store a new session."""
        self._sql.insert("sessions (digest, token, created_at, expires_at)", [astuple(session)])

    def end_session(self, digest: bytes) -> None:
        """Remove a session, where it is there."""
        if self.find_session(digest):
            self._sql.store("DELETE FROM sessions WHERE digest = ?", (digest,))

    def purge_sessions(self, now: str) -> int:
        """Remove the sessions that have ended by an instant, or whose token is gone, revoked or expired; count them."""
        dead = f"expires_at <= :now OR token NOT IN (SELECT digest FROM tokens WHERE {_LIVES})"
        return self._sql.execute(f"DELETE FROM sessions WHERE {dead}", {"now": now}).rowcount

    def save_look(self, actor: str, log_size: int) -> None:
        """Store up to where an actor has looked."""
        keep = "ON CONFLICT (actor) DO UPDATE SET log_size = excluded.log_size"
        stored = f"INSERT INTO looks (actor, log_size) VALUES (?, ?) {keep}"
        self._sql.store(stored, (actor, log_size))
