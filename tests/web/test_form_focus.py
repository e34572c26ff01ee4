"""Whoever fills a form by the keyboard begins in it, and is led to what is wrong."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import asked
from tests.web.browsing import Page, browse, send, sign_in
from tests.web.newsroom import CLAIM, append


@pytest.fixture
def reporter(app, store, clock, claim):
    """Sign in as a reporter, with a claim open."""
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


def test_a_preview_leads_to_what_it_needs(reporter):
    """Beneath the buttons a preview that cannot be made links to each field; after no preview there is nothing."""
    wrong = {"key": "a-form", "type": "denied", "said_on": "21.12.2025"}
    shown = send(reporter, f"{CLAIM}/log", wrong, "preview").text.partition('id="preview"')[2]
    assert '<a href="#f-said_on">Said on</a>' in shown
    assert "A preview needs" not in send(reporter, f"{CLAIM}/log", wrong).text


def test_a_form_begins_where_one_types_first(reporter, desk):
    """An empty form has the focus in its first field, one that was sent or begins with something does not."""
    pages = [browse(reporter, path) for path in (f"{CLAIM}/log", f"{CLAIM}/log/ask", "/claims/new")]
    assert [page.all("autofocus") for page in pages] == [[""], [""], [""]]
    asks = [page.all("hx-get", "input") + page.all("hx-get", "textarea") for page in pages]
    assert asks == [["/suggest/parties"], ["/suggest/parties"], ["/suggest/topics", "/claims/new"]]
    append(desk, asked())
    assert browse(reporter, f"{CLAIM}/log?regarding=2").all("autofocus") == []
    sent = send(reporter, f"{CLAIM}/log", {"key": "a-form", "party/name": "Kremlin"}, "preview")
    assert Page(sent.text).all("autofocus") == []
