"""Whose word a page says it was: who overtook it in whose name, who took back what, on what terms it was said."""

from __future__ import annotations

import pytest

from service.timeline import Timeline
from tests.builders import kept, said
from tests.web.browsing import browse, in_words, reason_of, rows_of, who_is_listed
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, mend, open_claim

KOREA = {"name": "Foreign Ministry", "kind": "ministry", "country": "KR"}
OFFICE = {"name": "Presidential Office", "kind": "agency", "country": "KR"}
LAWYER, UNION = {"name": "Lawyer", "kind": "person"}, {"name": "Union", "kind": "io"}
CABINET = {"name": "Cabinet", "kind": "agency", "country": "KR"}
CORP = {"name": "Corp", "kind": "company", "country": "KR"}
PAPER = {"name": "The Paper", "kind": "media"}
UNNAMED = said("alleged", LAWYER, attribution="anonymous")
STATE = {"name": "Republic of Korea", "kind": "state", "country": "KR"}


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            (said("denied", LAWYER, on_behalf_of=KOREA), said("confirmed", OFFICE)),
            "The denial by Lawyer (2) is overtaken by Presidential Office (3), another voice of KR.",
        ),
        (
            (said("denied", KOREA), said("confirmed", LAWYER, on_behalf_of=OFFICE)),
            "The denial by Foreign Ministry (2) is overtaken by Lawyer (3), another voice of KR.",
        ),
        (
            (said("denied", CORP, on_behalf_of=KOREA), said("confirmed", KOREA)),
            "The denial by Corp (2) is overtaken by Foreign Ministry (3), another voice of KR.",
        ),
        (
            (said("denied", KOREA), said("confirmed", CABINET), said("alleged", STATE)),
            "The denial by Foreign Ministry (2) is overtaken by Cabinet (3), another voice of Republic of Korea.",
        ),
        (
            (said("denied", UNION), said("confirmed", LAWYER, on_behalf_of=UNION)),
            "The denial by Union (2) is overtaken by Lawyer (3), another voice of Union.",
        ),
        (
            (said("denied", LAWYER, on_behalf_of=UNION), said("confirmed", UNION)),
            "The denial by Lawyer (2) is overtaken by Union (3).",
        ),
    ],
)
def test_another_voice_is_of_the_state_that_both_speak_for(desk, client, events, told):
    """Whose voice overtook a denial is a state, by a party that is one or its country, else the principal by name."""
    open_claim(desk, *events)
    assert told == reason_of(browse(client, CLAIM)).partition(". ")[2].removeprefix("Nobody denies it in full. ")


@pytest.mark.parametrize(
    ("type_", "extent", "told"),
    [
        ("denied", "partial", "Foreign Ministry withdrew its denial of a part (3)."),
        ("confirmed", "partial", "Foreign Ministry withdrew its affirmation of a part (3)."),
        ("denied", "full", "Foreign Ministry withdrew its denial (3)."),
    ],
)
def test_what_was_taken_back_is_told_as_wide_as_it_was(desk, client, type_, extent, told):
    """A word about a part, taken back as a whole, is told as one about a part, and not as taken back in part."""
    open_claim(desk, said(type_, KOREA, extent=extent), said("retracted", KOREA, regarding=2))
    assert reason_of(browse(client, CLAIM)).endswith(told)


@pytest.mark.parametrize(("type_", "what"), [("denied", "부인"), ("confirmed", "긍정")])
def test_korean_tells_a_denial_taken_back_apart_from_a_self_denial(desk, client, type_, what):
    """What a party took back of its own is told without the fixed terms for denying, or affirming, oneself."""
    open_claim(desk, said("reported", PAPER), said(type_, KOREA), said("retracted", KOREA, regarding=3))
    told = reason_of(browse(client, CLAIM, **{"Accept-Language": "ko"}))
    assert told.endswith(f" {what} 발언을 스스로 철회한 주체: Foreign Ministry (4).")


