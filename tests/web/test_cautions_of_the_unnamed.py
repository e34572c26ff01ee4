"""Who logs a person's word without saying on what terms it was said is asked first, where nobody may be named."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import PAPER, amended, said
from tests.web.browsing import Page, send, sign_in, tick
from tests.web.newsroom import CLAIM, append, mend, open_claim

LOG = f"{CLAIM}/log"
OFFICIAL = {"name": "Unnamed official", "kind": "person"}
FIELDS = {
    "key": "a-form-of-the-test",
    "party/name": "Unnamed official",
    "party/kind": "person",
    "type": "denied",
    "summary": "Nobody was here.",
    "source/publisher": "The Wire",
}
ASKED = (
    "Unnamed official is a person, and “ Attribution ” is empty, which is read as on the record."
    " {}Of somebody who is not named, choose how the source tells it."
)


@pytest.fixture
def reporter(app, store, clock, desk):
    """Sign in as a reporter, with a claim open that a paper has reported."""
    open_claim(desk, said("reported", PAPER))
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


def test_a_person_who_is_new_on_record_is_asked_about(reporter):
    """A person who has never spoken here, with no attribution, is recorded knowingly, once ticked."""
    held = send(reporter, LOG, FIELDS)
    assert (409, ["sure/unnamed/party/name"]) == (held.status_code, [*tick(held)])
    assert ASKED.format("") in Page(held.text).text
    assert send(reporter, LOG, FIELDS | tick(held)).status_code == 303


@pytest.mark.parametrize("terms", ["on_record", "background", "anonymous", "unstated"])
def test_who_says_on_what_terms_is_not_asked(reporter, terms):
    """Any attribution that is chosen is taken as it is."""
    assert send(reporter, LOG, {**FIELDS, "attribution": terms}).status_code == 303


@pytest.mark.parametrize("changed", [{"party/kind": "ministry"}, {"party/kind": "other"}, {"type": "assessed"}])
def test_nobody_but_a_person_who_speaks_is_asked_about(reporter, changed):
    """A body is named by its name, and so is who assesses."""
    assert send(reporter, LOG, FIELDS | changed).status_code == 303


def test_a_person_who_was_named_before_is_not_asked_about_again(reporter, desk):
    """Who spoke on the record is a person by that name."""
    append(desk, said("alleged", OFFICIAL))
    assert send(reporter, LOG, FIELDS).status_code == 303


def test_a_person_who_was_not_named_before_is(reporter, desk):
    """Where the last word of that name, as it reads, was not on the record, the form says so."""
    append(desk, said("alleged", OFFICIAL))
    assert mend(desk, amended(3, said("alleged", OFFICIAL, attribution="background")), 3).status_code == 201
    held = send(reporter, LOG, FIELDS)
    assert ASKED.format("What they said last is: on background. ") in Page(held.text).text
    other = {**FIELDS, "party/name": "Another official"} | tick(held)
    assert send(reporter, LOG, other).status_code == 409
