"""Durable appends, one commit an answer: over HTTP, and as libraries and bare drivers do them.

The servers stand through all rounds, idle while another is measured; what they append to are claims that have only been
opened, and have some twenty statements at the end of a whole run. Whoever does not keep the record's events begins with
an empty store, which is kind to them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count as counting
from pathlib import Path
from typing import Any

import orjson

from domain.entry import canonical
from domain.instants import write_instant
from tests.benchmarks import bare, message_db
from tests.benchmarks.bench import Bench, Contender
from tests.benchmarks.engines import OnPostgreSQL, OnSQLite
from tests.benchmarks.load import Run, drive, write_request
from tests.benchmarks.processes import run_process
from tests.benchmarks.records import BEGAN_AT, let_in
from tests.benchmarks.results import OURS, Absent, Result
from tests.benchmarks.serving import Server, serving
from tests.benchmarks.statements import find_claims, make_statement
from tests.programs import NoCluster

BARE, GROUPED, ROWS, ROUND_TRIP = "bare insert", "bare, grouped", "Flask + SQLAlchemy", "bare Flask round trip"
DJANGO = {"Django + simple-history": "simple-history", "Django + reversion": "reversion"}
LIBRARY, EMMETT, UMADB, MESSAGE_DB = "eventsourcing save", "emmett", "UmaDB", "message-db write_message"
LIBRARY_THREADS = 8
NEW = 10_000_000  # number of the first statement that is in no record
HERE = Path(__file__).parent


def measure_appends(bench: Bench) -> list[Result]:
    """Measure appends on both engines, on SQLite at every size."""
    engines: list[OnSQLite | OnPostgreSQL] = [OnSQLite(bench, events) for events in bench.plan.sizes]
    engines.append(OnPostgreSQL(bench, min(bench.plan.sizes)))
    results = []
    for engine in engines:
        with ExitStack() as stack:
            try:
                appends = _Appends(bench, engine, stack)
            except NoCluster as error:
                bench.tell(f"{engine.work}: {error}")
                continue
            results += [appends.measure(clients, count) for clients, count in bench.plan.appends.items()]
    return results


class _Appends:
    """The contenders on one engine; those that serve are started once."""

    def __init__(self, bench: Bench, engine: OnSQLite | OnPostgreSQL, stack: ExitStack) -> None:
        self.bench, self.engine, self.stack = bench, engine, stack
        self.claims = find_claims(engine.events, 1)
        self.numbers = counting(NEW)
        self.bare = engine.bare()
        ours = engine.onrecord()
        headers = {"Authorization": f"Bearer {let_in(ours)}"}
        nothing = bench.work / f"no-answers-{engine.events}-{type(engine).__name__}"
        nothing.mkdir()
        self.served: dict[str, Callable[..., Run] | Absent] = {
            OURS: partial(self._post, self._serve("onrecord", ours), headers, ""),
            ROWS: partial(self._post, self._serve("rows", engine.rows()), {}, ""),
            ROUND_TRIP: partial(self._post, self._serve("memory", str(nothing)), {}, "/echo"),
        } | {name: self._serve_django(kind) for name, kind in DJANGO.items()}

    def measure(self, clients: int, count: int) -> Result:
        """Measure so many appends by so many clients."""
        over_http: dict[str, Contender] = {
            name: post if isinstance(post, Absent) else partial(post, clients, count)
            for name, post in self.served.items()
            if name != ROUND_TRIP or clients == 1  # what one lone append is compared with
        }
        file, states = self._write_statements(count), [self._state(n) for n in range(NEW, NEW + count)]
        longest = self.bench.plan.longest
        through_driver: dict[str, Contender] = {
            BARE: partial(bare.insert, self.bare, states, threads=clients, longest=longest),
            GROUPED: partial(bare.insert_in_groups, self.bare, states, group=clients, longest=longest),
        }
        named = (
            self.engine.libraries if clients == max(self.bench.plan.appends) else ()
        )  # a process each takes its time
        libraries = {name: self._library(name, file, clients) for name in named}
        result = Result("append", self.engine.work, self.engine.events, clients)
        return self.bench.run_rounds(result, over_http | through_driver | libraries)

    def _post(self, server: Server, headers: Mapping[str, str], target: str, clients: int, count: int) -> Run:
        warm = max(clients, count // 10)
        requests = [self._request(next(self.numbers), headers, target) for _ in range(count + warm)]
        limits: dict[str, Any] = {"clients": clients, "expected": 201}
        drive(server.port, requests[:warm], count=warm, **limits)
        longest = self.bench.plan.longest
        return drive(server.port, requests[warm:], count=count, longest=longest, server_cpu=server.cpu, **limits)

    def _library(self, name: str, file: Path, clients: int) -> Contender:
        """Give the work of a library in a process of its own."""
        longest = str(self.bench.plan.longest)
        on_sqlite = isinstance(self.engine, OnSQLite)
        try:
            if name == MESSAGE_DB:
                database = message_db.install(self.bench, file)
                return partial(message_db.write, self.bench, database, file, clients)
            if name == EMMETT:
                node = self.bench.peers.node_folder("node-sqlite" if on_sqlite else "node")
                words = ["node", HERE / "peer_emmett.cjs", node]
            elif name == LIBRARY and on_sqlite:  # this library is one of ours
                words = [sys.executable, "-m", "tests.benchmarks.peer_eventsourcing", "append"]
                clients = min(clients, LIBRARY_THREADS)
            else:
                module = {LIBRARY: "peer_eventsourcing", UMADB: "peer_umadb"}[name]
                words = [self.bench.peers.python, "-m", f"tests.benchmarks.{module}", "append"]
        except Absent as absent:
            return absent
        url = self.engine.empty()
        return partial(run_process, [*words, url, file, str(clients), longest])

    def _serve(self, kind: str, record: str, **more: Any) -> Server:
        return self.stack.enter_context(serving(kind, record, threads=self.bench.threads, **more))

    def _serve_django(self, kind: str) -> Callable[..., Run] | Absent:
        try:
            python, record = self.bench.peers.python, self.engine.empty()
            file = self.bench.work / "claims.json"
            file.write_bytes(orjson.dumps([str(claim) for claim in self.claims]))
            run_process([python, "-m", "tests.benchmarks.peer_django", kind, record, file])
        except Absent as absent:
            return absent
        return partial(self._post, self._serve(kind, record, python=python), {}, "")

    def _write_statements(self, count: int) -> Path:
        file = self.bench.work / f"statements-{count}.jsonl"
        with file.open("wb") as lines:
            for n in range(count):
                type_, data = make_statement(NEW + n)
                statement = {"claim": str(self.claims[n % len(self.claims)]), "type": type_, "data": data}
                lines.write(orjson.dumps(statement) + b"\n")
        return file

    def _request(self, number: int, headers: Mapping[str, str], target: str) -> bytes:
        type_, data = make_statement(number)
        target = target or f"/claims/{self.claims[number % len(self.claims)]}/events"
        return write_request("POST", target, orjson.dumps({"type": type_, "data": data}), **headers)

    def _state(self, number: int) -> str:
        type_, data = make_statement(number)
        facts = {"recorded_at": write_instant(BEGAN_AT), "recorded_by": "desk", "salt": "A" * 24, "v": 1, "version": 2}
        return canonical({"claim": str(self.claims[0]), "type": type_, "data": data, **facts}).decode()
