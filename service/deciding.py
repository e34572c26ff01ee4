"""Decide commands that wait together: one transaction, each on the state the earlier ones left.

All of them are committed at once (`docs/decisions/`, group commit). Every answer, a refusal
too, is given only after the commit, since it may rest on what an earlier command recorded;
a crash before it leaves nothing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.claim import Claim
from domain.errors import DomainError
from service.errors import OutcomeUnknown, Unavailable
from service.ledger import OFTEN, Command, Ledger, keep_latest
from service.receipts import Receipt
from service.store.interface import Store, Transaction

LATE = 0.02  # seconds without a command, after which all that waited while the store failed have come
LARGEST_GROUP = 200  # events in one transaction, or as many as the command that reaches this has

Outcome = Receipt | BaseException


@dataclass(frozen=True, slots=True)
class Group:
    """What came of commands that were decided together."""

    commands: int
    events: int
    seconds: float
    stored: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of each command, in their order, and of the groups they were decided in.

    `size` is that of the log once what they recorded is durable, 0 where they recorded nothing.
    """

    outcomes: Sequence[Outcome]
    groups: Sequence[Group]
    size: int = 0

    @property
    def failed(self) -> bool:
        """Tell whether the store could not be written."""
        return not self.groups[0].stored and isinstance(self.outcomes[0], Unavailable | OutcomeUnknown)


class Told(Protocol):
    """Whoever is told of commands, in the order in which they were handed in."""

    def took(self, count: int) -> None:
        """Hear that so many of those that waited longest are being decided."""

    def tell(self, decided: Decided) -> None:
        """Hear what came of as many of those that were taken first."""


class Asking(Told, Protocol):
    """Whoever hands commands in."""

    def lose(self, unknown: OutcomeUnknown, refused: DomainError) -> None:
        """Hear that who decides is gone: what to say of all that were taken, and of all that waited."""


class Deciding(Protocol):
    """Whoever decides, here or elsewhere."""

    @property
    def ready(self) -> bool:
        """Tell whether commands are decided just now."""

    def begin(self, told: Asking) -> None:
        """Begin to decide what is handed in."""

    def hand_in(self, command: Command) -> None:
        """Take a command, from one thread at a time; raises what keeps it from being decided."""

    def close(self) -> None:
        """Finish what was handed in, and end; to close twice is to close once."""


class Waiting:
    """Commands that wait, in order; None comes after the last."""

    def __init__(self, look: Callable[[float | None], Iterable[Command | None]]) -> None:
        """`look` gives what has come, and waits so many seconds for something; for None, as long as it takes."""
        self._look = look
        self._held: deque[Command] = deque()
        self._ended = False

    def take(self) -> list[Command]:
        """Wait for a command, and take those that wait as far as one transaction may have them; none at the end."""
        self._hold(0 if self._held else None)
        group: list[Command] = []
        events = 0
        while self._held and events < LARGEST_GROUP:
            group.append(self._held.popleft())
            events += len(group[-1].items)
        return group

    def take_all(self) -> list[Command]:
        """Take all that wait now, those too for whom there is no room before others are taken."""
        while self._hold(LATE):
            pass
        taken = [*self._held]
        self._held.clear()
        return taken

    def _hold(self, seconds: float | None) -> bool:
        before = len(self._held)
        for command in () if self._ended else self._look(seconds):
            if command is None:
                self._ended = True
            else:
                self._held.append(command)
        return len(self._held) > before


def decide_all(waiting: Waiting, decider: Decider, told: Told) -> None:
    """Decide all that waits, and then what has come meanwhile, to the end."""
    while commands := waiting.take():
        told.took(len(commands))
        decided = decider.decide(commands)
        late = waiting.take_all() if decided.failed else ()  # before who is told can come again
        told.tell(decided)
        if late:  # nobody waits twice for a store that fails
            refused = "The record could not be written; this was not taken. Send it again in a second."
            told.took(len(late))
            told.tell(Decided([Unavailable(refused, retry_after=1)] * len(late), ()))


