"""What was typed into a form is kept, whatever comes between: a session that ends, another language."""

from __future__ import annotations

from html import unescape

import pytest

from service.tokens import create_token
from tests.builders import said
from tests.web.browsing import PAGE, Page, browse, fields_of, send, sign_in
from tests.web.newsroom import CLAIM, open_claim

OWN = {**PAGE, "Sec-Fetch-Site": "same-origin"}
TYPED = {
    "key": "a-form-of-the-test",
    "party/name": "Russian Foreign Ministry",
    "party/kind": "ministry",
    "party/country": "RU",
    "type": "denied",
    "summary": 'Nobody "was"\r\nhere.',
    "source/publisher": "The Wire",
}


@pytest.fixture
def token(store, clock, desk):
    """Make an editor's token, with a claim open on which somebody was logged."""
    open_claim(desk, said("reported"))
    return create_token(store, "editor-a", "editor", now=clock(), expires_in=None)


def follow(client, path, data):
    """Send a form as a browser does, which sends it on where it is led with it."""
    sent = client.post(path, data=data, headers=OWN)
    while sent.status_code == 307:
        sent = client.post(sent.headers["Location"], data=data, headers=OWN)
    return sent


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (f"{CLAIM}/log", {}),
        ("/claims/new", {"text": "A delegation visited Moscow.", "lang": "en"}),
        (f"{CLAIM}/log/amend?regarding=2", {"reason": "A slip.", "version": "2", "regarding": "2"}),
    ],
)
def test_a_session_that_ended_loses_nothing_that_was_typed(client, token, path, changed):
    """Who has to sign in gives the token on the spot, at a second attempt too; what was typed is recorded once."""
    typed = {**TYPED, **changed}
    asked = send(client, path, typed)
    assert (401, 'Bearer realm="onrecord"') == (asked.status_code, asked.headers["WWW-Authenticate"])
    assert "What you typed is kept: sign in, and it goes on from there." in Page(asked.text).text
    wrong = fields_of(Page(asked.text)) | {"token": "onr_wrong"}
    again = follow(client, "/sign-in", wrong)
    assert again.status_code == 401
    assert "This token is not valid" in again.text
    kept = fields_of(Page(again.text))
    assert {**typed, "action": "record", "back": path, "wrong": "token"} == kept
    first, second = (follow(client, "/sign-in", kept | {"token": token}) for _ in range(2))
    assert (303, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert token not in first.headers["Location"]
    events = client.get("/events").json["events"]
    assert (3, "editor-a") == (len(events), events[-1]["event"]["recorded_by"])


@pytest.mark.parametrize(
    ("role", "path", "changed"),
    [
        ("reader", f"{CLAIM}/log", {}),
        ("reporter", f"{CLAIM}/log/strike?regarding=2", {"reason": "A slip.", "version": "2", "regarding": "2"}),
    ],
)
def test_a_role_that_has_gone_down_loses_nothing_that_was_typed(client, token, store, clock, role, path, changed):
    """Who may not do it any more is told so, and what was typed is recorded once they sign in as one who may."""
    sign_in(client, create_token(store, "lowered-a", role, now=clock(), expires_in=None))
    typed = {**TYPED, **changed}
    asked = send(client, path, typed)
    assert asked.status_code == 403
    assert (
        "The role of your token does not go that far, and nothing was recorded. "
        "What you typed is kept: sign in, and it goes on from there."
    ) in Page(asked.text).text
    kept = fields_of(Page(asked.text))
    assert {**typed, "action": "record", "back": path} == kept
    assert follow(client, "/sign-in", kept | {"token": token}).status_code == 303
    events = client.get("/events").json["events"]
    assert (3, "editor-a") == (len(events), events[-1]["event"]["recorded_by"])


def test_a_preview_without_a_session_goes_on_as_one(client, token):
    """A preview that was asked for is still one after signing in: nothing is recorded."""
    asked = send(client, f"{CLAIM}/log", TYPED, "preview")
    shown = follow(client, "/sign-in", fields_of(Page(asked.text)) | {"token": token})
    assert (200, True) == (shown.status_code, "Reported → Denied" in Page(shown.text).text)
    assert len(client.get("/events").json["events"]) == 2


def test_another_site_has_nothing_typed_for_us(client, token):
    """What another site would have us sign in for is not taken along."""
    asked = client.post(f"{CLAIM}/log", data=TYPED, headers={**PAGE, "Sec-Fetch-Site": "cross-site"})
    assert (401, False) == (asked.status_code, "was" in asked.text and "a-form-of-the-test" in asked.text)


def test_another_language_keeps_what_was_typed(client, token):
    """Who chooses a language in the middle of a form finds it as it was, in that language, and nothing is recorded."""
    sign_in(client, token)
    page = browse(client, f"{CLAIM}/log?again={CLAIM.removeprefix('/claims/')}/2")
    assert page.all("formaction") == [f"{CLAIM}/log#also", *["/language"] * 3]
    assert set(page.all("form", "button")) == {"entry"}
    typed = fields_of(page) | TYPED
    shown = follow(client, "/language", {**typed, "language": "ko"})
    assert (200, "ko") == (shown.status_code, shown.headers["Content-Language"])
    assert typed == fields_of(Page(shown.text))
    assert len(client.get("/events").json["events"]) == 2


def test_another_language_keeps_what_is_wrong(client, token):
    """What a form says is wrong, or is to be looked at first, stays in another language; nothing is recorded."""
    sign_in(client, token)
    wrong = TYPED | {"said_on": "soon", "source/url": "telegram: @channel"}
    refused = Page(send(client, f"{CLAIM}/log", wrong).text)
    kept = fields_of(refused) | {"language": "ko", "back": f"{CLAIM}/log"}
    shown = follow(client, "/language", kept)
    page = Page(shown.text)
    assert (422, "ko") == (shown.status_code, shown.headers["Content-Language"])
    assert "'soon': EDTF 날짜가 아닙니다" in page.text
    assert "telegram: @channel : 웹 주소가 아닙니다" in page.text
    assert {"faults", "cautions", "fault-said_on"} <= {*page.all("id")}
    assert (kept["summary"], "record") == (fields_of(page)["summary"], fields_of(page)["asked"])
    whole = fields_of(page) | {"said_on": "2026-01-30", "language": "ru", "back": f"{CLAIM}/log"}
    shown = follow(client, "/language", whole | {"sure/address/source/url": "telegram: @channel"})
    assert (200, "ru") == (shown.status_code, shown.headers["Content-Language"])
    assert len(client.get("/events").json["events"]) == 2


def test_a_sentence_that_was_offered_is_offered_in_another_language(client, token):
    """Of silence the form offers a sentence; chosen another language, it offers it in that one, and still says so."""
    sign_in(client, token)
    silent = TYPED | {"type": "unresponsive", "summary": ""}
    page = Page(send(client, f"{CLAIM}/log", silent).text)
    assert "No answer came." == fields_of(page)["summary"]
    shown = follow(client, "/language", fields_of(page) | {"language": "ko", "back": f"{CLAIM}/log"})
    assert (422, "fault-summary" in shown.text) == (shown.status_code, True)
    offered = fields_of(Page(shown.text))
    assert offered["summary"] not in {"", "No answer came."}
    assert send(client, f"{CLAIM}/log", offered).status_code == 303


def test_a_form_that_was_recorded_is_still_told_of_in_another_language(client, token):
    """Who chooses a language where a form had been recorded before is told so in that one; pressed, it is another."""
    sign_in(client, token)
    first, changed = TYPED, TYPED | {"summary": "Another.", "said_on": "2026-01-30"}
    assert send(client, f"{CLAIM}/log", first).status_code == 303
    kept = fields_of(Page(send(client, f"{CLAIM}/log", changed).text))
    for language, told in (("ko", "이 양식은 이미 기록되었습니다."), ("en", "This form was recorded before.")):
        shown = follow(client, "/language", kept | {"language": language, "back": f"{CLAIM}/log"})
        assert (422, True) == (shown.status_code, told in shown.text)
        kept = fields_of(Page(shown.text))
    assert (303, 4) == (send(client, f"{CLAIM}/log", kept).status_code, len(client.get("/events").json["events"]))


def test_a_wrong_token_is_still_told_of_in_another_language(client, token):
    """Who chooses a language where a token was wrong is told so in that one, and goes on to where they were going."""
    told = "유효하지 않거나 만료된 토큰입니다."
    asked = Page(client.post("/sign-in", data={"token": "onr_wrong", "back": CLAIM}, headers=OWN).text)
    back = [unescape(value) for value in asked.all("value", "input") if value.startswith("/sign-in")]
    led = client.post("/language", data={"back": back[0], "language": "ko"}, headers=OWN)
    shown = browse(client, led.headers["Location"])
    assert (True, CLAIM) == (told in shown.text, fields_of(shown)["back"])
    typed = fields_of(Page(send(client, f"{CLAIM}/log", TYPED).text)) | {"token": "onr_wrong"}
    kept = fields_of(Page(follow(client, "/sign-in", typed).text)) | {"language": "ko"}
    again = Page(follow(client, "/language", kept).text)
    assert (True, TYPED["party/name"]) == (told in again.text, fields_of(again)["party/name"])


@pytest.mark.parametrize("body", ["summary=caf%e9&type=denied", "summary=No.&type=denied&type=confirmed"])
def test_a_form_that_could_be_read_as_another_is_refused(client, token, body):
    """What is no UTF-8, and a field that is there twice, would be recorded as something that nobody sent."""
    sign_in(client, token)
    headers = {**PAGE, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(f"{CLAIM}/log", data=body, headers=headers).status_code == 400


def test_a_question_that_is_no_text_is_refused(client):
    """Bytes in an address that are no UTF-8 are told as that, and do not find nothing."""
    assert client.get("/claims?q=%ff%fe", headers={"Accept": "application/json"}).json["code"] == "malformed"
    assert client.get("/claims?q=%ff%fe", headers=PAGE).status_code == 400
