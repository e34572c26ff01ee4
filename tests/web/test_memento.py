"""Hold the time gate to RFC 7089, with a client that others wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memento_client import MementoClient

from service.config import Config
from service.web import create_app
from tests.answering import answering
from tests.conftest import STORY, Clock
from tests.web.newsroom import refused

MEETING = "cb24e658-b4ee-5452-8916-1c18b6c61df4"


@pytest.fixture
def told(desk: FlaskClient, clock: Clock) -> FlaskClient:
    """Record the first nine events of the story, an hour apart: from 10:00 to 18:00 on 31 January 2026."""
    for line in STORY.read_text(encoding="utf-8").splitlines()[:9]:
        assert desk.post("/events", json={"events": [json.loads(line)]}).status_code == 201
        clock.move_on(hours=1)
    return desk


@pytest.fixture
def address(app: Flask, told: FlaskClient) -> Iterator[str]:
    """Serve the record over a real socket."""
    assert told
    with answering(app) as url:
        yield url


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_finds_the_version_of_a_moment(address):
    """memento-client resolves closest, first, previous, next and last."""
    claim = f"{address}/claims/{MEETING}"
    with MementoClient() as client:
        found = client.get_memento_info(claim, datetime(2026, 1, 31, 13, 30, tzinfo=UTC))["mementos"]
    versions = {name: memento["uri"][0].rsplit("/", 1)[1] for name, memento in found.items()}
    assert versions == {"closest": "4", "first": "1", "prev": "3", "next": "5", "last": "9"}


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("Sat, 31 Jan 2026 12:00:00 GMT", "3"),
        ("Sat, 31 Jan 2026 11:59:59 GMT", "2"),
        ("Thu, 01 Jan 2026 00:00:00 GMT", "1"),
        ("Fri, 01 Jan 2027 00:00:00 GMT", "9"),
        (None, "9"),
    ],
)
def test_the_gate_leads_to_the_version_that_held(told, moment, version):
    """The version recorded last by then; the first one before all of them, the last one without a date."""
    response = told.get(f"/claims/{MEETING}/timegate", headers={"Accept-Datetime": moment} if moment else {})
    assert (response.status_code, response.headers["Vary"]) == (302, "accept-datetime")
    assert response.headers["Location"] == f"http://localhost/claims/{MEETING}/versions/{version}"


@pytest.mark.parametrize("moment", ["yesterday", "", "2026-01-31T12:00:00Z", "Sat, 31 Jan 9999999999 12:00:00 GMT"])
def test_a_date_that_is_none_is_refused(told, moment):
    """A moment that cannot be read never quietly means now; RFC 7089 has it answered 400."""
    response = told.get(f"/claims/{MEETING}/timegate", headers={"Accept-Datetime": moment})
    assert refused(response) == (400, "malformed", ["Accept-Datetime"])


def test_where_reads_are_not_public_no_cache_may_share_the_gate(timeline, told):
    """What the gate answers to one who may read is not for a cache that others ask."""
    private = create_app(timeline, Config(public_reads=False)).test_client()
    token = told.environ_base["HTTP_AUTHORIZATION"]
    response = private.get(f"/claims/{MEETING}/timegate", headers={"Authorization": token})
    assert (response.status_code, response.headers["Cache-Control"]) == (302, "private, no-cache")


def test_a_version_says_when_it_was(told):
    """A memento is dated by when the record took it."""
    response = told.get(f"/claims/{MEETING}/versions/4")
    assert response.headers["Memento-Datetime"] == "Sat, 31 Jan 2026 13:00:00 GMT"


def test_the_map_lists_every_version(told):
    """One line each for the claim, the gate, the map itself and nine versions."""
    response = told.get(f"/claims/{MEETING}/timemap")
    lines = response.text.splitlines()
    assert (response.mimetype, len(lines)) == ("application/link-format", 12)
    address = f"<http://localhost/claims/{MEETING}/versions/9>"
    assert lines[-1] == f'{address}; rel="last memento"; datetime="Sat, 31 Jan 2026 18:00:00 GMT"'
