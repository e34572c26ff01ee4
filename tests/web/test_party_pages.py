"""Hold `/parties/{key}` to pages: of one moment, bounded, each claim once, and behind every number all its claims."""

from __future__ import annotations

import pytest

from tests.builders import MOFA, PAPER, assessed, kept, said
from tests.web.browsing import browse, in_words, send
from tests.web.directory import MID_KEY, MOFA_KEY, party
from tests.web.newsroom import CLAIM, CLAIM_ID, NOW, OTHER_ID, append, mend, open_claim, refused


@pytest.fixture
def two(desk):
    """Record who spoke on two claims: nine events."""
    open_claim(desk, said("reported", PAPER), said("denied"), said("ncnd", MOFA), assessed())
    open_claim(desk, said("denied"), said("ncnd"), said("confirmed"), id_=OTHER_ID)
    return desk


def test_a_partys_claims_come_in_pages_of_one_moment(desk, client):
    """Each claim is met once, the newest change first, while others write; what is no list is on the first page."""
    ids = [f"4be7c1d2-0000-4000-8000-0000000001{n:02}" for n in range(5)]
    for id_ in ids:
        open_claim(desk, said("denied"), said("confirmed", MOFA), id_=id_)
    first = client.get(f"/parties/{MID_KEY}?limit=2")
    pages = [first]
    while pages[-1].json["next"]:
        append(desk, said("ncnd", scope=str(len(pages))), f"/claims/{ids[-len(pages)]}")
        pages.append(client.get(pages[-1].headers["Link"].partition(">")[0][1:]))
    assert [[p["claim"] for p in page.json["positions"]] for page in pages] == [
        [ids[4], ids[3]],
        [ids[2], ids[1]],
        [ids[0]],
    ]
    assert {p["stance"] for page in pages for p in page.json["positions"]} == {"denies"}
    assert [page.json["as_of"]["log_size"] for page in pages] == [15, 15, 15]
    assert [sorted(page.json) for page in pages[1:]] == [["as_of", "next", "party", "positions"]] * 2
    assert first.json["track_record"]["denials"]["claims"]["affirmed_by_others"] == ids[::-1]


def test_the_claims_behind_every_number_can_be_asked_for(two, client):
    """A number of the track record names 50 claims at the most; `behind` leads through all of them."""
    ids = [f"4be7c1d2-0000-4000-8000-0000000001{n:02}" for n in range(52)]
    for id_ in ids:
        open_claim(two, said("denied"), id_=id_)
    told = party(client, MID_KEY)
    assert (len(told["positions"]), told["track_record"]["denials"]["standing"]) == (50, 53)
    assert told["track_record"]["denials"]["claims"]["standing"] == ids[:1:-1]
    behind = party(client, MID_KEY, "behind=denials.standing&limit=52")
    assert [p["claim"] for p in behind["positions"]] == ids[::-1]
    rest = party(client, MID_KEY, f"behind=denials.standing&limit=52&cursor={behind['next']}")
    assert ([p["claim"] for p in rest["positions"]], rest["next"]) == ([CLAIM_ID], None)
    turned = party(client, MID_KEY, "behind=reversals")
    assert ([c["claim"] for c in turned["reversals"]], turned["positions"][0]["stance"]) == ([OTHER_ID], "affirms")


@pytest.mark.usefixtures("two")
def test_a_cursor_of_a_party_belongs_to_its_question(client):
    """Of another party, another number or another moment, a cursor is refused, as is a number that is none."""
    cursor = party(client, MID_KEY, "limit=1")["next"]
    assert len(party(client, MID_KEY, f"limit=1&cursor={cursor}")["positions"]) == 1
    for path in (f"{MOFA_KEY}?", f"{MID_KEY}?behind=denials&", f"{MID_KEY}?as_of=9&"):
        assert refused(client.get(f"/parties/{path}cursor={cursor}")) == (422, "invalid", ["cursor"])
    for query, at in (("behind=truth", "behind"), ("limit=0", "limit"), ("limit=501", "limit")):
        assert refused(client.get(f"/parties/{MID_KEY}?{query}")) == (422, "invalid", [at])


