"""What a page costs, against the JSON of what it shows plus the page's own bytes given out from memory.

A claim's page shows the claim and its history, so the JSON of both is asked for, in the
same state: before anybody saw it, again, or just after one more event. Of what a process
keeps nothing is there when it is first seen, but for compiled templates and how a date or
a host reads; JSON that was never asked for goes out as it is stored, and has nothing to miss.

It is the application that is asked, without a server or a client between and without
answers that are kept whole, so that what is measured is what is made for one reader.
"""

from __future__ import annotations

import gc
import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service import bootstrap
from service.collecting import spare_collecting
from service.config import Config
from service.recording.ledger import Item
from service.server import COLLECTED
from service.store import open_store
from service.timeline import Asked, Timeline
from service.tokens import Actor
from service.web import create_app
from service.web.pages.compiling import PIECES
from service.web.pages.story import remember
from service.web.pages.templates import find_macro
from tests.benchmarks import peer_memory
from tests.benchmarks.bench import Bench
from tests.benchmarks.load import Run
from tests.benchmarks.records import Made, fill_onrecord
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.statements import SHORT, claim_id, make_opened, make_statement

EVENTS, ROWS = 200, 50  # of a claim's page; of a list
CLAIMS, LISTS = 10, 5
NEW = 30_000_000  # number of the first statement that is in no record
EACH = 5  # pages a run
SIZE = CLAIMS * EVENTS + LISTS * ROWS * SHORT
FIRST, AGAIN, MOVED = WHEN = ("first seen", "again", "after an event")
LIMIT = "JSON and the same bytes"
PAGE, JSON = "text/html", "application/json"
NAMES = ("voice", "speaker", "named", "recorder", "full")  # what writes names, and remembers them


def measure_pages(bench: Bench) -> list[Result]:
    """Measure the page of a claim of 200 events and a list of 50 claims."""
    path = bench.work / "pages.db"
    fill_onrecord(path, _make_record(), SIZE, bench.tell)
    lists = [f"/claims?as_of={SIZE - n * ROWS * SHORT}" for n in range(LISTS)]
    with _opened(path) as timeline, _started():
        claims = [f"/claims/{claim_id(n)}" for n in range(CLAIMS)]
        long = _Pages(bench, timeline, f"claim of {EVENTS} events", claims, 0)
        results = [long.measure_first(), long.measure_again(), long.measure_moved()]
        past, now = (_Pages(bench, timeline, f"list of {ROWS}", at, CLAIMS) for at in (lists, ["/claims"] * LISTS))
        return [*results, past.measure_first(), past.measure_again(), now.measure_moved()]


class _Pages:
    """Pages of a kind, asked for in turn, and each one's bytes in memory."""

    def __init__(self, bench: Bench, timeline: Timeline, what: str, targets: Sequence[str], first_claim: int) -> None:
        self._bench, self._timeline, self._what, self._targets = bench, timeline, what, targets
        self._first_claim = first_claim  # number of a claim on the first page
        self._shown = ("", "/events") if "/claims/" in targets[0] else ("",)  # what beside the address a page shows
        self._app = _make_app(timeline)
        self._places = cycle(range(len(targets)))
        bodies = [_ask(self._app, target, PAGE) for target in targets]
        self._size = max(len(gzip.compress(body)) for body in bodies) / 1024
        with TemporaryDirectory(dir=bench.work) as folder:
            for n, body in enumerate(bodies):
                (Path(folder) / str(n)).write_bytes(body)
            self._memory = peer_memory.create_app(folder, PAGE)
        _ask(self._memory, "/kept/0", PAGE)

    def measure_first(self) -> Result:
        """Measure pages that an application has not shown before; its JSON is asked of one that has not, either."""
        return self._measure(FIRST, self._begin)

    def measure_again(self) -> Result:
        """Measure pages that were shown before, while nothing is recorded."""
        return self._measure(AGAIN, lambda: self._app)

    def measure_moved(self) -> Result:
        """Measure pages that were shown before, each after one more event on what it shows."""
        return self._measure(MOVED, lambda: self._app, self._record)

    def _measure(self, when: str, find: Callable[[], Flask], prepare: Callable[[int], None] = lambda _: None) -> Result:
        def ask_page(app: Flask, n: int) -> None:
            _ask(app, self._targets[n], PAGE)

        def ask_json(app: Flask, n: int) -> None:
            for more in self._shown:
                _ask(app, self._targets[n] + more, JSON)
            _ask(self._memory, f"/kept/{n}", PAGE)

        contenders = {
            OURS: partial(self._run, find, prepare, ask_page),
            LIMIT: partial(self._run, find, prepare, ask_json),
        }
        return self._bench.run_rounds(Result("page", f"{self._what}, {when}", SIZE, 1), contenders)

    def _run(self, find: Callable[[], Flask], prepare: Callable[[int], None], ask: Callable[[Flask, int], None]) -> Run:
        app = find()
        _ask(app, "/parties", PAGE)
        seconds = cpu = 0.0
        chosen = list(islice(self._places, min(EACH, len(self._targets))))
        for n in chosen:
            prepare(n)
            began, used = time.perf_counter(), time.thread_time()
            ask(app, n)
            seconds, cpu = seconds + time.perf_counter() - began, cpu + time.thread_time() - used
            _ask(app, self._targets[n], PAGE)  # whoever comes next finds it shown, so that one event has come since
        return Run(len(chosen), seconds, server_cpu=cpu, gzipped_kib=self._size)

    def _begin(self) -> Flask:
        remember.cache_clear()  # what any application of this process read
        for name in NAMES:
            find_macro("en", PIECES, name).cache_clear()  # type: ignore[attr-defined]  # each is one that remembers
        app = _make_app(self._timeline)
        gc.unfreeze()  # the application before is garbage, and no page has to clear it away
        gc.collect()
        gc.freeze()
        return app

    def _record(self, n: int) -> None:
        item = Item(claim_id(self._first_claim + n), *make_statement(NEW + self._timeline.log_size()))
        self._timeline.record(items=[item], asked=Asked(Actor("bench", "reporter")))


@contextmanager
def _opened(path: Path) -> Iterator[Timeline]:
    with closing(open_store(f"sqlite:///{path}")) as store, closing(bootstrap.build(store)) as timeline:
        yield timeline


@contextmanager
def _started() -> Iterator[None]:
    """Let the collector spare what is there already, as a server's worker does."""
    before = gc.get_threshold()
    spare_collecting(COLLECTED)
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def _make_app(timeline: Timeline) -> Flask:
    return create_app(timeline, Config.from_env({"ONRECORD_PUBLIC_READS": "true", "ONRECORD_KEPT_MIB": "0"}))


def _ask(app: Flask, target: str, kind: str) -> bytes:
    path, _, query = target.partition("?")
    with closing(EnvironBuilder(path, query_string=query, headers={"Accept": kind})) as builder:
        answer, status, _ = run_wsgi_app(app.wsgi_app, builder.get_environ())
    body = b"".join(answer)
    if status != "200 OK":
        raise RuntimeError(f"{target}: {status} {body.decode()}")
    return body


def _make_record() -> Iterator[Made]:
    sizes = [EVENTS] * CLAIMS + [SHORT] * (LISTS * ROWS)
    number = 0
    for claim, size in enumerate(sizes):
        yield claim_id(claim), *make_opened(claim)
        for _ in range(size - 1):
            yield claim_id(claim), *make_statement(number)
            number += 1
