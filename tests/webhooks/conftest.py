"""An editor's desk, and a subscriber's server on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import Config
from service.store.interface import Store
from service.timeline import Timeline
from service.tokens import create_token
from service.web import create_app
from tests.conftest import Clock
from tests.webhooks.receiving import Desk, Receiver


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at the real time, which the verifying library asks for."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def app(timeline: Timeline) -> Flask:
    """Make the service, where webhooks may lead to this machine."""
    return create_app(timeline, Config(webhooks_allow_loopback=True))


@pytest.fixture
def client_of(app: Flask, store: Store, clock: Clock) -> Callable[[str, str], FlaskClient]:
    """Give a way to come by a client with a token: of a name, in a role."""

    def make(name: str, role: str) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = (
            f"Bearer {create_token(store, name, role, now=clock(), expires_in=None)}"
        )
        return client

    return make


@pytest.fixture
def at_desk(client_of: Callable[[str, str], FlaskClient], store: Store, clock: Clock) -> Desk:
    """Set up an editor who subscribes and records."""
    return Desk(client_of("desk-seoul", "editor"), store, clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Set up a subscriber's server."""
    with Receiver().listening() as listening:
        yield listening
