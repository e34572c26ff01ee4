"""A claim on other people's pages: the badge, and what oEmbed says of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from domain.errors import NotFound
from service.formats.badge import draw_badge
from service.telling.wording import STANDINGS
from tests.builders import MID, said
from tests.formats import hostile
from tests.web.newsroom import CLAIM, CLAIM_ID, append, open_claim

SVG = "{http://www.w3.org/2000/svg}"
HOST = "http://localhost"
MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
HARMLESS = {f"{SVG}{name}" for name in ("svg", "title", "desc", "rect", "text", "path")}


def drawn(client, address):
    """Read a badge as a program that draws it does."""
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, "image/svg+xml")
    return ET.fromstring(response.text)  # noqa: S314 - our own answer


@pytest.mark.usefixtures("moscow")
def test_a_badge_says_where_a_claim_stands(client):
    """The word is there to be seen, the claim and each party's stance to be heard."""
    badge = drawn(client, f"{MEETING}.svg")
    assert [text.text for text in badge.iter(f"{SVG}text")] == ["on record", "Denied"]
    title, description = badge.find(f"{SVG}title"), badge.find(f"{SVG}desc")
    assert title.text.startswith("Denied: A South Korean official")
    assert "Denies it: Russian Foreign Ministry (categorical; concedes a part, event 5)." in description.text
    assert {
        "role": "img",
        "aria-labelledby": f"{title.get('id')} {description.get('id')}",
    }.items() <= badge.attrib.items()


@pytest.mark.usefixtures("moscow")
def test_a_badge_shows_what_was(client):
    """Under `as_of` and `said_until` a badge is of the claim as it stood, and says so to be seen and to be heard."""
    as_of = "(as of 31 Jan 2026, 10:00 UTC)"
    for asked, word, past in (
        ("as_of=3", "Reported", as_of),
        ("said_until=2020", "Opened", "(what had been said by 31 Dec 2020)"),
    ):
        badge = drawn(client, f"{MEETING}.svg?{asked}")
        assert list(badge.iter(f"{SVG}text"))[1].text == f"{word} {past}"
        assert badge.find(f"{SVG}title").text.startswith(f"{word} {past}: A South Korean official")
        assert badge.find(f"{SVG}desc").text.endswith(past)


def test_every_standing_has_a_shape_of_its_own():
    """No two standings look alike, in whatever colours; the width follows from the word."""
    claims = [{"standing": s, "because": {"partial": False}, "text": "It was so.", "positions": []} for s in STANDINGS]
    badges = [ET.fromstring(draw_badge(claim)) for claim in claims]  # noqa: S314 - likewise
    assert len(STANDINGS) == len({badge.find(f"{SVG}path").get("d") for badge in badges})
    assert {(int(b.get("width")) - 7 * len(w)) for b, w in zip(badges, STANDINGS.values(), strict=True)} == {119}


def test_a_badge_holds_nothing_that_acts(client, desk):
    """A badge has no script, style or address, whatever the claim's text, and is refused no policy."""
    assert desk.post("/claims", json={"text": hostile.TEXT, "id": CLAIM_ID}).status_code == 201
    assert append(desk, ("denied", hostile.SPOKEN)).status_code == 201
    badge, raw = drawn(client, f"{CLAIM}.svg"), client.get(f"{CLAIM}.svg")
    assert {element.tag for element in badge.iter()} <= HARMLESS
    assert {"style", "href", "onload"} & {name for element in badge.iter() for name in element.attrib} == set()
    assert [text for text in (*hostile.MARKUP, *hostile.UNSHOWN) if text in raw.text] == []
    assert "default-src 'none'" in raw.headers["Content-Security-Policy"]


def test_a_badge_is_not_sent_twice(client, desk):
    """Who has the badge already is told so, until the claim stands otherwise."""
    open_claim(desk)
    known = {"If-None-Match": client.get(f"{CLAIM}.svg").headers["ETag"]}
    assert client.get(f"{CLAIM}.svg", headers=known).status_code == 304
    assert append(desk, said("denied", MID)).status_code == 201
    assert client.get(f"{CLAIM}.svg", headers=known).status_code == 200


class Page(HTMLParser):
    """Collect the elements of a page."""

    def __init__(self, html):
        """Read a page."""
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))


@pytest.mark.usefixtures("moscow")
def test_oembed_gives_a_badge_that_leads_to_the_claim(client):
    """A page that has room shows the badge, as a link to the claim."""
    answer = client.get("/oembed", query_string={"url": f"{HOST}{MEETING}", "format": "json"}).json
    text = "Denied: A South Korean official involved in nuclear negotiations met Russia's special envoy Oleg Burmistrov"
    title = f"{text} informally in Moscow."
    image = {"src": f"{HOST}{MEETING}.svg", "width": "161", "height": "24", "alt": title}
    assert [("a", {"href": f"{HOST}{MEETING}"}), ("img", image)] == Page(answer.pop("html")).elements
    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "onrecord",
        "provider_url": f"{HOST}/",
        "cache_age": 3600,
        "width": 161,
        "height": 24,
    }


