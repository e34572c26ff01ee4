"""What a GET of somebody else's address brings back, and what it never does."""

from __future__ import annotations

import threading

import pytest

from service.outbound import NotSent, Outbound
from tests.jobs.site import Site
from tests.webhooks.test_outbound import listening_with

LOCAL = Outbound(allow_loopback=True, patience=5.0)


@pytest.fixture
def site():
    """Open a web site."""
    with Site().open() as opened:
        yield opened


def test_what_is_fetched_is_bounded(site):
    """Up to as many bytes as were asked for come whole; a page that is larger comes as None, and is not read on."""
    site.pages["/ten"] = (200, {"ETag": '"x"'}, b"0123456789")
    fetched = LOCAL.get(f"{site.url}/ten", {"Accept": "a/b"}, most=10)
    assert (fetched.status, fetched.headers["etag"], fetched.body) == (200, '"x"', b"0123456789")
    assert LOCAL.get(f"{site.url}/ten", {}, most=9).body is None
    assert LOCAL.get(f"{site.url}/none", {}, most=9).status == 404
    assert [headers.get("accept") for _, headers in site.asked] == ["a/b", None, None]


def test_a_page_that_was_cut_off_is_none():
    """Less than was announced is no page."""

    def cutting(connection):
        connection.recv(1_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    with listening_with(cutting) as url, pytest.raises(NotSent, match="did not answer as HTTP has it"):
        LOCAL.get(url, {}, most=1_000)


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://[::1]/", "http://example.org/", "file:///etc"])
def test_what_is_not_public_is_not_fetched(url):
    """The guard of webhooks is the guard of pages."""
    before = threading.active_count()
    with pytest.raises(NotSent):
        Outbound().get(url, {}, most=10)
    assert threading.active_count() == before
