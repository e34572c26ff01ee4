"""What the public log costs: to prove, to give out a tile, to publish and to verify, against plainly reading the rows.

Run as a program it is that plain reader, of the events alone or of all that verifying reads:
`python -m tests.benchmarks.case_log plain|plain-all|verify FILE`.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path

from service.machine import new_salt
from service.public_log.note import SigningKey, VerifierKey
from service.public_log.proofs import TILE_WIDTH, find_latest, read_proof, read_tile
from service.public_log.publisher import Publisher
from service.store import open_store
from service.store.interface import Store, View
from service.verifying.section import in_processes
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.benchmarks.bench import Bench
from tests.benchmarks.growth import PER_CLAIM, keep
from tests.benchmarks.load import Run
from tests.benchmarks.processes import print_run, run_process
from tests.benchmarks.records import record_group, remove_record
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.statements import claim_id, make_statement

PLAIN = "plain reading"
PLAIN_ALL = "plain reading, leaves and nodes too"
EVENTS = "SELECT state FROM events ORDER BY position"
ALL = (EVENTS, "SELECT leaf FROM log ORDER BY position", "SELECT hash FROM log_nodes ORDER BY level, number")
DIGEST = 32  # bytes
NEW = 40_000_000  # number of the first statement that is in no record
ASKED, PUBLISHED = 200, 1_000  # proofs or tiles a run; events that a publication brings into the log
FAR = datetime(2030, 1, 1, tzinfo=UTC)  # after all that is in the records


def measure_log(bench: Bench) -> list[Result]:
    """Measure the log of the smallest and of the largest of the records that grow."""
    sizes = sorted({min(bench.plan.grown), max(bench.plan.grown)})
    return [result for events in sizes for result in _measure(bench, events)]


def _measure(bench: Bench, events: int) -> list[Result]:
    path = bench.work / "log.db"
    shutil.copyfile(keep(bench.folder, events // PER_CLAIM, bench.tell), path)
    with closing(open_store(f"sqlite:///{path}")) as store:
        publisher = Publisher(store, SigningKey.make("bench.example"), lambda: FAR)
        publisher.publish()
        rng = random.Random(events)  # noqa: S311 - data, not a secret
        positions = [rng.randrange(events) for _ in range(ASKED)]
        work: dict[str, tuple[Callable[[], Run], Callable[[], Run]]] = {
            "inclusion proof": (partial(_ask, store, positions, _prove), partial(_ask, store, positions, _read)),
            "tile of hashes": (partial(_ask, store, positions, _tile), partial(_ask, store, positions, _read)),
            f"publish {PUBLISHED:,} events": (partial(_publish, store, publisher), partial(_hash_last, store)),
        }
        results = [_run(bench, name, events, *both) for name, both in work.items()]
        contenders = {OURS: "verify", PLAIN: "plain", PLAIN_ALL: "plain-all"}
        work_of = {name: partial(_start, how, path) for name, how in contenders.items()}
        results.append(bench.run_rounds(Result("log", "verify, steps 1 to 5", events, 1), work_of))
    remove_record(path)
    return results


def _run(bench: Bench, work: str, events: int, ours: Callable[[], Run], plain: Callable[[], Run]) -> Result:
    return bench.run_rounds(Result("log", work, events, 1), {OURS: ours, PLAIN: plain})


def _ask(store: Store, positions: list[int], read: Callable[[View, int], object]) -> Run:
    began, used = time.perf_counter(), time.thread_time()
    for position in positions:
        with store.reading() as view:
            read(view, position)
    return Run(len(positions), time.perf_counter() - began, server_cpu=time.thread_time() - used)


def _prove(view: View, position: int) -> object:
    return read_proof(view, position, None)


def _tile(view: View, position: int) -> object:
    number, size = position // TILE_WIDTH, view.head().size
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    return read_tile(view, "0", _write_number(number) + ("" if width == TILE_WIDTH else f".p/{width}"))


def _write_number(number: int) -> str:
    parts = [f"{number % 1_000:03d}"]
    while number := number // 1_000:
        parts.insert(0, f"x{number % 1_000:03d}")
    return "/".join(parts)


def _read(view: View, position: int) -> object:
    return list(view.events_from(position, 1))


_numbers = count(NEW)


def _publish(store: Store, publisher: Publisher) -> Run:
    made = [(claim_id(n % 20), *make_statement(next(_numbers))) for n in range(PUBLISHED)]
    with store.writing() as transaction:
        record_group(transaction, made, {}, lambda: FAR, new_salt)
    began, used = time.perf_counter(), time.thread_time()
    publisher.publish()
    return Run(PUBLISHED, time.perf_counter() - began, server_cpu=time.thread_time() - used)


def _hash_last(store: Store) -> Run:
    began, used = time.perf_counter(), time.thread_time()
    with store.reading() as view:
        for _, state in view.events_from(view.head().size - PUBLISHED, PUBLISHED):
            sha256(state.encode()).digest()
    return Run(PUBLISHED, time.perf_counter() - began, server_cpu=time.thread_time() - used)


def _start(how: str, path: Path) -> Run:
    return run_process([sys.executable, "-m", "tests.benchmarks.case_log", how, path])


def _hash_all(connection: sqlite3.Connection, query: str) -> int:
    rows = connection.execute(query)
    return sum(len(sha256(row.encode() if isinstance(row, str) else row).digest()) == DIGEST for (row,) in rows)


def main() -> None:
    """Verify a record, or read and hash its events one by one, and print how long that took."""
    how, path = sys.argv[1:]
    began = time.perf_counter()
    if how != "verify":
        with closing(sqlite3.connect(path)) as connection:
            read, *beside = (_hash_all(connection, query) for query in (ALL if how == "plain-all" else [EVENTS]))
            done = read if all(beside) else 0
    else:
        with closing(open_store(f"sqlite:///{path}")) as store:
            with store.reading() as view:
                done, key = view.head().size, VerifierKey.parse(find_latest(view).verifier_key)
            processes = in_processes(store, len(os.sched_getaffinity(0)))
            report = verify_store(store, Trust([key]), lambda _: None, processes)
        if report.faults:
            raise RuntimeError(str(report.faults))
    print_run(Run(done, time.perf_counter() - began))


if __name__ == "__main__":
    main()
