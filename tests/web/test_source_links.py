"""Where a source's link leads: the host stands beside it, looks like no other, and nobody's password is in it."""

from __future__ import annotations

import pytest

from service.telling import links
from service.telling.links import Link, find_link, web_address
from tests.builders import said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, open_claim


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://wire.example/1?a=@b#@c", "wire.example"),
        ("HTTPS://WWW.Wire.Example:8443/1", "www.wire.example"),
        ("https://президент.рф/1", "президент.рф"),
        ("https://xn--d1abbgf6aiiy.xn--p1ai/1", "президент.рф"),
        ("https://한국.한국/1", "한국.한국"),
        ("https://аррӏе.com/1", "xn--80ak6aa92e.com"),
        ("https://wirе.example/1", "xn--wir-tdd.example"),
        ("https://bücher.example/1", "xn--bcher-kva.example"),
        ("https://%D0%B0.example/1", "xn--80a.example"),
        ("https://wire。example/1", "wire.example"),
        ("https://[2001:db8::1]/1", "2001:db8::1"),
        ("https://bank.example@evil.example/1", "evil.example"),
        ("https://xn--strae-oqa.example/1", "xn--strae-oqa.example"),
        (f"https://{'.'.join(['%EA%B0%80' * 50] * 4)}/1", ".".join(["가" * 50] * 4)),
        ("https://straße.example/1", None),
        ("https://STRAẞE.example/1", None),
        ("https://σας.example/1", None),
        ("https://a\u200cb.example/1", None),
        ("https://bank%E2%80%8D.example/1", None),
        *(
            (f"https://bank.example%{code}.evil.example/1", None)
            for code in ("25", "40", "2F", "5C", "3F", "23", "20", "09")
        ),
        ("https:///evil.example", None),
        ("https://evil.example:99999/", None),
        ("https://[::1/", None),
        (f"https://{'a' * 300}.example/", None),
        ("https://a..b/", None),
        ("javascript://wire.example/%0aalert(1)", None),
        ("http\u017f://wire.example/1", None),
        ("http\u017f://http://\u00e9@wire.example", None),
        (None, None),
    ],
)
def test_a_link_names_the_host_that_it_leads_to(address, host):
    """A host that could be taken for another is written in ASCII; what leads nowhere or who knows where is no link."""
    link = find_link(address)
    assert host == (link and link.host)


def test_a_host_that_is_longer_than_any_is_not_looked_at(monkeypatch):
    """What could be no host, however it were written, is neither read nor remembered."""
    monkeypatch.setattr(links, "urlsplit", lambda site: pytest.fail(f"It was read: {site[:20]}"))
    assert find_link(f"https://{'%F0%90%90%80' * 254}.example/1") is None


def test_nobody_follows_a_link_with_a_password():
    """A name and a password in an address that is on record since before they were refused go to no other server."""
    assert Link("https://wire.example/1@2", "wire.example") == find_link("https://a@b:secret@wire.example/1@2")


def test_no_form_of_a_claim_leads_where_its_page_does_not(desk, client):
    """A port that is none, a host that is another to some, a password: none of it is in a feed or a file."""
    odd = ["https://wire.example:99999/", "https://straße.example/1"]
    open_claim(desk, *(said("reported", source={"publisher": url[8:14], "url": url}) for url in odd))
    for form in ("?format=timelinejs", "?format=stix", "?format=schemaorg", "?format=csv", ".atom", ".feed"):
        text = client.get(f"{CLAIM}{form}").text
        assert [word for word in ("99999", "stra\u00dfe.ex", "xn--") if word in text] == [], form
    assert web_address("https://a@b:secret@wire.example/1") == "https://wire.example/1"


def test_a_source_says_where_it_leads(desk, client):
    """Beside the title stands the host, of a kept copy too; of what is no web address the whole of it."""
    source = {"publisher": "The Wire", "title": "<b>", "url": "https://wire.example/1"}
    odd = {"publisher": "The Wire", "title": "They met", "url": "telegram: @channel"}
    kept = {**source, "archived_url": "https://archive.example/https://wire.example/1"}
    unsure = {"publisher": "The Wire", "title": "Nobody met", "url": "https://straße.example/1"}
    open_claim(
        desk, *(said(type_, source=one) for type_, one in (("denied", kept), ("reported", odd), ("ncnd", unsure)))
    )
    text = browse(client, CLAIM).text
    assert "The Wire , <b> ( wire.example ) · archived copy ( archive.example )" in text
    assert "They met · telegram: @channel (not a web address, so no link)" in text
    assert "https://straße.example/1 (programs read this host as different ones, so no link)" in text
