"""Sources that are watched: what changes is recorded once, for each statement, and only when it is sure."""

from __future__ import annotations

from hashlib import sha256
from threading import Event

import pytest

from service.jobs.pages_fetcher import AGENT, PageFetcher
from service.jobs.readable import digest_page
from service.jobs.source_watch import watch_sources
from service.machine import new_salt
from service.outbound import Outbound
from service.store import open_store
from service.timeline import Timeline
from tests.builders import MID, MOFA, said
from tests.jobs.site import HTML, Site

CLAIM = {"text": "An official met the envoy in Moscow.", "lang": "en"}


class Watch:
    """Look at what is due, in a run of its own, and see what was recorded; waiting takes no time, and is noted."""

    def __init__(self, timeline, clock):
        """Watch a record."""
        self.timeline, self.clock = timeline, clock
        self.waits: list[float] = []
        self.seconds = 0.0

    def pause(self, wait: float) -> bool:
        """Wait, without waiting."""
        self.waits.append(round(wait, 3))
        self.seconds += wait
        return True

    def look(self, timeline=None, **later: float) -> tuple[int, int]:
        """Look now, or so much later."""
        self.clock.move_on(**later)
        outbound = Outbound(allow_loopback=True, patience=5.0)
        fetcher = PageFetcher(outbound, AGENT, self.pause, lambda: self.seconds)
        return watch_sources(timeline or self.timeline, fetcher, Event())

    def look_twice(self) -> int:
        """Look a day later, and again an hour after that; answers how many changes were recorded."""
        return self.look(days=1)[1] + self.look(hours=1)[1]


@pytest.fixture
def site():
    """Open a web site with one page."""
    with Site().open() as opened:
        opened.write("/story", "The ministry denies it.")
        yield opened


@pytest.fixture
def watch(timeline, clock):
    """Watch the record."""
    return Watch(timeline, clock)


@pytest.fixture
def read_on(desk):
    """Give a way to open a claim with a statement that was read at an address; answers the claim's address."""

    def opened(url, *more):
        source = {"publisher": "The Wire", "url": url}
        events = [said("denied", MID, source=source), *more]
        told = [{"type": type_, "data": data} for type_, data in events]
        return f"/claims/{desk.post('/claims', json={**CLAIM, 'events': told}).json['id']}"

    return opened


def changes(client, claim):
    """List the changes of sources on a claim, and by whom they were recorded."""
    events = client.get(f"{claim}/events").json["events"]
    return [(e["data"], e["recorded_by"]) for e in events if e["type"] == "source_changed"]


def page(text):
    """Give the digest of a page of the site."""
    return digest_page(f"<p>{text}</p>".encode(), "text/html")


def test_a_page_that_reads_otherwise_is_recorded_once(site, watch, read_on, client):
    """Steady for two looks, then otherwise for two: `edited`, regarding the statement, and no position moves."""
    claim = read_on(f"{site.url}/story#part")
    before = client.get(claim).json
    assert [watch.look(), watch.look(hours=1), watch.look(days=1)] == [(1, 0)] * 3
    site.write("/story", "The ministry does not comment.")
    assert [watch.look(days=1), watch.look(hours=1), watch.look(days=1)] == [(1, 0), (1, 1), (1, 0)]
    told = {"regarding": 2, "change": "edited", "status": 200, "sha256": page("The ministry does not comment.")}
    assert changes(client, claim) == [(told, "scheduler")]
    after = client.get(claim).json
    assert [after[name] for name in ("standing", "positions")] == [before[name] for name in ("standing", "positions")]


def test_a_page_that_is_gone_and_comes_back(site, watch, read_on, client):
    """Not there for two looks: `gone`; there again: `back`; each once."""
    claim = read_on(f"{site.url}/story")
    watch.look_twice()
    known = site.pages.pop("/story")
    assert [watch.look_twice(), watch.look_twice()] == [1, 0]
    site.pages["/story"] = known
    assert [watch.look_twice(), watch.look_twice()] == [1, 0]
    told = {"regarding": 2, "change": "back", "status": 200, "sha256": page("The ministry denies it.")}
    gone = {"regarding": 2, "change": "gone", "status": 404}
    assert changes(client, claim) == [(gone, "scheduler"), (told, "scheduler")]


def test_one_look_is_not_believed(site, watch, read_on, client):
    """A page that is otherwise, or not there, for one look and then as before, has not changed."""
    claim = read_on(f"{site.url}/story")
    watch.look_twice()
    known = site.pages["/story"]
    for passing in (
        (200, HTML, b"<p>Be right back.</p>"),
        (404, HTML, b""),
        (500, HTML, b""),
        (200, HTML, b"x" * 3_000_000),
    ):
        site.pages["/story"] = passing
        watch.look(days=1)
        site.pages["/story"] = known
        watch.look(hours=1)
    assert changes(client, claim) == []


def test_a_restless_page_is_only_asked_whether_it_is_there(site, watch, read_on, client):
    """A page that reads otherwise at every look is not told as edited; that it is gone is."""
    claim = read_on(f"{site.url}/story")
    for n in range(6):
        site.write("/story", f"It is {n} o'clock.")
        watch.look(days=1)
    assert changes(client, claim) == []
    del site.pages["/story"]
    assert watch.look_twice() == 1
    assert [data["change"] for data, _ in changes(client, claim)] == ["gone"]


