"""The words of a page that are ours: every text of it but what is recorded, and what is code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.web.browsing import VOID

READ_OUT = {"aria-label", "placeholder", "alt"}
# A text in a language of its own is recorded, or the name of that language.
NOT_OURS = frozenset({"bdi", "code", "pre", "abbr", "script", "head"})
NAMES = (
    *("onrecord", "localhost", "API", "JSON", "Feed", "CSV", "Atom", "TimelineJS", "schema", "org", "STIX", "UTC"),
    *("HTTP", "NCND", "KR", "en", "ko", "ru", "fa", "zh", "Hant", "onr_", "ID", "id", "SHA", "Ed"),
)


class OwnWords(HTMLParser):
    """Collect what a page says in its own language."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self._hidden: list[bool] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether what is inside is ours, and what is read out of the tag itself."""
        given = dict(attrs)
        hidden = any(self._hidden) or tag in NOT_OURS or ("lang" in given and tag != "html")
        if not hidden:
            self.texts += [value or "" for name, value in attrs if name in READ_OUT]
        if tag not in VOID:
            self._hidden.append(hidden)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read a tag that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._hidden.pop()

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        """Leave a tag."""
        self._hidden.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text of ours."""
        if not any(self._hidden):
            self.texts.append(data)


def find_foreign(html: str) -> list[str]:
    """Find the words of ours that are in Latin letters and are no names, gaps, addresses or dates of a form."""
    told = re.sub(r"https?://\S*|{\w+}|/\S+|\b[0-9a-f]{8}\b", "", "\n".join(OwnWords(html).texts))
    return [word for word in re.findall(r"[A-Za-z_]{2,}", told) if word not in NAMES]
