"""Decide in a process beside this one, which has an interpreter, and a processor, to itself.

What it was asked when it is lost may be stored or not, and that is told. Another is started
at once; until it is there, commands are refused, and nothing of them is stored. It ends when
the process that asks does, however that ends. Signals do not end it: they may be sent to
all processes of a service, of which it has to be the last.
"""

from __future__ import annotations

import ctypes
import logging
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from subprocess import Popen

from domain.errors import DomainError
from service.collecting import spare_collecting
from service.errors import OutcomeUnknown, Unavailable
from service.logs import start_logging
from service.machine import new_salt, tell_time
from service.recording.deciding import Decided, Decider, Outcome, all_failed
from service.recording.ledger import Command
from service.recording.receipts import Receipt
from service.store.interface import Store

LONGEST_START = 10.0  # seconds that who starts it waits for it; it may come later
PAUSE = 1.0  # seconds until it is tried again, where one ended before it was ready
ERASING = 10.0  # seconds between looks whether what was erased has left the store's files too, while there is no work
_BEGIN = "import sys; sys.path[:] = sys.argv[1:]; from service.recording.deciding_beside import work; work(0)"
DEATH_SIGNAL = 1  # Linux's own number for it: which one comes when the thread that started this process ends

_log = logging.getLogger(__name__)


class DeciderBeside:
    """Have commands decided in a process beside; another is started when it is lost."""

    def __init__(self, store: Store, log: str) -> None:
        """Begin to start it, for a store that is migrated; it logs in a style."""
        self._store = store
        self._style = log
        self._process: Popen[bytes] | None = None
        self._connection: Connection | None = None  # to a process that is ready
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
        return self._connection is not None

    def ask(self, commands: Sequence[Command]) -> Callable[[], Decided]:
        """Have commands decided; OutcomeUnknown came of all of them where the process was lost meanwhile."""
        begun = time.monotonic()
        told = "What records is being started anew; this was not taken. Send it again in a second."
        refuse = partial(all_failed, commands, Unavailable(told, retry_after=1), begun)
        if (connection := self._connection) is None:
            return refuse
        try:
            connection.send(commands)
        except OSError:  # what has not come whole is not decided
            self._lose(connection)
            return refuse
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
            return partial(all_failed, commands, error, begun)
        return partial(self._hear, connection, commands, begun)

    def _hear(self, connection: Connection, commands: Sequence[Command], begun: float) -> Decided:
        try:
            decided: Decided = connection.recv()
        except Exception as error:  # noqa: BLE001 - whatever it is, it may have recorded them, and the thread lives
            _note(error)
            self._lose(connection)
            unknown = OutcomeUnknown("The process that records was lost while it recorded this.")
            return all_failed(commands, unknown, begun)
        return decided

    def _lose(self, connection: Connection) -> None:
        if self._connection is connection:  # another may be there by now
            self._connection = None
        _end(connection)

    def go_on(self) -> None:
        """Have it go on where somebody stopped it: what waits for it cannot end else."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it, and wait for that."""
        self._closing.set()
        if self._connection:
            _end(self._connection)
        self._thread.join()

    def _keep(self) -> None:
        while True:
            try:
                came, told = self._run_once()
            except OSError as error:  # no more processes or files can be had just now
                came, told = False, str(error)
            self._connection = None
            if self._closing.wait(0 if came else PAUSE):
                return
            _log.warning("the process that records was lost (%s); another is started", told)

    def _run_once(self) -> tuple[bool, str]:
        """Start it and wait for its end; tells whether it was ready, and how it ended."""
        # Once it was ready, ours is closed when who still listens lets go of it, too.
        ours, theirs = Pipe()
        with theirs:
            self._process = Popen([sys.executable, "-c", _BEGIN, *sys.path], stdin=theirs.fileno())  # noqa: S603 - us
        with self._process as process:
            if not (came := self._greet(ours)):
                ours.close()  # it ends, where it has not
            return came, f"status {process.wait()}"

    def _greet(self, connection: Connection) -> bool:
        try:
            connection.send((self._store, self._style))
            connection.recv()
        except Exception as error:  # noqa: BLE001 - whatever it is, another is started
            _note(error)
            return False
        self._connection = connection
        self._came.set()
        if self._closing.is_set():
            _end(connection)
        return True


def _note(error: Exception) -> None:
    if not isinstance(error, EOFError | OSError):  # else it has just gone, which is told where that is seen
        _log.error("what the process that records says cannot be understood", exc_info=error)


def _end(connection: Connection) -> None:
    with suppress(OSError):
        connection.send(None)


def work(handle: int) -> None:
    """Be the process beside: decide what comes over a connection until told that this was all."""
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):  # meant for who asks, who tells when it is the end
        signal.signal(ending, signal.SIG_IGN)
    with suppress(AttributeError):  # another C library
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)  # stopped, it would hold what it has locked for ever
    threading.Thread(target=_end_with, args=(handle,), daemon=True).start()
    with Connection(handle) as connection, suppress(EOFError, OSError):
        store, style = connection.recv()
        start_logging(style)
        store.check()
        spare_collecting()
        connection.send("ready")
        _work(connection, store)
        store.close()


def _work(connection: Connection, store: Store) -> None:
    decider = Decider(store, clock=tell_time, new_salt=new_salt)
    while True:
        while not connection.poll(ERASING if decider.erased else None):
            try:
                with store.writing():  # an empty commit, which takes along what a reader kept from leaving
                    pass
            except Unavailable as error:
                _log.warning("what was erased leaves the file later: %s", error)
        commands = connection.recv()
        if commands is None:
            return
        decided = decider.decide(commands)
        connection.send(replace(decided, outcomes=[_sendable(outcome) for outcome in decided.outcomes]))


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
