"""What the tests of the public log share: a key, a publisher, and somebody who records."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from service.public_log.exports import export_lines
from service.public_log.note import SigningKey
from service.public_log.publisher import Publisher
from service.store.interface import Store
from tests.builders import kept as keeping
from tests.conftest import Clock
from tests.log.auditing import AUDITORS
from tests.log.handing import SIZE, mend, saying

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


@pytest.fixture(params=AUDITORS, ids=lambda auditor: auditor.name)
def auditor(request):
    """Be each of the auditors in turn."""
    return request.param


@pytest.fixture
def record(claim, desk, publisher):
    """Record events on three claims, one redacted; gives the address of the first, and the note of size 5."""
    address = claim(4)
    early = publisher.publish().note
    mend(desk, address, keeping("amended", regarding=3, type="denied", statement=saying("Mended.")), 5)
    mend(desk, address, keeping("amended", regarding=2, type="denied", statement=saying("Mended too.")), 6)
    mend(desk, address, keeping("redacted", regarding=3), 7)
    claim(3)
    claim(2)
    assert SIZE == publisher.publish().size
    claim()
    return address, early


@pytest.fixture
def bundle(record, client):
    """Ask for the evidence of the first claim."""
    return client.get(f"{record[0]}/evidence").data


@pytest.fixture
def export(record, store):
    """Give a way to export the record as of a size."""

    def exported(size):
        with store.reading() as view:
            return b"".join(export_lines(view, origin="record.example/log", size=size))

    return exported


@pytest.fixture
def fetch(client):
    """Ask the record."""
    return lambda path: client.get(path).data


def statement(n: int) -> dict:
    """Make the n-th statement on a claim."""
    party = {"name": f"Ministry {n}", "kind": "ministry", "country": "RU"}
    return {"type": "denied", "data": {"party": party, "summary": f"No {n}.", "source": {"publisher": "The Wire"}}}
