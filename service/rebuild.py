"""Make again what is derived from the record: the read model from the events, the nodes of the log from its leaves.

In one write transaction: readers see the old rows until all new ones are there, and
appends wait. Some claims at a time, so that memory does not grow with the record. Of a
large one they are replayed in processes beside this one, which stores.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from service.ledger import MAPPER
from service.publisher import remake_nodes
from service.store.interface import Store, Transaction, View
from service.store.read_model import ClaimVersion, render_history

PAGE = 1_000  # claims
BATCH = 4_000  # events, or as many as the claim that reaches this has
LARGE = 20_000  # events; fewer are replayed sooner than a process starts

Claim = Sequence[tuple[int, StoredEvent]]


def rebuild(store: Store, progress: Callable[[float], None], *, beside: int | None = None) -> int:
    """Make all rows again, telling the part done (0 to 1); answers for how many claims.

    `beside` is how many processes replay, unless the machine and the size of the record are to say.
    Raises UnreadableEvent for a record that a newer program wrote, and RefusesToSign where the leaves of the log are
    not those that were signed: nodes made over them would hide where. What fails leaves the old rows.
    """
    with store.writing(long=True) as transaction:
        remake_nodes(transaction.tree)
        if beside is None:
            beside = (os.cpu_count() or 1) - 1 if transaction.head().size >= LARGE else 0
        transaction.drop_versions()
        total, done = transaction.count_claims(), 0
        for count, rows in _replayed(_batches(transaction), beside):
            _store(transaction, rows)
            done += count
            progress(done / total)
        transaction.directory.recount()
        transaction.track_records.recount()
    return done


def _replayed(batches: Iterator[list[Claim]], beside: int) -> Iterator[tuple[int, list[ClaimVersion]]]:
    """Replay batches in order, each as its number of claims and their rows; few are in memory at once."""
    if not beside:
        yield from ((len(batch), _replay(batch)) for batch in batches)
        return
    with ProcessPoolExecutor(beside, mp_context=get_context("spawn")) as processes:
        waiting: deque[tuple[int, Future[list[ClaimVersion]]]] = deque()
        for batch in batches:
            waiting.append((len(batch), processes.submit(_replay, batch)))
            if len(waiting) > beside + 1:
                count, rows = waiting.popleft()
                yield count, rows.result()
        yield from ((count, rows.result()) for count, rows in waiting)


def _replay(batch: Sequence[Claim]) -> list[ClaimVersion]:
    rows: list[ClaimVersion] = []
    for claim in batch:
        rows += render_history((position, MAPPER.to_domain_event(stored)) for position, stored in claim)
    return sorted(rows, key=lambda row: row.since)  # rows go in fastest in the order of the log


def _store(transaction: Transaction, rows: Sequence[ClaimVersion]) -> None:
    transaction.insert_versions(rows)
    transaction.hanging.enter(rows)
    transaction.directory.take_up(rows)
    transaction.track_records.take_up(rows)


def _batches(view: View) -> Iterator[list[Claim]]:
    claims = (view.placed_events(UUID(claim)) for claim in _claims(view))
    while batch := list(_take(claims)):
        yield batch


def _take(claims: Iterable[Claim]) -> Iterator[Claim]:
    events = 0
    for claim in claims:
        yield claim
        events += len(claim)
        if events >= BATCH:
            return


def _claims(view: View) -> Iterator[str]:
    page = view.claim_ids("", PAGE)
    while page:
        yield from page
        page = view.claim_ids(page[-1], PAGE)
