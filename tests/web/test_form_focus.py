"""Whoever fills a form by the keyboard begins in it, and is led to what is wrong."""

from __future__ import annotations

import re

import pytest

from service.tokens import create_token
from tests.builders import asked, said
from tests.web.browsing import Page, browse, in_words, send, sign_in
from tests.web.newsroom import CLAIM, append


@pytest.fixture
def reporter(app, store, clock, claim):
    """Sign in as a reporter, with a claim open."""
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


@pytest.fixture
def editor(app, store, clock, claim):
    """Sign in as an editor, with a claim open."""
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
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


def test_an_amendment_is_folded_like_a_statement(desk, editor):
    """What is filled in beneath a fold is named beside it; a quotation is in sight, and so is whatever is wrong."""
    source = {"publisher": "The Wire", "title": "They met."}
    append(desk, said("denied", strength="hedged", source=source))
    append(desk, said("ncnd", quote={"text": "Без комментариев.", "lang": "ru"}))
    folds = re.compile(r"<details( open|)><summary>(.*?)</summary>", re.DOTALL)

    def folded(page):
        return [(bool(opened), in_words(told)) for opened, told in folds.findall(page)]

    assert folded(browse(editor, f"{CLAIM}/log/amend?regarding=2").html) == [
        (False, "A party that is new on record: its kind and country (filled in: Kind, Country)"),
        (False, "More of the source (filled in: Title)"),
        (False, "Quotation"),
        (False, "More: part or whole, strength, role, attribution, note (filled in: Strength)"),
    ]
    assert folded(browse(editor, f"{CLAIM}/log/amend?regarding=3").html)[2] == (True, "Quotation")
    wrong = {"key": "an-amendment", "regarding": "2", "type": "denied", "source/published_on": "yesterday"}
    assert folded(send(editor, f"{CLAIM}/log/amend?regarding=2", wrong).text)[1] == (
        True,
        "More of the source (filled in: Published on)",
    )
