"""How strongly something was said, and on what terms: on every claim that it is logged on, and in a preview."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import KREMLIN, said
from tests.web.browsing import Page, browse, in_words, reason_of, rows_of, send, sign_in, who_is_listed
from tests.web.newsroom import CLAIM, OTHER, OTHER_ID, append, open_claim

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


def test_that_the_source_gives_no_terms_is_told_wherever_terms_are_but_in_lists(desk, client):
    """What is not known to be on the record is not told like what is: by the reason, the table, badge, feed, embed.

    No list tells it, be there anybody unnamed on the claim or not: lists do not look for it.
    """
    open_claim(desk, said("confirmed"), said("denied", attribution="unstated"))
    page, how = browse(client, CLAIM), "attribution not stated"
    assert f"Russian Foreign Ministry (3, {how})" in reason_of(page)
    assert rows_of(page)[0] == f"Russian Foreign Ministry RU denies 3 {how}"
    assert f"affirms ( 2 ) → denies ( 3 ) ({how})" in page.text
    assert who_is_listed(browse(client, f"{CLAIM}/embed")) == f"Denies Russian Foreign Ministry ({how})"
    assert how in in_words(browse(client, "/parties/russian-foreign-ministry").html)
    assert f"Denies it: Russian Foreign Ministry ({how})." in client.get(f"{CLAIM}.svg").text
    [item] = client.get("/claims.feed").json["items"]
    assert f"Russian Foreign Ministry: denies it ({how})." in item["content_text"]
    assert who_is_listed(browse(client, "/claims")) == "Denies Russian Foreign Ministry"
    append(desk, said("alleged", KREMLIN, attribution="anonymous"))
    assert who_is_listed(browse(client, "/claims")) == "Denies Russian Foreign Ministry Asserts Kremlin (anonymous)"
