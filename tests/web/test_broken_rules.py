"""Rules that need the history: 409, the rule named, its place pointed at, and nothing stored."""

from __future__ import annotations

import pytest

from tests.builders import KREMLIN, MID, MOFA, PAPER, asked, assessed, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    NO_ID,
    OTHER,
    OTHER_ID,
    TEXT,
    append,
    mend,
    nothing_recorded,
    open_claim,
    refused,
)

STATEMENT = {"party": MID, "summary": "No.", "source": {"publisher": "TASS"}}
THIRD_ID = "4be7c1d2-0000-4000-8000-000000000003"


@pytest.fixture
def told(desk):
    """Open a claim: 2 denied, 3 assessed, 4 asked, 5 retracts 2, 6 reported, 7 struck 6."""
    open_claim(desk, said("denied"), assessed(regarding=2), asked(MOFA), said("retracted", regarding=2))
    append(desk, said("reported", PAPER))
    assert mend(desk, kept("struck", regarding=6), 6).status_code == 201
    return desk


@pytest.mark.parametrize(
    ("event", "rule", "places"),
    [
        (("opened", {"text": TEXT, "lang": "en"}), "opens_once", []),
        (said("denied", regarding=8, scope="x"), "regarding_exists", ["/data/regarding"]),
        (said("retracted", regarding=8), "regarding_exists", ["/data/regarding"]),
        (said("retracted", regarding=9007199254740991), "regarding_exists", ["/data/regarding"]),
        (assessed(regarding=99), "regarding_exists", ["/data/regarding"]),
        (kept("struck", regarding=8), "regarding_exists", ["/data/regarding"]),
        (said("retracted", regarding=1), "regarding_fits", ["/data/regarding"]),
        (said("retracted", regarding=3), "regarding_fits", ["/data/regarding"]),
        (said("clarified", regarding=4), "regarding_fits", ["/data/regarding"]),
        (kept("struck", regarding=1), "regarding_fits", ["/data/regarding"]),
        (kept("redacted", regarding=1), "regarding_fits", ["/data/regarding"]),
        (kept("struck", regarding=7), "regarding_fits", ["/data/regarding"]),
        (said("retracted", MOFA, regarding=2), "own_words", ["/data/party"]),
        (said("clarified", PAPER, regarding=2), "own_words", ["/data/party"]),
        (said("corrected", {**MID, "name": "MID of another state", "country": "KR"}, regarding=2, grade="refile"),
         "own_words", ["/data/party"]),
        (said("retracted", regarding=2), "still_counts", ["/data/regarding"]),
        (said("corrected", KREMLIN, regarding=2, grade="corrected"), "still_counts", ["/data/regarding"]),
        (said("clarified", PAPER, regarding=6), "still_counts", ["/data/regarding"]),
        (kept("struck", regarding=6), "still_counts", ["/data/regarding"]),
        (kept("amended", regarding=6, type="denied", statement=STATEMENT), "still_counts", ["/data/regarding"]),
        (kept("amended", regarding=2, type="denied", statement={**STATEMENT, "regarding": 2}), "regarding_exists",
         ["/data/statement/regarding"]),
        (("linked", {"relation": "context", "claim": NO_ID}), "link_target", ["/data/claim"]),
        (("linked", {"relation": "context", "claim": "ref:nobody/opened/this"}), "link_target", ["/data/claim"]),
        (("unlinked", {"relation": "context", "claim": NO_ID}), "link_target", ["/data/claim"]),
    ],
)  # fmt: skip
def test_what_the_history_does_not_allow(told, client, event, rule, places):
    """Each broken rule is named with its place, and nothing is stored."""
    with nothing_recorded(client):
        response = mend(told, event, 7)
    assert refused(response) == (409, "rule_broken", places)
    assert response.json["rule"] == rule


def test_a_link_is_new(desk, claim, client):
    """A link that is there already is not made again."""
    open_claim(desk, id_=OTHER_ID)
    link = ("linked", {"relation": "context", "claim": OTHER_ID})
    assert append(desk, link).status_code == 201
    with nothing_recorded(client):
        response = append(desk, link)
    assert (refused(response), response.json["rule"]) == ((409, "rule_broken", ["/data/claim"]), "link_new")


def test_aspects_make_no_circle(desk, claim, client):
    """A claim is no aspect of what is, through however many claims, an aspect of it."""
    open_claim(desk, id_=OTHER_ID)
    open_claim(desk, id_=THIRD_ID)
    assert append(desk, ("linked", {"relation": "aspect_of", "claim": CLAIM_ID}), OTHER).status_code == 201
    assert (
        append(desk, ("linked", {"relation": "aspect_of", "claim": OTHER_ID}), f"/claims/{THIRD_ID}").status_code == 201
    )
    for id_ in (OTHER_ID, THIRD_ID):
        with nothing_recorded(client):
            response = append(desk, ("linked", {"relation": "aspect_of", "claim": id_}))
        assert (refused(response), response.json["rule"]) == ((409, "rule_broken", ["/data/claim"]), "no_circle")
    assert append(desk, ("linked", {"relation": "context", "claim": THIRD_ID})).status_code == 201


def test_a_circle_inside_one_batch_is_seen(desk, claim, client):
    """Two links that make a circle together are refused together."""
    open_claim(desk, id_=OTHER_ID)
    items = [
        {"claim": here, "type": "linked", "data": {"relation": "aspect_of", "claim": there}}
        for here, there in ((CLAIM_ID, OTHER_ID), (OTHER_ID, CLAIM_ID))
    ]
    with nothing_recorded(client):
        response = desk.post("/events", json={"events": items})
    assert refused(response) == (409, "rule_broken", ["/events/1/data/claim"])
    assert response.json["rule"] == "no_circle"


def test_a_voice_of_the_same_state_may_take_back(desk, client):
    """The Kremlin may retract what its foreign ministry said; the position is then withdrawn."""
    open_claim(desk, said("denied"))
    assert append(desk, said("retracted", KREMLIN, regarding=2)).status_code == 201
    claim = client.get(CLAIM).json
    assert [("russian-foreign-ministry", "withdrawn")] == [(p["party"]["key"], p["stance"]) for p in claim["positions"]]
    assert claim["withdrawals"] == [{"party": "russian-foreign-ministry", "of": 2, "by": 3}]
