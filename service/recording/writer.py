"""The process's one writer: a bounded queue, and one transaction for all that wait in it.

Requests hand in a command and wait. The writer takes what waits and has it decided together
(`deciding`), here or in a process beside; while that goes on it tells what came of the group
before. A lone command never waits for company.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from service.errors import OutcomeUnknown, Unavailable
from service.recording.deciding import Decided, Deciding, Group
from service.recording.ledger import Command
from service.recording.receipts import Receipt

LONGEST_QUEUE = 1_000  # commands; more are refused with Unavailable
LARGEST_GROUP = 200  # events in one transaction, or as many as the command that reaches this has
SOON = 1.0  # seconds until it is looked whether a command was recorded before, which most are sooner
LONGEST_TURN = 20.0  # seconds until a command is taken; and that a group takes before no more commands are handed in
LONGEST_WAIT = 60.0  # seconds for what came of one that was; who waits holds a thread that others could read in

_log = logging.getLogger(__name__)


def unseen(_group: Group, _waiting: int) -> None:
    """Tell nobody."""


def wait_for(future: Future[Receipt], find_before: Callable[[], Receipt | None] = lambda: None) -> Receipt:
    """Wait for a receipt; raises what refused the command.

    Raises Unavailable where its turn does not come for long, and OutcomeUnknown where nothing is heard of it then.
    """
    with suppress(TimeoutError):
        return future.result(SOON)
    with suppress(Unavailable):  # then it waits on
        if not future.running() and (before := find_before()) and future.cancel():
            return before
    for seconds in (LONGEST_TURN - SOON, LONGEST_WAIT - LONGEST_TURN):
        with suppress(TimeoutError):
            return future.result(seconds)
        if future.done():  # just now, or that is what came of it
            return future.result()
        if future.cancel():
            raise _refuse_slow()
    raise OutcomeUnknown(f"Nothing was heard of this for {LONGEST_WAIT:.0f} seconds; it may yet be recorded.")


def _refuse_slow() -> Unavailable:
    told = (
        f"What is being recorded takes more than {LONGEST_TURN:.0f} seconds; this was not taken. Send it again later."
    )
    return Unavailable(told, retry_after=10)


class _Waiting(NamedTuple):
    command: Command
    future: Future[Receipt]


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
        `on_group` of every group, and how many commands waited when it was told.
        """
        self._on_group = on_group
        self._on_recorded = on_recorded
        self._decider = decider
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._handing_in = threading.Lock()
        self._closed = False  # under the lock: nothing is handed in behind the end
        self._deciding_since: float | None = None
        self._untold: list[tuple[Sequence[_Waiting], Decided]] = []
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def record(self, command: Command, find_before: Callable[[], Receipt | None]) -> Receipt:
        """Hand a command in and wait for its receipt; raises what refused it.

        What `find_before` finds, the same request recorded before: it is told where the command's turn does not come
        soon, and where nothing can be recorded just now.
        """
        try:
            return wait_for(self.submit(command), find_before)
        except Unavailable:
            if before := find_before():
                return before
            raise

    def submit(self, command: Command) -> Future[Receipt]:
        """Hand a command in; the future holds its receipt once that is durable, or what refused it.

        Commands are decided in the order they were handed in; one can be cancelled until its turn comes. The future may
        hold Unavailable (nothing was stored) or OutcomeUnknown (the store's answer was lost).
        Raises Unavailable when too many wait, when a group takes too long, and after `close`.
        """
        waiting = _Waiting(command, Future())
        with self._handing_in:
            if self._closed or not self._thread.is_alive():  # in a forked child there is no thread
                raise Unavailable("The service is stopping; this was not taken. Send it again in a second.")
            if self._queue.qsize() >= LONGEST_QUEUE:
                raise Unavailable(
                    f"{LONGEST_QUEUE} requests wait to be recorded; this one was not taken. Send it again in a second.",
                    retry_after=1,
                )
            if self._slow:
                raise _refuse_slow()
            self._queue.put(waiting)
        return waiting.future

    def close(self) -> None:
        """Finish what waits, then end the thread and who decides; to close twice is to close once."""
        with self._handing_in:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)
        self._thread.join()
        if first:
            self._decider.close()

    @property
    def alive(self) -> bool:
        """Tell whether what is handed in now will be decided."""
        return self._thread.is_alive() and not self._closed and not self._slow and self._decider.ready

    @property
    def _slow(self) -> bool:
        since = self._deciding_since
        return since is not None and time.monotonic() - since > LONGEST_TURN

    def _run(self) -> None:
        while group := self._next_group():
            self._deciding_since = time.monotonic()
            asked = self._decider.ask([waiting.command for waiting in group])
            self._tell()  # those before, while these are decided: who is told takes the interpreter
            decided = asked()
            self._deciding_since = None
            self._untold.append((group, decided))
            if decided.failed and (late := self._take_all()):  # nobody waits twice for a store that fails
                told = "The record could not be written; this was not taken. Send it again in a second."
                self._untold.append((late, Decided([Unavailable(told, retry_after=1)] * len(late), ())))
                self._tell()
        self._tell()

    def _next_group(self) -> list[_Waiting]:
        """Wait for a command, and take those that wait as far as one transaction may have them; none at the end."""
        group: list[_Waiting] = []
        events = 0
        while not (group and self._queue.empty()) and events < LARGEST_GROUP and (waiting := self._take()):
            if waiting.future.set_running_or_notify_cancel():
                group.append(waiting)
                events += len(waiting.command.items)
        return group

    def _take_all(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        while not self._queue.empty() and (waiting := self._take()):
            taken.append(waiting)
        return [waiting for waiting in taken if waiting.future.set_running_or_notify_cancel()]

    def _take(self) -> _Waiting | None:
        if self._queue.empty():
            self._tell()
        if (waiting := self._queue.get()) is None:
            self._queue.put(None)  # the end, which nothing comes behind
        return waiting

    def _tell(self) -> None:
        for group, decided in self._untold:
            self._pass_on(decided)
            for waiting, outcome in zip(group, decided.outcomes, strict=True):
                if isinstance(outcome, Receipt):
                    waiting.future.set_result(outcome)
                else:
                    waiting.future.set_exception(outcome)
        self._untold.clear()

    def _pass_on(self, decided: Decided) -> None:
        try:
            for one in decided.groups:
                self._on_group(one, self._queue.qsize())
            if decided.size:
                self._on_recorded(decided.size)
        except Exception:  # noqa: BLE001 - a fault of ours, and who waits is told all the same
            _log.exception("what was recorded together is told to those who wait for it, and not passed on")
