"""Log a statement through the form: seven fields, a preview, once, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest

from service.tokens import create_token
from tests.builders import MID, asked, said
from tests.web.browsing import Page, browse, fields_of, send, sign_in, tick
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, TEXT, append, open_claim

FIELDS = {
    "key": "a-form-of-the-test",
    "party/name": "Russian Foreign Ministry",
    "party/kind": "ministry",
    "party/country": "ru",
    "type": "denied",
    "speaker/name": "Maria Zakharova",
    "summary": "The reports are unfounded.",
    "said_on": "2025-12-21",
    "source/publisher": "The Wire",
    "source/url": "https://wire.example/1",
}
DATA = {
    "party": {"name": "Russian Foreign Ministry", "kind": "ministry", "country": "RU"},
    "speaker": {"name": "Maria Zakharova"},
    "summary": "The reports are unfounded.",
    "said_on": "2025-12-21",
    "source": {"publisher": "The Wire", "url": "https://wire.example/1"},
}


@pytest.fixture
def reporter(app, store, clock, claim):
    """Sign in as a reporter, with a claim open."""
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


def events_of(client, claim=CLAIM):
    """Give the events of a claim."""
    return client.get(f"{claim}/events").json["events"]


def test_a_statement_is_logged_in_seven_fields(reporter):
    """The form has seven fields that are not folded away, and records what they say."""
    page = browse(reporter, f"{CLAIM}/log").html
    unfolded = re.sub(r"<details.*?</details>", "", page.partition('data-once class="entry"')[2], flags=re.DOTALL)
    assert re.findall(r'<(?:input|select|textarea) id="[^"]+" name="([^"]+)"', unfolded) == [
        *("party/name", "type", "speaker/name", "summary", "said_on", "source/publisher", "source/url")
    ]
    sent = send(reporter, f"{CLAIM}/log", FIELDS)
    assert (303, f"{CLAIM}#event-2") == (sent.status_code, sent.headers["Location"])
    event = events_of(reporter)[1]
    assert ("denied", DATA, "reporter-a") == (event["type"], event["data"], event["recorded_by"])


def test_a_preview_says_how_the_claim_would_stand_and_records_nothing(reporter):
    """The preview gives the standing before and after, keeps what was typed, and leaves the record as it was."""
    page = Page(send(reporter, f"{CLAIM}/log", FIELDS, "preview").text)
    assert "Preview: nothing is recorded yet Opened → Denied An official met the envoy in Moscow." in page.text
    assert "Russian Foreign Ministry : denies" in page.text
    assert "The reports are unfounded." in page.text
    assert len(events_of(reporter)) == 1


MOVES = {
    "en": "affirms · until now: denies (2) · Reversal",
    "ko": "긍정 · 지금까지: 부인 (2) · 번복",
    "ru": "подтверждает · до сих пор: отрицает (2) · Смена позиции",
}


@pytest.mark.parametrize(("language", "told"), MOVES.items())
def test_a_preview_says_who_would_turn(reporter, language, told):
    """Where a party would stand otherwise, the preview tells where it stood, and that this is a reversal."""
    assert send(reporter, f"{CLAIM}/log", FIELDS).status_code == 303
    turned = {**FIELDS, "key": "another-form-of-it", "type": "confirmed", "said_on": "2025-12-24"}
    reporter.set_cookie("onrecord-language", language)
    assert told in " ".join(Page(send(reporter, f"{CLAIM}/log", turned, "preview").text).text.split())


def test_a_form_sent_twice_is_recorded_once(reporter):
    """The same form again leads to what it made the first time; changed, it is held for something new."""
    first, again = (send(reporter, f"{CLAIM}/log", FIELDS) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert len(events_of(reporter)) == 2
    changed = {**FIELDS, "summary": "Something else.", "said_on": "2025-12-22"}
    refused = send(reporter, f"{CLAIM}/log", changed)
    page = Page(refused.text)
    assert refused.status_code == 422
    assert "This form was recorded before." in page.text
    assert "Something else." in page.text
    key = re.search(r'name="key" value="([^"]+)"', refused.text)[1]
    assert send(reporter, f"{CLAIM}/log", {**changed, "key": key}).status_code == 303
    assert len(events_of(reporter)) == 3


def test_nothing_typed_is_lost_on_an_error(reporter):
    """What is wrong is named at its field, every fault at once, and all that was typed is still there."""
    typed = {
        **FIELDS,
        "said_on": "on Sunday",
        "summary": "",
        "quote/text": "Это <b>неправда</b>.",
        "source/publisher": "",
    }
    refused = send(reporter, f"{CLAIM}/log", typed)
    page = Page(refused.text)
    assert refused.status_code == 422
    assert "Nothing was recorded" in page.text
    for value in ("on Sunday", "Maria Zakharova", "https://wire.example/1", "Russian Foreign Ministry"):
        assert value in page.all("value", "input")
    assert "Это <b>неправда</b>." in page.text
    faulty = [name for tag, at, name in page.attributes if tag == "small" and at == "id" and name.startswith("fault-")]
    assert ["fault-said_on", "fault-source-publisher", "fault-quote-lang"] == faulty
    assert page.all("aria-invalid") == ["true"] * 3
    assert len(events_of(reporter)) == 1


def test_a_party_on_record_brings_its_kind_along(reporter, desk):
    """Kind and country are taken from the record where the form leaves them open; a new party's are asked for."""
    append(desk, said("reported", MID))
    fields = {name: value for name, value in FIELDS.items() if name not in {"party/kind", "party/country"}}
    assert send(reporter, f"{CLAIM}/log", fields).status_code == 303
    assert events_of(reporter)[2]["data"]["party"] == DATA["party"]
    new = send(reporter, f"{CLAIM}/log", {**fields, "key": "another-form", "party/name": "A New Ministry"})
    assert new.status_code == 422
    assert "fault-party-kind" in new.text


