"""The record while a write transaction decides: claims as they are by now, and what enters.

Commands are decided one after another, each on the state the earlier ones left. One
that is refused leaves no trace. Nothing is stored before `flush`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.claim import Claim
from domain.codebook import NEEDS_IF_MATCH, Recorded, Redacted
from domain.entry import LARGEST_EVENT, encode_both, encode_redacted, entry_members, leaf_hash
from domain.errors import AlreadyExists, DomainError, Invalid, NotFound, PreconditionRequired
from domain.gist import gist_of
from domain.instants import write_instant
from domain.joins import find_names
from domain.reading import find_links
from service.errors import TooLarge
from service.recording.mapper import EventMapper
from service.recording.notices import Change, list_deliveries
from service.recording.receipts import Made, Receipt, replay
from service.recording.register import Register
from service.recording.strict_json import write
from service.store.interface import LogRow, Reply, Transaction, View
from service.store.read_model import ClaimVersion, outline_version, render_history, render_version
from service.store.steps import Steps, take_steps

MAPPER = EventMapper()
CLAIMS_IN_MEMORY, EVENTS_IN_MEMORY = 1_000, 20_000  # of those that were written last; an event takes 2 to 3 KB
OFTEN = 1_000  # events; as often it is looked whether more is in memory than should be, which means to ask every claim
Claims = MutableMapping[UUID, Claim]


def keep_latest(claims: Claims) -> None:
    """Let claims go, the first of them first, until those that are left, or the last alone, fit in memory."""
    events = sum(claim.version for claim in claims.values())
    for claim_id in list(claims)[:-1]:
        if len(claims) <= CLAIMS_IN_MEMORY and events <= EVENTS_IN_MEMORY:
            break
        events -= claims.pop(claim_id).version


class Item(NamedTuple):
    """One event asked for; `pointer` tells where it stands in the request, `payload` where its data in it.

    `checked`: its payload was looked at as `Claim.record` does.
    """

    claim_id: UUID
    type: str
    data: dict[str, Any]
    pointer: str = ""
    payload: str = "/data"
    if_match: int | None = None
    checked: bool = False


class Command(NamedTuple):
    """Events to be recorded together or not at all, and the request that asked for them.

    `opens`: the first item opens a claim that must not exist. `key` and `fingerprint` are
    those of the request, where it may be retried. `decided`: on just this record, before, so
    that its events are only entered. `token`: the SHA-256 of the one that has to hold when it is recorded, where
    that was not asked just now.
    """

    items: tuple[Item, ...]
    actor: str
    opens: bool = False
    allow_duplicate: bool = False
    key: str | None = None
    fingerprint: bytes = b""
    decided: bool = False
    token: bytes = b""


class Entered(NamedTuple):
    """An event with everything that is stored because of it."""

    stored: StoredEvent
    log: LogRow
    row: ClaimVersion
    erased: tuple[tuple[int, bytes], ...] = ()  # versions whose payload goes, and what remains of each


@dataclass(slots=True)
class Ledger:
    """The record as one transaction, or one rehearsal, sees and extends it.

    `claims` are claims known to be as the view has them; the ledger adds to it and moves
    them on. Who owns it must empty it when the transaction fails. `outlined`: rows of the read model are not rendered,
    only outlined.
    """

    view: View
    claims: Claims
    clock: Callable[[], datetime]
    new_salt: Callable[[], bytes]
    outlined: bool = False
    size: int = field(init=False)
    at: str = field(init=False)
    entered: list[Entered] = field(default_factory=list)
    replies: dict[tuple[str, str], Reply] = field(default_factory=dict)
    register: Register = field(init=False)
    loaded: int = 0  # events of claims that were not in memory
    looked_up: dict[tuple[str, str], Reply | None] = field(default_factory=dict)  # by who asked and key: made before
    _touched: set[str] = field(default_factory=set)  # claims of what has entered, refused or not

    def __post_init__(self) -> None:
        """Start from the head of the record."""
        head = self.view.head()
        self.size, self.at = head.size, head.at
        self.register = Register(self.view.directory, head.size)

    def execute(self, command: Command) -> Receipt:
        """Decide a command; raises what refuses it, and is then as it was before."""
        if command.key is not None and not command.decided and (reply := self._find_reply(command.actor, command.key)):
            return replay(reply, command.fingerprint)
        size, at, count, known = self.size, self.at, len(self.entered), self.register.mark()
        try:
            for n, item in enumerate(command.items):
                self._enter(item, command, opens=command.opens and n == 0)
        except BaseException:
            for item in command.items:
                self.claims.pop(item.claim_id, None)  # `find` makes it again, without what was refused
            del self.entered[count:]
            self.register.go_back(known)
            self.size, self.at = size, at
            raise
        receipt = Receipt(size, self.size - size, _made(self.entered[count:]))
        if command.key is not None:
            reply = Reply(command.actor, command.key, command.fingerprint, size, receipt.event_count)
            self.replies[command.actor, command.key] = reply
        return receipt

    def find(self, claim_id: UUID) -> Claim | None:
        """Find a claim as it is by now."""
        claim = self.claims.get(claim_id)
        if claim is None:
            claim = Claim.replay(gist_of(event) for event in self._events(claim_id))
            if claim is not None:
                claim.brief = True
                self.claims[claim_id] = claim
                self.loaded += claim.version
        return claim

    def follow(self, entered: Sequence[Entered]) -> None:
        """Take what entered before, and is not stored yet, as part of the record."""
        self.entered += entered
        self._touched |= {one.log.claim for one in entered}

    def flush(self, transaction: Transaction) -> None:
        """Store everything that has entered; the commit is the caller's."""
        if self.entered:
            size = sum(len(e.stored.state) + len(e.row.body) for e in self.entered)
            with transaction.together(size):
                self._store(transaction)
            for claim in sorted({e.log.claim for e in self.entered if e.erased}):
                rerender(transaction, claim)

    def _store(self, transaction: Transaction) -> None:
        rows = [e.row for e in self.entered]
        transaction.insert_events([e.stored for e in self.entered], log=[e.log for e in self.entered])
        take_steps(
            transaction.insert_versions(rows),
            self._deliver(transaction),
            transaction.directory.enter(rows),
            transaction.track_records.enter(rows),
            transaction.hanging.enter(rows),
        )
        transaction.insert_replies(list(self.replies.values()))
        for entered in self.entered:
            for version, remains in entered.erased:
                transaction.erase(entered.log.claim, version, remains.decode())

    def _deliver(self, transaction: Transaction) -> Steps:
        asked = transaction.outbox.live_webhooks({e.row.claim for e in self.entered})
        yield
        if webhooks := list(asked):
            names_of = partial(find_names, parties=self.register)
            transaction.outbox.insert_deliveries(list(list_deliveries(webhooks, self._changes(), names_of)))

    def _changes(self) -> Iterator[Change]:
        latest: dict[str, ClaimVersion | None] = {}
        for entered in self.entered:
            row, log = entered.row, entered.log
            before = latest.get(row.claim) or self.view.claim_version(row.claim, version=row.version - 1)
            latest[row.claim] = row
            body = before.body if before else None
            yield Change(log.claim, log.position, log.recorded_at, entered.stored.state, body, row.body)

    def _find_reply(self, actor: str, key: str) -> Reply | None:
        if (actor, key) not in self.looked_up:
            self.looked_up[actor, key] = self.view.find_replies(actor, [key]).get(key)
        return self.replies.get((actor, key)) or self.looked_up[actor, key]

    def _enter(self, item: Item, command: Command, *, opens: bool) -> None:
        try:
            event, claim = self._decide(item, command, opens=opens)
        except Invalid as invalid:
            raise Invalid([fault.under(item.pointer + item.payload) for fault in invalid.faults]) from invalid
        except DomainError as refused:
            refused.pointer = item.pointer + (item.payload + refused.pointer if refused.pointer else "")
            raise
        self.at = write_instant(event.timestamp)
        state, entry = encode_both(event, write)
        stored = StoredEvent(item.claim_id, event.version, event.TOPIC, state)
        self.size += 1
        row = outline_version(event, self.size) if self.outlined else render_version(claim, event, self.size)
        log = LogRow(self.size - 1, row.claim, event.version, self.at, leaf_hash(entry))
        self.register.note(row)
        self._touched.add(log.claim)
        erased = self._erased_by(claim, event) if isinstance(event, Redacted) else ()
        self.entered.append(Entered(stored, log, row, erased))
        if len(stored.state) > LARGEST_EVENT:
            raise TooLarge(
                f"As stored, this event would have {len(stored.state)} bytes; the limit is {LARGEST_EVENT}. "
                "Shorten its texts, or link to the source.",
                pointer=item.pointer,
            )

    def _facts(self, command: Command) -> dict[str, Any]:
        now = max(write_instant(self.clock()), self.at)  # `at` never runs backwards, whatever the clock does
        return {"by": command.actor, "at": datetime.fromisoformat(now), "salt": self.new_salt()}

    def _decide(self, item: Item, command: Command, *, opens: bool) -> tuple[Recorded, Claim]:
        facts = self._facts(command)
        claim = self.find(item.claim_id)
        if opens and claim:
            raise AlreadyExists(
                f"Claim {item.claim_id} was opened before. Append to it, or choose another id or ref.",
                claim=str(item.claim_id),
            )
        if claim is None:
            if item.type != "opened":
                raise NotFound(f"There is no claim {item.claim_id} in the record. Open it first.")
            claim = self.claims[item.claim_id] = Claim.open_claim(item.claim_id, item.data, **facts)
            event, claim.brief = claim.history[-1], True
        elif command.decided:
            event = claim.enter(item.type, item.data, **facts)
        else:
            self._check_precondition(claim, item)
            facts |= {"links_of": self._links_of, "parties": self.register, "checked": item.checked}
            event = claim.record(item.type, item.data, **facts, allow_duplicate=command.allow_duplicate)
        return event, claim

    def _check_precondition(self, claim: Claim, item: Item) -> None:
        if item.if_match is not None:
            claim.expect_version(item.if_match)
        elif item.type in NEEDS_IF_MATCH:
            raise PreconditionRequired(
                f"`{item.type}` changes how earlier events read. Send the version you looked at in If-Match "
                f"(in a batch: `if_match`); the claim is at {claim.version} now."
            )

    def _links_of(self, claim_id: UUID) -> list[dict[str, str]] | None:
        claim = self.find(claim_id)
        return find_links(claim.reading) if claim else None

    def _erased_by(self, claim: Claim, redaction: Redacted) -> tuple[tuple[int, bytes], ...]:
        erased = [e.version for e in claim.history if e.redacted == redaction.version]
        # The claim in hand has let go of the payloads; the entries are made from the events as they were until now.
        stored = {e.version: e for e in self._events(claim.id)} if erased else {}
        return tuple((v, encode_redacted(entry_members(stored[v]), redaction=redaction.version)) for v in erased)

    def _events(self, claim_id: UUID) -> Iterator[Recorded]:
        written = str(claim_id)  # texts are compared sooner than ids
        placed = self.view.placed_events(claim_id)
        entered = (e.stored for e in self.entered if e.log.claim == written) if written in self._touched else ()
        for stored in (*(stored for _, stored in placed), *entered):
            yield MAPPER.to_domain_event(stored)


def _made(entered: Sequence[Entered]) -> tuple[Made, ...]:
    left = {(e.log.claim, version): remains for e in entered for version, remains in e.erased}
    states = [left.get((e.log.claim, e.log.version), e.stored.state).decode() for e in entered]
    return tuple(Made(e.log.position, e.log.claim, e.log.version, s) for e, s in zip(entered, states, strict=True))


def rerender(transaction: Transaction, claim: str) -> None:
    """Make a claim's read-model rows again from its events as they are stored now."""
    events = [(position, MAPPER.to_domain_event(stored)) for position, stored in transaction.placed_events(UUID(claim))]
    rows = render_history(events)
    transaction.renew_versions(claim, rows)
    take_steps(transaction.hanging.enter(rows))
    transaction.directory.renew(claim, rows)
    transaction.track_records.renew(claim, rows)
