"""A claim on which very many speak, or with very many aspects: a sentence names the first few and leads to all."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from tests.builders import kept, said
from tests.web.browsing import browse, reason_of
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, append, mend, open_claim


def speak(type_, n, **more):
    """Let a ministry of a number speak."""
    return said(type_, {"name": f"Ministry {n}", "kind": "ministry"}, **more)


def test_a_reason_names_a_few_of_many(desk, client):
    """Of nine who deny it, four are named where the claim stands and where it is listed; links lead to the others."""
    open_claim(desk, *(speak("denied", n) for n in range(9)))
    page = browse(client, CLAIM)
    assert (
        "Denied by Ministry 0 ( 2 ), Ministry 1 ( 3 ), Ministry 2 ( 4 ), Ministry 3 ( 5 ) and 5 more . Nobody"
    ) in page.text.replace(" , ", ", ")
    assert '<a href="#who">and 5 more</a>' in page.html
    assert f'<a href="{CLAIM}#who">and 5 more</a>' in browse(client, "/claims").html


def test_a_contested_claim_names_both_sides(desk, client):
    """Who affirms it in full and who denies it in full are told apart, each the first few."""
    open_claim(desk, *(speak("confirmed", n) for n in range(6)), speak("denied", 6))
    told = browse(client, CLAIM).text.replace(" , ", ", ")
    named = "Ministry 0 ( 2 ), Ministry 1 ( 3 ), Ministry 2 ( 4 ), Ministry 3 ( 5 ) and 2 more"
    assert f"Affirmed in full by {named} . Denied in full by Ministry 6 ( 8 )." in told


RUSSIA = {"name": "Russian Foreign Ministry", "kind": "ministry", "country": "RU"}
IRAN = {"name": "Iran", "kind": "state", "country": "IR"}
OMAN = {"name": "Oman", "kind": "state", "country": "OM"}


def denials(n, party=RUSSIA, month=1, **more):
    """Let a party deny it on so many days of a month."""
    return [said("denied", party, said_on=f"2026-{month:02}-{day:02}", **more) for day in range(1, n + 1)]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Denied by Russian Foreign Ministry (2, 3, 4, 5, 6), Iran (7). Nobody affirms it in full."),
        ("ko", "부인한 주체: Russian Foreign Ministry (2, 3, 4, 5, 6), Iran (7). 전부 긍정하는 주체는 없습니다."),
        ("ru", "Отрицают: Russian Foreign Ministry (2, 3, 4, 5, 6), Iran (7). Полностью не подтверждает никто."),
    ],
)
def test_a_reason_names_each_party_once(desk, client, language, told):
    """Who denies it five times is named once, with all five, and so hides nobody who denies it after that."""
    open_claim(desk, *denials(5), *denials(1, IRAN))
    assert told == reason_of(browse(client, CLAIM, **{"Accept-Language": language}))


def test_a_reason_names_both_sides_once(desk, client):
    """Of a contested claim each side's parties are named once, in the order of their first words."""
    first, again = (said("confirmed", OMAN, said_on=f"2026-03-0{day}") for day in (1, 2))
    open_claim(desk, *denials(1), first, *denials(1, IRAN), *denials(1, month=2), again)
    assert reason_of(browse(client, CLAIM)) == (
        "Affirmed in full by Oman (3, 6). Denied in full by Russian Foreign Ministry (2, 5), Iran (4)."
    )


def test_a_retracted_claim_names_once_who_denies_it(desk, client):
    """Beside who took its word back, those who deny it in full are named, each once with its events."""
    taken_back = said("retracted", OMAN, regarding=2, said_on="2026-04-01")
    open_claim(desk, said("confirmed", OMAN, said_on="2026-03-01"), *denials(2), *denials(1, IRAN), taken_back)
    assert "Russian Foreign Ministry (3, 4), Iran (5)." in reason_of(browse(client, CLAIM))


