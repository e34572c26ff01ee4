"""What a redaction leaves: the same words, where they were logged too."""

from __future__ import annotations

from service.tokens import create_token
from tests.builders import KREMLIN, MOFA, amended, kept, said
from tests.web.browsing import Page, browse, fields_of, send, sign_in, tick
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, batch, mend, open_claim


def list_redactions(page):
    """List where a page leads to erase something."""
    return [href for href in page.all("href", "a") if "/log/redact" in href]


def test_a_redaction_names_the_events_that_still_say_it(app, client, store, clock, desk):
    """The form and the page after it name the events of that utterance and of the same words, to be redacted too."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID, text="They <met>.")
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
    assert f'<a href="{OTHER}"><bdi lang="en">They &lt;met&gt;.</bdi></a>' in shown.html
    fields = {**fields_of(shown), "sure/erasure/reason": "2", "reason": "A name.", "authority": "The court."}
    assert send(client, form, fields).status_code == 303
    after = browse(client, CLAIM)
    assert (there, True) == (list_redactions(after)[:2], "event 2 · They <met>. · redact" in after.text)
    assert OTHER not in browse(client, CLAIM).html  # it is told once
    assert list_redactions(browse(client, there[0])) == []


def test_a_redaction_names_no_event_that_says_something_else(app, client, store, clock, desk):
    """Of an utterance only what holds the same words; of an amendment what it amends; of what was struck that it stays.

    The amendments of what is erased go with it and are none; those of another event are each told by their own words.
    """
    open_claim(desk, said("denied", summary="A name."), said("ncnd", KREMLIN, summary="A name."))
    open_claim(desk, id_=OTHER_ID)
    breath = [said("declined", MOFA, utterance="u1", summary=words)[1] for words in ("A name.", "Another.", "A name.")]
    places = zip((CLAIM_ID, OTHER_ID, OTHER_ID), ("denied", "ncnd", "declined"), breath, strict=True)
    assert batch(desk, *({"claim": id_, "type": type_, "data": data} for id_, type_, data in places)).status_code == 201
    assert mend(desk, amended(2, said("denied", summary="A name.", said_on="2026-01-30")), 4).status_code == 201
    assert mend(desk, kept("struck", regarding=3), 5).status_code == 201
    assert mend(desk, kept("struck", regarding=3), 3, OTHER).status_code == 201
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    form = f"{CLAIM}/log/redact?regarding"
    led = {n: list_redactions(browse(client, f"{form}={n}")) for n in (2, 4, 5)}
    assert led == {
        2: [f"{form}=4"],
        4: [f"{form}=2", f"{form}=5"],
        5: [f"{form}=2", f"{form}=4"],
    }
    path = f"{form}=4"
    stays = "struck, so these words stay"
    shown = browse(client, path)
    assert (2, True) == (
        shown.text.count(stays),
        {f"{CLAIM}#event-3", f"{OTHER}#event-3"} <= set(shown.all("href", "a")),
    )
    fields = {**fields_of(shown), "sure/erasure/reason": "4", "reason": "A name.", "authority": "The court."}
    assert send(client, path, fields).status_code == 303
    assert browse(client, CLAIM).text.count(stays) == 2
    amendment = {**fields_of(browse(client, f"{form}=5")), "reason": "A name.", "authority": "The court."}
    held = send(client, f"{form}=5", amendment)
    assert send(client, f"{form}=5", amendment | tick(held)).status_code == 303
    again = send(client, f"{form}=5", {**amendment, "key": "a-form-of-the-test"})
    assert (412, []) == (again.status_code, list_redactions(Page(again.text)))  # it is erased, and says nothing
