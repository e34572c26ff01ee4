"""What came of a ministry's denials, over many claims and over HTTP: each counted once, in the column that fits."""

from __future__ import annotations

import pytest

from tests.builders import KREMLIN, MID, PAPER, WIRE, amended, kept, said
from tests.web.directory import MID_KEY, party
from tests.web.newsroom import append, mend, open_claim

PART = {"extent": "partial", "scope": "The date."}
REPORT = said("reported", PAPER, said_on="2026-01-01")


def denial(day, **more):
    """Deny on a day of January."""
    return said("denied", MID, said_on=f"2026-01-{day:02}", **more)


# What was recorded on each claim after its opening, and what then came of the denial; None: there is none that counts.
CLAIMS = {
    "confirmed_by_another": (
        [REPORT, denial(2, strength="categorical"), said("confirmed", WIRE)],
        "affirmed_by_others",
    ),
    "turned_after_ncnd": (
        [
            REPORT,
            denial(2, strength="hedged"),
            said("ncnd", said_on="2026-01-05"),
            said("confirmed", said_on="2026-01-12"),
        ],
        "reversed",
    ),
    "turned_at_once": ([denial(2), said("acknowledged", said_on="2026-01-06")], "reversed"),
    "vindicated": ([REPORT, denial(2), said("retracted", PAPER, regarding=2)], "vindicated"),
    "one_report_of_two_retracted": (
        [REPORT, said("reported", WIRE), denial(2), said("retracted", PAPER, regarding=2)],
        "standing",
    ),
    "overtaken_at_home": ([denial(2), said("confirmed", KREMLIN, said_on="2026-01-09")], "affirmed_by_others"),
    "conceded_in_part": (
        [REPORT, denial(2), said("acknowledged", **PART), said("confirmed", WIRE, **PART)],
        "standing",
    ),
    "taken_back": ([REPORT, denial(2), said("walked_back", regarding=3)], "withdrawn"),
    "fell_silent": ([REPORT, denial(2), said("ncnd")], "neither"),
    "denied_in_part": ([REPORT, denial(2, **PART), said("confirmed", said_on="2026-01-09")], None),
    "only_countered": ([REPORT, said("countered")], None),
}


@pytest.fixture
def numbered(desk):
    """Record all the claims, and four that are mended; gives their ids by name."""
    mended = {
        "was_no_denial": ([REPORT, denial(2)], amended(3, said("declined"))),
        "was_in_part": ([REPORT, denial(2)], amended(3, denial(2, **PART))),
        "belongs_elsewhere": ([REPORT, denial(2)], kept("struck", regarding=3)),
        "erased": ([REPORT, denial(2)], kept("redacted", regarding=3)),
        "confirmation_struck": ([denial(2), said("confirmed", WIRE)], kept("struck", regarding=3)),
        "turn_was_another's": ([denial(2), said("confirmed")], amended(3, said("confirmed", WIRE))),
    }
    steps = {name: events for name, (events, _) in (CLAIMS | mended).items()}
    ids = {name: f"4be7c1d2-0000-4000-8000-{n:012}" for n, name in enumerate(steps, 1)}
    for name, events in steps.items():
        open_claim(desk, *events, id_=ids[name])
    for name, (_, mending) in mended.items():
        assert mend(desk, mending, 3, f"/claims/{ids[name]}").status_code == 201
    return ids


def test_each_denial_counts_once_and_in_its_column(numbered, client):
    """Partial, amended, struck and redacted statements make no denial and no turn; every number has its claims."""
    names = {id_: name for name, id_ in numbered.items()}
    denials = party(client, MID_KEY)["track_record"]["denials"]
    columns = ("reversed", "affirmed_by_others", "vindicated", "withdrawn", "standing")
    told = {column: sorted(names[claim] for claim in denials["claims"][column]) for column in columns}
    assert told == {
        "reversed": ["turned_after_ncnd", "turned_at_once"],
        "affirmed_by_others": ["confirmed_by_another", "overtaken_at_home", "turn_was_another's"],
        "vindicated": ["vindicated"],
        "withdrawn": ["taken_back"],
        "standing": ["conceded_in_part", "confirmation_struck", "one_report_of_two_retracted"],
    }
    assert {column: denials[column] for column in columns} == {column: len(told[column]) for column in columns}
    assert denials["n"] == len(denials["claims"]["n"]) == 11
    assert denials["median_days_to_reversal"] == 7
    assert denials["by_strength"] == {
        "categorical": {"n": 1, "reversed": 0, "affirmed_by_others": 1},
        "plain": {"n": 9, "reversed": 1, "affirmed_by_others": 2},
        "hedged": {"n": 1, "reversed": 1, "affirmed_by_others": 0},
    }


@pytest.mark.parametrize("name", CLAIMS)
def test_what_comes_of_a_denial_comes_with_the_event(desk, client, name):
    """As of each moment a denial is in the column of what had been recorded by then: standing, until something came."""
    events, expected = CLAIMS[name]
    open_claim(desk, *events)
    columns = [
        next(
            (column for column, claims in told["claims"].items() if claims and column != "n"),
            "neither" if told["n"] else None,
        )
        for told in (
            party(client, MID_KEY, f"as_of={size}")["track_record"]["denials"]
            for size in range(first_of(events), len(events) + 2)
        )
    ]
    assert columns[-1] == expected
    assert set(columns[:-1]) <= {"standing", "neither", None}


def first_of(events):
    """Tell the log size just after the ministry's first word."""
    return next(n for n, (_, data) in enumerate(events, 2) if data["party"] == MID)


def test_a_turn_of_an_unknown_day_has_no_days(desk, client):
    """A reversal whose days are vague or in the wrong order counts as one and adds no days; no date is invented."""
    claim = open_claim(desk, denial(2))
    assert append(desk, said("confirmed", said_on="2026-02"), claim).status_code == 201
    denials = party(client, MID_KEY)["track_record"]["denials"]
    assert (denials["reversed"], denials["median_days_to_reversal"]) == (1, None)
