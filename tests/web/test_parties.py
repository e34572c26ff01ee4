"""Hold `/parties` to `docs/events.md`: who speaks, where they stand, and what came of their words."""

from __future__ import annotations

from itertools import count

import pytest

from tests.adding_up import sum_of
from tests.builders import KREMLIN, MID, MOFA, PAPER, WIRE, amended, assessed, kept, said
from tests.web.directory import (
    ARABIC,
    KOREAN,
    MID_KEY,
    MINISTRY,
    MINISTRY_KEY,
    MOFA_KEY,
    keys,
    parties,
    party,
    shown,
    tables,
)
from tests.web.newsroom import CLAIM, CLAIM_ID, NOW, OTHER_ID, append, mend, open_claim, refused


@pytest.fixture
def two(desk):
    """Record who spoke on two claims: nine events."""
    open_claim(desk, said("reported", PAPER), said("denied"), said("ncnd", MOFA), assessed())
    open_claim(desk, said("denied"), said("ncnd"), said("confirmed"), id_=OTHER_ID)
    return desk


@pytest.mark.usefixtures("two")
def test_parties_are_listed_with_their_statements_and_claims(client):
    """Who has spoken is listed by key, with how many statements on how many claims; who assessed did not speak."""
    response = client.get("/parties")
    assert response.headers["Log-Size"] == "9"
    assert response.json == {
        "parties": [
            shown(MID, MID_KEY, 4, 2),
            shown(MOFA, MOFA_KEY, 1, 1),
            shown(PAPER, "the-paper", 1, 1),
        ],
        "next": None,
    }
    assert parties(client) == response.json["parties"]
    assert client.get("/parties.json").json == response.json


@pytest.mark.usefixtures("two")
def test_parties_are_listed_as_of_any_moment(client):
    """For every log size the list says who had spoken by then, and how often."""
    counts = [
        {party["key"]: (party["statements"], party["claims"]) for party in parties(client, f"as_of={size}")}
        for size in range(10)
    ]
    told = {"the-paper": (1, 1)}
    assert counts == [
        {},
        {},
        told,
        told | {MID_KEY: (1, 1)},
        told | {MID_KEY: (1, 1), MOFA_KEY: (1, 1)},
        told | {MID_KEY: (1, 1), MOFA_KEY: (1, 1)},
        told | {MID_KEY: (1, 1), MOFA_KEY: (1, 1)},
        told | {MID_KEY: (2, 2), MOFA_KEY: (1, 1)},
        told | {MID_KEY: (3, 2), MOFA_KEY: (1, 1)},
        told | {MID_KEY: (4, 2), MOFA_KEY: (1, 1)},
    ]
    assert client.get("/parties?as_of=2").json["as_of"] == {"log_size": 2, "at": NOW}


def test_a_party_is_shown_as_its_latest_statement_names_it(two, client):
    """Name, kind and country are those of its latest statement that counts, whatever moment is asked about."""
    spelled = {"name": "RUSSIAN Foreign-Ministry!", "kind": "state", "country": "SU"}
    append(two, said("denied", spelled, scope="All of it."))
    assert parties(client, "q=russian") == [shown(spelled, MID_KEY, 5, 2)]
    assert parties(client, "q=russian&as_of=9") == [shown(MID, MID_KEY, 4, 2)]
    assert keys(client, "country=SU") == [MID_KEY]
    assert keys(client, "country=SU&as_of=9") == keys(client, "country=RU") == []
    assert mend(two, kept("struck", regarding=6), 6).status_code == 201
    assert parties(client, "q=russian") == [shown(MID, MID_KEY, 4, 2)]


def test_what_was_struck_or_amended_away_is_not_counted(two, client):
    """A struck statement is not counted, an amended one counts for whom it now names, and both only from then on."""
    assert mend(two, kept("struck", regarding=2), 5).status_code == 201
    assert mend(two, amended(3, said("denied", KREMLIN)), 6).status_code == 201
    assert mend(two, amended(4, assessed()), 7).status_code == 201
    now = [shown(KREMLIN, "kremlin", 1, 1), shown(MID, MID_KEY, 3, 1)]
    assert parties(client) == now
    assert keys(client, "as_of=9") == [MID_KEY, MOFA_KEY, "the-paper"]
    assert keys(client, "as_of=10") == [MID_KEY, MOFA_KEY]
    assert keys(client, "q=paper") == []
    assert refused(client.get("/parties/the-paper")) == (404, "not_found", [])
    assert party(client, "the-paper", "as_of=9")["positions"][0]["stance"] == "asserts"