def test_a_reason_keeps_apart_what_reads_otherwise(desk, client):
    """A party's words on other terms, for another or of an earlier wording stand beside its other words, marked."""
    open_claim(desk, *denials(2))
    assert mend(desk, kept("reworded", text="They met in Bern."), 3).status_code == 201
    later = (
        *denials(1, IRAN),
        *denials(2, month=2, attribution="anonymous"),
        *denials(1, month=3, on_behalf_of=OMAN),
        *denials(1, month=4),
    )
    assert [201] * 5 == [append(desk, event).status_code for event in later]
    assert reason_of(browse(client, CLAIM)) == (
        "Denied by Russian Foreign Ministry (2, 3, of an earlier wording), Russian Foreign Ministry (6, 7, anonymous),"
        " Russian Foreign Ministry on behalf of Oman (8), Russian Foreign Ministry (9), Iran (5)."
        " Nobody affirms it in full."
    )


def test_a_reason_numbers_a_few_of_very_many_words(desk, client):
    """Of a party's ten words that read alike eight are numbered; of six principals of one speaker four are named."""
    for_states = (denials(1, OMAN, n + 1, on_behalf_of={"name": f"State {n}", "kind": "state"}) for n in range(6))
    open_claim(desk, *denials(10), *chain.from_iterable(for_states))
    page = browse(client, CLAIM)
    named = ", ".join(f"Oman on behalf of State {n} ({12 + n})" for n in range(4))
    assert reason_of(page) == (
        "Denied by Russian Foreign Ministry (2, 3, 4, 5, 6, 7, 8, 9 and 2 more),"
        f" {named} and 2 more. Nobody affirms it in full."
    )
    assert '<a href="#history">and 2 more</a>' in page.html.partition('<p class="verdict-reason">')[2]


def test_parts_are_numbered_as_far_as_they_are_few(desk, client):
    """Of six parts that one party concedes, the table numbers four, and the history has the others."""
    open_claim(desk, speak("denied", 0))
    for n in range(6):
        part = speak("acknowledged", 0, extent="partial", scope=f"Part {n}", said_on=f"2026-01-0{n + 1}")
        assert append(desk, part).status_code == 201
    page = browse(client, CLAIM)
    assert "Affirmed in part: Ministry 0 (3, 4, 5, 6, 7, 8)." in reason_of(page)
    assert page.html.count('<a href="#history">and 2 more</a>') == 1


def test_a_table_of_many_claims_can_be_read_on_paper(desk, client):
    """A dozen aspects stand side by side; each position names its claim, for where there is no room for columns."""
    open_claim(desk, speak("denied", 0))
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM.removeprefix("/claims/")})
    for n in range(12):
        id_ = f"4be7c1d2-0000-4000-8000-0000000001{n:02}"
        open_claim(desk, link, speak("confirmed", n), id_=id_, text=f"Aspect {n}.")
    page = browse(client, CLAIM)
    titles = ["This claim", *(f"Aspect {n}." for n in range(12))]
    assert (["matrix wide"], titles) == (page.all("class", "table"), page.all("data-title", "td"))
    assert "further aspect" not in page.text


def test_aspects_beyond_the_table_are_counted_and_reached(desk, client):
    """Of fifteen aspects twelve have a column; the others are counted and led to under it, and all are listed."""
    open_claim(desk, speak("denied", 0))
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM.removeprefix("/claims/")})
    for n in range(15):
        open_claim(desk, link, id_=f"4be7c1d2-0000-4000-8000-0000000001{n:02}", text=f"Aspect {n}.")
    page = browse(client, f"{CLAIM}?as_of=32")
    assert "3 further aspects" in page.text
    address = f"/claims?aspect_of={CLAIM.removeprefix('/claims/')}&sort=opened&as_of=32"
    led = set(page.all("href"))
    assert {address, *(f"/claims/4be7c1d2-0000-4000-8000-0000000001{n:02}?as_of=32" for n in range(15))} <= led
    assert 15 == len(client.get(address).json["claims"])
    listed = browse(client, address)
    assert 15 == listed.html.count('class="row opened"')
    assert "Only aspects of An official met the envoy in Moscow." in listed.text
    assert f"{CLAIM}?as_of=32" in listed.all("href", "a")


