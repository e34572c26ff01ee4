"""Where a claim stands: its history folded, and the rule that fits (`docs/events.md`, *Standing*).

Nothing here refuses, and nothing says what is true. The answer names the rule and the
events that made it so, so that a reader can check it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.codebook import Recorded
from domain.instants import write_instant
from domain.positions import PartyFold, Position
from domain.reading import (
    Reading,
    count_origins,
    find_awaiting,
    find_links,
    find_parts,
    find_wording,
)
from domain.statement import Word


@dataclass(slots=True)
class Account:
    """What a history amounts to; the members are those of `docs/api.md`, *Reading a claim*."""

    reading: Reading
    positions: list[Position] = field(default_factory=list)
    folds: Mapping[str, PartyFold] = field(default_factory=dict)
    reversals: list[dict[str, Any]] = field(default_factory=list)
    shifts: list[dict[str, Any]] = field(default_factory=list)

    def versions(self, positions: Sequence[Position]) -> list[int]:
        """List the events that make these positions, in order."""
        return sorted(v for p in positions for v in p.events)


def account_for(reading: Reading) -> Account:
    """Fold a reading into positions, in the order the parties first spoke, reversals and shifts."""
    account = Account(reading, folds=reading.fold_parties())
    for fold in account.folds.values():
        if fold.position:
            account.positions.append(fold.position)
        account.reversals += fold.reversals
        account.shifts += fold.shifts
    account.reversals.sort(key=lambda c: c["to"])
    account.shifts.sort(key=lambda c: c["to"])
    _mark_overtaken(account.positions)
    return account


def _mark_overtaken(positions: Sequence[Position]) -> None:
    affirming = [p for p in positions if p.stance == "affirms" and p.full]
    for denial in positions:
        if denial.stance == "denies":
            denial.overtaken_by = min(_affirmations_over(denial, affirming), default=None)


def _affirmations_over(denial: Position, affirming: Sequence[Position]) -> Iterator[int]:
    voices = {w.voice for w in denial.words}
    for other in affirming:
        if other.party != denial.party:
            for word in other.words:
                if word.full and word.voice in voices and all(_came_before(d, word) for d in denial.words):
                    yield word.version


def _came_before(denial: Word, affirmation: Word) -> bool:
    logged_before = denial.version < affirmation.version
    return denial.surely_before(affirmation) or (logged_before and not affirmation.surely_before(denial))


def find_standing(account: Account) -> tuple[str, list[int], bool]:  # noqa: PLR0911 - one return a rule
    """Find the first rule that fits: its name, the events that make it fit, whether every denial is partial."""
    reading = account.reading
    current = [p for p in account.positions if p.overtaken_by is None]
    affirming = [p for p in current if p.stance == "affirms" and p.full]
    denying = [p for p in current if p.stance == "denies"]
    asserting = [p for p in current if p.stance == "asserts"]
    silent = [p for p in current if p.stance in {"withholds", "evades"}]
    put_forward = [w.version for w in reading.words if w.full and w.side == "for"]
    in_part = find_parts(reading, "for")
    if put_forward and not affirming and all(v in reading.taken_back for v in put_forward):
        return "retracted", sorted({reading.taken_back[v] for v in put_forward}), False
    if affirming and any(p.full for p in denying):
        return "contested", account.versions([*affirming, *(p for p in denying if p.full)]), False
    if affirming:
        return "confirmed", account.versions(affirming), False
    if denying:
        return "denied", account.versions(denying), all(p.partial for p in denying)
    if silent and not in_part:
        return "unconfirmed", account.versions(silent), False
    if asserting or in_part:
        return "reported", sorted({*account.versions(asserting), *in_part}), False
    return "opened", [1], False


def list_withdrawals(reading: Reading) -> list[dict[str, Any]]:
    """List the statements that were taken back: whose, which, and by which event."""
    return [
        {"party": w.party, "of": w.version, "by": reading.taken_back[w.version]}
        for w in reading.words
        if w.version in reading.taken_back
    ]


def group_by_country(account: Account) -> dict[str, list[str]]:
    """Group the stances of the voices of each state, so that two that disagree are seen side by side."""
    stances: dict[str, list[str]] = {}
    for position in account.positions:
        for scope, country in sorted(account.folds[position.party].voices):
            if scope == "state" and position.stance not in stances.setdefault(country, []):
                stances[country].append(position.stance)
    return dict(sorted(stances.items()))


def describe_claim(history: Sequence[Recorded], reading: Reading) -> dict[str, Any]:
    """Say how a claim stands after a history; members and their order are those of `docs/api.md`."""
    return describe_account(history, account_for(reading))


def describe_account(history: Sequence[Recorded], account: Account) -> dict[str, Any]:
    """Say how a claim stands by an account of its history."""
    reading = account.reading
    rule, events, partial = find_standing(account)
    origins = count_origins(reading)
    wording = find_wording(reading)
    return {
        "id": str(history[0].originator_id),
        **wording,
        "version": history[-1].version,
        "opened_at": write_instant(history[0].timestamp),
        "updated_at": write_instant(history[-1].timestamp),
        "standing": rule,
        "because": {"rule": rule, "events": events, "partial": partial},
        "partly": {"affirmed": find_parts(reading, "for"), "disputed": find_parts(reading, "against")},
        "positions": [_describe_position(p, account) for p in account.positions],
        "by_country": group_by_country(account),
        "reversals": account.reversals,
        "shifts": account.shifts,
        "withdrawals": list_withdrawals(reading),
        "origins": origins,
        "single_source": origins == 1,
        "awaiting": find_awaiting(reading),
        "links": find_links(reading),
    }


def _describe_position(position: Position, account: Account) -> dict[str, Any]:
    events = sorted(position.events)
    shown: dict[str, Any] = {
        "party": account.folds[position.party].shown,
        "stance": position.stance,
        "partial": position.partial,
        "since": events[-1] if position.stance == "withdrawn" else events[0],
        "events": events,
        "concedes": position.concedes,
        "disputes": position.disputes,
        "beside": sorted(position.beside),
    }
    if position.overtaken_by is not None:
        shown["overtaken_by"] = position.overtaken_by
    return shown
