"""What the record takes and a person records knowingly: it is shown first, with a box to tick, and nothing is lost."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import MID, MOFA, PAPER, asked, said
from tests.web.browsing import Page, browse, fields_of, send, sign_in, tick
from tests.web.newsroom import CLAIM, OTHER_ID, TEXT, append, mend, open_claim

LOG = f"{CLAIM}/log"
FIELDS = {
    "key": "a-form-of-the-test",
    "party/name": "Russian Foreign Ministry",
    "party/kind": "ministry",
    "party/country": "RU",
    "type": "denied",
    "summary": "Nobody was here.",
    "source/publisher": "The Wire",
}


@pytest.fixture
def editor(app, store, clock, desk):
    """Sign in as an editor, with a claim open that a ministry has denied."""
    open_claim(desk, said("reported", PAPER), said("denied", said_on="2025-12-20"))
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


def count(client):
    """Count the events of the record."""
    return len(client.get("/events").json["events"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"party/kind": "agency", "party/country": "kr"},
            "Russian Foreign Ministry is on record as: ministry, RU. You wrote: agency, KR.",
        ),
        ({"party/kind": "", "party/country": "KR"}, "is on record as: ministry, RU. You wrote: ministry, KR."),
        ({"party/country": ""}, "is on record as: ministry, RU. You wrote: ministry."),
        (
            {"party/name": "russian FOREIGN-Ministry"},
            "as: Russian Foreign Ministry , ministry, RU. You wrote: russian FOREIGN-Ministry , ministry, RU.",
        ),
        ({"source/url": "javascript:alert(1)"}, "Address : javascript:alert(1) is no address on the web"),
        ({"source/url": "https:///path"}, "https:///path is no address on the web"),
        ({"source/url": "https://straße.example/"}, "has a host that programs read as different ones"),
        ({"source/archived_url": "https://wire/1"}, "Archived copy : https://wire/1 is no address on the web"),
        ({"said_on": "2205-12-21"}, "Said on : 21 Dec 2205 is still to come."),
        ({"said_on": "0026-11-03"}, "Said on : 3 Nov 0026 lies before 1800: is that the year that is meant?"),
        (
            {"source/published_on": "1026-01"},
            "Published on : Jan 1026 lies before 1800: is that the year that is meant?",
        ),
        ({"source/published_on": "2026-02-02"}, "Published on : 2 Feb 2026 is still to come."),
        ({"said_on": "2025-21"}, "Said on : 2025-21 is read as: spring 2025. A month is 01 to 12."),
        (
            {"said_on": "2025-11/2025-36~"},
            "is read as: start: Nov 2025; end: about fourth quarter of 2025. A month",
        ),
    ],
)
def test_what_is_odd_is_recorded_knowingly(editor, changed, told):
    """What is probably a slip is named before it is recorded; a tick says that it is none, until it is changed."""
    typed = {**FIELDS, **changed}
    held = send(editor, LOG, typed)
    page = Page(held.text)
    assert (409, 4 - 1) == (held.status_code, count(editor))
    assert told in page.text
    assert ("cautions", "") in {(name, "") for name in page.all("id", "div")}
    assert fields_of(page)["summary"] == "Nobody was here."
    ticked = typed | tick(held)
    assert send(editor, LOG, {**ticked, "source/url": "mailto:a@wire.example"}).status_code == 409
    preview = Page(send(editor, LOG, ticked, "preview").text)
    assert "Preview: nothing is recorded yet" in preview.text
    assert fields_of(preview)[next(iter(tick(held)))] == next(iter(tick(held).values()))
    assert send(editor, LOG, ticked).status_code == 303
    assert count(editor) == 4


def test_a_tick_is_of_what_it_was_shown_for_alone(editor, desk):
    """Ticked for one party or wording, a box says nothing of another of which the very same would be told."""
    append(desk, said("ncnd", MOFA))
    typed = {**FIELDS, "party/kind": "agency", "party/country": "US"}
    other = {**typed, "party/name": MOFA["name"]} | tick(send(editor, LOG, typed))
    held = send(editor, LOG, other)
    assert (409, ["sure/party/party"]) == (held.status_code, [*tick(held)])
    assert send(editor, LOG, other | tick(held)).status_code == 303
    wording = {"key": "a-form-of-claims", "text": "Grain did not arrive.", "lang": "en"}
    other = {**wording, "text": "Nobody signed."} | tick(send(editor, "/claims/new", wording))
    held = send(editor, "/claims/new", other)
    assert (409, ["sure/wording/text"]) == (held.status_code, [*tick(held)])
    assert send(editor, "/claims/new", other | tick(held)).status_code == 303


def test_what_is_usual_is_recorded_at_once(editor):
    """A party as it is on record, an address on the web and a date of yesterday ask for nothing."""
    usual = {
        "party/name": " Russian  Foreign Ministry ",
        "source/url": "https://wire.example/1?a=b#c",
        "said_on": "2026-01-30",
        "source/published_on": "2026-01",
    }
    assert send(editor, LOG, {**FIELDS, **usual}).status_code == 303


def test_an_amendment_asks_nothing_of_what_stays(editor, desk):
    """What was logged oddly before and is left as it is holds up no amendment of something else."""
    odd = {"publisher": "The Wire", "url": "telegram: @channel"}
    append(desk, said("denied", {**MID, "kind": "agency"}, source=odd))
    append(desk, said("denied", said_on="2025-12-22"))
    fields = fields_of(browse(editor, f"{LOG}/amend?regarding=4")) | {"summary": "Mended.", "reason": "A slip."}
    assert send(editor, f"{LOG}/amend?regarding=4", fields).status_code == 303


def test_an_assessment_that_becomes_a_denial_loses_nothing_unsaid(editor, desk):
    """Likelihood and confidence are named at their fields, and the rating before it goes."""
    reading = {"by": PAPER, "summary": "So.", "rating": {"text": "True"}, "source": {"publisher": "P"}}
    append(desk, ("assessed", {**reading, "likelihood": "likely", "confidence": "low"}))
    form = f"{LOG}/amend?regarding=4"
    fields = fields_of(browse(editor, form)) | {"type": "denied", "reason": "It was a denial."}
    refused = send(editor, form, fields)
    page = Page(refused.text)
    assert refused.status_code == 422
    told = "Only an assessment has this. Choose “assessed”, or leave this empty."
    assert f"Likelihood (an assessment's) : {told} Confidence (an assessment's) : {told}" in page.text
    assert "likely" == fields_of(page)["likelihood"]
    assert f"Rating : {told}" in page.text
    fields |= {"likelihood": "", "confidence": "", "rating/text": ""}
    held = send(editor, form, fields)
    assert (409, {"sure/rating/type": "denied"}) == (held.status_code, tick(held))
    assert send(editor, form, fields | tick(held)).status_code == 303


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"grade": "refile"}, "Grade of a correction : Only a correction by the party has this."),
        ({"confidence": "high"}, "Confidence (an assessment's) : Only an assessment has this."),
        ({"type": "", "said_on": "soon"}, "Did what : Choose what the party did."),
        ({f"also/{OTHER_ID}/extent": "partial"}, "Another claim.: Also did what : Choose what it did on this claim"),
        ({f"also/{OTHER_ID}/scope": "a visit"}, "Another claim.: Also did what : Choose what it did on this claim"),
        ({"on_behalf_of/name": "Oman"}, "On behalf of: Kind : This is needed."),
    ],
)
def test_what_goes_with_another_choice_is_a_fault(editor, desk, changed, told):
    """What a statement of its type does not have is not dropped: it is named by its label, with what to do."""
    aspect = ("linked", {"relation": "aspect_of", "claim": CLAIM.removeprefix("/claims/")})
    open_claim(desk, aspect, id_=OTHER_ID, text="Another claim.")
    refused = send(editor, LOG, {**FIELDS, **changed})
    page = Page(refused.text)
    assert (422, True) == (refused.status_code, told in page.text), page.text
    assert page.all("autofocus", "div") == [""]
    assert fields_of(page).items() >= {name: value for name, value in changed.items() if value}.items()


def test_the_same_claim_again_is_opened_knowingly(editor):
    """Back and *Open the claim* again, with another secret in the form, leads to the claim that was opened."""
    fields = {"key": "first-form", "text": "A delegation  visited Moscow.", "lang": "en"}
    opened = send(editor, "/claims/new", fields).headers["Location"]
    again = {**fields, "key": "second-form", "text": "A delegation visited moscow."}
    held = send(editor, "/claims/new", again)
    page = Page(held.text)
    assert "A claim of these very words is on record: A delegation  visited Moscow.".replace("  ", " ") in page.text
    assert (409, True) == (held.status_code, opened in page.all("href", "a"))
    assert send(editor, "/claims/new", {**again, "text": TEXT}).status_code == 409
    assert send(editor, "/claims/new", again | tick(held)).status_code == 303


def test_the_same_assessment_again_is_recorded_knowingly(editor):
    """What no rule calls a duplicate, an assessment or a request for comment, is not recorded twice unawares."""
    asking = {"party/name": "Oman", "party/kind": "state", "deadline": "2026-02-02T12:00", "question": "Is it so?"}
    for path, fields in ((LOG, {**FIELDS, "type": "assessed"}), (f"{LOG}/ask", asking)):
        recorded = send(editor, path, {**fields, "key": f"first-{path}"}).headers["Location"]
        again = {**fields, "key": f"second-{path}"}
        held = send(editor, path, again)
        assert (409, True) == (held.status_code, recorded in Page(held.text).all("href", "a"))
        assert "The very same is on record: event" in Page(held.text).text
        assert send(editor, path, again | tick(held)).status_code == 303


def test_a_deadline_is_shown_in_the_zone_it_was_given_in(editor):
    """A deadline that is far off is told first as it will be on every page: in the zone that it was typed in."""
    asking = {"party/name": "Oman", "party/kind": "state", "deadline": "2205-12-21T12:00:00+09:00", "question": "So?"}
    held = send(editor, f"{LOG}/ask", {**asking, "key": "far"})
    assert "21 Dec 2205, 12:00 (+09:00) is still to come." in Page(held.text).text


def test_a_form_is_shown_for_what_can_be_done(editor, desk):
    """Of an event that cannot be amended, struck or redacted the form says so before anything is typed."""
    mend(desk, ("struck", {"regarding": 2, "reason": "Not here."}), 3)
    for act, regarding in (("amend", 1), ("strike", 2), ("redact", 1), ("amend", 4)):
        page = browse(editor, f"{LOG}/{act}?regarding={regarding}", 409)
        assert 'id="entry"' not in page.html
    assert "That event does not count any more" in browse(editor, f"{LOG}/strike?regarding=2", 409).text
    assert asked()[0] not in browse(editor, f"{LOG}/strike?regarding=3").text


def test_one_refusal_shows_all_that_is_to_be_looked_at(editor, desk):
    """What is wrong, what is odd and what is on record already are shown together: one round of ticks does."""
    open_claim(desk, said("denied", summary="Not that either."), id_=OTHER_ID, text="Another claim.")
    append(desk, said("denied", summary="Once more.", said_on="2999-12-20"))
    odd = {**FIELDS, "party/country": "KR", "source/url": "mailto:a@wire.example", "said_on": "2999-12-20"}
    wrong = send(editor, LOG, {**odd, "quote/text": "Nein.", "quote/lang": "??"})
    names = ["address/source/url", "date/said_on", "party/party"]
    assert (422, names) == (wrong.status_code, sorted(name.removeprefix("sure/") for name in tick(wrong)))
    again = {**FIELDS, "party/country": "KR", f"also/{OTHER_ID}/type": "denied"}
    append(desk, said("denied", summary="Yes, once more."))
    held = send(editor, LOG, again)
    both = f"{CLAIM.removeprefix('/claims/')}/5 {OTHER_ID}/2"
    assert (409, both) == (held.status_code, tick(held)["sure/duplicate/statement"])
    assert {"sure/duplicate/statement", "sure/party/party"} == {*tick(held)}
    page = Page(held.text)
    assert ("Yes, once more." in page.text, "Not that either." in page.text) == (True, True)
    one = tick(held) | {"sure/duplicate/statement": both.partition(" ")[0]}
    assert send(editor, LOG, again | one).status_code == 409
    assert send(editor, LOG, again | tick(held)).status_code == 303


def test_the_same_words_twice_on_one_claim_are_refused(editor):
    """Lines of the form's own claim that say the very same once more are no duplicate of what is on record."""
    twice = {**FIELDS, f"also/{CLAIM.removeprefix('/claims/')}/type": "denied"}
    refused = send(editor, LOG, twice)
    assert (409, {}, 3) == (refused.status_code, tick(refused), count(editor))


