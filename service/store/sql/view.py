"""What a store is asked and told, in the SQL of both engines.

Whoever makes one of these has begun the transaction, which makes the look consistent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.instants import write_instant
from service.errors import Damaged
from service.search_text import Phrase
from service.store.finding import OPEN_END, ClaimQuery
from service.store.interface import Head, LogRow, Reply, TokenRow
from service.store.read_model import ClaimVersion
from service.store.sql import versions
from service.store.sql.derived import OF_CLAIM, SQLDerived
from service.store.sql.dialect import Row, Sql
from service.store.sql.directory import SQLDirectory
from service.store.sql.hanging import SQLHanging
from service.store.sql.job_log import SQLJobLog
from service.store.sql.lists import list_matches, list_rows
from service.store.sql.mended import find_mended
from service.store.sql.outbox import SQLOutbox
from service.store.sql.sessions import SQLSessions
from service.store.sql.topics import list_topics
from service.store.sql.track_records import SQLTrackRecords
from service.store.sql.tree import SQLTree
from service.store.sql.watched import SQLWatched
from service.store.steps import Steps

_VERSION = "v.since, v.claim, v.version, b.body, v.until"  # as `ClaimVersion` begins
# Word for word the condition of the index `corrections`, which is not used else.
_CORRECTS = (
    "topic IN ('onrecord.amended', 'onrecord.struck', 'onrecord.redacted', 'onrecord.corrected', 'onrecord.retracted')"
)


class SQLView:
    """A look at the record through one connection."""

    def __init__(self, sql: Sql) -> None:
        """Use a connection that is inside a transaction, which makes the look consistent."""
        self._sql = sql

    def head(self) -> Head:
        """Tell the size of the record and when its last event was recorded."""
        return _read_head(self._sql.execute("SELECT size, at FROM log_head").fetchall())

    def size_at(self, at: datetime) -> int:
        """Count the events recorded up to and including an instant."""
        # Positions and recording times run the same way (log.md), so the last of them is the count.
        query = "SELECT position FROM log WHERE recorded_at <= ? ORDER BY recorded_at DESC, position DESC LIMIT 1"
        row = self._sql.execute(query, (write_instant(at),)).fetchone()
        return row[0] + 1 if row else 0

    def recorded_at(self, position: int) -> str:
        """Tell when the event at a position was recorded."""
        recorded: str = self._sql.execute("SELECT recorded_at FROM log WHERE position = ?", (position,)).fetchone()[0]
        return recorded

    def placed_events(self, claim_id: UUID) -> list[tuple[int, StoredEvent]]:
        """Give a claim's events in order, each with its position."""
        query = "SELECT position, version, topic, state FROM events WHERE claim = ? ORDER BY version"
        rows = self._sql.execute(query, (str(claim_id),))
        return [(place, StoredEvent(claim_id, version, topic, state.encode())) for place, version, topic, state in rows]

    def histories(self, claims: Collection[UUID]) -> dict[UUID, list[tuple[int, StoredEvent]]]:
        """Give the same of several claims at once, an empty one where there is no such claim."""
        found: dict[UUID, list[tuple[int, StoredEvent]]] = {claim: [] for claim in claims}
        chosen = self._sql.among("claim", "claims")
        query = f"SELECT position, claim, version, topic, state FROM events WHERE {chosen} ORDER BY claim, version"
        rows = self._sql.execute(query, {"claims": [str(claim) for claim in claims]})
        for place, claim, version, topic, state in rows:
            claim_id = UUID(claim)
            found[claim_id].append((place, StoredEvent(claim_id, version, topic, state.encode())))
        return found

    def history(self, claim: str, *, after: int, upto: int, limit: int) -> list[str]:
        """Give stored events of a claim as text, versions after `after` up to `upto`."""
        query = "SELECT state FROM events WHERE claim = ? AND version > ? AND version <= ? ORDER BY version LIMIT ?"
        return [state for (state,) in self._sql.execute(query, (claim, after, upto, limit))]

    def mended_events(self, wanted: Mapping[str, tuple[int, Sequence[int]]]) -> dict[str, list[str]]:
        """Give, of each claim up to a version, these stored events, and all amendments and rewordings, in order."""
        return find_mended(self._sql, wanted)

    def events_from(self, position: int, limit: int) -> list[tuple[int, str]]:
        """Give (position, stored event) in log order from a position on."""
        query = "SELECT position, state FROM events WHERE position >= ? ORDER BY position LIMIT ?"
        return self._sql.execute(query, (position, limit)).fetchall()

    def bytes_from(self, position: int, limit: int) -> list[tuple[int, bytes]]:
        """Give the same as bytes, whatever they are."""
        state = self._sql.as_bytes("state")
        query = f"SELECT position, {state} FROM events WHERE position >= ? ORDER BY position LIMIT ?"
        return self._sql.execute(query, (position, limit)).fetchall()

    def corrections(self, before: int, limit: int) -> list[tuple[int, str]]:
        """Give (position, stored event) of every correction before a position, newest first."""
        query = f"SELECT position, state FROM events WHERE {_CORRECTS} AND position < ? ORDER BY position DESC LIMIT ?"
        return self._sql.execute(query, (before, limit)).fetchall()

    def claim_version(self, claim: str, *, size: int | None = None, version: int | None = None) -> ClaimVersion | None:
        """Find a claim as it stood at a log size, or after a version, or stands."""
        # Versions of a claim and the log sizes from which they held run the same way.
        query, value = f"SELECT {_VERSION} FROM {OF_CLAIM} WHERE e.claim = ?", OPEN_END
        if version is not None:
            query, value = query + " AND e.version = ?", version
        else:
            query += " AND e.position < ? ORDER BY e.version DESC LIMIT 1"
            value = OPEN_END if size is None else size
        row = self._sql.execute(query, (claim, value)).fetchone()
        return ClaimVersion(*row) if row else None

    def claim_versions(self, query: ClaimQuery) -> list[tuple[int, ClaimVersion]]:
        """List claims as they stood at the query's log size, in its order, each with its sort key."""
        return [(key, ClaimVersion(*row)) for key, *row in list_rows(self._sql, query)]

    def matches(self, claim: str, phrases: Sequence[Phrase], size: int) -> list[int]:
        """List the version of the newest text of a claim that has all of the phrases, else of the newest with each."""
        return list_matches(self._sql, claim, phrases, size)

    def topics(self, begins: str, most: int) -> list[str]:
        """List topics that claims have and that begin so, in capitals or not, in the order of their letters."""
        return list_topics(self._sql, begins, most)

    def recorded_times(self, claim: str) -> list[str]:
        """Tell when each of a claim's events was recorded, the first first."""
        query = "SELECT recorded_at FROM events e JOIN log USING (position) WHERE e.claim = ? ORDER BY e.version"
        return [at for (at,) in self._sql.execute(query, (claim,))]

    def find_replies(self, actor: str, keys: Collection[str]) -> dict[str, Reply]:
        """Find by key what an actor's requests with these keys made."""
        query = f"SELECT * FROM replies WHERE actor = :actor AND {self._sql.among('key', 'keys')}"
        found = (Reply(*row) for row in self._sql.execute(query, {"actor": actor, "keys": [*keys]}))
        return {reply.key: reply for reply in found}

    def replies(self) -> Iterator[Reply]:
        """Give all replies in the order of the events they made."""
        return (Reply(*row) for row in self._sql.stream("SELECT * FROM replies ORDER BY first_position, actor, key"))

    def claim_ids(self, after: str, limit: int) -> list[str]:
        """List claims by id, from after one on."""
        query = "SELECT claim FROM events WHERE version = 1 AND claim > ? ORDER BY claim LIMIT ?"
        return [claim for (claim,) in self._sql.execute(query, (after, limit))]

    def count_claims(self) -> int:
        """Count the claims."""
        count: int = self._sql.execute("SELECT count(*) FROM events WHERE version = 1").fetchone()[0]
        return count

    def count_events(self, claim: str, before: int = OPEN_END) -> int:
        """Count a claim's events before a position."""
        query = "SELECT count(*) FROM events WHERE claim = ? AND position < ?"
        count: int = self._sql.execute(query, (claim, before)).fetchone()[0]
        return count

    def find_token(self, digest: bytes) -> TokenRow | None:
        """Find a token by its SHA-256."""
        row = self._sql.execute("SELECT * FROM tokens WHERE digest = ?", (digest,)).fetchone()
        return TokenRow(*row) if row else None

    def tokens(self) -> list[TokenRow]:
        """List all tokens by name."""
        return [TokenRow(*row) for row in self._sql.execute("SELECT * FROM tokens ORDER BY name")]

    @property
    def directory(self) -> SQLDirectory:
        """Give the parties."""
        return SQLDirectory(self._sql)

    @property
    def track_records(self) -> SQLTrackRecords:
        """Give what came of parties' words."""
        return SQLTrackRecords(self._sql)

    @property
    def derived(self) -> SQLDerived:
        """Give what is made from the events."""
        return SQLDerived(self._sql)

    @property
    def outbox(self) -> SQLOutbox:
        """Give subscriptions and deliveries."""
        return SQLOutbox(self._sql)

    @property
    def hanging(self) -> SQLHanging:
        """Give what hangs."""
        return SQLHanging(self._sql)

    @property
    def watched(self) -> SQLWatched:
        """Give pages that are watched."""
        return SQLWatched(self._sql)

    @property
    def job_log(self) -> SQLJobLog:
        """Give what came of the jobs."""
        return SQLJobLog(self._sql)

    @property
    def tree(self) -> SQLTree:
        """Give the public log."""
        return SQLTree(self._sql)

    @property
    def sessions(self) -> SQLSessions:
        """Give browser sessions."""
        return SQLSessions(self._sql)


