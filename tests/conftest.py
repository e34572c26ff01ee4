"""What tests share: an empty record in a file of its own, a clock that only moves when told, tokens, PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from service.config import Config
from service.machine import new_salt
from service.store import open_store
from service.store.interface import Store
from service.timeline import Timeline
from service.tokens import create_token
from service.web import create_app
from tests.clusters import Cluster
from tests.one_cluster import announce, dismiss, join
from tests.programs import memory

STORY = Path(__file__).parent.parent / "service" / "stories" / "moscow-contact.jsonl"
CLUSTER_FOLDER = pytest.StashKey[Path]()

settings.register_profile("untimed", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one choose the engine under the tests that are not about engines."""
    parser.addoption("--engine", choices=("sqlite", "postgresql"), default="sqlite", help="under the service's tests")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the run's cluster where tests are run, or sent to workers from, and note it in each worker."""
    if hasattr(config, "workerinput"):
        config.stash[CLUSTER_FOLDER] = Path(config.workerinput["cluster_folder"])
        return
    if (room := memory()) and "TMPDIR" not in os.environ:  # pytest's folders, too: what syncs there waits for no disk
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", room)
    folder, pipe = announce()
    config.stash[CLUSTER_FOLDER] = folder
    config.add_cleanup(lambda: dismiss(folder, pipe))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the announcement to a worker."""
    node.workerinput["cluster_folder"] = str(node.config.stash[CLUSTER_FOLDER])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long; the order is a random one else."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """Give the PostgreSQL of this run, which all tests share; it does not sync what it writes."""
    return join(pytestconfig.stash[CLUSTER_FOLDER])


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty record in a file, to be copied: to make its tables takes many times as long."""
    path = tmp_path_factory.mktemp("empty") / "record.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.migrate()
    return path


@pytest.fixture(scope="session")
def empty_database(cluster: Cluster) -> str:
    """Make an empty record in a database, likewise; gives its name."""
    name = cluster.create_database()
    with closing(open_store(cluster.url(name))) as store:
        store.migrate()
    return name


@pytest.fixture
def pg_url(cluster: Cluster) -> Iterator[str]:
    """Name an empty database of the test's own."""
    with cluster.database() as url:
        yield url


class Clock:
    """Tell a time that stands still until it is moved on."""

    def __init__(self, now: datetime = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)) -> None:
        """Stand still at this moment."""
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move_on(self, **by: float) -> None:
        """Move on by as much as `timedelta` is told, for example `days=1`."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Make a clock that stands still."""
    return Clock()


@pytest.fixture
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty record of the test's own: in a file, or on the engine that --engine names."""
    if request.config.getoption("--engine") == "postgresql":
        cluster, template = (request.getfixturevalue(name) for name in ("cluster", "empty_database"))
        with cluster.database(template) as url:
            yield url
    else:
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "record.db")
        yield f"sqlite:///{tmp_path}/record.db"


@pytest.fixture
def store(record_url: str) -> Iterator[Store]:
    """Open an empty record."""
    with closing(open_store(record_url)) as opened:
        yield opened


@pytest.fixture
def timeline(store: Store, clock: Clock) -> Iterator[Timeline]:
    """Build the timeline over the empty record, with its writer."""
    built = Timeline(store, clock=clock, new_salt=new_salt)
    yield built
    built.close()


@pytest.fixture
def app(timeline: Timeline) -> Flask:
    """Make the application that serves the timeline."""
    return create_app(timeline, Config())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Ask as a reader without a token."""
    return app.test_client()


@pytest.fixture
def desk(app: Flask, store: Store, clock: Clock) -> FlaskClient:
    """Ask as an editor at the desk, whose requests carry a token."""
    token = create_token(store, "desk-seoul", "editor", now=clock(), expires_in=None)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
