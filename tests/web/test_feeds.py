"""Feeds: read by a feed reader, in words for people, of entries that never change."""

from __future__ import annotations

import re
import sqlite3
import warnings

import jsonschema
import pytest

from domain.codebook import EVENT_TYPES
from service.store import open_store
from service.store.sql.view import SQLView
from service.telling.wording import _KEPT, SAID
from tests.builders import KREMLIN, MID, amended, kept, said, statement
from tests.formats import hostile
from tests.formats.published import JSON_FEED
from tests.web.directory import KOREAN, joined
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, append, mend, open_claim

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import feedparser

HOST = "http://localhost"
MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
FEEDS = ["/claims", MEETING, "/parties/russian-foreign-ministry", "/corrections"]


def parsed(client, address):
    """Read an Atom feed as a feed reader does, and hold it to be well formed."""
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, "application/atom+xml; charset=utf-8")
    feed = feedparser.parse(response.data)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def entries_of(client, address):
    """Give the entries of an Atom feed, byte for byte."""
    return re.findall(rb"<entry>.*?</entry>", client.get(address).data, re.DOTALL)


def tags(client, address):
    """List the entries of a JSON Feed, each with what kind of event it is."""
    return [(item["id"], item["tags"]) for item in client.get(address).json["items"]]


@pytest.fixture
def mended(desk, clock):
    """Open a claim and mend it in every way there is: 2 amended, 3 struck, 4 corrected, 6 retracted."""
    declined = {"type": "declined", "statement": statement(KREMLIN, summary="Not now.")}
    steps = [
        (said("denied"), None),
        (said("reported", {"name": "The Paper", "kind": "media"}, summary="It was so."), None),
        (said("alleged", MID), None),
        (said("corrected", MID, regarding=4, grade="refile"), None),
        (said("confirmed", MID, said_on="2026-01-01"), None),
        (said("retracted", MID, regarding=6), None),
        (kept("amended", regarding=2, reason="A slip.", **declined), 7),
        (kept("struck", regarding=3), 8),
        (kept("redacted", regarding=4), 9),
    ]
    open_claim(desk)
    for event, version in steps:
        clock.move_on(minutes=1)
        made = (
            append(desk, event, query_string={"allow_duplicate": "true"})
            if version is None
            else mend(desk, event, version)
        )
        assert made.status_code == 201, made.text
    return desk


def test_every_event_has_words():
    """Each type of event is told in words of its own."""
    assert {*SAID, *_KEPT} == set(EVENT_TYPES)


@pytest.mark.usefixtures("moscow")
def test_a_claims_feed_tells_each_event_in_words(client):
    """One claim's feed has an entry an event, newest first, which a journalist can read."""
    feed = parsed(client, f"{MEETING}.atom")
    titles = {entry.id.rsplit("/", 1)[1]: entry.title for entry in feed.entries}
    assert list(titles) == ["9", "8", "7", "6", "5", "4", "3", "2", "1"]
    assert titles["4"] == "Russian Foreign Ministry denied (categorical): The reports are unfounded."
    assert titles["6"].startswith("South Korean Foreign Ministry neither confirmed nor denied: ")
    assert {f"{HOST}{MEETING}/events/{n}" for n in range(1, 10)} == {entry.link for entry in feed.entries}
    assert {"2026-01-31T10:00:00.000000Z"} == {entry.updated for entry in feed.entries}
    assert "A South Korean official involved in nuclear negotiations" in feed.feed.title


@pytest.mark.usefixtures("moscow")
def test_a_list_has_an_entry_a_version(client):
    """A list's feed has the newest version of each claim that answers; its id is the version's address."""
    every, denied = parsed(client, "/claims.atom"), parsed(client, "/claims.atom?standing=denied")
    listed = client.get("/claims").json["claims"]
    assert [f"{HOST}/claims/{c['id']}/versions/{c['version']}" for c in listed] == [e.id for e in every.entries]
    assert [c["text"] for c in listed if c["standing"] == "denied"] == [
        e.title.split(": ", 1)[1] for e in denied.entries
    ]
    assert {200} == {client.get(entry.id.removeprefix(HOST)).status_code for entry in every.entries}


