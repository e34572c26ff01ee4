"""Where an address that somebody gave leads: a link that is safe to follow, and the host, for a reader to know it by.

Whatever is not on the web, `javascript:` among it, gets no link, and neither does a host that
programs read as different ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

_SCHEME = "(?a:https?)://"  # by ASCII alone: U+017F is an s to others
_WITH_NAME = re.compile(rf"({_SCHEME})[^/?#]*@", re.IGNORECASE)  # and a password; to what is last of @, as browsers
_SITE = re.compile(rf"{_SCHEME}[^/?#]*", re.IGNORECASE)
_LONGEST_HOST = 253  # characters, RFC 1035
_LONGEST_SITE = 12 * _LONGEST_HOST + len("https://:65535")  # %F0%90%90%80 is one character
# What a browser (UTS 46) and Python (IDNA 2003) read as different hosts, and what no host has, however it is written.
_UNSURE = "\u00df\u1e9e\u03c2\u200c\u200d"
_UNTOLD = re.compile(rf"[{_UNSURE}%@/\\?#<>^|\[\]\s\x00-\x1f\x7f]")
_NEVER = r"\s<>\"'{}|\\^`\x00-\x20\x7f-\x9f"
_WEB = re.compile(rf"({_SCHEME}[^/?#{_NEVER}]*)[^{_NEVER}]*", re.IGNORECASE)  # the group as _SITE


class Link(NamedTuple):
    """Where an address leads: as a URI to be followed, and the host, for a reader to know it by."""

    href: str
    host: str


def find_link(text: str | None) -> Link | None:
    """Find where an address on the web leads, without the name and password in it; nothing for any other address."""
    found = _WEB.fullmatch(text) if text else None
    if text is None or found is None:
        return None
    href, site = text, found[1]
    if not text.isascii() or "@" in text:
        address = text if text.isascii() else quote(text, safe=":/?#[]@!$&()*+,;=%~-._")  # what is left is safe
        href = _WITH_NAME.sub(r"\1", address, count=1)
        site = _SITE.findall(href)[0]
    host = _find_host(site) if len(site) <= _LONGEST_SITE else None
    return None if host is None else Link(href, host)


def web_address(text: str | None) -> str | None:
    """Give the URI that an address leads to; nothing for one that nobody can be led to."""
    link = find_link(text)
    return link and link.href


def is_unsure(text: str) -> bool:
    """Tell whether an address has no link because its host is another one for some programs than for others."""
    site = _SITE.match(text)
    return site is not None and any(c in unquote(site[0]) for c in _UNSURE)


@lru_cache(maxsize=4096)  # hosts that come again, of 3 KB each at most
def _find_host(site: str) -> str | None:
    """Find the host of an address, of which the path is left out; nothing where it is none that could be looked up."""
    try:
        parts = urlsplit(site)
        return _tell_host(unquote(parts.hostname or "")) if parts.port != 0 else None  # a port past 65535 is refused
    except ValueError:
        return None


def _tell_host(host: str) -> str:
    """Write a host in its script where all of it is of one that is not Latin, else in ASCII: it looks like no other.

    Raises ValueError for what is no host, and for one of which it is not sure where a browser would go.
    """
    if not 0 < len(host) <= _LONGEST_HOST or _UNTOLD.search(host):
        raise ValueError("This is no host.")
    written = host.encode("idna")
    try:
        told = written.decode("idna")
    except ValueError:
        return written.decode()
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in told if c not in "0123456789-."}
    return told if len(scripts) == 1 and "LATIN" not in scripts else written.decode()
