"""Hold reversals, shifts and what is overtaken to *Derived: positions*."""

import pytest

from tests.builders import (
    ENVOY,
    KREMLIN,
    MID,
    MOFA,
    WIRE,
    change,
    given,
    kept,
    position,
    published,
    said,
    stands,
    when,
)

PART = {"extent": "partial"}


def changes(*events):
    """Give the reversals and the shifts after a history whose first event here is event 2."""
    answer = stands(given(*events))
    return answer["reversals"], answer["shifts"]


def reversal(first, second, stances, *, corrected=False):
    """Expect one reversal of the ministry's."""
    return change(MID, (first, second), stances, corrected=corrected)


def shift(first, second, stances):
    """Expect one shift of the ministry's."""
    return change(MID, (first, second), stances)


FOR = [("reported", "asserts"), ("alleged", "asserts"), ("confirmed", "affirms"), ("acknowledged", "affirms")]


@pytest.mark.parametrize(("type_", "stance"), FOR)
def test_a_reversal_goes_in_either_direction(type_, stance):
    """A move from one side to the other, both full, is a reversal, and no shift."""
    assert changes(said("denied"), said(type_)) == ([reversal(2, 3, ("denies", stance))], [])
    assert changes(said(type_), said("denied")) == ([reversal(2, 3, (stance, "denies"))], [])


@pytest.mark.parametrize("between", ["ncnd", "unaware", "deflected"])
def test_a_reversal_is_one_whatever_lies_between(between):
    """Through NCND it is a reversal all the same; what lay between is a shift of its own."""
    expected = ([reversal(2, 4, ("denies", "affirms"))], [shift(2, 3, ("denies", "withholds"))])
    assert changes(said("denied"), said(between), said("confirmed")) == expected


REVERSED = [
    (
        [said("denied"), said("denied"), said("confirmed"), said("confirmed")],
        ([reversal(3, 4, ("denies", "affirms"))], []),
    ),
    (
        [said("denied"), said("confirmed"), said("denied")],
        ([reversal(2, 3, ("denies", "affirms")), reversal(3, 4, ("affirms", "denies"))], []),
    ),
    (
        [said("denied"), said("confirmed"), said("ncnd"), said("confirmed")],
        (
            [reversal(2, 3, ("denies", "affirms"))],
            [shift(3, 4, ("affirms", "withholds")), shift(4, 5, ("withholds", "affirms"))],
        ),
    ),
    (
        [said("alleged"), said("confirmed"), said("denied")],
        ([reversal(3, 4, ("affirms", "denies"))], [shift(2, 3, ("asserts", "affirms"))]),
    ),
    (
        [said("confirmed"), said("ncnd"), said("countered"), said("denied")],
        (
            [reversal(2, 5, ("affirms", "denies"))],
            [shift(2, 3, ("affirms", "withholds")), shift(3, 4, ("withholds", "denies"))],
        ),
    ),
    (
        [said("denied"), said("confirmed"), said("retracted", regarding=3), said("confirmed")],
        ([reversal(2, 5, ("denies", "affirms"))], []),
    ),
    ([said("denied"), said("declined"), said("confirmed")], ([reversal(2, 4, ("denies", "affirms"))], [])),
    ([said("denied", MID), said("confirmed", KREMLIN)], ([], [])),
]


@pytest.mark.parametrize(("history", "expected"), REVERSED)
def test_each_change_is_given_with_the_last_of_the_old_and_the_first_of_the_new(history, expected):
    """Each reversal and shift has its pair; each change of stance is one of the two."""
    assert changes(*history) == expected


CORRECTED = [
    [said("denied"), said("retracted", regarding=2), said("confirmed")],
    [said("denied"), said("corrected", regarding=2, grade="corrected"), said("confirmed")],
    [said("denied"), said("retracted", KREMLIN, regarding=2), said("confirmed")],
]


@pytest.mark.parametrize("history", CORRECTED)
def test_a_reversal_of_what_was_corrected_before_says_so(history):
    """A reversal has `corrected` when the first statement had been corrected or retracted before."""
    assert changes(*history) == ([reversal(2, 4, ("denies", "affirms"), corrected=True)], [])


def test_a_reversal_from_part_to_whole_after_a_correction_is_found():
    """A part said between does not hide that the whole was turned on."""
    history = [said("confirmed"), said("retracted", regarding=2), said("countered"), said("denied")]
    assert changes(*history) == ([reversal(2, 5, ("affirms", "denies"), corrected=True)], [])


def test_a_reversal_corrected_only_afterwards_was_not_corrected_before():
    """A correction that comes after the turn does not excuse it."""
    history = [said("denied"), said("confirmed"), said("retracted", regarding=2)]
    assert changes(*history) == ([reversal(2, 3, ("denies", "affirms"))], [])


def test_a_refile_corrects_no_reversal():
    """A slip that was mended moves nothing, `corrected` neither."""
    history = [said("denied"), said("corrected", regarding=2, grade="refile"), said("confirmed")]
    assert changes(*history) == ([reversal(2, 4, ("denies", "affirms"))], [])


