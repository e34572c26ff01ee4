"""The feed: the whole record in log order, resumable and without gaps."""

from __future__ import annotations

import json

import pytest

from tests.builders import said
from tests.web.newsroom import CLAIM, OTHER_ID, append, open_claim, refused


def read_on(client, path):
    """Read a feed page by page as its links lead; answers the pages."""
    pages = []
    while path:
        response = client.get(path)
        pages.append(response.json)
        link = response.headers.get("Link", "")
        path = link[link.index("<") + 1 : link.index(">")] if 'rel="next"' in link else None
    return pages


def test_an_empty_record_has_an_empty_feed(client):
    """Where nothing is recorded yet there is no event and no last position."""
    assert client.get("/events").data == b'{"events":[],"next":null,"log_size":0}'


def test_the_feed_is_the_record_in_order(moscow, client):
    """Positions run from 0 without a gap, and each event is the bytes that it is answered with."""
    text = client.get("/events?limit=1000").text
    feed = json.loads(text)
    assert list(range(31)) == [placed["position"] for placed in feed["events"]]
    assert (30, 31) == (feed["next"], feed["log_size"])
    for placed in feed["events"]:
        event = placed["event"]
        stored = client.get(f"/claims/{event['claim']}/events/{event['version']}").text
        assert f'{{"position":{placed["position"]},"event":{stored}}}' in text


@pytest.mark.parametrize("limit", [1, 7, 30, 31, 1000])
def test_the_feed_is_resumed(moscow, client, limit):
    """Following the links gives every position once, and the last page has no link."""
    pages = read_on(client, f"/events?limit={limit}")
    assert list(range(31)) == [placed["position"] for page in pages for placed in page["events"]]
    assert [30] == [page["next"] for page in pages[-1:]]


def test_the_feed_goes_on_where_it_ended(moscow, client):
    """Asked after the last position there is nothing, then what came since, and `next` never goes back."""
    empty = client.get("/events?after=30").json
    assert {"events": [], "next": 30, "log_size": 31} == empty
    open_claim(moscow)
    later = client.get("/events?after=30").json
    assert ([31], 31, 32) == ([e["position"] for e in later["events"]], later["next"], later["log_size"])


def test_the_feed_tells_of_each_claim_apart(desk, client, claim):
    """Events of several claims stand in the order they were recorded."""
    open_claim(desk, said("reported"), id_=OTHER_ID)
    append(desk, said("denied"), CLAIM)
    events = [placed["event"] for placed in client.get("/events").json["events"]]
    assert [("opened", 1), ("opened", 1), ("reported", 2), ("denied", 2)] == [(e["type"], e["version"]) for e in events]


@pytest.mark.parametrize(
    "query", ["limit=1001", "limit=-1", "limit=", "after=", "limit=1&limit=2", "before=3", "After=3"]
)
def test_the_feed_takes_no_other_question(client, query):
    """A value out of range, a parameter given twice and an unknown one are faults of their parameter."""
    assert refused(client.get(f"/events?{query}")) == (422, "invalid", [query.split("=")[0]])
