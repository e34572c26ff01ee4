"""Load: so many clients at once, each on a connection of its own, each sending its next request when it has its answer.

The clients share one thread and plain sockets, because on a small machine what they burn
is missing from the server: `http.client` spends more on reading an answer's headers than
some of the servers measured here spend on making it. What they still burn is told.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

CHUNK = 1 << 18
STALL = 30.0  # seconds without any answer
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CHUNKED = 1 << 40  # more bytes than any answer has: one whose length is not told
LAST_CHUNK = b"0\r\n\r\n"
_BODYLESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how many were done in how long, each one's latency, and what it cost in processor time.

    `server_cpu` and `client_cpu` are seconds, `peak_mib` is memory, `gzipped_kib` the
    largest answer; 0 where there is no server, or no telling.
    """

    count: int
    seconds: float
    latencies: tuple[float, ...] = ()
    server_cpu: float = 0.0
    client_cpu: float = 0.0
    peak_mib: float = 0.0
    gzipped_kib: float = 0.0

    @property
    def rate(self) -> float:
        """Done a second."""
        return self.count / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of the server's processor time each."""
        return self.server_cpu / self.count

    def latency(self, part: float) -> float:
        """Seconds within which this part (0 to 1) of all was done."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


class UnexpectedAnswer(Exception):
    """A server answered what it should not have."""


def write_request(method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
    """Write a request that keeps its connection; header names with underscores for hyphens."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass(slots=True)
class _Client:
    connection: socket.socket
    expected: Collection[int]
    began: float = 0.0
    head: bytearray = field(default_factory=bytearray)
    missing: int | None = None  # bytes of the body still to come; None while its length is not known

    def send(self, request: bytes) -> None:
        self.head.clear()
        self.missing = None
        self.began = time.perf_counter()
        self.connection.sendall(request)

    def receive(self) -> bool:
        """Take what has come; tells whether that was the end of the answer."""
        chunk = self.connection.recv(CHUNK)
        if not chunk:
            raise UnexpectedAnswer("The server closed the connection.")
        if self.missing is None:
            self.head += chunk
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.missing = self._length(bytes(self.head[:end])) - (len(self.head) - end - 4)
        else:
            self.missing -= len(chunk)
        return self.missing <= 0 if self.missing < CHUNKED else chunk.endswith(LAST_CHUNK)

    def _length(self, head: bytes) -> int:
        status = int(head[9:12])
        if status not in self.expected:
            raise UnexpectedAnswer(f"expected {self.expected!r}, got {bytes(self.head).decode(errors='replace')}")
        if _IN_CHUNKS.search(head):
            return 2 * CHUNKED
        found = _LENGTH.search(head)
        if found is None and status not in _BODYLESS:
            raise UnexpectedAnswer(f"An answer without a length: {head.decode()}")
        return int(found[1]) if found and status not in _BODYLESS else 0


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    clients: int,
    count: int,
    expected: int | Collection[int] = 200,
    longest: float = 10.0,
    server_cpu: Callable[[], float] = lambda: 0.0,
) -> Run:
    """Send `count` requests, in turn from those given, by so many clients; no new ones after `longest` seconds."""
    accepted = (expected,) if isinstance(expected, int) else expected
    waiting = iter([requests[n % len(requests)] for n in range(count)])
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        for _ in range(min(clients, count)):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, _Client(connection, accepted))
        everyone = [key.data for key in selector.get_map().values()]
        cpu, own, began = server_cpu(), time.process_time(), time.perf_counter()
        try:
            _loop(selector, everyone, waiting, latencies, until=began + longest)
        finally:
            for client in everyone:
                client.connection.close()
        seconds = time.perf_counter() - began
        return Run(len(latencies), seconds, tuple(latencies), server_cpu() - cpu, time.process_time() - own)


def _loop(
    selector: selectors.BaseSelector,
    clients: Sequence[_Client],
    waiting: Iterator[bytes],
    latencies: list[float],
    *,
    until: float,
) -> None:
    busy = 0
    for client, request in zip(clients, waiting, strict=False):
        client.send(request)
        busy += 1
    while busy:
        ready = selector.select(STALL)
        if not ready:
            raise UnexpectedAnswer(f"No answer for {STALL} s.")
        for key, _ in ready:
            client: _Client = key.data
            if client.receive():
                now = time.perf_counter()
                latencies.append(now - client.began)
                request = next(waiting, None) if now < until else None
                if request is None:
                    busy -= 1
                else:
                    client.send(request)
