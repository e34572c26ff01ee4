"""Hold a track record to *Derived: a party's track record*: each claim once, in the first column that fits."""

import pytest

from domain.reading import read_history
from domain.standing import account_for
from domain.track_record import judge_claim
from tests.adding_up import sum_of
from tests.builders import (
    KREMLIN,
    MID,
    MOFA,
    PAPER,
    WIRE,
    amended,
    assessed,
    given,
    kept,
    open_claim,
    published,
    record,
    said,
)

PART = {"extent": "partial"}
CONFIRMED, DENIED, REPORTED = said("confirmed"), said("denied"), said("reported", WIRE)


def fates(*events, party="russian-foreign-ministry"):
    """Say what came of a party's denials and affirmations, and whether it withheld."""
    fate = judge_claim(account_for(given(*events).reading)).get(party, {})
    return {side: fate[side]["fate"] if side != "withheld" else True for side in fate}


DENIALS = {
    "reversed": [
        [DENIED, CONFIRMED],
        [DENIED, said("alleged")],
        [DENIED, said("ncnd"), said("acknowledged")],
        [DENIED, said("ncnd"), said("unaware"), said("declined"), CONFIRMED, said("ncnd")],
        [DENIED, said("retracted", regarding=2), CONFIRMED],
        [DENIED, CONFIRMED, DENIED],
        [REPORTED, DENIED, CONFIRMED, said("retracted", WIRE, regarding=2), said("confirmed", MOFA)],
        [said("alleged"), DENIED, CONFIRMED],
    ],
    "affirmed_by_others": [
        [DENIED, said("confirmed", MOFA)],
        [said("confirmed", MOFA), DENIED],
        [DENIED, said("acknowledged", KREMLIN)],
        [DENIED, said("ncnd"), said("confirmed", MOFA)],
        [DENIED, said("retracted", regarding=2), said("confirmed", MOFA)],
        [REPORTED, DENIED, said("retracted", WIRE, regarding=2), said("confirmed", MOFA)],
        [DENIED, said("confirmed", MOFA), said("confirmed", MOFA, **PART)],
    ],
    "vindicated": [
        [REPORTED, DENIED, said("retracted", WIRE, regarding=2)],
        [REPORTED, DENIED, said("corrected", WIRE, regarding=2, grade="withdrawn")],
        [REPORTED, DENIED, said("ncnd"), said("walked_back", WIRE, regarding=2)],
        [REPORTED, said("reported", PAPER), DENIED, said("retracted", WIRE, regarding=2),
         said("retracted", PAPER, regarding=3)],
        [REPORTED, said("reported", PAPER), DENIED, said("retracted", WIRE, regarding=2), kept("struck", regarding=3)],
        [said("confirmed", MOFA), DENIED, said("retracted", MOFA, regarding=2)],
        [REPORTED, DENIED, said("retracted", regarding=3), said("retracted", WIRE, regarding=2)],
    ],
    "withdrawn": [
        [REPORTED, DENIED, said("retracted", regarding=3)],
        [DENIED, DENIED, said("walked_back", regarding=2), said("corrected", regarding=3, grade="corrected")],
        [DENIED, said("ncnd"), said("retracted", regarding=2)],
    ],
    "standing": [
        [DENIED],
        [REPORTED, DENIED, said("ncnd", MOFA)],
        [DENIED, said("declined"), said("dismissed"), said("clarified", regarding=2)],
        [DENIED, DENIED, said("retracted", regarding=2)],
        [DENIED, said("corrected", regarding=2, grade="refile")],
        [said("countered", extent="full")],
        [REPORTED, said("reported", PAPER), DENIED, said("retracted", WIRE, regarding=2)],
        [CONFIRMED, DENIED],
        [said("alleged"), said("retracted", regarding=2), DENIED],
    ],
    None: [[DENIED, said("ncnd")]],
}  # fmt: skip
AFFIRMATIONS = {
    "reversed": [
        [CONFIRMED, DENIED],
        [CONFIRMED, said("ncnd"), DENIED],
        [CONFIRMED, said("alleged"), DENIED],
        [CONFIRMED, DENIED, said("alleged")],
    ],
    "denied_by_others": [
        [CONFIRMED, said("denied", MOFA)],
        [said("denied", MOFA), CONFIRMED],
        [said("confirmed", MID), said("denied", KREMLIN)],
    ],
    "vindicated": [[said("denied", MOFA), CONFIRMED, said("retracted", MOFA, regarding=2)]],
    "withdrawn": [[CONFIRMED, said("retracted", regarding=2)]],
    "standing": [
        [CONFIRMED],
        [CONFIRMED, said("alleged")],
        [said("alleged"), CONFIRMED],
        [said("alleged"), DENIED, CONFIRMED],
        [said("denied", KREMLIN), said("confirmed", MID)],
    ],
    None: [[CONFIRMED, said("ncnd")]],
}


