"""Hold the fold of a party's words to *Derived: positions*."""

import pytest

from tests.builders import (
    ENVOY,
    KREMLIN,
    MID,
    MOFA,
    WIRE,
    amended,
    asked,
    assessed,
    given,
    kept,
    position,
    published,
    said,
    stands,
)

FULL = [
    ("reported", "asserts"),
    ("alleged", "asserts"),
    ("confirmed", "affirms"),
    ("acknowledged", "affirms"),
    ("denied", "denies"),
]
WITHHOLDING = [("ncnd", "withholds"), ("unaware", "withholds"), ("deflected", "withholds")]
EVADING = [("declined", "withholds"), ("unresponsive", "withholds"), ("dismissed", "evades")]
PART = {"extent": "partial", "scope": "the visit"}


def positions(*events, said_until=None):
    """Give the positions after a history whose first event here is event 2."""
    return stands(given(*events), said_until)["positions"]


@pytest.mark.parametrize(("type_", "stance"), [*FULL, *WITHHOLDING, *EVADING])
def test_a_first_word_sets_the_position(type_, stance):
    """Where there is no position, any word with a stance sets one."""
    assert positions(said(type_)) == [position(MID, stance, 2)]


@pytest.mark.parametrize(("type_", "stance"), FULL)
@pytest.mark.parametrize(("before", "left"), [*FULL, *WITHHOLDING, *EVADING])
def test_a_full_statement_sets_the_position(before, left, type_, stance):
    """A full statement sets the position whatever it was; of the same stance it joins."""
    events = (2, 3) if stance == left else (3,)
    assert positions(said(before), said(type_)) == [position(MID, stance, *events)]


def test_countered_in_full_sets_the_position():
    """`countered` denies in full only where it says so."""
    assert positions(said("countered", extent="full")) == [position(MID, "denies", 2)]
    assert positions(said("countered")) == [position(MID, "denies", 2, partial=True)]


@pytest.mark.parametrize(
    ("type_", "stance"), [("confirmed", "affirms"), ("acknowledged", "affirms"), ("denied", "denies")]
)
@pytest.mark.parametrize("before", [None, "ncnd", "declined", "dismissed"])
def test_without_a_full_statement_a_partial_one_sets_the_position(before, type_, stance):
    """A partial statement where there is no full one sets the position, with `partial`."""
    history = [said(before)] if before else [assessed()]
    assert positions(*history, said(type_, **PART)) == [position(MID, stance, 3, partial=True)]


CONCEDED = [
    ([said("denied"), said("acknowledged", **PART)], position(MID, "denies", 2, concedes=[3])),
    ([said("acknowledged", **PART), said("denied")], position(MID, "denies", 3, concedes=[2])),
    ([said("denied"), said("ncnd"), said("confirmed", **PART), said("denied")],
     position(MID, "denies", 5, concedes=[4])),
    ([said("alleged"), said("denied", **PART)], position(MID, "asserts", 2, disputes=[3])),
    ([said("confirmed"), said("countered"), said("denied", **PART)], position(MID, "affirms", 2, disputes=[3, 4])),
    ([said("countered"), said("acknowledged")], position(MID, "affirms", 3, disputes=[2])),
    ([said("denied", said_on="2025-12-21"), said("acknowledged", said_on="2025-01", **PART)],
     position(MID, "denies", 2, concedes=[3])),
    ([said("denied", said_on="2025-12-21"), said("acknowledged", said_on="2026-01", **PART)],
     position(MID, "denies", 2, concedes=[3])),
]  # fmt: skip


@pytest.mark.parametrize(("history", "expected"), CONCEDED)
def test_a_partial_statement_never_overturns_a_full_one(history, expected):
    """On the other side it is listed in `concedes` or `disputes`, whenever it was said."""
    assert positions(*history) == [expected]


JOINED = [
    ([said("denied", **PART), said("ncnd"), said("denied")], position(MID, "denies", 2, 4)),
    ([said("denied", **PART), said("confirmed"), said("denied")], position(MID, "denies", 2, 4)),
    ([said("confirmed"), said("denied", **PART), said("denied")], position(MID, "denies", 3, 4)),
    ([said("denied"), said("acknowledged", **PART), said("confirmed")], position(MID, "affirms", 3, 4)),
    ([said("acknowledged", **PART), said("confirmed"), said("reported")], position(MID, "asserts", 2, 4)),
    ([said("denied", **PART), said("ncnd"), said("denied"), said("confirmed", **PART)],
     position(MID, "denies", 2, 4, concedes=[5])),
    ([said("denied", said_on="2025-12-21"), said("denied", said_on="2025-01", **PART)],
     position(MID, "denies", 2, beside=[3])),
]  # fmt: skip


