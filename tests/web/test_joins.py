"""Hold joins of names to `docs/events.md`: one party from one event to another, and no claim changed."""

from __future__ import annotations

import pytest

from service.rebuild import rebuild
from tests.adding_up import sum_of
from tests.builders import KREMLIN, MID, MOFA, PAPER, amended, assessed, kept, said
from tests.web.directory import (
    KOREAN,
    MID_KEY,
    MINISTRY,
    MINISTRY_KEY,
    MOFA_KEY,
    joined,
    keys,
    parties,
    party,
    shown,
    tables,
)
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    NOW,
    OTHER,
    OTHER_ID,
    append,
    batch,
    in_json,
    mend,
    nothing_recorded,
    open_claim,
    refused,
)


@pytest.fixture
def aliased(desk):
    """Record one ministry under two names, then join them: 8 events, the last of them the join."""
    open_claim(desk, said("denied"), said("confirmed", MINISTRY))
    open_claim(desk, said("denied", MINISTRY), said("ncnd", MOFA), id_=OTHER_ID)
    assert append(desk, joined(MINISTRY["name"], MID_KEY)).status_code == 201
    append(desk, said("ncnd", PAPER), OTHER)
    return desk


ALIAS = {"key": MINISTRY_KEY, **MINISTRY}


@pytest.mark.usefixtures("aliased")
def test_joined_names_are_one_party_from_then_on(client):
    """From the join on they are listed as one, under the name they were joined to, found by either, counted as one."""
    one = shown(MID, MID_KEY, 3, 2, also_known_as=[ALIAS])
    assert parties(client, "country=RU") == [one]
    for q in ("russian", "минист", "иностр дел"):
        assert client.get("/parties", query_string={"q": q}).json["parties"] == [one]
    assert client.get("/parties", query_string={"q": "russian иностр"}).json["parties"] == []
    assert parties(client, "country=RU&as_of=6") == [shown(MID, MID_KEY, 1, 1), shown(MINISTRY, MINISTRY_KEY, 2, 2)]


@pytest.mark.usefixtures("aliased")
def test_joined_names_have_one_track_record(client):
    """Where both names speak on a claim, a denial under one and a confirmation under the other is a reversal."""
    text = client.get(CLAIM).json["text"]
    turned = {
        "denied": {"fate": "reversed", "strength": "plain", "days": None},
        "affirmed": {"fate": "standing", "strength": "plain", "days": None},
    }
    stood = {"denied": {"fate": "standing", "strength": "plain", "days": None}}
    expected = {
        "party": {"key": MID_KEY, **MID, "also_known_as": [ALIAS], "statements": 3, "claims": 2},
        "positions": [
            {"claim": OTHER_ID, "text": text, "stance": "denies", "partial": False, "since": 2},
            {"claim": CLAIM_ID, "text": text, "stance": "affirms", "partial": False, "since": 3},
        ],
        "reversals": [
            {"claim": CLAIM_ID, "from": 2, "to": 3, "from_stance": "denies", "to_stance": "affirms", "corrected": False}
        ],
        "reversed_claims": 1,
        "track_record": sum_of([(CLAIM_ID, turned), (OTHER_ID, stood)]),
        "next": None,
        "as_of": {"log_size": 8, "at": NOW},
    }
    assert party(client, MID_KEY) == party(client, MINISTRY_KEY) == expected
    apart = party(client, MID_KEY, "as_of=6")
    assert (apart["reversals"], apart["track_record"]["denials"]["affirmed_by_others"]) == ([], 1)


@pytest.mark.usefixtures("aliased")
def test_joins_change_no_claim(client):
    """The claim's own answer keeps the names that were used; only its version and its time move on."""
    now, before = client.get(CLAIM).json, client.get(f"{CLAIM}/versions/3").json
    moving = {"version": 4, "as_of": {"log_size": 7, "at": NOW}}
    assert now == before | moving
    assert [position["party"]["key"] for position in now["positions"]] == [MID_KEY, MINISTRY_KEY]
    changed = client.get(f"{CLAIM}/versions/4?diff=3").json
    assert (changed["stances"], changed["standing"]["changed"]) == ([], False)
    assert changed["events"] == [{"version": 4, "type": "joined", "recorded_at": NOW}]


@pytest.mark.usefixtures("aliased")
def test_lists_of_claims_find_a_party_under_all_its_names(client):
    """`party=` means the party with all names joined to it as of the list's moment, alone and with a stance."""

    def found(query):
        return [claim["id"] for claim in client.get(f"/claims?{query}").json["claims"]]

    assert found(f"party={MID_KEY}") == found(f"party={MINISTRY_KEY}") == [OTHER_ID, CLAIM_ID]
    assert found(f"party={MID_KEY}&as_of=6") == [CLAIM_ID]
    assert found(f"party={MID_KEY}&stance=affirms") == [CLAIM_ID]
    assert found("party=kremlin") == []


def test_parted_names_are_two_parties_again(aliased, client):
    """`parted` undoes a join, from wherever it is logged and whichever name comes first; between them it held."""
    assert append(aliased, joined(MID["name"], MINISTRY_KEY, "parted"), OTHER).status_code == 201
    assert keys(client, "country=RU") == [MID_KEY, MINISTRY_KEY]
    assert keys(client, "country=RU&as_of=8") == [MID_KEY]
    assert party(client, MID_KEY)["reversals"] == []
    assert party(client, MID_KEY)["as_of"]["log_size"] == 9
    assert len(party(client, MID_KEY, "as_of=8")["reversals"]) == 1
    assert append(aliased, joined(MID_KEY, MINISTRY_KEY)).status_code == 201
    assert keys(client, "country=RU") == [MINISTRY_KEY]