def cases(columns):
    """List each history with the column it belongs to."""
    return [
        pytest.param(column, events, id=f"{column}-{n}")
        for column in columns
        for n, events in enumerate(columns[column])
    ]


@pytest.mark.parametrize(("column", "events"), cases(DENIALS))
def test_a_denial_is_counted_in_the_first_column_that_fits(column, events):
    """Reversed, affirmed by others, vindicated, withdrawn, standing: what came of a denial is the first that fits."""
    assert fates(*events)["denied"] == column


@pytest.mark.parametrize(("column", "events"), cases(AFFIRMATIONS))
def test_an_affirmation_is_counted_in_the_first_column_that_fits(column, events):
    """The same columns hold for affirmations; a denial that a voice of the same state overtook is not against them."""
    assert fates(*events)["affirmed"] == column


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([said("denied", **PART)], {}),
        ([said("countered")], {}),
        ([said("confirmed", **PART)], {}),
        ([DENIED, said("confirmed", **PART)], {"denied": "standing"}),
        ([DENIED, said("confirmed", MOFA, **PART)], {"denied": "standing"}),
        ([CONFIRMED, said("denied", MOFA, **PART)], {"affirmed": "standing"}),
        ([said("denied", **PART), CONFIRMED], {"affirmed": "standing"}),
        ([REPORTED, said("acknowledged", MOFA, **PART), DENIED, said("retracted", WIRE, regarding=2)],
         {"denied": "vindicated"}),
    ],
)  # fmt: skip
def test_a_word_about_a_part_is_neither_a_denial_nor_an_affirmation(events, expected):
    """Partial statements are not counted, turn nobody, and are nobody's word against the whole."""
    assert fates(*events) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([DENIED, kept("struck", regarding=2)], {}),
        ([DENIED, kept("redacted", regarding=2)], {}),
        ([DENIED, amended(2, said("ncnd"))], {"withheld": True}),
        ([said("ncnd"), amended(2, DENIED)], {"denied": "standing"}),
        ([DENIED, amended(2, said("denied", MOFA))], {}),
        ([DENIED, amended(2, CONFIRMED)], {"affirmed": "standing"}),
        ([DENIED, CONFIRMED, kept("struck", regarding=3)], {"denied": "standing"}),
        ([DENIED, CONFIRMED, amended(3, said("confirmed", MOFA))], {"denied": "affirmed_by_others"}),
        ([DENIED, said("confirmed", MOFA), kept("struck", regarding=3)], {"denied": "standing"}),
        ([DENIED, said("confirmed", MOFA), amended(3, said("confirmed", MOFA, **PART))], {"denied": "standing"}),
        ([REPORTED, DENIED, said("retracted", WIRE, regarding=2), kept("struck", regarding=4)], {"denied": "standing"}),
        ([DENIED, assessed(), amended(3, said("confirmed", MOFA))], {"denied": "affirmed_by_others"}),
    ],
)
def test_what_the_desk_logged_wrongly_is_read_as_mended(events, expected):
    """Struck, redacted and amended events count as they read now, and a mistake of the desk is no turn."""
    assert fates(*events) == expected


def test_an_assessment_is_nobodys_word():
    """Who reads the record has no track record by it."""
    assert fates(assessed(), party="a-scholar") == {}


@pytest.mark.parametrize("type_", ["ncnd", "declined", "unresponsive", "unaware", "deflected"])
@pytest.mark.parametrize("before", [[], [DENIED]], ids=["alone", "beside"])
def test_every_withholding_word_counts_once_a_claim(type_, before):
    """Whoever withheld, at whatever time and however often, withheld on that claim; a word taken back was none."""
    assert fates(*before, said(type_), said(type_))["withheld"] is True
    assert "withheld" not in fates(*before, said(type_), said("retracted", regarding=len(before) + 2))


def test_a_claim_counts_with_its_strongest_denial():
    """Of several denials the strongest says how strong it was, taken back or not; one that says nothing is plain."""
    hedged, categorical = said("denied", strength="hedged"), said("denied", strength="categorical")
    told = {
        "plain": [hedged, DENIED],
        "hedged": [hedged, kept("struck", regarding=2), hedged],
        "categorical": [hedged, categorical, said("retracted", regarding=3)],
    }
    judged = {name: judge_claim(account_for(given(*events).reading)) for name, events in told.items()}
    assert {name: fate["russian-foreign-ministry"]["denied"]["strength"] for name, fate in judged.items()} == {
        name: name for name in told
    }