def test_a_list_gives_the_newest_fifty(client, desk):
    """A list's feed ends at fifty."""
    for n in range(51):
        open_claim(desk, id_=f"4be7c1d2-0000-4000-8000-0000000001{n:02}")
    ids = [item["id"] for item in client.get("/claims.feed").json["items"]]
    assert (50, f"{HOST}/claims/4be7c1d2-0000-4000-8000-000000000150/versions/1") == (len(ids), ids[0])


def test_a_claim_gives_the_newest_fifty(client, desk):
    """A claim's feed ends at fifty events, each with the claim's text as it was worded before the first of them."""
    claim = open_claim(desk, *[said("denied", scope=f"Part {n}.") for n in range(50)])
    items = client.get(f"{claim}.feed").json["items"]
    assert (50, [51, 2]) == (len(items), [int(items[n]["id"].rpartition("/")[2]) for n in (0, -1)])
    assert items[-1]["content_text"].splitlines()[1] == "Claim: An official met the envoy in Moscow."


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.usefixtures("moscow")
def test_both_forms_tell_the_same(client, path):
    """JSON Feed has the members that its specification lists, and the entries that Atom has."""
    atom, feed = parsed(client, f"{path}.atom"), client.get(f"{path}.feed")
    assert feed.content_type == "application/feed+json"
    jsonschema.validate(feed.json, JSON_FEED)
    told = [(i["id"], i["title"], i["summary"], i["content_text"], i["date_published"]) for i in feed.json["items"]]
    assert [(e.id, e.title, e.summary, e.content[0].value, e.updated) for e in atom.entries] == told
    assert (f"{HOST}{path}.feed", f"{HOST}{path}") == (feed.json["feed_url"], feed.json["home_page_url"])


@pytest.mark.usefixtures("mended")
def test_corrections_are_all_in_one_place(client):
    """The corrections page has every amended, struck, redacted, corrected and retracted event, newest first."""
    listed = client.get("/corrections").json
    assert [(item["position"], item["event"]["type"]) for item in listed["corrections"]] == [
        (9, "redacted"),
        (8, "struck"),
        (7, "amended"),
        (6, "retracted"),
        (4, "corrected"),
    ]
    assert listed["next"] is None
    assert [entry.title for entry in parsed(client, "/corrections.atom").entries] == [
        "Redacted: what event 4 (alleged) said was erased. Reason: It was logged wrongly. Authority: the court.",
        "Struck from our record: event 3, The Paper reported: It was so. Reason: It was logged wrongly.",
        (
            "Correction of our record: event 2, changed: Did what; Party; Kind; What was said, in our words."
            " It should read: Kremlin declined to comment: Not now. Reason: A slip."
        ),
        "Russian Foreign Ministry retracted a statement (event 6: Russian Foreign Ministry confirmed): What was said.",
        "Russian Foreign Ministry corrected a statement (event 4; Grade: refile (a slip)): What was said.",
    ]


def test_corrections_come_in_pages(client, mended):
    """Following `next` gives every correction once, whatever is added meanwhile."""
    first = client.get("/corrections?limit=2")
    assert '</corrections?limit=2&before=8>; rel="next"' in first.headers.getlist("Link")
    assert mend(mended, kept("struck", regarding=7), 10).status_code == 201
    second = client.get(f"/corrections?limit=2&before={first.json['next']}").json
    assert ([item["position"] for item in second["corrections"]], second["next"]) == ([7, 6], 6)


def test_a_page_of_corrections_costs_a_page(tmp_path):
    """Corrections are found by their own index."""
    open_store(f"sqlite:///{tmp_path}/plan.db").migrate()
    connection, asked = sqlite3.connect(tmp_path / "plan.db"), []
    connection.set_trace_callback(asked.append)
    SQLView(connection).corrections(100, 10)
    plan = connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert [row[3] for row in plan] == ["SEARCH events USING INDEX corrections (position<?)"]


