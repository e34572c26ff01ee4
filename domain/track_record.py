"""What came of a party's denials and affirmations (`docs/events.md`, *Track record*).

`judge_claim` says it of every party of one claim, `list_outcomes` the same a line at a time, so that it can be
counted as events come in; `sum_up` of one party over many claims.
Always with n and the claims behind each number, never as a score. Only full
statements that are neither struck nor redacted are judged, each as amended; a party's
denials of one claim count once, in the first column that fits. What others said counts
whenever it was said; what the party itself said elsewhere on the claim never vindicates it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from domain.positions import PartyFold
from domain.standing import Account
from domain.statement import Word

STRENGTHS = ("categorical", "plain", "hedged")  # strongest first
_OTHERS = {"denied": "affirmed_by_others", "affirmed": "denied_by_others"}
SIDES = {"denials": "denied", "affirmations": "affirmed"}  # as a party's answer names them, and as a fate does
Fate = dict[str, Any]


class Kind(NamedTuple):
    """What is counted of a party: claims on which it denied or affirmed so strongly and that came of it.

    `side` may be `withheld` and `turned` too (it moved from one side to the other), which are of no strength and to
    which nothing comes. `fate` is "" where none of the columns fits.
    """

    side: str
    fate: str = ""
    strength: str = ""


class Outcome(NamedTuple):
    """What came of a party's word on one claim, one of those for a side; `days` to its reversal, where known."""

    party: str
    kind: Kind
    days: int | None = None


class Behind(NamedTuple):
    """Which claims are behind a number: those of a side on which one of these came of it."""

    side: str
    fates: tuple[str, ...]


def columns_of(side: str) -> tuple[str, ...]:
    """List what can have come of a denial or an affirmation, in the order in which the first that fits counts."""
    return ("reversed", _OTHERS[side], "vindicated", "withdrawn", "standing")


def judge_claim(account: Account) -> dict[str, Fate]:
    """Say what came of each party's word on one claim.

    Members of a fate: `denied` and `affirmed` {`fate` or None, `strength` of the strongest,
    `days` to its reversal or None}, where the party did so in full; `withheld`, where it did.
    """
    said = _Said.on(account)
    fates = {party: _judge_party(fold, said) for party, fold in account.folds.items()}
    return {party: fate for party, fate in fates.items() if fate}


@dataclass(frozen=True, slots=True)
class _Said:
    """What all parties said in full on one claim, gathered once, so that a party is judged without asking every other.

    `words` are all of them by version, where anybody turned; `standing` are the parties
    whose full positions count, by stance and by side. `spoken` and `taken_back` count, where
    anything was taken back, full words by side and party, and by side and None for those of
    all parties.
    """

    account: Account
    words: Mapping[int, Word]
    standing: Mapping[str | None, AbstractSet[str]]
    spoken: Counter[tuple[str | None, str | None]]
    taken_back: Counter[tuple[str | None, str | None]]

    @classmethod
    def on(cls, account: Account) -> _Said:
        """Gather it."""
        standing: dict[str | None, set[str]] = {}
        for position in account.positions:
            if position.full and position.overtaken_by is None:
                for place in (position.stance, position.side):
                    standing.setdefault(place, set()).add(position.party)
        reading = account.reading
        words = {w.version: w for w in reading.words} if account.reversals else {}
        spoken: Counter[tuple[str | None, str | None]] = Counter()
        taken_back: Counter[tuple[str | None, str | None]] = Counter()
        for word in reading.words if reading.taken_back else ():
            if word.full:
                for who in (word.party, None):
                    spoken[word.side, who] += 1
                    taken_back[word.side, who] += word.version in reading.taken_back
        return cls(account, words, standing, spoken, taken_back)

    def others_took_back(self, party: str, side: str | None) -> bool:
        """Tell whether others than a party spoke on another side than this, and took every word of it back."""
        if not self.taken_back:
            return False
        elsewhere = [one for one in ("for", "against") if one != side]
        spoken, back = (
            sum(count[one, None] - count[one, party] for one in elsewhere) for count in (self.spoken, self.taken_back)
        )
        return 0 < spoken == back


