"""In whose name a party spoke, wherever it is told where it stands."""

from __future__ import annotations

import pytest
from click import Command, Context

from service.cli.account import write_account
from service.timeline import Timeline
from tests.builders import kept, said
from tests.web.browsing import browse, in_words, reason_of, rows_of, who_is_listed
from tests.web.newsroom import CLAIM, append, mend, open_claim

KOREA = {"name": "Foreign Ministry", "kind": "ministry", "country": "KR"}
OFFICIAL = {"name": "Unnamed official", "kind": "person"}
KREMLIN = {"name": "Kremlin", "kind": "state", "country": "RU"}
KYIV = {"name": "Kyiv", "kind": "state", "country": "UA"}
UNION = {"name": "Union", "kind": "io"}
PLACES = ("/claims", "/claims?as_of=3", "/", f"{CLAIM}/embed")


def for_(principal, type_="denied", **more):
    """Make a word of the unnamed official in somebody's name."""
    return said(type_, OFFICIAL, on_behalf_of=principal, **more)


@pytest.mark.parametrize(
    ("language", "who", "listed"),
    [
        ("en", "on behalf of Kremlin", "Denies Unnamed official on behalf of Kremlin (anonymous), Foreign Ministry"),
        ("ko", "(대변 대상: Kremlin)", "부인: Unnamed official (대변 대상: Kremlin) (익명), Foreign Ministry"),
        ("ru", "от имени « Kremlin »", "Отрицают: Unnamed official от имени « Kremlin » (анонимно), Foreign Ministry"),
    ],
)
def test_a_stance_says_in_whose_name_it_was_taken(desk, client, language, who, listed):
    """The table, rows of lists, home and the small page say for whom a party spoke, and nothing of its own word."""
    open_claim(desk, for_(KREMLIN, attribution="anonymous"), said("denied", KOREA))
    asked = {"Accept-Language": language}
    rows = rows_of(browse(client, CLAIM, **asked))
    assert (rows[0].count(who), "Kremlin" in rows[1]) == (1, False), rows
    assert [listed] * 4 == [who_is_listed(browse(client, path, **asked)) for path in PLACES]


def test_the_reason_says_in_whose_name_it_was_said(desk, client):
    """Who denies in the name of a state is told with that state, where the standing is told."""
    open_claim(desk, for_(KREMLIN))
    assert reason_of(browse(client, CLAIM)) == (
        "Denied by Unnamed official on behalf of Kremlin (2). Nobody affirms it in full."
    )


def test_a_turn_says_in_whose_name_each_end_was_said(desk, client):
    """Where one unnamed official denies for one state and affirms for another, each end of the turn says for whom."""
    open_claim(desk, for_(KREMLIN), for_(KYIV, "confirmed"))
    [turns] = turns_of(browse(client, CLAIM))
    assert turns.endswith("Unnamed official, denies (2) on behalf of Kremlin → affirms (3) on behalf of Kyiv"), turns


def turns_of(page):
    """Give what a page says of who turned."""
    return [in_words(html.partition("</ul>")[0]) for html in page.html.split('<ul class="turns">')[1:]]


TERMS = {
    "en": "denies (2) on behalf of Kremlin (on background; hedged) → affirms (3) (categorical)",
    "ko": "부인 (2) (대변 대상: Kremlin) (배경 설명(백그라운드); 단서 있음) → 긍정 (3) (단호함)",
    "ru": "отрицает (2) от имени « Kremlin » (на условиях бэкграунда; с оговорками) → подтверждает (3) (категорично)",
}


@pytest.mark.parametrize(("language", "told"), TERMS.items())
def test_a_turn_says_on_what_terms_each_end_was_said(desk, client, language, told):
    """What was said on background or hedged is told so at its end of the turn, on the claim and in a difference."""
    open_claim(
        desk,
        for_(KREMLIN, attribution="background", strength="hedged"),
        said("confirmed", OFFICIAL, strength="categorical"),
    )
    for path in (CLAIM, f"{CLAIM}/versions/3?diff=2"):
        [turns] = turns_of(browse(client, path, **{"Accept-Language": language}))
        assert turns.endswith(f"Unnamed official, {told}"), turns


TAKEN = {
    "en": "denies (2, withdrawn by event 4, walked back) → affirms (3)",
    "ko": "부인 (2, 철회됨(항목 4), 입장 후퇴) → 긍정 (3)",
    "ru": "отрицает (2, отозвано записью 4, отступление) → подтверждает (3)",
}


@pytest.mark.parametrize(("language", "told"), TAKEN.items())
def test_a_turn_says_what_took_back_the_word_it_turned_from(desk, client, language, told):
    """Who turned, and walked back its first word since, is told so on the claim, in a difference and its own page."""
    open_claim(
        desk,
        said("denied", KOREA),
        said("confirmed", KOREA),
        said("walked_back", KOREA, regarding=2, said_on="2026-02"),
    )
    asked = {"Accept-Language": language}
    for path in (CLAIM, f"{CLAIM}/versions/4?diff=2"):
        [turns, *_] = turns_of(browse(client, path, **asked))
        assert turns.endswith(f"Foreign Ministry, {told}"), turns
    pair = browse(client, "/parties/foreign-ministry", **asked).html.partition('class="pair"')[2]
    first, second = (in_words(side) for side in pair.split('<div class="')[2:4])
    assert (told.partition("2, ")[2].partition(") →")[0] in first, "4" in second) == (True, False), (first, second)


