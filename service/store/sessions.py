"""What an engine keeps of browser sessions: who has signed in, never with what; and how far a desk has looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session: the SHA-256 of its secret, the SHA-256 of the token it was opened with. Instants as the record's."""

    digest: bytes
    token: bytes
    created_at: str
    expires_at: str


class SessionsView(Protocol):
    """A look at sessions."""

    def find_session(self, digest: bytes) -> SessionRow | None:
        """Find a session by the SHA-256 of its secret."""

    def find_look(self, actor: str) -> int | None:
        """Find the log size up to which an actor said they have seen what changed."""


class Sessions(SessionsView, Protocol):
    """Sessions, inside a write transaction."""

    def save_session(self, session: SessionRow) -> None:
        """Store a new session."""

    def end_session(self, digest: bytes) -> None:
        """Remove a session, where it is there."""

    def purge_sessions(self, now: str) -> int:
        """Remove the sessions that have ended by an instant, or whose token is gone, revoked or expired; count them."""

    def save_look(self, actor: str, log_size: int) -> None:
        """Store up to where an actor has looked."""