def test_one_utterance_on_several_claims(reporter, desk):
    """The same words are recorded on every claim they touch, together, under one label, each with its own extent."""
    open_claim(desk, ("linked", {"relation": "aspect_of", "claim": CLAIM.removeprefix("/claims/")}), id_=OTHER_ID)
    assert f'name="also/{OTHER_ID}/type"' in browse(reporter, f"{CLAIM}/log").html
    also = {
        f"also/{OTHER_ID}/type": "acknowledged",
        f"also/{OTHER_ID}/extent": "partial",
        f"also/{OTHER_ID}/scope": "a visit",
    }
    preview = Page(send(reporter, f"{CLAIM}/log", {**FIELDS, **also}, "preview").text)
    assert "Opened → Denied" in preview.text
    assert "Opened → Reported" in preview.text
    assert send(reporter, f"{CLAIM}/log", {**FIELDS, **also}).status_code == 303
    mine, other = events_of(reporter)[-1], events_of(reporter, OTHER)[-1]
    assert ("denied", "acknowledged") == (mine["type"], other["type"])
    assert mine["data"]["utterance"] == other["data"]["utterance"]
    assert ("partial", "a visit") == (other["data"]["extent"], other["data"]["scope"])
    assert "extent" not in mine["data"]


def test_an_utterance_on_a_claim_that_hangs_together_with_none(reporter, desk):
    """A claim named by its address gets lines of its own in the form, and is recorded on as those say."""
    open_claim(desk, id_=OTHER_ID)
    unknown = send(reporter, f"{CLAIM}/log", {**FIELDS, "bring": "/claims/nothing"}, "bring")
    assert "No claim of this record has this address." in Page(unknown.text).text
    bring = {**FIELDS, "bring": f"http://localhost{OTHER}?as_of=1#timeline"}
    brought = send(reporter, f"{CLAIM}/log", bring, "bring")
    assert (brought.status_code, f'name="also/{OTHER_ID}/type"' in brought.text) == (200, True)
    at_once = send(reporter, f"{CLAIM}/log", bring)
    assert (at_once.status_code, f'id="fault-also-{OTHER_ID}-type"' in at_once.text) == (422, True)
    also = {f"also/{OTHER_ID}/type": "confirmed"}
    assert send(reporter, f"{CLAIM}/log", {**FIELDS, **also}).status_code == 303
    assert ("denied", "confirmed") == (events_of(reporter)[-1]["type"], events_of(reporter, OTHER)[-1]["type"])