def test_whose_assertion_another_took_back_is_told(desk, client):
    """Where another voice took back what a party put forward, the reason says whose assertion that was."""
    open_claim(desk, said("alleged", OFFICE), said("retracted", KOREA, regarding=2))
    assert reason_of(browse(client, CLAIM)) == (
        "Whatever was put forward or affirmed in full was withdrawn or corrected away: Foreign Ministry (3)."
        " Nobody affirms it in full."
        " The assertion by Presidential Office (2) was withdrawn by Foreign Ministry (3)."
    )


def test_a_denial_taken_back_is_told_of_a_retracted_claim_too(desk, client):
    """Where nothing of an assertion is left, a denial that its own party took back is told beside it."""
    taken = said("retracted", PAPER, regarding=2), said("retracted", KOREA, regarding=3)
    open_claim(desk, said("reported", PAPER), said("denied", KOREA), *taken)
    assert reason_of(browse(client, CLAIM)) == (
        "Whatever was put forward or affirmed in full was withdrawn or corrected away: The Paper (4)."
        " Nobody affirms it in full."
        " Foreign Ministry withdrew its denial (5)."
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "No party's word stands on it any more. Foreign Ministry withdrew its denial (3)."),
        ("ko", "더 이상 유효한 발언이 없습니다. 부인 발언을 스스로 철회한 주체: Foreign Ministry (3)."),
        ("ru", "Ни одно заявление по нему больше не действует. Собственное отрицание отозвано: Foreign Ministry (3)."),
    ],
)
def test_where_all_was_taken_back_no_word_stands_any_more(desk, client, language, told):
    """A claim of which every word was taken back is not told as one to which nobody has spoken yet."""
    open_claim(desk, said("denied", KOREA), said("retracted", KOREA, regarding=2))
    assert reason_of(browse(client, CLAIM, **{"Accept-Language": language})) == told


def test_whose_name_is_not_told_is_told_of_every_stance(desk, client):
    """An assertion, a word neither confirming nor denying and an evasion say so where none was on the record."""
    unsaid = said("ncnd", KOREA, attribution="background"), said("dismissed", OFFICE, attribution="deep_background")
    open_claim(desk, said("alleged", LAWYER, attribution="anonymous"), *unsaid)
    page = browse(client, CLAIM)
    assert rows_of(page) == [
        "Lawyer asserts 2 anonymous",
        "Foreign Ministry KR withholds 3 on background",
        "Presidential Office KR evades 4 on deep background",
    ]
    listed = (
        "Withholds Foreign Ministry (on background) Evades Presidential Office (on deep background)"
        " Asserts Lawyer (anonymous)"
    )
    assert [listed] * 3 == [who_is_listed(browse(client, path)) for path in ("/claims", "/", f"{CLAIM}/embed")]


def test_one_word_on_the_record_among_many_is_found(desk, client):
    """However often a party spoke without its name, its last word on the record is enough to name it in a list."""
    unnamed = [said("alleged", LAWYER, attribution="anonymous", said_on=f"2025-12-{n:02}") for n in range(1, 21)]
    open_claim(desk, *unnamed, said("alleged", OFFICE, attribution="anonymous"))
    assert "Asserts Lawyer (anonymous), Presidential Office (anonymous)" == who_is_listed(browse(client, "/claims"))
    append(desk, said("alleged", LAWYER))
    assert "Asserts Lawyer, Presidential Office (anonymous)" == who_is_listed(browse(client, "/claims"))


def test_a_list_reads_no_further_than_a_word_on_the_record(desk, client, monkeypatch):
    """Of each party a row of a list reads the first and the last event, and more only where neither was on the record.

    Whoever spoke for somebody else has said so in one of them, but for a rare party; a claim's own page reads all.
    """
    asked = []

    def find_events(timeline, *, wanted):
        asked.extend(versions for _, versions in wanted.values())
        return find(timeline, wanted=wanted)

    find = Timeline.find_events
    monkeypatch.setattr(Timeline, "find_events", find_events)
    open_claim(
        desk,
        *(said("alleged", PAPER, said_on=f"2025-12-{n:02}") for n in range(1, 21)),
        *(said("alleged", LAWYER, attribution="anonymous", said_on=f"2025-12-{n:02}") for n in range(1, 7)),
    )
    browse(client, "/claims")
    assert [[2, 21, 22, 27], [2, 21, 22, 23, 24, 25, 27], [2, 21, *range(22, 28)]] == asked


