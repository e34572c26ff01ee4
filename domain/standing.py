"""Where a claim stands: its history folded, and the rule that fits (`docs/events.md`, *Standing*).

Nothing here refuses, and nothing says what is true. The answer names the rule and the
events that made it so, so that a reader can check it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.awaiting import find_awaiting
from domain.codebook import Recorded
from domain.instants import write_instant
from domain.party import Voice
from domain.positions import PartyFold, Position
from domain.reading import Reading, find_links, find_takers, find_wording
from domain.statement import Word


@dataclass(slots=True)
class Account:
    """What a history amounts to; the members are those of `docs/api.md`, *Reading a claim*.

    `partly` lists by side the statements on a part that count, `origins` are the independent ones that put the claim
    forward or affirm it in full; a relay adds none.
    """

    reading: Reading
    positions: list[Position] = field(default_factory=list)
    folds: Mapping[str, PartyFold] = field(default_factory=dict)
    reversals: list[dict[str, Any]] = field(default_factory=list)
    shifts: list[dict[str, Any]] = field(default_factory=list)
    partly: dict[str | None, list[int]] = field(default_factory=dict)
    origins: set[str] = field(default_factory=set)

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
        account.origins |= fold.origins
        for side, versions in fold.parts.items():
            account.partly[side] = sorted([*account.partly.get(side, ()), *versions])
    account.reversals.sort(key=lambda c: c["to"])
    account.shifts.sort(key=lambda c: c["to"])
    _mark_overtaken(account)
    return account


def _mark_overtaken(account: Account) -> None:
    denials = [p for p in account.positions if p.stance == "denies"]
    affirmed: dict[Voice, list[Word]] = {}
    for position in account.positions if denials else ():
        if position.stance == "affirms" and position.full:
            for word in position.words:
                if word.full:
                    affirmed.setdefault(word.voice, []).append(word)
    for words in affirmed.values():
        words.sort(key=lambda word: word.version)
    for denial in denials:
        fold = account.folds[denial.party]
        firsts = [_find_first_over(fold, denial, voice, affirmed[voice]) for voice in fold.voices if voice in affirmed]
        # Else what it denied in another's name stands.
        all_over = len(firsts) == len(fold.voices) and None not in firsts
        denial.overtaken_by = max(first or 0 for first in firsts) if all_over else None


def _find_first_over(fold: PartyFold, denial: Position, voice: Voice, affirmations: Sequence[Word]) -> int | None:
    fold.over = fold.over or {}
    known, version = fold.over.get(voice, ([], None))  # those that were asked
    if affirmations[: len(known)] != known:
        known, version = [], None
    if version is None and len(known) < len(affirmations):
        denials = [d for d in reversed(denial.words) if d.voice == voice]
        for n in range(len(known), len(affirmations)):
            # What was logged last came least surely before the other, so it is asked first.
            word = affirmations[n]
            if word.party != denial.party and all(_came_before(d, word) for d in denials):
                version = word.version
                break
        known = affirmations[: n + 1]
    fold.over[voice] = known, version
    return version


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
    in_part = account.partly.get("for", [])
    if reading.taken_back and not affirming and (taken_back := _find_all_taken_back(account)):
        return "retracted", taken_back, False
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


def _find_all_taken_back(account: Account) -> list[int]:
    """List what took back all that ever put the claim forward in full; nothing where any of it counts."""
    put_forward = [w.version for w in account.reading.words if w.full and w.side == "for"]
    by = [account.reading.taken_back.get(version, 0) for version in put_forward]
    return sorted({*by}) if all(by) else []


def list_withdrawals(reading: Reading) -> list[dict[str, Any]]:
    """List the statements that were taken back: whose, which, and by which event; each that did."""
    takers: dict[int | None, list[int]] = {}
    for word in find_takers(reading):
        takers.setdefault(word.regarding, []).append(word.version)
    return [
        {"party": w.party, "of": w.version, "by": by}
        for w in (reading.words if takers else ())
        for by in takers.get(w.version, ())
    ]


def group_by_country(account: Account) -> dict[str, list[str]]:
    """Group the stances of the voices of each state, so that two that disagree are seen side by side."""
    stances: dict[str, list[str]] = {}
    for position in account.positions:
        for country in account.folds[position.party].states:
            if position.stance not in stances.setdefault(country, []):
                stances[country].append(position.stance)
    return dict(sorted(stances.items()))


def describe_claim(history: Sequence[Recorded], reading: Reading) -> dict[str, Any]:
    """Say how a claim stands after a history; members and their order are those of `docs/api.md`."""
    return describe_account(history, account_for(reading))


def describe_account(history: Sequence[Recorded], account: Account) -> dict[str, Any]:
    """Say how a claim stands by an account of its history."""
    reading = account.reading
    rule, events, partial = find_standing(account)
    wording = find_wording(reading)
    return {
        "id": str(history[0].originator_id),
        **wording,
        "version": history[-1].version,
        "opened_at": write_instant(history[0].timestamp),
        "updated_at": write_instant(history[-1].timestamp),
        "standing": rule,
        "because": {"rule": rule, "events": events, "partial": partial},
        "partly": {"affirmed": account.partly.get("for", []), "disputed": account.partly.get("against", [])},
        "positions": [_describe_position(p, account.folds[p.party]) for p in account.positions],
        "by_country": group_by_country(account),
        "reversals": account.reversals,
        "shifts": account.shifts,
        "withdrawals": list_withdrawals(reading),
        "origins": len(account.origins),
        "single_source": len(account.origins) == 1,
        "awaiting": find_awaiting(reading),
        "links": find_links(reading),
    }


def _describe_position(position: Position, fold: PartyFold) -> dict[str, Any]:
    shown = fold.described
    if shown is None:
        events = sorted(position.events)
        shown = fold.described = {
            "party": fold.shown,
            "stance": position.stance,
            "partial": position.partial,
            "since": events[-1] if position.stance == "withdrawn" else events[0],
            "events": events,
            "concedes": position.concedes,
            "disputes": position.disputes,
            "beside": sorted({*position.beside} - {*position.concedes, *position.disputes}),
        }
    return shown if position.overtaken_by is None else {**shown, "overtaken_by": position.overtaken_by}