def test_a_party_is_paged_through_in_a_browser(two, client):
    """Further positions, all reversals, and all claims behind a number are a link away, and so is the way back."""
    for n in range(8):
        open_claim(two, said("denied"), id_=f"4be7c1d2-0000-4000-8000-0000000001{n:02}")
    first = browse(client, f"/parties/{MID_KEY}?limit=4")
    links = first.all("href", "a")
    [further] = [link for link in links if "cursor=" in link]
    assert f"/parties/{MID_KEY}?behind=denials.standing" in links
    first_again = f"/parties/{MID_KEY}?limit=4"
    page = browse(client, further)
    assert "Denials: n = 10" in first.text
    assert (page.html.count('class="row"'), "Track record" in page.text) == (4, False)
    assert f"/parties/{MID_KEY}" in page.all("href", "a")
    third = browse(client, next(link for link in page.all("href", "a") if "cursor=" in link and link != further))
    assert (first_again in page.all("href", "a"), further in third.all("href", "a")) == (True, True)
    assert ["prev" in one.all("rel", "a") for one in (first, page, third)] == [False, True, True]
    behind = browse(client, f"/parties/{MID_KEY}?behind=denials.standing&as_of=20")
    assert "Positions: Denials, still standing" in behind.text
    assert f"/parties/{MID_KEY}?as_of=20" in behind.all("href", "a")
    turned = browse(client, f"/parties/{MID_KEY}?behind=reversals")
    assert (turned.html.count('class="pair"'), turned.html.count('class="row"')) == (1, 1)


SISTER = {"name": "Omicron Foreign Ministry", "kind": "ministry", "country": "GR"}
SISTER_KEY = "omicron-foreign-ministry"
OMICRON = {"name": "Omicron President", "kind": "agency", "country": "GR"}


def test_a_party_that_only_took_back_anothers_word_has_a_page_and_a_form(desk, client):
    """Who speaks and holds no position is told of as anybody is, wherever its name leads."""
    open_claim(desk, said("confirmed", OMICRON), said("retracted", SISTER, regarding=2))
    told = party(client, SISTER_KEY)
    assert (told["positions"], told["reversals"], told["next"]) == ([], [], None)
    assert (told["party"]["statements"], told["as_of"]["log_size"]) == (1, 3)
    assert party(client, SISTER_KEY, "limit=1") == told
    assert party(client, SISTER_KEY, "behind=reversals")["as_of"] == {"log_size": 3, "at": NOW}
    assert SISTER["name"] in browse(client, f"/parties/{SISTER_KEY}").text
    assert "knows no party" not in browse(client, f"/claims?party={SISTER['name']}").text
    known = {"type": "denied", "party/name": SISTER["name"], "summary": "No.", "source/publisher": "The Wire"}
    assert send(desk, f"{CLAIM}/log", known, "preview").status_code == 200
    asked = {"version": "3", "party/name": SISTER["name"], "channel": "mail", "deadline": "2026-02-02T12:00:00Z"}
    assert send(desk, f"{CLAIM}/log/ask", asked, "preview").status_code == 200


def positions_of(page):
    """Give what the rows of a party's positions say of its stances."""
    html = page.html.partition('<ul class="rows">')[2].partition("</ul>")[0]
    return [in_words(row.partition("</p>")[0]) for row in html.split('<p class="row-standing">')[1:]]


WITHDRAWN = {
    "en": [
        "withdrawn (4) denial (3), withdrawn by Omicron Foreign Ministry (4, said 30 Jan 2026)",
        "denies (2) overtaken by Omicron Foreign Ministry (3)",
        "withdrawn (3) denial in part (2), withdrawn by itself (3, said date not known)",
    ],
    "ko": [
        "철회 (4) 부인 발언(3), 철회한 주체: Omicron Foreign Ministry (4, 발언일 2026년 1월 30일)",
        "부인 (2) 밀려남: Omicron Foreign Ministry (3)",
        "철회 (3) 일부 부인 발언(2), 스스로 철회 (3, 발언일 날짜 미상)",
    ],
    "ru": [
        "отозвано (4) отрицание (3), отзыв другой стороной: Omicron Foreign Ministry (4, сказано 30 января 2026 г.)",
        "отрицает (2) перекрыто: Omicron Foreign Ministry (3)",
        "отозвано (3) отрицание (частично) (2), отзыв самой стороной (3, сказано дата неизвестна)",
    ],
}


