"""What a claim's page says where words of a part were taken back or overtaken, in every language."""

from __future__ import annotations

import re

import pytest

from tests.builders import kept, said
from tests.web.browsing import browse, in_words, reason_of, who_is_listed
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, mend, open_claim

PRESIDENT = {"name": "The President", "kind": "state", "country": "OM"}
MINISTRY = {"name": "The Ministry", "kind": "ministry", "country": "OM"}
PAPER = {"name": "The Paper", "kind": "media"}
REPORT = said("reported", PAPER)
DENIAL, SILENCE = said("denied", PRESIDENT), said("ncnd", PRESIDENT)
OF_A_PART = said("denied", PRESIDENT, extent="partial", scope="the date", said_on="2020-01-01")
CONCEDES = said("acknowledged", PRESIDENT, extent="partial", scope="the visit")


def back(version, by=MINISTRY):
    """Take a word back."""
    return said("retracted", by, regarding=version)


HISTORIES = [
    (
        (REPORT, OF_A_PART, back(3)),
        (
            "Put forward by The Paper (2). No affirmation in full stands, and no denial."
            " The denial of a part by The President (3) was withdrawn by The Ministry (4)."
        ),
        (
            "제기한 주체: The Paper (2). 유효한 전부 긍정이나 부인이 없습니다."
            " 일부 부인(The President, 3)을 철회한 다른 주체: The Ministry (4)."
        ),
        (
            "Утверждают: The Paper (2). Ни полного подтверждения, ни отрицания в силе нет."
            " Частичное отрицание (The President, 3) отозвано другой стороной: The Ministry (4)."
        ),
    ),
    (
        (REPORT, CONCEDES, back(3), DENIAL),
        (
            "Denied by The President (5). Nobody affirms it in full."
            " Put forward by The Paper (2)."
            " The affirmation of a part by The President (3) was withdrawn by The Ministry (4)."
        ),
        (
            "부인한 주체: The President (5). 전부 긍정하는 주체는 없습니다."
            " 제기한 주체: The Paper (2)."
            " 일부 긍정(The President, 3)을 철회한 다른 주체: The Ministry (4)."
        ),
        (
            "Отрицают: The President (5). Полностью не подтверждает никто."
            " Утверждают: The Paper (2)."
            " Частичное подтверждение (The President, 3) отозвано другой стороной: The Ministry (4)."
        ),
    ),
    (
        (REPORT, DENIAL, OF_A_PART, back(3)),
        (
            "Denied in part by The President (4). Nobody affirms it in full."
            " Put forward by The Paper (2)."
            " The denial by The President (3) was withdrawn by The Ministry (5)."
        ),
        (
            "일부 부인한 주체: The President (4). 전부 긍정하는 주체는 없습니다."
            " 제기한 주체: The Paper (2)."
            " 부인(The President, 3)을 철회한 다른 주체: The Ministry (5)."
        ),
        (
            "Частично отрицают: The President (4). Полностью не подтверждает никто."
            " Утверждают: The Paper (2)."
            " Отрицание (The President, 3) отозвано другой стороной: The Ministry (5)."
        ),
    ),
    (
        (REPORT, DENIAL, OF_A_PART, back(3), back(4, PRESIDENT), SILENCE),
        (
            "Whoever answered withholds or evades: The President (7). Nobody affirms any of it."
            " Put forward by The Paper (2). The denial by"
            " The President (3) was withdrawn by The Ministry (5). The President withdrew its denial of a part (6)."
        ),
        (
            "답한 주체는 모두 유보하거나 회피했습니다: The President (7). 일부라도 긍정하는 주체는 없습니다."
            " 제기한 주체: The Paper (2)."
            " 부인(The President, 3)을 철회한 다른 주체: The Ministry (5)."
            " 일부 부인 발언을 스스로 철회한 주체: The President (6)."
        ),
        (
            "Все, кто ответил, воздерживаются или уклоняются: The President (7). Никто не подтверждает даже части."
            " Утверждают: The Paper (2)."
            " Отрицание (The President, 3) отозвано другой стороной: The Ministry (5)."
            " Собственное отрицание (частичное) отозвано: The President (6)."
        ),
    ),
    (
        (OF_A_PART, said("confirmed", MINISTRY, said_on="2020-01-02")),
        (
            "Affirmed by The Ministry (3). Nobody denies it in full. Disputed in part: The President"
            " (2). The denial of a part by"
            " The President (2) is overtaken by The Ministry (3), another voice of The President."
        ),
        (
            "긍정한 주체: The Ministry (3). 전부 부인하는 주체는 없습니다. 일부 반박: The President (2)."
            " 일부 부인(The President, 2)은 같은 측(The President) 다른 주체의 긍정에 밀려남: The Ministry (3)."
        ),
        (
            "Подтверждают: The Ministry (3). Полностью не отрицает никто. Частично оспаривается: The"
            " President (2). Частичное отрицание"
            " (The President, 2) перекрыто подтверждением другого голоса (The President): The Ministry (3)."
        ),
    ),
    (
        (REPORT, said("denied", PAPER, extent="partial")),
        (
            "Put forward by The Paper (2). No affirmation in full stands, and no denial in full."
            " Disputed in part: The Paper (3)."
        ),
        "제기한 주체: The Paper (2). 유효한 전부 긍정이나 전부 부인이 없습니다. 일부 반박: The Paper (3).",
        (
            "Утверждают: The Paper (2). Ни полного подтверждения, ни полного отрицания в силе нет."
            " Частично оспаривается: The Paper (3)."
        ),
    ),
    (
        (OF_A_PART, CONCEDES),
        (
            "Affirmed in part by The President (3). No affirmation in full stands, and no denial in full."
            " Disputed in part: The President (2)."
        ),
        "일부 긍정한 주체: The President (3). 유효한 전부 긍정이나 전부 부인이 없습니다. 일부 반박: The President (2).",
        (
            "Частично подтверждают: The President (3). Ни полного подтверждения, ни полного отрицания в силе нет."
            " Частично оспаривается: The President (2)."
        ),
    ),
]


