"""Hold the pages to any history: whatever the rules allow to be recorded, every page that tells of it is shown."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.codebook import STATEMENTS
from tests.builders import ENVOY, KREMLIN, MID, MOFA, amended, asked, assessed, kept, published, said
from tests.domain.test_properties import statements
from tests.web.browsing import PAGE, Page, browse, in_words, reason_of, rows_of, who_is_listed
from tests.web.newsroom import CLAIM, mend, open_claim

TERMS = ["on_record", "background", "deep_background", "anonymous", "unstated"]
GRADE = {"corrected": {"grade": "corrected"}}
KEY = "russian-foreign-ministry"
BACK = st.integers(1, 4)
LONG_YEARS = [  # a program's calendar ends somewhere; EDTF's does not
    *("-9999", "0000", "9999-24", "Y10000", "Y2147483647", "Y2147483648", "Y-2147483648", "Y-2147483649"),
    *("Y999999999999", "Y-999999999999", "Y-1E11", "Y9E11S1"),
    *("2025/Y999999999999", "Y-999999999999/2025", "[Y-999999999999..Y999999999999]", "../Y-2147483649~"),
]
takings = st.builds(
    lambda type_, party, back: said(type_, party, regarding=back, **GRADE.get(type_, {})),
    st.sampled_from(["retracted", "retracted", "walked_back", "walked_back", "corrected", "clarified"]),
    st.sampled_from([MID, MID, KREMLIN]),
    BACK,
)
graded = st.fixed_dictionaries(
    {"attribution": st.sampled_from(TERMS)},
    optional={
        "strength": st.sampled_from(["categorical", "plain", "hedged"]),
        "credibility": st.integers(1, 6),
        "on_behalf_of": st.sampled_from([KREMLIN, MOFA]),
        "said_on": st.sampled_from(LONG_YEARS),
        "source": st.builds(published, st.sampled_from(LONG_YEARS)),
    },
)
plain = st.builds(
    lambda type_, party, more: said(type_, party, **more),
    st.sampled_from([type_ for type_, kind in STATEMENTS.items() if not kind.of_own_words]),
    st.sampled_from([MID, MID, KREMLIN, MOFA, ENVOY]),
    graded,
)
readings = st.builds(
    lambda likelihood, back: assessed(likelihood=likelihood, confidence="low", regarding=back),
    st.sampled_from(["almost_no_chance", "roughly_even", "almost_certain"]),
    BACK,
)
keeping = st.one_of(
    st.builds(amended, BACK, plain | takings),
    st.builds(lambda back: kept("struck", regarding=back), BACK),
    st.builds(lambda back: kept("redacted", regarding=back), BACK),
    st.just(kept("reworded", text="It was so.")),
    st.builds(asked, st.sampled_from([MID, MOFA])),
)
anything = plain | takings | statements() | readings | keeping
histories = st.tuples(
    st.lists(plain, min_size=1, max_size=2),
    st.lists(takings, min_size=3, max_size=6),
    st.lists(anything, max_size=6),
).map(lambda parts: [event for part in parts for event in part])


def record(desk, history):
    """Record on a claim of its own what the rules allow of a history; gives its address and its last version.

    What an event regards is given as how many events before it that is.
    """
    claim, version = open_claim(desk, id_=str(uuid4())), 1
    for type_, data in history:
        regarding = {"regarding": max(version + 1 - data["regarding"], 1)} if "regarding" in data else {}
        query = "?allow_duplicate=true"
        response = desk.post(
            f"{claim}/events{query}",
            json={"type": type_, "data": data | regarding},
            headers={"If-Match": f'"{version}"'},
        )
        assert response.status_code in {201, 409, 422}, response.text
        version += response.status_code == 201
    return claim, version


def list_pages(client, claim, last):
    """List the pages that tell of a claim's history."""
    parties = [position["party"]["key"] for position in client.get(claim).json["positions"]]
    pages = ["/", "/claims", "/desk", "/corrections", "/events", claim, f"{claim}/embed"]
    pages += [f"{claim}?said_until=2025-12-21", f"{claim}/versions/{last}?diff=1", *(f"/parties/{k}" for k in parties)]
    return pages + [f"{claim}/{what}/{n}" for n in range(1, last + 1) for what in ("versions", "events")]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(histories)
