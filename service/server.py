"""The production server: granian, with one worker process on the embedded store, and any number on PostgreSQL.

Everything that can fail does so in `serve`, before there is a worker: a worker that dies
at its start leaves granian standing without one. On SIGTERM, SIGINT and SIGHUP what is in
flight is finished, what waits to be recorded is recorded, and the exit status is 0; where
that takes too long, it is logged, and the status is 1.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import Semaphore
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore as SemaphoreType
from multiprocessing.util import Finalize
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from service.beside import when_parent_ends
from service.bootstrap import build, build_publisher, open_serving
from service.collecting import spare_collecting
from service.config import Config
from service.jobs.scheduler import Scheduler
from service.jobs.table import list_jobs
from service.logs import JsonLines, PlainLines, start_logging
from service.public_log.witness import Witness
from service.recording.deciding_beside import DeciderBeside

MOST_CONNECTIONS = 1_000  # open at once, idle ones too; as many as may wait for the writer. More wait in the backlog
LONGEST_SILENCE = 30_000  # milliseconds until the head of a request has come whole; then the connection is ended
LONGEST_STOP = 30  # seconds for what is in flight; then the worker is killed, and nothing unfinished was answered
WITNESSING = 4  # threads: a log asks now and then
THREAD_IDLE = 600  # seconds until an idle thread, and its connection to the store, is let go
POLL = 0.01  # seconds
ENDING = (signal.SIGTERM, signal.SIGINT)
ARENA_MAX, ARENAS = -8, 2  # glibc's own number for the option; areas that its threads take memory from
COLLECTED = 50_000  # objects, more of them than were let go, until the collector looks: more than pages remember
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
_STDERR = {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}
_FORMATTERS = {"json": {"()": JsonLines}, "text": {"()": PlainLines}, "quiet": {"()": PlainLines}}

_log = logging.getLogger(__name__)


class CannotServe(Exception):
    """The address cannot be had; says why, and what would do."""


def claim_address(host: str, port: int) -> tuple[str, int]:
    """Make sure that an address can be had, and choose a port for 0; raises CannotServe."""
    # granian shares its port with whoever else is willing (SO_REUSEPORT); two servers would answer in turns.
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            chosen: tuple[str, int] = probe.getsockname()[:2]
            return chosen
    except OSError as error:
        raise CannotServe(
            f"Port {port} on {host} cannot be used: {error.strerror}. "
            "Stop what uses it, or choose another with --port (0 takes a free one)."
        ) from error


def serve(config: Config, *, host: str, port: int, greet: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; `greet` is given the address once it answers, in a worker's process.

    Raises CannotServe and Unavailable before there is a worker, and ends the process with
    status 1 when its only worker is lost; one of several is started anew, unless that is lost within seconds, too.
    """
    host, port = claim_address(host, port)
    store = open_serving(config)
    build_publisher(store, config)  # makes the key, or refuses it, before there is a worker
    store.close()
    if store.embedded and config.workers > 1:
        raise CannotServe("The embedded store is served by one process. Leave ONRECORD_WORKERS at 1.")
    load = partial(load_app, config, host=host, port=port, greet=partial(_greet_once, Semaphore(), greet))
    _run(load, host, port, config)


def serve_witness(witness: Witness, *, host: str, port: int, greet: Callable[[str], None]) -> None:
    """Serve a witness likewise; raises CannotServe."""
    host, port = claim_address(host, port)
    _run(partial(load_witness, witness, host=host, port=port, greet=greet), host, port, Config(threads=WITNESSING))


def _run(load: Callable[[], Flask], host: str, port: int, config: Config) -> None:
    server = Granian(
        "onrecord",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=LONGEST_SILENCE),
        websockets=False,
        workers=config.workers,
        respawn_failed_workers=config.workers > 1,
        blocking_threads=config.threads,
        blocking_threads_idle_timeout=THREAD_IDLE,
        backpressure=MOST_CONNECTIONS,
        workers_kill_timeout=LONGEST_STOP,
        log_level=LogLevels.error,
        log_dictconfig={
            "formatters": {"generic": _FORMATTERS[config.log]},
            "handlers": {"console": _STDERR, "access": _STDERR},
        },
    )
    _end_tidily(server, load, config)


