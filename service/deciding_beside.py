"""Decide in a process beside this one, which has an interpreter, and a processor, to itself.

Commands go there as they are handed in, and it takes all that has come whenever it is done with what it took before.
What it had taken when it is lost may be stored or not, and that is told; what waited is refused. Another is started
at once; until it is there, commands are refused, and nothing of them is stored. It ends when
the process that asks does, however that ends. Signals do not end it: they may be sent to
all processes of a service, of which it has to be the last.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from subprocess import Popen

from domain.errors import DomainError
from service.collecting import spare_collecting
from service.deciding import Asking, Decided, Decider, Outcome, Waiting, decide_all
from service.errors import OutcomeUnknown, Unavailable
from service.ledger import Command
from service.line import Line
from service.logs import start_logging
from service.machine import new_salt, tell_time
from service.receipts import Receipt
from service.store.interface import Store

LONGEST_START = 10.0  # seconds that who starts it waits for it; it may come later
PAUSE = 1.0  # seconds until it is tried again, where one ended before it was ready
ERASING = 10.0  # seconds between looks whether what was erased has left the store's files too, while there is no work
_BEGIN = "import sys; sys.path[:] = sys.argv[1:]; from service.deciding_beside import work; work(0)"

_READY = "ready"

_log = logging.getLogger(__name__)


class DeciderBeside:
    """Have commands decided in a process beside; another is started when it is lost."""

    def __init__(self, store: Store, log: str) -> None:
        """Begin to start it, for a store that is migrated; it logs in a style."""
        self._store = store
        self._style = log
        self._told: Asking | None = None
        self._line: Line | None = None  # to a process that is ready
        self._closing = threading.Event()
        self._came = threading.Event()  # a first one was ready
        self._thread = threading.Thread(target=self._keep, name="decider", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it is ready; not for long."""
        self._came.wait(LONGEST_START)

    @property
    def ready(self) -> bool:
        """Tell whether it is there."""
        return self._line is not None and self._thread.is_alive()

    def begin(self, told: Asking) -> None:
        """Tell what comes of commands from now on."""
        self._told = told

    def hand_in(self, command: Command) -> None:
        """Send a command; raises Unavailable, or what keeps it from going anywhere."""
        try:
            line = self._line
            if line is None or not self.ready:  # in a forked child the line is the parent's
                raise BrokenPipeError
            line.send(command)
        except OSError as error:  # what has not come whole is not decided
            raise _refuse() from error

    def close(self) -> None:
        """Let it decide what it was sent and end, and wait for that."""
        self._closing.set()
        if line := self._line:
            _end(line)
        self._thread.join()

    def _keep(self) -> None:
        while True:
            ours, theirs = socket.socketpair()
            with Popen([sys.executable, "-c", _BEGIN, *sys.path], stdin=theirs.fileno()) as process, ours:  # noqa: S603 - us
                theirs.close()
                came = self._listen(Line(ours))
            if self._closing.wait(0 if came else PAUSE):
                return
            _log.warning("the process that records was lost (status %s); another is started", process.returncode)

    def _listen(self, line: Line) -> bool:
        """Pass on what it says until it is gone, and then that it is; answers whether it was ever ready."""
        came = False
        unknown = OutcomeUnknown("The process that records was lost while it recorded this.")
        waited: DomainError = _refuse()
        try:
            line.send((self._store, self._style))
            while True:
                for said in line.take():
                    if said == _READY:
                        came = True
                        self._begin_with(line)
                    elif self._told:
                        self._told.took(said) if isinstance(said, int) else self._told.tell(said)
        except (EOFError, OSError):
            pass
        except Exception:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread lives
            _log.exception("what the process that records says cannot be passed on")
            waited = unknown  # it may have said, in what is not heard any more, that it took them
        self._line = None
        line.cut_off()
        if self._told:
            self._told.lose(unknown, waited)
        return came

    def _begin_with(self, line: Line) -> None:
        self._line = line
        self._came.set()
        if self._closing.is_set():
            _end(line)


def _refuse() -> Unavailable:
    told = "What records is being started anew; this was not taken. Send it again in a second."
    return Unavailable(told, retry_after=1)


def _end(line: Line) -> None:
    with suppress(OSError):
        line.send(None)


def work(handle: int) -> None:
    """Be the process beside: decide what comes over a line until told that this was all."""
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):  # meant for who asks, who tells when it is the end
        signal.signal(ending, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(handle,), daemon=True).start()
    with socket.socket(fileno=handle) as end, suppress(EOFError, OSError):
        line = Line(end)
        ((store, style),) = line.take()
        start_logging(style)
        store.check()
        spare_collecting()
        line.send(_READY)
        _work(line, store)
        store.close()


def _work(line: Line, store: Store) -> None:
    decider = Decider(store, clock=tell_time, new_salt=new_salt)
    decide_all(Waiting(partial(_look, line, store, decider)), decider, _Teller(line))


def _look(line: Line, store: Store, decider: Decider, seconds: float | None) -> Iterable[Command | None]:
    while seconds and line.comes(seconds):  # until one has come whole
        if come := line.take(wait=False):
            return come
    while seconds is None and not line.comes(ERASING if decider.erased else None):
        try:
            with store.writing():  # an empty commit, which takes along what a reader kept from leaving
                pass
        except Unavailable as error:
            _log.warning("what was erased leaves the file later: %s", error)
    return line.take(wait=seconds is None)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Who asks, over a line."""

    line: Line

    def took(self, count: int) -> None:
        """Tell how many are being decided: of these it is not known what came, when this process is lost."""
        self.line.send(count)

    def tell(self, decided: Decided) -> None:
        """Tell what came of them."""
        self.line.send(replace(decided, outcomes=[_sendable(outcome) for outcome in decided.outcomes]))


def _sendable(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Receipt | DomainError):
        return outcome
    return RuntimeError("".join(traceback.format_exception(outcome)))  # whatever it is, and where it came from


def _end_with(handle: int) -> None:
    # Who asks closes the connection after this process has ended, unless it was killed: then nobody asks any more.
    asking = select.poll()
    asking.register(handle, 0)
    asking.poll()
    os._exit(1)
