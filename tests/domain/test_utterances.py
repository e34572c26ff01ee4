"""Hold the fold to what is said in one breath, amended, struck, redacted, and to `by_country`."""

from itertools import permutations

import pytest

from domain.dates import bounds
from domain.positions import PartyFold
from domain.reading import find_held_back, read_history
from domain.standing import describe_claim
from tests.builders import (
    ENVOY,
    KREMLIN,
    MID,
    MOFA,
    PAPER,
    WIRE,
    amended,
    asked,
    assessed,
    given,
    kept,
    position,
    published,
    record,
    said,
    stands,
)

PART = {"extent": "partial", "scope": "the visit"}
BREATH = {"utterance": "briefing"}


def positions(*events, said_until=None):
    """Give the positions after a history whose first event here is event 2."""
    return stands(given(*events), said_until)["positions"]


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_one_utterance_is_folded_full_words_first_in_whatever_order_it_was_logged(order):
    """The full word sets the position, parts are conceded or join, what withholds or evades goes to `beside`."""
    words = [
        said("denied", **BREATH),
        said("acknowledged", **BREATH, **PART),
        said("countered", **BREATH),
        said("ncnd", **BREATH),
        said("dismissed", **BREATH),
    ]
    full, part, joins, withholds, evades = (order.index(i) + 2 for i in range(5))
    expected = position(MID, "denies", *sorted((full, joins)), concedes=[part], beside=sorted((withholds, evades)))
    claim = given(*(words[i] for i in order))
    assert stands(claim)["positions"] == [expected]
    assert (stands(claim)["reversals"], stands(claim)["shifts"]) == ([], [])


@pytest.mark.parametrize(("breath", "folded"), [("briefing", [2, 4, 3]), ("interview", [4])])
def test_a_word_is_folded_behind_what_was_read_unless_its_utterance_began_there(monkeypatch, breath, folded):
    """After a reading only what is said in a new utterance is folded; what belongs to an old one, with all of it."""
    claim, add, added = given(said("denied", **BREATH), said("declined")), PartyFold.add, []
    describe_claim(claim.history, claim.reading)

    def note(fold, word, **how):
        added.append(word.version)
        add(fold, word, **how)

    monkeypatch.setattr(PartyFold, "add", note)
    record(claim, said("countered", utterance=breath))
    answer = describe_claim(claim.history, claim.reading)
    assert answer["positions"] == [position(MID, "denies", 2, 4, beside=[3])]
    assert added == folded


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize(("evades", "withholds"), [("dismissed", "ncnd"), ("declined", "unaware")])
def test_of_one_utterance_what_moves_is_folded_before_what_does_not(order, evades, withholds):
    """In one breath an attack on the report goes beside NCND, whichever was logged first."""
    words = [said(withholds, **BREATH), said(evades, **BREATH)]
    moved, beside = (order.index(i) + 2 for i in range(2))
    assert positions(*(words[i] for i in order)) == [position(MID, "withholds", moved, beside=[beside])]


def test_a_partial_word_sends_what_withholds_in_one_breath_beside():
    """A withholding word in the utterance of a partial one goes to `beside` too."""
    history = [said("ncnd", **BREATH), said("acknowledged", **BREATH, **PART)]
    assert positions(*history) == [position(MID, "affirms", 3, partial=True, beside=[2])]


def test_a_withholding_word_counts_once_the_plain_one_is_taken_back():
    """Only words that count decide what goes beside."""
    history = [said("alleged"), said("denied", **BREATH), said("ncnd", **BREATH), said("retracted", regarding=3)]
    assert positions(*history) == [position(MID, "withholds", 4)]


def test_an_utterance_is_folded_at_the_place_of_its_first_event():
    """What is logged of an utterance later was said no later: what came between has come after."""
    history = [said("denied", **BREATH), said("ncnd"), said("denied", **BREATH)]
    assert positions(*history) == [position(MID, "withholds", 3)]


def test_an_utterance_is_of_one_party():
    """A label that two parties share joins nothing of theirs."""
    history = [said("ncnd", MOFA, **BREATH), said("denied", MID, **BREATH)]
    assert positions(*history) == [position(MOFA, "withholds", 2), position(MID, "denies", 3)]


def test_words_of_other_utterances_move_the_position_as_they_come():
    """What withholds in another utterance moves the position."""
    history = [said("denied", utterance="morning"), said("ncnd", utterance="evening")]
    assert positions(*history) == [position(MID, "withholds", 3)]


def test_an_amended_event_is_folded_at_its_own_place():
    """An amended event is folded, and shown, at its own version, with its amended content, by its latest amendment."""
    history = [said("denied"), said("ncnd"), amended(2, said("confirmed")), amended(2, said("alleged", MOFA))]
    assert positions(*history[:3]) == [position(MID, "withholds", 3)]
    assert positions(*history) == [position(MOFA, "asserts", 2), position(MID, "withholds", 3)]


def test_an_event_amended_to_an_assessment_moves_no_position():
    """An amendment may say that a statement was an assessment, or an assessment a statement."""
    assert positions(said("denied"), amended(2, assessed())) == []
    assert positions(assessed(), amended(2, said("denied"))) == [position(MID, "denies", 2)]


