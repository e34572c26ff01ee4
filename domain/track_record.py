"""What came of a party's denials and affirmations (`docs/events.md`, *Track record*).

`judge_claim` says it of every party of one claim, `sum_up` of one party over many.
Always with n and the claims behind each number, never as a score. Only full
statements that are neither struck nor redacted are judged, each as amended; a party's
denials of one claim count once, in the first column that fits. What others said counts
whenever it was said; what the party itself said elsewhere on the claim never vindicates it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import median
from typing import Any

from domain.standing import Account
from domain.statement import Word

STRENGTHS = ("categorical", "plain", "hedged")  # strongest first
_OTHERS = {"denied": "affirmed_by_others", "affirmed": "denied_by_others"}
Fate = dict[str, Any]


def columns_of(side: str) -> tuple[str, ...]:
    """List what can have come of a denial or an affirmation, in the order in which the first that fits counts."""
    return ("reversed", _OTHERS[side], "vindicated", "withdrawn", "standing")


def judge_claim(account: Account) -> dict[str, Fate]:
    """Say what came of each party's word on one claim.

    Members of a fate: `denied` and `affirmed` {`fate` or None, `strength` of the strongest,
    `days` to its reversal or None}, where the party did so in full; `withheld`, where it did.
    """
    words: dict[str, list[Word]] = {}
    for word in account.reading.words:
        words.setdefault(word.party, []).append(word)
    said = _Said.on(account)
    fates = {party: _judge_party(party, spoken, said) for party, spoken in words.items()}
    return {party: fate for party, fate in fates.items() if fate}


@dataclass(frozen=True, slots=True)
class _Said:
    """What all parties said in full on one claim, gathered once, so that a party is judged without asking every other.

    `words` are all of them by version; `standing` are the parties whose full positions count,
    by stance and by side; `spoken` and `taken_back` count full words, by side and party, and by
    side and None for those of all parties.
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
        words = {w.version: w for w in account.reading.words}
        spoken: Counter[tuple[str | None, str | None]] = Counter()
        taken_back: Counter[tuple[str | None, str | None]] = Counter()
        for word in account.reading.words:
            if word.full:
                back = word.version in account.reading.taken_back
                for who in (word.party, None):
                    spoken[word.side, who] += 1
                    taken_back[word.side, who] += back
        return cls(account, words, standing, spoken, taken_back)

    def others_took_back(self, party: str, side: str | None) -> bool:
        """Tell whether others than a party spoke on another side than this, and took every word of it back."""
        elsewhere = [one for one in ("for", "against") if one != side]
        spoken, back = (
            sum(count[one, None] - count[one, party] for one in elsewhere) for count in (self.spoken, self.taken_back)
        )
        return 0 < spoken == back


def _judge_party(party: str, words: Sequence[Word], said: _Said) -> Fate:
    fate: Fate = {}
    for side, stance in (("denied", "denies"), ("affirmed", "affirms")):
        taken = [w for w in words if w.full and w.kind.stance == stance]
        if taken:
            turn = _find_turn(party, taken, said)
            fate[side] = {
                "fate": "reversed" if turn else _fate_of(party, side, taken, said),
                "strength": min((w.data.get("strength", "plain") for w in taken), key=STRENGTHS.index),
                "days": _days_between(*turn) if turn else None,
            }
    if any(w.kind.stance == "withholds" and said.account.reading.counts(w.version) for w in words):
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


def sum_up(fates: Iterable[tuple[str, Fate]]) -> dict[str, Any]:
    """Sum up one party's fates, each with its claim's id; members are those of `docs/events.md`, *Track record*."""
    told = list(fates)
    withheld = [claim for claim, fate in told if fate.get("withheld")]
    return {
        "denials": _sum_side("denied", told),
        "affirmations": _sum_side("affirmed", told),
        "withheld": {"n": len(withheld), "claims": withheld},
    }


def _sum_side(side: str, told: Sequence[tuple[str, Fate]]) -> dict[str, Any]:
    judged = [(claim, fate[side]) for claim, fate in told if side in fate]
    columns = columns_of(side)
    claims = {column: [claim for claim, one in judged if one["fate"] == column] for column in columns}
    days = [one["days"] for _, one in judged if one["days"] is not None]
    return {
        "n": len(judged),
        **{column: len(claims[column]) for column in columns},
        "median_days_to_reversal": median(days) if days else None,
        "by_strength": {strength: _sum_strength(side, strength, judged) for strength in STRENGTHS},
        "claims": {"n": [claim for claim, _ in judged], **claims},
    }


def _sum_strength(side: str, strength: str, judged: Sequence[tuple[str, Fate]]) -> dict[str, int]:
    fates = [one["fate"] for _, one in judged if one["strength"] == strength]
    return {"n": len(fates), **{column: fates.count(column) for column in ("reversed", _OTHERS[side])}}
