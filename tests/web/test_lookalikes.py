"""Names that look like others: told before they are parties of their own, whichever of the two mixes alphabets."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from service.web.pages import cautions
from service.web.pages.naming import find_alike
from tests.builders import PAPER, said
from tests.web.browsing import Page, send, sign_in, tick
from tests.web.newsroom import CLAIM, append, open_claim

LOG = f"{CLAIM}/log"
FIELDS = {
    "key": "a-form-of-the-test",
    "party/name": "Russian Foreign Ministry",
    "party/kind": "ministry",
    "type": "denied",
    "summary": "Nobody was here.",
    "source/publisher": "The Wire",
}
LOOKALIKES = {
    "Russian Foreign Minіstry": "new on record, and Minіstry is written in letters of two alphabets that look alike.",
    "Сhina": "on record, and Сhina is written in letters of two alphabets that look alike. It looks like China , and",
    "Сосо": "Сосо is new on record. It looks like Coco , and is another party.",
    "ΤACC": "on record, and ΤACC is written in letters of two alphabets that look alike. It looks like ТАСС , and",
    "TACC": "TACC is new on record. It looks like ТАСС , and is another party.",
    "Reuters": "Reuters is new on record. It looks like Rеuters , and is another party.",
    "ПОРОГ": "ПОРОГ is new on record. It looks like ΠΟΡΟΓ , and is another party.",
}


@pytest.fixture
def editor(app, store, clock, desk):
    """Sign in as an editor, with a claim open on which a paper has spoken."""
    open_claim(desk, said("reported", PAPER))
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


@pytest.mark.parametrize(("name", "told"), LOOKALIKES.items())
def test_a_name_that_looks_like_another_is_recorded_knowingly(editor, desk, name, told):
    """A new name in letters of two alphabets, or drawn like one on record, is named before it is a party of its own."""
    for known in ("Coco", "China", "ТАСС", "Rеuters", "ΠΟΡΟΓ"):
        append(desk, said("reported", {**PAPER, "name": known}))
    fields = {**FIELDS, "party/name": name}
    first = send(editor, LOG, fields)
    assert (first.status_code, told in Page(first.text).text) == (409, True), Page(first.text).text
    other = {**fields, **tick(first), "key": "another-form", "party/name": "Тhe Papеr"}
    assert [send(editor, LOG, sent).status_code for sent in (other, {**fields, **tick(first)})] == [409, 303]


NEAR = (
    *(
        "Hungarian Foreign Minstry",
        "Hungarian Foreign Ministy",
        "Hungarian Foriegn Ministry",
        "Hungrain Foreign Ministry",
    ),
    *("Hungary Foreign Ministry", "Foreign Ministry of Hungary", "The Hungarian Ministry of Foreign"),
)


@pytest.mark.parametrize("name", NEAR)
def test_a_name_with_a_slip_in_it_is_recorded_knowingly(editor, desk, name):
    """A new name that has the words of one on record, but for a slip, an ending or their order, names that one."""
    append(desk, said("denied", {"name": "Hungarian Foreign Ministry", "kind": "ministry", "country": "HU"}))
    fields = {**FIELDS, "party/name": name, "party/country": "HU"}
    preview = send(editor, LOG, fields, "preview")
    told = f"{name} is new on record. It looks like Hungarian Foreign Ministry , and is another party."
    assert (preview.status_code, told in Page(preview.text).text) == (200, True), Page(preview.text).text
    assert 'href="/parties/hungarian-foreign-ministry"' in preview.text
    assert [send(editor, LOG, sent).status_code for sent in (fields, {**fields, **tick(preview)})] == [409, 303]


@pytest.mark.parametrize(
    ("known", "name", "country"),
    [
        (("Australian Foreign Ministry", "AU"), "Austrian Foreign Ministry", "AT"),
        (("Iranian Foreign Ministry", "IR"), "Iraqi Foreign Ministry", ""),
        (("Unnamed official 1", "HU"), "Unnamed official 2", "HU"),
        (("Western Command", "HU"), "Eastern Command", "HU"),
        (("Hungarian Foreign Ministry", "HU"), "Hungarian Ministry", "HU"),
    ],
)
def test_a_name_of_other_words_or_another_country_is_recorded_at_once(editor, desk, known, name, country):
    """Numbers and short words tell names apart, and so does a country."""
    append(desk, said("denied", {"name": known[0], "kind": "ministry", "country": known[1]}))
    fields = {**FIELDS, "party/name": name, "party/country": country}
    assert send(editor, LOG, fields).status_code == 303


def test_a_form_sent_twice_at_once_is_answered_by_what_it_recorded(editor, monkeypatch):
    """Where its event comes while it is read, and the advice is about that very event, both answers lead to it."""
    sent = []

    def look_too_late(name):
        if not sent:
            sent.append("now")
            sent.append(send(editor, LOG, FIELDS))
        return find_alike(name)

    monkeypatch.setattr(cautions, "find_alike", look_too_late)
    answer = send(editor, LOG, FIELDS)
    assert [one.status_code for one in (answer, sent[1])] == [303, 303], Page(answer.text).text
    assert [one.headers["Location"] for one in (answer, sent[1])] == [f"{CLAIM}#event-3"] * 2


def test_a_name_in_a_script_of_its_own_is_recorded_at_once(editor, desk):
    """Words in several scripts, letters of Hangul and Han beside Latin ones, and a name on record ask for nothing."""
    append(desk, said("reported", {**PAPER, "name": "Тhе Papеr"}))
    for n, name in enumerate(("KBS뉴스", "Агентство Bloomberg", "NHK日本放送協会", "Τα Νέα", "Тhе Papеr")):
        fields = {**FIELDS, "key": f"form-{n:08}", "party/name": name, "party/kind": "", "party/country": ""}
        kind = {} if name == "Тhе Papеr" else {"party/kind": "media"}
        assert send(editor, LOG, {**fields, **kind}).status_code == 303
