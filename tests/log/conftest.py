"""What the tests of the public log share: a key, a publisher, and somebody who records."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from service.note import SigningKey
from service.publisher import Publisher
from service.store.interface import Store
from tests.conftest import Clock

ORIGIN = "record.example/log"


@pytest.fixture
def key() -> SigningKey:
    """Make the key of a log."""
    return SigningKey.make(ORIGIN)


@pytest.fixture
def publisher(store: Store, key: SigningKey, clock: Clock) -> Publisher:
    """Publish the log of the empty record."""
    return Publisher(store, key, clock)


@pytest.fixture
def publish(publisher: Publisher) -> Callable[[], int]:
    """Give a way to publish; answers the size that was signed."""
    return lambda: publisher.publish().size


@pytest.fixture
def claim(desk: FlaskClient) -> Callable[..., str]:
    """Give a way to open a claim with so many statements; answers its address."""

    def opened(statements: int = 0) -> str:
        body = {"text": "An official met the envoy.", "events": [statement(n) for n in range(statements)]}
        response = desk.post("/claims", json=body)
        assert response.status_code == 201, response.text
        return response.headers["Location"]

    return opened


def statement(n: int) -> dict:
    """Make the n-th statement on a claim."""
    party = {"name": f"Ministry {n}", "kind": "ministry", "country": "RU"}
    return {"type": "denied", "data": {"party": party, "summary": f"No {n}.", "source": {"publisher": "The Wire"}}}
