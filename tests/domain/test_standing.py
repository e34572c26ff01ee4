"""Hold the standing of a claim to *Derived: standing*: the first rule that fits, and what is shown beside it."""

import pytest

from tests.builders import (
    CLAIM_ID,
    KREMLIN,
    MID,
    MOFA,
    OTHER_ID,
    PAPER,
    WIRE,
    amended,
    asked,
    assessed,
    given,
    kept,
    said,
    stands,
)

PART = {"extent": "partial"}
CORRECTED = {"grade": "corrected"}

RULES = {
    "retracted": [
        ([said("reported", WIRE), said("retracted", WIRE, regarding=2)], [3], False),
        ([said("reported", WIRE), said("walked_back", WIRE, regarding=2)], [3], False),
        ([said("reported", WIRE), said("corrected", WIRE, regarding=2, **CORRECTED)], [3], False),
        ([said("confirmed"), said("retracted", regarding=2), said("denied", MOFA)], [3], False),
        ([said("alleged"), said("retracted", regarding=2), said("acknowledged", MOFA, **PART)], [3], False),
        ([said("alleged"), said("retracted", regarding=2), said("denied"), said("confirmed", **PART)], [3], False),
        ([said("alleged"), said("retracted", regarding=2), said("ncnd", MOFA)], [3], False),
        ([said("reported", WIRE), said("alleged", PAPER), said("retracted", PAPER, regarding=3),
          said("corrected", WIRE, regarding=2, grade="withdrawn")], [4, 5], False),
        ([said("reported", WIRE), said("reported", PAPER), said("retracted", WIRE, regarding=2),
          kept("struck", regarding=3)], [4], False),
    ],
    "contested": [
        ([said("confirmed"), said("denied", MOFA)], [2, 3], False),
        ([said("denied", MOFA), said("confirmed"), said("confirmed")], [2, 3, 4], False),
        ([said("confirmed"), said("denied", MOFA), said("denied", PAPER, **PART), said("alleged", WIRE)],
         [2, 3], False),
        ([said("confirmed", KREMLIN), said("denied", MID)], [2, 3], False),
    ],
    "confirmed": [
        ([said("confirmed")], [2], False),
        ([said("reported", WIRE), said("acknowledged"), said("confirmed", MOFA)], [3, 4], False),
        ([said("confirmed"), said("denied", MOFA, **PART)], [2], False),
        ([said("confirmed"), said("denied", **PART)], [2 ], False),
        ([said("denied", MID), said("confirmed", KREMLIN)], [3], False),
        ([said("confirmed"), said("denied", MOFA), said("retracted", MOFA, regarding=3)], [2], False),
        ([said("confirmed"), said("confirmed", **PART)], [2, 3], False),
    ],
    "denied": [
        ([said("reported", WIRE), said("denied"), said("ncnd", MOFA)], [3], False),
        ([said("reported", WIRE), said("countered")], [3], True),
        ([said("countered"), said("denied", MOFA, **PART)], [2, 3], True),
        ([said("countered"), said("denied", MOFA)], [2, 3], False),
        ([said("denied"), said("acknowledged", MOFA, **PART)], [2], False),
        ([said("alleged"), said("denied", **PART), said("denied", MOFA)], [4], False),
        ([said("alleged"), said("denied")], [3], False),
        ([said("reported", WIRE), said("retracted", WIRE, regarding=2), said("reported", PAPER), said("denied")],
         [5], False),
    ],
    "unconfirmed": [
        ([said("ncnd")], [2], False),
        ([said("reported", WIRE), said("ncnd"), said("declined", MOFA), said("dismissed", PAPER)], [3, 4, 5], False),
        ([said("ncnd"), said("declined"), said("unaware")], [2, 4], False),
        ([said("denied"), said("retracted", regarding=2), said("ncnd", MOFA)], [4], False),
        ([said("confirmed", **PART), said("retracted", regarding=2), said("ncnd", MOFA)], [4], False),
    ],
    "reported": [
        ([said("reported", WIRE)], [2], False),
        ([said("reported", WIRE), said("alleged", PAPER)], [2, 3], False),
        ([said("acknowledged", **PART)], [2], False),
        ([said("reported", WIRE), said("acknowledged", **PART), said("ncnd", MOFA)], [2, 3], False),
        ([said("acknowledged", **PART), said("ncnd")], [2], False),
        ([said("reported", WIRE), said("denied", WIRE, **PART)], [2], False),
        ([said("reported", WIRE), said("denied"), said("retracted", regarding=3)], [2], False),
        ([said("reported", WIRE), said("reported", PAPER), said("retracted", WIRE, regarding=2)], [3], False),
    ],
    "opened": [
        ([], [1], False),
        ([assessed(), asked()], [1], False),
        ([said("denied"), said("retracted", regarding=2)], [1], False),
        ([said("ncnd"), said("walked_back", regarding=2)], [1], False),
        ([said("confirmed", **PART), said("retracted", regarding=2)], [1], False),
        ([said("reported", WIRE), kept("struck", regarding=2)], [1], False),
        ([said("confirmed"), kept("redacted", regarding=2)], [1], False),
        ([said("confirmed"), amended(2, assessed())], [1], False),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "history", "events", "partial"), [(rule, *case) for rule, cases in RULES.items() for case in cases]
)
def test_the_first_rule_that_fits_is_named_with_its_events(rule, history, events, partial):
    """The answer names the rule, the events that made it so, and whether every denial is partial."""
    answer = stands(given(*history))
    assert answer["because"] == {"rule": rule, "events": events, "partial": partial}
    assert answer["standing"] == rule


