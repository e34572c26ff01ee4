"""What pages, forms, feeds and badges tell of words of an earlier wording, and of words that change no position."""

from __future__ import annotations

import re

import pytest

from service.tokens import create_token
from tests.builders import kept, said
from tests.web.browsing import Page, browse, fields_of, reason_of, rows_of, send, sign_in, tick, who_is_listed
from tests.web.newsroom import CLAIM, append, mend, open_claim

SWISS = {"name": "Swiss Foreign Ministry", "kind": "ministry", "country": "CH"}
OFFICE = {"name": "Office of the Envoy", "kind": "agency"}
UNIFICATION = {"name": "Unification Ministry", "kind": "ministry", "country": "KR"}
BERN = "The envoy met the minister in Bern."
LATE = (said("confirmed", UNIFICATION, said_on="2025-12-10"), said("denied", UNIFICATION, said_on="2025-12-02"))


@pytest.fixture
def reworded(desk):
    """Open a claim that a ministry denies, word it anew, and have an office confirm that."""
    open_claim(desk, said("denied", SWISS, summary="They did not meet in Geneva."), text="They met in Geneva.")
    assert mend(desk, kept("reworded", text=BERN), 2).status_code == 201
    assert append(desk, said("confirmed", OFFICE, summary="They met in Bern.")).status_code == 201


@pytest.fixture
def editor(app, store, clock, desk):
    """Sign in as an editor."""
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


@pytest.mark.usefixtures("reworded")
def test_a_position_of_an_earlier_wording_is_told_as_such(client):
    """Reason, table, picture and history say whose words are about the text that the claim had before."""
    page = browse(client, CLAIM)
    assert reason_of(page) == (
        "Affirmed in full by Office of the Envoy (4)."
        " Denied in full by Swiss Foreign Ministry (2, of an earlier wording)."
    )
    assert rows_of(page) == [
        "Swiss Foreign Ministry CH denies 2 said of an earlier wording (3)",
        "Office of the Envoy affirms 4",
    ]
    assert "2: denied, of an earlier wording" in page.text
    assert page.text.count("Said of an earlier wording of the claim, which event 3 replaced.") == 1
    assert "of an earlier wording" not in browse(client, f"{CLAIM}/versions/2").text
    for path in (f"{CLAIM}/events/2", f"{CLAIM}/versions/4?diff=1"):
        assert "which event 3 replaced." in browse(client, path).text


@pytest.mark.usefixtures("reworded")
def test_the_table_leads_to_the_word_of_this_wording(desk, client):
    """Where a party said the same of the wording before, its position begins by that, as in JSON; both are named."""
    assert append(desk, said("denied", SWISS, said_on="2026-01-30")).status_code == 201
    assert client.get(CLAIM).json["positions"][0]["since"] == 2
    assert rows_of(browse(client, CLAIM))[0] == "Swiss Foreign Ministry CH denies 2 exactly so since 5"


@pytest.mark.usefixtures("reworded")
def test_whoever_reads_of_the_claim_elsewhere_is_told(client):
    """Lists, the small page, the party's page, the badge and the feed of claims say the same."""
    listed = "Denies Swiss Foreign Ministry (of an earlier wording) Affirms Office of the Envoy"
    assert [listed] * 3 == [who_is_listed(browse(client, path)) for path in ("/", "/claims", f"{CLAIM}/embed")]
    assert "denies ( 2 ) said of an earlier wording ( 3 )" in browse(client, "/parties/swiss-foreign-ministry").text
    assert "earlier wording" not in browse(client, "/parties/office-of-the-envoy").text
    told = "Swiss Foreign Ministry (of an earlier wording, before event 3)"
    assert f"Denies it: {told}." in client.get(f"{CLAIM}.svg").text
    content = client.get("/claims.feed").json["items"][0]["content_text"]
    assert "Swiss Foreign Ministry: denies it (of an earlier wording, before event 3)." in content.split("\n")