class Decider:
    """Decide and store commands here; remembers the claims that were written last."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], new_salt: Callable[[], bytes]) -> None:
        """Remember nothing yet."""
        self._store = store
        self._clock = clock
        self._new_salt = new_salt
        self._claims: dict[UUID, Claim] = {}  # as of `_size`, the last written last
        self._decided = 0  # commands, and events read and made for them, since it was looked how much is in memory
        self._size = 0
        self.erased = False  # whether an event's payload ever was
        self._queue: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def decide(self, commands: Sequence[Command]) -> Decided:
        """Decide and store commands in one transaction, or each in its own where a fault comes up nobody foresaw."""
        begun = time.monotonic()
        try:
            with self._store.writing() as transaction:
                ledger = self._open_ledger(transaction)
                outcomes = [_decide(ledger, command) for command in commands]
                ledger.flush(transaction)
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait are told, and work goes on
            self._claims.clear()  # they hold what was not stored
            failed = all_failed(commands, error, begun)
            # Nothing was stored, and only the command that the fault comes from shall suffer it.
            alone = isinstance(error, DomainError) or len(commands) == 1
            return failed if alone else _together(failed, [self.decide([command]) for command in commands])
        self._size = ledger.size
        self._decided += len(commands) + len(ledger.entered) + ledger.loaded
        self.erased |= any(entered.erased for entered in ledger.entered)
        self._keep_latest(ledger)
        group = Group(len(commands), len(ledger.entered), time.monotonic() - begun, stored=True)
        return Decided(outcomes, [group], ledger.size if ledger.entered else 0)

    @property
    def ready(self) -> bool:
        """Tell whether its thread is there; in a forked child it is not."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, told: Told) -> None:
        """Decide what is handed in from now on, in a thread of its own."""
        work = (Waiting(self._look), self, told)
        self._thread = threading.Thread(target=decide_all, args=work, name="writer", daemon=True)
        self._thread.start()

    def hand_in(self, command: Command) -> None:
        """Take a command; raises Unavailable."""
        if not self.ready:
            raise Unavailable("Nothing is recorded in this process; this was not taken.")
        self._queue.put(command)

    def close(self) -> None:
        """Finish what was handed in; the store is left to whoever opened it."""
        self._queue.put(None)
        if self._thread:
            self._thread.join()

    def _look(self, seconds: float | None) -> Iterator[Command | None]:
        with suppress(queue.Empty):
            if seconds != 0:
                yield self._queue.get(timeout=seconds)
            while True:
                yield self._queue.get_nowait()

    def _open_ledger(self, transaction: Transaction) -> Ledger:
        if transaction.head().size != self._size:
            # Another process has written since; what it touched is read again when it is needed.
            for claim in transaction.claims_touched_from(self._size) if self._claims else ():
                self._claims.pop(UUID(claim), None)
        return Ledger(transaction, self._claims, self._clock, self._new_salt)

    def _keep_latest(self, ledger: Ledger) -> None:
        for entered in ledger.entered:
            claim = UUID(entered.log.claim)
            if claim in self._claims:  # a refusal forgets the claims it touched
                self._claims[claim] = self._claims.pop(claim)
        if self._decided >= OFTEN:
            keep_latest(self._claims)
            self._decided = 0


def all_failed(commands: Sequence[Command], error: BaseException, begun: float) -> Decided:
    """Say of commands begun at a moment that one error befell all of them."""
    return Decided([error] * len(commands), [Group(len(commands), 0, time.monotonic() - begun, stored=False)])


def _decide(ledger: Ledger, command: Command) -> Outcome:
    try:
        return ledger.execute(command)
    except DomainError as refused:
        return refused


def _together(failed: Decided, each: Sequence[Decided]) -> Decided:
    outcomes = [outcome for one in each for outcome in one.outcomes]
    groups = [*failed.groups, *(group for one in each for group in one.groups)]
    return Decided(outcomes, groups, max(one.size for one in each))
