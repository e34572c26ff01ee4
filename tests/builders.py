"""Build histories for tests: given some events, when one more is asked for, then what was recorded or refused.

Time, salt and actor are fixed: event n is recorded n minutes after half past nine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.claim import Claim
from domain.codebook import EVENT_TYPES, Recorded
from domain.dates import bounds
from domain.errors import RuleBroken
from domain.party import describe_party, party_key
from domain.reading import read_history
from domain.standing import describe_claim

Event = tuple[str, dict[str, Any]]
Party = dict[str, str]

CLAIM_ID = UUID("4be7c1d2-0000-4000-8000-000000000001")
OTHER_ID = UUID("4be7c1d2-0000-4000-8000-000000000002")
THIRD_ID = UUID("4be7c1d2-0000-4000-8000-000000000003")
HALF_PAST_NINE = datetime(2026, 1, 31, 9, 30, 0, 123456, tzinfo=UTC)
SALT = bytes(range(16))
ACTOR = "desk-seoul"

MID = {"name": "Russian Foreign Ministry", "kind": "ministry", "country": "RU"}
KREMLIN = {"name": "Kremlin", "kind": "state", "country": "RU"}
MOFA = {"name": "South Korean Foreign Ministry", "kind": "ministry", "country": "KR"}
PAPER = {"name": "The Paper", "kind": "media", "country": "KR"}
WIRE = {"name": "The Wire", "kind": "media"}
ENVOY = {"name": "Unnamed official", "kind": "person"}
SCHOLAR = {"name": "A Scholar", "kind": "analyst"}

OPENED: Event = ("opened", {"text": "An official met the envoy in Moscow.", "lang": "en"})


def statement(party: Party = MID, **more: Any) -> dict[str, Any]:
    """Make the payload of a statement: a party, a summary and a source, and whatever more is given."""
    return {"party": party, "summary": "What was said.", "source": {"publisher": "The Wire"}, **more}


def published(published_on: str, **more: Any) -> dict[str, Any]:
    """Make a source of a date."""
    return {"publisher": "The Wire", "published_on": published_on, **more}


def said(type_: str, party: Party = MID, **more: Any) -> Event:
    """Make an event in which a party speaks."""
    return type_, statement(party, **more)


def assessed(**more: Any) -> Event:
    """Make a scholar's reading of the claim."""
    return "assessed", {"by": SCHOLAR, "summary": "It fits.", "source": {"publisher": "The Wire"}, **more}


def kept(type_: str, **data: Any) -> Event:
    """Make an event that keeps the record, with a reason."""
    authority = {"authority": "the court"} if type_ == "redacted" else {}
    return type_, {"reason": "It was logged wrongly.", **authority, **data}


def amended(regarding: int, event: Event) -> Event:
    """Make an event that amends another to what is given."""
    return kept("amended", regarding=regarding, type=event[0], statement=event[1])


def asked(party: Party = MOFA, deadline: str = "2026-02-02T12:00:00Z") -> Event:
    """Make a request for comment."""
    return "comment_requested", {"party": party, "channel": "mail", "deadline": deadline}


def recorded_at(version: int) -> datetime:
    """Tell when event n is recorded."""
    return HALF_PAST_NINE + timedelta(minutes=version - 1)


def no_other_claims(_: UUID) -> None:
    """Answer that there is no such claim."""


def open_claim(opened: Event = OPENED, claim_id: UUID = CLAIM_ID) -> Claim:
    """Open a claim."""
    return Claim.open_claim(claim_id, opened[1], by=ACTOR, at=recorded_at(1), salt=SALT)


def record(
    claim: Claim,
    event: Event,
    *,
    links_of: Callable[[UUID], Any] = no_other_claims,
    allow_duplicate: bool = True,
    checked: bool = False,
) -> Recorded:
    """Record one more event, as the rules allow."""
    type_, data = event
    at = recorded_at(claim.version + 1)
    how: dict[str, Any] = {"links_of": links_of, "allow_duplicate": allow_duplicate, "checked": checked}
    return claim.record(type_, data, by=ACTOR, at=at, salt=SALT, **how)


def given(*events: Event, links_of: Callable[[UUID], Any] = no_other_claims) -> Claim:
    """Open a claim and record events on it; the first is event 2."""
    claim = open_claim()
    for event in events:
        record(claim, event, links_of=links_of)
    return claim


@dataclass(frozen=True)
class Outcome:
    """What came of a command: the versions it added or changed, or the rule it broke and where."""

    stored: tuple[int, ...] = ()
    rule: str | None = None
    pointer: str | None = None


def when(claim: Claim, event: Event, *, links_of: Callable[[UUID], Any] = no_other_claims) -> Outcome:
    """Ask for one more event; what was stored is looked up, not believed."""
    before = list(claim.history)
    rule, pointer = None, None
    try:
        record(claim, event, links_of=links_of)
    except RuleBroken as broken:
        rule, pointer = broken.rule, broken.pointer
    return Outcome(tuple(e.version for e in claim.history if e not in before), rule, pointer)


def then_recorded(*versions: int) -> Outcome:
    """Expect that these events were added or changed, and no rule was broken."""
    return Outcome(stored=versions)


def then_refused(rule: str, pointer: str = "/regarding") -> Outcome:
    """Expect that a rule was broken and that nothing was stored."""
    return Outcome(rule=rule, pointer=pointer)


def under_no_rules(*events: Event) -> list[Recorded]:
    """Make a history that nobody judged; the first event is event 1."""
    return [
        EVENT_TYPES[type_](
            originator_id=CLAIM_ID,
            originator_version=version,
            timestamp=recorded_at(version),
            recorded_by=ACTOR,
            salt=SALT,
            data=data,
        )
        for version, (type_, data) in enumerate(events, 1)
    ]


def replayed(history: list[Recorded]) -> Claim:
    """Replay a history that has at least its first event."""
    claim = Claim.replay(history)
    assert claim is not None
    return claim


def stands(claim: Claim, said_until: str | None = None) -> dict[str, Any]:
    """Say how a claim stands, with what had been said by a date or with everything."""
    until = bounds(said_until) if said_until else None
    return describe_claim(claim.history, read_history(claim.history, until))


def position(party: Party, stance: str, *events: int, **more: Any) -> dict[str, Any]:
    """Write a position as a claim shows it; what is not given is empty."""
    plain = {"partial": False, "since": events[0], "concedes": [], "disputes": [], "beside": []}
    return {"party": describe_party(party), "stance": stance, "events": list(events), **plain, **more}


def change(
    party: Party, moved: tuple[int, int], stances: tuple[str, str], *, corrected: bool = False
) -> dict[str, Any]:
    """Write a reversal or a shift as a claim shows it."""
    return {
        "party": party_key(party["name"]),
        "from": moved[0],
        "to": moved[1],
        "from_stance": stances[0],
        "to_stance": stances[1],
        "corrected": corrected,
    }