@pytest.fixture
def turned(desk):
    """Open a claim that one denies, partly disputes or takes back; turn it round; have the same and another confirm."""
    zed, other = ({"name": f"Zed {name}", "kind": "agency", "country": "ZW"} for name in ("Ministry", "Presidency"))
    said_of_left = (
        said("denied", OFFICE, summary="They did not leave."),
        said("denied", zed, said_on="2026-01-02"),
        said("denied", UNIFICATION, extent="partial", scope="Not all of them."),
        said("denied", SWISS),
        said("retracted", SWISS, regarding=5),
    )
    open_claim(desk, *said_of_left, text="Troops left.")
    assert mend(desk, kept("reworded", text="Troops stayed."), 6).status_code == 201
    for word in (said("confirmed", OFFICE), said("confirmed", other, said_on="2026-01-05")):
        assert append(desk, word).status_code == 201


@pytest.mark.usefixtures("turned")
def test_no_sentence_puts_a_word_to_a_wording_that_it_was_not_said_of(client):
    """Reversal, overtaken, in part, taken back: each says which of its words is of an earlier wording."""
    page = browse(client, CLAIM)
    assert reason_of(page) == (
        "Affirmed by Office of the Envoy (8), Zed Presidency (9). Disputed in part: Unification"
        " Ministry (4, of an earlier wording)."
        " The denial by Zed Ministry (3, of an earlier wording) is overtaken by Zed Presidency (9),"
        " another voice of ZW. Swiss Foreign Ministry (5, of an earlier wording) withdrew its denial"
        " (6, of an earlier wording)."
    )
    reversal = "Reversal: Office of the Envoy, denies (2, of an earlier wording) → affirms (8)"
    assert f"{reversal}. The claim was reworded in between.".replace(" ", "") in page.text.replace(" ", "")
    pair = browse(client, "/parties/office-of-the-envoy").text
    assert (pair.count("said of an earlier wording ( 7 )"), "The claim was reworded in between." in pair) == (1, True)
    taken = "withdrawn ( 6 ) denial ( 5 , of an earlier wording), withdrawn by itself ( 6 , said date not known)"
    assert taken in browse(client, "/parties/swiss-foreign-ministry").text


def test_a_claim_is_what_it_is_about_as_well(editor, desk, client):
    """Where the place is worded anew, a tick is asked for, also of who took a word back; earlier words are marked."""
    open_claim(desk, said("denied", SWISS), said("retracted", SWISS, regarding=2), about={"place": "Oslo"})
    form = f"{CLAIM}/log/reword"
    typed = fields_of(browse(editor, form)) | {"about/place": "Bergen", "reason": "It was there."}
    held = send(editor, form, typed)
    assert (held.status_code, "Swiss Foreign Ministry : withdrawn" in Page(held.text).text) == (409, True)
    assert send(editor, form, typed | tick(held)).status_code == 303
    assert "said of an earlier wording (4)" in rows_of(browse(client, CLAIM))[0]


TOLD = {
    "ko": ("이전 문구에 대한 발언(3)", "그 문구는 3번 항목에서 바뀌었습니다."),
    "ru": ("сказано о прежней формулировке (3)", "которую заменила запись 3 ."),
}


@pytest.mark.usefixtures("reworded")
@pytest.mark.parametrize(("language", "told"), TOLD.items())
def test_it_is_told_in_the_language_of_the_reader(client, language, told):
    """Table and history say it in Korean and Russian."""
    page = browse(client, CLAIM, **{"Accept-Language": language})
    in_table, in_history = told
    assert in_table in rows_of(page)[0].replace("( ", "(").replace(" )", ")")
    assert in_history.replace(" ", "") in page.text.replace(" ", "")


