"""What is recorded is told as recorded, even where the store cannot be read any more a moment later."""

from __future__ import annotations

import json

import pytest

from service.errors import Unavailable
from service.timeline import Timeline
from tests.builders import MOFA, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    JSON,
    OTHER,
    OTHER_ID,
    TEXT,
    in_json,
    nothing_recorded,
    open_claim,
    refused,
)

ERASED = kept("redacted", regarding=2)
OPENED = {"text": TEXT, "id": OTHER_ID, "events": [in_json(said("denied")), in_json(said("ncnd", MOFA))]}
BATCH = [in_json(said("unaware", MOFA), claim=CLAIM_ID), in_json(ERASED, claim=CLAIM_ID, if_match=3)]
OWN = [in_json(said("ncnd", MOFA), claim=CLAIM_ID), in_json(kept("redacted", regarding=3), claim=CLAIM_ID, if_match=3)]
WRITES = {
    "a statement": (f"{CLAIM}/events", in_json(said("ncnd", MOFA)), {}, [f"{CLAIM}/events/3"]),
    "a redaction": (f"{CLAIM}/events", in_json(ERASED), {"If-Match": '"2"'}, [f"{CLAIM}/events/3"]),
    "a claim": ("/claims", OPENED, {}, [OTHER]),
    "a batch": ("/events", {"events": BATCH}, {}, [f"{CLAIM}/events/3", f"{CLAIM}/events/4"]),
    "what erases itself": ("/events", {"events": OWN}, {}, [f"{CLAIM}/events/3", f"{CLAIM}/events/4"]),
}


def fail(*_args, **_more):
    """Be a store that cannot be read."""
    raise Unavailable("The disk does not answer.")


@pytest.fixture
def lost_after(monkeypatch):
    """Let no store be read from the moment on in which something is recorded, or was found to be recorded."""

    def lose(name):
        do = getattr(Timeline, name)

        def done(self, **asked):
            receipt = do(self, **asked)
            if receipt:
                monkeypatch.setattr(type(self.store), "reading", fail)
            return receipt

        monkeypatch.setattr(Timeline, name, done)
        return monkeypatch

    return lose


@pytest.mark.parametrize(("path", "body", "headers", "made"), WRITES.values(), ids=WRITES)
def test_what_is_recorded_is_told_though_nothing_can_be_read(desk, lost_after, path, body, headers, made):
    """Each write is answered 201, with the bytes that are served once the store can be read again."""
    open_claim(desk, said("denied"))
    lost = lost_after("record")
    answer = desk.post(path, data=json.dumps(body), headers={**JSON, **headers})
    lost.undo()
    assert answer.status_code == 201
    if "Location" in answer.headers:
        assert [answer.headers["Location"]] == made
    served = [desk.get(address, headers={"Accept": "application/json"}).data for address in made]
    told = [answer.data] if path != "/events" else [json.dumps(event) for event in answer.json["events"]]
    assert [json.loads(one) for one in served] == [json.loads(one) for one in told]
    assert path == "/events" or served == told


def test_what_came_before_is_told_as_recorded_though_it_cannot_be_read(desk, claim, client, lost_after):
    """A request that comes again while the store fails is told that it was recorded; later it gets the first answer."""
    ask = {"data": json.dumps(in_json(said("denied"))), "headers": {**JSON, "Idempotency-Key": "denial-2026-01-31"}}
    first = desk.post(f"{CLAIM}/events", **ask)
    with nothing_recorded(client):
        lost = lost_after("record")
        answer = desk.post(f"{CLAIM}/events", **ask)
        lost.undo()
        assert first.data == desk.post(f"{CLAIM}/events", **ask).data
    assert refused(answer) == (503, "unavailable", [])
    assert answer.json["detail"] == (
        "This was recorded before; what was answered then cannot be read just now. Ask again, with the same key."
    )


def test_a_write_that_asks_for_a_size_to_come_records_nothing(desk, claim, client):
    """A log size that the record has not reached is refused before anything is recorded."""
    with nothing_recorded(client):
        answer = desk.post(f"{CLAIM}/events", json=in_json(said("denied")), headers={"Log-Size-At-Least": "9"})
    assert refused(answer) == (422, "invalid", ["Log-Size-At-Least"])
