"""What pages, badges and feeds say beside a stance: who was overtaken, who took back whose words, on what terms."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from service.formats.badge import IN_PART
from tests.builders import kept, said
from tests.web.browsing import browse, in_words, reason_of, rows_of, who_is_listed
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, mend, open_claim

SAUDI = {"name": "Saudi Arabia", "kind": "state", "country": "SA"}
MINISTRY = {"name": "Saudi Foreign Ministry", "kind": "ministry", "country": "SA"}
GALLANT = {"name": "Yoav Gallant", "kind": "person", "country": "IL"}
ADVISER = {"name": "Saudi adviser", "kind": "person"}
PRESIDENT = {"name": "Omicron President", "kind": "state", "country": "OM"}
OMICRON = {"name": "Omicron Foreign Ministry", "kind": "ministry", "country": "OM"}
PAPER = {"name": "The Paper", "kind": "media"}
UNNAMED = said("confirmed", ADVISER, attribution="anonymous", on_behalf_of=SAUDI, said_on="2020-11-23")
OVERTAKEN = (said("denied", MINISTRY, said_on="2020-11-23"), said("confirmed", GALLANT), UNNAMED)
TAKEN_BACK = (said("reported", PAPER), said("denied", PRESIDENT))


OVERTAKEN_TOLD = {
    "en": (
        "Affirmed by Yoav Gallant (3), Saudi adviser on behalf of Saudi Arabia (4, anonymous)."
        " The denial by Saudi Foreign Ministry (2) is overtaken by"
        " Saudi adviser (4, anonymous), another voice of Saudi Arabia."
    ),
    "ko": (
        "긍정한 주체: Yoav Gallant (3), Saudi adviser (대변 대상: Saudi Arabia) (4, 익명)."
        " 부인(Saudi Foreign Ministry, 2)은 같은 측(Saudi Arabia) 다른 주체의 긍정에 밀려남: Saudi adviser (4, 익명)."
    ),
    "ru": (
        "Подтверждают: Yoav Gallant (3), Saudi adviser от имени « Saudi Arabia » (4, анонимно)."
        " Отрицание (Saudi Foreign Ministry, 2) перекрыто подтверждением другого голоса"
        " (Saudi Arabia): Saudi adviser (4, анонимно)."
    ),
}


@pytest.mark.parametrize(("language", "told"), OVERTAKEN_TOLD.items())
def test_a_denial_that_is_overtaken_is_told(desk, client, language, told):
    """Where a full denial is overtaken no page says that nobody denies it: the denial is named, and who overtook it."""
    open_claim(desk, *OVERTAKEN)
    assert told == reason_of(browse(client, CLAIM, **{"Accept-Language": language})).replace("( ", "(")


def test_a_denial_that_is_overtaken_is_listed_as_one(desk, client):
    """Lists, the small page, the table, the party, the badge and feeds say that the denial is overtaken."""
    open_claim(desk, *OVERTAKEN)
    listed = (
        "Denies Saudi Foreign Ministry (overtaken by Saudi adviser)"
        " Affirms Yoav Gallant, Saudi adviser on behalf of Saudi Arabia (anonymous)"
    )
    assert [listed] * 3 == [who_is_listed(browse(client, path)) for path in ("/", "/claims", f"{CLAIM}/embed")]
    assert rows_of(browse(client, CLAIM)) == [
        "Saudi Foreign Ministry SA denies 2 overtaken by Saudi adviser (4)",
        "Yoav Gallant IL affirms 3",
        "Saudi adviser affirms 4 on behalf of Saudi Arabia anonymous",
    ]
    party = "/parties/saudi-foreign-ministry"
    assert "denies (2) overtaken by Saudi adviser (4)" in in_words(browse(client, party).html)
    assert [4] == [position["overtaken_by"] for position in client.get(party).json["positions"]]
    assert describe(client, CLAIM) == (
        "Denies it: Saudi Foreign Ministry (overtaken by another voice, event 4, anonymous)."
        " Affirms it: Yoav Gallant, Saudi adviser on behalf of Saudi Arabia (anonymous)."
    )
    content = client.get(f"{CLAIM}.feed").json["items"] and client.get("/claims.feed").json["items"][0]["content_text"]
    assert "Saudi Foreign Ministry: denies it (overtaken by another voice, event 4, anonymous)." in content.split("\n")


def test_an_affirmation_on_the_record_too_is_none_of_an_unnamed(desk, client):
    """Whoever once affirmed it on the record is not called anonymous."""
    open_claim(desk, UNNAMED, said("confirmed", ADVISER, on_behalf_of=SAUDI, said_on="2020-11-24"))
    assert "Affirms Saudi adviser on behalf of Saudi Arabia" == who_is_listed(browse(client, "/claims"))
    who = "Saudi adviser on behalf of Saudi Arabia"
    assert reason_of(browse(client, CLAIM)).startswith(f"Affirmed by {who} (2, anonymous), {who} (3).")


def describe(client, claim):
    """Give what a badge tells those who do not see it."""
    return ET.fromstring(client.get(f"{claim}.svg").text).find("{http://www.w3.org/2000/svg}desc").text  # noqa: S314 - ours


@pytest.mark.parametrize(
    ("by", "reason", "listed", "row", "event"),
    [
        (
            PRESIDENT,
            "Omicron President withdrew its denial (4).",
            "Omicron President (denial)",
            "Omicron President OM withdrawn 4 denial",
            "Omicron President OM retracted a statement of its own (denial)",
        ),
        (
            OMICRON,
            "The denial by Omicron President (3) was withdrawn by Omicron Foreign Ministry (4).",
            "Omicron President (denial, withdrawn by Omicron Foreign Ministry)",
            "Omicron President OM withdrawn 4 denial, withdrawn by Omicron Foreign Ministry",
            "Omicron Foreign Ministry OM retracted a statement of Omicron President (denial)",
        ),
    ],
)
def test_who_took_back_whose_denial_is_told(desk, client, by, reason, listed, row, event):
    """A denial that was taken back is named as that wherever its party is, with who took it back where another did."""
    open_claim(desk, *TAKEN_BACK, said("retracted", by, regarding=3))
    page = browse(client, CLAIM)
    assert f"Put forward by The Paper (2). No affirmation in full stands, and no denial. {reason}" == reason_of(page)
    assert rows_of(page) == ["The Paper asserts 2", row]
    assert event in in_words(page.html)
    for path in ("/claims", f"{CLAIM}/embed"):
        assert f"Asserts The Paper Withdrawn {listed}" == who_is_listed(browse(client, path))
    assert "What it said was withdrawn: Omicron President." in describe(client, CLAIM)
    correction = client.get("/corrections.feed").json["items"][0]["title"]
    assert correction == f"{by['name']} retracted a statement (event 3: Omicron President denied): What was said."


def test_an_affirmation_that_was_taken_back_is_told(desk, client):
    """Of an affirmation that another voice took back the reason says whose it was."""
    open_claim(desk, said("confirmed", PRESIDENT), said("retracted", OMICRON, regarding=2))
    assert reason_of(browse(client, CLAIM)) == (
        "Whatever was put forward or affirmed in full was withdrawn or corrected away: Omicron Foreign Ministry (3)."
        " Nobody affirms it in full."
        " The affirmation by Omicron President (2) was withdrawn by Omicron Foreign Ministry (3)."
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "Redacted (denied)",
                "Struck from our record (The Paper reported)",
                "Omicron President retracted a statement of its own (denial)",
            ],
        ),
        (
            "ko",
            [
                "내용 삭제 (부인)",
                "기록에서 말소 (The Paper 보도)",
                "Omicron President 발언 철회 (대상: 자신의 부인 발언)",
            ],
        ),
        (
            "ru",
            [
                "Содержание удалено (отрицает)",
                "Вычеркнуто из реестра (The Paper — сообщает)",
                "Omicron President — отзывает заявление (собственное: отрицание)",
            ],
        ),
    ],
)
def test_the_home_page_says_who_took_back_what(desk, client, language, told):
    """Each of the newest corrections says who did what to whose statement, and names the claim as what it is about."""
    open_claim(desk, *TAKEN_BACK, said("retracted", PRESIDENT, regarding=3), said("denied", MINISTRY))
    assert mend(desk, kept("struck", regarding=2), 5).status_code == 201
    assert mend(desk, kept("redacted", regarding=5), 6).status_code == 201
    page = browse(client, "/", **{"Accept-Language": language})
    listed = page.html.partition('id="mended"')[2].partition("</ul>")[0].split("<li>")[1:]
    assert told == [in_words(one.split("<br>")[1]).replace(" : ", ": ") for one in listed]
    assert all("An official met the envoy in Moscow." in one for one in listed)


def test_what_had_been_said_by_a_day_is_told_with_all_beside_it(desk, client):
    """Parts and who is overtaken are told of what had been said by a day, too, and that aspects have no column."""
    part = said("acknowledged", MINISTRY, extent="partial", said_on="2020-11-22")
    open_claim(desk, *OVERTAKEN, part)
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM_ID})
    open_claim(desk, link, said("denied", GALLANT), id_=OTHER_ID, text="The talks were official.")
    page = browse(client, f"{CLAIM}?said_until=2020-11-23")
    assert rows_of(page) == [
        "Saudi Foreign Ministry SA denies 2 concedes a part (5) overtaken by Saudi adviser (4)",
        "Saudi adviser affirms 4 on behalf of Saudi Arabia anonymous",
    ]
    assert "The claims that belong with this one have no column here" in page.text
    assert f"{OTHER}?said_until=2020-11-23" in page.all("href", "a")


def test_the_past_says_which_aspects_have_moved(desk, client):
    """A claim of the past to which nothing came says so of itself alone, and of each aspect how it stands today."""
    open_claim(desk, said("denied", MINISTRY))
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM_ID})
    open_claim(desk, link, said("denied", MINISTRY), id_=OTHER_ID, text="The talks were official.")
    past = f"{CLAIM}?as_of=5"
    then = browse(client, past)
    assert "Nothing has come to this claim since. · See it as it stands now" in then.text
    assert "today" not in then.text.partition("Time travel")[0]
    append(desk, ("linked", {"relation": "context", "claim": OTHER_ID}), OTHER)
    append(desk, said("confirmed", ADVISER, on_behalf_of=SAUDI), OTHER)
    page = browse(client, past)
    assert "Nothing has come to this claim since. · Of the claims beside it, 1 has moved since. ·" in page.text
    assert "Denied today: Confirmed" in in_words(page.html)


def test_a_badge_names_every_stance(desk, client):
    """Whoever does not see a badge is told of each stance who takes it, the first few, and how many more do."""
    many = [said("confirmed", {"name": f"Ministry {n}", "kind": "ministry"}) for n in range(12)]
    open_claim(desk, *many, said("denied", MINISTRY, extent="partial"), said("denied", PRESIDENT))
    assert describe(client, CLAIM) == (
        "Affirms it: Ministry 0, Ministry 1, Ministry 2, Ministry 3 and 8 more."
        " Denies it in part: Saudi Foreign Ministry. Denies it: Omicron President."
    )


def test_a_denial_of_a_part_has_its_own_mark(desk, client):
    """The badge and the page draw the mark of a part where every denial is of a part."""
    open_claim(desk, said("denied", MINISTRY, extent="partial"))
    half = f'<path d="{IN_PART["denied"]}"'
    assert half in client.get(f"{CLAIM}.svg").text
    assert (
        f'<svg class="mark denied" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{half}'
        in (browse(client, CLAIM).html.partition('<p class="verdict-word">')[2])
    )


def test_what_was_erased_is_told_of_no_position(desk, client):
    """Once the words of whoever took a denial back are erased, no list, of the past neither, names them."""
    open_claim(desk, *TAKEN_BACK, said("retracted", OMICRON, regarding=3))
    assert "withdrawn by Omicron Foreign Ministry" in browse(client, "/claims?as_of=4").text
    assert mend(desk, kept("redacted", regarding=4), 4).status_code == 201
    for path in ("/claims?as_of=4", "/claims", "/", f"{CLAIM}/embed", f"{CLAIM}?as_of=4"):
        assert "Omicron Foreign Ministry" not in browse(client, path).text
