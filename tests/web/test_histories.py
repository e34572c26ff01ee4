"""A claim's history, one event, and the claim as it stood after one: the stored bytes, and nothing else."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from domain.entry import canonical
from tests.builders import MID, PAPER, said
from tests.web.newsroom import CLAIM, CLAIM_ID, NO_ID, NOW, TEXT, append, batch, in_json, open_claim, refused

DENIAL = {"party": MID, "summary": "No.", "source": {"publisher": "TASS"}, "said_on": "2025-12-21"}


@pytest.fixture
def told(desk):
    """Open a claim that a paper reports and a ministry denies."""
    open_claim(desk, said("reported", PAPER), ("denied", DENIAL), said("ncnd", PAPER, scope="the host"))
    return desk


def test_an_event_is_the_stored_bytes(told, client):
    """An event is its canonical JSON: members in order, absent where they were not given, with its salt."""
    response = client.get(f"{CLAIM}/events/3")
    event = json.loads(response.data)
    salt = event["salt"]
    expected = {
        "claim": CLAIM_ID,
        "data": DENIAL,
        "recorded_at": NOW,
        "recorded_by": "desk-seoul",
        "salt": salt,
        "type": "denied",
        "v": 1,
        "version": 3,
    }
    assert canonical(expected) == response.data
    assert len(b64decode(salt, validate=True)) == 16


def test_a_history_is_its_events_joined(told, client):
    """The history holds the very bytes that each event is answered with, under the log size of its last."""
    events = [client.get(f"{CLAIM}/events/{n}").data for n in (1, 2, 3, 4)]
    expected = b'{"claim":"%s","log_size":4,"events":[%s]}' % (CLAIM_ID.encode(), b",".join(events))
    assert expected == client.get(f"{CLAIM}/events").data


def test_the_log_size_of_a_history_is_its_own(told, client):
    """What is added to other claims changes neither a claim's answer nor its history's."""
    before = [client.get(path).data for path in (CLAIM, f"{CLAIM}/events")]
    open_claim(told, id_="4be7c1d2-0000-4000-8000-000000000007")
    assert before == [client.get(path).data for path in (CLAIM, f"{CLAIM}/events")]
    assert client.get(CLAIM).headers["Log-Size"] == "5"


@pytest.mark.parametrize(
    ("query", "versions"),
    [
        ("", [1, 2, 3, 4]),
        ("?after=0", [1, 2, 3, 4]),
        ("?after=2", [3, 4]),
        ("?after=4", []),
        ("?after=9007199254740991", []),
        ("?limit=1", [1]),
        ("?after=1&limit=2", [2, 3]),
        ("?limit=100000", [1, 2, 3, 4]),
        ("?as_of=2", [1, 2]),
        ("?as_of=3&after=1&limit=1", [2]),
        ("?said_until=2025-12-21", [1, 3]),
        ("?said_until=2025-12-21&after=1", [3]),
    ],
)
def test_a_part_of_a_history(told, client, query, versions):
    """`after` and `limit` cut the history; `as_of` and `said_until` act on it as on the claim."""
    assert versions == [event["version"] for event in client.get(f"{CLAIM}/events{query}").json["events"]]


def test_a_history_as_of_a_moment_names_it(told, client):
    """Under `as_of` a history names its moment, and the next version where more has come since."""
    asked = client.get(f"{CLAIM}/events?as_of=3&limit=1").json
    assert {"log_size": 3, "as_of": {"log_size": 3, "at": NOW}, "superseded_by": 4} == {
        name: asked[name] for name in ("log_size", "as_of", "superseded_by")
    }
    latest = client.get(f"{CLAIM}/events?as_of=4").json
    assert [4, {"log_size": 4, "at": NOW}, None] == [latest["log_size"], latest["as_of"], latest.get("superseded_by")]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1.0", "after=+1", "after=1_0", "after=٣", "limit=0"])
@pytest.mark.parametrize("path", [f"{CLAIM}/events", "/events"])
def test_a_count_is_written_in_digits(told, client, path, query):
    """Counts are plain whole numbers in their range, in any other writing they are faults of their parameter."""
    assert refused(client.get(f"{path}?{query}")) == (422, "invalid", [query.split("=")[0]])


@pytest.mark.parametrize("after", ["9007199254740992", "9223372036854775807", "1" + "0" * 30])
@pytest.mark.parametrize("path", [f"{CLAIM}/events", "/events"])
def test_no_count_is_too_large_for_the_store(told, client, path, after):
    """A number beyond what JSON carries exactly is a fault, not a fault of ours."""
    assert refused(client.get(f"{path}?after={after}")) == (422, "invalid", ["after"])


def test_a_version_stands_as_it_stood(told, client):
    """A version is the claim's answer as it was then, with its own `as_of` and without what came later."""
    claim = client.get(f"{CLAIM}/versions/2").json
    assert (2, "reported", {"log_size": 2, "at": NOW}) == (claim["version"], claim["standing"], claim["as_of"])
    assert TEXT == claim["text"]
    assert client.get(CLAIM).data == client.get(f"{CLAIM}/versions/4").data


@pytest.mark.parametrize("kind", ["events", "versions"])
@pytest.mark.parametrize(
    "version", ["5", "999999999", "0", "-1", "01", "1.0", "one", "٣", "1e3", "99999999999999999999"]
)
def test_a_version_that_is_not_there(told, client, kind, version):
    """What is no version, or none of this claim, leads nowhere."""
    assert refused(client.get(f"{CLAIM}/{kind}/{version}")) == (404, "not_found", [])


@pytest.mark.parametrize("path", ["", "/events", "/events/1", "/versions/1"])
@pytest.mark.parametrize(
    "id_",
    [
        NO_ID,
        "meeting",
        "4be7c1d2000040008000000000000001",
        "{4be7c1d2-0000-4000-8000-0000000001}",
        "ref:",
        "urn:4be7c1d2000040008000000000000001",
        "4be7c1d2-0000-4000-8000-0000_0000_01",
        "%00",
        "%ff",
        "٣" * 36,
    ],
)
def test_a_claim_that_is_not_there(told, client, path, id_):
    """What is no claim's UUID leads nowhere, however much like one it looks."""
    assert refused(client.get(f"/claims/{id_}{path}")) == (404, "not_found", [])


def test_an_id_in_capitals_is_the_same_id(told, client):
    """A UUID is read in capitals too, and always written in small letters."""
    assert client.get(CLAIM).data == client.get(f"/claims/{CLAIM_ID.upper()}").data


@pytest.mark.parametrize(
    "path", [CLAIM, f"{CLAIM}/events", f"{CLAIM}/events/2", f"{CLAIM}/versions/2", "/claims", "/events"]
)
def test_the_suffix_of_json(told, client, path):
    """`.json` gives the same JSON where somebody pastes an address."""
    assert client.get(path).data == client.get(f"{path}.json").data


def test_statements_are_kept_in_the_order_they_were_logged(desk, client, claim):
    """What was said first and logged last stands last, with its own date."""
    dates = ["2025-12-21", "1987", "2018-03-2X", "../2025-12-21"]
    items = [in_json(said("denied", said_on=date), claim=CLAIM_ID) for date in dates]
    assert batch(desk, *items).status_code == 201
    assert append(desk, said("denied", said_on="1962-10-28")).status_code == 201
    events = client.get(f"{CLAIM}/events?after=1").json["events"]
    assert [*dates, "1962-10-28"] == [event["data"]["said_on"] for event in events]
