"""Ask for things to be recorded, one at a time or many in one transaction, and see all that the record holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from domain.errors import DomainError
from domain.instants import write_instant
from domain.reading import read_history
from service.machine import new_salt
from service.recording.deciding import Decider
from service.recording.ledger import MAPPER, Command, Item
from service.recording.receipts import Receipt
from service.recording.writer import Writer
from service.store.interface import Store, Transaction, View
from service.store.read_model import render_body
from tests.builders import OPENED, Event, said

NOBODY = UUID(int=0)  # no claim has this id
EVERYTHING = 2**31 - 1
PATIENCE = 60.0  # seconds for what takes milliseconds: a test that waits so long has failed
TEN = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


def item(claim: UUID, event: Event, *, if_match: int | None = None, pointer: str = "") -> Item:
    """Ask for an event on a claim."""
    return Item(claim, *event, if_match=if_match, pointer=pointer)


def ask(*items: Item, opens: bool = False, key: str | None = None, **more: Any) -> Command:
    """Make a command of what is asked for; the fingerprint of its request is told by `more` where it matters."""
    return Command(items, opens=opens, key=key, **{"actor": "desk-seoul", "fingerprint": b"the request", **more})


def append(claim: UUID, event: Event, **more: Any) -> Command:
    """Ask for one event on a claim, said once more if it has been said before."""
    if_match = more.pop("if_match", None)
    return ask(item(claim, event, if_match=if_match), **{"allow_duplicate": True, **more})


def opening(claim: UUID, *events: Event, **more: Any) -> Command:
    """Ask for a claim to be opened, with events."""
    return ask(item(claim, OPENED), *(item(claim, event) for event in events), opens=True, **more)


class HeldClock:
    """Tell a time that is moved on by hand, and hold whoever asks for it as long as told to."""

    def __init__(self) -> None:
        """Start at ten o'clock, holding nobody."""
        self.now = TEN
        self.asked = threading.Event()
        self.free = threading.Event()
        self.free.set()

    def __call__(self) -> datetime:
        """Tell the time."""
        self.asked.set()
        assert self.free.wait(PATIENCE)
        return self.now

    def move(self, **by: float) -> None:
        """Move on, or back."""
        self.now += timedelta(**by)


class Counting:
    """A store that counts its write transactions."""

    def __init__(self, store: Store) -> None:
        """Count from zero."""
        self._store = store
        self.transactions = 0

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self._store, name)

    def writing(self) -> Any:
        """Begin one more."""
        self.transactions += 1
        return self._store.writing()


class Losing:
    """A store whose commit of an event fails with an error (`before`), or whose answer is lost after it (`after`)."""

    def __init__(self, store: Store, *, before: DomainError | None = None, after: DomainError | None = None) -> None:
        """Fail so from now on."""
        self._store = store
        self.before, self.after = before, after

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Commit, or fail before that, or after."""
        with self._store.writing() as transaction:
            size = transaction.head().size
            yield transaction
            recorded = transaction.head().size > size
            if self.before and recorded:
                raise self.before
        if self.after and recorded:
            raise self.after


class Bench:
    """A writer that can be held up, so that what is handed in meanwhile is decided in one transaction."""

    def __init__(self, store: Store) -> None:
        """Set it to work."""
        self.clock = HeldClock()
        self.counting = Counting(store)
        self.decider = Decider(self.counting, clock=self.clock, new_salt=new_salt)
        self.writer = Writer(self.decider)

    def do(self, command: Command) -> Receipt:
        """Record what is asked for, or raise what refuses it."""
        return self.writer.submit(command).result(PATIENCE)

    def do_together(self, *commands: Command) -> list[Receipt | BaseException]:
        """Hand all in at once; answers what came of each, once they were all decided in one transaction."""
        self.hold_up()
        before = self.counting.transactions
        waiting = [self.writer.submit(command) for command in commands]
        self.clock.free.set()
        outcomes = [outcome_of(future) for future in waiting]
        assert self.counting.transactions == before + 1
        return outcomes

    def hold_up(self) -> None:
        """Let the writer wait in the middle of a transaction that will leave nothing."""
        self.clock.free.clear()
        self.clock.asked.clear()
        self.writer.submit(append(NOBODY, said("denied")))
        assert self.clock.asked.wait(PATIENCE)

    def close(self) -> None:
        """End the writer."""
        self.clock.free.set()
        self.writer.close()


def outcome_of(future: Future[Receipt]) -> Receipt | BaseException:
    """Wait for what comes of a command: its receipt, or what refused it."""
    return future.exception(PATIENCE) or future.result()


def code_of(outcome: Receipt | BaseException) -> str:
    """Give the word of a refusal, and for a receipt that it was recorded, or had been before."""
    if isinstance(outcome, Receipt):
        return "replayed" if outcome.replayed else "recorded"
    return outcome.code if isinstance(outcome, DomainError) else type(outcome).__name__


def codes_of(outcomes: list[Receipt | BaseException]) -> list[str]:
    """Give the words of several."""
    return [code_of(outcome) for outcome in outcomes]


def contents(store: Store) -> dict[str, Any]:
    """Tell all that the record holds, as it is read."""
    with store.reading() as view:
        claims = view.claim_ids("", EVERYTHING)
        return {
            "head": view.head(),
            "events": view.events_from(0, EVERYTHING),
            "recorded_at": [view.recorded_at(position) for position in range(view.head().size)],
            "rows": {claim: rows_of(view, claim) for claim in claims},
        }


def rows_of(view: View, claim: str) -> list[tuple[int, int, int, str]]:
    """List a claim's read-model rows: since, until, version, body."""
    rows = [view.claim_version(claim, version=n) for n in range(1, view.count_events(claim) + 1)]
    return [(row.since, row.until, row.version, row.body) for row in rows]


def describe_prefix(view: View, claim: str, size: int) -> dict[str, Any] | None:
    """Say how a claim stood when the log had a size, from its events alone; None before it was opened."""
    placed = [(n, MAPPER.to_domain_event(e)) for n, e in view.placed_events(UUID(claim)) if n < size]
    if not placed:
        return None
    events = [event for _, event in placed]
    # What a later redaction erased is erased in every prefix.
    return render_body(events, read_history(events), placed[-1][0] + 1)


def texts_of(store: Store, claim: UUID) -> list[dict[str, Any]]:
    """Give a claim's events as stored, read as JSON."""
    with store.reading() as view:
        return [orjson.loads(state) for state in view.history(str(claim), after=0, upto=EVERYTHING, limit=EVERYTHING)]


def instant(**after_ten: float) -> str:
    """Write an instant, so long after ten o'clock."""
    return write_instant(TEN + timedelta(**after_ten))
