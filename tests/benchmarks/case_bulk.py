"""Import and rebuild on both engines, each a process of its own, against bare inserts of as many rows.

Memory is held to that of a quarter of the same work, where that too is work for processes beside: with fewer events
the one process does all, and has less to hold than it ever will.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from domain.entry import canonical
from service.importing.importer import GROUP as GROUP_ROWS
from service.importing.making import AHEAD
from service.rebuild import LARGE
from service.store import open_store
from tests.benchmarks import bare, bulk
from tests.benchmarks.bench import Bench, Contender
from tests.benchmarks.load import Run
from tests.benchmarks.records import fill, remove_record
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.statements import make_record, make_statement
from tests.programs import NoCluster

GROUP = 200  # rows a commit of the bare inserts; as many as the writer takes
BARE = f"bare, {GROUP} a commit"
PART = 4
ENGINES = ("SQLite", "PostgreSQL")
PART_OF = {"import": f"onrecord, a {PART}th of the file", "rebuild": f"onrecord, a {PART}th of the record"}
LEAST = {"import": GROUP_ROWS * (AHEAD + 2), "rebuild": LARGE}  # events of a part: as much is waiting as ever


def measure_bulk(bench: Bench) -> list[Result]:
    """Measure import into an empty and into a full record, and rebuilding the read model."""
    results = list(_measure(bench, "SQLite"))
    try:
        results += _measure(bench, "PostgreSQL")
    except NoCluster as error:
        bench.tell(f"import on PostgreSQL: {error}")
    return results


def _measure(bench: Bench, engine: str) -> Iterator[Result]:
    whole, part = bench.work / "import.jsonl", bench.work / "import-part.jsonl"
    bulk.write_import_file(whole, bench.plan.imported)
    bulk.write_import_file(part, bench.plan.imported // PART)
    states = [canonical(make_statement(n)[1]).decode() for n in range(bench.plan.imported)]
    places = _Places(bench, engine)
    for events in (0, *bench.plan.sizes):
        for what in ("import", "rebuild") if events else ("import",):
            contenders: dict[str, Contender] = {OURS: partial(_work, places, what, events, whole)}
            if (bench.plan.imported if what == "import" else events) >= PART * LEAST[what]:
                fewer = events if what == "import" else events // PART
                contenders[PART_OF[what]] = partial(_work, places, what, fewer, part)
            contenders[BARE] = partial(_insert, places, events, states)
            yield bench.run_rounds(Result("bulk", f"{what} on {engine}", events, 1), contenders)


class _Places:
    """Records to work on: a fresh one each time."""

    def __init__(self, bench: Bench, engine: str) -> None:
        self.bench, self.engine = bench, engine
        self._filled: dict[int, str] = {}

    def onrecord(self, events: int) -> str:
        """Give a record of so many events."""
        if self.engine == "PostgreSQL":
            cluster = self.bench.cluster()
            return cluster.url(cluster.create_database(self._template(events)) if events else cluster.create_database())
        if events:
            return bare.url_of(self.bench.copy(events, "onrecord"))
        return self._new("empty")

    def bare(self, events: int) -> str:
        """Give a place for bare rows, after as many as the record has events where the engine is SQLite."""
        if self.engine == "PostgreSQL":
            return self.bench.database()
        return bare.url_of(self.bench.copy(events, "bare")) if events else self._new("bare")

    def _new(self, name: str) -> str:
        path = self.bench.work / f"{name}.db"
        remove_record(path)
        return bare.url_of(path)

    def _template(self, events: int) -> str:
        if events not in self._filled:
            cluster = self.bench.cluster()
            self._filled[events] = cluster.create_database()
            store = open_store(cluster.url(self._filled[events]))
            store.migrate()
            fill(store, make_record(events), events)
            store.close()
        return self._filled[events]


def _work(places: _Places, what: str, events: int, file: Path) -> Run:
    return bulk.run_bulk(what, places.onrecord(events), file)


def _insert(places: _Places, events: int, states: Sequence[str]) -> Run:
    return bare.insert_in_groups(places.bare(events), states, group=GROUP)
