"""The two engines that appends are measured on: who keeps what where."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import Event

from service.bootstrap import build, open_serving
from service.config import Config
from service.jobs.scheduler import JobNotes, run_job
from service.jobs.table import list_jobs
from service.store import open_store
from tests.benchmarks import bare, peer_rows
from tests.benchmarks.bench import Bench
from tests.benchmarks.records import fill, fill_rows, keep_record
from tests.benchmarks.statements import make_record


@dataclass(slots=True)
class OnSQLite:
    """Each contender on a file of its own, copies of the kept records where there are such."""

    bench: Bench
    events: int
    work: str = "append on SQLite"
    libraries: tuple[str, ...] = ("eventsourcing save", "emmett", "UmaDB")
    _numbers: count[int] = field(default_factory=count)

    def onrecord(self) -> str:
        """Give a record all of whose jobs have run: one that never has is run at once, and is no append."""
        url = bare.url_of(self.bench.copy(self.events, "onrecord"))
        config = Config.from_env({"ONRECORD_DATABASE": url})
        timeline = build(open_serving(config))
        notes = JobNotes(timeline.store)
        for job in list_jobs(timeline, config, Event()):
            run_job(job, notes, timeline.now)
        notes.flush(timeline.now())
        timeline.close()
        return url

    def rows(self) -> str:
        """Give the same record as the app of rows has it."""
        return bare.url_of(self.bench.copy(self.events, "rows"))

    def bare(self) -> str:
        """Give the same record as bare rows."""
        return bare.url_of(self.bench.copy(self.events, "bare"))

    def empty(self) -> str:
        """Give a place where nothing is yet."""
        return bare.url_of(self.bench.work / f"peer-{self.events}-{next(self._numbers)}.db")


@dataclass
class OnPostgreSQL:
    """Each contender on a database of its own in the run's cluster; raises NoCluster."""

    bench: Bench
    events: int
    work: str = "append on PostgreSQL"
    libraries: tuple[str, ...] = ("message-db write_message", "eventsourcing save", "emmett")

    @cached_property
    def _kept(self) -> Path:
        return keep_record(self.bench.folder, self.events, self.bench.tell)

    def onrecord(self) -> str:
        """Give a record."""
        url = self.bench.database()
        store = open_store(url)
        store.migrate()
        fill(store, make_record(self.events), self.events)
        store.close()
        return url

    def rows(self) -> str:
        """Give the same record as the app of rows has it."""
        url = self.bench.database()
        engine = peer_rows.open_engine(url)
        peer_rows.Base.metadata.create_all(engine)
        engine.dispose()
        fill_rows(url, self._kept / "onrecord.db")
        return url

    def bare(self) -> str:
        """Give an empty table."""
        return self.bench.database()

    def empty(self) -> str:
        """Give an empty database."""
        return self.bench.database()
