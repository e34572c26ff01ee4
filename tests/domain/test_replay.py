"""Hold a claim to replay: rules are checked when deciding, never on replay; and to versions and duplicates."""

import pytest

from domain.claim import Claim
from domain.errors import DuplicateStatement, VersionMovedOn
from domain.standing import describe_claim
from tests.builders import (
    ACTOR,
    CLAIM_ID,
    KREMLIN,
    MID,
    MOFA,
    OPENED,
    OTHER_ID,
    SALT,
    amended,
    asked,
    assessed,
    given,
    kept,
    open_claim,
    position,
    published,
    record,
    recorded_at,
    replayed,
    said,
    stands,
    then_recorded,
    under_no_rules,
    when,
)

BREAKING_RULES = [
    [said("retracted", MOFA, regarding=2)],
    [said("retracted", regarding=99)],
    [said("retracted", regarding=3)],
    [said("retracted", regarding=4), said("retracted", regarding=3)],
    [said("retracted", regarding=2), said("corrected", regarding=2, grade="corrected")],
    [said("walked_back")],
    [said("corrected", regarding=2)],
    [kept("struck", regarding=1)],
    [kept("struck", regarding=2), kept("struck", regarding=2), kept("redacted", regarding=2)],
    [kept("struck", regarding=2), amended(2, said("confirmed"))],
    [kept("struck", regarding=99)],
    [kept("redacted", regarding=1)],
    [kept("redacted", regarding=99)],
    [kept("redacted", regarding=2), kept("redacted", regarding=3)],
    [amended(1, said("confirmed"))],
    [amended(2, ("a_type_of_later", said("confirmed")[1]))],
    [("linked", {"relation": "aspect_of", "claim": str(CLAIM_ID)})] * 2,
    [("unlinked", {"relation": "aspect_of", "claim": str(OTHER_ID)})],
    [asked(deadline="yesterday"), asked({"name": "—", "kind": "ministry"})],
    [("reworded", {})],
    [said("reported", extent="partial", summary="", credibility=9)],
    [said("denied", {"name": "—", "kind": "ministry", "country": "XX"})],
    [said("denied", said_on="on Sunday", source=published("recently"))],
    [said("denied", quote={"text": "No.", "lang": "en-US-US"}), kept("reworded", lang="e")],
    [assessed(rating={"worst": 5, "value": 9, "best": 1})],
]


@pytest.mark.parametrize("history", BREAKING_RULES)
def test_replay_never_refuses(history):
    """Tightening a rule makes no old history unreadable: what breaks today's rules still replays and describes."""
    claim = replayed(under_no_rules(OPENED, said("denied"), *history))
    assert stands(claim)["version"] == claim.version == 2 + len(history)
    assert stands(claim, said_until="2025-12-31")["version"] == claim.version


def test_dates_that_no_longer_parse_count_as_unknown():
    """A date that is none leaves its statement where it was logged, and is held back by `said_until`."""
    history = under_no_rules(OPENED, said("reported", said_on="2025-12-21"), said("denied", said_on="on Sunday"))
    claim = replayed(history)
    assert stands(claim)["positions"] == [position(MID, "denies", 3)]
    assert stands(claim, said_until="2026")["positions"] == [position(MID, "asserts", 2)]


def test_a_history_of_nothing_is_no_claim():
    """Nothing replays to None."""
    assert Claim.replay([]) is None


def test_replay_gives_the_claim_that_was_recorded():
    """What was stored gives the same id, version, times and history, redacted or not."""
    claim = given(said("denied"), amended(2, said("confirmed")), said("ncnd", MOFA), kept("redacted", regarding=2))
    again = replayed(claim.history)
    assert (again.id, again.version, again.modified_on) == (CLAIM_ID, 5, recorded_at(5))
    assert again.history == claim.history
    assert stands(again) == stands(claim)


def test_an_event_keeps_who_recorded_it_when_and_with_what_salt():
    """Time, identity and randomness are arguments, and stored as given."""
    event = record(given(), said("denied"))
    stored = (event.originator_id, event.version, event.timestamp, event.recorded_by, event.salt, event.data)
    assert stored == (CLAIM_ID, 2, recorded_at(2), ACTOR, SALT, said("denied")[1])