def test_a_redaction_takes_a_party_out_of_every_moment(two, client, store):
    """Once its payload is erased no list, early or late, names the party, and no row does."""
    assert mend(two, kept("redacted", regarding=4), 5).status_code == 201
    assert keys(client, "as_of=9") == keys(client) == [MID_KEY, "the-paper"]
    assert refused(client.get(f"/parties/{MOFA_KEY}")) == (404, "not_found", [])
    assert "korean" not in repr(tables(store)).casefold()


SEARCHES = {
    "russian": [MID_KEY],
    "RUSS": [MID_KEY],
    "ministry": [MID_KEY],
    "min rus": [MID_KEY],
    "minist f": [MID_KEY],
    "ussian": [],
    "минист": [MINISTRY_KEY],
    "дел иностр": [MINISTRY_KEY],
    "외": ["외교부"],
    "외교": ["외교부"],
    "외교부": ["외교부"],
    "교부": ["외교부"],
    "وزار": ["وزارة-الخارجية"],
    "خارجية": ["وزارة-الخارجية"],
    "paper kremlin": [],
    "the": ["the-paper", "the-wire"],
}


@pytest.mark.parametrize(("q", "expected"), SEARCHES.items())
def test_names_are_found_by_the_beginnings_of_their_words(desk, client, q, expected):
    """Every word asked for begins a word of one name, in any script; in Korean and Arabic it stands anywhere in one."""
    speakers = (MID, MINISTRY, KOREAN, ARABIC, PAPER, WIRE)
    open_claim(desk, *(said("ncnd", speaker) for speaker in speakers))
    assert [party["key"] for party in client.get("/parties", query_string={"q": q}).json["parties"]] == expected


@pytest.mark.usefixtures("two")
def test_filters_are_of_the_party_as_it_is_shown(client):
    """Country and kind are those of the latest statement, and both must hold."""
    assert keys(client, "country=KR") == [MOFA_KEY, "the-paper"]
    assert keys(client, "kind=ministry") == [MID_KEY, MOFA_KEY]
    assert keys(client, "kind=ministry&country=KR") == [MOFA_KEY]
    assert keys(client, "kind=media&q=paper&country=RU") == []


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("q=", "q"),
        ("q=-", "q"),
        ("q=a+b+c+d+e+f+g+h+i+j+k+l+m", "q"),
        ("country=ZZ", "country"),
        ("country=ru", "country"),
        ("kind=embassy", "kind"),
        ("limit=0", "limit"),
        ("cursor=AAAA", "cursor"),
        ("as_of=99", "as_of"),
        ("party=kremlin", "party"),
        ("kind=media&kind=state", "kind"),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_question_that_makes_no_sense_is_refused(client, query, at):
    """An unknown parameter or value is an error, so that a typo never looks like an empty record."""
    assert refused(client.get(f"/parties?{query}")) == (422, "invalid", [at])


@pytest.mark.usefixtures("two")
def test_a_cursor_belongs_to_its_question(client):
    """With other filters or another moment a cursor is refused."""
    cursor = client.get("/parties?limit=1&kind=ministry").json["next"]
    assert keys(client, f"limit=1&kind=ministry&cursor={cursor}") == [MOFA_KEY]
    for query in ("", "kind=media", "kind=ministry&as_of=9", "kind=ministry&q=russian"):
        assert refused(client.get(f"/parties?cursor={cursor}&{query}")) == (422, "invalid", ["cursor"])


def test_paging_meets_each_party_once_while_others_write(desk, client):
    """Pages are all of the first one's log size: who speaks meanwhile is neither met twice nor slipped in."""
    names = [{"name": f"Bureau {n:02}", "kind": "agency"} for n in range(12)]
    open_claim(desk, *(said("ncnd", name) for name in names[:9]))
    met, address = [], "/parties?limit=2"
    for n in count():
        page = client.get(address)
        met += page.json["parties"]
        if page.json["next"] is None:
            break
        for name in (names[n % 9], names[9 + n % 3]):
            append(desk, said("denied", name), headers={"Idempotency-Key": f"{n}-{name['name']}"})
        address = page.headers["Link"].partition(">")[0][1:]
    assert met == [shown(name, f"bureau-{n:02}", 1, 1) for n, name in enumerate(names[:9])]