def filters_kept(page):
    """List what a search sends that it has no field for."""
    form = page.html.partition("<search>")[2].partition("</search>")[0]
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form)


def test_a_search_keeps_the_filters_that_have_no_field(desk, client):
    """What a list is of stays with the words searched for, but for what is wrong; what names no claim leads to none."""
    open_claim(desk, speak("denied", 0))
    path = f"/claims?aspect_of={CLAIM_ID}&aspect_of=none&aspect_of={OTHER_ID}&stance=denies&stance=affirms&track=1.5"
    page = browse(client, path)
    stances = [("stance", "denies"), ("stance", "affirms"), ("track", "1.5")]
    assert filters_kept(page) == [*stances, *(("aspect_of", id_) for id_ in (CLAIM_ID, "none", OTHER_ID))]
    assert f'Only aspects of <a href="{CLAIM}"><bdi lang="en">' in page.html
    asked_again = browse(client, "/claims?aspect_of=none&track=3&as_of=soon", 422)
    assert [("aspect_of", "none")] == filters_kept(asked_again)
    assert [] == filters_kept(browse(client, "/claims"))


ALPHA, BETA = {"name": "Alpha", "kind": "state"}, {"name": "Beta", "kind": "state"}
FULL_AND_PARTIAL = (
    said("confirmed", ALPHA),
    said("acknowledged", ALPHA, extent="partial"),
    said("denied", BETA),
    said("countered", BETA),
)
REASONS = {
    "en": (
        "Affirmed in full by Alpha ( 2 ). Denied in full by Beta ( 4 ). Affirmed in part: Alpha"
        " ( 3 ). Disputed in part: Beta ( 5 )."
    ),
    "ko": "전부 긍정한 주체: Alpha ( 2 ). 전부 부인한 주체: Beta ( 4 ). 일부 긍정: Alpha ( 3 ). 일부 반박: Beta ( 5 ).",
    "ru": (
        "Полностью подтверждают: Alpha ( 2 ). Полностью отрицают: Beta ( 4 ). "
        "Частично подтверждается: Alpha ( 3 ). Частично оспаривается: Beta ( 5 )."
    ),
}


@pytest.mark.parametrize(("language", "told"), REASONS.items())
def test_what_is_of_a_part_is_not_told_as_full(desk, client, language, told):
    """The sentences about who affirms and who denies in full name full statements only, in each language."""
    open_claim(desk, *FULL_AND_PARTIAL)
    page = browse(client, CLAIM, **{"Accept-Language": language})
    assert told in page.text
    answer = client.get(CLAIM).json
    assert {"rule": "contested", "events": [2, 3, 4, 5], "partial": False} == answer["because"]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (FULL_AND_PARTIAL[:2], "Affirmed by Alpha ( 2 ). Nobody denies it in full. Affirmed in part: Alpha ( 3 )."),
        (FULL_AND_PARTIAL[2:], "Denied by Beta ( 2 ). Nobody affirms it in full. Disputed in part: Beta ( 3 )."),
        (FULL_AND_PARTIAL[3:], "Denied in part by Beta ( 2 ). Nobody affirms it in full."),
        (
            FULL_AND_PARTIAL[1:2],
            "Affirmed in part by Alpha ( 2 ). No affirmation in full stands, and no denial.",
        ),
    ],
)
def test_each_event_of_a_reason_is_named_once(desk, client, events, told):
    """What one sentence of the reason names, no other names again."""
    open_claim(desk, *events)
    reason = browse(client, CLAIM).html.partition('<p class="verdict-reason">')[2].partition("</p>")[0]
    assert told == re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", reason)).strip()