def test_joins_reach_as_far_as_they_go(aliased, client):
    """Names joined to joined names are one party too; parting one pair leaves the others joined."""
    open_claim(aliased, said("ncnd", KREMLIN), said("ncnd", KOREAN), id_="4be7c1d2-0000-4000-8000-000000000003")
    assert append(aliased, joined("Kremlin", MINISTRY_KEY)).status_code == 201
    known = [(name["key"]) for name in party(client, "kremlin")["party"]["also_known_as"]]
    assert (party(client, "kremlin")["party"]["key"], known) == (MID_KEY, [MINISTRY_KEY, "kremlin"])
    assert append(aliased, joined(MID_KEY, MINISTRY_KEY, "parted")).status_code == 201
    assert keys(client, "country=RU") == [MID_KEY, MINISTRY_KEY]
    assert party(client, "kremlin")["party"]["key"] == MINISTRY_KEY


def test_a_party_is_shown_under_a_name_that_still_speaks(aliased, client):
    """When all that was said under the name it is shown under was struck, the party is shown under its next name."""
    assert mend(aliased, kept("struck", regarding=2), 4).status_code == 201
    assert parties(client, "country=RU") == [shown(MINISTRY, MINISTRY_KEY, 2, 2)]
    assert party(client, MID_KEY)["party"]["key"] == MINISTRY_KEY


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (joined("Russian FOREIGN ministry", MID_KEY), (422, "invalid", ["/data/same_as"])),
        (joined("!", MID_KEY), (422, "invalid", ["/data/party"])),
        (joined(MINISTRY_KEY, "x" * 301), (422, "invalid", ["/data/same_as"])),
        (("joined", {"party": MID_KEY, "same_as": MINISTRY_KEY}), (422, "invalid", ["/data/reason"])),
        (("joined", {"party": MID, "same_as": MINISTRY_KEY, "reason": "r"}), (422, "invalid", ["/data/party"])),
    ],
)
def test_a_join_that_makes_no_sense_is_invalid(aliased, client, event, expected):
    """Two names with one key are one already; a name has a letter and an end; a reason is given."""
    with nothing_recorded(client):
        assert refused(append(aliased, event)) == expected


@pytest.mark.parametrize(
    ("event", "rule", "at"),
    [
        (joined(MID_KEY, MINISTRY_KEY), "join_new", "/data/party"),
        (joined(MINISTRY_KEY, MID_KEY), "join_new", "/data/party"),
        (joined(MID_KEY, "kremlin"), "join_target", "/data/same_as"),
        (joined("A Scholar", MID_KEY), "join_target", "/data/party"),
        (joined(MID_KEY, MOFA_KEY, "parted"), "join_target", "/data/same_as"),
    ],
)
def test_a_join_keeps_the_rules(aliased, client, event, rule, at):
    """Both names speak in the record, are not one party already, and are joined if they are to be parted."""
    with nothing_recorded(client):
        response = append(aliased, event)
    assert (refused(response), response.json["rule"]) == ((409, "rule_broken", [at]), rule)


def test_a_batch_sees_its_own_joins(desk, client):
    """In one batch a name that has just spoken can be joined, once; a batch that is refused leaves nothing behind."""
    open_claim(desk, said("denied"))
    items = [said("denied", MINISTRY), joined(MINISTRY_KEY, MID_KEY), joined(MID_KEY, MINISTRY_KEY)]
    asked = [in_json(event, claim=CLAIM_ID) for event in items]
    with nothing_recorded(client):
        assert refused(batch(desk, *asked)) == (409, "rule_broken", ["/events/2/data/party"])
        assert refused(append(desk, items[1])) == (409, "rule_broken", ["/data/party"])
    assert batch(desk, *asked[:2]).status_code == 201
    assert keys(client, "country=RU") == [MID_KEY]


@pytest.mark.parametrize("type_", ["joined", "parted"])
@pytest.mark.usefixtures("aliased")
def test_only_editors_join(hire, type_):
    """A reporter may neither join nor part; an editor needs no If-Match for it, since no event reads otherwise."""
    assert refused(append(hire("a-reporter", "reporter"), joined(MID_KEY, MOFA_KEY, type_))) == (403, "forbidden", [])


def test_a_redacted_join_never_was(aliased, client):
    """Redacted, a join is taken out of every moment, and the names can be joined anew."""
    assert mend(aliased, kept("redacted", regarding=4), 4).status_code == 201
    assert keys(client, "country=RU") == keys(client, "country=RU&as_of=8") == [MID_KEY, MINISTRY_KEY]
    assert append(aliased, joined(MID_KEY, MINISTRY_KEY)).status_code == 201


def test_the_directory_is_made_again_as_it_was(aliased, store):
    """After strikes, amendments, redactions, joins and partings a rebuild makes every row again, and no other."""
    spelled = {"name": "RUSSIAN Foreign-Ministry!", "kind": "state"}
    assert append(aliased, said("denied", spelled, scope="All of it.")).status_code == 201
    assert mend(aliased, amended(5, said("alleged", KREMLIN)), 5).status_code == 201
    assert append(aliased, joined("Kremlin", MINISTRY_KEY), OTHER).status_code == 201
    assert mend(aliased, kept("struck", regarding=2), 6).status_code == 201
    assert mend(aliased, amended(3, assessed()), 7).status_code == 201
    assert mend(aliased, amended(3, said("countered", MOFA)), 8).status_code == 201
    assert append(aliased, joined(MINISTRY_KEY, MID_KEY, "parted"), OTHER).status_code == 201
    before = tables(store)
    rebuild(store, lambda _: None)
    assert tables(store) == before
    assert mend(aliased, kept("redacted", regarding=5), 9).status_code == 201
    erased = tables(store)
    assert erased != before
    rebuild(store, lambda _: None)
    assert tables(store) == erased
