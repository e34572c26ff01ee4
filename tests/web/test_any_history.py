"""Hold the pages to any history: whatever the rules allow to be recorded, every page that tells of it is shown."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.codebook import STATEMENTS
from tests.builders import ENVOY, KREMLIN, MID, MOFA, amended, asked, assessed, kept, said
from tests.domain.test_properties import statements
from tests.web.browsing import browse, in_words, reason_of, rows_of, who_is_listed
from tests.web.newsroom import CLAIM, mend, open_claim

TERMS = ["on_record", "background", "deep_background", "anonymous", "unstated"]
GRADE = {"corrected": {"grade": "corrected"}}
KEY = "russian-foreign-ministry"
BACK = st.integers(1, 4)
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


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(histories)
def test_every_page_that_tells_of_a_history_is_shown(desk, history):
    """No word, no state and no chain of withdrawals leaves a page without a text to tell it by."""
    claim, last = record(desk, history)
    parties = [position["party"]["key"] for position in desk.get(claim).json["positions"]]
    pages = ["/", "/claims", "/desk", "/corrections", "/events", claim, f"{claim}/embed"]
    pages += [f"{claim}?said_until=2025-12-21", f"{claim}/versions/{last}?diff=1", *(f"/parties/{k}" for k in parties)]
    pages += [f"{claim}/{what}/{n}" for n in range(1, last + 1) for what in ("versions", "events")]
    for page in pages:
        browse(desk, page)


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
    assert "affirmation (2), withdrawn by itself (8)" in in_words(browse(client, f"/parties/{KEY}").html)
