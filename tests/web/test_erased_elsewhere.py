"""What a redaction leaves: the same words, where they were logged too."""

from __future__ import annotations

from service.tokens import create_token
from tests.builders import MOFA, said
from tests.web.browsing import browse, fields_of, send, sign_in
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, batch, open_claim


def list_redactions(page):
    """List where a page leads to erase something."""
    return [href for href in page.all("href", "a") if "/log/redact" in href]


def test_a_redaction_names_the_events_that_still_say_it(app, client, store, clock, desk):
    """The form and the page after it name the events of that utterance and of the same words, to be redacted too."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID)
    both = {"type": "denied", "data": said("denied", MOFA, utterance="u1", summary="He did it.")[1]}
    assert batch(desk, *({"claim": id_, **both} for id_ in (CLAIM_ID, OTHER_ID))).status_code == 201
    assert append(desk, said("declined", MOFA, summary="He did it.")).status_code == 201
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    form, there = (
        f"{CLAIM}/log/redact?regarding=2",
        [f"{OTHER}/log/redact?regarding=2", f"{CLAIM}/log/redact?regarding=3"],
    )
    shown = browse(client, form)
    assert there == list_redactions(shown)
    fields = {**fields_of(shown), "sure/erasure/reason": "2", "reason": "A name.", "authority": "The court."}
    assert send(client, form, fields).status_code == 303
    assert there == list_redactions(browse(client, CLAIM))[:2]
    assert OTHER not in browse(client, CLAIM).html  # it is told once
    assert list_redactions(browse(client, there[0])) == []
