"""The process's one writer: a bounded queue, and one transaction for all that wait in it.

Requests hand in a command and wait. The writer takes what waits, has it decided together
(`deciding`), here or in a process beside, and tells each what came of it. A lone command
never waits for company.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from service.deciding import Deciding, Group
from service.errors import Unavailable
from service.ledger import Command
from service.receipts import Receipt

LONGEST_QUEUE = 1_000  # commands; more are refused with Unavailable
LARGEST_GROUP = 200  # events in one transaction, or as many as the command that reaches this has


def unseen(_group: Group, _waiting: int) -> None:
    """Tell nobody."""


_Waiting = tuple[Command, "Future[Receipt]"]


class Writer:
    """Have commands decided, one transaction at a time, by a thread of its own."""

    def __init__(
        self,
        decider: Deciding,
        *,
        on_recorded: Callable[[int], None] = lambda _size: None,
        on_group: Callable[[Group, int], None] = unseen,
    ) -> None:
        """Start the thread; `close` ends it, and the decider.

        `on_recorded` is told the log size after each commit that made it, before anybody is told of that commit;
        `on_group` of every group, and how many commands waited when it was done.
        """
        self._on_group = on_group
        self._on_recorded = on_recorded
        self._decider = decider
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
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
        if first:
            self._decider.close()

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
        """Tell whether what is handed in now will be decided."""
        return self._thread.is_alive() and not self._closed and self._decider.ready

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
        """Have a group decided, and tell those who wait for it; answers whether the store could be written."""
        decided = self._decider.decide([command for command, _ in group])
        for one in decided.groups:
            self._on_group(one, self._queue.qsize())
        if decided.size:
            self._on_recorded(decided.size)
        for (_, future), outcome in zip(group, decided.outcomes, strict=True):
            if isinstance(outcome, Receipt):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)
        return not decided.failed
