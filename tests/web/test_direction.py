"""Words from right to left: each stands in a box of its own direction, so that it turns nothing around."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from service.tokens import create_token
from service.web.pages.assets import load_assets
from tests.builders import kept, said
from tests.web.browsing import VOID, browse, sign_in
from tests.web.newsroom import CLAIM, mend, open_claim

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff]")
ARABIC, HEBREW = "لا صحة لذلك", "אין לכך כל יסוד"
IRAN = {"name": "وزارة الخارجية", "kind": "ministry", "country": "IR"}
SOURCE = {"publisher": "وكالة", "title": ARABIC, "url": "https://wire.example/1", "published_on": "2026-01-02"}
EVERYTHING = {
    "party": IRAN,
    "speaker": {"name": "المتحدث", "role": "متحدث"},
    "on_behalf_of": {"name": "إيران", "kind": "state", "country": "IR"},
    "summary": HEBREW,
    "quote": {"text": ARABIC, "lang": "ar", "translation": HEBREW, "translated_by": "מתרגם"},
    "said_on": "2026-01-02",
    "said_on_text": "أمس",
    "scope": HEBREW,
    "extent": "partial",
    "via": ["وكالة", "سفارة"],
    "note": ARABIC,
    "source": SOURCE,
}
ABOUT = {"place": "طهران", "form": "لقاء", "occurred_on_text": "أمس", "participants": [IRAN]}
PAGES = (
    *("/", "/claims", "/parties", "/corrections", "/events", "/parties/وزارة-الخارجية", CLAIM, f"{CLAIM}/events/2"),
    *(f"{CLAIM}/versions/6?diff=1", f"{CLAIM}/embed", "/desk", f"{CLAIM}/log", f"{CLAIM}/log/amend?regarding=2"),
    *(f"{CLAIM}/log/reword", f"{CLAIM}/log/strike?regarding=2", f"/claims/new?text={ARABIC}", "/claims?q=طهران"),
    *(f"/parties?q={IRAN['name']}", f"{CLAIM}/log?again={CLAIM[8:]}/2"),
)


class _Boxes(HTMLParser):
    """Collect what stands from right to left outside of any box of a direction of its own."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self._boxed: list[bool] = []
        self.loose: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether what is inside stands in such a box, and look at what a field holds."""
        given = dict(attrs)
        # A title and the names in a picture are texts of their own, which no neighbour touches.
        boxed = tag in {"bdi", "title", "text"} or ("dir" in given and tag != "html")
        if (
            tag == "input"
            and given.get("type") != "hidden"
            and not boxed
            and RIGHT_TO_LEFT.search(given.get("value") or "")
        ):
            self.loose.append(self.get_starttag_text() or "")
        if tag not in VOID:
            self._boxed.append(boxed)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hold nothing open."""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        """Leave a tag."""
        self._boxed.pop()

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if RIGHT_TO_LEFT.search(data) and not any(self._boxed):
            self.loose.append(data)


@pytest.mark.parametrize("language", ["en", "ko", "ru"])
def test_whatever_is_recorded_stands_in_a_box_of_its_own(desk, app, store, clock, language):
    """Whoever speaks, whatever they say and of whatever, on every page and in every field."""
    open_claim(desk, ("denied", EVERYTHING), text=HEBREW, lang="he", about=ABOUT, topics=["إيران"])
    asked = {"party": IRAN, "deadline": "2026-02-02T12:00:00Z", "question": HEBREW}
    assert desk.post(f"{CLAIM}/events", json={"type": "comment_requested", "data": asked}).status_code == 201
    assert desk.post(f"{CLAIM}/events", json={"type": "alleged", "data": said("alleged", IRAN)[1]}).status_code == 201
    mended = {"regarding": 2, "type": "confirmed", "statement": EVERYTHING, "reason": ARABIC}
    assert mend(desk, kept("amended", **mended), 4).status_code == 201
    assert mend(desk, kept("struck", regarding=4, reason=HEBREW), 5).status_code == 201
    editor = app.test_client()
    sign_in(editor, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    editor.set_cookie("onrecord-language", language)
    loose = {path: _Boxes(browse(editor, path).html).loose for path in PAGES}
    assert {path: found for path, found in loose.items() if found} == {}


def test_the_style_names_no_left_and_no_right():
    """Our own style says start and end: turned around, a page stays whole."""
    style = next(body.decode() for name, body in load_assets().values() if name == "onrecord.css")
    assert (
        re.findall(r"(?:margin|padding|border|inset)-(?:left|right)|(?:text-align|float): *(?:left|right)", style) == []
    )
