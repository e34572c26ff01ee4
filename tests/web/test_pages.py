"""What the pages show: the same as the JSON says, in words for people."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.builders import MID, MOFA, PAPER, amended, asked, kept, published, said
from tests.formats.hostile import MARKUP, SPOKEN, TEXT, UNSHOWN
from tests.web.browsing import browse, in_words
from tests.web.newsroom import CLAIM, append, mend, open_claim

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
ANSWERED = {"said_on": "2025-12-2X", "said_on_text": "in der Woche", "source": published("2025-12-28")}


def test_a_claim_says_why_it_stands_as_it_does(moscow, client):
    """The page of a claim gives its standing with the parties and the events that made it so."""
    text = browse(client, MEETING).text
    assert (
        "Denied by Russian Foreign Ministry ( 4 , categorical). Nobody affirms it in full. Put forward by"
        " Initial press reports ( 2 , attribution not stated), Unnamed sources ( 3 , anonymous)."
        " Affirmed in part: Russian Foreign Ministry ( 5 )." in text
    )


def test_the_matrix_sets_a_claim_beside_the_aspects_of_it(moscow, client):
    """Parties are down, the claim and its aspects across; from an aspect, the whole and its other aspects."""
    page = browse(client, MEETING)
    assert page.html.count('<th scope="col">') >= 4
    assert "The contact took place in a track 1.5 format" in page.text
    aspect = page.html.partition('<th scope="col"><a href="')[2].partition('"')[0]
    assert "A South Korean official involved in nuclear negotiations met" in browse(client, aspect).text


def test_two_clocks_are_told_apart_and_a_vague_date_stays_vague(desk, client):
    """When it was said is shown as vague as it was given, beside when it was recorded."""
    open_claim(desk, said("denied", **ANSWERED))
    text = browse(client, CLAIM).text
    assert "Said some time from 20 Dec 2025 to 29 Dec 2025 in der Woche Source The Wire , 28 Dec 2025" in text
    assert "Recorded 31 Jan 2026, 10:00 UTC by desk-seoul" in text


@pytest.mark.parametrize(
    ("lang", "text"),
    [("ko", "사실이 아닙니다."), ("ar", "لا صحة لذلك."), ("he", "אין לכך כל יסוד."), ("zh", "毫无根据。")],
)
def test_a_quote_stands_in_its_own_script_and_direction(desk, client, lang, text):
    """A quote is marked with its language and takes its own direction, its translation stands beside it."""
    quote = {"text": text, "lang": lang, "translation": "It is unfounded."}
    open_claim(desk, ("denied", {"party": MID, "quote": quote, "source": {"publisher": "The Wire"}}))
    html = browse(client, CLAIM).html
    assert f'<blockquote lang="{lang}" dir="auto">{text}</blockquote>' in html
    translation = 'class="translation" lang="" dir="auto">It is unfounded.<'
    assert translation in html


def test_what_we_mended_shows_where_it_bites(desk, client):
    """An amended event reads as amended and shows each earlier logging; a struck one stays, with the reason."""
    open_claim(desk, said("denied", summary="As it was heard."), said("ncnd", MOFA))
    assert mend(desk, amended(2, said("confirmed", summary="Half mended.", extent="partial")), 3).status_code == 201
    assert mend(desk, kept("struck", regarding=3), 4).status_code == 201
    assert mend(desk, amended(2, said("confirmed", summary="As it should read.")), 5).status_code == 201
    page = browse(client, CLAIM)
    now, _, earlier = page.text.partition("As amended before, by event 4")
    before, _, first = earlier.partition("As first logged")
    assert "Our record of this was amended: It was logged wrongly. · event 6" in now
    assert "As it should read." in now
    assert "Russian Foreign Ministry RU confirmed in part Half mended." in before
    assert "Russian Foreign Ministry RU denied As it was heard." in first
    assert "Struck from our record: It was logged wrongly. · event 5" in first
    assert 'class="event withholds struck"' in page.html
    assert "Confirmed" in browse(client, "/claims").text


LOST = {
    "en": ("An amendment of our record of this, event 3, was redacted: A name.", "event 3, an amendment of event 2"),
    "ko": ("우리 기록의 수정(항목 3) 내용을 삭제함: A name.", "항목 3, 수정 대상: 항목 2"),
    "ru": (
        "Содержание изменения нашей записи об этом (запись 3) удалено: A name.",
        "запись 3, изменение записи 2",
    ),
}


@pytest.mark.parametrize(("language", "told"), LOST.items())
def test_an_amendment_that_was_redacted_is_told_where_it_bit(desk, client, language, told):
    """An event whose amendment was erased reads as before it, and says so, as amended anew or struck too."""
    asked = {"Accept-Language": language}
    open_claim(desk, said("denied", summary="As it was heard."))
    assert mend(desk, amended(2, said("confirmed")), 2).status_code == 201
    later = (kept("redacted", regarding=3, reason="A name."), amended(2, said("ncnd")), kept("struck", regarding=2))
    for version, event in enumerate(later, 3):
        assert mend(desk, event, version).status_code == 201
        whole, alone = (browse(client, path, **asked) for path in (CLAIM, f"{CLAIM}/events/2"))
        assert [told[0] in in_words(page.html) for page in (whole, alone)] == [True, True]
        assert f"{CLAIM}/events/4" in alone.all("href", "a")
    redaction = browse(client, f"{CLAIM}/events/4", **asked)
    assert told[1] in in_words(redaction.html)
    assert f"{CLAIM}/events/2" in redaction.all("href", "a")
    assert "An amendment" not in browse(client, f"{CLAIM}?as_of=3").text


def test_what_was_redacted_is_gone_from_every_page(desk, client):
    """Of a redacted event, its place and the reason remain, on every page that had it."""
    open_claim(desk, said("denied", summary="What must go."))
    assert "What must go." in browse(client, CLAIM).text
    assert mend(desk, kept("redacted", regarding=2), 2).status_code == 201
    paths = (CLAIM, f"{CLAIM}/events/2", f"{CLAIM}/versions/2", f"{CLAIM}/versions/3?diff=1", "/events", "/corrections")
    pages = [browse(client, path).text for path in paths]
    assert [False] * len(paths) == ["What must go." in text for text in pages]
    assert "Redacted (denied): what this event said was erased. Reason: It was logged wrongly. · event 3" in pages[0]
    assert "Redacted (denied): what this event said was erased. An official met" in pages[4]


def test_a_link_to_an_event_leads_to_where_that_event_is(desk, client):
    """Alone, in a difference or in the past, what became of an event is led to on its own page."""
    open_claim(desk, said("denied"), said("reported"), said("denied", MOFA))
    assert mend(desk, amended(2, said("denied", summary="Half.")), 4).status_code == 201
    for n, (version, what) in enumerate(((3, "struck"), (4, "redacted")), 5):
        assert mend(desk, kept(what, regarding=version), n).status_code == 201
    paths = (*(f"events/{n}" for n in (2, 3, 4)), "versions/4", "versions/4?diff=2", "versions/7")
    pages = [browse(client, f"{CLAIM}/{path}") for path in paths]
    assert f"{CLAIM}/events/5" in pages[0].all("href", "a")


def test_what_had_not_been_said_by_then_is_led_to_on_its_own_page(desk, client):
    """What is struck or taken back may be of an event that a page cut by time said has not."""
    open_claim(desk, said("denied", said_on="2025-12-22"), said("denied", MOFA, said_on="2025-12-20"))
    type_, data = said("retracted", regarding=2, said_on="2025-12-21")
    assert desk.post(f"{CLAIM}/events", json={"type": type_, "data": data}).status_code == 201
    assert mend(desk, kept("struck", regarding=2), 4).status_code == 201
    links = browse(client, f"{CLAIM}?said_until=2025-12-21").all("href", "a")
    assert 2 == links.count(f"{CLAIM}/events/2")


def test_the_past_says_that_it_is_the_past(moscow, client):
    """A page of the past says so, what has come since, and where the present and the difference are."""
    page = browse(client, f"{MEETING}/versions/4")
    assert "This is the past. The record as it stood on 31 Jan 2026, 10:00 UTC, with log size 4." in page.text
    assert "5 events have come to this claim since." in page.text
    assert {MEETING, f"{MEETING}/versions/9?diff=4"} <= set(page.all("href", "a"))
    assert "This is the past." not in browse(client, MEETING).text
    assert "Only what had surely been said by 21 Dec 2025." in browse(client, f"{MEETING}?said_until=2025-12-21").text
    assert "5 events have come to this claim since." in browse(client, f"{MEETING}?as_of=4").text


def test_sentences_do_not_run_into_each_other(moscow, client):
    """A log size that ends a sentence and the number that begins the next are told apart by a reader, too."""
    read = re.sub(r"<[^>]*>", "", browse(client, f"{MEETING}/versions/4").html)
    assert re.search(r"with log size 4\.\s+5 events have come to this claim since\.", read)


def test_a_difference_says_who_moved(moscow, client):
    """The difference between two moments is who moved, from where to where, and the events that made it so."""
    text = browse(client, f"{MEETING}/versions/9?diff=3").text
    assert "What changed from event 3 to event 9" in text
    assert "Reported → Denied" in text
    moved = text.partition("Who moved")[2].partition("Events that came between")[0].replace(" , ", ", ")
    assert moved == (
        " Party Before After Events Russian Foreign Ministry no position denies categorical concedes a part ( 5 ) 4, 5"
        " South Korean Foreign Ministry no position withholds 6 "
    )


def test_what_changed_is_asked_since_an_event_by_its_number(moscow, client):
    """A claim's page compares itself with any event before its own last one; at the first there is none."""
    asked = re.search(r'<input type="number" name="diff"[^>]*>', browse(client, f"{MEETING}/versions/4").html)
    assert asked is not None
    assert 'min="1" max="3" value="3" required' in asked[0]
    assert 'name="diff"' not in browse(client, f"{MEETING}/versions/1").html


