"""What an engine is: the one small interface that the rest of the program knows (`tests/contract` holds them to it).

A `Store` is opened by its URL. `reading()` gives a `View`, a consistent look at one
log size; `writing()` gives a `Transaction`, which holds the head of the log from its
first statement to its commit, so that there is one writer in the world.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from service.search_text import Phrase
from service.store.derived import DerivedTables, DerivedView
from service.store.directory import Directory, DirectoryView
from service.store.finding import OPEN_END, ClaimQuery
from service.store.hanging import Hanging, HangingView
from service.store.job_log import JobLog, JobLogView
from service.store.lead import Lead
from service.store.outbox import Outbox, OutboxView
from service.store.parts import Inspected
from service.store.read_model import ClaimVersion
from service.store.sessions import Sessions, SessionsView
from service.store.steps import Steps
from service.store.track_records import TrackRecords, TrackRecordsView
from service.store.tree import Tree, TreeView
from service.store.watched import Watched, WatchedView


@dataclass(frozen=True, slots=True)
class Head:
    """How many events the record holds, and when the last was recorded ("" while there is none)."""

    size: int
    at: str


class LogRow(NamedTuple):
    """An event's place in the public log; `leaf` is its 32-byte leaf hash."""

    position: int
    claim: str
    version: int
    recorded_at: str
    leaf: bytes


class Reply(NamedTuple):
    """Which events a request with an idempotency key made; `fingerprint` tells the request."""

    actor: str
    key: str
    fingerprint: bytes
    first_position: int
    event_count: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is kept: never itself, only its SHA-256. Instants as the record writes them."""

    name: str
    role: str
    digest: bytes
    created_at: str
    expires_at: str | None = None
    last_used_at: str | None = None
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What a store holds, and in how many bytes; `last_at` is when the last event was recorded."""

    engine: str
    schema: int
    claims: int
    events: int
    last_at: str | None
    size_bytes: int


class View(Protocol):
    """A consistent look at the record; nothing it answers is newer than its head."""

    def head(self) -> Head:
        """Tell the size of the record and when its last event was recorded."""

    def size_at(self, at: datetime) -> int:
        """Count the events recorded up to and including an instant."""

    def recorded_at(self, position: int) -> str:
        """Tell when the event at a position was recorded."""

    def placed_events(self, claim_id: UUID) -> Sequence[tuple[int, StoredEvent]]:
        """Give a claim's events in order, each with its position; none where there is no such claim."""

    def histories(self, claims: Collection[UUID]) -> dict[UUID, list[tuple[int, StoredEvent]]]:
        """Give the same of several claims at once, an empty one where there is no such claim."""

    def history(self, claim: str, *, after: int, upto: int, limit: int) -> list[str]:
        """Give stored events of a claim as text, versions after `after` up to `upto`."""

    def mended_events(self, wanted: Mapping[str, tuple[int, Sequence[int]]]) -> dict[str, list[str]]:
        """Give, of each claim up to a version, these stored events, and all amendments and rewordings, in order."""

    def events_from(self, position: int, limit: int) -> list[tuple[int, str]]:
        """Give (position, stored event) in log order from a position on."""

    def bytes_from(self, position: int, limit: int) -> list[tuple[int, bytes]]:
        """Give the same as bytes, whatever they are: for a check of them."""

    def corrections(self, before: int, limit: int) -> list[tuple[int, str]]:
        """Give (position, stored event) of every correction before a position, newest first."""

    def claim_version(self, claim: str, *, size: int | None = None, version: int | None = None) -> ClaimVersion | None:
        """Find a claim as it stood at a log size, or after a version, or (neither given) stands."""

    def claim_versions(self, query: ClaimQuery) -> list[tuple[int, ClaimVersion]]:
        """List claims as they stood at the query's log size, in its order, each with its sort key."""

    def matches(self, claim: str, phrases: Sequence[Phrase], size: int) -> list[int]:
        """List the version of the newest text of a claim that has all of the phrases, else of the newest with each."""

    def topics(self, begins: str, most: int) -> list[str]:
        """List topics that claims have and that begin so, in capitals or not, in the order of their letters."""

    def recorded_times(self, claim: str) -> list[str]:
        """Tell when each of a claim's events was recorded, the first first; none where there is no such claim."""

    def find_replies(self, actor: str, keys: Collection[str]) -> dict[str, Reply]:
        """Find by key what an actor's requests with these keys made."""

    def replies(self) -> Iterator[Reply]:
        """Give all replies in the order of the events they made, read as they are asked for."""

    def claim_ids(self, after: str, limit: int) -> list[str]:
        """List claims by id, from after one ("" for the first) on."""

    def count_claims(self) -> int:
        """Count the claims."""

    def count_events(self, claim: str, before: int = OPEN_END) -> int:
        """Count a claim's events before a position: 0 where there is no such claim."""

    def find_token(self, digest: bytes) -> TokenRow | None:
        """Find a token by its SHA-256."""

    def tokens(self) -> list[TokenRow]:
        """List all tokens by name."""

    @property
    def directory(self) -> DirectoryView:
        """Look at the parties."""

    @property
    def track_records(self) -> TrackRecordsView:
        """Look at what came of parties' words."""

    @property
    def derived(self) -> DerivedView:
        """Look at all that is made from the events: for a check of it."""

    @property
    def outbox(self) -> OutboxView:
        """Look at subscriptions and deliveries."""

    @property
    def hanging(self) -> HangingView:
        """Look at what hangs."""

    @property
    def watched(self) -> WatchedView:
        """Look at pages that are watched."""

    @property
    def job_log(self) -> JobLogView:
        """Look at what came of the jobs."""

    @property
    def tree(self) -> TreeView:
        """Look at the public log."""

    @property
    def sessions(self) -> SessionsView:
        """Look at browser sessions."""


