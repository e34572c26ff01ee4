"""Hold the difference of two versions to what it is for: who moved, and by which events."""

from __future__ import annotations

import pytest

from domain.difference import compare
from domain.party import describe_party
from tests.builders import KREMLIN, MID, MOFA, WIRE, amended, asked, assessed, given, kept, said


def moved(events, earlier, later):
    """List who stands otherwise between two versions of a history, before and after, and by which events."""
    told = compare(given(*events).history, earlier, later)
    stances = [
        (one["party"], *(side and side["stance"] for side in (one["from"], one["to"]))) for one in told["stances"]
    ]
    return [(*stance, one["events"]) for stance, one in zip(stances, told["stances"], strict=True)]


M, K, S, W = (describe_party(party) for party in (MID, KREMLIN, MOFA, WIRE))
MOVES = [
    ([said("denied"), said("ncnd", MOFA)], 1, 3, [(M, None, "denies", [2]), (S, None, "withholds", [3])]),
    ([said("denied"), said("denied")], 2, 3, []),
    ([said("denied"), said("ncnd"), said("confirmed")], 2, 4, [(M, "denies", "affirms", [3, 4])]),
    ([said("denied"), kept("struck", regarding=2)], 2, 3, [(M, "denies", None, [3])]),
    ([said("denied"), said("retracted", regarding=2)], 2, 3, [(M, "denies", "withdrawn", [3])]),
    # A voice of the same state takes it back: it is the first one's position that changes.
    ([said("denied"), said("retracted", KREMLIN, regarding=2)], 2, 3, [(M, "denies", "withdrawn", [3])]),
    # Overtaken, and not any more: by what the other voice said, and by its being struck.
    ([said("denied"), said("confirmed", KREMLIN)], 2, 3, [(M, "denies", "denies", [3]), (K, None, "affirms", [3])]),
    (
        [said("denied"), said("confirmed", KREMLIN), kept("struck", regarding=3)],
        3,
        4,
        [(M, "denies", "denies", [4]), (K, "affirms", None, [4])],
    ),
    # Logged for the wrong party and amended: from then on it is the other's word, whatever becomes of it.
    ([said("denied"), amended(2, said("denied", WIRE))], 2, 3, [(M, "denies", None, [3]), (W, None, "denies", [3])]),
    ([said("denied"), amended(2, said("denied", WIRE)), kept("struck", regarding=2)], 3, 4, [(W, "denies", None, [4])]),
    (
        [said("denied"), said("clarified", regarding=2), amended(3, said("retracted", regarding=2))],
        3,
        4,
        [(M, "denies", "withdrawn", [4])],
    ),
    # Nobody is moved by who reads what they said, by who answers it, or by what adds meaning to it.
    (
        [said("denied"), assessed(regarding=2), said("reported", WIRE, regarding=2), said("clarified", regarding=2)],
        1,
        5,
        [(M, None, "denies", [2]), (W, None, "asserts", [4])],
    ),
    # Who mends a slip is not moved by that, but by what takes the word out; it may have been logged as a slip first.
    (
        [
            said("denied"),
            said("corrected", regarding=2, grade="refile"),
            said("corrected", regarding=2, grade="corrected"),
        ],
        2,
        4,
        [(M, "denies", "withdrawn", [4])],
    ),
    (
        [
            said("denied"),
            said("corrected", regarding=2, grade="refile"),
            amended(3, said("corrected", regarding=2, grade="withdrawn")),
        ],
        2,
        4,
        [(M, "denies", "withdrawn", [3, 4])],
    ),
    # Asked and answered: who asked is not told among what moved the one who answers.
    ([asked(), said("ncnd", MOFA, regarding=2)], 1, 3, [(S, None, "withholds", [3])]),
    # Of the other voice's events, what overtook it alone.
    (
        [said("denied"), said("confirmed", KREMLIN), said("confirmed", KREMLIN, said_on="2026-01-01")],
        2,
        4,
        [(M, "denies", "denies", [3]), (K, None, "affirms", [3, 4])],
    ),
    # What keeps the record and who reads it move nobody.
    ([said("denied"), asked(), assessed(), kept("reworded", text="They met.")], 2, 5, []),
]


@pytest.mark.parametrize(("events", "earlier", "later", "expected"), MOVES)
def test_who_moved_and_by_which_events(events, earlier, later, expected):
    """Each party that stands otherwise is told once, with the events between that made it so."""
    assert moved(events, earlier, later) == expected


def test_what_a_difference_tells_beside():
    """Standing with its reason, wording, turns, withdrawals and events between are told; of the same, nothing."""
    history = given(
        said("denied"), said("confirmed"), said("retracted", regarding=3), kept("reworded", text="They met.", lang="ko")
    ).history
    told = compare(history, 2, 5)
    assert told["standing"] == {
        "from": {"standing": "denied", "because": {"rule": "denied", "events": [2], "partial": False}},
        "to": {"standing": "retracted", "because": {"rule": "retracted", "events": [4], "partial": False}},
        "changed": True,
    }
    wording = {
        "text": {"from": "An official met the envoy in Moscow.", "to": "They met."},
        "lang": {"from": "en", "to": "ko"},
    }
    assert (told["wording"], told["reversals"]) == (wording, [])
    assert told["withdrawals"] == [{"party": "russian-foreign-ministry", "of": 3, "by": 4}]
    assert [(event["version"], event["type"]) for event in told["events"]] == [
        (3, "confirmed"),
        (4, "retracted"),
        (5, "reworded"),
    ]
    same = compare(history, 5, 5)
    assert [same[name] for name in ("stances", "wording", "reversals", "withdrawals", "events")] == [[], {}, [], [], []]
