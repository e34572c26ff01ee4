"""What came of parties' words, claim by claim and counted, as an engine keeps it.

A row says what came of one party's word on one claim from one log size to another; it is
made from the events like the read model. What is counted follows from the rows, so that
a party's track record, as of any moment, costs the same however much the party said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.track_record import Kind, Outcome
from service.store.finding import OPEN_END
from service.store.read_model import ClaimVersion
from service.store.steps import Steps

DAY_LEVELS = 6  # of stretches of 16 ** level days: more days than there are between any two dates


class OutcomeRow(NamedTuple):
    """What came of a party's word on a claim from the log size `since` to just before `until`."""

    claim: str
    since: int
    until: int
    outcome: Outcome


class TrackRecordsView(Protocol):
    """A look at what came of parties' words; `keys` are names of one party."""

    def of_claim(self, claim: str) -> list[OutcomeRow]:
        """List all rows of a claim."""

    def count(self, keys: Sequence[str], size: int) -> dict[Kind, int]:
        """Count the claims of each kind, of every key by itself, at a log size."""

    def count_days(self, keys: Sequence[str], side: str, level: int, first: int, size: int) -> list[int]:
        """Count the reversals after so many days: sixteen counts, each of 16 ** level days, from a number on.

        `first` is the number of the first count: that of days from `first * 16 ** level` on.
        """

    def list_claims(
        self, keys: Sequence[str], of: tuple[str, str], *, size: int, before: int, limit: int
    ) -> list[tuple[int, str]]:
        """List (since, claim) of the claims of (a side, what came of it), those that came to it last first."""

    def list_back(
        self, keys: Sequence[str], of: tuple[str, str], *, size: int, start: int, limit: int
    ) -> list[tuple[int, str]]:
        """List the same the other way, from one `since` on: those that came to it first come first."""

    def miscounted(self, limit: int) -> list[str]:
        """List marks that are not counted as the outcomes say; looks at all of them."""


class TrackRecords(TrackRecordsView, Protocol):
    """What came of parties' words, inside a write transaction."""

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what came of words with new versions of claims, in order."""

    def renew(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Take up anew what came of words on a claim."""

    def recount(self) -> None:
        """Count everything anew."""


def held_at(rows: Sequence[OutcomeRow], size: int) -> Mapping[str, list[OutcomeRow]]:
    """Give those rows of a claim that hold at a log size, by party."""
    held: dict[str, list[OutcomeRow]] = {}
    for row in rows:
        if row.since <= size < row.until:
            held.setdefault(row.outcome.party, []).append(row)
    return held


def follow_outcomes(rows: Sequence[ClaimVersion]) -> list[OutcomeRow]:
    """Give the rows that all versions of claims make, in order."""
    return end_outcomes(rows, ())[0]


def end_outcomes(
    rows: Sequence[ClaimVersion], stood: Iterable[OutcomeRow]
) -> tuple[list[OutcomeRow], list[OutcomeRow]]:
    """Follow what comes of words from version to version.

    Answers the new rows, and those of `stood`, which held before, that have come to an end.
    """
    holding = {(row.claim, row.outcome.party, row.outcome.kind.side): row for row in stood}
    known, kept, ended = {*holding.values()}, list[OutcomeRow](), list[OutcomeRow]()
    on: dict[str, set[tuple[str, str, str]]] = {}
    for place in holding:
        on.setdefault(place[0], set()).add(place)
    for version in rows:
        places = on.setdefault(version.claim, set())
        now = {(version.claim, one.party, one.kind.side): one for one in version.outcomes}
        for place in [place for place in places if now.get(place) != holding[place].outcome]:
            places.remove(place)
            over = holding.pop(place)
            (ended if over in known else kept).append(over._replace(until=version.since))
        for place in now.keys() - places:
            places.add(place)
            holding[place] = OutcomeRow(version.claim, version.since, OPEN_END, now[place])
    return [*kept, *(row for row in holding.values() if row not in known)], ended
