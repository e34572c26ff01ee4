"""The forms that an answer comes in: each names the others, and its addresses lead to where the reader is."""

from __future__ import annotations

import re

import pytest

from service.config import Config
from service.web import create_app

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"


@pytest.mark.usefixtures("moscow")
def test_every_form_that_is_named_is_there(client):
    """Each alternate that an answer links to answers in the type that the link says."""
    for address in (
        "/claims?topic=north-korea&limit=2",
        f"{MEETING}?as_of=5",
        "/parties/russian-foreign-ministry",
        "/corrections",
        "/parties?country=RU",
        "/events?limit=2",
        f"{MEETING}/events?as_of=5",
        f"{MEETING}/events/4",
        f"{MEETING}/versions/4",
        f"{MEETING}/versions/4?diff=2",
    ):
        links = ", ".join(client.get(address).headers.getlist("Link"))
        named = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', links)
        answered = [client.get(target).content_type for target, _ in named]
        kinds = [kind.replace("+oembed", "") if "oembed" in kind else kind for _, kind in named]
        assert kinds == [kind.replace("; charset=utf-8", "") for kind in answered]
        assert len(named) >= 2


@pytest.mark.parametrize(
    ("address", "suffixes"),
    [
        ("/claims", ["atom", "csv", "feed", "html", "json", "ndjson"]),
        (MEETING, ["atom", "csv", "feed", "html", "json", "svg"]),
        ("/parties", ["csv", "html", "json", "ndjson"]),
        ("/parties/russian-foreign-ministry", ["atom", "csv", "feed", "html", "json", "ndjson"]),
        (f"{MEETING}/events", ["json"]),
    ],
)
@pytest.mark.usefixtures("moscow")
def test_every_form_names_the_others(client, address, suffixes):
    """Whichever form somebody comes by, a page too, its header names all, with the same question."""
    named = sorted({*suffixes, "html"})
    for form in suffixes:
        link = ", ".join(client.get(f"{address}.{form}?as_of=9").headers.getlist("Link"))
        assert sorted(re.findall(rf'<{address}\.(\w+)\?as_of=9>; rel="alternate"', link)) == named


@pytest.mark.usefixtures("moscow")
def test_a_version_is_a_memento_as_a_page_too(client):
    """The page of a version says which moment it is of, and where the others are; that of a difference is of none."""
    browser = {"Accept": "text/html"}
    shown, plain = (client.get(f"{MEETING}/versions/4", headers=headers) for headers in (browser, {}))
    assert shown.content_type == "text/html; charset=utf-8"
    for name in ("Memento-Datetime", "Link"):
        assert shown.headers.getlist(name) == plain.headers.getlist(name)
    assert "Memento-Datetime" not in client.get(f"{MEETING}/versions/4?diff=2", headers=browser).headers
    link = ", ".join(client.get(MEETING, headers=browser).headers.getlist("Link"))
    assert f'<http://localhost{MEETING}/timegate>; rel="timegate"' in link


@pytest.mark.usefixtures("moscow")
def test_addresses_begin_where_readers_are(timeline):
    """With a public address configured, ids are the same whatever name the service was asked by."""
    client = create_app(timeline, Config(public_url="https://record.example.org/on")).test_client()
    named = {"Host": "10.0.0.7:8080"}
    item = client.get(f"{MEETING}.feed", headers=named).json["items"][0]
    assert f"https://record.example.org/on{MEETING}/events/9" == item["id"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("record_1:8080", "record_1:8080"),
        ('a"><script>', "localhost:80"),
        ("=1+1", "localhost:80"),
        ("a b", "localhost:80"),
        ("[::1", "localhost:80"),
    ],
)
@pytest.mark.usefixtures("moscow")
def test_addresses_lead_somewhere(client, host, expected):
    """A name that is usual between containers is one to lead to; what is no name at all never gets into an address."""
    item = client.get(f"{MEETING}.feed", headers={"Host": host}).json["items"][0]
    assert item["id"] == f"http://{expected}{MEETING}/events/9"
