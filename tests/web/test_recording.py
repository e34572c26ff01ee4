"""Recording over HTTP: what a write answers, what a rehearsal answers, and what neither leaves behind."""

from __future__ import annotations

import json

import pytest

from tests.builders import MID, MOFA, PAPER, asked, assessed, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    JSON,
    NO_ID,
    NOW,
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

DENIAL = {"party": MID, "summary": "What was said.", "source": {"publisher": "The Wire"}}


def test_a_claim_is_opened(desk, client):
    """An opened claim is answered 201 as it stands, with its address, its version and the log size."""
    response = desk.post("/claims", json={"text": TEXT, "lang": "en", "id": CLAIM_ID})
    assert (201, client.get(CLAIM).data) == (response.status_code, response.data)
    told = {name: response.headers.get(name) for name in ("Location", "ETag", "Log-Size", "Cache-Control")}
    assert {"Location": CLAIM, "ETag": '"1"', "Log-Size": "1", "Cache-Control": "no-store"} == told


def test_a_claim_without_an_id_gets_one(desk):
    """Where neither id nor ref is given the claim gets an id of its own, each time another."""
    ids = [desk.post("/claims", json={"text": TEXT}).json["id"] for _ in range(2)]
    assert len({*ids, CLAIM_ID}) == 3


def test_a_language_that_was_not_told(desk):
    """`lang` is `und` where it is not given, or null."""
    bodies = [{"text": TEXT}, {"text": TEXT, "lang": None}]
    assert ["und", "und"] == [desk.post("/claims", json=body).json["lang"] for body in bodies]


def test_a_name_of_the_callers_own(desk):
    """`ref` makes the id: UUIDv5 of its address in the URL namespace, whatever its script."""
    names = ("moscow-contact/meeting", "모스크바")
    ids = [desk.post("/claims", json={"text": TEXT, "ref": ref}).json["id"] for ref in names]
    assert ["cb24e658-b4ee-5452-8916-1c18b6c61df4", "bcf84269-06a6-5a7a-a26f-67e0daa9e1d2"] == ids


def test_a_claim_is_opened_with_events(desk, client):
    """Events given with a claim are appended in the same transaction, and the answer is the claim after the last."""
    body = {"text": TEXT, "id": CLAIM_ID, "events": [in_json(said("reported", PAPER)), in_json(said("denied"))]}
    response = desk.post("/claims", json=body)
    told = (response.status_code, response.json["standing"], response.headers["ETag"], response.headers["Log-Size"])
    assert (201, "denied", '"3"', "3") == told
    assert client.get(CLAIM).data == response.data


def test_a_claim_is_opened_whole_or_not_at_all(desk, client):
    """Where one of its events is refused, the claim is not opened."""
    events = [in_json(said("reported", PAPER)), in_json(said("retracted", PAPER, regarding=7))]
    with nothing_recorded(client):
        response = desk.post("/claims", json={"text": TEXT, "id": CLAIM_ID, "events": events})
    assert refused(response) == (409, "rule_broken", ["/events/1/data/regarding"])
    assert response.json["rule"] == "regarding_exists"
    assert client.get(CLAIM).status_code == 404


@pytest.mark.parametrize("again", [{"id": CLAIM_ID}, {"id": CLAIM_ID.upper()}])
def test_a_claim_is_opened_once(desk, claim, client, again):
    """An id that exists is 409, and Location says where the claim is."""
    with nothing_recorded(client):
        response = desk.post("/claims", json={"text": "Something else.", **again})
    assert refused(response) == (409, "already_exists", [])
    assert response.headers["Location"] == CLAIM


def test_an_event_is_appended(desk, claim, client):
    """An appended event is answered 201 as stored, with its address, its version and its place in the log."""
    response = append(desk, ("denied", DENIAL))
    assert (201, client.get(f"{CLAIM}/events/2").data) == (response.status_code, response.data)
    told = {name: response.headers.get(name) for name in ("Location", "ETag", "Log-Position", "Log-Size")}
    assert {"Location": f"{CLAIM}/events/2", "ETag": '"2"', "Log-Position": "1", "Log-Size": "2"} == told
    event = json.loads(response.data)
    expected = {"claim": CLAIM_ID, "data": DENIAL, "recorded_at": NOW, "recorded_by": "desk-seoul", "type": "denied"}
    assert {**expected, "salt": event["salt"], "v": 1, "version": 2} == event


@pytest.mark.parametrize(
    "event",
    [
        *(said(type_) for type_ in ("reported", "alleged", "confirmed", "acknowledged", "denied", "countered")),
        *(said(type_) for type_ in ("dismissed", "ncnd", "declined", "unresponsive", "unaware", "deflected")),
        *(said(type_, regarding=2) for type_ in ("clarified", "retracted", "walked_back")),
        said("corrected", regarding=2, grade="refile"),
        assessed(regarding=2, likelihood="likely", confidence="low"),
        asked(MOFA),
        ("linked", {"relation": "context", "claim": OTHER_ID, "note": "Told in one breath."}),
        kept("reworded", text="An official met the envoy."),
        kept("struck", regarding=2),
        kept("redacted", regarding=2),
        kept("amended", regarding=2, type="ncnd", statement=DENIAL),
    ],
)
def test_every_type_goes_in_and_comes_out(desk, client, event):
    """Every type of event is stored with the payload that was sent, and its claim can be read."""
    open_claim(desk, said("alleged", scope="the host"))
    open_claim(desk, id_=OTHER_ID)
    response = mend(desk, event, 2)
    assert (201, event) == (response.status_code, (response.json["type"], response.json["data"]))
    assert client.get(CLAIM).json["version"] == 3