@pytest.mark.parametrize(("looked_at", "added"), [(1, [2, 3]), (2, [3]), (0, [1, 2, 3]), (4, [])])
def test_a_claim_that_moved_on_says_what_was_added(looked_at, added):
    """Who looked at another version is told the present one and what was added since."""
    claim = given(said("denied"), said("ncnd"))
    with pytest.raises(VersionMovedOn) as refusal:
        claim.expect_version(looked_at)
    assert refusal.value.members == {"current_version": 3, "versions_since": added}


def test_a_claim_that_has_not_moved_on_says_nothing():
    """Who looked at the present version may go on."""
    claim = given(said("denied"), said("ncnd"))
    claim.expect_version(3)
    assert claim.version == 3


URL = {"publisher": "The Wire", "url": "https://wire.example/1"}
FIRST = said("denied", said_on="2025-12-21", source=URL, scope="the place", regarding=1)
SAME = [
    FIRST,
    ("denied", {**FIRST[1], "summary": "In other words.", "said_on_text": "on Sunday"}),
    ("denied", {**FIRST[1], "party": {**MID, "name": "RUSSIAN FOREIGN MINISTRY!"}}),
    ("denied", {**FIRST[1], "source": {**URL, "title": "A title"}}),
]
OTHERWISE = [
    ("countered", FIRST[1]),
    ("denied", {**FIRST[1], "party": KREMLIN}),
    ("denied", {**FIRST[1], "said_on": "2025-12-22"}),
    ("denied", {**FIRST[1], "source": {**URL, "url": "https://wire.example/2"}}),
    ("denied", {**FIRST[1], "scope": "the time"}),
    ("denied", {**FIRST[1], "regarding": 2}),
    ("denied", {**FIRST[1], "on_behalf_of": KREMLIN}),
    ("denied", {name: member for name, member in FIRST[1].items() if name != "said_on"}),
]


@pytest.mark.parametrize("event", SAME)
def test_the_same_statement_is_refused_unless_asked_for(event):
    """Same party key, type, `said_on`, source URL, `scope`, `regarding`, principal: the same, and nothing is stored."""
    claim = given(FIRST)
    with pytest.raises(DuplicateStatement) as refusal:
        record(claim, event, allow_duplicate=False)
    assert refusal.value.members == {"claim": str(CLAIM_ID), "version": 2}
    assert claim.version == 2
    assert when(claim, event) == then_recorded(3)


@pytest.mark.parametrize("event", OTHERWISE)
def test_another_statement_is_no_duplicate(event):
    """What differs in one of these is another statement."""
    assert record(given(FIRST), event, allow_duplicate=False).version == 3


@pytest.mark.parametrize(
    "gone", [said("retracted", regarding=2), kept("struck", regarding=2), kept("redacted", regarding=2)]
)
def test_what_no_longer_counts_is_not_compared(gone):
    """Only a statement that counts makes another its duplicate."""
    assert record(given(FIRST, gone), FIRST, allow_duplicate=False).version == 4


def test_absent_equals_absent():
    """Two statements without date, URL, scope and regarding are compared by party and type."""
    with pytest.raises(DuplicateStatement):
        record(given(said("denied")), said("denied"), allow_duplicate=False)


def test_assessments_are_not_compared():
    """An analyst may say the same twice."""
    assert record(given(assessed()), assessed(), allow_duplicate=False).version == 3


def test_what_is_folded_on_from_what_was_known_reads_as_a_replay_does():
    """A part that came late is disputed while the party asserts, and beside once it denies: whoever read before."""
    part = {"extent": "partial", "scope": "the visit", "said_on": "2025-01"}
    claim = open_claim()
    for word in (said("ncnd", said_on="2025-12-24"), said("countered", **part), said("alleged"), said("denied")):
        record(claim, word)
        assert describe_claim(claim.history, claim.reading) == stands(claim)
    assert stands(claim)["positions"] == [position(MID, "denies", 5, beside=[3])]