@pytest.mark.usefixtures("reworded")
def test_a_claim_that_reads_as_before_has_no_words_of_an_earlier_wording(desk, client):
    """Worded back, the claim is again the one that was denied, and what was said of the other is not of it."""
    assert mend(desk, kept("reworded", text="They met in Geneva."), 4).status_code == 201
    assert rows_of(browse(client, CLAIM)) == [
        "Swiss Foreign Ministry CH denies 2",
        "Office of the Envoy affirms 4 said of an earlier wording (5)",
    ]


def test_whoever_rewords_a_claim_is_shown_what_rests_on_its_wording(editor, desk):
    """The form names who spoke of the wording that is there, and asks for a tick; of another text it asks anew."""
    open_claim(desk, said("denied", SWISS), text="They met in Geneva.")
    form = f"{CLAIM}/log/reword"
    typed = fields_of(browse(editor, form)) | {"text": BERN, "reason": "The paper meant Bern."}
    held = send(editor, form, typed)
    assert held.status_code == 409
    assert "Swiss Foreign Ministry : denies ( event 2 )" in Page(held.text).text
    ticked = typed | tick(held)
    assert send(editor, form, {**ticked, "text": "They met in Basel."}).status_code == 409
    assert send(editor, form, ticked).status_code == 303


def test_a_word_that_was_logged_late_says_why_it_changes_nothing(desk, client):
    """Table and history say that it was said before what stands, and that it changes nothing."""
    open_claim(desk, *LATE)
    page = browse(client, CLAIM)
    assert rows_of(page) == ["Unification Ministry KR affirms 2 denied (3): said before event 2, changes nothing here"]
    told = "Said before event 2 : it does not change where the party stands."
    assert (page.text.count(told), told in browse(client, f"{CLAIM}/events/3").text) == (1, True)
    append(desk, said("declined", UNIFICATION))
    page = browse(client, CLAIM)
    assert "The party stood somewhere already, and words like these do not change that." in page.text
    assert rows_of(page)[0].endswith("declined to comment (4): changes nothing here")


def test_a_difference_leads_to_words_that_are_not_on_it(desk, client):
    """Of a word that changes nothing, itself and the one before which it was said are led to on the claim's page."""
    dated = (("denied", UNIFICATION, "10"), ("reported", SWISS, "11"), ("declined", UNIFICATION, "05"))
    open_claim(desk, *(said(type_, who, said_on=f"2025-12-{day}") for type_, who, day in dated))
    append(desk, said("confirmed", UNIFICATION, said_on="2025-12-20"))
    page = browse(client, f"{CLAIM}/versions/5?diff=2")
    assert "declined to comment ( 4 ): said before event 2 , changes nothing here" in page.text
    assert {f"{CLAIM}#event-{n}" for n in (2, 4)} <= set(page.all("href", "a"))


def test_the_preview_says_that_a_word_changes_nothing(editor, desk):
    """Who is about to log a word of before what stands is told that the position stays, and why."""
    open_claim(desk, LATE[0])
    typed = {
        "key": "a-form-of-the-test",
        "party/name": "Unification Ministry",
        "type": "denied",
        "summary": "Nobody went.",
        "said_on": "2025-12-02",
        "source/publisher": "The Wire",
    }
    page = Page(send(editor, f"{CLAIM}/log", typed, "preview").text)
    assert "denied: Said before event 2: it does not change where the party stands." in page.text
    page = Page(send(editor, f"{CLAIM}/log", {**typed, "said_on": "2025-12-12"}, "preview").text)
    assert "Said before" not in page.text


def test_what_stands_beside_a_stance_is_told_apart(desk, client):
    """What a party withdrew and which wording that was of are two texts, with a blank between them without a style."""
    open_claim(desk, said("denied", SWISS), said("walked_back", SWISS, regarding=2))
    assert mend(desk, kept("reworded", text="They met in Bern."), 3).status_code == 201
    read = re.sub(r"<[^>]*>", "", browse(client, f"{CLAIM}/versions/4?diff=1").html)
    assert "denial, walked back said of an earlier wording (4)" in " ".join(read.split())
