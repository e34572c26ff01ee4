"""How large an event, a claim and a batch may be; 413 beyond it, to the byte, and nothing stored."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from tests.builders import MID, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    JSON,
    OTHER_ID,
    TEXT,
    append,
    batch,
    in_json,
    mend,
    nothing_recorded,
    refused,
)

MIB = 1_048_576
AGAIN = "?allow_duplicate=true"


def denial(text):
    """Make a denial with a quote of a given text."""
    return said("denied", quote={"text": text, "lang": "und"})


@pytest.mark.parametrize(("letter", "bytes_each"), [("x", 1), ("ж", 2), ("외", 3), ("𐤀", 4), ('"', 2), ("\x01", 6)])
def test_an_event_has_less_than_64_kib_as_stored(desk, claim, client, letter, bytes_each):
    """65,535 bytes as stored are taken; what would have more is refused, in any script."""
    spare = 65_535 - len(append(desk, denial(".")).data)
    fits, over = denial("." + letter * (spare // bytes_each)), denial("." + letter * (spare // bytes_each + 1))
    with nothing_recorded(client):
        assert refused(batch(desk, in_json(over, claim=CLAIM_ID), query=AGAIN))[:2] == (413, "too_large")
    made = desk.post(f"{CLAIM}/events{AGAIN}", json=in_json(fits))
    assert (201, fits[1]) == (made.status_code, made.json["data"])
    assert 65_535 - bytes_each < len(made.data) <= 65_535


def test_64_kib_and_a_byte(desk, claim, client):
    """An event whose payload alone has 64 KiB and one byte is refused with a pointer to it."""
    event = denial("")
    frame = len(json.dumps(event[1], separators=(",", ":")).encode())
    event[1]["quote"]["text"] = "x" * (65_537 - frame)
    with nothing_recorded(client):
        assert refused(append(desk, event)) == (413, "too_large", ["/data"])


def test_an_amendment_is_an_event_too(desk, claim, client):
    """The same limit holds for what an amendment carries, and for a claim's own wording."""
    append(desk, said("denied"))
    statement = {"party": MID, "summary": "No.", "source": {"publisher": "TASS"}, "note": "x" * 65_500}
    with nothing_recorded(client):
        response = mend(desk, kept("amended", regarding=2, type="denied", statement=statement), 2)
    assert refused(response) == (413, "too_large", ["/data"])
    with nothing_recorded(client):
        response = desk.post("/claims", json={"text": "x" * 65_536})
    assert refused(response)[:2] == (413, "too_large")


def padded(body, size):
    """Write JSON with blanks around it, so that it has exactly so many bytes."""
    text = json.dumps(body).encode()
    return text + b" " * (size - len(text))


@pytest.mark.parametrize(
    ("path", "limit", "body"),
    [
        ("/claims", MIB, {"text": TEXT, "id": OTHER_ID}),
        (f"{CLAIM}/events", MIB, in_json(said("denied"))),
        ("/events", 16 * MIB, {"events": [in_json(said("denied"), claim=CLAIM_ID)]}),
    ],
)
def test_a_body_has_its_limit(desk, claim, client, path, limit, body):
    """A body of the limit is read, one of a byte more is refused without being read."""
    with nothing_recorded(client):
        assert refused(desk.post(path, data=padded(body, limit + 1), headers=JSON)) == (413, "too_large", [])
    assert desk.post(path, data=padded(body, limit), headers=JSON).status_code == 201


@pytest.mark.parametrize(("path", "limit"), [("/claims", MIB), (f"{CLAIM}/events", MIB), ("/events", 16 * MIB)])
def test_a_body_that_does_not_tell_its_length_has_the_same_limit(desk, claim, client, path, limit):
    """A chunked body is read up to the limit, and refused there."""
    stream = {"input_stream": BytesIO(b" " * (limit + 1)), "headers": {**JSON, "Transfer-Encoding": "chunked"}}
    with nothing_recorded(client):
        response = desk.post(path, environ_overrides={"wsgi.input_terminated": True}, **stream)
    assert refused(response) == (413, "too_large", [])


def test_a_chunked_body_is_read(desk, claim):
    """A body that does not tell its length is read to its end."""
    stream = BytesIO(json.dumps(in_json(said("denied"))).encode())
    terminated = {"wsgi.input_terminated": True}
    response = desk.post(f"{CLAIM}/events", input_stream=stream, headers=JSON, environ_overrides=terminated)
    assert response.status_code == 201


def test_a_lie_about_the_length_is_no_way_in(desk, claim, client):
    """A body that is longer than it says is read as long as it says."""
    body = json.dumps(in_json(said("denied"))).encode()
    with nothing_recorded(client):
        response = desk.post(
            f"{CLAIM}/events", input_stream=BytesIO(body), headers=JSON, environ_overrides={"CONTENT_LENGTH": "9"}
        )
    assert refused(response)[:2] == (400, "malformed")


def test_a_large_batch_of_large_events(desk, claim, client):
    """A batch near its limit, of events near theirs, is recorded whole."""
    text = "외교" * 9_000
    items = [in_json(denial(text), claim=CLAIM_ID) for _ in range(200)]
    body = json.dumps({"events": items}, ensure_ascii=False).encode()
    response = desk.post(f"/events{AGAIN}", data=body, headers=JSON)
    assert (201, 1, 201) == (response.status_code, response.json["first_position"], response.json["log_size"])
    assert client.get(f"{CLAIM}/events/201").json["data"]["quote"]["text"] == text


def test_an_answer_to_a_body_that_was_not_read_says_that_the_connection_ends(desk, claim):
    """Where nobody reads what is sent, as at an address that is none, the answer says so; else nothing ends."""
    told = [
        desk.post(path, data=b" " * 200_000, headers=JSON).headers.get("Connection")
        for path in ("/nowhere", "/parties", f"{CLAIM}/events")
    ]
    assert told == ["close", "close", None]
