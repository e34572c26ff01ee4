"""A contender's server, as a process of its own: `python -m tests.benchmarks.serving KIND PATH PORT THREADS`.

Every contender is served by `service.server.serve`, with its settings: the peers put their
application in the place of ours, so that what is compared is never the server.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask

from service import server
from service.config import Config
from tests.benchmarks import peer_memory, peer_rows
from tests.benchmarks.machine import cpu_of

HOUSE = Path(__file__).parent.parent.parent
SLOWEST_START = 20.0  # seconds
PEERS = {"rows": peer_rows.create_app, "memory": peer_memory.create_app}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Tell the processor time its processes have used, in seconds."""
        return cpu_of(self.pid)


@contextmanager
def serving(kind: str, path: Path, *, threads: int = 8) -> Iterator[Server]:
    """Serve a contender until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.serving", kind, str(path), str(port), str(threads)]
    process = subprocess.Popen(command, cwd=HOUSE)  # noqa: S603 - this very module
    try:
        _wait_until_up(port, process)
        yield Server(port, process.pid)
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


def load_peer(kind: str, path: str, _config: Config, *, host: str, port: int, greet: Callable[[str], None]) -> Flask:
    """Make a peer's application where `service.server` would make ours."""
    del host, port, greet
    return PEERS[kind](Path(path))


def say_nothing(_address: str) -> None:
    """Greet nobody."""


def main(kind: str, path: str, port: str, threads: str) -> None:
    """Serve until SIGTERM."""
    database = path
    if kind in PEERS:
        database = f"{path}-unused.db"
        server.load_app = partial(load_peer, kind, path)  # type: ignore[assignment]
    config = Config(database=f"sqlite:///{database}", threads=int(threads), log="quiet")  # peers log nothing either
    server.serve(config, host="127.0.0.1", port=int(port), greet=say_nothing)


if __name__ == "__main__":
    main(*sys.argv[1:])