def moved_of(page):
    """Give who moved, by what a page says has changed between two versions."""
    return in_words(page.html.partition('id="moved"')[2].partition("<tbody>")[2].partition("</tbody>")[0])


def test_what_was_before_is_told_as_it_read_then(desk, client):
    """What changed by an amendment is told with what the amended words read before it, on what terms too."""
    open_claim(desk, said("denied", KOREA, attribution="anonymous"), said("confirmed", CORP))
    statement = said("confirmed", KOREA)[1]
    assert mend(desk, kept("amended", regarding=2, type="confirmed", statement=statement), 3).status_code == 201
    told = moved_of(browse(client, f"{CLAIM}/versions/4?diff=3"))
    assert told == "Foreign Ministry denies anonymous affirms 4"


def test_what_changed_leads_to_events_that_it_does_not_list(desk, client):
    """An event from before what changed is no part of that page: it leads to where the event is."""
    dated = [said("denied", KOREA, said_on="2025-12-01"), said("confirmed", OFFICE, said_on="2025-12-02")]
    open_claim(desk, *dated, said("confirmed", KOREA, said_on="2025-12-03"))
    page = browse(client, f"{CLAIM}/versions/4?diff=3")
    assert moved_of(page) == "Foreign Ministry denies overtaken by Presidential Office (3) affirms 4"
    inside = {link[1:] for link in page.all("href", "a") if link.startswith("#")}
    assert inside <= {*page.all("id")}
    assert {f"{CLAIM}#event-3", f"{CLAIM}#event-4"} <= {*page.all("href", "a")}


def test_what_changed_tells_who_turned_in_between(desk, client):
    """A reversal between two moments is told, of whoever stands again where it stood as well, and no other is."""
    back_again = [said("denied", KOREA), said("confirmed", KOREA), said("denied", KOREA, said_on="2026-02-01")]
    open_claim(desk, *back_again, said("confirmed", OFFICE))
    between, after = (browse(client, f"{CLAIM}/versions/{to}?diff={since}") for since, to in ((2, 4), (4, 5)))
    turned = in_words(between.html.partition('class="turns"')[2].partition("</ul>")[0].partition(">")[2])
    assert turned == (
        "Reversal : Foreign Ministry, denies (2) → affirms (3) Reversal : Foreign Ministry, affirms (3) → denies (4)"
    )
    assert {f"{CLAIM}#event-2", f"{CLAIM}#event-3"} <= {*between.all("href", "a")}
    assert "Reversal" not in after.text


def test_what_changed_tells_who_moved_otherwise_in_between(desk, client):
    """A shift between two moments is told beside reversals, in order, and none from before."""
    again = said("ncnd", KOREA, said_on="2026-02-01")
    open_claim(desk, said("confirmed", KOREA), said("ncnd", KOREA), said("denied", KOREA), again)
    whole, later = (browse(client, f"{CLAIM}/versions/5?diff={since}").html for since in (2, 4))
    of = [in_words(page.partition('class="turns">')[2].partition("</ul>")[0]) for page in (whole, later)]
    first = "Shift : Foreign Ministry, affirms (2) → withholds (3)"
    turn, last = (
        "Reversal : Foreign Ministry, affirms (2) → denies (4)",
        "Shift : Foreign Ministry, denies (4) → withholds (5)",
    )
    assert of == [f"{first} {turn} {last}", last]


