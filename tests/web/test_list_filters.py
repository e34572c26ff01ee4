"""Lists by what moves with time and by what is counted, in each order, and how much may be asked for at once."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.builders import KREMLIN, MID, MOFA, PAPER, asked, said
from tests.web.newsroom import append, open_claim, refused

IDS = [f"4be7c1d2-0000-4000-8000-00000000000{n}" for n in range(1, 5)]


@pytest.fixture
def four(desk, clock):
    """Open four claims, an hour apart: reported by one origin, by two, asked about, confirmed after a denial."""
    open_claim(desk, said("reported", PAPER), id_=IDS[0])
    clock.move_on(hours=1)
    open_claim(desk, said("reported", PAPER), said("alleged", MOFA), id_=IDS[1])
    clock.move_on(hours=1)
    open_claim(desk, asked(MOFA, "2026-02-01T00:00:00Z"), id_=IDS[2])
    clock.move_on(hours=1)
    open_claim(desk, said("denied", MID), said("confirmed", MID), id_=IDS[3])
    clock.move_on(hours=1)
    assert append(desk, said("ncnd", KREMLIN), f"/claims/{IDS[0]}").status_code == 201
    return desk


def found(client, query):
    """List which of the claims answer, by their number, in the order of the answer."""
    response = client.get(f"/claims?{query}")
    assert response.status_code == 200, response.text
    return [IDS.index(claim["id"]) + 1 for claim in response.json["claims"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 4, 3, 2]),
        ("sort=updated", [1, 4, 3, 2]),
        ("sort=opened", [4, 3, 2, 1]),
        ("sort=opened&as_of=2", [1]),
        ("single_source=true", [1, 4]),
        ("single_source=false", [3, 2]),
        ("reversed=true", [4]),
        ("reversed=false", [1, 3, 2]),
        ("updated_since=2026-01-31T12:00:00Z", [1, 4, 3]),
        ("updated_since=2026-01-31T12:00:00.000001Z", [1, 4]),
        ("updated_since=2026-01-31T21:00:00%2B09:00", [1, 4, 3]),
        ("updated_since=2026-01-31", [1, 4, 3, 2]),
        ("updated_since=2026-02-01", []),
        ("updated_since=0001-01-01", [1, 4, 3, 2]),
        ("updated_since=9999-12-31T23:59:59.999999Z", []),
        ("updated_since=2026-01-31T12:00:00Z&sort=opened", [4, 3, 1]),
        ("country=RU&country=KR", [1, 4, 2]),
        (f"party={quote('Russian Foreign Ministry')}", [4]),
        ("party=russian-foreign-ministry&stance=denies", []),
        ("q=envoy&sort=opened", [4, 3, 2, 1]),
        ("q=envoy&sort=relevance", [4, 3, 2, 1]),
        ("q=kremlin", [1]),
    ],
)
@pytest.mark.usefixtures("four")
def test_a_list_is_what_was_asked_for(client, query, expected):
    """Each filter holds, alone and with others; instants are those of the recording clock."""
    assert found(client, query) == expected


def test_overdue_moves_with_the_clock(four, client, clock):
    """A request is overdue from its deadline on, and as of a moment before it still is not; an answer ends it."""
    assert (found(client, "overdue=true"), found(client, "overdue=false")) == ([], [1, 4, 3, 2])
    clock.move_on(days=1)
    assert (found(client, "overdue=true"), found(client, "overdue=false")) == ([3], [1, 4, 2])
    assert found(client, "overdue=true&as_of=2026-01-31T20:00:00Z") == []
    assert found(client, "overdue=true&as_of=2026-02-01T00:00:01Z") == [3]
    assert append(four, said("declined", MOFA), f"/claims/{IDS[2]}").status_code == 201
    assert found(client, "overdue=true") == []
    assert found(client, "overdue=true&as_of=2026-02-01T00:00:01Z") == [3]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("country=ru", "country"),
        ("country=XX", "country"),
        ("country=", "country"),
        ("party=%E2%80%A6", "party"),
        ("updated_since=yesterday", "updated_since"),
        ("reversed=yes", "reversed"),
        ("sort=relevance", "sort"),
        *(
            ("&".join(f"{name}={value}" for _ in range(31)), name)
            for name, value in (("standing", "denied"), ("topic", "a"))
        ),
    ],
)
def test_what_no_list_can_be_asked_for(client, query, name):
    """A value that no claim can have is refused, so that a typo never looks like an empty record; so are too many."""
    for path in ("/claims", "/claims.csv", "/claims.ndjson", "/claims.atom", "/claims.feed"):
        assert refused(client.get(f"{path}?{query}")) == (422, "invalid", [name])


@pytest.mark.usefixtures("four")
def test_as_many_values_as_may_be(client):
    """Thirty values of every filter at once, each party or country with each stance, are one question."""
    parties = "&".join(f"party=p{n}" for n in range(29))
    countries = "&".join(
        f"country={country}" for country in ("KR US GB FR DE IT ES PT NL BE LU DK SE NO FI PL CZ").split()
    )
    stances = "&".join(f"stance={stance}" for stance in ("asserts affirms denies evades withholds withdrawn").split())
    topics = "&".join(f"topic=t{n}" for n in range(30))
    assert found(client, f"{parties}&party=the-paper&{countries}&{stances}") == [1, 2]
    assert found(client, f"{parties}&{countries}&{stances}&{topics}") == []
