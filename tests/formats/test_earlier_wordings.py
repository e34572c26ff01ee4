"""No format puts a word to a wording of the claim that it was not said of."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.builders import ENVOY, assessed, kept, said
from tests.web.newsroom import CLAIM, append, mend, open_claim

OLD, NEW = "A treaty was signed in Oslo.", "No treaty was signed in Oslo."
DESK = {"name": "Fact Desk", "kind": "media"}


@pytest.fixture(autouse=True)
def reworded(desk, clock):
    """Open a claim that is alleged and rated, turn it round, and have it confirmed."""
    rated = assessed(by=DESK, rating={"text": "False"})
    open_claim(desk, said("alleged", ENVOY, said_on="2026-01-01"), rated, text=OLD)
    clock.move_on(minutes=1)
    assert mend(desk, kept("reworded", text=NEW), 3).status_code == 201
    assert append(desk, said("confirmed", summary="None was.")).status_code == 201


def test_a_review_is_of_what_was_rated(client):
    """schema.org: the text, the author and the address of then."""
    review = client.get(f"{CLAIM}?format=schemaorg").json
    claim = review["itemReviewed"]
    assert (review["claimReviewed"], claim["text"], claim["@id"]) == (OLD, OLD, f"http://localhost{CLAIM}/versions/3")
    assert claim["author"] == {"@type": "Person", "name": "Unnamed official"}


def test_a_claim_has_no_author_who_spoke_of_another_wording(desk, client):
    """schema.org: who put another wording forward is no author of this one, and its source no appearance."""
    assert mend(desk, kept("struck", regarding=3), 5).status_code == 201
    claim = client.get(f"{CLAIM}?format=schemaorg").json
    assert (claim["text"], claim.keys() & {"author", "appearance"}) == (NEW, set())


def test_an_opinion_is_on_a_report_of_what_was_said(client):
    """STIX: who spoke of an earlier wording has an opinion on a report of that, which is a later version of it."""
    objects = client.get(f"{CLAIM}?format=stix").json["objects"]
    names = {one["id"]: one["name"] for one in objects if one["type"] == "report"}
    spoken = [one for one in objects if one["type"] in {"opinion", "note"}]
    assert [names[one["object_refs"][0]] for one in spoken] == [OLD, OLD, NEW]
    assert [one["created"] < one["modified"] for one in spoken] == [True, True, False]


def test_a_slide_says_of_which_wording_it_is(client):
    """TimelineJS: the claim entered the record as it read then, and what was said of that says so."""
    slides = [slide["text"]["text"] for slide in client.get(f"{CLAIM}?format=timelinejs").json["events"]]
    told = f"<p>Said of an earlier wording of the claim: {OLD}</p>"
    assert (slides[0], [told in slide for slide in slides]) == (OLD, [False, True, True, False])


def test_a_row_has_the_wording_of_its_moment(client):
    """CSV: the text of the claim is that which it had once the event was logged."""
    rows = csv.DictReader(StringIO(client.get(f"{CLAIM}.csv").text))
    assert [row["claim_text"] for row in rows] == [OLD, OLD, OLD, NEW, NEW]


def test_who_embeds_it_is_told(desk, client):
    """oEmbed: where a word that makes the claim stand as it does is of an earlier wording, the title says so."""
    address = f"/oembed?url=http://localhost{CLAIM}"
    assert client.get(address).json["title"] == f"Confirmed: {NEW}"
    assert mend(desk, kept("struck", regarding=5), 5).status_code == 201
    assert client.get(address).json["title"] == f"Reported (of an earlier wording): {NEW}"
