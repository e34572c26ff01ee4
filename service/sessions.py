"""Browser sessions: sign in with a token once, then a secret of the browser's stands for it.

Only the SHA-256 of that secret is kept. A session says nothing of its own: at every
request the token behind it is looked up, so that a token that is revoked or expires ends
every session it opened.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from domain.instants import write_instant
from service.store.interface import Store
from service.store.sessions import SessionRow
from service.tokens import Actor, authenticate, digest_of, find_actor

LIFETIME = timedelta(days=14)
SECRET_BYTES = 32


def sign_in(store: Store, token: str, *, now: datetime, before: str | None = None) -> str:
    """Open a session for a token; answers its secret, which is not kept. Raises Unauthenticated.

    The session of the secret `before`, which the browser gives up for the new one, ends with it.
    """
    authenticate(store, token, now=now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session = SessionRow(
        digest=_digest(secret),
        token=digest_of(token),
        created_at=write_instant(now),
        expires_at=write_instant(now + LIFETIME),
    )
    with store.writing() as transaction:
        if before is not None:
            transaction.sessions.end_session(_digest(before))
        transaction.sessions.save_session(session)
    return secret


def find_signed_in(store: Store, secret: str, *, now: datetime) -> Actor | None:
    """Find who has signed in with this secret, as long as the session and its token hold."""
    with store.reading() as view:
        session = view.sessions.find_session(_digest(secret))
    if session is None or session.expires_at <= write_instant(now):
        return None
    return find_actor(store, session.token, now=now)


def sign_out(store: Store, secret: str) -> None:
    """End a session here, whatever the browser keeps."""
    with store.writing() as transaction:
        transaction.sessions.end_session(_digest(secret))


def purge_sessions(store: Store, *, now: datetime) -> int:
    """Remove the sessions that have ended, or whose token has; answers how many."""
    with store.writing() as transaction:
        return transaction.sessions.purge_sessions(write_instant(now))


def find_look(store: Store, actor: str) -> int | None:
    """Tell up to which log size an actor has seen what changed, if they ever said."""
    with store.reading() as view:
        return view.sessions.find_look(actor)


def note_look(store: Store, actor: str, log_size: int) -> None:
    """Note that an actor has seen what changed up to a log size."""
    with store.writing() as transaction:
        transaction.sessions.save_look(actor, min(log_size, transaction.head().size))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
