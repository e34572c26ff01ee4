"""A contender's server, as a process of its own: `python -m tests.benchmarks.serving KIND RECORD PORT THREADS`.

Every contender is served by `service.server.serve`, with its settings: the peers put their
application in the place of ours, so that what is compared is never the server.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from service import server
from service.config import Config
from tests.benchmarks.machine import cpu_of

HOUSE = Path(__file__).parent.parent.parent
SLOWEST_START = 60.0  # seconds
PEERS = {  # modules with a `create_app`, loaded where they are used: some need libraries that are not ours
    "rows": "peer_rows",
    "memory": "peer_memory",
    "simple-history": "peer_django",
    "reversion": "peer_django",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Tell the processor time its processes have used, in seconds."""
        return cpu_of(self.pid)


@contextmanager
def serving(kind: str, record: str, *, threads: int = 32, python: Path = Path(sys.executable)) -> Iterator[Server]:
    """Serve a contender until the end of the block; `record` is the URL of a database, or a folder of answers."""
    port = find_port()
    command = [str(python), "-m", "tests.benchmarks.serving", kind, record, str(port), str(threads)]
    with running(command, port) as process:
        yield Server(port, process.pid)


def find_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], port: int, *, quiet: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block, which begins when its port answers; a quiet one is not heard."""
    out = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, cwd=HOUSE, stdout=out, stderr=out)  # noqa: S603 - contenders
    try:
        _wait_until_up(port, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(server.LONGEST_STOP + 5)


def _wait_until_up(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SLOWEST_START
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=SLOWEST_START):
            return
        time.sleep(0.02)
    raise RuntimeError(f"The server did not start: {process.args!r}")


def load_peer(kind: str, record: str, _config: Config, *, host: str, port: int, greet: Callable[[str], None]) -> Flask:
    """Make a peer's application where `service.server` would make ours."""
    del host, port, greet
    app: Flask = import_module(f"tests.benchmarks.{PEERS[kind]}").create_app(record, kind)
    return app


def say_nothing(_address: str) -> None:
    """Greet nobody."""


def main(kind: str, record: str, port: str, threads: str) -> None:
    """Serve until SIGTERM."""
    with TemporaryDirectory(prefix="onrecord-unused-") as unused:
        database = record
        if kind in PEERS:
            database = f"sqlite:///{unused}/unused.db"
            server.load_app = partial(load_peer, kind, record)  # type: ignore[assignment]
        config = Config(database=database, threads=int(threads), log="quiet")  # peers log nothing either
        server.serve(config, host="127.0.0.1", port=int(port), greet=say_nothing)


if __name__ == "__main__":
    main(*sys.argv[1:])