def test_what_does_not_count_is_not_a_change(site, watch, read_on, client):
    """Scripts, styles, markup and blanks may change as they like."""
    claim = read_on(f"{site.url}/story")
    watch.look_twice()
    body = (
        b"<html><head><title>x</title></head><body class=y><script>1</script><p>The  ministry <b>denies</b>\n it.</p>"
    )
    site.pages["/story"] = (200, HTML, body)
    assert (watch.look_twice(), changes(client, claim)) == (0, [])


def test_it_asks_only_for_what_is_new(site, watch, read_on):
    """Known by its ETag a page is asked for conditionally, by name, uncompressed, once a day."""
    site.write("/story", "The ministry denies it.", ETag='"v1"')
    read_on(f"{site.url}/story")
    looked = [watch.look(), watch.look(minutes=59), watch.look(minutes=1), watch.look(hours=23)]
    assert looked == [(1, 0), (0, 0), (1, 0), (0, 0)]
    asked = [headers for path, headers in site.asked if path == "/story"]
    assert [headers.get("if-none-match") for headers in asked] == [None, '"v1"']
    assert {(headers["user-agent"], headers["accept-encoding"]) for headers in asked} == {("onrecord", "identity")}


def test_robots_are_obeyed(site, watch, read_on):
    """What robots.txt forbids is not fetched; where the rules cannot be had nothing is."""
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    read_on(f"{site.url}/private/story")
    read_on(f"{site.url}/story")
    watch.look()
    assert site.paths() == ["/robots.txt", "/story"]
    site.pages["/robots.txt"] = (500, {}, b"")
    watch.look(days=1)
    assert site.paths() == ["/robots.txt"]


def test_one_host_is_not_called_often(site, watch, read_on):
    """Two calls to one host are five seconds apart, or as long as it asks for; one that asks for time is left alone."""
    for n in range(3):
        site.write(f"/{n}", "A page.")
        read_on(f"{site.url}/{n}")
    watch.look()
    assert watch.waits == [5.0] * 3
    watch.waits.clear()
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 20\n")
    watch.look(hours=1)
    assert watch.waits == [5.0, 20.0, 20.0]
    site.paths()
    site.pages["/0"] = (429, {}, b"")
    watch.look(days=1)
    assert site.paths() == ["/robots.txt", "/0"]


def test_redirects_are_followed_by_the_rules(site, watch, read_on, client):
    """A redirect is followed, a few, as calls of their own; one to an address that is not public is not."""
    site.pages["/old"] = (301, {"Location": "/story"}, b"")
    site.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    site.pages["/inside"] = (302, {"Location": "http://192.168.0.1/"}, b"")
    for path in ("/old", "/loop", "/inside"):
        read_on(f"{site.url}{path}")
    assert watch.look() == (3, 0)
    assert site.paths() == ["/robots.txt", "/old", "/story", *["/loop"] * 4, "/inside"]


def test_each_statement_that_stands_is_told(site, watch, read_on, client, desk):
    """One page, several statements: each that still stands with that address gets its event; struck ones get none."""
    url = f"{site.url}/story"
    first = read_on(url, said("declined", MOFA, source={"publisher": "The Wire", "url": url}))
    second, third = read_on(url), read_on(f"{site.url}/elsewhere")
    struck = {"type": "struck", "data": {"regarding": 3, "reason": "Not said."}}
    assert desk.post(f"{first}/events", json=struck, headers={"If-Match": '"3"'}).status_code == 201
    right = said("denied", MID, source={"publisher": "The Wire", "url": url})[1]
    mended = {
        "type": "amended",
        "data": {"regarding": 2, "type": "denied", "statement": right, "reason": "Its address."},
    }
    assert desk.post(f"{third}/events", json=mended, headers={"If-Match": '"2"'}).status_code == 201
    site.write("/elsewhere", "Another page.")
    watch.look_twice()
    site.write("/story", "Other words.")
    site.write("/elsewhere", "Other words here, too.")
    assert watch.look_twice() == 3
    told = [[data["regarding"] for data, _ in changes(client, claim)] for claim in (first, second, third)]
    assert told == [[2], [2], [2]]


def test_two_that_look_at_once_record_it_once(site, watch, read_on, client, clock, record_url):
    """Two processes that find the same change record one event."""
    claim = read_on(f"{site.url}/story")
    watch.look_twice()
    site.write("/story", "Other words.")
    watch.look(days=1)
    other = Timeline(open_store(record_url), clock=clock, new_salt=new_salt)
    key = sha256(f"{site.url}/story".encode()).hexdigest()
    with watch.timeline.store.reading() as view:
        row = view.watched.pages([key])[key]
    assert watch.look(other, hours=1) == (1, 1)
    with watch.timeline.store.writing() as transaction:
        transaction.watched.save(row)  # as the other saw it, which began before this one was done
    assert watch.look() == (1, 0)
    assert len(changes(client, claim)) == 1
    other.close()
    other.store.close()


def test_old_statements_are_left_alone(site, watch, read_on):
    """A statement that was recorded more than 30 days ago is not watched any more."""
    read_on(f"{site.url}/story")
    assert watch.look(days=29) == (1, 0)
    assert watch.look(days=2) == (0, 0)
