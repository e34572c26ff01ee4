"""Lists of claims: filters, pages that neither miss nor repeat, and the same bytes for the same moment."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from tests.builders import MID, MOFA, PAPER, said
from tests.web.newsroom import NOW, append, open_claim, refused

IDS = [f"4be7c1d2-0000-4000-8000-0000000000{n:02d}" for n in range(1, 8)]


@pytest.fixture
def seven(desk, clock):
    """Open seven claims, a minute apart: the even ones denied, the third and the sixth on arms, the first in Korean."""
    for n, id_ in enumerate(IDS, 1):
        events = [said("denied")] if n % 2 == 0 else [said("reported", PAPER)]
        topics = ["arms"] if n % 3 == 0 else ["외교"] if n == 1 else []
        open_claim(desk, *events, id_=id_, topics=topics)
        clock.move_on(minutes=1)
    return desk


def found(client, path):
    """Follow a list's links to its end; answers the numbers of the claims in the order they came."""
    numbers = []
    while path:
        response = client.get(path)
        assert response.status_code == 200, response.text
        numbers += [IDS.index(claim["id"]) + 1 for claim in response.json["claims"]]
        link = response.headers.get("Link", "")
        path = link[link.index("<") + 1 : link.index(">")] if 'rel="next"' in link else None
    return numbers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [7, 6, 5, 4, 3, 2, 1]),
        ("standing=denied", [6, 4, 2]),
        ("standing=denied&standing=reported", [7, 6, 5, 4, 3, 2, 1]),
        ("standing=contested", []),
        ("topic=arms", [6, 3]),
        (f"topic={quote('외교')}", [1]),
        ("party=the-paper", [7, 5, 3, 1]),
        ("party=the-paper&party=russian-foreign-ministry&topic=arms", [6, 3]),
        ("standing=reported&topic=arms", [3]),
        ("as_of=6", [3, 2, 1]),
        ("as_of=2026-01-31T10:02:00Z&standing=reported", [3, 1]),
        ("as_of=2026-01-31&topic=arms", [6, 3]),
        ("as_of=0", []),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 500])
def test_a_list_is_filtered_and_cut_into_pages(seven, client, query, expected, limit):
    """Of each filter's values one must hold, newest change first, the same over pages of any size."""
    assert expected == found(client, f"/claims?limit={limit}&{query}")


def test_a_claim_in_a_list_is_the_claim(seven, client):
    """A list holds the claims' own answers."""
    listed = client.get("/claims").text
    assert all(client.get(f"/claims/{id_}").text in listed for id_ in IDS)


def test_pages_are_of_one_moment(seven, client, clock):
    """While a writer appends between two pages, each matching claim comes exactly once."""
    first = client.get("/claims?limit=3&standing=reported&standing=denied")
    clock.move_on(minutes=1)
    for id_ in (IDS[0], IDS[6]):
        assert append(seven, said("ncnd", MOFA), f"/claims/{id_}").status_code == 201
    open_claim(seven, id_="4be7c1d2-0000-4000-8000-000000000099")
    numbers = [IDS.index(claim["id"]) + 1 for claim in first.json["claims"]]
    link = first.headers["Link"]
    assert [7, 6, 5, 4, 3, 2, 1] == numbers + found(client, link[link.index("<") + 1 : link.index(">")])


def test_a_page_shows_the_claims_as_they_stood(seven, client, clock):
    """A later page holds what stood when the first was read, not what came between."""
    first = client.get("/claims?limit=6").json
    stood = client.get(f"/claims/{IDS[0]}").json
    clock.move_on(minutes=1)
    append(seven, said("denied", PAPER), f"/claims/{IDS[0]}")
    assert {"claims": [stood], "next": None} == client.get(f"/claims?limit=6&cursor={first['next']}").json


def test_the_same_moment_gives_the_same_bytes(seven, client, clock):
    """Under `as_of` a list never says what came since, and is the same whenever it is asked for."""
    path = "/claims?as_of=2026-01-31T10:03:00Z"
    before = client.get(path).data
    clock.move_on(hours=1)
    append(seven, said("denied", PAPER), f"/claims/{IDS[0]}")
    assert before == client.get(path).data
    assert {"log_size": 8, "at": "2026-01-31T10:03:00.000000Z"} == json.loads(before)["as_of"]
    assert b"superseded_by" not in before


def test_the_beginning_of_the_record_is_a_moment(client):
    """As of log size 0 there is nothing, and no instant at which that was so."""
    assert {"claims": [], "next": None, "as_of": {"log_size": 0, "at": None}} == client.get("/claims?as_of=0").json


