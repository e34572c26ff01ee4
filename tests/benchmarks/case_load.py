"""The memory of a worker under mixed load: an hour's requests of a busy newsroom, by count and not by waiting.

Twenty requests a second: of a hundred five append, the others read claims, histories, lists, searches, parties, the
feed and what has not changed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson

from tests.benchmarks.bare import url_of
from tests.benchmarks.bench import Bench
from tests.benchmarks.load import Run, drive, write_request
from tests.benchmarks.records import let_in
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.serving import Server, serving
from tests.benchmarks.statements import SHORT, claim_id, find_claims, make_statement, plan_record
from tests.processes import tree_of

PARTS = 6  # of the load; memory is told after each
EARLY = "onrecord, after a sixth"
CLIENTS = 8
NEW = 20_000_000  # number of the first statement that is in no record
APPENDS = 5  # of a hundred requests
WORDS = ("talks", "meeting", "visit", "Geneva", "Foreign", "denies", "확인해", "Москве")


def measure_load(bench: Bench) -> list[Result]:
    """Measure the memory of the worker after the whole of the load, and after its first part."""
    events = max(bench.plan.sizes)
    url = url_of(bench.copy(events, "onrecord"))
    token = let_in(url)
    with serving("onrecord", url, threads=bench.threads) as server:
        runs = list(_drive_parts(server, bench.plan.mixed, events, token))
    taken = iter((runs[-1], runs[0]))
    result = Result("load", "mixed load", events, CLIENTS)
    result.runs = {OURS: [next(taken)], EARLY: [next(taken)]}
    told = ", ".join(f"{run.peak_mib:.0f}" for run in runs)
    bench.tell(f"{result.work}, {bench.plan.mixed:,} requests: memory after each part {told} MiB")
    return [result]


def _drive_parts(server: Server, requests: int, events: int, token: str) -> Iterator[Run]:
    """Send part after part; what is told of each is its rate, and the memory of the worker after it."""
    statuses = partial(drive, server.port, clients=CLIENTS, longest=3_600.0, server_cpu=server.cpu)
    rng, numbers = random.Random(requests), iter(range(NEW, NEW + requests))  # noqa: S311 - data, not a secret
    for _ in range(PARTS):
        count = max(1, requests // PARTS)
        made = list(_mix(rng, numbers, count, events, token))
        run = statuses(made, count=count, expected=(200, 201, 304))
        yield Run(run.count, run.seconds, run.latencies, run.server_cpu, run.client_cpu, _memory_of(server.pid))


def _mix(rng: random.Random, numbers: Iterator[int], count: int, events: int, token: str) -> Iterator[bytes]:
    bare, known = find_claims(events, 1), _find_sizes(events)
    short = find_claims(events, SHORT)
    for _ in range(count):
        claim, kind = rng.choice(short), rng.randrange(100)
        if kind < APPENDS:
            type_, data = make_statement(next(numbers))
            body, headers = orjson.dumps({"type": type_, "data": data}), {"Authorization": f"Bearer {token}"}
            yield write_request("POST", f"/claims/{rng.choice(bare)}/events", body, **headers)
        elif kind < 15:
            yield write_request("GET", f"/claims/{claim}", If_None_Match=f'"{SHORT}"')
        else:
            targets = (
                f"/claims/{claim}",
                f"/claims/{claim}/events",
                f"/claims/{claim}?as_of={rng.randint(known[claim], events)}",
                "/claims?limit=20",
                f"/claims?limit=20&q={rng.choice(WORDS)}",
                f"/claims?limit=20&as_of={rng.randrange(1, events)}",
                "/parties?limit=20",
                f"/events?after={rng.randrange(events)}&limit=50",
            )
            yield write_request("GET", _quote(rng.choice(targets)))


def _find_sizes(events: int) -> dict[UUID, int]:
    """Give the size of the log from which on each claim was known."""
    known: dict[UUID, int] = {}
    for size, number in enumerate(plan_record(events), 1):
        known.setdefault(claim_id(number), size)
    return known


def _quote(target: str) -> str:
    return "".join(
        letter if letter.isascii() else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in target
    )


def _memory_of(pid: int) -> float:
    """Tell the memory of a process and all below it that is in no other's, in MiB."""
    total = 0.0
    for child in tree_of(pid):
        lines = Path(f"/proc/{child}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))
    return total / 1_024