def test_entries_never_change(client, desk, clock):
    """Whatever comes later, an entry of an event, and of a claim as of then, keeps its bytes."""
    open_claim(desk, said("denied"), said("reported", {"name": "The Paper", "kind": "media"}))
    before, listed = entries_of(client, f"{CLAIM}.atom"), entries_of(client, "/claims.atom")
    clock.move_on(hours=1)
    changes = [amended(2, said("ncnd")), kept("struck", regarding=3), kept("reworded", text="Otherwise put.")]
    for version, change in enumerate(changes, 3):
        assert mend(desk, change, version).status_code == 201
    assert before == entries_of(client, f"{CLAIM}.atom")[3:]
    assert before == entries_of(client, f"{CLAIM}.atom?as_of=3")
    assert listed == entries_of(client, "/claims.atom?as_of=3")
    assert listed != entries_of(client, "/claims.atom")


@pytest.mark.parametrize("suffix", ["atom", "feed"])
def test_what_was_redacted_is_in_no_entry(client, desk, suffix):
    """A redaction erases the words from every entry that had them, amendments among them."""
    open_claim(desk, said("denied", summary="Mr Secret lied."))
    assert mend(desk, amended(2, said("denied", summary="Mr Secret did lie.")), 2).status_code == 201
    feeds = [f"{CLAIM}.{suffix}", f"/claims.{suffix}?as_of=2", f"/claims.{suffix}", f"/corrections.{suffix}"]
    assert ["Secret" in client.get(feed).text for feed in feeds] == [True] * 4
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    assert ["Secret" in client.get(feed).text for feed in feeds] == [False] * 4
    assert "Event 2 (denied) was redacted; what it said is erased." in client.get(feeds[0]).text


@pytest.mark.usefixtures("mended")
def test_a_partys_feed_tells_what_gave_changed_or_took_its_words(client, desk):
    """A party's feed has its statements, amendments and strikes, of whatever claim and name, and no word of others."""
    mid, told = "/parties/russian-foreign-ministry.feed", f"{HOST}{CLAIM}/events"
    newest = [(8, "amended"), (7, "retracted"), (6, "confirmed"), (5, "corrected"), (2, "denied")]
    assert tags(client, mid) == [(f"{told}/{version}", [kind]) for version, kind in newest]
    assert mend(desk, kept("struck", regarding=6), 10).status_code == 201
    newest = [(11, "struck"), *newest]
    assert tags(client, mid) == [(f"{told}/{version}", [kind]) for version, kind in newest]
    open_claim(desk, said("ncnd", KOREAN), id_=OTHER_ID)
    append(desk, joined(KOREAN["name"], "russian-foreign-ministry"), f"/claims/{OTHER_ID}")
    assert tags(client, mid) == [(f"{HOST}/claims/{OTHER_ID}/events/2", ["ncnd"]), *tags(client, f"{mid}?as_of=11")]
    assert client.get(mid).json["title"] == MID["name"]


def test_a_partys_feed_tells_who_took_its_word_back_and_who_gave_it_back(client, desk):
    """Where another voice of its state takes back a word, the feed of whose word it was says so, and who undoes it."""
    open_claim(desk, said("denied", KREMLIN), said("denied", KOREAN), said("retracted", MID, regarding=2))
    newest = [(4, "retracted"), (2, "denied")]
    steps = [
        (said("retracted", KREMLIN, regarding=4), (5, "retracted")),
        (kept("struck", regarding=5), (6, "struck")),
        (said("clarified", MID, regarding=4), None),
        (amended(4, said("ncnd", MID)), (8, "amended")),
    ]
    for version, (event, told) in enumerate(steps, 4):
        assert mend(desk, event, version).status_code == 201
        newest[:0] = [told] if told else []
        told_so = [(f"{HOST}{CLAIM}/events/{n}", [kind]) for n, kind in newest]
        assert tags(client, "/parties/kremlin.feed") == told_so
        assert tags(client, f"/parties/kremlin.feed?as_of={version + 1}") == told_so
    assert client.get("/parties/kremlin").json["party"]["statements"] == 1
    assert tags(client, "/parties/외교부.feed") == [(f"{HOST}{CLAIM}/events/3", ["denied"])]