@pytest.mark.parametrize(("history", "expected"), JOINED)
def test_a_partial_statement_joins_a_full_one_on_its_side(history, expected):
    """It is among the events, whatever lies between, unless it is `beside` since it was said before what stood then."""
    assert positions(*history) == [expected]


@pytest.mark.parametrize(
    "gone", [said("retracted", regarding=3), said("walked_back", regarding=3), kept("struck", regarding=3)]
)
def test_a_part_is_conceded_as_long_as_it_counts(gone):
    """A partial statement that was taken back, or struck, is listed no longer."""
    assert positions(said("denied"), said("acknowledged", **PART), gone) == [position(MID, "denies", 2)]


@pytest.mark.parametrize(
    ("full", "partial", "stance"),
    [
        ("denied", "denied", "denies"),
        ("denied", "countered", "denies"),
        ("confirmed", "acknowledged", "affirms"),
        ("alleged", "acknowledged", "asserts"),
    ],
)
def test_a_partial_statement_on_the_same_side_joins(full, partial, stance):
    """On the same side a partial statement joins `events`, and the position stays full."""
    assert positions(said(full), said(partial, **PART)) == [position(MID, stance, 2, 3)]


def test_a_full_statement_makes_a_partial_position_full():
    """A full statement after a partial one of the same stance joins it and makes it full."""
    assert positions(said("countered"), said("denied")) == [position(MID, "denies", 2, 3)]


def test_a_full_statement_of_another_stance_keeps_the_part_that_was_said():
    """A partial statement is among the events of a full one on the same side, whichever was logged first."""
    words = [said("acknowledged", **PART, said_on="2025-06-01"), said("alleged")]
    for order in (words, words[::-1]):
        assert positions(*order) == [position(MID, "asserts", 2, 3)]
        earlier = positions(*order, said("ncnd", said_on="2025-01-01"))
        assert earlier == [position(MID, "asserts", 2, 3, beside=[4])]


@pytest.mark.parametrize(("type_", "stance"), WITHHOLDING)
@pytest.mark.parametrize("before", ["reported", "confirmed", "denied", "countered", "dismissed"])
def test_to_withhold_moves_the_position(before, type_, stance):
    """`ncnd`, `unaware` and `deflected` move the position to `withholds`."""
    assert positions(said(before), said(type_)) == [position(MID, stance, 3)]


def test_what_moved_nobody_stays_listed_when_the_party_moves_on():
    """What went to `beside` is there still after the next move, so that no word is left out of the answer."""
    assert positions(said("confirmed"), said("dismissed"), said("denied")) == [position(MID, "denies", 4, beside=[3])]


@pytest.mark.parametrize(("type_", "_"), EVADING)
@pytest.mark.parametrize(("before", "stance"), [*FULL, *WITHHOLDING, *EVADING])
def test_to_evade_never_moves_a_position(before, stance, type_, _):
    """`declined`, `unresponsive` and `dismissed` are listed in `beside` where there is a position."""
    assert positions(said(before), said(type_)) == [position(MID, stance, 2, beside=[3])]


@pytest.mark.parametrize(
    "event",
    [
        said("clarified", regarding=2),
        said("corrected", regarding=2, grade="refile"),
        assessed(by=MID),
        assessed(by=MID, regarding=2),
        asked(MID),
        kept("reworded", text="It was otherwise."),
        said("confirmed", MOFA),
    ],
)
def test_what_moves_nothing_moves_nothing(event):
    """A clarification, a refile, an assessment, a request, a rewording, another's word: the position stays."""
    assert positions(said("denied"), event)[0] == position(MID, "denies", 2)


def test_a_clarification_alone_is_no_position():
    """Who only clarifies for its state has no position."""
    assert positions(said("denied"), said("clarified", KREMLIN, regarding=2)) == [position(MID, "denies", 2)]


TAKING_BACK = [
    ("retracted", {}),
    ("walked_back", {}),
    ("corrected", {"grade": "corrected"}),
    ("corrected", {"grade": "withdrawn"}),
]


@pytest.mark.parametrize(("type_", "more"), TAKING_BACK)
@pytest.mark.parametrize("before", ["reported", "confirmed", "denied", "countered", "ncnd", "declined", "dismissed"])
def test_a_party_whose_every_word_was_taken_back_is_withdrawn(before, type_, more):
    """If nothing of the party's is left, the position is `withdrawn`, made by what took its words back."""
    claim = given(said(before), said(type_, regarding=2, **more))
    assert stands(claim)["positions"] == [position(MID, "withdrawn", 3)]
    assert stands(claim)["withdrawals"] == [{"party": "russian-foreign-ministry", "of": 2, "by": 3}]


