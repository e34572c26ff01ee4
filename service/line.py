"""A line between two processes: things go over whole and in order, and all that has come is taken at once."""

from __future__ import annotations

import pickle
import select
import socket
from contextlib import suppress
from typing import Any

_AT_ONCE = 1 << 17  # bytes that are read at once
_HEAD = 4  # bytes that tell how long a thing is


class Line:
    """An end of it, in which each side trusts the other."""

    def __init__(self, end: socket.socket) -> None:
        """Use a connected socket."""
        self._end = end
        self._come = bytearray()

    def send(self, thing: object) -> None:
        """Send a thing, one thread at a time; raises OSError, of which nothing whole has gone over."""
        written = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
        self._end.sendall(len(written).to_bytes(_HEAD) + written)

    def take(self, *, wait: bool = True) -> list[Any]:
        """Take the things that have come, and wait for one where told to; raises EOFError, or OSError, at the end."""
        while not (things := self._cut()):
            try:
                read = self._end.recv(_AT_ONCE, 0 if wait else socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            if not read:
                raise EOFError
            self._come += read
        return things

    def comes(self, seconds: float | None) -> bool:
        """Wait, not longer than told, until something comes, the end too; tells whether it did."""
        coming = select.poll()
        coming.register(self._end, select.POLLIN)
        return bool(coming.poll(None if seconds is None else seconds * 1_000))

    def cut_off(self) -> None:
        """Let nothing go over any more; who is just at it, on either side, is told so."""
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)

    def _cut(self) -> list[Any]:
        things, start = [], 0
        while len(self._come) >= (begin := start + _HEAD):
            end = begin + int.from_bytes(self._come[start:begin])
            if len(self._come) < end:
                break
            things.append(pickle.loads(self._come[begin:end]))  # noqa: S301 - from a process of our own
            start = end
        del self._come[:start]
        return things