def test_a_badge_and_a_feed_say_in_whose_name(desk, client):
    """What programs show of a claim elsewhere names the principal after whoever spoke."""
    open_claim(desk, for_(KREMLIN, attribution="anonymous"), for_(UNION, attribution="background", said_on="2025-12"))
    badge, feed = client.get(f"{CLAIM}.svg").text, client.get("/claims.feed").json
    assert "Denies it: Unnamed official on behalf of Kremlin, Union (on background)." in badge
    assert feed["items"][0]["content_text"].endswith(
        "\nUnnamed official on behalf of Kremlin, Union: denies it (on background)."
    )


def test_who_speaks_for_itself_too_says_so(desk, client):
    """A party of whose words some are its own spoke *also* on behalf of a principal."""
    open_claim(desk, said("denied", UNION), said("denied", UNION, on_behalf_of=KREMLIN, said_on="2025-12"))
    assert rows_of(browse(client, CLAIM)) == ["Union denies 2 also on behalf of Kremlin"]
    assert who_is_listed(browse(client, "/claims")) == "Denies Union also on behalf of Kremlin"


def test_what_was_taken_back_says_in_whose_name_it_was_said(desk, client):
    """Where nothing of a party's word is left, it is told in whose name that was."""
    open_claim(desk, for_(KREMLIN), said("retracted", KREMLIN, regarding=2))
    assert who_is_listed(browse(client, "/claims")) == (
        "Withdrawn Unnamed official on behalf of Kremlin (denial, withdrawn by Kremlin)"
    )


def test_a_principal_that_an_amendment_named_is_told(desk, client):
    """In whose name it was said is told as the record reads now."""
    open_claim(desk, said("denied", OFFICIAL))
    amended = kept("amended", regarding=2, type="denied", statement=for_(KREMLIN)[1])
    assert mend(desk, amended, 2).status_code == 201
    assert who_is_listed(browse(client, "/claims")) == "Denies Unnamed official on behalf of Kremlin"


def test_many_principals_are_told_in_short(desk, client):
    """Of those in whose name one party spoke four are named, and that there are more."""
    others = [{"name": f"Corp {n}", "kind": "company"} for n in range(1, 7)]
    open_claim(desk, *(for_(corp, said_on=f"2025-12-0{n}") for n, corp in enumerate(others, 1)))
    listed = "Denies Unnamed official on behalf of Corp 1, Corp 2, Corp 3, Corp 4, …"
    assert listed == who_is_listed(browse(client, "/claims"))


def test_a_list_reads_all_of_whom_a_party_spoke_for(desk, client, monkeypatch):
    """Of whose first or last word was in another's name a row of a list reads every word, of others the two alone."""
    asked = []

    def find_events(timeline, *, wanted):
        asked.extend(versions for _, versions in wanted.values())
        return find(timeline, wanted=wanted)

    find = Timeline.find_events
    monkeypatch.setattr(Timeline, "find_events", find_events)
    days = [f"2025-12-0{n}" for n in range(1, 6)]
    open_claim(desk, *(said("denied", KOREA, said_on=day) for day in days))
    for day, principal in zip(days, (KREMLIN, UNION, KREMLIN, KREMLIN, KREMLIN), strict=True):
        append(desk, for_(principal, said_on=day))
    listed = who_is_listed(browse(client, "/claims"))
    assert listed == "Denies Foreign Ministry, Unnamed official on behalf of Kremlin, Union"
    assert [[2, 6, 7, 11], [2, 6, 7, 8, 9, 10, 11]] == asked


def test_the_command_line_says_in_whose_name(desk, client):
    """`onrecord show` names the principal beside the party in its table."""
    open_claim(desk, for_(KREMLIN))
    with Context(Command("show")):
        told = write_account(client.get(CLAIM).json, client.get(f"{CLAIM}/events").json["events"])
    assert "\nUnnamed official on behalf of Kremlin  denies  2      -         -\n" in told


def test_the_command_line_says_in_whose_name_and_on_what_terms_a_party_turned(desk, client):
    """`onrecord show` tells of each end of a reversal what else the pages tell of it."""
    hedged = {"attribution": "background", "strength": "hedged"}
    words = for_(KREMLIN, **hedged), for_(KYIV, "confirmed")
    open_claim(desk, *words)
    with Context(Command("show")):
        told = write_account(client.get(CLAIM).json, client.get(f"{CLAIM}/events").json["events"])
    assert (
        "Reversal: Unnamed official denies (event 2, on behalf of Kremlin, on background, hedged), "
        "then affirms (event 3, on behalf of Kyiv).\n" in told
    )
