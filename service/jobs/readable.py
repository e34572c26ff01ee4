"""The text of a web page as a reader has it, so that what changes behind it does not count as a change.

Scripts, styles and markup are left out, and so is how blanks are written. What a page
shows everybody anew (a clock, what else is read today) stays in; whoever compares must
expect that. A page is somebody else's, and the standard library's parser takes hours for
some: here no place of a page is looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from html import unescape

_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_NAME = r"[A-Za-z][^\s/>\0]*"
_MARKUP = re.compile(rf"<(?:(?P<comment>!--)|[!?]|/(?P<ends>{_NAME})?|(?P<begins>{_NAME}))")
_STOP = re.compile(r"""=\s*(["'])|>""")  # the end of a tag, or a value that may hold one
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}  # what ends it
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,})")  # a number of it; there are no such characters


def digest_page(body: bytes, content_type: str) -> str:
    """Give the SHA-256, in hex, of a page's text, or of the bytes of what is no HTML."""
    if "html" not in content_type.lower():
        return sha256(body).hexdigest()
    # Marks and words of any other charset are misread, and misread the same way each time.
    page = body.decode("utf-8", errors="replace")
    return sha256(" ".join(_read_words(page)).encode(errors="replace")).hexdigest()


def _read_words(page: str) -> Iterator[str]:
    hidden: list[str] = []  # what is not shown and has begun here, each once
    at = 0
    while at < len(page):
        markup = _MARKUP.match(page, at)
        if markup is None:
            start, at = at, _or_end(page, page.find("<", at + 1))
            if not hidden:
                yield from unescape(_NO_CHARACTER.sub("\ufffd", page[start:at])).split()
            continue
        at = _find_end(page, markup)
        begins, ends = (markup[name] and markup[name].lower() for name in ("begins", "ends"))
        if begins == "body":
            hidden.clear()  # a head that was not closed ends here
        elif begins in _UNSEEN and begins not in hidden and page[at - 2 : at] != "/>":
            hidden.append(begins)
        if begins in _RAW and page[at - 2 : at] != "/>":
            found = _RAW[begins].search(page, at)
            at = found.start() if found else len(page)
        if ends in hidden:
            del hidden[hidden.index(ends) :]


def _find_end(page: str, markup: re.Match[str]) -> int:
    """Find where markup ends; what never does, as a comment or a value, reaches to the end of the page."""
    if markup["comment"]:
        found = page.find("-->", markup.start() + len("<!"))
        return found + len("-->") if found >= 0 else len(page)
    if not markup["begins"]:
        return _or_end(page, page.find(">", markup.end())) + 1
    at = markup.end()
    while stop := _STOP.search(page, at):
        if stop[1] is None:
            return stop.end()
        closing = page.find(stop[1], stop.end())
        if closing < 0:
            break
        at = closing + 1
    return len(page)


def _or_end(page: str, found: int) -> int:
    return found if found >= 0 else len(page)
