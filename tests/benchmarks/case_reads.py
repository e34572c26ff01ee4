"""Reads over HTTP: a history, a claim as it stands and stood, a claim that is known already."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import orjson

from domain.instants import write_instant
from tests.benchmarks.bare import url_of
from tests.benchmarks.bench import Bench, Contender, Plan
from tests.benchmarks.load import Run, drive, write_request
from tests.benchmarks.processes import run_process
from tests.benchmarks.records import BEGAN_AT, STEP
from tests.benchmarks.results import OURS, Absent, Result
from tests.benchmarks.serving import Server, find_port, running, serving
from tests.benchmarks.statements import SHORT, claim_id, find_claims, make_statement, plan_record

MEMORY, ROWS, DATASETTE, REBUILD = "from memory", "Flask + SQLAlchemy", "Datasette", "eventsourcing rebuild and dump"
MOST_CLAIMS = 200  # read in turn
ETAG = f'"{SHORT}"'
AS_IT_STANDS, AS_OF, UNCHANGED = "claim as it stands", "claim as of an instant", "claim, unchanged (304)"
ONCE = "claim as of an instant, each asked once"
MOST, MOST_ONCE = 20_000, 5_000  # a second; more than any of them does, and of what was not asked before


@dataclass(frozen=True, slots=True)
class Question:
    """Something to read: addresses at onrecord, and at those who have such."""

    case: str
    work: str
    ours: Sequence[str]
    rows: Sequence[str] = ()
    datasette: Sequence[str] = ()
    etag: str | None = None
    length: int = 0  # of the histories
    fresh: Iterator[str] | None = None  # addresses of ours, none twice, so that no answer was kept


def list_questions(plan: Plan, events: int) -> list[Question]:
    """List what is read: histories of each length, claims as they stand and stood, a claim that is known already."""
    claims = find_claims(events, SHORT)[:MOST_CLAIMS]
    at = [f"/claims/{claim}" for claim in claims]
    rows = [f"/rows/claims/{claim}.json?_shape=objects" for claim in claims]
    once = _ask_once(events)
    return [
        *(question for length in plan.histories if (question := _history(events, length)).ours),
        Question("claim", AS_IT_STANDS, at, at, rows),
        Question("claim", AS_OF, _ask_as_of(events)),
        Question("claim", UNCHANGED, at, etag=ETAG),
        Question("claim", ONCE, list(islice(once, MOST_CLAIMS)), fresh=once),
    ]


def _history(events: int, length: int) -> Question:
    claims = find_claims(events, length)[:MOST_CLAIMS]
    at = [f"/claims/{claim}/events" for claim in claims]
    question = "_shape=array&_nocount=1&_nofacet=1&_size=1000&_sort=version"
    rows = [f"/rows/statements.json?claim_id__exact={claim}&{question}" for claim in claims]
    return Question("history", f"history of {length} events", at, at, rows, length=length)


def _ask_as_of(events: int) -> list[str]:
    """Ask for each claim when half of its events were in the record."""
    seen: dict[int, list[int]] = {}
    for position, number in enumerate(plan_record(events)):
        seen.setdefault(number, []).append(position)
    short = [(number, at) for number, at in sorted(seen.items()) if len(at) == SHORT][:MOST_CLAIMS]
    moments = [(number, write_instant(BEGAN_AT + at[SHORT // 2 - 1] * STEP)) for number, at in short]
    return [f"/claims/{claim_id(number)}?as_of={at}" for number, at in moments]


def _ask_once(events: int) -> Iterator[str]:
    """Ask for claims as of an instant after their last event, at ever other microseconds."""
    last = {claim_id(number): position for position, number in enumerate(plan_record(events))}
    for n, claim in enumerate(cycle(find_claims(events, SHORT))):
        at = BEGAN_AT + last[claim] * STEP + timedelta(microseconds=n + 1)
        yield f"/claims/{claim}?as_of={write_instant(at)}"


def measure_reads(bench: Bench) -> list[Result]:
    """Measure reads over HTTP, against the same bytes from memory, rows, Datasette and the library."""
    return [result for events in bench.plan.sizes for result in _measure(bench, events)]


def _measure(bench: Bench, events: int) -> Iterator[Result]:
    questions = list_questions(bench.plan, events)
    kept = bench.work / f"kept-{events}"
    with ExitStack() as stack:

        def serve(kind: str, record: str) -> Server:
            return stack.enter_context(serving(kind, record, threads=bench.threads))

        rows = url_of(bench.copy(events, "rows"))
        servers: dict[str, Server | Absent] = {
            OURS: serve("onrecord", url_of(bench.copy(events, "onrecord"))),
            ROWS: serve("rows", rows),
        }
        _keep_answers(kept, servers[OURS], questions)
        servers[MEMORY] = serve("memory", str(kept))
        try:
            servers[DATASETTE] = stack.enter_context(_datasette(bench, rows.removeprefix("sqlite:///")))
        except Absent as absent:
            servers[DATASETTE] = absent
        for question in questions:
            for clients in bench.plan.readers:
                contenders = _readers(bench, question, clients, servers)
                if question.length:
                    contenders[REBUILD] = _rebuild(bench, question.length)
                yield bench.run_rounds(Result(question.case, question.work, events, clients), contenders)


@contextmanager
def _datasette(bench: Bench, rows: str) -> Iterator[Server]:
    port = find_port()
    program = [str(bench.peers.python), "-m", "datasette", "serve"]
    settings = ("--setting", "max_returned_rows", "1000", "--setting", "num_sql_threads", str(bench.threads))
    with running([*program, rows, "--port", str(port), *settings], port, quiet=True) as process:
        yield Server(port, process.pid)


def _rebuild(bench: Bench, length: int) -> Contender:
    file = bench.work / f"history-{length}.jsonl"
    with file.open("wb") as lines:
        for n in range(length):
            type_, data = make_statement(n)
            lines.write(orjson.dumps({"type": type_, "data": data}) + b"\n")
    place = bench.work / f"library-{length}.db"
    words = [url_of(place), file, str(length), str(bench.plan.read_seconds)]
    return partial(run_process, [sys.executable, "-m", "tests.benchmarks.peer_eventsourcing", "dump", *words])


def _keep_answers(folder: Path, server: Server | Absent, questions: Sequence[Question]) -> None:
    folder.mkdir()
    assert isinstance(server, Server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for question in questions:
        for n, target in enumerate(question.ours):
            connection.request("GET", target)
            answer = connection.getresponse()
            (folder / _name(question, n)).write_bytes(answer.read())
    connection.close()


def _name(question: Question, n: int) -> str:
    return f"{question.work.replace(' ', '-').replace(',', '')}-{n}"


def _readers(
    bench: Bench, question: Question, clients: int, servers: dict[str, Server | Absent]
) -> dict[str, Contender]:
    headers = {"If_None_Match": question.etag} if question.etag else {}
    kept = ["/nothing"] if question.etag else [f"/kept/{_name(question, n)}" for n in range(len(question.ours))]
    targets = {OURS: question.ours, MEMORY: kept, ROWS: question.rows, DATASETTE: question.datasette}

    def reader(name: str, server: Server) -> Callable[[], Run]:
        asked = [write_request("GET", target, **(headers if name == OURS else {})) for target in targets[name]]
        expected, most = 304 if question.etag else 200, bench.plan.read_seconds

        def read() -> Run:
            drive(server.port, asked, clients=clients, count=len(asked), expected=expected, longest=most / 4)
            requests, count = asked, int(most * MOST)
            if name == OURS and question.fresh:
                requests = [write_request("GET", target) for target in islice(question.fresh, int(most * MOST_ONCE))]
                count = len(requests)
            limits = {"clients": clients, "count": count, "expected": expected, "longest": most}
            return drive(server.port, requests, server_cpu=server.cpu, **limits)

        return read

    return {
        name: server if isinstance(server, Absent) else reader(name, server)
        for name, server in servers.items()
        if targets[name]
    }
