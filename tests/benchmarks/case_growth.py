"""What reads cost as the record grows: the same questions of records of 10^3 to 10^6 events, in one process, in turns.

Each read is asked once to warm up and then in so many rounds of every record; what is told is the process's own time.
"""

from __future__ import annotations

import time
from functools import partial

from service.bootstrap import build
from service.store import open_store
from service.timeline import Timeline
from tests.benchmarks.bench import Bench, Contender
from tests.benchmarks.growth import PER_CLAIM, keep
from tests.benchmarks.load import Run
from tests.benchmarks.reads import Read, list_reads
from tests.benchmarks.results import OURS, Result

ENOUGH = 0.02  # seconds that one read is repeated for in a round, where it is quick
MOST = 50  # times
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
    for (kind, name), title in SHOWN.items():
        contenders: dict[str, Contender] = {OURS: partial(_ask, reads[most][kind][name], timelines[most])}
        contenders |= {smaller(n): partial(_ask, reads[n][kind][name], timelines[n]) for n in fewer}
        results.append(bench.run_rounds(Result("growth", title, most, 1), contenders))
    for timeline in timelines.values():
        timeline.close()
        timeline.store.close()
    return results


def _ask(read: Read, timeline: Timeline) -> Run:
    read(timeline)  # warms up
    latencies: list[float] = []
    while not latencies or (sum(latencies) < ENOUGH and len(latencies) < MOST):
        began = time.thread_time()
        read(timeline)
        latencies.append(time.thread_time() - began)
    return Run(len(latencies), sum(latencies), tuple(latencies))