def test_one_name_that_speaks_for_two_is_recorded_knowingly(editor, desk):
    """Unnamed officials of two states would be one party that turned: it is told for whom else the name spoke here."""
    official = {"name": "Unnamed official", "kind": "person"}
    append(
        desk,
        said("denied", official, on_behalf_of={"name": "US State Department", "kind": "ministry", "country": "US"}),
    )
    spoke = {
        "party/name": "unnamed official",
        "party/kind": "",
        "party/country": "",
        "type": "confirmed",
        "on_behalf_of/name": "Iranian Foreign Ministry",
        "on_behalf_of/kind": "ministry",
        "on_behalf_of/country": "IR",
        "attribution": "anonymous",
    }
    first = send(editor, LOG, {**FIELDS, **spoke, "party/name": "Unnamed official"})
    told = (
        "Unnamed official would speak for Iranian Foreign Ministry , and spoke on this claim for others: "
        "US State Department ( event 4 ). One name is one party"
    )
    assert (first.status_code, told in Page(first.text).text) == (409, True), Page(first.text).text
    sent = [
        {**FIELDS, **spoke, "party/name": "Unnamed official", **tick(first)},
        {**FIELDS, **spoke, "key": "another-form", "party/name": "Unnamed Iranian official", "party/kind": "person"},
        {
            **FIELDS,
            **spoke,
            "key": "a-third-form",
            "party/name": "Unnamed official",
            "on_behalf_of/name": "US State Department",
            "on_behalf_of/country": "US",
            "type": "denied",
            "summary": "Nobody at all.",
        },
    ]
    assert [send(editor, LOG, fields).status_code for fields in sent] == [303, 303, 409]


@pytest.mark.parametrize("role", ["party", "on_behalf_of"])
@pytest.mark.parametrize("type_", ["", "nonsense"])
def test_an_amendment_of_no_type_is_refused_whoever_speaks(editor, role, type_):
    """Where the type is none and the kind of a party on record is none either, the faults are told, and no caution."""
    named = {f"{role}/name": "Russian Foreign Ministry", f"{role}/kind": "x"}
    crafted = {**FIELDS, **named, "type": type_, "regarding": "3", "reason": "A slip.", "version": "3"}
    assert send(editor, f"{LOG}/amend", crafted).status_code == 422
