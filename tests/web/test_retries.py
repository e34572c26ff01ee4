"""Idempotency keys: the same request again gets the first answer; any other request with its key is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from service.tokens import create_token, revoke_token
from tests.builders import MOFA, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    JSON,
    OTHER,
    OTHER_ID,
    TEXT,
    append,
    in_json,
    mend,
    nothing_recorded,
    open_claim,
    refused,
)

KEY = {"Idempotency-Key": "denial-2026-01-31"}
DENIED = json.dumps(in_json(said("denied"))).encode()
ASIDE = ("Date", "Idempotent-Replayed", "X-Request-Id")


def send(client, body=DENIED, path=f"{CLAIM}/events", **headers):
    """Post a body with the key."""
    return client.post(path, data=body, headers={**JSON, **KEY, **headers})


def told(response):
    """Give everything of an answer but whether it is the first."""
    return response.status_code, {k: v for k, v in response.headers.items() if k not in ASIDE}, response.data


WRITES = [
    (f"{CLAIM}/events", in_json(said("denied"))),
    ("/claims", {"text": TEXT, "id": OTHER_ID, "events": [in_json(said("denied"))]}),
    ("/claims", {"text": TEXT}),
    ("/events", {"events": [in_json(said("denied"), claim=CLAIM_ID), in_json(said("ncnd", MOFA), claim=CLAIM_ID)]}),
]


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_a_request_that_comes_again_gets_the_first_answer(desk, claim, client, path, body):
    """The same key, method, path, query and body give the first answer byte for byte, and record nothing."""
    first = send(desk, json.dumps(body).encode(), path)
    append(desk, said("unaware", MOFA))
    with nothing_recorded(client):
        again = send(desk, json.dumps(body).encode(), path)
    assert (201, None) == (first.status_code, first.headers.get("Idempotent-Replayed"))
    assert (told(first), "true") == (told(again), again.headers.get("Idempotent-Replayed"))


def test_the_key_is_looked_at_before_anything_else(desk, claim, client, clock):
    """A retry is answered though it would be a duplicate, too late for its If-Match, or of another media type."""
    first = send(desk, **{"If-Match": '"1"'})
    append(desk, said("ncnd", MOFA))
    clock.move_on(days=400)
    headers = [{"If-Match": '"1"'}, {}, {"If-Match": "what"}, {"Content-Type": "text/plain"}, {"Accept": "text/html"}]
    assert [told(first)] * 5 == [told(send(desk, **more)) for more in headers]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{CLAIM}/events", DENIED + b" "),
        (f"{CLAIM}/events", b"{}"),
        (f"{CLAIM}/events", b"not JSON"),
        (f"{CLAIM}/events?dry_run=true", DENIED),
        (f"{CLAIM}/events?dryrun=true", DENIED),
        (f"{OTHER}/events", DENIED),
        ("/claims/no-claim-at-all/events", DENIED),
        ("/events", DENIED),
        ("/claims", DENIED),
    ],
)
def test_a_key_stands_for_one_request(desk, claim, client, path, body):
    """The same key with another body, query or path is refused, whatever else is wrong with the request."""
    open_claim(desk, id_=OTHER_ID)
    assert send(desk).status_code == 201
    with nothing_recorded(client):
        assert refused(send(desk, body, path)) == (422, "key_reused", [])


def test_a_key_is_the_tokens_own(desk, claim, hire):
    """Two desks that send the same key record an event each."""
    first = send(desk)
    second = send(hire("desk-moscow"), DENIED.replace(b"denied", b"ncnd"))
    assert [201, 201] == [first.status_code, second.status_code]
    assert [2, 3] == [first.json["version"], second.json["version"]]


def test_a_key_outlives_its_token(desk, claim, store, clock, app):
    """A new token of the same name gets the first answer: the name is who asked."""
    first = send(desk)
    revoke_token(store, "desk-seoul", now=clock())
    assert refused(send(desk)) == (401, "unauthenticated", [])
    token = create_token(store, "desk-seoul", "editor", now=clock(), expires_in=None)
    assert told(first) == told(send(app.test_client(), Authorization=f"Bearer {token}"))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{CLAIM}/events", b"not JSON", 400),
        (f"{CLAIM}/events", b"{}", 422),
        (f"{CLAIM}/events", json.dumps(in_json(kept("struck", regarding=2))).encode(), 428),
        (f"{CLAIM}/events", json.dumps(in_json(said("retracted", regarding=9))).encode(), 409),
        (f"{CLAIM}/events?dry_run=true", DENIED, 200),
        (f"{OTHER}/events", DENIED, 404),
        ("/claims", json.dumps({"text": TEXT, "id": CLAIM_ID}).encode(), 409),
        ("/events", json.dumps({"events": [in_json(said("denied"), claim=OTHER_ID)]}).encode(), 404),
    ],
)
def test_only_a_created_event_uses_a_key_up(desk, claim, client, path, body, status):
    """After a refusal or a rehearsal the key is still free, and stands for the first request that records."""
    with nothing_recorded(client):
        assert status == send(desk, body, path).status_code
        assert status == send(desk, body, path).status_code
    assert send(desk).status_code == 201


@pytest.mark.parametrize("key", ["", "short-7", "x" * 256, "with blank", "with\ttab", "schlüssel-1", "키" * 8])
def test_what_is_no_key(desk, claim, client, key):
    """A key has 8 to 255 visible ASCII characters; another is a fault of its header."""
    with nothing_recorded(client):
        sent = key.encode().decode("latin-1")  # as headers travel
        response = desk.post(f"{CLAIM}/events", data=DENIED, headers={**JSON, "Idempotency-Key": sent})
    assert refused(response) == (422, "invalid", ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("name", "other"), [("Idempotency-Key", "denial-2026-02-01"), ("If-Match", '"1"'), ("Authorization", "Bearer no")]
)
def test_a_header_that_says_two_things(desk, claim, client, name, other):
    """A key, a version or a token that came twice is refused by its name, the same one too: it says none of the two."""
    known = {**KEY, "If-Match": '"1"', "Authorization": desk.environ_base["HTTP_AUTHORIZATION"]}
    for twice in (other, known[name]):
        headers = [*JSON.items(), *known.items(), (name, twice)]
        with nothing_recorded(client):
            response = client.post(f"{CLAIM}/events", data=DENIED, headers=headers)
        assert refused(response) == (400, "malformed", [name])
    assert client.post(f"{CLAIM}/events", data=DENIED, headers=[*JSON.items(), *known.items()]).status_code == 201


@pytest.mark.parametrize("key", ["12345678", "!" * 255, "~~~~~~~~"])
def test_what_is_a_key(desk, claim, key):
    """The shortest, the longest and the oddest keys that are allowed are taken."""
    responses = [desk.post(f"{CLAIM}/events", data=DENIED, headers={**JSON, "Idempotency-Key": key}) for _ in range(2)]
    assert [(201, None), (201, "true")] == [(r.status_code, r.headers.get("Idempotent-Replayed")) for r in responses]


def test_a_replay_of_what_was_redacted_is_redacted(desk, claim):
    """The first answer again never brings back what was erased since."""
    first = send(desk)
    assert mend(desk, kept("redacted", regarding=2), 2).status_code == 201
    again = send(desk)
    kept_members = ("claim", "recorded_at", "recorded_by", "type", "v", "version")
    assert {name: first.json[name] for name in kept_members} == {name: again.json[name] for name in kept_members}
    assert {"commitment", "redacted"} == again.json.keys() - set(kept_members)
    assert (201, "true", f"{CLAIM}/events/2") == (
        again.status_code,
        again.headers["Idempotent-Replayed"],
        again.headers["Location"],
    )


@pytest.mark.parametrize("path", [f"{CLAIM}/events", "/claims", "/events"])
def test_two_at_once_with_one_key_record_one_event(app, desk, claim, client, path):
    """Of simultaneous requests with one key one is recorded, and all get its answer."""
    body = dict(WRITES)[path]
    size = client.get("/").json["log_size"]
    gate = Barrier(8)

    def ask(_):
        own = app.test_client()
        own.environ_base.update(desk.environ_base)
        gate.wait(timeout=30)
        return send(own, json.dumps(body).encode(), path)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert [told(answers[0])] * 8 == [told(answer) for answer in answers]
    assert [None, *["true"] * 7] == sorted((a.headers.get("Idempotent-Replayed") for a in answers), key=str)
    assert len(body.get("events", [1])) == client.get("/").json["log_size"] - size
