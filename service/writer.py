"""Where commands are handed in, and those who handed them in are told what came of them.

Who decides, here or in a process beside (`deciding`), takes all that waits whenever it is done with what it took
before: it never waits as long as a command does, and a lone command never waits for company.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from domain.errors import DomainError
from service.deciding import Decided, Deciding, Group
from service.errors import OutcomeUnknown, Unavailable
from service.ledger import Command
from service.receipts import Receipt

LONGEST_QUEUE = 1_000  # commands; more are refused with Unavailable
LONGEST_WAIT = 60.0  # seconds for what came of a command; who waits holds a thread that others could read in


def unseen(_group: Group, _waiting: int) -> None:
    """Tell nobody."""


def wait_for(future: Future[Receipt]) -> Receipt:
    """Wait for a receipt; raises what refused the command, and OutcomeUnknown where nothing is heard of it for long."""
    try:
        return future.result(LONGEST_WAIT)
    except TimeoutError as error:
        if future.done():  # that is what came of it
            raise
        raise OutcomeUnknown(
            f"Nothing was heard of this for {LONGEST_WAIT:.0f} seconds; it may yet be recorded."
        ) from error


class Writer:
    """Hand commands to who decides, in order, and tell what came of them."""

    def __init__(
        self,
        decider: Deciding,
        *,
        on_recorded: Callable[[int], None] = lambda _size: None,
        on_group: Callable[[Group, int], None] = unseen,
    ) -> None:
        """Let it begin; `close` ends it.

        `on_recorded` is told the log size after each commit that made it, before anybody is told of that commit;
        `on_group` of every group, and how many commands waited when it was done.
        """
        self._on_group = on_group
        self._on_recorded = on_recorded
        self._decider = decider
        self._waiting: deque[Future[Receipt]] = deque()  # for commands handed in, in order
        self._taken: deque[Future[Receipt]] = deque()  # for those before them, which are being decided
        self._taken_at = 0.0
        self._handing_in = threading.Lock()
        self._closed = False  # under the lock: nothing is handed in behind the end
        decider.begin(self)

    def submit(self, command: Command) -> Future[Receipt]:
        """Hand a command in; the future holds its receipt once that is durable, or what refused it.

        Commands are decided in the order they were handed in, and none can be called off. The future may hold
        Unavailable (nothing was stored) or OutcomeUnknown (the store's answer was lost).
        Raises what keeps it from being handed in: Unavailable when too many wait or nobody decides, and after `close`.
        Where the way to who decides is full, it waits as long as one transaction.
        """
        future: Future[Receipt] = Future()
        future.set_running_or_notify_cancel()
        with self._handing_in:
            if self._closed:
                raise Unavailable("The service is stopping; this was not taken. Send it again in a second.")
            if len(self._waiting) >= LONGEST_QUEUE:
                raise Unavailable(
                    f"{LONGEST_QUEUE} requests wait to be recorded; this one was not taken. Send it again in a second.",
                    retry_after=1,
                )
            self._waiting.append(future)
            try:
                self._decider.hand_in(command)
            except Exception:
                self._waiting.pop()
                raise
        return future

    def close(self) -> None:
        """Finish what waits, then end who decides; more is refused from now on."""
        with self._handing_in:
            self._closed = True
        self._decider.close()

    @property
    def alive(self) -> bool:
        """Tell whether what is handed in now will be decided."""
        return not self._closed and self._decider.ready

    def took(self, count: int) -> None:
        """Note that so many of those that waited longest are being decided."""
        self._taken_at = time.monotonic()
        self._taken += [self._waiting.popleft() for _ in range(count)]

    def tell(self, decided: Decided) -> None:
        """Tell those whose commands were decided."""
        for one in decided.groups:
            self._on_group(one, len(self._waiting))
        if decided.size:
            self._on_recorded(decided.size)
        for outcome in decided.outcomes:
            future = self._taken.popleft()
            if isinstance(outcome, Receipt):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

    def lose(self, unknown: OutcomeUnknown, refused: DomainError) -> None:
        """Tell those whose commands were being decided one thing and those that waited another: who decides is gone."""
        with self._handing_in:  # who is just at it has failed, and is told
            waiting, taken = [*self._waiting], len(self._taken)
            self._waiting.clear()
        self._taken += waiting
        groups = [Group(taken, 0, time.monotonic() - self._taken_at, stored=False)] if taken else []
        self.tell(Decided([unknown] * taken + [refused] * len(waiting), groups))