def test_a_statement_taken_back_is_not_the_second_of_a_reversal():
    """Who turned and took that back has not turned."""
    assert changes(said("denied"), said("confirmed"), said("retracted", regarding=3)) == ([], [])


def test_what_was_said_before_and_taken_back_is_not_turned_from():
    """A statement that was late, and so moved nothing, is not the first of a reversal once it is taken back."""
    history = [
        said("confirmed", said_on="2025-06"),
        said("denied", said_on="2025-01"),
        said("retracted", regarding=3),
        said("ncnd"),
        said("confirmed"),
    ]
    expected = [shift(2, 5, ("affirms", "withholds")), shift(5, 6, ("withholds", "affirms"))]
    assert changes(*history) == ([], expected)


SHIFTS = [
    ([said("denied"), said("ncnd")], [shift(2, 3, ("denies", "withholds"))]),
    ([said("ncnd"), said("denied")], [shift(2, 3, ("withholds", "denies"))]),
    ([said("dismissed"), said("ncnd")], [shift(2, 3, ("evades", "withholds"))]),
    ([said("dismissed"), said("denied")], [shift(2, 3, ("evades", "denies"))]),
    ([said("alleged"), said("confirmed")], [shift(2, 3, ("asserts", "affirms"))]),
    ([said("confirmed", **PART), said("denied")], [shift(2, 3, ("affirms", "denies"))]),
    ([said("countered"), said("confirmed")], [shift(2, 3, ("denies", "affirms"))]),
    ([said("countered"), said("acknowledged", **PART)], [shift(2, 3, ("denies", "affirms"))]),
    ([said("denied"), said("denied", **PART), said("ncnd")], [shift(3, 4, ("denies", "withholds"))]),
]


@pytest.mark.parametrize(("history", "expected"), SHIFTS)
def test_any_other_change_of_stance_is_a_shift(history, expected):
    """A change of stance that is no reversal and no withdrawal is a shift."""
    assert changes(*history) == ([], expected)


NO_CHANGE = [
    [said("denied"), said("denied")],
    [said("denied"), said("acknowledged", **PART)],
    [said("denied"), said("declined")],
    [said("ncnd"), said("unaware")],
    [said("countered"), said("denied")],
    [said("denied"), said("retracted", regarding=2)],
    [said("denied"), said("retracted", regarding=2), said("ncnd")],
    [said("denied", said_on="2025-12"), said("confirmed", said_on="2025-11")],
    [said("denied", said_on="2025-12", **PART), said("confirmed", said_on="2025-11")],
    [said("dismissed", utterance="briefing"), said("ncnd", utterance="briefing")],
    [said("ncnd", utterance="briefing"), said("denied", utterance="briefing")],
    [said("alleged", utterance="briefing"), said("confirmed", utterance="briefing")],
    [said("denied"), said("confirmed"), kept("struck", regarding=3)],
    [said("denied"), said("confirmed"), kept("redacted", regarding=2)],
]


@pytest.mark.parametrize("history", NO_CHANGE)
def test_what_is_no_change_of_stance_is_neither(history):
    """Words that join, go beside, are late, withdrawn, struck or of one breath make no change."""
    assert changes(*history) == ([], [])


def test_changes_of_several_parties_are_in_the_order_they_came():
    """Reversals and shifts of all parties are given in the order of their second events."""
    claim = given(said("denied", MID), said("denied", MOFA), said("alleged", MOFA), said("ncnd", WIRE),
                  said("confirmed", MID), said("reported", WIRE), said("ncnd", MOFA))  # fmt: skip
    answer = stands(claim)
    reversals = [change(MOFA, (3, 4), ("denies", "asserts")), change(MID, (2, 6), ("denies", "affirms"))]
    shifts = [change(WIRE, (5, 7), ("withholds", "asserts")), change(MOFA, (4, 8), ("asserts", "withholds"))]
    assert (answer["reversals"], answer["shifts"]) == (reversals, shifts)