def _end_tidily(server: Any, load: Callable[[], Flask], config: Config) -> None:
    """Serve until a signal to end, and tell by the status whether all that was in flight ended then."""
    told: list[Any] = []  # workers that were told to end

    def end(*_: object) -> None:
        told.extend(server.wrks)
        server.signal_handler_interrupt()

    # A closed terminal ends it like Ctrl-C; granian would start the worker anew, with the same configuration.
    server.on_startup(lambda: [signal.signal(ending, end) for ending in (*ENDING, signal.SIGHUP)])
    try:
        with _counting_together(config.workers):
            server.serve(target_loader=load, wrap_loader=False)
    except SystemExit:
        if not server.interrupt_signal:  # Ctrl-C reaches the worker too, which may be gone before it is told to go
            raise
    if -signal.SIGKILL in [_wait_for_status(worker.inner) for worker in told]:
        start_logging(config.log)
        _log.error("what was in flight was broken off unanswered: killed, as it is after %d seconds", LONGEST_STOP)
        raise SystemExit(1)


def _wait_for_status(process: BaseProcess) -> int:
    while (status := process.exitcode) is None:  # ended, it is none until the thread that heard of it has noted it
        time.sleep(POLL)
    return status


def _share_memory() -> None:
    # Each thread else has an area of its own, in which what it let go stays; only one at a time runs Python anyway.
    with suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)


@contextmanager
def _counting_together(workers: int) -> Iterator[None]:
    # Several worker processes count in files, which are added up; the library looks for their folder when it is loaded.
    if workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="onrecord-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        yield


def load_app(config: Config, *, host: str, port: int, greet: Callable[[str], None]) -> Flask:
    """Make the application, in the worker's process."""
    first_at_the_end = _wait_for_signals()
    start_logging(config.log)
    _share_memory()
    store = open_serving(config)
    decider = DeciderBeside(store, config.log)  # it is started while the rest is loaded
    first_at_the_end.append(decider.go_on)
    from service.metrics import Metrics  # noqa: PLC0415 - loaded here, where the environment names their folder
    from service.web import create_app  # noqa: PLC0415 - likewise

    metrics = Metrics(os.environ.get(METRICS_FOLDER))
    if exposed := store.exposed():
        _log.warning("%s", exposed)
    timeline = build(store, waiters=config.threads // 2, on_group=metrics.note_group, decider=decider)
    Finalize(None, store.close, exitpriority=0)  # at last; left to the system, an embedded store's file is not whole
    Finalize(None, timeline.close, exitpriority=1)  # when the worker has answered all it had taken
    then: list[Callable[[], None]] = [partial(greet, _address(host, port))]
    if store.embedded:  # elsewhere `onrecord scheduler` runs the jobs
        scheduler = Scheduler(store, partial(list_jobs, timeline, config), timeline.now)
        Finalize(None, scheduler.stop, exitpriority=2)  # before that
        then.append(scheduler.start)
    when_parent_ends(_stop)
    threading.Thread(target=_wait_until_up, args=(host, port, then), daemon=True).start()
    app = create_app(timeline, config, metrics)
    decider.wait()
    gc.collect()  # or what is dead by now would stay, too
    spare_collecting(COLLECTED)  # what a page makes of a claim is kept, and was walked through over and over
    return app


def load_witness(witness: Witness, *, host: str, port: int, greet: Callable[[str], None]) -> Flask:
    """Make the application that serves a witness, in the worker's process."""
    from service.web.witness import create_witness  # noqa: PLC0415 - as above

    _wait_for_signals()
    when_parent_ends(_stop)
    threading.Thread(
        target=_wait_until_up, args=(host, port, [partial(greet, _address(host, port))]), daemon=True
    ).start()
    return create_witness(witness)


def _wait_for_signals() -> list[Callable[[], None]]:
    """Wait for a signal to end; gives a list, for what is to be done first then."""
    # Left to the main thread, a signal that comes just before it begins to wait is noted by Python and not acted on;
    # and one that comes while granian is ending makes it wait for itself. So they are blocked, before there are other
    # threads, and one thread waits for the first of them.
    first: list[Callable[[], None]] = []
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    inherited = signal.getsignal(signal.SIGTERM)

    def wait() -> None:
        number = signal.sigwait(ENDING)
        for step in first:
            step()
        while (handler := signal.getsignal(signal.SIGTERM)) is inherited:  # granian is not as far yet
            time.sleep(POLL)
        if callable(handler):
            handler(number, None)

    threading.Thread(target=wait, daemon=True).start()
    return first


def _stop() -> None:
    # What a worker does when its parent was killed: left alone, it would hold the port and the store.
    os.kill(os.getpid(), signal.SIGTERM)


def _greet_once(first: SemaphoreType, greet: Callable[[str], None], address: str) -> None:
    if first.acquire(block=False):  # each worker comes here
        greet(address)


def _wait_until_up(host: str, port: int, then: Sequence[Callable[[], None]]) -> None:
    while True:
        with suppress(OSError), socket.create_connection((_reachable(host), port)):
            break
        time.sleep(POLL)
    for step in then:
        step()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound


def _address(host: str, port: int) -> str:
    reachable = _reachable(host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