PRECEDENCE = [
    (said("ncnd", MOFA), "unconfirmed"),
    (said("denied", MOFA, **PART), "denied"),
    (said("confirmed", PAPER), "confirmed"),
    (said("denied", MOFA), "contested"),
    (said("retracted", PAPER, regarding=5), "denied"),
    (said("retracted", WIRE, regarding=2), "retracted"),
    (said("confirmed", MOFA), "confirmed"),
]


def test_each_rule_gives_way_to_those_before_it():
    """One history passes through every standing, each taking the place of the one before."""
    claim, passed = given(), [stands(given())["standing"]]
    history = [said("reported", WIRE), *(event for event, _ in PRECEDENCE)]
    for n in range(1, len(history) + 1):
        claim = given(*history[:n])
        passed.append(stands(claim)["standing"])
    assert passed == ["opened", "reported", *(rule for _, rule in PRECEDENCE)]


def unnamed(publisher, *via, kind="person", terms="anonymous", name="Unnamed official"):
    """Make a report of somebody who is not named, in a paper, come through a chain."""
    chain = {"via": list(via)} if via else {}
    who = {"name": name, "kind": kind}
    return said("reported", who, attribution=terms, source={"publisher": publisher}, **chain)


# An unnamed origin is one with whoever passed its words on first, so two papers' are two, and a relay is none.
OF_NOBODY = [
    ([unnamed("Paper A"), unnamed("Paper B")], 2),
    ([unnamed("Paper A"), unnamed("paper a!")], 1),
    ([unnamed("Paper A", terms="background"), unnamed("Paper B", terms="deep_background")], 2),
    ([unnamed("Paper A", kind="other"), unnamed("Paper B", kind="analyst")], 2),
    ([unnamed("Paper A", "Unnamed official", "Wire"), unnamed("Paper B", "Unnamed official", "Wire")], 1),
    ([unnamed("Paper A", "Unnamed official", "Paper A"), unnamed("Paper B", "Unnamed official", "Paper B")], 2),
    ([unnamed("Wire"), unnamed("Paper B", "Unnamed official", "Wire")], 1),
    ([unnamed("Paper A", "The official of Monday"), unnamed("Paper B", "The official of Monday")], 1),
    ([unnamed("Paper A", terms="on_record"), unnamed("Paper B", terms="unstated")], 1),
    ([unnamed("Paper A", kind="ministry"), unnamed("Paper B", kind="ministry")], 1),
]
ORIGINS = [
    *OF_NOBODY,
    ([], 0),
    ([said("reported", WIRE)], 1),
    ([said("reported", WIRE), said("reported", PAPER)], 2),
    ([said("reported", WIRE), said("reported", PAPER, via=["The Wire", "The Paper"])], 1),
    ([said("reported", WIRE, via=["A Source"]), said("reported", PAPER, via=["a source!", "The Wire"])], 1),
    ([said("reported", WIRE), said("confirmed", MID)], 2),
    ([said("reported", WIRE), said("acknowledged", MID, **PART)], 1),
    ([said("reported", WIRE), said("denied", MID), said("ncnd", MOFA), assessed()], 1),
    ([said("reported", WIRE), said("reported", WIRE)], 1),
    ([said("reported", WIRE), said("reported", PAPER), said("retracted", PAPER, regarding=3)], 1),
    ([said("reported", WIRE), said("reported", PAPER), kept("struck", regarding=3)], 1),
]


@pytest.mark.parametrize(("history", "origins"), ORIGINS)
def test_origins_are_counted_and_relays_are_not(history, origins):
    """An origin is the first of `via`, else the party, of what puts the claim forward or affirms it in full.

    One that is not named is another with each that passes its words on first.
    """
    answer = stands(given(*history))
    assert (answer["origins"], answer["single_source"]) == (origins, origins == 1)


