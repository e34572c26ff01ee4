"""The timeline: one way to record, and one method for every read; each read is one snapshot.

`record` hands a command to the process's one writer and comes back when it is durable. What it made is answered from
the receipt, or, when a request came again, from the store, so that a retry gets the first answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from domain.codebook import FOR_EDITORS
from service.errors import Damaged, Unavailable
from service.formats.dossier import Dossier, read_dossiers
from service.formats.feeds import Entry, Happening
from service.reading import reads
from service.reading.advice import Alike, find_alike
from service.reading.corrections import find_happenings, find_latest, read_corrections
from service.reading.feed import Feed
from service.reading.hanging import Awaited, HangingQuestion, find_awaited, list_hanging, tell_hanging
from service.reading.lists import ListQuestion, PageOfClaims, Stream, list_claims, stream_claims
from service.reading.parties import PartiesQuestion, PartyQuestion, find_party_events, list_parties, read_party
from service.reading.reads import Answer
from service.recording.deciding import Decider, Deciding, Group
from service.recording.ledger import Command, Item, Ledger
from service.recording.receipts import Made, Receipt, replay
from service.recording.writer import Writer, unseen
from service.search_text import Phrase
from service.store.interface import Store, View
from service.store.read_model import ClaimVersion
from service.tokens import EDIT, WRITE, Actor, Holding

_RECORDED = "This was recorded before; what was answered then cannot be read just now. Ask again, with the same key."
_EXPECTED: ContextVar[int] = ContextVar("expected", default=0)  # the log size that reads of this request must see


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for something to be recorded, and how: the request behind a command.

    `key` is its idempotency key, where it may be retried, and `fingerprint` tells it from
    any other request. `token`: the SHA-256 of the actor's, where it is to be asked whether that still holds.
    """

    actor: Actor
    key: str | None = None
    fingerprint: bytes = b""
    allow_duplicate: bool = False
    token: bytes = b""


