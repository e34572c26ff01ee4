"""How strongly something was said, and on what terms: on every claim that it is logged on, and in a preview."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.web.browsing import Page, browse, send, sign_in
from tests.web.newsroom import CLAIM, OTHER, OTHER_ID, open_claim

FIELDS = {
    "key": "a-form-of-the-test",
    "party/name": "Russian Foreign Ministry",
    "party/kind": "ministry",
    "party/country": "RU",
    "type": "denied",
    "summary": "The reports are unfounded.",
    "said_on": "2025-12-21",
    "source/publisher": "The Wire",
}
MANNER = {"strength": "hedged", "attribution": "background"}


@pytest.fixture
def reporter(app, store, clock, claim):
    """Sign in as a reporter, with a claim open."""
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


def test_an_utterance_is_as_strong_on_every_claim(reporter, desk):
    """How strongly the words were said, and on what terms, is recorded on every claim, and told of each."""
    open_claim(desk, id_=OTHER_ID, text="A delegation went.")
    also = {f"also/{OTHER_ID}/type": "confirmed"}
    assert send(reporter, f"{CLAIM}/log", {**FIELDS, **MANNER, **also}).status_code == 303
    for claim in (CLAIM, OTHER):
        assert MANNER.items() <= reporter.get(f"{claim}/events").json["events"][-1]["data"].items()
    told = "Russian Foreign Ministry confirmed (on background; hedged) ( event 2 ) · A delegation went."
    assert told in browse(reporter, CLAIM).text


def test_a_preview_tells_what_the_page_would_tell_beside_a_stance(reporter):
    """In whose name, on what terms and how strongly, of what it withdrew, and that the standing is as it was."""
    behalf = {"on_behalf_of/name": "Russia", "on_behalf_of/kind": "state"}
    fields = FIELDS | MANNER | behalf
    preview = Page(send(reporter, f"{CLAIM}/log", fields, "preview").text).text
    assert "Russian Foreign Ministry : denies on behalf of Russia (on background) (hedged)" in preview
    assert send(reporter, f"{CLAIM}/log", fields).status_code == 303
    again = fields | {"key": "another-form-of-it", "said_on": "2025-12-22"}
    assert "Denied → Denied (unchanged) An official" in Page(send(reporter, f"{CLAIM}/log", again, "preview").text).text
    back = {**FIELDS, "key": "a-third-form", "type": "retracted", "regarding": "2", "said_on": "2025-12-24"}
    told = (
        "withdrawn on behalf of Russia (denial, on background, hedged)"
        " · until now: denies on behalf of Russia (on background) (hedged) (2)"
    )
    assert told in Page(send(reporter, f"{CLAIM}/log", back, "preview").text).text
    assert "unchanged" not in preview
