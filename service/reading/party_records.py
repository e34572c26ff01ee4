"""One party's positions, reversals and track record at a log size, a page at a time.

Numbers were counted as events came in (`service.store.track_records`), and positions are
walked like any list of claims, so that it costs the same however much the party said.
Only claims on which several of its joined names speak are folded anew, as if they had
been one: each of these is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import orjson

from domain.joins import read_as_one
from domain.reading import read_history
from domain.standing import account_for, describe_account
from domain.track_record import BEHIND, SIDES, Kind, Outcome, list_outcomes, sum_up
from service.recording.ledger import MAPPER
from service.store.finding import OPEN_END, ClaimQuery
from service.store.interface import View
from service.store.read_model import ClaimVersion, Party
from service.store.track_records import DAY_LEVELS, held_at

CLAIMS_BEHIND = 50  # that a track record names with each number; the others are asked for
_STANCE = ',"stance":'
_POSITION = ("stance", "partial", "since", "overtaken_by")  # the last where that holds
_REVERSAL = ("from", "to", "from_stance", "to_stance", "corrected")
_LEVELS = range(DAY_LEVELS - 1, -1, -1)  # of days, sixteen of one level in one of the next

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Shared:
    """A claim on which several names of the party speak: as it reads with them as one, and what came of each apart."""

    since: int
    told: Json
    outcomes: Sequence[Outcome]
    apart: Sequence[Outcome]


@dataclass(frozen=True)
class PartyRecord:
    """A party at a log size: its names, and how it is shown."""

    view: View
    keys: Sequence[str]
    shown: Party
    size: int
    _walked: dict[tuple[str, str, int, int], list[tuple[int, str]]] = field(default_factory=dict)

    def list_changed(self, before: int, limit: int) -> list[tuple[int, Json]]:
        """List (log size of the last change, claim) of the claims it has a position on, the newest change first."""
        query = ClaimQuery(self.size, limit, before=before, filters={"party": self.keys})
        rows = self.view.claim_versions(query)
        self._read(row for _, row in rows)
        return [(place, self._told[row.claim]) for place, row in rows]

    def list_behind(self, number: str, before: int, limit: int) -> list[tuple[int, Json]]:
        """List (place, claim) of the claims behind a number of `BEHIND`, those that came to it last first."""
        behind = self._claims_behind(number, before, limit)
        unread = [claim for _, claim in behind if claim not in self._told]
        self._read(self.view.derived.claims_at(unread, self.size).values() if unread else ())
        return [(place, self._told[claim]) for place, claim in behind]

    def find_back(self, number: str | None, start: int, limit: int) -> int | None:
        """Find where the page before that of a place ends; None where it is the first of all."""
        if number is None:
            places = self.view.directory.changes_back(self.keys, self.size, start, limit + 1)
        else:
            places = self._places_back(number, start, limit + 1)
        return places[limit] if len(places) > limit else None

    def positions_on(self, claims: Sequence[Json]) -> list[Json]:
        """Tell where it stands on each of these claims."""
        return [
            {"claim": claim["id"], "text": claim["text"], **_tell(position)}
            for claim in claims
            for position in claim["positions"]
        ]

    def reversals_on(self, claims: Sequence[Json]) -> list[Json]:
        """Tell where it turned on each of these claims."""
        return [
            {"claim": claim["id"], **{name: change[name] for name in _REVERSAL}}
            for claim in claims
            for change in claim["reversals"]
            if change["party"] in self.keys
        ]

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """Count its claims of each kind."""
        counts = Counter(self.view.track_records.count(self.keys, self.size))
        for outcome, n in self._mended:
            counts[outcome.kind] += n
        return counts

    def sum_up(self) -> dict[str, Any]:
        """Give its track record, with the newest of the claims behind each number."""
        behind = {name: [claim for _, claim in self._claims_behind(name, OPEN_END, CLAIMS_BEHIND)] for name in BEHIND}
        return sum_up(self.counts, {side: self._median_days(side) for side in SIDES.values()}, behind)

    def _claims_behind(self, number: str, before: int, limit: int) -> list[tuple[int, str]]:
        side, fates = self._held(number)
        places = [place for fate in fates for place in self._walk(side, fate, before, limit)]
        places += [place for place in self._shared_behind(number) if place[0] < before]
        return sorted(places, reverse=True)[:limit]

    def _places_back(self, number: str, start: int, limit: int) -> list[int]:
        side, fates = self._held(number)
        walk, most = self.view.track_records.list_back, limit + len(self._shared) * len(self.keys)
        places = [p for fate in fates for p in walk(self.keys, (side, fate), size=self.size, start=start, limit=most)]
        alone = [since for since, claim in places if claim not in self._shared]
        return sorted([*alone, *(since for since, _ in self._shared_behind(number) if since >= start)])[:limit]

    def _held(self, number: str) -> tuple[str, list[str]]:
        """Tell of which side a number is, and which of its fates the party has met."""
        of = BEHIND[number]
        return of.side, [fate for fate in of.fates if (of.side, fate) in self._met]

    @cached_property
    def _met(self) -> set[tuple[str, str]]:
        return {kind[:2] for kind, n in self.counts.items() if n}

    def _shared_behind(self, number: str) -> list[tuple[int, str]]:
        of = BEHIND[number]
        return [
            (shared.since, claim)
            for claim, shared in self._shared.items()
            if any(one.kind.side == of.side and one.kind.fate in of.fates for one in shared.outcomes)
        ]

    def _walk(self, side: str, fate: str, before: int, limit: int) -> list[tuple[int, str]]:
        asked = (side, fate, before, limit)
        if asked not in self._walked:
            # A claim that is shared may be there under each of the names; it is told by itself.
            most = limit + len(self._shared) * len(self.keys)
            walk = self.view.track_records.list_claims
            found = walk(self.keys, (side, fate), size=self.size, before=before, limit=most)
            self._walked[asked] = [place for place in found if place[1] not in self._shared] if self._shared else found
        return self._walked[asked]

    def _median_days(self, side: str) -> float | None:
        mended = [(one.days, n) for one, n in self._mended if one.kind.side == side and one.days is not None]

        @cache
        def count(level: int, first: int) -> list[int]:
            counts = self.view.track_records.count_days(self.keys, side, level, first, self.size)
            for days, n in mended:
                if (days >> 4 * level) - first in range(16):
                    counts[(days >> 4 * level) - first] += n
            return counts

        turned = any(n for kind, n in self.counts.items() if kind[:2] == (side, "reversed"))
        known = sum(count(_LEVELS[0], 0)) if turned else 0
        if not known:
            return None
        middle = _find_days(count, known // 2)
        return middle if known % 2 else (_find_days(count, known // 2 - 1) + middle) / 2

    @cached_property
    def _mended(self) -> list[tuple[Outcome, int]]:
        """List what is counted of its names on claims that they share, to be taken off, and what is to be added."""
        shared = self._shared.values()
        return [(o, -1) for one in shared for o in one.apart] + [(o, 1) for one in shared for o in one.outcomes]

    @cached_property
    def _shared(self) -> Mapping[str, _Shared]:
        claims = self.view.directory.shared_claims(self.keys, self.size)
        return {claim: self._fold(claim) for claim in claims}

    def _fold(self, claim: str) -> _Shared:
        row = self._row(claim)
        events = [MAPPER.to_domain_event(stored) for _, stored in self.view.placed_events(UUID(claim))][: row.version]
        account = account_for(read_as_one(read_history(events), self.keys, self.shown))
        held = held_at(self.view.track_records.of_claim(claim), self.size)
        apart = [one.outcome for key in self.keys for one in held.get(key, ())]
        mine = [outcome for outcome in list_outcomes(account) if outcome.party in self.keys]
        told = describe_account(events, account)
        told["positions"] = [position for position in told["positions"] if position["party"]["key"] in self.keys]
        return _Shared(row.since, told, mine, apart)

    def _row(self, claim: str) -> ClaimVersion:
        row = self.view.claim_version(claim, size=self.size)
        if row is None:
            raise LookupError(claim)  # the party spoke there: its row is gone
        return row

    @cached_property
    def _told(self) -> dict[str, Json]:
        """Hold what is told of claims: of those that names share from the start, of others once they are read."""
        return {claim: shared.told for claim, shared in self._shared.items()}

    def _read(self, rows: Iterable[ClaimVersion]) -> None:
        cut = [_cut_out(row, self.keys) for row in rows if row.claim not in self._told]
        self._told.update((claim["id"], claim) for claim in orjson.loads(f"[{','.join(cut)}]"))


def _cut_out(row: ClaimVersion, keys: Sequence[str]) -> str:
    """Cut out of a claim's body, as JSON, what a party's page tells of it: to parse all takes twice as long.

    A mark never stands within a text, where JSON has a backslash before each quote; behind its party
    a position has no braces.
    """
    body = row.body
    begun = [at for key in keys if (at := body.find(f'{{"party":{{"key":"{key}",')) >= 0]
    stances = ",".join([f'{{"stance":{_between(body, _STANCE, "}", at)}}}' for at in begun])
    text = _between(body, ',"text":', ',"lang":')
    reversals = _between(body, ',"reversals":', ',"shifts":', begun[0] if begun else 0)
    return f'{{"id":"{row.claim}","text":{text},"positions":[{stances}],"reversals":{reversals}}}'


def _between(body: str, begin: str, end: str, after: int = 0) -> str:
    start = body.index(begin, after) + len(begin)
    return body[start : body.index(end, start)]


def _tell(position: Json) -> dict[str, Any]:
    return {name: position[name] for name in _POSITION if name in position}


def _find_days(count: Callable[[int, int], list[int]], rank: int) -> int:
    """Find how many days the reversal of a rank took, of all from the shortest on; they are counted as asked for."""
    number = 0
    for level in _LEVELS:
        number *= 16
        for n in count(level, number):
            if rank < n:
                break
            rank, number = rank - n, number + 1
    return number
