"""What hangs: overdue requests and long silences, as a list and as feeds whose entries never change."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import feedparser
import pytest

from service.store import open_store
from service.store.hanging import HangingRow
from service.store.sql.hanging import SQLHanging
from service.store.sqlite.sql import SQLiteSql
from tests.builders import MID, MOFA, asked, said

KEYED = {"key": "south-korean-foreign-ministry", **MOFA}
DUE = "2026-02-02T12:00:00.000000Z"
TEXT = "An official met the envoy in Moscow."


@pytest.fixture
def claim(desk):
    """Open a claim on which one was asked and another withholds; answers its id."""
    told = [{"type": type_, "data": data} for type_, data in (asked(MOFA), said("ncnd", MID))]
    return desk.post("/claims", json={"text": TEXT, "lang": "en", "events": told}).json["id"]


def test_a_silence_hangs_after_some_days_and_a_request_from_its_deadline(claim, client, clock):
    """The list holds what hangs now, what came to hang last first, each with its party and since when."""
    assert client.get("/hanging").json == {"hanging": [], "days": 7, "next": None}
    clock.move_on(days=7, seconds=1)
    overdue = {
        "why": "overdue",
        "claim": claim,
        "version": 2,
        "text": TEXT,
        "standing": "unconfirmed",
        "party": KEYED,
        "since": "2026-02-02T12:00:00.000000Z",
        "hangs_since": "2026-02-02T12:00:00.000000Z",
    }
    silent = {
        **overdue,
        "why": "withholds",
        "version": 3,
        "party": {"key": "russian-foreign-ministry", **MID},
        "since": "2026-01-31T10:00:00.000000Z",
        "hangs_since": "2026-02-07T10:00:00.000000Z",
    }
    assert client.get("/hanging").json == {"hanging": [silent, overdue], "days": 7, "next": None}
    assert client.get("/hanging.json?days=8").json == {"hanging": [overdue], "days": 8, "next": None}
    assert client.get("/hanging?days=0").status_code == 422


def test_who_speaks_hangs_no_more(claim, desk, clock):
    """A party that answers, or takes a side, is gone from the list."""
    clock.move_on(days=8)
    for type_, party in (("confirmed", MID), ("declined", MOFA)):
        assert (
            desk.post(f"/claims/{claim}/events", json={"type": type_, "data": said(type_, party)[1]}).status_code == 201
        )
    assert desk.get("/hanging").json["hanging"] == []


def test_pages_are_of_one_moment_and_meet_everything_once(desk, clock):
    """Page by page everything comes once, also while time goes on; a cursor of another question is refused."""
    ids = []
    for n in range(7):
        told = [{"type": "ncnd", "data": said("ncnd")[1]}]
        ids.append(desk.post("/claims", json={"text": TEXT, "lang": "en", "events": told}).json["id"])
        clock.move_on(minutes=n % 2)
    clock.move_on(days=7, seconds=1)
    seen, address = [], "/hanging?limit=2"
    while address:
        page = desk.get(address)
        seen += [item["claim"] for item in page.json["hanging"]]
        following = re.search(r'<([^>]*)>; rel="next"', ", ".join(page.headers.getlist("Link")))
        address = following and following[1]
        clock.move_on(days=1)
    assert len(seen) == 7
    assert set(seen) == set(ids)
    cursor = desk.get("/hanging?limit=2").json["next"]
    assert desk.get(f"/hanging?limit=2&days=6&cursor={cursor}").status_code == 422
    assert desk.get("/hanging?cursor=WzEsMl0").status_code == 422


def test_the_feed_tells_it_once(claim, client, desk, clock):
    """A feed reader gets an entry for what came to hang, of the moment at which it did, which never changes."""
    clock.move_on(days=8)
    feed = feedparser.parse(client.get("/hanging.atom").data)
    assert (feed.bozo, feed.feed.title) == (False, "What hangs")
    base = "http://localhost"
    assert [(e.id, e.updated, e.title) for e in feed.entries] == [
        (
            f"{base}/claims/{claim}/events/3#hangs",
            "2026-02-07T10:00:00.000000Z",
            f"Russian Foreign Ministry neither affirms nor denies it, and has not for 7 days. {TEXT}",
        ),
        (
            f"{base}/claims/{claim}/events/2#hangs",
            DUE,
            f"South Korean Foreign Ministry was asked for comment and has not answered by {DUE}. {TEXT}",
        ),
    ]
    before = client.get("/hanging.feed").json["items"]
    assert [item["id"] for item in before] == [entry.id for entry in feed.entries]
    reworded = {"type": "reworded", "data": {"text": "It was otherwise.", "reason": "Clearer."}}
    assert desk.post(f"/claims/{claim}/events", json=reworded, headers={"If-Match": '"3"'}).status_code == 201
    clock.move_on(days=1)
    assert client.get("/hanging.feed").json["items"] == before
    links = client.get("/hanging").headers["Link"].split(", ")
    assert links == [
        '</hanging.atom>; rel="alternate"; type="application/atom+xml"',
        '</hanging.feed>; rel="alternate"; type="application/feed+json"',
    ]


@pytest.mark.parametrize("why", ["asked", "withholds"])
def test_a_page_costs_a_page(tmp_path, why):
    """What hangs is found by the index, whatever else the record holds, from either end."""
    with closing(open_store(f"sqlite:///{tmp_path}/record.db")) as store:
        store.migrate()
    plans = []
    connection = sqlite3.connect(tmp_path / "record.db")
    connection.set_trace_callback(plans.append)
    row = HangingRow("2026", "c", 1)
    SQLHanging(SQLiteSql(connection)).newest(why, before=row, limit=10)
    SQLHanging(SQLiteSql(connection)).oldest(why, before="2027", after=row, limit=10)
    for statement in plans[:]:
        found = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert len(found) == 1
        assert found[0].startswith("SEARCH hanging USING COVERING INDEX hanging_since (why=?")
    connection.close()
