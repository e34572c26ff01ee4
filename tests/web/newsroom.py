"""What a newsroom does over HTTP, and how it reads a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import Event

CLAIM_ID = "4be7c1d2-0000-4000-8000-000000000001"
OTHER_ID = "4be7c1d2-0000-4000-8000-000000000002"
NO_ID = "4be7c1d2-0000-4000-8000-00000000dead"  # no claim has it
CLAIM, OTHER = f"/claims/{CLAIM_ID}", f"/claims/{OTHER_ID}"
TEXT = "An official met the envoy in Moscow."
NOW = "2026-01-31T10:00:00.000000Z"  # as long as nobody moves the clock
JSON = {"Content-Type": "application/json"}


def open_claim(desk: FlaskClient, *events: Event, id_: str = CLAIM_ID, **more: Any) -> str:
    """Open a claim with events; answers its address."""
    body = {"text": TEXT, "lang": "en", "id": id_, "events": [in_json(event) for event in events], **more}
    response = desk.post("/claims", json=body)
    assert (201, f"/claims/{id_}") == (response.status_code, response.headers.get("Location")), response.text
    return f"/claims/{id_}"


def in_json(event: Event, **more: Any) -> dict[str, Any]:
    """Write an event as requests have it."""
    return {"type": event[0], "data": event[1], **more}


def append(desk: FlaskClient, event: Event, claim: str = CLAIM, **more: Any) -> TestResponse:
    """Ask for an event on a claim."""
    return desk.post(f"{claim}/events", json=in_json(event), **more)


def mend(desk: FlaskClient, event: Event, version: int, claim: str = CLAIM) -> TestResponse:
    """Ask for an event that changes how earlier ones read, having looked at a version."""
    return append(desk, event, claim, headers={"If-Match": f'"{version}"'})


def batch(desk: FlaskClient, *items: dict[str, Any], query: str = "", **more: Any) -> TestResponse:
    """Ask for events on any number of claims."""
    return desk.post(f"/events{query}", json={"events": items}, **more)


def refused(response: TestResponse) -> tuple[int, str, list[str]]:
    """Read a refusal: its status, its code, and the places of its faults; holds it to RFC 9457."""
    assert response.content_type == "application/problem+json", response.text
    problem = response.json
    assert problem is not None
    assert (f"/problems/{problem['code']}", response.status_code) == (problem["type"], problem["status"])
    assert problem["title"]
    assert problem["detail"]
    faults = problem.get("errors", [])
    assert [fault["detail"] for fault in faults] == [fault["detail"] or "a sentence" for fault in faults]
    return response.status_code, problem["code"], [fault.get("pointer", fault.get("parameter")) for fault in faults]


def record_of(client: FlaskClient) -> bytes:
    """Read the whole record, byte for byte."""
    return client.get("/events?limit=1000").data


@contextmanager
def nothing_recorded(client: FlaskClient) -> Iterator[None]:
    """Hold that the record is the same afterwards."""
    before = record_of(client)
    yield
    assert before == record_of(client)