class Transaction(View, Protocol):
    """A look at the record that may add to it; nothing is there until it ends without an error."""

    @property
    def directory(self) -> Directory:
        """Take up what events say of parties."""

    @property
    def derived(self) -> DerivedTables:
        """Make anew what is made from the events."""

    @property
    def track_records(self) -> TrackRecords:
        """Take up what came of parties' words."""

    @property
    def outbox(self) -> Outbox:
        """Change subscriptions and deliveries."""

    @property
    def hanging(self) -> Hanging:
        """Take up what hangs."""

    @property
    def watched(self) -> Watched:
        """Change what is known of pages that are watched."""

    @property
    def job_log(self) -> JobLog:
        """Note what came of the jobs."""

    @property
    def tree(self) -> Tree:
        """Extend the public log."""

    @property
    def sessions(self) -> Sessions:
        """Begin and end browser sessions."""

    def claims_touched_from(self, position: int) -> list[str]:
        """List the claims that have events at or after a position."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        """Store events with their `log` rows, at the positions those name, and move the head."""

    def insert_versions(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Store read-model rows in order, the newest; each ends the one before it of the same claim."""

    def together(self, size: int) -> AbstractContextManager[Any]:
        """Store what a block stores, so many bytes, without waiting for each answer; a fault comes up by its end."""

    def insert_replies(self, replies: Sequence[Reply]) -> None:
        """Store which requests made which events."""

    def erase(self, claim: str, version: int, remains: str) -> None:
        """Put what remains of a redacted event in its place."""

    def renew_versions(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Store all read-model rows of a claim in the place of those that are there."""

    def save_token(self, token: TokenRow) -> None:
        """Store a token, or what changed of it."""


class Store(Inspected, Protocol):
    """An engine; an embedded one is served by one process, which makes it, migrates it and does its jobs."""

    embedded: bool

    def migrate(self) -> None:
        """Bring the schema to this program's version; safe to run twice and at once."""

    def check(self) -> None:
        """Refuse, with Unavailable, a schema this program does not know."""

    def reading(
        self, *, at_least: int | None = None, long: bool = False, once: bool = False
    ) -> AbstractContextManager[View]:
        """Look at the record as it is now; or, given a log size that must have been reached, on a standby too.

        `long`: for minutes, with other work between. `once`: for one thing, which needs no transaction around it.
        """

    def writing(self, *, long: bool = False, soon: bool = False) -> AbstractContextManager[Transaction]:
        """Add to the record; `long`: a great deal, for which each answer may take its time; `soon`, or not at all.

        Raises Unavailable: nothing was stored; OutcomeUnknown: it may have been.
        """

    def standby_size(self) -> int | None:
        """Count the events that a synchronous standby holds; None where there is to be none. Raises Unavailable."""

    def lead(self) -> Lead | None:
        """Take the lead, or answer None where a process has it, this one too; never waits. Raises Unavailable."""

    def backup(self, path: str, progress: Callable[[float], None]) -> None:
        """Copy the running store to a new file, telling the part done (0 to 1) as it goes."""

    def status(self) -> Status:
        """Tell what is stored."""

    def durability(self) -> tuple[str, bool]:
        """Tell by which settings an answered commit is kept, and whether a crash of the machine leaves it whole."""

    def close(self) -> None:
        """Let go of every connection."""
