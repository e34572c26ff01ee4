"""What comes whole beside lists of claims: parties, one party's positions, corrections, and the record itself."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from io import StringIO

import pytest

from service.reading import feed
from service.web import streams
from tests.builders import KREMLIN, MID, MOFA, amended, kept, said
from tests.web.browsing import browse
from tests.web.directory import KOREAN, MID_KEY, MOFA_KEY, joined
from tests.web.newsroom import CLAIM, CLAIM_ID, NOW, OTHER_ID, append, mend, open_claim

LISTS = ["/parties", f"/parties/{MID_KEY}", "/events", "/corrections"]
ROWS = dict(zip(LISTS, ["parties", "positions", "events", "corrections"], strict=True))


@pytest.fixture
def record(desk):
    """Record two claims, one of which has an amendment, a strike and two names of one party; eleven events."""
    statements = said("denied", MID), said("ncnd", MOFA), said("reported", KREMLIN)
    open_claim(desk, *statements, said("declined", KOREAN), joined("외교부", "South Korean Foreign Ministry"))
    assert mend(desk, amended(2, said("denied", MID, summary="=1+1")), 6).status_code == 201
    assert mend(desk, kept("struck", regarding=4), 7).status_code == 201
    open_claim(desk, said("denied", MID, extent="partial", scope="the date"), id_=OTHER_ID, text="They met, twice.")
    return desk


def rows_of(client, address):
    """Read a CSV with its header, its rows, and the last line that only a whole answer has."""
    head, *rows, last = csv.reader(StringIO(client.get(address).text, newline=""))
    return head, rows, last


def lines_of(client, address):
    """Read an NDJSON: its rows, and the last line."""
    *rows, last = map(json.loads, client.get(address).text.splitlines())
    return rows, last


@pytest.mark.usefixtures("record")
def test_parties_as_csv(client):
    """A row a party, with its other names and what of it counts; filters are those of the list."""
    head, rows, last = rows_of(client, "/parties.csv")
    assert head == ["key", "name", "kind", "country", "statements", "claims", "also_known_as", "url"]
    assert rows == [
        [MID_KEY, "Russian Foreign Ministry", "ministry", "RU", "2", "2", "", f"http://localhost/parties/{MID_KEY}"],
        [MOFA_KEY, MOFA["name"], "ministry", "KR", "2", "1", "외교부", f"http://localhost/parties/{MOFA_KEY}"],
    ]
    assert last == ["# complete 2"]
    assert [row[0] for row in rows_of(client, "/parties.csv?country=KR")[1]] == [MOFA_KEY]
    assert [row[0] for row in rows_of(client, "/parties.csv?as_of=2")[1]] == [MID_KEY]


@pytest.mark.usefixtures("record")
def test_positions_of_a_party_as_csv(client):
    """A row a claim on which it stands, the one that changed last first, now or as of a moment."""
    head, rows, last = rows_of(client, f"/parties/{MID_KEY}.csv")
    assert head == ["claim", "text", "stance", "partial", "since", "overtaken_by", "url"]
    first = [CLAIM_ID, "An official met the envoy in Moscow.", "denies", "false", "2", "", f"http://localhost{CLAIM}"]
    other = f"http://localhost/claims/{OTHER_ID}"
    assert rows == [[OTHER_ID, "They met, twice.", "denies", "true", "2", "", other], first]
    assert last == ["# complete 2"]
    assert rows_of(client, f"/parties/{MID_KEY}.csv?as_of=8") == (head, [first], ["# complete 1"])
    assert client.get("/parties/nobody.csv").status_code == 404


@pytest.mark.usefixtures("record")
def test_the_record_as_csv(client):
    """A row an event as it was logged, an amendment with the statement it carries; no cell is a formula."""
    head, rows, last = rows_of(client, "/events.csv")
    told = [{name: cell for name, cell in zip(head, row, strict=True) if cell} for row in rows]
    assert [(row["position"], row["version"], row["type"]) for row in told[:3]] == [
        ("0", "1", "opened"),
        ("1", "2", "denied"),
        ("2", "3", "ncnd"),
    ]
    amendment = told[6]
    assert {name: amendment[name] for name in ("position", "type", "regarding", "party", "summary", "recorded_at")} == {
        "position": "6",
        "type": "amended",
        "regarding": "2",
        "party": "Russian Foreign Ministry",
        "summary": "'=1+1",
        "recorded_at": NOW,
    }
    mended = {name: amendment[name] for name in ("amended_to", "stance", "extent")}
    assert mended == {"amended_to": "denied", "stance": "denies", "extent": "full"}
    assert amendment["address"] == f"http://localhost{CLAIM}/events/7"
    assert (len(rows), last) == (10, ["# complete 10"])
    assert {"claim_text", "reads", "changed_by"} & {*head} == set()


def test_what_was_erased_is_told_in_the_table(record, client):
    """An event without its words names the redaction, which says whose amendment it erased."""
    assert mend(record, kept("redacted", regarding=7), 8).status_code == 201
    head, rows, _ = rows_of(client, "/events.csv")
    names = [head.index(name) for name in ("version", "type", "regarding", "amended", "erased_by")]
    told = [[row[n] for n in names] for row in rows if row[0] in {"6", "10"}]
    assert told == [["7", "amended", "", "", "9"], ["9", "redacted", "7", "2", ""]]


@pytest.mark.usefixtures("record")
def test_corrections_as_csv(client):
    """The same rows, of what mends, the newest first."""
    head, rows, last = rows_of(client, "/corrections.csv")
    place, kind = head.index("position"), head.index("type")
    assert [(row[place], row[kind]) for row in rows] == [("7", "struck"), ("6", "amended")]
    assert last == ["# complete 2"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.usefixtures("record")
def test_a_list_one_a_line(client, path):
    """Each row is as the JSON of the list has it, and the last line tells how many there are."""
    expected = client.get(path).json[ROWS[path]]
    assert lines_of(client, f"{path}.ndjson") == (expected, {"complete": True, ROWS[path]: len(expected)})


@pytest.mark.usefixtures("record")
def test_events_are_given_byte_for_byte(client):
    """What is logged is in each line as it is stored, and filters leave the same out as those of the JSON."""
    for query in ("", "?types=denied", "?country=KR", f"?party={MID_KEY}"):
        lines = client.get(f"/events.ndjson{query}").text.splitlines()[:-1]
        listed = client.get(f"/events{query}").text
        assert lines
        assert f'{{"events":[{",".join(lines)}],' in listed


@pytest.mark.parametrize("path", LISTS)
def test_it_is_of_one_moment_however_many_pages_it_takes(record, client, monkeypatch, path):
    """What is recorded while it runs is not in it."""
    monkeypatch.setattr(streams, "PAGE", 1)
    monkeypatch.setattr(feed, "LOOKED_AT", 1)
    expected = client.get(f"{path}.ndjson").text
    answer = client.get(f"{path}.ndjson")
    lines = iter(answer.iter_encoded())
    begun = next(lines)
    assert append(record, said("confirmed", {"name": "A ministry", "kind": "ministry"})).status_code == 201
    assert mend(record, kept("struck", regarding=3), 9).status_code == 201
    assert (begun + b"".join(lines)).decode() == expected
    assert answer.headers["Log-Size"] == "10"


def test_a_party_keeps_its_names_while_its_events_are_given(record, client, monkeypatch):
    """Whoever is joined to it meanwhile is another party there still, and no page is asked for behind the end."""
    monkeypatch.setattr(streams, "PAGE", 1)
    monkeypatch.setattr(feed, "LOOKED_AT", 1)
    path = f"/events.ndjson?party={MID_KEY}"
    expected = client.get(path).text
    lines = iter(client.get(path).iter_encoded())
    begun = next(lines)
    assert append(record, joined("South Korean Foreign Ministry", MID["name"])).status_code == 201
    assert (begun + b"".join(lines)).decode() == expected


@pytest.mark.usefixtures("record")
def test_the_header_tells_the_size_that_all_of_it_is_from(client):
    """It is that of the moment asked for, and asks nobody to wait for a record that is there."""
    for path in ("/claims", "/parties", f"/parties/{MID_KEY}"):
        for form in ("csv", "ndjson"):
            answer = client.get(f"{path}.{form}?as_of=8", headers={"Log-Size-At-Least": "10"})
            assert (answer.status_code, answer.headers["Log-Size"]) == (200, "8")


def test_an_address_of_a_party_can_be_asked_for(desk, client):
    """Its key is in it as addresses have it, in whichever script it is."""
    open_claim(desk, said("denied", KOREAN))
    [row] = rows_of(client, "/parties.csv")[1]
    assert row[-1] == "http://localhost/parties/%EC%99%B8%EA%B5%90%EB%B6%80"


@pytest.mark.parametrize("path", [f"{path}.{form}" for path in LISTS for form in ("csv", "ndjson")])
def test_who_has_it_already_is_told_so(record, client, path):
    """It has an ETag until something is recorded, and another one for another question."""
    first = client.get(path)
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304
    asked = {"/events": "types=ncnd", "/corrections": ""}.get(path.partition(".")[0], "as_of=8")
    assert client.get(f"{path}?{asked}", headers=again).status_code == (200 if asked else 304)
    assert append(record, said("confirmed", MOFA)).status_code == 201
    assert client.get(path, headers=again).status_code == 200


@pytest.mark.usefixtures("record")
def test_few_are_given_at_once(app):
    """One that nobody reads keeps its place and no more: others are told to come again, and all else is answered."""
    streams.give_few(app, 1)
    client = app.test_client()
    slow = client.get("/events.csv")
    refused = client.get("/parties.ndjson")
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (
        429,
        "too_many_requests",
        "60",
    )
    assert client.get("/events").status_code == 200
    slow.close()
    known = {"If-None-Match": slow.headers["ETag"]}
    statuses = [client.get("/events.csv", headers=known).status_code for _ in range(2)]
    assert [*statuses, client.get("/parties/nobody.csv").status_code] == [304, 304, 404]
    assert client.get("/events.csv").text == client.get("/events.csv").text


@pytest.mark.usefixtures("record")
def test_what_was_recorded_last_is_a_feed(client):
    """The newest events that answer, as entries; a word of whose claim is told as it was worded by then."""
    titles = [item["title"] for item in client.get("/events.feed?types=denied").json["items"]]
    assert titles == [
        "Russian Foreign Ministry denied in part: What was said.",
        "Russian Foreign Ministry denied: What was said.",
    ]
    ids = [item["id"].rpartition("/claims/")[2] for item in client.get("/events.feed").json["items"]]
    newest = [f"{OTHER_ID}/events/{n}" for n in (2, 1)]
    assert ids == [*newest, *(f"{CLAIM_ID}/events/{n}" for n in range(8, 0, -1))]
    assert client.get("/events.feed?country=KR").json["feed_url"] == "http://localhost/events.feed?country=KR"


@pytest.mark.usefixtures("record")
def test_a_feed_of_some_looks_among_the_newest(client, monkeypatch):
    """With a filter, what is further back than so many events is not looked for."""
    monkeypatch.setattr(feed, "LOOKED_AT", 3)
    assert len(client.get("/events.feed?types=denied").json["items"]) == 1
    assert len(client.get("/events.feed").json["items"]) == 10


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ["/claims.json", "/claims.csv", "/claims.atom", "/claims.feed"]),
        ("/parties?country=KR", ["/parties.json?country=KR", "/parties.csv?country=KR"]),
        (
            f"/parties/{MID_KEY}?as_of=8",
            [f"/parties/{MID_KEY}.{form}?as_of=8" for form in ("json", "csv", "atom", "feed")],
        ),
        (
            "/events?types=denied&limit=2",
            [
                "/events.json?types=denied&limit=2",
                *(f"/events.{form}?types=denied" for form in ("csv", "atom", "feed")),
            ],
        ),
        (
            "/corrections?limit=1",
            ["/corrections.json?limit=1", *(f"/corrections.{f}" for f in ("csv", "atom", "feed"))],
        ),
    ],
)
@pytest.mark.usefixtures("record")
def test_a_page_leads_to_its_tables_and_feeds(client, address, expected):
    """At its foot it names every form, with what was asked for, and each of them is there."""
    foot = browse(client, address).html.partition("<footer")[2]
    named = [unescape(target) for target in re.findall(r'<a href="([^"]*)" type="', foot)]
    assert named == expected
    assert [client.get(target).status_code for target in expected] == [200] * len(expected)