def test_a_turn_is_shown_with_both_statements(desk, client):
    """A reversal is a line in the picture, a line on the claim's page, and a pair on the party's."""
    open_claim(desk, said("denied", summary="It did not.", said_on="2025-12-21"), said("reported", PAPER))
    append(desk, said("confirmed", summary="It did.", said_on="2026-01-10"))
    page = browse(client, CLAIM)
    assert page.html.count('class="turn"') == 1
    assert "Reversal : Russian Foreign Ministry , denies ( 2 ) → affirms ( 4 )" in page.text
    party = browse(client, "/parties/russian-foreign-ministry").text
    assert "It did not." in party
    assert "It did." in party
    assert "Denials: n = 1" in party
    assert "Median days to reversal: 20" in party


def test_a_list_says_who_denies_who_affirms_and_who_is_silent(desk, client):
    """A claim is a row: its standing, its text, who takes which side, when it last moved."""
    open_claim(desk, said("denied"), said("ncnd", MOFA), asked())
    text = browse(client, "/claims?standing=denied").text
    row = text.partition("Further claims")[0]
    assert "An official met the envoy in Moscow. Denies Russian Foreign Ministry Withholds South Korean Foreign" in row
    assert "last moved 31 Jan 2026, 10:00 UTC comment requested" in row
    assert "No claim answers this." in browse(client, "/claims?standing=confirmed").text
    assert "An official met" in browse(client, "/claims?party=Russian+Foreign+Ministry").text


