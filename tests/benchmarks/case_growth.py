"""What reads cost as the record grows: the same questions of records of 10^3 to 10^6 events, in one process, in turns.

Each read is asked once to warm up and then in so many rounds of every record, as is an append that is taken back before
its commit, so that the records stay as they are. What is told is the process's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from uuid import UUID

from service.bootstrap import build
from service.store import open_store
from service.store.interface import Store
from service.timeline import Timeline
from tests.benchmarks.bench import Bench, Contender
from tests.benchmarks.growth import PER_CLAIM, keep
from tests.benchmarks.load import Run
from tests.benchmarks.reads import Read, list_reads
from tests.benchmarks.records import record_group
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.statements import claim_id, make_statement

ENOUGH = 0.02  # seconds that one read is repeated for in a round, where it is quick
MOST = 50  # times
APPEND = "append, without its commit"
FAR = datetime(2030, 1, 1, tzinfo=UTC)  # after all that is in the records
SHOWN = {  # on the picture and in the budget: a page of each kind
    ("lists", "now"): "list page",
    ("lists", "a common facet"): "list page, filtered",
    ("lists", "as of half"): "list page as of the past",
    ("searches", "a word of nearly every claim"): "search, a common word",
    ("searches", "a rare word"): "search, a rare word",
    ("parties", "the most talkative party"): "party page, the most talkative",
    ("parties", "a small party"): "party page, a small one",
    ("feeds", "the feed"): "feed page",
    ("feeds", "a claim's history"): "history",
}


def smaller(events: int) -> str:
    """Name what the record is compared with when it was smaller."""
    return f"at {events:,} events"


def measure_growth(bench: Bench) -> list[Result]:
    """Measure pages that people ask for at every size; a ratio is the smaller record's cost to the largest one's."""
    *fewer, most = sorted(bench.plan.grown)
    timelines = {
        events: build(open_store(f"sqlite:///{keep(bench.folder, events // PER_CLAIM, bench.tell)}"))
        for events in bench.plan.grown
    }
    reads = {events: list_reads(events) for events in timelines}
    results = []
    contenders: dict[str, Contender]
    for (kind, name), title in SHOWN.items():
        contenders = {OURS: partial(_ask, reads[most][kind][name], timelines[most])}
        contenders |= {smaller(n): partial(_ask, reads[n][kind][name], timelines[n]) for n in fewer}
        results.append(bench.run_rounds(Result("growth", title, most, 1), contenders))
    contenders = {OURS: partial(_append, timelines[most].store, most)}
    contenders |= {smaller(n): partial(_append, timelines[n].store, n) for n in fewer}
    results.append(bench.run_rounds(Result("growth", APPEND, most, 1), contenders))
    for timeline in timelines.values():
        timeline.close()
        timeline.store.close()
    return results


def _ask(read: Read, timeline: Timeline) -> Run:
    return _repeat(lambda: read(timeline))


def _append(store: Store, events: int) -> Run:
    numbers = count(events)
    return _repeat(lambda: _try(store, claim_id(events // PER_CLAIM // 2), next(numbers)))


def _try(store: Store, claim: UUID, number: int) -> None:
    with suppress(_TakenBack), store.writing() as transaction:
        record_group(transaction, [(claim, *make_statement(number))], {}, lambda: FAR, lambda: bytes(16))
        raise _TakenBack


class _TakenBack(Exception):
    """It was only tried."""


def _repeat(work: Callable[[], object]) -> Run:
    work()  # warms up
    latencies: list[float] = []
    while not latencies or (sum(latencies) < ENOUGH and len(latencies) < MOST):
        began = time.thread_time()
        work()
        latencies.append(time.thread_time() - began)
    return Run(len(latencies), sum(latencies), tuple(latencies))
