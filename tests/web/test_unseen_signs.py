"""Signs that a reader does not see: a form gives them back as they are, and a change that is made of them is seen."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import MID, MOFA, PAPER, amended, kept, said
from tests.web.browsing import Page, browse, fields_of, send, sign_in
from tests.web.newsroom import CLAIM, append, mend, open_claim

TURNED = " “\u202eسخن\u202c”\r\n\u2066no\u2069 comment\x07 \x00"
SPOKEN = {
    "party": {"name": "Mid\u200b \u202aMinistry\u202c", "kind": "ministry", "country": "RU"},
    "speaker": {"name": "A.\n\u2067B.\u2069", "role": " a \u202bvoice\u202c"},
    "summary": f"{TURNED}\r\nof two lines",
    "quote": {"text": f"\n{TURNED}", "lang": "fa", "translation": TURNED, "translated_by": f"N. {TURNED}"},
    "scope": "the \u2068date\u2069",
    "via": ["Agence  \u202dX\u202c, Paris ", " The\rWire"],
    "note": f"A {TURNED}",
    "source": {"publisher": "The \u202aWire\u202c ", "title": TURNED},
}
AMEND = f"{CLAIM}/log/amend?regarding=2"


@pytest.fixture
def editor(app, store, clock):
    """Sign in as an editor."""
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


def as_sent(fields, **changed):
    """Give a form's fields as a browser sends them: each end of a line is two characters."""
    sent = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in {**fields, **changed}.items()}
    return {name: text.replace("\n", "\r\n") for name, text in sent.items()}


def last(client):
    """Give what the last event of the claim says."""
    return client.get(f"{CLAIM}/events").json["events"][-1]["data"]


def test_what_nobody_touched_in_a_form_is_recorded_to_the_byte(desk, editor):
    """An amendment of one field says all others as they were, also where its form was refused or previewed before."""
    open_claim(desk, ("denied", SPOKEN))
    fields = as_sent(fields_of(browse(editor, AMEND)), scope="all of it", said_on="nonsense", reason="A slip.")
    refused = send(editor, AMEND, fields)
    assert refused.status_code == 422
    fields = as_sent(fields_of(Page(refused.text)), said_on="2026-01-02")
    fields = as_sent(fields_of(Page(send(editor, AMEND, fields, "preview").text)))
    assert send(editor, AMEND, fields).status_code == 303
    assert last(editor)["statement"] == {**SPOKEN, "scope": "all of it", "said_on": "2026-01-02"}


def test_what_nobody_touched_is_kept_where_others_amended_it_meanwhile(desk, editor):
    """A field that came back as it was shown says what is on record now, to the byte."""
    open_claim(desk, ("denied", SPOKEN))
    opened = fields_of(browse(editor, AMEND))
    now = {**SPOKEN, "quote": {**SPOKEN["quote"], "text": f"{TURNED}\u2066!"}}
    mend(desk, amended(2, ("denied", now)), 2)
    again = fields_of(Page(send(editor, AMEND, as_sent(opened, scope="a part", reason="A slip.")).text))
    boxes = {"sure/moved/version": "3"}
    assert send(editor, AMEND, as_sent(again) | boxes).status_code == 303
    assert last(editor)["statement"] == {**now, "scope": "a part"}


def test_a_direction_control_is_taken_out_by_whoever_takes_it_out(desk, editor):
    """What is changed in a field is recorded as it was changed, signs that nobody sees too."""
    open_claim(desk, said("denied", note="\u202eno\u202c"))
    fields = fields_of(browse(editor, AMEND)) | {"note": "no", "reason": "It turned its words around."}
    assert send(editor, AMEND, fields).status_code == 303
    assert last(editor)["statement"]["note"] == "no"
    change = "A remark by the desk U+202EnoU+202C → no"
    assert change in browse(editor, CLAIM).text
    assert change in browse(editor, "/corrections").text


def test_another_statement_from_a_source_has_it_as_it_is(desk, editor):
    """What a form takes over of another event, and what somebody typed, is recorded with the signs that nobody sees."""
    open_claim(desk, said("denied", source={"publisher": "The \u202aWire\u202c", "title": "\u2066No\u2069"}))
    fields = fields_of(browse(editor, f"{CLAIM}/log?again={CLAIM[8:]}/2"))
    fields |= {"party/name": "A\u2067B\u2069", "type": "denied", "summary": "\u202eNo.\u202c"}
    refused = send(editor, f"{CLAIM}/log", fields)
    assert refused.status_code == 422
    fields = fields_of(Page(refused.text)) | {"party/kind": "media"}
    assert send(editor, f"{CLAIM}/log", fields).status_code == 303
    assert last(editor) == {
        "party": {"name": "A\u2067B\u2069", "kind": "media"},
        "summary": "\u202eNo.\u202c",
        "source": {"publisher": "The \u202aWire\u202c", "title": "\u2066No\u2069"},
    }


def test_a_rewording_keeps_what_nobody_touched(desk, editor):
    """A claim is reworded in what was changed alone, however its other words are written."""
    place = {"place": "\u202aMoscow\u202c ", "participants": [{**MOFA, "name": "The  \u2067Blue\u2069 House"}]}
    open_claim(desk, text=" They \u202amet\u202c.\r\n", topics=["a \u2066b\u2069"], about={**place, "form": "talks"})
    fields = fields_of(browse(editor, f"{CLAIM}/log/reword"))
    fields = as_sent(fields) | {"about/form": "a call", "reason": "It was a call."}
    assert send(editor, f"{CLAIM}/log/reword", fields).status_code == 303
    assert last(editor) == {"about": {**place, "form": "a call"}, "reason": "It was a call."}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("It is so.", "It is\u200b so.", "It is so. → It isU+200B so."),
        ("a\u2066b", "a\u2067b", "aU+2066b → aU+2067b"),
        ("a b", "a\u00a0 b", "a b → aU+00A0 b"),
        ("a b", "a  b ", "a b → a U+0020bU+0020"),
        ("a\nb", "a b", "aU+000Ab → a b"),
        ("a\u034fb", "ab", "aU+034Fb → ab"),
        ("\u202eab", "\u202ecd", "ab → cd"),
    ],
)
def test_a_change_of_what_is_not_seen_is_seen(desk, client, was, now, told):
    """Where old and new would look the same, what is not seen in them is told by its number; elsewhere it is not."""
    open_claim(desk, said("denied", PAPER, summary=was), text=was)
    mend(desk, amended(2, said("denied", PAPER, summary=now)), 2)
    mend(desk, kept("reworded", text=now), 3)
    page = browse(client, CLAIM).text
    assert (f"our words {told}" in page, f"Wording {told}" in page) == (True, True)
    assert f"Wording {told} Who moved" in browse(client, f"{CLAIM}/versions/4?diff=3").text


@pytest.mark.parametrize(("language", "told"), [("en", "Withdrawn:"), ("ko", "철회됨:"), ("ru", "Отозвано:")])
def test_a_label_ends_in_one_colon(desk, client, language, told):
    """What was withdrawn between two moments is told after one colon in every language."""
    open_claim(desk, said("denied"))
    append(desk, said("retracted", MID, regarding=2))
    page = browse(client, f"{CLAIM}/versions/3?diff=2", **{"Accept-Language": language})
    assert f"<b>{told}</b> " in page.html