def _judge_party(fold: PartyFold, said: _Said) -> Fate:
    fate: Fate = {}
    for side, stance in (("denied", "denies"), ("affirmed", "affirms")):
        taken = fold.taken.get(stance)
        if taken:
            party = taken[0].party
            turn = _find_turn(party, taken, said)
            fate[side] = {
                "fate": "reversed" if turn else _fate_of(party, side, taken, said),
                "strength": min((w.data.get("strength", "plain") for w in taken), key=STRENGTHS.index),
                "days": _days_between(*turn) if turn else None,
            }
    if fold.withheld and any(map(said.account.reading.counts, fold.withheld)):
        fate["withheld"] = True
    return fate


def _find_turn(party: str, taken: Sequence[Word], said: _Said) -> tuple[Word, Word] | None:
    # A reversal may be from an allegation that followed an affirmation: what counts is the side that was left.
    for change in said.account.reversals:
        left, turned = said.words[change["from"]], said.words[change["to"]]
        before = [w for w in taken if w.version <= left.version]
        if left.party == party and left.side == taken[0].side and before:
            return before[-1], turned
    return None


def _fate_of(party: str, side: str, taken: Sequence[Word], said: _Said) -> str | None:
    against = "affirms" if taken[0].kind.stance == "denies" else "denies"
    if said.standing.get(against, set()) - {party}:
        return _OTHERS[side]
    if said.others_took_back(party, taken[0].side):
        return "vindicated"  # the reports that were denied were taken back, or the denials of what was affirmed
    if all(w.version in said.account.reading.taken_back for w in taken):
        return "withdrawn"
    return "standing" if party in said.standing.get(taken[0].side, set()) else None


def _days_between(said: Word, turned: Word) -> int | None:
    # Dates of publication may run against the order in which things were said; then it is not known.
    days = (turned.day - said.day).days if said.day and turned.day else -1
    return days if days >= 0 else None


def list_outcomes(account: Account) -> list[Outcome]:
    """List what came of every party's word on one claim."""
    outcomes = []
    for party, fate in judge_claim(account).items():
        for side in _OTHERS:
            if side in fate:
                one = fate[side]
                outcomes.append(Outcome(party, Kind(side, one["fate"] or "", one["strength"]), one["days"]))
        if "withheld" in fate:
            outcomes.append(Outcome(party, Kind("withheld")))
    turned = dict.fromkeys(change["party"] for change in account.reversals)
    return [*outcomes, *(Outcome(party, Kind("turned")) for party in turned)]


KINDS = (
    *(Kind(side, *of) for side in _OTHERS for of in product((*columns_of(side), ""), STRENGTHS)),
    *(Kind(side) for side in ("withheld", "turned")),
)
# Every number of a track record, by its name in an answer.
BEHIND = {
    **{name: Behind(side, (*columns_of(side), "")) for name, side in SIDES.items()},
    **{f"{name}.{column}": Behind(side, (column,)) for name, side in SIDES.items() for column in columns_of(side)},
    "withheld": Behind("withheld", ("",)),
    "reversals": Behind("turned", ("",)),
}


def sum_up(
    counts: Mapping[Kind, int], medians: Mapping[str, float | None], claims: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Sum up one party; members are those of `docs/events.md`, *Track record*.

    `medians` are the days to a reversal by side, `claims` the ids behind each number, by the names of `BEHIND`.
    """
    return {
        **{name: _sum_side(name, side, counts, medians[side], claims) for name, side in SIDES.items()},
        "withheld": {"n": counts.get(Kind("withheld"), 0), "claims": claims["withheld"]},
    }


def _sum_side(
    name: str, side: str, counts: Mapping[Kind, int], days: float | None, claims: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    columns = columns_of(side)
    by: Counter[tuple[str, str]] = Counter()  # fate, strength
    for kind, n in counts.items():
        if kind.side == side:
            by[kind.fate, kind.strength] += n
    fates: Counter[str] = Counter()
    for (fate, _), n in by.items():
        fates[fate] += n
    strengths = {
        strength: {
            "n": sum(n for (_, of), n in by.items() if of == strength),
            **{column: by[column, strength] for column in ("reversed", _OTHERS[side])},
        }
        for strength in STRENGTHS
    }
    return {
        "n": fates.total(),
        **{column: fates[column] for column in columns},
        "median_days_to_reversal": days,
        "by_strength": strengths,
        "claims": {"n": claims[name], **{column: claims[f"{name}.{column}"] for column in columns}},
    }