@pytest.mark.parametrize(("history", "english", "korean", "russian"), HISTORIES)
def test_what_was_said_of_a_part_is_told_as_that(desk, client, history, english, korean, russian):
    """A word of a part is never told as one of the whole, nor passed over for one, whoever took it back."""
    open_claim(desk, *history)
    told = [reason_of(browse(client, CLAIM, **{"Accept-Language": language})) for language in ("en", "ko", "ru")]
    assert [english, korean, russian] == told


def again(type_, day, **more):
    """Let the President speak on a day."""
    return said(type_, PRESIDENT, said_on=f"2026-01-{day:02}", **more)


AGAIN = [
    (
        (again("denied", 1), again("denied", 2), back(2, PRESIDENT), back(3), again("denied", 5)),
        "Denied by The President (6). Nobody affirms it in full.",
        "부인한 주체: The President (6). 전부 긍정하는 주체는 없습니다.",
        "Отрицают: The President (6). Полностью не подтверждает никто.",
    ),
    (
        (again("denied", 1), back(2), again("confirmed", 5)),
        (
            "Affirmed by The President (4). Nobody denies it in full."
            " The denial by The President (2) was withdrawn by The Ministry (3)."
        ),
        (
            "긍정한 주체: The President (4). 전부 부인하는 주체는 없습니다."
            " 부인(The President, 2)을 철회한 다른 주체: The Ministry (3)."
        ),
        (
            "Подтверждают: The President (4). Полностью не отрицает никто."
            " Отрицание (The President, 2) отозвано другой стороной: The Ministry (3)."
        ),
    ),
]


@pytest.mark.parametrize(("history", "english", "korean", "russian"), AGAIN)
def test_a_reason_leaves_out_what_was_taken_back_and_said_again(desk, client, history, english, korean, russian):
    """Whoever stands where its words taken back stood is told by its new words alone, else by the old ones too."""
    open_claim(desk, *history)
    told = [reason_of(browse(client, CLAIM, **{"Accept-Language": language})) for language in ("en", "ko", "ru")]
    assert [english, korean, russian] == told
    assert "Withdrawn by event" in browse(client, CLAIM).text


