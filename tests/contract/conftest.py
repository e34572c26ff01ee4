"""The engines under the contract, and for each test an empty record on one of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from service.store import open_store
from service.store.interface import Store
from tests.contract.asking import Bench


@dataclass(frozen=True)
class Engine:
    """How tests come by an empty record on an engine, and how into it behind the program's back.

    `place` gives the URL of a record of the test's own, which nobody has made yet; `connect`
    opens it as its driver does (PEP 249), committing every statement by itself; `refusal` is
    what its triggers raise, `tables` how to ask for the names of all tables.
    """

    name: str
    place: Callable[[Path], str]
    connect: Callable[[str], Any]
    refusal: type[Exception]
    tables: str


ENGINES = [
    Engine(
        "sqlite",
        place=lambda folder: f"sqlite:///{folder}/record.db",
        connect=lambda url: sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None),
        refusal=sqlite3.IntegrityError,
        tables="SELECT name FROM pragma_table_list WHERE type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%'",
    ),
]


@pytest.fixture(scope="session", params=ENGINES, ids=lambda engine: engine.name)
def engine(request):
    """Give each engine in turn."""
    return request.param


@pytest.fixture
def url(engine: Engine, tmp_path: Path) -> str:
    """Name a record of the test's own."""
    return engine.place(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open an empty record."""
    opened = open_store(url)
    opened.migrate()
    yield opened
    opened.close()


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
        with TemporaryDirectory() as folder:
            opened = open_store(engine.place(Path(folder)))
            opened.migrate()
            set_up = Bench(opened)
            try:
                yield opened, set_up
            finally:
                set_up.close()
                opened.close()

    return made


@pytest.fixture
def behind(engine: Engine, url: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Give a way to run one statement that the program knows nothing of."""

    def run(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with closing(engine.connect(url)) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    return run