def test_a_statement_that_is_there_is_recorded_again_only_on_purpose(reporter):
    """A duplicate is refused with a way to see it, and recorded where the desk says that it was said again."""
    send(reporter, f"{CLAIM}/log", FIELDS)
    again = {**FIELDS, "key": "another-form", "summary": "Said again."}
    refused = send(reporter, f"{CLAIM}/log", again)
    assert refused.status_code == 409
    assert f'href="{CLAIM}#event-2"' in refused.text
    assert (
        "Its words are not yours: The reports are unfounded. It was said again: record it all the same"
        in Page(refused.text).text
    )
    assert send(reporter, f"{CLAIM}/log", again | tick(refused)).status_code == 303


def test_the_last_source_is_at_hand(reporter):
    """The form offers the source of the desk's last statement, and begins with it where that is chosen."""
    send(reporter, f"{CLAIM}/log", FIELDS)
    page = browse(reporter, f"{CLAIM}/log")
    again = next(value for value in page.all("value", "button") if "/" in value)
    assert "The Wire : use it again" in page.text
    typed = fields_of(page) | {"summary": "What was typed already.", "source/title": "Of another page"}
    filled = fields_of(Page(send(reporter, f"{CLAIM}/log", {**typed, "again": again}).text))
    source = {"source/publisher": "The Wire", "source/url": "https://wire.example/1", "source/title": ""}
    assert {**typed, **source, "asked": "record"} == filled
    assert len(events_of(reporter)) == 2
    assert {"The Wire", "https://wire.example/1"} <= set(
        browse(reporter, f"{CLAIM}/log?again={again}").all("value", "input")
    )


def test_what_is_wrong_is_told_at_the_field_it_is_of(reporter):
    """A name in a chain that is none, and a source or a party of which nothing is said, are told at a field."""
    wrong = {"via": "Agence X\n—", "source/publisher": "", "source/url": "", "party/name": "", "party/kind": ""}
    page = Page(send(reporter, f"{CLAIM}/log", {**FIELDS, **wrong, "party/country": ""}).text)
    named = [href.removeprefix("#f-") for href in page.all("href", "a") if href.startswith("#f-")]
    assert ["party-name", "source-publisher", "via"] == sorted(named)
    assert {f"fault-{name}" for name in named} <= {*page.all("id", "small")}


def test_what_was_recorded_is_said_once(reporter):
    """Where a form leads to, the page says which event it recorded; asked for again, it says so no more."""
    send(reporter, f"{CLAIM}/log", FIELDS)
    page = browse(reporter, CLAIM)
    assert "Recorded as event 2." in page.text
    assert "status" in page.all("role")
    assert "Recorded as event" not in browse(reporter, CLAIM).text


def test_all_that_one_form_recorded_is_named(reporter, desk):
    """An utterance on several claims is told with each of its events, and where it is."""
    open_claim(desk, id_=OTHER_ID, text="The talks in Moscow were official.")
    also = {f"also/{OTHER_ID}/type": "confirmed", f"also/{CLAIM_ID}/type": "declined"}
    assert send(reporter, f"{CLAIM}/log", {**FIELDS, **also}).status_code == 303
    page = browse(reporter, CLAIM)
    assert (
        "Recorded as event 2. Recorded together with it: "
        "Russian Foreign Ministry confirmed ( event 2 ) · The talks in Moscow were official. "
        f"Russian Foreign Ministry declined to comment ( event 3 ) · {TEXT}" in page.text
    )
    assert {f"{OTHER}#event-2", f"{CLAIM}#event-3"} <= {*page.all("href", "a")}


