"""The process's one writer: a bounded queue, and one transaction for all that wait in it.

Requests hand in a command and wait. The writer drains its queue into one transaction,
decides each command on the state the earlier ones left, and commits once for all of
them (`docs/decisions/`, group commit). A lone command never waits for company. Every
answer, a refusal too, is given only after the commit, since it may rest on what an
earlier command of the group recorded; a crash before it leaves nothing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.claim import Claim
from domain.errors import DomainError
from service.errors import OutcomeUnknown, Unavailable
from service.ledger import OFTEN, Command, Ledger, Receipt, keep_latest
from service.store.interface import Store, Transaction

LONGEST_QUEUE = 1_000  # commands; more are refused with Unavailable
LARGEST_GROUP = 200  # events in one transaction, or as many as the command that reaches this has


@dataclass(frozen=True, slots=True)
class Group:
    """What came of commands that were decided together; `waiting` counts those that waited when it was done."""

    commands: int
    events: int
    seconds: float
    waiting: int
    stored: bool


def unseen(_: Group) -> None:
    """Tell nobody."""


_Waiting = tuple[Command, "Future[Receipt]"]


class Writer:
    """Decide and store commands, one transaction at a time, in a thread of its own."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        new_salt: Callable[[], bytes],
        on_recorded: Callable[[int], None] = lambda _size: None,
        on_group: Callable[[Group], None] = unseen,
    ) -> None:
        """Start the thread; `close` ends it.

        `on_recorded` is told the log size after each commit that made it, `on_group` of every group.
        """
        self._on_group = on_group
        self._on_recorded = on_recorded
        self._store = store
        self._clock = clock
        self._new_salt = new_salt
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._claims: dict[UUID, Claim] = {}  # as of `_size`, the last written last; touched by the thread alone
        self._decided = 0  # commands, and events read and made for them, since it was looked how much is in memory
        self._size = 0
        self._closing = threading.Lock()
        self._closed = False  # under the lock: nothing enters the queue behind its end
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command) -> Future[Receipt]:
        """Hand a command in; the future holds its receipt once that is durable, or what refused it.

        Commands are decided in the order they were handed in. The future may hold
        Unavailable (nothing was stored) or OutcomeUnknown (the store's answer was lost).
        Raises Unavailable when the queue is full, and after `close`.
        """
        future: Future[Receipt] = Future()
        with self._closing:
            if self._closed or not self._thread.is_alive():  # in a forked child there is no thread
                raise Unavailable("The service is stopping; this was not taken. Send it again in a second.")
            if self._queue.qsize() >= LONGEST_QUEUE:
                raise Unavailable(
                    f"{LONGEST_QUEUE} requests wait to be recorded; this one was not taken. Send it again in a second.",
                    retry_after=1,
                )
            self._queue.put((command, future))
        return future

    def close(self) -> None:
        """Finish what waits, then end the thread; more is refused from now on."""
        with self._closing:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            group, last = self._next_group()
            if group and not self._write_group(group):
                last = self._refuse_waiting() or last

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Wait for a command, and take those that wait behind it; tells whether these are the last."""
        group: list[_Waiting] = []
        events = 0
        while (waiting := self._queue.get()) is not None:
            command, future = waiting
            if future.set_running_or_notify_cancel():  # nobody can cancel it from now on
                group.append(waiting)
                events += len(command.items)
            if events >= LARGEST_GROUP or self._queue.empty():
                return group, False
        return group, True

    @property
    def alive(self) -> bool:
        """Tell whether what is handed in will be decided."""
        return self._thread.is_alive() and not self._closed

    def _refuse_waiting(self) -> bool:
        """Refuse those that waited while the store failed: nobody waits for it twice. Tells whether all are done."""
        with suppress(queue.Empty):
            while True:
                waiting = self._queue.get_nowait()
                if waiting is None:
                    return True
                _, future = waiting
                if future.set_running_or_notify_cancel():
                    told = "The record could not be written; this was not taken. Send it again in a second."
                    future.set_exception(Unavailable(told, retry_after=1))
        return False

    def _write_group(self, group: list[_Waiting]) -> bool:
        """Decide and store a group, and tell those who wait for it; answers whether the store could be written."""
        begun = time.monotonic()
        try:
            with self._store.writing() as transaction:
                ledger = self._open_ledger(transaction)
                outcomes = [_decide(ledger, command) for command, _ in group]
                ledger.flush(transaction)
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread lives
            self._claims.clear()  # they hold what was not stored
            self._tell(group, 0, begun, stored=False)
            if isinstance(error, DomainError) or len(group) == 1:
                for _, future in group:
                    future.set_exception(error)
            else:  # a fault nobody foresaw; nothing was stored, and only the command it comes from shall suffer it
                for one in group:
                    self._write_group([one])
            return not isinstance(error, Unavailable | OutcomeUnknown)
        self._size = ledger.size
        self._tell(group, len(ledger.entered), begun, stored=True)
        self._decided += len(group) + len(ledger.entered) + ledger.loaded
        self._keep_latest(ledger)
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Receipt):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)
        if ledger.entered:
            self._on_recorded(ledger.size)
        return True

    def _tell(self, group: list[_Waiting], events: int, begun: float, *, stored: bool) -> None:
        self._on_group(Group(len(group), events, time.monotonic() - begun, self._queue.qsize(), stored))

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


def _decide(ledger: Ledger, command: Command) -> Receipt | DomainError:
    try:
        return ledger.execute(command)
    except DomainError as refused:
        return refused
