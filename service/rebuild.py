"""Make again what is derived from the record: the read model from the events, the nodes of the log from its leaves.

In one write transaction: readers see the old rows until all new ones are there, and
appends wait. Some claims at a time, so that memory does not grow with the record. Of a
large one they are replayed in processes beside this one, which stores: nobody writes
meanwhile, so what those read is what this one would.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from uuid import UUID

from service.beside import processes_beside
from service.collecting import seldom_collecting
from service.public_log.publisher import remake_nodes
from service.recording.ledger import MAPPER
from service.store.interface import Store, View
from service.store.read_model import ClaimVersion, render_history
from service.store.remade import Remade, remake

BATCH = 1_000  # events, or as many as the claim that reaches this has
LARGE = 5_000  # events; fewer are replayed sooner than a process starts


def rebuild(store: Store, progress: Callable[[float], None], *, beside: int | None = None) -> int:
    """Make all rows again, telling the part done (0 to 1); answers for how many claims.

    `beside` is how many processes replay, unless the machine and the size of the record are to say.
    Raises UnreadableEvent for a record that a newer program wrote, and RefusesToSign where the leaves of the log are
    not those that were signed: nodes made over them would hide where. What fails leaves the old rows.
    """
    with seldom_collecting(), store.writing(long=True) as transaction:
        remake_nodes(transaction.tree)
        size = transaction.head().size
        if beside is None:
            beside = (os.cpu_count() or 1) if size >= LARGE else 0
        done = 0
        with transaction.derived.remaking() as store_rows:
            for rows in _replayed(store, transaction, beside):
                store_rows(rows)
                done += len(rows.tables["bodies"])
                progress(done / size)
        return transaction.count_claims()


def _replayed(store: Store, view: View, beside: int) -> Iterator[Remade]:
    """Replay claims in batches, in order; few are in memory at once."""
    batches = _batches(view.derived.histories())
    if not beside:
        yield from (_replay(view, claims) for claims in batches)
        return
    with processes_beside(beside) as processes:
        waiting: deque[Future[Remade]] = deque()
        for claims in batches:
            waiting.append(processes.submit(_replay_beside, store, claims))
            if len(waiting) > beside + 1:
                yield waiting.popleft().result()
        yield from (rows.result() for rows in waiting)


def _replay_beside(store: Store, claims: Sequence[str]) -> Remade:
    with store.reading() as view:
        return _replay(view, claims)


def _replay(view: View, claims: Sequence[str]) -> Remade:
    rows: list[ClaimVersion] = []
    for claim in claims:
        placed = view.placed_events(UUID(claim))
        rows += render_history((position, MAPPER.to_domain_event(stored)) for position, stored in placed)
    return remake(rows)


def _batches(histories: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    claims, events = list[str](), 0
    for claim, count in histories:
        claims.append(claim)
        events += count
        if events >= BATCH:
            yield claims
            claims, events = [], 0
    if claims:
        yield claims