@pytest.mark.usefixtures("moscow")
def test_oembed_of_a_pinned_address_is_pinned(client):
    """An address as of a moment shows the claim as it stood then; the answer at that address leads to it."""
    pinned = f"{MEETING}?as_of=4&said_until=2026-02"
    answer = client.get("/oembed", query_string={"url": f"{HOST}{pinned}#x"}).json
    elements = Page(answer["html"]).elements
    assert [("a", f"{HOST}{pinned}"), ("img", f"{HOST}{pinned.replace('?', '.svg?')}")] == [
        (tag, attributes.get("href") or attributes["src"]) for tag, attributes in elements
    ]
    told = "Denied (as of 31 Jan 2026, 10:00 UTC) (what had been said by 28 Feb 2026): A South Korean official"
    assert (answer["title"].startswith(told), elements[1][1]["alt"] == answer["title"]) == (True, True)
    link = ", ".join(client.get(pinned).headers.getlist("Link"))
    discovered = re.search(r'<([^>]*)>; rel="alternate"; type="application/json\+oembed"', link)
    assert client.get(discovered[1]).json["html"] == answer["html"]
    for as_of, expected in (("1", "not_yet_known"), ("yesterday", "invalid")):
        claim = f"{HOST}/claims/1c1e92c4-1f05-51ad-ae9c-6f1b4fb902cf"
        assert client.get("/oembed", query_string={"url": f"{claim}?as_of={as_of}"}).json["code"] == expected


@pytest.mark.parametrize("room", [{"maxwidth": 160}, {"maxheight": 23}])
@pytest.mark.usefixtures("moscow")
def test_without_room_there_is_a_link(client, room):
    """A badge that does not fit is not given; the title still is."""
    answer = client.get("/oembed", query_string={"url": f"{HOST}{MEETING}", **room}).json
    assert {"version", "type", "title", "provider_name", "provider_url", "cache_age"} == set(answer)
    assert answer["type"] == "link"


@pytest.mark.usefixtures("moscow")
def test_oembed_speaks_xml_too(client):
    """The same answer comes as XML, for those who ask for it."""
    question = {"url": f"https://localhost{MEETING}.html#event-4"}
    plain = client.get("/oembed", query_string=question).json
    response = client.get("/oembed", query_string={**question, "format": "xml"})
    assert response.content_type == "text/xml; charset=utf-8"
    root = ET.fromstring(response.text)  # noqa: S314 - our own answer
    assert ("oembed", {name: str(value) for name, value in plain.items()}) == (root.tag, {e.tag: e.text for e in root})


@pytest.mark.parametrize(
    "url",
    [
        f"https://elsewhere.example{MEETING}",
        f"http://localhost.evil.example{MEETING}",
        f"http://localhost@evil.example{MEETING}",
        f"javascript://localhost{MEETING}",
        f"{HOST}/claims",
        f"{HOST}/claims/nothing",
        f"{HOST}{MEETING}/events/1",
        f"{HOST}{MEETING}?format=csv",
        f"{HOST}{MEETING}?as_of=3&as_of=4",
        f"{HOST}{MEETING}?as_of=3&x",
        f"{HOST}/claims/{CLAIM_ID}",
        "http://[",
        MEETING,
        "",
    ],
)
@pytest.mark.usefixtures("moscow")
def test_oembed_knows_only_claims_of_this_record(client, url):
    """Any other address is not found."""
    refused = client.get("/oembed", query_string={"url": url})
    assert (404, NotFound.code) == (refused.status_code, refused.json["code"])


@pytest.mark.usefixtures("moscow")
def test_oembed_wants_an_address(client):
    """Without an address, and in a format that is none, it is refused."""
    assert client.get("/oembed").status_code == 422
    assert client.get("/oembed", query_string={"url": f"{HOST}{MEETING}", "format": "yaml"}).status_code == 422


def test_hostile_text_stays_text_in_oembed(client, desk):
    """The markup that oEmbed gives has two elements, whatever the claim's text."""
    assert desk.post("/claims", json={"text": f'">{hostile.TEXT}', "id": CLAIM_ID}).status_code == 201
    html = client.get("/oembed", query_string={"url": f"{HOST}{CLAIM}"}).json["html"]
    assert [tag for tag, _ in Page(html).elements] == ["a", "img"]
    assert [text for text in (*hostile.MARKUP, *hostile.UNSHOWN) if text in html] == []