def test_every_page_of_a_list_leads_to_the_next(moscow, client):
    """Lists, parties, corrections and the record have a link to what follows, which is there."""
    for path in ("/claims?limit=3", "/parties?limit=3", "/events?limit=3"):
        page = browse(client, path)
        following = next(href for href in page.all("href", "a") if "limit=3&" in href or "cursor=" in href)
        assert browse(client, following.replace("&amp;", "&")).text != page.text


def test_hostile_texts_do_nothing_on_any_page(desk, client):
    """What somebody sends to make a browser do something is shown as text, or not at all."""
    open_claim(desk, ("denied", SPOKEN), text=TEXT, topics=["<script>"])
    mend(desk, kept("amended", regarding=2, type="denied", statement=SPOKEN, reason="<script>alert(1)</script>"), 2)
    key = browse(client, "/parties").html.partition('class="party" href="')[2].partition('"')[0]
    for path in (
        "/",
        "/claims",
        CLAIM,
        f"{CLAIM}/events/2",
        f"{CLAIM}/versions/3?diff=1",
        "/parties",
        key,
        "/events",
        "/corrections",
    ):
        page = browse(client, path)
        outside = page.html.replace("<script defer src=", "").replace('<script type="module" src=', "")
        assert [] == [text for text in MARKUP if text in outside], path
        assert [] == [text for text in UNSHOWN if text in page.html], path
        assert [] == [href for href in page.all("href") if not href.startswith(("/", "#", "http://", "https://"))]
        assert [] == [a for a in page.attributes if a[1].startswith("on") or a[1] == "style"]


def test_pages_in_order_have_headings_in_order(moscow, client):
    """Every page has one first heading and no level that is skipped."""
    for path in (
        "/",
        "/claims",
        MEETING,
        f"{MEETING}/events/4",
        "/parties",
        "/parties/russian-foreign-ministry",
        "/events",
        "/nowhere",
    ):
        html = browse(client, path, 404 if path == "/nowhere" else 200).html
        levels = [int(part[0]) for part in html.split("<h")[1:] if part[0].isdigit()]
        assert levels.count(1) == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), path
