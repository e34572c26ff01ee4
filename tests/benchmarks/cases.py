"""The pieces of work that are measured, and against what.

In every round each contender does the same work, one after the other; who goes first
changes from round to round.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson

from domain.entry import canonical
from domain.instants import write_instant
from tests.benchmarks import bare, bulk, machine
from tests.benchmarks.load import Run, drive, write_request
from tests.benchmarks.records import BEGAN_AT, STEP, copy_record, keep_record, let_in, remove_record
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.serving import Server, serving
from tests.benchmarks.statements import SHORT, claim_id, find_claims, make_statement, plan_record

BARE, ROWS, MEMORY = "bare sqlite3", "Flask + SQLAlchemy", "from memory"
NEW = 10_000_000  # number of the first statement that is in no record
MOST_CLAIMS = 200  # read in turn
GROUP = 200  # rows a commit of the bare inserts that bulk work is compared with; as many as the writer takes
ETAG = f'"{SHORT}"'


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: sizes of the record, appends by clients, lengths of histories, seconds of a read."""

    sizes: Sequence[int]
    rounds: int
    appends: Mapping[int, int]
    histories: Sequence[int]
    readers: Sequence[int]
    read_seconds: float
    imported: int
    longest: float = 8.0  # seconds of a run of appends


@dataclass(slots=True)
class Bench:
    """Where it is measured, and what else ran there meanwhile."""

    plan: Plan
    folder: Path  # records that are kept
    work: Path  # copies, gone at the end
    tell: Callable[[str], None]
    threads: int = 8
    patience: float = 0.0  # seconds to go on trying for a run that others do not disturb
    noise: list[float] = field(default_factory=list)

    def run_rounds(self, result: Result, contenders: Mapping[str, Callable[[], Run]]) -> Result:
        """Let every contender run once a round."""
        names = list(contenders)
        result.runs = {name: [] for name in names}
        for n in range(self.plan.rounds):
            turn = n % len(names)
            for name in names[turn:] + names[:turn]:
                result.runs[name].append(self._run_quietly(contenders[name]))
        rates = ", ".join(f"{name} {result.spread(name, lambda run: run.rate).median:,.0f}/s" for name in names)
        self.tell(f"{result.work}, {result.events:,} events, {result.clients} clients: {rates}")
        return result

    def _run_quietly(self, contender: Callable[[], Run]) -> Run:
        until = time.monotonic() + self.patience
        while True:
            mark = machine.Mark.now()
            run = contender()
            others = mark.others_since()
            if others <= machine.QUIET or time.monotonic() >= until:
                self.noise.append(others)
                return run

    def copy(self, events: int, kind: str) -> Path:
        """Make a fresh copy of a record to work on."""
        return copy_record(keep_record(self.folder, events, self.tell), kind, self.work)


def measure_appends(bench: Bench) -> list[Result]:
    """Measure durable appends over HTTP, to claims that have only been opened."""
    results = []
    for events in bench.plan.sizes:
        claims = find_claims(events, 1)
        for clients, count in bench.plan.appends.items():
            appends = _Appends(bench, events, clients, count, claims)
            contenders = {OURS: appends.to_onrecord, BARE: appends.to_bare, ROWS: appends.to_rows}
            results.append(bench.run_rounds(Result("append", "append", events, clients), contenders))
    return results


@dataclass(frozen=True, slots=True)
class _Appends:
    bench: Bench
    events: int
    clients: int
    count: int
    claims: Sequence[UUID]

    def to_onrecord(self) -> Run:
        path = self.bench.copy(self.events, "onrecord")
        token = let_in(path)
        with serving("onrecord", path, threads=self.bench.threads) as server:
            return self._post(server, Authorization=f"Bearer {token}")

    def to_rows(self) -> Run:
        path = self.bench.copy(self.events, "rows")
        with serving("rows", path, threads=self.bench.threads) as server:
            return self._post(server)

    def to_bare(self) -> Run:
        path = self.bench.copy(self.events, "bare")
        states = [self._state(n) for n in range(self.count)]
        return bare.insert(path, states, threads=self.clients, longest=self.bench.plan.longest)

    def _post(self, server: Server, **headers: str) -> Run:
        warm = self.count // 10
        requests = [self._request(n, headers) for n in range(self.count + warm)]
        drive(server.port, requests[:warm], clients=self.clients, count=warm, expected=201)
        longest, after = self.bench.plan.longest, requests[warm:]
        limits = {"clients": self.clients, "count": self.count, "expected": 201}
        return drive(server.port, after, longest=longest, server_cpu=server.cpu, **limits)

    def _request(self, n: int, headers: Mapping[str, str]) -> bytes:
        type_, data = make_statement(NEW + n)
        target = f"/claims/{self.claims[n % len(self.claims)]}/events"
        return write_request("POST", target, orjson.dumps({"type": type_, "data": data}), **headers)

    def _state(self, n: int) -> str:
        type_, data = make_statement(NEW + n)
        facts = {"recorded_at": write_instant(BEGAN_AT), "recorded_by": "desk", "salt": "A" * 24, "v": 1, "version": 2}
        return canonical({"claim": str(self.claims[0]), "type": type_, "data": data, **facts}).decode()


@dataclass(frozen=True, slots=True)
class Question:
    """Something to read: addresses at onrecord, and at the app of rows where it has such."""

    case: str
    work: str
    ours: Sequence[str]
    rows: Sequence[str] = ()
    etag: str | None = None


