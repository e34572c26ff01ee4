"""The text of a web page as a reader has it, so that what changes behind it does not count as a change.

Scripts, styles and markup are left out, and so is how blanks are written. What a page
shows everybody anew (a clock, what else is read today) stays in; whoever compares must
expect that.
"""

from __future__ import annotations

from hashlib import sha256
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "head"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's hook
        if tag in _UNSEEN:
            self._inside.append(tag)
        elif tag == "body":
            self._inside.clear()  # a head that was not closed ends here

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            del self._inside[self._inside.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words += data.split()


def digest_page(body: bytes, content_type: str) -> str:
    """Give the SHA-256, in hex, of a page's text, or of the bytes of what is no HTML."""
    if "html" not in content_type.lower():
        return sha256(body).hexdigest()
    reader = _Reader()
    # Marks and words of any other charset are misread, and misread the same way each time.
    reader.feed(body.decode("utf-8", errors="replace"))
    reader.close()
    return sha256(" ".join(reader.words).encode()).hexdigest()
