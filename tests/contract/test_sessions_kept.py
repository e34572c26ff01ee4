"""Sessions are kept the same way on every engine: found by a hash, ended for good, purged with their tokens."""

from __future__ import annotations

from service.store.interface import TokenRow
from service.store.sessions import SessionRow

TOKEN = TokenRow(
    "desk-seoul", "editor", b"t" * 32, "2026-01-31T10:00:00.000000Z", expires_at="2026-02-10T10:00:00.000000Z"
)
SESSION = SessionRow(b"s" * 32, TOKEN.digest, "2026-01-31T10:00:00.000000Z", "2026-02-14T10:00:00.000000Z")


def keep(store, *sessions):
    """Store the token and sessions."""
    with store.writing() as transaction:
        transaction.save_token(TOKEN)
        for session in sessions:
            transaction.sessions.save_session(session)


def purge(store, now):
    """Purge at an instant; answers how many sessions went."""
    with store.writing() as transaction:
        return transaction.sessions.purge_sessions(now)


def find(store, digest=SESSION.digest):
    """Find a session."""
    with store.reading() as view:
        return view.sessions.find_session(digest)


def test_a_session_is_found_until_it_is_ended(store):
    """A session is found by its hash as it was stored, and by no other; once ended it is gone."""
    keep(store, SESSION)
    assert (SESSION, None) == (find(store), find(store, b"x" * 32))
    for _ in range(2):
        with store.writing() as transaction:
            transaction.sessions.end_session(SESSION.digest)
        assert find(store) is None


def test_what_is_over_is_purged(store):
    """A session goes when it is over or its token is, and stays until then."""
    keep(store, SESSION, SessionRow(b"o" * 32, TOKEN.digest, SESSION.created_at, "2026-02-01T10:00:00.000000Z"))
    assert purge(store, "2026-02-01T09:59:59.999999Z") == 0
    assert purge(store, "2026-02-01T10:00:00.000000Z") == 1
    assert find(store) == SESSION
    assert purge(store, "2026-02-10T10:00:00.000000Z") == 1
    assert find(store) is None


def test_a_session_of_no_token_is_purged(store):
    """A session whose token is not there, or was revoked, goes."""
    keep(store, SESSION, SessionRow(b"o" * 32, b"n" * 32, SESSION.created_at, SESSION.expires_at))
    assert purge(store, "2026-02-01T00:00:00.000000Z") == 1
    with store.writing() as transaction:
        transaction.save_token(
            TokenRow(*(TOKEN.name, TOKEN.role, TOKEN.digest, TOKEN.created_at), revoked_at=TOKEN.created_at)
        )
    assert purge(store, "2026-02-01T00:00:00.000000Z") == 1


def test_how_far_a_desk_has_looked(store):
    """Up to where an actor has looked is kept for each, the latest word last; nothing where they never said."""
    with store.writing() as transaction:
        for actor, size in (("a", 3), ("b", 5), ("a", 4)):
            transaction.sessions.save_look(actor, size)
    with store.reading() as view:
        assert [4, 5, None] == [view.sessions.find_look(actor) for actor in "abc"]
