"""Batches: events on any number of claims, all or nothing, in their order."""

from __future__ import annotations

import json

import pytest

from tests.builders import MID, MOFA, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    NO_ID,
    OTHER,
    OTHER_ID,
    TEXT,
    batch,
    in_json,
    nothing_recorded,
    open_claim,
    record_of,
    refused,
)

OPENED = ("opened", {"text": TEXT, "lang": "en"})


def test_a_batch_answers_its_events_and_where_they_are(desk, claim, client):
    """The answer holds the events as stored, the position of the first, and the size of the record."""
    response = batch(desk, in_json(OPENED, claim=OTHER_ID), in_json(said("denied"), claim=CLAIM_ID))
    events = [client.get(f"{OTHER}/events/1").text, client.get(f"{CLAIM}/events/2").text]
    expected = f'{{"events":[{",".join(events)}],"first_position":1,"log_size":3}}'
    assert (201, expected, "3") == (response.status_code, response.text, response.headers["Log-Size"])


def test_one_utterance_on_four_claims(desk, client):
    """An act of speech that touches four claims is one event on each, in one breath."""
    ids = [f"4be7c1d2-0000-4000-8000-00000000000{n}" for n in range(1, 5)]
    for id_ in ids:
        open_claim(desk, id_=id_)
    types = ("denied", "acknowledged", "countered", "alleged")
    words = [said(type_, MID, utterance="briefing", said_on="2025-12-21") for type_ in types]
    response = batch(desk, *(in_json(word, claim=id_) for word, id_ in zip(words, ids, strict=True)))
    assert (201, 4, 8) == (response.status_code, response.json["first_position"], response.json["log_size"])
    stances = [client.get(f"/claims/{id_}").json["positions"][0]["stance"] for id_ in ids]
    assert ["denies", "affirms", "denies", "asserts"] == stances


def test_later_items_see_what_earlier_ones_made(desk, client):
    """A batch may open a claim, speak on it, take that back, and link it to another that it opens later."""
    named = {"claim": "ref:story/a"}
    items = [
        in_json(OPENED, **named),
        in_json(said("denied"), **named),
        in_json(said("retracted", regarding=2), **named),
        in_json(OPENED, claim="ref:story/b"),
        in_json(("linked", {"relation": "aspect_of", "claim": "ref:story/a"}), claim="ref:story/b"),
    ]
    response = batch(desk, *items)
    assert response.status_code == 201
    assert [1, 2, 3, 1, 2] == [event["version"] for event in response.json["events"]]
    assert response.json["events"][4]["data"]["claim"] == response.json["events"][0]["claim"]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (said("denied", said_on="2025-02-30"), (422, "invalid", ["/events/1/data/said_on"])),
        (said("denied", {"name": "MID"}), (422, "invalid", ["/events/1/data/party/kind"])),
        (("said", {}), (422, "invalid", ["/events/1/type"])),
        (said("retracted", MOFA, regarding=2), (409, "rule_broken", ["/events/1/data/party"])),
        (said("retracted", regarding=3), (409, "rule_broken", ["/events/1/data/regarding"])),
        (("linked", {"relation": "context", "claim": NO_ID}), (409, "rule_broken", ["/events/1/data/claim"])),
        (("linked", {"relation": "context", "claim": CLAIM_ID}), (422, "invalid", ["/events/1/data/claim"])),
        (OPENED, (409, "rule_broken", ["/events/1"])),
        (said("denied", note="x" * 66_000), (413, "too_large", ["/events/1/data"])),
    ],
)
def test_a_batch_is_recorded_whole_or_not_at_all(desk, claim, client, second, expected):
    """Where the second event is bad, its place is named and the first is not recorded either."""
    with nothing_recorded(client):
        response = batch(desk, in_json(said("denied"), claim=CLAIM_ID), in_json(second, claim=CLAIM_ID))
    assert expected == refused(response)
    assert client.get(CLAIM).json["version"] == 1


def test_a_claim_of_a_batch_that_is_not_there(desk, claim, client):
    """An item on a claim that nobody opened is 404, and named."""
    with nothing_recorded(client):
        response = batch(desk, in_json(said("denied"), claim=CLAIM_ID), in_json(said("denied"), claim=NO_ID))
    assert refused(response) == (404, "not_found", ["/events/1"])


def test_every_fault_of_every_item_is_named_at_once(desk, claim, client):
    """Faults of shape and of meaning, of every item, come in one answer."""
    items = [
        None,
        5,
        {"type": "frob"},
        {"claim": "meeting", "type": "denied", "data": {"party": {"name": "?", "kind": "state"}}},
        {"claim": CLAIM_ID, "type": "said", "data": {}, "if_match": 0, "note": "x"},
        in_json(said("denied", via=[5, "??"]), claim=CLAIM_ID),
    ]
    with nothing_recorded(client):
        status, code, places = refused(batch(desk, *items))
    assert (422, "invalid") == (status, code)
    assert sorted(places) == [
        "/events/0",
        "/events/1",
        "/events/2/claim",
        "/events/2/data",
        "/events/2/type",
        "/events/3/claim",
        "/events/3/data/party/name",
        "/events/3/data/source",
        "/events/3/data/summary",
        "/events/4/if_match",
        "/events/4/note",
        "/events/4/type",
        "/events/5/data/via/0",
        "/events/5/data/via/1",
    ]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/events"]),
        ({"events": []}, ["/events"]),
        ({"events": None}, ["/events"]),
        ({"events": {}}, ["/events"]),
        ({"events": "all"}, ["/events"]),
        ([], [""]),
        ("events", [""]),
        (None, [""]),
        ({"events": [], "claims": []}, ["/claims", "/events"]),
    ],
)
def test_what_is_no_batch(desk, claim, client, body, places):
    """A batch is an object with a list of events, and nothing else."""
    with nothing_recorded(client):
        status, code, named = refused(desk.post("/events", data=json.dumps(body), content_type="application/json"))
    assert (422, "invalid", places) == (status, code, sorted(named))


def test_a_batch_has_at_most_a_thousand_events(desk, claim, client):
    """1,000 events are recorded, 1,001 are refused."""
    asked = {"party": MOFA, "deadline": "2026-03-01T00:00:00Z"}
    items = [in_json(("comment_requested", asked), claim=CLAIM_ID)] * 1001
    with nothing_recorded(client):
        assert refused(batch(desk, *items)) == (422, "invalid", ["/events"])
    assert (201, 1001) == ((made := batch(desk, *items[:1000])).status_code, made.json["log_size"])


def test_a_new_claim_has_at_most_a_thousand_events(desk, client):
    """The same holds for the events that a new claim is opened with."""
    events = [in_json(said("denied", scope=str(n))) for n in range(1001)]
    before = record_of(client)
    assert refused(desk.post("/claims", json={"text": TEXT, "events": events})) == (422, "invalid", ["/events"])
    assert before == record_of(client)
