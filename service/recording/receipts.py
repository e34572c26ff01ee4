"""What came of a command, told to whoever asked: all that an answer needs, and no more, since it may come from afar.

They are tuples, like commands: so they go from one process to another in half the time.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.errors import KeyReused
from service.store.interface import Reply


class Made(NamedTuple):
    """An event that was recorded, as it is stored."""

    position: int
    claim: str
    version: int
    state: str


class Receipt(NamedTuple):
    """What a command made: events at contiguous positions.

    A replayed one carries none of them; any other all, since the store may not be read any more.
    """

    first_position: int
    event_count: int
    events: tuple[Made, ...] = ()
    replayed: bool = False


def replay(reply: Reply, fingerprint: bytes) -> Receipt:
    """Tell again what a request made; raises KeyReused where another request has that key."""
    if reply.fingerprint != fingerprint:
        raise KeyReused("The first request with this Idempotency-Key was another one. Use a new key.")
    return Receipt(reply.first_position, reply.event_count, replayed=True)