def test_an_answer_begins_with_what_was_asked(reporter, desk):
    """The form of an answer knows who was asked; of silence it offers a sentence, and records it when sent again."""
    append(desk, asked(deadline="2026-02-02T12:00:00Z"))
    fields = fields_of(browse(reporter, f"{CLAIM}/log?regarding=2"))
    assert ("South Korean Foreign Ministry", "2") == (fields["party/name"], fields["regarding"])
    fields |= {"type": "unresponsive", "source/publisher": "The Wire"}
    offered = send(reporter, f"{CLAIM}/log", fields)
    assert offered.status_code == 422
    again = fields_of(Page(offered.text))
    assert again["summary"] == "No answer came by 2 Feb 2026, 12:00 UTC, the deadline of the request."
    assert send(reporter, f"{CLAIM}/log", again).status_code == 303
    assert events_of(reporter)[-1]["data"]["summary"] == again["summary"]


def test_parties_are_suggested_as_one_types(reporter, desk):
    """What is typed so far finds parties by the beginnings of their words; hostile names are text."""
    append(desk, said("reported", MID))
    append(desk, said("reported", {"name": 'A "quoted" <b>ministry</b>', "kind": "ministry"}))
    found = reporter.get("/suggest/parties?party/name=rus+for").text
    assert found == '<option value="Russian Foreign Ministry" data-kind="ministry" data-country="RU"></option>'
    assert "<b>" not in reporter.get("/suggest/parties?party=quoted").text
    append(desk, said("reported", {"name": "Suggest", "kind": "media"}))
    assert reporter.get("/parties/suggest").json["party"]["name"] == "Suggest"
    assert ["", ""] == [reporter.get(f"/suggest/parties?party={typed}").text for typed in ("", "%2B")]


def test_topics_are_suggested_as_one_types(reporter, desk):
    """What is typed finds the topics of claims by how they begin; of a list it is the last, beside those before."""
    open_claim(desk, id_=OTHER_ID, topics=["North Korea", "north-korea", "norms", "<b>"])
    assert reporter.get("/suggest/topics?topic=nor").text == (
        '<option value="norms"></option>\n<option value="North Korea"></option>\n<option value="north-korea"></option>'
    )
    assert reporter.get("/suggest/topics?topics=norms,+Nor").text == (
        '<option value="norms, North Korea"></option>\n<option value="norms, north-korea"></option>'
    )
    assert '<option value="&lt;b&gt;"></option>' == reporter.get("/suggest/topics?topic=<").text
    assert ["", ""] == [reporter.get(f"/suggest/topics?topics={typed}").text for typed in ("", "norms,")]
    assert reporter.get("/suggest/topics?topic=other").text == ""


def test_comment_is_requested_from_the_page(reporter):
    """A request for comment takes who, until when (UTC) and what, and shows as awaited."""
    fields = {"key": "a-form-of-the-test", "party/name": "Foreign Ministry of Oman", "party/kind": "ministry"}
    asking = {**fields, "deadline": "2026-02-02T12:00", "channel": "mail", "question": "Did it take place?"}
    assert send(reporter, f"{CLAIM}/log/ask", asking).status_code == 303
    assert events_of(reporter)[1]["data"]["deadline"] == "2026-02-02T12:00:00Z"
    awaited = "Awaiting an answer Foreign Ministry of Oman , answer due by 2 Feb 2026, 12:00 UTC"
    assert awaited in browse(reporter, CLAIM).text
    past = send(reporter, f"{CLAIM}/log/ask", {**asking, "key": "another-form", "deadline": "2026-01-01T12:00"})
    assert "A deadline lies in the future." in past.text


def test_who_may_only_read_logs_nothing(app, store, clock, claim, client):
    """Forms are for those who may write; others are told so, with a way to sign in."""
    reader = app.test_client()
    sign_in(reader, create_token(store, "reader-a", "reader", now=clock(), expires_in=None))
    assert [403, 401] == [c.get(f"{CLAIM}/log", headers={"Accept": "text/html"}).status_code for c in (reader, client)]
    assert "Log a statement" not in browse(reader, CLAIM).text
    assert asked()[0] not in browse(client, f"{CLAIM}/log", 401).text