@pytest.mark.parametrize(
    ("denied", "confirmed", "days"),
    [
        ({"said_on": "2025-12-21"}, {"said_on": "2025-12-31"}, 10),
        ({"said_on": "2025-12-21~"}, {"said_on": "2025-12-21"}, 0),
        ({"source": published("2025-12-21")}, {"source": published("2026-01-21")}, 31),
        ({"said_on": "2025-12-21", "source": published("2025-12-30")}, {"said_on": "2025-12-31"}, 10),
        ({"said_on": "2025-12"}, {"said_on": "2025-12-31"}, None),
        ({"said_on": "2025-12-21"}, {"said_on": "2025-12-21/2025-12-31"}, None),
        ({"said_on": "../2025-12-21"}, {"said_on": "2025-12-31"}, None),
        ({"said_on": "2025-12", "source": published("2025-12-21")}, {"said_on": "2025-12-31"}, None),
        ({"source": published("2025-12-21")}, {"source": published("2025-12-20")}, None),
        ({}, {"said_on": "2025-12-31"}, None),
    ],
)
def test_days_to_a_reversal_are_counted_between_days_that_are_known(denied, confirmed, days):
    """From the denial to the turn, by `said_on`, else by the source's date; a date wider than a day tells no days."""
    judged = judge_claim(account_for(given(said("denied", **denied), said("confirmed", **confirmed)).reading))
    assert judged["russian-foreign-ministry"]["denied"] == {"fate": "reversed", "strength": "plain", "days": days}


def denied(fate, strength="plain", days=None):
    """Tell what came of a party's denial, as `judge_claim` does."""
    return {"denied": {"fate": fate, "strength": strength, "days": days}}


TOLD = [
    ("a", denied("reversed", "categorical", 10)),
    ("b", denied("reversed", "hedged", 41)),
    ("c", denied("reversed", "categorical")),
    ("d", denied("affirmed_by_others", "categorical") | {"withheld": True}),
    ("e", denied("vindicated")),
    ("f", denied("withdrawn")),
    ("g", denied("standing")),
    ("h", denied(None) | {"withheld": True}),
    ("i", {}),
    ("j", {"affirmed": {"fate": "denied_by_others", "strength": "plain", "days": None}}),
]
SUM = {
    "denials": {
        "n": 8,
        "reversed": 3,
        "affirmed_by_others": 1,
        "vindicated": 1,
        "withdrawn": 1,
        "standing": 1,
        "median_days_to_reversal": 25.5,
        "by_strength": {
            "categorical": {"n": 3, "reversed": 2, "affirmed_by_others": 1},
            "plain": {"n": 4, "reversed": 0, "affirmed_by_others": 0},
            "hedged": {"n": 1, "reversed": 1, "affirmed_by_others": 0},
        },
        "claims": {
            "n": ["a", "b", "c", "d", "e", "f", "g", "h"],
            "reversed": ["a", "b", "c"],
            "affirmed_by_others": ["d"],
            "vindicated": ["e"],
            "withdrawn": ["f"],
            "standing": ["g"],
        },
    },
    "affirmations": {
        "n": 1,
        "reversed": 0,
        "denied_by_others": 1,
        "vindicated": 0,
        "withdrawn": 0,
        "standing": 0,
        "median_days_to_reversal": None,
        "by_strength": {
            "categorical": {"n": 0, "reversed": 0, "denied_by_others": 0},
            "plain": {"n": 1, "reversed": 0, "denied_by_others": 1},
            "hedged": {"n": 0, "reversed": 0, "denied_by_others": 0},
        },
        "claims": {
            "n": ["j"],
            "reversed": [],
            "denied_by_others": ["j"],
            "vindicated": [],
            "withdrawn": [],
            "standing": [],
        },
    },
    "withheld": {"n": 2, "claims": ["d", "h"]},
}


def test_a_party_is_summed_up_with_the_claims_behind_each_number():
    """Every number has its claims, each claim is in one column at most, and the median is over the days known."""
    assert sum_of(TOLD) == SUM


def test_what_is_counted_goes_on_with_what_is_said():
    """A claim that was judged after each event is judged as one that is read at once: nothing counted before stays."""
    claim = open_claim()
    words = (said("confirmed", MOFA), DENIED, said("retracted", MOFA, regarding=2), said("confirmed", MOFA))
    for event in (*words, said("ncnd", MOFA)):
        record(claim, event)
        gone_on, at_once = (account_for(one) for one in (claim.reading, read_history(claim.history)))
        assert judge_claim(gone_on) == judge_claim(at_once)
    assert judge_claim(gone_on)["russian-foreign-ministry"]["denied"]["fate"] == "standing"
