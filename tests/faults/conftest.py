"""What fault tests share: a record in a file of its own, a token, and servers that are gone when the test is."""

from contextlib import ExitStack

import pytest

from service.machine import tell_time
from service.store import open_store
from service.tokens import create_token
from tests.faults.serving import Server


def pytest_terminal_summary(terminalreporter):
    """Show the figures that tests have told."""
    for report in terminalreporter.getreports("passed"):
        for name, figure in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(figure)


@pytest.fixture
def tell(record_property):
    """Give a way to tell a figure, which is shown at the end."""
    return lambda figure: record_property("figure", figure)


@pytest.fixture
def folder(tmp_path):
    """Name the folder of the record; other disks take its place."""
    return tmp_path


@pytest.fixture
def path(folder):
    """Make an empty record."""
    made = folder / "record.db"
    store = open_store(f"sqlite:///{made}")
    store.migrate()
    store.close()
    return made


@pytest.fixture
def token(path):
    """Give a desk the right to write in it."""
    store = open_store(f"sqlite:///{path}")
    made = create_token(store, "desk-seoul", "reporter", now=tell_time(), expires_in=None)
    store.close()
    return made


@pytest.fixture
def serve(path, tmp_path):
    """Give a way to start a server on it."""
    with ExitStack() as started:

        def start():
            server = Server(f"sqlite:///{path}", tmp_path)
            started.callback(server.kill)
            return server

        yield start