def test_every_page_that_tells_of_a_history_is_shown(desk, history):
    """No word, no state and no chain of withdrawals leaves a page without a text to tell it by."""
    claim, last = record(desk, history)
    for page in list_pages(desk, claim, last):
        browse(desk, page)
    for form in [f"{claim}/log/{act}?regarding={n}" for act in ("strike", "redact") for n in range(2, last + 1)]:
        Page(desk.get(form, headers=PAGE).text)  # also where it says why that cannot be


def test_what_an_event_regards_is_led_to_from_the_forms_that_mend_it(desk):
    """No link of a form leads nowhere: the event that a quoted one regards is on its own page."""
    open_claim(desk, said("denied"), said("clarified", regarding=2))
    mend(desk, amended(3, said("clarified", regarding=2, scope="the visit")), 3)
    for form in ("strike?regarding=3", "redact?regarding=3", "redact?regarding=4"):
        assert f"{CLAIM}/events/2" in browse(desk, f"{CLAIM}/log/{form}").all("href", "a")


@pytest.mark.parametrize("date", LONG_YEARS)
def test_a_year_of_any_length_is_told_on_every_page(desk, date):
    """Whatever year EDTF can write is shown, to people and to programs: no calendar of a program's bounds it."""
    claim, last = record(desk, [said("denied", said_on=date), said("confirmed", MOFA, source=published(date))])
    assert last == 3
    for page in [*list_pages(desk, claim, last), f"{claim}/log", f"{claim}/log/amend?regarding=2"]:
        browse(desk, page)
    for answer in ("/claims", "/desk", "/corrections", "/events", claim, f"{claim}/versions/3?diff=1"):
        plain = desk.get(answer, headers={"Accept": "application/json"})
        others = re.findall('<([^>]*)>; rel="alternate"', ", ".join(plain.headers.getlist("Link")))
        assert [200] * (1 + len(others)) == [plain.status_code, *(desk.get(other).status_code for other in others)]


def test_who_was_asked_and_has_not_answered_is_not_said_to_withhold(desk, client):
    """The reason of an unconfirmed claim is about those who answered."""
    open_claim(desk, asked(MOFA), said("deflected"))
    told = "Whoever answered withholds or evades: Russian Foreign Ministry (3). Nobody affirms any of it."
    assert told == reason_of(browse(client, CLAIM))


def test_a_full_denial_is_told_beside_a_retraction(desk, client):
    """Whoever denies in full is named where what was affirmed was corrected away."""
    events = (said("confirmed"), said("corrected", regarding=2, grade="corrected"), said("denied", MOFA))
    open_claim(desk, *events)
    told = reason_of(browse(client, CLAIM))
    assert told.endswith("Nobody affirms it in full. Denied in full by South Korean Foreign Ministry (4).")


def test_what_a_logging_left_unsaid_is_told_where_an_amendment_says_it(desk, client):
    """The first logging was of the whole and on the record, though it said neither."""
    open_claim(desk, said("confirmed"))
    mend(desk, amended(2, said("confirmed", extent="partial", attribution="anonymous")), 2)
    told = in_words(browse(client, "/corrections").html)
    assert "Attribution on the record → anonymous Of the whole claim, or a part the whole → a part" in told


def test_a_party_is_told_by_the_word_that_took_a_stance_whatever_was_withdrawn_later(desk, client):
    """What a party withdrew is its last word with a stance, none of the withdrawals and remarks that it took back."""
    remarks = [said("clarified", regarding=2, scope=f"{n}") for n in range(4)]
    chain = [said("retracted", regarding=n) for n in (2, 3, 4, 5, 6, 7)]
    open_claim(desk, said("confirmed"), said("walked_back", regarding=2), *remarks, *chain)
    assert rows_of(browse(client, CLAIM)) == ["Russian Foreign Ministry RU withdrawn 8 affirmation"]
    assert who_is_listed(browse(client, "/claims")) == "Withdrawn Russian Foreign Ministry (affirmation)"
    assert "affirmation (2), withdrawn by itself (8, said" in in_words(browse(client, f"/parties/{KEY}").html)
