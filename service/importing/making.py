"""Make the events of rows that were decided, and all that is stored with them, in processes beside the one that stores.

Some groups ahead of it. Nobody else writes meanwhile, or what was made is of no use. A
claim always goes to the same process, which knows it from the last time, and knows what
it made that is not stored yet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID
from zlib import crc32

from domain.claim import Claim
from domain.errors import DomainError
from service.beside import processes_beside
from service.importing.read_ahead import ReadAhead
from service.importing.rehearsal import Rehearsed
from service.importing.rows import RowFault
from service.recording.ledger import Entered, Ledger, keep_latest
from service.store.interface import Reply, Store, View

AHEAD = 2  # groups that are made while another is stored

Placed = tuple[int, Rehearsed]  # at a position of the log
Stored = tuple[Entered, Reply]


class Batch(NamedTuple):
    """What rows made, in order, up to the position of one that is refused, where there is such."""

    events: list[Stored]
    refused: tuple[int, RowFault] | None = None


def start_makers(count: int) -> Sequence[Executor]:
    """Start so many processes to make events in, and do not wait until they are there."""
    beside = [processes_beside(1) for _ in range(count)]
    for process in beside:
        process.submit(_get_ready)
    return beside


def _get_ready() -> None:
    """Do nothing: to know this function a process has read all that it needs to make events."""


@dataclass(frozen=True, slots=True)
class Making:
    """How events are made: of which record, with which salts, by whom."""

    store: Store
    new_salt: Callable[[], bytes]
    by: str
    allow_duplicate: bool

    def make_all(
        self,
        groups: Iterable[Sequence[Rehearsed]],
        size: int,
        clock: Callable[[], datetime],
        beside: Sequence[Executor],
    ) -> Iterator[Batch]:
        """Make the events of groups of rows, which follow on a record of so many events."""
        waiting = deque[list[Future[Batch]]]()
        at = clock()
        for group in groups:
            at = max(clock(), at)  # it never runs backwards, whatever the clock does
            shares: list[list[Placed]] = [[] for _ in beside]
            for position, row in enumerate(group, size):
                shares[crc32(row.claim.encode()) % len(beside)].append((position, row))
            size += len(group)
            waiting.append([p.submit(make, self, at, share) for p, share in zip(beside, shares, strict=True)])
            if len(waiting) > AHEAD:
                yield _join(waiting.popleft())
        yield from map(_join, waiting)


def _join(shares: Iterable[Future[Batch]]) -> Batch:
    all_made = [share.result() for share in shares]
    events = sorted((one for made in all_made for one in made.events), key=lambda one: one[0].log.position)
    refused = min((made.refused for made in all_made if made.refused), default=None, key=lambda refused: refused[0])
    return Batch([one for one in events if refused is None or one[0].log.position < refused[0]], refused)


_claims: dict[UUID, Claim] = {}  # as they are by now, in a process beside
_made: list[Entered] = []  # what was not stored when it was looked last


def make(making: Making, at: datetime, rows: Sequence[Placed]) -> Batch:
    """Make the events of rows at an instant, each at its position."""
    with making.store.reading() as view:
        ahead = ReadAhead(view)
        ledger = Ledger(cast("View", ahead), _claims, lambda: at, making.new_salt)
        _made[:] = [one for one in _made if one.log.position >= ledger.size]
        ledger.follow(_made)
        ahead.read({UUID(row.claim) for _, row in rows} - _claims.keys())
        refused: tuple[int, RowFault] | None = None
        for position, row in rows:
            claim_id = UUID(row.claim)
            if known := ledger.find(claim_id):
                _claims[claim_id] = _claims.pop(claim_id)  # the last to go
            if (known.version if known else 0) != row.follows:
                break  # a row before was refused, or somebody else has written: nothing of this will be stored
            ledger.size = position
            try:
                ledger.execute(row.to_command(making.by, holds=True, allow_duplicate=making.allow_duplicate))
            except DomainError as error:
                refused = position, row.tell(error)
                break
    new = ledger.entered[len(_made) :]
    _made.extend(new)
    keep_latest(_claims)
    return Batch(list(zip(new, ledger.replies.values(), strict=True)), refused)
