"""The engines under the contract, and for each test an empty record on one of them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid5

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service.public_log.checkpoint import read_checkpoint
from service.public_log.note import split_note
from service.public_log.publisher import Publisher
from service.store import open_store
from service.store.interface import Store
from service.verifying.section import SECTION
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.builders import CLAIM_ID, MID, MOFA, PAPER, amended, kept, said
from tests.clusters import Cluster
from tests.contract.asking import TEN, Bench, append, opening
from tests.contract.owner import EARLY, KEY, SIZE, Owner
from tests.programs import memory


@dataclass(frozen=True)
class Engine:
    """How tests come by an empty record on an engine, and how into it behind the program's back.

    `place` gives the URL of a record of the test's own, which nobody has made yet, `copy` that
    of a copy of one which nobody has open, such as the `empty` one; `run` runs one statement
    there and commits it; `refusal` is what its triggers raise, `tables` how to ask for the names
    of all tables.
    """

    name: str
    place: Callable[[], AbstractContextManager[str]]
    copy: Callable[[str], AbstractContextManager[str]]
    empty: str
    run: Callable[..., list[tuple[Any, ...]]]
    refusal: type[Exception]
    tables: str

    def made(self) -> AbstractContextManager[str]:
        """Give the URL of an empty record of the test's own."""
        return self.copy(self.empty)


@contextmanager
def place_file() -> Iterator[str]:
    """Name a file in a folder of its own."""
    with TemporaryDirectory(dir=memory()) as folder:
        yield f"sqlite:///{folder}/record.db"


@contextmanager
def copy_file(url: str) -> Iterator[str]:
    """Copy a file into a folder of its own."""
    with place_file() as copy:
        shutil.copy(url.removeprefix("sqlite:///"), copy.removeprefix("sqlite:///"))
        yield copy


def run_on_sqlite(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run a statement on a file."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        return connection.execute(statement, parameters).fetchall()


def run_on_postgresql(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run a statement on a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.replace("?", "%s").encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


def on_sqlite(empty: Path) -> Engine:
    """Describe the embedded store, of which there is an empty record."""
    names = "SELECT name FROM pragma_table_list WHERE type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%'"
    url = f"sqlite:///{empty}"
    return Engine("sqlite", place_file, copy_file, url, run_on_sqlite, sqlite3.IntegrityError, names)


def on_postgresql(cluster: Cluster, empty: str) -> Engine:
    """Describe PostgreSQL, where a database holds an empty record."""
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"

    def copy(url: str) -> AbstractContextManager[str]:
        return cluster.database(conninfo_to_dict(url)["dbname"])

    refusal, empty = psycopg.errors.RaiseException, cluster.url(empty)
    return Engine("postgresql", cluster.database, copy, empty, run_on_postgresql, refusal, names)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request) -> Engine:
    """Give each engine in turn."""
    if request.param == "sqlite":
        return on_sqlite(request.getfixturevalue("empty_file"))
    return on_postgresql(request.getfixturevalue("cluster"), request.getfixturevalue("empty_database"))


@pytest.fixture
def unmade(engine: Engine) -> Iterator[str]:
    """Name a record of the test's own, which nobody has made yet."""
    with engine.place() as url:
        yield url


@pytest.fixture
def url(engine: Engine, request) -> Iterator[str]:
    """Name a record of the test's own: an empty one, or where `record` is asked for that."""
    with engine.copy(
        request.getfixturevalue("written")[0] if "written" in request.fixturenames else engine.empty
    ) as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open an empty record."""
    with closing(open_store(url)) as opened:
        yield opened


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    """Set a writer to work on it."""
    set_up = Bench(store)
    yield set_up
    set_up.close()


@pytest.fixture(scope="session")
def fresh(engine: Engine) -> Callable[[], AbstractContextManager[tuple[Store, Bench]]]:
    """Give a way to come by an empty record as often as one likes, with a writer at work on it."""

    @contextmanager
    def made() -> Iterator[tuple[Store, Bench]]:
        with engine.made() as url, closing(open_store(url)) as opened, closing(Bench(opened)) as set_up:
            yield opened, set_up

    return made


@pytest.fixture
def behind(engine: Engine, url: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Give a way to run one statement that the program knows nothing of."""
    return partial(engine.run, url)


@pytest.fixture
def owner(engine, behind, record):
    """Hire a database's owner with bad intentions."""
    return Owner(engine, behind)


@pytest.fixture
def publisher(store):
    """Publish the log."""
    return Publisher(store, KEY, lambda: TEN)


@pytest.fixture(scope="session")
def written(engine: Engine) -> Iterator[tuple[str, list[bytes]]]:
    """Make a record to be copied; gives its URL, and the notes of sizes 21 and 41."""
    notes = []
    with engine.made() as url:
        with closing(open_store(url)) as store, closing(Bench(store)) as bench:
            publisher = Publisher(store, KEY, lambda: TEN)
            bench.do(opening(CLAIM_ID, *(said("denied", MID, scope=f"part {n}", summary=f"No {n}.") for n in range(6))))
            bench.do(append(CLAIM_ID, amended(7, said("denied", MID, summary="Not at all.")), if_match=7))
            bench.do(append(CLAIM_ID, kept("redacted", regarding=7), if_match=8))
            for n in range(8):
                bench.do(opening(uuid5(CLAIM_ID, str(n)), *(said("alleged", who) for who in (MID, MOFA, PAPER))))
                if n in {2, 7}:
                    notes.append(publisher.publish().note)
        yield url, notes


@pytest.fixture
def record(written):
    """Hold 41 events on nine claims, one of them redacted with its amendment; gives the notes of sizes 21 and 41."""
    assert [EARLY, SIZE] == [read_checkpoint(split_note(note)[0]).size for note in written[1]]
    return list(written[1])


@pytest.fixture(params=[SECTION, 2], ids=["whole", "in sections"])
def found(store, record, request):
    """Give a way to verify, with the key and what the auditor kept when the log had 21 events; tells what it found.

    In one section, and in sections of four events.
    """

    def verified(note=None):
        trust = Trust([KEY.verifier], record[0] if note is None else note)
        report = verify_store(store, trust, lambda _: None, level=request.param)
        assert report.fault_count >= len(report.faults)
        return [(fault.step, fault.name) for fault in report.faults], " ".join(f.detail for f in report.faults)

    return verified
