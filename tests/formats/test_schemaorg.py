"""schema.org: a review only of what somebody rated, in the shape that the vocabulary gives it."""

from __future__ import annotations

from tests.builders import ENVOY, MID, PAPER, SCHOLAR, assessed, kept, said
from tests.formats import hostile
from tests.formats.conftest import ERASED, RATING
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, TEXT, append, mend, open_claim

HOST = "http://localhost"
CLAIM_HAS = {
    *("@context", "@type", "@id", "url", "text", "inLanguage", "keywords", "author"),
    *("dateCreated", "dateModified", "appearance", "firstAppearance"),
}


def test_a_rated_claim_is_a_review(given):
    """A rating makes a ClaimReview, by whoever gave it, with what Google and schema.org ask of one."""
    response = given("schemaorg")
    assert response.content_type == "application/ld+json"
    work = {
        "@type": "CreativeWork",
        "publisher": {"@type": "Organization", "name": "The Wire"},
        "headline": "They met",
        "url": "https://wire.example/1",
        "datePublished": "2025-12-20",
    }
    rating = {"alternateName": "Mostly false", "ratingValue": 2, "bestRating": 5, "worstRating": 1}
    assert response.json == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": f"{HOST}{CLAIM}/events/12",
        "url": RATING["url"],
        "claimReviewed": TEXT,
        "author": {"@type": "Organization", "name": "A Scholar"},
        "reviewBody": "It fits.",
        "reviewRating": {"@type": "Rating", **rating},
        "datePublished": "2025-12-20",
        "itemReviewed": {
            "@type": "Claim",
            "@id": f"{HOST}{CLAIM}",
            "url": f"{HOST}{CLAIM}",
            "text": TEXT,
            "inLanguage": "en",
            "keywords": ["north-korea"],
            "dateCreated": "2026-01-31T10:00:00.000000Z",
            "dateModified": "2026-01-31T10:11:00.000000Z",
            "appearance": [work],
            "firstAppearance": work,
        },
    }


def test_without_a_rating_it_is_a_claim(client, desk):
    """An assessment without a rating, or whose rating says neither word nor number, makes no review."""
    open_claim(desk, said("alleged", ENVOY), assessed(), assessed(rating={"url": "https://check.example"}))
    document = client.get(f"{CLAIM}?format=schemaorg").json
    assert (document["@type"], document["author"]) == ("Claim", {"@type": "Person", "name": "Unnamed official"})
    assert document.keys() <= CLAIM_HAS
    assert "Review" not in client.get(f"{CLAIM}?format=schemaorg").text


def test_a_struck_rating_is_none(given, everything):
    """A review goes with the assessment that it came from."""
    assert mend(everything, kept("struck", regarding=12), 12).status_code == 201
    assert given("schemaorg").json["@type"] == "Claim"
    assert given("schemaorg", as_of="12").json["@type"] == "ClaimReview"


def test_a_rating_of_a_statement_reviews_the_statement(client, desk):
    """A rating regarding an event reviews those words; when they are erased, there is no review."""
    open_claim(desk, said("denied", MID, summary="Unfounded."), assessed(rating={"text": "False"}, regarding=2))
    review = client.get(f"{CLAIM}?format=schemaorg").json
    author = {"@type": "GovernmentOrganization", "name": "Russian Foreign Ministry"}
    reviewed = {"@type": "Claim", "@id": f"{HOST}{CLAIM}/events/2", "text": "Unfounded.", "author": author}
    assert ("Unfounded.", reviewed) == (review["claimReviewed"], review["itemReviewed"])
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    assert client.get(f"{CLAIM}?format=schemaorg").json["@type"] == "Claim"


def test_several_are_a_graph(client, desk):
    """Several ratings of a claim, or several claims, are one graph."""
    open_claim(desk, assessed(rating={"value": 1}), assessed(rating={"value": 2}, by={**SCHOLAR, "name": "Another"}))
    open_claim(desk, said("reported", PAPER), id_=OTHER_ID)
    assert [n["@type"] for n in client.get(f"{CLAIM}?format=schemaorg").json["@graph"]] == ["ClaimReview"] * 2
    listed = client.get("/claims?format=schemaorg").json["@graph"]
    assert [node["@type"] for node in listed] == ["Claim", "ClaimReview", "ClaimReview"]


def test_what_is_gone_is_not_shown(given):
    """What was struck, redacted or amended away is nowhere."""
    assert [text for text in ERASED if text in given("schemaorg").text] == []