AWAITING = [
    ([asked()], True),
    ([asked(), said("reported", WIRE)], True),
    ([said("ncnd", MOFA), asked()], True),
    ([asked(), assessed(by=MOFA)], True),
    ([asked(), said("ncnd", MOFA)], False),
    ([asked(), said("ncnd", {**MOFA, "name": "SOUTH KOREAN foreign ministry"})], False),
    ([asked(), said("denied", MID, regarding=2)], False),
    ([asked(), said("denied", MID, regarding=1)], True),
    ([asked(), said("unresponsive", MOFA, regarding=2)], False),
    ([asked(), said("ncnd", MOFA), kept("struck", regarding=3)], True),
    ([asked(), said("ncnd", MOFA), said("retracted", MOFA, regarding=3)], False),
    ([asked(), kept("redacted", regarding=2)], False),
]


@pytest.mark.parametrize(("history", "open_"), AWAITING)
def test_a_request_awaits_an_answer_until_the_party_speaks(history, open_):
    """Any later statement by the party asked, or regarding the request, answers it."""
    version = 3 if history[0][0] == "ncnd" else 2
    waiting = {"version": version, "party": "south-korean-foreign-ministry", "deadline": "2026-02-02T12:00:00Z"}
    assert stands(given(*history))["awaiting"] == ([waiting] if open_ else [])


def test_silence_to_one_request_is_no_answer_to_another():
    """That a party let one deadline pass leaves its other request open; any word of its own answers both."""
    requests = [asked(MOFA, deadline=f"2026-02-{day}T12:00:00Z") for day in ("02", "20")]
    silence = said("unresponsive", MOFA, regarding=2)
    assert [w["version"] for w in stands(given(*requests, silence))["awaiting"]] == [3]
    assert stands(given(*requests, said("unresponsive", MOFA)))["awaiting"] == []
    assert stands(given(*requests, said("declined", MOFA, regarding=2)))["awaiting"] == []


def test_partial_statements_that_count_are_listed_by_side():
    """`partly` lists the versions of partial affirmations and denials, whatever the positions."""
    history = [said("denied"), said("acknowledged", **PART), said("countered", MOFA), said("confirmed", WIRE, **PART)]
    gone = [said("confirmed", PAPER, **PART), said("retracted", PAPER, regarding=6)]
    assert stands(given(*history, *gone))["partly"] == {"affirmed": [3, 5], "disputed": [4]}


ABOUT = {"occurred_on": "2025-12", "place": "Moscow", "participants": [MID], "form": "meeting"}


def test_a_whole_answer():
    """A claim answers with these members, in this order; of `about`, what was not given is null or empty."""
    claim = given(
        kept("reworded", about=ABOUT, topics=["north-korea"]),
        kept("reworded", text="An official met the envoy."),
        ("linked", {"relation": "context", "claim": str(OTHER_ID)}),
        links_of=lambda _: [],
    )
    assert list(stands(claim).items()) == [
        ("id", str(CLAIM_ID)),
        ("text", "An official met the envoy."),
        ("lang", "en"),
        ("about", {**ABOUT, "occurred_on_text": None, "track": None}),
        ("topics", ["north-korea"]),
        ("version", 4),
        ("opened_at", "2026-01-31T09:30:00.123456Z"),
        ("updated_at", "2026-01-31T09:33:00.123456Z"),
        ("standing", "opened"),
        ("because", {"rule": "opened", "events": [1], "partial": False}),
        ("partly", {"affirmed": [], "disputed": []}),
        ("positions", []),
        ("by_country", {}),
        ("reversals", []),
        ("shifts", []),
        ("withdrawals", []),
        ("origins", 0),
        ("single_source", False),
        ("awaiting", []),
        ("links", [{"relation": "context", "claim": str(OTHER_ID)}]),
    ]


def test_a_redacted_rewording_is_no_longer_read():
    """Once a rewording is redacted the claim reads as it was worded before."""
    claim = given(kept("reworded", text="Libel."), kept("redacted", regarding=2))
    assert stands(claim)["text"] == "An official met the envoy in Moscow."


def test_standing_by_a_date_is_by_what_had_been_said_by_then():
    """`said_until` gives the standing of what had surely been said; a cable found years later counts from its date."""
    claim = given(
        said("reported", WIRE, said_on="2025-12-21"),
        said("denied", said_on="2025-12-22"),
        said("confirmed", MOFA, said_on="2025-12-20"),
        said("retracted", regarding=3, said_on="2026-01-05"),
    )
    dates = ["2025-12-19", "2025-12-20", "2025-12-21", "2025-12-22", "2026-01-04", "2026-01-05"]
    passed = ["opened", "confirmed", "confirmed", "contested", "contested", "confirmed"]
    assert [stands(claim, said_until=date)["standing"] for date in dates] == passed