OVERTAKEN = [
    ([said("denied"), said("confirmed", KREMLIN)], 3),
    ([said("denied"), said("acknowledged", KREMLIN), said("confirmed", KREMLIN)], 3),
    ([said("denied"), said("confirmed", ENVOY, on_behalf_of=KREMLIN)], 3),
    ([said("countered"), said("confirmed", KREMLIN)], 3),
    ([said("denied", said_on="2025-12-21"), said("confirmed", KREMLIN, said_on="2025-12-21")], 3),
    ([said("denied", said_on="2025-12-21"), said("confirmed", KREMLIN, source=published("2025-01"))], None),
    ([said("denied", said_on="2025-12-21"), said("confirmed", KREMLIN, said_on="2025-12-20")], None),
    ([said("confirmed", KREMLIN), said("denied")], None),
    ([said("confirmed", KREMLIN, said_on="2025-12-21"), said("denied", said_on="2025-12-20")], 2),
    ([said("confirmed", KREMLIN, said_on="2025-12-21"), said("denied", said_on="2025-12-21")], None),
    ([said("confirmed", KREMLIN, said_on="2025-12-21"), said("denied", source=published("2025-12-20"))], 2),
    ([said("denied"), said("confirmed", KREMLIN), said("denied")], None),
    ([said("denied"), said("confirmed", KREMLIN), said("denied"), said("confirmed", KREMLIN)], 5),
    ([said("denied"), said("confirmed", KREMLIN, **PART)], None),
    ([said("confirmed", KREMLIN), said("denied"), said("acknowledged", KREMLIN, **PART)], None),
    ([said("denied"), said("alleged", KREMLIN)], None),
    ([said("denied"), said("confirmed", MOFA)], None),
    ([said("denied"), said("confirmed", ENVOY)], None),
    ([said("denied"), said("confirmed", KREMLIN), said("retracted", KREMLIN, regarding=3)], None),
    ([said("denied"), said("confirmed", KREMLIN), said("ncnd", KREMLIN)], None),
    ([said("ncnd"), said("confirmed", KREMLIN)], None),
]


@pytest.mark.parametrize(("history", "by"), OVERTAKEN)
def test_a_full_affirmation_overtakes_the_earlier_denials_of_other_voices_of_its_state(history, by):
    """Overtaken is a denial surely said before, or else logged before and not surely said after; by the first such."""
    shown = {p["party"]["key"]: p.get("overtaken_by") for p in stands(given(*history))["positions"]}
    assert shown["russian-foreign-ministry"] == by
    assert {v for key, v in shown.items() if key != "russian-foreign-ministry"} == {None}


def test_an_overtaken_denial_stays_visible_and_no_longer_counts():
    """The standing is `confirmed`, and the denial is still shown, with what overtook it."""
    answer = stands(given(said("denied"), said("confirmed", KREMLIN)))
    assert answer["positions"] == [
        position(MID, "denies", 2, overtaken_by=3),
        position(KREMLIN, "affirms", 3),
    ]
    assert answer["because"] == {"rule": "confirmed", "events": [3], "partial": False}
    assert answer["by_country"] == {"RU": ["denies", "affirms"]}


def test_the_denials_of_a_principal_are_overtaken_likewise():
    """Whoever speaks on behalf of a company affirms over the company's denial."""
    company = {"name": "The Company", "kind": "company", "country": "RU"}
    answer = stands(given(said("denied", company), said("confirmed", ENVOY, on_behalf_of=company)))
    assert [p.get("overtaken_by") for p in answer["positions"]] == [3, None]


def test_a_state_overtakes_only_what_was_denied_in_its_own_name():
    """Of one who denied for two states, both have to affirm; then it is overtaken by whichever did last."""
    for_russia, for_korea = (said("denied", ENVOY, on_behalf_of=state) for state in (KREMLIN, MOFA))
    claim = given(for_russia, for_korea, said("confirmed", MOFA))
    assert stands(claim)["positions"][0] == position(ENVOY, "denies", 2, 3)
    assert stands(claim)["standing"] == "contested"
    when(claim, said("confirmed", KREMLIN))
    assert stands(claim)["positions"][0] == position(ENVOY, "denies", 2, 3, overtaken_by=5)
    assert stands(claim)["standing"] == "confirmed"


def test_a_denial_never_overtakes_an_affirmation():
    """A later denial by another voice of the state leaves the affirmation: contested."""
    answer = stands(given(said("confirmed", KREMLIN), said("denied", MID)))
    assert answer["because"] == {"rule": "contested", "events": [2, 3], "partial": False}


def test_nobody_turns_from_what_was_said_later():
    """A confirmation of January, logged after a denial of June and an NCND, is no reversal of that denial."""
    history = (said("denied", said_on="2025-06-01"), said("ncnd"), said("confirmed", said_on="2025-01-01"))
    assert changes(*history)[0] == []


def test_nobody_turns_within_one_breath():
    """Two full words of opposite sides in one utterance are no reversal and no shift."""
    assert changes(said("denied", utterance="u"), said("confirmed", utterance="u")) == ([], [])


def test_a_walk_back_admits_no_error():
    """A reversal from a word that was only walked back is not `corrected`."""
    history = (said("confirmed"), said("walked_back", regarding=2), said("denied"))
    assert changes(*history)[0] == [reversal(2, 4, ("affirms", "denies"), corrected=False)]


def test_a_part_said_later_does_not_hold_up_the_whole_said_earlier():
    """A full confirmation of January counts beside a partial denial of June, whichever was logged first."""
    part, whole = said("denied", said_on="2025-06-01", **PART), said("confirmed", said_on="2025-01-01")
    stances = [
        (stands(given(*events))["standing"], stands(given(*events))["partly"]["disputed"] != [])
        for events in ((part, whole), (whole, part))
    ]
    assert stances == [("confirmed", True), ("confirmed", True)]