def test_who_was_withdrawn_by_several_is_withdrawn_since_the_last():
    """A party is `withdrawn` since the event that took back the last of its words."""
    claim = given(said("denied"), said("denied"), said("retracted", regarding=3), said("retracted", regarding=2))
    assert stands(claim)["positions"] == [position(MID, "withdrawn", 4, 5, since=5)]
    withdrawn = [{"of": 2, "by": 5}, {"of": 3, "by": 4}]
    assert stands(claim)["withdrawals"] == [{"party": "russian-foreign-ministry", **w} for w in withdrawn]


def test_a_withdrawal_is_of_whose_statement_it_was():
    """The retractor gets no position by it; the `party` of a withdrawal is whose statement it was."""
    claim = given(said("denied", ENVOY, on_behalf_of=KREMLIN), said("retracted", MID, regarding=2))
    assert stands(claim)["positions"] == [position(ENVOY, "withdrawn", 3)]
    assert stands(claim)["withdrawals"] == [{"party": "unnamed-official", "of": 2, "by": 3}]


@pytest.mark.parametrize(("type_", "more"), TAKING_BACK)
def test_what_is_left_is_folded_anew(type_, more):
    """Once a statement is taken out the rest is folded as if it had not been said."""
    history = [said("denied"), said("confirmed"), said("declined"), said(type_, regarding=3, **more)]
    assert positions(*history) == [position(MID, "denies", 2, beside=[4])]


def test_a_retraction_that_was_retracted_takes_nothing_back():
    """What took back a statement can itself be taken back, and then the statement counts again."""
    claim = given(said("denied"), said("retracted", regarding=2), said("retracted", regarding=3))
    assert stands(claim)["positions"] == [position(MID, "denies", 2)]
    assert stands(claim)["withdrawals"] == [{"party": "russian-foreign-ministry", "of": 3, "by": 4}]


def test_what_takes_back_is_read_as_amended_and_struck():
    """A retraction that was struck, or amended to something else, takes nothing back."""
    history = [said("denied"), said("retracted", regarding=2)]
    assert positions(*history, kept("struck", regarding=3)) == [position(MID, "denies", 2)]
    assert positions(*history, amended(3, said("ncnd"))) == [position(MID, "withholds", 3)]


LATE = [
    ({"said_on": "2025-12-20"}, True),
    ({"said_on": "2025-11"}, True),
    ({"said_on": "../2025-12-20"}, True),
    ({"source": published("2025-12-20")}, True),
    ({"said_on": "2025-12-20", "source": published("2026-01-01")}, True),
    ({"said_on": "2025-12-21"}, False),
    ({"said_on": "2025-12"}, False),
    ({"said_on": "2025-12-2X"}, False),
    ({"said_on": "2020-12/..", "source": published("2025-12-20")}, False),
    ({"source": published("2025-12-21")}, False),
    ({"said_on": "2026-01-01", "source": published("2025-12-20")}, False),
    ({}, False),
]


@pytest.mark.parametrize(("dates", "late"), LATE)
@pytest.mark.parametrize(("type_", "stance"), [("denied", "denies"), ("ncnd", "withholds"), ("alleged", "asserts")])
def test_what_was_surely_said_before_moves_nothing_however_late_it_was_logged(type_, stance, dates, late):
    """Its latest day, by `said_on`, else `published_on`, lies before that one's earliest: it goes to `beside`."""
    history = [said("confirmed", said_on="2025-12-21"), said(type_, **dates)]
    moved = position(MID, stance, 3)
    assert positions(*history) == [position(MID, "affirms", 2, beside=[3]) if late else moved]


@pytest.mark.parametrize("made_by", [{}, {"source": published("2025-12-21")}, {"said_on": "../2025-12-21"}])
def test_nothing_is_late_where_the_position_has_no_earliest_day(made_by):
    """The day before which a statement is late is by `said_on` only; unknown or unbounded, nothing is late."""
    history = [said("confirmed", **made_by), said("denied", said_on="1999")]
    assert positions(*history) == [position(MID, "denies", 3)]


def test_the_latest_said_event_of_a_position_decides_what_is_late():
    """Late is what was said before the latest-said event that makes the position, not the latest logged."""
    history = [
        said("denied", said_on="2025-12-21"),
        said("denied", said_on="2025-12-21"),
        said("denied"),
        said("confirmed", said_on="2025-12-20"),
    ]
    assert positions(*history) == [position(MID, "denies", 2, 3, 4, beside=[5])]


def test_each_party_has_one_position_in_the_order_they_first_spoke():
    """One key is one party; its kind and country are those of its latest statement there."""
    renamed = {"name": "RUSSIAN FOREIGN MINISTRY", "kind": "agency", "country": "SU"}
    claim = given(said("reported", WIRE), said("denied", MID), said("ncnd", MOFA), said("denied", renamed))
    assert stands(claim)["positions"] == [
        position(WIRE, "asserts", 2),
        position(renamed, "denies", 3, 5),
        position(MOFA, "withholds", 4),
    ]