def test_an_empty_record_has_an_empty_list(client):
    """Where nothing is recorded yet there is nothing to list, and nothing more."""
    assert client.get("/claims").data == b'{"claims":[],"next":null}'
    assert client.get("/claims?as_of=2026-01-31").json["as_of"] == {"log_size": 0, "at": NOW}


@pytest.mark.parametrize(
    "other", ["standing=denied", "topic=arms", "party=the-paper", "as_of=14", "as_of=2026-01-31T10:06:00Z"]
)
def test_a_cursor_is_bound_to_its_question(seven, client, other):
    """A cursor sent with other filters or another moment is refused; the length of a page may change."""
    cursor = client.get("/claims?limit=2").json["next"]
    assert refused(client.get(f"/claims?{other}&cursor={cursor}")) == (422, "invalid", ["cursor"])
    own = client.get(f"/claims?{other}&limit=1").json["next"]
    assert refused(client.get(f"/claims?cursor={own}")) == (422, "invalid", ["cursor"])
    assert client.get(f"/claims?limit=5&cursor={cursor}").json["next"] is None


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "bnVsbA", "NQ", "eyJhIjoxfQ", "٣", "=" * 8, "W" * 5000])
def test_what_is_no_cursor_is_refused(seven, client, cursor):
    """Anything but a cursor of this list is a fault of `cursor`."""
    assert refused(client.get(f"/claims?cursor={cursor}")) == (422, "invalid", ["cursor"])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, -1),
        (0, 2**63),
        (0, 2**64 - 1),
        (0, "5"),
        (0, True),
        (0, 15),
        (1, -1),
        (1, 15),
        (1, 2**63),
        (1, None),
        (2, ""),
        (2, 'x"},"y":{"z":"'),
        (2, 5),
        (2, None),
        (2, "2026-01-31"),
        (3, ""),
        (3, None),
    ],
)
def test_a_forged_cursor_is_refused(seven, client, place, value):
    """A cursor that somebody changed is a fault of `cursor`: no fault of ours, and nothing of it in the answer."""
    cursor = client.get("/claims?limit=2&as_of=14").json["next"]
    inside = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    inside[place] = value
    forged = urlsafe_b64encode(json.dumps(inside).encode()).decode().rstrip("=")
    assert refused(client.get(f"/claims?limit=2&as_of=14&cursor={forged}")) == (422, "invalid", ["cursor"])


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("standing=true", ["standing"]),
        ("standing=denied&standing=", ["standing"]),
        ("topic=", ["topic"]),
        ("party=", ["party"]),
        ("limit=0", ["limit"]),
        ("limit=501", ["limit"]),
        ("limit=ten", ["limit"]),
        ("limit=1&limit=1", ["limit"]),
        ("said_until=2025", ["said_until"]),
        ("Standing=denied", ["Standing"]),
        ("a/b~c=1", ["a/b~c"]),
        ("_type_=x&_data_=y", ["_type_", "_data_"]),
        ("limit=0&standing=x&topics=y", ["limit", "standing", "topics"]),
    ],
)
def test_a_question_that_cannot_be_asked(seven, client, query, places):
    """Every fault of a question is named at once, each by its parameter; a typo never quietly asks for less."""
    status, code, named = refused(client.get(f"/claims?{query}"))
    assert (422, "invalid", sorted(places)) == (status, code, sorted(named))


def test_a_party_is_found_by_its_key_in_any_script(desk, client):
    """The key of a party, in its own script, finds the claims on which it has a position."""
    open_claim(desk, said("ncnd", {"name": "외교부", "kind": "ministry", "country": "KR"}))
    open_claim(desk, said("denied", {**MID, "name": "МИД России"}), id_=IDS[1])
    assert found(client, f"/claims?party={quote('외교부')}") == [1]
    assert found(client, f"/claims?party={quote('мид-россии')}") == [2]


def test_a_party_that_only_spoke_and_was_redacted_is_found_no_more(desk, client):
    """A filter finds what stands now: a party whose only word was redacted is not among the positions."""
    open_claim(desk, said("denied"))
    assert found(client, "/claims?party=russian-foreign-ministry") == [1]
    redacted = ("redacted", {"regarding": 2, "reason": "An order.", "authority": "the court"})
    assert append(desk, redacted, headers={"If-Match": '"2"'}).status_code == 201
    assert found(client, "/claims?party=russian-foreign-ministry") == []
    assert found(client, "/claims?party=russian-foreign-ministry&as_of=2") == []
