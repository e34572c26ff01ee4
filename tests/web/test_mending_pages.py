"""Open, amend, strike, redact, reword and link from the pages."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import MID, MOFA, PAPER, amended, said
from tests.web.browsing import Page, browse, fields_of, send, sign_in, tick
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, append, mend, open_claim

KEY = {"key": "a-form-of-the-test"}


@pytest.fixture
def editor(app, store, clock, desk):
    """Sign in as an editor, with a claim that the ministry denies and another that somebody withholds on."""
    open_claim(desk, said("denied"), said("ncnd", MOFA))
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


def last(client):
    """Give the last event of the claim."""
    event = client.get(f"{CLAIM}/events").json["events"][-1]
    return event["type"], event["data"], event["recorded_by"]


def test_an_event_is_amended_from_what_it_says(editor):
    """The form begins with what was logged; what is changed and why is recorded as an amendment."""
    fields = fields_of(browse(editor, f"{CLAIM}/log/amend?regarding=2"))
    assert ("denied", "What was said.", "Russian Foreign Ministry") == (
        *(fields["type"], fields["summary"], fields["party/name"]),
    )
    sent = send(editor, f"{CLAIM}/log/amend?regarding=2", {**fields, "summary": "Mended.", "reason": "A slip."})
    assert sent.status_code == 303
    statement = {"party": MID, "summary": "Mended.", "source": {"publisher": "The Wire"}}
    assert (
        "amended",
        {"regarding": 2, "type": "denied", "statement": statement, "reason": "A slip."},
        "editor-a",
    ) == last(editor)
    page = browse(editor, CLAIM).text
    assert "Mended." in page
    assert "What was said." in page


def test_an_amendment_keeps_all_that_was_not_changed(editor, desk):
    """All that a statement says is still said by its amendment, what no form asks for too, but for what was changed."""
    answer = {"regarding": 2, "via": ["Agence X, Paris", "The Wire"], "note": "A remark.", "speaker": {"name": "A. B."}}
    page = {"publisher": "The Wire", "url": "https://wire.example/1", "sha256": "ab" * 32}
    append(desk, said("countered", MOFA, **answer, source=page))
    fields = fields_of(browse(editor, f"{CLAIM}/log/amend?regarding=4")) | {"summary": "Mended.", "reason": "A slip."}
    assert send(editor, f"{CLAIM}/log/amend?regarding=4", fields).status_code == 303
    statement = {"party": MOFA, "summary": "Mended.", **answer, "source": page}
    amended = {"regarding": 4, "type": "countered", "statement": statement, "reason": "A slip."}
    assert last(editor)[1] == amended
    fields = fields_of(browse(editor, f"{CLAIM}/log/amend?regarding=4")) | {"key": "another-form", "reason": "Moved."}
    fields |= {"source/url": "https://wire.example/2"}
    assert send(editor, f"{CLAIM}/log/amend?regarding=4", fields).status_code == 303
    moved = {"publisher": "The Wire", "url": "https://wire.example/2"}
    assert last(editor)[1]["statement"] == {**statement, "source": moved}


def test_an_amended_assessment_keeps_its_rating(editor, desk):
    """A rating stays with the assessment that gave it, as its form says."""
    reading = {"by": PAPER, "summary": "It is so.", "rating": {"text": "Mostly so"}, "source": {"publisher": "P"}}
    append(desk, ("assessed", reading))
    fields = fields_of(browse(editor, f"{CLAIM}/log/amend?regarding=4")) | {"summary": "It was so.", "reason": "Tense."}
    assert send(editor, f"{CLAIM}/log/amend?regarding=4", fields).status_code == 303
    assert last(editor)[1]["statement"] == {**reading, "summary": "It was so."}


def test_what_a_statement_did_is_chosen(editor):
    """Nothing is chosen beforehand: a stance that nobody picked is not recorded."""
    fields = fields_of(browse(editor, f"{CLAIM}/log")) | {"party/name": "Russian Foreign Ministry", "summary": "No."}
    refused = send(editor, f"{CLAIM}/log", {**fields, "source/publisher": "The Wire"})
    assert refused.status_code == 422
    assert last(editor)[0] == "ncnd"


def test_what_came_meanwhile_is_not_lost(editor, desk):
    """Of a claim that has moved on is shown what came; what was typed is recorded once somebody says to have looked."""
    fields = fields_of(browse(editor, f"{CLAIM}/log/strike?regarding=3")) | {"reason": "Another meeting."}
    append(desk, said("reported", PAPER))
    refused = send(editor, f"{CLAIM}/log/strike?regarding=3", fields)
    assert refused.status_code == 412
    page = Page(refused.text)
    assert "This has come since: event 4 : The Paper reported : What was said." in page.text
    assert f"{CLAIM}#event-4" in page.all("href", "a")
    assert "If-Match" not in page.text
    again = fields_of(page)
    assert again["reason"] == "Another meeting."
    assert send(editor, f"{CLAIM}/log/strike?regarding=3", again).status_code == 412
    append(desk, said("reported", MOFA))
    moved = send(editor, f"{CLAIM}/log/strike?regarding=3", again | tick(refused))
    assert (412, {"sure/moved/version": "5"}) == (moved.status_code, tick(moved))
    assert send(editor, f"{CLAIM}/log/strike?regarding=3", again | tick(moved)).status_code == 303
    assert last(editor) == ("struck", {"regarding": 3, "reason": "Another meeting."}, "editor-a")


def test_an_amendment_of_what_was_amended_meanwhile_undoes_nothing(editor):
    """What a second editor did not touch stays as the first amended it; what changed is shown before the tick."""
    first, second = (fields_of(browse(editor, f"{CLAIM}/log/amend?regarding=2")) for _ in range(2))
    first |= {
        "key": "first-editor",
        "speaker/name": "A. B.",
        "said_on": "2026-01-30",
        "summary": "Mended.",
        "reason": "A slip.",
    }
    assert send(editor, f"{CLAIM}/log/amend?regarding=2", first).status_code == 303
    second |= {"key": "second-editor", "summary": "Otherwise.", "note": "A remark.", "reason": "A remark."}
    refused = send(editor, f"{CLAIM}/log/amend?regarding=2", second)
    assert refused.status_code == 412
    told = Page(refused.text).text
    assert "Who spoke for it nothing → A. B. What was said, in our words" in told
    assert "What was said. → Mended. · you wrote: Otherwise. Said on nothing → 30 Jan 2026" in told
    # The page as it was before the refusal, ticked: a preview shows the warning and leaves the fields alone.
    assert send(editor, f"{CLAIM}/log/amend?regarding=2", second | tick(refused)).status_code == 303
    assert last(editor)[1]["statement"] == {
        "party": MID,
        "speaker": {"name": "A. B."},
        "summary": "Otherwise.",
        "said_on": "2026-01-30",
        "note": "A remark.",
        "source": {"publisher": "The Wire"},
    }


def test_what_cannot_be_mended_leads_back(editor):
    """Of a struck event the form says the rule in a sentence, and leads back to the claim and the event."""
    shown = browse(editor, f"{CLAIM}/log/strike?regarding=3")
    assert "What is struck can never be erased afterwards." in shown.text  # before, as it is refused ever after
    assert f"{CLAIM}/log/redact?regarding=3" in shown.all("href")
    fields = fields_of(shown) | {"reason": "Another meeting."}
    send(editor, f"{CLAIM}/log/strike?regarding=3", fields)
    page = browse(editor, f"{CLAIM}/log/strike?regarding=3", 409)
    before, _, programs = page.text.partition("What programs are told")
    assert "That event does not count any more: it was struck, redacted or taken back." in before
    assert ("docs/events.md" in before, "/data/regarding" in before, "/data/regarding" in programs) == (
        *(False, False, True),
    )
    assert {CLAIM, f"{CLAIM}#event-3"} <= set(page.all("href", "a"))


def test_an_event_is_redacted_on_an_authority(editor, desk):
    """A redaction takes a reason and an authority, and a tick, shown from the start, at all that is erased for good."""
    mend(desk, amended(2, said("denied", summary="Mended.")), 3)
    form = f"{CLAIM}/log/redact?regarding=2"
    page = browse(editor, form)
    assert "Erase event 2, event 4 for good: I know that nobody can undo it" in page.text
    tick_it = {"sure/erasure/reason": "2 4"}
    fields = fields_of(page)
    assert "fault-authority" in send(editor, form, {**fields, **tick_it, "reason": "A name."}).text
    fields |= {"reason": "A name.", "authority": "The court."}
    # Neither unticked nor as of another event, nor without the address that names the event, is anything erased.
    held = [send(editor, form, fields), send(editor, form, fields | {"sure/erasure/reason": "3"})]
    held += [send(editor, f"{CLAIM}/log/redact", fields)]
    assert [(409, tick_it)] * 3 == [(one.status_code, tick(one)) for one in held]
    assert "What was said." in browse(editor, f"{CLAIM}/events/2").text
    assert send(editor, form, fields | tick_it).status_code == 303
    assert "What was said." not in browse(editor, f"{CLAIM}/events/2").text


def test_a_claim_is_reworded(editor):
    """The form begins with the wording; the new one is shown and the old one stays in the history."""
    fields = fields_of(browse(editor, f"{CLAIM}/log/reword"))
    typed = {**fields, "text": "An official met the envoy.", "reason": "Shorter."}
    held = send(editor, f"{CLAIM}/log/reword", typed)  # who denied it spoke of the wording that is there
    sent = send(editor, f"{CLAIM}/log/reword", typed | tick(held))
    assert (held.status_code, sent.status_code) == (409, 303)
    assert last(editor)[1] == {"text": "An official met the envoy.", "reason": "Shorter."}
    assert "An official met the envoy in Moscow." in browse(editor, CLAIM).text


def test_a_claim_is_reworded_in_what_was_worded_anew(editor, desk):
    """Topics and who is said to take part stay as they are while the place is mended."""
    about = {"place": "Moscow", "participants": [MOFA]}
    mend(desk, ("reworded", {"topics": ["north-korea", "talks"], "about": about, "reason": "More is known."}), 3)
    fields = fields_of(browse(editor, f"{CLAIM}/log/reword"))
    assert send(editor, f"{CLAIM}/log/reword", {**fields, "reason": "Nothing."}).status_code == 422
    fields |= {"about/place": "Moscow, Russia", "reason": "Said in full."}
    assert send(editor, f"{CLAIM}/log/reword", fields).status_code == 303
    assert last(editor)[1] == {"about": {**about, "place": "Moscow, Russia"}, "reason": "Said in full."}


@pytest.mark.parametrize(
    "named", [OTHER_ID, f"http://localhost/claims/{OTHER_ID}?as_of=3#history", f"/claims/{OTHER_ID}"]
)
def test_claims_are_linked_by_address(editor, desk, named):
    """Another claim is named by its id or by whatever address of it was pasted."""
    open_claim(desk, id_=OTHER_ID)
    sent = send(editor, f"{CLAIM}/log/link", {**KEY, "relation": "aspect_of", "claim": named})
    assert sent.status_code == 303
    assert last(editor)[1] == {"relation": "aspect_of", "claim": OTHER_ID}
    unlinked = send(editor, f"{CLAIM}/log/unlink", {"key": "another-form", "relation": "aspect_of", "claim": named})
    assert (303, "unlinked") == (unlinked.status_code, last(editor)[0])


def test_only_editors_mend(app, store, clock, editor):
    """A reporter is shown no way to mend, and is refused where they try."""
    reporter = app.test_client()
    sign_in(reporter, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    assert f"{CLAIM}/log/amend" not in browse(reporter, CLAIM).html
    assert f"{CLAIM}/log/amend?regarding=2" in browse(editor, CLAIM).html
    for act in ("amend?regarding=2", "strike?regarding=2", "redact?regarding=2", "reword", "unlink"):
        assert browse(reporter, f"{CLAIM}/log/{act}", 403)
        refused = send(reporter, f"{CLAIM}/log/{act}", {**KEY, "reason": "x", "version": "3", "regarding": "2"})
        assert refused.status_code in {403, 422}
    assert last(editor)[0] == "ncnd"


def test_an_amendment_to_a_type_that_there_is_not_is_refused(editor):
    """Where the type is none, whatever else is wrong is kept for the next look, and the fault of the type is told."""
    crafted = {**KEY, "type": "nonsense", "said_on": "garbage", "party/country": "ZZZ", "reason": "x", "version": "3"}
    refused = send(editor, f"{CLAIM}/log/amend?regarding=2", {**crafted, "regarding": "2"})
    assert (422, "garbage") == (refused.status_code, fields_of(Page(refused.text))["said_on"])


def test_there_is_nothing_to_mend(editor):
    """Forms of what is not there are 404: no such act, no such event."""
    for path in ("log/delete", "log/amend", "log/strike?regarding=9"):
        browse(editor, f"{CLAIM}/{path}", 404)


def test_a_claim_is_opened_once(editor):
    """The form opens a claim, and sent again leads to it."""
    fields = {
        **KEY,
        "text": "A delegation visited Moscow in December.",
        "lang": "en",
        "topics": "a, b",
        "about/place": "Moscow",
    }
    first, again = (send(editor, "/claims/new", fields) for _ in range(2))
    assert (303, first.headers["Location"]) == (again.status_code, again.headers["Location"])
    claim = editor.get(first.headers["Location"]).json
    assert ("Moscow", ["a", "b"], 1) == (claim["about"]["place"], claim["topics"], claim["version"])


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("The delegation did not visit Moscow.", "It seems negated."),
        ("Nobody met in Geneva.", "It seems negated."),
        ("The envoy didn’t meet anybody.", "It seems negated."),
        ("Делегация не приезжала в Москву.", "It seems negated."),
        ("대표단은 모스크바를 방문하지 않았다.", "It seems negated."),
        ("Ministers met and agreed on a ceasefire.", "more than one proposition"),
        ("The envoy met the official and discussed troops.", "more than one proposition"),
        ("A delegation visited Moscow, and the talks were official.", "more than one proposition"),
        ("The ministry said that a delegation visited.", "It seems to say who says it."),
        ("Did a delegation visit Moscow?", "It is a question."),
        ("The terrorist attack was a false flag.", "A word in it takes sides."),
        ("The regime secretly sent a delegation.", "A word in it takes sides."),
    ],
)
def test_advice_steers_to_one_neutral_proposition(editor, text, advice):
    """A negated, compound, attributed or loaded text, or a question, is warned of: as one types, or before a tick."""
    typed = {**KEY, "text": text, "lang": "en"}
    held = send(editor, "/claims/new", typed)
    assert (409, ["sure/wording/text"]) == (held.status_code, [*tick(held)])
    assert advice in Page(held.text).text
    shown = browse(editor, f"/claims/new?text={text}")
    assert advice in shown.text
    assert send(editor, "/claims/new", typed | {"advised": fields_of(shown)["advised"]}).status_code == 303
    again = {**typed, "key": "another-form", "text": f"{text} "}
    assert send(editor, "/claims/new", again | tick(send(editor, "/claims/new", again))).status_code == 303


def test_a_false_flag_is_no_negation(editor):
    """What takes sides is named as that, and nothing else is."""
    advised = browse(editor, "/claims/new?text=The attack was a false flag.").text
    assert ("A word in it takes sides." in advised, "It seems negated." in advised) == (True, False)


def test_likely_duplicates_are_shown_as_one_types(editor, desk):
    """A claim on record that says much the same is named, in any script; one that does not is not."""
    desk.post("/claims", json={"text": "대표단이 12월에 모스크바를 방문했다.", "lang": "ko"})
    assert f'href="/claims/{CLAIM_ID}"' in browse(editor, "/claims/new?text=An+official+met+an+envoy+in+Moscow").html
    assert "대표단이" in browse(editor, "/claims/new?text=대표단이 모스크바를 방문했다").text
    assert "Before you open it" not in browse(editor, "/claims/new?text=Grain+exports+resumed").text


@pytest.mark.parametrize("number", ["20251221142500123456", "9007199254740993", "²", "9" * 5_000])
def test_a_number_that_is_none_of_the_record_is_refused(editor, number):
    """However large a number, it is a fault of its field or of the form, which keeps all that was typed."""
    logged = fields_of(browse(editor, f"{CLAIM}/log")) | {"type": "clarified", "regarding": number}
    refused = send(editor, f"{CLAIM}/log", logged)
    assert (422, number) == (refused.status_code, fields_of(Page(refused.text))["regarding"])
    assert "Write a whole number of at most 15 digits." in Page(refused.text).text
    path = f"{CLAIM}/log/amend?regarding=2"
    amended = fields_of(browse(editor, path)) | {"summary": "Mended.", "reason": "A slip."}
    for name in ("regarding", "about_event", "version", "sure/moved/version"):
        refused = send(editor, path, {**amended, name: number})
        assert refused.status_code in ({412, 428} if name.endswith("version") else {422})
        assert fields_of(Page(refused.text))["summary"] == "Mended."
    assert last(editor)[0] == "ncnd"