def test_the_table_leads_to_what_says_what_it_says(desk, client):
    """Who spoke of a part first, and then of the whole, is led to at both, on the page of another aspect too."""
    parts = [said("denied", PRESIDENT, extent="partial", scope=f"day {n}", said_on=f"2026-01-0{n}") for n in (1, 2)]
    whole = [said("denied", PRESIDENT, summary=f"No {n}.", said_on=f"2026-02-0{n}") for n in (1, 2)]
    open_claim(desk, *parts, *whole)
    open_claim(desk, said("reported", PAPER), id_=OTHER_ID, text="They spoke.")
    append(desk, ("linked", {"relation": "aspect_of", "claim": CLAIM_ID}), OTHER)
    pages = [browse(client, of).html for of in (CLAIM, OTHER)]
    led = [re.findall(r'class="since" href="([^"]*)" aria-label="event (.)"', page) for page in pages]
    assert [("#event-2", "2"), (f"{OTHER}#event-2", "2")] == led[0]
    assert [("#event-2", "2"), (f"{CLAIM}#event-2", "2")] == led[1]
    exactly = [re.findall(r'exactly so since <a href="([^"]*)"', page) for page in pages]
    assert [["#event-4"], [f"{CLAIM}#event-4"]] == exactly


CONCEDED = (
    said("denied", attribution="anonymous"),
    said("acknowledged", extent="partial", attribution="background"),
)
TOLD = {
    "en": "Denies Russian Foreign Ministry (anonymous) (concedes a part)",
    "ko": "부인: Russian Foreign Ministry (익명) (일부 시인)",
    "ru": "Отрицают: Russian Foreign Ministry (анонимно) (признаёт часть)",
}


@pytest.mark.parametrize(("language", "told"), TOLD.items())
def test_whoever_denies_and_concedes_a_part_is_told_so_everywhere(desk, client, language, told):
    """In a list, on the first page, in a small page and on the party's own, a stance is told with what is conceded."""
    open_claim(desk, *CONCEDED)
    for path in ("/claims", "/", f"{CLAIM}/embed"):
        assert told == who_is_listed(browse(client, path, **{"Accept-Language": language}))
    party = browse(client, "/parties/russian-foreign-ministry", **{"Accept-Language": language}).text
    assert [word for word in re.findall(r"\(([^)]+)\)", told) if word not in party] == []


def test_a_concession_of_an_earlier_wording_is_told_as_that(desk, client):
    """Of a text that the claim left, a list does not tell the concession as one of the text it shows."""
    open_claim(desk, *CONCEDED)
    assert mend(desk, kept("reworded", text="They met twice."), 3).status_code == 201
    assert append(desk, said("denied", said_on="2026-01-30")).status_code == 201
    listed = "Denies Russian Foreign Ministry (concedes a part, of an earlier wording)"
    assert listed == who_is_listed(browse(client, "/claims"))


@pytest.mark.parametrize("first", [said("denied", extent="partial"), said("denied")])
def test_a_partys_page_says_since_when_it_stands_so_and_exactly_so(desk, client, first):
    """Where a denial of a part, or of an earlier wording, came first, its page leads to both, and to the text's own."""
    open_claim(desk, first)
    assert mend(desk, kept("reworded", text="They met twice."), 2).status_code == 201
    assert append(desk, said("denied", said_on="2026-01-30")).status_code == 201
    page = browse(client, "/parties/russian-foreign-ministry")
    assert "denies (2) exactly so since 4 " in in_words(page.html)
    assert [link for link in page.all("href", "a") if "#event" in link] == [f"{CLAIM}#event-{n}" for n in (2, 4, 4)]
    [position] = client.get("/parties/russian-foreign-ministry").json["positions"]
    assert position["since"] == 2


def test_between_a_name_and_its_comma_is_no_blank(desk, client):
    """Two who stand alike in a list are two names and a comma."""
    two = ({"name": "Le Jour", "kind": "media"}, {"name": "The Wire", "kind": "media"})
    open_claim(desk, *(said("reported", party=party) for party in two))
    row = client.get("/claims", headers={"Accept": "text/html"}).text.partition('<p class="row-who">')[2]
    assert re.sub("<[^>]*>", "", row.partition("</p>")[0]).strip() == "Asserts\nLe Jour, The Wire"