@pytest.mark.usefixtures("two")
def test_members_stand_in_the_order_of_a_claims_own(client):
    """A party is written with its key, name, kind and country, in this order, here as on a claim."""
    written = f'"key":"{MID_KEY}","name":"Russian Foreign Ministry","kind":"ministry","country":"RU"'
    for path in ("/parties", f"/parties/{MID_KEY}", CLAIM):
        assert f"{{{written}" in client.get(path).text


@pytest.mark.usefixtures("two")
def test_time_alone_changes_no_page(client, clock):
    """As long as nothing is recorded a page of parties keeps its bytes, its cursor and its ETag."""
    first = client.get("/parties?limit=1")
    clock.move_on(days=3)
    assert client.get("/parties?limit=1").data == first.data
    assert client.get("/parties?limit=1", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.usefixtures("two")
def test_a_party_is_told_with_its_positions_reversals_and_track_record(client):
    """A party's answer has every claim it stands on, the newest change first, each turn, and what came of its words."""
    turned = {"denied": {"fate": "reversed", "strength": "plain", "days": None}, "withheld": True}
    affirmed = {"affirmed": {"fate": "standing", "strength": "plain", "days": None}}
    stood = {"denied": {"fate": "standing", "strength": "plain", "days": None}}
    text = client.get(CLAIM).json["text"]
    assert party(client, MID_KEY) == {
        "party": {"key": MID_KEY, **MID, "also_known_as": [], "statements": 4, "claims": 2},
        "positions": [
            {"claim": OTHER_ID, "text": text, "stance": "affirms", "partial": False, "since": 4},
            {"claim": CLAIM_ID, "text": text, "stance": "denies", "partial": False, "since": 3},
        ],
        "reversals": [
            {"claim": OTHER_ID, "from": 2, "to": 4, "from_stance": "denies", "to_stance": "affirms", "corrected": False}
        ],
        "reversed_claims": 1,
        "track_record": sum_of([(OTHER_ID, turned | affirmed), (CLAIM_ID, stood)]),
        "next": None,
        "as_of": {"log_size": 9, "at": NOW},
    }


@pytest.mark.usefixtures("two")
def test_a_party_is_told_as_of_any_moment(client):
    """For every log size the party stands as it did; before its first word it is not yet known."""
    assert refused(client.get(f"/parties/{MID_KEY}?as_of=2")) == (404, "not_yet_known", [])
    unknown = client.get(f"/parties/{MID_KEY}?as_of=2").json
    assert (unknown["first_known"], unknown["first_known_log_size"]) == (NOW, 3)
    stances = [
        [position["stance"] for position in party(client, MID_KEY, f"as_of={size}")["positions"]]
        for size in range(3, 10)
    ]
    denies = ["denies"]
    assert stances == [denies, denies, denies, denies, denies * 2, ["withholds", "denies"], ["affirms", "denies"]]
    assert party(client, MID_KEY, "as_of=7")["track_record"]["denials"]["standing"] == 2
    assert party(client, MID_KEY, "as_of=7")["as_of"] == {"log_size": 7, "at": NOW}


@pytest.mark.usefixtures("two")
def test_nobody_is_told_of_a_party_that_never_spoke(client):
    """A key that is none of a party that speaks leads nowhere; so does who only assessed."""
    for key in ("kremlin", "a-scholar", "Russian Foreign Ministry"):
        assert refused(client.get(f"/parties/{key}")) == (404, "not_found", [])


def test_a_party_that_is_known_already_is_not_sent_again(two, client):
    """The answer, and with it its ETag, changes with the party and its claims, and with nothing else in the record."""
    first = client.get(f"/parties/{MID_KEY}")
    open_claim(two, said("reported", WIRE), id_="4be7c1d2-0000-4000-8000-000000000003")
    again = client.get(f"/parties/{MID_KEY}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Log-Size"]) == (304, "11")
    append(two, said("reported", WIRE))
    changed = client.get(f"/parties/{MID_KEY}", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json["as_of"]["log_size"]) == (200, 12)