def test_it_may_stand_inside_a_page(client, desk):
    """The text can be put into a <script> element as it is, and leads nowhere but to the web."""
    assert desk.post("/claims", json={"text": hostile.TEXT, "id": CLAIM_ID}).status_code == 201
    rated = assessed(rating={"text": hostile.SCRIPT, "url": hostile.ADDRESS}, source=hostile.SPOKEN["source"])
    assert append(desk, rated).status_code == 201
    assert append(desk, ("reported", hostile.SPOKEN)).status_code == 201
    response = client.get(f"{CLAIM}?format=schemaorg")
    assert "<" not in response.text
    assert hostile.ADDRESS not in response.text
    assert response.json["claimReviewed"] == hostile.TEXT.translate(hostile.IN_JSON)


def published(party, on, url):
    """Report it, as of what day it was published."""
    dates = {"said_on": on} if on else {}
    source = {"publisher": party["name"], "url": url, **({"published_on": on} if on else {})}
    return said("reported", party, source=source, **dates)


def test_the_first_appearance_is_what_was_surely_published_first(client, desk):
    """The order in which a desk logs reports is not that in which they were published; an open date leaves it open."""
    first, second = {**PAPER, "name": "First Paper"}, {**PAPER, "name": "Second Paper"}
    open_claim(desk, published(second, "2026-06-05", "https://two.example"))
    assert client.get(f"{CLAIM}?format=schemaorg").json["firstAppearance"]["datePublished"] == "2026-06-05"
    assert append(desk, published(first, "2026-06-01", "https://one.example")).status_code == 201
    document = client.get(f"{CLAIM}?format=schemaorg").json
    assert document["firstAppearance"] == document["appearance"][1]
    assert document["firstAppearance"]["publisher"]["name"] == "First Paper"
    assert append(desk, published(second, "2026-06", "https://two.example/2")).status_code == 201
    document = client.get(f"{CLAIM}?format=schemaorg").json
    assert (len(document["appearance"]), "firstAppearance" in document) == (3, False)


def test_an_undated_report_may_have_been_the_first(client, desk):
    """Beside a report without a date none is called the first; what was logged twice is one appearance."""
    open_claim(desk, published(PAPER, "2026-06-01", "https://one.example"))
    again = said("alleged", ENVOY, source=published(PAPER, "2026-06-01", "https://one.example")[1]["source"])
    assert append(desk, again).status_code == 201
    assert "firstAppearance" in client.get(f"{CLAIM}?format=schemaorg").json
    assert append(desk, published({**PAPER, "name": "Another Paper"}, "", "https://two.example")).status_code == 201
    assert "firstAppearance" not in client.get(f"{CLAIM}?format=schemaorg").json


def test_the_author_is_who_surely_alleged_it_first(client, desk):
    """Whoever is logged first is not its author where another said it before, or may have."""
    other = {"name": "Another official", "kind": "person"}
    open_claim(desk, said("alleged", ENVOY, said_on="2026-06-05"), said("alleged", other, said_on="2026-06-01"))
    assert client.get(f"{CLAIM}?format=schemaorg").json["author"] == {"@type": "Person", "name": "Another official"}
    assert append(desk, said("reported", PAPER, said_on="2026-06")).status_code == 201
    assert "author" not in client.get(f"{CLAIM}?format=schemaorg").json


def test_who_was_first_stays_first_when_it_took_that_back(client, desk):
    """No later report, and no later author, takes the place of the first: a retraction only leaves it empty."""
    other = {"name": "Another official", "kind": "person"}
    first = published({**PAPER, "name": "First Paper"}, "2026-06-01", "https://one.example")
    open_claim(
        desk,
        first,
        published(PAPER, "2026-06-05", "https://two.example"),
        said("retracted", {**PAPER, "name": "First Paper"}, regarding=2),
    )
    document = client.get(f"{CLAIM}?format=schemaorg").json
    assert (len(document["appearance"]), "firstAppearance" in document) == (1, False)
    open_claim(desk, said("alleged", other, said_on="2026-01-01"), id_=OTHER_ID)
    assert "author" in client.get(f"/claims/{OTHER_ID}?format=schemaorg").json
    assert append(desk, said("confirmed", ENVOY, said_on="2025-06-01"), f"/claims/{OTHER_ID}").status_code == 201
    assert "author" not in client.get(f"/claims/{OTHER_ID}?format=schemaorg").json
