"""Fetch pages politely: as robots.txt allows (RFC 9309), not often from one host, small ones, when they have changed.

Addresses are somebody else's, so everything goes out by `service.outbound`, redirects
too, each as a call of its own. A host that asks for time is left alone until the next run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from service.jobs.readable import digest_page
from service.outbound import Fetched, NotSent, Outbound

AGENT = "onrecord"
LARGEST_PAGE = 2 * 2**20  # bytes
LARGEST_RULES = 512 * 2**10  # bytes; RFC 9309 asks for 500 KiB at the least
APART = 5.0  # seconds between two calls to one host, or as many as its Crawl-delay asks for
LONGEST_APART = 60.0
MOST_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_NOW = frozenset({429, 503})
NOT_MODIFIED, OK = 304, 200
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Page:
    """What a page was found to be: its status, and the digest of its text and the name its server gave that."""

    status: int
    digest: str = ""
    etag: str = ""


@dataclass
class PageFetcher:
    """The calls of one run. `pause` waits so many seconds, and answers whether to go on; `now` tells seconds."""

    outbound: Outbound
    agent: str
    pause: Callable[[float], bool]
    now: Callable[[], float]
    _rules: dict[str, RobotFileParser | None] = field(default_factory=dict)  # by origin; None: leave it alone
    _free_at: dict[str, float] = field(default_factory=dict)  # by host

    def fetch(self, url: str, etag: str) -> Page | None:
        """Look at a page; None where nothing can be told of it now. `etag` names the text that is known."""
        for _ in range(MOST_REDIRECTS + 1):
            rules = self._rules_of(url)
            if rules is None or not rules.can_fetch(AGENT, url):
                return None
            fetched = self._get(url, {"If-None-Match": etag} if etag else {}, LARGEST_PAGE, rules)
            if fetched is None or fetched.status in _NOT_NOW:
                self._rules[_origin(url)] = None
                return None
            if fetched.status not in _MOVED:
                return _read(fetched)
            url = urljoin(url, fetched.headers.get("location", ""))
        return None

    def _rules_of(self, url: str) -> RobotFileParser | None:
        origin = _origin(url)
        if origin not in self._rules:
            rules = RobotFileParser()
            fetched = self._get(f"{origin}/robots.txt", {}, LARGEST_RULES, rules)
            if fetched is None or fetched.status >= 500:  # noqa: PLR2004 - unreachable: nothing is allowed
                self._rules[origin] = None
            else:
                text = (fetched.body or b"").decode("utf-8", errors="replace") if fetched.status == OK else ""
                rules.parse(text.splitlines())
                self._rules[origin] = rules
        return self._rules[origin]

    def _get(self, url: str, headers: dict[str, str], most: int, rules: RobotFileParser) -> Fetched | None:
        host = urlsplit(url).netloc
        wait = self._free_at.get(host, 0.0) - self.now()
        if wait > 0 and not self.pause(wait):
            return None
        asked = {"User-Agent": self.agent, "Accept": "text/html, */*;q=0.5", "Accept-Encoding": "identity", **headers}
        try:
            return self.outbound.get(url, asked, most=most)
        except NotSent:
            return None
        finally:
            delay = rules.crawl_delay(AGENT) if rules.mtime() else None
            self._free_at[host] = self.now() + min(float(delay or APART), LONGEST_APART)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _read(fetched: Fetched) -> Page | None:
    if fetched.status in GONE or fetched.status == NOT_MODIFIED:
        return Page(fetched.status)
    if fetched.status != OK or fetched.body is None:
        return None
    return Page(OK, digest_page(fetched.body, fetched.headers.get("content-type", "")), fetched.headers.get("etag", ""))
