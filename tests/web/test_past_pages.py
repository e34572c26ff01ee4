"""A page of the past says so in its title, and leads on in the past as far as others can be asked for it."""

from __future__ import annotations

import re

import pytest

from tests.builders import MID, said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, open_claim


@pytest.fixture
def story(desk):
    """Open a claim with a topic and a denial, and an aspect of it; then the denial is repeated."""
    open_claim(desk, said("denied"), topics=["moscow"])
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM_ID})
    open_claim(desk, said("denied"), link, id_=OTHER_ID, text="The talks were official.", topics=["moscow"])
    append(desk, said("denied", said_on="2026-01-30"))


def addresses(page):
    """List where a page leads, but for those that stand on every page and those that it names as the present."""
    main = page.html.partition("<main")[2].partition("</main>")[0]
    links = [part.partition('"')[0] for part in main.split('href="')[1:]]
    return {link for link in links if link.startswith(("/claims?", "/claims/", "/parties/"))}


@pytest.mark.usefixtures("story")
def test_a_claim_of_the_past_leads_to_the_past(client):
    """Its title, oEmbed, parties, topics, the matrix and the claims it is linked to keep the moment."""
    page = browse(client, f"{OTHER}?as_of=5")
    assert "<title>Denied (as of 31 Jan 2026, 10:00 UTC): The talks were official. · onrecord</title>" in page.html
    assert f"/oembed?url=http%3A//localhost{OTHER}%3Fas_of%3D5&amp;format=json" in page.html
    assert addresses(page) >= {
        "/parties/russian-foreign-ministry?as_of=5",
        "/claims?topic=moscow&amp;as_of=5",
        f"{CLAIM}?as_of=5",
        f"{CLAIM}?as_of=5#event-2",
        f"{OTHER}/embed?as_of=5",
    }
    assert addresses(page) & {CLAIM, "/parties/russian-foreign-ministry", "/claims?topic=moscow"} == set()


@pytest.mark.usefixtures("story")
def test_a_page_of_the_past_is_cited_as_that(client):
    """Printed, it names the log size that it is of, and its address once."""
    cited = browse(client, f"{OTHER}?as_of=5").html.partition('<p class="print-only cite">')[2].partition("<span")[0]
    assert cited == f"http://localhost{OTHER}?as_of=5 · log size 5 · not signed yet · version 3"


@pytest.mark.usefixtures("story")
def test_what_had_been_said_by_a_day_is_kept_too(client):
    """The title, oEmbed and the small page to embed keep what had been said by then."""
    page = browse(client, f"{CLAIM}?said_until=2026-01-29")
    assert "<title>Opened (what had been said by 29 Jan 2026): An official met" in page.html
    assert f"/oembed?url=http%3A//localhost{CLAIM}%3Fsaid_until%3D2026-01-29&amp;format=json" in page.html
    assert f"{CLAIM}/embed?said_until=2026-01-29" in addresses(page)
    assert (
        "Only what had surely been said by 29 Jan 2026." in browse(client, f"{CLAIM}/embed?said_until=2026-01-29").text
    )


@pytest.mark.parametrize(
    ("path", "title", "links"),
    [
        ("/claims", "Claims (as of 31 Jan 2026, 10:00 UTC)", {f"{CLAIM}?as_of=2"}),
        ("/parties", "Parties (as of 31 Jan 2026, 10:00 UTC)", {"/parties/russian-foreign-ministry?as_of=2"}),
        (
            "/parties/russian-foreign-ministry",
            "Russian Foreign Ministry (as of 31 Jan 2026, 10:00 UTC)",
            {f"{CLAIM}?as_of=2#event-2", f"{CLAIM}?as_of=2", "/parties/russian-foreign-ministry"},  # one is the present
        ),
    ],
)
@pytest.mark.usefixtures("story")
def test_lists_and_parties_of_the_past_lead_to_the_past(client, path, title, links):
    """What they list is led to as of the same moment, and their titles say that it is the past."""
    page = browse(client, f"{path}?as_of=2")
    assert f"<title>{title} · onrecord</title>" in page.html
    assert links == addresses(page)
    assert re.search("The (list|record) as it stood on 31 Jan 2026, 10:00 UTC, with log size 2\\.", page.text)


@pytest.mark.parametrize("path", ["/claims", "/parties", "/parties/russian-foreign-ministry", CLAIM])
@pytest.mark.usefixtures("story")
def test_a_page_of_the_past_is_cited_as_one(client, path):
    """Printed, it names its own log size and its address once."""
    cited = re.search("http://localhost/.* not signed yet.*", browse(client, f"{path}?as_of=2").text)[0]
    assert cited.startswith(f"http://localhost{path}?as_of=2 · log size 2 · not signed yet")
    assert cited.count("?as_of=2") == 1


@pytest.mark.usefixtures("story")
def test_a_list_of_the_time_before_the_record_says_so(client):
    """A list as of a log size of nothing names no instant: there was none."""
    for path in ("/claims", "/parties"):
        assert "(as of log size 0)" in browse(client, f"{path}?as_of=0").html
        assert "Nothing was on record yet." in browse(client, f"{path}?as_of=0").text


def test_the_present_stays_the_present(client, desk):
    """A page that was asked for no moment has none in its title or its links."""
    open_claim(desk, said("denied", MID), topics=["moscow"])
    page = browse(client, CLAIM)
    assert "<title>Denied: An official met" in page.html
    assert {"/parties/russian-foreign-ministry", "/claims?topic=moscow", f"{CLAIM}/embed"} <= addresses(page)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/claims", "Claims"),
        (CLAIM, "An official met the envoy in Moscow."),
        ("/parties/russian-foreign-ministry", "Russian Foreign Ministry"),
    ],
)
@pytest.mark.usefixtures("story")
def test_a_feed_of_the_past_is_called_so(client, path, title):
    """A feed names the moment that it was asked for in its title, and the answer it belongs to leads to it."""
    assert f"{title} (as of 31 Jan 2026, 10:00 UTC)" == client.get(f"{path}.feed?as_of=2").json["title"]
    assert title == client.get(f"{path}.feed").json["title"]
    link = ", ".join(client.get(f"{path}?as_of=2").headers.getlist("Link"))
    assert f'<{path}.atom?as_of=2>; rel="alternate"' in link


@pytest.mark.usefixtures("story")
def test_the_badge_on_a_page_of_the_past_is_described_as_past(client):
    """Who hears a badge on a claim's page hears of which past it is."""
    for asked, past in (
        ("as_of=2", "as of 31 Jan 2026, 10:00 UTC"),
        ("said_until=2026-02", "what had been said by 28 Feb 2026"),
    ):
        assert f"Denied ({past})" in browse(client, f"{CLAIM}?{asked}").all("alt", "img")
    assert "Denied" in browse(client, CLAIM).all("alt", "img")
