"""What tests share: an empty record in a file of its own, a clock that only moves when told, and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.bootstrap import new_salt
from service.config import Config
from service.store import open_store
from service.store.interface import Store
from service.timeline import Timeline
from service.tokens import create_token
from service.web import create_app

STORY = Path(__file__).parent.parent / "service" / "stories" / "moscow-contact.jsonl"


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
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty record in a file of its own."""
    opened = open_store(f"sqlite:///{tmp_path}/record.db")
    opened.migrate()
    yield opened
    opened.close()


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