def test_what_changed_tells_what_was_withdrawn_in_between(desk, client):
    """Each withdrawal is told: whose word, of which wording, by whom and when, also where nobody moved."""
    open_claim(desk, said("reported", PAPER), said("denied", KOREA))
    assert mend(desk, kept("reworded", text="They met in Bern."), 3).status_code == 201
    append(desk, said("reported", PAPER, said_on="2026-02-01", attribution="background"))
    append(desk, said("corrected", PAPER, regarding=2, grade="corrected", said_on="2026-02-02"))
    append(desk, said("walked_back", OFFICE, regarding=3, said_on="2026-02-03"))
    between, before = (browse(client, f"{CLAIM}/versions/{to}?diff={since}") for since, to in ((5, 7), (2, 5)))
    told = in_words(between.html.partition('class="turns"')[2].partition("</ul>")[0].partition(">")[2])
    assert told == (
        "Withdrawn: The Paper, assertion (2, of an earlier wording), withdrawn by itself"
        " (6, corrected, said 2 Feb 2026)"
        " Withdrawn: Foreign Ministry, denial (3, of an earlier wording), withdrawn by Presidential Office"
        " (7, walked back, said 3 Feb 2026)"
    )
    assert {f"{CLAIM}#event-{n}" for n in (2, 3, 6, 7)} <= {*between.all("href", "a")}
    assert "Withdrawn:" not in before.text


def test_an_aspect_that_was_linked_since_belongs_with_it_since(desk, client):
    """Of a claim that was there then and became an aspect later no page of the past says that it was recorded since."""
    open_claim(desk, said("denied", KOREA))
    open_claim(desk, said("denied", KOREA), id_=OTHER_ID, text="The talks were official.")
    append(desk, ("linked", {"relation": "aspect_of", "claim": CLAIM_ID}), OTHER)
    assert "1 more aspect belongs with it since." in browse(client, f"{CLAIM}?as_of=4").text


def test_who_moved_without_turning_is_told_above_the_history(desk, client):
    """Who affirmed, or denied a part, and then withholds has moved: that is told beside who turned."""
    events = [said("confirmed", KOREA), said("denied", UNION, extent="partial"), said("ncnd", KOREA)]
    open_claim(desk, *events, said("denied", KOREA), said("ncnd", UNION))
    page = browse(client, CLAIM)
    for told in (
        "Shift : Foreign Ministry , affirms ( 2 ) → withholds ( 4 )",
        "Reversal : Foreign Ministry , affirms ( 2 ) → denies ( 5 )",
        "Shift : Union , denies in part ( 3 ) → withholds ( 6 )",
    ):
        head, found, page.text = page.text.partition(told)
        assert (found, "What is on record" in head) == (told, False), head
    assert "입장 변화 : Foreign Ministry" in browse(client, CLAIM, **{"Accept-Language": "ko"}).text


def test_the_record_tells_whose_word_was_struck_or_taken_back(desk, client):
    """A strike and a retraction stand in the record with whose word each is about, and how that reads."""
    denied = said("denied", KOREA, attribution="background")
    open_claim(desk, denied, said("retracted", OFFICE, regarding=2), said("ncnd", CORP))
    assert mend(desk, kept("struck", regarding=4), 4).status_code == 201
    page = browse(client, "/events").text
    taken = "event 2 Foreign Ministry denied (on background): What was said."
    assert f"Presidential Office retracted a statement : What was said. {taken}" in page
    struck = "Corp neither confirmed nor denied : What was said."
    assert f"Struck from our record event 4 {struck} Reason: It was logged wrongly." in page


def test_a_redaction_says_what_was_erased(desk, client):
    """In the record and among the corrections a redaction says what kind of event it erased, and no more of it."""
    open_claim(desk, said("denied", KOREA))
    assert mend(desk, kept("redacted", regarding=2), 2).status_code == 201
    for path in ("/events", "/corrections"):
        page = browse(client, path).text
        assert "Redacted event 2 ( denied ) Reason: It was logged wrongly." in page
        assert "Foreign Ministry" not in page
