"""Render what enters a ledger in processes beside, while the one that writes goes on entering.

Nobody else writes meanwhile: so what another process reads of a claim is what was there
before the transaction, and what has entered since is sent to it. A claim always goes to
the same one, which knows it from the last time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.claim import Claim
from service.beside import processes_beside
from service.ledger import MAPPER, Ledger, keep_latest
from service.store.interface import Store
from service.store.read_model import ClaimVersion, render_version

Placed = tuple[int, StoredEvent]


@contextmanager
def renderers(count: int) -> Iterator[Sequence[Executor]]:
    """Start so many processes to render in, and end them with the block."""
    with ExitStack() as stack:
        yield [stack.enter_context(processes_beside(1)) for _ in range(count)]


class Rendering:
    """The rendering of one transaction's events, whose ledger has outlined them."""

    def __init__(self, store: Store, beside: Sequence[Executor]) -> None:
        """Begin with the transaction."""
        self._store = store
        self._beside = beside
        self._sent = 0
        self._new: dict[UUID, list[Placed]] = {}  # of each claim, since the transaction began
        self._waiting: list[Future[list[ClaimVersion]]] = []

    def begin(self, ledger: Ledger) -> None:
        """Have rendered what has entered since the last time."""
        count: Counter[UUID] = Counter()
        for entered in ledger.entered[self._sent :]:
            claim = UUID(entered.log.claim)
            self._new.setdefault(claim, []).append((entered.log.position, entered.stored))
            count[claim] += 1
        self._sent = len(ledger.entered)
        for number, process in enumerate(self._beside):
            theirs = [claim for claim in count if claim.int % len(self._beside) == number]
            asked = [(claim, tuple(self._new[claim]), count[claim]) for claim in theirs]
            self._waiting.append(process.submit(render_last, self._store, asked))

    def finish(self, ledger: Ledger) -> None:
        """Put what was rendered in the place of the outlines."""
        if self._sent < len(ledger.entered):
            self.begin(ledger)
        rows = sorted((row for rendered in self._waiting for row in rendered.result()), key=lambda row: row.since)
        ledger.entered[:] = [replace(e, row=row) for e, row in zip(ledger.entered, rows, strict=True)]


_known: dict[UUID, Claim] = {}  # as they were rendered last, in a process beside


def render_last(store: Store, asked: Sequence[tuple[UUID, Sequence[Placed], int]]) -> list[ClaimVersion]:
    """Render the last events of claims, so many of each; given are those not stored yet."""
    rows: list[ClaimVersion] = []
    for claim_id, new, count in asked:
        claim = _known.pop(claim_id, None)
        if claim is None or claim.version != new[-count][1].originator_version - 1:
            claim = Claim.replay(MAPPER.to_domain_event(stored) for stored in _before(store, claim_id, new, count))
        for position, stored in new[-count:]:
            claim = MAPPER.to_domain_event(stored).mutate(claim)
            if claim is not None:
                rows.append(render_version(claim, position + 1))
        if claim is not None:
            _known[claim_id] = claim
    keep_latest(_known)
    return rows


def _before(store: Store, claim_id: UUID, new: Sequence[Placed], count: int) -> Iterator[StoredEvent]:
    if new[0][1].originator_version > 1:
        with store.reading() as view:
            yield from (stored for _, stored in view.placed_events(claim_id))
    yield from (stored for _, stored in new[:-count])
