"""What the tests of parties share: parties, how they are asked for, and every row of the directory."""

from __future__ import annotations

from service.web.parties import Parties, Party

MID_KEY, MOFA_KEY = "russian-foreign-ministry", "south-korean-foreign-ministry"
MINISTRY = {"name": "Министерство иностранных дел", "kind": "ministry", "country": "RU"}
MINISTRY_KEY = "министерство-иностранных-дел"
KOREAN = {"name": "외교부", "kind": "ministry", "country": "KR"}
ARABIC = {"name": "وزارة الخارجية", "kind": "ministry", "country": "EG"}
TABLES = ("said", "joins", "party_counts", "party_keys", "party_words")


def shown(party, key, statements, claims, **more):
    """Write a party as a list shows it."""
    return {"key": key, **party, **more, "statements": statements, "claims": claims}


def joined(party, same_as, type_="joined"):
    """Make an event that joins two names."""
    return type_, {"party": party, "same_as": same_as, "reason": "Its site signs in both languages."}


def parties(client, query=""):
    """List all parties that a query leads to, from one page; holds the answer to its description."""
    response = client.get(f"/parties?{query}")
    assert response.status_code == 200, response.text
    assert Parties().validate(response.json) == {}
    return response.json["parties"]


def keys(client, query=""):
    """List their keys."""
    return [party["key"] for party in parties(client, query)]


def party(client, key, query=""):
    """Read one party; holds the answer to its description."""
    response = client.get(f"/parties/{key}?{query}")
    assert response.status_code == 200, response.text
    assert Party().validate(response.json) == {}
    return response.json


def tables(store):
    """Read every row of the directory."""
    with store.reading() as view:
        ask = view._sql.execute  # noqa: SLF001 - what no question shows
        return {table: sorted(ask(f"SELECT * FROM {table}").fetchall(), key=repr) for table in TABLES}  # noqa: S608 - ours
