"""The Moscow story, recorded over HTTP and read back: now, and as of any earlier moment."""

from __future__ import annotations

import pytest

from service.config import Config
from service.machine import new_salt
from service.store import open_store
from service.timeline import Timeline
from service.web import create_app
from tests.builders import said
from tests.web.newsroom import NOW, append, record_of, refused

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"  # ref:moscow-contact/meeting
STANDINGS = {
    "cb24e658-b4ee-5452-8916-1c18b6c61df4": ("denied", [4]),  # meeting
    "259842f2-6ba5-5810-a784-0c0149ab3ccc": ("denied", [4]),  # talks
    "0c0844d1-4a68-58a1-87cc-8ca082bb78e4": ("reported", [3]),  # invitation
    "4fe5e1b3-274e-5550-ba41-03ffbcf4c703": ("reported", [3]),  # track
    "5b1b8926-476d-5b81-8908-418fa909459c": ("reported", [3]),  # motive
    "1c1e92c4-1f05-51ad-ae9c-6f1b4fb902cf": ("reported", [3]),  # troops
    "201ebd47-c113-5841-a17b-84157093523e": ("reported", [3]),  # severed
}
EMPTY = {"concedes": [], "disputes": [], "beside": []}
RU = {"key": "russian-foreign-ministry", "name": "Russian Foreign Ministry", "kind": "ministry", "country": "RU"}
KR = {
    "key": "south-korean-foreign-ministry",
    "name": "South Korean Foreign Ministry",
    "kind": "ministry",
    "country": "KR",
}
PRESS = {"key": "initial-press-reports", "name": "Initial press reports", "kind": "media"}
SOURCES = {"key": "unnamed-sources", "name": "Unnamed sources", "kind": "other"}
REPORTS = [
    {"party": PRESS, "stance": "asserts", "partial": False, "since": 2, "events": [2], **EMPTY},
    {"party": SOURCES, "stance": "asserts", "partial": False, "since": 3, "events": [3], **EMPTY},
]
WORDING = {
    "id": "cb24e658-b4ee-5452-8916-1c18b6c61df4",
    "text": "A South Korean official involved in nuclear negotiations met Russia's special envoy Oleg Burmistrov "
    "informally in Moscow.",
    "lang": "en",
    "about": {
        "occurred_on": "../2025-12-21",
        "occurred_on_text": "recently",
        "place": "Moscow",
        "participants": [
            {"name": "South Korean official involved in nuclear negotiations", "kind": "person", "country": "KR"},
            {"name": "Oleg Burmistrov", "kind": "person", "country": "RU"},
        ],
        "form": "meeting",
        "track": None,
    },
    "topics": ["north-korea", "russia-south-korea"],
}
NOTHING_MORE = {
    "reversals": [],
    "shifts": [],
    "withdrawals": [],
    "origins": 2,
    "single_source": False,
    "awaiting": [],
    "links": [],
}


def test_the_story_enters_whole(moscow, client):
    """31 events make 7 claims, each with its standing and the events that made it so."""
    listed = client.get("/claims").json["claims"]
    assert client.get("/").json["log_size"] == 31
    assert {c["id"]: (c["standing"], c["because"]["events"]) for c in listed} == STANDINGS


def test_the_meeting_stands_denied(moscow, client):
    """Moscow denies and concedes a visit, Seoul withholds, and the answer is whole."""
    expected = {
        **WORDING,
        "version": 9,
        "opened_at": NOW,
        "updated_at": NOW,
        "standing": "denied",
        "because": {"rule": "denied", "events": [4], "partial": False},
        "partly": {"affirmed": [5], "disputed": []},
        "positions": [
            *REPORTS,
            {"party": RU, "stance": "denies", "partial": False, "since": 4, "events": [4], **EMPTY, "concedes": [5]},
            {"party": KR, "stance": "withholds", "partial": False, "since": 6, "events": [6], **EMPTY},
        ],
        "by_country": {"KR": ["withholds"], "RU": ["denies"]},
        **NOTHING_MORE,
        "as_of": {"log_size": 9, "at": NOW},
    }
    response = client.get(MEETING)
    assert expected == response.json
    assert list(expected) == list(response.json)
    assert (response.headers["ETag"], response.headers["Log-Size"]) == ('"9"', "31")


def test_the_meeting_stood_reported(moscow, client):
    """As of the log size after its third event it stands reported, and the answer names what came next."""
    expected = {
        **WORDING,
        "version": 3,
        "opened_at": NOW,
        "updated_at": NOW,
        "standing": "reported",
        "because": {"rule": "reported", "events": [2, 3], "partial": False},
        "partly": {"affirmed": [], "disputed": []},
        "positions": REPORTS,
        "by_country": {},
        **NOTHING_MORE,
        "as_of": {"log_size": 3, "at": NOW},
        "superseded_by": 4,
    }
    assert expected == client.get(f"{MEETING}?as_of=3").json


def test_every_standing_of_the_meeting_can_be_had_again(moscow, client):
    """Each version stands as it stood after its event, and as of the log size just after it."""
    stood = ["opened", "reported", "reported", "denied", "denied", "denied", "denied", "denied", "denied"]
    versions = [client.get(f"{MEETING}/versions/{n}").json["standing"] for n in range(1, 10)]
    moments = [client.get(f"{MEETING}?as_of={n}").json["standing"] for n in range(1, 10)]
    assert (stood, stood) == (versions, moments)


def test_a_name_stands_for_its_claim(moscow, client):
    """`ref:` and a name give the claim's UUID, in `claim` and inside `linked`, and the UUID is what is stored."""
    talks = "/claims/259842f2-6ba5-5810-a784-0c0149ab3ccc"
    event = client.get(f"{talks}/events/2").json
    assert (event["type"], event["data"]) == (
        "linked",
        {"relation": "aspect_of", "claim": "cb24e658-b4ee-5452-8916-1c18b6c61df4"},
    )
    assert client.get(talks).json["links"] == [event["data"]]


def test_the_desk_goes_on_with_the_story(moscow, client, clock):
    """An event added later moves the claim on, and nothing that was read before."""
    stood = client.get(f"{MEETING}?as_of=31").json
    clock.move_on(days=90)
    party = {"name": "Kremlin", "kind": "state", "country": "RU"}
    assert append(moscow, said("confirmed", party), MEETING).status_code == 201
    now = client.get(MEETING).json
    assert ("confirmed", 10, 32) == (now["standing"], now["version"], now["as_of"]["log_size"])
    assert [None, None, 10, None, None] == [position.get("overtaken_by") for position in now["positions"]]
    assert {**stood, "superseded_by": 10} == client.get(f"{MEETING}?as_of=31").json


@pytest.mark.parametrize("path", [MEETING, f"{MEETING}?as_of=3", f"{MEETING}/events", "/claims", "/events?limit=1000"])
def test_a_restart_changes_nothing(moscow, client, clock, record_url, path):
    """The same bytes come from another process's store, timeline and application on the same file."""
    before = client.get(path).data
    store = open_store(record_url)
    timeline = Timeline(store, clock=clock, new_salt=new_salt)
    again = create_app(timeline, Config()).test_client().get(path).data
    timeline.close()
    store.close()
    assert before == again


def test_the_story_cannot_be_told_twice(moscow, story, client):
    """Recorded a second time, the batch is refused whole, at its first item."""
    before = record_of(client)
    assert refused(moscow.post("/events", json={"events": story})) == (409, "rule_broken", ["/events/0"])
    assert before == record_of(client)