def _read_head(rows: Sequence[Row]) -> Head:
    if len(rows) != 1:
        got = "none" if not rows else f"{len(rows)} rows"
        raise Damaged(f"log_head: expected the row that tells the size of the record, got {got}.")
    return Head(*rows[0])


class SQLTransaction(SQLView):
    """The one writer's look at the record, which holds its head until the commit."""

    erased = False  # whether words were taken out of it

    def __init__(self, sql: Sql, head: Sequence[Row] | None = None) -> None:
        """Use a connection; `head` is the row of `log_head`, where it is read."""
        super().__init__(sql)
        self._read = head
        self._head: Head | None = None

    def head(self) -> Head:
        """Tell the size of the record and when its last event was recorded, asked once: nobody else moves it."""
        if self._head is None:
            self._head = super().head() if self._read is None else _read_head(self._read)
        return self._head

    def claims_touched_from(self, position: int) -> list[str]:
        """List the claims that have events at or after a position."""
        return [c for (c,) in self._sql.execute("SELECT DISTINCT claim FROM log WHERE position >= ?", (position,))]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        """Store events with their log rows, and move the head."""
        log: Sequence[LogRow] = kwargs["log"]
        states = zip(log, stored_events, strict=True)
        events = [(row.position, row.claim, row.version, e.topic, e.state.decode()) for row, e in states]
        self._sql.insert("events", events)
        self._sql.insert("log", [(r.position, r.claim, r.version, r.recorded_at, r.leaf) for r in log])
        self._head = Head(log[-1].position + 1, log[-1].recorded_at)
        self._sql.store("UPDATE log_head SET size = ?, at = ?", (self._head.size, self._head.at))

    def insert_versions(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Store read-model rows in order, the newest; each ends the one before it of the same claim."""
        return versions.insert(self._sql, rows)

    def renew_versions(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Store all read-model rows of a claim in the place of those that are there."""
        versions.renew(self._sql, claim, rows, self.head().size)

    def together(self, size: int) -> AbstractContextManager[Any]:
        """Store what a block stores, so many bytes, without waiting for each answer."""
        return self._sql.together(size)

    def insert_replies(self, replies: Sequence[Reply]) -> None:
        """Store which requests made which events."""
        rows = [(r.actor, r.key, r.fingerprint, r.first_position, r.event_count) for r in replies]
        self._sql.insert("replies", rows)

    def erase(self, claim: str, version: int, remains: str) -> None:
        """Put what remains of a redacted event in its place, and take its words out of the search for good."""
        self._sql.store(self._sql.erase, {"claim": claim, "version": version, "remains": remains})
        self._sql.words.delete(claim, version)
        self.erased = True

    def save_token(self, token: TokenRow) -> None:
        """Store a token, or what changed of it."""
        statement = (
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role, "
            "digest = excluded.digest, created_at = excluded.created_at, expires_at = excluded.expires_at, "
            "last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at"
        )
        self._sql.store(statement, astuple(token))