def list_questions(plan: Plan, events: int) -> list[Question]:
    """List what is read: histories of each length, claims as they stand and stood, a claim that is known already."""
    histories = {n: [f"/claims/{c}/events" for c in find_claims(events, n)[:MOST_CLAIMS]] for n in plan.histories}
    claims = [f"/claims/{c}" for c in find_claims(events, SHORT)[:MOST_CLAIMS]]
    return [
        *(Question("history", f"history of {n} events", at, at) for n, at in histories.items() if at),
        Question("claim", "claim as it stands", claims, claims),
        Question("claim", "claim as of an instant", _ask_as_of(events)),
        Question("claim", "claim, unchanged (304)", claims, etag=ETAG),
    ]


def _ask_as_of(events: int) -> list[str]:
    """Ask for each claim when half of its events were in the record."""
    seen: dict[int, list[int]] = {}
    for position, number in enumerate(plan_record(events)):
        seen.setdefault(number, []).append(position)
    short = [(number, at) for number, at in sorted(seen.items()) if len(at) == SHORT][:MOST_CLAIMS]
    moments = [(number, write_instant(BEGAN_AT + at[SHORT // 2 - 1] * STEP)) for number, at in short]
    return [f"/claims/{claim_id(number)}?as_of={at}" for number, at in moments]


def measure_reads(bench: Bench) -> list[Result]:
    """Measure reads over HTTP, against the same bytes from memory."""
    results = []
    for events in bench.plan.sizes:
        questions = list_questions(bench.plan, events)
        with ExitStack() as stack:
            ours = stack.enter_context(_serve(bench, "onrecord", events))
            rows = stack.enter_context(_serve(bench, "rows", events))
            kept = bench.work / f"kept-{events}"
            _keep_answers(kept, ours.port, questions)
            memory = stack.enter_context(serving("memory", kept, threads=bench.threads))
            for question in questions:
                for clients in bench.plan.readers:
                    contenders = _readers(bench, question, clients, (ours, memory, rows))
                    result = Result(question.case, question.work, events, clients)
                    results.append(bench.run_rounds(result, contenders))
    return results


def _serve(bench: Bench, kind: str, events: int):
    return serving(kind, bench.copy(events, kind), threads=bench.threads)


def _keep_answers(folder: Path, port: int, questions: Sequence[Question]) -> None:
    folder.mkdir()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for question in questions:
        for n, target in enumerate(question.ours):
            connection.request("GET", target)
            answer = connection.getresponse()
            (folder / _name(question, n)).write_bytes(answer.read())
    connection.close()


def _name(question: Question, n: int) -> str:
    return f"{question.work.replace(' ', '-').replace(',', '')}-{n}"


def _readers(
    bench: Bench, question: Question, clients: int, servers: tuple[Server, Server, Server]
) -> dict[str, Callable[[], Run]]:
    ours, memory, rows = servers
    headers = {"If_None_Match": question.etag} if question.etag else {}
    kept = ["/nothing"] if question.etag else [f"/kept/{_name(question, n)}" for n in range(len(question.ours))]

    def reader(server: Server, targets: Sequence[str], **headers: str) -> Callable[[], Run]:
        requests = [write_request("GET", target, **headers) for target in targets]
        expected, most = 304 if question.etag else 200, bench.plan.read_seconds

        def read() -> Run:
            drive(server.port, requests, clients=clients, count=len(requests), expected=expected, longest=most / 4)
            count = int(most * 20_000)  # more than any of them does in that time
            limits = {"clients": clients, "count": count, "expected": expected, "longest": most}
            return drive(server.port, requests, server_cpu=server.cpu, **limits)

        return read

    contenders = {OURS: reader(ours, question.ours, **headers), MEMORY: reader(memory, kept)}
    return contenders | ({ROWS: reader(rows, question.rows)} if question.rows else {})


def measure_bulk(bench: Bench) -> list[Result]:
    """Measure import and rebuild, each a process of its own, against bare inserts of as many rows."""
    results = []
    file = bench.work / "import.jsonl"
    bulk.write_import_file(file, bench.plan.imported)
    states = [canonical(make_statement(n)[1]).decode() for n in range(bench.plan.imported)]
    for events in (0, *bench.plan.sizes):
        for what in ("import", "rebuild") if events else ("import",):
            contenders = {
                OURS: partial(_run_bulk, bench, what, events, file),
                f"bare, {GROUP} a commit": partial(_insert, bench, events, states),
            }
            results.append(bench.run_rounds(Result("bulk", what, events, 1), contenders))
    return results


def _run_bulk(bench: Bench, what: str, events: int, file: Path) -> Run:
    path = bench.copy(events, "onrecord") if events else bench.work / "empty.db"
    run = bulk.run_bulk(what, path, file)
    if not events:
        remove_record(path)
    return run


def _insert(bench: Bench, events: int, states: Sequence[str]) -> Run:
    path = bench.work / "bare.db"
    if events:
        bench.copy(events, "bare")
    else:
        remove_record(path)
    return bare.insert_in_groups(path, states, group=GROUP)


CASES: dict[str, Callable[[Bench], list[Result]]] = {
    "append": measure_appends,
    "read": measure_reads,
    "bulk": measure_bulk,
}