@pytest.mark.parametrize("type_", ["struck", "redacted"])
def test_struck_and_redacted_events_are_not_folded(type_):
    """What was struck or redacted makes no position, as amended or not."""
    assert positions(said("denied"), said("confirmed"), kept(type_, regarding=3)) == [position(MID, "denies", 2)]
    assert positions(said("denied"), amended(2, said("confirmed")), kept(type_, regarding=2)) == []


@pytest.mark.parametrize(
    "event",
    [amended(2, said("confirmed")), kept("struck", regarding=2), kept("redacted", regarding=2)],
)
def test_what_we_mend_in_the_record_makes_no_party_move(event):
    """Amended and struck events never make a reversal, a shift or a withdrawal."""
    answer = stands(given(said("denied"), event))
    assert (answer["reversals"], answer["shifts"], answer["withdrawals"]) == ([], [], [])


SAID_UNTIL = [
    ({"said_on": "2025-12-21"}, "2025-12-21", True),
    ({"said_on": "2025-12-21"}, "2025-12", True),
    ({"said_on": "2025-12-21"}, "2025-12-20", False),
    ({"said_on": "2025-12"}, "2025-12-21", False),
    ({"said_on": "2025-12"}, "2025-12-3X", True),
    ({"said_on": "2025-12", "source": published("2025-12-05")}, "2025-12-21", True),
    ({"said_on": "2025-12-21", "source": published("2026-02-01")}, "2025-12-21", True),
    ({"said_on": "2020-12/.."}, "2025-12-21", False),
    ({"said_on": "2020-12/..", "source": published("2025-12-05")}, "2025-12-21", True),
    ({"source": published("2025-12-21")}, "2025-12-21", True),
    ({"source": published("2025-12-22")}, "2025-12-21", False),
    ({"said_on": "../2025-12-21"}, "2025-12-21", True),
    ({}, "2099", False),
    ({}, "2025/..", False),
    ({"said_on": "2099"}, "2025/..", True),
]


@pytest.mark.parametrize(("dates", "until", "through"), SAID_UNTIL)
def test_said_until_lets_through_what_was_surely_said_by_then(dates, until, through):
    """The earlier of the latest possible days is on or before the end of the date; what has neither is held back."""
    expected = [position(MID, "denies", 2)] if through else []
    assert positions(said("denied", **dates), said_until=until) == expected


def test_said_until_holds_back_corrections_and_retractions_but_not_record_keeping():
    """A retraction said later has not been said yet; amendments, strikes and rewordings always apply."""
    then = {"said_on": "2025-12-21"}
    claim = given(
        said("denied", **then),
        said("retracted", regarding=2, said_on="2026-01-05"),
        said("reported", WIRE, **then),
        said("reported", PAPER, **then),
        kept("struck", regarding=4),
        amended(5, said("confirmed", PAPER, **then)),
        kept("reworded", text="It was so."),
    )
    answer = stands(claim, "2025-12-31")
    assert answer["positions"] == [position(MID, "denies", 2), position(PAPER, "affirms", 5)]
    assert (answer["text"], answer["version"]) == ("It was so.", 8)


def test_said_until_holds_back_assessments():
    """An assessment said later, or of no known date, has not been made yet; a request for comment always applies."""
    claim = given(assessed(said_on="2025"), assessed(said_on="2026"), assessed(), asked())
    assert list(read_history(claim.history, bounds("2025-12-31")).contents) == [1, 2, 5]


def test_what_is_held_back_is_listed_with_its_amendments_and_struck_or_not():
    """Held back are the events that read as said after the date, and the amendments of such."""
    claim = given(
        said("denied", said_on="2025"),
        said("denied", said_on="2026"),
        said("ncnd"),
        amended(2, said("denied", said_on="2026-02")),
        amended(4, said("ncnd", said_on="2025")),
        kept("struck", regarding=3),
        asked(),
    )
    assert find_held_back(claim.history, bounds("2025-12-31")) == {2, 3, 5}


COUNTRIES = [
    ([said("denied", MID), said("ncnd", MOFA)], {"KR": ["withholds"], "RU": ["denies"]}),
    ([said("denied", MID), said("confirmed", KREMLIN, said_on="1999")], {"RU": ["denies", "affirms"]}),
    ([said("denied", MID), said("denied", KREMLIN)], {"RU": ["denies"]}),
    ([said("alleged", ENVOY, on_behalf_of=KREMLIN)], {"RU": ["asserts"]}),
    ([said("denied", MID), said("retracted", regarding=2)], {"RU": ["withdrawn"]}),
    ([said("reported", PAPER), said("reported", WIRE), said("alleged", ENVOY)], {}),
]


@pytest.mark.parametrize(("history", "expected"), COUNTRIES)
def test_by_country_groups_the_positions_of_the_voices_of_each_state(history, expected):
    """Stances are grouped by the state whose voices hold them, so that two that disagree are seen side by side."""
    assert stands(given(*history))["by_country"] == expected
