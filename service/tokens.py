"""Who uses this service, and what they may do: tokens and roles.

A token is `onr_`, 178 random bits in base62 and a CRC32 of what precedes, which lets a
scanner tell a leaked token from noise. It is shown once; only its SHA-256 is kept.
"""

from __future__ import annotations

import logging
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from zlib import crc32

from domain.instants import write_instant
from service.errors import Forbidden, OutcomeUnknown, Unauthenticated, Unavailable
from service.store.interface import Store, TokenRow, View

PREFIX = "onr_"
SCHEDULER = "scheduler"  # by whom the service itself records; no token has this name
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_LENGTH = 30  # of 62 letters: 178.6 bits
_CHECK_LENGTH = 6
USE_NOTED_EVERY = timedelta(minutes=1)
MOST_REMEMBERED = 1_000  # tokens
NOT_VALID = "This token is not valid, or not any more. Ask an administrator for a new one."
_log = logging.getLogger(__name__)

# What each role may do, the lesser included. An auditor reads everything and writes nothing.
READ, WRITE, EDIT, ADMINISTER, OPERATE = "read", "write", "edit", "administer", "operate"
ROLES: dict[str, frozenset[str]] = {
    "reader": frozenset({READ}),
    "auditor": frozenset({READ, OPERATE}),
    "reporter": frozenset({READ, WRITE}),
    "editor": frozenset({READ, WRITE, EDIT}),
    "admin": frozenset({READ, WRITE, EDIT, ADMINISTER, OPERATE}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who uses the service: a desk, a reporter, a job. `name` is what events are recorded by."""

    name: str
    role: str

    def require(self, right: str) -> None:
        """Refuse, with Forbidden, what the role does not include."""
        if right not in ROLES[self.role]:
            able = ", ".join(role for role, rights in ROLES.items() if right in rights)
            raise Forbidden(f"This needs the right to {right}; your role is {self.role}. Ask for a token of: {able}.")


def make_token() -> str:
    """Make a new token."""
    secret = PREFIX + "".join(secrets.choice(_BASE62) for _ in range(_SECRET_LENGTH))
    return secret + _check_of(secret)


def is_well_formed(token: str) -> bool:
    """Tell whether a text can be a token, by its form and its check."""
    secret, check = token[:-_CHECK_LENGTH], token[-_CHECK_LENGTH:]
    return token.isascii() and secret.startswith(PREFIX) and secrets.compare_digest(_check_of(secret), check)


def _check_of(secret: str) -> str:
    number, letters = crc32(secret.encode()), ""
    for _ in range(_CHECK_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        letters = _BASE62[digit] + letters
    return letters


def create_token(store: Store, name: str, role: str, *, now: datetime, expires_in: timedelta | None) -> str:
    """Create a token under a name that no valid token has; answers the token, which is not kept.

    Raises ValueError for a name in use, or kept for the service. A name whose token was revoked may be used again.
    """
    if name == SCHEDULER:
        raise ValueError(f"{name!r} is the name by which the service itself records. Choose another name.")
    token = make_token()
    with store.writing() as transaction:
        if any(t.name == name and t.revoked_at is None for t in transaction.tokens()):
            raise ValueError(f"There is a token named {name!r}. Revoke it first, or choose another name.")
        transaction.save_token(
            TokenRow(
                name=name,
                role=role,
                digest=digest_of(token),
                created_at=write_instant(now),
                expires_at=write_instant(now + expires_in) if expires_in else None,
            )
        )
    return token


def revoke_token(store: Store, name: str, *, now: datetime) -> None:
    """Revoke a token, from the next request on; raises ValueError where there is none to revoke."""
    with store.writing() as transaction:
        found = [t for t in transaction.tokens() if t.name == name and t.revoked_at is None]
        if not found:
            raise ValueError(f"There is no token named {name!r} to revoke. `onrecord token list` shows them.")
        transaction.save_token(replace(found[0], revoked_at=write_instant(now)))


def authenticate(store: Store, token: str, *, now: datetime) -> Actor:
    """Tell whose token this is, and note, at most once a minute, that it was used.

    Raises Unauthenticated for one that is unknown, revoked or expired, without saying which to strangers.
    """
    actor = find_actor(store, digest_of(token), now=now) if is_well_formed(token) else None
    if actor is None:
        raise Unauthenticated(NOT_VALID)
    return actor


def digest_of(token: str) -> bytes:
    """Give what is kept of a token."""
    return sha256(token.encode()).digest()


class Remembered:
    """Who was found by a token in the last minute; whether it still holds is asked where something is recorded."""

    def __init__(self) -> None:
        """Remember nobody."""
        self._found: dict[bytes, tuple[Actor, datetime]] = {}

    def find(self, digest: bytes, *, now: datetime) -> Actor | None:
        """Find who it was; None where they are to be looked for, by which the use of their token is noted, too."""
        actor, at = self._found.get(digest, (None, now))
        return actor if now - at < USE_NOTED_EVERY else None

    def note(self, digest: bytes, actor: Actor, *, now: datetime) -> None:
        """Remember who was found just now."""
        if len(self._found) >= MOST_REMEMBERED:
            self._found.clear()
        self._found[digest] = actor, now


class Holding:
    """Which tokens hold, as one transaction sees it."""

    def __init__(self, view: View, clock: Callable[[], datetime]) -> None:
        """Ask each token once."""
        self._view = view
        self._clock = clock
        self._asked: dict[bytes, bool] = {}

    def check(self, digest: bytes) -> None:
        """Refuse, with Unauthenticated, whoever has a token that does not hold."""
        if digest not in self._asked:
            self._asked[digest] = _holds(self._view.find_token(digest), write_instant(self._clock()))
        if not self._asked[digest]:
            raise Unauthenticated(NOT_VALID)


def find_actor(store: Store, digest: bytes, *, now: datetime) -> Actor | None:
    """Find whose token has this SHA-256, as long as it holds, and note its use likewise."""
    instant = write_instant(now)
    with store.reading(once=True) as view:
        row = view.find_token(digest)
    if row is None or not _holds(row, instant):
        return None
    if row.last_used_at is None or row.last_used_at <= write_instant(now - USE_NOTED_EVERY):
        _note_use(store, digest, instant)
    return Actor(row.name, row.role)


def _holds(row: TokenRow | None, instant: str) -> bool:
    return row is not None and row.revoked_at is None and (row.expires_at is None or row.expires_at > instant)


def _note_use(store: Store, digest: bytes, instant: str) -> None:
    try:
        with store.writing(soon=True) as transaction:  # who asks is not to wait behind what is being recorded
            current = transaction.find_token(digest)
            if current is not None:
                transaction.save_token(replace(current, last_used_at=instant))
    except (Unavailable, OutcomeUnknown) as error:  # a record that cannot be written just now can still be read
        _log.warning("the last use of a token was not noted: %s", error)