class Timeline:
    """The record, as the rest of the program sees it."""

    def __init__(  # noqa: PLR0913 - each is named
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        new_salt: Callable[[], bytes],
        waiters: int = 4,
        on_group: Callable[[Group, int], None] = unseen,
        decider: Deciding | None = None,
    ) -> None:
        """Work on a store that is migrated; `close` ends the writer.

        At most `waiters` consumers of the feed wait at once for what comes; `on_group` is told of every group of
        commands that was decided together, and how many waited then. `decider` decides them; else it is done here.
        """
        self.store = store
        self.now = clock
        self.new_salt = new_salt
        self.feed = Feed(self._reading, waiters=waiters)
        self._recorded = 0  # the log size that this process has made; what it answers is never older
        decider = decider or Decider(store, clock=clock, new_salt=new_salt)
        self._writer = Writer(decider, on_recorded=self._note_recorded, on_group=on_group)

    def check(self) -> int:
        """Make sure that the record can be read and written; answers its size. Raises Unavailable: why not."""
        self.store.check()
        if not self._writer.alive:
            raise Unavailable(
                "Nothing is recorded just now: this process is stopping, or its writer is being started anew."
            )
        with self.store.reading() as view:
            return view.head().size

    def close(self) -> None:
        """Finish what waits to be recorded."""
        self._writer.close()

    @contextmanager
    def expecting(self, size: int) -> Iterator[None]:
        """Let the reads of a block see a record of that log size at the least; they wait briefly for a standby."""
        before = _EXPECTED.set(size)
        try:
            yield
        finally:
            _EXPECTED.reset(before)

    def _reading(self, at_least: int = 0, *, once: bool = False) -> AbstractContextManager[View]:
        return self.store.reading(at_least=max(at_least, _EXPECTED.get(), self._recorded), once=once)

    def _note_recorded(self, size: int) -> None:
        self._recorded = size
        self.feed.announce()

    def record(self, *, items: Sequence[Item], asked: Asked, opens: bool = False) -> Receipt:
        """Record events together or not at all; `opens`: the first opens a claim that must not exist."""
        find_before = partial(self.find_receipt, asked=asked)
        return self._writer.record(to_command(items, asked, opens=opens), find_before)

    def rehearse(self, *, items: Sequence[Item], asked: Asked, opens: bool = False) -> list[ClaimVersion]:
        """Check all that recording would check, and record nothing; answers the claims as they would stand."""
        with self.store.reading() as view:
            ledger = Ledger(view, {}, self.now, self.new_salt)
            ledger.execute(to_command(items, asked, opens=opens, rehearsed=True))
        return list({entered.row.claim: entered.row for entered in ledger.entered}.values())

    def find_receipt(self, *, asked: Asked) -> Receipt | None:
        """Find what this very request made before; raises KeyReused for another one, Unauthenticated by its token."""
        if asked.key is None:
            return None
        with self.store.reading() as view:
            if asked.token:
                Holding(view, self.now).check(asked.token)
            reply = view.find_replies(asked.actor.name, [asked.key]).get(asked.key)
        return replay(reply, asked.fingerprint) if reply else None

    def made(self, *, receipt: Receipt) -> list[Made]:
        """List the events that a receipt is for; one redacted by another of them, or since, as what remains of it."""
        if receipt.events:
            return list(receipt.events)
        try:
            with self._reading() as view:
                return reads.read_made(view, receipt)
        except Damaged:
            raise
        except Unavailable as error:
            raise Unavailable(error.detail, outside=_RECORDED, retry_after=1) from error

    def log_size(self) -> int:
        """Tell how many events the record holds."""
        with self._reading(once=True) as view:
            return view.head().size

    def get_claim(self, *, claim_id: UUID, as_of: str | None = None, said_until: str | None = None) -> Answer:
        """Give a claim as it stands, or stood at a moment, of what had been said by a date."""
        with self._reading() as view:
            return reads.read_claim(view, claim_id, as_of=as_of, said_until=said_until, now=self.now())

    def get_version(self, *, claim_id: UUID, version: int) -> Answer:
        """Give a claim as it stood after one of its events."""
        with self._reading() as view:
            return reads.read_version(view, claim_id, version)

    def get_difference(self, *, claim_id: UUID, earlier: int, later: int) -> Answer:
        """Tell what changed between two versions of a claim."""
        with self._reading() as view:
            return reads.read_difference(view, claim_id, earlier, later)

    def recorded_times(self, *, claim_id: UUID) -> list[str]:
        """Tell when each version of a claim was recorded; raises NotFound."""
        with self._reading() as view:
            reads.find_row(view, claim_id, None, self.now())
            return view.recorded_times(str(claim_id))

    def get_history(
        self,
        *,
        claim_id: UUID,
        after: int = 0,
        limit: int | None = None,
        as_of: str | None = None,
        said_until: str | None = None,
    ) -> Answer:
        """Give a claim's events, as stored, in order."""
        with self._reading() as view:
            row, moment = reads.find_row(view, claim_id, as_of, self.now())
            return reads.read_history(view, row, moment, after=after, limit=limit, said_until=said_until)

    def list_events(self, *, claim_id: UUID, as_of: str | None = None, said_until: str | None = None) -> list[str]:
        """List the texts of a claim's events, as stored, in order."""
        with self._reading() as view:
            row, _ = reads.find_row(view, claim_id, as_of, self.now())
            return reads.list_events(view, row, said_until=said_until)

    def get_event(self, *, claim_id: UUID, version: int) -> Answer:
        """Give one event, as stored."""
        with self._reading() as view:
            return reads.read_event(view, claim_id, version)

    def list_claims(self, *, question: ListQuestion) -> PageOfClaims:
        """Give a page of claims."""
        with self._reading() as view:
            return list_claims(view, question, self.now())

    def find_matches(self, *, wanted: Mapping[str, Sequence[Phrase]], size: int) -> dict[str, list[str]]:
        """Give the newest events of claims that have what is wanted of each, at a log size, as they are stored now."""
        with self._reading() as view:
            found = {claim: view.matches(claim, phrases, size) for claim, phrases in wanted.items()}
            return {
                claim: [view.history(claim, after=n - 1, upto=n, limit=1)[0] for n in versions]
                for claim, versions in found.items()
            }

    def find_topics(self, *, begins: str, most: int) -> list[str]:
        """List topics that claims have and that begin so, in capitals or not, in the order of their letters."""
        with self._reading() as view:
            return view.topics(begins, most)

    def find_claims(self, *, ids: Sequence[str], size: int) -> dict[str, str]:
        """Give claims as they stood at a log size, by id, as programs get them."""
        with self._reading() as view:
            return {claim: row.body for claim, row in view.derived.claims_at(ids, size).items()}

    def find_events(self, *, wanted: Mapping[str, tuple[int, Sequence[int]]]) -> dict[str, list[str]]:
        """Give of claims, each as of a version of it, some events, all amendments and rewordings, as stored now."""
        with self._reading() as view:
            return view.mended_events(wanted)

    def find_alike(self, *, text: str) -> list[Alike]:
        """Find claims whose wording is much like a text."""
        with self.store.reading() as view:
            return find_alike(view, text, now=self.now())

    def list_parties(self, *, question: PartiesQuestion) -> Answer:
        """Give a page of parties."""
        with self._reading() as view:
            return list_parties(view, question, self.now())

    def get_party(self, *, question: PartyQuestion) -> Answer:
        """Give where a party stands, a page of its claims, and what came of its words."""
        with self._reading() as view:
            return read_party(view, question, self.now())

    def tell_party(self, *, key: str, limit: int, as_of: str | None = None) -> tuple[str, str | None, list[Happening]]:
        """Give a party's name, the instant of the moment asked for, and the newest events about a word of it."""
        with self._reading() as view:
            name, at, states = find_party_events(view, key, limit, as_of=as_of, now=self.now())
            return name, at, find_happenings(view, states)

    def stream_claims(self, *, question: ListQuestion) -> Stream:
        """Give all claims of a list."""
        return stream_claims(self._reading, question, self.now())

    def get_corrections(self, *, before: int | None, limit: int) -> Answer:
        """Give a page of corrections, newest first."""
        with self._reading() as view:
            return read_corrections(view, before, limit)

    def tell_corrections(self, *, limit: int) -> list[Happening]:
        """Give the newest corrections, each with its claim's text as it was worded by then."""
        with self._reading() as view:
            states = [state for _, state in view.corrections(view.head().size, limit)]
            return find_happenings(view, states)

    def get_hanging(self, *, question: HangingQuestion) -> Answer:
        """Give a page of what hangs now."""
        with self.store.reading() as view:
            return list_hanging(view, question, self.now())

    def find_awaited(self, *, limit: int) -> list[Awaited]:
        """Find who was asked for comment and has not answered, the earliest deadline first."""
        with self.store.reading() as view:
            return find_awaited(view, limit)

    def tell_hanging(self, *, days: int, limit: int, base: str) -> list[Entry]:
        """Give what came to hang last, as entries named under a base address."""
        with self.store.reading() as view:
            return tell_hanging(view, days, limit, self.now(), base)

    def tell_latest(self, *, claims: Sequence[Mapping[str, Any]]) -> list[Happening]:
        """Give the event that made each of some claims what it is, as it was answered."""
        with self._reading() as view:
            return find_latest(view, claims)

    def get_dossiers(self, *, claims: Sequence[Mapping[str, Any]], said_until: str | None = None) -> list[Dossier]:
        """Give claims as they were answered, with their events as they read."""
        until = None if said_until is None else reads.read_date(said_until)
        with self._reading() as view:
            return read_dossiers(view, claims, until)


def to_command(items: Sequence[Item], asked: Asked, *, opens: bool = False, rehearsed: bool = False) -> Command:
    """Make the command of a request; raises Forbidden where its actor's role does not go that far."""
    asked.actor.require(WRITE)
    if any(item.type in FOR_EDITORS for item in items):
        asked.actor.require(EDIT)
    key = None if rehearsed else asked.key  # a rehearsal uses no key up, and is answered anew each time
    told = (asked.actor.name, opens, asked.allow_duplicate, key, asked.fingerprint)
    return Command(tuple(items), *told, token=asked.token)