def test_a_link_is_taken_back(desk, claim, client):
    """`unlinked` ends a link; the claim then has none."""
    open_claim(desk, id_=OTHER_ID)
    link = {"relation": "follows", "claim": CLAIM_ID}
    assert append(desk, ("linked", link), OTHER).status_code == 201
    assert append(desk, ("unlinked", link), OTHER).status_code == 201
    assert client.get(OTHER).json["links"] == []


def test_null_says_the_same_as_nothing(desk, claim):
    """A member that is null is left out, at any depth, and is not stored."""
    data = {**DENIAL, "quote": None, "said_on": None, "source": {"publisher": "The Wire", "url": None}}
    assert DENIAL == append(desk, ("denied", data)).json["data"]


def test_what_comes_after_a_write_is_recorded_later(desk, claim, clock):
    """`recorded_at` is the service's clock, which never runs backwards whatever the machine's does."""
    clock.move_on(minutes=5)
    first = append(desk, said("denied")).json["recorded_at"]
    clock.move_on(minutes=-60)
    second = append(desk, said("ncnd")).json["recorded_at"]
    assert ["2026-01-31T10:05:00.000000Z"] * 2 == [first, second]


def test_a_rehearsal_answers_the_claim_as_it_would_stand(desk, claim, client):
    """`dry_run` checks everything, answers 200 with what would stand, and records nothing."""
    with nothing_recorded(client):
        response = desk.post(f"{CLAIM}/events?dry_run=true", json=in_json(said("denied")))
    assert (200, "denied", 2) == (response.status_code, response.json["standing"], response.json["version"])
    absent = [response.headers.get(name) for name in ("Location", "ETag", "Log-Position", "Idempotent-Replayed")]
    assert [None] * 4 == absent
    assert append(desk, said("denied")).status_code == 201
    assert client.get(CLAIM).data == response.data


def test_an_opening_is_rehearsed(desk, client):
    """`dry_run` on a new claim answers it as it would stand, and does not open it."""
    response = desk.post(
        "/claims?dry_run=true", json={"text": TEXT, "id": CLAIM_ID, "events": [in_json(said("denied"))]}
    )
    assert (200, "denied", 2) == (response.status_code, response.json["standing"], response.json["version"])
    assert client.get("/").json["log_size"] == 0


def test_a_batch_is_rehearsed(desk, claim, client):
    """`dry_run` on a batch answers each claim once, as it would stand after all of it."""
    opened = {"claim": OTHER_ID, "type": "opened", "data": {"text": TEXT, "lang": "en"}}
    denials = [in_json(said("denied"), claim=id_) for id_ in (CLAIM_ID, OTHER_ID)]
    with nothing_recorded(client):
        response = desk.post("/events?dry_run=true", json={"events": [opened, *denials]})
    stands = [(claim["id"], claim["standing"], claim["version"]) for claim in response.json["claims"]]
    assert (200, [(OTHER_ID, "denied", 2), (CLAIM_ID, "denied", 2)]) == (response.status_code, stands)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (said("denied", said_on="2025-13"), (422, "invalid", ["/data/said_on"])),
        (said("retracted", regarding=9), (409, "rule_broken", ["/data/regarding"])),
        (kept("struck", regarding=2), (428, "precondition_required", [])),
        (said("reported", PAPER), (409, "duplicate_statement", [])),
    ],
)
def test_a_rehearsal_refuses_what_would_be_refused(desk, client, event, expected):
    """What could not be recorded cannot be rehearsed either."""
    open_claim(desk, said("reported", PAPER))
    assert expected == refused(desk.post(f"{CLAIM}/events?dry_run=true", json=in_json(event)))


def test_an_event_needs_its_claim(desk, client):
    """Nothing is appended to a claim that nobody opened, and `opened` is no way to open it there."""
    for event in (said("denied"), ("opened", {"text": TEXT, "lang": "en"})):
        assert refused(append(desk, event, f"/claims/{NO_ID}")) == (404, "not_found", [])
    assert client.get("/").json["log_size"] == 0


@pytest.mark.parametrize(
    "query", ["dry_run=1", "dry_run=", "dry_run=True", "dryrun=true", "allow_duplicate=yes", "type=x"]
)
@pytest.mark.parametrize("path", ["/claims", f"{CLAIM}/events", "/events"])
def test_a_write_takes_its_own_parameters_only(desk, claim, client, path, query):
    """A misspelt `dry_run` records nothing: it is a fault of its parameter."""
    with nothing_recorded(client):
        response = desk.post(f"{path}?{query}", data=b"{}", headers=JSON)
    assert refused(response) == (422, "invalid", [query.split("=")[0]])