@pytest.mark.parametrize(("language", "told"), WITHDRAWN.items())
@pytest.mark.parametrize("query", ["", "?as_of=10"])
def test_a_partys_page_says_what_was_taken_back_by_whom_and_when(desk, client, language, told, query):
    """Of each withdrawal: which word, who took it back, when that was said; of what is overtaken: by whom."""
    part = said("denied", OMICRON, extent="partial")
    open_claim(desk, part, said("retracted", OMICRON, regarding=2))
    open_claim(desk, said("denied", OMICRON, said_on="2026-01-01"), said("confirmed", SISTER), id_=OTHER_ID)
    late = said("retracted", SISTER, regarding=3, said_on="2026-01-30")
    third = open_claim(desk, said("reported", PAPER), said("denied", OMICRON), late, id_=f"{OTHER_ID[:-1]}3")
    page = browse(client, f"/parties/omicron-president{query}", **{"Accept-Language": language})
    assert told == positions_of(page)
    assert f"{third}{'?as_of=10' if 'as_of' in query else ''}#event-3" in page.all("href", "a")


def test_a_partys_page_says_what_was_taken_back_where_another_word_stands(desk, client):
    """Whoever affirms no more and stands by its denial, or walks a denial back and does not respond, is told so."""
    false = {"grade": "withdrawn", "said_on": "2026-01-29"}
    words = said("denied", OMICRON), said("confirmed", OMICRON), said("corrected", OMICRON, regarding=3, **false)
    open_claim(desk, *words)
    silent = said("walked_back", OMICRON, regarding=2, said_on="2026-01-30"), said("unresponsive", OMICRON)
    open_claim(desk, said("denied", OMICRON, attribution="background"), *silent, id_=OTHER_ID)
    page = browse(client, "/parties/omicron-president")
    assert positions_of(page) == [
        "withholds (4) denial, on background (2), withdrawn by itself (3, walked back, said 30 Jan 2026)",
        "denies (2) affirmation (3), withdrawn by itself (4, said 29 Jan 2026)",
    ]
    assert {f"{CLAIM}#event-3", f"{CLAIM}#event-4"} <= set(page.all("href", "a"))


def test_a_partys_page_says_of_which_wording_that_word_was(desk, client):
    """A word that was taken back and spoke of the claim as it read before says so beside that word."""
    open_claim(desk, said("denied", OMICRON), said("confirmed", OMICRON))
    assert mend(desk, kept("reworded", text="They met in Bern."), 3).status_code == 201
    append(desk, said("retracted", OMICRON, regarding=3))
    [told] = positions_of(browse(client, "/parties/omicron-president"))
    assert told.endswith("affirmation (3, of an earlier wording), withdrawn by itself (5, said date not known)")


@pytest.mark.parametrize(("taken", "size"), [("struck", 4), ("redacted", 3)])
def test_a_party_whose_own_word_was_taken_after_it_took_it_back_is_still_told_of(desk, client, taken, size):
    """What is left of it is a statement of no side, told as of the strike; what is erased never was."""
    open_claim(desk, said("denied", SISTER), said("retracted", SISTER, regarding=2))
    assert mend(desk, kept(taken, regarding=2), 3).status_code == 201
    told = party(client, SISTER_KEY)
    assert (told["positions"], told["party"]["statements"], told["as_of"]["log_size"]) == ([], 1, size)


def test_who_has_no_statement_left_is_told_so_and_not_of_a_mistyped_address(desk, client):
    """A party all of whose words were struck has no page, and the refusal says why in the reader's language."""
    open_claim(desk, said("denied", SISTER))
    assert mend(desk, kept("struck", regarding=2), 2).status_code == 201
    address = f"/parties/{SISTER_KEY}"
    assert refused(client.get(address)) == (404, "not_found", [])
    assert "nothing of that counts any more: it was struck, or amended." in browse(client, address, 404).text
    assert "말소되었거나 수정되어" in browse(client, address, 404, **{"Accept-Language": "ko"}).text
    assert "mistyped" in browse(client, "/parties/nobody", 404).text
