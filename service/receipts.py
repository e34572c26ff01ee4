"""What came of a command, told to whoever asked: all that an answer needs, and no more, since it may come from afar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """An event that was recorded, as it is stored."""

    position: int
    claim: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command made: events at contiguous positions.

    A replayed one carries none of them, nor does one for events of which one erased another's payload.
    """

    first_position: int
    event_count: int
    events: tuple[Made, ...] = ()
    replayed: bool = False
