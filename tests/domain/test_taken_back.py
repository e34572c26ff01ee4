"""Hold what is taken back, twice, in one breath and under an amendment, to *Derived: positions* and the rules."""

import pytest

from domain.standing import describe_claim
from tests.builders import (
    KREMLIN,
    MID,
    MOFA,
    WIRE,
    amended,
    assessed,
    given,
    kept,
    position,
    record,
    said,
    stands,
    then_recorded,
    then_refused,
    when,
)

BREATH = {"utterance": "briefing"}
NCND_AT_THE_BRIEFING = (said("denied", **BREATH), said("alleged"), said("ncnd", **BREATH))


@pytest.mark.parametrize("gone", [said("retracted", regarding=2), kept("struck", regarding=2)])
def test_the_rest_of_an_utterance_is_folded_where_the_first_of_it_that_counts_is(gone):
    """One that is left out of an utterance, whether taken back or struck, holds no place for the others."""
    assert stands(given(*NCND_AT_THE_BRIEFING, gone))["positions"] == [position(MID, "withholds", 4)]


def test_each_event_that_took_a_statement_back_is_a_withdrawal():
    """A walk-back and the retraction after it are both withdrawals, and a turn after both is a corrected one."""
    claim = given(
        said("alleged"), said("walked_back", regarding=2), said("retracted", KREMLIN, regarding=2), said("denied")
    )
    answer = stands(claim)
    mid = "russian-foreign-ministry"
    assert answer["withdrawals"] == [{"party": mid, "of": 2, "by": 3}, {"party": mid, "of": 2, "by": 4}]
    turn = {"party": mid, "from": 2, "to": 5, "from_stance": "asserts", "to_stance": "denies", "corrected": True}
    assert answer["reversals"] == [turn]
    assert when(claim, said("retracted", regarding=2)) == then_refused("still_counts", "/regarding")


def test_a_retraction_that_was_taken_back_makes_no_turn_corrected_whoever_read_the_claim_before():
    """Where only a walk-back is left, a later turn is not a corrected one, though the retraction was read meanwhile."""
    claim = given(said("alleged"), said("walked_back", regarding=2), said("retracted", KREMLIN, regarding=2))
    for event in (said("retracted", KREMLIN, regarding=4), said("denied")):
        describe_claim(claim.history, claim.reading)
        record(claim, event)
    mid = "russian-foreign-ministry"
    turn = {"party": mid, "from": 2, "to": 6, "from_stance": "asserts", "to_stance": "denies", "corrected": False}
    assert describe_claim(claim.history, claim.reading)["reversals"] == [turn]


def test_a_retraction_after_the_turn_does_not_make_it_corrected():
    """A turn is corrected where the retraction came before it."""
    claim = given(said("alleged"), said("walked_back", regarding=2), said("denied"), said("retracted", regarding=2))
    assert [turn["corrected"] for turn in stands(claim)["reversals"]] == [False]


@pytest.mark.parametrize(
    ("mended", "expected"),
    [
        (said("denied", MOFA), then_refused("own_words", "/statement/party")),
        (said("denied", WIRE), then_refused("own_words", "/statement/party")),
        (said("denied", KREMLIN), then_recorded(4)),
        (said("confirmed"), then_recorded(4)),
        (assessed(), then_refused("regarding_fits", "/type")),
    ],
)
@pytest.mark.parametrize("type_", ["clarified", "corrected", "retracted", "walked_back"])
def test_what_was_taken_back_or_explained_stays_a_word_of_whoever_did(type_, mended, expected):
    """`own_words`: an amendment leaves no party with a retraction of words that are then another's."""
    more = {"grade": "refile"} if type_ == "corrected" else {}
    assert when(given(said("denied"), said(type_, regarding=2, **more)), amended(2, mended)) == expected


def test_once_a_retraction_is_struck_what_it_regarded_can_be_given_to_another():
    """Whoever logged both under the wrong name strikes the retraction, amends, and logs it again."""
    claim = given(said("denied"), said("retracted", regarding=2), kept("struck", regarding=3))
    assert when(claim, amended(2, said("denied", MOFA))) == then_recorded(5)
    assert when(claim, said("retracted", MOFA, regarding=2)) == then_recorded(6)