def test_a_partys_feed_tells_of_a_retraction_that_was_erased(client, desk):
    """Whose word it took back is erased with it: all who had spoken before are told that it is gone, and no others."""
    other = said("denied", {**KREMLIN, "name": "Duma"})
    open_claim(desk, said("denied", KREMLIN), said("denied", KOREAN), said("retracted", MID, regarding=2), other)
    assert mend(desk, kept("redacted", regarding=5), 5).status_code == 201
    assert tags(client, "/parties/kremlin.feed") == [
        (f"{HOST}{CLAIM}/events/4", ["retracted"]),
        (f"{HOST}{CLAIM}/events/2", ["denied"]),
    ]
    assert mend(desk, kept("redacted", regarding=4), 6).status_code == 201
    redaction = (f"{HOST}{CLAIM}/events/7", ["redacted"])
    assert tags(client, "/parties/kremlin.feed") == [redaction, (f"{HOST}{CLAIM}/events/2", ["denied"])]
    assert tags(client, "/parties/외교부.feed") == [redaction, (f"{HOST}{CLAIM}/events/3", ["denied"])]
    assert client.get("/parties/kremlin").json["positions"][0]["stance"] == "denies"
    assert client.get("/parties/kremlin").json["party"]["statements"] == 1


@pytest.mark.parametrize("feed", ["/claims", CLAIM, "/corrections"])
def test_hostile_text_stays_text(client, desk, feed):
    """Nothing that was sent becomes markup, an address to follow, or turns our own words around."""
    assert desk.post("/claims", json={"text": hostile.TEXT, "id": CLAIM_ID}).status_code == 201
    assert append(desk, ("denied", hostile.SPOKEN)).status_code == 201
    assert mend(desk, amended(2, ("denied", hostile.SPOKEN)), 2).status_code == 201
    raw = client.get(f"{feed}.atom").text
    assert [text for text in (*hostile.MARKUP, *hostile.UNSHOWN) if text in raw] == []
    told = " ".join(entry.title + entry.summary for entry in parsed(client, f"{feed}.atom").entries)
    assert hostile.SCRIPT in client.get(f"{feed}.feed").json["items"][0]["title"]
    assert "alert(1)" in told
    assert hostile.ADDRESS not in raw + client.get(f"{feed}.feed").text


@pytest.mark.parametrize("suffix", ["atom", "feed"])
@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.usefixtures("moscow")
def test_a_feed_is_not_sent_twice(client, path, suffix):
    """A reader that has the feed already is told so, until something is recorded."""
    first = client.get(f"{path}.{suffix}")
    again = client.get(f"{path}.{suffix}", headers={"If-None-Match": first.headers["ETag"]})
    assert (304, b"", first.headers["ETag"]) == (again.status_code, again.data, again.headers["ETag"])
    assert "Accept" in again.headers["Vary"]


@pytest.mark.usefixtures("moscow")
def test_a_feed_of_an_unknown_claim_is_not_found(client):
    """A feed of what is not there is refused as the claim itself is; so is a parameter that is none."""
    assert client.get(f"/claims/{OTHER_ID}.atom").status_code == 404
    assert client.get("/claims/nothing.feed").status_code == 404
    assert client.get("/parties/nobody.atom").status_code == 404
    assert client.get("/parties/russian-foreign-ministry.atom?as_of=1").json["code"] == "not_yet_known"
    assert client.get("/claims.atom?standing=true").status_code == 422
    assert client.get("/corrections.atom?limit=3").status_code == 422
